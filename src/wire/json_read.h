/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * json_read - taking what is expected out of JSON from outside, and saying which field was wrong.
 *
 *   CLEANUP(json_in_close) struct json_in in = {.into = arena};
 *   if (!json_in_open(&in, body, n, HTTP_JSON_BYTES_MAX, e)) …
 *   const char *unit = json_in_text(&in, in.root, "unit", JSON_MUST, UNIT_PATH_BYTES_MAX);
 *   int64_t count = json_in_number(&in, in.root, "count", JSON_MAY, (const int64_t[]){1, 99, 1});
 *   if (!json_in_ok(&in, e)) …                     the first failure, naming its field
 * Reading goes on after a failure and gives the defaults, so callers check once (as with a cursor).
 * Results live in the arena and outlive `in`. Duplicate keys and NUL in text are refused.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum json_need { JSON_MAY, JSON_MUST };

struct json_in {
    struct arena *into;
    json_t *root;
    struct err failure; /* code ERR_NONE: none so far */
};

/* The whole text is one JSON object or list. Fails: ERR_TOO_LARGE, ERR_SYNTAX with line and column. */
MUST_CHECK bool json_in_open(struct json_in *in, const char *text, size_t n, size_t bytes_max, struct err *e);
void json_in_close(struct json_in *in);
MUST_CHECK bool json_in_ok(const struct json_in *in, struct err *e);

/* Absent or null with JSON_MAY: NULL, or the default. `object` NULL counts as an empty object. */
const char *json_in_text(struct json_in *in, json_t *object, const char *key, enum json_need need, size_t bytes_max);
/* range: lowest, highest, default */
int64_t json_in_number(struct json_in *in, json_t *object, const char *key, enum json_need need, const int64_t range[3]);
bool json_in_bool(struct json_in *in, json_t *object, const char *key, bool otherwise);
/* Borrowed from root; NULL if absent. */
json_t *json_in_object(struct json_in *in, json_t *object, const char *key, enum json_need need);
json_t *json_in_list(struct json_in *in, json_t *object, const char *key, enum json_need need, size_t count_max);
