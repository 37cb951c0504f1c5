// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';

import { entity_link, filter_of, time48_read } from './model';

describe('time48_read', () => {
    it('reads hours of the business day', () => {
        expect(time48_read('27:30')).toBe('27:30');
        expect(time48_read('730')).toBe('07:30');
        expect(time48_read('２７:３０')).toBe('27:30');
    });
    it('refuses what is no time', () => {
        expect(time48_read('48:00')).toBeNull();
        expect(time48_read('27:60')).toBeNull();
        expect(time48_read('')).toBeNull();
    });
});

describe('filter_of', () => {
    it('looks for plain words anywhere and leaves patterns alone', () => {
        const made = filter_of(new URLSearchParams('actor=oper&entity=run/71*'), '06:00');
        expect(made.actor).toBe('*oper*');
        expect(made.entity).toBe('run/71*');
    });
    it('takes a day without a time as the whole business day', () => {
        const made = filter_of(new URLSearchParams('from=2026-06-29&to=2026-06-29'), '06:00');
        expect([made.from, made.to]).toEqual(['2026-06-29T06:00', '2026-06-29T47:59']);
    });
});

describe('entity_link', () => {
    it('knows runs, nodes and units', () => {
        expect(entity_link('run/71/7')).toBe('/run/71?node=7');
        expect(entity_link('/A/B')).toBe('/map/A/B');
        expect(entity_link('clock/x1->x2')).toBeNull();
    });
});
