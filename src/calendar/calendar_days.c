/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calendar_days - counting open days by counting bits, operational months, and the instants of business days.
 */
#include <assert.h>

#include "calendar/calendar_priv.h"

/* --- counting: words of 64 days, bit i of word w is day w * 64 + i --- */

static int32_t word_of(struct bizday day)
{
    return day.day >= 0 ? day.day / 64 : -((63 - day.day) / 64);
}

/* By halves: the compiler's own would call into libgcc on the plainest x86-64. */
static int bit_count(uint64_t bits)
{
    bits -= bits >> 1 & UINT64_C(0x5555555555555555);
    bits = (bits & UINT64_C(0x3333333333333333)) + (bits >> 2 & UINT64_C(0x3333333333333333));
    bits = (bits + (bits >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    return (int)(bits * UINT64_C(0x0101010101010101) >> 56);
}

static uint64_t open_word(const struct calendar *c, int32_t word)
{
    if (word >= WORD_FIRST && word <= WORD_LAST) {
        return c->map->words[word - WORD_FIRST];
    }
    uint64_t bits = 0;
    for (int i = 0; i < 64; i++) {
        bits |= (uint64_t)calendar_status(c, (struct bizday){word * 64 + i}).is_open << i;
    }
    return bits;
}

/* The open (or closed) days of one word that lie within first..last. */
static uint64_t word_within(const struct calendar *c, int32_t word, struct bizday first, struct bizday last, bool is_open)
{
    uint64_t bits = is_open ? open_word(c, word) : ~open_word(c, word);
    int32_t start = word * 64;
    if (first.day > start) {
        bits &= ~UINT64_C(0) << (first.day - start);
    }
    if (last.day < start + 63) {
        bits &= ~UINT64_C(0) >> (start + 63 - last.day);
    }
    return bits;
}

static struct bizday nth_forward(const struct calendar *c, struct bizday first, struct bizday last, int n, bool is_open)
{
    for (int32_t word = word_of(first); word <= word_of(last); word++) {
        uint64_t bits = word_within(c, word, first, last, is_open);
        int count = bit_count(bits);
        if (n > count) {
            n -= count;
            continue;
        }
        while (--n > 0) {
            bits &= bits - 1; /* drops the lowest day */
        }
        return (struct bizday){word * 64 + __builtin_ctzll(bits)};
    }
    return BIZDAY_NONE;
}

static struct bizday nth_backward(const struct calendar *c, struct bizday first, struct bizday last, int n, bool is_open)
{
    for (int32_t word = word_of(last); word >= word_of(first); word--) {
        uint64_t bits = word_within(c, word, first, last, is_open);
        int count = bit_count(bits);
        if (n > count) {
            n -= count;
            continue;
        }
        while (--n > 0) {
            bits &= ~(UINT64_C(1) << (63 - __builtin_clzll(bits))); /* drops the highest day */
        }
        return (struct bizday){word * 64 + 63 - __builtin_clzll(bits)};
    }
    return BIZDAY_NONE;
}

struct bizday calendar_nth(const struct calendar *c, struct bizday first, struct bizday last, int n, bool is_open)
{
    assert(first.day != BIZDAY_NONE.day && last.day != BIZDAY_NONE.day);
    if (first.day > last.day || n == 0) {
        return BIZDAY_NONE;
    }
    return n > 0 ? nth_forward(c, first, last, n, is_open) : nth_backward(c, first, last, -n, is_open);
}

bool calendar_is_open(const struct calendar *c, struct bizday day)
{
    if (day.day >= MAP_FIRST && day.day <= MAP_LAST) {
        int at = day.day - MAP_FIRST;
        return c->map->words[at / 64] >> (at % 64) & 1;
    }
    return calendar_status(c, day).is_open;
}

struct bizday calendar_open_after(const struct calendar *c, struct bizday day, int limit_days)
{
    return calendar_nth(c, day, bizday_plus(day, limit_days), 1, true);
}

struct bizday calendar_open_before(const struct calendar *c, struct bizday day, int limit_days)
{
    return calendar_nth(c, bizday_plus(day, -limit_days), day, -1, true);
}

struct bizday calendar_shift(const struct calendar *c, struct bizday day, int n, int limit_days)
{
    if (n == 0) {
        return day;
    }
    return n > 0 ? calendar_nth(c, bizday_plus(day, 1), bizday_plus(day, limit_days), n, true)
                 : calendar_nth(c, bizday_plus(day, -limit_days), bizday_plus(day, -1), n, true);
}

int calendar_count(const struct calendar *c, struct bizday first, struct bizday last)
{
    int count = 0;
    if (first.day <= last.day) {
        for (int32_t word = word_of(first); word <= word_of(last); word++) {
            count += bit_count(word_within(c, word, first, last, true));
        }
    }
    return count;
}

int calendar_number(const struct calendar *c, struct bizday day)
{
    return calendar_is_open(c, day) ? calendar_count(c, bizday_month_start(day, 0), day) : 0;
}

/* --- operational months --- */

/*
 * The base day that lies in a civil month. A month too short for it (31, or a 5th Monday) takes its last day or
 * last such weekday, so that months still follow one another without a hole.
 */
static struct bizday base_day_in(const struct calendar *c, int year, int month)
{
    struct bizday first = bizday_of((struct civil){year, month, 1});
    int days = month_days(year, month), nth = c->level.base_weekday_nth;
    if (nth == 0) {
        int day = c->level.base_day < days ? c->level.base_day : days;
        return bizday_plus(first, day - 1);
    }
    int of_month = ((int)c->level.base_weekday + 7 - (int)bizday_weekday(first)) % 7;
    while (nth > 1 && of_month + 7 < days) {
        of_month += 7;
        nth--;
    }
    return bizday_plus(first, of_month);
}

/* First day of the operational month `index` = year * 12 + month - 1. */
static struct bizday month_start(const struct calendar *c, int index)
{
    index -= c->level.month_mode == MONTH_NEXT;
    return base_day_in(c, index / 12, index % 12 + 1);
}

struct bizday calendar_month_first(const struct calendar *c, int year, int month)
{
    return month_start(c, year * 12 + month - 1);
}

struct bizday calendar_month_last(const struct calendar *c, int year, int month)
{
    return bizday_plus(month_start(c, year * 12 + month), -1);
}

void calendar_month_of(const struct calendar *c, struct bizday day, int *year, int *month)
{
    struct civil civil = bizday_civil(day);
    int index = civil.year * 12 + civil.month; /* one later than the civil month: the latest it can be */
    while (month_start(c, index).day > day.day) {
        index--;
    }
    *year = index / 12;
    *month = index % 12 + 1;
}

/* --- instants --- */

struct instant calendar_day_start(const struct calendar *c, struct bizday day)
{
    return zone_instant(c->level.zone, day, c->level.base_time.minute);
}

/* By the starts of days, not by the wall clock: a repeated hour at the base time stays in the day that began. */
struct bizday calendar_day_of(const struct calendar *c, struct instant at)
{
    struct bizday day;
    int minute;
    assert(at.ms != INSTANT_NEVER.ms);
    zone_civil(c->level.zone, at, &day, &minute);
    while (!instant_before(at, calendar_day_start(c, bizday_plus(day, 1)))) {
        day.day++;
    }
    while (instant_before(at, calendar_day_start(c, day))) {
        day.day--;
    }
    return day;
}

struct instant calendar_instant(const struct calendar *c, struct bizday day, struct daytime time)
{
    return zone_instant(c->level.zone, day, time.minute);
}

struct daytime calendar_daytime(const struct calendar *c, struct bizday day, struct instant at)
{
    struct bizday civil;
    int minute;
    zone_civil(c->level.zone, at, &civil, &minute);
    int64_t from_day = ((int64_t)civil.day - day.day) * 1440 + minute;
    return from_day < 0 || from_day > DAYTIME_MAX ? DAYTIME_NONE : (struct daytime){(int32_t)from_day};
}
