/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * unit_priv - what the files of the unit text share: the table of keys and the reader's state.
 */
#include "base/map.h"
#include "jobnet/unit.h"

enum key_form {
    FORM_ANY,            /* carried as it is */
    FORM_TEXT,           /* at most hi bytes in CP932, quotes not counted */
    FORM_NUMBER,         /* lo..hi */
    FORM_WORD,           /* one of words */
    FORM_NUMBER_OR_WORD,
    FORM_FLAGS,          /* some of words, parted by : */
    FORM_TIME,           /* hh:mm, lo..hi minutes */
    FORM_DAY,            /* yyyy/mm/dd or a weekday */
    FORM_BASE_DAY,       /* 1..31 or weekday:n */
    FORM_EVENT_ID,       /* hex or hex:hex */
    FORM_CONDITION,      /* one of words, or anything with a quoted piece */
    FORM_TYPE,
    FORM_LAYOUT,         /* child,type,+H +V */
    FORM_SIZE,           /* columns x rows */
    FORM_RELATION,       /* (f=A,t=B[,seq|con]) */
    FORM_SCHEDULE,
    FORM_GATE,
    FORM_DEADLINE,
    FORM_EFFECT
};

struct unit_key_row {
    const char *text;
    const char *words;   /* parted by |, NULL */
    const char *summary;
    int64_t lo, hi;
    uint16_t kinds;      /* ON_* */
    enum key_form form;
    bool is_repeatable;
};
const struct unit_key_row *unit_key_row(enum unit_key key);
/* First row of each letter, so that a key is found among few. */
enum { KEY_LETTERS = 26 };
struct key_index {
    int16_t first[KEY_LETTERS + 1];
};
void key_index_fill(struct key_index *ret);
int16_t key_index_find(const struct key_index *index, struct str text); /* -1 if unknown */
bool unit_type_find(struct str text, enum unit_type *ret);

/* Bytes that UTF-8 text takes in CP932: ASCII and half-width kana 1, all else 2. */
size_t cp932_bytes(struct str text);
/* The same of a raw value, without its quotes and escapes. */
size_t value_cp932_bytes(struct str raw);
/* Decodes a raw value: see unit_text. */
char *value_text(struct arena *into, struct str raw);
/* Order by bytes (< 0, 0, > 0); CR before LF counts for nothing. */
int value_compare(struct str a, struct str b);
/* Blank as between tokens: space, tab, CR, LF, FF; NBSP and the ideographic space too. Bytes it takes, 0 if none. */
size_t blank_bytes_slow(const char *at, const char *end);
static inline size_t blank_bytes(const char *at, const char *end)
{
    bool is_plain = at < end && (unsigned char)*at > ' ' && (unsigned char)*at < 0x80;
    return is_plain ? 0 : blank_bytes_slow(at, end);
}
struct str value_trim(struct str s);
/* Is `word` one of `words` ("a|b|c")? */
bool words_have(const char *words, struct str word);
/* Digits alone, with a minus where lo < 0: str_to_i64 takes +5 as well, a JP1 does not. */
MUST_CHECK bool number_parse(struct str s, int64_t lo, int64_t hi, int64_t *ret);

/* el=: false if it is not written so. */
struct layout {
    struct str child, type;
    int64_t h, v;
};
MUST_CHECK bool layout_parse(struct str raw, struct layout *ret);
/* sz= with any of the signs seen for "times". */
MUST_CHECK bool size_parse(struct str raw, int64_t *columns, int64_t *rows);

/* ar= */
struct relation {
    struct str from, to;
    bool is_con;
};
MUST_CHECK bool relation_parse(struct str raw, struct relation *ret);

/* An open unit while reading: its parameters so far. */
struct frame {
    struct unit *unit;
    VEC(struct param) params;
    bool has_type;  /* a ty= was read: the first counts */
    bool is_broken; /* had a syntax error: what seems missing may be what was skipped */
};

/* The reader. Invariants: at is within text..end; mark <= every place asked for next. */
struct reader {
    struct arena *into;
    struct diags *diags;
    struct key_index keys;
    const char *text, *at, *end;
    const char *mark;              /* line and column are those of this byte */
    struct place mark_place;
    const char *no_comment_end;    /* behind it there is no more end of comment: unclosed ones are told once each */
    size_t rescan_bytes;           /* read again after an unclosed quote; at most once the text, so the whole is linear */
    VEC(struct frame) frames;
    size_t depth;                  /* open units; frames beyond are kept for reuse */
    struct unit_file *file;
    struct unit *last_top;
    struct arena scratch;          /* of the checks of one unit */
};

/* A message at a byte that is not before the last one asked for. */
struct place reader_place(struct reader *r, const char *at);
void reader_say(struct reader *r, struct place at, const struct unit *unit, enum err_code code, const char *fmt, ...)
    PRINTF(5, 6);
/* Checks of a unit whose parameters and children are complete; `unit` NULL: the file's top level. */
void unit_check(struct reader *r, const struct unit *unit);
/* Its children among themselves: names, relations. */
void unit_check_children(struct reader *r, const struct unit *unit);

/* Would a message with that code be kept? */
bool diags_keep(const struct diags *diags, enum err_code code);

/* The start of a value fit for a message: at most 60 characters, no control characters. */
struct excerpt {
    char text[192];
};
struct excerpt excerpt_of(struct str s);
