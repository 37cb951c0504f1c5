/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_record - events, recorded decisions, the journal and whether its chain is whole.
 */
#include "api/api_priv.h"

#include "api/words.h"

static const char *number_text(struct call *call, int64_t number)
{
    return arena_printf(call->into, "%lld", (long long)number);
}

static void event_answer(struct call *call, const struct event_row *row)
{
    struct json *j = &call->json;
    const struct message *message = message_find(row->message);
    json_open(j, NULL);
    json_number(j, "id", row->id);
    answer_instant(call, "at", row->at_ms);
    json_text(j, "severity", severity_word(row->severity));
    json_text(j, "message", row->message);
    json_text(j, "unit", row->unit);
    json_number(j, "run", row->run);
    json_number(j, "node", row->node);
    json_number(j, "count", row->count);
    answer_instant(call, "last_at", row->last_ms ? row->last_ms : row->at_ms);
    answer_instant(call, "acked", row->acked_ms);
    json_text(j, "acked_by", row->acked_by);
    for (int lang = 0; message && lang < LANGS; lang++) {
        CLEANUP(strbuf_close) struct strbuf text = {0};
        enum err_code code = ERR_NONE;
        for (int i = 1; i < ERR_CODES && code == ERR_NONE; i++) {
            code = message_of((enum err_code)i) == message ? (enum err_code)i : ERR_NONE;
        }
        message_text(&text, code, (enum lang)lang, row->args);
        json_text(j, lang == LANG_JA ? "text" : "text_en", strbuf_str(&text));
    }
    if (message) {
        json_text(j, "action", message->action[LANG_JA]);
        json_text(j, "action_en", message->action[LANG_EN]);
    }
    json_end(j);
}

bool read_events(struct call *call, struct err *e)
{
    int64_t after = INT64_MAX, limit = call_limit(call), count = 0, last = 0;
    if (!call_after(call, &after, e)) {
        return false;
    }
    struct query query = {.table = TABLE_event, .order_column = -1, .is_descending = true, .limit = limit + 1};
    query.where[query.where_count++] = (struct where){table_column(TABLE_event, "id"), WHERE_LT, after, NULL};
    query.where[query.where_count++] =
        (struct where){table_column(TABLE_event, "severity"), WHERE_GE, call_number(call, "severity", 0), NULL};
    if (call_bool(call, "open")) {
        query.where[query.where_count++] = (struct where){table_column(TABLE_event, "acked_ms"), WHERE_EQ, 0, NULL};
    }
    if (call_text(call, "run")) {
        query.where[query.where_count++] =
            (struct where){table_column(TABLE_event, "run"), WHERE_EQ, call_number(call, "run", 0), NULL};
    }
    struct event_row row;
    struct rows *rows = store_query(call->reader, &query);
    answer_list_open(call);
    for (; rows_next(rows, &row); count++) {
        if (count < limit) {
            event_answer(call, &row);
            last = row.id;
        }
    }
    answer_list_close(call, count > limit ? number_text(call, last) : NULL);
    return answer_rows_end(rows, e);
}

bool read_decisions(struct call *call, struct err *e)
{
    int64_t after = INT64_MAX, limit = call_limit(call), count = 0, last = 0;
    if (!call_after(call, &after, e)) {
        return false;
    }
    struct query query = {.table = TABLE_decision, .order_column = -1, .is_descending = true, .limit = limit + 1};
    query.where[query.where_count++] = (struct where){table_column(TABLE_decision, "id"), WHERE_LT, after, NULL};
    if (call_text(call, "entity")) {
        query.where[query.where_count++] =
            (struct where){table_column(TABLE_decision, "entity"), WHERE_EQ, 0, call_text(call, "entity")};
    }
    struct decision_row row;
    struct rows *rows = store_query(call->reader, &query);
    answer_list_open(call);
    for (; rows_next(rows, &row); count++) {
        if (count == limit) {
            continue;
        }
        last = row.id;
        json_open(&call->json, NULL);
        json_number(&call->json, "id", row.id);
        answer_instant(call, "at", row.at_ms);
        json_text(&call->json, "kind", row.kind);
        json_text(&call->json, "kind_ja", decision_kind_word(row.kind, LANG_JA));
        json_text(&call->json, "kind_en", decision_kind_word(row.kind, LANG_EN));
        json_text(&call->json, "entity", row.entity);
        json_text(&call->json, "decided_by", row.decided_by);
        json_text(&call->json, "medium", row.medium);
        json_text(&call->json, "text", row.text);
        json_text(&call->json, "actor", row.actor);
        answer_instant(call, "used", row.used_ms);
        json_text(&call->json, "used_by", row.used_by);
        json_text(&call->json, "used_for", row.used_for);
        json_end(&call->json);
    }
    answer_list_close(call, count > limit ? number_text(call, last) : NULL);
    return answer_rows_end(rows, e);
}

static void hash_text(struct call *call, const char *key, const uint8_t hash[32])
{
    char text[65];
    for (size_t i = 0; i < 32; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", hash[i]);
    }
    json_text(&call->json, key, text);
}

static void journal_answer(struct call *call, const struct journal_row *row)
{
    struct json *j = &call->json;
    json_open(j, NULL);
    json_number(j, "seq", row->seq);
    answer_instant(call, "at", row->entry.at.ms);
    answer_instant(call, "wall", row->entry.wall.ms);
    json_text(j, "actor", row->entry.actor);
    json_text(j, "via", row->entry.via);
    json_text(j, "operation", row->entry.operation);
    json_text(j, "entity", row->entry.entity);
    json_text(j, "reason", row->entry.reason);
    json_text(j, "reference", row->entry.reference);
    json_bool(j, "redacted", row->is_redacted);
    hash_text(call, "hash", row->hash);
    json_end(j);
}

bool read_journal(struct call *call, struct err *e)
{
    int64_t after = 0, limit = call_limit(call), count = 0, last = 0;
    if (!call_after(call, &after, e)) {
        return false;
    }
    const char *stream = call_text(call, "stream");
    struct journal_query query = {
        .stream = stream ? stream : call->api->config.service,
        .actor = call_text(call, "actor"),
        .entity = call_text(call, "entity"),
        .operation = call_text(call, "operation"),
        .from = {call_number(call, "from", 0)},
        .to = {call_number(call, "to", INSTANT_NEVER.ms)},
        .is_descending = !call_bool(call, "oldest"),
        .limit = limit + 1,
    };
    if (query.is_descending) {
        query.until_seq = after > 0 ? after - 1 : 0;
    } else {
        query.after_seq = after;
    }
    bool is_over = query.is_descending && after == 1;
    struct journal_row row;
    struct rows *rows = is_over ? NULL : store_journal(call->reader, &query);
    answer_list_open(call);
    for (; rows && journal_next(rows, &row); count++) {
        if (count < limit) {
            journal_answer(call, &row);
            last = row.seq;
        }
    }
    answer_list_close(call, count > limit ? number_text(call, last) : NULL);
    return answer_rows_end(rows, e);
}

bool read_journal_verify(struct call *call, struct err *e)
{
    const char *stream = call_text(call, "stream");
    stream = stream ? stream : call->api->config.service;
    struct journal_report report;
    if (!store_journal_verify(call->reader, stream, &report, e)) {
        return false;
    }
    json_open(&call->json, NULL);
    json_text(&call->json, "stream", stream);
    json_bool(&call->json, "whole", report.bad_seq == 0);
    json_number(&call->json, "rows", report.row_count);
    json_number(&call->json, "redacted", report.redacted_count);
    if (report.bad_seq) {
        json_number(&call->json, "bad_seq", report.bad_seq);
        json_text(&call->json, "bad_what", report.bad_what);
    }
    hash_text(call, "head", report.head);
    json_end(&call->json);
    return true;
}
