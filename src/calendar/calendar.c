/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calendar - the chain of levels: one day with its reason, and all days of a century as a bitmap.
 *
 * Invariants: 1. a bit of `map` is 1 exactly if calendar_status says open (a test compares them all).
 * 2. A level that says nothing about days shares the map of its parent. 3. Outside MAP_FIRST..MAP_LAST
 * calendar_status answers, so callers see no border.
 */
#include "calendar/calendar_priv.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { HOLIDAYS_OF_YEAR_MAX = 400, LEAP_YEAR = 2000 };

/* --- making --- */

struct dated { /* a line with its place in the file: qsort is not stable */
    struct calendar_date date;
    size_t line;
};

static int dated_order(const void *a, const void *b)
{
    const struct dated *left = a, *right = b;
    if (left->date.day.day != right->date.day.day) {
        return left->date.day.day < right->date.day.day ? -1 : 1;
    }
    return (left->line > right->line) - (left->line < right->line);
}

/* Ascending, one line a day: the last one in the file. */
static void dates_copy(struct arena *into, struct calendar_level *level)
{
    if (level->date_count == 0) {
        return;
    }
    struct dated *lines = arena_array(into, struct dated, level->date_count);
    for (size_t i = 0; i < level->date_count; i++) {
        lines[i] = (struct dated){level->dates[i], i};
    }
    qsort(lines, level->date_count, sizeof(*lines), dated_order);
    struct calendar_date *dates = arena_array(into, struct calendar_date, level->date_count);
    size_t n = 0;
    for (size_t i = 0; i < level->date_count; i++) {
        if (n > 0 && dates[n - 1].day.day == lines[i].date.day.day) {
            n--;
        }
        dates[n++] = lines[i].date;
    }
    level->dates = dates;
    level->date_count = n;
}

static void yearly_copy(struct arena *into, struct calendar_level *level)
{
    struct calendar_yearly *yearly = arena_array(into, struct calendar_yearly, level->yearly_count);
    for (size_t i = 0; i < level->yearly_count; i++) {
        yearly[i] = level->yearly[i];
        assert(civil_valid((struct civil){LEAP_YEAR, yearly[i].from_month, yearly[i].from_day}) &&
               civil_valid((struct civil){LEAP_YEAR, yearly[i].to_month, yearly[i].to_day}));
        yearly[i].name = yearly[i].name ? arena_copy(into, yearly[i].name) : NULL;
    }
    level->yearly = yearly;
}

/* Base day (either form), month mode, base time and zone, item by item. */
static void items_inherit(struct calendar_level *level)
{
    const struct calendar_level root = {
        .base_day = 1, .month_mode = MONTH_THIS, .base_time = {0}, .zone = zone_tokyo()};
    const struct calendar_level *from = level->parent ? &level->parent->level : &root;
    if (level->base_day == 0 && level->base_weekday_nth == 0) {
        level->base_day = from->base_day;
        level->base_weekday_nth = from->base_weekday_nth;
        level->base_weekday = from->base_weekday;
    }
    if (level->month_mode == MONTH_UNSET) {
        level->month_mode = from->month_mode;
    }
    if (level->base_time.minute == DAYTIME_NONE.minute) {
        level->base_time = from->base_time;
    }
    if (!level->zone) {
        level->zone = from->zone;
    }
    assert(level->base_day >= 0 && level->base_day <= 31 && level->base_weekday_nth >= 0);
    assert(level->base_weekday_nth <= WEEKDAY_NTH_LAST && level->base_time.minute >= 0 && level->base_time.minute < 1440);
}

static bool weekdays_said(const struct calendar_level *level)
{
    for (size_t i = 0; i < COUNT(level->weekdays); i++) {
        if (level->weekdays[i] != DAY_UNSET) {
            return true;
        }
    }
    return false;
}

static void map_mark(struct day_map *map, struct bizday day, enum day_mark mark)
{
    if (day.day < MAP_FIRST || day.day > MAP_LAST || mark == DAY_UNSET) {
        return;
    }
    int at = day.day - MAP_FIRST;
    uint64_t bit = UINT64_C(1) << (at % 64);
    if (mark == DAY_OPEN) {
        map->words[at / 64] |= bit;
    } else {
        map->words[at / 64] &= ~bit;
    }
}

static void map_yearly(struct day_map *map, const struct calendar_yearly *yearly, int year)
{
    struct civil from = {year, yearly->from_month, yearly->from_day}, to = {year, yearly->to_month, yearly->to_day};
    bool is_over_year = to.month * 100 + to.day < from.month * 100 + from.day;
    to.year += is_over_year;
    /* 02-29 in a year without it: the closure begins on the next day, or ends on the day before */
    struct bizday first = civil_valid(from) ? bizday_of(from) : bizday_of((struct civil){from.year, 3, 1});
    struct bizday last =
        civil_valid(to) ? bizday_of(to) : bizday_plus(bizday_of((struct civil){to.year, 3, 1}), -1);
    for (struct bizday day = first; day.day <= last.day; day.day++) {
        map_mark(map, day, DAY_CLOSED);
    }
}

/* Whole words at a time: the pattern of a word depends only on the weekday of its first day. */
static void map_weekdays(struct day_map *map, const struct calendar_level *level)
{
    uint64_t open[7] = {0}, closed[7] = {0};
    for (size_t phase = 0; phase < 7; phase++) {
        for (size_t i = 0; i < 64; i++) {
            enum day_mark mark = level->weekdays[(phase + i) % 7];
            open[phase] |= (uint64_t)(mark == DAY_OPEN) << i;
            closed[phase] |= (uint64_t)(mark == DAY_CLOSED) << i;
        }
    }
    for (size_t w = 0; w < COUNT(map->words); w++) {
        size_t phase = ((size_t)bizday_weekday((struct bizday){MAP_FIRST}) + w * 64) % 7;
        map->words[w] = (map->words[w] | open[phase]) & ~closed[phase];
    }
}

/* Weakest word first, so that the strongest stands. */
static void map_fill(struct day_map *map, const struct calendar_level *level)
{
    map_weekdays(map, level);
    int year_first = MAP_YEAR_FIRST - 2, year_last = MAP_YEAR_LAST + 1;
    for (int year = year_first; year <= year_last; year++) {
        for (size_t i = 0; i < level->yearly_count; i++) {
            map_yearly(map, &level->yearly[i], year);
        }
        if (level->holidays) {
            struct holiday rows[HOLIDAYS_OF_YEAR_MAX];
            size_t n = holidays_of_year(level->holidays, year, rows, COUNT(rows));
            for (size_t i = 0; i < n; i++) {
                map_mark(map, rows[i].day, DAY_CLOSED);
            }
        }
    }
    for (size_t i = 0; i < level->date_count; i++) {
        map_mark(map, level->dates[i].day, level->dates[i].mark);
    }
}

static const struct day_map *map_of(struct arena *into, const struct calendar_level *level)
{
    bool is_silent = !level->date_count && !level->holidays && !level->yearly_count && !weekdays_said(level);
    if (is_silent && level->parent) {
        return level->parent->map;
    }
    struct day_map *map = arena_new(into, struct day_map);
    if (level->parent) {
        *map = *level->parent->map;
    } else {
        memset(map, 0xFF, sizeof(*map)); /* nothing anywhere = open */
    }
    map_fill(map, level);
    return map;
}

const struct calendar *calendar_make(struct arena *into, const struct calendar_level *level)
{
    struct calendar *c = arena_new(into, struct calendar);
    c->level = *level;
    c->level.name = arena_copy(into, level->name ? level->name : "");
    dates_copy(into, &c->level);
    yearly_copy(into, &c->level);
    items_inherit(&c->level);
    c->map = map_of(into, &c->level);
    return c;
}

const struct calendar *calendar_japan(struct arena *into)
{
    static const struct calendar_yearly new_year = {12, 29, 1, 3, "年末年始"};
    struct err e = {0};
    struct calendar_level level = {
        .name = "行政機関の休日",
        .weekdays = {[WEEKDAY_SU] = DAY_CLOSED, [WEEKDAY_SA] = DAY_CLOSED},
        .yearly = &new_year,
        .yearly_count = 1,
        .base_time = {0},
    };
    bool is_made = holidays_parse(into, NULL, 0, &level.holidays, &e);
    assert(is_made); /* nothing was read that could be wrong */
    (void)is_made;
    return calendar_make(into, &level);
}

const char *calendar_name(const struct calendar *c)
{
    return c->level.name;
}

struct daytime calendar_base_time(const struct calendar *c)
{
    return c->level.base_time;
}

const struct zone *calendar_zone(const struct calendar *c)
{
    return c->level.zone;
}

/* --- one day, with its reason --- */

static int date_order(const void *key, const void *row)
{
    const struct bizday *day = key;
    const struct calendar_date *date = row;
    return (day->day > date->day.day) - (day->day < date->day.day);
}

static enum day_mark date_mark(const struct calendar_level *level, struct bizday day)
{
    const struct calendar_date *date =
        level->date_count ? bsearch(&day, level->dates, level->date_count, sizeof(*level->dates), date_order) : NULL;
    return date ? date->mark : DAY_UNSET;
}

static const struct calendar_yearly *yearly_on(const struct calendar_level *level, struct bizday day)
{
    struct civil c = bizday_civil(day);
    int at = c.month * 100 + c.day;
    for (size_t i = 0; i < level->yearly_count; i++) {
        const struct calendar_yearly *yearly = &level->yearly[i];
        int from = yearly->from_month * 100 + yearly->from_day, to = yearly->to_month * 100 + yearly->to_day;
        if (from <= to ? at >= from && at <= to : at >= from || at <= to) {
            return yearly;
        }
    }
    return NULL;
}

/* What this level alone says; false if nothing. */
static bool level_says(const struct calendar_level *level, struct bizday day, struct day_status *ret)
{
    struct day_status status = {.calendar = level->name};
    enum day_mark mark = date_mark(level, day);
    struct holiday holiday = level->holidays ? holidays_of(level->holidays, day) : (struct holiday){0};
    const struct calendar_yearly *yearly = yearly_on(level, day);
    if (mark != DAY_UNSET) {
        status.reason = DAY_BY_DATE;
    } else if (holiday.state != HOLIDAY_NONE) {
        status.reason = DAY_BY_HOLIDAY;
        status.name = holiday.name;
        status.is_predicted = holiday.state == HOLIDAY_PREDICTED;
        mark = DAY_CLOSED;
    } else if (yearly) {
        status.reason = DAY_BY_YEARLY;
        status.name = yearly->name;
        mark = DAY_CLOSED;
    } else {
        status.reason = DAY_BY_WEEKDAY;
        mark = level->weekdays[bizday_weekday(day)];
    }
    status.is_open = mark == DAY_OPEN;
    if (mark != DAY_UNSET) {
        *ret = status;
    }
    return mark != DAY_UNSET;
}

struct day_status calendar_status(const struct calendar *c, struct bizday day)
{
    struct day_status status = {.is_open = true, .reason = DAY_BY_DEFAULT};
    for (; c; c = c->level.parent) {
        if (level_says(&c->level, day, &status)) {
            break;
        }
    }
    return status;
}
