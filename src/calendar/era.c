/* SPDX-License-Identifier: Apache-2.0 */
/*
 * era - the five eras by their first day, newest first.
 */
#include "calendar/era.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

struct era {
    const char *name;
    char letter;
    struct civil first;
};

static const struct era eras[] = {
    {"令和", 'R', {2019, 5, 1}},   {"平成", 'H', {1989, 1, 8}},  {"昭和", 'S', {1926, 12, 25}},
    {"大正", 'T', {1912, 7, 30}}, {"明治", 'M', {1868, 1, 25}},
};

/* NULL before 明治. */
static const struct era *era_of(struct bizday day)
{
    for (size_t i = 0; i < COUNT(eras); i++) {
        if (day.day >= bizday_of(eras[i].first).day) {
            return &eras[i];
        }
    }
    return NULL;
}

const char *era_print(struct bizday day, enum era_form form, char text[ERA_TEXT_MAX])
{
    const struct era *era = era_of(day);
    text[0] = '\0';
    if (!era) {
        return text;
    }
    struct civil c = bizday_civil(day);
    int year = c.year - era->first.year + 1;
    switch (form) {
    case ERA_LONG:
        if (year == 1) {
            (void)snprintf(text, ERA_TEXT_MAX, "%s元年%d月%d日", era->name, c.month, c.day);
        } else {
            (void)snprintf(text, ERA_TEXT_MAX, "%s%d年%d月%d日", era->name, year, c.month, c.day);
        }
        break;
    case ERA_SHORT:
        (void)snprintf(text, ERA_TEXT_MAX, "%c%d.%d.%d", era->letter, year, c.month, c.day);
        break;
    case ERA_COMPACT: /* two digits hold 99 years of an era */
        if (year <= 99) {
            (void)snprintf(text, ERA_TEXT_MAX, "%c%02d%02d%02d", era->letter, year, c.month, c.day);
        }
        break;
    }
    return text;
}

/* lo..hi digits. */
static bool number_read(const char **at, int lo, int hi, int *ret)
{
    int n = 0, value = 0;
    while (n < hi && **at >= '0' && **at <= '9') {
        value = value * 10 + (*(*at)++ - '0');
        n++;
    }
    *ret = value;
    return n >= lo;
}

static bool word_read(const char **at, const char *word)
{
    bool is_there = str_starts(*at, word);
    *at += is_there ? strlen(word) : 0;
    return is_there;
}

static bool long_read(const char *at, int *year, int *month, int *day)
{
    bool is_year = word_read(&at, "元");
    *year = 1;
    return (is_year || number_read(&at, 1, 4, year)) && word_read(&at, "年") && number_read(&at, 1, 2, month) &&
           word_read(&at, "月") && number_read(&at, 1, 2, day) && word_read(&at, "日") && !*at;
}

static bool letter_read(const char *at, int *year, int *month, int *day)
{
    const char *compact = at;
    if (number_read(&at, 1, 4, year) && word_read(&at, ".") && number_read(&at, 1, 2, month) &&
        word_read(&at, ".") && number_read(&at, 1, 2, day) && !*at) {
        return true;
    }
    return number_read(&compact, 2, 2, year) && number_read(&compact, 2, 2, month) &&
           number_read(&compact, 2, 2, day) && !*compact;
}

bool era_parse(const char *text, struct bizday *ret)
{
    for (size_t i = 0; i < COUNT(eras); i++) {
        const struct era *era = &eras[i];
        const char *at = text;
        struct civil c;
        bool is_read;
        if (word_read(&at, era->name)) {
            is_read = long_read(at, &c.year, &c.month, &c.day);
        } else if (*at == era->letter) {
            is_read = letter_read(at + 1, &c.year, &c.month, &c.day);
        } else {
            continue;
        }
        c.year += era->first.year - 1;
        if (!is_read || !civil_valid(c) || era_of(bizday_of(c)) != era) {
            return false; /* 平成31年5月1日 is no day: it was 令和 */
        }
        *ret = bizday_of(c);
        return true;
    }
    return false;
}

int fiscal_year(struct bizday day)
{
    struct civil c = bizday_civil(day);
    return c.month >= 4 ? c.year : c.year - 1;
}
