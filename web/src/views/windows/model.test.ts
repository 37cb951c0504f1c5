// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';

import { ask_limit, bands_of, extension_fault, is_too_late, minutes_of, phase_at, time_of } from './model';
import type { WindowDay } from './types';

const frame = { base_minute: 360, offset_minutes: 540 };
const window: WindowDay = { group: 'KOKUHO', class: '保険者', opens: '08:30', precloses: '21:15', closes: '21:30', commanded: 'closed', observed: 'closed', observed_at: null };

describe('bands of a window', () => {
    it('follow its three times', () => {
        expect(bands_of(window, 360, 1800).map((band) => [band.phase, time_of(band.from), time_of(band.to)])).toEqual([
            ['closed', '06:00', '08:30'], ['open', '08:30', '21:15'], ['preclosed', '21:15', '21:30'], ['closed', '21:30', '30:00'],
        ]);
        expect(phase_at(window, minutes_of('21:20')!)).toBe('preclosed');
    });
    it('are one closed band on a day without hours', () => {
        expect(bands_of({ opens: null, precloses: null, closes: null }, 360, 1800)).toEqual([{ phase: 'closed', from: 360, to: 1800 }]);
    });
});

describe('until when an extension may be asked for (E-05)', () => {
    it('is 17:00 of the day, or of the civil day before a holiday', () => {
        expect(ask_limit('2026-06-19', true, frame)).toBe(Date.parse('2026-06-19T17:00:00+09:00'));
        expect(ask_limit('2026-06-21', false, frame)).toBe(Date.parse('2026-06-20T17:00:00+09:00'));
        expect(ask_limit('2026-05-06', false, frame)).toBe(Date.parse('2026-05-05T17:00:00+09:00'));
    });
    it('17:00:00 is in time, a second later is not', () => {
        const limit = ask_limit('2026-06-19', true, frame);
        expect(is_too_late(limit, limit)).toBe(false);
        expect(is_too_late(limit + 1000, limit)).toBe(true);
    });
    it('wants a later closing of a window that opens', () => {
        expect(extension_fault(window, '23:00')).toBeNull();
        expect(extension_fault(window, '25:30')).toBeNull();
        expect(extension_fault(window, '21:30')).toBe('earlier');
        expect(extension_fault(window, 'x')).toBe('time');
        expect(extension_fault({ ...window, closes: null }, '23:00')).toBe('none');
    });
});
