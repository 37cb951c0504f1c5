// SPDX-License-Identifier: Apache-2.0
/* Acts on planned starts and on the holidays, behind their dialogs. */
import { m } from '$messages';
import { api_post } from '$lib/api/client';
import { ask } from '$lib/ask.svelte';
import { prefs } from '$lib/prefs.svelte';
import { day_label } from '$lib/time';
import { time_read, type PlanAct } from './model';
import type { Occurrence } from './types';

export const act_words: Record<PlanAct, () => string> = { move: m.calendar_move, add: m.calendar_add, skip: m.calendar_skip, hold: m.calendar_hold, release: m.calendar_release, undo: m.calendar_undo };
const does: Record<PlanAct, (i: { time: string; day: string }) => string> = { move: m.calendar_move_does, add: m.calendar_add_does, skip: m.calendar_skip_does, hold: m.calendar_hold_does, release: m.calendar_release_does, undo: m.calendar_undo_does };

/** `start` null: a start is added to a jobnet that has none that day. */
export function plan_ask(act: PlanAct, unit: string, day: string, start: Occurrence | null): Promise<boolean> {
    const needs_time = act === 'move' || act === 'add';
    return ask({
        title: `${act_words[act]()}: ${unit}`,
        consequence: [{ text: does[act]({ time: start?.time ?? '—', day: day_label(day, prefs.locale) }), tone: act === 'skip' ? 'warn' : 'plain' }],
        confirm: act_words[act](),
        is_danger: act === 'skip',
        reason: act === 'move' || act === 'add' || act === 'skip' ? 'required' : 'optional',
        ...(needs_time ? { value: { label: m.calendar_time(), initial: start?.time ?? '', hint: m.calendar_time_hint(), is_required: true } } : {}),
        run: ({ reason, value }) => {
            const at = time_read(value) ?? value; // the server says what is wrong with it
            return api_post(`/plan/${act}`, { unit, date: day, ...(act === 'add' || !start ? {} : { number: start.number }), ...(needs_time ? { at } : {}), ...(reason ? { reason } : {}) });
        },
        done: m.calendar_done({ act: act_words[act]() }),
    });
}

export function sign_ask(year: number, count: number): Promise<boolean> {
    return ask({
        title: m.calendar_sign_title({ year }),
        consequence: [{ text: m.calendar_sign_does({ year, count }) }],
        confirm: m.calendar_sign(),
        reason: 'optional',
        run: ({ reason }) => api_post('/holidays/sign', { year, ...(reason ? { reason } : {}) }),
        done: m.calendar_signed_done(),
    });
}

export function import_ask(file: string, text: string): Promise<boolean> {
    const lines = text.split('\n').filter((line) => line.trim()).length;
    return ask({
        title: m.calendar_import(),
        consequence: [{ text: m.calendar_import_does({ file, lines }) }, { text: m.calendar_import_after(), tone: 'warn' }],
        confirm: m.calendar_import(),
        reason: 'required',
        run: ({ reason }) => api_post('/holidays/import', { file: text, reason }),
        done: m.calendar_imported(),
    });
}
