/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed_line - a change as the ring of the feed keeps it, and as its viewers read it.
 *
 * The decision thread packs numbers and texts one behind the other; the JSON is written by the thread of who reads
 * the line, for mostly nobody does. Packed bytes never leave the process: the machine's own order, no check.
 */
#include <string.h>

#include "engine/engine_priv.h"

enum line_part { LINE_CHANGE = 1, LINE_JSON };

enum { TEXTS_MAX = 4 };

/* Before the texts of a part; they follow without NUL. */
struct head {
    int32_t part, offset_min, node, day, status, attempt, code;
    uint32_t bytes[TEXTS_MAX];
    int64_t number; /* run; of a line: ms */
};

static void pack(struct strbuf *into, struct head head, const char *const texts[TEXTS_MAX])
{
    size_t n = sizeof(head);
    for (size_t i = 0; i < TEXTS_MAX; i++) {
        head.bytes[i] = texts[i] ? (uint32_t)strlen(texts[i]) : 0;
        n += head.bytes[i];
    }
    vec_reserve(into, n + 1);
    char *to = into->at + into->n;
    memcpy(to, &head, sizeof(head));
    to += sizeof(head);
    for (size_t i = 0; i < TEXTS_MAX; i++) {
        if (head.bytes[i]) {
            memcpy(to, texts[i], head.bytes[i]);
        }
        to += head.bytes[i];
    }
    *to = '\0';
    into->n += n;
}

void feed_pack_change(struct strbuf *into, const struct feed_change *change)
{
    struct head head = {.part = LINE_CHANGE, .node = change->node, .day = change->date.day, .status = (int32_t)change->status,
                        .attempt = change->attempt, .code = change->code, .number = change->run};
    pack(into, head, (const char *const[TEXTS_MAX]){change->unit, change->comment, change->reason});
}

void feed_pack_json(struct strbuf *into, const char *json)
{
    pack(into, (struct head){.part = LINE_JSON}, (const char *const[TEXTS_MAX]){json});
}

void feed_pack_line(struct strbuf *into, const struct feed_entry *entry)
{
    pack(into, (struct head){.number = entry->at.ms, .offset_min = entry->offset_min},
         (const char *const[TEXTS_MAX]){entry->operation, entry->entity, entry->actor, entry->reason});
}

struct reader {
    const char *at;
    struct head head;
    struct str texts[TEXTS_MAX];
};

static void unpack(struct reader *r)
{
    memcpy(&r->head, r->at, sizeof(r->head));
    r->at += sizeof(r->head);
    for (size_t i = 0; i < TEXTS_MAX; i++) {
        r->texts[i] = (struct str){r->at, r->head.bytes[i]};
        r->at += r->head.bytes[i];
    }
}

static void text_of(struct json *j, const char *key, struct str text)
{
    json_bytes(j, key, text.at, text.n);
}

static void change_print(struct json *j, const struct reader *r)
{
    const struct status_row *status = status_row((enum status)r->head.status);
    json_open(j, NULL);
    json_number(j, "run", r->head.number);
    json_number(j, "node", r->head.node);
    text_of(j, "unit", r->texts[0]);
    text_of(j, "comment", r->texts[1]);
    json_date(j, "date", (struct bizday){r->head.day});
    json_text(j, "status", status->name);
    json_text(j, "status_ja", status->text[LANG_JA]);
    if (r->head.attempt) {
        json_number(j, "attempt", r->head.attempt);
    }
    if (r->head.code != CODE_NONE) {
        json_number(j, "code", r->head.code);
    }
    if (r->texts[2].n) {
        CLEANUP(strbuf_close) struct strbuf reason = {0};
        strbuf_add(&reason, r->texts[2].at, r->texts[2].n);
        json_reason(j, strbuf_str(&reason));
    }
    json_end(j);
}

void feed_print(struct strbuf *into, int64_t seq, const char *packed, size_t n)
{
    struct reader r = {.at = packed};
    struct json j = {.into = into};
    unpack(&r);
    json_open(&j, NULL);
    json_number(&j, "seq", seq);
    json_instant(&j, "at", (struct instant){r.head.number}, r.head.offset_min);
    text_of(&j, "operation", r.texts[0]);
    text_of(&j, "entity", r.texts[1]);
    text_of(&j, "actor", r.texts[2]);
    if (r.texts[3].n) {
        text_of(&j, "reason", r.texts[3]);
    }
    json_list(&j, "changes");
    while (r.at < packed + n) {
        unpack(&r);
        if (r.head.part == LINE_CHANGE) {
            change_print(&j, &r);
        } else {
            CLEANUP(strbuf_close) struct strbuf text = {0};
            strbuf_add(&text, r.texts[0].at, r.texts[0].n);
            json_raw(&j, NULL, text.at);
        }
    }
    json_end(&j);
    json_end(&j);
}
