/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timeline over a small file: who is planned when, exclusive jobnets beside each other, deadlines, order by start.
 */
#include "tests/unit.h"

#include <string.h>

#include "calendar/calendar.h"
#include "plan/timeline.h"

static const char definition[] =
    "unit=HON,,,;{ty=g;\n"
    "unit=JN305A,,,;{ty=n;\nsd=1,13;cy=1,(1,m);sh=1,ca;st=1,22:10;\nx_deadline=(14),24:00;\n}\n"
    "unit=JN305B,,,;{ty=n;\nsd=1,13;cy=1,(1,m);sh=1,no;st=1,09:00;\nejn=JN305A;x_deadline=(14),24:00;\n"
    "unit=inner,,,;{ty=n;de=n;sd=1,1;}\n}\n"
    "unit=S,,,;{ty=g;\nunit=JN101,,,;{ty=n;\nsd=1,*1;cy=1,(1,d);st=1,07:40;\n}\n}\n"
    "unit=OFF,,,;{ty=n;\nsd=1,*1;cy=1,(1,d);\n}\n}\n";

struct fixture {
    struct arena arena;
    struct diags diags;
    const struct unit_file *file;
    const struct calendar *calendar;
    struct timeline timeline;
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    struct calendar_level level = {.name = "/HON", .parent = calendar_japan(&f->arena), .base_time = {360}};
    f->calendar = calendar_make(&f->arena, &level);
    assert_true(unit_parse(&f->arena, definition, sizeof definition - 1, &f->diags, &f->file));
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    timeline_close(&f->timeline);
    diags_close(&f->diags);
    arena_close(&f->arena);
    test_free(f);
    return 0;
}

static void net_of(void *data, const struct unit *net, struct timeline_net *ret)
{
    const struct fixture *f = data;
    struct bizday registered = bizday_of((struct civil){2026, 4, 1});
    *ret = (struct timeline_net){.calendar = f->calendar,
                                 .registered = str_equal(net->name, "OFF") ? BIZDAY_NONE : registered};
}

static const char *plan(struct fixture *f, struct civil from, struct civil to, const char *only)
{
    struct strbuf text = {0};
    struct timeline_query query = {.from = bizday_of(from),
                                   .to = bizday_of(to),
                                   .only = only ? unit_find(f->file, only) : NULL,
                                   .net_of = net_of,
                                   .data = f};
    timeline_close(&f->timeline);
    timeline_make(&f->arena, f->file, &query, &f->timeline);
    for (size_t i = 0; i < f->timeline.rows.n; i++) {
        const struct timeline_row *row = &f->timeline.rows.at[i];
        char date[DATE_TEXT_MAX], time[TIME_TEXT_MAX];
        strbuf_printf(&text, "%s%s %s %s", i ? ", " : "", row->net->name, bizday_print(row->occurrence.date, date) + 5,
                      daytime_print(row->occurrence.time, time));
        if (row->occurrence.state == OCCURRENCE_SKIP) {
            strbuf_printf(&text, " %s", occurrence_reason_row(row->occurrence.reason)->name);
        }
    }
    const char *copy = arena_copy(&f->arena, strbuf_str(&text));
    strbuf_close(&text);
    return copy;
}

static void a_net_gives_way_to_the_exclusive_net_beside_it(void **state)
{
    struct fixture *f = *state;
    struct civil june = {2026, 6, 13}, january = {2027, 1, 13};
    assert_string_equal(plan(f, june, june, NULL), "JN305A 06-13 22:10 closed-day, JN305B 06-13 09:00");
    assert_int_equal(f->timeline.net_count, 3);
    assert_int_equal(f->timeline.run_count, 1);
    assert_int_equal(f->timeline.skip_count, 1);
    assert_string_equal(plan(f, january, january, NULL),
                        "JN305A 01-13 22:10, JN305B 01-13 09:00 exclusive-planned, JN101 01-13 07:40");
}

static void deadlines_are_made_with_the_plan(void **state)
{
    struct fixture *f = *state;
    struct instant expected;
    (void)plan(f, (struct civil){2026, 6, 13}, (struct civil){2026, 6, 13}, NULL);
    assert_true(instant_parse("2026-06-15T00:00+09:00", &expected));
    assert_int_equal(f->timeline.rows.at[0].deadline.ms, INSTANT_NEVER.ms);
    assert_int_equal(f->timeline.rows.at[1].deadline.ms, expected.ms);
}

static void one_group_or_net_can_be_asked_for(void **state)
{
    struct fixture *f = *state;
    struct civil from = {2026, 6, 12}, to = {2026, 6, 15};
    assert_string_equal(plan(f, from, to, "/HON/S"), "JN101 06-12 07:40, JN101 06-15 07:40");
    assert_string_equal(plan(f, from, to, "/HON/JN305B"), "JN305B 06-13 09:00");
    assert_string_equal(plan(f, from, to, "/HON/OFF"), "");
}

static void rows_can_be_ordered_by_start(void **state)
{
    struct fixture *f = *state;
    (void)plan(f, (struct civil){2027, 1, 12}, (struct civil){2027, 1, 14}, NULL);
    timeline_sort(&f->timeline);
    assert_int_equal(f->timeline.rows.n, 5);
    assert_string_equal(f->timeline.rows.at[0].net->name, "JN101");
    assert_string_equal(f->timeline.rows.at[2].net->name, "JN305B");
    assert_string_equal(f->timeline.rows.at[3].net->name, "JN305A");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_net_gives_way_to_the_exclusive_net_beside_it),
        CASE(deadlines_are_made_with_the_plan),
        CASE(one_group_or_net_can_be_asked_for),
        CASE(rows_can_be_ordered_by_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
