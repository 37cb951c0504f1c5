/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nested jobnets with rules of their own (de=n, ln) and their start times.
 */
#include "tests/support/run_fixture.h"

#include "calendar/calendar.h"

static void a_net_planned_for_another_day_is_left_out_and_what_follows_runs(void **state)
{
    struct fixture *f = fixture_open("J1 N{de=n;sd=1,tu;}[A] J2 J1>N N>J2");
    starts(f, NULL);
    ends(f, "J1", 0, NULL);
    assert_int_equal(status_of(f, "N"), STATUS_BYPASS);
    assert_int_equal(status_of(f, "A"), STATUS_BYPASS);
    ends(f, "J2", 0, "J2:normal R:normal R:END");
    fixture_close(f);
}

static void a_net_planned_for_the_day_runs(void **state)
{
    struct fixture *f = fixture_open("N{de=n;sd=1,mo;}[A]");
    starts(f, "R:running N:running A:queuing A:START#1");
    fixture_close(f);
}

static void a_net_that_follows_the_upper_schedule_has_no_day_of_its_own(void **state)
{
    struct fixture *f = fixture_open("N[A]");
    starts(f, "R:running N:running A:queuing A:START#1");
    fixture_close(f);
}

static void a_net_waits_for_its_own_start_time(void **state)
{
    struct fixture *f = fixture_open("J1 N{de=n;sd=1,mo;st=1,22:30;}[A] J1>N");
    starts(f, NULL);
    later(f, 10, "");
    ends(f, "J1", 0, "J1:normal N:time-wait");
    later(f, 19, "");
    later(f, 1, "N:running A:queuing A:START#1");
    fixture_close(f);
}

static void a_start_time_that_has_passed_is_no_wait(void **state)
{
    struct fixture *f = fixture_open("J1 N{de=n;sd=1,mo;st=1,22:30;}[A] J1>N");
    starts(f, NULL);
    later(f, 40, "");
    ends(f, "J1", 0, "J1:normal N:running A:queuing A:START#1");
    fixture_close(f);
}

static void only_rules_linked_to_that_of_the_run_count(void **state)
{
    struct fixture *f = fixture_open("N{de=n;sd=1,mo;sd=2,mo;ln=1,1;ln=2,2;st=1,22:30;st=2,23:00;}[A]");
    f->rule = 2;
    fixture_restart(f);
    starts(f, "R:running N:time-wait");
    later(f, 30, "");
    later(f, 30, "N:running A:queuing A:START#1");
    f->rule = 3;
    fixture_restart(f);
    starts(f, "R:normal A:bypass N:bypass R:END");
    fixture_close(f);
}

static void a_linked_rule_is_found_behind_another_at_the_same_time(void **state)
{
    struct fixture *f = fixture_open("N{de=n;sd=1,mo;sd=2,mo;}[A]");
    f->rule = 2;
    fixture_restart(f);
    starts(f, "R:running N:running A:queuing A:START#1");
    fixture_close(f);
}

static void without_a_plan_of_its_own_it_never_runs(void **state)
{
    struct fixture *f = fixture_open("N{de=n;sd=0,ud;}[A] J1 N>J1");
    starts(f, "R:running A:bypass N:bypass J1:queuing J1:START#1");
    fixture_close(f);
}

static void a_rerun_from_the_top_respects_the_plan_but_not_the_time(void **state)
{
    struct fixture *f = fixture_open("J1 N{de=n;sd=1,tu;}[A] M{de=n;sd=1,mo;st=1,23:00;}[B]");
    starts(f, "R:running J1:queuing A:bypass N:bypass M:time-wait J1:START#1");
    later(f, 60, "M:running B:queuing B:START#1");
    ends(f, "B", 0, NULL);
    ends(f, "J1", 0, "J1:normal R:normal R:END");
    reruns(f, RERUN_TOP, NULL, NULL);
    assert_int_equal(status_of(f, "N"), STATUS_BYPASS);
    assert_int_equal(status_of(f, "M"), STATUS_RUNNING);
    fixture_close(f);
}

static void a_net_named_in_a_rerun_runs_though_it_was_not_planned(void **state)
{
    struct fixture *f = fixture_open("N{de=n;sd=1,tu;}[A]");
    starts(f, "R:normal A:bypass N:bypass R:END");
    reruns(f, RERUN_ONLY, "N", "R:running N:running A:queuing A:START#1");
    fixture_close(f);
}

static void a_failure_in_front_counts_more_than_the_plan(void **state)
{
    struct fixture *f = fixture_open("J1 N{de=n;sd=1,tu;}[A] J1>N");
    starts(f, NULL);
    ends(f, "J1", 1, NULL);
    assert_int_equal(status_of(f, "N"), STATUS_UNEXEC);
    fixture_close(f);
}

static void a_net_waiting_for_its_time_can_be_held_and_killed(void **state)
{
    struct fixture *f = fixture_open("N{de=n;sd=1,mo;st=1,22:30;}[A] M{de=n;sd=1,mo;st=1,22:30;}[B]");
    starts(f, "R:running N:time-wait M:time-wait");
    act(f, RUN_HOLD, "N", "");
    act(f, RUN_KILL, "M", "B:unexec R:ab-cont M:unexec");
    later(f, 30, "N:holding");
    act(f, RUN_RELEASE, "N", "N:running A:queuing A:START#1");
    fixture_close(f);
}

static void a_start_time_that_comes_while_suspended_waits_for_the_resume(void **state)
{
    struct fixture *f = fixture_open("N{de=n;sd=1,mo;st=1,22:30;}[A]");
    starts(f, "R:running N:time-wait");
    act(f, RUN_SUSPEND, "R", "");
    later(f, 30, "");
    act(f, RUN_RESUME, "R", "N:running A:queuing A:START#1");
    fixture_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_net_planned_for_another_day_is_left_out_and_what_follows_runs),
        cmocka_unit_test(a_net_planned_for_the_day_runs),
        cmocka_unit_test(a_net_that_follows_the_upper_schedule_has_no_day_of_its_own),
        cmocka_unit_test(a_net_waits_for_its_own_start_time),
        cmocka_unit_test(a_start_time_that_has_passed_is_no_wait),
        cmocka_unit_test(only_rules_linked_to_that_of_the_run_count),
        cmocka_unit_test(a_linked_rule_is_found_behind_another_at_the_same_time),
        cmocka_unit_test(without_a_plan_of_its_own_it_never_runs),
        cmocka_unit_test(a_rerun_from_the_top_respects_the_plan_but_not_the_time),
        cmocka_unit_test(a_net_named_in_a_rerun_runs_though_it_was_not_planned),
        cmocka_unit_test(a_failure_in_front_counts_more_than_the_plan),
        cmocka_unit_test(a_net_waiting_for_its_time_can_be_held_and_killed),
        cmocka_unit_test(a_start_time_that_comes_while_suspended_waits_for_the_resume),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
