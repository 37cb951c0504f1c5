/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedule_date - one date by the words of sd in a given month, and its moves by sh and cftd.
 *
 * A month here is a number, year * 12 + month - 1, so that cycles are plain arithmetic. Civil rules (dd, b, we, en)
 * live in civil months; + * @ live in operational months, whose bounds come from the own group's base day while
 * open and closed days come from `calendar` (jc=).
 */
#include <assert.h>

#include "jobnet/schedule_priv.h"

static bool is_operational(const struct date_rule *rule)
{
    return rule->kind == DATE_RELATIVE || rule->kind == DATE_OPEN || rule->kind == DATE_CLOSED || rule->is_relative;
}

int date_month_of(const struct date_rule *rule, const struct calendar *own, struct bizday day)
{
    if (is_operational(rule)) {
        int year, month;
        calendar_month_of(own, day, &year, &month);
        return year * 12 + month - 1;
    }
    struct civil c = bizday_civil(day);
    return c.year * 12 + c.month - 1;
}

static struct bizday month_first(const struct date_rule *rule, const struct calendar *own, int year, int month)
{
    return is_operational(rule) ? calendar_month_first(own, year, month) : bizday_of((struct civil){year, month, 1});
}

static struct bizday month_last(const struct date_rule *rule, const struct calendar *own, int year, int month)
{
    return is_operational(rule) ? calendar_month_last(own, year, month)
                                : bizday_of((struct civil){year, month, month_days(year, month)});
}

struct bizday date_month_last(const struct date_rule *rule, const struct calendar *own, int month_index)
{
    return month_last(rule, own, month_index / 12, month_index % 12 + 1);
}

struct bizday weekday_after(struct bizday day, enum weekday weekday)
{
    return bizday_plus(day, ((int)weekday - (int)bizday_weekday(day) + 7) % 7);
}

static struct bizday weekday_in(const struct date_rule *rule, struct bizday first, struct bizday last)
{
    struct bizday day = weekday_after(first, rule->weekday);
    if (rule->weekday_nth == WEEKDAY_LAST) {
        day = weekday_after(bizday_plus(last, -6), rule->weekday);
    } else if (rule->weekday_nth > 1) {
        day = bizday_plus(day, (rule->weekday_nth - 1) * 7);
    }
    return day.day <= last.day ? day : BIZDAY_NONE;
}

/* dd and b-DD by calendar days. */
static struct bizday day_in(const struct date_rule *rule, struct bizday first, struct bizday last, bool *is_clamped)
{
    if (rule->is_last) {
        return last.day - rule->day >= first.day ? bizday_plus(last, -rule->day) : BIZDAY_NONE;
    }
    *is_clamped = rule->day > last.day - first.day + 1;
    return *is_clamped ? last : bizday_plus(first, rule->day - 1);
}

struct bizday date_in_month(const struct date_rule *rule, const struct calendar *calendar, const struct calendar *own,
                            int month_index, bool *is_clamped)
{
    int year = month_index / 12, month = month_index % 12 + 1;
    struct bizday first = month_first(rule, own, year, month), last = month_last(rule, own, year, month);
    *is_clamped = false;
    switch (rule->kind) {
    case DATE_DAY:
    case DATE_RELATIVE:
    case DATE_REGISTERED: /* its day of the month was filled in by the caller */
        return day_in(rule, first, last, is_clamped);
    case DATE_OPEN:
    case DATE_CLOSED:
        return calendar_nth(calendar, first, last, rule->is_last ? -(rule->day + 1) : rule->day,
                            rule->kind == DATE_OPEN);
    case DATE_WEEKDAY:
        return weekday_in(rule, first, last);
    case DATE_UNDEFINED:
        break;
    }
    return BIZDAY_NONE;
}

static struct bizday substitute(const struct date_rule *rule, const struct calendar *calendar, struct bizday day,
                                enum occurrence_reason *reason)
{
    switch (rule->substitute) {
    case SHIFT_BEFORE:
        *reason = OCCURRENCE_MOVED_BEFORE;
        return calendar_open_before(calendar, day, rule->substitute_days);
    case SHIFT_AFTER:
        *reason = OCCURRENCE_MOVED_AFTER;
        return calendar_open_after(calendar, day, rule->substitute_days);
    case SHIFT_NO:
        *reason = OCCURRENCE_ON_CLOSED_DAY;
        return day;
    case SHIFT_CANCEL:
        *reason = OCCURRENCE_CLOSED_DAY;
        return BIZDAY_NONE;
    case SHIFT_DAYS_BEFORE: /* cftd only */
    case SHIFT_DAYS_AFTER:
        break;
    }
    assert(false && "sh has no such value");
    return day;
}

static struct bizday offset(const struct date_rule *rule, const struct calendar *calendar, struct bizday day,
                            enum occurrence_reason *reason)
{
    switch (rule->offset) {
    case SHIFT_BEFORE:
        *reason = OCCURRENCE_OFFSET_OPEN;
        return calendar_shift(calendar, day, -rule->offset_days, rule->offset_days_max);
    case SHIFT_AFTER:
        *reason = OCCURRENCE_OFFSET_OPEN;
        return calendar_shift(calendar, day, rule->offset_days, rule->offset_days_max);
    case SHIFT_DAYS_BEFORE:
        *reason = OCCURRENCE_OFFSET_CALENDAR;
        return bizday_plus(day, -rule->offset_days);
    case SHIFT_DAYS_AFTER:
        *reason = OCCURRENCE_OFFSET_CALENDAR;
        return bizday_plus(day, rule->offset_days);
    case SHIFT_NO:
    case SHIFT_CANCEL: /* sh only */
        break;
    }
    return day;
}

struct bizday date_move(const struct date_rule *rule, const struct calendar *calendar, struct bizday day,
                        enum occurrence_reason *reason)
{
    if (!calendar_is_open(calendar, day)) {
        day = substitute(rule, calendar, day, reason);
        if (day.day == BIZDAY_NONE.day) {
            *reason = rule->substitute == SHIFT_CANCEL ? OCCURRENCE_CLOSED_DAY : OCCURRENCE_NO_OPEN_DAY;
            return day;
        }
    }
    day = offset(rule, calendar, day, reason);
    if (day.day == BIZDAY_NONE.day) {
        *reason = OCCURRENCE_OFFSET_MAX;
    }
    return day;
}

int date_reach_back(const struct date_rule *rule)
{
    int days = rule->substitute == SHIFT_BEFORE ? rule->substitute_days : 0;
    return days + (rule->offset == SHIFT_BEFORE        ? rule->offset_days_max
                   : rule->offset == SHIFT_DAYS_BEFORE ? rule->offset_days
                                                       : 0);
}

int date_reach_ahead(const struct date_rule *rule)
{
    int days = rule->substitute == SHIFT_AFTER ? rule->substitute_days : 0;
    return days + (rule->offset == SHIFT_AFTER        ? rule->offset_days_max
                   : rule->offset == SHIFT_DAYS_AFTER ? rule->offset_days
                                                      : 0);
}

struct bizday date_resolve(const struct date_rule *rule, const struct calendar *calendar, const struct calendar *own,
                           struct bizday day, int month_offset)
{
    struct bizday found;
    bool is_clamped;
    bool is_near = rule->kind == DATE_WEEKDAY && rule->month == 0 && rule->weekday_nth == 0 && month_offset == 0;
    if (rule->kind == DATE_REGISTERED && month_offset == 0) {
        found = day;
    } else if (is_near) {
        found = weekday_after(day, rule->weekday);
    } else {
        struct date_rule filled = *rule;
        if (rule->kind == DATE_REGISTERED) {
            filled.day = bizday_civil(day).day;
        }
        int month_index = date_month_of(rule, own, day);
        if (rule->month > 0) {
            month_index = (rule->year ? rule->year : month_index / 12) * 12 + rule->month - 1;
        }
        found = date_in_month(&filled, calendar, own, month_index + month_offset, &is_clamped);
    }
    enum occurrence_reason reason;
    return found.day == BIZDAY_NONE.day ? found : date_move(rule, calendar, found, &reason);
}

struct bizday date_rule_resolve(const struct date_rule *rule, const struct calendar *calendar, struct bizday day)
{
    return date_resolve(rule, calendar, calendar, day, 0);
}
