// SPDX-License-Identifier: Apache-2.0
/*
 * What needs a person now, for the whole console: the Now view, the number in the rail, the windows in the top bar and the
 * alarm read this one store. It is fetched on every change of the server, a quarter of a second after the last of a burst
 * and at least once a second during one, and each 30 s in any case.
 */
import { ApiError, api_get, api_post } from './api/client';
import type { Now, NowItem } from './api/types';
import { changes } from './changes.svelte';
import { clock } from './clock.svelte';

const SETTLE_MS = 250;
const BURST_MS = 1000;
const EVERY_MS = 30_000;

class NowStore {
    value = $state.raw<Now | null>(null);
    error = $state.raw<ApiError | null>(null);
    #settle: ReturnType<typeof setTimeout> | undefined;
    #asked_at = 0;
    #is_fetching = false;
    #is_wanted = false;

    /** What is not over by itself. */
    get open(): NowItem[] {
        return (this.value?.items ?? []).filter((item) => !item.is_over);
    }

    refresh = async (): Promise<void> => {
        clearTimeout(this.#settle);
        if (this.#is_fetching) {
            this.#is_wanted = true;
            return;
        }
        this.#is_fetching = true;
        this.#asked_at = performance.now();
        try {
            const value = await api_get<Now>('/now');
            if (value.at) clock.sync({ ...value.clock, now: value.at, base_minute: value.base_minute });
            this.value = value;
            this.error = null;
        } catch (cause) {
            this.error = cause instanceof ApiError ? cause : null;
        } finally {
            this.#is_fetching = false;
            if (this.#is_wanted) {
                this.#is_wanted = false;
                this.#soon();
            }
        }
    };

    #soon(): void {
        clearTimeout(this.#settle);
        const waited = performance.now() - this.#asked_at;
        this.#settle = setTimeout(this.refresh, waited > BURST_MS ? SETTLE_MS : Math.min(BURST_MS, SETTLE_MS + BURST_MS - waited));
    }

    /** Says who has taken it in hand; the alarm falls silent for everybody. */
    async acknowledge(items: NowItem[], reason: string): Promise<void> {
        try {
            for (const item of items) await api_post('/events/ack', { number: item.event, ...(reason ? { reason } : {}) });
        } finally {
            await this.refresh();
        }
    }

    start(): () => void {
        void this.refresh();
        const off = changes.listen(() => this.#soon());
        const every = setInterval(this.refresh, EVERY_MS);
        return () => {
            off();
            clearInterval(every);
            clearTimeout(this.#settle);
        };
    }
}

export const now = new NowStore();
