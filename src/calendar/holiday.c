/* SPDX-License-Identifier: Apache-2.0 */
/*
 * holiday - one sorted array of rows with an index by year, made once from the import and the law.
 *
 * Invariants: 1. rows ascend by day, no day twice. 2. rows of year y are rows[first[y]] .. rows[first[y + 1] - 1],
 * y counted from YEAR_FIRST. 3. A year is all imported or all computed.
 */
#include "calendar/holiday.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "base/vec.h"
#include "calendar/holiday_priv.h"

enum { YEAR_FIRST = 1948, YEAR_LAST = 2099, YEARS = YEAR_LAST - YEAR_FIRST + 1 };
enum { NAME_SHOWN_BYTES = 120 };

struct rows {
    VEC(struct holiday) list;
};

static void rows_close(struct rows *rows)
{
    vec_close(&rows->list);
}

struct holidays {
    const struct holiday *rows;
    uint32_t first[YEARS + 1];
};

struct reader {
    struct arena *into; /* names */
    struct rows rows;
    int line;
    struct err *e;
};

/* The line goes into the message if a person can read it. */
static bool line_refuse(const struct reader *r, struct str line)
{
    int shown = (int)(line.n < NAME_SHOWN_BYTES ? line.n : NAME_SHOWN_BYTES);
    while (shown > 0 && (size_t)shown < line.n && ((unsigned char)line.at[shown] & 0xC0) == 0x80) {
        shown--;
    }
    bool is_text = utf8_valid(line.at, (size_t)shown) && !memchr(line.at, '\x1f', (size_t)shown);
    return err_set(r->e, ERR_HOLIDAY_FILE, "%d" ARG "%.*s", r->line, is_text ? shown : 1, is_text ? line.at : "?");
}

/* Y/M/D with one or two digits for month and day. */
static bool day_read(struct str text, struct bizday *ret)
{
    struct str year, month, rest;
    int64_t y, m, d;
    if (!str_cut(text, '/', &year, &rest) || !str_cut(rest, '/', &month, &rest) ||
        !str_to_i64(year, YEAR_FIRST, YEAR_LAST, &y) || !str_to_i64(month, 1, 12, &m) || !str_to_i64(rest, 1, 31, &d)) {
        return false;
    }
    struct civil c = {(int)y, (int)m, (int)d};
    if (!civil_valid(c)) {
        return false;
    }
    *ret = bizday_of(c);
    return true;
}

static bool name_valid(struct str name)
{
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.at[i];
        if (c < 0x20 || c == 0x7F) {
            return false;
        }
    }
    return name.n > 0 && name.n <= NAME_BYTES_MAX && utf8_valid(name.at, name.n);
}

static bool line_read(struct reader *r, struct str line, bool is_heading_allowed)
{
    struct str date, name;
    (void)str_cut(line, ',', &date, &name);
    date = str_trim(date);
    name = str_trim(name);
    bool is_dated = date.n > 0 && date.at[0] >= '0' && date.at[0] <= '9';
    if (!is_dated && is_heading_allowed && utf8_valid(line.at, line.n)) {
        return true;
    }
    struct bizday day;
    if (!is_dated || !day_read(date, &day) || !name_valid(name)) {
        return line_refuse(r, line);
    }
    *vec_add(&r->rows.list) = (struct holiday){day, HOLIDAY_FIXED, arena_copy_bytes(r->into, name.at, name.n)};
    return true;
}

static int row_order(const void *a, const void *b)
{
    const struct holiday *left = a, *right = b;
    return (left->day.day > right->day.day) - (left->day.day < right->day.day);
}

/* Reads all lines into r->rows, sorted. */
static bool rows_read(struct reader *r, struct str text)
{
    if (text.n >= 3 && memcmp(text.at, "\xEF\xBB\xBF", 3) == 0) { /* byte order mark */
        text = (struct str){text.at + 3, text.n - 3};
    }
    bool is_first = true;
    while (text.n) {
        struct str line;
        (void)str_cut(text, '\n', &line, &text);
        r->line++;
        line = str_trim(line);
        if (line.n && !line_read(r, line, is_first)) {
            return false;
        }
        is_first = is_first && !line.n;
    }
    struct holiday *rows = r->rows.list.at;
    if (rows) {
        qsort(rows, r->rows.list.n, sizeof(*rows), row_order);
    }
    for (size_t i = 1; i < r->rows.list.n; i++) {
        if (rows[i].day.day == rows[i - 1].day.day) {
            char day[DATE_TEXT_MAX];
            return err_set(r->e, ERR_HOLIDAY_TWICE, "%s", bizday_print(rows[i].day, day));
        }
    }
    return true;
}

/* Lays imported and computed years into one array. */
static const struct holidays *holidays_join(struct arena *into, const struct rows *imported)
{
    CLEANUP(rows_close) struct rows all = {0};
    struct holidays *made = arena_new(into, struct holidays);
    size_t next = 0;
    for (int year = YEAR_FIRST; year <= YEAR_LAST; year++) {
        size_t before = next;
        made->first[year - YEAR_FIRST] = (uint32_t)all.list.n;
        while (next < imported->list.n && bizday_civil(imported->list.at[next].day).year == year) {
            *vec_add(&all.list) = imported->list.at[next++];
        }
        if (next == before) {
            vec_reserve(&all.list, HOLIDAY_YEAR_ROWS_MAX);
            all.list.n += holiday_law_year(year, all.list.at + all.list.n);
        }
    }
    made->first[YEARS] = (uint32_t)all.list.n;
    struct holiday *rows = arena_array(into, struct holiday, all.list.n);
    memcpy(rows, all.list.at, all.list.n * sizeof(*rows));
    made->rows = rows;
    return made;
}

bool holidays_parse(struct arena *into, const char *csv, size_t n, const struct holidays **ret, struct err *e)
{
    struct reader r = {.into = into, .e = e};
    if (csv && n > HOLIDAY_FILE_BYTES_MAX) {
        return err_set(e, ERR_TOO_LARGE, "holidays" ARG "%u bytes", HOLIDAY_FILE_BYTES_MAX);
    }
    bool is_read = !csv || rows_read(&r, (struct str){csv, n});
    if (is_read) {
        *ret = holidays_join(into, &r.rows);
    }
    rows_close(&r.rows);
    return is_read;
}

/* Rows of a year; *count 0 outside the years that are answered. */
static const struct holiday *year_rows(const struct holidays *holidays, int year, size_t *count)
{
    if (year < YEAR_FIRST || year > YEAR_LAST) {
        *count = 0;
        return holidays->rows;
    }
    uint32_t first = holidays->first[year - YEAR_FIRST];
    *count = holidays->first[year - YEAR_FIRST + 1] - first;
    return holidays->rows + first;
}

struct holiday holidays_of(const struct holidays *holidays, struct bizday day)
{
    size_t n;
    const struct holiday *rows = year_rows(holidays, bizday_civil(day).year, &n);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].day.day == day.day) {
            return rows[i];
        }
    }
    return (struct holiday){.day = day, .state = HOLIDAY_NONE};
}

size_t holidays_of_year(const struct holidays *holidays, int year, struct holiday *rows, size_t max)
{
    size_t n;
    const struct holiday *from = year_rows(holidays, year, &n);
    for (size_t i = 0; i < n && i < max; i++) {
        rows[i] = from[i];
    }
    return n;
}

void holidays_print(struct strbuf *into, const struct holiday *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char day[DATE_TEXT_MAX];
        strbuf_printf(into, "%s %s %s\n", bizday_print(rows[i].day, day), rows[i].state == HOLIDAY_FIXED ? "fixed" : "predicted",
                      rows[i].name);
    }
}
