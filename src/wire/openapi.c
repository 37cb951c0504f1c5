/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openapi - operations.def as an OpenAPI 3.1 document.
 *
 * Paths are grouped as OpenAPI wants them: the first operation of a path writes all of its methods.
 */
#include "wire/openapi.h"

#include "wire/json.h"
#include "wire/operations.h"

static void words_print(struct json *j, const char *words)
{
    struct str shown, meant;
    json_list(j, "enum");
    while (operation_word_next(&words, &shown, &meant)) {
        json_bytes(j, NULL, shown.at, shown.n);
    }
    json_end(j);
}

static void schema_print(struct json *j, const char *key, const struct operation_field *field)
{
    json_open(j, key);
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_UNIT:
    case FIELD_FILE:
    case FIELD_INSTANT:
        json_text(j, "type", "string");
        break;
    case FIELD_RUN:
    case FIELD_NODE:
        json_list(j, "type");
        json_text(j, NULL, "integer");
        json_text(j, NULL, "string");
        json_end(j);
        break;
    case FIELD_INT:
        json_text(j, "type", "integer");
        break;
    case FIELD_REAL:
        json_text(j, "type", "number");
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
        words_print(j, field->words);
        break;
    }
    json_text(j, "description", field->help[LANG_EN]);
    json_text(j, "x-description-ja", field->help[LANG_JA]);
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

static void items_print(struct json *j, const struct operation *operation)
{
    json_open(j, "properties");
    json_open(j, "items");
    json_text(j, "type", "array");
    json_open(j, "items");
    json_text(j, "type", "object");
    json_open(j, "properties");
    for (size_t i = 0; i < operation->shown_count; i++) {
        json_open(j, operation->shown[i].key);
        json_text(j, "description", operation->shown[i].heading[LANG_EN]);
        json_text(j, "x-description-ja", operation->shown[i].heading[LANG_JA]);
        json_end(j);
    }
    json_end(j);
    json_end(j);
    json_end(j);
    json_open(j, "next");
    json_list(j, "type");
    json_text(j, NULL, "string");
    json_text(j, NULL, "null");
    json_end(j);
    json_end(j);
    json_end(j);
}

static void responses_print(struct json *j, const struct operation *operation)
{
    json_open(j, "responses");
    json_open(j, "200");
    json_text(j, "description", "done");
    json_open(j, "content");
    json_open(j, operation->code == OPERATION_METRICS ? "text/plain"
                 : operation->code == OPERATION_CHANGES ? "text/event-stream"
                 : operation->code == OPERATION_AGENT_STREAM ? "application/x-ndjson"
                                                             : "application/json");
    if (operation->shown_count > 0) {
        json_open(j, "schema");
        json_text(j, "type", "object");
        items_print(j, operation);
        json_end(j);
    }
    json_end(j);
    json_end(j);
    json_end(j);
    json_open(j, "default");
    json_text(j, "$ref", "#/components/responses/Error");
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
    json_text(j, "summary", operation->help[LANG_EN]);
    json_text(j, "x-summary-ja", operation->help[LANG_JA]);
    json_text(j, "x-operation", operation->name);
    json_text(j, "x-permission", permission_name(operation->permission));
    json_text(j, "x-cli", operation->verb);
    json_bool(j, "x-needs-reason", operation->needs_reason);
    parameters_print(j, operation);
    if (operation->method == METHOD_POST && operation->kind == OPERATION_IS_ACT) {
        body_print(j, operation);
    }
    responses_print(j, operation);
    json_end(j);
}

static void error_print(struct json *j)
{
    json_open(j, "components");
    json_open(j, "responses");
    json_open(j, "Error");
    json_text(j, "description", "refused, with message ID, text and what to do in both languages");
    json_open(j, "content");
    json_open(j, "application/json");
    json_raw(j, "schema",
             "{\"type\":\"object\",\"properties\":{\"error\":{\"type\":\"object\",\"properties\":{"
             "\"id\":{\"type\":\"string\"},\"message\":{\"$ref\":\"#/components/schemas/Text\"},"
             "\"action\":{\"$ref\":\"#/components/schemas/Text\"},\"field\":{\"type\":[\"string\",\"null\"]}}}}}");
    json_end(j);
    json_end(j);
    json_end(j);
    json_end(j);
    json_raw(j, "schemas",
             "{\"Text\":{\"type\":\"object\",\"properties\":{\"ja\":{\"type\":\"string\"},\"en\":{\"type\":\"string\"}}}}");
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
    json_end(&j);
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
    error_print(&j);
    json_end(&j);
}
