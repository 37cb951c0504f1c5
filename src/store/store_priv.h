/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * store_priv - what the makes of a store share: the table of functions, the batch, packed rows.
 *
 * A packed row is one block: the row struct, then the bytes of its texts and blobs, which the struct's
 * pointers name. It can be copied whole and the pointers moved by the difference.
 */
#include "store/store.h"

enum { ROW_BYTES_MAX = 1024 }; /* of any row struct; a test sees to it */

struct change {
    enum table table;
    const struct table_info *info;
    const void *row;          /* packed, in the batch's arena; of a removal only the keys count */
    size_t packed_bytes;
    bool is_remove;
    bool is_superseded;       /* a later change of the batch has the same key; set by batch_coalesce */
};

struct sealed_entry {
    struct journal_entry entry; /* texts in the batch's arena */
    size_t change_end;          /* its changes run from the entry before up to here */
};

struct store_batch {
    struct store *store;
    struct arena arena;
    VEC(struct change) changes;
    VEC(struct sealed_entry) entries;
    VEC(uint32_t) slots;      /* of batch_coalesce */
};

struct store_ops {
    bool (*commit)(struct store *store, struct store_batch *batch, int64_t *first_id, struct err *e);
    /* The body of row `seq` goes and `entry` is appended with the changes of `batch`. */
    bool (*redact)(struct store *store, int64_t seq, struct store_batch *batch, struct err *e);
    bool (*reader_open)(struct store *store, struct store_reader **ret, struct err *e);
    void (*reader_close)(struct store_reader *reader);
    bool (*hold)(struct store_reader *reader, struct err *e);
    void (*release)(struct store_reader *reader);
    struct rows *(*query)(struct store_reader *reader, const struct query *query);
    struct rows *(*journal)(struct store_reader *reader, const struct journal_query *query);
    bool (*get)(struct store_reader *reader, struct arena *into, enum table table, void *row, bool *found,
                struct err *e);
    bool (*head)(struct store_reader *reader, const char *stream, int64_t *seq, uint8_t hash[32], struct err *e);
    bool (*backup)(struct store *store, const char *path, struct err *e);
    void (*close)(struct store *store);
};

/* First member of each make's own struct. */
struct store {
    const struct store_ops *ops;
    bool wants_entries;       /* false: of an entry only the stream is looked at */
    bool has_hashes;
};

struct store_reader {
    struct store *store;
};

struct rows_ops {
    bool (*next)(struct rows *rows, void *row);   /* false at the end or with rows->err set */
    bool (*journal_next)(struct rows *rows, struct journal_row *row);
    void (*close)(struct rows *rows);             /* frees `rows` too */
};
struct rows {
    const struct rows_ops *ops;
    struct err err;
};
/* A cursor that has nothing but a failure. */
struct rows *rows_failed(const struct err *e);

/* ---- tables ---- */
struct index_info {
    const char *table;        /* set on a row that begins a table */
    const char *name;         /* set on a row that is an index */
    const char *columns;      /* as written: "unit, date" */
};
const struct index_info *index_infos(size_t *count);
/* NULL if this program knows no such table. */
const struct table_info *table_by_id(int64_t id, enum table *table);

/* ---- rows ---- */
size_t row_packed_bytes(const struct table_info *info, const void *row);
/* `to` has row_packed_bytes(info, row) bytes, aligned for max_align_t. NULL texts become "". */
void row_pack(const struct table_info *info, const void *row, void *to);
/* Copies a packed row of `bytes` and moves its pointers. */
void row_move(const struct table_info *info, const void *packed, size_t bytes, void *to);
/* Compares one column: < 0, 0, > 0; bytewise for texts. */
int row_compare_column(const struct table_info *info, size_t column, const void *a, const void *b);
int row_compare_keys(const struct table_info *info, const void *a, const void *b);
/* Hash of the first `count` columns. */
uint64_t row_hash(const struct table_info *info, size_t count, const void *row);
bool row_matches(const struct table_info *info, const struct query *query, const void *row);
/* * any run of characters, ? one UTF-8 character. */
bool like_matches(const char *text, const char *pattern);
bool like_is_pattern(const char *text);

static inline const void *row_at(const struct table_info *info, size_t column, const void *row)
{
    return (const char *)row + info->columns[column].offset;
}

/* ---- batch ---- */
/* Marks each change that a later one of the batch supersedes. */
void batch_coalesce(struct store_batch *batch);
void batch_clear(struct store_batch *batch);
/* Appends the body of entry `i`: its changes of REPLAYED tables. */
struct strbuf;
void batch_body(const struct store_batch *batch, size_t i, struct strbuf *into);
