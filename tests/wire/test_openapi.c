/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_openapi - is the description whole: every reference found, every name once, every required member there.
 *
 * With an argument the document is written to that file, for other checkers: test_wire_openapi openapi.json
 */
#include "tests/unit.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "wire/answers.h"
#include "wire/openapi.h"

static json_t *document(void)
{
    struct strbuf text = {0};
    openapi_print(&text);
    json_error_t error;
    json_t *root = json_loadb(text.at, text.n, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        fail_msg("%d: %s", error.position, error.text);
    }
    strbuf_close(&text);
    return root;
}

/* "#/components/schemas/Text" within the document. */
static json_t *follow(json_t *root, const char *ref)
{
    struct str rest = str_of(ref + 2), piece;
    assert_true(str_starts(ref, "#/"));
    while (root && rest.n > 0) {
        char key[128];
        (void)str_cut(rest, '/', &piece, &rest);
        (void)snprintf(key, sizeof(key), "%.*s", STR_ARG(piece));
        root = json_object_get(root, key);
    }
    return root;
}

static void refs_check(json_t *root, json_t *at, int depth)
{
    const char *key;
    json_t *value;
    size_t i;
    assert_true(depth < 40);
    json_array_foreach(at, i, value) { refs_check(root, value, depth + 1); }
    json_object_foreach(at, key, value)
    {
        if (str_equal(key, "$ref") && json_is_string(value) && !follow(root, json_string_value(value))) {
            fail_msg("%s leads nowhere", json_string_value(value));
        }
        refs_check(root, value, depth + 1);
    }
}

static void every_reference_is_found(void **state)
{
    json_t *root = document();
    refs_check(root, root, 0);
    json_decref(root);
}

static void object_check(json_t *schema, const char *name)
{
    size_t i;
    json_t *required;
    json_array_foreach(json_object_get(schema, "required"), i, required)
    {
        if (!json_object_get(json_object_get(schema, "properties"), json_string_value(required))) {
            fail_msg("%s requires %s, which it does not have", name, json_string_value(required));
        }
    }
}

static void what_is_required_is_described(void **state)
{
    json_t *root = document(), *schema;
    const char *name;
    json_object_foreach(json_object_get(json_object_get(root, "components"), "schemas"), name, schema)
    {
        assert_string_equal(json_string_value(json_object_get(schema, "type")), "object");
        object_check(schema, name);
    }
    json_decref(root);
}

static void operation_check(json_t *root, const char *path, json_t *operation, json_t *ids)
{
    const char *id = json_string_value(json_object_get(operation, "operationId"));
    size_t i;
    json_t *parameter;
    bool has_path = false;
    assert_non_null(id);
    assert_null(json_object_get(ids, id));
    assert_int_equal(json_object_set_new(ids, id, json_true()), 0);
    json_array_foreach(json_object_get(operation, "parameters"), i, parameter)
    {
        const char *ref = json_string_value(json_object_get(parameter, "$ref"));
        parameter = ref ? follow(root, ref) : parameter;
        const char *where = json_string_value(json_object_get(parameter, "in"));
        assert_non_null(json_object_get(parameter, "schema"));
        assert_non_null(json_object_get(parameter, "name"));
        has_path = has_path || str_equal(where, "path");
    }
    assert_int_equal(has_path, strchr(path, '{') != NULL);
    assert_non_null(json_object_get(json_object_get(operation, "responses"), "200"));
    assert_non_null(json_object_get(json_object_get(operation, "responses"), "default"));
    assert_non_null(json_object_get(operation, "summary"));
}

static void every_operation_is_described(void **state)
{
    json_t *root = document(), *ids = json_object(), *methods, *operation;
    const char *path, *method;
    json_object_foreach(json_object_get(root, "paths"), path, methods)
    {
        json_object_foreach(methods, method, operation) { operation_check(root, path, operation, ids); }
    }
    json_decref(ids);
    json_decref(root);
}

static void every_operation_declares_its_answer(void **state)
{
    struct strbuf missing = {0};
    for (int code = 0; code < OPERATIONS; code++) {
        const struct operation *operation = operation_of((enum operation_code)code);
        if (*operation->path && !answer_form(operation->code)) {
            strbuf_printf(&missing, "%s%s", missing.n ? ", " : "", operation->name);
        }
    }
    if (missing.n) {
        fail_msg("their ANSWER is missing in answers.def: %s", strbuf_str(&missing));
    }
    strbuf_close(&missing);
}

static void lists_are_of_declared_shapes(void **state)
{
    for (int code = 0; code < OPERATIONS; code++) {
        const struct answer_form *form = answer_form((enum operation_code)code);
        const char *key = "";
        if (form && form->kind == ANSWER_ONE && *form->list) {
            assert_int_not_equal(answer_items((enum operation_code)code, &key), SHAPE_none);
            assert_string_equal(key, form->list);
        }
    }
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_is_found),
        cmocka_unit_test(what_is_required_is_described),
        cmocka_unit_test(every_operation_is_described),
        cmocka_unit_test(every_operation_declares_its_answer),
        cmocka_unit_test(lists_are_of_declared_shapes),
    };
    if (count > 1) {
        struct strbuf text = {0};
        FILE *to = fopen(arguments[1], "w");
        openapi_print(&text);
        bool is_written = to && fwrite(text.at, 1, text.n, to) == text.n;
        strbuf_close(&text);
        return to && fclose(to) == 0 && is_written ? 0 : 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
