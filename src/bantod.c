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
#include "http/arguments.h"
#include "http/outside.h"
#include "http/terminal.h"
#include "os/clock.h"
#include "os/data_folder.h"
#include "os/loop.h"
#include "store/store.h"

struct server {
    struct arena arena;
    struct arguments arguments;
    const char *data;          /* the folder's real path */
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

static void reload(void *server)
{
    outside_reload(((struct server *)server)->outside);
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
    struct api_config api = {.engine = s->engine, .store = s->store, .clock = &s->clock, .service = config.service, .data_folder = s->data};
    api.key_path = arena_printf(&s->arena, "%s/secret.key", s->data);
    return api_open(&api, &s->api, e) && loop_open(&s->loop, e) && loop_on_signal(s->loop, SIGTERM, end, s->loop, e) &&
           loop_on_signal(s->loop, SIGINT, end, s->loop, e) && loop_on_signal(s->loop, SIGHUP, reload, s, e);
}

static bool run(struct server *s, struct err *e)
{
    struct site_facts facts = {0};
    if (!core_open(s, e) || !site_facts_read(s->api, &s->arena, s->arguments.site, &facts, e)) {
        return false;
    }
    struct outside_config outside = {s->api, s->data, &s->arguments, &facts, terminal_say};
    return (!s->arguments.site || site_folder_apply(s->api, s->arguments.site, terminal_say, e)) && outside_open(&outside, &s->outside, e) &&
           engine_run(s->engine, s->loop, e);
}

static bool serve(struct server *s, struct err *e)
{
    if (!data_folder_open(&s->arena, s->arguments.data, &s->data, e) || !clock_open(&s->clock, s->arguments.clock, e)) {
        return false;
    }
    process_prepare(s);
    bool is_good = s->arguments.restore ? store_restore(s->arguments.restore, s->data, e) : run(s, e);
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
    bool is_good = argc > 0 && arguments_read(&server.arguments, argv, &e) && serve(&server, &e);
    if (is_good) {
        (void)err_set(&e, server.arguments.restore ? INFO_RESTORED : INFO_STOPPED, "%s", "");
    }
    terminal_say(&e);
    arena_close(&server.arena);
    return is_good ? 0 : message_of(e.code)->exit_status;
}
