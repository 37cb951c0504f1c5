/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Acts on the made-up clock are in the journal like all others: who, from what to what, why; done only when kept.
 */
#include "tests/engine/kit.h"

#include "engine/engine_priv.h"
#include "os/clock.h"

static void open_on(struct stage *s, struct clock *clock)
{
    struct err e;
    assert_true(clock_open(clock, "sim:2026-06-29T19:00+09:00,x1", &e));
    assert_true(clock_set_speed(clock, 0, &e)); /* so that nothing moves by itself */
    clock->speed_before_pause = 60;
    stage_open(s, &(struct stage_options){.with_hash = true, .clock = clock});
}

static struct act clock_act(enum act_kind kind, const char *reason)
{
    struct act act = act_make(kind);
    act.reason = reason;
    return act;
}

/* The newest entry: its operation and on what, as one text. */
static const char *newest_entry(struct stage *s)
{
    struct journal_query query = {.is_descending = true, .limit = 1};
    struct store_reader *reader = NULL;
    struct journal_row row;
    struct err e;
    const char *text = "";
    assert_true(store_reader_open(s->store, &reader, &e));
    struct rows *rows = store_journal(reader, &query);
    if (journal_next(rows, &row)) {
        text = arena_printf(&s->arena, "%s %s %s %s", row.entry.operation, row.entry.entity, row.entry.actor, row.entry.reason);
    }
    assert_true(rows_end(rows, &e));
    store_reader_close(reader);
    return text;
}

static void every_act_on_the_clock_is_in_the_journal(void **state)
{
    struct stage s;
    struct clock clock;
    open_on(&s, &clock);
    stage_do(&s, clock_act(ACT_CLOCK_GO, ""));
    assert_true(s.seq > 0);
    assert_string_equal(newest_entry(&s), "clock.go clock/x0->x60 運用者 ");
    assert_true(clock_speed(&clock) > 59);
    assert_non_null(strstr(s.json, "\"speed\":60"));
    struct act speed = clock_act(ACT_CLOCK_SPEED, "早送り");
    speed.real = 0.5;
    stage_do(&s, speed);
    assert_string_equal(newest_entry(&s), "clock.speed clock/x60->x0.5 運用者 早送り");
    stage_do(&s, clock_act(ACT_CLOCK_PAUSE, "会議"));
    assert_string_equal(newest_entry(&s), "clock.pause clock/x0.5->x0 運用者 会議");
    assert_int_equal(stage_count(&s, TABLE_clock_change, NULL, 0), 3);
    stage_check(&s);
    stage_close(&s);
}

static void moving_it_forward_tells_from_when_to_when(void **state)
{
    struct stage s;
    struct clock clock;
    open_on(&s, &clock);
    struct act forward = clock_act(ACT_CLOCK_FORWARD, "夜間へ");
    forward.at = stage_instant(&s, "22:05");
    stage_do(&s, forward);
    assert_int_equal(clock_business(&clock).ms, forward.at.ms);
    assert_string_equal(newest_entry(&s), "clock.forward clock/2026-06-29T19:00:00+09:00->2026-06-29T22:05:00+09:00 運用者 夜間へ");
    forward.at = stage_instant(&s, "21:00");
    (void)stage_refuses(&s, forward, "BNT0101-E");
    assert_int_equal(stage_count(&s, TABLE_clock_change, NULL, 0), 1);
    stage_check(&s);
    stage_close(&s);
}

static void what_was_not_kept_does_not_move_the_clock(void **state)
{
    struct stage s;
    struct clock clock;
    open_on(&s, &clock);
    struct act forward = clock_act(ACT_CLOCK_FORWARD, "");
    forward.at = stage_instant(&s, "22:05");
    s.faults.fail_commit_at = s.faults.commit_count + 1;
    assert_false(stage_try(&s, forward));
    assert_int_equal(clock_business(&clock).ms, stage_instant(&s, "19:00").ms);
    assert_int_equal(stage_count(&s, TABLE_clock_change, NULL, 0), 0);
    stage_do(&s, forward);
    assert_int_equal(clock_business(&clock).ms, forward.at.ms);
    stage_check(&s);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_act_on_the_clock_is_in_the_journal),
        cmocka_unit_test(moving_it_forward_tells_from_when_to_when),
        cmocka_unit_test(what_was_not_kept_does_not_move_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
