// SPDX-License-Identifier: Apache-2.0
/*
 * The business clock as this browser sees it. Between answers of the server it goes on by itself at the clock's speed (a
 * made-up clock may run at 400 times, or stand still), measured with the browser's monotonic clock, so a wrong wall clock
 * of the terminal shows nowhere. `clock.now` changes once a second, four times at speeds above one.
 */
import { business_time, clock48, day_label, instant_of, offset_of, spoken_time, type BusinessFrame, type BusinessTime } from './time';

export interface ClockAnswer {
    now: string;
    speed?: number;
    simulated?: boolean;
    base_minute?: number;
}

export class BusinessClock {
    now = $state(0);
    speed = $state(1);
    is_made_up = $state(false);
    is_known = $state(false);
    frame = $state<BusinessFrame>({ base_minute: 360, offset_minutes: 540 });
    #anchor_ms = 0;
    #anchor_at = 0;
    #timer: ReturnType<typeof setTimeout> | undefined;
    readonly #monotonic: () => number;

    constructor(monotonic: () => number = () => performance.now()) {
        this.#monotonic = monotonic;
    }

    /** What the clock says at this moment, to the millisecond. */
    read(): number {
        return this.#anchor_ms + (this.#monotonic() - this.#anchor_at) * this.speed;
    }

    sync(answer: ClockAnswer): void {
        const server_ms = instant_of(answer.now);
        const speed = answer.speed ?? 1;
        const is_new = !this.is_known || speed !== this.speed;
        // A step of less than a second at speed 1 is the network's doing: the clock on the screen does not jump for it.
        if (is_new || Math.abs(server_ms - this.read()) > 1000 * Math.max(1, speed)) {
            this.#anchor_ms = server_ms;
            this.#anchor_at = this.#monotonic();
        }
        this.speed = speed;
        this.is_made_up = answer.simulated ?? false;
        const offset = offset_of(answer.now) ?? this.frame.offset_minutes;
        const base = answer.base_minute ?? this.frame.base_minute;
        if (offset !== this.frame.offset_minutes || base !== this.frame.base_minute) {
            this.frame = { base_minute: base, offset_minutes: offset };
        }
        this.is_known = true;
        this.now = this.read();
    }

    time(): BusinessTime {
        return business_time(this.now, this.frame);
    }

    /** The current business day; empty before the server has answered. It changes once a day, not with every tick. */
    readonly today = $derived(this.is_known ? this.time().day : '');

    /** An instant as it is said today: 27:30, or with its day when that is another one. For texts; elements use <Time>. */
    say(at: string | number, locale: 'ja' | 'en'): string {
        const time = spoken_time(at, this.today, this.frame);
        return (this.today && time.day !== this.today ? day_label(time.day, locale) + ' ' : '') + clock48(time);
    }

    /** Begins to tick; the answer stops it. */
    start(): () => void {
        const tick = () => {
            if (this.is_known) this.now = this.read();
            // At speed 1 the next full second; faster, a quarter of a second.
            const wait = this.speed > 1 ? 250 : 1000 - (((this.now % 1000) + 1000) % 1000);
            this.#timer = setTimeout(tick, Math.max(50, wait));
        };
        tick();
        return () => clearTimeout(this.#timer);
    }
}

export const clock = new BusinessClock();
