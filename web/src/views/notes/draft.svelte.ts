// SPDX-License-Identifier: Apache-2.0
/*
 * What is being written. It stays while a person looks at another view, and is gone when another person logs in or it was
 * sent.
 */
import { api_post } from '$lib/api/client';
import type { ShiftNote } from './types';

class Draft {
    text = $state('');
    unit = $state('');
    run = $state('');
    is_handover = $state(false);
    is_own_side = $state(false);
    corrects = $state.raw<ShiftNote | null>(null);
    #owner: string | number | null = null;

    own(person: string | number): void {
        if (this.#owner !== person) this.clear();
        this.#owner = person;
    }

    clear(): void {
        this.text = this.unit = this.run = '';
        this.is_handover = this.is_own_side = false;
        this.corrects = null;
    }

    correct(note: ShiftNote): void {
        this.text = note.text;
        this.unit = note.unit;
        this.run = note.run ? String(note.run) : '';
        this.is_handover = note.is_handover;
        this.is_own_side = note.side !== null;
        this.corrects = note;
    }

    /** Only the client and the contractor have notes of their own side. */
    async send(side: string): Promise<void> {
        await api_post('/notes', {
            text: this.text.trim(),
            ...(this.unit.trim() ? { unit: this.unit.trim() } : {}),
            ...(this.run.trim() ? { run: Number(this.run) } : {}),
            ...(this.is_handover ? { is_handover: true } : {}),
            ...(this.is_own_side ? { side } : {}),
            ...(this.corrects ? { corrects: this.corrects.id } : {}),
        });
        this.clear();
    }
}

export const draft = new Draft();
