/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * unit - definitions as JP1's text says them: a tree of units with their parameters.
 *
 * The tree keeps every parameter in its order, known or not, so that a file read and printed again
 * says the same; comments are not kept. It lives in one arena and is immutable after unit_parse.
 * Values are kept raw (as written, escapes untouched) as slices of the text that was read: THE CALLER KEEPS
 * THE TEXT ALIVE as long as the tree. Names and attributes are copied. Text is UTF-8 here; decoding
 * CP932/EUC-JP is the edge's work and the encoding is only kept as a tag.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

/* Where something stands in a file; both from 1; column counts characters. */
struct place {
    int line, column;
};

/* One message about a definition. */
struct diag {
    struct place at;
    enum err_code code; /* its ID ends in -E (error) or -W (warning) */
    const char *args;   /* for message_text */
    const char *unit;   /* path of the unit it stands in, "" at file level */
};

struct diags {
    VEC(struct diag) list;  /* at most UNIT_DIAGS_MAX */
    size_t error_count, warning_count; /* of all, kept or not */
    struct arena text;      /* args and unit live here */
};
void diags_close(struct diags *diags);
void diags_add(struct diags *diags, struct place at, const char *unit, enum err_code code, const char *fmt, ...)
    PRINTF(5, 6);
/* Appends "FILE:LINE:COL: ID text\n" for each, then a line with how many more there were. */
void diags_print(struct strbuf *into, const struct diags *diags, const char *file, enum lang lang);

enum unit_type {
#define UNIT_TYPE(code, text, recovery, kind, can_run, ja, en) code,
#include "jobnet/unit_types.def"
#undef UNIT_TYPE
    UNIT_TYPES
};
enum unit_kind { KIND_GROUP, KIND_NET, KIND_JOB, KIND_JUDGMENT, KIND_EVENT, KIND_ACTION, KIND_OR, KIND_CONNECTOR, KIND_CONDITION };
/* Sets of them: on which kinds a key of unit_keys.def may stand. */
enum {
    ON_GROUP = 1 << KIND_GROUP,
    ON_NET = 1 << KIND_NET,
    ON_JOB = 1 << KIND_JOB,
    ON_JUDGMENT = 1 << KIND_JUDGMENT,
    ON_EVENT = 1 << KIND_EVENT,
    ON_ACTION = 1 << KIND_ACTION,
    ON_OR = 1 << KIND_OR,
    ON_CONNECTOR = 1 << KIND_CONNECTOR,
    ON_CONDITION = 1 << KIND_CONDITION,
    ON_START = ON_NET | ON_JOB | ON_JUDGMENT | ON_EVENT | ON_ACTION | ON_OR | ON_CONNECTOR,
    ON_ANY = ON_START | ON_GROUP | ON_CONDITION
};

struct unit_type_row {
    const char *text;          /* the value of ty= */
    bool is_recovery;
    enum unit_kind kind;
    bool can_run;              /* false: kept and printed, refused at registration */
    const char *name[LANGS];
};
const struct unit_type_row *unit_type_row(enum unit_type type);

struct param {
    const char *key;           /* one address per key text within a file is not promised */
    struct str value;          /* raw, trimmed, without the `;` */
    struct place at;           /* of the key */
    int16_t known;             /* row of unit_keys.def (enum unit_key), -1 if unknown */
};

struct unit {
    const char *name;
    const char *permission, *owner, *resource_group; /* "" when empty */
    uint8_t attribute_count;   /* 1..4 fields after unit=, for printing as it was */
    enum unit_type type;
    struct place at;
    struct unit *parent;
    struct unit *first_child, *last_child, *next_sibling;
    size_t child_count;
    struct param *params;
    size_t param_count;
};

enum text_encoding { ENCODING_UTF8, ENCODING_UTF8_BOM, ENCODING_CP932, ENCODING_EUC_JP };

struct unit_file {
    struct unit *first;        /* top units, siblings */
    size_t top_count, unit_count;
    enum text_encoding encoding; /* of the original bytes; set by the caller */
    bool is_crlf;
};

/*
 * Reads a whole file. *ret is set only if there is no error (warnings are allowed); all messages go to
 * `diags`, several per file, in order of place. Returns false when there are errors. Never crashes on any
 * bytes. A unit that breaks the rules of its own keys (ranges, relations, names, duplicates) is an error;
 * unknown keys are kept with a warning.
 */
MUST_CHECK bool unit_parse(struct arena *into, const char *text, size_t n, struct diags *diags,
                           const struct unit_file **ret);

/* Canonical text: tab indentation, ty cm sz el* ar* first, then others in their order, then children. */
void unit_print(struct strbuf *into, const struct unit_file *file);
void unit_print_one(struct strbuf *into, const struct unit *unit, int depth);
/* The same without x_ parameters, for a real JP1; each left-out line is listed in `left_out` ("path: key=value\n"). */
void unit_print_jp1(struct strbuf *into, const struct unit_file *file, struct strbuf *left_out);

/* Full path "/a/b/c" of a unit below `prefix` ("" or "/grp"). */
const char *unit_path(struct arena *into, const struct unit *unit, const char *prefix);
const struct unit *unit_find(const struct unit_file *file, const char *path); /* NULL if absent */
bool unit_is_root_net(const struct unit *unit); /* a jobnet whose parent is a group or the file */

enum unit_key {
#define UNIT_KEY(key, text, kinds, form, lo, hi, words, repeat, summary) key,
#include "jobnet/unit_keys.def"
#undef UNIT_KEY
    UNIT_KEYS
};

/* First (or after `last`) parameter with that key; NULL if none. */
const struct param *unit_param(const struct unit *unit, enum unit_key key, const struct param *last);
/* Decoded value: quotes removed, #" and ## resolved. NULL if the unit has no such key. */
const char *unit_text(struct arena *into, const struct unit *unit, enum unit_key key);
/* First letter-exact comparison with a raw value: unit_says(u, KEY_MS, "mlt"). */
bool unit_says(const struct unit *unit, enum unit_key key, const char *raw);
int64_t unit_number(const struct unit *unit, enum unit_key key, int64_t otherwise);

/*
 * Semantic difference: units added and removed (a move is both), parameters changed (order of repeatable keys
 * counts, of others not; el= and sz= are cosmetic and listed apart).
 */
enum unit_change { UNIT_ADDED, UNIT_REMOVED, PARAM_ADDED, PARAM_REMOVED, PARAM_CHANGED, ATTRIBUTE_CHANGED, LAYOUT_CHANGED };
struct unit_diff_row {
    enum unit_change change;
    const char *path, *key, *before, *after; /* NULL where it does not apply */
};
struct unit_diff {
    VEC(struct unit_diff_row) rows;
};
void unit_diff(struct arena *into, const struct unit_file *before, const struct unit_file *after,
               struct unit_diff *ret); /* rows are the caller's to vec_close */
