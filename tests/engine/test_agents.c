/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Agents that go away and come back: nothing is lost, nothing runs twice, silence is never taken for an end.
 */
#include "tests/engine/kit.h"

static struct vagent *local(struct stage *s) { return s->fleet.agents.at[0]; }

static void agent_that_comes_back_in_time_goes_on(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 2, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_until(&s, "22:05");
    vagent_drop(local(&s), 20 * MINUTE_MS);
    stage_until(&s, "22:20");
    assert_string_equal(stage_status(&s, "/A", "A1"), "running"); /* it ended at 22:10, nobody has told */
    assert_true(stage_count(&s, TABLE_event, NULL, 0) > 0);       /* but that the agent is lost is known */
    stage_until(&s, "23:00");
    assert_string_equal(stage_trace(&s, "A1"), "22:00 A1 queuing\n22:00 A1 running\n22:10 A1 BNT0413-W\n22:25 A1 normal\n");
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    stage_check(&s);
    stage_close(&s);
}

static void start_that_never_arrived_is_taken_back_and_given_again(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_until(&s, "21:59");
    s.fleet.faults.drop_session = 1000; /* the stream breaks with the START in it */
    stage_to(&s, (struct instant){stage_instant(&s, "22:00").ms + 10});
    assert_int_equal(s.fleet.started_count, 0);
    s.fleet.faults.drop_session = 0;
    stage_until(&s, "22:30");
    assert_int_equal(s.fleet.started_count, 1);
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    stage_check(&s);
    stage_close(&s);
}

static void job_of_a_dead_host_becomes_unknown_once(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 2, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_until(&s, "22:05");
    vagent_die(local(&s), 5 * MINUTE_MS);
    stage_until(&s, "22:08");
    assert_string_equal(stage_status(&s, "/A", "A1"), "running"); /* silence is not failure */
    stage_until(&s, "23:00");
    assert_string_equal(stage_trace(&s, "A1"), "22:00 A1 queuing\n22:00 A1 running\n22:10 A1 BNT0411-E\n22:10 A1 unknown\n");
    assert_string_equal(stage_status(&s, "/A", "A2"), "unexec");
    vagent_drop(local(&s), 100);
    stage_until(&s, "23:10");
    assert_int_equal(s.fleet.started_count, 1); /* never rerun by itself */
    stage_check(&s);
    stage_close(&s);
}

static void running_job_that_the_agent_does_not_know_is_asked_for(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){.without_agent = true});
    struct vagent *agent = fleet_add(&s.fleet, "local");
    define_net(&s, "A", 1, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_until(&s, "22:05");
    struct vjob *job = &s.fleet.jobs.at[agent->jobs.at[0]];
    (void)map_remove_id(&s.fleet.by_key, (uint64_t)job->run << 24 | (uint64_t)job->node << 10 | (uint64_t)job->attempt);
    job->state = VJOB_ACKED; /* its folder was lost: it knows nothing any more */
    agent->jobs.n = 0;
    vagent_drop(agent, 100);
    stage_until(&s, "22:06");
    assert_string_equal(stage_status(&s, "/A", "A1"), "unknown");
    assert_string_equal(stage_status(&s, "/A", NULL), "abnormal");
    stage_close(&s);
}

static void reports_heard_twice_change_nothing(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    s.fleet.faults.double_post = 1000;
    define_net(&s, "A", 3, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_until(&s, "23:00");
    assert_string_equal(stage_trace(&s, "A A1 A2 A3"),
                        "22:00 A running\n22:00 A1 queuing\n22:00 A1 running\n22:10 A1 normal\n22:10 A2 queuing\n"
                        "22:10 A2 running\n22:20 A2 normal\n22:20 A3 queuing\n22:20 A3 running\n22:30 A3 normal\n22:30 A normal\n");
    assert_int_equal(s.fleet.started_count, 3);
    stage_check(&s);
    stage_close(&s);
}

static void reports_of_an_older_session_are_refused(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    s.fleet.faults.late_ms_max = 60000;
    define_net(&s, "A", 3, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_until(&s, "21:00");
    s.fleet.faults.late_post = 500;
    stage_until(&s, "23:00");
    s.fleet.faults.late_post = 0;
    stage_until(&s, "24:00");
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    assert_int_equal(s.fleet.started_count, 3);
    stage_check(&s);
    stage_close(&s);
}

static void list_heard_twice_takes_no_start_back(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_until(&s, "21:59");
    vagent_drop(local(&s), 2 * MINUTE_MS); /* A1 waits for it */
    s.fleet.faults.double_post = 1000;
    stage_until(&s, "22:30");
    assert_int_equal(s.fleet.started_count, 1);
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    stage_close(&s);
}

static void kill_of_an_absent_agents_job_is_told_when_it_is_back(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_hang(&s, "A1");
    stage_until(&s, "22:05");
    vagent_drop(local(&s), 10 * MINUTE_MS);
    stage_until(&s, "22:06");
    stage_do(&s, act_of_run(ACT_KILL, stage_run(&s, "/A"), 0));
    stage_until(&s, "22:30");
    assert_string_equal(stage_trace(&s, "A1"), "22:00 A1 queuing\n22:00 A1 running\n22:10 A1 BNT0413-W\n22:15 A1 BNT0410-E\n22:15 A1 kill\n");
    assert_string_equal(stage_status(&s, "/A", NULL), "kill");
    stage_close(&s);
}

static void old_attempt_that_is_listed_does_not_stand_for_the_new_one(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_fail(&s, "A1", 9);
    stage_until(&s, "22:09");
    s.fleet.faults.drop_session = 1000; /* its end is heard, the acknowledgement is not */
    stage_to(&s, (struct instant){stage_instant(&s, "22:10").ms + 20});
    assert_string_equal(stage_status(&s, "/A", "A1"), "abnormal");
    s.fleet.faults.drop_session = 0;
    stage_do(&s, rerun_act(stage_run(&s, "/A"), "abnormal-job")); /* queued until the agent is back, or lost on the way */
    stage_until(&s, "23:00");
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    assert_int_equal(s.fleet.started_count, 2);
    stage_close(&s);
}

static void limit_of_the_agent_holds_and_priority_goes_first(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){.site = "agents: [{name: local, default: true, jobs: 1}]\n"});
    define_net(&s, "A", 1, EVERY_DAY("22:00"));
    define_net(&s, "B", 1, EVERY_DAY("22:01") "pr=1;\n");
    define_net(&s, "C", 1, EVERY_DAY("22:02") "pr=5;\n");
    stage_register(&s, "/");
    stage_until(&s, "22:35");
    assert_string_equal(stage_trace(&s, "A1 B1 C1"),
                        "22:00 A1 queuing\n22:00 A1 running\n22:01 B1 queuing\n22:02 C1 queuing\n22:10 A1 normal\n22:10 C1 running\n"
                        "22:20 C1 normal\n22:20 B1 running\n22:30 B1 normal\n");
    stage_close(&s);
}

static void drained_agent_gets_nothing_new(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 2, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_until(&s, "22:05");
    struct act drain = act_on(ACT_AGENT_DRAIN, "");
    drain.text = "local";
    drain.is_on = true;
    stage_do(&s, drain);
    stage_until(&s, "22:30");
    assert_string_equal(stage_status(&s, "/A", "A2"), "queuing");
    drain.is_on = false;
    stage_do(&s, drain);
    stage_until(&s, "22:50");
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    stage_close(&s);
}

static void leaving_agent_is_not_asked_again_and_again(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_until(&s, "21:59");
    local(&s)->is_drained = true; /* by itself: it ends when its jobs have */
    stage_until(&s, "22:05");
    assert_string_equal(stage_status(&s, "/A", "A1"), "queuing");
    vagent_drop(local(&s), 100); /* it is started again, and told that nobody drains it */
    stage_until(&s, "22:30");
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agent_that_comes_back_in_time_goes_on),
        cmocka_unit_test(start_that_never_arrived_is_taken_back_and_given_again),
        cmocka_unit_test(job_of_a_dead_host_becomes_unknown_once),
        cmocka_unit_test(running_job_that_the_agent_does_not_know_is_asked_for),
        cmocka_unit_test(reports_heard_twice_change_nothing),
        cmocka_unit_test(reports_of_an_older_session_are_refused),
        cmocka_unit_test(list_heard_twice_takes_no_start_back),
        cmocka_unit_test(kill_of_an_absent_agents_job_is_told_when_it_is_back),
        cmocka_unit_test(old_attempt_that_is_listed_does_not_stand_for_the_new_one),
        cmocka_unit_test(limit_of_the_agent_holds_and_priority_goes_first),
        cmocka_unit_test(leaving_agent_is_not_asked_again_and_again),
        cmocka_unit_test(drained_agent_gets_nothing_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
