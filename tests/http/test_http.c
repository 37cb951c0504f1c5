/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_http - raw requests over real sockets: what is taken, what is refused, streams, the end.
 */
#include "tests/unit.h"

#include "tests/api/kit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "http/http.h"
#include "os/clock.h"

struct server {
    struct kit *kit;
    struct http *http;
    char folder[64], path[96];
};

static int open_server(void **state)
{
    struct server *server = heap_resize(NULL, 1, sizeof(*server));
    struct err e = {0};
    (void)signal(SIGPIPE, SIG_IGN);
    server->kit = kit_open();
    (void)str_copy(server->folder, sizeof(server->folder), "/tmp/banto-http-XXXXXX");
    assert_non_null(mkdtemp(server->folder));
    (void)snprintf(server->path, sizeof(server->path), "%s/s", server->folder);
    struct http_config config = {.api = server->kit->api, .unix_path = server->path, .tcp = "127.0.0.1:0", .thread_count = 2};
    if (!http_open(&config, &server->http, &e)) {
        fail_msg("%s", e.args);
    }
    *state = server;
    return 0;
}

static int close_server(void **state)
{
    struct server *server = *state;
    http_close(server->http);
    kit_close(server->kit);
    (void)unlink(server->path);
    (void)rmdir(server->folder);
    heap_free(server);
    return 0;
}

static int dial(struct server *server, bool is_tcp)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in tcp = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(is_tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)str_copy(local.sun_path, sizeof(local.sun_path), server->path);
    tcp.sin_port = htons((uint16_t)http_port(server->http));
    const struct sockaddr *where = is_tcp ? (const struct sockaddr *)&tcp : (const struct sockaddr *)&local;
    assert_int_equal(connect(fd, where, is_tcp ? sizeof(tcp) : sizeof(local)), 0);
    return fd;
}

/* Reads until the piece was seen, the other end closed or time is over; the text is in `into`. */
static bool hear(int fd, struct strbuf *into, const char *piece, int wait_ms)
{
    int64_t until_ms = clock_boot_ms() + wait_ms;
    while (!piece || !strstr(strbuf_str(into), piece)) {
        struct pollfd one = {fd, POLLIN, 0};
        int64_t left_ms = until_ms - clock_boot_ms();
        char bytes[4096];
        if (left_ms <= 0 || poll(&one, 1, (int)left_ms) <= 0) {
            return false;
        }
        ssize_t n = read(fd, bytes, sizeof(bytes));
        if (n <= 0) {
            return false;
        }
        strbuf_add(into, bytes, (size_t)n);
    }
    return true;
}

static void tell(int fd, const char *text)
{
    (void)!write(fd, text, strlen(text));
}

static int status_of(const struct strbuf *heard)
{
    int64_t status = 0;
    (void)!str_to_i64((struct str){strbuf_str(heard) + 9, heard->n > 12 ? 3 : 0}, 100, 599, &status);
    return (int)status;
}

/* Sends raw bytes, answers the status of the first response; 0 when the connection just ended. */
static int ask(struct server *server, bool is_tcp, const char *raw, struct strbuf *heard)
{
    int fd = dial(server, is_tcp);
    struct strbuf own = {0};
    heard = heard ? heard : &own;
    tell(fd, raw);
    (void)hear(fd, heard, "}", 3000);
    (void)close(fd);
    int status = status_of(heard);
    strbuf_close(&own);
    return status;
}

static void a_request_over_the_socket_is_answered(void **state)
{
    struct strbuf heard = {0};
    assert_int_equal(ask(*state, false, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", &heard), 200);
    assert_non_null(strstr(heard.at, "\"ok\":true"));
    assert_non_null(strstr(heard.at, "Cache-Control: no-store"));
    strbuf_close(&heard);
}

static void raw_requests_are_judged(void **state)
{
    static const struct {
        const char *raw;
        int status; /* 0: no answer is fine too, but never a 200 */
    } cases[] = {
        {"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 200},
        {"GET /healthz HTTP/1.1\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n", 400},
        {"get /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX Y: z\r\n\r\n", 400},
        {"GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n", 400},
        {"POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400},
        {"POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: +2\r\n\r\n{}", 400},
        {"POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: -2\r\n\r\n{}", 400},
        {"POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400},
        {"POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
        {"DELETE /api/v1/runs HTTP/1.1\r\nHost: localhost\r\n\r\n", 405},
        {"GET /api/v1/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
        {"GET /api/v1/runs/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /api/v1/runs/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /api/v1/runs/../../etc HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
        {"GET /assets/../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
        {"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
        {"GET /..%2f..%2fetc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
        {"GET /..\\..\\etc HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
        {"GET //etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
        {"GET /index.html%00.js HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
        {"GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nCookie: banto_session=x\r\nCookie: banto_session=y\r\n\r\n", 400},
        {"GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nCookie: banto_session=x; banto_session=y\r\n\r\n", 400},
        {"GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nCookie: banto_session=x\r\nAuthorization: Bearer y\r\n\r\n", 400},
        {"GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic eDp5\r\n\r\n", 400},
        {"GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer y\r\n\r\n", 401},
        {"GET /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nX-Banto-Token: y\r\n\r\n", 401},
        {"GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nCookie: banto_session=gone\r\n\r\n", 401},
        {"POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 415},
        {"POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nSec-Fetch-Site: cross-site\r\nContent-Length: 2\r\n\r\n{}", 403},
        {"POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nOrigin: http://evil.example\r\nContent-Length: 2\r\n\r\n{}", 403},
        {"POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", 400},
        {"GET /api/v1/runs/%2FG%2FNET HTTP/1.1\r\nHost: localhost\r\n\r\n", 401},
        {"GET /api/v1/link?key=%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /api/v1/link?key=%ff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"GET /api/v1/link?colour=%0d%0aSet-Cookie:x HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 18\r\n\r\n{\"unit\":\"/G/NET\"}\n", 401},
        {"GET /agent/v1/stream?agent=a&session=b HTTP/1.1\r\nHost: localhost\r\n\r\n", 401},
        {"GET /healthz HTTP/9.9\r\nHost: localhost\r\n\r\n", 0},
        {"\x16\x03\x01 rubbish\r\n\r\n", 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct strbuf heard = {0};
        int status = ask(*state, true, cases[i].raw, &heard);
        bool is_good = cases[i].status ? status == cases[i].status : status != 200;
        if (!is_good || strstr(strbuf_str(&heard), "\nSet-Cookie")) {
            fail_msg("%s: %d %s", cases[i].raw, status, strbuf_str(&heard));
        }
        strbuf_close(&heard);
    }
}

static void a_refused_head_ends_the_connection(void **state)
{
    struct server *server = *state;
    struct strbuf heard = {0};
    int fd = dial(server, true);
    tell(fd, "POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\nContent-Length: 2\r\n\r\n"
             "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    (void)hear(fd, &heard, NULL, 3000);
    assert_int_equal(status_of(&heard), 400);
    assert_null(strstr(heard.at, "\"ok\":true")); /* what follows was not read as a request */
    (void)close(fd);
    strbuf_close(&heard);
}

static void an_act_is_answered_after_the_engine(void **state)
{
    struct server *server = *state;
    struct strbuf heard = {0};
    server->kit->engine.delay_ms = 100;
    const char *act = "POST /api/v1/runs HTTP/1.1\r\nHost: x\r\nUser-Agent: banto/1\r\nContent-Length: 17\r\n\r\n{\"unit\":\"/G/NET\"}";
    assert_int_equal(ask(server, false, act, &heard), 200);
    assert_non_null(strstr(server->kit->engine.seen, "run.start actor="));
    assert_non_null(strstr(server->kit->engine.seen, "via=cli"));
    server->kit->engine.delay_ms = 0;
    strbuf_clear(&heard);
    assert_int_equal(ask(server, false, act, &heard), 200);
    strbuf_close(&heard);
}

static void one_connection_serves_many_requests(void **state)
{
    struct server *server = *state;
    int fd = dial(server, false);
    for (int i = 0; i < 20; i++) {
        struct strbuf heard = {0};
        server->kit->engine.delay_ms = i % 2;
        tell(fd, i % 3 ? "POST /api/v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\n\r\n{\"unit\":\"/G/NET\"}"
                       : "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_true(hear(fd, &heard, "}", 3000));
        assert_int_equal(status_of(&heard), 200);
        strbuf_close(&heard);
    }
    (void)close(fd);
}

static void bodies_above_their_bound_are_refused(void **state)
{
    struct server *server = *state;
    struct strbuf heard = {0};
    assert_int_equal(ask(server, false, "POST /api/v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n", &heard), 413);
    strbuf_clear(&heard);
    int fd = dial(server, false);
    tell(fd, "POST /api/v1/runs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    struct strbuf chunk = {0};
    strbuf_text(&chunk, "10000\r\n");
    for (int i = 0; i < 65536; i++) {
        strbuf_char(&chunk, ' ');
    }
    strbuf_text(&chunk, "\r\n");
    for (int i = 0; i < 20; i++) {
        tell(fd, chunk.at);
    }
    tell(fd, "0\r\n\r\n");
    (void)hear(fd, &heard, "}", 3000);
    assert_int_equal(status_of(&heard), 413);
    (void)close(fd);
    strbuf_close(&chunk);
    strbuf_close(&heard);
}

static void slow_senders_do_not_hold_up_others(void **state)
{
    struct server *server = *state;
    int slow[50];
    for (size_t i = 0; i < COUNT(slow); i++) {
        slow[i] = dial(server, false);
        tell(slow[i], "POST /api/v1/runs HTTP/1.1\r\nHost: x\r\nContent-Le");
    }
    int64_t before_ms = clock_boot_ms();
    assert_int_equal(ask(server, false, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 200);
    assert_true(clock_boot_ms() - before_ms < 1000);
    for (size_t i = 0; i < COUNT(slow); i++) {
        (void)close(slow[i]);
    }
}

static void a_viewer_hears_every_change_and_can_come_back(void **state)
{
    struct server *server = *state;
    struct strbuf heard = {0};
    int fd = dial(server, false);
    tell(fd, "GET /api/v1/changes HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_true(hear(fd, &heard, "retry:", 3000));
    for (int i = 0; i < 5; i++) {
        fake_change(&server->kit->engine);
    }
    assert_true(hear(fd, &heard, "id: 5\ndata: {\"seq\":5}\n\n", 3000));
    assert_non_null(strstr(heard.at, "id: 1\n"));
    (void)close(fd);
    strbuf_clear(&heard);
    fd = dial(server, false);
    tell(fd, "GET /api/v1/changes HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 3\r\n\r\n");
    assert_true(hear(fd, &heard, "id: 5", 3000));
    assert_non_null(strstr(heard.at, "id: 4"));
    assert_null(strstr(heard.at, "id: 3"));
    (void)close(fd);
    strbuf_clear(&heard);
    fd = dial(server, false); /* from the journal: what the ring never had */
    (void)pthread_mutex_lock(&server->kit->engine.feed.lock);
    server->kit->engine.feed.tail = 4;
    (void)pthread_mutex_unlock(&server->kit->engine.feed.lock);
    tell(fd, "GET /api/v1/changes?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_true(hear(fd, &heard, "unit.define", 3000));
    (void)close(fd);
    strbuf_close(&heard);
}

static void many_viewers_are_served(void **state)
{
    enum { VIEWERS = 300 };
    struct server *server = *state;
    int viewers[VIEWERS];
    for (int i = 0; i < VIEWERS; i++) {
        viewers[i] = dial(server, false);
        tell(viewers[i], "GET /api/v1/changes HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    for (int i = 0; i < VIEWERS; i++) {
        struct strbuf heard = {0};
        assert_true(hear(viewers[i], &heard, "retry:", 5000));
        strbuf_close(&heard);
    }
    fake_change(&server->kit->engine);
    for (int i = 0; i < VIEWERS; i++) {
        struct strbuf heard = {0};
        assert_true(hear(viewers[i], &heard, "id: 1", 5000));
        strbuf_close(&heard);
        (void)close(viewers[i]);
    }
}

static void an_agent_hears_commands_and_reports(void **state)
{
    struct server *server = *state;
    struct strbuf heard = {0};
    int fd = dial(server, false);
    tell(fd, "GET /agent/v1/stream?agent=local&session=s1 HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_true(hear(fd, &heard, "welcome", 3000));
    struct agent_link *link = &server->kit->engine.link;
    (void)pthread_mutex_lock(&server->kit->engine.feed.lock);
    (void)str_copy(link->waiting, sizeof(link->waiting), "{\"kind\":\"start\"}\n");
    link->n = strlen(link->waiting);
    (void)pthread_mutex_unlock(&server->kit->engine.feed.lock);
    link->wake(link->data);
    assert_true(hear(fd, &heard, "start", 3000));
    strbuf_clear(&heard);
    assert_int_equal(ask(server, false, "POST /agent/v1/reports?agent=local&session=s1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n{}\n",
                         &heard), 200);
    assert_string_equal(server->kit->engine.reports, "local s1 {}\n");
    (void)pthread_mutex_lock(&server->kit->engine.feed.lock);
    link->is_closed = true;
    (void)pthread_mutex_unlock(&server->kit->engine.feed.lock);
    link->wake(link->data);
    (void)hear(fd, &heard, NULL, 1000);
    (void)close(fd);
    strbuf_clear(&heard);
    assert_int_equal(ask(server, false, "GET /agent/v1/stream?agent=stranger&session=s HTTP/1.1\r\nHost: x\r\n\r\n", &heard), 404);
    strbuf_close(&heard);
}

static void the_end_comes_with_streams_and_acts_under_way(void **state)
{
    struct server *server = *state;
    struct strbuf heard = {0}, stream = {0};
    server->kit->engine.delay_ms = 300;
    int viewer = dial(server, false), actor = dial(server, false);
    tell(viewer, "GET /api/v1/changes HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_true(hear(viewer, &stream, "retry:", 3000));
    tell(actor, "POST /api/v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\n\r\n{\"unit\":\"/G/NET\"}");
    (void)usleep(100000);
    http_close(server->http);
    server->http = NULL;
    (void)hear(actor, &heard, "}", 1000);
    assert_int_equal(status_of(&heard), 503);
    (void)close(viewer);
    (void)close(actor);
    strbuf_close(&heard);
    strbuf_close(&stream);
}

static void a_socket_in_use_is_not_taken_over(void **state)
{
    struct server *server = *state;
    struct http *second = NULL;
    struct err e = {0};
    struct http_config config = {.api = server->kit->api, .unix_path = server->path, .thread_count = 2};
    assert_false(http_open(&config, &second, &e));
    assert_int_equal(e.code, ERR_LISTEN);
    assert_int_equal(ask(server, false, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 200);
    struct stat info;
    assert_int_equal(stat(server->path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0660);
}

static void a_stale_socket_is_taken_over(void **state)
{
    struct server *server = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct err e = {0};
    http_close(server->http);
    (void)str_copy(address.sun_path, sizeof(address.sun_path), server->path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    (void)close(fd); /* nobody listens: left by a crash */
    struct http_config config = {.api = server->kit->api, .unix_path = server->path, .thread_count = 2};
    assert_true(http_open(&config, &server->http, &e));
    assert_int_equal(ask(server, false, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", NULL), 200);
}

static void only_loopback_is_listened_on(void **state)
{
    struct server *server = *state;
    static const struct {
        const char *address;
        enum err_code code;
    } wrong[] = {{"0.0.0.0:0", ERR_LISTEN_LOOPBACK},  {"192.0.2.1:80", ERR_LISTEN_LOOPBACK}, {"[::]:80", ERR_LISTEN_LOOPBACK},
                 {"[2001:db8::1]:80", ERR_LISTEN_LOOPBACK}, {"80", ERR_LISTEN_ADDRESS},       {"127.0.0.1", ERR_LISTEN_ADDRESS},
                 {"127.0.0.1:99999", ERR_LISTEN_ADDRESS}, {"host:80", ERR_LISTEN_ADDRESS},  {"[::1:80", ERR_LISTEN_ADDRESS}};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct http *second = NULL;
        struct err e = {0};
        struct http_config config = {.api = server->kit->api, .tcp = wrong[i].address, .thread_count = 2};
        assert_false(http_open(&config, &second, &e));
        assert_int_equal(e.code, wrong[i].code);
    }
}

int main(void)
{
#define SERVED(test) cmocka_unit_test_setup_teardown(test, open_server, close_server)
    const struct CMUnitTest tests[] = {
        SERVED(a_request_over_the_socket_is_answered),
        SERVED(raw_requests_are_judged),
        SERVED(a_refused_head_ends_the_connection),
        SERVED(an_act_is_answered_after_the_engine),
        SERVED(one_connection_serves_many_requests),
        SERVED(bodies_above_their_bound_are_refused),
        SERVED(slow_senders_do_not_hold_up_others),
        SERVED(a_viewer_hears_every_change_and_can_come_back),
        SERVED(many_viewers_are_served),
        SERVED(an_agent_hears_commands_and_reports),
        SERVED(the_end_comes_with_streams_and_acts_under_way),
        SERVED(a_socket_in_use_is_not_taken_over),
        SERVED(a_stale_socket_is_taken_over),
        SERVED(only_loopback_is_listened_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
