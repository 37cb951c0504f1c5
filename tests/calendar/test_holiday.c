/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_holiday - the law against the official table, years of special laws, and the import.
 */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "calendar/holiday.h"

struct fixture {
    struct arena arena;
    const struct holidays *computed;
};

static int open_fixture(void **state)
{
    static struct fixture f;
    struct err e = {0};
    f = (struct fixture){0};
    *state = &f;
    return holidays_parse(&f.arena, NULL, 0, &f.computed, &e) ? 0 : -1;
}

static int close_fixture(void **state)
{
    struct fixture *f = *state;
    arena_close(&f->arena);
    return 0;
}

/* "1/1 1/8 … 2/12休": 休 marks 振替休日 and 国民の休日. */
static const char *year_text(const struct holidays *holidays, int year, char *text, size_t max)
{
    struct holiday rows[64];
    size_t n = holidays_of_year(holidays, year, rows, 64), used = 0;
    text[0] = '\0';
    assert_true(n <= 64);
    for (size_t i = 0; i < n; i++) {
        struct civil c = bizday_civil(rows[i].day);
        used += (size_t)snprintf(text + used, max - used, "%s%d/%d%s", i ? " " : "", c.month, c.day,
                                 strcmp(rows[i].name, "休日") == 0 ? "休" : "");
    }
    return text;
}

static void the_law_gives_the_official_table(void **state)
{
    static const struct {
        int year;
        const char *days;
    } table[] = {
        {2022, "1/1 1/10 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/18 8/11 9/19 9/23 10/10 11/3 11/23"},
        {2023, "1/1 1/2休 1/9 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/23 10/9 11/3 11/23"},
        {2024, "1/1 1/8 2/11 2/12休 2/23 3/20 4/29 5/3 5/4 5/5 5/6休 7/15 8/11 8/12休 9/16 9/22 9/23休 10/14 11/3 "
               "11/4休 11/23"},
        {2025, "1/1 1/13 2/11 2/23 2/24休 3/20 4/29 5/3 5/4 5/5 5/6休 7/21 8/11 9/15 9/23 10/13 11/3 11/23 11/24休"},
        {2026, "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6休 7/20 8/11 9/21 9/22休 9/23 10/12 11/3 11/23"},
        {2027, "1/1 1/11 2/11 2/23 3/21 3/22休 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23"},
        {2028, "1/1 1/10 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/22 10/9 11/3 11/23"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(table); i++) {
        char text[400];
        assert_string_equal(year_text(f->computed, table[i].year, text, sizeof(text)), table[i].days);
    }
}

static void years_of_older_and_special_laws_are_known(void **state)
{
    static const struct {
        int year;
        const char *days;
    } table[] = {
        {1948, "9/23 11/3 11/23"},
        {1955, "1/1 1/15 3/21 4/29 5/3 5/5 9/24 11/3 11/23"},
        {1959, "1/1 1/15 3/21 4/10 4/29 5/3 5/5 9/24 11/3 11/23"},
        {1966, "1/1 1/15 3/21 4/29 5/3 5/5 9/15 9/23 10/10 11/3 11/23"},
        {1973, "1/1 1/15 2/11 3/21 4/29 4/30休 5/3 5/5 9/15 9/23 9/24休 10/10 11/3 11/23"}, /* 2/11: no 振替 yet */
        {1986, "1/1 1/15 2/11 3/21 4/29 5/3 5/5 9/15 9/23 10/10 11/3 11/23 11/24休"}, /* 5/4 is a Sunday */
        {1988, "1/1 1/15 2/11 3/20 3/21休 4/29 5/3 5/4休 5/5 9/15 9/23 10/10 11/3 11/23"},
        {1989, "1/1 1/2休 1/15 1/16休 2/11 2/24 3/21 4/29 5/3 5/4休 5/5 9/15 9/23 10/10 11/3 11/23 12/23"},
        {2019, "1/1 1/14 2/11 3/21 4/29 4/30休 5/1 5/2休 5/3 5/4 5/5 5/6休 7/15 8/11 8/12休 9/16 9/23 10/14 10/22 "
               "11/3 11/4休 11/23"},
        {2020, "1/1 1/13 2/11 2/23 2/24休 3/20 4/29 5/3 5/4 5/5 5/6休 7/23 7/24 8/10 9/21 9/22 11/3 11/23"},
        {2021, "1/1 1/11 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/22 7/23 8/8 8/9休 9/20 9/23 11/3 11/23"},
        {2032, "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/21休 9/22 10/11 11/3 11/23"},
        {1947, ""},
        {2100, ""},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(table); i++) {
        char text[400];
        assert_string_equal(year_text(f->computed, table[i].year, text, sizeof(text)), table[i].days);
    }
}

/* 1,329 dates were once compared one by one with a public data set of 1970..2050: none differed. */
static void eighty_one_years_hold_1329_holidays(void **state)
{
    struct fixture *f = *state;
    size_t total = 0;
    for (int year = 1970; year <= 2050; year++) {
        total += holidays_of_year(f->computed, year, NULL, 0);
    }
    assert_int_equal(total, 1329);
}

static void a_day_answers_with_name_and_state(void **state)
{
    struct fixture *f = *state;
    struct holiday new_year = holidays_of(f->computed, bizday_of((struct civil){2026, 1, 1}));
    assert_string_equal(new_year.name, "元日");
    assert_int_equal(new_year.state, HOLIDAY_PREDICTED);
    assert_int_equal(holidays_of(f->computed, bizday_of((struct civil){2026, 1, 2})).state, HOLIDAY_NONE);
    assert_string_equal(holidays_of(f->computed, bizday_of((struct civil){2026, 9, 22})).name, "休日");
    assert_int_equal(holidays_of(f->computed, bizday_of((struct civil){1900, 1, 1})).state, HOLIDAY_NONE);
}

static const struct holidays *import(struct fixture *f, const char *csv)
{
    struct err e = {0};
    const struct holidays *holidays = NULL;
    assert_true(holidays_parse(&f->arena, csv, strlen(csv), &holidays, &e));
    return holidays;
}

static void imported_rows_win_for_their_years_only(void **state)
{
    struct fixture *f = *state;
    const struct holidays *h = import(f, "\xEF\xBB\xBF国民の祝日・休日月日,国民の祝日・休日名称\r\n\r\n"
                                         "2027/6/1,特別な日\r\n2027/1/1,元日\r\n");
    char text[400];
    assert_string_equal(year_text(h, 2027, text, sizeof(text)), "1/1 6/1");
    assert_int_equal(holidays_of(h, bizday_of((struct civil){2027, 6, 1})).state, HOLIDAY_FIXED);
    assert_string_equal(holidays_of(h, bizday_of((struct civil){2027, 6, 1})).name, "特別な日");
    assert_int_equal(holidays_of(h, bizday_of((struct civil){2027, 1, 11})).state, HOLIDAY_NONE);
    assert_int_equal(holidays_of(h, bizday_of((struct civil){2028, 1, 10})).state, HOLIDAY_PREDICTED);
}

static void heading_line_ends_and_a_last_line_without_end_are_optional(void **state)
{
    struct fixture *f = *state;
    char text[400];
    assert_string_equal(year_text(import(f, "1955/1/1,元日\n1955/1/15,成人の日"), 1955, text, sizeof(text)), "1/1 1/15");
    assert_string_equal(year_text(import(f, ""), 1948, text, sizeof(text)), "9/23 11/3 11/23");
}

static void import_fails(struct fixture *f, const char *csv, size_t n, enum err_code code, const char *args)
{
    struct err e = {0};
    const struct holidays *holidays = NULL;
    assert_false(holidays_parse(&f->arena, csv, n, &holidays, &e));
    assert_null(holidays);
    assert_int_equal(e.code, code);
    if (args) {
        assert_string_equal(e.args, args);
    }
}

static void a_bad_line_is_refused_with_its_number(void **state)
{
    static const struct {
        const char *csv, *args;
    } cases[] = {
        {"a,b\nc,d\n", "2" ARG "c,d"},
        {"2026/1/1,元日\n2026/2/29,無い日\n", "2" ARG "2026/2/29,無い日"},
        {"2026/1/1\n", "1" ARG "2026/1/1"},
        {"2026/1/1,\n", "1" ARG "2026/1/1,"},
        {"2026/13/1,x\n", "1" ARG "2026/13/1,x"},
        {"2100/1/1,x\n", "1" ARG "2100/1/1,x"},
        {"\n\n2026-01-01,x\n", "3" ARG "2026-01-01,x"},
        {"2026/1/1,\xFF\n", "1" ARG "?"},
        {"2026/1/1,a\x1f" "b\n", "1" ARG "?"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        import_fails(f, cases[i].csv, strlen(cases[i].csv), ERR_HOLIDAY_FILE, cases[i].args);
    }
    import_fails(f, "2026/1/1,a\n2026/1/2,b\n2026/01/01,c\n", 35, ERR_HOLIDAY_TWICE, "2026-01-01");
}

static void a_file_above_the_limit_is_refused_unread(void **state)
{
    struct fixture *f = *state;
    import_fails(f, "", (size_t)1024 * 1024 * 1024, ERR_TOO_LARGE, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_law_gives_the_official_table),
        cmocka_unit_test(years_of_older_and_special_laws_are_known),
        cmocka_unit_test(eighty_one_years_hold_1329_holidays),
        cmocka_unit_test(a_day_answers_with_name_and_state),
        cmocka_unit_test(imported_rows_win_for_their_years_only),
        cmocka_unit_test(heading_line_ends_and_a_last_line_without_end_are_optional),
        cmocka_unit_test(a_bad_line_is_refused_with_its_number),
        cmocka_unit_test(a_file_above_the_limit_is_refused_unread),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
