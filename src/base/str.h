/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * str - text: slices, a growing buffer, numbers, UTF-8.
 *
 * Text inside Banto is UTF-8 and ends in NUL. A `struct str` is a borrowed slice that need not.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

struct str {
    const char *at;
    size_t n;
};
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).n, (s).at

struct str str_of(const char *text);
bool str_is(struct str s, const char *text);                 /* equal */
bool str_equal(const char *a, const char *b);                /* both may be NULL */
bool str_starts(const char *text, const char *prefix);
struct str str_trim(struct str s);                           /* blanks at both ends */
/* Cuts at the first `separator`: *head before it, *rest behind it; false (head = all, rest empty) if absent. */
bool str_cut(struct str s, char separator, struct str *head, struct str *rest);
/* Whole slice is one decimal number within lo..hi. */
MUST_CHECK bool str_to_i64(struct str s, int64_t lo, int64_t hi, int64_t *ret);
/* Copies into a fixed array, always NUL-terminated; false if it had to cut (at a character's border). */
bool str_copy(char *to, size_t max, const char *from);
/* `pattern` with * and ? matched against the whole text. */
bool str_matches(const char *text, const char *pattern);

/* A buffer that grows. `struct strbuf b = {0};` is ready; `at` is NUL-terminated once anything was added. */
struct strbuf {
    char *at;
    size_t n, max;
};
void strbuf_close(struct strbuf *b);
void strbuf_clear(struct strbuf *b); /* keeps the memory */
void strbuf_add(struct strbuf *b, const char *bytes, size_t n);
void strbuf_text(struct strbuf *b, const char *text);
void strbuf_char(struct strbuf *b, char c);
void strbuf_number(struct strbuf *b, int64_t number); /* in decimal */
void strbuf_printf(struct strbuf *b, const char *fmt, ...) PRINTF(2, 3);
const char *strbuf_str(const struct strbuf *b); /* "" when empty */

/* Length in bytes of the valid UTF-8 sequence at `at` (1..4), 0 if it is not one; *ret its code point. */
size_t utf8_next(const char *at, size_t n, uint32_t *ret);
bool utf8_valid(const char *at, size_t n);
/* Columns on a terminal: 2 for East Asian wide and full-width characters, 0 for combining marks. */
size_t utf8_columns(const char *text);
