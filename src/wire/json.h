/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * json - writing JSON, append-only and fast; reading is jansson's (json_read.h where needed).
 *
 *   struct json j = {.into = &buffer};
 *   json_open(&j, NULL);                 {
 *   json_text(&j, "unit", path);           "unit": "/a/b"
 *   json_list(&j, "days"); json_number(&j, NULL, 3); json_end(&j);   "days": [3]
 *   json_end(&j);                        }
 * Inside a list the key is NULL. Commas are put by itself. Text that is not valid UTF-8 has each bad byte
 * written as U+FFFD. No pretty printing. No name here may be one of jansson's (json_real, json_null,
 * json_object, json_array, json_string, json_integer …): ours would be called from inside that library.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "base/time.h"

enum { JSON_DEPTH_MAX = 32 };

struct json {
    struct strbuf *into;
    bool has_items[JSON_DEPTH_MAX];
    bool is_list[JSON_DEPTH_MAX];
    int depth;
};

void json_open(struct json *j, const char *key);  /* { */
void json_list(struct json *j, const char *key);  /* [ */
void json_end(struct json *j);                    /* } or ] */
void json_text(struct json *j, const char *key, const char *value);        /* NULL value: null */
void json_bytes(struct json *j, const char *key, const char *at, size_t n);
void json_number(struct json *j, const char *key, int64_t value);
void json_decimal(struct json *j, const char *key, double value);          /* 15 digits; NaN, infinite: null */
void json_bool(struct json *j, const char *key, bool value);
void json_none(struct json *j, const char *key);                           /* null */
void json_instant(struct json *j, const char *key, struct instant value, int offset_min); /* null when 0 or never */
void json_date(struct json *j, const char *key, struct bizday value);      /* null when BIZDAY_NONE */
/* "reason" in Japanese and "reason_en": see reason_text. */
void json_reason(struct json *j, const char *reason);
void json_raw(struct json *j, const char *key, const char *json_text);     /* already JSON */
void json_members(struct json *j, const char *members, size_t n);          /* of an object, already JSON: "a":1,"b":2 */
