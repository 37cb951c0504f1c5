// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';

import { acts_of, marks_of, month_add, month_last, moved_away, time_read, weeks_of } from './model';
import type { RunDate } from './types';

const date = (change: Partial<RunDate>): RunDate => ({ unit: '/A/B', rule: 1, date: '2026-06-19', start: null, time: '22:00', state: 'run', reason: 'planned', reason_text: { ja: '', en: '' }, shifted_from: null, deadline: null, ...change });

describe('months', () => {
    it('go over the turn of the year and know leap days', () => {
        expect(month_add('2026-12', 1)).toBe('2027-01');
        expect(month_add('2026-01', -1)).toBe('2025-12');
        expect(month_last('2028-02')).toBe('2028-02-29');
    });
    it('stand in weeks from Sunday', () => {
        const weeks = weeks_of('2026-06');
        expect(weeks).toHaveLength(5);
        expect(weeks[0]).toEqual([null, '2026-06-01', '2026-06-02', '2026-06-03', '2026-06-04', '2026-06-05', '2026-06-06']);
        expect(weeks[4]!.slice(2)).toEqual(['2026-06-30', null, null, null, null]);
    });
});

describe('run dates', () => {
    const dates = [date({}), date({ date: '2026-07-17', shifted_from: '2026-07-20' }), date({ date: '2026-07-20', state: 'skip', reason: 'closed' })];
    it('are told by day, with what was shifted', () => {
        const marks = marks_of(dates);
        expect(marks.get('2026-07-17')).toMatchObject({ is_shifted: true });
        expect(marks.get('2026-07-20')!.skips).toHaveLength(1);
        expect(moved_away(dates, '2026-07-20').map((one) => one.date)).toEqual(['2026-07-17']);
    });
});

describe('acts on a planned start', () => {
    it('are those its state allows', () => {
        expect(acts_of({ state: 'planned', held: false, changed: false })).toEqual(['move', 'skip', 'hold', 'add']);
        expect(acts_of({ state: 'planned', held: true, changed: true })).toEqual(['move', 'skip', 'release', 'undo', 'add']);
        expect(acts_of({ state: 'started', held: false, changed: true })).toEqual(['add']);
        expect(acts_of({ state: 'skipped', held: false, changed: true })).toEqual(['undo', 'add']);
    });
    it('take 48-hour times', () => {
        expect(time_read('27:30')).toBe('27:30');
        expect(time_read('7:05')).toBe('07:05');
        expect(time_read('48:00')).toBeNull();
        expect(time_read('12:60')).toBeNull();
    });
});
