/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bantod - the server: data folder, store, clock, engine, and what is turned to the world.
 *
 * The main thread is the decision thread. The end (SIGTERM, SIGINT): decide nothing more, end streams, end the net
 * half of the local agent; its keeper and the jobs go on.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "api/api.h"
#include "api/site_folder.h"
#include "engine/engine.h"
#include "http/outside.h"
#include "http/terminal.h"
#include "os/clock.h"
#include "os/data_folder.h"
#include "os/loop.h"
#include "store/store.h"

struct server {
    struct arena arena;
    const char *data, *listen, *clock_spec, *site, *restore, *lang;
    struct clock clock;
    struct store *store;
    struct engine *engine;
    struct api *api;
    struct loop *loop;
    struct outside *outside;
};

static void end(void *loop)
{
    loop_stop(loop);
}

static bool arguments_read(struct server *s, char **argv, struct err *e)
{
    const struct {
        const char *name, **value;
    } rows[] = {{"--data", &s->data}, {"--listen", &s->listen},   {"--clock", &s->clock_spec},
                {"--site", &s->site}, {"--restore", &s->restore}, {"--lang", &s->lang}};
    for (char **at = argv + 1; *at; at += 2) {
        size_t i = 0;
        while (i < COUNT(rows) && !str_equal(rows[i].name, at[0])) {
            i++;
        }
        if (str_equal(at[0], "--help") || str_equal(at[0], "--version")) {
            usage_say(at[0]);
            exit(0);
        }
        if (i == COUNT(rows) || !at[1]) {
            return err_set(e, ERR_USAGE, "bantod %.60s (--help)", at[0]);
        }
        *rows[i].value = at[1];
    }
    if (s->lang) { /* what user_lang and the agent's look at; before any thread */
        (void)setenv("LC_ALL", str_equal(s->lang, "en") ? "en_US.UTF-8" : "ja_JP.UTF-8", 1);
    }
    return s->data || err_set(e, ERR_USAGE, "bantod --data DIR");
}

static void process_prepare(struct server *s)
{
    struct rlimit files;
    (void)umask(077);
    (void)signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) { /* a viewer is a file */
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    /* Jobs inherit these through the agent: window observe and the clock of a rehearsal. */
    (void)setenv("BANTO_SERVER", arena_printf(&s->arena, "unix:%s/bantod.sock", s->data), 1);
    const char *clock_file = arena_printf(&s->arena, "%s/clock", s->data);
    if (s->clock.is_simulated) {
        (void)setenv("BANTO_CLOCK_FILE", clock_file, 1);
    } else {
        (void)unlink(clock_file); /* of a rehearsal before */
        (void)unsetenv("BANTO_CLOCK_FILE");
    }
}

static bool core_open(struct server *s, struct err *e)
{
    struct engine_config config = {.clock = &s->clock, .service = "main", .data_folder = s->data, .turn_events_max = 4096};
    if (getrandom(&config.seed, sizeof(config.seed), 0) != sizeof(config.seed)) {
        return err_set(e, ERR_SYSTEM, "getrandom" ARG "?");
    }
    if (!store_open_sqlite(arena_printf(&s->arena, "%s/banto.db", s->data), &s->store, e)) {
        return false;
    }
    config.store = s->store;
    if (!clock_resume_from(s->store, &s->clock, e) || !engine_open(&config, &s->engine, e)) {
        return false;
    }
    struct api_config api = {s->engine, s->store, &s->clock, config.service, s->data};
    return api_open(&api, &s->api, e) && loop_open(&s->loop, e) && loop_on_signal(s->loop, SIGTERM, end, s->loop, e) &&
           loop_on_signal(s->loop, SIGINT, end, s->loop, e);
}

static bool run(struct server *s, struct err *e)
{
    struct site_facts facts = {0};
    if (!core_open(s, e) || !site_facts_read(s->api, &s->arena, s->site, &facts, e)) {
        return false;
    }
    struct outside_config outside = {s->api, s->data, s->listen, &facts, terminal_say};
    return (!s->site || site_folder_apply(s->api, s->site, terminal_say, e)) && outside_open(&outside, &s->outside, e) &&
           engine_run(s->engine, s->loop, e);
}

static bool serve(struct server *s, struct err *e)
{
    if (!data_folder_open(&s->arena, s->data, &s->data, e) || !clock_open(&s->clock, s->clock_spec, e)) {
        return false;
    }
    process_prepare(s);
    bool is_good = s->restore ? store_restore(s->restore, s->data, e) : run(s, e);
    outside_close(s->outside);
    api_close(s->api);
    engine_close(s->engine);
    loop_close(s->loop);
    store_close(s->store);
    return is_good;
}

int main(int argc, char **argv)
{
    struct server server = {0};
    struct err e = {0};
    bool is_good = argc > 0 && arguments_read(&server, argv, &e) && serve(&server, &e);
    if (is_good) {
        (void)err_set(&e, server.restore ? INFO_RESTORED : INFO_STOPPED, "%s", "");
    }
    terminal_say(&e);
    arena_close(&server.arena);
    return is_good ? 0 : message_of(e.code)->exit_status;
}
