/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts - verbs over HTTP that are more than their one request: files, many units at once, run --wait, previews.
 */
#include "cli/cli_priv.h"

#include <string.h>
#include <unistd.h>

#include "os/file.h"

static int say(struct cli *cli, enum err_code code, const char *text)
{
    struct err e = {0};
    (void)err_set(&e, code, "%s", text);
    return err_say(cli, &e);
}

/* Does this act touch what its caller did not name one by one? */
static bool touches_many(const struct cli *cli)
{
    const char *unit = cli_value(cli, "unit");
    bool has_dry_run = operation_field(cli->operation, "dry_run") && cli->operation->code != OPERATION_UNIT_DEFINE;
    bool is_wide = (unit && strpbrk(unit, "*?")) || cli_value(cli, "recursive") || cli_value(cli, "system");
    return has_dry_run && is_wide && !cli_value(cli, "dry_run");
}

/* Shows what would be touched and asks; 0 = go on. */
static int confirm(struct cli *cli)
{
    if (cli->is_yes) {
        return 0;
    }
    bool is_json = cli->is_json;
    cli->is_json = false;
    cli_set(cli, "dry_run", "true");
    int status = request_run(cli, cli->operation);
    cli_set(cli, "dry_run", NULL);
    cli->is_json = is_json;
    if (status != 0) {
        return status;
    }
    if (!isatty(STDIN_FILENO)) {
        return say(cli, ERR_NOT_CONFIRMED, "");
    }
    char answer[16] = "";
    (void)fputs(cli->lang == LANG_EN ? "Do it? [y/N] " : "実行しますか? [y/N] ", stderr);
    bool is_yes = fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
    return is_yes ? 0 : say(cli, ERR_NOT_CONFIRMED, "");
}

static void progress(const struct cli *cli, size_t at, const char *file)
{
    if (cli->files.n > 1 && isatty(STDERR_FILENO)) {
        (void)fprintf(stderr, "[%zu/%zu] %s\n", at + 1, cli->files.n, file);
    }
}

/* One file; what was stored in a line for people. */
static int define_file(struct cli *cli, const char *file, bool is_quiet)
{
    struct err e = {0};
    struct answer answer = {0};
    cli_set(cli, "file", file);
    cli->file = file; /* named in messages */
    if (cli->is_json && !is_quiet) {
        return request_run(cli, cli->operation);
    }
    if (!request_send(cli, cli->operation, &answer, &e)) {
        return err_say(cli, &e);
    }
    json_t *root = json_loadb(strbuf_str(&answer.body), answer.body.n, 0, NULL);
    int status = !root ? say(cli, ERR_ANSWER, "JSON") : answer.status >= 400 ? refusal_say(cli, root, answer.status) : 0;
    if (status == 0 && !is_quiet) {
        answer_print(cli, cli->operation, root, stdout);
    }
    json_decref(root);
    strbuf_close(&answer.body);
    return status;
}

/* Of several files either none is stored or all: each is checked before the first is. */
static int define_files(struct cli *cli)
{
    bool is_dry = cli_value(cli, "dry_run") != NULL;
    int status = 0;
    cli_set(cli, "dry_run", "true");
    for (size_t i = 0; i < cli->files.n && cli->files.n > 1 && !is_dry; i++) {
        int wrong = define_file(cli, cli->files.at[i], true);
        status = status == 0 ? wrong : status;
    }
    cli_set(cli, "dry_run", is_dry ? "true" : NULL);
    for (size_t i = 0; i < cli->files.n && status == 0; i++) {
        progress(cli, i, cli->files.at[i]);
        status = define_file(cli, cli->files.at[i], false);
    }
    return status;
}

static int site_apply(struct cli *cli)
{
    const char *folder = cli->files.at[0];
    cli_set(cli, "yaml", arena_printf(&cli->arena, "%s/site.yaml", folder));
    const char *holidays = arena_printf(&cli->arena, "%s/holidays.csv", folder);
    if (file_exists(holidays)) {
        cli_set(cli, "holidays", holidays);
    }
    return request_run(cli, cli->operation);
}

static int run_start(struct cli *cli)
{
    if (!cli->extras[EXTRA_WAIT]) {
        return request_run(cli, cli->operation);
    }
    struct err e = {0};
    struct answer answer = {0};
    if (!request_send(cli, cli->operation, &answer, &e)) {
        return err_say(cli, &e);
    }
    json_t *root = json_loadb(strbuf_str(&answer.body), answer.body.n, 0, NULL);
    json_t *run = json_object_get(root, "run");
    int status = 0;
    if (!root || answer.status >= 400) {
        status = root ? refusal_say(cli, root, answer.status) : say(cli, ERR_ANSWER, "JSON");
    } else {
        status = json_is_integer(run) ? run_wait(cli, json_integer_value(run)) : say(cli, ERR_ANSWER, "run");
    }
    json_decref(root);
    strbuf_close(&answer.body);
    return status;
}

/* A run on its page; a unit, and its latest run. */
static int show(struct cli *cli)
{
    const char *target = cli->rest.at[cli->rest.n - 1];
    int64_t number;
    int status = 0;
    if (str_to_i64(str_of(target), 0, INT64_MAX, &number)) {
        return cli->is_json ? request_run(cli, cli->operation) : run_page(cli, target);
    }
    cli->operation = operation_of(OPERATION_UNIT_SHOW);
    cli->values = arena_array(&cli->arena, const char *, cli->operation->field_count + 1);
    cli_set(cli, "unit", target);
    if (cli->is_json) {
        return request_run(cli, cli->operation);
    }
    CLEANUP(strbuf_close) struct strbuf path = {0};
    strbuf_printf(&path, "%s?unit=", cli->operation->path);
    percent_encode(&path, target);
    json_t *unit = request_json(cli, strbuf_str(&path), &status);
    int64_t last = json_integer_value(json_object_get(unit, "last_run"));
    if (unit) {
        static const char *const elsewhere[] = {"id", "version", "last_status", "last_date", "last_started", "last_ended", "tree"};
        for (size_t i = 0; i < COUNT(elsewhere) && (last != 0 || i < 2); i++) { /* on the page of the run */
            (void)json_object_del(unit, elsewhere[i]);
        }
        answer_print(cli, cli->operation, unit, stdout);
    }
    json_decref(unit);
    if (status != 0 || last == 0) {
        return status;
    }
    (void)fputc('\n', stdout);
    return run_page(cli, arena_printf(&cli->arena, "%lld", (long long)last));
}

static int rerun(struct cli *cli)
{
    return request_run(cli, cli->extras[EXTRA_PREVIEW] ? operation_of(OPERATION_RUN_PREVIEW) : cli->operation);
}

static int events(struct cli *cli)
{
    const char *number = cli->extras[EXTRA_ACK];
    if (!number) {
        return request_run(cli, cli->operation);
    }
    cli->operation = operation_of(OPERATION_EVENT_ACK);
    cli->values = arena_array(&cli->arena, const char *, cli->operation->field_count + 1);
    cli_set(cli, "number", number);
    return request_run(cli, cli->operation);
}

/* The server writes it: a path of our folder means nothing there. */
static int backup(struct cli *cli)
{
    char here[4096];
    const char *file = cli_value(cli, "file");
    if (*file != '/' && getcwd(here, sizeof(here))) {
        cli_set(cli, "file", arena_printf(&cli->arena, "%s/%s", here, file));
    }
    return request_run(cli, cli->operation);
}

int act_run(struct cli *cli)
{
    static const struct {
        enum operation_code code;
        int (*run)(struct cli *cli);
    } special[] = {
        {OPERATION_UNIT_DEFINE, define_files}, {OPERATION_SITE_APPLY, site_apply}, {OPERATION_RUN_START, run_start},
        {OPERATION_RUN_SHOW, show},            {OPERATION_RUN_RERUN, rerun},       {OPERATION_EVENT_LIST, events},
        {OPERATION_STORE_BACKUP, backup},      {OPERATION_RUN_LOG, log_run},       {OPERATION_CHANGES, watch_run},
    };
    if (touches_many(cli)) {
        int status = confirm(cli);
        if (status != 0) {
            return status;
        }
    }
    for (size_t i = 0; i < COUNT(special); i++) {
        if (special[i].code == cli->operation->code) {
            return special[i].run(cli);
        }
    }
    return request_run(cli, cli->operation);
}
