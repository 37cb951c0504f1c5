/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame - encoder and decoder walk the same table, frame_fields.def.
 */
#include "wire/frame.h"

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
    const char *name;
    enum field_type type;
    size_t offset;
    int64_t lowest, highest;
    unsigned kinds, must;
};

static const struct field fields[] = {
#define FIELD(name, type, member, lowest, highest, kinds, must)                                              \
    {name, FIELD_##type, offsetof(struct frame, member), lowest, highest, kinds, must},
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
            json_text(j, field->name, text ? text : "");
        }
        break;
    case FIELD_MAYBE:
        text = *(const char *const *)at;
        if (text) {
            json_text(j, field->name, text);
        }
        break;
    case FIELD_LIST: {
        const char *const *texts = *(const char *const *const *)at;
        if (texts && texts[0]) {
            json_list(j, field->name);
            for (; *texts; texts++) {
                json_text(j, NULL, *texts);
            }
            json_end(j);
        }
        break;
    }
    case FIELD_FLAG:
        if (*(const bool *)at) {
            json_bool(j, field->name, true);
        }
        break;
    case FIELD_INT:
    case FIELD_LONG: {
        int64_t number = field->type == FIELD_INT ? *(const int32_t *)at : *(const int64_t *)at;
        if (number != 0 || (field->must & ON(frame->kind))) {
            json_number(j, field->name, number);
        }
        break;
    }
    case FIELD_WORD:
        json_text(j, field->name, refusal_names[frame->refusal]);
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
        const json_t *value = json_object_get(root, field->name);
        if (!value && (field->must & ON(ret->kind))) {
            return wrong(e, field->name, "missing");
        }
        if (value && !decode_value(into, field, value, ret)) {
            return wrong(e, field->name, "not of the right type or range");
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

bool frame_decode(struct arena *into, const char *line, size_t n, struct frame *ret, struct err *e)
{
    if (n > FRAME_BYTES_MAX) {
        return err_set(e, ERR_FRAME, "%zu bytes, more than %u", n, FRAME_BYTES_MAX);
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
