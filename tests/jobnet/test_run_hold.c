/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hold and release, suspend and resume.
 */
#include "tests/support/run_fixture.h"

static void a_held_unit_stops_when_its_turn_comes_and_runs_when_released(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    starts(f, NULL);
    act(f, RUN_HOLD, "J2", "");
    ends(f, "J1", 0, "J1:normal J2:holding");
    act(f, RUN_RELEASE, "J2", "J2:queuing J2:START#1");
    fixture_close(f);
}

static void a_definition_can_hold_a_unit(void **state)
{
    struct fixture *f = fixture_open("J1{ha=y;} J2");
    starts(f, "R:running J1:holding J2:queuing J2:START#1");
    act(f, RUN_RELEASE, "J1", "J1:queuing J1:START#1");
    fixture_close(f);
}

static void a_hold_taken_back_in_time_changes_nothing(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    starts(f, NULL);
    act(f, RUN_HOLD, "J2", "");
    act(f, RUN_RELEASE, "J2", "");
    ends(f, "J1", 0, "J1:normal J2:queuing J2:START#1");
    fixture_close(f);
}

static void a_held_net_keeps_all_its_units(void **state)
{
    struct fixture *f = fixture_open("N[A B] J N>J");
    act(f, RUN_HOLD, "N", "");
    starts(f, "R:running N:holding");
    act(f, RUN_RELEASE, "N", "N:running A:queuing B:queuing A:START#1 B:START#1");
    fixture_close(f);
}

static void a_job_in_the_queue_can_still_be_held(void **state)
{
    struct fixture *f = fixture_open("J1");
    f->keeps_slots = true;
    starts(f, "R:running J1:queuing");
    act(f, RUN_HOLD, "J1", "J1:UNQUEUE J1:holding");
    act(f, RUN_SLOT, "J1", "");
    act(f, RUN_RELEASE, "J1", "J1:queuing");
    fixture_close(f);
}

static void a_job_on_its_way_or_running_or_ended_cannot_be_held(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    assert_int_equal(run_hold_check(f->run, node_of(f, "J1"), true), RUN_WRONG_STATE);
    act(f, RUN_HOLD, "J1", "");
    begins(f, "J1", NULL);
    assert_int_equal(run_hold_check(f->run, node_of(f, "J1"), true), RUN_WRONG_STATE);
    ends(f, "J1", 0, NULL);
    assert_int_equal(run_hold_check(f->run, node_of(f, "J1"), true), RUN_WRONG_STATE);
    assert_int_equal(run_hold_check(f->run, node_of(f, "J1"), false), RUN_WRONG_STATE);
    assert_int_equal(run_hold_check(f->run, 99, true), RUN_WRONG_NODE);
    fixture_close(f);
}

static void a_hold_while_gates_are_looked_at_wins_over_the_answer(void **state)
{
    struct fixture *f = fixture_open("J1{x_gate=lock(DB);}");
    f->keeps_gates = true;
    starts(f, "R:running J1:GATES");
    act(f, RUN_HOLD, "J1", "");
    act(f, RUN_GATES_OPEN, "J1", "J1:holding");
    act(f, RUN_GATES_OPEN, "J1", "");
    act(f, RUN_RELEASE, "J1", "J1:term-wait J1:GATES");
    act(f, RUN_GATES_OPEN, "J1", "J1:queuing J1:START#1");
    fixture_close(f);
}

static void a_unit_before_shut_gates_can_be_held(void **state)
{
    struct fixture *f = fixture_open("J1{x_gate=lock(DB);}");
    f->keeps_gates = true;
    starts(f, NULL);
    act(f, RUN_GATES_SHUT, "J1", "J1:gate-wait");
    act(f, RUN_HOLD, "J1", "J1:holding");
    act(f, RUN_GATES_SHUT, "J1", "");
    act(f, RUN_RELEASE, "J1", "J1:term-wait J1:GATES");
    fixture_close(f);
}

static void the_root_shows_its_hold_until_released(void **state)
{
    struct fixture *f = fixture_open("J1");
    act(f, RUN_HOLD, "R", "");
    assert_true(f->run->flags & RUN_HELD);
    act(f, RUN_RELEASE, "R", "");
    assert_false(f->run->flags & RUN_HELD);
    starts(f, NULL);
    assert_int_equal(run_hold_check(f->run, 0, true), RUN_WRONG_STATE);
    fixture_close(f);
}

static void a_suspended_run_lets_running_jobs_end_and_starts_nothing(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    starts(f, NULL);
    act(f, RUN_SUSPEND, "R", "");
    ends(f, "J1", 0, "J1:normal");
    assert_int_equal(status_of(f, "J2"), STATUS_TERM_WAIT);
    act(f, RUN_RESUME, "R", "J2:queuing J2:START#1");
    act(f, RUN_RESUME, "R", "");
    fixture_close(f);
}

static void a_job_in_the_queue_steps_back_when_the_run_is_suspended(void **state)
{
    struct fixture *f = fixture_open("J1 J2");
    f->keeps_slots = true;
    starts(f, NULL);
    act(f, RUN_SLOT, "J2", "J2:START#1");
    act(f, RUN_SUSPEND, "R", "J1:UNQUEUE J1:term-wait");
    act(f, RUN_SLOT, "J1", "");
    begins(f, "J2", "J2:running");
    act(f, RUN_RESUME, "R", "J1:queuing");
    fixture_close(f);
}

static void gates_are_asked_again_when_the_run_is_resumed(void **state)
{
    struct fixture *f = fixture_open("J1{x_gate=lock(DB);}");
    f->keeps_gates = true;
    starts(f, NULL);
    act(f, RUN_GATES_SHUT, "J1", "J1:gate-wait");
    act(f, RUN_SUSPEND, "R", "");
    act(f, RUN_GATES_OPEN, "J1", "");
    act(f, RUN_RESUME, "R", "J1:GATES");
    act(f, RUN_GATES_OPEN, "J1", "J1:queuing J1:START#1");
    fixture_close(f);
}

static void a_failure_while_suspended_still_leaves_out_what_follows(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    starts(f, NULL);
    act(f, RUN_SUSPEND, "R", "");
    ends(f, "J1", 1, "J1:abnormal R:abnormal J2:unexec R:END");
    fixture_close(f);
}

static void a_release_while_suspended_waits_for_the_resume(void **state)
{
    struct fixture *f = fixture_open("J1{ha=y;}");
    starts(f, "R:running J1:holding");
    act(f, RUN_SUSPEND, "R", "");
    act(f, RUN_RELEASE, "J1", "J1:term-wait");
    act(f, RUN_RESUME, "R", "J1:queuing J1:START#1");
    fixture_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_held_unit_stops_when_its_turn_comes_and_runs_when_released),
        cmocka_unit_test(a_definition_can_hold_a_unit),
        cmocka_unit_test(a_hold_taken_back_in_time_changes_nothing),
        cmocka_unit_test(a_held_net_keeps_all_its_units),
        cmocka_unit_test(a_job_in_the_queue_can_still_be_held),
        cmocka_unit_test(a_job_on_its_way_or_running_or_ended_cannot_be_held),
        cmocka_unit_test(a_hold_while_gates_are_looked_at_wins_over_the_answer),
        cmocka_unit_test(a_unit_before_shut_gates_can_be_held),
        cmocka_unit_test(the_root_shows_its_hold_until_released),
        cmocka_unit_test(a_suspended_run_lets_running_jobs_end_and_starts_nothing),
        cmocka_unit_test(a_job_in_the_queue_steps_back_when_the_run_is_suspended),
        cmocka_unit_test(gates_are_asked_again_when_the_run_is_resumed),
        cmocka_unit_test(a_failure_while_suspended_still_leaves_out_what_follows),
        cmocka_unit_test(a_release_while_suspended_waits_for_the_resume),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
