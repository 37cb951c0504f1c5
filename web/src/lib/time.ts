// SPDX-License-Identifier: Apache-2.0
/*
 * Business time. A business day begins at the base time (06:00, say) and its hours go on past 24:00 until the next base
 * time: 03:30 of 30 June is 27:30 of the business day 29 June. Instants are milliseconds UTC or RFC 3339 texts; the
 * offset is the service zone's, taken from the server's texts, never the browser's.
 */
export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface BusinessFrame {
    base_minute: number;
    offset_minutes: number;
}

export interface BusinessTime {
    day: string; // 2026-06-29
    hour: number; // 0..47
    minute: number;
    second: number;
}

const two = (n: number) => String(n).padStart(2, '0');

export function instant_of(at: string | number): number {
    return typeof at === 'number' ? at : Date.parse(at);
}

/** Minutes east of UTC that an RFC 3339 text names; null when it names none. */
export function offset_of(text: string): number | null {
    const found = /([+-])(\d\d):(\d\d)$/.exec(text);
    if (!found) return text.endsWith('Z') ? 0 : null;
    const minutes = Number(found[2]) * 60 + Number(found[3]);
    return found[1] === '-' ? -minutes : minutes;
}

function day_text(day_ms: number): string {
    return new Date(day_ms).toISOString().slice(0, 10);
}

export function business_time(at: string | number, frame: BusinessFrame): BusinessTime {
    const local_ms = instant_of(at) + frame.offset_minutes * MINUTE_MS;
    const day_ms = Math.floor((local_ms - frame.base_minute * MINUTE_MS) / DAY_MS) * DAY_MS;
    const seconds = Math.floor((local_ms - day_ms) / 1000);
    return { day: day_text(day_ms), hour: Math.floor(seconds / 3600), minute: Math.floor(seconds / 60) % 60, second: seconds % 60 };
}

/**
 * As people of the business day `today` say it: until 48:00 its hours go on, so tomorrow's opening is at 31:40 of today, as
 * the plan of the night has it. Other days keep their own hours.
 */
export function spoken_time(at: string | number, today: string, frame: BusinessFrame): BusinessTime {
    const time = business_time(at, frame);
    const is_next_morning = today !== '' && time.day === day_add(today, 1) && time.hour < 24;
    return is_next_morning ? { ...time, day: today, hour: time.hour + 24 } : time;
}

/** The instant of a business day's hour: instant_at('2026-06-29', 27 * 60 + 30, frame). */
export function instant_at(day: string, minutes: number, frame: BusinessFrame): number {
    return Date.parse(day + 'T00:00:00Z') + (minutes - frame.offset_minutes) * MINUTE_MS;
}

/** 27:30, or 27:30:15 with seconds. */
export function clock48(time: BusinessTime, has_seconds = false): string {
    return `${two(time.hour)}:${two(time.minute)}${has_seconds ? ':' + two(time.second) : ''}`;
}

const WEEKDAYS = { ja: ['日', '月', '火', '水', '木', '金', '土'], en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] };

/** 6/29(月) or Mon 29 Jun; with the year when asked. */
export function day_label(day: string, locale: 'ja' | 'en', has_year = false): string {
    const date = new Date(day + 'T00:00:00Z');
    const weekday = WEEKDAYS[locale][date.getUTCDay()];
    if (locale === 'ja') {
        return `${has_year ? date.getUTCFullYear() + '/' : ''}${date.getUTCMonth() + 1}/${date.getUTCDate()}(${weekday})`;
    }
    const month = date.toLocaleString('en', { month: 'short', timeZone: 'UTC' });
    return `${weekday} ${date.getUTCDate()} ${month}${has_year ? ' ' + date.getUTCFullYear() : ''}`;
}

export function day_add(day: string, days: number): string {
    return day_text(Date.parse(day + 'T00:00:00Z') + days * DAY_MS);
}

/** 95 minutes: 1時間35分 / 1 h 35 min; below a minute: seconds. */
export function duration_label(ms: number, locale: 'ja' | 'en'): string {
    const sign = ms < 0 ? '−' : '';
    const seconds = Math.round(Math.abs(ms) / 1000);
    const minutes = Math.floor(seconds / 60);
    const [h, m, s] = [Math.floor(minutes / 60), minutes % 60, seconds % 60];
    if (locale === 'ja') return sign + (h ? `${h}時間${m ? m + '分' : ''}` : m ? `${m}分` : `${s}秒`);
    return sign + (h ? `${h} h${m ? ` ${m} min` : ''}` : m ? `${m} min` : `${s} s`);
}
