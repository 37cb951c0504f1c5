/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gates and windows as the engine keeps them: E-05..E-08, E-10, E-22, with the sample federation's site where it matters.
 */
#include "tests/engine/kit.h"

static void nothing_starts_on_open_systems(void **state) /* E-07 */
{
    struct stage s;
    open_kokuho(&s, "2026-06-29T19:00+09:00");
    define_net(&s, "A", 1, EVERY_DAY("22:00") "x_gate=online(KOKUHO,closed);\n");
    define_net(&s, "B", 1, NO_PLAN "x_gate=online(KOKUHO,closed);\n");
    stage_register(&s, "/");
    assert_non_null(strstr(stage_refuses(&s, act_on(ACT_RUN, "/B"), "BNT0551-E"), "E-07")); /* never observed is not closed */
    stage_observe(&s, "KOKUHO", "職員", "closed");
    stage_observe(&s, "KOKUHO", "保険者", "open");
    assert_non_null(strstr(stage_refuses(&s, act_on(ACT_RUN, "/B"), "BNT0551-E"), "保険者"));
    stage_until(&s, "22:30");
    assert_string_equal(stage_status(&s, "/A", NULL), "gate-wait");
    stage_observe(&s, "KOKUHO", "保険者", "preclosed");
    assert_string_equal(stage_status(&s, "/A", NULL), "gate-wait");
    stage_observe(&s, "KOKUHO", "保険者", "closed");
    assert_string_equal(stage_status(&s, "/A", NULL), "running");
    stage_do(&s, act_on(ACT_RUN, "/B"));
    stage_check(&s);
    stage_close(&s);
}

static void opening_over_a_net_that_needs_it_closed_is_refused(void **state) /* decisions §4 */
{
    struct stage s;
    open_kokuho(&s, "2026-06-29T19:00+09:00");
    define_net(&s, "A", 1, EVERY_DAY("22:00") "x_gate=online(KOKUHO,closed);\nx_gate=lock(KOKUHO,shared);\n");
    define_net(&s, "OPEN", 1, EVERY_DAY("22:05") "x_class=switch;\nx_gate=lock(KOKUHO);\n");
    stage_register(&s, "/");
    stage_observe(&s, "KOKUHO", "職員", "closed");
    stage_observe(&s, "KOKUHO", "保険者", "closed");
    stage_until(&s, "22:05");
    assert_string_equal(stage_status(&s, "/OPEN", NULL), "gate-wait");
    struct act open = window_act(ACT_WINDOW_COMMAND, "職員", "open");
    assert_non_null(strstr(stage_refuses(&s, open, "BNT0522-E"), "run/"));
    open.number = decision_of(&s, "opening", "KOKUHO/職員");
    stage_do(&s, open);
    stage_until(&s, "22:30");
    assert_string_equal(stage_trace(&s, "OPEN"), "22:05 OPEN gate-wait\n22:10 OPEN running\n22:20 OPEN normal\n");
    stage_check(&s);
    stage_close(&s);
}

static void commanded_states_move_as_the_rules_say(void **state) /* E-22 */
{
    struct stage s;
    open_kokuho(&s, "2026-06-29T19:00+09:00");
    stage_do(&s, window_act(ACT_WINDOW_COMMAND, "職員", "open"));
    (void)stage_refuses(&s, window_act(ACT_WINDOW_COMMAND, "職員", "closed"), "BNT0520-E");
    struct act emergency = window_act(ACT_WINDOW_COMMAND, "職員", "closed");
    emergency.is_emergency = true;
    (void)stage_refuses(&s, emergency, "BNT0520-E"); /* who approved it? */
    emergency.text = "審査業務部長";
    stage_do(&s, emergency);
    stage_do(&s, window_act(ACT_WINDOW_OBSERVE, "職員", "open"));
    assert_true(stage_saw(&s, "19:00", "", "BNT0418-E")); /* ordered closed, observed open */
    stage_close(&s);
}

static void extension_moves_the_switch_net(void **state) /* E-05, E-06 */
{
    struct stage s;
    open_kokuho(&s, "2026-06-29T12:00+09:00");
    stage_define(&s, "/", "unit=C,,,;{ty=n;el=C1,j,+0 +0;sd=1,en;cy=1,(1,d);st=1,19:00;x_class=switch;"
                          "unit=C1,,,;{ty=j;te=\"true\";fd=10;x_effect=window(KOKUHO,職員,closed);}}");
    stage_register(&s, "/C");
    struct act extend = window_act(ACT_WINDOW_EXTEND, "職員", "");
    extend.date = day_of("2026-06-29");
    extend.minute = 20 * 60 + 15;
    stage_do(&s, extend);
    stage_kill_server(&s);
    stage_until(&s, "22:00");
    assert_string_equal(stage_trace(&s, "C"), "20:00 C running\n20:10 C normal\n"); /* an hour later, as the closing */
    extend.minute = 21 * 60;
    (void)stage_refuses(&s, extend, "BNT0521-E"); /* 17:00 has passed */
    stage_until(&s, "45:00");
    assert_true(stage_saw(&s, "43:00", "C", "running")); /* the next day as ever */
    stage_check(&s);
    stage_close(&s);
}

static void what_it_waits_for_is_told_in_both_languages(void **state)
{
    struct stage s;
    open_kokuho(&s, "2026-06-29T19:00+09:00");
    define_net(&s, "P", 1, EVERY_DAY("23:00"));
    define_net(&s, "A", 1, EVERY_DAY("22:00") "x_gate=pred(/P,day);\n");
    define_net(&s, "B", 1, EVERY_DAY("22:00") "x_gate=online(KOKUHO,closed);\n");
    stage_register(&s, "/");
    stage_observe(&s, "KOKUHO", "職員", "open");
    stage_until(&s, "22:05");
    stage_do(&s, act_of_run(ACT_SHOW_WHY, stage_run(&s, "/A"), 0));
    assert_non_null(strstr(s.json, "\"reason\":\"E-08: 先行 /P の世代(2026-06-29)の状態: 開始前。"));
    assert_non_null(strstr(s.json, "\"reason_en\":\"E-08: the generation of /P for 2026-06-29 is: not started."));
    stage_kill_server(&s);
    stage_do(&s, act_of_run(ACT_SHOW_WHY, stage_run(&s, "/B"), 0));
    assert_non_null(strstr(s.json, "の実測は 開局 です。全利用者区分が 閉塞 に"));
    assert_non_null(strstr(s.json, "is observed to be open. Every user class must be closed"));
    stage_close(&s);
}

static void a_days_times_keep_their_order(void **state) /* a pre-closing is for a closing (E-22) */
{
    struct stage s;
    open_kokuho(&s, "2026-06-29T12:00+09:00");
    struct act closes = window_act(ACT_WINDOW_OVERRIDE, "職員", "closes");
    struct act precloses = window_act(ACT_WINDOW_OVERRIDE, "職員", "precloses");
    closes.minute = -1;
    assert_non_null(strstr(stage_refuses(&s, closes, "BNT0586-E"), "予閉塞 19:00、閉塞 なし"));
    closes.minute = 18 * 60;
    (void)stage_refuses(&s, closes, "BNT0586-E");
    precloses.minute = 19 * 60 + 16;
    (void)stage_refuses(&s, precloses, "BNT0586-E");
    precloses.minute = 7 * 60;
    (void)stage_refuses(&s, precloses, "BNT0586-E");
    precloses.minute = -1; /* both, the pre-closing first */
    closes.minute = -1;
    stage_do(&s, precloses);
    stage_do(&s, closes);
    precloses.minute = 19 * 60;
    (void)stage_refuses(&s, precloses, "BNT0586-E");
    assert_int_equal(stage_count(&s, TABLE_window_change, NULL, 0), 2);
    stage_check(&s);
    stage_close(&s);
}

static void time_window_opens_by_the_clock(void **state) /* E-10 */
{
    struct stage s;
    open_kokuho(&s, "2026-06-29T19:00+09:00");
    define_net(&s, "A", 1, EVERY_DAY("20:00") "x_gate=window(NIGHT);\n");
    stage_register(&s, "/A");
    stage_until(&s, "27:00");
    assert_string_equal(stage_trace(&s, "A"), "20:00 A gate-wait\n20:10 A BNT0421-W\n22:00 A running\n22:10 A normal\n");
    stage_close(&s);
}

static void permit_gate_lets_nobody_through(void **state) /* E-01 */
{
    struct stage s;
    open_kokuho(&s, "2026-06-29T19:00+09:00");
    define_net(&s, "A", 1, NO_PLAN "x_gate=permit(datapatch);\n");
    assert_non_null(strstr(stage_refuses(&s, act_on(ACT_RUN, "/A"), "BNT0555-E"), "E-01"));
    stage_close(&s);
}

static void exclusive_locks_are_never_shared(void **state)
{
    struct stage s;
    open_kokuho(&s, "2026-06-29T19:00+09:00");
    define_net(&s, "A", 1, EVERY_DAY("22:00") "x_gate=lock(L);\n");
    define_net(&s, "B", 1, EVERY_DAY("22:00") "x_gate=lock(L,shared);\n");
    define_net(&s, "C", 1, EVERY_DAY("22:00") "x_gate=lock(L,shared);\n");
    stage_register(&s, "/");
    stage_until(&s, "23:00");
    const char *trace = stage_trace(&s, "A B C");
    bool is_a_first = stage_saw(&s, "22:10", "A", "normal") && stage_saw(&s, "22:20", "B", "normal") && stage_saw(&s, "22:20", "C", "normal");
    bool is_a_last = stage_saw(&s, "22:10", "B", "normal") && stage_saw(&s, "22:10", "C", "normal") && stage_saw(&s, "22:20", "A", "normal");
    if (!is_a_first && !is_a_last) {
        fail_msg("%s", trace);
    }
    stage_check(&s);
    stage_close(&s);
}

static void missing_generation_of_the_month_keeps_the_net_shut(void **state) /* E-08: May's does not count for June's */
{
    struct stage s;
    stage_open(&s, &(struct stage_options){.start = "2026-06-29T19:00+09:00", .site_folder = "examples/kokuho"});
    define_net(&s, "N403", 1, NO_PLAN);
    define_net(&s, "N404", 1, EVERY_DAY("22:10") "x_gate=pred(/N403,month);\n");
    struct act baseline = act_make(ACT_BASELINE_IMPORT);
    baseline.text = "unit,date,status,started,ended\n/N403,2026-05-26,normal,2026-05-26T22:20:00+09:00,2026-05-27T02:20:00+09:00\n";
    baseline.text_n = strlen(baseline.text);
    stage_do(&s, baseline);
    stage_register(&s, "/N404");
    stage_until(&s, "24:00");
    assert_string_equal(stage_status(&s, "/N404", NULL), "gate-wait");
    assert_non_null(strstr(stage_refuses(&s, act_on(ACT_RUN, "/N404"), "BNT0550-E"), "2026-06"));
    struct act june = act_on(ACT_RUN, "/N403");
    stage_do(&s, june);
    stage_until(&s, "24:30");
    assert_true(stage_saw(&s, "24:10", "N404", "running"));
    stage_check(&s);
    stage_close(&s);
}

static void staff_opening_is_on_monday_and_not_on_saturday(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){.start = "2026-06-26T19:00+09:00", .site_folder = "examples/kokuho"});
    stage_define_file(&s, "examples/kokuho/units/00-calendars.txt");
    stage_define_file(&s, "examples/kokuho/units/01-ksk.txt");
    stage_register(&s, "JN101");
    stage_until(&s, "86:00"); /* Friday 19:00 to Monday 14:00 */
    assert_string_equal(stage_trace(&s, "JN101"), "79:40 JN101 running\n79:50 JN101 normal\n");
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_starts_on_open_systems),
        cmocka_unit_test(opening_over_a_net_that_needs_it_closed_is_refused),
        cmocka_unit_test(commanded_states_move_as_the_rules_say),
        cmocka_unit_test(extension_moves_the_switch_net),
        cmocka_unit_test(what_it_waits_for_is_told_in_both_languages),
        cmocka_unit_test(a_days_times_keep_their_order),
        cmocka_unit_test(time_window_opens_by_the_clock),
        cmocka_unit_test(permit_gate_lets_nobody_through),
        cmocka_unit_test(exclusive_locks_are_never_shared),
        cmocka_unit_test(missing_generation_of_the_month_keeps_the_net_shut),
        cmocka_unit_test(staff_opening_is_on_monday_and_not_on_saturday),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
