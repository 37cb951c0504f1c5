/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page - what one looks at first at 3 a.m.: a run on one page, and the slack to the opening in a sentence.
 *
 * The page of a run: its state and since when, what it waits for, deadline and slack, its units, and the last lines
 * that its failed and running jobs printed.
 */
#include <string.h>

#include "cli/cli_priv.h"
#include "jobnet/status.h"

/* A macro, so that the compiler reads the formats. */
#define OF_LANG(cli, ja, en) ((cli)->lang == LANG_EN ? en : ja)

enum { TAIL_BYTES = 2000, TAIL_LINES = 5, TAIL_JOBS_MAX = 3, LABEL_COLUMNS = 11 };

struct page {
    struct cli *cli;
    const char *run;
    const json_t *root;        /* the run */
    struct arena tmp;
    int status;                /* exit status of what failed */
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void line(const struct cli *cli, const char *ja, const char *en, const char *text)
{
    const char *label = OF_LANG(cli, ja, en);
    size_t used = utf8_columns(label);
    (void)printf("%s%*s%s\n", label, used < LABEL_COLUMNS ? (int)(LABEL_COLUMNS - used) : 1, "", text);
}

static json_t *ask(struct page *page, const char *tail)
{
    CLEANUP(strbuf_close) struct strbuf path = {0};
    strbuf_text(&path, "/api/v1/runs/");
    percent_encode(&path, page->run);
    strbuf_text(&path, tail);
    return request_json(page->cli, strbuf_str(&path), &page->status);
}

static const char *when(struct page *page, const char *key)
{
    return time_shown(&page->tmp, text_of(page->root, key), text_of(page->root, "date"));
}

/* To the minute. */
static const char *about(struct page *page, const char *key)
{
    const char *text = when(page, key);
    size_t n = strlen(text);
    return n > 3 ? arena_printf(&page->tmp, "%.*s", (int)(n - 3), text) : text;
}

static enum status_class class_of_run(const struct page *page)
{
    enum status status;
    return status_parse(text_of(page->root, "status"), &status) ? status_class(status) : STATUS_REST;
}

static void state_lines(struct page *page)
{
    const struct cli *cli = page->cli;
    const char *status = status_shown(cli, &page->tmp, page->root), *started = when(page, "started"), *ended = when(page, "ended");
    if (*ended) {
        status = arena_printf(&page->tmp, "%s  %s – %s", status, *started ? started : "", ended);
    } else if (*started) {
        status = arena_printf(&page->tmp, OF_LANG(cli, "%s  %s から", "%s  since %s"), status, started);
    } else {
        status = arena_printf(&page->tmp, OF_LANG(cli, "%s  %s から", "%s  since %s"), status, about(page, "planned"));
    }
    line(cli, "状態", "state", status);
    if (*text_of(page->root, "reason") && class_of_run(page) != STATUS_WAIT) { /* else told by its gates */
        line(cli, "理由", "reason", member_text(cli, &page->tmp, page->root, "reason"));
    }
    if (*text_of(page->root, "macros")) {
        line(cli, "マクロ", "macros", text_of(page->root, "macros"));
    }
}

/* Every shut gate of a run that waits. */
static void wait_lines(struct page *page)
{
    json_t *why = class_of_run(page) == STATUS_WAIT ? ask(page, "/why") : NULL;
    const json_t *gates = json_object_get(why, "gates");
    for (size_t i = 0; i < json_array_size(gates); i++) {
        const json_t *gate = json_array_get(gates, i);
        if (!json_is_true(json_object_get(gate, "open"))) {
            line(page->cli, "待ち", "waits for", member_text(page->cli, &page->tmp, gate, "why"));
        }
    }
    json_decref(why);
}

static void deadline_line(struct page *page)
{
    const struct cli *cli = page->cli;
    const char *deadline = about(page, "deadline");
    if (!*deadline) {
        return;
    }
    bool is_ended = json_is_true(json_object_get(page->root, "is_ended"));
    json_t *forecast = is_ended ? NULL : request_json(page->cli, "/api/v1/forecast", &page->status);
    const json_t *rows = json_object_get(forecast, "rows");
    const char *text = deadline;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i), *slack = json_object_get(row, "slack_minutes");
        if (json_integer_value(json_object_get(row, "run")) != json_integer_value(json_object_get(page->root, "run"))) {
            continue;
        }
        const char *end = text_of(row, "end_time");
        text = slack ? arena_printf(&page->tmp, OF_LANG(cli, "%s  余裕 %lld 分(終了見込み %s)", "%s  slack %lld min (expected end %s)"),
                                    deadline, (long long)json_integer_value(slack), end)
                     : arena_printf(&page->tmp, "%s  %s", deadline, member_text(cli, &page->tmp, row, "outcome_ja"));
    }
    line(cli, "期限", "deadline", text);
    json_decref(forecast);
}

static void head_print(struct page *page)
{
    const struct cli *cli = page->cli;
    (void)printf("%s %lld  %s\n", OF_LANG(cli, "実行", "run"), (long long)json_integer_value(json_object_get(page->root, "run")),
                 text_of(page->root, "unit"));
    const char *origin = word_of(cli, "origin", text_of(page->root, "origin"));
    line(cli, "実行日", "date", arena_printf(&page->tmp, OF_LANG(cli, "%s  予定 %s(%s)", "%s  planned %s (%s)"),
                                             text_of(page->root, "date"), about(page, "planned"), origin));
    state_lines(page);
    wait_lines(page);
    deadline_line(page);
}

/* ---- output ---- */

static const char *last_lines(const char *text)
{
    const char *from = text + strlen(text);
    int lines = 0;
    while (from > text && (lines < TAIL_LINES || from[-1] != '\n')) {
        from--;
        lines += from > text && from[-1] == '\n';
    }
    return from;
}

static const char *tail_path(struct page *page, long long node, const char *stream, long long offset)
{
    return arena_printf(&page->tmp, "/log?node=%lld&stream=%s&offset=%lld", node, stream, offset);
}

static void tail_print(struct page *page, const json_t *node, const char *stream)
{
    long long number = (long long)json_integer_value(json_object_get(node, "node")), size = 0;
    json_t *end = ask(page, tail_path(page, number, stream, INT32_MAX));
    size = (long long)json_integer_value(json_object_get(end, "size"));
    json_decref(end);
    json_t *log = size > 0 ? ask(page, tail_path(page, number, stream, size > TAIL_BYTES ? size - TAIL_BYTES : 0)) : NULL;
    const char *text = last_lines(text_of(log, "text"));
    if (*text) {
        (void)printf("\n-- %s %s\n%s%s", text_of(node, "unit"), str_equal(stream, "err") ? "stderr" : "stdout", text,
                     text[strlen(text) - 1] == '\n' ? "" : "\n");
    }
    json_decref(log);
}

static bool wants_tail(const json_t *node)
{
    enum status status;
    bool is_job = json_integer_value(json_object_get(node, "attempt")) > 0 && status_parse(text_of(node, "status"), &status);
    return is_job && (status_class(status) == STATUS_BUSY || status_class(status) == STATUS_BAD || status == STATUS_WARNING);
}

int run_page(struct cli *cli, const char *run)
{
    struct page page = {.cli = cli, .run = run};
    json_t *root = ask(&page, "");
    page.root = root;
    if (root) {
        page.run = arena_printf(&cli->arena, "%lld", (long long)json_integer_value(json_object_get(root, "run")));
        head_print(&page);
    }
    json_t *nodes = root && page.status == 0 ? ask(&page, "/nodes?limit=1000") : NULL;
    const json_t *items = json_object_get(nodes, "items");
    if (json_array_size(items) > 0) {
        int tails = 0;
        (void)putchar('\n');
        cli->day = text_of(root, "date");
        table_print(cli, operation_of(OPERATION_RUN_NODES), items, stdout);
        for (size_t i = 0; i < json_array_size(items) && tails < TAIL_JOBS_MAX; i++) {
            const json_t *node = json_array_get(items, i);
            if (wants_tail(node)) {
                tail_print(&page, node, "out");
                tail_print(&page, node, "err");
                tails++;
            }
        }
        cli->day = NULL;
    }
    json_decref(nodes);
    json_decref(root);
    arena_close(&page.tmp);
    return page.status;
}

/* ---- the forecast ---- */

void forecast_head(const struct cli *cli, const json_t *root, FILE *to)
{
    const json_t *opening = json_object_get(root, "opening"), *chain = json_object_get(opening, "chain");
    long long slack = (long long)json_integer_value(json_object_get(opening, "slack_minutes"));
    long long late = (long long)json_integer_value(json_object_get(root, "late"));
    if (opening) {
        const char *prepare = text_of(opening, "prepare_time");
        const char *last = text_of(opening, "last");
        if (slack < 0) {
            (void)fprintf(to, OF_LANG(cli, "開局準備 %s に %lld 分間に合いません。最後は %s\n",
                                      "Too late for the opening's preparation at %s by %lld min; the last is %s\n"),
                          prepare, -slack, last);
        } else {
            (void)fprintf(to, OF_LANG(cli, "開局準備 %s まで余裕 %lld 分。最後は %s\n",
                                      "Slack to the opening's preparation at %s: %lld min; the last is %s\n"),
                          prepare, slack, last);
        }
        (void)fputs(json_array_size(chain) ? OF_LANG(cli, "一番長い列: ", "The longest chain: ") : "", to);
        for (size_t i = 0; i < json_array_size(chain); i++) {
            const char *path = json_string_value(json_array_get(chain, i)), *name = path ? strrchr(path, '/') : NULL;
            (void)fprintf(to, "%s%s", i ? " → " : "", name ? name + 1 : "");
        }
        (void)fputs(json_array_size(chain) ? "\n" : "", to);
    }
    if (late > 0) {
        (void)fprintf(to, OF_LANG(cli, "期限に間に合わない見込み: %lld 件\n", "Expected to miss their deadlines: %lld\n"), late);
    }
    (void)fputs(opening || late > 0 ? "\n" : "", to);
}
