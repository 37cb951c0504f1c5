/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events - what a person should know, as rows; `fold` names the cause, for those who count.
 */
#include <stdarg.h>
#include <stdio.h>

#include "engine/engine_priv.h"

void event_raise(struct engine *engine, const struct event_of *event, const char *fold, const char *fmt, ...)
{
    char args[600];
    va_list list;
    va_start(list, fmt);
    (void)vsnprintf(args, sizeof(args), fmt, list);
    va_end(list);
    struct event_row row = {
        .id = engine->w.next_event++, .at_ms = engine->now.ms, .kind = event->kind, .severity = event->severity,
        .unit = event->unit, .run = event->run, .node = event->node, .message = message_of(event->code)->id, .args = args,
        .acked_by = "", .fold = fold ? fold : "", .count = 1,
    };
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
