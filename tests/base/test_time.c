/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Civil dates, the 48-hour clock and RFC 3339 texts.
 */
#include "tests/unit.h"

#include <time.h>

#include "base/time.h"

static void every_day_of_four_centuries_goes_there_and_back(void **state)
{
    (void)state;
    struct civil c = {1899, 12, 31};
    for (int32_t day = bizday_of((struct civil){1900, 1, 1}).day; day <= bizday_of((struct civil){2300, 12, 31}).day; day++) {
        c.day++;
        if (c.day > month_days(c.year, c.month)) {
            c.day = 1;
            c.month = c.month % 12 + 1;
            c.year += c.month == 1;
        }
        struct civil got = bizday_civil((struct bizday){day});
        assert_true(got.year == c.year && got.month == c.month && got.day == c.day);
        assert_int_equal(bizday_of(got).day, day);
    }
}

static void days_before_the_epoch_have_dates_and_weekdays(void **state)
{
    (void)state;
    assert_int_equal(bizday_of((struct civil){1970, 1, 1}).day, 0);
    assert_int_equal(bizday_weekday((struct bizday){0}), WEEKDAY_TH);
    assert_int_equal(bizday_weekday(bizday_of((struct civil){1868, 1, 25})), WEEKDAY_SA);
    assert_int_equal(bizday_weekday(bizday_of((struct civil){2026, 6, 29})), WEEKDAY_MO);
}

static void months_step_over_the_year(void **state)
{
    (void)state;
    char text[DATE_TEXT_MAX];
    struct bizday day = bizday_of((struct civil){2026, 12, 31});
    assert_string_equal(bizday_print(bizday_month_start(day, 1), text), "2027-01-01");
    assert_string_equal(bizday_print(bizday_month_start(day, -12), text), "2025-12-01");
    assert_string_equal(bizday_print(bizday_month_start(day, 0), text), "2026-12-01");
}

static void dates_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"2026-02-29", "2026-13-01", "2026-00-10", "2026-6", "", "2026/06-29", "2026-06-31", "x", "2026-06-29 ",
                                      "9999-12-31", "9000-01-01", "0999-12-31", "0001-01-01"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct bizday day = {77};
        assert_false(bizday_parse(bad[i], &day));
        assert_int_equal(day.day, 77);
    }
    struct bizday day;
    assert_true(bizday_parse("2028/2/29", &day));
    assert_true(bizday_parse("1000-01-01", &day));
    assert_true(bizday_parse("8999-12-31", &day));
}

static void the_48_hour_clock_goes_to_47_59(void **state)
{
    (void)state;
    char text[TIME_TEXT_MAX];
    struct daytime t;
    assert_true(daytime_parse("27:30", &t));
    assert_int_equal(t.minute, 1650);
    assert_string_equal(daytime_print(t, text), "27:30");
    assert_true(daytime_parse("0:05", &t));
    assert_string_equal(daytime_print(t, text), "00:05");
    assert_true(daytime_parse("47:59", &t));
    assert_false(daytime_parse("48:00", &t));
    assert_false(daytime_parse("23:60", &t));
    assert_false(daytime_parse("2330", &t));
    assert_false(daytime_parse("23:3", &t));
}

static void instants_are_read_with_their_offset_and_printed_in_any(void **state)
{
    (void)state;
    char text[INSTANT_TEXT_MAX];
    struct instant t;
    assert_true(instant_parse("2026-06-29T19:00+09:00", &t));
    assert_string_equal(instant_print(t, 0, text), "2026-06-29T10:00:00Z");
    assert_string_equal(instant_print(t, 540, text), "2026-06-29T19:00:00+09:00");
    assert_string_equal(instant_print(t, -210, text), "2026-06-29T06:30:00-03:30");
    assert_true(instant_parse("2026-06-29T10:00:00.25Z", &t));
    assert_string_equal(instant_print(t, 0, text), "2026-06-29T10:00:00.250Z");
    assert_true(instant_parse("1969-12-31T23:59:59.999Z", &t));
    assert_int_equal(t.ms, -1);
    assert_string_equal(instant_print(t, 0, text), "1969-12-31T23:59:59.999Z");
    assert_false(instant_parse("2026-06-29T19:00", &t));
    assert_false(instant_parse("2026-06-29T24:00Z", &t));
    assert_false(instant_parse("2026-06-29", &t));
    assert_string_equal(instant_print(INSTANT_NEVER, 0, text), "never");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_four_centuries_goes_there_and_back),
        cmocka_unit_test(days_before_the_epoch_have_dates_and_weekdays),
        cmocka_unit_test(months_step_over_the_year),
        cmocka_unit_test(dates_that_do_not_exist_are_refused),
        cmocka_unit_test(the_48_hour_clock_goes_to_47_59),
        cmocka_unit_test(instants_are_read_with_their_offset_and_printed_in_any),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
