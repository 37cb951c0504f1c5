/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_viewers - a thousand browsers that follow the changes: each hears all of them in order; one that sleeps is dropped
 * and harms nobody.
 */
#include "tests/unit.h"

#include "tests/api/kit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "http/http.h"
#include "os/clock.h"

enum { VIEWERS = 1000, CHANGES = 20, PATIENCE_MS = 20000 };

struct viewer {
    int fd;
    long long last;            /* number of the last event that was heard */
    char tail[64];             /* a line that has not ended */
    size_t tail_n;
    bool is_ended;
};

struct hall {
    struct kit *kit;
    struct http *http;
    char folder[64], path[96];
    struct viewer viewers[VIEWERS];
};

static int open_hall(void **state)
{
    struct hall *hall = heap_resize(NULL, 1, sizeof(*hall));
    struct err e = {0};
    memset(hall, 0, sizeof(*hall));
    (void)signal(SIGPIPE, SIG_IGN);
    hall->kit = kit_open();
    (void)str_copy(hall->folder, sizeof(hall->folder), "/tmp/banto-hall-XXXXXX");
    assert_non_null(mkdtemp(hall->folder));
    (void)snprintf(hall->path, sizeof(hall->path), "%s/s", hall->folder);
    struct http_config config = {.api = hall->kit->api, .unix_path = hall->path, .thread_count = 2};
    if (!http_open(&config, &hall->http, &e)) {
        fail_msg("%s", e.args);
    }
    *state = hall;
    return 0;
}

static int close_hall(void **state)
{
    struct hall *hall = *state;
    http_close(hall->http);
    kit_close(hall->kit);
    (void)unlink(hall->path);
    (void)rmdir(hall->folder);
    heap_free(hall);
    return 0;
}

static int dial(struct hall *hall, const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    char head[160];
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), small = 4096;
    (void)str_copy(to.sun_path, sizeof(to.sun_path), hall->path);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    for (int tries = 0; connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0; tries++) { /* the queue of new ones is short */
        assert_true(errno == EAGAIN && tries < 5000);
        (void)usleep(1000);
    }
    int n = snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    assert_int_equal(send(fd, head, (size_t)n, MSG_NOSIGNAL), n);
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static void line_hear(struct viewer *viewer, const char *line)
{
    long long seq = 0;
    if (sscanf(line, "id: %lld", &seq) == 1) {
        assert_int_equal(seq, viewer->last + 1); /* none twice, none left out */
        viewer->last = seq;
    }
    viewer->is_ended = viewer->is_ended || str_equal(line, "0\r"); /* the last chunk */
}

/* What has come; false: the stream has ended. */
static bool hear(struct viewer *viewer)
{
    char bytes[4096];
    for (;;) {
        ssize_t n = recv(viewer->fd, bytes, sizeof(bytes), 0);
        if (n <= 0) {
            return n < 0 && errno == EAGAIN && !viewer->is_ended;
        }
        for (ssize_t i = 0; i < n; i++) {
            if (bytes[i] != '\n') {
                viewer->tail[viewer->tail_n] = bytes[i];
                viewer->tail_n += viewer->tail_n < sizeof(viewer->tail) - 2;
                continue;
            }
            viewer->tail[viewer->tail_n] = '\0';
            viewer->tail_n = 0;
            line_hear(viewer, viewer->tail);
        }
    }
}

/* Until all have heard up to `seq`. */
static void all_hear(struct hall *hall, long long seq)
{
    int64_t until_ms = clock_boot_ms() + PATIENCE_MS;
    for (size_t i = 0; i < VIEWERS; i++) {
        struct viewer *viewer = &hall->viewers[i];
        while (viewer->last < seq) {
            struct pollfd wait = {viewer->fd, POLLIN, 0};
            (void)poll(&wait, 1, 1000);
            assert_true(hear(viewer));
            assert_true(clock_boot_ms() < until_ms);
        }
    }
}

/* The head has come: from here on the stream follows. */
static void all_are_in(struct hall *hall)
{
    for (size_t i = 0; i < VIEWERS; i++) {
        struct pollfd wait = {hall->viewers[i].fd, POLLIN, 0};
        assert_int_equal(poll(&wait, 1, PATIENCE_MS), 1);
        assert_true(hear(&hall->viewers[i]));
    }
}

static void a_thousand_viewers_hear_every_change_in_order(void **state)
{
    struct hall *hall = *state;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 2 * VIEWERS + 200) {
        files.rlim_cur = files.rlim_max < 2 * VIEWERS + 200 ? files.rlim_max : 2 * VIEWERS + 200;
        (void)setrlimit(RLIMIT_NOFILE, &files);
        if (files.rlim_cur < 2 * VIEWERS + 200) {
            skip();
        }
    }
    int sleeper = dial(hall, "/api/v1/changes");
    for (size_t i = 0; i < VIEWERS; i++) {
        hall->viewers[i].fd = dial(hall, "/api/v1/changes");
    }
    all_are_in(hall);
    for (int i = 1; i <= CHANGES; i++) {
        fake_change(&hall->kit->engine);
        if (i % 5 == 0) { /* one by one, and several at once */
            all_hear(hall, i);
        }
    }
    (void)close(sleeper);
    for (size_t i = 0; i < VIEWERS; i++) {
        (void)close(hall->viewers[i].fd);
    }
}

/* It reads nothing; what it missed has left the ring: it is told to come back. */
static void a_viewer_that_sleeps_is_let_go(void **state)
{
    struct hall *hall = *state;
    struct viewer awake = {.fd = dial(hall, "/api/v1/changes")}, asleep = {.fd = dial(hall, "/api/v1/changes")};
    struct pollfd wait[2] = {{awake.fd, POLLIN, 0}, {asleep.fd, POLLIN, 0}};
    assert_int_equal(poll(&wait[0], 1, PATIENCE_MS), 1);
    assert_int_equal(poll(&wait[1], 1, PATIENCE_MS), 1);
    for (int i = 1; i <= 20000; i++) {
        fake_change(&hall->kit->engine);
        if (i % 100 == 0) {
            (void)poll(&wait[0], 1, 1000);
            assert_true(hear(&awake));
        }
    }
    struct feed *feed = &hall->kit->engine.feed;
    (void)pthread_mutex_lock(&feed->lock);
    feed->tail = 19000; /* the ring has passed whoever is not beyond that */
    (void)pthread_mutex_unlock(&feed->lock);
    while (awake.last < 20000) {
        assert_int_equal(poll(&wait[0], 1, PATIENCE_MS), 1);
        assert_true(hear(&awake));
    }
    while (hear(&asleep)) {
        assert_int_equal(poll(&wait[1], 1, PATIENCE_MS), 1);
    }
    assert_true(asleep.last < 20000);
    (void)close(awake.fd);
    (void)close(asleep.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_thousand_viewers_hear_every_change_in_order, open_hall, close_hall),
        cmocka_unit_test_setup_teardown(a_viewer_that_sleeps_is_let_go, open_hall, close_hall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
