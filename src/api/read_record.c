/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_record - events, recorded decisions, the journal and whether its chain is whole.
 */
#include "api/api_priv.h"

#include "api/page.h"
#include "api/words.h"
#include "base/limits.h"

enum { JOURNAL_BATCH_MAX = 256 };

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
    json_text(j, "kind", event_kind_word(row->kind));
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

/* Times of a list: from this one, and before that one. */
static void times_filter(struct call *call, struct page *page)
{
    if (call_text(call, "from")) {
        page_filter(page, "at_ms", WHERE_GE, call_number(call, "from", 0));
    }
    if (call_text(call, "to")) {
        page_filter(page, "at_ms", WHERE_LT, call_number(call, "to", 0));
    }
}

static void events_filter(struct call *call, struct page *page)
{
    page_filter(page, "severity", WHERE_GE, call_number(call, "severity", 0));
    if (call_text(call, "kind")) {
        page_filter(page, "kind", WHERE_EQ, call_number(call, "kind", 0));
    }
    if (call_bool(call, "open")) {
        page_filter(page, "acked_ms", WHERE_EQ, 0);
    } else if (call_text(call, "acked")) {
        page_filter(page, "acked_ms", call_bool(call, "acked") ? WHERE_NE : WHERE_EQ, 0);
    }
    if (call_text(call, "run")) {
        page_filter(page, "run", WHERE_EQ, call_number(call, "run", 0));
    }
    times_filter(call, page);
}

bool read_events(struct call *call, struct err *e)
{
    struct page page = {.table = TABLE_event, .sort = "-id"};
    struct unit_filter filter = unit_filter_of(call);
    events_filter(call, &page);
    if (!page_open(call, &page, e)) {
        return false;
    }
    const void *row;
    bool is_good;
    answer_list_open(call);
    while ((is_good = page_row(call, &page, &row, e)) && row) {
        const struct event_row *event = row;
        bool is_wanted = *event->unit ? unit_wanted(call, &filter, event->unit) : !filter.pattern && !filter.system;
        if (is_wanted && page_take(&page)) {
            event_answer(call, event);
        }
    }
    return is_good && page_close(call, &page);
}

static void decision_answer(struct call *call, const struct decision_row *row)
{
    struct json *j = &call->json;
    json_open(j, NULL);
    json_number(j, "id", row->id);
    answer_instant(call, "at", row->at_ms);
    json_text(j, "kind", row->kind);
    json_text(j, "kind_ja", decision_kind_word(row->kind, LANG_JA));
    json_text(j, "kind_en", decision_kind_word(row->kind, LANG_EN));
    json_text(j, "entity", row->entity);
    json_text(j, "decided_by", row->decided_by);
    json_text(j, "medium", row->medium);
    json_text(j, "text", row->text);
    json_text(j, "actor", row->actor);
    answer_instant(call, "used", row->used_ms);
    json_text(j, "used_by", row->used_by);
    json_text(j, "used_for", row->used_for);
    json_end(j);
}

bool read_decisions(struct call *call, struct err *e)
{
    struct page page = {.table = TABLE_decision, .sort = "-id"};
    if (call_text(call, "entity")) {
        page_filter_text(&page, "entity", WHERE_EQ, call_text(call, "entity"));
    }
    if (call_text(call, "kind")) {
        page_filter_text(&page, "kind", WHERE_EQ, call_text(call, "kind"));
    }
    if (call_text(call, "used")) {
        page_filter(&page, "used_ms", call_bool(call, "used") ? WHERE_NE : WHERE_EQ, 0);
    }
    times_filter(call, &page);
    if (!page_open(call, &page, e)) {
        return false;
    }
    const void *row;
    bool is_good;
    answer_list_open(call);
    while ((is_good = page_row(call, &page, &row, e)) && row) {
        bool sees = true;
        if (!entity_seen(call, ((const struct decision_row *)row)->entity, &sees, e)) {
            return false;
        }
        if (sees && page_take(&page)) {
            decision_answer(call, row);
        }
    }
    return is_good && page_close(call, &page);
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

static struct journal_query journal_query_of(struct call *call, int64_t after)
{
    const char *stream = call_text(call, "stream"), *sort = call_text(call, "sort");
    struct journal_query query = {
        .stream = stream ? stream : call->api->config.service,
        .actor = call_text(call, "actor"),
        .entity = call_text(call, "entity"),
        .operation = call_text(call, "operation"),
        .from = {call_number(call, "from", 0)},
        .to = {call_number(call, "to", INSTANT_NEVER.ms)},
        .is_descending = sort ? *sort == '-' : !call_bool(call, "oldest"),
        .limit = JOURNAL_BATCH_MAX,
    };
    if (query.is_descending) {
        query.until_seq = after > 0 ? after - 1 : 0;
    } else {
        query.after_seq = after;
    }
    return query;
}

/* A batch, copied: what an entry is about is asked of the same reader. */
struct journal_batch {
    VEC(struct journal_row) rows;
};

static bool journal_batch_read(struct call *call, const struct journal_query *query, struct journal_batch *batch, struct err *e)
{
    struct journal_row row;
    struct rows *rows = store_journal(call->reader, query);
    batch->rows.n = 0;
    while (journal_next(rows, &row)) {
        const char **texts[] = {&row.entry.actor, &row.entry.via, &row.entry.operation, &row.entry.entity, &row.entry.reason,
                                &row.entry.reference, &row.entry.stream};
        for (size_t i = 0; i < COUNT(texts); i++) {
            *texts[i] = *texts[i] ? arena_copy(call->into, *texts[i]) : "";
        }
        *vec_add(&batch->rows) = row;
    }
    return answer_rows_end(rows, e);
}

/* What the store does not choose: how it came in, on which unit (its runs, too), and what the caller may not see. */
static bool journal_wanted(struct call *call, const struct journal_row *row, bool *ret, struct err *e)
{
    const char *via = call_text(call, "via"), *unit = call_text(call, "unit"), *path = NULL;
    /* "web" means all that came by the web, whatever the address behind it: web@127.0.0.1 */
    struct str way, address;
    (void)str_cut(str_of(row->entry.via), '@', &way, &address);
    *ret = !via || str_equal(via, row->entry.via) || str_is(way, via);
    if (*ret && unit) {
        if (!entity_unit(call, row->entry.entity, &path, e)) {
            return false;
        }
        size_t n = strlen(unit);
        *ret = path && strncmp(path, unit, n) == 0 && (path[n] == '\0' || path[n] == '/');
    }
    return !*ret || entity_seen(call, row->entry.entity, ret, e);
}

bool read_journal(struct call *call, struct err *e)
{
    int64_t after = 0, limit = call_limit(call), count = 0, last = 0, looked = 0;
    if (!call_after(call, &after, e)) {
        return false;
    }
    struct journal_query query = journal_query_of(call, after);
    struct journal_batch batch = {0};
    bool is_good = true, is_over = query.is_descending && after == 1, has_more = false;
    answer_list_open(call);
    while (is_good && !is_over && !has_more) {
        is_good = journal_batch_read(call, &query, &batch, e);
        is_over = batch.rows.n < (size_t)query.limit;
        for (size_t i = 0; is_good && i < batch.rows.n && !has_more; i++) {
            bool is_wanted = false;
            const struct journal_row *row = &batch.rows.at[i];
            is_good = journal_wanted(call, row, &is_wanted, e);
            has_more = is_good && ((is_wanted && count == limit) || ++looked > (int64_t)PAGE_SCAN_MAX);
            if (is_wanted && !has_more) {
                journal_answer(call, row);
                count++;
            }
            last = has_more ? last : row->seq;
        }
        query.until_seq = query.is_descending ? last - 1 : query.until_seq;
        query.after_seq = query.is_descending ? query.after_seq : last;
        is_over = is_over || (query.is_descending && last <= 1);
    }
    vec_close(&batch.rows);
    answer_list_close(call, has_more ? number_text(call, last) : NULL);
    return is_good;
}

static void report_add(struct call *call, const char *stream, const struct journal_report *report)
{
    json_text(&call->json, "stream", stream);
    json_bool(&call->json, "whole", report->bad_seq == 0);
    json_number(&call->json, "rows", report->row_count);
    json_number(&call->json, "redacted", report->redacted_count);
    if (report->bad_seq) {
        json_number(&call->json, "bad_seq", report->bad_seq);
        json_text(&call->json, "bad_what", report->bad_what);
    }
    hash_text(call, "head", report->head);
}

/* Each stream has a chain of its own: all of them, unless one is named. */
bool read_journal_verify(struct call *call, struct err *e)
{
    const char *asked = call_text(call, "stream");
    const char *streams[] = {asked ? asked : call->api->config.service, "desk"};
    struct journal_report reports[COUNT(streams)] = {{0}}, sum = {0};
    size_t count = asked ? 1 : COUNT(streams);
    for (size_t i = 0; i < count; i++) {
        if (!store_journal_verify(call->reader, streams[i], &reports[i], e)) {
            return false;
        }
        sum.row_count += reports[i].row_count;
        sum.redacted_count += reports[i].redacted_count;
        sum.bad_seq += reports[i].bad_seq != 0;
    }
    json_open(&call->json, NULL);
    if (asked) {
        report_add(call, asked, &reports[0]);
    } else {
        json_bool(&call->json, "whole", sum.bad_seq == 0);
        json_number(&call->json, "rows", sum.row_count);
        json_number(&call->json, "redacted", sum.redacted_count);
    }
    json_list(&call->json, "streams");
    for (size_t i = 0; i < count; i++) {
        json_open(&call->json, NULL);
        report_add(call, streams[i], &reports[i]);
        json_end(&call->json);
    }
    json_end(&call->json);
    json_end(&call->json);
    return true;
}
