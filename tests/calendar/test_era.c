/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_era - 和暦 in its three forms, at the days of change.
 */
#include "tests/unit.h"

#include "base/macros.h"
#include "calendar/era.h"

static const struct {
    struct civil civil;
    const char *text[3]; /* long, short, compact */
} table[] = {
    {{2026, 6, 1}, {"令和8年6月1日", "R8.6.1", "R080601"}},
    {{2019, 5, 1}, {"令和元年5月1日", "R1.5.1", "R010501"}},
    {{2019, 4, 30}, {"平成31年4月30日", "H31.4.30", "H310430"}},
    {{1989, 1, 8}, {"平成元年1月8日", "H1.1.8", "H010108"}},
    {{1989, 1, 7}, {"昭和64年1月7日", "S64.1.7", "S640107"}},
    {{1926, 12, 25}, {"昭和元年12月25日", "S1.12.25", "S011225"}},
    {{1926, 12, 24}, {"大正15年12月24日", "T15.12.24", "T151224"}},
    {{1912, 7, 30}, {"大正元年7月30日", "T1.7.30", "T010730"}},
    {{1912, 7, 29}, {"明治45年7月29日", "M45.7.29", "M450729"}},
    {{1868, 1, 25}, {"明治元年1月25日", "M1.1.25", "M010125"}},
};

static void each_day_has_the_era_that_begins_on_it(void **state)
{
    for (size_t i = 0; i < COUNT(table); i++) {
        for (int form = ERA_LONG; form <= ERA_COMPACT; form++) {
            char text[ERA_TEXT_MAX];
            struct bizday day = bizday_of(table[i].civil), read;
            assert_string_equal(era_print(day, (enum era_form)form, text), table[i].text[form]);
            assert_true(era_parse(text, &read));
            assert_int_equal(read.day, day.day);
        }
    }
}

static void before_meiji_there_is_no_text(void **state)
{
    char text[ERA_TEXT_MAX];
    assert_string_equal(era_print(bizday_of((struct civil){1868, 1, 24}), ERA_LONG, text), "");
}

static void other_spellings_are_read(void **state)
{
    struct bizday day;
    assert_true(era_parse("令和1年5月1日", &day));
    assert_int_equal(day.day, bizday_of((struct civil){2019, 5, 1}).day);
    assert_true(era_parse("R08.06.09", &day));
    assert_int_equal(day.day, bizday_of((struct civil){2026, 6, 9}).day);
}

static void days_that_never_were_are_refused(void **state)
{
    static const char *const texts[] = {"",         "令和",     "令和8年6月",   "平成31年5月1日", "R1.4.30", "R8.2.29", "R8.6",
                                        "R0800601", "R08060",   "X8.6.1",       "R8.6.1 ",        "R0.1.1",  "H0.1.8",  "令和8年6月1日x",
                                        "M1.1.24",  "R9999.1.1", "昭和65年1月1日"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct bizday day = {42};
        assert_false(era_parse(texts[i], &day));
        assert_int_equal(day.day, 42);
    }
}

static void a_fiscal_year_begins_in_april(void **state)
{
    assert_int_equal(fiscal_year(bizday_of((struct civil){2026, 4, 1})), 2026);
    assert_int_equal(fiscal_year(bizday_of((struct civil){2027, 3, 31})), 2026);
    assert_int_equal(fiscal_year(bizday_of((struct civil){2026, 3, 31})), 2025);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_day_has_the_era_that_begins_on_it),
        cmocka_unit_test(before_meiji_there_is_no_text),
        cmocka_unit_test(other_spellings_are_read),
        cmocka_unit_test(days_that_never_were_are_refused),
        cmocka_unit_test(a_fiscal_year_begins_in_april),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
