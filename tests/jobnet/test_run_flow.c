/* SPDX-License-Identifier: Apache-2.0 */
/*
 * the flow of control: order, thresholds, branches, nested jobnets and their colours.
 */
#include "tests/support/run_fixture.h"

static void a_job_starts_when_the_one_in_front_has_ended(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    starts(f, "R:running J1:queuing J1:START#1");
    begins(f, "J1", "J1:running");
    ends(f, "J1", 0, "J1:normal J2:queuing J2:START#1");
    ends(f, "J2", 0, "J2:normal R:normal R:END");
    fixture_close(f);
}

static void units_without_anyone_in_front_start_together(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J3");
    starts(f, "R:running J1:queuing J2:queuing J3:queuing J1:START#1 J2:START#1 J3:START#1");
    fixture_close(f);
}

static void a_unit_waits_for_all_in_front_of_it(void **state)
{
    struct fixture *f = fixture_open("A B C A>C B>C");
    starts(f, NULL);
    ends(f, "B", 0, "B:normal");
    ends(f, "A", 0, "A:normal C:queuing C:START#1");
    fixture_close(f);
}

static void a_net_without_units_ends_at_once(void **state)
{
    struct fixture *f = fixture_open("");
    starts(f, "R:normal R:END");
    fixture_close(f);
}

static void a_warning_lets_successors_run_and_colours_the_net(void **state)
{
    struct fixture *f = fixture_open("J1{wth=2;tho=8;} J2 J1>J2");
    starts(f, NULL);
    ends(f, "J1", 3, "J1:warning R:wa-cont J2:queuing J2:START#1");
    ends(f, "J2", 0, "J2:normal R:warning R:END");
    fixture_close(f);
}

static enum status ended_with(const char *drawing, int32_t code)
{
    struct fixture *f = fixture_open(drawing);
    starts(f, NULL);
    ends(f, "J1", code, NULL);
    enum status status = status_of(f, "J1");
    fixture_close(f);
    return status;
}

static void a_threshold_is_crossed_only_above_it(void **state)
{
    assert_int_equal(ended_with("J1", 0), STATUS_NORMAL);
    assert_int_equal(ended_with("J1", 1), STATUS_ABNORMAL); /* tho=0: 1 is above */
    assert_int_equal(ended_with("J1{wth=4;tho=8;}", 4), STATUS_NORMAL);
    assert_int_equal(ended_with("J1{wth=4;tho=8;}", 5), STATUS_WARNING);
    assert_int_equal(ended_with("J1{wth=4;tho=8;}", 8), STATUS_WARNING);
    assert_int_equal(ended_with("J1{wth=4;tho=8;}", 9), STATUS_ABNORMAL);
    assert_int_equal(ended_with("J1{wth=0;tho=8;}", 1), STATUS_WARNING);
    assert_int_equal(ended_with("J1{tho=8;}", 8), STATUS_NORMAL); /* no warning without wth */
    assert_int_equal(ended_with("J1{tho=8;}", -1), STATUS_ABNORMAL);
}

static void the_end_may_be_judged_without_the_code(void **state)
{
    assert_int_equal(ended_with("J1{jd=nm;}", 99), STATUS_NORMAL);
    assert_int_equal(ended_with("J1{jd=ab;}", 0), STATUS_ABNORMAL);
    assert_int_equal(ended_with("J1{jd=exf;jdf=\"/f\";}", 0), STATUS_ABNORMAL);
    assert_int_equal(ended_with("J1{jd=mdf;jdf=\"/f\";}", 0), STATUS_ABNORMAL);
    struct fixture *f = fixture_open("J1{jd=exf;jdf=\"/f\";} J2{jd=mdf;jdf=\"/f\";}");
    starts(f, NULL);
    begins(f, "J1", NULL);
    begins(f, "J2", NULL);
    step(f, &(struct run_event){.kind = RUN_ENDED, .node = node_of(f, "J1"), .attempt = 1, .exists = true, .code = 7}, "J1:normal");
    step(f, &(struct run_event){.kind = RUN_ENDED, .node = node_of(f, "J2"), .attempt = 1, .changed = true, .code = 7},
         "J2:normal R:normal R:END");
    fixture_close(f);
}

static void behind_a_failure_nothing_is_executed(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J3 J1>J2 J2>J3");
    starts(f, NULL);
    ends(f, "J1", 1, "J1:abnormal R:abnormal J2:unexec J3:unexec R:END");
    fixture_close(f);
}

static void parallel_branches_go_on_after_a_failure(void **state)
{
    struct fixture *f = fixture_open("A1 A2 B1 B2 A1>A2 B1>B2");
    starts(f, NULL);
    ends(f, "A1", 9, "A1:abnormal R:ab-cont A2:unexec");
    ends(f, "B1", 0, "B1:normal B2:queuing B2:START#1");
    ends(f, "B2", 0, "B2:normal R:abnormal R:END");
    fixture_close(f);
}

static void one_failure_in_front_shows_once_all_in_front_have_ended(void **state)
{
    struct fixture *f = fixture_open("A B C A>C B>C");
    starts(f, NULL);
    ends(f, "A", 1, "A:abnormal R:ab-cont");
    ends(f, "B", 0, "B:normal C:unexec R:abnormal R:END");
    fixture_close(f);
}

static void a_nested_net_runs_like_a_unit(void **state)
{
    struct fixture *f = fixture_open("J1 N[A B A>B] J2 J1>N N>J2");
    starts(f, "R:running J1:queuing J1:START#1");
    ends(f, "J1", 0, "J1:normal N:running A:queuing A:START#1");
    ends(f, "A", 0, "A:normal B:queuing B:START#1");
    ends(f, "B", 0, "B:normal N:normal J2:queuing J2:START#1");
    ends(f, "J2", 0, "J2:normal R:normal R:END");
    fixture_close(f);
}

static void every_net_around_a_failure_shows_it(void **state)
{
    struct fixture *f = fixture_open("N[M[A B] C] D N>D");
    starts(f, NULL);
    ends(f, "A", 1, "A:abnormal M:ab-cont N:ab-cont R:ab-cont");
    ends(f, "B", 0, "B:normal M:abnormal");
    ends(f, "C", 0, "C:normal N:abnormal D:unexec R:abnormal R:END");
    fixture_close(f);
}

static void a_warning_does_not_hide_a_failure(void **state)
{
    struct fixture *f = fixture_open("A{wth=0;tho=8;} B C{wth=0;tho=8;}");
    starts(f, NULL);
    ends(f, "A", 1, "A:warning R:wa-cont");
    ends(f, "B", 9, "B:abnormal R:ab-cont");
    ends(f, "C", 1, "C:warning R:abnormal R:END");
    fixture_close(f);
}

static void a_nested_warning_makes_the_net_end_with_a_warning(void **state)
{
    struct fixture *f = fixture_open("N[A{wth=0;tho=8;}] B N>B");
    starts(f, NULL);
    ends(f, "A", 1, "A:warning N:warning R:wa-cont B:queuing B:START#1");
    ends(f, "B", 0, "B:normal R:warning R:END");
    fixture_close(f);
}

static void a_net_left_out_takes_all_its_units_with_it(void **state)
{
    struct fixture *f = fixture_open("J1 N[A M[B C B>C] A>M] J1>N");
    starts(f, NULL);
    ends(f, "J1", 1, NULL);
    assert_int_equal(status_of(f, "N"), STATUS_UNEXEC);
    assert_int_equal(status_of(f, "C"), STATUS_UNEXEC);
    assert_int_equal(status_of(f, "R"), STATUS_ABNORMAL);
    fixture_close(f);
}

static void gates_are_asked_before_a_slot(void **state)
{
    struct fixture *f = fixture_open("J1{x_gate=lock(DB);}");
    f->keeps_gates = true;
    starts(f, "R:running J1:GATES");
    act(f, RUN_GATES_SHUT, "J1", "J1:gate-wait");
    act(f, RUN_GATES_SHUT, "J1", "");
    act(f, RUN_GATES_OPEN, "J1", "J1:queuing J1:START#1");
    act(f, RUN_GATES_OPEN, "J1", "");
    act(f, RUN_GATES_SHUT, "J1", "");
    fixture_close(f);
}

static void a_gate_that_shuts_while_a_slot_is_waited_for_takes_the_job_back(void **state)
{
    struct fixture *f = fixture_open("J1{x_gate=lock(DB);}");
    f->keeps_slots = true;
    starts(f, "R:running J1:GATES J1:queuing");
    act(f, RUN_GATES_SHUT, "J1", "J1:UNQUEUE J1:gate-wait");
    act(f, RUN_SLOT, "J1", "");
    act(f, RUN_GATES_OPEN, "J1", "J1:queuing");
    act(f, RUN_SLOT, "J1", "J1:START#1");
    fixture_close(f);
}

static void gates_of_a_net_stand_before_all_its_units(void **state)
{
    struct fixture *f = fixture_open("N{x_gate=lock(DB);}[A] B N>B");
    f->keeps_gates = true;
    starts(f, "R:running N:GATES");
    act(f, RUN_GATES_SHUT, "N", "N:gate-wait");
    act(f, RUN_GATES_OPEN, "N", "N:running A:queuing A:START#1");
    fixture_close(f);
}

static void an_answer_about_gates_opens_no_unit_whose_turn_has_not_come(void **state)
{
    struct fixture *f = fixture_open("J1 J2{x_gate=lock(DB);} N[A{x_gate=lock(DB);}] J1>J2 J1>N");
    f->keeps_gates = true;
    act(f, RUN_GATES_OPEN, "J2", "");
    starts(f, NULL);
    act(f, RUN_GATES_OPEN, "J2", "");
    act(f, RUN_GATES_SHUT, "J2", "");
    act(f, RUN_GATES_OPEN, "A", "");
    act(f, RUN_GATES_SHUT, "A", "");
    assert_int_equal(status_of(f, "J2"), STATUS_TERM_WAIT);
    fixture_close(f);
}

static void a_slot_is_given_once(void **state)
{
    struct fixture *f = fixture_open("J1");
    f->keeps_slots = true;
    act(f, RUN_SLOT, "J1", "");
    starts(f, "R:running J1:queuing");
    act(f, RUN_SLOT, "J1", "J1:START#1");
    act(f, RUN_SLOT, "J1", "");
    begins(f, "J1", "J1:running");
    act(f, RUN_SLOT, "J1", "");
    fixture_close(f);
}

static void a_second_start_of_the_run_is_ignored(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    starts(f, "");
    ends(f, "J1", 0, NULL);
    starts(f, "");
    fixture_close(f);
}

static void an_event_for_a_unit_of_another_version_is_ignored(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    step(f, &(struct run_event){.kind = RUN_ENDED, .node = 7, .attempt = 1}, "");
    step(f, &(struct run_event){.kind = RUN_KILL, .node = -1}, "");
    fixture_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_starts_when_the_one_in_front_has_ended),
        cmocka_unit_test(units_without_anyone_in_front_start_together),
        cmocka_unit_test(a_unit_waits_for_all_in_front_of_it),
        cmocka_unit_test(a_net_without_units_ends_at_once),
        cmocka_unit_test(a_warning_lets_successors_run_and_colours_the_net),
        cmocka_unit_test(a_threshold_is_crossed_only_above_it),
        cmocka_unit_test(the_end_may_be_judged_without_the_code),
        cmocka_unit_test(behind_a_failure_nothing_is_executed),
        cmocka_unit_test(parallel_branches_go_on_after_a_failure),
        cmocka_unit_test(one_failure_in_front_shows_once_all_in_front_have_ended),
        cmocka_unit_test(a_nested_net_runs_like_a_unit),
        cmocka_unit_test(every_net_around_a_failure_shows_it),
        cmocka_unit_test(a_warning_does_not_hide_a_failure),
        cmocka_unit_test(a_nested_warning_makes_the_net_end_with_a_warning),
        cmocka_unit_test(a_net_left_out_takes_all_its_units_with_it),
        cmocka_unit_test(gates_are_asked_before_a_slot),
        cmocka_unit_test(a_gate_that_shuts_while_a_slot_is_waited_for_takes_the_job_back),
        cmocka_unit_test(gates_of_a_net_stand_before_all_its_units),
        cmocka_unit_test(an_answer_about_gates_opens_no_unit_whose_turn_has_not_come),
        cmocka_unit_test(a_slot_is_given_once),
        cmocka_unit_test(a_second_start_of_the_run_is_ignored),
        cmocka_unit_test(an_event_for_a_unit_of_another_version_is_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
