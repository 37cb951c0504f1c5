/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: what comes again from the same cause is counted until somebody has acknowledged it.
 */
#include "tests/engine/kit.h"

static int64_t number_of(struct stage *s, int64_t id, const char *column)
{
    struct event_row row = {.id = id};
    struct store_reader *reader = NULL;
    struct err e;
    bool found = false;
    assert_true(store_reader_open(s->store, &reader, &e));
    assert_true(store_get(reader, &s->arena, TABLE_event, &row, &found, &e) && found);
    store_reader_close(reader);
    return *(const int64_t *)((const char *)&row + table_info(TABLE_event)->columns[table_column(TABLE_event, column)].offset);
}

/* Ordered closed, seen closed, then open: what is seen is not what was ordered. */
static void mismatch(struct stage *s)
{
    stage_do(s, window_act(ACT_WINDOW_OBSERVE, "職員", "closed"));
    stage_do(s, window_act(ACT_WINDOW_OBSERVE, "職員", "open"));
}

static void open_closed(struct stage *s)
{
    open_kokuho(s, "2026-06-29T19:00+09:00");
    struct act closed = window_act(ACT_WINDOW_COMMAND, "職員", "closed");
    stage_do(s, closed);
}

static void the_same_cause_is_counted_and_not_repeated(void **state)
{
    struct stage s;
    open_closed(&s);
    mismatch(&s);
    stage_until(&s, "19:30");
    mismatch(&s);
    assert_int_equal(stage_count(&s, TABLE_event, NULL, 0), 1);
    assert_int_equal(number_of(&s, 1, "count"), 2);
    assert_int_equal(number_of(&s, 1, "at_ms"), stage_instant(&s, "19:00").ms);
    assert_int_equal(number_of(&s, 1, "last_ms"), stage_instant(&s, "19:30").ms);
    stage_kill_server(&s);
    stage_until(&s, "20:00");
    mismatch(&s);
    assert_int_equal(number_of(&s, 1, "count"), 3);
    stage_check(&s); /* the journal replays to the same count */
    stage_close(&s);
}

static void another_cause_is_another_event(void **state)
{
    struct stage s;
    open_closed(&s);
    stage_do(&s, window_act(ACT_WINDOW_COMMAND, "保険者", "closed"));
    mismatch(&s);
    stage_do(&s, window_act(ACT_WINDOW_OBSERVE, "保険者", "open"));
    assert_int_equal(stage_count(&s, TABLE_event, NULL, 0), 2);
    stage_close(&s);
}

static void what_was_acknowledged_and_comes_again_is_a_new_event(void **state)
{
    struct stage s;
    open_closed(&s);
    mismatch(&s);
    mismatch(&s);
    struct act ack = act_make(ACT_EVENT_ACK);
    ack.number = 1;
    stage_do(&s, ack);
    assert_int_equal(number_of(&s, 1, "count"), 2);
    mismatch(&s);
    assert_int_equal(stage_count(&s, TABLE_event, NULL, 0), 2);
    assert_int_equal(number_of(&s, 2, "count"), 1);
    stage_check(&s);
    stage_close(&s);
}

static void an_agent_that_is_lost_again_and_again_is_one_event(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    for (int i = 0; i < 3; i++) {
        vagent_drop(s.fleet.agents.at[0], 5 * MINUTE_MS);
        stage_to(&s, (struct instant){s.now.ms + MINUTE_MS});
        stage_to(&s, (struct instant){s.now.ms + 10 * MINUTE_MS});
    }
    assert_int_equal(stage_count(&s, TABLE_event, "count", 3), 1);
    stage_check(&s);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_cause_is_counted_and_not_repeated),
        cmocka_unit_test(another_cause_is_another_event),
        cmocka_unit_test(what_was_acknowledged_and_comes_again_is_a_new_event),
        cmocka_unit_test(an_agent_that_is_lost_again_and_again_is_one_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
