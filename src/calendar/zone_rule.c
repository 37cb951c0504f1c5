/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zone_rule - reads a POSIX TZ rule and finds its days in a year.
 */
#include "calendar/zone_priv.h"

/* 1..digits_max digits within lo..hi. */
static bool number_read(struct str *at, int digits_max, int lo, int hi, int *ret)
{
    int value = 0, n = 0;
    while (n < digits_max && at->n && at->at[0] >= '0' && at->at[0] <= '9') {
        value = value * 10 + (at->at[0] - '0');
        at->at++;
        at->n--;
        n++;
    }
    if (n == 0 || value < lo || value > hi) {
        return false;
    }
    *ret = value;
    return true;
}

static bool char_read(struct str *at, char c)
{
    bool is_there = at->n && at->at[0] == c;
    if (is_there) {
        at->at++;
        at->n--;
    }
    return is_there;
}

/* The abbreviation is not kept: at least 3 letters, or anything in <>. */
static bool name_read(struct str *at)
{
    int n = 0;
    if (char_read(at, '<')) {
        while (at->n && at->at[0] != '>') {
            at->at++;
            at->n--;
            n++;
        }
        return char_read(at, '>') && n >= 3;
    }
    while (at->n && ((at->at[0] >= 'A' && at->at[0] <= 'Z') || (at->at[0] >= 'a' && at->at[0] <= 'z'))) {
        at->at++;
        at->n--;
        n++;
    }
    return n >= 3;
}

/* [+-]h[hh][:mm[:ss]] in seconds. */
static bool time_read(struct str *at, int hour_max, int *ret_sec)
{
    int hour, minute = 0, second = 0;
    bool is_negative = char_read(at, '-');
    if (!is_negative) {
        (void)char_read(at, '+');
    }
    if (!number_read(at, 3, 0, hour_max, &hour) || (char_read(at, ':') && !number_read(at, 2, 0, 59, &minute)) ||
        (char_read(at, ':') && !number_read(at, 2, 0, 59, &second))) {
        return false;
    }
    int sec = hour * 3600 + minute * 60 + second;
    *ret_sec = is_negative ? -sec : sec;
    return true;
}

static bool day_read(struct str *at, struct zone_day *ret)
{
    struct zone_day day = {.time_sec = 2 * 3600};
    bool is_good;
    if (char_read(at, 'M')) {
        day.form = ZONE_DAY_MONTH;
        is_good = number_read(at, 2, 1, 12, &day.month) && char_read(at, '.') && number_read(at, 1, 1, 5, &day.week) &&
                  char_read(at, '.') && number_read(at, 1, 0, 6, &day.weekday);
    } else if (char_read(at, 'J')) {
        day.form = ZONE_DAY_JULIAN;
        is_good = number_read(at, 3, 1, 365, &day.day);
    } else {
        day.form = ZONE_DAY_ZERO;
        is_good = number_read(at, 3, 0, 365, &day.day);
    }
    if (!is_good || (char_read(at, '/') && !time_read(at, 167, &day.time_sec))) {
        return false;
    }
    *ret = day;
    return true;
}

bool zone_rule_parse(struct str text, struct zone_rule *ret)
{
    struct zone_rule rule = {0};
    int west_sec;
    if (!name_read(&text) || !time_read(&text, 24, &west_sec)) {
        return false;
    }
    rule.standard_sec = -west_sec;
    rule.has_daylight = text.n > 0;
    if (rule.has_daylight) {
        rule.daylight_sec = rule.standard_sec + 3600;
        if (!name_read(&text)) {
            return false;
        }
        if (text.n && text.at[0] != ',') {
            if (!time_read(&text, 24, &west_sec)) {
                return false;
            }
            rule.daylight_sec = -west_sec;
        }
        if (!char_read(&text, ',') || !day_read(&text, &rule.start) || !char_read(&text, ',') ||
            !day_read(&text, &rule.end)) {
            return false;
        }
    }
    if (text.n) {
        return false;
    }
    *ret = rule;
    return true;
}

static struct bizday day_in_year(const struct zone_day *day, int year)
{
    struct bizday new_year = bizday_of((struct civil){year, 1, 1});
    switch (day->form) {
    case ZONE_DAY_JULIAN:
        return bizday_plus(new_year, day->day - 1 + (month_days(year, 2) == 29 && day->day >= 60));
    case ZONE_DAY_ZERO:
        return bizday_plus(new_year, day->day);
    case ZONE_DAY_MONTH:
        break;
    }
    struct bizday first = bizday_of((struct civil){year, day->month, 1});
    int of_month = (day->weekday + 7 - (int)bizday_weekday(first)) % 7 + (day->week - 1) * 7;
    if (of_month >= month_days(year, day->month)) { /* week 5 is the last */
        of_month -= 7;
    }
    return bizday_plus(first, of_month);
}

int64_t zone_day_local_sec(const struct zone_day *day, int year)
{
    return (int64_t)day_in_year(day, year).day * 86400 + day->time_sec;
}
