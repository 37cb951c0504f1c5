// SPDX-License-Identifier: Apache-2.0
/* Months as weeks of business days, and what each day shows. Days are texts (2026-06-29), months 2026-06. */
import { day_add } from '$lib/time';
import type { CalendarDay, Occurrence, PlanState, RunDate } from './types';

export const month_of = (day: string): string => day.slice(0, 7);

export function month_add(month: string, by: number): string {
    const [year, number] = month.split('-').map(Number) as [number, number];
    const at = year * 12 + number - 1 + by;
    return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
}

export const month_first = (month: string): string => `${month}-01`;
export const month_last = (month: string): string => day_add(month_first(month_add(month, 1)), -1);
export const weekday_of = (day: string): number => new Date(day + 'T00:00:00Z').getUTCDay();

/** The weeks of a month from Sunday; null where another month stands. */
export function weeks_of(month: string): (string | null)[][] {
    const first = month_first(month);
    const last = month_last(month);
    const days: (string | null)[] = Array<null>(weekday_of(first)).fill(null);
    for (let day = first; day <= last; day = day_add(day, 1)) days.push(day);
    while (days.length % 7) days.push(null);
    return Array.from({ length: days.length / 7 }, (_, i) => days.slice(i * 7, i * 7 + 7));
}

export interface DayMark {
    runs: RunDate[];
    skips: RunDate[];
    is_shifted: boolean;
}

/** Run dates by day; one that was shifted away from a day is told there as well. */
export function marks_of(dates: RunDate[]): Map<string, DayMark> {
    const found = new Map<string, DayMark>();
    const at = (day: string): DayMark => {
        let mark = found.get(day);
        if (!mark) found.set(day, (mark = { runs: [], skips: [], is_shifted: false }));
        return mark;
    };
    for (const date of dates) {
        if (!date.date) continue;
        const mark = at(date.date);
        (date.state === 'run' ? mark.runs : mark.skips).push(date);
        if (date.shifted_from && date.shifted_from !== date.date) mark.is_shifted = true;
    }
    return found;
}

export const moved_away = (dates: RunDate[], day: string): RunDate[] => dates.filter((date) => date.shifted_from === day && date.date !== day);

export const day_map = (days: CalendarDay[]): Map<string, CalendarDay> => new Map(days.map((day) => [day.date, day]));

export type PlanAct = 'move' | 'add' | 'skip' | 'hold' | 'release' | 'undo';

/** The acts that make sense on a planned start; what has started is no longer plan. */
export function acts_of(start: Pick<Occurrence, 'state' | 'held' | 'changed'>): PlanAct[] {
    const acts: PlanAct[] = [];
    if (start.state === 'planned') acts.push('move', 'skip', start.held ? 'release' : 'hold');
    if (start.changed && start.state !== 'started') acts.push('undo');
    acts.push('add');
    return acts;
}

export const state_tones: Record<PlanState, string> = { planned: 'wait', started: 'run', skipped: 'skip', cancelled: 'idle', missed: 'bad' };

/** A 48-hour time as people write it; null when it is none. */
export function time_read(text: string): string | null {
    const found = /^([0-4]?\d):([0-5]\d)$/.exec(text.trim());
    return found && Number(found[1]) < 48 ? `${found[1]!.padStart(2, '0')}:${found[2]}` : null;
}
