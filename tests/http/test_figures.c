/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_figures - a real engine at work while others ask how it is: what they hear is of one turn. Its races are
 * TSan's to find.
 */
#include "tests/http/browser.h"

enum { ACTS_ASKED = 200, ASKED = 40 };

static void told(void *data, const struct act_result *result)
{
    if (result->is_ok) {
        (void)atomic_fetch_add((_Atomic int *)data, 1);
    }
}

struct writer {
    struct house *house;
    _Atomic int done;
    _Atomic bool is_over;
};

/* Acts one by one, so that there are many turns. */
static void *write_notes(void *data)
{
    struct writer *writer = data;
    for (int i = 0; i < ACTS_ASKED; i++) {
        struct act act = act_make(ACT_NOTE_ADD);
        struct err e = {0};
        act.actor = "desk";
        act.via = "cli";
        act.text = "巡回済み";
        (void)!engine_submit(writer->house->engine, &act, told, &writer->done, &e);
        (void)usleep(1000);
    }
    atomic_store(&writer->is_over, true);
    return NULL;
}

static int64_t number_after(struct house *house, const char *name)
{
    int64_t value = -1;
    (void)!str_to_i64(str_of(house_between(house, name, "\n")), 0, INT64_MAX, &value);
    return value;
}

static void health_and_figures_are_told_while_the_engine_works(void **state)
{
    (void)state;
    struct house *house = house_open(&(struct http_config){.unix_path = NULL});
    struct writer writer = {.house = house};
    pthread_t thread;
    int64_t turns = 0;
    house_wait(house);
    assert_int_equal(pthread_create(&thread, NULL, write_notes, &writer), 0);
    for (int i = 0; i < ASKED || !atomic_load(&writer.is_over); i++) {
        assert_int_equal(house_ask(house, "/healthz", "X-Local: 1\r\n", NULL), 200);
        assert_int_equal(house_ask(house, "/metrics", "X-Local: 1\r\n", NULL), 200);
        int64_t now = number_after(house, "\nbanto_turns_total ");
        assert_true(now >= turns && now > 0);
        turns = now;
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    for (int i = 0; i < 500 && atomic_load(&writer.done) < ACTS_ASKED; i++) {
        (void)usleep(10000);
    }
    assert_int_equal(atomic_load(&writer.done), ACTS_ASKED);
    house_close(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health_and_figures_are_told_while_the_engine_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
