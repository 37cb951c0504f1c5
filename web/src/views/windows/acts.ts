// SPDX-License-Identifier: Apache-2.0
/* Orders to a window behind their dialogs. */
import { m } from '$messages';
import { api_post } from '$lib/api/client';
import { ask } from '$lib/ask.svelte';
import { phase_word } from '$lib/phase';
import { prefs } from '$lib/prefs.svelte';
import { day_label } from '$lib/time';
import type { WindowDay, WindowEvent } from './types';

export const ORDERS = ['open', 'preclosed', 'closed'] as const;
export type Order = (typeof ORDERS)[number];
const does: Record<Order, (i: { name: string }) => string> = { open: m.windows_open_does, preclosed: m.windows_preclosed_does, closed: m.windows_closed_does };
const name_of = (window: WindowDay) => `${window.group} ${window.class}`;

export function order_ask(window: WindowDay, phase: Order): Promise<boolean> {
    return ask({
        title: `${phase_word(phase)}: ${name_of(window)}`,
        consequence: [{ text: does[phase]({ name: name_of(window) }), tone: phase === 'open' ? 'plain' : 'warn' }, { text: m.windows_now_is({ observed: phase_word(window.observed), commanded: phase_word(window.commanded) }) }],
        confirm: phase_word(phase),
        is_danger: phase === 'closed',
        reason: 'required',
        ...(phase === 'open' ? { value: { label: m.windows_decision_number(), hint: m.windows_decision_hint(), kind: 'number' as const } } : {}),
        run: ({ reason, value }) => api_post('/windows/command', { group: window.group, class: window.class, phase, reason, ...(value ? { decision: Number(value) } : {}) }),
        done: m.windows_done({ act: phase_word(phase) }),
    });
}

/** E-22: who approved is named. */
export function emergency_ask(window: WindowDay): Promise<boolean> {
    return ask({
        title: `${m.windows_emergency()}: ${name_of(window)}`,
        consequence: [{ text: m.windows_emergency_does({ name: name_of(window) }), tone: 'bad' }],
        confirm: m.windows_emergency(),
        is_danger: true,
        reason: 'required',
        value: { label: m.windows_approver(), hint: m.windows_approver_hint(), is_required: true },
        run: ({ reason, value }) => api_post('/windows/command', { group: window.group, class: window.class, phase: 'closed', emergency: true, approver: value, reason }),
        done: m.windows_done({ act: m.windows_emergency() }),
    });
}

export const event_words: Record<WindowEvent, () => string> = { opens: () => phase_word('opens'), precloses: () => phase_word('precloses'), closes: () => phase_word('closes') };

export function override_ask(window: WindowDay, event: WindowEvent, day: string): Promise<boolean> {
    return ask({
        title: m.windows_override_title({ event: event_words[event](), name: name_of(window) }),
        consequence: [{ text: m.windows_override_does({ day: day_label(day, prefs.locale), time: window[event] ?? '—' }) }],
        confirm: m.windows_override(),
        reason: 'required',
        value: { label: m.windows_time(), initial: window[event] ?? '', hint: m.windows_time_hint(), is_required: true },
        run: ({ reason, value }) => api_post('/windows/override', { group: window.group, class: window.class, event, time: value, date: day, reason }),
        done: m.windows_done({ act: m.windows_override() }),
    });
}
