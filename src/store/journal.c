/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal - header, hash chain and bodies, as journal.h lays them out. The decoder reads bytes that may have been
 * tampered with: it looks before each step and takes only what the encoder would have written.
 */
#include "store/journal.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_priv.h"

static void crypto_must(bool is_good)
{
    if (!is_good) { /* out of memory, or a libcrypto without SHA-256: nothing can be recorded */
        fputs("BNT0004-E libcrypto: SHA-256\n", stderr);
        abort();
    }
}

void hasher_open(struct hasher *hasher)
{
    *hasher = (struct hasher){.context = EVP_MD_CTX_new(), .digest = EVP_MD_fetch(NULL, "SHA256", NULL)};
    crypto_must(hasher->context && hasher->digest);
}

void hasher_close(struct hasher *hasher)
{
    EVP_MD_CTX_free(hasher->context);
    EVP_MD_free(hasher->digest);
    strbuf_close(&hasher->header);
    *hasher = (struct hasher){0};
}

void hasher_hash(struct hasher *hasher, const void *bytes, size_t n, uint8_t ret[HASH_BYTES])
{
    crypto_must(EVP_DigestInit_ex2(hasher->context, hasher->digest, NULL) && EVP_DigestUpdate(hasher->context, bytes, n) &&
                EVP_DigestFinal_ex(hasher->context, ret, NULL));
}

void store_hash_hex(const void *bytes, size_t n, char hex[65])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t hash[HASH_BYTES];
    crypto_must(EVP_Digest(bytes, n, hash, NULL, EVP_sha256(), NULL));
    for (size_t i = 0; i < HASH_BYTES; i++) {
        hex[2 * i] = digits[hash[i] >> 4];
        hex[2 * i + 1] = digits[hash[i] & 15];
    }
    hex[64] = '\0';
}

static void fixed_add(struct strbuf *into, uint64_t value, size_t bytes)
{
    char out[8];
    for (size_t i = 0; i < bytes; i++) {
        out[i] = (char)(value >> (8 * i) & 0xFF);
    }
    strbuf_add(into, out, bytes);
}

static void header_text(struct strbuf *into, const char *text)
{
    size_t n = text ? strlen(text) : 0;
    assert(n <= UINT32_MAX);
    fixed_add(into, n, 4);
    if (n) {
        strbuf_add(into, text, n);
    }
}

void journal_header_add(struct strbuf *into, int64_t seq, const struct journal_entry *entry)
{
    strbuf_add(into, "BNJ1", 4);
    fixed_add(into, (uint64_t)seq, 8);
    fixed_add(into, (uint64_t)entry->at.ms, 8);
    fixed_add(into, (uint64_t)entry->wall.ms, 8);
    header_text(into, entry->stream);
    header_text(into, entry->actor);
    header_text(into, entry->via);
    header_text(into, entry->operation);
    header_text(into, entry->entity);
    header_text(into, entry->reason);
    header_text(into, entry->reference);
}

void journal_row_hash(struct hasher *hasher, const struct journal_row *row, uint8_t ret[HASH_BYTES])
{
    struct strbuf *b = &hasher->header;
    strbuf_clear(b);
    strbuf_add(b, (const char *)row->prev, HASH_BYTES);
    journal_header_add(b, row->seq, &row->entry);
    strbuf_add(b, (const char *)row->body_hash, HASH_BYTES);
    hasher_hash(hasher, b->at, b->n, ret);
}

static const uint8_t hash_of_nothing[HASH_BYTES] = {
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};

bool journal_hash_is_empty(const uint8_t body_hash[HASH_BYTES])
{
    return memcmp(body_hash, hash_of_nothing, HASH_BYTES) == 0;
}

struct journal_head *journal_heads_find(struct journal_heads *heads, const char *stream, bool is_made)
{
    for (size_t i = 0; i < heads->list.n; i++) {
        if (strcmp(heads->list.at[i].stream, stream) == 0) {
            return &heads->list.at[i];
        }
    }
    if (!is_made) {
        return NULL;
    }
    struct journal_head *head = vec_add(&heads->list);
    head->stream = arena_copy(&heads->arena, stream);
    return head;
}

void journal_heads_close(struct journal_heads *heads)
{
    vec_close(&heads->list);
    arena_close(&heads->arena);
}

void journal_seal(struct hasher *hasher, struct journal_head *head, const struct journal_entry *entry, struct blob body,
                  struct journal_row *ret)
{
    head->seq++;
    *ret = (struct journal_row){.seq = head->seq, .entry = *entry, .body = body};
    if (hasher) {
        memcpy(ret->prev, head->hash, HASH_BYTES);
        if (body.n) {
            hasher_hash(hasher, body.at, body.n, ret->body_hash);
        } else {
            memcpy(ret->body_hash, hash_of_nothing, HASH_BYTES);
        }
        journal_row_hash(hasher, ret, ret->hash);
        memcpy(head->hash, ret->hash, HASH_BYTES);
    }
}

/* ---- bodies ---- */

enum { OP_PUT = 0, OP_REMOVE = 1, VARINT_BYTES_MAX = 10 };

static void varint_add(struct strbuf *into, uint64_t value)
{
    char out[VARINT_BYTES_MAX];
    size_t n = 0;
    while (value >= 0x80) {
        out[n++] = (char)(value | 0x80);
        value >>= 7;
    }
    out[n++] = (char)value;
    strbuf_add(into, out, n);
}

static uint64_t zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t value)
{
    return (int64_t)((value >> 1) ^ (value & 1 ? UINT64_MAX : 0));
}

void journal_body_add(struct strbuf *into, const struct table_info *info, bool is_remove, size_t column_count, const void *row)
{
    assert(column_count >= info->key_count && column_count <= info->column_count);
    varint_add(into, (uint64_t)info->id);
    strbuf_char(into, is_remove ? OP_REMOVE : OP_PUT);
    varint_add(into, column_count);
    for (size_t i = 0; i < column_count; i++) {
        const void *at = row_at(info, i, row);
        switch (info->columns[i].type) {
        case COLUMN_I64:
            varint_add(into, zigzag(*(const int64_t *)at));
            break;
        case COLUMN_TXT: {
            const char *text = *(const char *const *)at;
            size_t n = text ? strlen(text) : 0;
            varint_add(into, n);
            if (n) {
                strbuf_add(into, text, n);
            }
            break;
        }
        case COLUMN_BLB: {
            const struct blob *blob = at;
            varint_add(into, blob->n);
            if (blob->n) {
                strbuf_add(into, blob->at, blob->n);
            }
            break;
        }
        }
    }
}

static bool bad(struct journal_cursor *cursor, const char *what)
{
    cursor->bad = what;
    return false;
}

static bool varint_next(struct journal_cursor *cursor, uint64_t *ret)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (cursor->at == cursor->end) {
            return bad(cursor, "ends inside a number");
        }
        uint8_t byte = *cursor->at++;
        if (shift == 63 && byte > 1) {
            return bad(cursor, "a number above 64 bits");
        }
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) {
            if (byte == 0 && shift > 0) {
                return bad(cursor, "a number not in its shortest form");
            }
            *ret = value;
            return true;
        }
    }
    return bad(cursor, "a number above 64 bits");
}

static bool bytes_next(struct journal_cursor *cursor, struct blob *ret)
{
    uint64_t n;
    if (!varint_next(cursor, &n)) {
        return false;
    }
    if (n > (uint64_t)(cursor->end - cursor->at)) {
        return bad(cursor, "ends inside a text");
    }
    *ret = (struct blob){cursor->at, (size_t)n};
    cursor->at += n;
    return true;
}

static bool column_next(struct journal_cursor *cursor, struct arena *into, const struct column *column, void *row)
{
    void *place = (char *)row + column->offset;
    struct blob bytes;
    uint64_t number;
    switch (column->type) {
    case COLUMN_I64:
        if (!varint_next(cursor, &number)) {
            return false;
        }
        *(int64_t *)place = unzigzag(number);
        return true;
    case COLUMN_TXT:
        if (!bytes_next(cursor, &bytes)) {
            return false;
        }
        if (bytes.n && memchr(bytes.at, '\0', bytes.n)) {
            return bad(cursor, "NUL in a text");
        }
        *(const char **)place = arena_copy_bytes(into, bytes.at, bytes.n);
        return true;
    case COLUMN_BLB:
        if (!bytes_next(cursor, &bytes)) {
            return false;
        }
        *(struct blob *)place = (struct blob){arena_copy_bytes(into, bytes.at, bytes.n), bytes.n};
        return true;
    }
    return bad(cursor, "unknown kind of column");
}

bool journal_body_next(struct journal_cursor *cursor, struct arena *into, struct journal_change *ret)
{
    uint64_t id, columns;
    if (cursor->bad || cursor->at == cursor->end || !varint_next(cursor, &id)) {
        return false;
    }
    enum table table = TABLES;
    const struct table_info *info = id <= INT32_MAX ? table_by_id((int64_t)id, &table) : NULL;
    if (!info) {
        return bad(cursor, "unknown table");
    }
    if (cursor->at == cursor->end || *cursor->at > OP_REMOVE) {
        return bad(cursor, "neither put nor remove");
    }
    bool is_remove = *cursor->at++ == OP_REMOVE;
    if (!varint_next(cursor, &columns)) {
        return false;
    }
    if (columns < info->key_count || columns > (is_remove ? info->key_count : info->column_count)) {
        return bad(cursor, "wrong number of columns");
    }
    void *row = arena_alloc(into, info->row_bytes, alignof(max_align_t));
    for (size_t i = 0; i < columns; i++) {
        if (!column_next(cursor, into, &info->columns[i], row)) {
            return false;
        }
    }
    for (size_t i = (size_t)columns; i < info->column_count; i++) {
        if (info->columns[i].type == COLUMN_TXT) {
            *(const char **)((char *)row + info->columns[i].offset) = "";
        }
    }
    *ret = (struct journal_change){.table = table, .is_remove = is_remove, .column_count = (size_t)columns, .row = row};
    return true;
}
