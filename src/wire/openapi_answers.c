/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openapi_answers - answers.def as schemas and responses of the OpenAPI document.
 */
#include "wire/openapi_priv.h"

#include "base/limits.h"

void openapi_help(struct json *j, const char *const help[LANGS])
{
    json_text(j, "description", help[LANG_EN]);
    json_text(j, "x-description-ja", help[LANG_JA]);
}

void openapi_words(struct json *j, const char *words)
{
    struct str shown, meant;
    json_list(j, "enum");
    while (operation_word_next(&words, &shown, &meant)) {
        json_bytes(j, NULL, shown.at, shown.n);
    }
}

static void shape_ref(struct json *j, enum shape_code shape)
{
    CLEANUP(strbuf_close) struct strbuf ref = {0};
    strbuf_printf(&ref, "#/components/schemas/%s", shape_of(shape)->name);
    json_text(j, "$ref", strbuf_str(&ref));
}

/* "type": with null where there may be one. */
static void type_print(struct json *j, const char *type, bool may_be_null)
{
    if (!may_be_null) {
        json_text(j, "type", type);
        return;
    }
    json_list(j, "type");
    json_text(j, NULL, type);
    json_text(j, NULL, "null");
    json_end(j);
}

/* format, pattern and example of a text; NULL: none */
struct text_form {
    const char *type, *format, *pattern, *example; /* example: JSON */
};

static const struct text_form *form_of(enum member_type type)
{
    static const struct text_form forms[] = {
        [MEMBER_TEXT] = {"string", NULL, NULL, NULL},
        [MEMBER_WORD] = {"string", NULL, NULL, NULL},
        [MEMBER_INT] = {"integer", "int64", NULL, NULL},
        [MEMBER_REAL] = {"number", "double", NULL, NULL},
        [MEMBER_BOOL] = {"boolean", NULL, NULL, NULL},
        [MEMBER_DATE] = {"string", "date", NULL, "\"2026-06-29\""},
        [MEMBER_INSTANT] = {"string", "date-time", NULL, "\"2026-06-29T19:00:00+09:00\""},
        [MEMBER_TIME] = {"string", NULL, "^([0-9]|[0-3][0-9]|4[0-7]):[0-5][0-9]$", "\"27:30\""},
        [MEMBER_SECRET] = {"string", "password", NULL, NULL},
        [MEMBER_OBJECT] = {"object", NULL, NULL, NULL},
        [MEMBER_LIST] = {"array", NULL, NULL, NULL},
        [MEMBER_TEXTS] = {"array", NULL, NULL, NULL},
        [MEMBER_INTS] = {"array", NULL, NULL, NULL},
        [MEMBER_BOTH] = {"object", NULL, NULL, NULL},
    };
    return &forms[type];
}

static void object_ref(struct json *j, const struct member *member, bool may_be_null)
{
    if (may_be_null) {
        json_list(j, "anyOf");
        json_open(j, NULL);
    }
    if (member->type == MEMBER_BOTH) {
        json_text(j, "$ref", "#/components/schemas/Text");
    } else {
        shape_ref(j, member->shape);
    }
    if (may_be_null) {
        json_end(j);
        json_raw(j, NULL, "{\"type\":\"null\"}");
        json_end(j);
    }
}

static void member_print(struct json *j, const struct member *member)
{
    const struct text_form *form = form_of(member->type);
    bool may_be_null = member->presence == PRESENT_NULLABLE || member->presence == PRESENT_ANY;
    json_open(j, member->key);
    if (member->type == MEMBER_OBJECT || member->type == MEMBER_BOTH) {
        object_ref(j, member, may_be_null);
    } else {
        type_print(j, form->type, may_be_null);
    }
    if (member->type == MEMBER_WORD) {
        openapi_words(j, member->words);
        if (may_be_null) {
            json_none(j, NULL);
        }
        json_end(j);
    } else if (member->type == MEMBER_LIST) {
        json_open(j, "items");
        shape_ref(j, member->shape);
        json_end(j);
    } else if (member->type == MEMBER_TEXTS || member->type == MEMBER_INTS) {
        json_raw(j, "items", member->type == MEMBER_INTS ? "{\"type\":\"integer\"}" : "{\"type\":\"string\"}");
    }
    if (form->format) {
        json_text(j, "format", form->format);
    }
    if (form->pattern) {
        json_text(j, "pattern", form->pattern);
    }
    if (form->example) {
        json_list(j, "examples");
        json_raw(j, NULL, form->example);
        json_end(j);
    }
    openapi_help(j, member->help);
    json_end(j);
}

static void shape_print(struct json *j, const struct shape *shape)
{
    json_open(j, shape->name);
    json_text(j, "type", "object");
    openapi_help(j, shape->help);
    json_open(j, "properties");
    for (size_t i = 0; i < shape->member_count; i++) {
        member_print(j, &shape->members[i]);
    }
    json_end(j);
    json_list(j, "required");
    for (size_t i = 0; i < shape->member_count; i++) {
        if (shape->members[i].presence == PRESENT_MUST || shape->members[i].presence == PRESENT_NULLABLE) {
            json_text(j, NULL, shape->members[i].key);
        }
    }
    json_end(j);
    json_bool(j, "additionalProperties", false);
    json_end(j);
}

/* ---- responses ---- */

static void list_schema(struct json *j, enum shape_code shape)
{
    json_text(j, "type", "object");
    json_open(j, "properties");
    json_open(j, "items");
    json_text(j, "type", "array");
    json_open(j, "items");
    shape_ref(j, shape);
    json_end(j);
    json_end(j);
    json_raw(j, "next", "{\"type\":[\"string\",\"null\"],\"description\":\"what `after` takes for the next page; null: this was the last\"}");
    json_end(j);
    json_raw(j, "required", "[\"items\",\"next\"]");
    json_bool(j, "additionalProperties", false);
}

static void json_content(struct json *j, const struct answer_form *form)
{
    json_open(j, "application/json");
    json_open(j, "schema");
    if (!form) {
        json_text(j, "type", "object");
    } else if (form->kind == ANSWER_LIST) {
        list_schema(j, form->shape);
    } else {
        shape_ref(j, form->shape);
    }
    json_end(j);
    json_end(j);
}

static void text_content(struct json *j, const struct answer_form *form)
{
    bool is_json = str_equal(form->list, "application/json");
    json_open(j, form->list);
    json_open(j, "schema");
    json_text(j, "type", is_json ? "object" : "string");
    json_end(j);
    if (form->shape != SHAPE_none) { /* of the data of one event */
        json_open(j, "x-event");
        shape_ref(j, form->shape);
        json_end(j);
    }
    json_end(j);
}

void openapi_responses(struct json *j, const struct operation *operation)
{
    static const char *const refusals[] = {"400", "401", "403", "404", "409", "413", "422", "503"};
    const struct answer_form *form = answer_form(operation->code);
    const char *key = "";
    enum shape_code items = answer_items(operation->code, &key);
    json_open(j, "responses");
    json_open(j, "200");
    json_text(j, "description", operation->help[LANG_EN]);
    json_open(j, "content");
    if (form && form->kind == ANSWER_TEXT) {
        text_content(j, form);
    } else {
        json_content(j, form);
    }
    if (items != SHAPE_none && operation->method == METHOD_GET) { /* a line each */
        json_open(j, "application/x-ndjson");
        json_open(j, "schema");
        shape_ref(j, items);
        json_end(j);
        json_end(j);
    }
    json_end(j);
    json_end(j);
    for (size_t i = 0; i < COUNT(refusals); i++) {
        bool is_of_act = i >= 4 && i <= 6;
        if (!is_of_act || operation->method == METHOD_POST) {
            json_open(j, refusals[i]);
            json_text(j, "$ref", "#/components/responses/Error");
            json_end(j);
        }
    }
    json_open(j, "default");
    json_text(j, "$ref", "#/components/responses/Error");
    json_end(j);
    json_end(j);
}

/* ---- components ---- */

static void schemas_print(struct json *j)
{
    json_open(j, "schemas");
    for (int code = SHAPE_none + 1; code < SHAPES; code++) {
        shape_print(j, shape_of((enum shape_code)code));
    }
    json_raw(j, "Text",
             "{\"type\":\"object\",\"description\":\"a text in both languages\",\"properties\":{\"ja\":{\"type\":\"string\"},"
             "\"en\":{\"type\":\"string\"}},\"required\":[\"ja\",\"en\"]}");
    json_raw(j, "Error",
             "{\"type\":\"object\",\"description\":\"a refusal\",\"properties\":{\"error\":{\"type\":\"object\",\"properties\":{"
             "\"id\":{\"type\":\"string\",\"pattern\":\"^BNT[0-9]{4}-[EWI]$\",\"examples\":[\"BNT0112-E\"]},"
             "\"message\":{\"$ref\":\"#/components/schemas/Text\"},\"action\":{\"$ref\":\"#/components/schemas/Text\"},"
             "\"field\":{\"type\":[\"string\",\"null\"],\"description\":\"which field was wrong\"}},"
             "\"required\":[\"id\",\"message\",\"action\",\"field\"]},"
             "\"diags\":{\"type\":\"array\",\"description\":\"messages of a refused definition\","
             "\"items\":{\"$ref\":\"#/components/schemas/Diag\"}},"
             "\"is_first\":{\"type\":\"boolean\",\"description\":\"nobody can log in yet: there is no person\"}},"
             "\"required\":[\"error\"]}");
    json_raw(j, "Diag",
             "{\"type\":\"object\",\"description\":\"a message about a place in a definition\",\"properties\":{"
             "\"line\":{\"type\":\"integer\"},\"column\":{\"type\":\"integer\"},\"id\":{\"type\":\"string\"},"
             "\"unit\":{\"type\":[\"string\",\"null\"]},\"ja\":{\"type\":\"string\"},\"en\":{\"type\":\"string\"}},"
             "\"required\":[\"line\",\"column\",\"id\",\"unit\",\"ja\",\"en\"]}");
    json_end(j);
}

void openapi_components(struct json *j)
{
    CLEANUP(strbuf_close) struct strbuf key = {0};
    json_open(j, "components");
    schemas_print(j);
    json_raw(j, "responses",
             "{\"Error\":{\"description\":\"refused, with message ID, text and what to do in both languages\","
             "\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/Error\"},"
             "\"example\":{\"error\":{\"id\":\"BNT0103-E\",\"message\":{\"ja\":\"runが見つかりません: 99\",\"en\":\"No such run: 99\"},"
             "\"action\":{\"ja\":\"名前か番号を確認してください。\",\"en\":\"Check the name or number.\"},\"field\":\"run\"}}}}}}");
    strbuf_printf(&key,
                  "{\"Fields\":{\"name\":\"fields\",\"in\":\"query\",\"required\":false,\"description\":\"only these members of each "
                  "item, parted by commas\",\"schema\":{\"type\":\"string\",\"maxLength\":%u}},"
                  "\"Format\":{\"name\":\"format\",\"in\":\"query\",\"required\":false,\"description\":\"ndjson: the whole list, an item "
                  "a line, as with Accept: application/x-ndjson; up to %u items, then a line {\\\"next\\\": …}\","
                  "\"schema\":{\"type\":\"string\",\"enum\":[\"json\",\"ndjson\"]}},"
                  "\"IdempotencyKey\":{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"required\":false,\"description\":\"the same key "
                  "with the same body within a day is answered as the first time and not done again\",\"schema\":{\"type\":\"string\","
                  "\"minLength\":1,\"maxLength\":%u}},"
                  "\"Csrf\":{\"name\":\"X-Banto-CSRF\",\"in\":\"header\",\"required\":false,\"description\":\"with a cookie: csrf of "
                  "/me\",\"schema\":{\"type\":\"string\"}}}",
                  REASON_BYTES_MAX, EXPORT_ROWS_MAX, IDEMPOTENCY_KEY_BYTES_MAX);
    json_raw(j, "parameters", strbuf_str(&key));
    json_raw(j, "securitySchemes",
             "{\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"banto_session\",\"description\":\"a person who logged in; "
             "writing also needs X-Banto-CSRF\"},\"token\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"an API token\"}}");
    json_end(j);
}
