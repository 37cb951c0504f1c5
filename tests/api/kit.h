/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * kit - a server without HTTP: the recorder engine, a memory store with a little in it, requests in one line.
 */
#include "tests/unit.h"

#include "tests/api/fake_engine.h"

#include "api/api.h"
#include "store/store.h"

struct kit {
    struct engine engine;
    struct store *store;
    struct api *api;
    struct arena arena;
    struct strbuf body;
    int status, done_count;
};

#define KIT_NET "unit=NET,,jp1admin,;\n{\n\tty=n;\n\tcm=\"夜間\";\n\tel=A,j,+0 +0;\n\tel=B,j,+160 +0;\n\tar=(f=A,t=B,seq);\n" \
                "\tunit=A,,jp1admin,;\n\t{\n\t\tty=j;\n\t\tsc=\"/bin/true\";\n\t}\n" \
                "\tunit=B,,jp1admin,;\n\t{\n\t\tty=j;\n\t\tsc=\"/bin/true\";\n\t\tx_output=clean;\n\t}\n}\n"

/* The same net with another script and with starts. */
#define KIT_NET_NEW "unit=NET,,jp1admin,;\n{\n\tty=n;\n\tcm=\"夜間\";\n\tsd=1,en;\n\tcy=1,(1,d);\n\tst=1,22:10;\n\tel=A,j,+0 +0;\n" \
                    "\tunit=A,,jp1admin,;\n\t{\n\t\tty=j;\n\t\tsc=\"/bin/false\";\n\t}\n}\n"

static inline void kit_fill(struct store *store)
{
    struct err e = {0};
    struct store_batch *batch = store_batch_open(store);
    struct unit_row unit = {.id = 7, .path = "/G/NET", .version = 70, .type = "n", .comment = "夜間"};
    struct version_row version = {.id = 70, .unit = 7, .number = 1, .made_ms = 1000, .actor = "root", .hash = "00", .text = KIT_NET};
    struct registration_row registration = {.unit = 7, .kind = 1, .actor = "root"};
    struct run_row run = {.id = 12, .unit = 7, .version = 70, .date = 20633, .status = 8, .started_ms = 1782687600000, .reason = "", .macros = ""};
    struct node_row node = {.run = 12, .node = 1, .status = 14, .attempt = 1, .code = 12, .agent = "local", .reason = ""};
    struct event_row event = {.id = 3, .at_ms = 1782687600000, .severity = 2, .unit = "/G/NET", .run = 12, .node = 1,
                              .message = "BNT0103-E", .args = "a\x1f" "b", .acked_by = "", .fold = "", .count = 1};
    struct decision_row decision = {.id = 1, .at_ms = 1782687600000, .kind = "recovery", .entity = "run/12", .decided_by = "課長",
                                    .medium = "電話", .text = "再実行", .actor = "root"};
    struct occurrence_row occurrence = {.id = 5, .unit = 7, .date = 20634, .rule = 1, .start_ms = INT64_C(1782843000000),
                                        .planned_ms = INT64_C(1782843000000), .reason = "planned", .calendar = "default"};
    struct proposal_row proposal = {.id = 12, .at_ms = 1782687600000, .actor = "maker", .unit = "/G", .text = KIT_NET_NEW, .hash = "00",
                                    .decided_by = "", .reason = "", .why = "増設", .base = ""};
    struct journal_entry entry = {.at = {1000}, .wall = {1000}, .stream = "main", .actor = "root", .via = "cli", .operation = "unit.define",
                                  .entity = "/G/NET", .reason = "初回", .reference = ""};
    store_put(batch, TABLE_unit, &unit);
    store_put(batch, TABLE_version, &version);
    store_put(batch, TABLE_registration, &registration);
    store_put(batch, TABLE_run, &run);
    store_put(batch, TABLE_node, &node);
    store_put(batch, TABLE_event, &event);
    store_put(batch, TABLE_decision, &decision);
    store_put(batch, TABLE_occurrence, &occurrence);
    store_put(batch, TABLE_proposal, &proposal);
    store_entry(batch, &entry);
    assert_true(store_commit(store, batch, NULL, &e));
    store_batch_close(batch);
}

static inline struct kit *kit_open(void)
{
    struct kit *kit = heap_resize(NULL, 1, sizeof(*kit));
    struct err e = {0};
    memset(kit, 0, sizeof(*kit));
    (void)pthread_mutex_init(&kit->engine.feed.lock, NULL);
    kit->engine.json = "{\"ok\":true}";
    kit->store = store_open_memory(true, true);
    kit_fill(kit->store);
    struct api_config config = {.engine = &kit->engine, .store = kit->store, .service = "main", .data_folder = "/nonexistent"};
    assert_true(api_open(&config, &kit->api, &e));
    return kit;
}

static inline void kit_close(struct kit *kit)
{
    api_close(kit->api);
    store_close(kit->store);
    arena_close(&kit->arena);
    strbuf_close(&kit->body);
    heap_free(kit);
}
