/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What survives: a failed commit, a server killed at any moment, starts missed while it was down; memory equals the store.
 */
#include "tests/engine/kit.h"

#include "engine/engine_priv.h"

static void sample_night(struct stage *s, bool with_hash)
{
    stage_open(s, &(struct stage_options){.with_hash = with_hash});
    define_net(s, "P", 2, EVERY_DAY("22:00"));
    define_net(s, "A", 3, EVERY_DAY("22:00") "x_gate=pred(/P,day);\nx_gate=lock(L);\nx_deadline=23:00;\n");
    define_net(s, "B", 2, "sd=1,en;\ncy=1,(1,d);\nst=1,22:25;\nsy=1,22:35;\ney=1,22:55;\nx_gate=lock(L);\n");
    define_net(s, "H", 1, EVERY_DAY("22:05") "ha=y;\n");
    stage_register(s, "/");
}

static void failed_commit_leaves_no_trace(void **state)
{
    struct stage s;
    sample_night(&s, true);
    s.faults.fail_commit_at = s.faults.commit_count + 1;
    (void)stage_refuses(&s, act_on(ACT_RUN, "/P"), "BNT0105-E");
    assert_int_equal(stage_count(&s, TABLE_run, NULL, 0), 0);
    stage_settle(&s);
    stage_do(&s, act_on(ACT_RUN, "/P"));
    assert_int_equal(stage_count(&s, TABLE_run, NULL, 0), 1);
    stage_until(&s, "19:30");
    assert_string_equal(stage_status(&s, "/P", NULL), "normal");
    assert_int_equal(s.fleet.started_count, 2);
    stage_check(&s);
    stage_close(&s);
}

/* Every commit of the night fails once, before or after it was done: the night ends the same. */
static void each_commit_may_fail(void **state)
{
    for (int after = 0; after < 2; after++) {
        for (int at = 1; at < 400; at++) {
            struct stage s;
            sample_night(&s, false);
            int64_t from = s.faults.commit_count;
            s.faults.fail_commit_at = from + at;
            s.faults.is_after_commit = after;
            stage_until(&s, "24:00");
            bool has_failed = s.failed_turns > 0;
            assert_string_equal(stage_status(&s, "/A", NULL), "normal");
            assert_string_equal(stage_status(&s, "/B", NULL), "normal");
            assert_string_equal(stage_status(&s, "/H", NULL), "holding");
            assert_int_equal(s.fleet.started_count, 7);
            stage_check(&s);
            stage_close(&s);
            if (!has_failed) {
                break;
            }
        }
    }
}

/* The server is killed at every event of the night: what it knows afterwards is what it knew. */
static void server_may_be_killed_at_any_moment(void **state)
{
    static const char *const moments[] = {"19:30", "22:00", "22:05", "22:10", "22:15", "22:20", "22:25", "22:30",
                                          "22:40", "22:50", "22:55", "23:00", "23:05", "23:30"};
    for (size_t i = 0; i < COUNT(moments); i++) {
        struct stage s;
        sample_night(&s, true);
        stage_until(&s, moments[i]);
        const char *before = world_now(&s);
        stage_kill_server(&s);
        stage_to(&s, (struct instant){s.now.ms + 100}); /* agents are back */
        assert_string_equal(before, world_now(&s));
        stage_until(&s, "24:00");
        assert_string_equal(stage_status(&s, "/A", NULL), "normal");
        assert_int_equal(s.fleet.started_count, 7);
        assert_true(stage_saw(&s, "22:35", "B", "BNT0412-W")); /* delays are watched on */
        assert_true(stage_saw(&s, "22:55", "B", "BNT0413-W"));
        stage_check(&s);
        stage_close(&s);
    }
}

static void deadline_that_passed_while_down_is_told(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 1, EVERY_DAY("22:00") "x_deadline=22:30;\n");
    stage_register(&s, "/A");
    stage_slow(&s, "A1", 60);
    stage_until(&s, "22:10");
    stage_server_down(&s);
    stage_until(&s, "22:50");
    stage_server_up(&s);
    stage_until(&s, "23:30");
    assert_true(stage_saw(&s, "22:50", "A", "BNT0414-E"));
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    stage_close(&s);
}

static void starts_missed_while_down_are_accounted_for(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "D", 1, EVERY_DAY("22:00") "x_deadline=23:00;\n");      /* its deadline has passed: not run */
    define_net(&s, "L", 1, EVERY_DAY("22:00") "x_deadline=30:00;\n");      /* still in time: run */
    define_net(&s, "N", 1, EVERY_DAY("22:00") "x_missed=skip;\n");
    define_net(&s, "C", 1, "sd=1,en;\ncy=1,(1,d);\nst=1,22:00;\nsd=2,en;\ncy=2,(1,d);\nst=2,23:00;\nsd=3,en;\ncy=3,(1,d);\nst=3,24:00;\n");
    stage_register(&s, "/");
    stage_until(&s, "21:00");
    stage_server_down(&s);
    stage_until(&s, "23:30");
    stage_server_up(&s);
    stage_until(&s, "25:00");
    assert_string_equal(stage_trace(&s, "D L N C"),
                        "23:30 D BNT0419-W\n23:30 L running\n23:30 N BNT0419-W\n23:30 C BNT0419-W\n23:30 C running\n"
                        "23:40 L normal\n23:40 C normal\n24:00 C running\n24:10 C normal\n");
    stage_check(&s);
    stage_close(&s);
}

static void repeated_failures_make_it_read_only(void **state)
{
    struct stage s;
    sample_night(&s, false);
    for (int i = 0; i < 5; i++) {
        s.faults.fail_commit_at = s.faults.commit_count + 1;
        (void)stage_refuses(&s, act_on(ACT_RUN, "/P"), "BNT0105-E");
    }
    (void)stage_refuses(&s, act_on(ACT_RUN, "/P"), "BNT0402-E"); /* it says so */
    stage_do(&s, act_make(ACT_SHOW_STATUS));                     /* and can still be looked at */
    stage_until(&s, "24:00");
    assert_int_equal(stage_count(&s, TABLE_run, NULL, 0), 0);
    stage_check(&s);
    stage_close(&s);
}

static void a_world_that_cannot_be_read_again_decides_nothing_and_stands(void **state)
{
    struct stage s;
    stage_open(&s, &(struct stage_options){0});
    define_net(&s, "A", 2, EVERY_DAY("22:00"));
    stage_register(&s, "/A");
    stage_until(&s, "22:05");
    s.faults.fail_commit_at = s.faults.commit_count + 1;
    s.faults.fail_query_at = s.faults.query_count + 4; /* amid the loading that follows */
    assert_false(stage_try(&s, act_of_run(ACT_HOLD, stage_run(&s, "/A"), stage_node(&s, "/A", "A2"))));
    assert_false(s.engine->is_deciding);
    vagent_drop(s.fleet.agents.at[0], MINUTE_MS);
    stage_until(&s, "22:30"); /* its agent goes, comes and is refused */
    (void)stage_try(&s, act_make(ACT_SHOW_STATUS));
    (void)stage_try(&s, act_make(ACT_SHOW_AGENTS));
    (void)stage_refuses(&s, act_on(ACT_RUN, "/A"), "BNT0402-E");
    stage_kill_server(&s);
    stage_until(&s, "23:00");
    assert_string_equal(stage_status(&s, "/A", NULL), "normal");
    stage_check(&s);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failed_commit_leaves_no_trace),
        cmocka_unit_test(each_commit_may_fail),
        cmocka_unit_test(server_may_be_killed_at_any_moment),
        cmocka_unit_test(deadline_that_passed_while_down_is_told),
        cmocka_unit_test(starts_missed_while_down_are_accounted_for),
        cmocka_unit_test(repeated_failures_make_it_read_only),
        cmocka_unit_test(a_world_that_cannot_be_read_again_decides_nothing_and_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
