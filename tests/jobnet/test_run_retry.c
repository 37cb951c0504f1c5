/* SPDX-License-Identifier: Apache-2.0 */
/*
 * automatic retry, time-outs and delays.
 */
#include "tests/support/run_fixture.h"

static void an_abnormal_code_within_the_window_is_tried_again(void **state)
{
    struct fixture *f = fixture_open("J1{tho=8;abr=y;rjs=10;rje=20;rec=2;rei=3;} J2 J1>J2");
    starts(f, NULL);
    ends(f, "J1", 10, "J1:exec-wait J1:FREE");
    later(f, 2, "");
    later(f, 1, "J1:queuing J1:START#2");
    ends(f, "J1", 20, "J1:exec-wait J1:FREE");
    later(f, 3, "J1:queuing J1:START#3");
    ends(f, "J1", 10, "J1:abnormal R:abnormal J2:unexec R:END"); /* the last one counts */
    fixture_close(f);
}

static void a_retry_that_succeeds_leaves_no_trace_in_the_net(void **state)
{
    struct fixture *f = fixture_open("J1{abr=y;rec=1;rei=1;} J2 J1>J2");
    starts(f, NULL);
    ends(f, "J1", 1, "J1:exec-wait J1:FREE");
    later(f, 1, NULL);
    ends(f, "J1", 0, "J1:normal J2:queuing J2:START#1");
    ends(f, "J2", 0, "J2:normal R:normal R:END");
    fixture_close(f);
}

static void codes_outside_the_window_and_better_ones_are_not_tried_again(void **state)
{
    static const int32_t codes[] = {9, 21, 8, 4, -1};
    for (size_t i = 0; i < COUNT(codes); i++) {
        struct fixture *f = fixture_open("J1{wth=4;tho=8;abr=y;rjs=10;rje=20;rec=2;rei=3;}");
        starts(f, NULL);
        ends(f, "J1", codes[i], NULL);
        assert_true(status_is_ended(status_of(f, "J1")));
        fixture_close(f);
    }
}

static void a_killed_job_is_not_tried_again(void **state)
{
    struct fixture *f = fixture_open("J1{abr=y;rec=2;rei=3;}");
    starts(f, NULL);
    begins(f, "J1", NULL);
    act(f, RUN_KILL, "J1", "J1:KILL#1");
    ends(f, "J1", 1, "J1:abnormal R:abnormal R:END");
    fixture_close(f);
}

static void a_kill_calls_a_pending_retry_off(void **state)
{
    struct fixture *f = fixture_open("J1{abr=y;rec=2;rei=3;}");
    starts(f, NULL);
    ends(f, "J1", 1, "J1:exec-wait J1:FREE");
    act(f, RUN_KILL, "J1", "J1:kill R:abnormal R:END");
    later(f, 5, "");
    fixture_close(f);
}

static void a_hold_calls_a_pending_retry_off(void **state)
{
    struct fixture *f = fixture_open("J1{abr=y;rec=2;rei=3;}");
    starts(f, NULL);
    ends(f, "J1", 5, "J1:exec-wait J1:FREE");
    act(f, RUN_HOLD, "J1", "J1:abnormal R:abnormal R:END");
    assert_int_equal(f->run->nodes[1].code, 5);
    later(f, 5, "");
    fixture_close(f);
}

static void an_interrupt_calls_a_pending_retry_off(void **state)
{
    struct fixture *f = fixture_open("J1{abr=y;rec=2;rei=3;}");
    starts(f, NULL);
    ends(f, "J1", 5, NULL);
    act(f, RUN_INTERRUPT, "R", "R:interrupt J1:abnormal R:END");
    fixture_close(f);
}

static void a_retry_due_while_suspended_waits_for_the_resume(void **state)
{
    struct fixture *f = fixture_open("J1{abr=y;rec=2;rei=3;}");
    starts(f, NULL);
    ends(f, "J1", 5, NULL);
    act(f, RUN_SUSPEND, "R", "");
    later(f, 5, "");
    act(f, RUN_RESUME, "R", "J1:queuing J1:START#2");
    fixture_close(f);
}

static void a_retry_asks_its_gates_again(void **state)
{
    struct fixture *f = fixture_open("J1{abr=y;rec=2;rei=3;x_gate=lock(DB);}");
    starts(f, "R:running J1:GATES J1:queuing J1:START#1");
    ends(f, "J1", 5, "J1:exec-wait J1:FREE");
    act(f, RUN_GATES_OPEN, "J1", "");
    act(f, RUN_GATES_SHUT, "J1", "");
    later(f, 3, "J1:term-wait J1:GATES J1:queuing J1:START#2");
    fixture_close(f);
}

static void a_rerun_has_all_its_retries_again(void **state)
{
    struct fixture *f = fixture_open("J1{abr=y;rec=1;rei=1;}");
    starts(f, NULL);
    ends(f, "J1", 5, NULL);
    later(f, 1, NULL);
    ends(f, "J1", 5, "J1:abnormal R:abnormal R:END");
    reruns(f, RERUN_ABNORMAL_JOB, NULL, "R:running J1:queuing J1:START#3");
    ends(f, "J1", 5, "J1:exec-wait J1:FREE");
    fixture_close(f);
}

static void a_job_over_its_time_out_is_killed(void **state)
{
    struct fixture *f = fixture_open("J1{etm=10;} J2 J1>J2");
    starts(f, NULL);
    begins(f, "J1", NULL);
    later(f, 9, "");
    later(f, 1, "J1:KILL#1");
    is_killed(f, "J1", "J1:kill R:abnormal J2:unexec R:END");
    assert_true(f->run->nodes[node_of(f, "J1")].flags & NODE_TIMED_OUT);
    fixture_close(f);
}

static void a_time_out_of_an_earlier_attempt_is_ignored(void **state)
{
    struct fixture *f = fixture_open("J1{etm=10;}");
    starts(f, NULL);
    ends(f, "J1", 1, NULL);
    later(f, 5, "");
    reruns(f, RERUN_ABNORMAL_JOB, NULL, NULL);
    begins(f, "J1", NULL);
    later(f, 5, "");
    later(f, 5, "J1:KILL#2");
    fixture_close(f);
}

static void a_job_over_its_required_time_is_told_once_and_goes_on(void **state)
{
    struct fixture *f = fixture_open("J1{fd=10;}");
    starts(f, NULL);
    begins(f, "J1", NULL);
    later(f, 10, ""); /* in time to the end of its expected minutes */
    later(f, 1, "J1:END-DELAY");
    step(f, &(struct run_event){.kind = RUN_TIMER, .node = 1, .attempt = 1, .timer = TIMER_END_DELAY}, "");
    assert_true(f->run->nodes[1].flags & NODE_END_DELAYED);
    assert_true(f->run->flags & RUN_NEST_END_DELAYED);
    assert_int_equal(status_of(f, "J1"), STATUS_RUNNING);
    ends(f, "J1", 0, "J1:normal R:normal R:END");
    fixture_close(f);
}

static void a_net_over_its_required_time_is_told(void **state)
{
    struct fixture *f = fixture_open("{fd=30;}N{fd=10;}[A B A>B]");
    starts(f, NULL);
    later(f, 10, "");
    later(f, 1, "N:END-DELAY");
    later(f, 19, "");
    later(f, 1, "R:END-DELAY");
    step(f, &(struct run_event){.kind = RUN_TIMER, .node = 0, .timer = TIMER_END_DELAY}, "");
    assert_true(f->run->flags & RUN_END_DELAYED);
    fixture_close(f);
}

static void a_delay_timer_from_before_the_rerun_is_ignored(void **state)
{
    struct fixture *f = fixture_open("N{fd=10;}[A]");
    starts(f, NULL);
    later(f, 8, "");
    ends(f, "A", 1, NULL);
    reruns(f, RERUN_TOP, NULL, NULL);
    later(f, 2, "");
    later(f, 8, "");
    later(f, 1, "N:END-DELAY");
    fixture_close(f);
}

static void a_late_start_is_told_once(void **state)
{
    struct fixture *f = fixture_open("J1{ha=y;}");
    step(f, &(struct run_event){.kind = RUN_TIMER, .node = 0, .timer = TIMER_START_DELAY}, "R:START-DELAY");
    step(f, &(struct run_event){.kind = RUN_TIMER, .node = 0, .timer = TIMER_START_DELAY}, "");
    starts(f, NULL);
    step(f, &(struct run_event){.kind = RUN_TIMER, .node = 1, .timer = TIMER_START_DELAY}, "J1:START-DELAY");
    assert_int_equal(f->run->flags, RUN_START_DELAYED | RUN_NEST_START_DELAYED);
    fixture_close(f);
}

static void a_started_run_is_not_told_late(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    step(f, &(struct run_event){.kind = RUN_TIMER, .node = 0, .timer = TIMER_START_DELAY}, "");
    fixture_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_abnormal_code_within_the_window_is_tried_again),
        cmocka_unit_test(a_retry_that_succeeds_leaves_no_trace_in_the_net),
        cmocka_unit_test(codes_outside_the_window_and_better_ones_are_not_tried_again),
        cmocka_unit_test(a_killed_job_is_not_tried_again),
        cmocka_unit_test(a_kill_calls_a_pending_retry_off),
        cmocka_unit_test(a_hold_calls_a_pending_retry_off),
        cmocka_unit_test(an_interrupt_calls_a_pending_retry_off),
        cmocka_unit_test(a_retry_due_while_suspended_waits_for_the_resume),
        cmocka_unit_test(a_retry_asks_its_gates_again),
        cmocka_unit_test(a_rerun_has_all_its_retries_again),
        cmocka_unit_test(a_job_over_its_time_out_is_killed),
        cmocka_unit_test(a_time_out_of_an_earlier_attempt_is_ignored),
        cmocka_unit_test(a_job_over_its_required_time_is_told_once_and_goes_on),
        cmocka_unit_test(a_net_over_its_required_time_is_told),
        cmocka_unit_test(a_delay_timer_from_before_the_rerun_is_ignored),
        cmocka_unit_test(a_late_start_is_told_once),
        cmocka_unit_test(a_started_run_is_not_told_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
