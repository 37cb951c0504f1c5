// SPDX-License-Identifier: Apache-2.0
/* The acts of this view behind their dialogs: the server is asked first (dry_run) what would be touched. */
import { m } from '$messages';
import { api_post } from '$lib/api/client';
import { ask, type AskLine } from '$lib/ask.svelte';
import { prefs } from '$lib/prefs.svelte';
import { router } from '$lib/router.svelte';
import type { Draft } from './draft.svelte';
import type { Proposal, Touched } from './types';

export type Registering = 'register' | 'unregister' | 'suspend' | 'resume';
export const register_words: Record<Registering, () => string> = { register: m.units_register, unregister: m.units_unregister, suspend: m.units_suspend, resume: m.units_resume };
const does: Record<Registering, (i: { count: number }) => string> = { register: m.units_register_does, unregister: m.units_unregister_does, suspend: m.units_suspend_does, resume: m.units_resume_does };
const SHOWN = 8;

async function touched(name: Registering, unit: string, is_group: boolean): Promise<AskLine[]> {
    const got = await api_post<Touched>(`/units/${name}`, { unit, ...(is_group ? { recursive: true } : {}), dry_run: true });
    const meant = got.units.filter((one) => !one.left_out);
    const left = got.units.filter((one) => one.left_out);
    return [
        { text: does[name]({ count: meant.length }), tone: meant.length ? 'plain' : 'warn' },
        ...meant.slice(0, SHOWN).map((one) => ({ text: `${one.unit} ${one.comment ?? ''}` })),
        ...(meant.length > SHOWN ? [{ text: m.units_and_more({ count: meant.length - SHOWN }) }] : []),
        ...left.slice(0, SHOWN).map((one) => ({ text: `${one.unit}: ${(prefs.locale === 'ja' ? one.left_out : one.left_out_en) ?? one.left_out}`, tone: 'warn' as const })),
    ];
}

export function register_ask(name: Registering, unit: string, is_group: boolean): Promise<boolean> {
    return ask({
        title: `${register_words[name]()}: ${unit}`,
        consequence: () => touched(name, unit, is_group),
        confirm: register_words[name](),
        is_danger: name === 'unregister',
        reason: name === 'unregister' ? 'required' : 'optional',
        run: ({ reason }) => api_post(`/units/${name}`, { unit, ...(is_group ? { recursive: true } : {}), reason }),
        done: m.units_done({ act: register_words[name]() }),
    });
}

/** Proposes the text of a draft; another person approves it (E-39). */
export async function propose_ask(draft: Draft): Promise<boolean> {
    await draft.check();
    const checked = draft.checked;
    if (!checked?.is_valid) return false;
    const dates = checked.dates;
    let made: number | null = null;
    const is_done = await ask({
        title: m.units_propose_title({ unit: draft.root || draft.under }),
        consequence: [
            { text: m.units_propose_does({ count: checked.changes?.length ?? 0 }) },
            ...(dates ? [{ text: m.units_propose_dates({ added: dates.added.length, removed: dates.removed.length, moved: dates.moved.length }), tone: (dates.added.length + dates.removed.length + dates.moved.length ? 'warn' : 'plain') as AskLine['tone'] }] : []),
            ...(checked.diags.length ? [{ text: m.units_warnings({ count: checked.diags.length }), tone: 'warn' as const }] : []),
            { text: m.units_propose_after() },
        ],
        confirm: m.units_propose(),
        reason: 'required',
        run: async ({ reason }) => {
            const got = await api_post<{ proposal: number }>('/proposals', { text: draft.text, ...(draft.under === '/' ? {} : { under: draft.under }), reason });
            made = got?.proposal ?? null;
        },
        done: m.units_proposed(),
    });
    if (is_done) {
        draft.drop();
        router.guard = null;
        router.go(made === null ? '/proposals' : `/proposals/${made}`);
    }
    return is_done;
}

export type Settling = 'apply' | 'refuse' | 'withdraw';
export const settle_words: Record<Settling, () => string> = { apply: m.units_apply, refuse: m.units_refuse, withdraw: m.units_withdraw };
const settle_does: Record<Settling, (i: { under: string }) => string> = { apply: m.units_apply_does, refuse: m.units_refuse_does, withdraw: m.units_withdraw_does };

export function settle_ask(name: Settling, proposal: Proposal, changed: number | null): Promise<boolean> {
    return ask({
        title: `${settle_words[name]()}: #${proposal.id}`,
        consequence: [{ text: settle_does[name]({ under: proposal.under || '/' }) }, ...(name === 'apply' && changed !== null ? [{ text: m.units_apply_count({ count: changed }), tone: 'warn' as const }] : [])],
        confirm: settle_words[name](),
        is_danger: name === 'refuse',
        reason: name === 'refuse' ? 'required' : 'optional',
        run: ({ reason }) => api_post(`/proposals/${name}`, { id: proposal.id, ...(reason ? { reason } : {}) }),
        done: m.units_done({ act: settle_words[name]() }),
    });
}

export function leave_ask(draft: Draft, to: string): void {
    void ask({
        title: m.units_leave_title(),
        consequence: [{ text: m.units_leave_does({ unit: draft.root || draft.under }), tone: 'warn' }],
        confirm: m.units_leave(),
        is_danger: true,
        run: () => {
            draft.drop();
            router.guard = null;
        },
    }).then((is_done) => is_done && router.go(to));
}
