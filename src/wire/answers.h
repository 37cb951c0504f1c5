/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * answers - what each operation answers, as tables (answers.def): for openapi.c, for `fields=` of lists, for tests.
 *
 * Constant data and look-ups. An operation answers one object, or a list {"items": […], "next": …} of one shape.
 */
#include "wire/operations.h"

enum shape_code {
    SHAPE_none,
#define SHAPE(code, ja, en) SHAPE_##code,
#define MEMBER(...)
#define WORD(...)
#define SHAPE_END(code)
#define ANSWER(...)
#include "wire/answers.def"
#undef SHAPE
#undef MEMBER
#undef WORD
#undef SHAPE_END
#undef ANSWER
    SHAPES
};

enum member_type {
    MEMBER_TEXT,
    MEMBER_WORD,       /* one of `words` */
    MEMBER_INT,
    MEMBER_REAL,
    MEMBER_BOOL,
    MEMBER_DATE,
    MEMBER_INSTANT,    /* RFC 3339 with offset */
    MEMBER_TIME,       /* 48-hour */
    MEMBER_SECRET,     /* text told only once: never kept for an Idempotency-Key */
    MEMBER_OBJECT,     /* of `shape` */
    MEMBER_LIST,       /* of `shape` */
    MEMBER_TEXTS,      /* list of text */
    MEMBER_INTS,       /* list of numbers */
    MEMBER_BOTH        /* {"ja", "en"} */
};
enum member_presence { PRESENT_MUST, PRESENT_NULLABLE /* there, perhaps null */, PRESENT_MAY /* perhaps not there, never null */, PRESENT_ANY };
struct member {
    const char *key;
    enum member_type type;
    enum shape_code shape;
    const char *words;
    enum member_presence presence;
    const char *help[LANGS];
};
struct shape {
    const char *name;
    const char *help[LANGS];
    const struct member *members;
    size_t member_count;
};
const struct shape *shape_of(enum shape_code code);
const struct member *shape_member(const struct shape *shape, struct str key); /* NULL if it has none of that name */

enum answer_kind { ANSWER_ONE, ANSWER_LIST, ANSWER_TEXT /* not JSON */ };
struct answer_form {
    enum operation_code operation;
    enum answer_kind kind;
    enum shape_code shape;     /* of the object, or of one item */
    const char *list;          /* ONE: the member that is the operation's list, "" = none; LIST: "items"; TEXT: the media type */
};
/* NULL: not declared. */
const struct answer_form *answer_form(enum operation_code operation);
/* Shape of one item of the operation's list, SHAPE_none if it answers no list. *key: the member that holds it. */
enum shape_code answer_items(enum operation_code operation, const char **key);
/* Does it tell a secret that must not be kept? */
bool answer_has_secret(enum operation_code operation);
