/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show - answers as tables and lines for people: columns aligned by what a terminal shows, full-width counted as two.
 */
#include "cli/cli_priv.h"

#include <string.h>

#include "jobnet/status.h"

enum { COLUMNS_MAX = 24 };

struct table_column {
    const char *key, *heading;
    enum shown_type type;
    size_t width;
};

/* "2026-06-29T19:00:00+09:00" -> "06-29 19:00:00": a night fits into one glance. */
static const char *short_time(struct arena *into, const char *text)
{
    if (strlen(text) < 19 || text[10] != 'T') {
        return text;
    }
    return arena_printf(into, "%.5s %.8s", text + 5, text + 11);
}

static const char *status_words(const struct cli *cli, const char *name)
{
    enum status status;
    return status_parse(name, &status) ? status_row(status)->text[cli->lang] : name;
}

static const char *scalar_text(const struct cli *cli, struct arena *into, const json_t *value, enum shown_type type)
{
    if (!value || json_is_null(value)) {
        return "";
    }
    if (json_is_string(value)) {
        const char *text = json_string_value(value);
        return type == SHOWN_TIME ? short_time(into, text) : type == SHOWN_STATUS ? status_words(cli, text) : text;
    }
    if (json_is_integer(value)) {
        return arena_printf(into, "%lld", (long long)json_integer_value(value));
    }
    if (json_is_real(value)) {
        return arena_printf(into, "%g", json_real_value(value));
    }
    if (json_is_boolean(value)) {
        return cli->lang == LANG_EN ? (json_is_true(value) ? "yes" : "no") : (json_is_true(value) ? "はい" : "いいえ");
    }
    const json_t *own = json_object_get(value, cli->lang == LANG_EN ? "en" : "ja"); /* {"ja": …, "en": …} */
    return json_is_string(own) ? json_string_value(own) : "…";
}

/* A line break inside a cell would tear the table. */
static const char *one_line(struct arena *into, const char *text)
{
    if (!strpbrk(text, "\n\t")) {
        return text;
    }
    char *copy = arena_copy(into, text);
    for (char *c = copy; *c; c++) {
        *c = *c == '\n' || *c == '\t' ? ' ' : *c;
    }
    return copy;
}

static void spaces(FILE *to, size_t n)
{
    (void)fprintf(to, "%*s", (int)n, "");
}

static void cell_print(FILE *to, const char *text, const struct table_column *column, bool is_last)
{
    size_t used = utf8_columns(text), left = column->width > used ? column->width - used : 0;
    if (column->type == SHOWN_NUMBER) {
        spaces(to, left);
        (void)fputs(text, to);
    } else {
        (void)fputs(text, to);
        spaces(to, is_last ? 0 : left);
    }
    (void)fputs(is_last ? "\n" : "  ", to);
}

/* Columns of the table; without any of its own, the plain members of the first item. */
static size_t columns_of(const struct cli *cli, const struct operation *operation, const json_t *items,
                         struct table_column columns[COLUMNS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; operation && i < operation->shown_count && n < COLUMNS_MAX; i++) {
        const struct operation_shown *shown = &operation->shown[i];
        columns[n++] = (struct table_column){shown->key, shown->heading[cli->lang], shown->type, 0};
    }
    const char *key;
    json_t *value;
    json_object_foreach(n == 0 ? json_array_get(items, 0) : NULL, key, value)
    {
        if (n < COLUMNS_MAX && !json_is_array(value) && !json_is_object(value)) {
            enum shown_type type = json_is_number(value) ? SHOWN_NUMBER : str_equal(key, "status") ? SHOWN_STATUS : SHOWN_TEXT;
            columns[n++] = (struct table_column){key, key, type, 0};
        }
    }
    return n;
}

void table_print(const struct cli *cli, const struct operation *operation, const json_t *items, FILE *to)
{
    CLEANUP(arena_close) struct arena tmp = {0};
    struct table_column columns[COLUMNS_MAX];
    size_t column_count = columns_of(cli, operation, items, columns), row_count = json_array_size(items);
    const char **cells = arena_array(&tmp, const char *, row_count * column_count + 1);
    for (size_t c = 0; c < column_count; c++) {
        columns[c].width = utf8_columns(columns[c].heading);
        for (size_t r = 0; r < row_count; r++) {
            const json_t *value = json_object_get(json_array_get(items, r), columns[c].key);
            const char *text = one_line(&tmp, scalar_text(cli, &tmp, value, columns[c].type));
            size_t width = utf8_columns(text);
            cells[r * column_count + c] = text;
            columns[c].width = width > columns[c].width ? width : columns[c].width;
        }
    }
    for (size_t c = 0; c < column_count; c++) {
        cell_print(to, columns[c].heading, &columns[c], c + 1 == column_count);
    }
    for (size_t r = 0; r < row_count; r++) {
        for (size_t c = 0; c < column_count; c++) {
            cell_print(to, cells[r * column_count + c], &columns[c], c + 1 == column_count);
        }
    }
}

static bool is_table(const json_t *value)
{
    return json_is_array(value) && json_array_size(value) > 0 && json_is_object(json_array_get(value, 0));
}

static void list_print(const struct cli *cli, const json_t *list, FILE *to)
{
    CLEANUP(arena_close) struct arena tmp = {0};
    for (size_t i = 0; i < json_array_size(list); i++) {
        (void)fprintf(to, "%s%s", i ? ", " : "", scalar_text(cli, &tmp, json_array_get(list, i), SHOWN_TEXT));
    }
    (void)fputc('\n', to);
}

static void object_print(const struct cli *cli, const json_t *root, int indent, FILE *to)
{
    CLEANUP(arena_close) struct arena tmp = {0};
    size_t width = 0;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)root, key, value)
    {
        width = utf8_columns(key) > width ? utf8_columns(key) : width;
    }
    json_object_foreach((json_t *)(uintptr_t)root, key, value)
    {
        bool has_lang = json_is_object(value) && json_object_get(value, "ja");
        (void)fprintf(to, "%*s%-*s  ", indent, "", (int)width, key);
        if (is_table(value)) {
            (void)fputc('\n', to);
            table_print(cli, NULL, value, to);
        } else if (json_is_array(value)) {
            list_print(cli, value, to);
        } else if (json_is_object(value) && !has_lang) {
            (void)fputc('\n', to);
            object_print(cli, value, indent + 2, to);
        } else {
            (void)fprintf(to, "%s\n", scalar_text(cli, &tmp, value, str_equal(key, "status") ? SHOWN_STATUS : SHOWN_TEXT));
        }
    }
}

/* The list that the operation's columns are for: "items", or the one list of an engine's answer. */
static const char *items_key(const struct operation *operation, const json_t *root)
{
    const char *key, *found = json_is_array(json_object_get(root, "items")) ? "items" : NULL;
    json_t *value;
    json_object_foreach(!found && operation && operation->shown_count > 0 ? (json_t *)(uintptr_t)root : NULL, key, value)
    {
        found = json_is_array(value) && !found ? key : found;
    }
    return found;
}

/* What an answer says besides its list: the opening and its slack, the day, … */
static void rest_print(const struct cli *cli, const json_t *root, const char *but, FILE *to)
{
    json_t *rest = json_copy((json_t *)(uintptr_t)root);
    (void)json_object_del(rest, but);
    (void)json_object_del(rest, "next");
    if (json_object_size(rest) > 0) {
        object_print(cli, rest, 0, to);
        (void)fputc('\n', to);
    }
    json_decref(rest);
}

void answer_print(const struct cli *cli, const struct operation *operation, const json_t *root, FILE *to)
{
    const char *list = items_key(operation, root);
    const json_t *text = json_object_get(root, "text");
    bool is_text = operation && (operation->code == OPERATION_UNIT_TEXT) && json_is_string(text);
    if (is_text) {
        (void)fputs(json_string_value(text), to);
    } else if (list) {
        rest_print(cli, root, list, to);
        table_print(cli, operation, json_object_get(root, list), to);
        const json_t *next = json_object_get(root, "next");
        if (json_is_string(next)) {
            (void)fprintf(to, cli->lang == LANG_EN ? "… more: --after %s\n" : "… 続きは --after %s\n", json_string_value(next));
        }
    } else {
        object_print(cli, root, 0, to);
    }
}

int err_say(const struct cli *cli, const struct err *e)
{
    CLEANUP(strbuf_close) struct strbuf text = {0};
    const struct message *message = message_of(e->code);
    err_print(&text, e, cli->lang);
    (void)fprintf(stderr, "%s\n%s%s\n", strbuf_str(&text), cli->lang == LANG_EN ? "  " : "  対処: ", message->action[cli->lang]);
    return message->exit_status;
}

static const char *lang_text(const struct cli *cli, const json_t *object)
{
    const char *text = json_string_value(json_object_get(object, cli->lang == LANG_EN ? "en" : "ja"));
    return text ? text : "";
}

/* The messages of a definition, as unit check prints them. */
static void diags_say(const struct cli *cli, const json_t *diags)
{
    for (size_t i = 0; i < json_array_size(diags); i++) {
        const json_t *diag = json_array_get(diags, i);
        const char *id = json_string_value(json_object_get(diag, "id"));
        (void)fprintf(stderr, "%s:%lld:%lld: %s %s\n", cli->files.n ? cli->files.at[0] : "",
                      (long long)json_integer_value(json_object_get(diag, "line")),
                      (long long)json_integer_value(json_object_get(diag, "column")), id ? id : "", lang_text(cli, diag));
    }
}

int refusal_say(const struct cli *cli, const json_t *root, long http_status)
{
    const json_t *error = json_object_get(root, "error");
    const char *id = json_string_value(json_object_get(error, "id"));
    const struct message *message = id ? message_find(id) : NULL;
    if (cli->is_json) {
        (void)json_dumpf(root, stderr, JSON_COMPACT);
        (void)fputc('\n', stderr);
    } else {
        diags_say(cli, json_object_get(root, "diags"));
        (void)fprintf(stderr, "%s %s\n%s%s\n", id ? id : "HTTP", lang_text(cli, json_object_get(error, "message")),
                      cli->lang == LANG_EN ? "  " : "  対処: ", lang_text(cli, json_object_get(error, "action")));
    }
    int status = message ? message->exit_status : 76;
    return status >= 64 ? status : http_status >= 500 ? 69 : 65;
}
