/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json - the writer: keys and commas by itself, text escaped run by run.
 */
#include "wire/json.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/vec.h"

/* None below 0x20, none from 0x80, no quote, no backslash among the eight bytes. A byte's top bit is set if it is 0x80 or
 * more, or if the subtraction went below zero in it or below it. */
static bool is_plain_word(const char *at)
{
    static const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    uint64_t quotes = word ^ ones * '"', slashes = word ^ ones * '\\';
    return !((word | (word - ones * 0x20) | (quotes - ones) | (slashes - ones)) & tops);
}

static bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/* How many bytes from `at` on are plain, at least; all if all are. */
static size_t plain_bytes(const char *at, size_t n)
{
    size_t i = 0;
    while (i + sizeof(uint64_t) <= n && is_plain_word(at + i)) {
        i += sizeof(uint64_t);
    }
    if (n >= sizeof(uint64_t) && n - i < sizeof(uint64_t) && is_plain_word(at + n - sizeof(uint64_t))) {
        return n;
    }
    while (i < n && is_plain((unsigned char)at[i])) {
        i++;
    }
    return i;
}

static void put_bytes(struct strbuf *into, const char *at, size_t n)
{
    static const char hex[] = "0123456789abcdef";
    static const char short_forms[0x20] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    vec_reserve(into, n + 3);
    size_t start = 0, i = plain_bytes(at, n); /* start..i is plain and not yet copied */
    if (i == n) { /* nearly always */
        char *to = into->at + into->n;
        *to = '"';
        if (n) {
            memcpy(to + 1, at, n);
        }
        memcpy(to + 1 + n, "\"", 2);
        into->n += n + 2;
        return;
    }
    strbuf_char(into, '"');
    while (i < n) {
        unsigned char c = (unsigned char)at[i];
        if (is_plain(c)) {
            i++;
            continue;
        }
        uint32_t point;
        size_t length = c < 0x80 ? 0 : utf8_next(at + i, n - i, &point);
        if (length) {
            i += length;
            continue;
        }
        strbuf_add(into, at + start, i - start);
        if (c >= 0x80) {
            strbuf_text(into, "\xEF\xBF\xBD");
        } else if (c >= 0x20) {
            strbuf_add(into, (const char[]){'\\', (char)c}, 2);
        } else if (short_forms[c]) {
            strbuf_add(into, (const char[]){'\\', short_forms[c]}, 2);
        } else {
            strbuf_add(into, (const char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
        }
        start = ++i;
    }
    strbuf_add(into, at + start, n - start);
    strbuf_char(into, '"');
}

/* What comes before every value: a comma if it is not the first, and its key. */
static void before(struct json *j, const char *key)
{
    if (j->depth > 0) {
        if (j->has_items[j->depth - 1]) {
            strbuf_char(j->into, ',');
        }
        j->has_items[j->depth - 1] = true;
        assert(j->is_list[j->depth - 1] == !key);
    }
    if (key) {
        put_bytes(j->into, key, strlen(key));
        strbuf_char(j->into, ':');
    }
}

static void start(struct json *j, const char *key, bool is_list)
{
    before(j, key);
    assert(j->depth < JSON_DEPTH_MAX);
    j->has_items[j->depth] = false;
    j->is_list[j->depth] = is_list;
    j->depth++;
    strbuf_char(j->into, is_list ? '[' : '{');
}

void json_open(struct json *j, const char *key)
{
    start(j, key, false);
}

void json_list(struct json *j, const char *key)
{
    start(j, key, true);
}

void json_end(struct json *j)
{
    assert(j->depth > 0);
    j->depth--;
    strbuf_char(j->into, j->is_list[j->depth] ? ']' : '}');
}

void json_raw(struct json *j, const char *key, const char *json_text)
{
    before(j, key);
    strbuf_text(j->into, json_text);
}

void json_none(struct json *j, const char *key)
{
    json_raw(j, key, "null");
}

void json_bytes(struct json *j, const char *key, const char *at, size_t n)
{
    before(j, key);
    put_bytes(j->into, at, n);
}

void json_text(struct json *j, const char *key, const char *value)
{
    if (value) {
        json_bytes(j, key, value, strlen(value));
    } else {
        json_none(j, key);
    }
}

void json_number(struct json *j, const char *key, int64_t value)
{
    before(j, key);
    strbuf_number(j->into, value);
}

void json_decimal(struct json *j, const char *key, double value)
{
    char text[40];
    if (!(value - value == 0)) { /* infinite or not a number: JSON has neither */
        json_none(j, key);
        return;
    }
    /* 15 digits show 0.1 as 0.1; near the largest double rounding up would leave the range. */
    bool is_huge = value > 1e300 || value < -1e300;
    (void)snprintf(text, sizeof(text), is_huge ? "%.17g" : "%.15g", value);
    json_raw(j, key, text);
}

void json_bool(struct json *j, const char *key, bool value)
{
    json_raw(j, key, value ? "true" : "false");
}

void json_instant(struct json *j, const char *key, struct instant value, int offset_min)
{
    char text[INSTANT_TEXT_MAX];
    bool is_none = value.ms == 0 || value.ms == INSTANT_NEVER.ms;
    json_text(j, key, is_none ? NULL : instant_print(value, offset_min, text));
}

void json_date(struct json *j, const char *key, struct bizday value)
{
    char text[DATE_TEXT_MAX];
    json_text(j, key, value.day == BIZDAY_NONE.day ? NULL : bizday_print(value, text));
}

void json_reason(struct json *j, const char *reason)
{
    static const char *const keys[LANGS] = {"reason", "reason_en"};
    for (int lang = 0; lang < LANGS; lang++) {
        struct strbuf text = {0};
        reason_text(&text, reason ? reason : "", (enum lang)lang);
        json_text(j, keys[lang], strbuf_str(&text));
        strbuf_close(&text);
    }
}
