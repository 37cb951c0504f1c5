/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame - encoder and decoder walk the same table, frame_fields.def.
 */
#include "wire/frame.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "base/limits.h"
#include "wire/json.h"

static const char *const kind_names[FRAME_KINDS] = {
    [FRAME_WELCOME] = "welcome", [FRAME_START] = "start",     [FRAME_KILL] = "kill",       [FRAME_ASK] = "ask",
    [FRAME_ACK] = "ack",         [FRAME_PROBE] = "probe",     [FRAME_DRAIN] = "drain",     [FRAME_REFUSE] = "refuse",
    [FRAME_HELLO] = "hello",     [FRAME_READY] = "ready",     [FRAME_STARTED] = "started", [FRAME_ENDED] = "ended",
    [FRAME_NEVER] = "never",     [FRAME_UNKNOWN] = "unknown", [FRAME_PROBED] = "probed",   [FRAME_LOAD] = "load",
};

static const char *const refusal_names[START_REFUSALS] = {
    [REFUSED_NOT] = "",        [REFUSED_EXPIRED] = "expired",         [REFUSED_SPAWN] = "spawn",
    [REFUSED_DRAINED] = "drained", [REFUSED_UNKNOWN_KEY] = "unknown_key", [REFUSED_KIND] = "kind",
    [REFUSED_EPOCH] = "epoch",
};

enum field_type { FIELD_TEXT, FIELD_MAYBE, FIELD_LIST, FIELD_FLAG, FIELD_INT, FIELD_LONG, FIELD_WORD };

#define ON(kind) (1u << (kind))
#define KEYED                                                                                                \
    (ON(FRAME_START) | ON(FRAME_KILL) | ON(FRAME_ASK) | ON(FRAME_ACK) | ON(FRAME_STARTED) | ON(FRAME_ENDED) |    \
     ON(FRAME_NEVER) | ON(FRAME_UNKNOWN))

struct field {
    struct str name;
    enum field_type type;
    size_t offset;
    int64_t lowest, highest;
    unsigned kinds, must;
};

static const struct field fields[] = {
#define FIELD(name, type, member, lowest, highest, kinds, must)                                              \
    {{name, sizeof(name) - 1}, FIELD_##type, offsetof(struct frame, member), lowest, highest, kinds, must},
#include "wire/frame_fields.def"
#undef FIELD
};

static void encode_field(struct json *j, const struct field *field, const struct frame *frame)
{
    const void *at = (const char *)frame + field->offset;
    const char *text;
    switch (field->type) {
    case FIELD_TEXT:
        text = *(const char *const *)at;
        if ((text && text[0]) || (field->must & ON(frame->kind))) {
            json_text(j, field->name.at, text ? text : "");
        }
        break;
    case FIELD_MAYBE:
        text = *(const char *const *)at;
        if (text) {
            json_text(j, field->name.at, text);
        }
        break;
    case FIELD_LIST: {
        const char *const *texts = *(const char *const *const *)at;
        if (texts && texts[0]) {
            json_list(j, field->name.at);
            for (; *texts; texts++) {
                json_text(j, NULL, *texts);
            }
            json_end(j);
        }
        break;
    }
    case FIELD_FLAG:
        if (*(const bool *)at) {
            json_bool(j, field->name.at, true);
        }
        break;
    case FIELD_INT:
    case FIELD_LONG: {
        int64_t number = field->type == FIELD_INT ? *(const int32_t *)at : *(const int64_t *)at;
        if (number != 0 || (field->must & ON(frame->kind))) {
            json_number(j, field->name.at, number);
        }
        break;
    }
    case FIELD_WORD:
        json_text(j, field->name.at, refusal_names[frame->refusal]);
        break;
    }
}

void frame_encode(struct strbuf *into, const struct frame *frame)
{
    struct json j = {.into = into};
    json_open(&j, NULL);
    json_text(&j, "kind", kind_names[frame->kind]);
    if (KEYED & ON(frame->kind)) {
        json_list(&j, "key");
        json_text(&j, NULL, frame->key.epoch);
        json_text(&j, NULL, frame->key.service);
        json_number(&j, NULL, frame->key.run);
        json_number(&j, NULL, frame->key.node);
        json_number(&j, NULL, frame->key.attempt);
        json_end(&j);
    }
    for (size_t i = 0; i < COUNT(fields); i++) {
        if (fields[i].kinds & ON(frame->kind)) {
            encode_field(&j, &fields[i], frame);
        }
    }
    json_end(&j);
    strbuf_char(into, '\n');
}

static bool wrong(struct err *e, const char *field, const char *why)
{
    return err_set(e, ERR_FRAME, "%s: %s", field, why);
}

static bool name_index(const char *const *names, size_t count, const json_t *value, size_t *ret)
{
    const char *name = json_string_value(value);
    for (size_t i = 0; name && i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

static bool decode_key(struct arena *into, const json_t *list, struct attempt_key *ret, struct err *e)
{
    const json_t *item[5];
    for (size_t i = 0; i < COUNT(item); i++) {
        item[i] = json_array_get(list, i);
    }
    size_t epoch_bytes = json_string_length(item[0]), service_bytes = json_string_length(item[1]);
    int64_t run = json_integer_value(item[2]), node = json_integer_value(item[3]);
    int64_t attempt = json_integer_value(item[4]);
    if (json_array_size(list) != COUNT(item) || epoch_bytes == 0 || epoch_bytes > NAME_BYTES_MAX ||
        service_bytes == 0 || service_bytes > NAME_BYTES_MAX) {
        return wrong(e, "key", "not [epoch, service, run, node, attempt]");
    }
    if (!json_is_integer(item[2]) || !json_is_integer(item[3]) || !json_is_integer(item[4]) || run < 0 || node < 0 ||
        node > INT32_MAX || attempt < 0 || attempt > INT32_MAX) {
        return wrong(e, "key", "run, node and attempt are numbers from 0");
    }
    *ret = (struct attempt_key){
        .epoch = arena_copy(into, json_string_value(item[0])),
        .service = arena_copy(into, json_string_value(item[1])),
        .run = run,
        .node = (int32_t)node,
        .attempt = (int32_t)attempt,
    };
    return true;
}

static bool decode_list(struct arena *into, const json_t *list, const char *const **ret)
{
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count > JOB_ENV_MAX) {
        return false;
    }
    const char **texts = arena_array(into, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (!text) {
            return false;
        }
        texts[i] = arena_copy(into, text);
    }
    *ret = texts;
    return true;
}

static bool decode_number(const struct field *field, const json_t *value, void *at)
{
    int64_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < field->lowest || number > field->highest) {
        return false;
    }
    if (field->type == FIELD_INT) {
        *(int32_t *)at = (int32_t)number;
    } else {
        *(int64_t *)at = number;
    }
    return true;
}

static bool decode_value(struct arena *into, const struct field *field, const json_t *value, struct frame *ret)
{
    void *at = (char *)ret + field->offset;
    size_t index;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_MAYBE:
        if (!json_is_string(value)) {
            return false;
        }
        *(const char **)at = arena_copy_bytes(into, json_string_value(value), json_string_length(value));
        return true;
    case FIELD_LIST:
        return decode_list(into, value, at);
    case FIELD_FLAG:
        *(bool *)at = json_is_true(value);
        return json_is_boolean(value);
    case FIELD_INT:
    case FIELD_LONG:
        return decode_number(field, value, at);
    case FIELD_WORD:
        if (!name_index(refusal_names, START_REFUSALS, value, &index)) {
            return false;
        }
        ret->refusal = (enum start_refusal)index;
        return true;
    }
    return false;
}

static bool decode_fields(struct arena *into, const json_t *root, struct frame *ret, struct err *e)
{
    static const char *const no_texts[] = {NULL};
    for (size_t i = 0; i < COUNT(fields); i++) {
        const struct field *field = &fields[i];
        if (field->type == FIELD_TEXT) {
            *(const char **)(void *)((char *)ret + field->offset) = "";
        }
        if (!(field->kinds & ON(ret->kind))) {
            continue;
        }
        const json_t *value = json_object_get(root, field->name.at);
        if (!value && (field->must & ON(ret->kind))) {
            return wrong(e, field->name.at, "missing");
        }
        if (value && !decode_value(into, field, value, ret)) {
            return wrong(e, field->name.at, "not of the right type or range");
        }
    }
    if (!ret->start.env) {
        ret->start.env = no_texts;
    }
    return true;
}

static bool decode_root(struct arena *into, const json_t *root, struct frame *ret, struct err *e)
{
    size_t kind;
    struct frame frame = {0};
    if (!name_index(kind_names, FRAME_KINDS, json_object_get(root, "kind"), &kind)) {
        return wrong(e, "kind", "missing or unknown");
    }
    frame.kind = (enum frame_kind)kind;
    if ((KEYED & ON(frame.kind)) && !decode_key(into, json_object_get(root, "key"), &frame.key, e)) {
        return false;
    }
    if (!decode_fields(into, root, &frame, e)) {
        return false;
    }
    if (frame.kind == FRAME_START && !frame.start.command == !frame.start.script) {
        return wrong(e, "command", "exactly one of command and script");
    }
    *ret = frame;
    return true;
}

/* ---- the plain form ----
 *
 * Nearly every line is one that frame_encode wrote: no escapes, no blanks, `kind` first. It is read without a tree of
 * values. Anything else, and anything wrong, is left to the general reader: so there is one place that says what is wrong.
 */

struct scan {
    struct arena *into;
    const char *at, *end;
};

static bool scan_char(struct scan *s, char c)
{
    bool is_it = s->at < s->end && *s->at == c;
    s->at += is_it;
    return is_it;
}

static bool scan_text(struct scan *s, struct str *ret)
{
    if (!scan_char(s, '"')) {
        return false;
    }
    ret->at = s->at;
    while (s->at < s->end && *s->at != '"' && *s->at != '\\' && (unsigned char)*s->at >= ' ') {
        s->at++;
    }
    ret->n = (size_t)(s->at - ret->at);
    return scan_char(s, '"');
}

static bool scan_number(struct scan *s, int64_t *ret)
{
    enum { DIGITS_MAX = 18 };
    bool is_minus = scan_char(s, '-');
    const char *from = s->at;
    int64_t number = 0;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9' && s->at - from < DIGITS_MAX) {
        number = number * 10 + (*s->at++ - '0');
    }
    ptrdiff_t digits = s->at - from;
    *ret = is_minus ? -number : number;
    return digits > 0 && (digits == 1 || *from != '0') && !(is_minus && number == 0);
}

static bool scan_word(struct scan *s, const char *word, size_t n)
{
    bool is_it = (size_t)(s->end - s->at) >= n && memcmp(s->at, word, n) == 0;
    s->at += is_it ? n : 0;
    return is_it;
}

static bool scan_key(struct scan *s, struct attempt_key *ret)
{
    struct str epoch, service;
    int64_t run, node, attempt;
    bool is_good = scan_char(s, '[') && scan_text(s, &epoch) && scan_char(s, ',') && scan_text(s, &service) && scan_char(s, ',') &&
                   scan_number(s, &run) && scan_char(s, ',') && scan_number(s, &node) && scan_char(s, ',') &&
                   scan_number(s, &attempt) && scan_char(s, ']') && epoch.n > 0 && epoch.n <= NAME_BYTES_MAX && service.n > 0 &&
                   service.n <= NAME_BYTES_MAX && run >= 0 && node >= 0 && node <= INT32_MAX && attempt >= 0 && attempt <= INT32_MAX;
    if (is_good) {
        *ret = (struct attempt_key){arena_copy_bytes(s->into, epoch.at, epoch.n), arena_copy_bytes(s->into, service.at, service.n), run,
                                    (int32_t)node, (int32_t)attempt};
    }
    return is_good;
}

static bool scan_list(struct scan *s, const char *const **ret)
{
    const char **texts = arena_array(s->into, const char *, JOB_ENV_MAX + 1);
    size_t count = 0;
    bool is_good = scan_char(s, '[');
    do {
        struct str text;
        is_good = is_good && count < JOB_ENV_MAX && scan_text(s, &text);
        if (is_good) {
            texts[count++] = arena_copy_bytes(s->into, text.at, text.n);
        }
    } while (is_good && scan_char(s, ','));
    *ret = texts;
    return is_good && scan_char(s, ']');
}

static bool scan_value(struct scan *s, const struct field *field, struct frame *ret)
{
    void *at = (char *)ret + field->offset;
    struct str text;
    int64_t number;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_MAYBE:
        if (!scan_text(s, &text)) {
            return false;
        }
        *(const char **)at = arena_copy_bytes(s->into, text.at, text.n);
        return true;
    case FIELD_LIST:
        return scan_list(s, at);
    case FIELD_FLAG:
        *(bool *)at = scan_word(s, "true", 4);
        return *(bool *)at || scan_word(s, "false", 5);
    case FIELD_INT:
    case FIELD_LONG:
        if (!scan_number(s, &number) || number < field->lowest || number > field->highest) {
            return false;
        }
        if (field->type == FIELD_INT) {
            *(int32_t *)at = (int32_t)number;
        } else {
            *(int64_t *)at = number;
        }
        return true;
    case FIELD_WORD:
        if (!scan_text(s, &text)) {
            return false;
        }
        for (size_t i = 0; i < START_REFUSALS; i++) {
            if (str_is(text, refusal_names[i])) {
                ret->refusal = (enum start_refusal)i;
                return true;
            }
        }
        return false;
    }
    return false;
}

/* A member behind the kind. Fields stand in the order of the table, so the search goes on from the last one. */
static bool scan_member(struct scan *s, struct frame *ret, uint64_t *seen, size_t *next)
{
    struct str name;
    if (!scan_text(s, &name) || !scan_char(s, ':')) {
        return false;
    }
    if (str_is(name, "key")) {
        bool is_wanted = (KEYED & ON(ret->kind)) && !ret->key.epoch;
        return is_wanted && scan_key(s, &ret->key);
    }
    for (size_t i = *next; i < COUNT(fields); i++) {
        if ((fields[i].kinds & ON(ret->kind)) && name.n == fields[i].name.n &&
            memcmp(name.at, fields[i].name.at, name.n) == 0) {
            *next = i + 1;
            *seen |= UINT64_C(1) << i;
            return scan_value(s, &fields[i], ret);
        }
    }
    return false;
}

static bool scan_kind(struct scan *s, struct frame *ret)
{
    struct str name;
    if (!scan_word(s, "{\"kind\":", 8) || !scan_text(s, &name)) {
        return false;
    }
    for (size_t k = 0; k < FRAME_KINDS; k++) {
        if (str_is(name, kind_names[k])) {
            ret->kind = (enum frame_kind)k;
            return true;
        }
    }
    return false;
}

static bool frame_scan(struct arena *into, const char *line, size_t n, struct frame *ret)
{
    static_assert(COUNT(fields) <= 64, "one bit each");
    static const char *const no_texts[] = {NULL};
    struct scan s = {into, line, line + n};
    struct frame frame = {0};
    uint64_t seen = 0;
    size_t next = 0;
    if (!scan_kind(&s, &frame) || !utf8_valid(line, n)) {
        return false;
    }
    for (size_t i = 0; i < COUNT(fields); i++) {
        if (fields[i].type == FIELD_TEXT) {
            *(const char **)(void *)((char *)&frame + fields[i].offset) = "";
        }
    }
    while (scan_char(&s, ',')) {
        if (!scan_member(&s, &frame, &seen, &next)) {
            return false;
        }
    }
    bool is_whole = scan_char(&s, '}') && s.at == s.end && (!(KEYED & ON(frame.kind)) || frame.key.epoch);
    for (size_t i = 0; i < COUNT(fields) && is_whole; i++) {
        is_whole = (seen & UINT64_C(1) << i) || !(fields[i].must & ON(frame.kind));
    }
    if (!frame.start.env) {
        frame.start.env = no_texts;
    }
    if (!is_whole || (frame.kind == FRAME_START && !frame.start.command == !frame.start.script)) {
        return false;
    }
    *ret = frame;
    return true;
}

bool frame_decode(struct arena *into, const char *line, size_t n, struct frame *ret, struct err *e)
{
    if (n > FRAME_BYTES_MAX) {
        return err_set(e, ERR_FRAME, "%zu bytes, more than %u", n, FRAME_BYTES_MAX);
    }
    if (frame_scan(into, line, n, ret)) {
        return true;
    }
    json_error_t error;
    json_t *root = json_loadb(line, n, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        return err_set(e, ERR_FRAME, "column %d: %s", error.column, error.text);
    }
    bool is_good = decode_root(into, root, ret, e);
    json_decref(root);
    return is_good;
}
