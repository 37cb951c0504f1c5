/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unit_value - the tables of types and keys, and the reading of raw values.
 */
#include <stdio.h>
#include <string.h>

#include "jobnet/unit_priv.h"

static const struct unit_type_row types[UNIT_TYPES] = {
#define UNIT_TYPE(code, text, recovery, kind, can_run, ja, en)                                               \
    [code] = {text, recovery, kind, can_run, {ja, en}},
#include "jobnet/unit_types.def"
#undef UNIT_TYPE
};

static const struct unit_key_row keys[UNIT_KEYS] = {
#define UNIT_KEY(key, text, kinds, form, lo, hi, words, repeat, summary)                                     \
    [key] = {text, words, summary, lo, hi, kinds, form, repeat},
#include "jobnet/unit_keys.def"
#undef UNIT_KEY
};

const struct unit_type_row *unit_type_row(enum unit_type type)
{
    return &types[type];
}

bool unit_type_find(struct str text, enum unit_type *ret)
{
    for (size_t i = 0; i < UNIT_TYPES; i++) {
        if (str_is(text, types[i].text)) {
            *ret = (enum unit_type)i;
            return true;
        }
    }
    return false;
}

const struct unit_key_row *unit_key_row(enum unit_key key)
{
    return &keys[key];
}

/* Whole key against a row: text holds no NUL. */
static int key_order(struct str text, const char *key)
{
    size_t i = 0;
    while (i < text.n && key[i] == text.at[i]) {
        i++;
    }
    return (i < text.n ? (unsigned char)text.at[i] : 0) - (unsigned char)key[i];
}

void key_index_fill(struct key_index *ret)
{
    size_t row = 0;
    for (size_t letter = 0; letter < KEY_LETTERS; letter++) {
        while (row < UNIT_KEYS && (size_t)(keys[row].text[0] - 'a') < letter) {
            row++;
        }
        ret->first[letter] = (int16_t)row;
    }
    ret->first[KEY_LETTERS] = UNIT_KEYS;
}

int16_t key_index_find(const struct key_index *index, struct str text)
{
    if (!text.n || text.at[0] < 'a' || text.at[0] > 'z') {
        return -1;
    }
    int lo = index->first[text.at[0] - 'a'], hi = index->first[text.at[0] - 'a' + 1];
    while (lo < hi) {
        int middle = (lo + hi) / 2;
        int order = key_order(text, keys[middle].text);
        if (order == 0) {
            return (int16_t)middle;
        }
        lo = order > 0 ? middle + 1 : lo;
        hi = order > 0 ? hi : middle;
    }
    return -1;
}

const struct param *unit_param(const struct unit *unit, enum unit_key key, const struct param *last)
{
    for (size_t i = last ? (size_t)(last - unit->params) + 1 : 0; i < unit->param_count; i++) {
        if (unit->params[i].known == (int16_t)key) {
            return &unit->params[i];
        }
    }
    return NULL;
}

char *value_text(struct arena *into, struct str raw)
{
    char *text = arena_alloc(into, raw.n + 1, 1);
    size_t n = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.at[i];
        if (c == '"') {
            is_quoted = !is_quoted;
        } else if (is_quoted && c == '#' && i + 1 < raw.n && (raw.at[i + 1] == '"' || raw.at[i + 1] == '#')) {
            text[n++] = raw.at[++i];
        } else {
            while (c == '\n' && n && text[n - 1] == '\r') { /* the file's line ends are not the value's */
                n--;
            }
            text[n++] = c;
        }
    }
    text[n] = '\0';
    return text;
}

const char *unit_text(struct arena *into, const struct unit *unit, enum unit_key key)
{
    const struct param *param = unit_param(unit, key, NULL);
    return param ? value_text(into, param->value) : NULL;
}

bool unit_says(const struct unit *unit, enum unit_key key, const char *raw)
{
    const struct param *param = unit_param(unit, key, NULL);
    return param && str_is(param->value, raw);
}

int64_t unit_number(const struct unit *unit, enum unit_key key, int64_t otherwise)
{
    const struct param *param = unit_param(unit, key, NULL);
    int64_t number = otherwise;
    return param && str_to_i64(param->value, INT64_MIN, INT64_MAX, &number) ? number : otherwise;
}

/* Walks over a value without the CRs before a LF. */
struct line_cursor {
    struct str s;
    size_t i, plain_end; /* up to plain_end CRs are data: looked at once */
};

/* Next byte, -1 at the end. */
static int cursor_next(struct line_cursor *cursor)
{
    const struct str *s = &cursor->s;
    if (cursor->i < s->n && s->at[cursor->i] == '\r' && cursor->i >= cursor->plain_end) {
        size_t end = cursor->i;
        while (end < s->n && s->at[end] == '\r') {
            end++;
        }
        if (end < s->n && s->at[end] == '\n') {
            cursor->i = end;
        } else {
            cursor->plain_end = end;
        }
    }
    return cursor->i < s->n ? (unsigned char)s->at[cursor->i++] : -1;
}

int value_compare(struct str a, struct str b)
{
    if (a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0)) {
        return 0;
    }
    struct line_cursor left = {.s = a}, right = {.s = b};
    for (;;) {
        int l = cursor_next(&left), r = cursor_next(&right);
        if (l != r || l < 0) {
            return l - r;
        }
    }
}

size_t cp932_bytes(struct str text)
{
    size_t bytes = 0;
    for (size_t i = 0; i < text.n;) {
        uint32_t point = 0;
        size_t n = utf8_next(text.at + i, text.n - i, &point);
        bytes += n <= 1 || (point >= 0xFF61 && point <= 0xFF9F) ? 1 : 2;
        i += n ? n : 1;
    }
    return bytes;
}

size_t value_cp932_bytes(struct str raw)
{
    size_t bytes = cp932_bytes(raw);
    bool is_quoted = false;
    for (size_t i = 0; i < raw.n; i++) {
        if (raw.at[i] == '"') {
            is_quoted = !is_quoted;
            bytes--;
        } else if (is_quoted && raw.at[i] == '#' && i + 1 < raw.n &&
                   (raw.at[i + 1] == '"' || raw.at[i + 1] == '#')) {
            i++;
            bytes--;
        }
    }
    return bytes;
}

size_t blank_bytes_slow(const char *at, const char *end)
{
    if (at == end) {
        return 0;
    }
    if (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n' || *at == '\f') {
        return 1;
    }
    if (end - at >= 2 && memcmp(at, "\xC2\xA0", 2) == 0) {
        return 2;
    }
    return end - at >= 3 && memcmp(at, "\xE3\x80\x80", 3) == 0 ? 3 : 0;
}

struct str value_trim(struct str s)
{
    for (size_t n = 0; (n = blank_bytes(s.at, s.at + s.n)) > 0;) {
        s.at += n;
        s.n -= n;
    }
    bool is_plain = s.n && (unsigned char)s.at[s.n - 1] > ' ' && (unsigned char)s.at[s.n - 1] < 0x80;
    for (bool is_blank = !is_plain; is_blank && s.n;) {
        is_blank = false;
        for (size_t n = 1; n <= 3 && n <= s.n && !is_blank; n++) {
            is_blank = blank_bytes(s.at + s.n - n, s.at + s.n) == n;
            s.n -= is_blank ? n : 0;
        }
    }
    return s;
}

bool words_have(const char *words, struct str word)
{
    struct str rest = str_of(words), head;
    while (rest.n) {
        (void)str_cut(rest, '|', &head, &rest);
        if (head.n == word.n && memcmp(head.at, word.at, word.n) == 0) {
            return true;
        }
    }
    return false;
}

bool number_parse(struct str s, int64_t lo, int64_t hi, int64_t *ret)
{
    bool is_signed = s.n && (s.at[0] == '+' || (s.at[0] == '-' && lo >= 0));
    return !is_signed && str_to_i64(s, lo, hi, ret);
}

bool layout_parse(struct str raw, struct layout *ret)
{
    struct layout layout;
    struct str place, h, v;
    if (!str_cut(raw, ',', &layout.child, &place) || !str_cut(place, ',', &layout.type, &place)) {
        return false;
    }
    layout.child = value_trim(layout.child);
    layout.type = value_trim(layout.type);
    place = value_trim(place);
    const char *second = place.n ? memchr(place.at + 1, '+', place.n - 1) : NULL;
    if (!layout.child.n || !layout.type.n || !second || place.at[0] != '+') {
        return false;
    }
    h = value_trim((struct str){place.at + 1, (size_t)(second - place.at) - 1});
    v = value_trim((struct str){second + 1, (size_t)(place.at + place.n - second) - 1});
    if (!number_parse(h, 0, INT32_MAX, &layout.h) || !number_parse(v, 0, INT32_MAX, &layout.v)) {
        return false;
    }
    *ret = layout;
    return true;
}

bool size_parse(struct str raw, int64_t *columns, int64_t *rows)
{
    static const char *const signs[] = {"x", "X", "×", "*", "✕", "ｘ"};
    for (size_t i = 0; i < COUNT(signs); i++) {
        size_t n = strlen(signs[i]);
        const char *at = memmem(raw.at, raw.n, signs[i], n);
        if (at) {
            struct str left = value_trim((struct str){raw.at, (size_t)(at - raw.at)});
            struct str right = value_trim((struct str){at + n, (size_t)(raw.at + raw.n - at) - n});
            return number_parse(left, 0, INT32_MAX, columns) && number_parse(right, 0, INT32_MAX, rows);
        }
    }
    return false;
}

/* One of f=A t=B seq con; false if it is none or comes twice. */
static bool relation_piece(struct str piece, struct relation *relation, bool *has_kind)
{
    struct str key, value;
    if (!str_cut(piece, '=', &key, &value)) {
        piece = value_trim(piece);
        bool is_new = !*has_kind;
        *has_kind = true;
        relation->is_con = str_is(piece, "con");
        return is_new && (relation->is_con || str_is(piece, "seq"));
    }
    key = value_trim(key);
    struct str *end = str_is(key, "f") ? &relation->from : str_is(key, "t") ? &relation->to : NULL;
    if (!end || end->n) {
        return false;
    }
    *end = value_trim(value);
    return end->n > 0;
}

bool relation_parse(struct str raw, struct relation *ret)
{
    struct relation relation = {0};
    bool has_kind = false;
    if (raw.n < 2 || raw.at[0] != '(' || raw.at[raw.n - 1] != ')') {
        return false;
    }
    struct str rest = {raw.at + 1, raw.n - 2}, piece;
    for (bool is_more = true; is_more;) {
        is_more = str_cut(rest, ',', &piece, &rest);
        if (!relation_piece(piece, &relation, &has_kind)) {
            return false;
        }
    }
    if (!relation.from.n || !relation.to.n) {
        return false;
    }
    *ret = relation;
    return true;
}

struct excerpt excerpt_of(struct str s)
{
    enum { CHARACTERS_MAX = 40 };
    struct excerpt ret = {0};
    size_t n = 0, count = 0;
    for (size_t i = 0; i < s.n;) {
        uint32_t point = 0;
        size_t step = utf8_next(s.at + i, s.n - i, &point);
        if (count++ == CHARACTERS_MAX) {
            memcpy(ret.text + n, "…", 3);
            break;
        }
        if (step <= 1) {
            ret.text[n++] = point < 0x20 || point == 0x7F ? ' ' : s.at[i];
        } else {
            memcpy(ret.text + n, s.at + i, step);
            n += step;
        }
        i += step ? step : 1;
    }
    return ret;
}

/* Adds "/" and names from the top down to `unit`; depth is at most UNIT_DEPTH_MAX in a tree that was
 * accepted. */
const char *unit_path(struct arena *into, const struct unit *unit, const char *prefix)
{
    size_t n = strlen(prefix);
    for (const struct unit *up = unit; up; up = up->parent) {
        n += 1 + strlen(up->name);
    }
    char *path = arena_alloc(into, n + 1, 1);
    char *at = path + n;
    for (const struct unit *up = unit; up; up = up->parent) {
        size_t name_bytes = strlen(up->name);
        at -= name_bytes;
        memcpy(at, up->name, name_bytes);
        *--at = '/';
    }
    memcpy(path, prefix, (size_t)(at - path));
    return path;
}

const struct unit *unit_find(const struct unit_file *file, const char *path)
{
    struct str rest = str_of(path[0] == '/' ? path + 1 : path), name;
    const struct unit *found = NULL;
    const struct unit *level = file->first;
    for (bool is_more = true; is_more; level = found->first_child) {
        is_more = str_cut(rest, '/', &name, &rest);
        for (found = level; found && !str_is(name, found->name); found = found->next_sibling) {
        }
        if (!found) {
            return NULL;
        }
    }
    return found;
}

bool unit_is_root_net(const struct unit *unit)
{
    return types[unit->type].kind == KIND_NET &&
           (!unit->parent || types[unit->parent->type].kind == KIND_GROUP);
}
