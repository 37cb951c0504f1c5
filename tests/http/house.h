/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * house - a server in one process with a real engine on a memory store and cheap password hashes: for everything that
 * needs people. browser.h speaks to it.
 */
#include "tests/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "api/login.h"
#include "engine/engine.h"
#include "http/http.h"
#include "os/clock.h"
#include "os/loop.h"
#include "store/store.h"

#define HOUSE_PASSWORD "ochazuke to umeboshi 7"

struct house {
    struct clock clock;
    struct store *store;
    struct engine *engine;
    struct loop *loop;
    struct api *api;
    struct http *http;
    pthread_t thread;
    int stop[2];
    char folder[64], path[96], key_path[96], link[128];
    _Atomic bool has_link;
    struct strbuf heard;       /* the last answer, head and body */
    struct arena arena;
};
static inline void house_stop_read(void *data)
{
    loop_stop(((struct house *)data)->loop);
}

static inline void *house_run(void *data)
{
    struct house *house = data;
    struct err e = {0};
    (void)!engine_run(house->engine, house->loop, &e);
    return NULL;
}

static inline void house_link(void *data, const char *path)
{
    struct house *house = data;
    const char *key = strchr(path, '=');
    (void)str_copy(house->link, sizeof(house->link), key ? key + 1 : "");
    atomic_store(&house->has_link, true);
}

/* Until the first-start link is in house->link. */
static inline void house_wait(struct house *house)
{
    for (int i = 0; i < 500 && !atomic_load(&house->has_link); i++) {
        (void)usleep(10000);
    }
    assert_true(atomic_load(&house->has_link));
}

/* config: what differs from the usual. */
static inline struct house *house_open(const struct http_config *given)
{
    struct house *house = heap_resize(NULL, 1, sizeof(*house));
    struct err e = {0};
    memset(house, 0, sizeof(*house));
    (void)signal(SIGPIPE, SIG_IGN);
    (void)str_copy(house->folder, sizeof(house->folder), "/tmp/banto-house-XXXXXX");
    assert_non_null(mkdtemp(house->folder));
    (void)snprintf(house->path, sizeof(house->path), "%s/s", house->folder);
    (void)snprintf(house->key_path, sizeof(house->key_path), "%s/secret.key", house->folder);
    house->store = store_open_memory(true, true);
    assert_int_equal(pipe(house->stop), 0);
    struct engine_config engine = {.store = house->store, .clock = &house->clock, .service = "main", .data_folder = house->folder, .seed = 1, .turn_events_max = 4096};
    assert_true(clock_open(&house->clock, NULL, &e) && engine_open(&engine, &house->engine, &e) && loop_open(&house->loop, &e));
    assert_true(loop_on_readable(house->loop, house->stop[0], house_stop_read, house, &e));
    struct api_config api = {.engine = house->engine, .store = house->store, .clock = &house->clock, .service = "main", .data_folder = house->folder,
                             .key_path = house->key_path, .hash_memory_kib = 64, .hash_passes = 1};
    assert_true(api_open(&api, &house->api, &e));
    assert_true(first_start(house->api, house_link, house, &e));
    assert_int_equal(pthread_create(&house->thread, NULL, house_run, house), 0);
    struct http_config http = *given;
    http.api = house->api;
    http.unix_path = house->path;
    http.tcp = "127.0.0.1:0";
    http.thread_count = 2;
    if (!http_open(&http, &house->http, &e)) {
        fail_msg("%s", e.args);
    }
    return house;
}

static inline void house_close(struct house *house)
{
    struct arena arena = {0};
    (void)!write(house->stop[1], "x", 1);
    (void)pthread_join(house->thread, NULL);
    http_close(house->http);
    api_close(house->api);
    engine_close(house->engine);
    loop_close(house->loop);
    store_close(house->store);
    (void)close(house->stop[0]);
    (void)close(house->stop[1]);
    (void)unlink(house->key_path);
    (void)unlink(arena_printf(&arena, "%s/clock", house->folder));
    (void)rmdir(house->folder);
    arena_close(&arena);
    arena_close(&house->arena);
    strbuf_close(&house->heard);
    heap_free(house);
}
