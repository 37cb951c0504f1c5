/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * page - one page of a table: filters, a sort that an index supports, and the key from which the next page goes on.
 *
 *   struct page page = {.table = TABLE_event, .sort = "-id"};
 *   page_filter(&page, "run", WHERE_EQ, run);
 *   if (!page_open(call, &page, e)) …                     reads the fields `sort`, `after` and `limit`
 *   answer_list_open(call);
 *   const struct event_row *row;
 *   while (page_row(call, &page, (const void **)&row, e) && row) {
 *       if (wanted(row) && page_take(call, &page)) { … write it … }
 *   }
 *   return page_close(call, &page);                       ends the list with its `next`
 *
 * Rows come in batches whose text lies in the request's arena, so a handler may ask the store for more about each.
 * Sorted by a column, rows of one value follow by their id; a key is "value-id", or the id alone. `next` is null only
 * at the end: one row more than asked for is looked for. Whoever filters rows by himself may look at PAGE_SCAN_MAX
 * rows a page; then the page is short and `next` goes on behind them.
 */
#include "api/api_priv.h"

struct page {
    enum table table;
    const char *sort;          /* by default: column, "-" before it for descending */
    const char *without;       /* a long text that is not needed: read as ""; NULL: none */
    struct where where[WHERE_MAX];
    size_t where_count;
    /* own */
    int column;                /* -1: the primary key */
    bool is_descending, is_after, is_over, has_more, is_cut, is_tie;
    int64_t value, id;         /* of the last row that was looked at */
    int64_t taken_value, taken_id; /* of the last one that was answered */
    int64_t left;
    size_t batch_max, scanned, n, at;
    char *rows;
};
void page_filter(struct page *page, const char *column, enum where_op op, int64_t number);
void page_filter_text(struct page *page, const char *column, enum where_op op, const char *text);
MUST_CHECK bool page_open(struct call *call, struct page *page, struct err *e);
/* *row NULL: there are no more, or enough were taken. */
MUST_CHECK bool page_row(struct call *call, struct page *page, const void **row, struct err *e);
/* The row is to be answered. False: the page is full, and this row told that there is more. */
bool page_take(struct page *page);
bool page_close(struct call *call, struct page *page); /* true */

/* The common filters: does the path fit `pattern` (or `unit`) and `system`, and may the caller see it? */
struct unit_filter {
    const char *pattern, *system;
};
struct unit_filter unit_filter_of(struct call *call);
bool unit_wanted(const struct call *call, const struct unit_filter *filter, const char *path);
/* The unit that an entry of the journal is about: "/KSK/…" itself, that of "run/12/3"; NULL: none. */
MUST_CHECK bool entity_unit(struct call *call, const char *entity, const char **ret, struct err *e);
/* May the caller see an entry about this? What is about no system may be seen by all who look. */
MUST_CHECK bool entity_seen(struct call *call, const char *entity, bool *ret, struct err *e);
