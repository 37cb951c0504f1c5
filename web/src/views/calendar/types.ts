// SPDX-License-Identifier: Apache-2.0
/* Answers about calendars and the plan that only this view reads. */
import type { Text } from '$lib/text';

export interface SiteCalendar {
    name: string;
    is_default: boolean;
    base_minute: number;
}

export interface CalendarDay {
    date: string;
    weekday: string;
    open: boolean;
    holiday: string | null;
    predicted: boolean;
    business_day_number: number;
}

export interface RunDate {
    unit: string;
    rule: number;
    date: string | null;
    start: string | null;
    time: string;
    state: 'run' | 'skip';
    reason: string;
    reason_text: Text;
    shifted_from: string | null;
    deadline: string | null;
}

export type PlanState = 'planned' | 'started' | 'skipped' | 'cancelled' | 'missed';

export interface Occurrence {
    number: number;
    unit: string;
    date: string;
    time: string | null;
    start: string | null;
    planned: string | null;
    state: PlanState;
    changed: boolean;
    reason: string;
    reason_text: Text;
    shifted_from: string | null;
    rule: number;
    held: boolean;
    run: number | null;
    calendar: string;
}

export interface Holidays {
    items: { date: string; name: string; source: 'official' | 'computed' }[];
    year: number;
    signed: { by: string; at: string | null; is_current: boolean } | null;
}
