/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * operations - the table of every entrance from outside (operations.def), for api/, http/ and cli/.
 *
 * Constant data and look-ups; who may do what is decided in api/ alone.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "people/permission.h"

enum operation_code {
#define OPERATION(code, ...) OPERATION_##code,
#define FIELD(...)
#define FIXED(...)
#define SHOWN(...)
#define OPERATION_END(code)
#include "wire/operations.def"
#undef OPERATION
#undef FIELD
#undef FIXED
#undef SHOWN
#undef OPERATION_END
    OPERATIONS
};

enum operation_kind { OPERATION_IS_ACT, OPERATION_IS_READ, OPERATION_IS_LOGIN, OPERATION_IS_HTTP, OPERATION_IS_LOCAL };
enum operation_method { METHOD_NONE, METHOD_GET, METHOD_POST };

enum field_where { FIELD_IN_PATH, FIELD_IN_QUERY, FIELD_IN_BODY };
enum field_type {
    FIELD_TEXT,
    FIELD_UNIT,
    FIELD_RUN,
    FIELD_NODE,
    FIELD_INT,
    FIELD_REAL,
    FIELD_DATE,
    FIELD_TIME,
    FIELD_INSTANT,
    FIELD_BOOL,
    FIELD_WORD,
    FIELD_FILE
};
struct operation_field {
    const char *name;
    enum field_where where;
    enum field_type type;
    bool is_required;
    const char *words;             /* FIELD_WORD: "a|b|shown=meant" */
    const char *help[LANGS];
};

enum shown_type { SHOWN_TEXT, SHOWN_NUMBER, SHOWN_TIME, SHOWN_BOOL, SHOWN_STATUS };
struct operation_shown {
    const char *key;
    enum shown_type type;
    const char *heading[LANGS];
};

struct operation {
    enum operation_code code;
    const char *name;
    enum operation_method method;
    const char *path, *verb;
    enum permission permission;
    enum operation_kind kind;
    bool needs_reason;
    const char *help[LANGS];
    const struct operation_field *fields;
    size_t field_count;
    const struct operation_shown *shown;
    size_t shown_count;
};

const struct operation *operation_of(enum operation_code code);
const char *method_name(enum operation_method method);

/* The operation of a request, its path without query. NULL if there is none; *is_path_known tells 405 from 404.
 * *value: the text of the one {field} within the path, empty without one. */
const struct operation *operation_route(const char *method, const char *path, struct str *value, bool *is_path_known);
/* NULL if it has no such field. */
const struct operation_field *operation_field(const struct operation *operation, const char *name);
/* How many bytes its text may have. */
size_t operation_field_bytes_max(const struct operation_field *field);
/* The operation whose verb's words begin the arguments; *used is how many. NULL if none. */
const struct operation *operation_of_verb(const char *const *words, size_t count, size_t *used);
/* What the word means: its own text, or the one behind `=`. {NULL} if `value` is not among `words`. */
struct str operation_word(const char *words, struct str value);
/* One word after another as a person may write it: false at the end. */
bool operation_word_next(const char **words, struct str *shown, struct str *meant);
