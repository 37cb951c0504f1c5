// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';

import { limits_at, limits_read, limits_write } from './model';

describe('limits', () => {
    it('are written in order of time', () => {
        expect(limits_write([{ from: '22:00', count: 20 }, { from: '00:00', count: 5 }])).toBe('00:00=5,22:00=20');
        expect(limits_read('00:00=5,22:00=20')).toEqual([{ from: '00:00', count: 5 }, { from: '22:00', count: 20 }]);
    });
    it('begin at midnight, or nothing would start before the first row', () => {
        expect(limits_write([{ from: '22:00', count: 20 }])).toBeNull();
    });
    it('refuse a time twice, a time of 24 hours, a broken count', () => {
        expect(limits_write([{ from: '00:00', count: 1 }, { from: '00:00', count: 2 }])).toBeNull();
        expect(limits_write([{ from: '00:00', count: 1 }, { from: '24:00', count: 2 }])).toBeNull();
        expect(limits_write([{ from: '00:00', count: 1.5 }])).toBeNull();
    });
    it('count from their row on', () => {
        const rows = limits_read('00:00=5,22:00=20');
        expect(limits_at(rows, '21:59')).toBe(5);
        expect(limits_at(rows, '22:00')).toBe(20);
    });
});
