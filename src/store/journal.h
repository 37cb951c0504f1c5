/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * journal - how a journal row is laid out in bytes, and its hash. docs/store.md has the same for other programs.
 *
 *   hash      = SHA-256(prev, header, body_hash);  prev of a stream's first row is 32 zeros
 *   body_hash = SHA-256(body);  a row without changes has an empty body
 *   header    = "BNJ1", seq, at_ms, wall_ms (8 bytes each, little end first, two's complement), then stream, actor,
 *               via, operation, entity, reason, reference: each 4 bytes length (little end first) and its UTF-8 bytes
 *   body      = changes one behind the other, each: varint table id; 1 byte 0 = put, 1 = remove; varint number of columns;
 *               the columns in order: a number as zigzag varint, a text or blob as varint length and bytes.
 *               A remove has the key columns; a put may have fewer columns than the table has now: the rest is 0 or empty.
 *   varint    = 7 bits a byte, lowest first, 0x80 = more; shortest form only, at most 10 bytes
 */
#include "base/str.h"
#include "store/store.h"

enum { HASH_BYTES = 32, JOURNAL_BODY_BYTES_MAX = 256 * 1024 * 1024 };

/* SHA-256 with one context for many hashes. One thread at a time. */
struct hasher {
    void *context, *digest;
    struct strbuf header;     /* reused */
};
void hasher_open(struct hasher *hasher);
void hasher_close(struct hasher *hasher);
void hasher_hash(struct hasher *hasher, const void *bytes, size_t n, uint8_t ret[HASH_BYTES]);

void journal_header_add(struct strbuf *into, int64_t seq, const struct journal_entry *entry);
/* The hash of a row, by its seq, entry, prev and body_hash. */
void journal_row_hash(struct hasher *hasher, const struct journal_row *row, uint8_t ret[HASH_BYTES]);
/* SHA-256 of nothing: body_hash of a row that changed nothing. */
bool journal_hash_is_empty(const uint8_t body_hash[HASH_BYTES]);

/* The newest row of each stream. */
struct journal_head {
    const char *stream;
    int64_t seq;
    uint8_t hash[HASH_BYTES];
};
struct journal_heads {
    struct arena arena;
    VEC(struct journal_head) list;
};
/* NULL if there is none and `is_made` is false. Addresses change when one is made. */
struct journal_head *journal_heads_find(struct journal_heads *heads, const char *stream, bool is_made);
void journal_heads_close(struct journal_heads *heads);
/* Fills *ret as the row after `head` and moves `head` on to it. hasher NULL: hashes stay zero. `entry` and `body` are borrowed. */
void journal_seal(struct hasher *hasher, struct journal_head *head, const struct journal_entry *entry, struct blob body,
                  struct journal_row *ret);

/* ---- bodies ---- */
void journal_body_add(struct strbuf *into, const struct table_info *info, bool is_remove, size_t column_count, const void *row);

struct journal_change {
    enum table table;
    bool is_remove;
    size_t column_count;      /* as written */
    void *row;                /* the table's row struct; texts and blobs beside it in the arena */
};
struct journal_cursor {
    const uint8_t *at, *end;
    const char *bad;          /* what is wrong with the body; NULL = nothing so far */
};
/* The next change; false at the end, or with cursor->bad set. */
bool journal_body_next(struct journal_cursor *cursor, struct arena *into, struct journal_change *ret);
