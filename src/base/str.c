/* SPDX-License-Identifier: Apache-2.0 */
/*
 * str - slices, buffer, numbers, UTF-8.
 */
#include "base/str.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/vec.h"

struct str str_of(const char *text)
{
    return (struct str){text, text ? strlen(text) : 0};
}

bool str_is(struct str s, const char *text)
{
    size_t n = strlen(text);
    return s.n == n && (n == 0 || memcmp(s.at, text, n) == 0);
}

bool str_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

struct str str_trim(struct str s)
{
    while (s.n && is_blank(s.at[0])) {
        s.at++;
        s.n--;
    }
    while (s.n && is_blank(s.at[s.n - 1])) {
        s.n--;
    }
    return s;
}

bool str_cut(struct str s, char separator, struct str *head, struct str *rest)
{
    const char *at = s.n ? memchr(s.at, separator, s.n) : NULL;
    size_t n = at ? (size_t)(at - s.at) : s.n;
    *head = (struct str){s.at, n};
    *rest = at ? (struct str){at + 1, s.n - n - 1} : (struct str){s.at + s.n, 0};
    return at != NULL;
}

bool str_to_i64(struct str s, int64_t lo, int64_t hi, int64_t *ret)
{
    size_t i = s.n > 1 && (s.at[0] == '-' || s.at[0] == '+') ? 1 : 0;
    bool is_negative = i && s.at[0] == '-';
    if (s.n == 0 || s.n - i > 19) {
        return false;
    }
    uint64_t value = 0; /* 19 digits cannot overflow it */
    for (; i < s.n; i++) {
        if (s.at[i] < '0' || s.at[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(s.at[i] - '0');
    }
    if (value > (uint64_t)INT64_MAX) {
        return false;
    }
    int64_t number = is_negative ? -(int64_t)value : (int64_t)value;
    if (number < lo || number > hi) {
        return false;
    }
    *ret = number;
    return true;
}

bool str_copy(char *to, size_t max, const char *from)
{
    assert(max > 0);
    size_t n = strlen(from);
    bool fits = n < max;
    if (!fits) {
        n = max - 1;
        while (n && ((unsigned char)from[n] & 0xC0) == 0x80) {
            n--;
        }
    }
    memcpy(to, from, n);
    to[n] = '\0';
    return fits;
}

bool str_matches(const char *text, const char *pattern)
{
    const char *star = NULL, *retry = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            retry = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == '\0';
}

void strbuf_close(struct strbuf *b)
{
    vec_close(b);
}

void strbuf_clear(struct strbuf *b)
{
    b->n = 0;
    if (b->at) {
        b->at[0] = '\0';
    }
}

void strbuf_add(struct strbuf *b, const char *bytes, size_t n)
{
    vec_reserve(b, n + 1);
    if (n) {
        memcpy(b->at + b->n, bytes, n);
    }
    b->n += n;
    b->at[b->n] = '\0';
}

void strbuf_text(struct strbuf *b, const char *text)
{
    strbuf_add(b, text, strlen(text));
}

void strbuf_char(struct strbuf *b, char c)
{
    vec_reserve(b, 2);
    b->at[b->n++] = c;
    b->at[b->n] = '\0';
}

void strbuf_number(struct strbuf *b, int64_t number)
{
    char digits[24], *at = digits + sizeof(digits);
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0) {
        *--at = '-';
    }
    strbuf_add(b, at, (size_t)(digits + sizeof(digits) - at));
}

enum { PRINT_BYTES_USUAL = 64 };

void strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    vec_reserve(b, PRINT_BYTES_USUAL); /* nearly every text fits: one pass instead of two */
    int n = vsnprintf(b->at + b->n, b->max - b->n, fmt, args);
    va_end(args);
    assert(n >= 0);
    if ((size_t)n >= b->max - b->n) {
        vec_reserve(b, (size_t)n + 1);
        (void)vsnprintf(b->at + b->n, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    b->n += (size_t)n;
}

const char *strbuf_str(const struct strbuf *b)
{
    return b->at ? b->at : "";
}

size_t utf8_next(const char *at, size_t n, uint32_t *ret)
{
    if (n == 0) {
        return 0;
    }
    unsigned char first = (unsigned char)at[0];
    if (first < 0x80) {
        *ret = first;
        return 1;
    }
    size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || n < length) {
        return 0;
    }
    uint32_t point = first & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        unsigned char next = (unsigned char)at[i];
        if ((next & 0xC0) != 0x80) {
            return 0;
        }
        point = point << 6 | (next & 0x3Fu);
    }
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < smallest[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
        return 0;
    }
    *ret = point;
    return length;
}

bool utf8_valid(const char *at, size_t n)
{
    while (n) {
        uint64_t word;
        uint32_t point;
        for (; n >= sizeof(word); at += sizeof(word), n -= sizeof(word)) { /* ASCII, eight at a time */
            memcpy(&word, at, sizeof(word));
            if (word & UINT64_C(0x8080808080808080)) {
                break;
            }
        }
        size_t length = n ? utf8_next(at, n, &point) : 0;
        if (n && !length) {
            return false;
        }
        at += length;
        n -= length;
    }
    return true;
}

static size_t columns_of(uint32_t c)
{
    static const struct {
        uint32_t first, last;
        uint8_t columns;
    } ranges[] = {
        {0x0300, 0x036F, 0}, {0x200B, 0x200F, 0}, {0x3099, 0x309A, 0}, {0xFE00, 0xFE0F, 0},
        {0x1100, 0x115F, 2}, {0x2E80, 0x303E, 2}, {0x3041, 0xA4CF, 2}, {0xAC00, 0xD7A3, 2},
        {0xF900, 0xFAFF, 2}, {0xFE30, 0xFE4F, 2}, {0xFF00, 0xFF60, 2}, {0xFFE0, 0xFFE6, 2},
        {0x1F300, 0x1FAFF, 2}, {0x20000, 0x3FFFD, 2},
        /* Ambiguous in Unicode, wide on Japanese terminals and fonts: arrows, circles, triangles, box parts. */
        {0x2460, 0x24FF, 2}, {0x25A0, 0x25CF, 2}, {0x2605, 0x2606, 2}, {0x203B, 0x203B, 2},
    };
    for (size_t i = 0; i < COUNT(ranges); i++) {
        if (c >= ranges[i].first && c <= ranges[i].last) {
            return ranges[i].columns;
        }
    }
    return c < 0x20 ? 0 : 1;
}

size_t utf8_columns(const char *text)
{
    size_t n = strlen(text), columns = 0;
    while (n) {
        uint32_t point;
        size_t length = utf8_next(text, n, &point);
        columns += length ? columns_of(point) : 1;
        length = length ? length : 1;
        text += length;
        n -= length;
    }
    return columns;
}
