/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedule rules by example: the reference's worked examples, the vectors of the rules of days (E-09) and the sample's
 * rules resolved for three months. Dates were worked out on paper; a trace is what an operator would read.
 */
#include "tests/unit.h"

#include <string.h>

#include "calendar/calendar.h"
#include "jobnet/schedule.h"
#include "jobnet/schedule_priv.h"

struct fixture {
    struct arena arena;
    const struct calendar *japan;   /* 本会営業日, base time 00:00 */
    const struct calendar *morning; /* the same with base time 06:00 */
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    f->japan = calendar_japan(&f->arena);
    struct calendar_level level = {.name = "/本会", .parent = f->japan, .base_time = {360}};
    f->morning = calendar_make(&f->arena, &level);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_close(&f->arena);
    test_free(f);
    return 0;
}

static struct bizday day_of(const char *text)
{
    struct bizday day = BIZDAY_NONE;
    assert_true(bizday_parse(text, &day));
    return day;
}

/* A root jobnet with these parameters ("sd=1,20;sh=1,be;"). */
static const struct unit *net_of(struct fixture *f, const char *params)
{
    struct diags diags = {0};
    const struct unit_file *file = NULL;
    const char *text = arena_printf(&f->arena, "unit=NET,,,;{ty=n;%s}", params); /* the tree borrows it */
    if (!unit_parse(&f->arena, text, strlen(text), &diags, &file)) {
        struct strbuf shown = {0};
        diags_print(&shown, &diags, "test", LANG_EN);
        print_message("%s\n%s", text, strbuf_str(&shown));
        strbuf_close(&shown);
        fail();
    }
    diags_close(&diags);
    return file->first;
}

static void trace_row(struct strbuf *into, const struct occurrence *o)
{
    char date[DATE_TEXT_MAX], time[TIME_TEXT_MAX], from[DATE_TEXT_MAX];
    const char *reason = occurrence_reason_row(o->reason)->name;
    strbuf_printf(into, "%s%s %s", into->n > 0 ? ", " : "", bizday_print(o->date, date) + 2,
                  daytime_print(o->time, time));
    if (o->rule != 1) {
        strbuf_printf(into, " rule %d", o->rule);
    }
    if (o->state == OCCURRENCE_SKIP) {
        strbuf_printf(into, " SKIP %s", reason);
    } else if (o->shifted_from.day != BIZDAY_NONE.day) {
        strbuf_printf(into, " %s %s", reason, bizday_print(o->shifted_from, from) + 2);
    } else if (o->reason != OCCURRENCE_PLANNED) {
        strbuf_printf(into, " %s", reason);
    }
}

struct planning {
    const struct calendar *calendar, *own;
    const char *registered, *from, *to, *params;
    schedule_exclusive_fn is_exclusive;
};

static const char *planned(struct fixture *f, struct planning p)
{
    struct occurrences found = {0};
    struct schedule schedule;
    struct strbuf trace = {0};
    schedule_of(&f->arena, net_of(f, p.params), &schedule);
    struct schedule_query query = {
        .calendar = p.calendar ? p.calendar : f->japan,
        .own = p.own,
        .registered = day_of(p.registered ? p.registered : "2026-04-01"),
        .from = day_of(p.from),
        .to = day_of(p.to),
        .is_exclusive_planned = p.is_exclusive,
    };
    schedule_occurrences(&schedule, &query, &found);
    for (size_t i = 0; i < found.list.n; i++) {
        const struct occurrence *o = &found.list.at[i];
        trace_row(&trace, o);
        assert_true(i == 0 || instant_before(found.list.at[i - 1].start, o->start));
    }
    const char *copy = arena_copy(&f->arena, strbuf_str(&trace));
    strbuf_close(&trace);
    vec_close(&found.list);
    return copy;
}
#define PLANNED(f, ...) planned((f), (struct planning){__VA_ARGS__})
#define JUNE .from = "2026-06-01", .to = "2026-06-30"

/* Closed on the days given, open otherwise. */
static const struct calendar *closed_on(struct fixture *f, const char *const *days, size_t count)
{
    struct calendar_date *dates = arena_array(&f->arena, struct calendar_date, count);
    for (size_t i = 0; i < count; i++) {
        dates[i] = (struct calendar_date){day_of(days[i]), DAY_CLOSED};
    }
    struct calendar_level level = {.name = "test", .dates = dates, .date_count = count, .base_time = DAYTIME_NONE};
    return calendar_make(&f->arena, &level);
}

static void the_first_worked_example_of_start_days_holds(void **state)
{
    struct fixture *f = *state;
    static const char *const long_weekend[] = {"2026-06-13", "2026-06-14"};
    const char *rule = "sd=1,15;cy=1,(1,m);sh=1,be;cftd=1,be,2;";
    /* 15 Friday -> 13; 15 Saturday -> pay day 14 -> run 12; 15 Monday with 13 and 14 closed -> 11 */
    assert_string_equal(PLANNED(f, .params = rule, .from = "2026-05-01", .to = "2026-05-31"),
                        "26-05-13 00:00 offset-open-days 26-05-15");
    assert_string_equal(PLANNED(f, .params = rule, .from = "2026-08-01", .to = "2026-08-31"),
                        "26-08-12 00:00 offset-open-days 26-08-15");
    assert_string_equal(PLANNED(f, .params = rule, JUNE, .calendar = closed_on(f, long_weekend, 2)),
                        "26-06-11 00:00 offset-open-days 26-06-15");
}

static void the_second_worked_example_of_start_days_holds(void **state)
{
    assert_string_equal(PLANNED(*state, .params = "sd=1,21;cy=1,(1,m);sh=1,af;cftd=1,af,1;", JUNE),
                        "26-06-23 00:00 offset-open-days 26-06-21");
}

static void a_start_before_the_base_time_is_the_next_civil_morning(void **state)
{
    struct fixture *f = *state;
    struct occurrences found = {0};
    struct schedule schedule;
    struct calendar_level level = {.name = "8", .parent = f->japan, .base_time = {480}};
    schedule_of(&f->arena, net_of(f, "sd=1,2026/06/05;st=1,01:00;"), &schedule);
    struct schedule_query query = {.calendar = calendar_make(&f->arena, &level),
                                   .registered = day_of("2026-06-01"),
                                   .from = day_of("2026-06-05"),
                                   .to = day_of("2026-06-05")};
    schedule_occurrences(&schedule, &query, &found);
    struct instant expected;
    assert_true(instant_parse("2026-06-06T01:00+09:00", &expected)); /* Saturday morning, still Friday's business day */
    assert_int_equal(found.list.n, 1);
    assert_int_equal(found.list.at[0].start.ms, expected.ms);
    assert_int_equal(found.list.at[0].time.minute, 25 * 60);
    vec_close(&found.list);
}

static void a_time_above_24_hours_keeps_its_own_days_state(void **state)
{
    struct fixture *f = *state;
    /* Friday 25:00 runs on Saturday morning, Sunday 25:00 does not run on Monday */
    assert_string_equal(PLANNED(f, .params = "sd=1,en;cy=1,(1,d);st=1,25:00;sh=1,ca;", .registered = "2026-06-01",
                                .from = "2026-06-05", .to = "2026-06-08"),
                        "26-06-05 25:00, 26-06-06 25:00 SKIP closed-day, 26-06-07 25:00 SKIP closed-day, 26-06-08 25:00");
    assert_string_equal(PLANNED(f, .params = "sd=1,2026/6/5;st=1,47:59;", .from = "2026-06-05", .to = "2026-06-05"),
                        "26-06-05 47:59");
}

static void relative_times_count_from_the_base_time(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(PLANNED(f, .params = "sd=1,5;st=1,+01:30;", JUNE, .calendar = f->morning,
                                .registered = "2026-06-01"),
                        "26-06-05 07:30");
    assert_string_equal(PLANNED(f, .params = "sd=1,5;", JUNE, .calendar = f->morning, .registered = "2026-06-01"),
                        "26-06-05 06:00");
    assert_string_equal(PLANNED(f, .params = "sd=1,5;st=1, 12:10;", JUNE, .calendar = f->morning,
                                .registered = "2026-06-01"),
                        "26-06-05 12:10");
}

static void two_rules_at_one_instant_run_once_under_the_lower_number(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(PLANNED(f, .params = "sd=2,12;st=2,10:00;cy=2,(1,m);sd=1,fr:2;st=1,10:00;cy=1,(1,m);", JUNE),
                        "26-06-12 10:00");
    assert_string_equal(PLANNED(f, .params = "sd=1,12;st=1,10:00;cy=1,(1,m);sd=7,12;st=7,09:00;cy=7,(1,m);", JUNE),
                        "26-06-12 09:00 rule 7, 26-06-12 10:00");
    /* Thursday 25:00 and Friday 01:00 are one instant on two execution dates */
    const char *both = "sd=1,11;st=1,25:00;cy=1,(1,m);sd=2,12;st=2,01:00;cy=2,(1,m);";
    assert_string_equal(PLANNED(f, .params = both, JUNE), "26-06-11 25:00");
    assert_string_equal(PLANNED(f, .params = both, .from = "2026-06-12", .to = "2026-06-12"), "");
}

static void a_skip_never_hides_a_run(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(PLANNED(f, .params = "sd=1,13;sh=1,ca;cy=1,(1,m);sd=2,13;sh=2,no;cy=2,(1,m);", JUNE),
                        "26-06-13 00:00 rule 2 on-closed-day");
}

static void days_moved_to_one_instant_run_once(void **state)
{
    assert_string_equal(PLANNED(*state, .params = "sd=1,en;cy=1,(1,d);sh=1,af;", .registered = "2026-06-01",
                                .from = "2026-06-05", .to = "2026-06-09"),
                        "26-06-05 00:00, 26-06-08 00:00, 26-06-09 00:00");
}

static void a_missing_plain_day_is_the_last_day_and_other_missing_days_are_skipped(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(PLANNED(f, .params = "sd=1,31;cy=1,(1,m);sh=1,no;", .from = "2027-02-01", .to = "2027-04-30"),
                        "27-02-28 00:00 on-closed-day, 27-03-31 00:00, 27-04-30 00:00 last-day");
    assert_string_equal(PLANNED(f, .params = "sd=1,mo:5;cy=1,(1,m);sh=1,no;", .from = "2026-05-01", .to = "2026-07-31"),
                        "26-05-31 00:00 SKIP no-such-day, 26-06-29 00:00, 26-07-31 00:00 SKIP no-such-day");
    assert_string_equal(PLANNED(f, .params = "sd=1,*22;cy=1,(1,m);", .from = "2026-05-01", .to = "2026-06-30"),
                        "26-05-31 00:00 SKIP no-such-day, 26-06-30 00:00");
    assert_string_equal(PLANNED(f, .params = "sd=1,2/b-30;", .registered = "2027-01-01", .from = "2027-02-01",
                                .to = "2027-02-28"),
                        "27-02-28 00:00 SKIP no-such-day");
    assert_string_equal(PLANNED(f, .params = "sd=1,2/29;cy=1,(1,y);sh=1,no;", .from = "2027-01-01", .to = "2028-12-31"),
                        "27-02-28 00:00 on-closed-day, 28-02-29 00:00");
}

static void a_day_with_no_open_day_near_is_skipped_with_its_reason(void **state)
{
    struct fixture *f = *state; /* 2026-09-21..23 are closed, and the weekend before */
    assert_string_equal(PLANNED(f, .params = "sd=1,21;cy=1,(1,m);sh=1,af;", .from = "2026-09-01", .to = "2026-09-30"),
                        "26-09-21 00:00 SKIP no-open-day");
    assert_string_equal(PLANNED(f, .params = "sd=1,21;cy=1,(1,m);sh=1,af;shd=1,3;", .from = "2026-09-01",
                                .to = "2026-09-30"),
                        "26-09-24 00:00 moved-after 26-09-21");
    assert_string_equal(PLANNED(f, .params = "sd=1,18;cy=1,(1,m);cftd=1,af,1,5;", .from = "2026-09-01",
                                .to = "2026-09-30"),
                        "26-09-18 00:00 SKIP offset-beyond-max");
    assert_string_equal(PLANNED(f, .params = "sd=1,18;cy=1,(1,m);cftd=1,af,1,6;", .from = "2026-09-01",
                                .to = "2026-09-30"),
                        "26-09-24 00:00 offset-open-days 26-09-18");
}

static void calendar_day_offsets_do_not_look_at_open_days(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(PLANNED(f, .params = "sd=1,12;cy=1,(1,m);cftd=1,da,1;", JUNE),
                        "26-06-13 00:00 offset-calendar-days 26-06-12");
    assert_string_equal(PLANNED(f, .params = "sd=1,15;cy=1,(1,m);cftd=1,db,2;", JUNE),
                        "26-06-13 00:00 offset-calendar-days 26-06-15");
}

static void cycles_keep_the_phase_of_the_registration_day(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(PLANNED(f, .params = "sd=1,en;cy=1,(10,d);sh=1,no;", .registered = "2026-05-25", JUNE),
                        "26-06-04 00:00, 26-06-14 00:00 on-closed-day, 26-06-24 00:00");
    assert_string_equal(PLANNED(f, .params = "sd=1,we;cy=1,(2,w);", .registered = "2026-05-25", JUNE),
                        "26-06-10 00:00, 26-06-24 00:00"); /* first 05-27 */
    assert_string_equal(PLANNED(f, .params = "sd=1,*1;cy=1,(10,d);", .registered = "2026-06-01", JUNE),
                        "26-06-01 00:00, 26-06-15 00:00, 26-06-29 00:00"); /* open days 1, 11, 21 */
    assert_string_equal(PLANNED(f, .params = "sd=1,@1;cy=1,(3,d);sh=1,no;", .registered = "2026-06-01", JUNE),
                        "26-06-06 00:00 on-closed-day, 26-06-14 00:00 on-closed-day, 26-06-27 00:00 on-closed-day");
    assert_string_equal(PLANNED(f, .params = "sd=1,2026/04/*12;cy=1,(2,m);", .from = "2026-04-01", .to = "2026-09-30"),
                        "26-04-16 00:00, 26-06-16 00:00, 26-08-19 00:00");
    assert_string_equal(PLANNED(f, .params = "sd=1,3/31;cy=1,(1,y);sh=1,be;", .registered = "2026-04-01",
                                .from = "2026-01-01", .to = "2028-12-31"),
                        "27-03-31 00:00, 28-03-31 00:00");
}

static void days_before_the_registration_and_after_the_end_are_not_listed(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(PLANNED(f, .params = "sd=1,5;", .registered = "2026-06-10", JUNE), "");
    assert_string_equal(PLANNED(f, .params = "sd=1,5;cy=1,(1,m);ed=2026/07/05;", .registered = "2026-06-10",
                                .from = "2026-06-01", .to = "2026-12-31"),
                        "26-07-05 00:00 SKIP closed-day"); /* a Sunday */
    assert_string_equal(PLANNED(f, .params = "sd=1,3;cy=1,(1,m);ed=2026/08/02;", .registered = "2026-06-10",
                                .from = "2026-06-01", .to = "2026-12-31"),
                        "26-07-03 00:00");
    assert_string_equal(PLANNED(f, .params = "sd=1,en;", .registered = "2026-06-10", JUNE), "26-06-10 00:00");
    assert_string_equal(PLANNED(f, .params = "", .registered = "2026-06-10", JUNE), "26-06-10 00:00");
    assert_string_equal(PLANNED(f, .params = "sd=0,ud;", .registered = "2026-06-10", JUNE), "");
}

static bool planned_on_weekdays(void *data, const char *name, struct bizday day)
{
    assert_string_equal(name, "JN305A");
    return bizday_weekday(day) != WEEKDAY_SU && bizday_weekday(day) != WEEKDAY_SA;
}

static void a_day_of_the_exclusive_jobnet_is_skipped(void **state)
{
    struct fixture *f = *state;
    const char *params = "sd=1,13;cy=1,(1,m);sh=1,no;st=1,09:00;ejn=JN305A;";
    assert_string_equal(PLANNED(f, .params = params, JUNE, .is_exclusive = planned_on_weekdays),
                        "26-06-13 09:00 on-closed-day");
    assert_string_equal(PLANNED(f, .params = params, .from = "2027-01-01", .to = "2027-01-31",
                                .is_exclusive = planned_on_weekdays),
                        "27-01-13 09:00 SKIP exclusive-planned");
}

static void operational_months_follow_the_base_day_of_the_own_group(void **state)
{
    struct fixture *f = *state;
    struct calendar_level level = {
        .name = "21", .parent = f->japan, .base_day = 21, .month_mode = MONTH_THIS, .base_time = DAYTIME_NONE};
    const struct calendar *this_month = calendar_make(&f->arena, &level);
    level.month_mode = MONTH_NEXT;
    const struct calendar *next_month = calendar_make(&f->arena, &level);
    /* June is 06-21..07-20, or 05-21..06-20 */
    assert_string_equal(PLANNED(f, .params = "sd=1,2026/06/+3;", .calendar = this_month, .from = "2026-05-01",
                                .to = "2026-08-31"),
                        "26-06-23 00:00");
    assert_string_equal(PLANNED(f, .params = "sd=1,2026/06/+b;sh=1,no;", .calendar = next_month, .from = "2026-05-01",
                                .to = "2026-08-31"),
                        "26-06-20 00:00 on-closed-day");
    assert_string_equal(PLANNED(f, .params = "sd=1,2026/06/*1;", .calendar = next_month, .from = "2026-05-01",
                                .to = "2026-08-31"),
                        "26-05-21 00:00");
    assert_string_equal(PLANNED(f, .params = "sd=1,2026/06/+mo:2;", .calendar = next_month, .from = "2026-05-01",
                                .to = "2026-08-31"),
                        "26-06-01 00:00"); /* Mondays from 05-21: 25, 1 */
    /* jc= gives open and closed days only */
    assert_string_equal(PLANNED(f, .params = "sd=1,2026/06/*1;st=1,+01:00;", .calendar = next_month, .own = f->morning,
                                .from = "2026-05-01", .to = "2026-08-31"),
                        "26-06-01 07:00");
}

static void nested_jobnets_have_rules_only_when_they_say_so(void **state)
{
    struct fixture *f = *state;
    struct schedule schedule;
    const struct unit *outer =
        net_of(f, "sd=1,5;unit=A,,,;{ty=n;de=n;sd=1,5;ln=1,3;}unit=B,,,;{ty=n;sd=1,5;}unit=C,,,;{ty=n;de=n;}");
    schedule_of(&f->arena, outer->first_child, &schedule);
    assert_int_equal(schedule.rule_count, 1);
    assert_int_equal(schedule.rules[0].parent_rule, 3);
    schedule_of(&f->arena, outer->first_child->next_sibling, &schedule);
    assert_int_equal(schedule.rule_count, 0);
    schedule_of(&f->arena, outer->last_child, &schedule);
    assert_int_equal(schedule.rule_count, 0);
    assert_false(schedule.is_implicit);
}

static void all_parameters_of_a_rule_are_read(void **state)
{
    struct fixture *f = *state;
    struct schedule schedule;
    schedule_of(&f->arena,
                net_of(f, "sd=144,*b-3;st=144,+01:00;cy=144,(2,m);sh=144,af;shd=144,31;cftd=144,da,3,4;sy=144,31:00;"
                          "ey=144,C30;wc=144,un;wt=144,90;ed=2027/03/31;sd=2,en;"),
                &schedule);
    assert_int_equal(schedule.rule_count, 2);
    assert_int_equal(schedule.rules[0].number, 2);
    const struct schedule_rule *rule = &schedule.rules[1];
    assert_int_equal(rule->number, 144);
    assert_int_equal(rule->date.kind, DATE_OPEN);
    assert_true(rule->date.is_last);
    assert_int_equal(rule->date.day, 3);
    assert_int_equal(rule->date.substitute, SHIFT_AFTER);
    assert_int_equal(rule->date.substitute_days, 31);
    assert_int_equal(rule->date.offset, SHIFT_DAYS_AFTER);
    assert_int_equal(rule->date.offset_days_max, 4);
    assert_int_equal(rule->cycle, CYCLE_MONTH);
    assert_int_equal(rule->start_delay.base, DELAY_ABSOLUTE);
    assert_int_equal(rule->start_delay.minutes, 1860);
    assert_int_equal(rule->end_delay.base, DELAY_OWN);
    assert_int_equal(rule->end_delay.minutes, 30);
    assert_int_equal(rule->watch_count, WATCH_COUNT_UNLIMITED);
    assert_int_equal(rule->watch, WATCH_MINUTES);
    assert_int_equal(rule->watch_minutes, 90);
    assert_int_equal(schedule.end.day, day_of("2027-03-31").day);
}

static struct instant instant_of(const char *text)
{
    struct instant at = {0};
    assert_true(instant_parse(text, &at));
    return at;
}

static void delays_are_counted_from_the_day_or_a_planned_start(void **state)
{
    struct fixture *f = *state;
    struct bizday date = day_of("2026-06-29");
    struct delay_starts planned = {instant_of("2026-06-29T22:00+09:00"), instant_of("2026-06-29T22:10+09:00"),
                                   instant_of("2026-06-29T22:30+09:00")};
    static const struct {
        struct delay_limit limit;
        const char *expected;
    } rows[] = {
        {{DELAY_ABSOLUTE, 31 * 60}, "2026-06-30T07:00+09:00"}, {{DELAY_ABSOLUTE, 23 * 60}, "2026-06-29T23:00+09:00"},
        {{DELAY_ABSOLUTE, 5 * 60}, "2026-06-30T05:00+09:00"},  {{DELAY_ROOT, 30}, "2026-06-29T22:30+09:00"},
        {{DELAY_UPPER, 30}, "2026-06-29T22:40+09:00"},         {{DELAY_OWN, 30}, "2026-06-29T23:00+09:00"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct instant found = delay_instant(&rows[i].limit, f->morning, date, &planned);
        assert_int_equal(found.ms, instant_of(rows[i].expected).ms);
    }
    struct delay_limit none = {0};
    assert_int_equal(delay_instant(&none, f->morning, date, &planned).ms, INSTANT_NEVER.ms);
}

static void every_form_of_value_is_accepted(void **state)
{
    static const char *const good[][2] = {
        {"sd", "en"}, {"sd", "1,en"}, {"sd", "0,ud"}, {"sd", "144,2036/12/31"}, {"sd", "1,2/29"}, {"sd", "+35"},
        {"sd", "12/*35"}, {"sd", "@1"}, {"sd", "b"}, {"sd", "b-30"}, {"sd", "2026/06/*b-34"}, {"sd", "@b"},
        {"sd", "+b-2"}, {"sd", "we"}, {"sd", "6/mo:5"}, {"sd", "+fr:b"}, {"sd", "2026/06/*10"}, {"sd", " 1 , 20 "},
        {"st", "00:00"}, {"st", "47:59"}, {"st", "1,+47:59"}, {"st", "9:05"}, {"cy", "(9,y)"}, {"cy", "(12,m)"},
        {"cy", "1,(5,w)"}, {"cy", "( 31 , d )"}, {"sh", "be"}, {"sh", "2,no"}, {"shd", "31"}, {"shd", "144,1"},
        {"cftd", "no"}, {"cftd", "1,be"}, {"cftd", "be,31,31"}, {"cftd", "1,da,3"}, {"sy", "47:59"}, {"sy", "1,M2879"},
        {"ey", "C1"}, {"ey", "U10"}, {"ln", "144"}, {"ln", "1,2"}, {"wc", "999"}, {"wc", "1,un"}, {"wt", "2879"},
        {"wt", "1,47:59"}, {"wt", "no"}, {"ed", "2036/12/31"}, {"ty", "anything"},
    };
    for (size_t i = 0; i < COUNT(good); i++) {
        const char *why = "";
        if (!schedule_value_check(good[i][0], str_of(good[i][1]), &why)) {
            fail_msg("%s=%s: %s", good[i][0], good[i][1], why);
        }
    }
}

static void every_value_outside_its_range_is_refused(void **state)
{
    static const char *const bad[][2] = {
        {"sd", ""}, {"sd", "0"}, {"sd", "32"}, {"sd", "+36"}, {"sd", "*0"}, {"sd", "145,1"}, {"sd", "0,en"},
        {"sd", "1,ud"}, {"sd", "ud"}, {"sd", "13/1"}, {"sd", "0/1"}, {"sd", "2/30"}, {"sd", "2027/2/29"},
        {"sd", "1993/1/1"}, {"sd", "2037/1/1"}, {"sd", "b-31"}, {"sd", "*b-35"}, {"sd", "*mo"}, {"sd", "mo:6"},
        {"sd", "mo:0"}, {"sd", "xx"}, {"sd", "1/2/3/4"}, {"sd", "-1"}, {"sd", "1,,2"}, {"sd", "b+1"}, {"st", "48:00"},
        {"st", "24:60"}, {"st", "24"}, {"st", "1,"}, {"st", "-1:00"}, {"st", "0,10:00"}, {"st", "10:5"}, {"cy", "(10,y)"},
        {"cy", "(13,m)"}, {"cy", "(6,w)"}, {"cy", "(32,d)"}, {"cy", "(0,d)"}, {"cy", "1,d"}, {"cy", "(1,h)"},
        {"sh", "xx"}, {"sh", "db"}, {"shd", "0"}, {"shd", "32"}, {"cftd", "be,0"}, {"cftd", "be,32"},
        {"cftd", "be,1,32"}, {"cftd", "ca"}, {"cftd", "be,"}, {"sy", "48:00"}, {"sy", "M0"}, {"sy", "M2880"},
        {"sy", "30"}, {"ln", "0"}, {"ln", "145"}, {"wc", "0"}, {"wc", "1000"}, {"wt", "0"}, {"wt", "2880"},
        {"wt", "48:00"}, {"ed", "2026/02/30"}, {"ed", "2026"}, {"ed", "1,2026/02/03"}, {"ed", "2037/01/01"},
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *why = NULL;
        if (schedule_value_check(bad[i][0], str_of(bad[i][1]), &why)) {
            fail_msg("%s=%s was accepted", bad[i][0], bad[i][1]);
        }
        assert_non_null(why);
    }
}

/* The day in each of the months 2026-06, 2026-09 and 2027-01; 0 = none. */
static void the_rules_of_the_sample_fall_on_the_days_of_its_calendar(void **state)
{
    static const struct {
        const char *what, *params;
        int june, september, january;
    } rows[] = {
        {"20日P", "sd=20;cy=(1,m);sh=be;shd=7;", 19, 18, 20},
        {"5日F", "sd=5;cy=(1,m);sh=af;shd=7;", 5, 7, 5},
        {"12日E", "sd=12;cy=(1,m);sh=no;", 12, 12, 12},
        {"13日E", "sd=13;cy=(1,m);sh=no;", 13, 13, 13},
        {"13日N", "sd=13;cy=(1,m);sh=ca;", 0, 0, 13},
        {"第12営業日", "sd=*12;cy=(1,m);", 16, 16, 20},
        {"21日F", "sd=21;cy=(1,m);sh=af;shd=7;", 22, 24, 21},
        {"月末営業日-3", "sd=*b-3;cy=(1,m);", 25, 25, 26},
        {"月末営業日-1", "sd=*b-1;cy=(1,m);", 29, 29, 28},
        {"月末営業日", "sd=*b;cy=(1,m);", 30, 30, 29},
        {"第2営業日", "sd=*2;cy=(1,m);", 2, 2, 5},
        {"第4営業日", "sd=*4;cy=(1,m);", 4, 4, 7},
        {"支払日-4営業日", "sd=20;cy=(1,m);sh=be;shd=7;cftd=be,4,20;", 15, 14, 14},
        {"第5営業日", "sd=*5;cy=(1,m);", 5, 7, 8},
        {"第9営業日", "sd=*9;cy=(1,m);", 11, 11, 15},
        {"偶数月 第12営業日", "sd=2026/04/*12;cy=(2,m);", 16, 0, 0},
        {"第8営業日", "sd=*8;cy=(1,m);", 10, 10, 14},
        {"第15営業日", "sd=*15;cy=(1,m);", 19, 24, 25},
        {"11日F", "sd=11;cy=(1,m);sh=af;shd=7;", 11, 11, 12},
        {"26日F", "sd=26;cy=(1,m);sh=af;shd=7;", 26, 28, 26},
        {"第1日曜", "sd=su:1;cy=(1,m);sh=no;", 7, 6, 3},
        {"最終日曜", "sd=su:b;cy=(1,m);sh=no;", 28, 27, 31},
        {"3/31P", "sd=3/31;cy=(1,y);sh=be;shd=7;", 0, 0, 0},
    };
    static const char *const months[][2] = {
        {"2026-06-01", "2026-06-30"}, {"2026-09-01", "2026-09-30"}, {"2027-01-01", "2027-01-31"}};
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const int days[] = {rows[i].june, rows[i].september, rows[i].january};
        struct schedule schedule;
        schedule_of(&f->arena, net_of(f, rows[i].params), &schedule);
        for (size_t m = 0; m < COUNT(months); m++) {
            struct occurrences found = {0};
            struct schedule_query query = {.calendar = f->morning,
                                           .registered = day_of("2026-04-01"),
                                           .from = day_of(months[m][0]),
                                           .to = day_of(months[m][1])};
            schedule_occurrences(&schedule, &query, &found);
            int day = 0;
            for (size_t o = 0; o < found.list.n; o++) {
                day = found.list.at[o].state == OCCURRENCE_RUN ? bizday_civil(found.list.at[o].date).day : day;
            }
            if (day != days[m]) {
                fail_msg("%s from %s: %d, not %d", rows[i].what, months[m][0], day, days[m]);
            }
            vec_close(&found.list);
        }
    }
}

static void nth_open_days_agree_with_the_published_table(void **state)
{
    static const int nth[] = {1, 2, 3, 5, 10};
    static const struct {
        int year, month, days[5];
    } rows[] = {
        {2026, 5, {1, 7, 8, 12, 19}}, {2026, 6, {1, 2, 3, 5, 12}}, {2026, 9, {1, 2, 3, 7, 14}},
        {2027, 1, {4, 5, 6, 8, 18}},  {2027, 5, {6, 7, 10, 12, 19}}, {2028, 1, {4, 5, 6, 11, 18}},
    };
    static const struct {
        int year, month, day;
    } last[] = {{2026, 5, 29}, {2026, 12, 28}, {2027, 1, 29}, {2027, 10, 29}, {2028, 2, 29}},
      pay[] = {{2026, 6, 19}, {2026, 7, 17}, {2026, 9, 18}, {2026, 12, 18}, {2027, 2, 19}, {2027, 3, 19}, {2028, 3, 17}};
    struct fixture *f = *state;
    struct date_rule rule;
    const char *why;
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t k = 0; k < COUNT(nth); k++) {
            assert_true(date_rule_parse(STR("*1"), &rule, &why));
            rule.day = nth[k];
            struct bizday found = date_rule_resolve(&rule, f->japan, bizday_of((struct civil){rows[i].year, rows[i].month, 15}));
            assert_int_equal(found.day, bizday_of((struct civil){rows[i].year, rows[i].month, rows[i].days[k]}).day);
        }
    }
    for (size_t i = 0; i < COUNT(last); i++) {
        assert_true(date_rule_parse(STR("*b"), &rule, &why));
        struct bizday found = date_rule_resolve(&rule, f->japan, bizday_of((struct civil){last[i].year, last[i].month, 1}));
        assert_int_equal(bizday_civil(found).day, last[i].day);
    }
    for (size_t i = 0; i < COUNT(pay); i++) {
        assert_true(date_rule_parse(STR("20"), &rule, &why));
        assert_true(day_substitute_parse(STR("be"), &rule.substitute, &why));
        rule.substitute_days = 7; /* 2028-03-18..20 are closed: two days would not reach */
        struct bizday found = date_rule_resolve(&rule, f->japan, bizday_of((struct civil){pay[i].year, pay[i].month, 28}));
        assert_int_equal(bizday_civil(found).day, pay[i].day);
    }
}

/* The codes of the messages about these parameters, in order. */
static const char *checked(struct fixture *f, const char *params)
{
    struct diags diags = {0};
    struct strbuf text = {0};
    schedule_net_check(net_of(f, params), "/NET", &diags);
    for (size_t i = 0; i < diags.list.n; i++) {
        strbuf_printf(&text, "%s%s", i ? " " : "", message_of(diags.list.at[i].code)->id);
    }
    const char *copy = arena_copy(&f->arena, strbuf_str(&text));
    strbuf_close(&text);
    diags_close(&diags);
    return copy;
}

static void parameters_that_do_not_fit_together_are_told(void **state)
{
    struct fixture *f = *state;
    assert_string_equal(checked(f, "sd=1,5;st=1,10:00;cy=1,(1,m);"), "");
    assert_string_equal(checked(f, ""), "");
    assert_string_equal(checked(f, "st=10:00;"), "");
    assert_string_equal(checked(f, "sd=1,5;st=2,10:00;"), "BNT0330-W");
    assert_string_equal(checked(f, "sd=1,31;cy=1,(1,m);"), "BNT0331-W");
    assert_string_equal(checked(f, "sd=1,5;wc=1,3;"), "BNT0332-W");
    assert_string_equal(checked(f, "sd=1,5;wc=1,3;wt=1,30;"), "");
    assert_string_equal(checked(f, "sd=1,5;sy=1,M30;"), "BNT0333-W");
    assert_string_equal(checked(f, "sd=0,ud;"), "");
    assert_string_equal(checked(f, "sd=0,ud;sd=1,5;"), "BNT0334-W");
}

static void words_of_dates_survive_printing(void **state)
{
    static const char *const texts[] = {"en", "05", "2026/06/*10", "06/b-3", "+b", "@b-2", "+fr:b", "mo", "12/we:3"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct date_rule rule;
        struct strbuf text = {0};
        const char *why;
        assert_true(date_rule_parse(str_of(texts[i]), &rule, &why));
        date_rule_print(&text, &rule);
        assert_string_equal(strbuf_str(&text), texts[i]);
        strbuf_close(&text);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_first_worked_example_of_start_days_holds),
        CASE(the_second_worked_example_of_start_days_holds),
        CASE(a_start_before_the_base_time_is_the_next_civil_morning),
        CASE(a_time_above_24_hours_keeps_its_own_days_state),
        CASE(relative_times_count_from_the_base_time),
        CASE(two_rules_at_one_instant_run_once_under_the_lower_number),
        CASE(a_skip_never_hides_a_run),
        CASE(days_moved_to_one_instant_run_once),
        CASE(a_missing_plain_day_is_the_last_day_and_other_missing_days_are_skipped),
        CASE(a_day_with_no_open_day_near_is_skipped_with_its_reason),
        CASE(calendar_day_offsets_do_not_look_at_open_days),
        CASE(cycles_keep_the_phase_of_the_registration_day),
        CASE(days_before_the_registration_and_after_the_end_are_not_listed),
        CASE(a_day_of_the_exclusive_jobnet_is_skipped),
        CASE(operational_months_follow_the_base_day_of_the_own_group),
        CASE(nested_jobnets_have_rules_only_when_they_say_so),
        CASE(all_parameters_of_a_rule_are_read),
        CASE(delays_are_counted_from_the_day_or_a_planned_start),
        CASE(every_form_of_value_is_accepted),
        CASE(every_value_outside_its_range_is_refused),
        CASE(the_rules_of_the_sample_fall_on_the_days_of_its_calendar),
        CASE(nth_open_days_agree_with_the_published_table),
        CASE(parameters_that_do_not_fit_together_are_told),
        CASE(words_of_dates_survive_printing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
