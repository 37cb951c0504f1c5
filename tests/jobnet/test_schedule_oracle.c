/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Schedule rules against an oracle that shares no code with them: it walks the days one by one over plain arrays, counts
 * open days on its fingers, and has its own structs; only the text of the parameters goes to the real code.
 *
 * 200,000 (rule, day) pairs; 10,000,000 with BANTO_LONG=1. The seed is printed; BANTO_SEED=n repeats it.
 */
#include "tests/unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/vec.h"
#include "calendar/calendar.h"
#include "jobnet/schedule.h"
#include "tests/support/unit_key.h"

enum { DAYS = 3653, YEAR_FIRST = 2024, CALENDARS = 24, RULES_MAX = 3, NO_DAY = -1 }; /* 2024..2033 */

/* ---- chance ---- */

struct dice {
    uint64_t state;
};

static uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static int roll(struct dice *dice, int lo, int hi)
{
    return lo + (int)(dice_next(dice) % (uint64_t)(hi - lo + 1));
}

static bool chance(struct dice *dice, int percent)
{
    return roll(dice, 1, 100) <= percent;
}

/* ---- the oracle's world: one array element a day ---- */

struct world {
    bool open[DAYS];
    int year[DAYS], month[DAYS], dom[DAYS], wday[DAYS];
    int civil_month[DAYS]; /* year * 12 + month - 1 */
    int work_month[DAYS];  /* the operational one */
    int base_minute, base_dom, base_nth, base_wday;
    bool is_next;
    int epoch_day; /* of element 0, counted from 1970-01-01 */
    const struct calendar *calendar;
};

static bool leap(int year)
{
    return year % 4 == 0; /* 2024..2033 */
}

static int length_of(int year, int month)
{
    if (month == 2) {
        return leap(year) ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static void world_dates(struct world *w)
{
    int year = YEAR_FIRST, month = 1, dom = 1, wday = 1; /* 2024-01-01 was a Monday */
    for (int d = 0; d < DAYS; d++) {
        w->year[d] = year;
        w->month[d] = month;
        w->dom[d] = dom;
        w->wday[d] = wday;
        w->civil_month[d] = year * 12 + month - 1;
        wday = (wday + 1) % 7;
        dom++;
        if (dom > length_of(year, month)) {
            dom = 1;
            month++;
        }
        if (month > 12) {
            month = 1;
            year++;
        }
    }
    w->epoch_day = 54 * 365 + 13; /* 1970..2023 with the leap days of 1972..2020 */
}

static bool begins_work_month(const struct world *w, int d)
{
    if (w->base_nth > 0) { /* the nth such weekday of its civil month */
        return w->wday[d] == w->base_wday && (w->dom[d] - 1) / 7 + 1 == w->base_nth;
    }
    int length = length_of(w->year[d], w->month[d]);
    return w->dom[d] == (w->base_dom > length ? length : w->base_dom);
}

static void world_work_months(struct world *w)
{
    int id = w->civil_month[0] - 1 + w->is_next;
    for (int d = 0; d < DAYS; d++) {
        if (begins_work_month(w, d)) {
            id = w->civil_month[d] + w->is_next;
        }
        w->work_month[d] = id;
    }
}

static void world_make(struct world *w, struct dice *dice, struct arena *into, int closed_percent)
{
    struct calendar_date *dates = arena_array(into, struct calendar_date, DAYS);
    world_dates(w);
    bool has_week = chance(dice, 80);
    for (int d = 0; d < DAYS; d++) {
        w->open[d] = !(has_week && (w->wday[d] == 0 || w->wday[d] == 6)) && !chance(dice, closed_percent);
        dates[d] = (struct calendar_date){{w->epoch_day + d}, w->open[d] ? DAY_OPEN : DAY_CLOSED};
    }
    w->base_minute = chance(dice, 50) ? 0 : roll(dice, 0, 1439);
    w->base_dom = chance(dice, 40) ? 1 : roll(dice, 2, 31);
    w->base_nth = chance(dice, 25) ? roll(dice, 1, 4) : 0;
    w->base_wday = roll(dice, 0, 6);
    w->is_next = chance(dice, 50);
    world_work_months(w);
    struct calendar_level level = {
        .name = "oracle",
        .dates = dates,
        .date_count = DAYS,
        .base_day = w->base_nth > 0 ? 0 : w->base_dom,
        .base_weekday_nth = w->base_nth,
        .base_weekday = (enum weekday)w->base_wday,
        .month_mode = w->is_next ? MONTH_NEXT : MONTH_THIS,
        .base_time = {w->base_minute},
    };
    w->calendar = calendar_make(into, &level);
}

/* ---- rules as the oracle knows them ---- */

struct wish {
    int number;
    char sign;             /* 0 + * @ */
    char form;             /* d = dd, b = b-DD, w = weekday, e = en */
    int n;                 /* dd or DD */
    int wday, nth;         /* nth 0 none, 6 = b */
    int year, month;       /* 0 none */
    char cycle;            /* 0 y m w d */
    int cycle_n;
    const char *sh, *cftd; /* NULL: not written */
    int shd, shift, shift_max; /* 0: not written */
    bool has_st, is_relative;
    int st;
    char text[8][48];
    const char *keys[8];
    size_t text_count;
};

static void say(struct wish *wish, const char *key, const char *text)
{
    wish->keys[wish->text_count] = key;
    (void)snprintf(wish->text[wish->text_count], sizeof wish->text[0], "%d,%s", wish->number, text);
    wish->text_count++;
}

static void wish_sd(struct wish *wish, struct dice *dice)
{
    static const char *const weekdays[] = {"su", "mo", "tu", "we", "th", "fr", "sa"};
    static const char signs[] = {0, '+', '*', '@'};
    char text[32] = "en", *at = text;
    const char *end = text + sizeof text;
    int form = roll(dice, 0, 9);
    wish->form = form == 0 ? 'e' : form < 6 ? 'd' : form < 8 ? 'b' : 'w';
    wish->sign = wish->form == 'e' ? 0 : wish->form == 'w' ? signs[roll(dice, 0, 1)] : signs[roll(dice, 0, 3)];
    wish->month = wish->form != 'e' && chance(dice, 40) ? roll(dice, 1, 12) : 0;
    wish->year = wish->month && chance(dice, 50) ? roll(dice, 2025, 2028) : 0;
    if (wish->year) {
        at += snprintf(at, (size_t)(end - at), "%d/", wish->year);
    }
    if (wish->month) {
        at += snprintf(at, (size_t)(end - at), "%02d/", wish->month);
    }
    if (wish->sign) {
        *at++ = wish->sign;
    }
    if (wish->form == 'd') {
        int max = wish->sign ? 35 : 31;
        if (!wish->sign && wish->month) { /* an explicit month must have the day */
            max = length_of(wish->year ? wish->year : 2024, wish->month);
        }
        wish->n = roll(dice, 1, chance(dice, 50) ? max : max < 20 ? max : 20);
        (void)snprintf(at, (size_t)(end - at), "%d", wish->n);
    } else if (wish->form == 'b') {
        wish->n = chance(dice, 50) ? roll(dice, 0, 5) : roll(dice, 0, wish->sign ? 34 : 30);
        (void)snprintf(at, (size_t)(end - at), wish->n ? "b-%d" : "b", wish->n);
    } else if (wish->form == 'w') {
        wish->wday = roll(dice, 0, 6);
        wish->nth = roll(dice, 0, 6);
        (void)snprintf(at, (size_t)(end - at), wish->nth == 0 ? "%s" : wish->nth == 6 ? "%s:b" : "%s:%d",
                       weekdays[wish->wday], wish->nth);
    }
    say(wish, "sd", text);
}

static void wish_rest(struct wish *wish, struct dice *dice, int base_minute)
{
    static const char *const substitutes[] = {"be", "af", "ca", "no"};
    static const char *const shifts[] = {"no", "be", "af", "db", "da"};
    static const char cycles[] = {'y', 'm', 'd', 'w'};
    static const int cycle_max[] = {2, 12, 31, 5};
    char text[32];
    bool is_counted = wish->sign == '*' || wish->sign == '@';
    if (chance(dice, 75)) {
        int i = roll(dice, 0, is_counted ? 2 : 3);
        wish->cycle = cycles[i];
        wish->cycle_n = roll(dice, 1, chance(dice, 50) ? 1 : cycle_max[i]);
        (void)snprintf(text, sizeof text, "(%d,%c)", wish->cycle_n, wish->cycle);
        say(wish, "cy", text);
    }
    if (chance(dice, 80)) {
        wish->sh = substitutes[roll(dice, 0, 3)];
        say(wish, "sh", wish->sh);
    }
    if (chance(dice, 50)) {
        wish->shd = roll(dice, 1, chance(dice, 80) ? 6 : 31);
        (void)snprintf(text, sizeof text, "%d", wish->shd);
        say(wish, "shd", text);
    }
    if (chance(dice, 40)) {
        wish->cftd = shifts[roll(dice, 0, 4)];
        (void)snprintf(text, sizeof text, "%s", wish->cftd);
        if (chance(dice, 80)) {
            wish->shift = roll(dice, 1, chance(dice, 80) ? 5 : 31);
            (void)snprintf(text, sizeof text, "%s,%d", wish->cftd, wish->shift);
            if (chance(dice, 50)) {
                wish->shift_max = roll(dice, 1, 31);
                (void)snprintf(text, sizeof text, "%s,%d,%d", wish->cftd, wish->shift, wish->shift_max);
            }
        }
        say(wish, "cftd", text);
    }
    if (chance(dice, 60)) {
        wish->has_st = true;
        wish->is_relative = chance(dice, 40);
        wish->st = chance(dice, 60) ? 720 : roll(dice, 0, 2879); /* often the same, so that rules meet */
        if (chance(dice, 15)) { /* the border of the business day */
            wish->st = base_minute + roll(dice, 0, 1);
        }
        (void)snprintf(text, sizeof text, "%s%02d:%02d", wish->is_relative ? "+" : "", wish->st / 60, wish->st % 60);
        say(wish, "st", text);
    }
}

/* ---- the oracle ---- */

struct row {
    int64_t start_minute; /* civil minutes from element 0 */
    int day, rule;
    bool is_run;
    const char *why;      /* a skip's reason; NULL for runs */
};
struct answer {
    VEC(struct row) rows;
    const struct world *w;
    const struct wish *wish;
    int registered, end;  /* end NO_DAY: none */
    const bool *excluded; /* days on which the exclusive jobnet is planned; NULL */
};

static int month_at(const struct answer *a, int d)
{
    const struct wish *wish = a->wish;
    return wish->sign ? a->w->work_month[d] : a->w->civil_month[d];
}

static void put(struct answer *a, int day, bool is_run, const char *why)
{
    const struct wish *wish = a->wish;
    if (day < a->registered || (a->end != NO_DAY && day > a->end) || day >= DAYS) {
        return;
    }
    if (is_run && a->excluded && a->excluded[day]) {
        is_run = false;
        why = "exclusive-planned";
    }
    int minute = a->w->base_minute; /* without st: +00:00 */
    if (wish->has_st && wish->is_relative) {
        minute += wish->st;
    } else if (wish->has_st) {
        minute = wish->st < a->w->base_minute ? wish->st + 1440 : wish->st;
    }
    *vec_add(&a->rows) = (struct row){(int64_t)day * 1440 + minute, day, wish->number, is_run, why};
}

/* The substituted day, NO_DAY when it does not run. */
static int substituted(const struct answer *a, int day, const char **why)
{
    const char *sh = a->wish->sh ? a->wish->sh : "ca";
    int limit = a->wish->shd ? a->wish->shd : 2;
    if (a->w->open[day] || strcmp(sh, "no") == 0) {
        return day;
    }
    if (strcmp(sh, "ca") == 0) {
        *why = "closed-day";
        return NO_DAY;
    }
    int step = strcmp(sh, "be") == 0 ? -1 : 1;
    for (int away = 1; away <= limit; away++) {
        if (a->w->open[day + step * away]) {
            return day + step * away;
        }
    }
    *why = "no-open-day";
    return NO_DAY;
}

static int shifted(const struct answer *a, int day, const char **why)
{
    const char *way = a->wish->cftd ? a->wish->cftd : "no";
    int n = a->wish->shift ? a->wish->shift : 1, max = a->wish->shift_max ? a->wish->shift_max : 10;
    if (strcmp(way, "no") == 0) {
        return day;
    }
    int step = way[1] == 'e' || strcmp(way, "db") == 0 ? -1 : 1;
    if (way[0] == 'd') {
        return day + step * n;
    }
    for (int away = 1; away <= max; away++) {
        n -= a->w->open[day + step * away];
        if (n == 0) {
            return day + step * away;
        }
    }
    *why = "offset-beyond-max";
    return NO_DAY;
}

static void happen(struct answer *a, int day)
{
    const char *why = NULL;
    int moved = substituted(a, day, &why);
    if (moved != NO_DAY) {
        moved = shifted(a, moved, &why);
    }
    if (moved == NO_DAY) {
        put(a, day, false, why);
    } else {
        put(a, moved, true, NULL);
    }
}

/* Does day d count for the sd's kind of day? */
static bool counts(const struct answer *a, int d)
{
    char sign = a->wish->sign;
    return sign == '*' ? a->w->open[d] : sign == '@' ? !a->w->open[d] : true;
}

/* The day by sd in month `id`, NO_DAY if it has none; *last its last day. `dom` is en's day. */
static int in_month(const struct answer *a, int id, int dom, int *last)
{
    const struct wish *wish = a->wish;
    int from = -1, to = -1, found = NO_DAY, seen = 0;
    int near = (id - YEAR_FIRST * 12) * 30; /* months are within 70 days of this guess */
    for (int d = near > 70 ? near - 70 : 0; d < DAYS && d < near + 150; d++) {
        if (month_at(a, d) == id) {
            from = from < 0 ? d : from;
            to = d;
        }
    }
    *last = to;
    if (from < 0) {
        return NO_DAY;
    }
    if (wish->form == 'w') {
        int nth = wish->nth == 0 ? 1 : wish->nth;
        for (int d = from; d <= to; d++) {
            if (a->w->wday[d] == wish->wday) {
                seen++;
                found = seen == nth || nth == 6 ? d : found;
            }
        }
        return found;
    }
    if (wish->form == 'b') {
        for (int d = to; d >= from && found == NO_DAY; d--) {
            if (counts(a, d)) {
                found = seen == wish->n ? d : NO_DAY;
                seen++;
            }
        }
        return found;
    }
    int wanted = wish->form == 'e' ? dom : wish->n;
    for (int d = from; d <= to && found == NO_DAY; d++) {
        if (counts(a, d)) {
            seen++;
            found = seen == wanted ? d : NO_DAY;
        }
    }
    bool is_by_date = wish->sign == 0 || wish->sign == '+';
    return found == NO_DAY && is_by_date ? to : found;
}

static void repeat_in_days(struct answer *a, int first)
{
    int step = a->wish->cycle == 'w' ? a->wish->cycle_n * 7 : a->wish->cycle_n, seen = 0;
    for (int d = first; d < DAYS - 100; d++) {
        if (!counts(a, d)) {
            continue;
        }
        if (seen % step == 0) {
            happen(a, d);
        }
        seen++;
    }
}

static void oracle_rule(struct answer *a)
{
    const struct wish *wish = a->wish;
    int first = NO_DAY, last, id = month_at(a, a->registered);
    bool is_near = wish->form == 'w' && wish->month == 0 && wish->nth == 0;
    if (wish->month) {
        id = (wish->year ? wish->year : id / 12) * 12 + wish->month - 1;
    }
    if (wish->form == 'e') {
        first = a->registered;
    } else if (is_near) {
        for (first = a->registered; a->w->wday[first] != wish->wday; first++) {
        }
        id = month_at(a, first);
    } else {
        first = in_month(a, id, 0, &last);
    }
    if (wish->cycle == 'd' || wish->cycle == 'w' || wish->cycle == 0) {
        if (first == NO_DAY) {
            (void)in_month(a, id, 0, &last);
            put(a, last, false, "no-such-day");
        } else if (wish->cycle) {
            repeat_in_days(a, first);
        } else {
            happen(a, first);
        }
        return;
    }
    int step = wish->cycle == 'y' ? wish->cycle_n * 12 : wish->cycle_n;
    for (int month = id; month < (YEAR_FIRST + 9) * 12; month += step) {
        int day = month == id ? first : in_month(a, month, a->w->dom[a->registered], &last);
        if (day == NO_DAY) {
            (void)in_month(a, month, 0, &last);
            put(a, last, false, "no-such-day");
        } else {
            happen(a, day);
        }
    }
}

static int row_order(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->start_minute != b->start_minute) {
        return a->start_minute < b->start_minute ? -1 : 1;
    }
    if (a->is_run != b->is_run) {
        return a->is_run ? -1 : 1;
    }
    return (a->rule > b->rule) - (a->rule < b->rule);
}

/* ---- the meeting ---- */

struct trial {
    struct world *w;
    struct wish wishes[RULES_MAX];
    size_t wish_count;
    int registered, end;
    bool excluded[DAYS];
    bool is_exclusive;
    struct answer answer;
    struct schedule schedule;
    char end_text[16];
};

static bool is_excluded(void *data, const char *name, struct bizday day)
{
    const struct trial *trial = data;
    assert_string_equal(name, "OTHER");
    return trial->excluded[day.day - trial->w->epoch_day];
}

static void trial_show(const struct trial *trial)
{
    const struct world *w = trial->w;
    int r = trial->registered;
    print_message("registered %04d-%02d-%02d base %02d:%02d day %d (nth %d wday %d) %s end %s exclusive %d\n", w->year[r],
                  w->month[r], w->dom[r], w->base_minute / 60, w->base_minute % 60, w->base_dom, w->base_nth,
                  w->base_wday, w->is_next ? "ne" : "th", trial->end_text, trial->is_exclusive);
    for (size_t i = 0; i < trial->wish_count; i++) {
        for (size_t k = 0; k < trial->wishes[i].text_count; k++) {
            print_message("  %s=%s;\n", trial->wishes[i].keys[k], trial->wishes[i].text[k]);
        }
    }
}

/* The unit that says the wishes, by hand: the reader of text has its own tests. */
static void trial_schedule(struct trial *trial, struct arena *into)
{
    size_t max = RULES_MAX * 8 + 2, count = 0;
    struct param *params = arena_array(into, struct param, max);
    for (size_t i = 0; i < trial->wish_count; i++) {
        struct wish *wish = &trial->wishes[i];
        for (size_t k = 0; k < wish->text_count; k++) {
            params[count++] = (struct param){.key = wish->keys[k],
                                             .known = unit_key_known(wish->keys[k]),
                                             .value = str_of(wish->text[k])};
        }
    }
    if (trial->end != NO_DAY) {
        params[count++] = (struct param){.key = "ed", .known = KEY_ED, .value = str_of(trial->end_text)};
    }
    if (trial->is_exclusive) {
        params[count++] = (struct param){.key = "ejn", .known = KEY_EJN, .value = STR("OTHER")};
    }
    struct unit net = {.name = "NET", .type = UNIT_NET, .params = params, .param_count = count};
    schedule_of(into, &net, &trial->schedule);
}

static void trial_make(struct trial *trial, struct world *worlds, struct dice *dice, struct arena *into)
{
    *trial = (struct trial){.w = &worlds[roll(dice, 0, CALENDARS - 1)], .end = NO_DAY};
    trial->registered = roll(dice, 400, 1400);
    trial->wish_count = chance(dice, 70) ? 1 : (size_t)roll(dice, 2, RULES_MAX);
    for (size_t i = 0; i < trial->wish_count; i++) {
        trial->wishes[i].number = (int)i * 47 + roll(dice, 1, 40);
        wish_sd(&trial->wishes[i], dice);
        wish_rest(&trial->wishes[i], dice, trial->w->base_minute);
    }
    if (chance(dice, 10)) {
        int end = trial->end = trial->registered + roll(dice, -20, 700);
        const struct world *w = trial->w;
        (void)snprintf(trial->end_text, sizeof trial->end_text, "%04d/%02d/%02d", w->year[end], w->month[end],
                       w->dom[end]);
    }
    trial->is_exclusive = chance(dice, 10);
    for (int d = 0; d < DAYS && trial->is_exclusive; d++) {
        trial->excluded[d] = chance(dice, 20);
    }
    trial_schedule(trial, into);
    struct answer *answer = &trial->answer;
    answer->w = trial->w;
    answer->registered = trial->registered;
    answer->end = trial->end;
    answer->excluded = trial->is_exclusive ? trial->excluded : NULL;
    for (size_t i = 0; i < trial->wish_count; i++) {
        answer->wish = &trial->wishes[i];
        oracle_rule(answer);
    }
    if (answer->rows.n > 0) {
        qsort(answer->rows.at, answer->rows.n, sizeof(struct row), row_order);
    }
}

/* Compares the days from..to (elements); returns false at the first difference. */
static bool trial_compare(const struct trial *trial, int from, int to)
{
    struct occurrences found = {0};
    const struct world *w = trial->w;
    struct schedule_query query = {
        .calendar = w->calendar,
        .registered = {w->epoch_day + trial->registered},
        .from = {w->epoch_day + from},
        .to = {w->epoch_day + to},
        .is_exclusive_planned = is_excluded,
        .exclusive_data = (void *)(uintptr_t)trial,
    };
    schedule_occurrences(&trial->schedule, &query, &found);
    size_t at = 0;
    bool is_same = true;
    int64_t last = INT64_MIN;
    const struct row *row = trial->answer.rows.at, *end = row + trial->answer.rows.n;
    for (; is_same && row < end; row++) {
        bool is_first = row->start_minute != last;
        last = row->start_minute;
        if (!is_first || row->day < from || row->day > to) {
            continue;
        }
        bool is_alone = row + 1 == end || row[1].start_minute != last;
        const struct occurrence *o = at < found.list.n ? &found.list.at[at] : NULL;
        int64_t start_ms = (w->epoch_day * INT64_C(1440) + last - 540) * MINUTE_MS;
        is_same = o && o->start.ms == start_ms && o->date.day == w->epoch_day + row->day && o->rule == row->rule &&
                  (o->state == OCCURRENCE_RUN) == row->is_run &&
                  (row->is_run || !is_alone || strcmp(occurrence_reason_row(o->reason)->name, row->why) == 0);
        if (!is_same) {
            print_message("expected %04d-%02d-%02d rule %d %s %s", w->year[row->day], w->month[row->day],
                          w->dom[row->day], row->rule, row->is_run ? "run" : "skip", row->why ? row->why : "");
            if (o) {
                char text[DATE_TEXT_MAX];
                print_message(", got %s rule %d %s %s\n", bizday_print(o->date, text), o->rule,
                              o->state == OCCURRENCE_RUN ? "run" : "skip", occurrence_reason_row(o->reason)->name);
            } else {
                print_message(", got nothing\n");
            }
        }
        at++;
    }
    if (is_same && at != found.list.n) {
        print_message("%zu rows too many\n", found.list.n - at);
        is_same = false;
    }
    vec_close(&found.list);
    return is_same;
}

static void every_rule_gives_the_days_that_counting_by_hand_gives(void **state)
{
    const char *seed_text = getenv("BANTO_SEED"), *is_long = getenv("BANTO_LONG");
    struct dice dice = {seed_text ? strtoull(seed_text, NULL, 10) : UINT64_C(20260629)};
    if (is_long && strcmp(is_long, "1") == 0 && !seed_text) {
        dice.state = (uint64_t)time(NULL);
    }
    uint64_t seed = dice.state;
    size_t wanted = is_long && strcmp(is_long, "1") == 0 ? 10000000 : 200000, pairs = 0;
    print_message("seed %" PRIu64 "\n", seed);
    struct arena worlds_arena = {0}, arena = {0};
    struct world *worlds = arena_array(&worlds_arena, struct world, CALENDARS);
    for (int i = 0; i < CALENDARS; i++) {
        world_make(&worlds[i], &dice, &worlds_arena, i % 4 == 0 ? 40 : i % 4 == 1 ? 0 : 6);
    }
    struct trial *trial = arena_new(&worlds_arena, struct trial);
    while (pairs < wanted) {
        trial_make(trial, worlds, &dice, &arena);
        bool is_same = true;
        for (int i = 0; i < 20 && is_same; i++) { /* single days: the most demanding borders */
            int day = trial->registered + roll(&dice, -10, 900);
            is_same = trial_compare(trial, day, day);
            pairs++;
        }
        int from = trial->registered + roll(&dice, -40, 700);
        is_same = is_same && trial_compare(trial, from, from + roll(&dice, 1, 45)) &&
                  trial_compare(trial, trial->registered, trial->registered + 1000);
        vec_close(&trial->answer.rows);
        arena_reset(&arena);
        if (!is_same) {
            trial_show(trial);
            fail_msg("the rule above differs; seed %" PRIu64, seed);
        }
    }
    arena_close(&arena);
    arena_close(&worlds_arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_gives_the_days_that_counting_by_hand_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
