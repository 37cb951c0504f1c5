/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time - civil dates by the 400-year cycle (era = 146,097 days); texts.
 */
#include "base/time.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1 && month <= 12);
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && is_leap);
}

bool civil_valid(struct civil c)
{
    return c.year >= 1 && c.year <= 9999 && c.month >= 1 && c.month <= 12 && c.day >= 1 &&
           c.day <= month_days(c.year, c.month);
}

struct bizday bizday_of(struct civil c)
{
    assert(civil_valid(c));
    int year = c.month <= 2 ? c.year - 1 : c.year; /* the year begins in March, so a leap day ends it */
    int era = year / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (c.month > 2 ? c.month - 3 : c.month + 9) + 2) / 5 + c.day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (struct bizday){era * 146097 + day_of_era - 719468};
}

struct civil bizday_civil(struct bizday d)
{
    int day = d.day + 719468;
    int era = (day >= 0 ? day : day - 146096) / 146097;
    int day_of_era = day - era * 146097;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month = (5 * day_of_year + 2) / 153;
    struct civil c = {
        .year = year_of_era + era * 400 + (month >= 10),
        .month = month < 10 ? month + 3 : month - 9,
        .day = day_of_year - (153 * month + 2) / 5 + 1,
    };
    return c;
}

enum weekday bizday_weekday(struct bizday d)
{
    int w = (d.day + 4) % 7; /* 1970-01-01 was a Thursday */
    return (enum weekday)(w < 0 ? w + 7 : w);
}

struct bizday bizday_month_start(struct bizday d, int months)
{
    struct civil c = bizday_civil(d);
    int month = c.year * 12 + c.month - 1 + months;
    return bizday_of((struct civil){month / 12, month % 12 + 1, 1});
}

/* Reads lo..hi digits at *at. */
static bool digits(const char **at, int lo, int hi, int *ret)
{
    int n = 0, value = 0;
    while (n < hi && (*at)[n] >= '0' && (*at)[n] <= '9') {
        value = value * 10 + ((*at)[n] - '0');
        n++;
    }
    *at += n;
    *ret = value;
    return n >= lo;
}

static bool literal(const char **at, char c)
{
    bool is_there = **at == c;
    *at += is_there;
    return is_there;
}

static bool date_read(const char **at, struct bizday *ret)
{
    struct civil c = {0};
    if (!digits(at, 4, 4, &c.year)) {
        return false;
    }
    char separator = **at == '/' ? '/' : '-';
    if (!literal(at, separator) || !digits(at, 1, 2, &c.month) || !literal(at, separator) ||
        !digits(at, 1, 2, &c.day) || !civil_valid(c) || c.year < DATE_YEAR_MIN || c.year > DATE_YEAR_MAX) {
        return false;
    }
    *ret = bizday_of(c);
    return true;
}

bool bizday_parse(const char *text, struct bizday *ret)
{
    struct bizday d;
    if (!date_read(&text, &d) || *text) {
        return false;
    }
    *ret = d;
    return true;
}

/* Digits without the cost of a format: every event and every job has dates. */
static char *two_put(char *at, int number)
{
    *at++ = (char)('0' + number / 10 % 10);
    *at++ = (char)('0' + number % 10);
    return at;
}

static char *date_put(char *at, struct civil c)
{
    int year = c.year % 10000;
    if (year < 0) {
        return at + snprintf(at, DATE_TEXT_MAX, "%04d-%02d-%02d", year, c.month, c.day);
    }
    at = two_put(two_put(at, year / 100), year % 100);
    *at++ = '-';
    at = two_put(at, c.month);
    *at++ = '-';
    at = two_put(at, c.day);
    *at = '\0';
    return at;
}

const char *bizday_print(struct bizday d, char text[DATE_TEXT_MAX])
{
    (void)date_put(text, bizday_civil(d));
    return text;
}

bool daytime_parse(const char *text, struct daytime *ret)
{
    int hour, minute;
    if (!digits(&text, 1, 2, &hour) || !literal(&text, ':') || !digits(&text, 2, 2, &minute) || *text ||
        hour > 47 || minute > 59) {
        return false;
    }
    *ret = (struct daytime){hour * 60 + minute};
    return true;
}

const char *daytime_print(struct daytime t, char text[TIME_TEXT_MAX])
{
    int minute = t.minute < 0 ? 0 : t.minute > 5999 ? 5999 : t.minute;
    char *at = two_put(text, minute / 60);
    *at++ = ':';
    *two_put(at, minute % 60) = '\0';
    return text;
}

static bool offset_read(const char **at, int *ret_min)
{
    if (literal(at, 'Z')) {
        *ret_min = 0;
        return true;
    }
    int sign = **at == '-' ? -1 : 1, hour, minute;
    if (!(literal(at, '+') || literal(at, '-')) || !digits(at, 2, 2, &hour) || !literal(at, ':') ||
        !digits(at, 2, 2, &minute) || hour > 15 || minute > 59) {
        return false;
    }
    *ret_min = sign * (hour * 60 + minute);
    return true;
}

bool instant_parse(const char *text, struct instant *ret)
{
    struct bizday day;
    int hour, minute, second = 0, ms = 0, offset_min;
    if (!date_read(&text, &day) || !(literal(&text, 'T') || literal(&text, ' ')) || !digits(&text, 2, 2, &hour) ||
        !literal(&text, ':') || !digits(&text, 2, 2, &minute)) {
        return false;
    }
    if (literal(&text, ':') && !digits(&text, 2, 2, &second)) {
        return false;
    }
    if (literal(&text, '.')) {
        const char *from = text;
        if (!digits(&text, 1, 3, &ms)) {
            return false;
        }
        for (ptrdiff_t n = text - from; n < 3; n++) {
            ms *= 10;
        }
        while (*text >= '0' && *text <= '9') { /* finer than we keep */
            text++;
        }
    }
    if (!offset_read(&text, &offset_min) || *text || hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    int64_t seconds = ((int64_t)day.day * 1440 + hour * 60 + minute - offset_min) * 60 + second;
    *ret = (struct instant){seconds * 1000 + ms};
    return true;
}

/* Times are in every line of every list: not by printf. Behind the digits comes `then`. */
static inline char *digits_put(char *to, int value, int width, char then)
{
    for (int i = width - 1; i >= 0; i--, value /= 10) {
        to[i] = (char)('0' + value % 10);
    }
    to[width] = then;
    return to + width + 1;
}

const char *instant_print(struct instant t, int offset_min, char text[INSTANT_TEXT_MAX])
{
    *instant_put(t, offset_min, text) = '\0';
    return text;
}

char *instant_put(struct instant t, int offset_min, char *to)
{
    if (t.ms == INSTANT_NEVER.ms) {
        (void)str_copy(to, INSTANT_TEXT_MAX, "never");
        return to + 5;
    }
    int64_t local = t.ms + offset_min * MINUTE_MS;
    int64_t day = local >= 0 ? local / DAY_MS : -((-local + DAY_MS - 1) / DAY_MS);
    unsigned ms = (unsigned)(local - day * DAY_MS), sec = ms / 1000, minute = sec / 60;
    struct civil c = bizday_civil((struct bizday){(int32_t)day});
    unsigned year = (unsigned)((c.year % 10000 + 10000) % 10000);
    char *end = digits_put(two_put(to, (int)(year / 100)), (int)(year % 100), 2, '-');
    end = digits_put(end, c.month, 2, '-');
    end = digits_put(end, c.day, 2, 'T');
    end = digits_put(end, (int)(minute / 60), 2, ':');
    end = digits_put(end, (int)(minute % 60), 2, ':');
    end = digits_put(end, (int)(sec % 60), 2, '.');
    end = ms % 1000 ? digits_put(end, (int)(ms % 1000), 3, '.') : end;
    end[-1] = offset_min == 0 ? 'Z' : offset_min < 0 ? '-' : '+';
    if (offset_min != 0) {
        int away = offset_min < 0 ? -offset_min : offset_min;
        end = digits_put(end, away / 60 % 100, 2, ':');
        end = digits_put(end, away % 60, 2, ':') - 1;
    }
    return end;
}
