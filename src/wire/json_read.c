/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_read - jansson underneath; the first failure is kept.
 */
#include "wire/json_read.h"

#include <string.h>

bool json_in_open(struct json_in *in, const char *text, size_t n, size_t bytes_max, struct err *e)
{
    if (n > bytes_max) {
        return err_set(e, ERR_TOO_LARGE, "JSON (%zu bytes)" ARG "%zu", n, bytes_max);
    }
    json_error_t error;
    in->failure = (struct err){0};
    in->root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
    if (!in->root) {
        return err_set(e, ERR_SYNTAX, "JSON: line %d, column %d: %s", error.line, error.column, error.text);
    }
    return true;
}

void json_in_close(struct json_in *in)
{
    json_decref(in->root);
    in->root = NULL;
}

bool json_in_ok(const struct json_in *in, struct err *e)
{
    if (in->failure.code != ERR_NONE) {
        *e = in->failure;
        return false;
    }
    return true;
}

static void fail(struct json_in *in, const char *key, const char *why)
{
    if (in->failure.code == ERR_NONE) {
        (void)err_set(&in->failure, ERR_ARGUMENT, "%s" ARG "%s", key, why);
    }
}

/* NULL if absent or null, which is a failure when it must be there. */
static json_t *find(struct json_in *in, json_t *object, const char *key, enum json_need need)
{
    json_t *value = json_object_get(object, key);
    if (!value || json_is_null(value)) {
        if (need == JSON_MUST) {
            fail(in, key, "missing");
        }
        return NULL;
    }
    return value;
}

const char *json_in_text(struct json_in *in, json_t *object, const char *key, enum json_need need, size_t bytes_max)
{
    json_t *value = find(in, object, key, need);
    if (!value) {
        return need == JSON_MUST ? "" : NULL;
    }
    if (!json_is_string(value)) {
        fail(in, key, "not a text");
        return "";
    }
    size_t n = json_string_length(value);
    if (n > bytes_max) {
        if (in->failure.code == ERR_NONE) {
            (void)err_set(&in->failure, ERR_TOO_LARGE, "%s" ARG "%zu", key, bytes_max);
        }
        return "";
    }
    return arena_copy_bytes(in->into, json_string_value(value), n);
}

int64_t json_in_number(struct json_in *in, json_t *object, const char *key, enum json_need need, const int64_t range[3])
{
    json_t *value = find(in, object, key, need);
    if (!value) {
        return range[2];
    }
    int64_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < range[0] || number > range[1]) {
        if (in->failure.code == ERR_NONE) {
            (void)err_set(&in->failure, ERR_ARGUMENT, "%s" ARG "%lld..%lld", key, (long long)range[0],
                          (long long)range[1]);
        }
        return range[2];
    }
    return number;
}

bool json_in_bool(struct json_in *in, json_t *object, const char *key, bool otherwise)
{
    json_t *value = find(in, object, key, JSON_MAY);
    if (value && !json_is_boolean(value)) {
        fail(in, key, "not true or false");
        return otherwise;
    }
    return value ? json_is_true(value) : otherwise;
}

json_t *json_in_object(struct json_in *in, json_t *object, const char *key, enum json_need need)
{
    json_t *value = find(in, object, key, need);
    if (value && !json_is_object(value)) {
        fail(in, key, "not an object");
        return NULL;
    }
    return value;
}

json_t *json_in_list(struct json_in *in, json_t *object, const char *key, enum json_need need, size_t count_max)
{
    json_t *value = find(in, object, key, need);
    if (value && !json_is_array(value)) {
        fail(in, key, "not a list");
        return NULL;
    }
    if (value && json_array_size(value) > count_max) {
        if (in->failure.code == ERR_NONE) {
            (void)err_set(&in->failure, ERR_TOO_LARGE, "%s" ARG "%zu", key, count_max);
        }
        return NULL;
    }
    return value;
}
