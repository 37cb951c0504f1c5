// SPDX-License-Identifier: Apache-2.0
/* Persons, roles, grants, tokens as the server answers them; the words of sides and permissions; what a side can never have. */
import { m } from '$messages';
import type { Change } from '$lib/changes.svelte';
import { clock } from '$lib/clock.svelte';
import type { Text } from '$lib/text';
import { instant_of } from '$lib/time';

export type Side = 'client' | 'contractor' | 'audit' | 'outside';
export const SIDES: Side[] = ['client', 'contractor', 'audit', 'outside'];

export interface Person {
    id: number;
    name: string;
    title: string;
    side: Side;
    is_account: boolean;
    is_closed: boolean;
    mail: string;
    made: string | null;
    made_by: string;
    has_password: boolean;
    has_totp: boolean;
    roles: string[];
}
export interface Role {
    name: string;
    side: Side;
    title: Text;
    permissions: string[];
    source: string;
}
export interface Grant {
    id: number;
    person: string;
    group: string;
    role: string;
    system: string;
    from: string | null;
    until: string | null;
    is_now: boolean;
    actor: string;
}
export interface Membership {
    group: string;
    person: string;
}
export interface Token {
    id: number;
    person: string;
    name: string;
    permissions: string;
    system: string;
    made: string | null;
    seen: string | null;
    until: string | null;
    is_over: boolean;
}
type Part = 'none' | 'support' | 'main';
export interface Work {
    work: string;
    title: string;
    title_en: string;
    client: Part;
    client_sign: string;
    contractor: Part;
    contractor_sign: string;
    infra_vendor: Part;
    infra_vendor_sign: string;
}

const SIDE_WORDS: Record<Side, () => string> = { client: m.people_side_client, contractor: m.people_side_contractor, audit: m.people_side_audit, outside: m.people_side_outside };
export const side_word = (side: string): string => SIDE_WORDS[side as Side]?.() ?? side;

const PERMISSION_WORDS: Record<string, () => string> = {
    look: m.people_may_look,
    audit: m.people_may_audit,
    output: m.people_may_output,
    operate: m.people_may_operate,
    plan: m.people_may_plan,
    define: m.people_may_define,
    approve: m.people_may_approve,
    window: m.people_may_window,
    ask: m.people_may_ask,
    decide: m.people_may_decide,
    record: m.people_may_record,
    note: m.people_may_note,
    people: m.people_may_people,
    admin: m.people_may_admin,
    clock: m.people_may_clock,
};
export const PERMISSIONS = Object.keys(PERMISSION_WORDS);
export const permission_word = (name: string): string => PERMISSION_WORDS[name]?.() ?? name;
export const permission_words = (names: string[]): string => names.map(permission_word).join(', ') || '—';

/* The limits of the sides are code on the server as well (docs/people.md); these only mark what would be refused. */
const ONLY: Partial<Record<Side, string[]>> = { audit: ['look', 'audit'], outside: ['look', 'output', 'note'] };
const NEVER: Partial<Record<Side, string[]>> = { client: ['record'], contractor: ['decide'] };
export const is_never = (side: Side, permission: string): boolean => (ONLY[side] ? !ONLY[side].includes(permission) : (NEVER[side]?.includes(permission) ?? false));

export const is_about_people = (change: Change): boolean => /^(person|role|grant|group|token|session)\b/.test(change.entity);

/** Tokens, sessions and links live by the machine's clock: its date and time as the site's wall clock shows them. */
export const wall_say = (at: string | number | null): string =>
    at === null ? '—' : new Date(instant_of(at) + clock.frame.offset_minutes * 60_000).toISOString().slice(0, 16).replace('T', ' ');
