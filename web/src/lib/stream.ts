// SPDX-License-Identifier: Apache-2.0
/*
 * Holds the server's event stream and comes back by itself: the browser's EventSource does so after a broken connection and
 * sends Last-Event-ID; after a refusal (no login yet, server starting) it gives up, so then we try again with a pause that
 * grows, from the last number seen. Runs in a SharedWorker or in a page.
 */
export type StreamState = 'connecting' | 'open' | 'lost';
export type StreamNote = { kind: 'state'; state: StreamState } | { kind: 'change'; change: unknown };

const PAUSE_MS_MIN = 1000;
const PAUSE_MS_MAX = 20_000;

export class StreamHolder {
    state: StreamState = 'connecting';
    #source: EventSource | null = null;
    #last: string | null = null;
    #pause_ms = PAUSE_MS_MIN;
    #timer: ReturnType<typeof setTimeout> | undefined;
    readonly #tell: (note: StreamNote) => void;

    constructor(tell: (note: StreamNote) => void) {
        this.#tell = tell;
    }

    open(): void {
        this.close();
        const source = new EventSource('/api/v1/changes' + (this.#last === null ? '' : '?after=' + encodeURIComponent(this.#last)));
        this.#source = source;
        source.onopen = () => {
            this.#pause_ms = PAUSE_MS_MIN;
            this.#be('open');
        };
        source.onerror = () => {
            this.#be('lost');
            if (source.readyState === EventSource.CLOSED && this.#source === source) {
                this.#timer = setTimeout(() => this.open(), this.#pause_ms);
                this.#pause_ms = Math.min(this.#pause_ms * 2, PAUSE_MS_MAX);
            }
        };
        source.onmessage = (event: MessageEvent<string>) => {
            if (event.lastEventId) this.#last = event.lastEventId;
            try {
                this.#tell({ kind: 'change', change: JSON.parse(event.data) });
            } catch {
                /* one unreadable line does not end the stream */
            }
        };
    }

    close(): void {
        clearTimeout(this.#timer);
        this.#source?.close();
        this.#source = null;
    }

    #be(state: StreamState): void {
        this.state = state;
        this.#tell({ kind: 'state', state });
    }
}
