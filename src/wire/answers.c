/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answers - the rows of answers.def as constant tables; read in passes, as operations.c does.
 */
#include "wire/answers.h"

#include <string.h>

/* Pass 1: the members of each shape. */
#define SHAPE(code, ja, en) static const struct member code##_members[] = {
#define MEMBER(key, type, shape, presence, ja, en)                                                           \
    {#key, MEMBER_##type, SHAPE_##shape, "", PRESENT_##presence, {ja, en}},
#define WORD(key, words, presence, ja, en) {#key, MEMBER_WORD, SHAPE_none, words, PRESENT_##presence, {ja, en}},
#define SHAPE_END(code)                                                                                      \
    {0}                                                                                                      \
    }                                                                                                        \
    ;
#define ANSWER(...)
#include "wire/answers.def"
#undef SHAPE
#undef MEMBER
#undef WORD
#undef SHAPE_END

/* Pass 2: the shapes. */
static const struct shape shapes[] = {
    [SHAPE_none] = {"none", {"", ""}, NULL, 0},
#define SHAPE(code, ja, en) [SHAPE_##code] = {#code, {ja, en}, code##_members, COUNT(code##_members) - 1},
#define MEMBER(...)
#define WORD(...)
#define SHAPE_END(code)
#include "wire/answers.def"
#undef SHAPE
#undef ANSWER
};

/* Pass 3: who answers what. */
static const struct answer_form forms[] = {
#define SHAPE(...)
#define ANSWER(operation, kind, shape, list) {OPERATION_##operation, ANSWER_##kind, SHAPE_##shape, list},
#include "wire/answers.def"
#undef SHAPE
#undef MEMBER
#undef WORD
#undef SHAPE_END
#undef ANSWER
};

const struct shape *shape_of(enum shape_code code)
{
    return &shapes[code];
}

const struct member *shape_member(const struct shape *shape, struct str key)
{
    for (size_t i = 0; i < shape->member_count; i++) {
        if (str_is(key, shape->members[i].key)) {
            return &shape->members[i];
        }
    }
    return NULL;
}

const struct answer_form *answer_form(enum operation_code operation)
{
    for (size_t i = 0; i < COUNT(forms); i++) {
        if (forms[i].operation == operation) {
            return &forms[i];
        }
    }
    return NULL;
}

enum shape_code answer_items(enum operation_code operation, const char **key)
{
    const struct answer_form *form = answer_form(operation);
    if (!form || form->kind == ANSWER_TEXT || (form->kind == ANSWER_ONE && !*form->list)) {
        return SHAPE_none;
    }
    *key = form->kind == ANSWER_LIST ? "items" : form->list;
    if (form->kind == ANSWER_LIST) {
        return form->shape;
    }
    const struct member *member = shape_member(shape_of(form->shape), str_of(form->list));
    return member ? member->shape : SHAPE_none;
}

bool answer_has_secret(enum operation_code operation)
{
    const struct answer_form *form = answer_form(operation);
    const struct shape *shape = shape_of(form ? form->shape : SHAPE_none);
    for (size_t i = 0; i < shape->member_count; i++) {
        if (shape->members[i].type == MEMBER_SECRET) {
            return true;
        }
    }
    return false;
}
