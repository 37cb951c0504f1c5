/* SPDX-License-Identifier: Apache-2.0 */
/*
 * follow - verbs that stay: run --wait, log, log --follow, watch.
 */
#include "cli/cli_priv.h"

#include <string.h>
#include <unistd.h>

#include "base/map.h"
#include "jobnet/status.h"

enum { POLL_FIRST_MS = 50, POLL_LAST_MS = 1000 };

struct piece {
    const char *stream, *heading;   /* heading NULL = none */
    int64_t *offset;
};

/* Prints one stream of a job from *offset on, under its heading if any; false: it failed and was said. */
static bool log_piece(struct cli *cli, const char *run, int64_t node, const struct piece *piece, bool *is_ended, int *status)
{
    CLEANUP(strbuf_close) struct strbuf path = {0};
    const char *attempt = cli_value(cli, "attempt"), *heading = piece->heading;
    strbuf_text(&path, "/api/v1/runs/");
    percent_encode(&path, run);
    for (bool has_more = true; has_more;) {
        size_t keep = path.n;
        strbuf_printf(&path, "/log?node=%lld&offset=%lld", (long long)node, (long long)*piece->offset);
        if (attempt) {
            strbuf_printf(&path, "&attempt=%s", attempt);
        }
        strbuf_printf(&path, "&stream=%s", piece->stream);
        json_t *root = request_json(cli, strbuf_str(&path), status);
        path.n = keep;
        path.at[keep] = '\0';
        if (!root) {
            return false;
        }
        const json_t *text = json_object_get(root, "text");
        int64_t next = json_integer_value(json_object_get(root, "next_offset"));
        if (heading && json_string_length(text) > 0) {
            (void)printf("%s\n", heading);
            heading = NULL;
        }
        (void)fwrite(json_string_value(text) ? json_string_value(text) : "", 1, json_string_length(text), stdout);
        (void)fflush(stdout);
        has_more = next > *piece->offset;
        *piece->offset = next;
        *is_ended = json_is_true(json_object_get(root, "is_ended"));
        json_decref(root);
    }
    return true;
}

struct offsets {
    int64_t out, err;
    bool is_in_err;            /* the last line printed came from standard error */
};

/* Without --stream both: what a failed job says stands mostly in standard error. */
static bool log_both(struct cli *cli, const char *run, int64_t node, struct offsets *at, bool *is_ended, int *status)
{
    const char *only = cli_value(cli, "stream");
    if (only) {
        return log_piece(cli, run, node, &(struct piece){only, NULL, str_equal(only, "err") ? &at->err : &at->out}, is_ended, status);
    }
    const char *back = at->is_in_err ? "-- stdout" : NULL;
    int64_t out = at->out, err = at->err;
    if (!log_piece(cli, run, node, &(struct piece){"out", back, &at->out}, is_ended, status)) {
        return false;
    }
    at->is_in_err = at->is_in_err && at->out == out;
    if (!log_piece(cli, run, node, &(struct piece){"err", at->is_in_err ? NULL : "-- stderr", &at->err}, is_ended, status)) {
        return false;
    }
    at->is_in_err = at->is_in_err || at->err > err;
    return true;
}

static void sleep_ms(int ms)
{
    (void)usleep((unsigned)ms * 1000u);
}

/* Every job that has begun, each under its name. */
static int logs_of_all(struct cli *cli, const char *run)
{
    CLEANUP(strbuf_close) struct strbuf path = {0};
    int status = 0;
    strbuf_text(&path, "/api/v1/runs/");
    percent_encode(&path, run);
    strbuf_text(&path, "/nodes?limit=1000");
    json_t *root = request_json(cli, strbuf_str(&path), &status), *items = json_object_get(root, "items");
    for (size_t i = 0; root && status == 0 && i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        bool is_ended = false;
        struct offsets offset = {0};
        int64_t node = json_integer_value(json_object_get(item, "node"));
        if (node > 0 && json_integer_value(json_object_get(item, "attempt")) > 0) {
            (void)printf("== %s\n", json_string_value(json_object_get(item, "unit")));
            (void)log_both(cli, run, node, &offset, &is_ended, &status);
        }
    }
    json_decref(root);
    return status;
}

/* A node's number: the server knows its name. */
static bool node_number(struct cli *cli, const char *run, const char *node, int64_t *ret, int *status)
{
    CLEANUP(strbuf_close) struct strbuf path = {0};
    if (str_to_i64(str_of(node), 0, INT32_MAX, ret)) {
        return true;
    }
    strbuf_text(&path, "/api/v1/runs/");
    percent_encode(&path, run);
    strbuf_text(&path, "/log?node=");
    percent_encode(&path, node);
    json_t *root = request_json(cli, strbuf_str(&path), status);
    *ret = json_integer_value(json_object_get(root, "node"));
    json_decref(root);
    return root != NULL;
}

int log_run(struct cli *cli)
{
    const char *run = cli_value(cli, "run"), *node = cli_value(cli, "node");
    int status = 0;
    if (cli->is_json) {
        return request_run(cli, cli->operation);
    }
    if (!node) {
        return logs_of_all(cli, run);
    }
    struct offsets offset = {0};
    int64_t number = 0;
    bool is_ended = false;
    if (!node_number(cli, run, node, &number, &status)) {
        return status;
    }
    int wait_ms = POLL_FIRST_MS;
    while (log_both(cli, run, number, &offset, &is_ended, &status) && cli->extras[EXTRA_FOLLOW] && !is_ended) {
        sleep_ms(wait_ms);
        wait_ms = wait_ms * 2 > POLL_LAST_MS ? POLL_LAST_MS : wait_ms * 2;
    }
    return status;
}

/* decisions §2: 0 normal, 1 warning, 2 abnormal, 3 killed, 4 unknown. */
static int result_of(const char *name)
{
    enum status status;
    if (!name || !status_parse(name, &status) || !status_is_ended(status)) {
        return 4;
    }
    if (status == STATUS_WARNING) {
        return 1;
    }
    if (status == STATUS_KILLED || status == STATUS_KILLED_WR) {
        return 3;
    }
    bool is_good = status_class(status) == STATUS_GOOD || status_class(status) == STATUS_SKIP;
    return is_good ? 0 : status == STATUS_UNKNOWN || status == STATUS_UNKNOWN_WR ? 4 : 2;
}

int run_wait(struct cli *cli, int64_t run)
{
    const char *text = arena_printf(&cli->arena, "%lld", (long long)run);
    const char *path = arena_printf(&cli->arena, "/api/v1/runs/%lld", (long long)run);
    int status = 0, wait_ms = POLL_FIRST_MS;
    for (;;) {
        json_t *root = request_json(cli, path, &status);
        if (!root) {
            return status;
        }
        if (json_is_true(json_object_get(root, "is_ended"))) {
            const char *name = json_string_value(json_object_get(root, "status"));
            int result = result_of(name);
            if (cli->is_json) {
                (void)json_dumpf(root, stdout, JSON_COMPACT);
                (void)fputc('\n', stdout);
            } else {
                cli->operation = operation_of(OPERATION_RUN_LOG);
                cli->values = arena_array(&cli->arena, const char *, cli->operation->field_count + 1);
                status = logs_of_all(cli, text);
                enum status ended;
                (void)printf("%lld %s\n", (long long)run,
                             name && status_parse(name, &ended) ? status_row(ended)->text[cli->lang] : "?");
            }
            json_decref(root);
            return result;
        }
        json_decref(root);
        sleep_ms(wait_ms);
        wait_ms = wait_ms * 2 > POLL_LAST_MS ? POLL_LAST_MS : wait_ms * 2;
    }
}

struct watching {
    const struct cli *cli;
    struct strbuf line;
};

static const char *member(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* One unit's new state, or one event. */
static void change_line(const struct cli *cli, const char *time, const json_t *change)
{
    CLEANUP(arena_close) struct arena tmp = {0};
    if (json_object_get(change, "event")) {
        int64_t count = json_integer_value(json_object_get(change, "count"));
        (void)printf("%s  %s  %s", time, member(change, "message"), member_text(cli, &tmp, change, "text"));
        if (count > 1) {
            (void)printf(" (×%lld)", (long long)count);
        }
        (void)printf("\n");
        return;
    }
    const json_t *code = json_object_get(change, "code");
    (void)printf("%s  %s  %s", time, member(change, "unit"), member_text(cli, &tmp, change, "status"));
    if (code) {
        (void)printf(" (%lld)", (long long)json_integer_value(code));
    }
    (void)printf("  %s\n", member_text(cli, &tmp, change, "reason"));
}

/* Acts of people with who and why; what followed from them, each on its line. */
static void change_say(const struct cli *cli, const char *line)
{
    if (cli->is_json) {
        (void)printf("%s\n", line);
        return;
    }
    json_t *root = json_loads(line, 0, NULL);
    const json_t *changes = json_object_get(root, "changes");
    const char *at = member(root, "at"), *actor = member(root, "actor");
    char time[16];
    (void)snprintf(time, sizeof(time), "%.8s", strlen(at) > 19 ? at + 11 : at);
    bool is_by_person = !str_equal(actor, "system") && !str_starts(actor, "agent:");
    if (is_by_person || json_array_size(changes) == 0) {
        (void)printf("%s  %s  %s  %s  %s\n", time, actor, member(root, "operation"), member(root, "entity"), member(root, "reason"));
    }
    for (size_t i = 0; i < json_array_size(changes); i++) {
        change_line(cli, time, json_array_get(changes, i));
    }
    json_decref(root);
}

/* Lines of the event stream: `data: {…}`. */
static bool watch_piece(void *data, const char *bytes, size_t n)
{
    struct watching *watching = data;
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != '\n') {
            strbuf_char(&watching->line, bytes[i]);
            continue;
        }
        if (str_starts(strbuf_str(&watching->line), "data: ")) {
            change_say(watching->cli, watching->line.at + 6);
        }
        strbuf_clear(&watching->line);
    }
    return fflush(stdout) == 0; /* a closed pipe ends the watch */
}

int watch_run(struct cli *cli)
{
    struct watching watching = {.cli = cli};
    struct err e = {0};
    const char *after = cli_value(cli, "after");
    const char *path = after ? arena_printf(&cli->arena, "/api/v1/changes?after=%s", after) : "/api/v1/changes";
    bool is_good = client_stream(cli, path, watch_piece, &watching, &e);
    strbuf_close(&watching.line);
    return is_good ? 0 : err_say(cli, &e);
}
