// SPDX-License-Identifier: Apache-2.0
/* Short words to the person at the lower right; errors stay until they are closed. */
import { ApiError } from './api/client';
import { say } from './text';

export interface Toast {
    id: number;
    tone: 'good' | 'info' | 'warn' | 'bad';
    text: string;
    action?: string;
    code?: string;
}

class Toasts {
    items = $state<Toast[]>([]);
    #next = 1;

    add(tone: Toast['tone'], text: string, more: { action?: string; code?: string } = {}): void {
        const id = this.#next++;
        this.items = [...this.items.slice(-4), { id, tone, text, ...more }];
        if (tone === 'good' || tone === 'info') setTimeout(() => this.close(id), 6000);
    }

    close(id: number): void {
        this.items = this.items.filter((t) => t.id !== id);
    }

    good = (text: string) => this.add('good', text);
    info = (text: string) => this.add('info', text);

    /** A failure that has no better place. */
    fail = (cause: unknown) => {
        if (cause instanceof ApiError) this.add('bad', say(cause.text), { action: say(cause.action), code: cause.id });
        else this.add('bad', cause instanceof Error ? cause.message : String(cause));
    };
}

export const toasts = new Toasts();
