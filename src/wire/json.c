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

/*
 * What comes before every value: a comma if it is not the first, and its key. Then room for `more` bytes of the value and what
 * closes the buffer's text: returns where it goes; json_put_end says where it ended.
 */
static char *before(struct json *j, const char *key, size_t more)
{
    size_t n = key ? strlen(key) : 0;
    vec_reserve(j->into, n + more + sizeof(",\"\":"));
    char *to = j->into->at + j->into->n;
    if (j->depth > 0) {
        assert(j->is_list[j->depth - 1] == !key);
        *to = ',';
        to += j->has_items[j->depth - 1];
        j->has_items[j->depth - 1] = true;
    }
    if (!key) {
        return to;
    }
    if (plain_bytes(key, n) != n) { /* hardly ever: keys are our own words */
        j->into->n = (size_t)(to - j->into->at);
        put_bytes(j->into, key, n);
        vec_reserve(j->into, more + sizeof(":"));
        to = j->into->at + j->into->n;
        *to = ':';
        return to + 1;
    }
    *to = '"';
    memcpy(to + 1, key, n);
    memcpy(to + 1 + n, "\":", 2);
    return to + n + 3;
}

static void end_at(struct json *j, char *to)
{
    *to = '\0';
    j->into->n = (size_t)(to - j->into->at);
}

static void start(struct json *j, const char *key, bool is_list)
{
    char *to = before(j, key, 1);
    assert(j->depth < JSON_DEPTH_MAX);
    j->has_items[j->depth] = false;
    j->is_list[j->depth] = is_list;
    j->depth++;
    *to = is_list ? '[' : '{';
    end_at(j, to + 1);
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

static void put_raw(struct json *j, const char *key, const char *at, size_t n)
{
    char *to = before(j, key, n);
    memcpy(to, at, n);
    end_at(j, to + n);
}

void json_raw(struct json *j, const char *key, const char *json_text)
{
    put_raw(j, key, json_text, strlen(json_text));
}

void json_members(struct json *j, const char *members, size_t n)
{
    assert(j->depth > 0 && !j->is_list[j->depth - 1]);
    vec_reserve(j->into, n + 2);
    char *to = j->into->at + j->into->n;
    *to = ',';
    to += j->has_items[j->depth - 1];
    j->has_items[j->depth - 1] = true;
    memcpy(to, members, n);
    end_at(j, to + n);
}

void json_none(struct json *j, const char *key)
{
    put_raw(j, key, "null", 4);
}

void json_bytes(struct json *j, const char *key, const char *at, size_t n)
{
    char *to = before(j, key, n + 2);
    if (plain_bytes(at, n) != n) {
        j->into->n = (size_t)(to - j->into->at);
        put_bytes(j->into, at, n);
        return;
    }
    *to = '"';
    if (n) {
        memcpy(to + 1, at, n);
    }
    to[n + 1] = '"';
    end_at(j, to + n + 2);
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
    char digits[24], *from = digits + sizeof(digits);
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--from = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0) {
        *--from = '-';
    }
    put_raw(j, key, from, (size_t)(digits + sizeof(digits) - from));
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
    put_raw(j, key, value ? "true" : "false", value ? 4 : 5);
}

void json_instant(struct json *j, const char *key, struct instant value, int offset_min)
{
    if (value.ms == 0 || value.ms == INSTANT_NEVER.ms) {
        json_none(j, key);
        return;
    }
    char *to = before(j, key, INSTANT_TEXT_MAX + 2);
    *to = '"';
    to = instant_put(value, offset_min, to + 1);
    *to = '"';
    end_at(j, to + 1);
}

void json_date(struct json *j, const char *key, struct bizday value)
{
    char text[DATE_TEXT_MAX];
    json_text(j, key, value.day == BIZDAY_NONE.day ? NULL : bizday_print(value, text));
}

void json_reason(struct json *j, const char *reason)
{
    static const char *const keys[LANGS] = {"reason", "reason_en"};
    reason = reason ? reason : "";
    size_t n = strlen(reason);
    bool is_plain_text = !str_starts(reason, "BNT") && !memchr(reason, OR_EN[0], n); /* the same in both languages */
    for (int lang = 0; lang < LANGS; lang++) {
        if (is_plain_text) {
            json_bytes(j, keys[lang], reason, n);
            continue;
        }
        struct strbuf text = {0};
        reason_text(&text, reason, (enum lang)lang);
        json_text(j, keys[lang], strbuf_str(&text));
        strbuf_close(&text);
    }
}
