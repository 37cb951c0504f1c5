/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events - what a person should know, as rows. What comes again from the same cause (`fold`) before anybody has acknowledged
 * it is counted on its row.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/engine_priv.h"

static const char *fold_key(struct arena *into, const char *message, const char *fold)
{
    return arena_printf(into, "%s\n%s", message, fold);
}

void event_open(struct engine *engine, const struct event_row *row)
{
    struct arena *names = &engine->w.names;
    const char *key = fold_key(&engine->turn, row->message, row->fold);
    if (map_get(&engine->w.folds, key)) {
        return; /* the newest counts */
    }
    struct event_row *kept = arena_new(names, struct event_row);
    *kept = *row;
    kept->unit = arena_copy(names, row->unit);
    kept->message = arena_copy(names, row->message);
    kept->args = arena_copy(names, row->args);
    kept->fold = arena_copy(names, row->fold);
    kept->acked_by = "";
    (void)map_put(&engine->w.folds, arena_copy(names, key), kept);
}

bool event_close(struct engine *engine, int64_t id, struct event_row *ret)
{
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.folds, e));) {
        const struct event_row *row = e->value;
        if (row->id == id) {
            *ret = *row;
            (void)map_remove(&engine->w.folds, e->key);
            return true;
        }
    }
    return false;
}

/* Counts it where it stands open under its fold, else it is a new row. */
static void event_count(struct engine *engine, struct event_row *row)
{
    struct event_row *open = row->fold[0] ? map_get(&engine->w.folds, fold_key(&engine->turn, row->message, row->fold)) : NULL;
    if (!open) {
        row->id = engine->w.next_event++;
        if (row->fold[0]) {
            event_open(engine, row);
        }
        return;
    }
    open->count++;
    open->last_ms = row->at_ms;
    open->run = row->run;
    open->node = row->node;
    if (strcmp(open->args, row->args) != 0) { /* what it says now */
        open->args = arena_copy(&engine->w.names, row->args);
    }
    *row = *open;
}

void event_raise(struct engine *engine, const struct event_of *event, const char *fold, const char *fmt, ...)
{
    char args[600];
    va_list list;
    va_start(list, fmt);
    (void)vsnprintf(args, sizeof(args), fmt, list);
    va_end(list);
    struct event_row row = {
        .at_ms = engine->now.ms, .kind = event->kind, .severity = event->severity,
        .unit = event->unit, .run = event->run, .node = event->node, .message = message_of(event->code)->id, .args = args,
        .acked_by = "", .fold = fold ? fold : "", .count = 1,
    };
    event_count(engine, &row);
    store_put(engine->batch, TABLE_event, &row);
    if (!engine->has_feed) {
        return;
    }
    CLEANUP(strbuf_close) struct strbuf change = {0};
    struct json j = {.into = &change};
    json_open(&j, NULL);
    json_number(&j, "event", row.id);
    json_number(&j, "severity", row.severity);
    json_text(&j, "message", row.message);
    json_text(&j, "unit", row.unit);
    json_number(&j, "run", row.run);
    json_number(&j, "count", row.count);
    struct strbuf text = {0};
    message_text(&text, event->code, LANG_JA, args);
    json_text(&j, "text", strbuf_str(&text));
    strbuf_clear(&text);
    message_text(&text, event->code, LANG_EN, args);
    json_text(&j, "text_en", strbuf_str(&text));
    strbuf_close(&text);
    json_text(&j, "action", message_of(event->code)->action[LANG_JA]);
    json_end(&j);
    feed_pack_json(&engine->changes, change.at);
}
