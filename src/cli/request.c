/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request - the values of the command line as a request, and its answer for people or as JSON.
 */
#include "cli/cli_priv.h"

#include <string.h>

#include "base/limits.h"
#include "os/encoding.h"
#include "os/file.h"

void percent_encode(struct strbuf *into, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || strchr("-._~", *c);
        strbuf_printf(into, is_plain ? "%c" : "%%%02X", *c);
    }
}

bool text_read(struct cli *cli, const char *path, const char *encoding, char **ret, size_t *n, struct err *e)
{
    char *bytes = NULL;
    size_t size = 0;
    enum encoding from;
    if (!file_read(&cli->arena, path, UNIT_TEXT_BYTES_MAX, &bytes, &size, e)) {
        return false;
    }
    if (!encoding) {
        from = encoding_guess(bytes, size);
    } else if (!encoding_parse(encoding, &from)) {
        return err_set(e, ERR_ARGUMENT, "--encoding" ARG "%s", encoding);
    }
    return encoding_decode(&cli->arena, from, (struct str){bytes, size}, ret, n, e) || err_wrap(e, "%s", path);
}

static bool body_field(struct cli *cli, struct json *j, const struct operation_field *field, const char *value, struct err *e)
{
    char *text = NULL;
    size_t n = 0;
    int64_t number = 0;
    if (field->type == FIELD_FILE) {
        if (!text_read(cli, value, NULL, &text, &n, e)) {
            return false;
        }
        json_bytes(j, field->name, text, n);
    } else if (field->type == FIELD_BOOL) {
        json_bool(j, field->name, str_equal(value, "true"));
    } else if (field->type == FIELD_INT) {
        if (!str_to_i64(str_of(value), INT64_MIN / 2, INT64_MAX / 2, &number)) {
            return err_set(e, ERR_FIELD_VALUE, "%s" ARG "%.60s" ARG "number", field->name, value);
        }
        json_number(j, field->name, number);
    } else if (field->type == FIELD_REAL) {
        if (!*value || strspn(value, "0123456789.") != strlen(value)) {
            return err_set(e, ERR_FIELD_VALUE, "%s" ARG "%.60s" ARG "number", field->name, value);
        }
        json_raw(j, field->name, value);
    } else {
        json_text(j, field->name, value);
    }
    return true;
}

bool request_send(struct cli *cli, const struct operation *operation, struct answer *ret, struct err *e)
{
    CLEANUP(strbuf_close) struct strbuf path = {0};
    CLEANUP(strbuf_close) struct strbuf body = {0};
    struct json j = {.into = &body};
    bool has_query = false;
    const char *brace = strchr(operation->path, '{');
    strbuf_add(&path, operation->path, brace ? (size_t)(brace - operation->path) : strlen(operation->path));
    for (size_t i = 0; brace && i < operation->field_count; i++) {
        if (operation->fields[i].where == FIELD_IN_PATH) {
            const char *value = cli_value(cli, operation->fields[i].name);
            percent_encode(&path, value ? value : "");
        }
    }
    strbuf_text(&path, brace ? strchr(brace, '}') + 1 : "");
    json_open(&j, NULL);
    for (size_t i = 0; i < operation->field_count; i++) {
        const struct operation_field *field = &operation->fields[i];
        const char *value = cli_value(cli, field->name);
        if (!value) {
            continue;
        }
        if (field->where == FIELD_IN_QUERY) {
            strbuf_printf(&path, "%c%s=", has_query ? '&' : '?', field->name);
            percent_encode(&path, value);
            has_query = true;
        } else if (field->where == FIELD_IN_BODY && !body_field(cli, &j, field, value, e)) {
            return false;
        }
    }
    json_end(&j);
    return client_ask(cli, strbuf_str(&path), operation->method == METHOD_POST ? &body : NULL, ret, e);
}

/* Prints the answer; 0 or the exit status of its error. */
static int answer_say(struct cli *cli, const struct operation *operation, struct answer *answer)
{
    json_error_t wrong;
    json_t *root = json_loadb(strbuf_str(&answer->body), answer->body.n, 0, &wrong);
    int status = 0;
    if (!root) {
        struct err e = {0};
        (void)err_set(&e, ERR_ANSWER, "HTTP %ld %s", answer->status, wrong.text);
        status = err_say(cli, &e);
    } else if (answer->status >= 400) {
        status = refusal_say(cli, root, answer->status);
    } else if (cli->is_json) {
        (void)fwrite(strbuf_str(&answer->body), 1, answer->body.n, stdout);
    } else {
        answer_print(cli, operation, root, stdout);
    }
    bool is_broken = operation->code == OPERATION_JOURNAL_VERIFY && root && !json_is_true(json_object_get(root, "whole"));
    json_decref(root);
    return status == 0 && is_broken ? EXIT_DIFFERENT : status;
}

int request_run(struct cli *cli, const struct operation *operation)
{
    struct err e = {0};
    struct answer answer = {0};
    if (!request_send(cli, operation, &answer, &e)) {
        return err_say(cli, &e);
    }
    int status = answer_say(cli, operation, &answer);
    strbuf_close(&answer.body);
    return status;
}

json_t *request_json(struct cli *cli, const char *path, int *status)
{
    struct err e = {0};
    struct answer answer = {0};
    if (!client_ask(cli, path, NULL, &answer, &e)) {
        *status = err_say(cli, &e);
        return NULL;
    }
    json_error_t wrong;
    json_t *root = json_loadb(strbuf_str(&answer.body), answer.body.n, 0, &wrong);
    if (root && answer.status >= 400) {
        *status = refusal_say(cli, root, answer.status);
        json_decref(root);
        root = NULL;
    } else if (!root) {
        (void)err_set(&e, ERR_ANSWER, "%s", wrong.text);
        *status = err_say(cli, &e);
    }
    strbuf_close(&answer.body);
    return root;
}
