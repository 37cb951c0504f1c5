/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keeper - the loop: streams of jobs, the net half, children that ended. A round of it writes the journal once,
 * before anybody is told.
 * A RUN goes from `in` to `intended` (being synced) to `ready`: while one batch starts, the disk takes the next.
 */
#include "agent/keeper/keeper.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "agent/keeper/keeper_priv.h"

/* STARTS_MAX a round, so that streams and ends are not kept waiting by a thousand starts. */
enum { BUCKETS = 1024, STARTS_MAX = 32, EVENTS_MAX = 64 };

struct keeper {
    struct keeper_options options;
    int epoll, client; /* client -1: none */
    bool is_stopping, is_behind; /* behind: whole messages are left in `in` */
    struct journal journal;
    struct bytes in, out, intended, ready;
    bool are_intended; /* of `ready`: their intents are on disk */
    struct attempt *running[BUCKETS];
    size_t running_count;
    int64_t alone_since_ms;
    struct process_order order;
    struct process_groups groups;
    char chunk[STREAM_CHUNK_BYTES];
};

static void watch(struct keeper *k, int fd, void *tag)
{
    (void)epoll_ctl(k->epoll, EPOLL_CTL_ADD, fd, &(struct epoll_event){EPOLLIN, {tag}});
}

static void send_message(struct keeper *k, const struct keeper_message *m)
{
    if (k->client >= 0) {
        k->out.n += keeper_encode(bytes_room(&k->out, keeper_message_bytes(m)), m);
    }
}

static void client_drop(struct keeper *k)
{
    if (k->client >= 0) {
        (void)close(k->client);
        k->client = -1;
        k->in.n = k->out.n = 0; /* LIST tells it again */
    }
}

static void report(struct keeper *k, const struct attempt *a)
{
    struct keeper_message m;
    attempt_message(a, &m);
    m.kind = m.kind == KEEPER_INTENT ? KEEPER_STARTED : m.kind;
    send_message(k, &m);
}

static struct capture *capture_open(struct keeper *k, const struct keeper_message *run, int which)
{
    static const char *const endings[] = {"", ".out", ".err"};
    struct capture *c = calloc(1, sizeof(*c));
    if (c) {
        c->stream.epoll = k->epoll;
        c->stream.max_bytes = run->numbers[RUN_OUTPUT_MAX];
    }
    if (!c || !process_stream_open(&c->stream, run->texts[RUN_CAPTURE], endings[which], &k->order.fds[which])) {
        free(c);
        return NULL;
    }
    return c;
}

static void capture_read(struct keeper *k, struct capture *c)
{
    process_stream_read(&c->stream, k->chunk, c->is_orphan ? 1 : 4); /* a pipe holds one chunk */
    if (c->stream.fd < 0 && c->is_orphan) {
        free(c);
    }
}

static void captures_let_go(struct keeper *k, struct attempt *a)
{
    for (int i = 0; i < 2; i++) {
        struct capture *c = a->captures[i];
        if (c) {
            capture_read(k, c);
            a->numbers[END_OUTPUT] += c->stream.kept_bytes;
            a->numbers[END_CUT] += c->stream.cut_bytes;
            c->is_orphan = true;
            capture_read(k, c);
        }
    }
}

static void start(struct keeper *k, const struct keeper_message *run, bool is_written)
{
    struct attempt *a = journal_find(&k->journal, run->texts[RUN_KEY])->live;
    struct process_order *o = &k->order;
    process_order_read(run, o);
    o->failed = is_written ? NULL : "journal";
    o->reason = EIO;
    for (int i = 0; i < 2 && !o->failed; i++) {
        if (!o->files[i + 1][0] && !(i == 1 && o->is_same) && !(a->captures[i] = capture_open(k, run, i + 1))) {
            o->failed = "pipe";
            o->reason = errno;
        }
    }
    a->pid = o->failed ? -1 : process_start(o);
    a->cgroup = o->cgroup;
    (void)close(o->fds[1]);
    (void)close(o->fds[2]);
    if (o->failed) {
        char why[512];
        (void)snprintf(why, sizeof(why), "%s: %s", o->failed, strerror(o->reason));
        captures_let_go(k, a);
        process_group_give(&k->groups, a->cgroup, false);
        journal_last(&k->journal, a, KEEPER_REFUSED, why);
    } else {
        a->next = k->running[a->pid % BUCKETS];
        k->running[a->pid % BUCKETS] = a;
        k->running_count++;
    }
    report(k, a);
}

static void stop(struct keeper *k, struct attempt *a)
{
    a->is_killed = true;
    process_kill(&k->groups, a->cgroup, a->pid, a->key);
}

/* Also what jobs left behind comes here when it ends: we are the subreaper. */
static void reap(struct keeper *k)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        struct attempt **at = &k->running[pid % BUCKETS], *a;
        while ((a = *at) && a->pid != pid) {
            at = &a->next;
        }
        if (a) {
            *at = a->next;
            k->running_count--;
            a->numbers[END_DURATION_MS] = keeper_clock_ms(CLOCK_BOOTTIME) - a->numbers[AT_BOOT_MS];
            a->numbers[END_CODE] = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
            a->numbers[END_SIGNAL] = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
            a->numbers[END_KILLED] = a->is_killed;
            captures_let_go(k, a);
            process_group_give(&k->groups, a->cgroup, a->is_killed || a->numbers[END_SIGNAL] == SIGKILL);
            journal_last(&k->journal, a, KEEPER_ENDED, NULL);
            report(k, a);
        }
    }
}

static void answer(struct keeper *k, const struct keeper_message *m)
{
    struct slot *slot = journal_find(&k->journal, m->texts[RUN_KEY]);
    if (m->kind == KEEPER_LIST) {
        for (size_t i = 0; i < k->journal.max; i++) {
            if (k->journal.slots[i].live) {
                report(k, k->journal.slots[i].live);
            }
        }
        send_message(k, &(struct keeper_message){.kind = KEEPER_LISTED, .number_count = 1, .numbers = {(int64_t)k->running_count}});
    } else if (!slot || !slot->live) {
        send_message(k, &(struct keeper_message){slot ? KEEPER_ACK : KEEPER_NEVER, 0, 1, {0}, {m->texts[RUN_KEY]}});
    } else if (m->kind == KEEPER_ACK && slot->live->kind != KEEPER_INTENT) {
        journal_ack(&k->journal, slot);
    } else if (m->kind == KEEPER_KILL && slot->live->kind == KEEPER_INTENT) {
        stop(k, slot->live);
    } else if (m->kind != KEEPER_ACK) {
        report(k, slot->live);
    }
}

/* What is heard, until a batch of RUNs is full. Others wait until no RUN before them waits, for they may speak of it;
 * an acknowledgement of one that has not ended says nothing. */
static int take(struct keeper *k)
{
    struct keeper_message m;
    size_t used = 0;
    long n = 0;
    int start_count = 0;
    while (start_count < STARTS_MAX && (n = keeper_decode(k->in.at + used, k->in.n - used, &m)) > 0) {
        struct slot *slot = m.kind == KEEPER_RUN ? journal_find(&k->journal, m.texts[RUN_KEY]) : NULL;
        if (m.kind == KEEPER_RUN && !slot) {
            (void)journal_intent(&k->journal, m.texts[RUN_KEY], m.texts[RUN_COOKIE]);
            bytes_add(&k->intended, k->in.at + used, (size_t)n);
            start_count++;
        } else if ((k->intended.n || k->ready.n) && m.kind != KEEPER_ACK) {
            break;
        } else {
            answer(k, &m);
        }
        used += (size_t)n;
    }
    bytes_drop(&k->in, used);
    k->is_behind = n > 0;
    if (n < 0) {
        client_drop(k);
    }
    return start_count;
}

static void advance(struct keeper *k)
{
    if (!k->ready.n && process_sync_end(&k->journal.sync, &k->are_intended)) {
        bytes_swap(&k->ready, &k->intended);
    }
}

/* Intents of all RUNs at hand are on disk, at the cost of one sync, before the first of them starts. */
static void handle(struct keeper *k)
{
    advance(k);
    if (!k->intended.n && take(k) > 0) {
        bool is_alone = !k->ready.n && !k->running_count; /* nothing could go on meanwhile */
        process_sync_begin(&k->journal.sync, journal_write(&k->journal) ? k->journal.fd : -1, is_alone);
        advance(k);
    }
    struct keeper_message m;
    for (size_t used = 0; used < k->ready.n;) {
        used += (size_t)keeper_decode(k->ready.at + used, k->ready.n - used, &m);
        start(k, &m, k->are_intended);
    }
    k->ready.n = 0;
}

static void receive(struct keeper *k)
{
    ssize_t n = recv(k->client, bytes_room(&k->in, STREAM_CHUNK_BYTES), STREAM_CHUNK_BYTES, MSG_DONTWAIT);
    if (n > 0) {
        k->in.n += (size_t)n;
    } else if (n == 0 || errno != EAGAIN) {
        client_drop(k);
    }
}

static void flush(struct keeper *k)
{
    (void)journal_write(&k->journal);
    ssize_t n = k->client >= 0 && k->out.n ? send(k->client, k->out.at, k->out.n, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
    if (n < 0 && errno != EAGAIN) {
        client_drop(k);
    } else if (n > 0) {
        bytes_drop(&k->out, (size_t)n);
    }
}

static void take_signals(struct keeper *k)
{
    struct signalfd_siginfo info;
    while (read(k->options.signal_fd, &info, sizeof(info)) == sizeof(info)) {
        k->is_stopping = k->is_stopping || info.ssi_signo != SIGCHLD;
        for (size_t i = 0; info.ssi_signo == SIGUSR1 && i < BUCKETS; i++) {
            for (struct attempt *a = k->running[i]; a; a = a->next) {
                stop(k, a);
            }
        }
    }
}

/* A stopping keeper waits for the net half to acknowledge all, but not for an absent one. */
static bool is_over(struct keeper *k)
{
    int64_t now_ms = keeper_clock_ms(CLOCK_BOOTTIME);
    bool is_alone = k->client < 0, is_idle = !k->running_count && !k->in.n && !k->intended.n;
    k->alone_since_ms = is_alone && is_idle ? k->alone_since_ms : now_ms;
    bool is_long = now_ms - k->alone_since_ms >= k->options.idle_ms && !k->journal.live_count;
    return is_idle && (k->is_stopping ? is_alone || !k->journal.live_count : is_long);
}

static void round_of(struct keeper *k)
{
    struct epoll_event events[EVENTS_MAX];
    bool is_calling = false, is_asking = false;
    int count = epoll_wait(k->epoll, events, EVENTS_MAX, k->is_behind && !k->intended.n ? 0 : k->out.n || k->journal.out.n ? 5 : 200);
    for (int i = 0; i < count; i++) {
        void *tag = events[i].data.ptr;
        is_calling = is_calling || tag == &k->options.listen_fd;
        is_asking = is_asking || tag == &k->client;
        if (tag == &k->options.signal_fd) {
            take_signals(k);
        } else if (tag != &k->options.listen_fd && tag != &k->client && tag != &k->journal.sync) {
            capture_read(k, tag);
        }
    }
    reap(k); /* after the events: it frees captures that they may name */
    if (is_asking && k->in.n <= KEEPER_BYTES_MAX) {
        receive(k);
    }
    handle(k);
    int caller = is_calling ? keeper_accept(k->options.listen_fd) : -1;
    if (caller >= 0) { /* takes the place of the one before */
        client_drop(k);
        k->client = caller;
        watch(k, caller, &k->client);
    }
    flush(k);
}

bool keeper_run(const struct keeper_options *options)
{
    struct keeper *k = calloc(1, sizeof(*k));
    char *stack = mmap(NULL, PROCESS_STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (!k || stack == MAP_FAILED || (k->epoll = epoll_create1(EPOLL_CLOEXEC)) < 0 || !journal_open(&k->journal)) {
        perror("banto-keeper: start");
        return false;
    }
    k->options = *options;
    k->client = -1;
    (void)bytes_room(&k->in, 1); /* never NULL */
    k->groups.fd = options->cgroup_fd;
    k->order.cgroups = &k->groups;
    k->order.stack_end = stack + PROCESS_STACK_BYTES;
    k->order.open_files = options->job_files;
    k->alone_since_ms = keeper_clock_ms(CLOCK_BOOTTIME);
    watch(k, options->listen_fd, &k->options.listen_fd);
    watch(k, options->signal_fd, &k->options.signal_fd);
    watch(k, k->journal.sync.done, &k->journal.sync);
    do {
        round_of(k);
    } while (!is_over(k));
    return true; /* the process ends and with it all of this */
}
