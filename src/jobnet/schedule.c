/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedule - puts the values of the rules together and walks them over the wanted days.
 *
 * Invariants of what schedule_occurrences appends: ascending start, one row per start, dates within the wanted
 * range, not before the registration, not after ed. A walk starts at the wanted range by arithmetic on months, days
 * or counts of open days, widened by how far sh and cftd can move a day.
 */
#include "jobnet/schedule.h"

#include <assert.h>
#include <stdlib.h>

#include "jobnet/schedule_priv.h"

const struct occurrence_reason_row *occurrence_reason_row(enum occurrence_reason reason)
{
    static const struct occurrence_reason_row rows[] = {
#define OCCURRENCE_REASON(code, name, ja, en) [code] = {name, {ja, en}},
#include "jobnet/occurrence_reasons.def"
#undef OCCURRENCE_REASON
    };
    assert(reason < OCCURRENCE_REASONS);
    return &rows[reason];
}

/* ---- reading ---- */

static struct schedule_rule rule_default(int number)
{
    return (struct schedule_rule){
        .number = number,
        .parent_rule = number,
        .is_time_relative = true,
        .date = {.kind = DATE_REGISTERED,
                 .substitute = SUBSTITUTE_DEFAULT,
                 .substitute_days = SUBSTITUTE_DAYS_DEFAULT,
                 .offset_days = 1,
                 .offset_days_max = OFFSET_DAYS_MAX_DEFAULT},
    };
}

static struct schedule_rule *rule_find(const struct schedule *schedule, int number)
{
    for (size_t i = 0; i < schedule->rule_count; i++) {
        if (schedule->rules[i].number == number) {
            return &schedule->rules[i];
        }
    }
    return NULL;
}

/* Keeps the rules ascending. NULL if there is that number already. */
static struct schedule_rule *rule_insert(struct schedule *schedule, int number)
{
    size_t i = schedule->rule_count;
    if (rule_find(schedule, number)) {
        return NULL;
    }
    for (; i > 0 && schedule->rules[i - 1].number > number; i--) {
        schedule->rules[i] = schedule->rules[i - 1];
    }
    schedule->rule_count++;
    schedule->rules[i] = rule_default(number);
    return &schedule->rules[i];
}

static void read_dates(const struct unit *net, struct schedule *schedule)
{
    const char *why;
    struct schedule_piece piece;
    for (const struct param *p = NULL; (p = unit_param(net, KEY_SD, p));) {
        struct schedule_rule read = rule_default(1);
        if (!schedule_number_parse(p->value, &piece, &why)) {
            continue;
        }
        read.number = piece.number;
        if (!schedule_value_apply(schedule_key("sd"), piece.rest, &read, &why)) {
            continue;
        }
        schedule->is_undefined = schedule->is_undefined || read.date.kind == DATE_UNDEFINED;
        struct schedule_rule *rule = read.number > 0 ? rule_insert(schedule, read.number) : NULL;
        if (rule) {
            enum day_shift substitute = rule->date.substitute;
            rule->date = read.date;
            rule->date.substitute = substitute;
            rule->at = p->at;
        }
    }
}

/* All keys but sd, to the rule of their number; what belongs to no rule is left (schedule_net_check warns). */
static void read_values(const struct unit *net, struct schedule *schedule)
{
    const char *why;
    struct schedule_piece piece;
    for (size_t i = 0; i < net->param_count; i++) {
        const struct param *p = &net->params[i];
        int key = schedule_key_of(p);
        if (key < 0 || p->known == KEY_SD || !schedule_number_parse(p->value, &piece, &why)) {
            continue;
        }
        struct schedule_rule *rule = rule_find(schedule, piece.number);
        if (rule && !schedule_value_apply(key, piece.rest, rule, &why)) {
            continue; /* the checker has refused it */
        }
    }
}

void schedule_of(struct arena *into, const struct unit *net, struct schedule *ret)
{
    const char *why;
    struct schedule schedule = {.end = BIZDAY_NONE};
    bool is_root = unit_is_root_net(net);
    if (is_root || unit_says(net, KEY_DE, "n")) {
        schedule.rules = arena_array(into, struct schedule_rule, net->param_count + 1);
        read_dates(net, &schedule);
        schedule.is_implicit = is_root && schedule.rule_count == 0 && !schedule.is_undefined;
        if (schedule.is_implicit) {
            struct schedule_rule *rule = rule_insert(&schedule, 1);
            rule->at = net->at;
        }
        read_values(net, &schedule);
        schedule.rule_count = schedule.is_undefined ? 0 : schedule.rule_count;
    }
    const struct param *end = unit_param(net, KEY_ED, NULL);
    if (end && !schedule_end_parse(end->value, &schedule.end, &why)) {
        schedule.end = BIZDAY_NONE;
    }
    schedule.exclusive = unit_text(into, net, KEY_EJN);
    *ret = schedule;
}

/* ---- walking ---- */

enum { MEETING_DAYS = 2 }; /* a start is at most 71:58 after midnight of its date */

/* One rule on its way over the wanted days. */
struct walk {
    const struct schedule *schedule;
    const struct schedule_query *query;
    const struct calendar *calendar, *own;
    const struct schedule_rule *rule;
    struct date_rule date;  /* of the rule; `en` with its day of the month filled in */
    struct bizday from, to; /* execution dates looked at */
    struct bizday lo, hi;   /* days by sd that may end up there */
    struct occurrences *into;
};

static int at_least(int a, int b)
{
    return a > b ? a : b;
}

/* Absolute times before the base time are the next civil morning; relative ones count from the base time. */
static struct instant start_of(const struct walk *walk, struct bizday date, struct daytime *ret)
{
    int base = calendar_base_time(walk->own).minute;
    int minute = walk->rule->start_minute;
    if (walk->rule->is_time_relative) {
        minute += base;
    } else if (minute < base) {
        minute += 1440;
    }
    *ret = (struct daytime){minute};
    int days = minute > DAYTIME_MAX ? minute / 1440 - 1 : 0; /* a calendar takes 48 hours at most */
    return calendar_instant(walk->own, bizday_plus(date, days), (struct daytime){minute - days * 1440});
}

struct instant delay_instant(const struct delay_limit *limit, const struct calendar *own, struct bizday date,
                             const struct delay_starts *planned)
{
    struct duration delay = {limit->minutes * MINUTE_MS};
    switch (limit->base) {
    case DELAY_NONE:
        break;
    case DELAY_ABSOLUTE: {
        bool is_next_morning = limit->minutes < calendar_base_time(own).minute;
        return calendar_instant(own, bizday_plus(date, is_next_morning), (struct daytime){limit->minutes});
    }
    case DELAY_ROOT:
        return instant_after(planned->root, delay);
    case DELAY_UPPER:
        return instant_after(planned->upper, delay);
    case DELAY_OWN:
        return instant_after(planned->own, delay);
    }
    return INSTANT_NEVER;
}

static bool is_wanted(const struct walk *walk, struct bizday date)
{
    return date.day >= walk->from.day && date.day <= walk->to.day &&
           (walk->schedule->end.day == BIZDAY_NONE.day || date.day <= walk->schedule->end.day);
}

static void add(struct walk *walk, struct bizday date, struct bizday base, enum occurrence_state state,
                enum occurrence_reason reason)
{
    const struct schedule_query *query = walk->query;
    if (!is_wanted(walk, date)) {
        return;
    }
    if (state == OCCURRENCE_RUN && walk->schedule->exclusive && query->is_exclusive_planned &&
        query->is_exclusive_planned(query->exclusive_data, walk->schedule->exclusive, date)) {
        state = OCCURRENCE_SKIP;
        reason = OCCURRENCE_EXCLUSIVE;
    }
    struct occurrence *occurrence = vec_add(&walk->into->list);
    occurrence->start = start_of(walk, date, &occurrence->time);
    occurrence->date = date;
    occurrence->shifted_from = date.day == base.day ? BIZDAY_NONE : base;
    occurrence->rule = walk->rule->number;
    occurrence->state = state;
    occurrence->reason = reason;
}

/* A day by sd and cy: moved, then added. */
static void add_base(struct walk *walk, struct bizday base, bool is_clamped)
{
    enum occurrence_reason reason = is_clamped ? OCCURRENCE_LAST_DAY : OCCURRENCE_PLANNED;
    struct bizday date = date_move(&walk->date, walk->calendar, base, &reason);
    if (date.day == BIZDAY_NONE.day) {
        add(walk, base, base, OCCURRENCE_SKIP, reason);
    } else {
        add(walk, date, base, OCCURRENCE_RUN, reason);
    }
}

static void add_missing(struct walk *walk, int month)
{
    struct bizday last = date_month_last(&walk->date, walk->own, month);
    add(walk, last, last, OCCURRENCE_SKIP, OCCURRENCE_NO_SUCH_DAY);
}

/* The same words again in every step-th month; `first` is the day in the first month if that is no matter of words. */
static void walk_months(struct walk *walk, int first_month, struct bizday first, int step)
{
    int lo = date_month_of(&walk->date, walk->own, walk->lo), hi = date_month_of(&walk->date, walk->own, walk->hi);
    int month = first_month;
    if (step > 0 && month < lo) {
        month += (lo - month + step - 1) / step * step;
    }
    for (; month >= lo && month <= hi; month += step) {
        bool is_clamped = false;
        struct bizday base = month == first_month && first.day != BIZDAY_NONE.day
                                 ? first
                                 : date_in_month(&walk->date, walk->calendar, walk->own, month, &is_clamped);
        if (base.day == BIZDAY_NONE.day) {
            add_missing(walk, month);
        } else {
            add_base(walk, base, is_clamped);
        }
        if (step == 0) {
            break;
        }
    }
}

static void walk_days(struct walk *walk, struct bizday first, int step)
{
    int day = first.day;
    if (day < walk->lo.day) {
        day += (walk->lo.day - day + step - 1) / step * step;
    }
    for (; day <= walk->hi.day; day += step) {
        add_base(walk, (struct bizday){day}, false);
    }
}

/* Every step-th open (or closed) day; `first` is one. Days already past are only counted. */
static void walk_counted(struct walk *walk, struct bizday first, int step)
{
    bool is_open = walk->date.kind == DATE_OPEN;
    int until_next = 1; /* the n-th such day from `day` on is the next of the cycle */
    struct bizday day = first;
    if (first.day < walk->lo.day) {
        int open_count = calendar_count(walk->calendar, first, bizday_plus(walk->lo, -1));
        int passed = is_open ? open_count : walk->lo.day - first.day - open_count;
        until_next = (step - passed % step) % step + 1;
        day = walk->lo;
    }
    for (;;) {
        day = calendar_nth(walk->calendar, day, walk->hi, until_next, is_open);
        if (day.day == BIZDAY_NONE.day) {
            break;
        }
        add_base(walk, day, false);
        until_next = step + 1;
    }
}

/* The first day by sd, in *month; `is_given`: it follows from the registration day rather than from a month's days. */
static struct bizday first_day(struct walk *walk, int *month, bool *is_given)
{
    struct date_rule *date = &walk->date;
    struct bizday registered = walk->query->registered;
    *month = date_month_of(date, walk->own, registered);
    *is_given = date->kind == DATE_REGISTERED ||
                (date->kind == DATE_WEEKDAY && date->month == 0 && date->weekday_nth == 0);
    if (*is_given) {
        struct bizday day = date->kind == DATE_REGISTERED ? registered : weekday_after(registered, date->weekday);
        date->day = date->kind == DATE_REGISTERED ? bizday_civil(day).day : 0;
        *month = date_month_of(date, walk->own, day);
        return day;
    }
    if (date->month > 0) {
        *month = (date->year > 0 ? date->year : *month / 12) * 12 + date->month - 1;
    }
    bool is_clamped;
    return date_in_month(date, walk->calendar, walk->own, *month, &is_clamped);
}

static void walk_rule(struct walk *walk)
{
    int month, n = walk->rule->cycle_n;
    bool is_given;
    struct bizday first = first_day(walk, &month, &is_given);
    struct bizday given = is_given ? first : BIZDAY_NONE;
    enum cycle_unit cycle = walk->rule->cycle;
    bool is_counted = walk->date.kind == DATE_OPEN || walk->date.kind == DATE_CLOSED;
    if (first.day == BIZDAY_NONE.day && (cycle == CYCLE_DAY || cycle == CYCLE_WEEK)) {
        cycle = CYCLE_NONE; /* no first day, no phase: one row says so */
    }
    switch (cycle) {
    case CYCLE_NONE:
        walk_months(walk, month, given, 0);
        break;
    case CYCLE_MONTH:
        walk_months(walk, month, given, n);
        break;
    case CYCLE_YEAR:
        walk_months(walk, month, given, n * 12);
        break;
    case CYCLE_WEEK:
        walk_days(walk, first, n * 7);
        break;
    case CYCLE_DAY:
        if (is_counted) {
            walk_counted(walk, first, n);
        } else {
            walk_days(walk, first, n);
        }
        break;
    }
}

/* ---- merging ---- */

/* By start; the one to keep of several comes first: a run, the lowest rule, the one that was not moved or least. */
static int occurrence_order(const void *left, const void *right)
{
    const struct occurrence *a = left, *b = right;
    if (a->start.ms != b->start.ms) {
        return a->start.ms < b->start.ms ? -1 : 1;
    }
    if (a->state != b->state) {
        return a->state == OCCURRENCE_RUN ? -1 : 1;
    }
    if (a->rule != b->rule) {
        return a->rule < b->rule ? -1 : 1;
    }
    if (a->date.day != b->date.day) {
        return a->date.day < b->date.day ? -1 : 1;
    }
    return (a->shifted_from.day > b->shifted_from.day) - (a->shifted_from.day < b->shifted_from.day);
}

/* Keeps one row per start, and of those the ones dated from..to. */
static void merge(struct occurrence *rows, size_t *count, struct bizday from, struct bizday to)
{
    bool is_sorted = true;
    for (size_t i = 1; i < *count && is_sorted; i++) {
        is_sorted = occurrence_order(&rows[i - 1], &rows[i]) < 0;
    }
    if (!is_sorted) {
        qsort(rows, *count, sizeof *rows, occurrence_order);
    }
    size_t kept = 0;
    struct instant last = INSTANT_NEVER;
    for (size_t i = 0; i < *count; i++) {
        bool is_other = rows[i].start.ms != last.ms;
        last = rows[i].start;
        if (is_other && rows[i].date.day >= from.day && rows[i].date.day <= to.day) {
            rows[kept++] = rows[i];
        }
    }
    *count = kept;
}

void schedule_occurrences(const struct schedule *schedule, const struct schedule_query *query, struct occurrences *into)
{
    size_t before = into->list.n;
    /* Two rules may meet at one instant on different dates (25:00 and 01:00): look as far as they can. */
    int around_days = schedule->rule_count > 1 ? MEETING_DAYS : 0;
    for (size_t i = 0; i < schedule->rule_count; i++) {
        const struct schedule_rule *rule = &schedule->rules[i];
        struct walk walk = {
            .schedule = schedule,
            .query = query,
            .calendar = query->calendar,
            .own = query->own ? query->own : query->calendar,
            .rule = rule,
            .date = rule->date,
            .from = {at_least(query->from.day - around_days, query->registered.day)},
            .to = bizday_plus(query->to, around_days),
            .into = into,
        };
        walk.lo = bizday_plus(walk.from, -date_reach_ahead(&rule->date));
        walk.hi = bizday_plus(walk.to, date_reach_back(&rule->date));
        walk_rule(&walk);
    }
    size_t count = into->list.n - before;
    if (count > 0) {
        merge(into->list.at + before, &count, query->from, query->to);
        into->list.n = before + count;
    }
}
