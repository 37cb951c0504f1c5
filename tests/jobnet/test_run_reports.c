/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reports that come twice, late, out of order or for nobody; unknown ends; refused starts.
 */
#include "tests/support/run_fixture.h"

static void doubled_reports_change_nothing(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    starts(f, NULL);
    begins(f, "J1", "J1:running");
    begins(f, "J1", "");
    ends(f, "J1", 0, "J1:normal J2:queuing J2:START#1");
    ends(f, "J1", 0, "");
    ends(f, "J1", 9, "");
    begins(f, "J1", "");
    assert_int_equal(f->run->nodes[node_of(f, "J1")].code, 0);
    fixture_close(f);
}

static void an_end_may_come_without_its_start(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    struct run_event end = {.kind = RUN_ENDED, .node = 1, .attempt = 1, .happened = {f->now.ms - 5000}};
    step(f, &end, "J1:normal R:normal R:END");
    assert_int_equal(f->run->nodes[1].started_ms, f->now.ms - 5000);
    assert_int_equal(f->run->nodes[1].ended_ms, f->now.ms - 5000);
    fixture_close(f);
}

static void times_are_those_of_the_host_but_never_in_the_future_nor_backward(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    f->now.ms += 60000;
    step(f, &(struct run_event){.kind = RUN_STARTED, .node = 1, .attempt = 1, .happened = {f->now.ms - 30000}}, NULL);
    assert_int_equal(f->run->nodes[1].started_ms, f->now.ms - 30000);
    step(f, &(struct run_event){.kind = RUN_ENDED, .node = 1, .attempt = 1, .happened = {f->now.ms - 40000}}, NULL);
    assert_int_equal(f->run->nodes[1].ended_ms, f->now.ms - 30000);
    reruns(f, RERUN_TOP, NULL, NULL);
    step(f, &(struct run_event){.kind = RUN_STARTED, .node = 1, .attempt = 2, .happened = {f->now.ms + 9999}}, NULL);
    assert_int_equal(f->run->nodes[1].started_ms, f->now.ms);
    fixture_close(f);
}

static void a_report_of_an_earlier_attempt_is_ignored(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    ends(f, "J1", 1, NULL);
    f->keeps_slots = true;
    reruns(f, RERUN_TOP, NULL, "R:running J1:queuing");
    struct run_event old = {.kind = RUN_ENDED, .node = 1, .attempt = 1};
    step(f, &old, "");
    act(f, RUN_SLOT, "J1", "J1:START#2");
    step(f, &old, "");
    old.kind = RUN_STARTED;
    step(f, &old, "");
    old.kind = RUN_UNKNOWN;
    step(f, &old, "");
    old.kind = RUN_REFUSED;
    step(f, &old, "");
    fixture_close(f);
}

static void a_report_for_an_attempt_never_given_is_ignored(void **state)
{
    struct fixture *f = fixture_open("J1 N[A] J1>N");
    struct run_event foreign = {.kind = RUN_ENDED, .node = 1, .attempt = 1};
    step(f, &foreign, "");
    foreign.attempt = 0;
    step(f, &foreign, "");
    starts(f, NULL);
    foreign.attempt = 5;
    step(f, &foreign, "");
    foreign.node = node_of(f, "N");
    foreign.attempt = 0;
    step(f, &foreign, "");
    foreign.node = 0;
    step(f, &foreign, "");
    fixture_close(f);
}

static void a_refused_start_goes_back_to_its_gates_with_a_new_number(void **state)
{
    struct fixture *f = fixture_open("J1{x_gate=lock(DB);}");
    starts(f, "R:running J1:GATES J1:queuing J1:START#1");
    f->keeps_gates = true;
    act(f, RUN_REFUSED, "J1", "J1:FREE J1:term-wait J1:GATES");
    act(f, RUN_GATES_SHUT, "J1", "J1:gate-wait");
    act(f, RUN_GATES_OPEN, "J1", "J1:queuing J1:START#2");
    ends(f, "J1", 0, "J1:normal R:normal R:END");
    fixture_close(f);
}

static void a_start_that_cannot_be_done_is_a_failure(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    starts(f, NULL);
    step(f, &(struct run_event){.kind = RUN_REFUSED, .node = 1, .attempt = 1, .is_failed = true},
         "J1:fail R:abnormal J2:unexec R:END");
    assert_int_equal(f->run->nodes[1].code, -1);
    fixture_close(f);
}

static void a_refusal_after_the_start_is_ignored(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    begins(f, "J1", NULL);
    act(f, RUN_REFUSED, "J1", "");
    fixture_close(f);
}

static void an_end_nobody_saw_is_unknown_and_nothing_follows(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    starts(f, NULL);
    begins(f, "J1", NULL);
    act(f, RUN_UNKNOWN, "J1", "J1:unknown R:abnormal J2:unexec R:END");
    act(f, RUN_UNKNOWN, "J1", "");
    begins(f, "J1", "");
    fixture_close(f);
}

static void the_truth_that_comes_late_is_noted_and_starts_nothing(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    starts(f, NULL);
    begins(f, "J1", NULL);
    act(f, RUN_UNKNOWN, "J1", NULL);
    ends(f, "J1", 0, "J1:normal R:invalid-seq");
    assert_int_equal(f->run->nodes[1].code, 0);
    assert_int_equal(status_of(f, "J2"), STATUS_UNEXEC);
    ends(f, "J1", 9, "");
    fixture_close(f);
}

static void a_late_failure_of_an_unknown_job_is_not_tried_again(void **state)
{
    struct fixture *f = fixture_open("J1{abr=y;rec=3;rei=1;}");
    starts(f, NULL);
    act(f, RUN_UNKNOWN, "J1", "J1:unknown R:abnormal R:END");
    ends(f, "J1", 1, "J1:abnormal");
    later(f, 10, "");
    fixture_close(f);
}

static void a_decision_about_an_unknown_job_wins_over_the_late_truth(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    act(f, RUN_UNKNOWN, "J1", NULL);
    changes(f, "J1", STATUS_NORMAL, "J1:normal R:normal");
    ends(f, "J1", 9, "");
    fixture_close(f);
}

static void an_unknown_job_runs_again_only_when_a_person_says_so(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    act(f, RUN_UNKNOWN, "J1", NULL);
    later(f, 600, "");
    reruns(f, RERUN_ABNORMAL_JOB, NULL, "R:running J1:queuing J1:START#2");
    fixture_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubled_reports_change_nothing),
        cmocka_unit_test(an_end_may_come_without_its_start),
        cmocka_unit_test(times_are_those_of_the_host_but_never_in_the_future_nor_backward),
        cmocka_unit_test(a_report_of_an_earlier_attempt_is_ignored),
        cmocka_unit_test(a_report_for_an_attempt_never_given_is_ignored),
        cmocka_unit_test(a_refused_start_goes_back_to_its_gates_with_a_new_number),
        cmocka_unit_test(a_start_that_cannot_be_done_is_a_failure),
        cmocka_unit_test(a_refusal_after_the_start_is_ignored),
        cmocka_unit_test(an_end_nobody_saw_is_unknown_and_nothing_follows),
        cmocka_unit_test(the_truth_that_comes_late_is_noted_and_starts_nothing),
        cmocka_unit_test(a_late_failure_of_an_unknown_job_is_not_tried_again),
        cmocka_unit_test(a_decision_about_an_unknown_job_wins_over_the_late_truth),
        cmocka_unit_test(an_unknown_job_runs_again_only_when_a_person_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
