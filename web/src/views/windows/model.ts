// SPDX-License-Identifier: Apache-2.0
/* Times of online windows: bands of a day, and until when an extension may be asked for (E-05). */
import type { Phase } from '$lib/api/types';
import { day_add, instant_at, type BusinessFrame } from '$lib/time';
import type { WindowDay } from './types';

export interface Band {
    phase: Phase;
    from: number; // minutes of the business day, 48-hour
    to: number;
}

/** "27:30" → 1650; null for none. */
export function minutes_of(time: string | null): number | null {
    const found = time ? /^(\d{1,2}):(\d\d)$/.exec(time) : null;
    return found ? Number(found[1]) * 60 + Number(found[2]) : null;
}

export const time_of = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** The day's plan as bands from `from` to `to`; what is not open or pre-closed is closed. */
export function bands_of(window: Pick<WindowDay, 'opens' | 'precloses' | 'closes'>, from: number, to: number): Band[] {
    const steps: { at: number; phase: Phase }[] = [];
    for (const [time, phase] of [[window.opens, 'open'], [window.precloses, 'preclosed'], [window.closes, 'closed']] as const) {
        const at = minutes_of(time);
        if (at !== null) steps.push({ at, phase });
    }
    steps.sort((a, b) => a.at - b.at);
    const bands: Band[] = [];
    let phase: Phase = 'closed';
    let since = from;
    for (const step of steps) {
        const at = Math.min(to, Math.max(from, step.at));
        if (at > since) bands.push({ phase, from: since, to: at });
        [phase, since] = [step.phase, Math.max(since, at)];
    }
    if (to > since) bands.push({ phase, from: since, to });
    return bands;
}

/** What the plan says at a minute of the day. */
export const phase_at = (window: Pick<WindowDay, 'opens' | 'precloses' | 'closes'>, minute: number): Phase => bands_of(window, 0, 48 * 60).find((band) => minute >= band.from && minute < band.to)?.phase ?? 'closed';

export const LIMIT_MINUTE = 17 * 60;

/** E-05: 17:00 of the day itself, or of the civil day before when it is a holiday. Exactly 17:00:00 is in time. */
export const ask_limit = (day: string, is_open: boolean, frame: BusinessFrame): number => instant_at(is_open ? day : day_add(day, -1), LIMIT_MINUTE, frame);

export const is_too_late = (asked: number, limit: number): boolean => asked > limit;

export type Fault = 'time' | 'earlier' | 'none';

/** Why a new closing time cannot be asked for; null when it can. */
export function extension_fault(window: WindowDay | null, time: string): Fault | null {
    const closes = minutes_of(window?.closes ?? null);
    if (closes === null) return 'none';
    const wanted = minutes_of(time.trim());
    if (wanted === null || wanted >= 48 * 60 || wanted % 60 > 59) return 'time';
    return wanted <= closes ? 'earlier' : null;
}

/** The server's refusals that a decision of the client, or an agreement, lifts. */
export const needs_decision = (id: string | null): boolean => id === 'BNT0523-E';
export const needs_agreement = (id: string | null): boolean => id === 'BNT0521-E';
