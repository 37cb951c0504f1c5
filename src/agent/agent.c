/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent - the loop of the net half, and what each frame and each message of the keeper leads to.
 *
 * A session: begin -> stream open: LIST to the keeper, HELLO -> its answers -> LISTED: READY, posts may go -> work.
 * Running attempts are known from what the keeper says in this session; they carry their time-outs.
 */
#include "agent/agent_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "os/file.h"

enum { RETRY_MS_MIN = 50, RETRY_MS_MAX = 2000, HEARTBEAT_MS = 5000, WAIT_MS_MAX = 1000, LOG_AGAIN_MS = 60000, PARTING_MS = 5000,
       KEEPER_DYING_MS = 20 };
/* With so many attempts in hand, reports are gathered for a moment, longer with more of them: what a post, a commit
 * and a sync cost is shared by those in it. Fewer are told at once, for a successor may be waiting. */
enum { IN_HAND_MANY = 16, IN_HAND_PER_MS = 4, GATHER_MS_MAX = 12 };

struct running {
    int64_t deadline_boot_ms; /* INT64_MAX: none */
    char key[];
};

struct agent {
    const struct agent_options *options;
    struct order_host host;
    struct server_link *server;
    struct keeper_link keeper;
    struct arena turn; /* emptied after every round */
    struct map running; /* key -> struct running */
    int64_t in_hand;    /* ordered from the keeper and not heard to have ended; a hint */
    char *epoch;        /* known; "" before the first WELCOME */
    bool is_connected, is_listed, is_welcome, is_draining, is_leaving, is_ending, has_failed;
    struct err failure;
    int64_t retry_at_ms, retry_ms, load_at_ms, heartbeat_ms, leaving_at_ms, said_at_ms;
    int64_t server_ahead_ms; /* the server's CLOCK_BOOTTIME less ours */
    bool knows_server_clock;
    int signal_fd;
};

static int64_t now_ms(void)
{
    return keeper_clock_ms(CLOCK_BOOTTIME);
}

static void say(struct agent *a, const struct err *event)
{
    a->options->on_event(event);
}

static void report(struct agent *a, const struct frame *frame)
{
    if (a->is_connected) {
        frame_encode(server_link_reports(a->server), frame);
    }
}

static void running_forget(struct agent *a, const char *key)
{
    heap_free(map_remove(&a->running, key));
}

static void running_clear(struct agent *a)
{
    for (struct map_entry *entry = NULL; (entry = map_next(&a->running, entry));) {
        heap_free(entry->value);
    }
    map_close(&a->running);
}

static void running_add(struct agent *a, const struct keeper_message *m)
{
    const char *key = m->texts[RUN_KEY];
    int64_t timeout_ms = cookie_timeout_ms(m->texts[RUN_COOKIE]);
    running_forget(a, key);
    struct running *r = heap_resize(NULL, 1, sizeof(*r) + strlen(key) + 1);
    r->deadline_boot_ms = timeout_ms > 0 && timeout_ms < DAY_MS * 3650 ? m->numbers[AT_BOOT_MS] + timeout_ms : INT64_MAX;
    memcpy(r->key, key, strlen(key) + 1);
    (void)map_put(&a->running, r->key, r);
}

/* Kills what ran into its time-out; returns the next one. */
static int64_t running_check(struct agent *a, int64_t at_ms)
{
    int64_t next_ms = INT64_MAX;
    for (struct map_entry *entry = NULL; (entry = map_next(&a->running, entry));) {
        struct running *r = entry->value;
        if (r->deadline_boot_ms <= at_ms) {
            r->deadline_boot_ms = INT64_MAX;
            keeper_link_send_key(&a->keeper, KEEPER_KILL, r->key);
        }
        next_ms = r->deadline_boot_ms < next_ms ? r->deadline_boot_ms : next_ms;
    }
    return next_ms;
}

static void hear_keeper(struct agent *a, const struct keeper_message *m)
{
    struct frame frame;
    if (m->kind == KEEPER_LISTED) {
        a->is_listed = a->is_connected;
        a->in_hand = (int64_t)a->running.n;
        report(a, &(struct frame){.kind = FRAME_READY, .running = (int32_t)a->running.n});
        return;
    }
    if (m->kind == KEEPER_STARTED) {
        running_add(a, m);
    } else {
        running_forget(a, m->texts[RUN_KEY]);
        a->in_hand -= a->in_hand > 0;
    }
    if (report_make(&a->turn, m, now_ms(), &frame)) {
        report(a, &frame);
    }
}

static void refuse(struct agent *a, const struct frame *start, enum start_refusal refusal, const char *detail)
{
    report(a, &(struct frame){.kind = FRAME_NEVER, .key = start->key, .refusal = refusal, .detail = detail});
}

static void on_start(struct agent *a, const struct frame *f)
{
    int64_t age_ms = f->now_ms && a->knows_server_clock ? now_ms() + a->server_ahead_ms - f->now_ms : 0;
    struct keeper_message run;
    struct err e = {0};
    if (!str_equal(f->key.epoch, a->epoch)) {
        refuse(a, f, REFUSED_EPOCH, a->epoch);
    } else if (a->is_draining || a->is_leaving) {
        refuse(a, f, REFUSED_DRAINED, "");
    } else if (f->start.ttl_ms && age_ms > f->start.ttl_ms) {
        refuse(a, f, REFUSED_EXPIRED, arena_printf(&a->turn, "%" PRId64 " ms old", age_ms));
    } else if (f->start.is_pc && !a->options->can_pc) {
        refuse(a, f, REFUSED_KIND, "PC");
    } else if (order_make(&a->turn, &a->host, f, &run, &e)) {
        keeper_link_send(&a->keeper, &run);
        a->in_hand++;
    } else {
        CLEANUP(strbuf_close) struct strbuf text = {0};
        err_print(&text, &e, LANG_JA);
        refuse(a, f, REFUSED_SPAWN, text.at);
    }
}

static bool epoch_take(struct agent *a, const char *epoch, struct err *e)
{
    CLEANUP(arena_close) struct arena arena = {0};
    if (str_equal(a->epoch, epoch)) {
        return true;
    }
    if (a->epoch[0] && !a->options->is_adopting) {
        return err_set(e, ERR_AGENT_EPOCH, "%s" ARG "%s", a->epoch, epoch);
    }
    if (!file_write(arena_printf(&arena, "%s/epoch", a->options->folder), epoch, strlen(epoch), 0644, e)) {
        return false;
    }
    heap_free(a->epoch);
    a->epoch = heap_resize(NULL, 1, strlen(epoch) + 1);
    memcpy(a->epoch, epoch, strlen(epoch) + 1);
    return true;
}

static void on_welcome(struct agent *a, const struct frame *f)
{
    a->heartbeat_ms = f->heartbeat_ms > 0 ? f->heartbeat_ms : HEARTBEAT_MS;
    a->knows_server_clock = f->now_ms != 0;
    a->server_ahead_ms = f->now_ms - now_ms();
    if (!epoch_take(a, f->epoch, &a->failure)) {
        a->has_failed = true;
        return;
    }
    struct err event = {0};
    (void)err_set(&event, ERR_AGENT_CONNECTED, "%s" ARG "%zu", a->options->server, a->running.n);
    say(a, &event);
    a->is_welcome = true;
    a->retry_ms = RETRY_MS_MIN;
}

static void on_line(void *data, const char *line, size_t n)
{
    static const enum keeper_kind forwarded[FRAME_KINDS] = {
        [FRAME_KILL] = KEEPER_KILL, [FRAME_ASK] = KEEPER_ASK, [FRAME_ACK] = KEEPER_ACK};
    struct agent *a = data;
    struct frame f;
    struct err e = {0};
    if (!frame_decode(&a->turn, line, n, &f, &e)) {
        say(a, &e); /* of a newer server, perhaps: go on without it */
    } else if (f.kind == FRAME_START) {
        on_start(a, &f);
    } else if (forwarded[f.kind]) {
        keeper_link_send_key(&a->keeper, forwarded[f.kind], key_print(&a->turn, &f.key));
    } else if (f.kind == FRAME_WELCOME) {
        on_welcome(a, &f);
    } else if (f.kind == FRAME_DRAIN) {
        a->is_draining = f.is_on;
    } else if (f.kind == FRAME_PROBE) {
        report(a, &(struct frame){.kind = FRAME_PROBED, .path = f.path, .exists = file_exists(f.path)});
    } else if (f.kind == FRAME_REFUSE) {
        a->has_failed = true;
        (void)err_set(&a->failure, ERR_AGENT_REFUSED, "%s", f.detail);
    }
}

static void on_open(void *data)
{
    struct agent *a = data;
    struct utsname system;
    (void)uname(&system);
    a->is_connected = true;
    a->is_listed = false;
    a->load_at_ms = now_ms() + a->heartbeat_ms;
    running_clear(a);
    report(a, &(struct frame){
                  .kind = FRAME_HELLO,
                  .name = a->options->name,
                  .epoch = a->options->is_adopting ? "" : a->epoch, /* the server refuses another than its own */
                  .platform = arena_printf(&a->turn, "%s-%s", system.sysname, system.machine),
                  .version = BANTO_VERSION,
                  .host = arena_copy(&a->turn, system.nodename),
                  .can_pc = a->options->can_pc,
                  .path = a->options->folder,
              });
    keeper_link_send_key(&a->keeper, KEEPER_LIST, NULL);
}

/* Need not be secret, only different. */
static uint64_t chance(void)
{
    uint64_t number;
    bool is_drawn = getrandom(&number, sizeof(number), 0) == sizeof(number);
    return is_drawn ? number : (uint64_t)now_ms() * 2654435761u ^ (uint64_t)getpid();
}

static void session_begin(struct agent *a)
{
    char session[20];
    (void)snprintf(session, sizeof(session), "%016" PRIx64, chance());
    a->has_failed = a->is_connected = a->is_listed = a->knows_server_clock = false;
    a->retry_at_ms = INT64_MAX;
    server_link_begin(a->server, session);
}

/* The first failure is said at once, the same state again only after a while. */
static void session_lost(struct agent *a, const struct err *why)
{
    server_link_end(a->server);
    if (a->is_welcome || a->said_at_ms == 0 || now_ms() - a->said_at_ms > LOG_AGAIN_MS) {
        say(a, why);
        a->said_at_ms = now_ms();
    }
    a->is_connected = a->is_listed = a->is_welcome = a->has_failed = false;
    a->retry_at_ms = now_ms() + a->retry_ms / 2 + (int64_t)(chance() % (uint64_t)a->retry_ms);
    a->retry_ms = a->retry_ms * 2 < RETRY_MS_MAX ? a->retry_ms * 2 : RETRY_MS_MAX;
}

static void take_signals(struct agent *a)
{
    struct signalfd_siginfo info;
    while (read(a->signal_fd, &info, sizeof(info)) == sizeof(info)) {
        if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) {
            a->is_ending = true;
        } else {
            a->is_leaving = true;
            a->leaving_at_ms = now_ms();
            (void)kill(keeper_link_pid(&a->keeper), info.ssi_signo == SIGUSR1 ? SIGTERM : SIGUSR1);
        }
    }
}

static bool pump_keeper(struct agent *a, struct err *e)
{
    struct keeper_message m;
    size_t used = 0;
    bool is_there = keeper_link_pump(&a->keeper);
    while (keeper_link_next(&a->keeper, &used, &m)) {
        hear_keeper(a, &m);
    }
    if (is_there) {
        return true;
    }
    keeper_link_close(&a->keeper);
    a->is_ending = a->is_ending || a->is_leaving;
    if (a->is_ending) {
        return true;
    }
    struct err event = {0};
    (void)err_set(&event, ERR_KEEPER_LOST, " ");
    say(a, &event);
    server_link_end(a->server); /* the next session tells what has become of all */
    a->is_connected = a->is_listed = a->is_welcome = false;
    a->retry_at_ms = now_ms();
    (void)usleep(KEEPER_DYING_MS * 1000); /* its socket may still take calls for a moment */
    return keeper_link_open(&a->keeper, a->options, e);
}

/* Until when reports are gathered; in the past if they are not. */
static int64_t gathers_until_ms(const struct agent *a)
{
    int64_t gather_ms = a->in_hand / IN_HAND_PER_MS < GATHER_MS_MAX ? a->in_hand / IN_HAND_PER_MS : GATHER_MS_MAX;
    return a->is_listed && a->in_hand >= IN_HAND_MANY ? server_link_posted_ms(a->server) + gather_ms : 0;
}

static void pump_server(struct agent *a)
{
    struct err e = {0};
    if (now_ms() >= a->retry_at_ms) {
        session_begin(a);
    }
    if (a->is_listed && now_ms() >= a->load_at_ms) {
        report(a, &(struct frame){.kind = FRAME_LOAD, .running = (int32_t)a->running.n});
        a->load_at_ms = now_ms() + a->heartbeat_ms;
    }
    if (!server_link_pump(a->server, a->is_listed && now_ms() >= gathers_until_ms(a), &e)) {
        session_lost(a, &e);
    } else if (a->has_failed) {
        session_lost(a, &a->failure);
        a->retry_ms = RETRY_MS_MAX;
    }
}

static bool round_of(struct agent *a, struct err *e)
{
    take_signals(a);
    pump_server(a);
    if (!pump_keeper(a, e)) {
        return false;
    }
    if (a->is_ending) {
        return true;
    }
    pump_server(a); /* what the keeper said goes out in the same round */
    int64_t now = now_ms(), next = running_check(a, now);
    next = a->retry_at_ms < next ? a->retry_at_ms : next;
    next = a->is_listed && a->load_at_ms < next ? a->load_at_ms : next;
    int64_t gathers_ms = gathers_until_ms(a);
    next = gathers_ms > now && gathers_ms < next ? gathers_ms : next;
    int64_t wait_ms = next <= now ? 0 : next - now < WAIT_MS_MAX ? next - now : WAIT_MS_MAX;
    if (a->is_leaving && !a->running.n && !a->is_listed && now - a->leaving_at_ms > PARTING_MS) {
        a->is_ending = true; /* nobody hears us; the keeper has it all on disk */
    }
    bool hears_keeper = gathers_ms <= now || a->keeper.out.n;
    server_link_wait(a->server, (const int[]){hears_keeper ? a->keeper.fd : -1, a->signal_fd}, a->keeper.out.n > 0, (int)wait_ms);
    arena_reset(&a->turn);
    a->host.is_looked_at = false;
    return true;
}

static int signals_open(void)
{
    sigset_t ours;
    (void)sigemptyset(&ours);
    (void)sigaddset(&ours, SIGTERM);
    (void)sigaddset(&ours, SIGINT);
    (void)sigaddset(&ours, SIGUSR1);
    (void)sigaddset(&ours, SIGUSR2);
    (void)sigprocmask(SIG_BLOCK, &ours, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool epoch_read(struct agent *a, struct err *e)
{
    CLEANUP(arena_close) struct arena arena = {0};
    const char *path = arena_printf(&arena, "%s/epoch", a->options->folder);
    char *text = arena_copy(&arena, "");
    size_t n = 0;
    if (file_exists(path) && !file_read(&arena, path, NAME_BYTES_MAX, &text, &n, e)) {
        return false;
    }
    a->epoch = heap_resize(NULL, 1, n + 1);
    memcpy(a->epoch, text, n + 1);
    return true;
}

static void agent_close(struct agent *a)
{
    server_link_close(a->server);
    keeper_link_close(&a->keeper);
    running_clear(a);
    arena_close(&a->turn);
    order_host_close(&a->host);
    heap_free(a->epoch);
    if (a->signal_fd >= 0) {
        (void)close(a->signal_fd);
    }
}

bool agent_run(const struct agent_options *options, struct err *e)
{
    CLEANUP(arena_close) struct arena arena = {0};
    CLEANUP(agent_close) struct agent a = {
        .options = options, .retry_ms = RETRY_MS_MIN, .heartbeat_ms = HEARTBEAT_MS, .keeper.fd = -1, .signal_fd = -1};
    struct server_events events = {&a, on_open, on_line};
    int lock = -1;
    if (!folder_make(arena_printf(&arena, "%s/work", options->folder), 0755, e) ||
        !file_lock(arena_printf(&arena, "%s/agent.lock", options->folder), &lock, e) || !epoch_read(&a, e) ||
        !server_link_open(&a.server, options, events, e)) {
        return false;
    }
    a.signal_fd = signals_open();
    order_host_make(&arena, options->folder, &a.host);
    bool is_good = keeper_link_open(&a.keeper, options, e);
    while (is_good && !a.is_ending) {
        is_good = round_of(&a, e);
    }
    (void)close(lock);
    return is_good;
}

static void fd_close(const int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
}

/* False if nobody holds the lock; *ret his number, 0 if he has not written it yet. */
static bool holder_of(const char *path, pid_t *ret)
{
    struct err e = {0};
    int64_t pid = 0;
    struct str name, rest;
    CLEANUP(fd_close) int fd = -1;
    if (!file_exists(path) || file_lock(path, &fd, &e) || e.code != ERR_LOCKED) {
        return false;
    }
    (void)str_cut(str_of(e.args), ARG[0], &name, &rest);
    *ret = str_to_i64(rest, 1, INT32_MAX, &pid) ? (pid_t)pid : 0;
    return true;
}

bool agent_stop(const char *folder, bool is_killing, struct err *e)
{
    CLEANUP(arena_close) struct arena arena = {0};
    const char *agent_lock = arena_printf(&arena, "%s/agent.lock", folder);
    const char *keeper_lock = arena_printf(&arena, "%s/keeper.lock", folder);
    pid_t agent = 0, keeper = 0;
    bool has_told = false;
    while (holder_of(keeper_lock, &keeper) || holder_of(agent_lock, &agent)) {
        bool is_agent = holder_of(agent_lock, &agent) && agent > 0;
        pid_t pid = is_agent ? agent : keeper;
        int number = is_agent ? (is_killing ? SIGUSR2 : SIGUSR1) : (is_killing ? SIGUSR1 : SIGTERM);
        if (!has_told && pid > 0) {
            if (kill(pid, number) != 0 && errno != ESRCH) {
                return err_set(e, ERR_SYSTEM, "kill %d" ARG "%s", (int)pid, strerror(errno));
            }
            has_told = true;
        }
        (void)usleep(50000);
    }
    return true;
}
