/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stop - the server ends while somebody logs in and the engine is busy: he is told, and nobody waits ten seconds.
 */
#include "tests/http/browser.h"

struct plug {
    pthread_mutex_t lock;
    pthread_cond_t change;
    bool is_in, is_open;
};

/* On the decision thread: keeps it from its next turn. */
static void plug_in(void *data, const struct act_result *result)
{
    struct plug *plug = data;
    (void)result;
    (void)pthread_mutex_lock(&plug->lock);
    plug->is_in = true;
    (void)pthread_cond_broadcast(&plug->change);
    while (!plug->is_open) {
        (void)pthread_cond_wait(&plug->change, &plug->lock);
    }
    (void)pthread_mutex_unlock(&plug->lock);
}

static void plug_wait(struct plug *plug)
{
    (void)pthread_mutex_lock(&plug->lock);
    while (!plug->is_in) {
        (void)pthread_cond_wait(&plug->change, &plug->lock);
    }
    (void)pthread_mutex_unlock(&plug->lock);
}

static void plug_pull(struct plug *plug)
{
    (void)pthread_mutex_lock(&plug->lock);
    plug->is_open = true;
    (void)pthread_cond_broadcast(&plug->change);
    (void)pthread_mutex_unlock(&plug->lock);
}

/* The act of the login lies in the engine's queue. */
static void login_is_waiting(struct house *house)
{
    struct engine_figures figures = {0};
    for (int i = 0; i < 1000 && figures.queue_depth == 0; i++) {
        (void)usleep(10000);
        engine_figures(house->engine, &figures);
    }
    assert_true(figures.queue_depth > 0);
}

static int status_read(struct house *house, int fd)
{
    char bytes[4096];
    struct pollfd one = {fd, POLLIN, 0};
    int64_t status = 0;
    strbuf_clear(&house->heard);
    for (ssize_t n = 1; n > 0 && poll(&one, 1, 5000) > 0;) {
        n = read(fd, bytes, sizeof(bytes));
        strbuf_add(&house->heard, bytes, n > 0 ? (size_t)n : 0);
    }
    (void)!str_to_i64((struct str){strbuf_str(&house->heard) + 9, house->heard.n > 12 ? 3 : 0}, 100, 599, &status);
    return (int)status;
}

static void a_login_under_way_does_not_delay_the_end(void **state)
{
    (void)state;
    struct house *house = house_open(&(struct http_config){.unix_path = NULL});
    struct browser admin = {0};
    struct plug plug = {.lock = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER};
    struct act act = act_make(ACT_SHOW_STATUS);
    struct err e = {0};
    house_admin(house, &admin);
    act.actor = "desk";
    assert_true(engine_submit(house->engine, &act, plug_in, &plug, &e));
    plug_wait(&plug);
    const char *body = "{\"name\":\"admin\",\"password\":\"" HOUSE_PASSWORD "\"}";
    const char *raw = arena_printf(&house->arena, "POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
    int fds[3], told = 0;
    for (size_t i = 0; i < COUNT(fds); i++) { /* two threads wait for the engine, the third for a thread */
        fds[i] = house_dial(house, true);
        assert_int_equal(write(fds[i], raw, strlen(raw)), strlen(raw));
    }
    login_is_waiting(house);
    int64_t from_ms = clock_boot_ms();
    http_close(house->http);
    house->http = NULL;
    assert_true(clock_boot_ms() - from_ms < 5000);
    for (size_t i = 0; i < COUNT(fds); i++) {
        int status = status_read(house, fds[i]);
        assert_true(status == 503 || status == 0); /* 0: it had not been read yet */
        told += status == 503 && house_says(house, "BNT0115-E");
        (void)close(fds[i]);
    }
    assert_true(told > 0);
    plug_pull(&plug);
    house_close(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_login_under_way_does_not_delay_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
