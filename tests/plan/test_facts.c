/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gates judged by facts: predecessors by scope (E-08), windows as observed (E-07), frames of time (E-10), locks.
 */
#include "tests/support/night.h"

#include <string.h>

static struct gate gate_of(struct night *n, const char *raw)
{
    struct gate gate = {0};
    const char *why = "";
    if (!gate_parse(&n->arena, str_of(raw), &gate, &why)) {
        fail_msg("%s: %s", raw, why);
    }
    return gate;
}

static struct gate_answer asked_at(struct night *n, const char *raw, const char *time)
{
    struct gate gate = gate_of(n, raw);
    struct gate_subject subject = {.run = 77, .date = n->date, .planned = night_at(n, time), .now = night_at(n, time)};
    for (size_t i = 0; i < 3; i++) {
        n->facts.windows.at[0].seen[i].observed_at = subject.now;
    }
    struct gate_answer answer;
    gate_check(&n->facts, &gate, &subject, &answer);
    return answer;
}

static bool is_open(struct night *n, const char *raw, const char *time)
{
    return asked_at(n, raw, time).is_open;
}

/* ---- predecessors ---- */

static void a_predecessor_of_the_day_must_have_ended_well(void **state)
{
    struct night *n = night_open();
    night_net(n, "JN201", NULL, "J");
    night_generation(n, "JN201", "2026-06-29", STATUS_NORMAL);
    assert_true(is_open(n, "pred(JN201,day)", "23:10"));
    struct generation *g = &facts_unit(&n->facts, "JN201")->generations.at[0];
    static const enum status good[] = {STATUS_NORMAL, STATUS_WARNING, STATUS_BYPASS};
    static const enum status bad[] = {STATUS_RUNNING, STATUS_ABEND_RUNNING, STATUS_ABNORMAL, STATUS_KILLED, STATUS_INTERRUPTED,
                                      STATUS_INVALID_SEQ, STATUS_TIME_WAIT, STATUS_GATE_WAIT, STATUS_HOLDING};
    for (size_t i = 0; i < COUNT(good); i++) {
        g->status = (uint8_t)good[i];
        assert_true(is_open(n, "pred(JN201,day)", "23:10"));
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        g->status = (uint8_t)bad[i];
        struct gate_answer answer = asked_at(n, "pred(JN201,day)", "23:10");
        assert_false(answer.is_open);
        assert_int_equal(answer.why, ERR_GATE_PRED);
        assert_true(answer.key == gate_key(GATE_KEY_UNIT, 1));
        assert_int_equal(is_open(n, "pred(JN201,day,end)", "23:10"), status_class(bad[i]) == STATUS_BAD);
    }
    night_close(n);
}

static void yesterdays_generation_does_not_stand_for_todays(void **state)
{
    struct night *n = night_open();
    night_net(n, "JN201", "22:10", "J");
    night_generation(n, "JN201", "2026-06-28", STATUS_NORMAL);
    assert_false(is_open(n, "pred(JN201,day)", "23:10"));
    night_close(n);
}

static void a_predecessor_not_planned_that_day_is_met(void **state)
{
    struct night *n = night_open();
    struct unit_facts *facts = night_net(n, "JN106", "21:45", "J");
    facts->plan.at[0].state = PLAN_SKIPPED;
    assert_true(is_open(n, "pred(JN106,day)", "22:05"));
    facts->plan.at[0].state = PLAN_CANCELLED;
    assert_true(is_open(n, "pred(JN106,day)", "22:05"));
    facts->plan.at[0].date = bizday_plus(n->date, 1);
    facts->plan.at[0].state = PLAN_WAITING;
    assert_true(is_open(n, "pred(JN106,day)", "22:05"));
    night_close(n);
}

static void a_late_predecessor_is_not_an_absent_one(void **state)
{
    struct night *n = night_open();
    night_net(n, "JN201", "22:10", "J");
    assert_false(is_open(n, "pred(JN201,day)", "22:30"));
    struct gate_answer answer = asked_at(n, "pred(JN201,day)", "22:30");
    assert_non_null(strstr(answer.args, "/JN201"));
    assert_non_null(strstr(answer.args, "2026-06-29"));
    night_close(n);
}

static void a_predecessor_planned_later_that_day_is_waited_for(void **state)
{
    struct night *n = night_open();
    night_net(n, "JN201", "23:30", "J");
    assert_false(is_open(n, "pred(JN201,day)", "22:30"));
    night_close(n);
}

static void of_several_starts_a_day_those_planned_before_count(void **state)
{
    struct night *n = night_open();
    struct unit_facts *facts = night_net(n, "JN209", "22:00", "J"); /* the last one has not begun */
    night_generation(n, "JN209", "2026-06-29", STATUS_NORMAL);
    assert_true(is_open(n, "pred(JN209,day)", "21:30"));
    assert_false(is_open(n, "pred(JN209,day)", "22:00"));
    facts->plan.at[0].state = PLAN_STARTED;
    assert_true(is_open(n, "pred(JN209,day)", "22:00"));
    night_close(n);
}

static void the_newest_generation_decides(void **state)
{
    struct night *n = night_open();
    night_net(n, "JN201", NULL, "J");
    night_generation(n, "JN201", "2026-06-29", STATUS_NORMAL);
    night_generation(n, "JN201", "2026-06-29", STATUS_ABNORMAL);
    assert_false(is_open(n, "pred(JN201,day)", "23:10"));
    night_generation(n, "JN201", "2026-06-29", STATUS_NORMAL);
    assert_true(is_open(n, "pred(JN201,day)", "23:10"));
    night_generation(n, "JN201", "2026-06-29", STATUS_DEFERRED); /* never ran: says nothing */
    assert_true(is_open(n, "pred(JN201,day)", "23:10"));
    night_close(n);
}

static void a_missing_generation_of_june_403_keeps_404_shut_although_mays_exists(void **state)
{
    struct night *n = night_open();
    night_net(n, "JN403", NULL, "J");
    night_generation(n, "JN403", "2026-05-26", STATUS_NORMAL);
    struct gate_answer answer = asked_at(n, "pred(JN403,month)", "22:10");
    assert_false(answer.is_open);
    assert_non_null(strstr(answer.args, "2026-06"));
    night_generation(n, "JN403", "2026-06-25", STATUS_NORMAL);
    assert_true(is_open(n, "pred(JN403,month)", "22:10"));
    night_close(n);
}

static void a_late_start_of_the_month_is_not_hidden_by_an_earlier_one(void **state)
{
    struct night *n = night_open();
    struct unit_facts *facts = night_net(n, "JN308", "22:00", "J"); /* runs on several days of the month */
    night_generation(n, "JN308", "2026-06-23", STATUS_NORMAL);
    assert_false(is_open(n, "pred(JN308,month)", "22:20"));
    facts->plan.at[0].date = bizday_plus(n->date, 1); /* one planned behind me is not for me */
    facts->plan.at[0].start_ms += DAY_MS;
    assert_true(is_open(n, "pred(JN308,month)", "22:20"));
    night_close(n);
}

static void last_months_generation_is_that_of_the_month_before(void **state)
{
    struct night *n = night_open();
    night_net(n, "JN404", NULL, "J");
    night_generation(n, "JN404", "2026-04-28", STATUS_NORMAL);
    night_generation(n, "JN404", "2026-06-29", STATUS_NORMAL);
    assert_false(is_open(n, "pred(JN404,month-1)", "10:00"));
    night_generation(n, "JN404", "2026-05-28", STATUS_NORMAL);
    assert_true(is_open(n, "pred(JN404,month-1)", "10:00"));
    n->date = bizday_of((struct civil){2026, 1, 5});
    night_generation(n, "JN404", "2025-12-25", STATUS_NORMAL);
    assert_true(is_open(n, "pred(JN404,month-1)", "10:00")); /* over the turn of the year */
    night_close(n);
}

static void within_counts_from_its_end_to_now(void **state)
{
    struct night *n = night_open();
    night_net(n, "JN604", NULL, "J");
    night_generation(n, "JN604", "2026-06-28", STATUS_NORMAL); /* ended 23:00 */
    assert_true(is_open(n, "pred(JN604,within=24:00)", "23:00"));
    assert_false(is_open(n, "pred(JN604,within=24:00)", "23:01"));
    night_generation(n, "JN604", "2026-06-29", STATUS_ABNORMAL);
    assert_false(is_open(n, "pred(JN604,within=24:00)", "23:00"));
    night_close(n);
}

static void the_latest_generation_may_be_of_any_age_but_not_of_the_future(void **state)
{
    struct night *n = night_open();
    night_net(n, "JN605", NULL, "J");
    assert_false(is_open(n, "pred(JN605,latest)", "22:00"));
    night_generation(n, "JN605", "2026-03-31", STATUS_NORMAL);
    assert_true(is_open(n, "pred(JN605,latest)", "22:00"));
    night_generation(n, "JN605", "2026-06-30", STATUS_ABNORMAL);
    assert_true(is_open(n, "pred(JN605,latest)", "22:00"));
    night_close(n);
}

static void an_unknown_predecessor_opens_nothing(void **state)
{
    struct night *n = night_open();
    assert_int_equal(asked_at(n, "pred(JN999,day)", "22:00").why, ERR_GATE_UNKNOWN);
    assert_int_equal(asked_at(n, "pred(/HON/JN999,latest)", "22:00").why, ERR_GATE_UNKNOWN);
    assert_int_equal(asked_at(n, "online(NOWHERE,closed)", "22:00").why, ERR_GATE_UNKNOWN);
    night_close(n);
}

/* ---- windows ---- */

static void while_any_class_is_open_nothing_that_needs_the_window_shut_starts(void **state)
{
    struct night *n = night_open();
    night_window(n, "保険者", PHASE_OPEN);
    night_window(n, "審査委員会", PHASE_OPEN);
    struct gate_answer answer = asked_at(n, "online(KOKUHO,closed)", "21:29");
    assert_int_equal(answer.why, ERR_GATE_ONLINE);
    assert_non_null(strstr(answer.args, "保険者"));
    night_window(n, "保険者", PHASE_CLOSED); /* 21:30; the committee is open until 22:00 */
    answer = asked_at(n, "online(KOKUHO,closed)", "21:35");
    assert_false(answer.is_open);
    assert_non_null(strstr(answer.args, "審査委員会"));
    assert_true(answer.key == gate_key_name(GATE_KEY_ONLINE, "KOKUHO"));
    night_window(n, "審査委員会", PHASE_PRECLOSED);
    assert_false(is_open(n, "online(KOKUHO,closed)", "21:50"));
    assert_true(is_open(n, "online(KOKUHO,preclosed)", "21:50"));
    night_window(n, "審査委員会", PHASE_CLOSED);
    assert_true(is_open(n, "online(KOKUHO,closed)", "22:00"));
    assert_false(is_open(n, "online(KOKUHO,open)", "22:00"));
    night_close(n);
}

static void what_was_commanded_but_not_seen_opens_nothing(void **state)
{
    struct night *n = night_open();
    n->facts.windows.at[0].seen[1].commanded = PHASE_CLOSED;
    n->facts.windows.at[0].seen[1].observed = PHASE_OPEN;
    assert_false(is_open(n, "online(KOKUHO,closed)", "22:00"));
    n->facts.windows.at[0].seen[1].observed = PHASE_UNKNOWN;
    assert_false(is_open(n, "online(KOKUHO,closed)", "22:00"));
    night_close(n);
}

static void an_observation_older_than_its_limit_opens_nothing(void **state)
{
    struct night *n = night_open();
    struct gate gate = gate_of(n, "online(KOKUHO,closed)");
    struct gate_subject subject = {.date = n->date, .now = night_at(n, "22:00")};
    for (size_t i = 0; i < 3; i++) {
        n->facts.windows.at[0].seen[i].observed_at = subject.now;
    }
    struct gate_answer answer;
    n->facts.windows.at[0].seen[2].observed_at.ms -= 300000;
    gate_check(&n->facts, &gate, &subject, &answer);
    assert_true(answer.is_open);
    n->facts.windows.at[0].seen[2].observed_at.ms--;
    gate_check(&n->facts, &gate, &subject, &answer);
    assert_false(answer.is_open);
    night_close(n);
}

static bool night_frame(void *data, const char *name, struct instant now, struct instant *next)
{
    const struct night *n = data;
    struct instant from = night_at(n, "22:00"), to = night_at(n, "31:40");
    bool is_in = strcmp(name, "NIGHT") == 0 && now.ms >= from.ms && now.ms < to.ms;
    *next = is_in ? to : now.ms < from.ms ? from : INSTANT_NEVER;
    return is_in;
}

static void a_frame_of_time_says_when_to_look_again(void **state)
{
    struct night *n = night_open();
    assert_false(is_open(n, "window(NIGHT)", "22:00")); /* nobody knows of frames */
    n->facts.time_window = night_frame;
    n->facts.data = n;
    struct gate_answer answer = asked_at(n, "window(NIGHT)", "21:59");
    assert_int_equal(answer.why, ERR_GATE_WINDOW);
    assert_true(answer.look_again.ms == night_at(n, "22:00").ms);
    assert_true(is_open(n, "window(NIGHT)", "22:00"));
    assert_true(is_open(n, "window(NIGHT)", "31:39"));
    assert_true(asked_at(n, "window(NIGHT)", "31:40").look_again.ms == INSTANT_NEVER.ms);
    night_close(n);
}

/* ---- locks, files, permits ---- */

static const struct net_node *lock_node(struct night *n, const char *lock)
{
    struct net_node *node = arena_new(&n->arena, struct net_node);
    struct gate *gate = arena_new(&n->arena, struct gate);
    *gate = gate_of(n, lock);
    *node = (struct net_node){.gates = gate, .gate_count = 1};
    return node;
}

static void an_exclusive_lock_lets_nobody_else_in(void **state)
{
    struct night *n = night_open();
    const struct net_node *node = lock_node(n, "lock(DB)");
    assert_true(is_open(n, "lock(DB)", "22:00"));
    locks_take(&n->facts, node, 5, 0);
    struct gate_answer answer = asked_at(n, "lock(DB)", "22:00");
    assert_int_equal(answer.why, ERR_GATE_LOCK);
    assert_false(is_open(n, "lock(DB,shared)", "22:00"));
    assert_true(is_open(n, "lock(OTHER)", "22:00"));
    struct gate_keys freed = {0};
    locks_release(&n->facts, node, 6, 0, &freed); /* not its holder */
    assert_int_equal(freed.list.n, 0);
    locks_release(&n->facts, node, 5, 0, &freed);
    assert_int_equal(freed.list.n, 1);
    assert_true(freed.list.at[0] == answer.key);
    assert_true(is_open(n, "lock(DB)", "22:00"));
    locks_release(&n->facts, node, 5, 0, &freed);
    assert_int_equal(freed.list.n, 1);
    vec_close(&freed.list);
    night_close(n);
}

static void a_shared_lock_lets_others_share_it(void **state)
{
    struct night *n = night_open();
    const struct net_node *node = lock_node(n, "lock(DB,shared)");
    locks_take(&n->facts, node, 5, 0);
    locks_take(&n->facts, node, 6, 0);
    assert_true(is_open(n, "lock(DB,shared)", "22:00"));
    assert_false(is_open(n, "lock(DB)", "22:00"));
    struct gate_keys freed = {0};
    locks_release(&n->facts, node, 5, 0, &freed);
    assert_false(is_open(n, "lock(DB)", "22:00"));
    locks_release(&n->facts, node, 6, 0, &freed);
    assert_true(is_open(n, "lock(DB)", "22:00"));
    vec_close(&freed.list);
    night_close(n);
}

static void its_own_lock_does_not_stop_its_holder(void **state)
{
    struct night *n = night_open();
    locks_take(&n->facts, lock_node(n, "lock(DB)"), 77, 0);
    assert_true(is_open(n, "lock(DB)", "22:00")); /* asked as run 77, node 0 */
    night_close(n);
}

static int file_of(void *data, const char *agent, const char *path)
{
    return strcmp(agent, "batch01") == 0 && strcmp(path, "/in/x") == 0 ? 1 : strcmp(path, "/in/none") == 0 ? 0 : -1;
}

static void only_a_file_that_was_seen_opens(void **state)
{
    struct night *n = night_open();
    assert_false(is_open(n, "file(batch01,\"/in/x\")", "22:00"));
    n->facts.file_known = file_of;
    assert_true(is_open(n, "file(batch01,\"/in/x\")", "22:00"));
    assert_int_equal(asked_at(n, "file(batch01,\"/in/none\")", "22:00").why, ERR_GATE_FILE);
    assert_false(is_open(n, "file(batch02,\"/in/x\")", "22:00"));
    night_close(n);
}

static void nothing_passes_a_permit_gate(void **state)
{
    struct night *n = night_open();
    assert_int_equal(asked_at(n, "permit(patch)", "22:00").why, ERR_GATE_PERMIT);
    night_close(n);
}

/* ---- all gates and wait conditions of a unit ---- */

static struct gate_answer all_asked(struct night *n, const char *drawing)
{
    struct strbuf text = {0};
    net_draw(&text, drawing);
    const struct net *net = net_of_text(&n->arena, strbuf_str(&text));
    strbuf_close(&text);
    struct gate_subject subject = {.run = 77, .date = n->date, .planned = night_at(n, "22:00"), .now = night_at(n, "22:00")};
    struct gate_answer answer;
    gates_check(&n->facts, &net->nodes[1], &subject, &answer);
    return answer;
}

static void the_first_gate_that_is_shut_answers(void **state)
{
    struct night *n = night_open();
    night_net(n, "A", "22:00", "J");
    assert_true(all_asked(n, "J").is_open);
    assert_int_equal(all_asked(n, "J{x_gate=lock(DB);x_gate=pred(A,day);x_gate=permit(patch);}").why, ERR_GATE_PRED);
    assert_int_equal(all_asked(n, "J{x_gate=permit(patch);x_gate=pred(A,day);}").why, ERR_GATE_PERMIT);
    night_close(n);
}

static void wait_conditions_want_all_or_any_of_their_units(void **state)
{
    struct night *n = night_open();
    night_net(n, "A", NULL, "J");
    night_net(n, "B", NULL, "J");
    assert_int_equal(all_asked(n, "J{eun=\"/A\";eun=\"/B\";}").why, ERR_GATE_EUN);
    assert_true(all_asked(n, "J{eun=\"/A\";eun=\"/B\";nmg=y;}").is_open);
    night_generation(n, "A", "2026-06-29", STATUS_NORMAL);
    assert_false(all_asked(n, "J{eun=\"/A\";eun=\"/B\";}").is_open);
    assert_true(all_asked(n, "J{eun=\"/A\";eun=\"/B\";mm=or;}").is_open);
    assert_true(all_asked(n, "J{eun=\"/B\";eun=\"/A\";mm=or;}").is_open);
    night_generation(n, "B", "2026-06-29", STATUS_WARNING);
    assert_true(all_asked(n, "J{eun=\"/A\";eun=\"/B\";}").is_open);
    night_generation(n, "B", "2026-06-29", STATUS_RUNNING);
    assert_false(all_asked(n, "J{eun=\"/A\";eun=\"/B\";}").is_open);
    night_close(n);
}

static void gates_stand_before_wait_conditions(void **state)
{
    struct night *n = night_open();
    night_net(n, "A", NULL, "J");
    assert_int_equal(all_asked(n, "J{x_gate=permit(patch);eun=\"/A\";}").why, ERR_GATE_PERMIT);
    assert_int_equal(all_asked(n, "J{x_gate=lock(DB);eun=\"/A\";}").why, ERR_GATE_EUN);
    night_close(n);
}

static void a_copy_goes_its_own_way(void **state)
{
    struct night *n = night_open();
    night_net(n, "A", "22:00", "J");
    night_generation(n, "A", "2026-06-29", STATUS_NORMAL);
    (void)map_put(&n->facts.units_by_name, "twice", NULL);
    locks_take(&n->facts, lock_node(n, "lock(DB)"), 5, 0);
    struct facts copy;
    facts_copy(&n->arena, &n->facts, &copy);
    facts_unit(&copy, "A")->generations.at[0].status = STATUS_ABNORMAL;
    facts_unit(&copy, "/A")->plan.at[0].state = PLAN_SKIPPED;
    struct gate_keys freed = {0};
    locks_release(&copy, lock_node(n, "lock(DB)"), 5, 0, &freed);
    assert_int_equal(facts_unit(&n->facts, "A")->generations.at[0].status, STATUS_NORMAL);
    assert_int_equal(facts_unit(&n->facts, "A")->plan.at[0].state, PLAN_WAITING);
    assert_int_equal(facts_lock(&n->facts, "DB")->holders.n, 1);
    assert_int_equal(facts_lock(&copy, "DB")->holders.n, 0);
    assert_null(facts_unit(&copy, "twice"));
    vec_close(&freed.list);
    facts_close(&copy);
    night_close(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_predecessor_of_the_day_must_have_ended_well),
        cmocka_unit_test(yesterdays_generation_does_not_stand_for_todays),
        cmocka_unit_test(a_predecessor_not_planned_that_day_is_met),
        cmocka_unit_test(a_late_predecessor_is_not_an_absent_one),
        cmocka_unit_test(a_predecessor_planned_later_that_day_is_waited_for),
        cmocka_unit_test(of_several_starts_a_day_those_planned_before_count),
        cmocka_unit_test(the_newest_generation_decides),
        cmocka_unit_test(a_missing_generation_of_june_403_keeps_404_shut_although_mays_exists),
        cmocka_unit_test(a_late_start_of_the_month_is_not_hidden_by_an_earlier_one),
        cmocka_unit_test(last_months_generation_is_that_of_the_month_before),
        cmocka_unit_test(within_counts_from_its_end_to_now),
        cmocka_unit_test(the_latest_generation_may_be_of_any_age_but_not_of_the_future),
        cmocka_unit_test(an_unknown_predecessor_opens_nothing),
        cmocka_unit_test(while_any_class_is_open_nothing_that_needs_the_window_shut_starts),
        cmocka_unit_test(what_was_commanded_but_not_seen_opens_nothing),
        cmocka_unit_test(an_observation_older_than_its_limit_opens_nothing),
        cmocka_unit_test(a_frame_of_time_says_when_to_look_again),
        cmocka_unit_test(an_exclusive_lock_lets_nobody_else_in),
        cmocka_unit_test(a_shared_lock_lets_others_share_it),
        cmocka_unit_test(its_own_lock_does_not_stop_its_holder),
        cmocka_unit_test(only_a_file_that_was_seen_opens),
        cmocka_unit_test(nothing_passes_a_permit_gate),
        cmocka_unit_test(the_first_gate_that_is_shut_answers),
        cmocka_unit_test(wait_conditions_want_all_or_any_of_their_units),
        cmocka_unit_test(gates_stand_before_wait_conditions),
        cmocka_unit_test(a_copy_goes_its_own_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
