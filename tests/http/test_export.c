/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_export - a list as lines over a real socket: all pages of it, and only as fast as it is read.
 */
#include "tests/unit.h"

#include "tests/api/kit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "http/http.h"

enum { EVENTS = 3500 };

struct office {
    struct kit *kit;
    struct http *http;
    char folder[64], path[96];
    struct strbuf heard;
};

static void events_fill(struct store *store)
{
    struct err e = {0};
    struct store_batch *batch = store_batch_open(store);
    struct journal_entry entry = {.at = {1000}, .wall = {1000}, .stream = "main", .actor = "engine", .via = "engine", .operation = "timer",
                                  .entity = "engine", .reason = "", .reference = ""};
    for (int i = 0; i < EVENTS; i++) {
        struct event_row row = {.id = 10 + i, .at_ms = 1782687600000 + i, .severity = 1, .unit = "/G/NET", .run = 12, .message = "BNT0103-E",
                                .args = "a\x1f" "\"b\\", .acked_by = "", .fold = "", .count = 1};
        store_put(batch, TABLE_event, &row);
    }
    store_entry(batch, &entry);
    assert_true(store_commit(store, batch, NULL, &e));
    store_batch_close(batch);
}

static int open_office(void **state)
{
    struct office *office = heap_resize(NULL, 1, sizeof(*office));
    struct err e = {0};
    memset(office, 0, sizeof(*office));
    (void)signal(SIGPIPE, SIG_IGN);
    office->kit = kit_open();
    events_fill(office->kit->store);
    (void)str_copy(office->folder, sizeof(office->folder), "/tmp/banto-office-XXXXXX");
    assert_non_null(mkdtemp(office->folder));
    (void)snprintf(office->path, sizeof(office->path), "%s/s", office->folder);
    struct http_config config = {.api = office->kit->api, .unix_path = office->path, .thread_count = 2};
    assert_true(http_open(&config, &office->http, &e));
    *state = office;
    return 0;
}

static int close_office(void **state)
{
    struct office *office = *state;
    http_close(office->http);
    kit_close(office->kit);
    strbuf_close(&office->heard);
    (void)unlink(office->path);
    (void)rmdir(office->folder);
    heap_free(office);
    return 0;
}

/* The whole answer, head and chunks, in office->heard. slow: a little at a time. */
static void get(struct office *office, const char *path, const char *header, bool is_slow)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    char head[256], bytes[8192];
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)str_copy(to.sun_path, sizeof(to.sun_path), office->path);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    int n = snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", path, header);
    assert_int_equal(send(fd, head, (size_t)n, MSG_NOSIGNAL), n);
    strbuf_clear(&office->heard);
    for (ssize_t got; (got = recv(fd, bytes, sizeof(bytes), 0)) > 0;) {
        strbuf_add(&office->heard, bytes, (size_t)got);
        if (is_slow) {
            (void)usleep(500);
        }
    }
    (void)close(fd);
}

static size_t count_of(const struct office *office, const char *piece)
{
    size_t count = 0;
    for (const char *at = strstr(office->heard.at, piece); at; at = strstr(at + 1, piece)) {
        count++;
    }
    return count;
}

static void a_list_of_many_pages_comes_to_its_end(void **state)
{
    struct office *office = *state;
    get(office, "/api/v1/events?fields=id,kind", "Accept: application/x-ndjson\r\n", false);
    assert_non_null(strstr(office->heard.at, "Content-Type: application/x-ndjson"));
    assert_int_equal(count_of(office, "{\"id\":"), EVENTS + 1);
    assert_int_equal(count_of(office, "\"next\""), 0);
    get(office, "/api/v1/events?format=ndjson&sort=id", "", true);
    assert_int_equal(count_of(office, "{\"id\":"), EVENTS + 1);
}

static void a_bounded_list_tells_where_it_goes_on(void **state)
{
    struct office *office = *state;
    get(office, "/api/v1/events?fields=id&format=ndjson&limit=3&sort=id", "", false);
    assert_int_equal(count_of(office, "{\"id\":"), 3);
    assert_int_equal(count_of(office, "{\"next\":\"11\"}\n"), 1);
}

static void a_reader_that_goes_away_harms_nobody(void **state)
{
    struct office *office = *state;
    for (int i = 0; i < 20; i++) {
        struct sockaddr_un to = {.sun_family = AF_UNIX};
        static const char head[] = "GET /api/v1/events?format=ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n";
        char bytes[64];
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        (void)str_copy(to.sun_path, sizeof(to.sun_path), office->path);
        assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
        assert_int_equal(send(fd, head, sizeof(head) - 1, MSG_NOSIGNAL), sizeof(head) - 1);
        assert_true(recv(fd, bytes, sizeof(bytes), 0) > 0);
        (void)close(fd);
    }
    get(office, "/api/v1/events?limit=1", "", false);
    assert_non_null(strstr(office->heard.at, "200 OK"));
}

static void a_refusal_is_no_list_of_lines(void **state)
{
    struct office *office = *state;
    get(office, "/api/v1/events?fields=colour", "Accept: application/x-ndjson\r\n", false);
    assert_non_null(strstr(office->heard.at, "400 Bad Request"));
    assert_non_null(strstr(office->heard.at, "Content-Type: application/json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_list_of_many_pages_comes_to_its_end, open_office, close_office),
        cmocka_unit_test_setup_teardown(a_bounded_list_tells_where_it_goes_on, open_office, close_office),
        cmocka_unit_test_setup_teardown(a_reader_that_goes_away_harms_nobody, open_office, close_office),
        cmocka_unit_test_setup_teardown(a_refusal_is_no_list_of_lines, open_office, close_office),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
