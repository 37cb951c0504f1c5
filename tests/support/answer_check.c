/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer_check - answers.def against what was really answered.
 */
#include "tests/support/answer_check.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"

struct check {
    char *why;
    size_t size;
};

static bool differs(struct check *check, const char *where, const char *key, const char *what)
{
    (void)snprintf(check->why, check->size, "%s.%s: %s", where, key, what);
    return false;
}

static bool object_fits(struct check *check, const struct shape *shape, const json_t *object);

static bool is_word(const char *words, const char *text)
{
    struct str meant = operation_word(words, str_of(text));
    return meant.at != NULL;
}

static bool is_both(const json_t *value)
{
    return json_object_size(value) == 2 && json_is_string(json_object_get(value, "ja")) && json_is_string(json_object_get(value, "en"));
}

static bool list_fits(struct check *check, const struct shape *shape, const struct member *member, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        bool is_good = member->type == MEMBER_TEXTS  ? json_is_string(item)
                       : member->type == MEMBER_INTS ? json_is_integer(item)
                                                     : object_fits(check, shape_of(member->shape), item);
        if (!is_good) {
            return member->type == MEMBER_LIST ? false : differs(check, shape->name, member->key, "an item of another type");
        }
    }
    return json_is_array(list) || differs(check, shape->name, member->key, "no list");
}

static bool text_fits(const struct member *member, const char *text)
{
    struct instant at;
    struct bizday day;
    struct daytime time;
    switch (member->type) {
    case MEMBER_WORD:
        return is_word(member->words, text);
    case MEMBER_DATE:
        return bizday_parse(text, &day);
    case MEMBER_INSTANT:
        return instant_parse(text, &at);
    case MEMBER_TIME:
        return daytime_parse(text, &time);
    case MEMBER_TEXT:
    case MEMBER_SECRET:
    case MEMBER_INT:
    case MEMBER_REAL:
    case MEMBER_BOOL:
    case MEMBER_OBJECT:
    case MEMBER_LIST:
    case MEMBER_TEXTS:
    case MEMBER_INTS:
    case MEMBER_BOTH:
        return true;
    }
    return true;
}

static bool value_fits(struct check *check, const struct shape *shape, const struct member *member, const json_t *value)
{
    switch (member->type) {
    case MEMBER_TEXT:
    case MEMBER_WORD:
    case MEMBER_DATE:
    case MEMBER_INSTANT:
    case MEMBER_TIME:
    case MEMBER_SECRET:
        return (json_is_string(value) && text_fits(member, json_string_value(value))) ||
               differs(check, shape->name, member->key, json_is_string(value) ? json_string_value(value) : "no text");
    case MEMBER_INT:
        return json_is_integer(value) || differs(check, shape->name, member->key, "no whole number");
    case MEMBER_REAL:
        return json_is_number(value) || differs(check, shape->name, member->key, "no number");
    case MEMBER_BOOL:
        return json_is_boolean(value) || differs(check, shape->name, member->key, "neither true nor false");
    case MEMBER_OBJECT:
        return object_fits(check, shape_of(member->shape), value);
    case MEMBER_LIST:
    case MEMBER_TEXTS:
    case MEMBER_INTS:
        return list_fits(check, shape, member, value);
    case MEMBER_BOTH:
        return is_both(value) || differs(check, shape->name, member->key, "not {ja, en}");
    }
    return false;
}

static bool object_fits(struct check *check, const struct shape *shape, const json_t *object)
{
    const char *key;
    const json_t *value;
    if (!json_is_object(object)) {
        return differs(check, shape->name, "", "no object");
    }
    for (size_t i = 0; i < shape->member_count; i++) {
        const struct member *member = &shape->members[i];
        bool may_be_null = member->presence == PRESENT_NULLABLE || member->presence == PRESENT_ANY;
        bool may_be_absent = member->presence == PRESENT_MAY || member->presence == PRESENT_ANY;
        value = json_object_get(object, member->key);
        if (!value && !may_be_absent) {
            return differs(check, shape->name, member->key, "missing");
        }
        bool is_nothing = !value || (json_is_null(value) && may_be_null);
        if (!is_nothing && !value_fits(check, shape, member, value)) {
            return false;
        }
    }
    for (void *at = json_object_iter((json_t *)(uintptr_t)object); at; at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        key = json_object_iter_key(at);
        if (!shape_member(shape, str_of(key))) {
            return differs(check, shape->name, key, "not declared");
        }
    }
    return true;
}

static bool list_answer_fits(struct check *check, const struct shape *shape, const json_t *root)
{
    const json_t *items = json_object_get(root, "items"), *next = json_object_get(root, "next");
    bool is_list = json_object_size(root) == 2 && json_is_array(items) && (json_is_string(next) || json_is_null(next));
    if (!is_list) {
        return differs(check, shape->name, "items", "not {items, next}");
    }
    for (size_t i = 0; i < json_array_size(items); i++) {
        if (!object_fits(check, shape, json_array_get(items, i))) {
            return false;
        }
    }
    return true;
}

bool answer_check(enum operation_code operation, const char *json, size_t n, char *why, size_t why_size)
{
    struct check check = {why, why_size};
    const struct answer_form *form = answer_form(operation);
    json_error_t wrong = {.line = 0};
    if (!form) {
        return differs(&check, operation_of(operation)->name, "", "no ANSWER in answers.def");
    }
    if (form->kind == ANSWER_TEXT) {
        return true;
    }
    json_t *root = json_loadb(json, n, JSON_REJECT_DUPLICATES, &wrong);
    bool is_good = root ? (form->kind == ANSWER_LIST ? list_answer_fits : object_fits)(&check, shape_of(form->shape), root)
                        : differs(&check, "JSON", "", wrong.text);
    json_decref(root);
    return is_good;
}

bool answer_check_lines(enum operation_code operation, const char *text, size_t n, char *why, size_t why_size)
{
    struct check check = {why, why_size};
    const char *key = "";
    const struct shape *shape = shape_of(answer_items(operation, &key));
    struct str rest = {text, n}, line;
    while (rest.n > 0) {
        json_error_t wrong = {.line = 0};
        (void)str_cut(rest, '\n', &line, &rest);
        json_t *root = json_loadb(line.at, line.n, JSON_REJECT_DUPLICATES, &wrong);
        bool is_good = root ? object_fits(&check, shape, root) : differs(&check, "JSON", "", wrong.text);
        json_decref(root);
        if (!is_good) {
            return false;
        }
    }
    return true;
}
