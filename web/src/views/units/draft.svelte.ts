// SPDX-License-Identifier: Apache-2.0
/*
 * Texts that are being changed, one a root unit. They stay while a person looks elsewhere in the view; the server checks
 * them half a second after the last key.
 */
import { api_get, api_post } from '$lib/api/client';
import type { Checked } from './types';
import { parent_of } from './model';

const CHECK_AFTER_MS = 500;

export class Draft {
    text = $state('');
    base = $state('');
    version = $state<number | null>(null);
    checked = $state.raw<Checked | null>(null);
    failure = $state.raw<unknown>(null);
    is_loaded = $state(false);
    is_checking = $state(false);
    readonly is_dirty = $derived(this.text !== this.base);
    #timer: ReturnType<typeof setTimeout> | undefined;
    #asked = 0;

    constructor(
        readonly root: string, // '' for a unit that is not there yet
        readonly under: string,
    ) {}

    async load(): Promise<void> {
        this.failure = null;
        try {
            if (this.root) {
                const got = await api_get<{ version: number; text: string }>('/units/text', { unit: this.root });
                if (!this.is_dirty) this.text = got.text;
                this.base = got.text;
                this.version = got.version;
            }
            this.is_loaded = true;
        } catch (cause) {
            this.failure = cause;
        }
    }

    write(text: string): void {
        this.text = text;
        clearTimeout(this.#timer);
        if (!this.is_dirty) this.checked = null;
        else this.#timer = setTimeout(() => void this.check(), CHECK_AFTER_MS);
    }

    async check(): Promise<void> {
        const asked = ++this.#asked;
        clearTimeout(this.#timer);
        this.is_checking = true;
        try {
            const got = await api_post<Checked>('/units/check', { text: this.text, ...(this.under === '/' ? {} : { under: this.under }) });
            if (asked !== this.#asked) return;
            this.checked = got;
            this.failure = null;
        } catch (cause) {
            if (asked === this.#asked) this.failure = cause;
        } finally {
            if (asked === this.#asked) this.is_checking = false;
        }
    }

    drop(): void {
        clearTimeout(this.#timer);
        this.#asked++;
        this.text = this.base;
        this.checked = this.failure = null;
        this.is_checking = false;
    }
}

class Drafts {
    #kept = new Map<string, Draft>();
    #owner: string | number | null = null;

    /** The draft of a root, or of something new below a group. Another person begins with none. */
    of(root: string, under = parent_of(root), owner: string | number | null = null): Draft {
        if (owner !== this.#owner) this.#kept.clear();
        this.#owner = owner;
        const key = root || `${under}/`;
        let draft = this.#kept.get(key);
        if (!draft) this.#kept.set(key, (draft = new Draft(root, under)));
        return draft;
    }
}

export const drafts = new Drafts();
