/* SPDX-License-Identifier: Apache-2.0 */
/*
 * row - rows as their columns say: packing, comparing, hashing, matching. The order is SQLite's (numbers by value,
 * texts bytewise), so that all makes answer alike.
 */
#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "base/map.h"
#include "store/store_priv.h"

static int64_t number_of(const void *at)
{
    return *(const int64_t *)at;
}

static const char *text_of(const void *at)
{
    const char *text = *(const char *const *)at;
    return text ? text : "";
}

size_t row_packed_bytes(const struct table_info *info, const void *row)
{
    size_t bytes = info->row_bytes;
    for (const struct column *column = info->loose(); column->name; column++) {
        const void *at = (const char *)row + column->offset;
        bytes += column->type == COLUMN_TXT ? strlen(text_of(at)) + 1 : ((const struct blob *)at)->n;
    }
    return bytes;
}

void row_pack(const struct table_info *info, const void *row, void *to)
{
    char *end = (char *)to + info->row_bytes;
    memcpy(to, row, info->row_bytes);
    for (const struct column *column = info->loose(); column->name; column++) {
        const void *at = (const char *)row + column->offset;
        void *place = (char *)to + column->offset;
        size_t n;
        if (column->type == COLUMN_TXT) {
            n = strlen(text_of(at)) + 1;
            memcpy(end, text_of(at), n);
            *(const char **)place = end;
        } else {
            n = ((const struct blob *)at)->n;
            if (n) {
                memcpy(end, ((const struct blob *)at)->at, n);
            }
            ((struct blob *)place)->at = end;
        }
        end += n;
    }
}

void row_move(const struct table_info *info, const void *packed, size_t bytes, void *to)
{
    memcpy(to, packed, bytes);
    for (const struct column *column = info->loose(); column->name; column++) {
        const char *at; /* a blob begins with its address, too */
        memcpy(&at, (char *)to + column->offset, sizeof(at));
        at = (char *)to + (at - (const char *)packed);
        memcpy((char *)to + column->offset, &at, sizeof(at));
    }
}

static int sign(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

int row_compare_column(const struct table_info *info, size_t column, const void *a, const void *b)
{
    const void *left = row_at(info, column, a), *right = row_at(info, column, b);
    switch (info->columns[column].type) {
    case COLUMN_I64:
        return sign(number_of(left), number_of(right));
    case COLUMN_TXT:
        return strcmp(text_of(left), text_of(right));
    case COLUMN_BLB: {
        const struct blob *x = left, *y = right;
        size_t n = x->n < y->n ? x->n : y->n;
        int by_bytes = n ? memcmp(x->at, y->at, n) : 0;
        return by_bytes ? by_bytes : sign((int64_t)x->n, (int64_t)y->n);
    }
    }
    return 0;
}

int row_compare_keys(const struct table_info *info, const void *a, const void *b)
{
    int order = 0;
    for (size_t i = 0; i < info->key_count && order == 0; i++) {
        order = row_compare_column(info, i, a, b);
    }
    return order;
}

uint64_t row_hash(const struct table_info *info, size_t count, const void *row)
{
    uint64_t hash = (uint64_t)info->id;
    for (size_t i = 0; i < count; i++) {
        const void *at = row_at(info, i, row);
        bool is_number = info->columns[i].type == COLUMN_I64;
        uint64_t part = is_number ? (uint64_t)number_of(at) : hash_bytes(text_of(at), strlen(text_of(at)));
        hash = (hash ^ part) * 0x9E3779B97F4A7C15ull;
        hash ^= hash >> 29;
    }
    return hash;
}

static bool op_holds(enum where_op op, int order)
{
    switch (op) {
    case WHERE_EQ:
        return order == 0;
    case WHERE_NE:
        return order != 0;
    case WHERE_LT:
        return order < 0;
    case WHERE_LE:
        return order <= 0;
    case WHERE_GT:
        return order > 0;
    case WHERE_GE:
        return order >= 0;
    case WHERE_LIKE:
        break;
    }
    return false;
}

bool row_matches(const struct table_info *info, const struct query *query, const void *row)
{
    for (size_t i = 0; i < query->where_count; i++) {
        const struct where *where = &query->where[i];
        const struct column *column = &info->columns[where->column];
        const void *at = row_at(info, (size_t)where->column, row);
        assert(column->type != COLUMN_BLB && (column->type == COLUMN_TXT || where->op != WHERE_LIKE));
        bool holds;
        if (column->type == COLUMN_I64) {
            holds = op_holds(where->op, sign(number_of(at), where->number));
        } else if (where->op == WHERE_LIKE) {
            holds = like_matches(text_of(at), where->text);
        } else {
            holds = op_holds(where->op, strcmp(text_of(at), where->text ? where->text : ""));
        }
        if (!holds) {
            return false;
        }
    }
    return true;
}

static const char *character_end(const char *at)
{
    at++;
    while (((unsigned char)*at & 0xC0) == 0x80) {
        at++;
    }
    return at;
}

bool like_matches(const char *text, const char *pattern)
{
    const char *star = NULL, *retry = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            retry = text;
        } else if (*pattern == '?') {
            pattern++;
            text = character_end(text);
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            retry = character_end(retry);
            text = retry;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == '\0';
}

bool like_is_pattern(const char *text)
{
    return text[strcspn(text, "*?")] != '\0';
}
