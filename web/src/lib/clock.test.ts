// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';

import { BusinessClock } from './clock.svelte';

function made() {
    let at = 1000;
    const clock = new BusinessClock(() => at);
    return { clock, pass: (ms: number) => (at += ms) };
}
const NOW = '2026-06-30T01:30:00.000+09:00';

describe('the business clock', () => {
    it('goes on by itself between answers', () => {
        const { clock, pass } = made();
        clock.sync({ now: NOW, speed: 1 });
        pass(2500);
        expect(clock.read()).toBe(Date.parse(NOW) + 2500);
    });
    it('runs at the speed of a made-up clock and stands still when that is paused', () => {
        const { clock, pass } = made();
        clock.sync({ now: NOW, speed: 400, simulated: true });
        pass(1000);
        expect(clock.read()).toBe(Date.parse(NOW) + 400_000);
        expect(clock.is_made_up).toBe(true);
        clock.sync({ now: NOW, speed: 0, simulated: true });
        pass(60_000);
        expect(clock.read()).toBe(Date.parse(NOW));
    });
    it('does not jump for the delays of a network, and follows a real step', () => {
        const { clock, pass } = made();
        clock.sync({ now: NOW, speed: 1 });
        pass(5000);
        clock.sync({ now: '2026-06-30T01:30:04.600+09:00', speed: 1 });
        expect(clock.read()).toBe(Date.parse(NOW) + 5000);
        clock.sync({ now: '2026-06-30T03:00:00.000+09:00', speed: 1 });
        expect(clock.read()).toBe(Date.parse('2026-06-30T03:00:00.000+09:00'));
    });
    it('takes zone and base time from the server', () => {
        const { clock } = made();
        clock.sync({ now: NOW, base_minute: 300 });
        expect(clock.frame).toEqual({ base_minute: 300, offset_minutes: 540 });
        expect(clock.time()).toMatchObject({ day: '2026-06-29', hour: 25, minute: 30 });
        expect(clock.say('2026-06-30T07:40:00+09:00', 'ja')).toBe('31:40');
        expect(clock.say('2026-06-28T22:00:00+09:00', 'ja')).toBe('6/28(日) 22:00');
    });
});
