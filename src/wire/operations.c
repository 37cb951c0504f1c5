/* SPDX-License-Identifier: Apache-2.0 */
/*
 * operations - the rows of operations.def as constant tables.
 *
 * The file is read several times, each pass keeping one kind of row; an array ends in an empty element so
 * that an operation without fields needs no case of its own.
 */
#include "wire/operations.h"

#include <string.h>

#include "base/limits.h"

/* Pass 1: the fields of each operation. */
#define OPERATION(code, ...) static const struct operation_field code##_fields[] = {
#define FIELD(name, member, where, type, presence, words, ja, en)                                            \
    {#name, FIELD_IN_##where, FIELD_##type, FIELD_IS_##presence, words, {ja, en}},
#define FIXED(...)
#define SHOWN(...)
#define OPERATION_END(code)                                                                                  \
    {0}                                                                                                      \
    }                                                                                                        \
    ;
enum { FIELD_IS_OPTIONAL, FIELD_IS_REQUIRED };
#include "wire/operations.def"
#undef OPERATION
#undef FIELD
#undef SHOWN
#undef OPERATION_END

/* Pass 2: what people see. */
#define OPERATION(code, ...) static const struct operation_shown code##_shown[] = {
#define FIELD(...)
#define SHOWN(key, type, ja, en) {#key, SHOWN_##type, {ja, en}},
#define OPERATION_END(code)                                                                                  \
    {0}                                                                                                      \
    }                                                                                                        \
    ;
#include "wire/operations.def"
#undef OPERATION
#undef SHOWN
#undef OPERATION_END

/* Pass 3: the operations. */
static const struct operation operations[] = {
#define OPERATION(code, name, method, path, verb, permission, kind, handler, needs_reason, ja, en)           \
    {OPERATION_##code,                                                                                       \
     name,                                                                                                   \
     METHOD_##method,                                                                                        \
     path,                                                                                                   \
     verb,                                                                                                   \
     PERMISSION_##permission,                                                                                \
     OPERATION_IS_##kind,                                                                                    \
     needs_reason,                                                                                           \
     {ja, en},                                                                                               \
     code##_fields,                                                                                          \
     COUNT(code##_fields) - 1,                                                                               \
     code##_shown,                                                                                           \
     COUNT(code##_shown) - 1},
#define SHOWN(...)
#define OPERATION_END(code)
#include "wire/operations.def"
#undef OPERATION
#undef FIELD
#undef FIXED
#undef SHOWN
#undef OPERATION_END
};

const struct operation *operation_of(enum operation_code code)
{
    return &operations[code];
}

const char *method_name(enum operation_method method)
{
    static const char *const names[] = {[METHOD_NONE] = "", [METHOD_GET] = "GET", [METHOD_POST] = "POST"};
    return names[method];
}

/* Does `path` follow the pattern? One {field} stands for one piece without a slash. */
static bool path_matches(const char *pattern, const char *path, struct str *value)
{
    const char *open = strchr(pattern, '{');
    if (!open) {
        return *pattern && str_equal(pattern, path);
    }
    size_t before = (size_t)(open - pattern);
    const char *tail = strchr(open, '}') + 1;
    if (strncmp(pattern, path, before) != 0) {
        return false;
    }
    const char *from = path + before;
    size_t n = strcspn(from, "/");
    if (n == 0 || !str_equal(from + n, tail)) {
        return false;
    }
    *value = (struct str){from, n};
    return true;
}

const struct operation *operation_route(const char *method, const char *path, struct str *value, bool *is_path_known)
{
    const struct operation *with_field = NULL;
    struct str found = {"", 0};
    *value = found;
    *is_path_known = false;
    /* A path written out wins over one with a field: /runs/hold is not the run called "hold". */
    for (size_t i = 0; i < COUNT(operations); i++) {
        struct str piece = {"", 0};
        if (!path_matches(operations[i].path, path, &piece)) {
            continue;
        }
        *is_path_known = true;
        if (!str_equal(method, method_name(operations[i].method))) {
            continue;
        }
        if (piece.n == 0) {
            return &operations[i];
        }
        with_field = &operations[i];
        found = piece;
    }
    *value = found;
    return with_field;
}

const struct operation_field *operation_field(const struct operation *operation, const char *name)
{
    for (size_t i = 0; i < operation->field_count; i++) {
        if (str_equal(operation->fields[i].name, name)) {
            return &operation->fields[i];
        }
    }
    return NULL;
}

size_t operation_field_bytes_max(const struct operation_field *field)
{
    if (field->type == FIELD_FILE) {
        return HTTP_BODY_BYTES_MAX;
    }
    return field->type == FIELD_UNIT || field->type == FIELD_RUN || field->type == FIELD_NODE ? UNIT_PATH_BYTES_MAX
                                                                                              : REASON_BYTES_MAX;
}

/* How many leading arguments are the small words of this verb; 0 if they are not. */
static size_t verb_words(const char *verb, const char *const *words, size_t count)
{
    size_t used = 0;
    struct str rest = str_of(verb), word;
    while (rest.n > 0) {
        (void)str_cut(rest, ' ', &word, &rest);
        bool is_word = word.n > 0 && word.at[0] >= 'a' && word.at[0] <= 'z';
        if (!is_word) {
            break;
        }
        if (used == count || !str_is(word, words[used])) {
            return 0;
        }
        used++;
    }
    return used;
}

const struct operation *operation_of_verb(const char *const *words, size_t count, size_t *used)
{
    const struct operation *best = NULL;
    *used = 0;
    for (size_t i = 0; i < COUNT(operations); i++) {
        size_t n = verb_words(operations[i].verb, words, count);
        if (n > *used) { /* the longer verb wins: `plan list` over a verb `plan` */
            *used = n;
            best = &operations[i];
        }
    }
    return best;
}

bool operation_word_next(const char **words, struct str *shown, struct str *meant)
{
    if (!**words) {
        return false;
    }
    struct str word = {*words, strcspn(*words, "|")};
    *words += word.n + ((*words)[word.n] == '|');
    if (!str_cut(word, '=', shown, meant)) {
        *meant = word;
    }
    return true;
}

struct str operation_word(const char *words, struct str value)
{
    struct str shown, meant;
    while (operation_word_next(&words, &shown, &meant)) {
        if (shown.n == value.n && memcmp(shown.at, value.at, value.n) == 0) {
            return meant;
        }
    }
    return (struct str){NULL, 0};
}
