// SPDX-License-Identifier: Apache-2.0
/* An entry of the journal, where its subject is to be seen, and the filters as the address and the server say them. */
import { path_make } from '$lib/router.svelte';
import type { Query } from '$lib/api/client';

export interface Entry {
    seq: number;
    at: string | null;
    wall: string | null;
    actor: string;
    via: string;
    operation: string;
    entity: string;
    reason: string;
    reference: string;
    redacted: boolean;
    hash: string;
}

export interface Checked {
    stream: string;
    whole: boolean;
    rows: number;
    redacted: number;
    bad_seq?: number;
    bad_what?: 'hash' | 'prev' | 'gap' | 'body';
    head: string;
}

export const STREAMS = ['main', 'desk'] as const;
export const TEXT_FILTERS = ['actor', 'operation', 'entity', 'via'] as const;

/** 7:30, 27:30, 0730 as 27:30; null when it is no time of a business day. */
export function time48_read(text: string): string | null {
    const found = /^(\d{1,2}):?(\d{2})$/.exec(text.normalize('NFKC').trim());
    if (!found || Number(found[1]) > 47 || Number(found[2]) > 59) return null;
    return found[1]!.padStart(2, '0') + ':' + found[2];
}

/** What the server is asked: a plain word is looked for anywhere in the text; days begin with the business day. */
export function filter_of(query: URLSearchParams, day_start: string): Query {
    const made: Query = { stream: query.get('stream') === 'desk' ? 'desk' : undefined, unit: query.get('unit') || undefined };
    for (const name of TEXT_FILTERS) {
        const text = query.get(name)?.trim();
        made[name] = !text ? undefined : name === 'via' || /[*?]/.test(text) ? text : `*${text}*`;
    }
    for (const name of ['from', 'to'] as const) {
        const day = query.get(name);
        if (day) made[name] = `${day}T${time48_read(query.get(name + '_time') ?? '') ?? (name === 'from' ? day_start : '47:59')}`;
    }
    return made;
}

/** The page that shows what an entry is about; null when none does. */
export function entity_link(entity: string): string | null {
    if (entity.startsWith('/')) return path_make('/map/*unit', { unit: entity });
    const [kind, first = '', second] = entity.split('/');
    switch (kind) {
        case 'run':
            return /^\d+$/.test(first) ? `/run/${first}${second ? `?node=${second}` : ''}` : null;
        case 'unit':
            return path_make('/map/*unit', { unit: entity.slice('unit'.length) });
        case 'note':
            return `/notes?note=${first}`;
        case 'agent':
            return path_make('/agents', {}, { agent: first });
        case 'setting':
        case 'site':
            return '/settings';
        case 'window':
            return '/windows';
        case 'person':
            return path_make('/people', {}, { person: first });
        case 'role':
        case 'grant':
        case 'group':
        case 'token':
            return path_make('/people', {}, { tab: kind + 's' });
        default:
            return null;
    }
}
