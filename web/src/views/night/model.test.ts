// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';

import { instant_of } from '$lib/time';
import { MINUTE, attention_of, ms_of, rows_filter, rows_in_sight, rows_of, tick_step, ticks_of, x_of } from './model';
import type { Night, NightNet } from './types';

const frame = { base_minute: 360, offset_minutes: 540 };

function net(change: Partial<NightNet>): NightNet {
    return {
        unit: '/SSH/JN404', title: '支払処理', system: 'SSH', occurrence: 1, date: '2026-06-29', planned: '2026-06-29T22:00:00+09:00', started: null,
        ended: null, expected_start: null, expected_end: null, minutes: 90, status: 'time-wait', run: null, deadline: null, slack_min: null,
        is_critical: false, is_held: false, waits: [], ...change,
    };
}

function night(nets: NightNet[]): Night {
    return {
        from: '2026-06-29T06:00:00+09:00', to: '2026-06-30T09:00:00+09:00', at: '2026-06-29T22:30:00+09:00', business_day: '2026-06-29', base_minute: 360,
        is_truncated: false, nets, edges: [], windows: [{ group: 'KOKUHO', class: '職員', bands: [] }], opening: null,
    };
}

describe('rows', () => {
    it('stand in the order of their beginnings, windows first', () => {
        const rows = rows_of(night([net({ unit: '/B', planned: '2026-06-29T23:00:00+09:00' }), net({ unit: '/A' })]), 0);
        expect(rows.map((row) => row.name)).toEqual(['KOKUHO', 'A', 'B']);
    });
    it('of a running net reach to now, and its expectation goes on from there', () => {
        const now = instant_of('2026-06-29T22:30:00+09:00');
        const row = rows_of(night([net({ started: '2026-06-29T22:10:00+09:00', expected_end: '2026-06-29T23:40:00+09:00', status: 'running', run: 7 })]), now)[1]!;
        expect(row.actual).toEqual({ from: instant_of('2026-06-29T22:10:00+09:00'), to: now });
        expect(row.expected!.to).toBe(instant_of('2026-06-29T23:40:00+09:00'));
        expect(row.waiting).toEqual({ from: instant_of('2026-06-29T22:00:00+09:00'), to: instant_of('2026-06-29T22:10:00+09:00') });
    });
    it('that have ended expect nothing more', () => {
        const row = rows_of(night([net({ started: '2026-06-29T22:00:00+09:00', ended: '2026-06-29T23:00:00+09:00', expected_end: '2026-06-29T23:30:00+09:00' })]), 0)[1]!;
        expect(row.expected).toBeNull();
        expect(row.waiting).toBeNull();
    });
    it('are found by unit and by Japanese name, and by what needs a look', () => {
        const rows = rows_of(night([net({}), net({ unit: '/KSK/JN101', system: 'KSK', title: '開局', status: 'abnormal' })]), 0);
        const filter = { text: '', system: '', is_attention: false, is_critical: false };
        expect(rows_filter(rows, { ...filter, text: 'jn404' })).toHaveLength(1);
        expect(rows_filter(rows, { ...filter, text: '開局' })).toHaveLength(1);
        expect(rows_filter(rows, { ...filter, is_attention: true }).map((row) => row.name)).toEqual(['JN101']);
        expect(rows_filter(rows, { ...filter, system: 'SSH' }).map((row) => row.name)).toEqual(['KOKUHO', 'JN404']);
    });
});

describe('attention', () => {
    it('is for failures first, then predicted misses, then narrow slack', () => {
        expect(attention_of(net({ status: 'abnormal', slack_min: -5 }))).toBe('bad');
        expect(attention_of(net({ slack_min: -5 }))).toBe('late');
        expect(attention_of(net({ slack_min: 59 }))).toBe('narrow');
        expect(attention_of(net({ slack_min: 60 }))).toBeNull();
        const hourly = { planned: '2026-06-29T22:00:00+09:00', minutes: 5, deadline: '2026-06-29T22:10:00+09:00' };
        expect(attention_of(net({ ...hourly, slack_min: 5 }))).toBeNull();
        expect(attention_of(net({ ...hourly, slack_min: 2 }))).toBe('narrow');
        expect(attention_of(net({ slack_min: 10, ended: '2026-06-29T23:00:00+09:00', status: 'normal' }))).toBeNull();
    });
});

describe('scale and axis', () => {
    it('turns time to pixels and back', () => {
        const scale = { from: 1000, to: 9000, per_ms: 0.25 };
        expect(ms_of(scale, x_of(scale, 5000))).toBe(5000);
    });
    it('labels the hours after midnight on the 48-hour clock', () => {
        const from = instant_of('2026-06-29T22:00:00+09:00');
        const labels = ticks_of({ from, to: from + 360 * MINUTE }, 1 / MINUTE, frame, 'ja').map((tick) => tick.label);
        expect(labels).toEqual(['22:00', '23:00', '24:00', '25:00', '26:00', '27:00', '28:00']);
    });
    it('goes on past the base time of the next day when one night is shown', () => {
        const from = instant_of('2026-06-30T05:00:00+09:00');
        const stretch = { from, to: from + 180 * MINUTE };
        expect(ticks_of(stretch, 1 / MINUTE, frame, 'ja', '2026-06-29').map((tick) => tick.label)).toEqual(['29:00', '30:00', '31:00', '32:00']);
        expect(ticks_of(stretch, 1 / MINUTE, frame, 'ja').map((tick) => tick.label)).toEqual(['29:00', '06:00', '07:00', '08:00']);
    });
    it('labels days at their base time when the month is on one screen', () => {
        const from = instant_of('2026-06-29T00:00:00+09:00');
        const ticks = ticks_of({ from, to: from + 3 * 1440 * MINUTE }, 0.04 / MINUTE, frame, 'ja');
        expect(ticks.map((tick) => tick.label)).toEqual(['6/29(月)', '6/30(火)', '7/1(水)']);
        expect(ticks.every((tick) => tick.is_day)).toBe(true);
    });
    it('keeps labels apart at every zoom', () => {
        for (let per_minute = 0.02; per_minute < 24; per_minute *= 1.3) {
            expect(tick_step(per_minute / MINUTE) * per_minute).toBeGreaterThanOrEqual(per_minute * 1440 * 7 < 56 ? 0 : 56);
        }
    });
    it('draws only the rows in sight', () => {
        expect(rows_in_sight(3000, 28 * 100, 560)).toEqual([96, 124]);
        expect(rows_in_sight(3, 0, 560)).toEqual([0, 3]);
    });
});
