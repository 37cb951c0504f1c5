/* SPDX-License-Identifier: Apache-2.0 */
/*
 * the expected course of a night.
 */
#include "tests/support/night.h"

#include <string.h>

/* The longest night of the sample month: 支払確定, 2026-06-29. `insurers` is when the switch of 保険者 begins. */
static struct night *settlement_night(const char *insurers)
{
    struct night *n = night_open();
    night_window(n, "職員", PHASE_OPEN);
    night_window(n, "保険者", PHASE_OPEN);
    night_net(n, "JN103", "19:00", "J{fd=15;x_effect=window(KOKUHO,職員,closed);}");
    night_net(n, "JN104", insurers, "J{fd=15;x_effect=window(KOKUHO,保険者,closed);}");
    night_net(n, "JN106", NULL, "J");
    night_net(n, "JN107", "22:05", "{x_gate=pred(JN103,day);x_gate=pred(JN104,day);x_gate=pred(JN106,day);x_gate=online(KOKUHO,closed);}J{fd=5;}");
    night_net(n, "JN201", "22:10", "{x_class=update;x_gate=pred(JN107,day);x_gate=online(KOKUHO,closed);}J{fd=60;}");
    night_net(n, "JN401", NULL, "J");
    night_net(n, "JN403", NULL, "J");
    night_net(n, "JN404", "22:10", "{x_class=update;x_gate=pred(JN401,month);x_gate=pred(JN403,month);x_gate=pred(JN201,day);x_gate=online(KOKUHO,closed);x_deadline=31:00;}A{fd=120;} B{fd=180;} A>B");
    night_net(n, "JN506", "06:00", "{x_start=gates;x_class=update;x_gate=pred(JN404,day);x_gate=online(KOKUHO,closed);x_deadline=31:30;}J{fd=120;}");
    night_net(n, "JN208", "29:00", "{x_deadline=30:30;}J{fd=20;}");
    night_generation(n, "JN401", "2026-06-22", STATUS_NORMAL);
    night_generation(n, "JN403", "2026-06-25", STATUS_NORMAL);
    return n;
}

static void the_longest_night_chain_leaves_90_minutes(void **state)
{
    struct night *n = settlement_night("21:15");
    night_forecast(n, "18:00");
    assert_string_equal(night_when(n, "JN107"), "22:05-22:10");
    assert_string_equal(night_when(n, "JN201"), "22:10-23:10");
    assert_string_equal(night_when(n, "JN404"), "23:10-28:10");
    assert_string_equal(night_when(n, "JN506"), "28:10-30:10");
    assert_string_equal(night_chain(n, "JN506"), "/JN107 /JN201 /JN404 /JN506");
    assert_int_equal(n->forecast.opening_slack_ms, 90 * MINUTE_MS);
    assert_string_equal(n->forecast.rows[n->forecast.opening_row].path, "/JN506");
    assert_int_equal(night_row(n, "JN404")->slack_ms, 170 * MINUTE_MS);
    assert_int_equal(n->forecast.late_count, 0);
    night_close(n);
}

static void with_the_insurers_window_until_2300_35_minutes_are_left(void **state)
{
    struct night *n = settlement_night("22:45"); /* E-06: 21:30 -> 23:00 */
    night_forecast(n, "18:00");
    assert_string_equal(night_when(n, "JN107"), "23:00-23:05");
    assert_string_equal(night_when(n, "JN506"), "29:05-31:05");
    assert_string_equal(night_chain(n, "JN506"), "/JN104 /JN107 /JN201 /JN404 /JN506");
    assert_int_equal(n->forecast.opening_slack_ms, 35 * MINUTE_MS);
    night_close(n);
}

static void a_running_jobnet_ends_when_its_jobs_have_had_their_time(void **state)
{
    struct night *n = settlement_night("21:15");
    night_window(n, "職員", PHASE_CLOSED);
    night_window(n, "保険者", PHASE_CLOSED);
    static const char *const done[] = {"JN103", "JN104", "JN107", "JN201"};
    for (size_t i = 0; i < COUNT(done); i++) {
        facts_unit(&n->facts, done[i])->plan.at[0].state = PLAN_STARTED;
        night_generation(n, done[i], "2026-06-29", STATUS_NORMAL);
    }
    struct run *run = night_begin(n, "JN404", "23:10");
    night_step(n, run, (struct run_event){.kind = RUN_SLOT, .node = 1}, "23:10");
    night_step(n, run, (struct run_event){.kind = RUN_STARTED, .node = 1}, "23:10");
    night_forecast(n, "24:00");
    assert_string_equal(night_when(n, "JN404"), "23:10-28:10");
    assert_int_equal(night_row(n, "JN404")->run, run->id);
    assert_string_equal(night_when(n, "JN506"), "28:10-30:10");
    night_forecast(n, "25:50"); /* A should have ended 25:10: 160 minutes so far, 16 more */
    assert_string_equal(night_when(n, "JN404"), "23:10-29:06");
    night_step(n, run, (struct run_event){.kind = RUN_ENDED, .node = 1}, "26:00");
    assert_int_equal(run->nodes[2].status, STATUS_QUEUING);
    night_forecast(n, "26:10");
    assert_string_equal(night_when(n, "JN404"), "23:10-29:10");
    night_close(n);
}

/* JN404 fails at 25:30. */
static struct night *failed_night(struct run **run)
{
    struct night *n = settlement_night("21:15");
    night_window(n, "職員", PHASE_CLOSED);
    night_window(n, "保険者", PHASE_CLOSED);
    static const char *const done[] = {"JN103", "JN104", "JN107", "JN201"};
    for (size_t i = 0; i < COUNT(done); i++) {
        facts_unit(&n->facts, done[i])->plan.at[0].state = PLAN_STARTED;
        night_generation(n, done[i], "2026-06-29", STATUS_NORMAL);
    }
    *run = night_begin(n, "JN404", "23:10");
    night_step(n, *run, (struct run_event){.kind = RUN_SLOT, .node = 1}, "23:10");
    night_step(n, *run, (struct run_event){.kind = RUN_ENDED, .node = 1}, "25:10");
    night_step(n, *run, (struct run_event){.kind = RUN_SLOT, .node = 2}, "25:10");
    night_step(n, *run, (struct run_event){.kind = RUN_ENDED, .node = 2, .code = 12}, "25:30");
    assert_int_equal((*run)->status, STATUS_ABNORMAL);
    return n;
}

static void behind_a_failure_what_follows_waits_and_says_for_what(void **state)
{
    struct run *run;
    struct night *n = failed_night(&run);
    night_forecast(n, "25:40");
    const struct forecast_row *row = night_row(n, "JN506");
    assert_int_equal(row->outcome, FORECAST_WAITS);
    assert_int_equal(row->why, ERR_GATE_PRED);
    assert_non_null(strstr(row->args, "/JN404"));
    assert_true(row->is_late);
    assert_true(night_row(n, "JN404")->is_bad);
    assert_true(n->forecast.opening_slack_ms < 0);
    night_close(n);
}

static void the_slack_shrinks_until_the_rerun_and_then_stays(void **state)
{
    struct run *run;
    struct night *n = failed_night(&run);
    n->input.assumes_rerun = true;
    night_forecast(n, "25:40");
    assert_true(night_row(n, "JN404")->is_rerun);
    assert_string_equal(night_when(n, "JN404"), "23:10-28:40");
    assert_int_equal(n->forecast.opening_slack_ms, 60 * MINUTE_MS);
    night_forecast(n, "25:50");
    assert_int_equal(n->forecast.opening_slack_ms, 50 * MINUTE_MS);
    night_step(n, run, (struct run_event){.kind = RUN_RERUN, .rerun = RERUN_ABNORMAL_JOB}, "25:50");
    night_step(n, run, (struct run_event){.kind = RUN_SLOT, .node = 2}, "25:50");
    night_step(n, run, (struct run_event){.kind = RUN_STARTED, .node = 2}, "25:50");
    night_forecast(n, "26:30");
    assert_false(night_row(n, "JN404")->is_rerun);
    assert_int_equal(n->forecast.opening_slack_ms, 50 * MINUTE_MS);
    assert_int_equal(run->status, STATUS_RUNNING); /* the run itself was not touched */
    assert_int_equal(run->nodes[2].attempt, 2);
    night_close(n);
}

static void what_a_person_holds_does_not_start(void **state)
{
    struct night *n = night_open();
    night_net(n, "A", "22:00", "J{fd=10;}")->plan.at[0].is_held = true;
    night_net(n, "B", "22:00", "{x_gate=pred(A,day);}J{fd=10;}");
    night_net(n, "C", "22:00", "{ha=y;}J{fd=10;}");
    night_forecast(n, "21:00");
    assert_int_equal(night_row(n, "A")->outcome, FORECAST_HELD);
    assert_int_equal(night_row(n, "B")->outcome, FORECAST_WAITS);
    assert_int_equal(night_row(n, "C")->outcome, FORECAST_HELD);
    night_close(n);
}

static void a_start_is_skipped_while_the_one_before_runs(void **state)
{
    struct night *n = night_open();
    struct unit_facts *facts = night_net(n, "A", "22:00", "J{fd=90;}");
    struct plan_entry second = facts->plan.at[0];
    second.id++;
    second.start_ms += 60 * MINUTE_MS;
    *vec_add(&facts->plan) = second;
    night_forecast(n, "21:00");
    assert_int_equal(n->forecast.row_count, 2);
    assert_int_equal(n->forecast.rows[0].outcome, FORECAST_ENDS);
    assert_int_equal(n->forecast.rows[1].outcome, FORECAST_SKIPPED);
    night_close(n);
}

static void a_multi_schedule_waits_for_the_one_before_or_runs_beside_it(void **state)
{
    static const char *const drawings[] = {"{ms=mlt;mp=n;}J{fd=90;}", "{ms=mlt;mp=y;}J{fd=90;}"};
    static const char *const expected[] = {"23:30-25:00", "23:00-24:30"};
    for (size_t i = 0; i < 2; i++) {
        struct night *n = night_open();
        struct unit_facts *facts = night_net(n, "A", "22:00", drawings[i]);
        struct plan_entry second = facts->plan.at[0];
        second.id++;
        second.start_ms += 60 * MINUTE_MS;
        *vec_add(&facts->plan) = second;
        night_forecast(n, "21:00");
        assert_string_equal(night_when(n, "A"), expected[i]);
        assert_int_equal(n->forecast.rows[1].critical, i == 0 ? 0 : -1);
        night_close(n);
    }
}

static void jobs_wait_for_a_slot_of_their_agent(void **state)
{
    static const struct forecast_limit limits[] = {{0, 1}, {1380, 3}}; /* one at a time until 23:00 */
    static const struct forecast_agent agents[] = {
        {.name = "batch01", .same_as = -1, .is_default = true, .limits = limits, .limit_count = 2},
        {.name = "alias", .same_as = 0}};
    struct night *n = night_open();
    n->input.agents = agents;
    n->input.agent_count = 2;
    night_net(n, "A", "22:00", "J{fd=30;ex=\"batch01\";}");
    night_net(n, "B", "22:00", "J{fd=20;ex=\"alias\";pr=1;}");
    night_net(n, "C", "22:00", "J{fd=20;pr=5;}");
    night_net(n, "D", "22:00", "J{fd=20;pr=1;}");
    night_net(n, "E", "22:00", "J{fd=20;ex=\"elsewhere\";}");
    night_forecast(n, "21:00");
    assert_string_equal(night_when(n, "A"), "22:00-22:30");
    assert_string_equal(night_when(n, "C"), "22:00-22:50"); /* before B: its priority is higher */
    assert_string_equal(night_when(n, "B"), "22:00-23:10");
    assert_string_equal(night_when(n, "D"), "22:00-23:20"); /* from 23:00 on there are more slots */
    assert_string_equal(night_when(n, "E"), "22:00-22:20"); /* not listed: room without end */
    night_close(n);
}

static void a_lock_lets_one_after_the_other(void **state)
{
    struct night *n = night_open();
    night_net(n, "A", "22:00", "{x_gate=lock(DB);}J{fd=30;}");
    night_net(n, "B", "22:10", "{x_gate=lock(DB);}J{fd=30;}");
    night_net(n, "C", "22:20", "J1{fd=5;x_gate=lock(DB);} J2{fd=5;} J1>J2");
    night_forecast(n, "21:00");
    assert_string_equal(night_when(n, "B"), "22:30-23:00");
    assert_int_equal(night_row(n, "B")->cause, CAUSE_LOCK);
    assert_string_equal(night_when(n, "C"), "22:20-23:10");
    assert_string_equal(night_chain(n, "C"), "/A /B /C");
    night_close(n);
}

static void files_are_expected_and_permits_are_not(void **state)
{
    struct night *n = night_open();
    night_net(n, "A", "22:00", "{x_gate=file(batch01,\"/in/x\");}J{fd=30;}");
    night_net(n, "B", "22:00", "{x_gate=permit(patch);}J{fd=30;}");
    night_forecast(n, "21:00");
    assert_string_equal(night_when(n, "A"), "22:00-22:30");
    assert_int_equal(night_row(n, "B")->outcome, FORECAST_WAITS);
    assert_int_equal(night_row(n, "B")->why, ERR_GATE_PERMIT);
    night_close(n);
}

static bool from_23(void *data, const char *name, struct instant now, struct instant *next)
{
    const struct night *n = data;
    *next = night_at(n, "23:00");
    return now.ms >= next->ms;
}

static void a_time_window_is_waited_for(void **state)
{
    struct night *n = night_open();
    n->facts.time_window = from_23;
    n->facts.data = n;
    night_net(n, "A", "22:00", "{x_gate=window(NIGHT);}J{fd=30;}");
    night_forecast(n, "21:00");
    assert_string_equal(night_when(n, "A"), "23:00-23:30");
    night_close(n);
}

static void without_required_time_history_and_then_a_default_count(void **state)
{
    struct night *n = night_open();
    static const int32_t history[] = {0, 20 * 60000, 0, 20 * 60000};
    night_net(n, "A", "22:00", "J1 J2 J3{fd=30;} J1>J2 J2>J3");
    n->nets.at[0].history_ms = history;
    night_forecast(n, "21:00");
    assert_string_equal(night_when(n, "A"), "22:00-22:51"); /* 20 + 1 + 30 */
    night_close(n);
}

static void a_missed_deadline_is_late(void **state)
{
    struct night *n = night_open();
    night_net(n, "A", "22:00", "{x_deadline=22:20;}J{fd=30;}");
    night_net(n, "B", "22:00", "{x_deadline=22:30;}J{fd=30;}");
    night_net(n, "C", "22:00", "J{fd=1440;}");
    night_forecast(n, "21:00");
    assert_true(night_row(n, "A")->is_late);
    assert_int_equal(night_row(n, "A")->slack_ms, -10 * MINUTE_MS);
    assert_false(night_row(n, "B")->is_late);
    assert_int_equal(night_row(n, "C")->outcome, FORECAST_GOES_ON);
    assert_int_equal(night_row(n, "C")->slack_ms, FORECAST_NO_SLACK);
    assert_int_equal(n->forecast.late_count, 1);
    night_close(n);
}

static void nested_start_times_and_retries_under_way_are_kept(void **state)
{
    struct night *n = night_open();
    night_net(n, "A", "22:00", "J{fd=10;} N{de=n;sd=1,mo;st=1,23:00;}[K{fd=10;}] J>N");
    night_net(n, "B", "22:00", "J{fd=10;abr=y;rec=2;rei=5;}");
    struct run *run = night_begin(n, "B", "22:00");
    night_step(n, run, (struct run_event){.kind = RUN_SLOT, .node = 1}, "22:00");
    night_step(n, run, (struct run_event){.kind = RUN_ENDED, .node = 1, .code = 1}, "22:02");
    night_forecast(n, "22:03");
    assert_string_equal(night_when(n, "A"), "22:03-23:10");
    assert_string_equal(night_when(n, "B"), "22:00-22:17"); /* again at 22:07 */
    night_close(n);
}

static void a_file_judgment_takes_the_longer_way(void **state)
{
    struct night *n = night_open();
    night_net(n, "A", "22:00", "D?{ej=nf;ejf=\"/f\";} X{fd=30;} Y{fd=10;} D~X D>Y");
    night_forecast(n, "21:00");
    assert_string_equal(night_when(n, "A"), "22:00-22:40");
    night_close(n);
}

static void the_snapshot_is_not_changed(void **state)
{
    struct night *n = settlement_night("21:15");
    night_forecast(n, "18:00");
    struct unit_facts *facts = facts_unit(&n->facts, "JN404");
    assert_int_equal(facts->plan.at[0].state, PLAN_WAITING);
    assert_int_equal(facts->generations.n, 0);
    assert_int_equal(n->facts.windows.at[0].seen[0].observed, PHASE_OPEN);
    int64_t before = n->forecast.opening_slack_ms;
    night_forecast(n, "18:00");
    assert_int_equal(n->forecast.opening_slack_ms, before);
    night_close(n);
}

static void a_window_nobody_saw_lately_is_what_was_commanded(void **state)
{
    struct night *n = night_open();
    n->facts.windows.at[0].seen[0].observed = PHASE_UNKNOWN;
    n->facts.windows.at[0].seen[0].commanded = PHASE_CLOSED;
    night_net(n, "A", "22:00", "{x_gate=online(KOKUHO,closed);}J{fd=30;}");
    night_forecast(n, "21:00");
    assert_string_equal(night_when(n, "A"), "22:00-22:30");
    n->facts.windows.at[0].seen[0].commanded = PHASE_UNKNOWN;
    night_forecast(n, "21:00");
    assert_int_equal(night_row(n, "A")->why, ERR_GATE_ONLINE);
    night_close(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_night_chain_leaves_90_minutes),
        cmocka_unit_test(with_the_insurers_window_until_2300_35_minutes_are_left),
        cmocka_unit_test(a_running_jobnet_ends_when_its_jobs_have_had_their_time),
        cmocka_unit_test(behind_a_failure_what_follows_waits_and_says_for_what),
        cmocka_unit_test(the_slack_shrinks_until_the_rerun_and_then_stays),
        cmocka_unit_test(what_a_person_holds_does_not_start),
        cmocka_unit_test(a_start_is_skipped_while_the_one_before_runs),
        cmocka_unit_test(a_multi_schedule_waits_for_the_one_before_or_runs_beside_it),
        cmocka_unit_test(jobs_wait_for_a_slot_of_their_agent),
        cmocka_unit_test(a_lock_lets_one_after_the_other),
        cmocka_unit_test(files_are_expected_and_permits_are_not),
        cmocka_unit_test(a_time_window_is_waited_for),
        cmocka_unit_test(without_required_time_history_and_then_a_default_count),
        cmocka_unit_test(a_missed_deadline_is_late),
        cmocka_unit_test(nested_start_times_and_retries_under_way_are_kept),
        cmocka_unit_test(a_file_judgment_takes_the_longer_way),
        cmocka_unit_test(the_snapshot_is_not_changed),
        cmocka_unit_test(a_window_nobody_saw_lately_is_what_was_commanded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
