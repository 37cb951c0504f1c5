/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start - the START order of an attempt: JP1's environment variables, macro variables put in.
 */
#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "engine/engine_priv.h"

enum { START_TTL_MS = 60000 };

/* ?AJS2NAME? in `text` becomes the run's value; a name without a value stays as written. */
static const char *expand(struct engine *engine, const struct run *run, const char *text)
{
    if (!text || !run->macros[0] || !strstr(text, "?AJS2")) {
        return text;
    }
    struct strbuf out = {0};
    while (*text) {
        const char *end = strncmp(text, "?AJS2", 5) == 0 ? strchr(text + 1, '?') : NULL;
        struct str rest = str_of(run->macros), line, key, value = {0};
        bool is_found = false;
        while (end && rest.n && !is_found) {
            (void)str_cut(rest, '\n', &line, &rest);
            is_found = str_cut(line, '=', &key, &value) && key.n == (size_t)(end - text - 1) && memcmp(key.at, text + 1, key.n) == 0;
        }
        if (is_found) {
            strbuf_add(&out, value.at, value.n);
            text = end + 1;
        } else {
            strbuf_char(&out, *text++);
        }
    }
    const char *copy = arena_copy(&engine->turn, strbuf_str(&out));
    strbuf_close(&out);
    return copy;
}

/* NAME=text and NAME=number without the cost of a format: a job has a dozen of them. */
static const char *joined(struct arena *into, const char *const *texts, size_t count)
{
    size_t lengths[8], n = 0;
    assert(count <= COUNT(lengths));
    for (size_t i = 0; i < count; i++) {
        n += lengths[i] = strlen(texts[i]);
    }
    char *to = arena_alloc(into, n + 1, 1), *at = to;
    for (size_t i = 0; i < count; i++) {
        memcpy(at, texts[i], lengths[i]);
        at += lengths[i];
    }
    *at = '\0';
    return to;
}
#define JOINED(into, ...) joined((into), (const char *const[]){__VA_ARGS__}, COUNT(((const char *const[]){__VA_ARGS__})))

enum { DIGITS_MAX = 24 };
static const char *digits_of(char text[DIGITS_MAX], int64_t number, int digits_min)
{
    char *at = text + DIGITS_MAX;
    *--at = '\0';
    for (int n = 0; n < digits_min || number > 0; n++) {
        *--at = (char)('0' + number % 10);
        number /= 10;
    }
    return at;
}

static const char *date_of(char text[DATE_TEXT_MAX], struct bizday day)
{
    (void)bizday_print(day, text);
    for (char *at = text; *at; at++) {
        *at = *at == '-' ? '/' : *at;
    }
    return text;
}

static const char *const *environment(struct engine *engine, const struct live_run *live, int32_t n, const char *path)
{
    const struct run *run = live->run;
    const struct net_node *node = &run->net->nodes[n];
    const struct net_job *job = node->job;
    size_t own = 0;
    while (job->env && job->env[own]) {
        own++;
    }
    enum { OURS = 14 };
    const char **env = arena_array(&engine->turn, const char *, own + OURS + 1);
    char date[DATE_TEXT_MAX];
    char slashed[DATE_TEXT_MAX], id[DIGITS_MAX], number[DIGITS_MAX], wide[DIGITS_MAX], attempt[DIGITS_MAX], priority[DIGITS_MAX];
    const char *run_id = digits_of(id, live->id, 1), *service = engine->config.service;
    struct arena *turn = &engine->turn;
    size_t i = 0;
    env[i++] = "AJSENV=1";
    env[i++] = JOINED(turn, "AJSEXDATE=", date_of(slashed, run->date));
    env[i++] = JOINED(turn, "AJSEXECID=@A", run_id);
    env[i++] = JOINED(turn, "AJSHOST=", live->agents[n] ? live->agents[n] : "");
    env[i++] = JOINED(turn, "AJSJOBNAME=", service, ":", path);
    env[i++] = JOINED(turn, "AJSNETNAME=", service, ":", run->net->path);
    env[i++] = JOINED(turn, "AJSPRID=", run_id);
    env[i++] = JOINED(turn, "JP1JobID=", run_id, digits_of(wide, n, 5));
    env[i++] = JOINED(turn, "JP1JobName=", node->name);
    env[i++] = "JP1NBQSQueueName=@SYSTEM";
    env[i++] = JOINED(turn, "JP1Priority=", digits_of(priority, node->priority, 1));
    env[i++] = "JP1UserName=banto";
    env[i++] = JOINED(turn, "BANTO_DATE=", bizday_print(run->date, date));
    env[i++] = JOINED(turn, "BANTO_RUN=", run_id, "/", digits_of(number, n, 1), "/", digits_of(attempt, run->nodes[n].attempt, 1));
    for (size_t k = 0; k < own; k++) {
        env[i++] = expand(engine, run, job->env[k]);
    }
    return env;
}

struct frame *start_frame(struct engine *engine, struct live_run *live, int32_t n)
{
    const struct net_node *node = &live->run->net->nodes[n];
    const struct net_job *job = node->job;
    const char *path = net_node_path(&engine->turn, live->run->net, n);
    struct frame *frame = arena_new(&engine->turn, struct frame);
    frame->kind = FRAME_START;
    frame->start = (struct start_order){
        .unit = path,
        .command = expand(engine, live->run, job->command),
        .script = expand(engine, live->run, job->script),
        .arguments = expand(engine, live->run, job->arguments),
        .workdir = job->workdir,
        .env_file = job->env_file,
        .env = environment(engine, live, n, path),
        .user = job->user,
        .stdin_file = job->stdin_file,
        .stdout_file = job->stdout_file,
        .stderr_file = job->stderr_file,
        .stdout_append = job->stdout_append,
        .stderr_append = job->stderr_append,
        .is_pc = job->is_pc,
        .priority = node->priority,
        .ttl_ms = START_TTL_MS,
        .timeout_ms = 0,
        .output_bytes_max = OUTPUT_BYTES_MAX_DEFAULT,
        .judgment_file = job->judgment_file,
    };
    return frame;
}
