/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openapi - operations.def and answers.def as an OpenAPI 3.1 document.
 *
 * Paths are grouped as OpenAPI wants them: the first operation of a path writes all of its methods.
 */
#include "wire/openapi.h"

#include "base/limits.h"
#include "wire/openapi_priv.h"

/* An example of each type that is written in a way of its own; NULL: none. */
static const char *example_of(enum field_type type)
{
    static const char *const examples[] = {
        [FIELD_TEXT] = NULL,           [FIELD_UNIT] = "\"/KSK/JN404\"", [FIELD_RUN] = "12",
        [FIELD_NODE] = "\"JB01\"",     [FIELD_INT] = NULL,             [FIELD_REAL] = "60",
        [FIELD_DATE] = "\"2026-06-29\"", [FIELD_TIME] = "\"27:30\"",   [FIELD_INSTANT] = "\"2026-06-29T27:30\"",
        [FIELD_BOOL] = NULL,           [FIELD_WORD] = NULL,            [FIELD_FILE] = NULL};
    return examples[type];
}

static void type_print(struct json *j, const struct operation_field *field)
{
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_UNIT:
    case FIELD_FILE:
    case FIELD_INSTANT:
        json_text(j, "type", "string");
        json_number(j, "maxLength", (int64_t)operation_field_bytes_max(field));
        break;
    case FIELD_RUN:
    case FIELD_NODE:
        json_raw(j, "type", "[\"integer\",\"string\"]");
        break;
    case FIELD_INT:
        json_text(j, "type", "integer");
        if (str_equal(field->name, "limit")) {
            json_number(j, "minimum", 1);
            json_number(j, "maximum", PAGE_ROWS_MAX);
        }
        break;
    case FIELD_REAL:
        json_text(j, "type", "number");
        json_number(j, "minimum", 0);
        break;
    case FIELD_DATE:
        json_text(j, "type", "string");
        json_text(j, "format", "date");
        break;
    case FIELD_TIME:
        json_text(j, "type", "string");
        json_text(j, "pattern", "^(none|([0-9]|[0-3][0-9]|4[0-7]):[0-5][0-9])$");
        break;
    case FIELD_BOOL:
        json_text(j, "type", "boolean");
        break;
    case FIELD_WORD:
        json_text(j, "type", "string");
        openapi_words(j, field->words);
        json_end(j);
        break;
    }
}

static void schema_print(struct json *j, const char *key, const struct operation_field *field)
{
    const char *example = example_of(field->type);
    json_open(j, key);
    type_print(j, field);
    if (example) {
        json_list(j, "examples");
        json_raw(j, NULL, example);
        json_end(j);
    }
    openapi_help(j, field->help);
    json_end(j);
}

static void parameter_ref(struct json *j, const char *name)
{
    CLEANUP(strbuf_close) struct strbuf ref = {0};
    strbuf_printf(&ref, "#/components/parameters/%s", name);
    json_open(j, NULL);
    json_text(j, "$ref", strbuf_str(&ref));
    json_end(j);
}

static void parameters_print(struct json *j, const struct operation *operation)
{
    json_list(j, "parameters");
    for (size_t i = 0; i < operation->field_count; i++) {
        const struct operation_field *field = &operation->fields[i];
        if (field->where == FIELD_IN_BODY) {
            continue;
        }
        json_open(j, NULL);
        json_text(j, "name", field->name);
        json_text(j, "in", field->where == FIELD_IN_PATH ? "path" : "query");
        json_bool(j, "required", field->is_required);
        schema_print(j, "schema", field);
        json_end(j);
    }
    const char *key;
    if (operation->method == METHOD_GET && answer_items(operation->code, &key) != SHAPE_none) {
        parameter_ref(j, "Fields");
        parameter_ref(j, "Format");
    }
    if (operation->method == METHOD_POST && operation->kind == OPERATION_IS_ACT) {
        parameter_ref(j, "IdempotencyKey");
    }
    if (operation->method == METHOD_POST && operation->permission != PERMISSION_OPEN && operation->permission != PERMISSION_AGENT) {
        parameter_ref(j, "Csrf");
    }
    json_end(j);
}

static void body_print(struct json *j, const struct operation *operation)
{
    json_open(j, "requestBody");
    json_bool(j, "required", true);
    json_open(j, "content");
    json_open(j, "application/json");
    json_open(j, "schema");
    json_text(j, "type", "object");
    json_open(j, "properties");
    for (size_t i = 0; i < operation->field_count; i++) {
        if (operation->fields[i].where == FIELD_IN_BODY) {
            schema_print(j, operation->fields[i].name, &operation->fields[i]);
        }
    }
    json_end(j);
    json_list(j, "required");
    for (size_t i = 0; i < operation->field_count; i++) {
        if (operation->fields[i].where == FIELD_IN_BODY && operation->fields[i].is_required) {
            json_text(j, NULL, operation->fields[i].name);
        }
    }
    if (operation->needs_reason) {
        json_text(j, NULL, "reason");
    }
    json_end(j);
    json_bool(j, "additionalProperties", false);
    json_end(j);
    json_end(j);
    json_end(j);
    json_end(j);
}

static void operation_print(struct json *j, const struct operation *operation)
{
    json_open(j, operation->method == METHOD_POST ? "post" : "get");
    /* Two entrances may lead to one act (hold and release): the path tells them apart. */
    CLEANUP(strbuf_close) struct strbuf id = {0};
    strbuf_text(&id, operation->path + 1);
    for (size_t i = 0; i < id.n; i++) {
        bool is_plain = (id.at[i] >= 'a' && id.at[i] <= 'z') || (id.at[i] >= '0' && id.at[i] <= '9');
        id.at[i] = is_plain ? id.at[i] : '_';
    }
    strbuf_text(&id, operation->method == METHOD_POST ? "_post" : "_get");
    json_text(j, "operationId", strbuf_str(&id));
    struct str noun, verb;
    (void)str_cut(str_of(operation->name), '.', &noun, &verb);
    json_list(j, "tags");
    json_bytes(j, NULL, noun.at, noun.n);
    json_end(j);
    json_text(j, "summary", operation->help[LANG_EN]);
    json_text(j, "x-summary-ja", operation->help[LANG_JA]);
    json_text(j, "x-operation", operation->name);
    json_text(j, "x-permission", permission_name(operation->permission));
    json_text(j, "x-cli", operation->verb);
    json_bool(j, "x-needs-reason", operation->needs_reason);
    parameters_print(j, operation);
    if (operation->method == METHOD_POST && operation->kind != OPERATION_IS_HTTP) {
        body_print(j, operation);
    }
    openapi_responses(j, operation);
    if (operation->permission == PERMISSION_OPEN) {
        json_raw(j, "security", "[]");
    }
    json_end(j);
}

static bool is_first_of_path(int code)
{
    const char *path = operation_of((enum operation_code)code)->path;
    for (int before = 0; before < code; before++) {
        if (str_equal(operation_of((enum operation_code)before)->path, path)) {
            return false;
        }
    }
    return *path != '\0';
}

void openapi_print(struct strbuf *into)
{
    struct json j = {.into = into};
    json_open(&j, NULL);
    json_text(&j, "openapi", "3.1.0");
    json_open(&j, "info");
    json_text(&j, "title", "Banto (番頭)");
    json_text(&j, "version", BANTO_VERSION);
    json_text(&j, "description", "Operation of outsourced systems: jobnets, windows, record. Written from operations.def and answers.def.");
    json_raw(&j, "license", "{\"name\":\"Apache-2.0\",\"identifier\":\"Apache-2.0\"}");
    json_end(&j);
    json_raw(&j, "servers", "[{\"url\":\"/\",\"description\":\"the server that this document came from\"}]");
    json_raw(&j, "security", "[{\"session\":[]},{\"token\":[]},{}]"); /* {}: the Unix socket knows who it is */
    json_open(&j, "paths");
    for (int code = 0; code < OPERATIONS; code++) {
        if (!is_first_of_path(code)) {
            continue;
        }
        json_open(&j, operation_of((enum operation_code)code)->path);
        for (int same = code; same < OPERATIONS; same++) {
            const struct operation *operation = operation_of((enum operation_code)same);
            if (str_equal(operation->path, operation_of((enum operation_code)code)->path)) {
                operation_print(&j, operation);
            }
        }
        json_end(&j);
    }
    json_end(&j);
    openapi_components(&j);
    json_end(&j);
}
