/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_loop - each thing the loop waits for wakes it.
 */
#include "tests/unit.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "os/loop.h"

struct fixture {
    struct loop *loop;
    int woken, rang, signalled, readable;
    int pipe[2];
};

static void on_wake(void *data)
{
    struct fixture *f = data;
    f->woken++;
    loop_stop(f->loop);
}

static void on_timer(void *data)
{
    struct fixture *f = data;
    f->rang++;
    loop_stop(f->loop);
}

static void on_signal(void *data)
{
    struct fixture *f = data;
    f->signalled++;
    loop_stop(f->loop);
}

static void on_readable(void *data)
{
    struct fixture *f = data;
    char byte;
    assert_int_equal(read(f->pipe[0], &byte, 1), 1);
    f->readable++;
    loop_stop(f->loop);
}

static void *wake_often(void *data)
{
    for (int i = 0; i < 1000; i++) {
        loop_wake(data);
    }
    return NULL;
}

static void each_kind_of_event_wakes_the_loop(void **state)
{
    struct fixture f = {0};
    struct err e = {0};
    assert_true(loop_open(&f.loop, &e));
    assert_int_equal(pipe(f.pipe), 0);
    assert_true(loop_on_wake(f.loop, on_wake, &f, &e));
    assert_true(loop_on_signal(f.loop, SIGUSR1, on_signal, &f, &e));
    assert_true(loop_on_readable(f.loop, f.pipe[0], on_readable, &f, &e));

    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wake_often, f.loop), 0);
    loop_run(f.loop);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_in_range(f.woken, 1, 1000);

    loop_timer(f.loop, 60000, on_timer, &f);
    loop_timer(f.loop, 1, on_timer, &f); /* replaces the first */
    while (!f.rang) {
        loop_run(f.loop);
    }
    loop_timer(f.loop, 1, on_timer, &f);
    loop_timer(f.loop, -1, NULL, NULL);

    assert_int_equal(kill(getpid(), SIGUSR1), 0);
    while (!f.signalled) {
        loop_run(f.loop);
    }
    assert_int_equal(write(f.pipe[1], "x", 1), 1);
    while (!f.readable) {
        loop_run(f.loop);
    }
    assert_int_equal(f.rang, 1);
    assert_int_equal(f.signalled, 1);
    loop_close(f.loop);
    (void)close(f.pipe[0]);
    (void)close(f.pipe[1]);
}

static void closing_nothing_is_fine(void **state)
{
    struct loop *loop = NULL;
    struct err e = {0};
    loop_close(loop);
    assert_true(loop_open(&loop, &e));
    loop_close(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_event_wakes_the_loop),
        cmocka_unit_test(closing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
