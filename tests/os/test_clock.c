/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_clock - the made-up clock: no jumps, never back, moves only when allowed.
 */
#include "tests/unit.h"

#include <unistd.h>

#include "os/clock.h"

static struct instant at(const char *text)
{
    struct instant t;
    assert_true(instant_parse(text, &t));
    return t;
}

static void real_clock_is_the_wall(void **state)
{
    struct clock c;
    struct err e = {0};
    assert_true(clock_open(&c, NULL, &e));
    int64_t apart_ms = clock_business(&c).ms - clock_wall().ms;
    assert_true(apart_ms > -50 && apart_ms < 50);
    assert_false(clock_set_speed(&c, 2, &e));
    assert_int_equal(e.code, ERR_CONFLICT);
    assert_int_equal(clock_wait_ms(&c, INSTANT_NEVER), INT64_MAX);
    assert_int_equal(clock_wait_ms(&c, (struct instant){1}), 0);
    int64_t wait_ms = clock_wait_ms(&c, (struct instant){clock_wall().ms + 1000});
    assert_true(wait_ms > 900 && wait_ms <= 1000);
}

static void specs_are_checked(void **state)
{
    struct clock c;
    struct err e = {0};
    static const char *const wrong[] = {"", "sim:", "sim:2026-06-29", "sim:2026-06-29T19:00+09:00,60", "sim:2026-06-29T19:00+09:00,x0",
                                        "sim:2026-06-29T19:00+09:00,x-1", "sim:2026-06-29T19:00+09:00,xnan", "sim:2026-06-29T19:00+09:00,x1e9",
                                        "2026-06-29T19:00+09:00", "sim:2026-06-29T19:00+09:00+09:00+09:00+09:00+09:00+09:00"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_false(clock_open(&c, wrong[i], &e));
        assert_int_equal(e.code, ERR_ARGUMENT);
    }
}

static void made_up_clock_runs_at_its_speed_and_pauses(void **state)
{
    struct clock c;
    struct err e = {0};
    struct instant start = at("2026-06-29T19:00+09:00");
    assert_true(clock_open(&c, "sim:2026-06-29T19:00+09:00,x1000", &e));
    (void)usleep(20000);
    struct instant now = clock_business(&c);
    assert_true(now.ms - start.ms >= 19000 && now.ms - start.ms < 2000000);
    int64_t wait_ms = clock_wait_ms(&c, (struct instant){now.ms + 1000000});
    assert_true(wait_ms > 0 && wait_ms <= 1001);
    assert_true(clock_set_speed(&c, 0, &e));
    struct instant paused = clock_business(&c);
    (void)usleep(5000);
    assert_int_equal(clock_business(&c).ms, paused.ms);
    assert_int_equal(clock_wait_ms(&c, (struct instant){paused.ms + 1}), INT64_MAX);
    assert_true(clock_go(&c, &e));
    assert_true(clock_speed(&c) > 999);
    assert_false(clock_set_speed(&c, -1, &e));
}

static void made_up_clock_never_goes_back(void **state)
{
    struct clock c;
    struct err e = {0};
    struct instant later = at("2026-07-01T00:00+09:00");
    assert_true(clock_open(&c, "sim:2026-06-29T19:00+09:00", &e));
    clock_resume(&c, at("2026-06-01T00:00+09:00"));
    assert_true(clock_business(&c).ms >= at("2026-06-29T19:00+09:00").ms);
    clock_resume(&c, later);
    assert_true(clock_business(&c).ms >= later.ms);
    assert_false(clock_forward(&c, at("2026-06-30T00:00+09:00"), &e));
    assert_true(clock_forward(&c, at("2026-07-02T00:00+09:00"), &e));
    assert_true(clock_business(&c).ms >= at("2026-07-02T00:00+09:00").ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_clock_is_the_wall),
        cmocka_unit_test(specs_are_checked),
        cmocka_unit_test(made_up_clock_runs_at_its_speed_and_pauses),
        cmocka_unit_test(made_up_clock_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
