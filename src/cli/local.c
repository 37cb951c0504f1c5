/* SPDX-License-Identifier: Apache-2.0 */
/*
 * local - verbs that need no server: definition files, dates, days, restore.
 */
#include "cli/cli_priv.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/local.h"
#include "jobnet/unit.h"
#include "wire/openapi.h"

/* Reads and parses one definition file; its messages go to `to`. NULL: said, *status set. */
const struct unit_file *definition_read(struct cli *cli, const char *path, struct strbuf *messages, int *status)
{
    struct err e = {0};
    char *text = NULL;
    size_t n = 0;
    if (!text_read(cli, path, cli_value(cli, "encoding"), &text, &n, &e)) {
        *status = err_say(cli, &e);
        return NULL;
    }
    CLEANUP(diags_close) struct diags diags = {0};
    const struct unit_file *file = NULL;
    bool is_good = unit_parse(&cli->arena, text, n, &diags, &file);
    diags_print(messages, &diags, path, cli->lang);
    if (!is_good) {
        *status = 65;
        return NULL;
    }
    return file;
}

static int unit_check(struct cli *cli)
{
    int worst = 0;
    for (size_t i = 0; i < cli->files.n; i++) {
        CLEANUP(strbuf_close) struct strbuf messages = {0};
        int status = 0;
        (void)definition_read(cli, cli->files.at[i], &messages, &status);
        (void)fputs(strbuf_str(&messages), stdout);
        worst = status > worst ? status : worst;
    }
    return worst;
}

static int unit_print_file(struct cli *cli)
{
    CLEANUP(strbuf_close) struct strbuf messages = {0};
    CLEANUP(strbuf_close) struct strbuf text = {0};
    CLEANUP(strbuf_close) struct strbuf left_out = {0};
    int status = 0;
    const struct unit_file *file = definition_read(cli, cli_value(cli, "file"), &messages, &status);
    (void)fputs(strbuf_str(&messages), stderr);
    if (!file) {
        return status;
    }
    if (cli_value(cli, "jp1")) {
        unit_print_jp1(&text, file, &left_out);
        (void)fputs(strbuf_str(&left_out), stderr);
    } else {
        unit_print(&text, file);
    }
    (void)fwrite(strbuf_str(&text), 1, text.n, stdout);
    return 0;
}

static const char *change_word(enum unit_change change)
{
    static const char *const words[] = {
        [UNIT_ADDED] = "unit-added", [UNIT_REMOVED] = "unit-removed",      [PARAM_ADDED] = "added",
        [PARAM_REMOVED] = "removed", [PARAM_CHANGED] = "changed",          [ATTRIBUTE_CHANGED] = "attribute-changed",
        [LAYOUT_CHANGED] = "layout-changed"};
    return words[change];
}

int items_say(struct cli *cli, const struct strbuf *items)
{
    if (cli->is_json) {
        (void)printf("%s\n", strbuf_str(items));
        return 0;
    }
    json_t *root = json_loadb(strbuf_str(items), items->n, 0, NULL);
    table_print(cli, cli->operation, root, stdout);
    json_decref(root);
    return 0;
}

static int unit_compare(struct cli *cli)
{
    CLEANUP(strbuf_close) struct strbuf messages = {0};
    CLEANUP(strbuf_close) struct strbuf items = {0};
    int status = 0;
    const struct unit_file *before = definition_read(cli, cli_value(cli, "a"), &messages, &status);
    const struct unit_file *after = before ? definition_read(cli, cli_value(cli, "b"), &messages, &status) : NULL;
    (void)fputs(after ? "" : strbuf_str(&messages), stderr);
    if (!after) {
        return status;
    }
    struct unit_diff diff = {0};
    struct json j = {.into = &items};
    unit_diff(&cli->arena, before, after, &diff);
    json_list(&j, NULL);
    for (size_t i = 0; i < diff.rows.n; i++) {
        const struct unit_diff_row *row = &diff.rows.at[i];
        json_open(&j, NULL);
        json_text(&j, "change", change_word(row->change));
        json_text(&j, "path", row->path);
        json_text(&j, "key", row->key);
        json_text(&j, "before", row->before);
        json_text(&j, "after", row->after);
        json_end(&j);
    }
    json_end(&j);
    size_t count = diff.rows.n;
    vec_close(&diff.rows);
    if (count > 0 || cli->is_json) {
        (void)items_say(cli, &items);
    }
    return count > 0 ? EXIT_DIFFERENT : 0;
}

/* The store is bantod's: it does the work, with its lock held. */
static int restore(struct cli *cli)
{
    struct err e = {0};
    if (!cli->data) {
        (void)err_set(&e, ERR_USAGE, "--data DIR");
        return err_say(cli, &e);
    }
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    self[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(self, '/');
    const char *bantod = slash ? arena_printf(&cli->arena, "%.*s/bantod", (int)(slash - self), self) : "bantod";
    (void)execl(bantod, "bantod", "--data", cli->data, "--restore", cli_value(cli, "file"), "--lang",
                cli->lang == LANG_EN ? "en" : "ja", (char *)NULL);
    (void)err_set(&e, ERR_FILE, "%s" ARG "%s", bantod, strerror(errno));
    return err_say(cli, &e);
}

int local_run(struct cli *cli)
{
    CLEANUP(strbuf_close) struct strbuf text = {0};
    switch ((int)cli->operation->code) {
    case OPERATION_UNIT_CHECK:
        return unit_check(cli);
    case OPERATION_UNIT_PRINT:
        return unit_print_file(cli);
    case OPERATION_UNIT_COMPARE:
        return unit_compare(cli);
    case OPERATION_PLAN_DATES:
        return plan_dates(cli);
    case OPERATION_CALENDAR_LOCAL:
        return calendar_days(cli);
    case OPERATION_STORE_RESTORE:
        return restore(cli);
    case OPERATION_OPENAPI:
        openapi_print(&text);
        (void)printf("%s\n", strbuf_str(&text));
        return 0;
    default:
        cli->wants_help = true;
        help_print(cli, stdout);
        return 0;
    }
}
