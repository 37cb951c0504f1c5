// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';

import { business_time, clock48, day_add, day_label, duration_label, instant_at, offset_of, spoken_time } from './time';

const frame = { base_minute: 360, offset_minutes: 540 };

describe('business time', () => {
    it('counts the hours after midnight on to the day before, until the base time', () => {
        const time = business_time('2026-06-30T03:30:15+09:00', frame);
        expect(time).toEqual({ day: '2026-06-29', hour: 27, minute: 30, second: 15 });
        expect(clock48(time)).toBe('27:30');
        expect(clock48(time, true)).toBe('27:30:15');
    });
    it('begins the day at the base time itself', () => {
        expect(clock48(business_time('2026-06-30T05:59:59.999+09:00', frame))).toBe('29:59');
        expect(business_time('2026-06-30T06:00:00+09:00', frame)).toEqual({ day: '2026-06-30', hour: 6, minute: 0, second: 0 });
    });
    it('says tomorrow morning in hours of today, and later days in their own', () => {
        expect(spoken_time('2026-06-30T07:40:00+09:00', '2026-06-29', frame)).toMatchObject({ day: '2026-06-29', hour: 31, minute: 40 });
        expect(spoken_time('2026-06-30T23:59:00+09:00', '2026-06-29', frame)).toMatchObject({ day: '2026-06-29', hour: 47 });
        expect(spoken_time('2026-07-01T01:00:00+09:00', '2026-06-29', frame)).toMatchObject({ day: '2026-06-30', hour: 25 });
        expect(spoken_time('2026-06-28T22:00:00+09:00', '2026-06-29', frame)).toMatchObject({ day: '2026-06-28', hour: 22 });
    });
    it('goes back to the instant it came from', () => {
        expect(instant_at('2026-06-29', 27 * 60 + 30, frame)).toBe(Date.parse('2026-06-30T03:30:00+09:00'));
    });
    it('knows days before 1970 and the ends of months', () => {
        expect(business_time('1969-12-31T12:00:00+09:00', frame).day).toBe('1969-12-31');
        expect(day_add('2026-02-28', 1)).toBe('2026-03-01');
        expect(day_label('2026-06-29', 'ja')).toBe('6/29(月)');
        expect(day_label('2026-06-29', 'en', true)).toBe('Mon 29 Jun 2026');
    });
    it('reads the offset of a text', () => {
        expect(offset_of('2026-06-29T00:00:00+09:00')).toBe(540);
        expect(offset_of('2026-06-29T00:00:00-03:30')).toBe(-210);
        expect(offset_of('2026-06-29T00:00:00Z')).toBe(0);
        expect(offset_of('2026-06-29')).toBeNull();
    });
    it('words durations in both languages', () => {
        expect(duration_label(95 * 60_000, 'ja')).toBe('1時間35分');
        expect(duration_label(95 * 60_000, 'en')).toBe('1 h 35 min');
        expect(duration_label(-5 * 60_000, 'ja')).toBe('−5分');
        expect(duration_label(40_000, 'en')).toBe('40 s');
    });
});
