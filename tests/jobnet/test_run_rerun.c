/* SPDX-License-Identifier: Apache-2.0 */
/*
 * every kind of rerun, and change of status (reference §8).
 */
#include "tests/support/run_fixture.h"

#include <string.h>

/* J1 fails, J2 and J3 are not executed. */
static struct fixture *failed_row(void)
{
    struct fixture *f = fixture_open("J0 J1 J2 J3 J0>J1 J1>J2 J2>J3");
    starts(f, NULL);
    ends(f, "J0", 0, NULL);
    ends(f, "J1", 9, "J1:abnormal R:abnormal J2:unexec J3:unexec R:END");
    return f;
}

static void from_the_top_everything_runs_again(void **state)
{
    struct fixture *f = failed_row();
    reruns(f, RERUN_TOP, NULL, "R:running J0:queuing J1:term-wait J2:term-wait J3:term-wait J0:START#2");
    ends(f, "J0", 0, "J0:normal J1:queuing J1:START#2");
    ends(f, "J1", 0, NULL);
    ends(f, "J2", 0, NULL);
    ends(f, "J3", 0, "J3:normal R:normal R:END");
    fixture_close(f);
}

static void a_run_that_ended_normally_can_run_from_the_top_again(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    assert_int_equal(run_rerun_check(f->run, RERUN_TOP, 0), RUN_NOT_ENDED);
    ends(f, "J1", 0, NULL);
    assert_int_equal(run_rerun_check(f->run, RERUN_ABNORMAL_JOB, 0), RUN_NOTHING_TO_DO);
    reruns(f, RERUN_TOP, NULL, "R:running J1:queuing J1:START#2");
    fixture_close(f);
}

static void a_run_that_never_started_cannot_be_rerun(void **state)
{
    struct fixture *f = fixture_open("J1");
    for (int kind = 0; kind < RERUN_KINDS; kind++) {
        assert_int_equal(run_rerun_check(f->run, (enum rerun_kind)kind, 1), RUN_WRONG_STATE);
        reruns(f, (enum rerun_kind)kind, "J1", "");
    }
    fixture_close(f);
}

static void from_the_abnormal_job_its_predecessors_keep_their_end(void **state)
{
    struct fixture *f = failed_row();
    reruns(f, RERUN_ABNORMAL_JOB, NULL, "R:running J1:queuing J2:term-wait J3:term-wait J1:START#2");
    ends(f, "J1", 0, "J1:normal J2:queuing J2:START#1");
    ends(f, "J2", 0, NULL);
    ends(f, "J3", 0, "J3:normal R:normal R:END");
    assert_int_equal(f->run->nodes[node_of(f, "J0")].attempt, 1);
    fixture_close(f);
}

static void a_rerun_that_fails_again_ends_as_before(void **state)
{
    struct fixture *f = failed_row();
    reruns(f, RERUN_ABNORMAL_JOB, NULL, NULL);
    ends(f, "J1", 9, "J1:abnormal R:abnormal J2:unexec J3:unexec R:END");
    fixture_close(f);
}

static void from_the_abnormal_net_all_units_of_that_net_run_again(void **state)
{
    struct fixture *f = fixture_open("J0 N[A B C A>B B>C] J1 J0>N N>J1");
    starts(f, NULL);
    ends(f, "J0", 0, NULL);
    ends(f, "A", 0, NULL);
    ends(f, "B", 1, NULL);
    reruns(f, RERUN_ABNORMAL_NET, NULL, "R:running N:running A:queuing B:term-wait C:term-wait J1:term-wait A:START#2");
    ends(f, "A", 0, NULL);
    ends(f, "B", 0, NULL);
    ends(f, "C", 0, "C:normal N:normal J1:queuing J1:START#1");
    fixture_close(f);
}

static void behind_the_abnormal_job_what_follows_runs_and_the_net_warns(void **state)
{
    struct fixture *f = failed_row();
    reruns(f, RERUN_NEXT, NULL, "R:running J2:queuing J3:term-wait J2:START#1");
    assert_int_equal(status_of(f, "J1"), STATUS_ABNORMAL);
    ends(f, "J2", 0, NULL);
    ends(f, "J3", 0, "J3:normal R:warning R:END");
    assert_int_equal(run_rerun_check(f->run, RERUN_NEXT, 0), RUN_NOTHING_TO_DO);
    assert_int_equal(run_rerun_check(f->run, RERUN_ABNORMAL_JOB, 0), RUN_NOTHING_TO_DO);
    fixture_close(f);
}

static void what_was_treated_as_done_stays_so_in_a_later_rerun(void **state)
{
    struct fixture *f = failed_row();
    reruns(f, RERUN_NEXT, NULL, NULL);
    ends(f, "J2", 1, "J2:abnormal R:abnormal J3:unexec R:END");
    reruns(f, RERUN_ABNORMAL_JOB, NULL, "R:running J2:queuing J3:term-wait J2:START#2");
    fixture_close(f);
}

static void behind_the_abnormal_job_alone_in_a_net_the_net_is_done(void **state)
{
    struct fixture *f = fixture_open("N[A] J1 N>J1");
    starts(f, NULL);
    ends(f, "A", 1, "A:abnormal N:abnormal R:abnormal J1:unexec R:END");
    reruns(f, RERUN_NEXT, NULL, "R:wa-cont J1:queuing N:warning J1:START#1");
    ends(f, "J1", 0, "J1:normal R:warning R:END");
    fixture_close(f);
}

static void a_net_settled_by_an_earlier_rerun_is_not_opened_by_the_next(void **state)
{
    struct fixture *f = fixture_open("N[A] M[B] N>M");
    starts(f, NULL);
    ends(f, "A", 1, NULL);
    reruns(f, RERUN_NEXT, NULL, "R:wa-cont M:running B:queuing N:warning B:START#1");
    ends(f, "B", 0, NULL);
    reruns(f, RERUN_FROM, "B", "R:wa-cont B:queuing M:running B:START#2");
    fixture_close(f);
}

static void only_warnings_run_again_and_what_follows_stays(void **state)
{
    struct fixture *f = fixture_open("J1{wth=0;tho=8;} J2 J1>J2");
    starts(f, NULL);
    ends(f, "J1", 3, NULL);
    ends(f, "J2", 0, "J2:normal R:warning R:END");
    reruns(f, RERUN_WARNING, NULL, "R:running J1:queuing J1:START#2");
    ends(f, "J1", 0, "J1:normal R:normal R:END");
    assert_int_equal(f->run->nodes[node_of(f, "J2")].attempt, 1);
    fixture_close(f);
}

static void each_failure_of_a_warning_rerun_is_told_apart(void **state)
{
    static const enum status expected[] = {STATUS_ABNORMAL_WR, STATUS_KILLED_WR, STATUS_FAILED_WR, STATUS_UNKNOWN_WR,
                                           STATUS_KILLED_WR, STATUS_WARNING};
    for (size_t i = 0; i < COUNT(expected); i++) {
        struct fixture *f = fixture_open("J1{wth=0;tho=8;}");
        starts(f, NULL);
        ends(f, "J1", 3, NULL);
        f->keeps_slots = i == 4;
        reruns(f, RERUN_WARNING, NULL, NULL);
        struct run_event event = {.node = 1, .attempt = 2, .code = i == 5 ? 3 : 9};
        static const enum run_event_kind kinds[] = {RUN_ENDED, RUN_ENDED, RUN_REFUSED, RUN_UNKNOWN, RUN_KILL, RUN_ENDED};
        event.kind = kinds[i];
        event.is_killed = i == 1;
        event.is_failed = i == 2;
        step(f, &event, NULL);
        assert_int_equal(status_of(f, "J1"), expected[i]);
        assert_int_equal(status_of(f, "R"), i == 5 ? STATUS_WARNING : STATUS_ABNORMAL);
        if (i == 3) { /* and so is the truth that comes late */
            event.kind = RUN_ENDED;
            step(f, &event, "J1:abnormal-wr");
        }
        fixture_close(f);
    }
}

static void from_a_unit_on_it_and_all_behind_it_run_again(void **state)
{
    struct fixture *f = fixture_open("A B C D A>B B>C A>D");
    starts(f, NULL);
    ends(f, "A", 0, NULL);
    ends(f, "D", 0, NULL);
    ends(f, "B", 0, NULL);
    ends(f, "C", 0, "C:normal R:normal R:END");
    reruns(f, RERUN_FROM, "B", "R:running B:queuing C:term-wait B:START#2");
    ends(f, "B", 0, "B:normal C:queuing C:START#2");
    ends(f, "C", 0, "C:normal R:normal R:END");
    fixture_close(f);
}

static void from_a_unit_inside_a_net_what_follows_the_net_runs_again(void **state)
{
    struct fixture *f = fixture_open("N[A B A>B] C N>C");
    starts(f, NULL);
    ends(f, "A", 0, NULL);
    ends(f, "B", 0, NULL);
    ends(f, "C", 0, NULL);
    reruns(f, RERUN_FROM, "B", "R:running B:queuing C:term-wait N:running B:START#2");
    ends(f, "B", 0, "B:normal N:normal C:queuing C:START#2");
    fixture_close(f);
}

static void from_a_detour_on_what_follows_its_judgment_runs_again(void **state)
{
    struct fixture *f = fixture_open("J1 D?{ej=eq;ejc=0;} X Y J1>D D~X D>Y");
    starts(f, NULL);
    ends(f, "J1", 0, NULL);
    ends(f, "X", 0, NULL);
    ends(f, "Y", 0, NULL);
    reruns(f, RERUN_FROM, "X", "R:running X:queuing Y:term-wait X:START#2");
    ends(f, "X", 0, "X:normal Y:queuing Y:START#2");
    fixture_close(f);
}

static void only_one_unit_leaves_a_gap_behind_it(void **state)
{
    struct fixture *f = failed_row();
    reruns(f, RERUN_ONLY, "J1", "R:ab-cont J1:queuing J1:START#2");
    ends(f, "J1", 0, "J1:normal R:invalid-seq R:END");
    assert_int_equal(status_of(f, "J2"), STATUS_UNEXEC);
    reruns(f, RERUN_AFTER, "J1", "R:running J2:queuing J3:term-wait J2:START#1");
    ends(f, "J2", 0, NULL);
    ends(f, "J3", 0, "J3:normal R:normal R:END");
    fixture_close(f);
}

static void behind_a_bad_unit_it_is_treated_as_done(void **state)
{
    struct fixture *f = failed_row();
    reruns(f, RERUN_AFTER, "J1", "R:running J2:queuing J3:term-wait J2:START#1");
    ends(f, "J2", 0, NULL);
    ends(f, "J3", 0, "J3:normal R:warning R:END");
    fixture_close(f);
}

static void behind_the_last_bad_unit_only_the_net_is_settled(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    ends(f, "J1", 1, NULL);
    reruns(f, RERUN_AFTER, "J1", "R:warning R:END");
    fixture_close(f);
}

static void a_failed_branch_can_run_again_while_the_other_goes_on(void **state)
{
    struct fixture *f = fixture_open("A1 A2 B1 B2 A1>A2 B1>B2");
    starts(f, NULL);
    begins(f, "B1", NULL);
    ends(f, "A1", 1, "A1:abnormal R:ab-cont A2:unexec");
    reruns(f, RERUN_ABNORMAL_JOB, NULL, "R:running A1:queuing A2:term-wait A1:START#2");
    ends(f, "A1", 0, "A1:normal A2:queuing A2:START#1");
    ends(f, "B1", 0, NULL);
    ends(f, "B2", 0, NULL);
    ends(f, "A2", 0, "A2:normal R:normal R:END");
    fixture_close(f);
}

static void what_runs_or_waits_for_its_start_cannot_be_rerun(void **state)
{
    struct fixture *f = fixture_open("A B C A>C");
    starts(f, NULL);
    assert_int_equal(run_rerun_check(f->run, RERUN_FROM, node_of(f, "A")), RUN_NOT_ENDED);
    assert_int_equal(run_rerun_check(f->run, RERUN_AFTER, node_of(f, "A")), RUN_NOT_ENDED);
    assert_int_equal(run_rerun_check(f->run, RERUN_FROM, 0), RUN_WRONG_NODE);
    assert_int_equal(run_rerun_check(f->run, RERUN_FROM, 77), RUN_WRONG_NODE);
    ends(f, "A", 0, NULL);
    assert_int_equal(run_rerun_check(f->run, RERUN_FROM, node_of(f, "A")), RUN_NOT_ENDED); /* C is on its way */
    reruns(f, RERUN_FROM, "A", "");
    fixture_close(f);
}

static void a_job_in_the_queue_waits_again_for_the_unit_in_front_that_runs_again(void **state)
{
    struct fixture *f = fixture_open("A B A>B");
    starts(f, NULL);
    f->keeps_slots = true;
    ends(f, "A", 0, "A:normal B:queuing");
    reruns(f, RERUN_ONLY, "A", "A:queuing B:UNQUEUE B:term-wait");
    act(f, RUN_SLOT, "A", "A:START#2");
    ends(f, "A", 0, "A:normal B:queuing");
    fixture_close(f);
}

static void a_rerun_on_hold_stops_only_where_it_begins(void **state)
{
    struct fixture *f = failed_row();
    step(f, &(struct run_event){.kind = RUN_RERUN, .rerun = RERUN_FROM, .node = node_of(f, "J1"), .is_held = true},
         "R:running J1:holding J2:term-wait J3:term-wait");
    act(f, RUN_RELEASE, "J1", "J1:queuing J1:START#2");
    ends(f, "J1", 0, "J1:normal J2:queuing J2:START#1");
    fixture_close(f);
}

static void after_a_kill_the_rerun_begins_with_the_killed_jobs(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    starts(f, NULL);
    begins(f, "J1", NULL);
    act(f, RUN_KILL, "R", NULL);
    assert_int_equal(run_rerun_check(f->run, RERUN_ABNORMAL_JOB, 0), RUN_NOT_ENDED);
    is_killed(f, "J1", "J1:kill R:kill R:END");
    reruns(f, RERUN_ABNORMAL_JOB, NULL, "R:running J1:queuing J2:term-wait J1:START#2");
    ends(f, "J1", 0, NULL);
    ends(f, "J2", 0, "J2:normal R:normal R:END");
    fixture_close(f);
}

static void a_net_with_gates_asks_them_again_before_anything_in_it_runs_again(void **state)
{
    struct fixture *f = fixture_open("N{x_gate=lock(DB);}[A B A>B] C N>C");
    starts(f, NULL);
    ends(f, "A", 0, NULL);
    ends(f, "B", 1, "B:abnormal N:abnormal R:abnormal C:unexec R:END");
    f->keeps_gates = true;
    reruns(f, RERUN_ABNORMAL_JOB, NULL, "R:running B:term-wait C:term-wait N:term-wait N:GATES");
    act(f, RUN_GATES_SHUT, "N", "N:gate-wait");
    act(f, RUN_GATES_OPEN, "N", "N:running B:queuing B:START#2");
    ends(f, "B", 0, "B:normal N:normal C:queuing C:START#1");
    assert_int_equal(f->run->nodes[node_of(f, "A")].attempt, 1);
    fixture_close(f);
}

static void a_unit_named_inside_a_net_not_planned_runs(void **state)
{
    struct fixture *f = fixture_open("N{de=n;sd=1,tu;}[M{x_gate=lock(DB);}[A B]]");
    starts(f, "R:normal B:bypass A:bypass M:bypass N:bypass R:END");
    reruns(f, RERUN_ONLY, "A", "R:running A:term-wait N:running M:term-wait M:GATES M:running A:queuing A:START#1");
    ends(f, "A", 0, "A:normal M:normal N:normal R:normal R:END");
    fixture_close(f);
}

static void the_preview_marks_what_the_rerun_resets(void **state)
{
    struct fixture *f = fixture_open("A N[B C B>C] D A>N N>D");
    bool marks[8];
    run_rerun_mark(f->run, RERUN_FROM, node_of(f, "C"), marks);
    assert_memory_equal(marks, ((bool[]){false, false, false, false, true, true}), 6);
    run_rerun_mark(f->run, RERUN_ONLY, node_of(f, "N"), marks);
    assert_memory_equal(marks, ((bool[]){false, false, true, true, true, false}), 6);
    run_rerun_mark(f->run, RERUN_AFTER, node_of(f, "A"), marks);
    assert_memory_equal(marks, ((bool[]){false, false, true, true, true, true}), 6);
    fixture_close(f);
}

static void each_kind_of_rerun_has_a_name(void **state)
{
    for (int kind = 0; kind < RERUN_KINDS; kind++) {
        enum rerun_kind again = RERUN_KINDS;
        assert_true(rerun_parse(rerun_row((enum rerun_kind)kind)->name, &again));
        assert_int_equal(again, kind);
    }
    enum rerun_kind kind;
    assert_false(rerun_parse("sideways", &kind));
}

/* ---- change of status ---- */

static void running_to_ended_starts_what_follows_while_the_process_goes_on(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    starts(f, NULL);
    begins(f, "J1", NULL);
    changes(f, "J1", STATUS_NORMAL, "J1:normal J2:queuing J2:START#1");
    ends(f, "J1", 9, ""); /* its own end changes nothing more */
    ends(f, "J2", 0, "J2:normal R:normal R:END");
    fixture_close(f);
}

static void abnormal_to_normal_starts_nothing_and_the_net_is_out_of_order(void **state)
{
    struct fixture *f = failed_row();
    changes(f, "J1", STATUS_NORMAL, "J1:normal R:invalid-seq");
    assert_int_equal(status_of(f, "J2"), STATUS_UNEXEC);
    reruns(f, RERUN_AFTER, "J1", "R:running J2:queuing J3:term-wait J2:START#1");
    fixture_close(f);
}

static void the_last_failure_made_normal_makes_all_nets_normal(void **state)
{
    struct fixture *f = fixture_open("N[A]");
    starts(f, NULL);
    ends(f, "A", 1, "A:abnormal N:abnormal R:abnormal R:END");
    changes(f, "A", STATUS_WARNING, "A:warning N:warning R:warning");
    changes(f, "A", STATUS_NORMAL, "A:normal N:normal R:normal");
    changes(f, "A", STATUS_ABNORMAL, "A:abnormal N:abnormal R:abnormal");
    fixture_close(f);
}

static void a_net_that_still_runs_changes_its_colour(void **state)
{
    struct fixture *f = fixture_open("N[A B]");
    starts(f, NULL);
    ends(f, "A", 1, "A:abnormal N:ab-cont R:ab-cont");
    changes(f, "A", STATUS_NORMAL, "A:normal N:running R:running");
    changes(f, "A", STATUS_WARNING, "A:warning N:wa-cont R:wa-cont");
    fixture_close(f);
}

static void only_queued_running_and_ended_jobs_can_be_changed(void **state)
{
    struct fixture *f = fixture_open("J1 N[A] J2{ha=y;} J1>N");
    starts(f, NULL);
    assert_int_equal(run_change_check(f->run, node_of(f, "A"), STATUS_NORMAL), RUN_WRONG_STATE);
    assert_int_equal(run_change_check(f->run, node_of(f, "J2"), STATUS_NORMAL), RUN_WRONG_STATE);
    assert_int_equal(run_change_check(f->run, node_of(f, "N"), STATUS_NORMAL), RUN_WRONG_NODE);
    assert_int_equal(run_change_check(f->run, 0, STATUS_NORMAL), RUN_WRONG_NODE);
    assert_int_equal(run_change_check(f->run, node_of(f, "J1"), STATUS_RUNNING), RUN_WRONG_STATE);
    assert_int_equal(run_change_check(f->run, node_of(f, "J1"), STATUS_BYPASS), RUN_ACCEPTED);
    changes(f, "A", STATUS_NORMAL, "");
    fixture_close(f);
}

static void a_queued_job_made_normal_leaves_the_queue(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    f->keeps_slots = true;
    starts(f, NULL);
    changes(f, "J1", STATUS_NORMAL, "J1:UNQUEUE J1:normal J2:queuing");
    fixture_close(f);
}

static void a_change_can_carry_a_code(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    step(f, &(struct run_event){.kind = RUN_CHANGE_STATUS, .node = 1, .status = STATUS_FAILED, .code = 77}, "J1:fail R:abnormal R:END");
    assert_int_equal(f->run->nodes[1].code, 77);
    fixture_close(f);
}

static void a_killed_run_stays_killed_while_anything_in_it_is_bad(void **state)
{
    struct fixture *f = fixture_open("J1 J2");
    starts(f, NULL);
    act(f, RUN_KILL, "R", NULL);
    is_killed(f, "J1", NULL);
    is_killed(f, "J2", "J2:kill R:kill R:END");
    changes(f, "J1", STATUS_NORMAL, "J1:normal");
    changes(f, "J2", STATUS_NORMAL, "J2:normal R:normal");
    fixture_close(f);
}

static void what_still_runs_behind_a_changed_status_is_not_rerun(void **state)
{
    struct fixture *f = fixture_open("J1 J2 J1>J2");
    starts(f, NULL);
    begins(f, "J1", NULL);
    changes(f, "J1", STATUS_ABNORMAL, NULL);
    assert_int_equal(run_rerun_check(f->run, RERUN_TOP, 0), RUN_PROCESS_LEFT);
    assert_int_equal(run_rerun_check(f->run, RERUN_ABNORMAL_JOB, 0), RUN_PROCESS_LEFT);
    assert_int_equal(run_process_left(f->run, RERUN_TOP, 0), node_of(f, "J1"));
    assert_int_equal(run_rerun_check(f->run, RERUN_NEXT, 0), RUN_ACCEPTED); /* it leaves J1 alone */
    assert_reload_is_equal(f);
    ends(f, "J1", 0, "");
    assert_int_equal(status_of(f, "J1"), STATUS_ABNORMAL); /* the person's word stands */
    reruns(f, RERUN_ABNORMAL_JOB, NULL, "R:running J1:queuing J2:term-wait J1:START#2");
    fixture_close(f);
}

static void what_still_runs_behind_a_changed_status_can_be_killed(void **state)
{
    struct fixture *f = fixture_open("J1");
    starts(f, NULL);
    begins(f, "J1", NULL);
    changes(f, "J1", STATUS_NORMAL, "J1:normal R:normal R:END");
    act(f, RUN_KILL, "R", "J1:KILL#1");
    is_killed(f, "J1", "");
    assert_int_equal(status_of(f, "J1"), STATUS_NORMAL);
    assert_int_equal(run_kill_check(f->run, 0), RUN_WRONG_STATE);
    reruns(f, RERUN_TOP, NULL, "R:running J1:queuing J1:START#2");
    fixture_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_the_top_everything_runs_again),
        cmocka_unit_test(a_run_that_ended_normally_can_run_from_the_top_again),
        cmocka_unit_test(a_run_that_never_started_cannot_be_rerun),
        cmocka_unit_test(from_the_abnormal_job_its_predecessors_keep_their_end),
        cmocka_unit_test(a_rerun_that_fails_again_ends_as_before),
        cmocka_unit_test(from_the_abnormal_net_all_units_of_that_net_run_again),
        cmocka_unit_test(behind_the_abnormal_job_what_follows_runs_and_the_net_warns),
        cmocka_unit_test(what_was_treated_as_done_stays_so_in_a_later_rerun),
        cmocka_unit_test(behind_the_abnormal_job_alone_in_a_net_the_net_is_done),
        cmocka_unit_test(a_net_settled_by_an_earlier_rerun_is_not_opened_by_the_next),
        cmocka_unit_test(only_warnings_run_again_and_what_follows_stays),
        cmocka_unit_test(each_failure_of_a_warning_rerun_is_told_apart),
        cmocka_unit_test(from_a_unit_on_it_and_all_behind_it_run_again),
        cmocka_unit_test(from_a_unit_inside_a_net_what_follows_the_net_runs_again),
        cmocka_unit_test(from_a_detour_on_what_follows_its_judgment_runs_again),
        cmocka_unit_test(only_one_unit_leaves_a_gap_behind_it),
        cmocka_unit_test(behind_a_bad_unit_it_is_treated_as_done),
        cmocka_unit_test(behind_the_last_bad_unit_only_the_net_is_settled),
        cmocka_unit_test(a_failed_branch_can_run_again_while_the_other_goes_on),
        cmocka_unit_test(what_runs_or_waits_for_its_start_cannot_be_rerun),
        cmocka_unit_test(a_job_in_the_queue_waits_again_for_the_unit_in_front_that_runs_again),
        cmocka_unit_test(a_rerun_on_hold_stops_only_where_it_begins),
        cmocka_unit_test(after_a_kill_the_rerun_begins_with_the_killed_jobs),
        cmocka_unit_test(a_net_with_gates_asks_them_again_before_anything_in_it_runs_again),
        cmocka_unit_test(a_unit_named_inside_a_net_not_planned_runs),
        cmocka_unit_test(the_preview_marks_what_the_rerun_resets),
        cmocka_unit_test(each_kind_of_rerun_has_a_name),
        cmocka_unit_test(running_to_ended_starts_what_follows_while_the_process_goes_on),
        cmocka_unit_test(abnormal_to_normal_starts_nothing_and_the_net_is_out_of_order),
        cmocka_unit_test(the_last_failure_made_normal_makes_all_nets_normal),
        cmocka_unit_test(a_net_that_still_runs_changes_its_colour),
        cmocka_unit_test(only_queued_running_and_ended_jobs_can_be_changed),
        cmocka_unit_test(a_queued_job_made_normal_leaves_the_queue),
        cmocka_unit_test(a_change_can_carry_a_code),
        cmocka_unit_test(a_killed_run_stays_killed_while_anything_in_it_is_bad),
        cmocka_unit_test(what_still_runs_behind_a_changed_status_is_not_rerun),
        cmocka_unit_test(what_still_runs_behind_a_changed_status_can_be_killed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
