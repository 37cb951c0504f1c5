/* SPDX-License-Identifier: Apache-2.0 */
/*
 * holiday_law - Japan's holidays of a year by the law in force in that year.
 *
 * Named holidays come from holiday_law.def; here are the equinoxes and the two kinds of 休日:
 *   振替休日 (article 3 paragraph 2): a holiday on a Sunday gives the next day; since 2007 the next day that is
 *   no holiday itself. In force from 1973-04-12.
 *   国民の休日 (paragraph 3): a day between two holidays. In force from 1985-12-27.
 * Neither ever reaches over a year's end, so one year is computed by itself.
 */
#include <assert.h>

#include "calendar/holiday_priv.h"

enum { FOREVER = 9999, NTH_BY_DATE = 0, SUBSTITUTE_SINCE = 1973, SUBSTITUTE_CARRIED_SINCE = 2007, BETWEEN_SINCE = 1986 };

struct law_row {
    const char *name;
    int16_t first_year, last_year;
    int8_t month, day, monday_nth; /* monday_nth NTH_BY_DATE: on `day` */
};

static const struct law_row law[] = {
#define HOLIDAY_FIXED_DAY(name, first, last, month, day) {name, first, last, month, day, NTH_BY_DATE},
#define HOLIDAY_MONDAY(name, first, last, month, nth) {name, first, last, month, 0, nth},
#include "calendar/holiday_law.def"
#undef HOLIDAY_FIXED_DAY
#undef HOLIDAY_MONDAY
};

static const char substitute_name[] = "休日";

/* Two rows of the law never share a date; the equinoxes and 休日 are added only to free days. */
struct year_days {
    struct holiday *rows;
    size_t n;
};

static bool is_holiday(const struct year_days *days, struct bizday day)
{
    for (size_t i = 0; i < days->n; i++) {
        if (days->rows[i].day.day == day.day) {
            return true;
        }
    }
    return false;
}

static void day_add(struct year_days *days, struct bizday day, const char *name)
{
    assert(days->n < HOLIDAY_YEAR_ROWS_MAX);
    size_t i = days->n++;
    while (i > 0 && days->rows[i - 1].day.day > day.day) {
        days->rows[i] = days->rows[i - 1];
        i--;
    }
    days->rows[i] = (struct holiday){day, HOLIDAY_PREDICTED, name};
}

/*
 * Day of March or September. The usual approximation of the almanac's tables: a mean drift of 0.242194 days a year
 * less the leap days; one constant for 1900..1979, one for 1980..2099. In millionths of a day.
 */
static int equinox_day(int year, int64_t until_1979, int64_t since_1980)
{
    int64_t drift = INT64_C(242194) * (year - 1980);
    int leap_days = year < 1980 ? (year - 1983) / 4 : (year - 1980) / 4;
    return (int)(((year < 1980 ? until_1979 : since_1980) + drift - INT64_C(1000000) * leap_days) / 1000000);
}

static void named_days_add(struct year_days *days, int year)
{
    for (size_t i = 0; i < COUNT(law); i++) {
        const struct law_row *row = &law[i];
        if (year < row->first_year || year > row->last_year) {
            continue;
        }
        struct bizday day = bizday_of((struct civil){year, row->month, row->monday_nth ? 1 : row->day});
        if (row->monday_nth) {
            int to_monday = (WEEKDAY_MO + 7 - (int)bizday_weekday(day)) % 7;
            day = bizday_plus(day, to_monday + (row->monday_nth - 1) * 7);
        }
        day_add(days, day, row->name);
    }
    if (year >= 1949) {
        day_add(days, bizday_of((struct civil){year, 3, equinox_day(year, 20835700, 20843100)}), "春分の日");
    }
    if (year >= 1948) {
        day_add(days, bizday_of((struct civil){year, 9, equinox_day(year, 23258800, 23248800)}), "秋分の日");
    }
}

static void substitutes_add(struct year_days *days, int year)
{
    struct bizday in_force = bizday_of((struct civil){SUBSTITUTE_SINCE, 4, 12});
    struct holiday named[HOLIDAY_YEAR_ROWS_MAX];
    size_t named_count = days->n;
    for (size_t i = 0; i < named_count; i++) {
        named[i] = days->rows[i];
    }
    for (size_t i = 0; i < named_count; i++) {
        if (bizday_weekday(named[i].day) != WEEKDAY_SU || named[i].day.day < in_force.day) {
            continue;
        }
        struct bizday day = bizday_plus(named[i].day, 1);
        while (year >= SUBSTITUTE_CARRIED_SINCE && is_holiday(days, day)) {
            day = bizday_plus(day, 1);
        }
        if (!is_holiday(days, day)) {
            day_add(days, day, substitute_name);
        }
    }
}

/* Only named holidays make a day between them a 休日, so the days are found before any is added. */
static size_t between_days(const struct year_days *named, int year, struct bizday between[HOLIDAY_YEAR_ROWS_MAX])
{
    size_t n = 0;
    for (size_t i = 1; year >= BETWEEN_SINCE && i < named->n; i++) {
        struct bizday day = bizday_plus(named->rows[i].day, -1);
        bool is_enclosed = named->rows[i].day.day - named->rows[i - 1].day.day == 2;
        bool is_excluded = year < SUBSTITUTE_CARRIED_SINCE && bizday_weekday(day) == WEEKDAY_SU;
        if (is_enclosed && !is_excluded) {
            between[n++] = day;
        }
    }
    return n;
}

size_t holiday_law_year(int year, struct holiday rows[HOLIDAY_YEAR_ROWS_MAX])
{
    struct year_days days = {.rows = rows};
    struct bizday between[HOLIDAY_YEAR_ROWS_MAX];
    named_days_add(&days, year);
    size_t between_count = between_days(&days, year, between);
    substitutes_add(&days, year);
    for (size_t i = 0; i < between_count; i++) {
        if (!is_holiday(&days, between[i])) {
            day_add(&days, between[i], substitute_name);
        }
    }
    return days.n;
}
