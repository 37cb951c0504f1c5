/* SPDX-License-Identifier: Apache-2.0 */
/*
 * values - the fields of a request out of path, query and JSON body, checked by operations.def.
 *
 * All three become text first and are read by one function a type, so that a value means the same wherever it
 * stands. What the table does not name is refused: a mistyped option must not be silently without effect.
 */
#include "api/api_priv.h"

#include <math.h>
#include <stdlib.h>

#include "base/limits.h"
#include "wire/answers.h"
#include "wire/json_read.h"

bool value_refuse(struct call *call, const struct operation_field *field, const char *text, const char *why, struct err *e)
{
    call->field = field->name;
    char shown[64];
    (void)str_copy(shown, sizeof(shown), text);
    return err_set(e, ERR_FIELD_VALUE, "%s" ARG "%s" ARG "%s", field->name, shown, why);
}

const struct value *call_value(const struct call *call, const char *name)
{
    const struct operation_field *field = operation_field(call->request->operation, name);
    return field ? &call->values[field - call->request->operation->fields] : NULL;
}

const char *call_text(const struct call *call, const char *name)
{
    const struct value *value = call_value(call, name);
    return value && value->is_given ? value->text : NULL;
}

int64_t call_number(const struct call *call, const char *name, int64_t otherwise)
{
    const struct value *value = call_value(call, name);
    return value && value->is_given ? value->number : otherwise;
}

bool call_bool(const struct call *call, const char *name)
{
    return call_number(call, name, 0) != 0;
}

struct bizday call_date(const struct call *call, const char *name)
{
    return (struct bizday){(int32_t)call_number(call, name, BIZDAY_NONE.day)};
}

int64_t call_limit(const struct call *call)
{
    int64_t limit = call_number(call, "limit", LIST_ROWS_DEFAULT);
    return limit < 1 ? 1 : limit > PAGE_ROWS_MAX ? PAGE_ROWS_MAX : limit;
}

const char *call_pattern(struct call *call)
{
    const char *pattern = call_text(call, "pattern");
    return !pattern || strpbrk(pattern, "*?") ? pattern : arena_printf(call->into, "%s*", pattern);
}

bool call_after(struct call *call, int64_t *ret, struct err *e)
{
    const char *after = call_text(call, "after");
    return !after || str_to_i64(str_of(after), 0, INT64_MAX, ret) ||
           value_refuse(call, operation_field(call->request->operation, "after"), after, "next", e);
}

/* Plain text has no control characters but tab and line ends: it goes to logs and terminals. */
static bool text_is_plain(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f) {
            return false;
        }
    }
    return utf8_valid(text, n);
}

static bool real_parse(const char *text, double *ret)
{
    char *end = NULL;
    double value = strtod(text, &end);
    bool is_plain = *text && strspn(text, "0123456789.") == strlen(text);
    if (!is_plain || *end || !isfinite(value)) {
        return false;
    }
    *ret = value;
    return true;
}

/* The words as a person may write them. */
static const char *words_shown(struct call *call, const char *words)
{
    struct str shown, meant;
    const char *text = "";
    while (operation_word_next(&words, &shown, &meant)) {
        text = arena_printf(call->into, "%s%s" STR_FMT, text, *text ? " | " : "", STR_ARG(shown));
    }
    return text;
}

/* Types that need nothing but their own text. */
static bool value_parse(struct call *call, const struct operation_field *field, struct value *value, struct err *e)
{
    struct str text = {value->text, value->n};
    struct bizday day;
    struct daytime time;
    struct str meant;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_FILE:
    case FIELD_UNIT:
    case FIELD_RUN:
    case FIELD_NODE:
    case FIELD_INSTANT:
        return true; /* RUN, NODE, INSTANT: values_resolve */
    case FIELD_INT:
        return str_to_i64(text, INT64_MIN / 2, INT64_MAX / 2, &value->number) ||
               value_refuse(call, field, value->text, "整数 integer", e);
    case FIELD_REAL:
        return real_parse(value->text, &value->real) || value_refuse(call, field, value->text, "数 number", e);
    case FIELD_DATE:
        if (!bizday_parse(value->text, &day)) {
            return value_refuse(call, field, value->text, "YYYY-MM-DD", e);
        }
        value->number = day.day;
        return true;
    case FIELD_TIME:
        if (str_equal(value->text, "none")) {
            value->number = -1;
            return true;
        }
        if (!daytime_parse(value->text, &time)) {
            return value_refuse(call, field, value->text, "0:00..47:59", e);
        }
        value->number = time.minute;
        return true;
    case FIELD_BOOL:
        value->number = str_is(text, "true") || str_is(text, "1");
        return value->number || str_is(text, "false") || str_is(text, "0") ||
               value_refuse(call, field, value->text, "true, false", e);
    case FIELD_WORD:
        meant = operation_word(field->words, text);
        if (!meant.at) {
            return value_refuse(call, field, value->text, words_shown(call, field->words), e);
        }
        value->text = arena_copy_bytes(call->into, meant.at, meant.n);
        value->n = meant.n;
        if (!str_to_i64(meant, INT32_MIN, INT32_MAX, &value->number)) { /* some words mean numbers */
            value->number = 0;
        }
        return true;
    }
    return true;
}

static bool value_take(struct call *call, const struct operation_field *field, struct str text, struct err *e)
{
    struct value *value = &call->values[field - call->request->operation->fields];
    if (value->is_given) {
        return value_refuse(call, field, text.at, "2回 given twice", e);
    }
    if (text.n > operation_field_bytes_max(field)) {
        call->field = field->name;
        return err_set(e, ERR_TOO_LARGE, "%s" ARG "%zu", field->name, operation_field_bytes_max(field));
    }
    if (field->type != FIELD_FILE && !text_is_plain(text.at, text.n)) {
        return value_refuse(call, field, "…", "UTF-8", e);
    }
    *value = (struct value){.is_given = true, .text = arena_copy_bytes(call->into, text.at, text.n), .n = text.n};
    return value_parse(call, field, value, e);
}

static bool fits(enum field_type type, const json_t *from)
{
    if (type == FIELD_BOOL) {
        return json_is_boolean(from);
    }
    if (type == FIELD_INT) {
        return json_is_integer(from);
    }
    if (type == FIELD_REAL) {
        return json_is_number(from);
    }
    return json_is_string(from) || ((type == FIELD_RUN || type == FIELD_NODE) && json_is_integer(from));
}

static bool json_take(struct call *call, const struct operation_field *field, const json_t *from, struct err *e)
{
    if (!fits(field->type, from)) {
        return value_refuse(call, field, "JSON", "型 type", e);
    }
    if (json_is_string(from)) {
        return value_take(call, field, (struct str){json_string_value(from), json_string_length(from)}, e);
    }
    const char *text = json_is_boolean(from)   ? (json_is_true(from) ? "true" : "false")
                       : json_is_integer(from) ? arena_printf(call->into, "%lld", (long long)json_integer_value(from))
                                               : arena_printf(call->into, "%.9f", json_real_value(from));
    return value_take(call, field, str_of(text), e);
}

static bool unknown_field(struct call *call, const char *name, struct err *e)
{
    char shown[64];
    (void)str_copy(shown, sizeof(shown), utf8_valid(name, strlen(name)) ? name : "?");
    call->field = arena_copy(call->into, shown);
    return err_set(e, ERR_FIELD_UNKNOWN, "%s" ARG "%s", shown, call->request->operation->name);
}

static bool body_read(struct call *call, struct err *e)
{
    const struct api_request *request = call->request;
    bool takes_body = request->operation->method == METHOD_POST;
    if (!takes_body || request->body_n == 0) {
        return request->body_n == 0 || err_set(e, ERR_REQUEST, "body");
    }
    CLEANUP(json_in_close) struct json_in in = {.into = call->into};
    if (!json_in_open(&in, request->body, request->body_n, api_body_max(request->operation), e)) {
        return false;
    }
    if (!json_is_object(in.root)) {
        return err_set(e, ERR_SYNTAX, "{…}");
    }
    const char *key;
    json_t *value;
    json_object_foreach(in.root, key, value)
    {
        const struct operation_field *field = operation_field(request->operation, key);
        if (!field || field->where != FIELD_IN_BODY) {
            return unknown_field(call, key, e);
        }
        if (!json_is_null(value) && !json_take(call, field, value, e)) {
            return false;
        }
    }
    return true;
}

static bool query_read(struct call *call, struct err *e)
{
    const struct api_request *request = call->request;
    for (size_t i = 0; i < request->query_count; i++) {
        const struct operation_field *field = operation_field(request->operation, request->query[i].name);
        bool is_taken = false;
        if (!field && !list_wish_read(call, &request->query[i], &is_taken, e)) {
            return false;
        }
        if (is_taken) {
            continue;
        }
        if (!field || field->where != FIELD_IN_QUERY) {
            return unknown_field(call, request->query[i].name, e);
        }
        if (!value_take(call, field, str_of(request->query[i].value), e)) {
            return false;
        }
    }
    return true;
}

/* "27:30" of the request's date or of today, "2026-06-29T27:30" and "2026-06-29 27:30" of the service's zone, RFC 3339. */
static bool instant_read(struct call *call, const char *text, struct instant *ret)
{
    struct daytime time;
    struct bizday day = call_date(call, "date");
    struct str head, rest;
    if (instant_parse(text, ret)) {
        return true;
    }
    bool has_day = str_cut(str_of(text), 'T', &head, &rest) || str_cut(str_of(text), ' ', &head, &rest);
    if (has_day) {
        char date[DATE_TEXT_MAX];
        if (head.n >= sizeof(date)) {
            return false;
        }
        memcpy(date, head.at, head.n);
        date[head.n] = '\0';
        text = rest.at;
        if (!bizday_parse(date, &day)) {
            return false;
        }
    }
    struct err ignored = {0};
    if (!daytime_parse(text, &time) || (day.day == BIZDAY_NONE.day && !api_today(call, &day, &ignored))) {
        return false;
    }
    *ret = zone_instant(call->api->zone, day, time.minute);
    return true;
}

/* What needs other fields or the store. */
static bool values_resolve(struct call *call, struct err *e)
{
    int64_t run = 0;
    for (size_t i = 0; i < call->request->operation->field_count; i++) {
        const struct operation_field *field = &call->request->operation->fields[i];
        struct value *value = &call->values[i];
        struct instant at;
        if (!value->is_given) {
            continue;
        }
        call->field = field->name;
        if (field->type == FIELD_INSTANT) {
            if (!instant_read(call, value->text, &at)) {
                return value_refuse(call, field, value->text, "27:30, 2026-06-29T27:30, RFC 3339", e);
            }
            value->number = at.ms;
        } else if (field->type == FIELD_RUN) {
            if (!run_resolve(call, value->text, &value->number, e)) {
                return false;
            }
            run = value->number;
        } else if (field->type == FIELD_NODE && !node_resolve(call, run, value->text, &value->number, e)) {
            return false;
        }
    }
    call->field = NULL;
    return true;
}

bool values_read(struct call *call, struct err *e)
{
    const struct operation *operation = call->request->operation;
    call->list.is_lines = call->request->wants_lines && answer_items(operation->code, &call->list.key) != SHAPE_none;
    call->values = arena_array(call->into, struct value, operation->field_count + 1);
    for (size_t i = 0; i < operation->field_count; i++) {
        if (operation->fields[i].where == FIELD_IN_PATH && !value_take(call, &operation->fields[i], call->request->path_value, e)) {
            return false;
        }
    }
    if (!query_read(call, e) || !body_read(call, e)) {
        return false;
    }
    for (size_t i = 0; i < operation->field_count; i++) {
        bool is_empty = !call->values[i].is_given || (call->values[i].n == 0 && operation->fields[i].type != FIELD_FILE);
        if (operation->fields[i].is_required && is_empty) {
            call->field = operation->fields[i].name;
            return err_set(e, ERR_FIELD_MISSING, "%s", call->field);
        }
    }
    return values_resolve(call, e);
}
