/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Api: a list of 200 runs over keep-alive connections beside a library that answers the same bytes from memory, taken
 * in turns; and a change on its way to a thousand viewers.
 *
 *   api.list_per_s  api.p99_ms   GET /api/v1/runs of 200 runs, 16 connections over the Unix socket
 *   api.raw_per_s                the same bytes out of libmicrohttpd, two threads
 *   api.list_ratio               api.list_per_s / api.raw_per_s
 *   sse.viewers_1000_p50_ms  sse.viewers_1000_p99_ms   from sending an act to the event at a viewer, its commit included
 *
 *   bench_api [SECONDS]          of each of three rounds; 1
 */
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bench/figures.h"
#include "http/http.h"
#include "tests/support/guard.h"
#include "tests/support/server.h"

enum { CONNECTIONS = 16, RUNS = 200, ROUNDS = 3, SAMPLES_MAX = 400000, VIEWERS = 1000, ACTS = 40, TIMEOUT_SEC = 180, HEAD_BYTES = 2048 };

static double now_ms(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static int dial(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
    while (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
        if (errno != EAGAIN) { /* the queue of new ones is short */
            give_up(path, strerror(errno));
        }
        (void)usleep(1000);
    }
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

static void say(int fd, const char *text)
{
    if (send(fd, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text)) {
        give_up("send", strerror(errno));
    }
}

/* ---- the library alone ---- */

struct raw {
    struct MHD_Daemon *daemon;
    struct MHD_Response *response;
    char path[108];            /* as long as a socket's name may be */
};

static enum MHD_Result raw_answer(void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                                  const char *data, size_t *n, void **context)
{
    const struct raw *raw = cls;
    (void)url, (void)method, (void)version, (void)data, (void)n;
    if (!*context) { /* answered at its first call the connection would be closed */
        *context = cls;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, raw->response);
}

static void raw_start(struct raw *raw, const char *folder, const char *body)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (snprintf(raw->path, sizeof(raw->path), "%s/raw", folder) >= (int)sizeof(raw->path)) {
        give_up(folder, "too long for a socket");
    }
    (void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", raw->path);
    if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, 64) != 0) {
        give_up(raw->path, strerror(errno));
    }
    raw->response = MHD_create_response_from_buffer_with_free_callback(strlen(body), strdup(body), free);
    (void)MHD_add_response_header(raw->response, "Content-Type", "application/json");
    raw->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, raw_answer, raw, MHD_OPTION_LISTEN_SOCKET, fd,
                                   MHD_OPTION_THREAD_POOL_SIZE, 2u, MHD_OPTION_END);
    if (!raw->daemon) {
        give_up("libmicrohttpd", "start");
    }
}

/* ---- load ---- */

struct connection {
    int fd;
    char head[HEAD_BYTES];
    size_t head_n;
    int64_t left;              /* of the body; -1: the head is not read yet */
    double sent_ms;
};

struct load {
    int epoll;
    const char *path;
    struct connection list[CONNECTIONS];
    double *ms;                /* of each answer */
    size_t n;
};

static void request(struct connection *c)
{
    c->head_n = 0;
    c->left = -1;
    c->sent_ms = now_ms();
    say(c->fd, "GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

/* Bytes of an answer; true: it is whole. */
static bool take(struct connection *c, const char *bytes, size_t n)
{
    if (c->left >= 0) {
        c->left -= (int64_t)n;
        return c->left <= 0;
    }
    size_t fits = n < HEAD_BYTES - 1 - c->head_n ? n : HEAD_BYTES - 1 - c->head_n;
    memcpy(c->head + c->head_n, bytes, fits);
    c->head[c->head_n + fits] = '\0';
    const char *end = strstr(c->head, "\r\n\r\n"), *length = strcasestr(c->head, "Content-Length:");
    size_t before = c->head_n;
    c->head_n += fits;
    if (!end) {
        return false;
    }
    if (!length || strncmp(c->head, "HTTP/1.1 200", 12) != 0) {
        give_up("answer", c->head);
    }
    c->left = strtoll(length + 15, NULL, 10) - (int64_t)(n - ((size_t)(end - c->head) + 4 - before));
    return c->left <= 0;
}

static void load_read(struct load *load, struct connection *c)
{
    static char bytes[256 * 1024];
    for (;;) {
        ssize_t n = recv(c->fd, bytes, sizeof(bytes), 0);
        if (n < 0 && errno == EAGAIN) {
            return;
        }
        if (n <= 0) {
            give_up(load->path, n ? strerror(errno) : "closed");
        }
        if (take(c, bytes, (size_t)n)) {
            if (load->n < SAMPLES_MAX) {
                load->ms[load->n++] = now_ms() - c->sent_ms;
            }
            request(c);
        }
    }
}

/* Answers a second; their times are added to load->ms. */
static double load_run(struct load *load, const char *path, double seconds)
{
    size_t before = load->n;
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    load->path = path;
    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct connection *c = &load->list[i];
        c->fd = dial(path);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        (void)epoll_ctl(load->epoll, EPOLL_CTL_ADD, c->fd, &event);
        request(c);
    }
    double from_ms = now_ms(), until_ms = from_ms + seconds * 1e3;
    while (now_ms() < until_ms) {
        struct epoll_event events[CONNECTIONS];
        int n = epoll_wait(load->epoll, events, CONNECTIONS, 1000);
        for (int i = 0; i < n; i++) {
            load_read(load, events[i].data.ptr);
        }
    }
    double per_s = (double)(load->n - before) / (now_ms() - from_ms) * 1e3;
    for (size_t i = 0; i < CONNECTIONS; i++) {
        (void)close(load->list[i].fd);
    }
    (void)close(load->epoll);
    return per_s;
}

static void lists(struct server *s, const char *folder, double seconds)
{
    struct load ours = {.ms = calloc(SAMPLES_MAX, sizeof(double))}, theirs = {.ms = calloc(SAMPLES_MAX, sizeof(double))};
    double our_per_s[ROUNDS], raw_per_s[ROUNDS];
    struct raw raw;
    raw_start(&raw, folder, server_must(s, "GET", "/api/v1/runs", NULL));
    for (int round = 0; round < ROUNDS; round++) {
        raw_per_s[round] = load_run(&theirs, raw.path, seconds);
        our_per_s[round] = load_run(&ours, s->socket, seconds);
    }
    MHD_stop_daemon(raw.daemon);
    MHD_destroy_response(raw.response);
    double list_per_s = figures_median(our_per_s, ROUNDS), raw_median = figures_median(raw_per_s, ROUNDS);
    figure("api.raw_per_s", raw_median, "/s");
    figure("api.list_per_s", list_per_s, "/s");
    figure("api.list_ratio", list_per_s / raw_median, "x");
    figure("api.p99_ms", figures_quantile(ours.ms, ours.n, 0.99), "ms");
    free(ours.ms);
    free(theirs.ms);
}

/* ---- viewers ---- */

static const char heard_word[] = "decision.record";

struct viewer {
    int fd;
    size_t matched;            /* characters of heard_word, so that it may come in pieces */
    int heard;
};

struct audience {
    int epoll;
    struct viewer list[VIEWERS];
    double *ms;
    size_t n;
};

/* How many of the word have come since. */
static int viewer_read(struct viewer *viewer)
{
    char bytes[16 * 1024];
    int count = 0;
    for (ssize_t n; (n = recv(viewer->fd, bytes, sizeof(bytes), 0)) > 0;) {
        for (ssize_t i = 0; i < n; i++) {
            viewer->matched = bytes[i] == heard_word[viewer->matched] ? viewer->matched + 1 : bytes[i] == heard_word[0];
            if (heard_word[viewer->matched] == '\0') {
                viewer->matched = 0;
                count++;
            }
        }
    }
    return count;
}

/* Until all have heard it `times` times. */
static void all_hear(struct audience *a, int times, double from_ms)
{
    int left = VIEWERS;
    while (left > 0) {
        struct epoll_event events[256];
        int n = epoll_wait(a->epoll, events, 256, 5000);
        if (n == 0) {
            give_up("viewers", "a change did not arrive");
        }
        for (int i = 0; i < n; i++) {
            struct viewer *viewer = events[i].data.ptr;
            int count = viewer_read(viewer);
            viewer->heard += count;
            if (count > 0 && viewer->heard == times) {
                a->ms[a->n++] = now_ms() - from_ms;
                left--;
            }
        }
    }
}

static void viewers(struct server *s)
{
    static struct audience a;
    char text[512];
    static const char body[] = "{\"kind\":\"other\",\"text\":\"x\",\"by\":\"x\",\"medium\":\"x\"}";
    a.epoll = epoll_create1(EPOLL_CLOEXEC);
    a.ms = calloc((size_t)VIEWERS * ACTS, sizeof(double));
    for (size_t i = 0; i < VIEWERS; i++) {
        a.list[i].fd = dial(s->socket);
        say(a.list[i].fd, "GET /api/v1/changes HTTP/1.1\r\nHost: localhost\r\n\r\n");
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &a.list[i]};
        (void)epoll_ctl(a.epoll, EPOLL_CTL_ADD, a.list[i].fd, &event);
    }
    (void)usleep(500000); /* the last of them are let in */
    int act = dial(s->socket);
    (void)snprintf(text, sizeof(text), "POST /api/v1/decisions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                   strlen(body), body);
    for (int i = 1; i <= ACTS; i++) {
        char answer[4096];
        double from_ms = now_ms();
        say(act, text);
        all_hear(&a, i, from_ms);
        (void)usleep(20000);
        (void)recv(act, answer, sizeof(answer), 0);
    }
    figure("sse.viewers_1000_p50_ms", figures_quantile(a.ms, a.n, 0.5), "ms");
    figure("sse.viewers_1000_p99_ms", figures_quantile(a.ms, a.n, 0.99), "ms");
    for (size_t i = 0; i < VIEWERS; i++) {
        (void)close(a.list[i].fd);
    }
    (void)close(act);
    free(a.ms);
}

/* 200 runs that have ended, as a cut-over brings them in. */
static void runs_make(struct server *s)
{
    static char body[64 * 1024];
    server_define(s, "unit=NET,,,;\n{\n\tty=n;\n\tcm=\"夜間\";\n\tunit=J,,,;\n\t{\n\t\tty=j;\n\t\tsc=\"/bin/true\";\n\t}\n}\n");
    size_t n = (size_t)snprintf(body, sizeof(body), "{\"file\":\"");
    for (int i = 0; i < RUNS; i++) {
        n += (size_t)snprintf(body + n, sizeof(body) - n, "/NET,2026-0%d-%02d,normal,2026-06-01T10:00:00+09:00,2026-06-01T10:20:00+09:00\\n",
                              1 + i / 28, 1 + i % 28);
    }
    (void)snprintf(body + n, sizeof(body) - n, "\"}");
    (void)server_must(s, "POST", "/api/v1/baseline", body);
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? strtod(argv[1], NULL) : 1;
    if (seconds <= 0 || seconds > 30) {
        (void)fputs("usage: bench_api [SECONDS]\n", stderr);
        return 64;
    }
    struct server s;
    const char *folder = guard_folder();
    guard_begin(TIMEOUT_SEC);
    server_make(&s, folder, 1, false);
    server_start(&s);
    runs_make(&s);
    lists(&s, folder, seconds);
    viewers(&s);
    server_stop(&s);
    return 0;
}
