/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generations: planned and by hand, reruns, kills, holds, retries, what is refused and in which words.
 */
#include "tests/engine/kit.h"

static void planned_net_runs_its_jobs_in_order(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){.with_hash = true});
    define_net(&s, "A", 2, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_until(&s, "47:00");
    assert_string_equal(stage_trace(&s, "A A1 A2"),
                        "22:00 A running\n22:00 A1 queuing\n22:00 A1 running\n22:10 A1 normal\n22:10 A2 queuing\n"
                        "22:10 A2 running\n22:20 A2 normal\n22:20 A normal\n"
                        "46:00 A running\n46:00 A1 queuing\n46:00 A1 running\n46:10 A1 normal\n46:10 A2 queuing\n"
                        "46:10 A2 running\n46:20 A2 normal\n46:20 A normal\n");
    stage_check(&s);
    stage_close(&s);
}

static void failed_job_is_rerun_from_where_it_failed(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 3, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_fail(&s, "A2", 12);
    stage_until(&s, "23:00");
    assert_true(stage_saw(&s, "22:20", "A2", "abnormal"));
    assert_true(stage_saw(&s, "22:20", "A2", "BNT0410-E"));
    assert_string_equal(stage_status(&s, "/A", "A3"), "unexec");
    int64_t run = stage_run(&s, "/A");
    struct act no_reason = rerun_act(run, "abnormal-job");
    no_reason.reason = "";
    (void)stage_refuses(&s, no_reason, "BNT0109-E");
    stage_do(&s, rerun_act(run, "abnormal-job"));
    stage_until(&s, "24:00");
    assert_string_equal(stage_trace(&s, "A1 A2"), "22:00 A1 queuing\n22:00 A1 running\n22:10 A1 normal\n22:10 A2 queuing\n"
                                                  "22:10 A2 running\n22:20 A2 BNT0410-E\n22:20 A2 abnormal\n23:00 A2 queuing\n"
                                                  "23:00 A2 running\n23:10 A2 normal\n");
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    assert_int_equal(stage_count(&s, TABLE_attempt, "run", run), 1); /* the first attempt of A2 is kept */
    stage_check(&s);
    stage_close(&s);
}

static void kill_ends_the_process_and_leaves_the_rest_unrun(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 2, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_until(&s, "22:05");
    stage_do(&s, act_of_run(ACT_KILL, stage_run(&s, "/A"), 0));
    assert_string_equal(stage_status(&s, "/A", "A1"), "kill");
    assert_string_equal(stage_status(&s, "/A", "A2"), "unexec");
    assert_string_equal(stage_status(&s, "/A", NULL), "kill");
    (void)stage_refuses(&s, act_of_run(ACT_KILL, stage_run(&s, "/A"), 0), "BNT0425-E");
    stage_check(&s);
    stage_close(&s);
}

static void held_net_waits_whatever_its_gates_say(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "P", 1, EVERY_DAY("22:00"));
    define_net(&s, "A", 1, EVERY_DAY("22:00") "x_gate=pred(/P,day);\n");
    stage_register(&s, "/");
    stage_until(&s, "22:05");
    assert_string_equal(stage_status(&s, "/A", NULL), "gate-wait");
    stage_do(&s, act_on(ACT_HOLD, "/A"));
    assert_string_equal(stage_status(&s, "/A", NULL), "holding");
    stage_until(&s, "22:30");
    assert_string_equal(stage_status(&s, "/P", NULL), "normal");
    assert_string_equal(stage_status(&s, "/A", NULL), "holding");
    stage_do(&s, act_on(ACT_RELEASE, "/A"));
    assert_string_equal(stage_status(&s, "/A", NULL), "running");
    stage_close(&s);
}

static void one_run_is_held_by_its_number_too(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "P", 1, EVERY_DAY("22:00"));
    define_net(&s, "A", 1, EVERY_DAY("22:00") "x_gate=pred(/P,day);\n");
    stage_register(&s, "/");
    stage_until(&s, "22:05");
    int64_t run = stage_run(&s, "/A");
    stage_do(&s, act_of_run(ACT_HOLD, run, 0));
    stage_until(&s, "22:30");
    assert_string_equal(stage_status(&s, "/A", NULL), "holding");
    stage_kill_server(&s);
    stage_settle(&s);
    assert_string_equal(stage_status(&s, "/A", NULL), "holding");
    stage_do(&s, act_of_run(ACT_RELEASE, run, 0));
    stage_until(&s, "22:50");
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    stage_close(&s);
}

static void start_by_hand_is_refused_with_the_rule(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "P", 1, EVERY_DAY("22:00"));
    define_net(&s, "A", 1, NO_PLAN "x_gate=pred(/P,day);\n");
    stage_register(&s, "/");
    assert_non_null(strstr(stage_refuses(&s, act_on(ACT_RUN, "/A"), "BNT0550-E"), "E-08"));
    struct act wait = act_on(ACT_RUN, "/A");
    wait.is_waiting = true;
    stage_do(&s, wait);
    assert_string_equal(stage_status(&s, "/A", NULL), "gate-wait");
    stage_until(&s, "23:00");
    assert_string_equal(stage_trace(&s, "A"), "19:00 A gate-wait\n19:10 A BNT0421-W\n22:10 A running\n22:20 A normal\n");
    (void)stage_refuses(&s, act_on(ACT_RUN, "/NONE"), "BNT0103-E");
    stage_close(&s);
}

static void second_generation_waits_or_is_skipped(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "W", 1, "sd=1,en;\nst=1,22:00;\ncy=1,(1,d);\nsd=2,en;\nst=2,22:05;\ncy=2,(1,d);\nms=mlt;\n");
    define_net(&s, "S", 1, "sd=1,en;\nst=1,22:00;\ncy=1,(1,d);\nsd=2,en;\nst=2,22:05;\ncy=2,(1,d);\nms=sch;\n");
    stage_register(&s, "/");
    stage_until(&s, "23:00");
    assert_string_equal(stage_trace(&s, "W"), "22:00 W running\n22:05 W gate-wait\n22:10 W normal\n22:10 W running\n22:20 W normal\n");
    assert_string_equal(stage_trace(&s, "S"), "22:00 S running\n22:05 S BNT0422-W\n22:05 S exec-deffer\n22:10 S normal\n");
    stage_check(&s);
    stage_close(&s);
}

static void suspended_net_waits_and_goes_on(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 2, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    struct act suspend = act_on(ACT_SUSPEND, "/A");
    suspend.is_on = true;
    stage_until(&s, "22:05");
    stage_do(&s, suspend);
    stage_until(&s, "22:30");
    assert_string_equal(stage_status(&s, "/A", "A1"), "normal");
    assert_string_equal(stage_status(&s, "/A", "A2"), "term-wait");
    suspend.is_on = false;
    stage_do(&s, suspend);
    stage_until(&s, "23:00");
    assert_true(stage_saw(&s, "22:40", "A", "normal"));
    stage_close(&s);
}

static void agent_without_the_program_fails_the_job_to_start(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 2, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_unspawnable(&s, "A1");
    stage_until(&s, "22:05");
    assert_string_equal(stage_status(&s, "/A", "A1"), "fail");
    assert_string_equal(stage_status(&s, "/A", "A2"), "unexec");
    assert_string_equal(stage_status(&s, "/A", NULL), "abnormal");
    stage_close(&s);
}

static void rerun_asks_for_its_locks_alone(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "P", 1, EVERY_DAY("21:00"));
    define_net(&s, "A", 1, EVERY_DAY("22:00") "x_gate=pred(/P,day);\nx_gate=lock(L);\n");
    define_net(&s, "B", 1, EVERY_DAY("22:30") "x_gate=lock(L);\n");
    stage_register(&s, "/");
    stage_fail(&s, "A1", 9);
    stage_slow(&s, "B1", 60);
    stage_until(&s, "22:40");
    int64_t run = stage_run(&s, "/A");
    stage_do(&s, rerun_act(stage_run(&s, "/P"), "top")); /* its other gate is shut now, and yet it is the lock that counts */
    assert_non_null(strstr(stage_refuses(&s, rerun_act(run, "abnormal-job"), "BNT0552-E"), "L"));
    stage_until(&s, "24:00");
    stage_do(&s, rerun_act(run, "abnormal-job"));
    stage_until(&s, "24:30");
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    stage_check(&s);
    stage_close(&s);
}

static void rerun_of_the_whole_run_looks_at_no_unit(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("22:00") "x_gate=lock(L);\n");
    stage_register(&s, "/A");
    stage_until(&s, "23:00");
    struct act act = rerun_act(stage_run(&s, "/A"), "top");
    act.node = 99; /* there is no such unit, and none is meant */
    stage_do(&s, act);
    stage_until(&s, "24:00");
    assert_true(stage_saw(&s, "23:10", "A", "normal"));
    stage_do(&s, rerun_act(stage_run(&s, "/A"), "top")); /* its lock was given back */
    stage_check(&s);
    stage_close(&s);
}

static void change_of_status_is_recorded_with_its_reason(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 2, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_fail(&s, "A2", 3);
    stage_until(&s, "23:00");
    struct act act = act_of_run(ACT_CHANGE_STATUS, stage_run(&s, "/A"), stage_node(&s, "/A", "A2"));
    act.kind = "normal";
    stage_do(&s, act);
    assert_true(s.seq > 0);
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    act.kind = "nonsense";
    (void)stage_refuses(&s, act, "BNT0101-E");
    stage_check(&s);
    stage_close(&s);
}

/* A2 takes until 22:40; its status is changed at 22:15. */
static int64_t changed_while_it_runs(struct stage *s)
{
    stage_open(s, &(struct stage_options){.with_hash = true});
    define_net(s, "A", 2, EVERY_DAY("22:00"));
    stage_register(s, "/A");
    stage_slow(s, "A2", 20);
    stage_until(s, "22:15");
    int64_t run = stage_run(s, "/A");
    struct act act = act_of_run(ACT_CHANGE_STATUS, run, stage_node(s, "/A", "A2"));
    act.kind = "abnormal";
    stage_do(s, act);
    assert_string_equal(stage_status(s, "/A", NULL), "abnormal");
    return run;
}

static void one_unit_never_has_two_processes(void **state)
{
    struct stage s;
    int64_t run = changed_while_it_runs(&s);
    const char *text = stage_refuses(&s, rerun_act(run, "abnormal-job"), "BNT0585-E");
    assert_non_null(strstr(text, "/A/A2 の試行 1 のプロセスがエージェント local"));
    stage_kill_server(&s);
    (void)stage_refuses(&s, rerun_act(run, "top"), "BNT0585-E");
    stage_until(&s, "22:50"); /* its end is told of a run that has left memory */
    stage_do(&s, rerun_act(run, "abnormal-job"));
    stage_until(&s, "24:00");
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    stage_check(&s);
    stage_close(&s);
}

static void what_a_changed_status_left_running_can_be_killed(void **state)
{
    struct stage s;
    int64_t run = changed_while_it_runs(&s);
    stage_do(&s, act_of_run(ACT_KILL, run, stage_node(&s, "/A", "A2")));
    stage_do(&s, rerun_act(run, "abnormal-job"));
    assert_string_equal(stage_status(&s, "/A", "A2"), "running");
    stage_check(&s);
    stage_close(&s);
}

static void a_process_that_died_with_its_host_does_not_shut_reruns_out(void **state)
{
    struct stage s;
    int64_t run = changed_while_it_runs(&s);
    vagent_die(s.fleet.agents.at[0], MINUTE_MS);
    (void)stage_refuses(&s, rerun_act(run, "abnormal-job"), "BNT0585-E");
    stage_until(&s, "22:20"); /* back, and it knows of nothing */
    if (!stage_try(&s, rerun_act(run, "abnormal-job"))) {
        assert_string_equal(message_of(s.err.code)->id, "BNT0585-E"); /* asked now */
        stage_do(&s, rerun_act(run, "abnormal-job"));
    }
    stage_check(&s);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planned_net_runs_its_jobs_in_order),
        cmocka_unit_test(failed_job_is_rerun_from_where_it_failed),
        cmocka_unit_test(kill_ends_the_process_and_leaves_the_rest_unrun),
        cmocka_unit_test(held_net_waits_whatever_its_gates_say),
        cmocka_unit_test(one_run_is_held_by_its_number_too),
        cmocka_unit_test(start_by_hand_is_refused_with_the_rule),
        cmocka_unit_test(second_generation_waits_or_is_skipped),
        cmocka_unit_test(suspended_net_waits_and_goes_on),
        cmocka_unit_test(agent_without_the_program_fails_the_job_to_start),
        cmocka_unit_test(rerun_asks_for_its_locks_alone),
        cmocka_unit_test(rerun_of_the_whole_run_looks_at_no_unit),
        cmocka_unit_test(change_of_status_is_recorded_with_its_reason),
        cmocka_unit_test(one_unit_never_has_two_processes),
        cmocka_unit_test(what_a_changed_status_left_running_can_be_killed),
        cmocka_unit_test(a_process_that_died_with_its_host_does_not_shut_reruns_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
