// SPDX-License-Identifier: Apache-2.0
/*
 * Acts that have consequences go through here: the dialog shows first what will happen, asks for the reason, carries the
 * act out and shows the server's refusal with what to do. One dialog at a time; ui/AskDialog.svelte draws it.
 *     await ask({ title: m.run_kill(), consequence: () => lines, confirm: m.run_kill(), is_danger: true,
 *                 reason: 'required', run: (given) => api_post('/runs/kill', { run, reason: given.reason }) });
 * Resolves to true when it was done, false when the person went back.
 */
export interface AskLine {
    text: string;
    tone?: 'plain' | 'warn' | 'bad' | 'good';
}

export interface AskGiven {
    reason: string;
    value: string;
}

export interface AskRequest {
    title: string;
    /** What will happen, in sentences; may be asked of the server (dry_run). */
    consequence?: AskLine[] | (() => Promise<AskLine[]> | AskLine[]);
    confirm: string;
    is_danger?: boolean;
    reason?: 'none' | 'optional' | 'required';
    reasons?: string[];
    /** One more field, when the act needs a value. */
    value?: { label: string; kind?: 'text' | 'date' | 'time' | 'password' | 'number'; initial?: string; hint?: string; is_required?: boolean };
    run: (given: AskGiven) => Promise<unknown> | unknown;
    /** A word to the person when it is done. */
    done?: string;
}

class Ask {
    current = $state.raw<(AskRequest & { settle: (is_done: boolean) => void }) | null>(null);

    open(request: AskRequest): Promise<boolean> {
        this.current?.settle(false);
        return new Promise((resolve) => {
            this.current = {
                ...request,
                settle: (is_done) => {
                    this.current = null;
                    resolve(is_done);
                },
            };
        });
    }
}

export const asking = new Ask();
export const ask = (request: AskRequest): Promise<boolean> => asking.open(request);
