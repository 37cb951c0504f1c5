/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start - the START order of an attempt: JP1's environment variables, macro variables put in.
 */
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
static const char *with_text(struct arena *into, const char *name, const char *text)
{
    size_t name_n = strlen(name), text_n = strlen(text);
    char *to = arena_alloc(into, name_n + text_n + 1, 1);
    memcpy(to, name, name_n);
    memcpy(to + name_n, text, text_n + 1);
    return to;
}

static const char *with_number(struct arena *into, const char *name, int64_t number)
{
    char digits[24];
    char *at = digits + sizeof(digits);
    *--at = '\0';
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return with_text(into, name, at);
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
    struct civil day = bizday_civil(run->date);
    struct arena *turn = &engine->turn;
    size_t i = 0;
    env[i++] = "AJSENV=1";
    env[i++] = arena_printf(turn, "AJSEXDATE=%04d/%02d/%02d", day.year, day.month, day.day);
    env[i++] = with_number(turn, "AJSEXECID=@A", live->id);
    env[i++] = with_text(turn, "AJSHOST=", live->agents[n] ? live->agents[n] : "");
    env[i++] = arena_printf(turn, "AJSJOBNAME=%s:%s", engine->config.service, path);
    env[i++] = arena_printf(turn, "AJSNETNAME=%s:%s", engine->config.service, run->net->path);
    env[i++] = with_number(turn, "AJSPRID=", live->id);
    env[i++] = arena_printf(turn, "JP1JobID=%lld%05d", (long long)live->id, n);
    env[i++] = with_text(turn, "JP1JobName=", node->name);
    env[i++] = "JP1NBQSQueueName=@SYSTEM";
    env[i++] = with_number(turn, "JP1Priority=", node->priority);
    env[i++] = "JP1UserName=banto";
    env[i++] = with_text(turn, "BANTO_DATE=", bizday_print(run->date, date));
    env[i++] = arena_printf(turn, "BANTO_RUN=%lld/%d/%d", (long long)live->id, n, run->nodes[n].attempt);
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
