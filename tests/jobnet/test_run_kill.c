/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kill and interrupt.
 */
#include "tests/support/run_fixture.h"

static void a_running_job_is_killed_and_its_code_is_minus_one(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    starts(f, NULL);
    begins(f, "J1", NULL);
    act(f, RUN_KILL, "J1", "J1:KILL#1");
    is_killed(f, "J1", "J1:kill R:abnormal J2:unexec R:END");
    assert_int_equal(f->run->nodes[node_of(f, "J1")].code, -1);
    fixture_close(f);
}

static void a_job_on_its_way_is_called_back(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    act(f, RUN_KILL, "J1", "J1:KILL#1");
    act(f, RUN_REFUSED, "J1", "J1:kill R:abnormal R:END");
    fixture_close(f);
}

static void a_job_that_started_in_spite_of_the_kill_is_killed_there(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    act(f, RUN_KILL, "J1", "J1:KILL#1");
    begins(f, "J1", "J1:running");
    is_killed(f, "J1", "J1:kill R:abnormal R:END");
    fixture_close(f);
}

static void a_queued_job_is_killed_without_the_agent(void **state)
{
    struct fixture *f = fixture_open("J1");
    f->keeps_slots = true;
    starts(f, NULL);
    act(f, RUN_KILL, "J1", "J1:UNQUEUE J1:kill R:abnormal R:END");
    act(f, RUN_SLOT, "J1", "");
    assert_int_equal(f->run->nodes[node_of(f, "J1")].attempt, 0);
    fixture_close(f);
}

static void a_waiting_unit_is_not_executed_when_killed(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J3 J1>J2 J2>J3");
    starts(f, NULL);
    act(f, RUN_KILL, "J2", "J2:unexec R:ab-cont J3:unexec");
    ends(f, "J1", 0, "J1:normal R:invalid-seq R:END");
    fixture_close(f);
}

static void a_killed_net_kills_all_that_runs_in_it(void **state)
{
    struct fixture *f = fixture_open("N[A B C A>C] D E N>E");
    starts(f, NULL);
    begins(f, "A", NULL);
    begins(f, "B", NULL);
    act(f, RUN_KILL, "N", "B:KILL#1 A:KILL#1 N:ab-cont C:unexec R:ab-cont");
    is_killed(f, "A", "A:kill");
    is_killed(f, "B", "B:kill N:kill E:unexec");
    ends(f, "D", 0, "D:normal R:abnormal R:END");
    fixture_close(f);
}

static void a_killed_run_ends_killed(void **state)
{
    struct fixture *f = fixture_open("J1 N[A] J2 J1>J2");
    starts(f, NULL);
    begins(f, "J1", NULL);
    act(f, RUN_KILL, "R", NULL);
    assert_int_equal(status_of(f, "R"), STATUS_ABEND_RUNNING);
    assert_int_equal(status_of(f, "J2"), STATUS_UNEXEC);
    is_killed(f, "J1", "J1:kill");
    is_killed(f, "A", "A:kill N:kill R:kill R:END");
    fixture_close(f);
}

static void a_job_that_ended_well_before_the_kill_reached_it_keeps_its_end(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    act(f, RUN_KILL, "R", "J1:KILL#1");
    ends(f, "J1", 0, "J1:normal R:kill R:END");
    fixture_close(f);
}

static void a_run_killed_before_its_start_ends_at_once(void **state)
{
    struct fixture *f = fixture_open("J1 N[A]");
    act(f, RUN_KILL, "R", "R:kill A:unexec N:unexec J1:unexec R:END");
    starts(f, "");
    assert_int_equal(run_kill_check(f->run, 0), RUN_WRONG_STATE);
    fixture_close(f);
}

static void a_second_kill_asks_the_agent_again(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    begins(f, "J1", NULL);
    act(f, RUN_KILL, "J1", "J1:KILL#1");
    act(f, RUN_KILL, "J1", "J1:KILL#1");
    is_killed(f, "J1", NULL);
    act(f, RUN_KILL, "J1", "");
    fixture_close(f);
}

static void an_interrupted_run_lets_running_jobs_finish_and_starts_nothing_more(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    starts(f, NULL);
    begins(f, "J1", NULL);
    act(f, RUN_INTERRUPT, "R", "R:ab-cont J2:unexec");
    act(f, RUN_INTERRUPT, "R", "");
    ends(f, "J1", 0, "J1:normal R:interrupt R:END");
    fixture_close(f);
}

static void an_interrupted_job_on_its_way_that_never_ran_is_not_asked_again(void **state)
{
    struct fixture *f = fixture_open("J1 J2");
    starts(f, NULL);
    act(f, RUN_INTERRUPT, "R", "");
    act(f, RUN_REFUSED, "J1", "J1:unexec R:ab-cont");
    ends(f, "J2", 0, "J2:normal R:interrupt R:END");
    fixture_close(f);
}

static void a_run_interrupted_before_its_start_ends_interrupted(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    act(f, RUN_INTERRUPT, "R", "R:interrupt J2:unexec J1:unexec R:END");
    fixture_close(f);
}

static void after_an_interruption_the_rerun_goes_on_where_it_stopped(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J3 J1>J2 J2>J3");
    starts(f, NULL);
    act(f, RUN_INTERRUPT, "R", NULL);
    assert_int_equal(run_rerun_check(f->run, RERUN_ABNORMAL_JOB, 0), RUN_NOT_ENDED);
    ends(f, "J1", 0, "J1:normal R:interrupt R:END");
    reruns(f, RERUN_ABNORMAL_JOB, NULL, "R:running J2:queuing J3:term-wait J2:START#1");
    ends(f, "J2", 0, NULL);
    ends(f, "J3", 0, "J3:normal R:normal R:END");
    fixture_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_running_job_is_killed_and_its_code_is_minus_one),
        cmocka_unit_test(a_job_on_its_way_is_called_back),
        cmocka_unit_test(a_job_that_started_in_spite_of_the_kill_is_killed_there),
        cmocka_unit_test(a_queued_job_is_killed_without_the_agent),
        cmocka_unit_test(a_waiting_unit_is_not_executed_when_killed),
        cmocka_unit_test(a_killed_net_kills_all_that_runs_in_it),
        cmocka_unit_test(a_killed_run_ends_killed),
        cmocka_unit_test(a_job_that_ended_well_before_the_kill_reached_it_keeps_its_end),
        cmocka_unit_test(a_run_killed_before_its_start_ends_at_once),
        cmocka_unit_test(a_second_kill_asks_the_agent_again),
        cmocka_unit_test(an_interrupted_run_lets_running_jobs_finish_and_starts_nothing_more),
        cmocka_unit_test(an_interrupted_job_on_its_way_that_never_ran_is_not_asked_again),
        cmocka_unit_test(a_run_interrupted_before_its_start_ends_interrupted),
        cmocka_unit_test(after_an_interruption_the_rerun_goes_on_where_it_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
