// SPDX-License-Identifier: Apache-2.0
/*
 * The timeline as numbers: rows in order with their instants in milliseconds, a scale between time and pixels, ticks of the
 * axis on the 48-hour clock. Nothing here touches the page, so all of it is tested.
 */
import { business_time, clock48, day_label, instant_at, instant_of, type BusinessFrame } from '$lib/time';
import type { Night, NightNet } from './types';

export const MINUTE = 60_000;
export const ROW = 28;
export const AXIS = 36;
export const LABELS = 264;
/** Slack below this many minutes is shown as in danger. */
export const SLACK_NARROW_MIN = 60;

export interface Stretch {
    from: number;
    to: number;
}

export interface Row {
    kind: 'net' | 'window';
    id: string;
    index: number; // into night.nets or night.windows
    name: string;
    title: string;
    net?: NightNet;
    planned: Stretch | null;
    expected: Stretch | null;
    actual: Stretch | null;
    waiting: Stretch | null; // between plan and start
    deadline: number | null;
    bands: (Stretch & { phase: string; is_actual: boolean })[];
}

const at = (text: string | null): number | null => (text ? instant_of(text) : null);

export function last_name(unit: string): string {
    return unit.slice(unit.lastIndexOf('/') + 1);
}

function net_row(net: NightNet, index: number, now: number): Row {
    const planned = at(net.planned);
    const started = at(net.started);
    const ended = at(net.ended);
    const expected_start = at(net.expected_start);
    const expected_end = at(net.expected_end);
    const minutes = Math.max(1, net.minutes ?? 1) * MINUTE;
    const is_over = ended !== null;
    const begins = started ?? expected_start ?? planned;
    const late_from = planned !== null && begins !== null && begins > planned ? planned : null;
    return {
        kind: 'net',
        id: net.run ? `run/${net.run}` : `plan/${net.unit}/${net.date}/${net.occurrence ?? 0}`,
        index,
        name: last_name(net.unit),
        title: net.title ?? '',
        net,
        planned: planned === null ? null : { from: planned, to: planned + minutes },
        expected: is_over || expected_end === null ? null : { from: Math.max(started ?? expected_start ?? expected_end, 0), to: expected_end },
        actual: started === null ? null : { from: started, to: ended ?? Math.max(now, started) },
        waiting: late_from === null || (is_over && started === null) ? null : { from: late_from, to: begins! },
        deadline: at(net.deadline),
        bands: [],
    };
}

/** Rows in the order of the page: windows first, then jobnets by their beginning. */
export function rows_of(night: Night, now: number): Row[] {
    const windows = night.windows.map(
        (window, index): Row => ({
            kind: 'window',
            id: `window/${window.group}/${window.class}`,
            index,
            name: window.group,
            title: window.class,
            planned: null,
            expected: null,
            actual: null,
            waiting: null,
            deadline: null,
            bands: window.bands.map((band) => ({ from: instant_of(band.from), to: instant_of(band.to), phase: band.phase, is_actual: band.is_actual })),
        }),
    );
    const nets = night.nets.map((net, index) => net_row(net, index, now));
    const begin = (row: Row) => row.planned?.from ?? row.actual?.from ?? row.expected?.from ?? Infinity;
    return [...windows, ...nets.sort((a, b) => begin(a) - begin(b) || a.index - b.index)];
}

export type Attention = 'bad' | 'late' | 'narrow' | null;

/**
 * Does this jobnet need a look? Abnormal or unknown, predicted to miss its deadline, or little slack: little for the night,
 * and less than its plan gave it (a deadline ten minutes behind an hourly start is no news).
 */
export function attention_of(net: NightNet): Attention {
    if (['ab-cont', 'abnormal', 'abnormal-wr', 'unknown', 'unknown-wr', 'kill', 'fail', 'fail-wr', 'interrupt', 'invalid-seq'].includes(net.status)) return 'bad';
    if (net.is_late || (net.slack_min !== null && net.slack_min < 0)) return 'late';
    if (net.ended || net.slack_min === null || net.slack_min >= SLACK_NARROW_MIN) return null;
    const [planned, deadline] = [at(net.planned), at(net.deadline)];
    const given_min = planned === null || deadline === null ? Infinity : (deadline - planned) / MINUTE - (net.minutes ?? 0);
    return net.slack_min < given_min - 1 ? 'narrow' : null;
}

export interface Filter {
    text: string;
    system: string;
    is_attention: boolean;
    is_critical: boolean;
}

export function rows_filter(rows: Row[], filter: Filter): Row[] {
    const text = filter.text.trim().toLowerCase();
    return rows.filter((row) => {
        if (row.kind === 'window') return !text && !filter.is_attention && !filter.is_critical;
        const net = row.net!;
        if (filter.system && net.system !== filter.system) return false;
        if (filter.is_attention && !attention_of(net) && net.status !== 'gate-wait') return false;
        if (filter.is_critical && !net.is_critical) return false;
        return !text || net.unit.toLowerCase().includes(text) || (net.title ?? '').toLowerCase().includes(text);
    });
}

/** Time to pixels: px = (ms - from) * per_ms. */
export interface Scale {
    from: number;
    to: number;
    per_ms: number;
}

export const PER_MINUTE_MIN = 0.02; // a month on one screen
export const PER_MINUTE_MAX = 24; // a minute is wider than its label

export const x_of = (scale: Scale, ms: number): number => (ms - scale.from) * scale.per_ms;
export const ms_of = (scale: Scale, x: number): number => scale.from + x / scale.per_ms;

const STEPS_MIN = [1, 5, 10, 30, 60, 180, 360, 720, 1440, 1440 * 7];

export interface Tick {
    ms: number;
    label: string;
    is_day: boolean;
}

/** Minutes between labels so that they stand at least `apart` pixels from each other. */
export function tick_step(per_ms: number, apart = 56): number {
    return STEPS_MIN.find((step) => step * MINUTE * per_ms >= apart) ?? 1440 * 7;
}

/**
 * Ticks within a stretch; at days the label is the business day. With `day` the hours go on past its end (31:40 of the 29th
 * is 7:40 of the 30th), up to 47:59, as the night's own papers write them.
 */
export function ticks_of(stretch: Stretch, per_ms: number, frame: BusinessFrame, locale: 'ja' | 'en', day: string | null = null): Tick[] {
    const begin = day ? instant_at(day, 0, frame) : 0;
    const step = tick_step(per_ms) * MINUTE;
    const local = (ms: number) => ms + (frame.offset_minutes - (step >= 1440 * MINUTE ? frame.base_minute : 0)) * MINUTE;
    const shift = local(0);
    const ticks: Tick[] = [];
    for (let ms = Math.ceil(local(stretch.from) / step) * step - shift; ms <= stretch.to; ms += step) {
        const time = business_time(ms, frame);
        const is_day = time.hour * 60 + time.minute === frame.base_minute;
        const minutes = Math.round((ms - begin) / MINUTE);
        const goes_on = day !== null && minutes >= frame.base_minute && minutes < 2880;
        const hour = goes_on ? { ...time, hour: Math.floor(minutes / 60), minute: minutes % 60 } : time;
        ticks.push({ ms, label: step >= 1440 * MINUTE ? day_label(time.day, locale) : clock48(hour), is_day });
    }
    return ticks;
}

/** How far each way from the top row to the bottom one, with a few rows beyond for smooth scrolling. */
export function rows_in_sight(count: number, top: number, height: number): [number, number] {
    const first = Math.max(0, Math.floor(top / ROW) - 4);
    return [first, Math.min(count, Math.ceil((top + height) / ROW) + 4)];
}

/** Where a row's jobnet begins and ends, as best known. */
export const begin_of = (row: Row): number => row.actual?.from ?? row.expected?.from ?? row.planned?.from ?? 0;
export const end_of = (row: Row): number => (row.actual && !row.expected ? row.actual.to : (row.expected?.to ?? row.planned?.to ?? 0));
