/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions of the client: of a kind, about a thing, used once (E-06, E-13, opening over a running net).
 */
#include "tests/engine/kit.h"

/* A holds the group's lock for ten minutes from 22:00, with everything closed. */
static void stand_in_the_way(struct stage *s)
{
    open_kokuho(s, "2026-06-29T19:00+09:00");
    define_net(s, "A", 1, EVERY_DAY("22:00") "x_gate=online(KOKUHO,closed);\nx_gate=lock(KOKUHO,shared);\n");
    define_net(s, "B", 1, NO_PLAN);
    stage_register(s, "/");
    stage_observe(s, "KOKUHO", "職員", "closed");
    stage_observe(s, "KOKUHO", "保険者", "closed");
    stage_until(s, "22:05");
}

static struct act open_by(int64_t decision)
{
    struct act act = window_act(ACT_WINDOW_COMMAND, "職員", "open");
    act.number = decision;
    return act;
}

static void kinds_and_things_are_checked_when_it_is_recorded(void **state)
{
    struct stage s;
    stand_in_the_way(&s);
    const char *text = stage_refuses(&s, decision_act("リカバリ", "run/1"), "BNT0580-E");
    assert_non_null(strstr(text, "recovery(再実行)、opening(開局)、extension(延長)、other(その他)"));
    (void)stage_refuses(&s, decision_act("recovery", ""), "BNT0581-E");
    (void)stage_refuses(&s, decision_act("recovery", "run/99"), "BNT0581-E");
    (void)stage_refuses(&s, decision_act("recovery", "/B"), "BNT0581-E"); /* it has not run */
    (void)stage_refuses(&s, decision_act("extension", "KOKUHO/患者"), "BNT0581-E");
    (void)stage_refuses(&s, decision_act("extension", "run/1"), "BNT0581-E");
    stage_do(&s, decision_act("再実行", "/A"));
    assert_non_null(strstr(s.json, "\"kind\":\"recovery\",\"entity\":\"run/1\""));
    stage_do(&s, decision_act("extension", "KOKUHO"));
    assert_non_null(strstr(s.json, "\"entity\":\"window/KOKUHO\""));
    stage_do(&s, decision_act("other", "会議の日程"));
    stage_check(&s);
    stage_close(&s);
}

static void a_decision_about_something_else_opens_nothing(void **state)
{
    struct stage s;
    stand_in_the_way(&s);
    (void)stage_refuses(&s, open_by(0), "BNT0522-E");
    (void)stage_refuses(&s, open_by(9), "BNT0103-E");
    const char *text = stage_refuses(&s, open_by(decision_of(&s, "recovery", "/A")), "BNT0582-E");
    assert_non_null(strstr(text, "run/1 の「再実行」"));
    assert_non_null(strstr(text, "window/KOKUHO/職員 の「開局」"));
    (void)stage_refuses(&s, open_by(decision_of(&s, "opening", "KOKUHO/保険者")), "BNT0582-E");
    (void)stage_refuses(&s, open_by(decision_of(&s, "extension", "KOKUHO/職員")), "BNT0582-E");
    assert_int_equal(stage_count(&s, TABLE_decision, "used_ms", 0), 3); /* none was used */
    stage_do(&s, open_by(decision_of(&s, "opening", "/A"))); /* over that net */
    stage_check(&s);
    stage_close(&s);
}

static void a_decision_is_used_once(void **state)
{
    struct stage s;
    stand_in_the_way(&s);
    int64_t decision = decision_of(&s, "opening", "KOKUHO/職員");
    struct act dry = open_by(decision);
    dry.dry_run = true;
    stage_do(&s, dry);
    stage_do(&s, open_by(decision));
    stage_do(&s, window_act(ACT_WINDOW_COMMAND, "職員", "preclosed"));
    assert_non_null(strstr(stage_refuses(&s, open_by(decision), "BNT0583-E"), "window.command window/KOKUHO/職員"));
    stage_kill_server(&s);
    (void)stage_refuses(&s, open_by(decision), "BNT0583-E");
    stage_check(&s);
    stage_close(&s);
}

static void two_acts_of_one_turn_do_not_share_a_decision(void **state)
{
    struct stage s;
    struct err e;
    stand_in_the_way(&s);
    int64_t decision = decision_of(&s, "opening", "KOKUHO");
    struct act first = open_by(decision), second = open_by(decision);
    first.actor = second.actor = "運用者";
    first.via = second.via = "test";
    second.cls = "保険者";
    assert_true(engine_submit(s.engine, &first, NULL, NULL, &e));
    assert_false(stage_try(&s, second));
    assert_string_equal(message_of(s.err.code)->id, "BNT0583-E");
    stage_check(&s);
    stage_close(&s);
}

/* A has failed at A2 on a site that asks for the client's decision. */
static int64_t fail_where_it_is_asked_for(struct stage *s)
{
    open_kokuho_with(s, "2026-06-29T19:00+09:00", KOKUHO_SITE "recovery_needs_decision: true\n");
    define_net(s, "A", 3, EVERY_DAY("22:00"));
    define_net(s, "B", 1, EVERY_DAY("22:00"));
    stage_register(s, "/");
    stage_fail(s, "A2", 12);
    stage_until(s, "23:00");
    return stage_run(s, "/A");
}

static void a_failed_run_is_rerun_by_a_decision_on_it(void **state) /* E-13 */
{
    struct stage s;
    int64_t run = fail_where_it_is_asked_for(&s);
    struct act rerun = rerun_act(run, "abnormal-job");
    assert_non_null(strstr(stage_refuses(&s, rerun, "BNT0584-E"), "E-13: /A (run/"));
    struct act look = rerun;
    look.act = ACT_SHOW_RERUN;
    stage_do(&s, look);
    assert_non_null(strstr(s.json, "\"needs_decision\":true"));
    rerun.number = decision_of(&s, "recovery", "/B");
    (void)stage_refuses(&s, rerun, "BNT0582-E");
    rerun.number = decision_of(&s, "recovery", "/A");
    stage_do(&s, rerun);
    stage_until(&s, "24:00");
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    stage_fail(&s, "A1", 12);
    stage_do(&s, rerun_act(run, "top")); /* it has not failed now */
    stage_until(&s, "25:00");
    rerun.kind = "top";
    (void)stage_refuses(&s, rerun, "BNT0583-E"); /* another failure, another decision */
    stage_check(&s);
    stage_close(&s);
}

static void a_changed_status_does_not_do_away_with_the_decision(void **state)
{
    struct stage s;
    int64_t run = fail_where_it_is_asked_for(&s);
    struct act change = act_of_run(ACT_CHANGE_STATUS, run, stage_node(&s, "/A", "A2"));
    change.kind = "normal";
    stage_do(&s, change);
    (void)stage_refuses(&s, rerun_act(run, "next"), "BNT0584-E");
    stage_check(&s);
    stage_close(&s);
}

static void elsewhere_a_rerun_takes_a_decision_but_needs_none(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("22:00"));
    stage_register(&s, "/");
    stage_fail(&s, "A1", 12);
    stage_until(&s, "23:00");
    struct act rerun = rerun_act(stage_run(&s, "/A"), "top");
    rerun.number = decision_of(&s, "recovery", "/A");
    stage_do(&s, rerun);
    assert_int_equal(stage_count(&s, TABLE_decision, "used_ms", 0), 0);
    stage_until(&s, "24:00");
    stage_do(&s, rerun_act(stage_run(&s, "/A"), "top"));
    stage_check(&s);
    stage_close(&s);
}

/* A holds the lock until 22:10; OPEN, which opens the group's staff class, wants it alone. */
static void an_opening_net_starts_over_a_running_one_by_a_decision(void **state) /* decisions §4 */
{
    struct stage s;
    stand_in_the_way(&s);
    stage_define(&s, "/", "unit=OPEN,,,;{ty=n;el=O1,j,+0 +0;sd=0,ud;x_class=switch;x_gate=lock(KOKUHO);"
                          "unit=O1,,,;{ty=j;te=\"true\";fd=10;x_effect=window(KOKUHO,職員,open);}}");
    define_net(&s, "L", 1, NO_PLAN "x_gate=lock(KOKUHO);\n");
    struct act open = act_on(ACT_RUN, "/OPEN");
    (void)stage_refuses(&s, open, "BNT0552-E");
    open.number = decision_of(&s, "opening", "KOKUHO/保険者");
    (void)stage_refuses(&s, open, "BNT0582-E");
    struct act other = act_on(ACT_RUN, "/L"); /* it opens nothing */
    other.number = decision_of(&s, "opening", "/L");
    (void)stage_refuses(&s, other, "BNT0101-E");
    open.number = decision_of(&s, "opening", "/OPEN");
    stage_do(&s, open);
    assert_string_equal(stage_status(&s, "/OPEN", NULL), "running");
    stage_kill_server(&s);
    stage_do(&s, window_act(ACT_WINDOW_COMMAND, "職員", "open")); /* as its job does */
    stage_until(&s, "23:00");
    assert_string_equal(stage_status(&s, "/OPEN", NULL), "normal");
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    stage_do(&s, act_on(ACT_RUN, "/L")); /* both have given it back */
    stage_check(&s);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_and_things_are_checked_when_it_is_recorded),
        cmocka_unit_test(a_decision_about_something_else_opens_nothing),
        cmocka_unit_test(a_decision_is_used_once),
        cmocka_unit_test(two_acts_of_one_turn_do_not_share_a_decision),
        cmocka_unit_test(a_failed_run_is_rerun_by_a_decision_on_it),
        cmocka_unit_test(a_changed_status_does_not_do_away_with_the_decision),
        cmocka_unit_test(elsewhere_a_rerun_takes_a_decision_but_needs_none),
        cmocka_unit_test(an_opening_net_starts_over_a_running_one_by_a_decision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
