// SPDX-License-Identifier: Apache-2.0
/*
 * One read that a view shows: painted from what was last known, fetched again when it is stale. Made in a component's
 * script:
 *     const run = resource<Run>(() => `/runs/${id}`, { when: (change) => change.entity.startsWith(`run:${id}`) });
 * `when` says which changes of the server make it stale; many of them together cost one fetch.
 */
import { untrack } from 'svelte';

import { changes, type Change } from '../changes.svelte';
import { ApiError, api_get, api_peek, api_url } from './client';

export interface ResourceOptions {
    when?: (change: Change) => boolean;
    every_ms?: number;
    settle_ms?: number;
}

export class Resource<T> {
    value = $state.raw<T | undefined>();
    error = $state.raw<ApiError | null>(null);
    is_loading = $state(false);
    /** Milliseconds of the browser's monotonic clock when the value was last confirmed. */
    confirmed_at = $state(0);
    #url: string | null = null;
    #abort: AbortController | null = null;

    async point(url: string | null): Promise<void> {
        if (url === this.#url) return;
        this.#url = url;
        this.value = url === null ? undefined : api_peek<T>(url);
        this.error = null;
        await this.refresh();
    }

    refresh = async (): Promise<void> => {
        const url = this.#url;
        this.#abort?.abort();
        if (url === null) {
            this.is_loading = false;
            return;
        }
        const abort = (this.#abort = new AbortController());
        this.is_loading = true;
        try {
            const value = await api_get<T>(url, {}, abort.signal);
            if (abort.signal.aborted) return;
            this.value = value;
            this.error = null;
            this.confirmed_at = performance.now();
        } catch (cause) {
            if (abort.signal.aborted) return;
            this.error = cause instanceof ApiError ? cause : new ApiError(0, 'web.fault', { ja: String(cause), en: String(cause) }, null, null);
            // What was denied may not stay on the screen; what cannot be reached may.
            if (this.error.status === 401 || this.error.status === 403 || this.error.status === 404) this.value = undefined;
        } finally {
            if (!abort.signal.aborted) this.is_loading = false;
        }
    };

    stop(): void {
        this.#abort?.abort();
    }
}

export function resource<T>(path: () => string | null, options: ResourceOptions = {}): Resource<T> {
    const made = new Resource<T>();
    let settle: ReturnType<typeof setTimeout> | undefined;
    $effect(() => {
        const at = path();
        untrack(() => void made.point(at === null ? null : api_url(at)));
    });
    $effect(() => {
        const soon = () => {
            clearTimeout(settle);
            settle = setTimeout(() => void made.refresh(), options.settle_ms ?? 250);
        };
        const when = options.when;
        const off = changes.listen((change) => (change === null || when?.(change)) && soon());
        const every = options.every_ms ? setInterval(() => document.hidden || void made.refresh(), options.every_ms) : undefined;
        return () => {
            off();
            clearTimeout(settle);
            clearInterval(every);
            made.stop();
        };
    });
    return made;
}
