/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show - answers as tables and lines for people: columns aligned by what a terminal shows, full-width counted as two.
 */
#include "cli/cli_priv.h"

#include <string.h>

#include "base/macros.h"

enum { COLUMNS_MAX = 24 };

struct table_column {
    const char *key, *heading;
    enum shown_type type;
    size_t width;
};

/* What the run is besides its status. */
static const struct {
    const char *key, *text[LANGS];
} marks[] = {{"held", {"保留", "held"}},
             {"suspended", {"サスペンド", "suspended"}},
             {"changed", {"変更", "changed"}},
             {"deadline_missed", {"期限超過", "deadline missed"}},
             {"deadline_at_risk", {"期限危険", "deadline at risk"}},
             {"start_delayed", {"開始遅延", "start delayed"}},
             {"end_delayed", {"終了遅延", "end delayed"}}};

static const char *with_marks(const struct cli *cli, struct arena *into, const json_t *item, const char *status)
{
    const char *name = json_string_value(json_object_get(item, "status"));
    bool is_ended = json_is_true(json_object_get(item, "is_ended"));
    for (size_t i = 0; i < COUNT(marks); i++) {
        bool is_said = (i == 0 && name && str_equal(name, "holding")) || (is_ended && !str_equal(marks[i].key, "deadline_missed"));
        if (!is_said && json_is_true(json_object_get(item, marks[i].key))) {
            status = arena_printf(into, "%s%s%s", status, cli->lang == LANG_EN ? ", " : "・", marks[i].text[cli->lang]);
        }
    }
    return status;
}

static const char *day_of(const struct cli *cli, const json_t *item)
{
    const char *day = json_string_value(json_object_get(item, "date"));
    return day ? day : cli->day;
}

/* Members that come in both languages: key for ja, key_ja or key_en. */
static const json_t *member_value(const struct cli *cli, const json_t *item, const char *key)
{
    char other[64];
    size_t n = strlen(key);
    bool is_ja = n > 3 && str_equal(key + n - 3, "_ja");
    (void)snprintf(other, sizeof(other), "%.*s%s", (int)(is_ja ? n - 3 : n), key, is_ja ? "" : "_en");
    const json_t *value = cli->lang == LANG_EN ? json_object_get(item, other) : NULL;
    return value ? value : json_object_get(item, key);
}

static const char *scalar_text(const struct cli *cli, struct arena *into, const json_t *value)
{
    if (!value || json_is_null(value)) {
        return "";
    }
    if (json_is_string(value)) {
        return json_string_value(value);
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

const char *member_text(const struct cli *cli, struct arena *into, const json_t *item, const char *key)
{
    const json_t *value = member_value(cli, item, key);
    if (!json_is_string(value)) {
        if (json_is_false(value) && str_equal(key, "deciding")) {
            return word_of(cli, key, "no");
        }
        bool is_nothing = str_equal(key, "run") && json_integer_value(value) == 0; /* an event of no run */
        return is_nothing ? "" : scalar_text(cli, into, value);
    }
    const char *text = json_string_value(value);
    size_t n = strlen(key);
    char base[64];
    (void)snprintf(base, sizeof(base), "%.*s", (int)(n > 3 && str_equal(key + n - 3, "_ja") ? n - 3 : n), key);
    return time_shown(into, word_of(cli, base, text), day_of(cli, item));
}

const char *status_shown(const struct cli *cli, struct arena *into, const json_t *item)
{
    return with_marks(cli, into, item, member_text(cli, into, item, "status"));
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

/* Without columns of its own: the plain members that any item has something in, as the first that has them orders them. */
static size_t columns_guess(const struct cli *cli, const json_t *items, struct table_column columns[COLUMNS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(items); i++) {
        const char *key;
        json_t *value;
        json_object_foreach(json_array_get(items, i), key, value)
        {
            bool is_known = json_is_array(value) || json_is_object(value) || !label_is_shown(key, value);
            for (size_t c = 0; c < n; c++) {
                is_known = is_known || str_equal(columns[c].key, key);
            }
            if (!is_known && n < COLUMNS_MAX) {
                enum shown_type type = json_is_number(value) ? SHOWN_NUMBER : SHOWN_TEXT;
                columns[n++] = (struct table_column){key, label_of(cli, key), type, 0};
            }
        }
    }
    return n;
}

static size_t columns_of(const struct cli *cli, const struct operation *operation, const json_t *items,
                         struct table_column columns[COLUMNS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; operation && i < operation->shown_count && n < COLUMNS_MAX; i++) {
        const struct operation_shown *shown = &operation->shown[i];
        columns[n++] = (struct table_column){shown->key, shown->heading[cli->lang], shown->type, 0};
    }
    return n > 0 ? n : columns_guess(cli, items, columns);
}

void table_print(const struct cli *cli, const struct operation *operation, const json_t *items, FILE *to)
{
    CLEANUP(arena_close) struct arena tmp = {0};
    struct table_column columns[COLUMNS_MAX];
    size_t column_count = columns_of(cli, operation, items, columns), row_count = json_array_size(items);
    if (row_count == 0) {
        (void)fputs(cli->lang == LANG_EN ? "(none)\n" : "(該当なし)\n", to);
        return;
    }
    const char **cells = arena_array(&tmp, const char *, row_count * column_count + 1);
    for (size_t c = 0; c < column_count; c++) {
        columns[c].width = utf8_columns(columns[c].heading);
        for (size_t r = 0; r < row_count; r++) {
            const json_t *item = json_array_get(items, r);
            const char *text = one_line(&tmp, member_text(cli, &tmp, item, columns[c].key));
            text = columns[c].type == SHOWN_STATUS ? with_marks(cli, &tmp, item, text) : text;
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
        (void)fprintf(to, "%s%s", i ? ", " : "", scalar_text(cli, &tmp, json_array_get(list, i)));
    }
    (void)fputc('\n', to);
}

static bool has_languages(const json_t *value)
{
    return json_is_object(value) && json_object_get(value, "ja");
}

/* Plain members first, each on its line; then what is below, under its label. */
static void object_print(const struct cli *cli, const json_t *root, int indent, FILE *to)
{
    CLEANUP(arena_close) struct arena tmp = {0};
    size_t width = 0;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)root, key, value)
    {
        bool is_line = label_is_shown(key, value) && !is_table(value) && (!json_is_object(value) || has_languages(value));
        size_t columns = is_line ? utf8_columns(label_of(cli, key)) : 0;
        width = columns > width ? columns : width;
    }
    for (int below = 0; below < 2; below++) {
        json_object_foreach((json_t *)(uintptr_t)root, key, value)
        {
            bool is_below = is_table(value) || (json_is_object(value) && !has_languages(value));
            if (!label_is_shown(key, value) || is_below != (below == 1)) {
                continue;
            }
            const char *label = label_of(cli, key);
            spaces(to, (size_t)indent);
            if (is_below) {
                (void)fprintf(to, "%s:\n", label);
                is_table(value) ? table_print(cli, NULL, value, to) : object_print(cli, value, indent + 2, to);
                continue;
            }
            (void)fputs(label, to);
            spaces(to, width - utf8_columns(label) + 2);
            if (json_is_array(value)) {
                list_print(cli, value, to);
            } else {
                (void)fprintf(to, "%s\n", member_text(cli, &tmp, root, key));
            }
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
    bool is_worth_it = false;
    const char *key;
    json_t *value;
    json_object_foreach(rest, key, value)
    {
        is_worth_it = is_worth_it || label_is_shown(key, value);
    }
    if (is_worth_it) {
        object_print(cli, rest, 0, to);
        (void)fputc('\n', to);
    }
    json_decref(rest);
}

/* A line for each file, and one for each unit that is new or other than before. */
static void define_print(const struct cli *cli, const json_t *root, FILE *to)
{
    CLEANUP(arena_close) struct arena tmp = {0};
    static const char *const counts[] = {"added", "changed", "same", "warnings"};
    (void)fprintf(to, "%s:", cli->file ? cli->file : "");
    for (size_t i = 0; i < COUNT(counts); i++) {
        (void)fprintf(to, " %s %s", label_of(cli, counts[i]), member_text(cli, &tmp, root, counts[i]));
    }
    (void)fprintf(to, "%s\n", json_is_true(json_object_get(root, "dry_run"))
                                  ? cli->lang == LANG_EN ? " (not stored)" : "(登録していません)" : "");
    const json_t *units = json_object_get(root, "units");
    for (size_t i = 0; i < json_array_size(units); i++) {
        const json_t *unit = json_array_get(units, i);
        (void)fprintf(to, "  %s  %s\n", member_text(cli, &tmp, unit, "change"), member_text(cli, &tmp, unit, "unit"));
    }
}

void answer_print(const struct cli *cli, const struct operation *operation, const json_t *root, FILE *to)
{
    const char *list = items_key(operation, root);
    const json_t *text = json_object_get(root, "text");
    bool is_text = operation && (operation->code == OPERATION_UNIT_TEXT) && json_is_string(text);
    if (operation && operation->code == OPERATION_UNIT_DEFINE) {
        define_print(cli, root, to);
    } else if (is_text) {
        (void)fputs(json_string_value(text), to);
    } else if (list) {
        if (operation->code == OPERATION_PLAN_FORECAST) {
            forecast_head(cli, root, to);
        }
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
    (void)fflush(stdout); /* what came before stands before */
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
        const char *unit = json_string_value(json_object_get(diag, "unit"));
        (void)fprintf(stderr, "%s:%lld:%lld: %s %s%s%s\n", cli->file ? cli->file : "",
                      (long long)json_integer_value(json_object_get(diag, "line")),
                      (long long)json_integer_value(json_object_get(diag, "column")), id ? id : "", unit ? unit : "",
                      unit ? ": " : "", lang_text(cli, diag));
    }
}

int refusal_say(const struct cli *cli, const json_t *root, long http_status)
{
    const json_t *error = json_object_get(root, "error");
    const char *id = json_string_value(json_object_get(error, "id"));
    const struct message *message = id ? message_find(id) : NULL;
    (void)fflush(stdout);
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
