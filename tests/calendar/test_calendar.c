/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_calendar - the chain of levels, counting of days, operational months, base time and zones.
 */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "calendar/calendar.h"

enum { LIMIT_DAYS = 31 };

struct fixture {
    struct arena arena;
    const struct calendar *japan;
};

static int open_fixture(void **state)
{
    static struct fixture f;
    f = (struct fixture){0};
    f.japan = calendar_japan(&f.arena);
    *state = &f;
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *f = *state;
    arena_close(&f->arena);
    return 0;
}

static struct bizday day_of(const char *text)
{
    struct bizday day = BIZDAY_NONE;
    assert_true(bizday_parse(text, &day));
    return day;
}

static void assert_day(struct bizday day, const char *expected)
{
    char text[DATE_TEXT_MAX];
    assert_int_not_equal(day.day, BIZDAY_NONE.day);
    assert_string_equal(bizday_print(day, text), expected);
}

static void the_nth_business_day_counts_from_the_first_of_the_month(void **state)
{
    static const struct {
        int year, month, days[5]; /* 1st, 2nd, 3rd, 5th, 10th */
    } table[] = {{2026, 5, {1, 7, 8, 12, 19}}, {2026, 6, {1, 2, 3, 5, 12}},  {2026, 9, {1, 2, 3, 7, 14}},
                 {2027, 1, {4, 5, 6, 8, 18}},  {2027, 5, {6, 7, 10, 12, 19}}, {2028, 1, {4, 5, 6, 11, 18}}};
    static const int nth[] = {1, 2, 3, 5, 10};
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct bizday first = bizday_of((struct civil){table[i].year, table[i].month, 1});
        struct bizday last = bizday_plus(bizday_month_start(first, 1), -1);
        for (size_t k = 0; k < COUNT(nth); k++) {
            struct bizday day = calendar_nth(f->japan, first, last, nth[k], true);
            assert_int_equal(bizday_civil(day).day, table[i].days[k]);
            assert_int_equal(calendar_number(f->japan, day), nth[k]);
        }
        assert_int_equal(calendar_nth(f->japan, first, last, 24, true).day, BIZDAY_NONE.day);
    }
    assert_int_equal(calendar_number(f->japan, day_of("2026-05-02")), 0);
}

static void the_last_business_day_of_a_month_is_counted_from_its_end(void **state)
{
    static const char *const days[] = {"2026-05-29", "2026-12-28", "2027-01-29", "2027-10-29", "2028-02-29"};
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(days); i++) {
        struct bizday first = bizday_month_start(day_of(days[i]), 0);
        struct bizday last = bizday_plus(bizday_month_start(first, 1), -1);
        assert_day(calendar_nth(f->japan, first, last, -1, true), days[i]);
    }
    assert_day(calendar_nth(f->japan, day_of("2026-05-01"), day_of("2026-05-31"), -3, true), "2026-05-27");
    assert_day(calendar_nth(f->japan, day_of("2026-05-01"), day_of("2026-05-31"), 1, false), "2026-05-02");
    assert_day(calendar_nth(f->japan, day_of("2026-05-01"), day_of("2026-05-31"), -1, false), "2026-05-31");
    assert_int_equal(calendar_nth(f->japan, day_of("2026-05-02"), day_of("2026-05-06"), 1, true).day, BIZDAY_NONE.day);
    assert_int_equal(calendar_nth(f->japan, day_of("2026-05-02"), day_of("2026-05-01"), 1, true).day, BIZDAY_NONE.day);
    assert_int_equal(calendar_nth(f->japan, day_of("2026-05-01"), day_of("2026-05-01"), 0, true).day, BIZDAY_NONE.day);
}

static void fiscal_years_have_241_and_243_business_days(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(calendar_count(f->japan, day_of("2026-04-01"), day_of("2027-03-31")), 241);
    assert_int_equal(calendar_count(f->japan, day_of("2027-04-01"), day_of("2028-03-31")), 243);
    assert_int_equal(calendar_count(f->japan, day_of("2027-04-02"), day_of("2027-04-01")), 0);
}

static void the_20th_moves_back_to_a_business_day(void **state)
{
    static const char *const pairs[][2] = {
        {"2026-06-20", "2026-06-19"}, {"2026-07-20", "2026-07-17"}, {"2026-09-20", "2026-09-18"},
        {"2026-12-20", "2026-12-18"}, {"2027-02-20", "2027-02-19"}, {"2027-03-20", "2027-03-19"},
        {"2028-03-20", "2028-03-17"}, {"2026-08-20", "2026-08-20"}};
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        assert_day(calendar_open_before(f->japan, day_of(pairs[i][0]), LIMIT_DAYS), pairs[i][1]);
    }
}

static void closed_days_move_on_or_stay_as_the_rule_says(void **state) /* E-09 */
{
    struct fixture *f = *state;
    assert_day(calendar_open_after(f->japan, day_of("2026-09-05"), LIMIT_DAYS), "2026-09-07");
    assert_false(calendar_is_open(f->japan, day_of("2026-09-12"))); /* E: the day itself, whatever it is */
    assert_int_equal(calendar_open_after(f->japan, day_of("2026-05-02"), 4).day, BIZDAY_NONE.day);
    assert_day(calendar_open_after(f->japan, day_of("2026-05-02"), 5), "2026-05-07");
    assert_int_equal(calendar_open_before(f->japan, day_of("2026-05-06"), 4).day, BIZDAY_NONE.day);
    assert_day(calendar_open_before(f->japan, day_of("2026-05-06"), 5), "2026-05-01");
}

static void first_sundays_of_24_months(void **state)
{
    static const int days[] = {5, 3, 7, 5, 2, 6, 4, 1, 6, 3, 7, 7, 4, 2, 6, 4, 1, 5, 3, 7, 5, 2, 6, 5};
    struct fixture *f = *state;
    struct calendar_level sundays = {.name = "第1日曜", .base_time = DAYTIME_NONE};
    for (int i = 0; i < 7; i++) {
        sundays.weekdays[i] = i == WEEKDAY_SU ? DAY_OPEN : DAY_CLOSED;
    }
    const struct calendar *c = calendar_make(&f->arena, &sundays);
    struct bizday first = day_of("2026-04-01");
    for (size_t i = 0; i < COUNT(days); i++) {
        struct bizday day = calendar_nth(c, first, bizday_plus(first, 30), 1, true);
        assert_int_equal(bizday_civil(day).day, days[i]);
        first = bizday_month_start(first, 1);
    }
}

static void n_business_days_do_not_count_the_start(void **state) /* E-03 back two, E-17 forward one */
{
    static const struct {
        const char *from;
        int n;
        const char *to;
    } table[] = {
        {"2026-06-22", -2, "2026-06-18"}, {"2026-05-07", -2, "2026-04-30"}, {"2026-09-24", -2, "2026-09-17"},
        {"2027-01-05", -2, "2026-12-28"}, {"2026-05-01", 1, "2026-05-07"},  {"2026-06-06", 1, "2026-06-08"},
        {"2026-12-28", 1, "2027-01-04"},  {"2026-09-18", 1, "2026-09-24"},  {"2026-06-06", 0, "2026-06-06"},
        {"2026-04-01", 240, "2027-03-31"}, {"2027-03-31", -240, "2026-04-01"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_day(calendar_shift(f->japan, day_of(table[i].from), table[i].n, 400), table[i].to);
    }
    assert_int_equal(calendar_shift(f->japan, day_of("2026-05-01"), 1, 5).day, BIZDAY_NONE.day);
    assert_day(calendar_shift(f->japan, day_of("2026-05-01"), 1, 6), "2026-05-07");
}

static void a_closed_day_has_its_deadline_on_the_day_before(void **state) /* E-05 */
{
    static const struct {
        const char *day, *at;
        bool is_in_time;
    } table[] = {
        {"2026-06-19", "2026-06-19T16:59+09:00", true},  {"2026-06-19", "2026-06-19T17:01+09:00", false},
        {"2026-06-19", "2026-06-19T17:00+09:00", true},  {"2026-06-21", "2026-06-20T17:00+09:00", true},
        {"2026-06-21", "2026-06-20T17:01+09:00", false}, {"2026-05-06", "2026-05-05T17:00+09:00", true},
        {"2026-05-06", "2026-05-05T17:01+09:00", false},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct bizday day = day_of(table[i].day);
        struct bizday due = calendar_is_open(f->japan, day) ? day : bizday_plus(day, -1);
        struct instant at, limit = calendar_instant(f->japan, due, (struct daytime){17 * 60});
        assert_true(instant_parse(table[i].at, &at));
        assert_int_equal(!instant_before(limit, at), table[i].is_in_time);
    }
}

static void a_status_names_its_reason(void **state)
{
    static const struct {
        const char *day;
        bool is_open;
        enum day_reason reason;
        const char *name;
    } table[] = {
        {"2026-06-22", true, DAY_BY_DEFAULT, NULL},       {"2026-06-21", false, DAY_BY_WEEKDAY, NULL},
        {"2026-09-22", false, DAY_BY_HOLIDAY, "休日"},    {"2026-12-29", false, DAY_BY_YEARLY, "年末年始"},
        {"2027-01-03", false, DAY_BY_YEARLY, "年末年始"}, {"2027-01-01", false, DAY_BY_HOLIDAY, "元日"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct day_status status = calendar_status(f->japan, day_of(table[i].day));
        assert_int_equal(status.is_open, table[i].is_open);
        assert_int_equal(status.reason, table[i].reason);
        assert_int_equal(status.is_predicted, status.reason == DAY_BY_HOLIDAY);
        if (table[i].name) {
            assert_string_equal(status.name, table[i].name);
        } else {
            assert_null(status.name);
        }
        if (status.reason == DAY_BY_DEFAULT) {
            assert_null(status.calendar);
        } else {
            assert_string_equal(status.calendar, calendar_name(f->japan));
        }
    }
}

static void nothing_said_anywhere_is_open(void **state)
{
    struct fixture *f = *state;
    struct calendar_level level = {.base_time = DAYTIME_NONE};
    const struct calendar *c = calendar_make(&f->arena, &level);
    assert_true(calendar_is_open(c, day_of("2026-01-01")));
    assert_int_equal(calendar_status(c, day_of("2026-01-01")).reason, DAY_BY_DEFAULT);
    assert_int_equal(calendar_base_time(c).minute, 0);
    assert_string_equal(zone_name(calendar_zone(c)), "Asia/Tokyo");
    assert_day(calendar_month_first(c, 2026, 2), "2026-02-01");
    assert_day(calendar_month_last(c, 2028, 2), "2028-02-29");
}

/* parent: closed Sundays and 6/10; child: open Sundays, closed 6/20, holidays; grandchild: says nothing of days. */
static void the_nearest_level_that_says_something_decides(void **state)
{
    struct fixture *f = *state;
    struct err e = {0};
    struct calendar_date closed[] = {{day_of("2026-06-10"), DAY_CLOSED}, {day_of("2026-05-05"), DAY_OPEN}};
    struct calendar_level top = {.name = "/",
                                 .weekdays = {[WEEKDAY_SU] = DAY_CLOSED, [WEEKDAY_WE] = DAY_CLOSED},
                                 .dates = closed,
                                 .date_count = 2,
                                 .base_day = 21,
                                 .month_mode = MONTH_NEXT,
                                 .base_time = {360}};
    const struct calendar *parent = calendar_make(&f->arena, &top);
    struct calendar_date own[] = {{day_of("2026-06-20"), DAY_OPEN},
                                  {day_of("2026-07-20"), DAY_OPEN},
                                  {day_of("2026-06-20"), DAY_CLOSED}}; /* the later line wins */
    struct calendar_level middle = {.name = "/A", .parent = parent, .weekdays = {[WEEKDAY_SU] = DAY_OPEN}, .dates = own,
                                    .date_count = 3, .base_time = DAYTIME_NONE};
    assert_true(holidays_parse(&f->arena, NULL, 0, &middle.holidays, &e));
    const struct calendar *child = calendar_make(&f->arena, &middle);
    struct calendar_level low = {.name = "/A/B", .parent = child, .base_time = {480}, .base_day = 1};
    const struct calendar *grandchild = calendar_make(&f->arena, &low);

    static const struct {
        const char *day;
        bool is_open;
        enum day_reason reason;
        const char *calendar;
    } table[] = {
        {"2026-06-21", true, DAY_BY_WEEKDAY, "/A"},  /* Sunday, opened below */
        {"2026-06-20", false, DAY_BY_DATE, "/A"},    /* dated */
        {"2026-06-10", false, DAY_BY_DATE, "/"},     /* dated above */
        {"2026-06-17", false, DAY_BY_WEEKDAY, "/"},  /* Wednesday above */
        {"2026-07-20", true, DAY_BY_DATE, "/A"},     /* a dated line wins over the holiday */
        {"2026-05-05", false, DAY_BY_HOLIDAY, "/A"}, /* the holiday below wins over the date above */
        {"2026-05-03", false, DAY_BY_HOLIDAY, "/A"}, /* the holiday wins over the weekday */
        {"2026-06-22", true, DAY_BY_DEFAULT, NULL},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        struct day_status status = calendar_status(grandchild, day_of(table[i].day));
        assert_int_equal(status.is_open, table[i].is_open);
        assert_int_equal(calendar_is_open(grandchild, day_of(table[i].day)), table[i].is_open);
        assert_int_equal(status.reason, table[i].reason);
        if (table[i].calendar) {
            assert_string_equal(status.calendar, table[i].calendar);
        }
    }
    assert_int_equal(calendar_base_time(child).minute, 360);
    assert_int_equal(calendar_base_time(grandchild).minute, 480);
    assert_day(calendar_month_first(child, 2026, 6), "2026-05-21");      /* base day and mode from above */
    assert_day(calendar_month_first(grandchild, 2026, 6), "2026-05-01"); /* own base day, mode still inherited */
}

static void counting_agrees_with_the_status_of_every_day(void **state)
{
    struct fixture *f = *state;
    struct calendar_yearly yearly[] = {{2, 29, 3, 1, "a"}, {12, 31, 12, 31, "b"}, {6, 30, 2, 29, "c"}};
    struct calendar_level level = {.name = "odd", .parent = f->japan, .weekdays = {[WEEKDAY_SA] = DAY_OPEN}, .yearly = yearly,
                                   .yearly_count = 2, .base_time = DAYTIME_NONE};
    const struct calendar *calendars[] = {f->japan, calendar_make(&f->arena, &level), NULL};
    level.yearly_count = 3;
    calendars[2] = calendar_make(&f->arena, &level);
    for (size_t i = 0; i < COUNT(calendars); i++) {
        const struct calendar *c = calendars[i];
        struct bizday first = day_of("1990-01-01"), last = day_of("2104-12-31");
        int count = 0;
        for (struct bizday day = first; day.day <= last.day; day.day++) {
            bool is_open = calendar_status(c, day).is_open;
            count += is_open;
            assert_int_equal(calendar_is_open(c, day), is_open);
            if (day.day % 97 == 0) {
                assert_int_equal(calendar_count(c, first, day), count);
                assert_int_equal(calendar_nth(c, first, last, count, true).day, calendar_open_before(c, day, 400).day);
            }
        }
    }
}

static void days_before_1970_are_counted_as_well(void **state)
{
    struct fixture *f = *state;
    assert_day(calendar_open_after(f->japan, day_of("1955-01-01"), LIMIT_DAYS), "1955-01-04");
    assert_day(calendar_shift(f->japan, day_of("1970-01-06"), -2, LIMIT_DAYS), "1969-12-26");
    assert_int_equal(calendar_number(f->japan, day_of("1969-12-05")), 5);
}

static void operational_months_begin_on_the_base_day(void **state)
{
    struct fixture *f = *state;
    struct calendar_level level = {.name = "21", .base_day = 21, .month_mode = MONTH_THIS, .base_time = DAYTIME_NONE};
    const struct calendar *this_month = calendar_make(&f->arena, &level);
    level.month_mode = MONTH_NEXT;
    const struct calendar *next_month = calendar_make(&f->arena, &level);
    level.base_day = 31;
    level.month_mode = MONTH_THIS;
    const struct calendar *late = calendar_make(&f->arena, &level);
    level.base_day = 0;
    level.base_weekday_nth = 2;
    level.base_weekday = WEEKDAY_MO;
    const struct calendar *monday = calendar_make(&f->arena, &level);
    level.base_weekday_nth = 6;
    const struct calendar *last_monday = calendar_make(&f->arena, &level);

    assert_day(calendar_month_first(this_month, 2026, 1), "2026-01-21");
    assert_day(calendar_month_last(this_month, 2026, 1), "2026-02-20");
    assert_day(calendar_month_first(next_month, 2026, 1), "2025-12-21");
    assert_day(calendar_month_last(next_month, 2026, 1), "2026-01-20");
    assert_day(calendar_month_first(late, 2026, 2), "2026-02-28");
    assert_day(calendar_month_last(late, 2026, 1), "2026-02-27");
    assert_day(calendar_month_first(monday, 2026, 6), "2026-06-08");
    assert_day(calendar_month_first(last_monday, 2026, 6), "2026-06-29");
    assert_day(calendar_month_last(last_monday, 2026, 6), "2026-07-26");

    const struct calendar *all[] = {f->japan, this_month, next_month, late, monday, last_monday};
    for (size_t i = 0; i < COUNT(all); i++) {
        for (struct bizday day = day_of("2025-11-01"); day.day <= day_of("2028-04-01").day; day.day++) {
            int year, month;
            calendar_month_of(all[i], day, &year, &month);
            assert_true(calendar_month_first(all[i], year, month).day <= day.day);
            assert_true(calendar_month_last(all[i], year, month).day >= day.day);
        }
    }
}

static void a_business_day_runs_from_base_time_to_base_time(void **state)
{
    struct fixture *f = *state;
    struct calendar_level level = {.name = "06:00", .parent = f->japan, .base_time = {360}};
    const struct calendar *c = calendar_make(&f->arena, &level);
    static const char *const table[][2] = {{"2026-06-29T05:59:59+09:00", "2026-06-28"}, {"2026-06-29T06:00+09:00", "2026-06-29"},
                                           {"2026-06-30T01:30+09:00", "2026-06-29"},    {"2026-06-30T05:59:59.999+09:00", "2026-06-29"},
                                           {"2026-06-30T06:00+09:00", "2026-06-30"}};
    for (size_t i = 0; i < COUNT(table); i++) {
        struct instant at;
        assert_true(instant_parse(table[i][0], &at));
        assert_day(calendar_day_of(c, at), table[i][1]);
    }
    char text[INSTANT_TEXT_MAX];
    assert_string_equal(instant_print(calendar_day_start(c, day_of("2026-06-29")), 540, text), "2026-06-29T06:00:00+09:00");
}

static void the_48_hour_clock_reaches_into_the_next_morning(void **state)
{
    struct fixture *f = *state;
    struct bizday day = day_of("2026-06-29");
    struct daytime time;
    char text[INSTANT_TEXT_MAX], clock[TIME_TEXT_MAX];
    assert_true(daytime_parse("27:30", &time));
    struct instant at = calendar_instant(f->japan, day, time);
    assert_string_equal(instant_print(at, 540, text), "2026-06-30T03:30:00+09:00");
    assert_string_equal(daytime_print(calendar_daytime(f->japan, day, at), clock), "27:30");
    assert_string_equal(daytime_print(calendar_daytime(f->japan, bizday_plus(day, 1), at), clock), "03:30");
    assert_int_equal(calendar_daytime(f->japan, bizday_plus(day, 2), at).minute, DAYTIME_NONE.minute);
    assert_int_equal(calendar_daytime(f->japan, bizday_plus(day, -1), at).minute, DAYTIME_NONE.minute);
}

static const struct zone *zone_load(struct arena *into, const char *name)
{
    static char bytes[65536];
    char path[200];
    struct err e = {0};
    const struct zone *zone = NULL;
    (void)snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");
    if (file) {
        size_t n = fread(bytes, 1, sizeof(bytes), file);
        fclose(file);
        assert_true(zone_parse(into, name, bytes, n, &zone, &e));
    }
    return zone;
}

/* Business days tile the time line, also where the base time falls into a gap or a repeated hour. */
static void business_days_follow_one_another_when_clocks_change(void **state)
{
    static const struct {
        const char *zone;
        int base_minute;
        const char *from;
    } table[] = {{"Europe/Berlin", 150, "2027-03-26"}, {"Europe/Berlin", 150, "2027-10-29"},     {"America/New_York", 90, "2026-10-30"},
                 {"America/Sao_Paulo", 0, "2018-11-02"}, {"America/Sao_Paulo", 0, "2019-02-14"}, {"Australia/Lord_Howe", 105, "2026-04-03"},
                 {"Africa/Casablanca", 150, "2027-02-05"}, {"Pacific/Apia", 360, "2011-12-28"}, {"America/Havana", 0, "2026-10-30"}};
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct calendar_level level = {.name = "x", .zone = zone_load(&f->arena, table[i].zone),
                                       .base_time = {table[i].base_minute}};
        const struct calendar *c = calendar_make(&f->arena, &level);
        struct bizday day = day_of(table[i].from), end = bizday_plus(day, 4);
        struct instant at = calendar_day_start(c, day);
        for (; at.ms < calendar_day_start(c, end).ms; at.ms += 5 * MINUTE_MS) {
            struct bizday found = calendar_day_of(c, at);
            assert_true(found.day >= day.day); /* never back */
            assert_true(calendar_day_start(c, found).ms <= at.ms);
            assert_true(calendar_day_start(c, bizday_plus(found, 1)).ms > at.ms);
            day = found;
        }
        assert_int_equal(day.day, end.day - 1);
    }
}

static void a_holiday_import_closes_its_days(void **state)
{
    static const char csv[] = "2027/6/1,特別な日\n";
    struct fixture *f = *state;
    struct err e = {0};
    struct calendar_level level = {.name = "x", .base_time = DAYTIME_NONE};
    assert_true(holidays_parse(&f->arena, csv, strlen(csv), &level.holidays, &e));
    const struct calendar *c = calendar_make(&f->arena, &level);
    struct day_status status = calendar_status(c, day_of("2027-06-01"));
    assert_false(status.is_open);
    assert_false(status.is_predicted);
    assert_string_equal(status.name, "特別な日");
    assert_true(calendar_is_open(c, day_of("2027-01-01")));
    assert_false(calendar_is_open(c, day_of("2028-01-01")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nth_business_day_counts_from_the_first_of_the_month),
        cmocka_unit_test(the_last_business_day_of_a_month_is_counted_from_its_end),
        cmocka_unit_test(fiscal_years_have_241_and_243_business_days),
        cmocka_unit_test(the_20th_moves_back_to_a_business_day),
        cmocka_unit_test(closed_days_move_on_or_stay_as_the_rule_says),
        cmocka_unit_test(first_sundays_of_24_months),
        cmocka_unit_test(n_business_days_do_not_count_the_start),
        cmocka_unit_test(a_closed_day_has_its_deadline_on_the_day_before),
        cmocka_unit_test(a_status_names_its_reason),
        cmocka_unit_test(nothing_said_anywhere_is_open),
        cmocka_unit_test(the_nearest_level_that_says_something_decides),
        cmocka_unit_test(counting_agrees_with_the_status_of_every_day),
        cmocka_unit_test(days_before_1970_are_counted_as_well),
        cmocka_unit_test(operational_months_begin_on_the_base_day),
        cmocka_unit_test(a_business_day_runs_from_base_time_to_base_time),
        cmocka_unit_test(the_48_hour_clock_reaches_into_the_next_morning),
        cmocka_unit_test(business_days_follow_one_another_when_clocks_change),
        cmocka_unit_test(a_holiday_import_closes_its_days),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
