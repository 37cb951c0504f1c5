/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Definitions, registration and the plan: what is kept ahead, changed for one day, and accounted for.
 */
#include "tests/engine/kit.h"

static struct act plan_act(enum act_kind kind, const char *unit, const char *date)
{
    struct act act = act_on(kind, unit);
    act.date = day_of(date);
    return act;
}

static void occurrences_are_kept_35_days_ahead(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    assert_int_equal(stage_count(&s, TABLE_occurrence, NULL, 0), 36);
    stage_until(&s, "60:00");
    assert_int_equal(stage_count(&s, TABLE_occurrence, NULL, 0), 38);
    stage_check(&s);
    stage_close(&s);
}

static void definition_with_an_error_changes_nothing(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    struct act act = act_make(ACT_DEFINE);
    act.unit = "/";
    act.text = "unit=A,,,;{ty=n;sd=1,en;st=1,48:00;}\n";
    act.text_n = strlen(act.text);
    assert_false(stage_try(&s, act));
    assert_int_equal(stage_count(&s, TABLE_unit, NULL, 0), 0);
    act.text = net(&s, "A", 1, NO_PLAN);
    act.text_n = strlen(act.text);
    act.dry_run = true;
    stage_do(&s, act);
    assert_int_equal(stage_count(&s, TABLE_unit, NULL, 0), 0);
    act.unit = "/NONE";
    (void)stage_refuses(&s, act, "BNT0103-E");
    stage_close(&s);
}

static void run_keeps_the_version_it_started_with(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){.with_hash = true});
    define_net(&s, "A", 2, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_until(&s, "22:05");
    define_net(&s, "A", 3, EVERY_DAY("22:00"));
    stage_kill_server(&s);
    stage_until(&s, "46:40");
    assert_string_equal(stage_trace(&s, "A A3"), "22:00 A running\n22:20 A normal\n46:00 A running\n46:20 A3 queuing\n"
                                                 "46:20 A3 running\n46:30 A3 normal\n46:30 A normal\n");
    stage_check(&s);
    stage_close(&s);
}

static void start_is_moved_for_one_day(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    struct act move = plan_act(ACT_PLAN_MOVE, "/A", "2026-06-29");
    move.at = stage_instant(&s, "27:30");
    stage_do(&s, move);
    define_net(&s, "A", 1, EVERY_DAY("23:00")); /* planned anew: what a person changed stays */
    stage_kill_server(&s);
    stage_until(&s, "48:00");
    assert_string_equal(stage_trace(&s, "A"), "27:30 A running\n27:40 A normal\n47:00 A running\n47:10 A normal\n");
    move.at = stage_instant(&s, "20:00");
    move.date = day_of("2026-07-01");
    (void)stage_refuses(&s, move, "BNT0101-E"); /* the past */
    move.date = day_of("2026-06-29");
    (void)stage_refuses(&s, move, "BNT0424-E"); /* it has run */
    stage_check(&s);
    stage_close(&s);
}

static void skipped_added_and_undone(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("22:00"));
    define_net(&s, "B", 1, EVERY_DAY("22:00"));
    stage_register(&s, "/");
    stage_do(&s, plan_act(ACT_PLAN_SKIP, "/A", "2026-06-29"));
    stage_do(&s, plan_act(ACT_PLAN_SKIP, "/B", "2026-06-29"));
    stage_do(&s, plan_act(ACT_PLAN_UNDO, "/B", "2026-06-29"));
    struct act add = act_on(ACT_PLAN_ADD, "/A");
    add.at = stage_instant(&s, "23:00");
    stage_do(&s, add);
    stage_until(&s, "24:00");
    assert_string_equal(stage_trace(&s, "A B"), "22:00 B running\n22:10 B normal\n23:00 A running\n23:10 A normal\n");
    stage_check(&s);
    stage_close(&s);
}

static void held_plan_begins_held(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    struct act hold = plan_act(ACT_PLAN_HOLD, "/A", "2026-06-29");
    hold.is_on = true;
    stage_do(&s, hold);
    stage_until(&s, "22:30");
    assert_string_equal(stage_status(&s, "/A", NULL), "holding");
    stage_do(&s, act_on(ACT_RELEASE, "/A"));
    stage_until(&s, "23:00");
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    stage_close(&s);
}

static void net_registered_held_stays_held_when_it_is_planned_anew(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("22:00"));
    struct act act = act_on(ACT_REGISTER, "/A");
    act.kind = "planned";
    act.is_held = true;
    stage_do(&s, act);
    define_net(&s, "A", 1, EVERY_DAY("22:10"));
    stage_until(&s, "22:30");
    assert_string_equal(stage_status(&s, "/A", NULL), "holding");
    stage_close(&s);
}

static void passed_starts_of_today_are_accounted_for(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("18:00"));
    define_net(&s, "B", 1, EVERY_DAY("18:00"));
    stage_register(&s, "/A");
    struct act act = act_on(ACT_REGISTER, "/B");
    act.kind = "planned";
    act.is_waiting = true; /* ajsentry -s */
    stage_do(&s, act);
    stage_until(&s, "20:00");
    assert_int_equal(stage_run(&s, "/A"), 0);
    assert_string_equal(stage_status(&s, "/B", NULL), "normal");
    assert_int_equal(stage_count(&s, TABLE_occurrence, "state", 2), 1); /* skipped: before its registration */
    stage_check(&s);
    stage_close(&s);
}

static void unregistered_net_runs_no_more(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_do(&s, act_on(ACT_UNREGISTER, "/A"));
    stage_kill_server(&s);
    stage_until(&s, "48:00");
    assert_int_equal(stage_run(&s, "/A"), 0);
    stage_do(&s, act_on(ACT_DELETE, "/A"));
    (void)stage_refuses(&s, act_on(ACT_RUN, "/A"), "BNT0103-E");
    stage_check(&s);
    stage_close(&s);
}

static void net_that_waits_too_long_is_given_up(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "P", 1, NO_PLAN);
    define_net(&s, "A", 1, EVERY_DAY("22:00") "x_gate=pred(/P,month);\ncd=1;\n");
    stage_register(&s, "/A");
    stage_until(&s, "45:00");
    stage_kill_server(&s);
    stage_until(&s, "47:00");
    assert_true(stage_saw(&s, "46:00", "A", "exec-deffer"));
    stage_check(&s);
    stage_close(&s);
}

#define CALENDAR_SITE "calendars:\n  - {name: WEEK, closed_weekdays: [su, sa]}\nagents:\n  - {name: local, default: true}\n"

static struct act define_act(const char *text)
{
    struct act act = act_make(ACT_DEFINE);
    act.unit = "/";
    act.text = text;
    act.text_n = strlen(text);
    return act;
}

static void a_calendar_that_the_site_does_not_have_is_an_error(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){.site = CALENDAR_SITE, .with_hash = true});
    (void)stage_refuses(&s, define_act("unit=G,,,;\n{\nty=g;\nx_calendar=WEAK;\n}\n"), "BNT0427-E");
    stage_define(&s, "/", "unit=G,,,;{ty=g;x_calendar=WEEK;}");
    struct act site = act_make(ACT_SITE_APPLY);
    site.text = "agents:\n  - {name: local, default: true}\n";
    site.text_n = strlen(site.text);
    const char *text = stage_refuses(&s, site, "BNT0430-E"); /* G uses it */
    assert_non_null(strstr(text, "/G の x_calendar=WEEK"));
    stage_define(&s, "/", "unit=H,,,;{ty=g;x_calendar=WEEK;}"); /* the site is what it was */
    stage_check(&s);
    stage_close(&s);
}

static void a_net_whose_jc_names_nothing_is_not_registered(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){.site = CALENDAR_SITE});
    stage_define(&s, "/", net(&s, "A", 1, EVERY_DAY("22:00") "jc=/G;\n"));
    assert_non_null(strstr(s.json, "\"warnings\":1"));
    struct act act = act_on(ACT_REGISTER, "/A");
    act.kind = "planned";
    assert_non_null(strstr(stage_refuses(&s, act, "BNT0430-E"), "/A の jc=/G"));
    stage_define(&s, "/", "unit=G,,,;{ty=g;x_calendar=WEEK;}");
    stage_do(&s, act);
    stage_define(&s, "/", net(&s, "B", 1, EVERY_DAY("22:00") "jc=AJSROOT1:/G;\n"));
    assert_non_null(strstr(s.json, "\"warnings\":0"));
    stage_register(&s, "/B");
    stage_check(&s);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(occurrences_are_kept_35_days_ahead),
        cmocka_unit_test(definition_with_an_error_changes_nothing),
        cmocka_unit_test(run_keeps_the_version_it_started_with),
        cmocka_unit_test(start_is_moved_for_one_day),
        cmocka_unit_test(skipped_added_and_undone),
        cmocka_unit_test(held_plan_begins_held),
        cmocka_unit_test(net_registered_held_stays_held_when_it_is_planned_anew),
        cmocka_unit_test(passed_starts_of_today_are_accounted_for),
        cmocka_unit_test(unregistered_net_runs_no_more),
        cmocka_unit_test(net_that_waits_too_long_is_given_up),
        cmocka_unit_test(a_calendar_that_the_site_does_not_have_is_an_error),
        cmocka_unit_test(a_net_whose_jc_names_nothing_is_not_registered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
