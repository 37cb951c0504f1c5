/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_net - the real banto-agent and its keeper against a small server inside the test.
 *
 * The server has one thread: it is moved on by whoever waits for the next frame.
 */
#include "tests/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent/process/message.h"
#include "base/arena.h"
#include "base/vec.h"
#include "wire/frame.h"

enum { CONNECTIONS_MAX = 16, WAIT_MS = 20000, STEP_MS = 20 };

struct connection {
    int fd; /* -1: free */
    struct strbuf in;
};

struct fixture {
    char folder[64];
    const char *option; /* one more for the agent */
    pid_t agent;
    int listen_fd, stream_fd;
    int status;   /* answered to posts; 200 */
    int sessions; /* streams opened so far */
    struct connection connections[CONNECTIONS_MAX];
    struct arena arena;
    VEC(struct frame) frames;
    size_t taken;
};

static void agent_start(struct fixture *f)
{
    char program[512], server[128];
    const char *bin = getenv("BANTO_BIN") ? getenv("BANTO_BIN") : "bin";
    (void)snprintf(program, sizeof(program), "%s/banto-agent", bin);
    (void)snprintf(server, sizeof(server), "unix:%s/server.sock", f->folder);
    const char *keeper_option = getenv("BANTO_TEST_NO_CGROUP") ? "--no-cgroup" : "--cgroup";
    f->agent = fork();
    if (f->agent == 0) {
        execl(program, "banto-agent", "--dir", f->folder, "--server", server, "--name", "host1", "--keeper-option", keeper_option, f->option,
              (char *)NULL);
        _exit(127);
    }
}

static int open_with(void **state, const char *option)
{
    struct fixture *f = test_calloc(1, sizeof(*f));
    *state = f;
    f->option = option;
    f->status = 200;
    f->stream_fd = -1;
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        f->connections[i].fd = -1;
    }
    (void)str_copy(f->folder, sizeof(f->folder), "/tmp/banto-net-XXXXXX");
    if (!mkdtemp(f->folder)) {
        return -1;
    }
    (void)chmod(f->folder, 0755);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/server.sock", f->folder);
    f->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(f->listen_fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(f->listen_fd, 16) != 0) {
        return -1;
    }
    agent_start(f);
    return 0;
}

static int fixture_open(void **state)
{
    return open_with(state, NULL);
}

static void run_program(const char *const *argv)
{
    pid_t pid = fork();
    if (pid == 0) {
        union {
            const char *const *given;
            char *const *wanted;
        } words = {argv};
        execv(argv[0], words.wanted);
        _exit(127);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static pid_t keeper_pid(struct fixture *f)
{
    char path[128], text[16] = "";
    (void)snprintf(path, sizeof(path), "%s/keeper.lock", f->folder);
    int fd = open(path, O_RDONLY);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;
    (void)close(fd);
    return n > 0 ? (pid_t)strtol(text, NULL, 10) : 0;
}

static void agent_kill(struct fixture *f)
{
    (void)kill(f->agent, SIGKILL);
    (void)waitpid(f->agent, NULL, 0);
}

static int fixture_close(void **state)
{
    struct fixture *f = *state;
    agent_kill(f);
    pid_t keeper = keeper_pid(f);
    char socket_path[128];
    (void)snprintf(socket_path, sizeof(socket_path), "%s/keeper.sock", f->folder);
    (void)(keeper > 0 && kill(keeper, SIGUSR1));
    for (int i = 0; keeper > 0 && i < 500 && access(socket_path, F_OK) == 0; i++) {
        (void)usleep(10000); /* an orderly end removes its cgroups too */
    }
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        if (f->connections[i].fd >= 0) {
            (void)close(f->connections[i].fd);
        }
        strbuf_close(&f->connections[i].in);
    }
    (void)close(f->listen_fd);
    run_program((const char *const[]){"/bin/rm", "-rf", f->folder, NULL});
    vec_close(&f->frames);
    arena_close(&f->arena);
    test_free(f);
    return 0;
}

static void answer(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void take_reports(struct fixture *f, const char *at, size_t n)
{
    struct str rest = {at, n}, line;
    while (rest.n) {
        struct err e = {0};
        assert_true(str_cut(rest, '\n', &line, &rest)); /* whole lines only */
        assert_true(frame_decode(&f->arena, line.at, line.n, vec_add(&f->frames), &e));
    }
}

/* One request of what has come in; false if it is not whole yet. */
static bool take_request(struct fixture *f, struct connection *c)
{
    const char *text = strbuf_str(&c->in), *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "\r\ncontent-length:");
    if (!end) {
        return false;
    }
    size_t head = (size_t)(end - text) + 4, body = length && length < end ? (size_t)strtoul(length + 17, NULL, 10) : 0;
    if (c->in.n < head + body) {
        return false;
    }
    if (str_starts(text, "GET ")) {
        assert_non_null(strstr(text, "GET /agent/v1/stream?agent=host1&session="));
        f->stream_fd = c->fd;
        f->sessions++;
        answer(c->fd, "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n");
    } else {
        assert_true(str_starts(text, "POST /agent/v1/reports?agent=host1&session="));
        if (f->status == 200) {
            take_reports(f, text + head, body);
        }
        answer(c->fd, f->status == 200 ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                       : "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    }
    c->in.n -= head + body;
    memmove(c->in.at, c->in.at + head + body, c->in.n + 1);
    return true;
}

static void connection_drop(struct fixture *f, struct connection *c)
{
    if (f->stream_fd == c->fd) {
        f->stream_fd = -1;
    }
    (void)close(c->fd);
    c->fd = -1;
    strbuf_clear(&c->in);
}

static void server_step(struct fixture *f, int wait_ms)
{
    struct pollfd fds[CONNECTIONS_MAX + 1] = {{f->listen_fd, POLLIN, 0}};
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        fds[i + 1] = (struct pollfd){f->connections[i].fd, POLLIN, 0};
    }
    (void)poll(fds, CONNECTIONS_MAX + 1, wait_ms);
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *c = &f->connections[i];
        char bytes[65536];
        ssize_t n = fds[i + 1].revents ? recv(c->fd, bytes, sizeof(bytes), 0) : -1;
        if (fds[i + 1].revents && n <= 0) {
            connection_drop(f, c);
        } else if (n > 0) {
            strbuf_add(&c->in, bytes, (size_t)n);
            while (take_request(f, c)) {
            }
        }
    }
    for (size_t i = 0; fds[0].revents && i < CONNECTIONS_MAX; i++) {
        if (f->connections[i].fd < 0) {
            f->connections[i].fd = accept4(f->listen_fd, NULL, NULL, SOCK_CLOEXEC);
            break;
        }
    }
}

static void serve(struct fixture *f, int ms)
{
    int64_t until = keeper_clock_ms(CLOCK_MONOTONIC) + ms;
    while (keeper_clock_ms(CLOCK_MONOTONIC) < until) {
        server_step(f, STEP_MS);
    }
}

static struct frame next(struct fixture *f)
{
    int64_t until = keeper_clock_ms(CLOCK_MONOTONIC) + WAIT_MS;
    for (;;) {
        while (f->taken < f->frames.n) {
            if (f->frames.at[f->taken++].kind != FRAME_LOAD) {
                return f->frames.at[f->taken - 1];
            }
        }
        if (keeper_clock_ms(CLOCK_MONOTONIC) > until) {
            fail_msg("no frame from the agent");
        }
        server_step(f, STEP_MS);
    }
}

static struct frame expect(struct fixture *f, enum frame_kind kind, int64_t run)
{
    struct frame frame = next(f);
    if (frame.kind != kind || (run && frame.key.run != run)) {
        fail_msg("got frame %d of run %d (%s), not %d of %d", frame.kind, (int)frame.key.run, frame.detail, kind, (int)run);
    }
    return frame;
}

static void command(struct fixture *f, const struct frame *frame)
{
    CLEANUP(strbuf_close) struct strbuf line = {0};
    frame_encode(&line, frame);
    answer(f->stream_fd, line.at);
}

static struct attempt_key key_of(int64_t run)
{
    return (struct attempt_key){.epoch = "e1", .service = "main", .run = run, .node = 2, .attempt = 1};
}

static void command_key(struct fixture *f, enum frame_kind kind, int64_t run)
{
    command(f, &(struct frame){.kind = kind, .key = key_of(run)});
}

static void start(struct fixture *f, int64_t run, struct start_order order)
{
    order.unit = order.unit ? order.unit : "/net/job";
    command(f, &(struct frame){.kind = FRAME_START, .key = key_of(run), .start = order, .now_ms = keeper_clock_ms(CLOCK_BOOTTIME)});
}

/* HELLO, what is in hand (left to the caller), READY. */
static struct frame greet(struct fixture *f)
{
    struct frame hello = expect(f, FRAME_HELLO, 0);
    assert_string_equal(hello.name, "host1");
    assert_string_equal(hello.path, f->folder);
    command(f, &(struct frame){.kind = FRAME_WELCOME, .epoch = "e1", .heartbeat_ms = 100000, .now_ms = keeper_clock_ms(CLOCK_BOOTTIME)});
    return hello;
}

static void connect_first(struct fixture *f)
{
    assert_string_equal(greet(f).epoch, "");
    (void)expect(f, FRAME_READY, 0);
    command(f, &(struct frame){.kind = FRAME_PROBE, .path = "/"}); /* answered: the welcome was read */
    (void)expect(f, FRAME_PROBED, 0);
}

static struct frame ended(struct fixture *f, int64_t run)
{
    (void)expect(f, FRAME_STARTED, run);
    return expect(f, FRAME_ENDED, run);
}

static void expect_file(struct fixture *f, const char *name, const char *content)
{
    char path[256], got[4096] = "";
    (void)snprintf(path, sizeof(path), "%s/%s", f->folder, name);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    ssize_t n = read(fd, got, sizeof(got) - 1);
    got[n > 0 ? n : 0] = '\0';
    (void)close(fd);
    assert_string_equal(got, content);
}

static void make_file(struct fixture *f, const char *name, const char *content, char path[128])
{
    (void)snprintf(path, 128, "%s/%s", f->folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
    assert_int_equal(write(fd, content, strlen(content)), strlen(content));
    (void)close(fd);
}

static void job_runs_and_its_end_is_told_until_acknowledged(void **state)
{
    struct fixture *f = *state;
    connect_first(f);
    start(f, 12345, (struct start_order){.command = "echo 出力; exit 3", .ttl_ms = 60000});
    struct frame end = ended(f, 12345);
    assert_int_equal(end.code, 3);
    assert_int_equal(end.output_bytes, 7);
    expect_file(f, "output/12/12345/2-1.out", "出力\n");
    start(f, 12345, (struct start_order){.command = "echo again"});
    assert_int_equal(expect(f, FRAME_ENDED, 12345).code, 3);
    command_key(f, FRAME_ACK, 12345);
    command_key(f, FRAME_ASK, 12345);
    assert_string_equal(expect(f, FRAME_UNKNOWN, 12345).detail, "acknowledged");
    command_key(f, FRAME_ASK, 9);
    assert_int_equal(expect(f, FRAME_NEVER, 9).refusal, REFUSED_UNKNOWN_KEY);
}

static void script_gets_words_environment_and_workdir(void **state)
{
    struct fixture *f = *state;
    char script[128], env_file[128];
    make_file(f, "job.sh", "#!/bin/sh\npwd\necho \"$1|$2|$#\"\necho $A $B $C $AJSJOBNAME $HOME\n", script);
    make_file(f, "job.env", "# 変数\nA=file\nB=file\n\n", env_file);
    connect_first(f);
    start(f, 1, (struct start_order){.script = script, .arguments = "'one \"1\"'  two\\ 2", .env_file = env_file, .workdir = f->folder,
                                     .env = (const char *const[]){"B=order", "C=c", "AJSJOBNAME=/net/job", "HOME=/h", NULL}});
    assert_int_equal(ended(f, 1).code, 0);
    char expected[256];
    (void)snprintf(expected, sizeof(expected), "%s\none \"1\"|two 2|2\nfile order c /net/job /h\n", f->folder);
    expect_file(f, "output/0/1/2-1.out", expected);
}

/* FOLDER/environment is kept in memory, but what the administrator writes holds from the next start on. */
static void environment_of_the_host_is_that_of_now(void **state)
{
    struct fixture *f = *state;
    char path[128];
    connect_first(f);
    start(f, 1, (struct start_order){.command = "echo $SITE $LOGNAME"});
    assert_int_equal(ended(f, 1).code, 0);
    for (int i = 2; i < 6; i++) {
        char line[32], name[32], expected[32];
        (void)snprintf(line, sizeof(line), "# x\nSITE=%s%d\n", i < 4 ? "a" : "ab", i);
        make_file(f, "environment", line, path);
        if (i == 3) {
            const struct timespec past[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}}; /* old enough to be kept */
            assert_int_equal(utimensat(AT_FDCWD, path, past, 0), 0);
        }
        for (int again = 0; again < 2; again++) {
            int run = 10 * i + again;
            start(f, run, (struct start_order){.command = "echo $SITE"});
            assert_int_equal(ended(f, run).code, 0);
            (void)snprintf(name, sizeof(name), "output/0/%d/2-1.out", run);
            (void)snprintf(expected, sizeof(expected), "%s%d\n", i < 4 ? "a" : "ab", i);
            expect_file(f, name, expected);
        }
    }
    make_file(f, "environment", "no equals sign\n", path);
    start(f, 90, (struct start_order){.command = "true"});
    assert_int_equal(expect(f, FRAME_NEVER, 90).refusal, REFUSED_SPAWN);
    assert_int_equal(unlink(path), 0);
    start(f, 91, (struct start_order){.command = "echo \"[$SITE]\""});
    assert_int_equal(ended(f, 91).code, 0);
    expect_file(f, "output/0/91/2-1.out", "[]\n");
}

static void order_that_cannot_start_is_refused(void **state)
{
    struct fixture *f = *state;
    connect_first(f);
    start(f, 1, (struct start_order){.script = "/no/such/script"});
    struct frame never = expect(f, FRAME_NEVER, 1);
    assert_int_equal(never.refusal, REFUSED_SPAWN);
    assert_string_equal(never.detail, "/no/such/script: No such file or directory");
    start(f, 2, (struct start_order){.script = "/bin/true", .arguments = "'open"});
    assert_int_equal(expect(f, FRAME_NEVER, 2).refusal, REFUSED_SPAWN);
    start(f, 3, (struct start_order){.command = "true", .user = "no-such-user"});
    assert_int_equal(expect(f, FRAME_NEVER, 3).refusal, REFUSED_SPAWN);
    start(f, 4, (struct start_order){.command = "true", .env_file = "/no/such/env"});
    assert_int_equal(expect(f, FRAME_NEVER, 4).refusal, REFUSED_SPAWN);
    start(f, 5, (struct start_order){.command = "true", .is_pc = true});
    assert_int_equal(expect(f, FRAME_NEVER, 5).refusal, REFUSED_KIND);
    struct frame late = {.kind = FRAME_START, .key = key_of(6), .start = {.unit = "/n/j", .command = "true", .ttl_ms = 60000},
                         .now_ms = keeper_clock_ms(CLOCK_BOOTTIME) - 61000};
    late.now_ms = late.now_ms > 0 ? late.now_ms : 1;
    late.start.ttl_ms = late.now_ms == 1 ? 1 : 60000;
    command(f, &late);
    assert_int_equal(expect(f, FRAME_NEVER, 6).refusal, REFUSED_EXPIRED);
    struct frame other = {.kind = FRAME_START, .key = key_of(7), .start = {.unit = "/n/j", .command = "true"}};
    other.key.epoch = "e2";
    command(f, &other);
    assert_int_equal(expect(f, FRAME_NEVER, 7).refusal, REFUSED_EPOCH);
    command(f, &(struct frame){.kind = FRAME_DRAIN, .is_on = true});
    start(f, 8, (struct start_order){.command = "true"});
    assert_int_equal(expect(f, FRAME_NEVER, 8).refusal, REFUSED_DRAINED);
}

static void judgment_file_and_probe_are_looked_at(void **state)
{
    struct fixture *f = *state;
    char path[128];
    make_file(f, "judged", "1", path);
    connect_first(f);
    start(f, 1, (struct start_order){.command = "true", .judgment_file = path});
    struct frame end = ended(f, 1);
    assert_true(end.judgment_exists);
    assert_false(end.judgment_changed);
    start(f, 2, (struct start_order){.command = "echo 22 > judged", .judgment_file = "judged", .workdir = f->folder});
    end = ended(f, 2);
    assert_true(end.judgment_exists);
    assert_true(end.judgment_changed);
    start(f, 3, (struct start_order){.command = "rm judged", .judgment_file = path, .workdir = f->folder});
    end = ended(f, 3);
    assert_false(end.judgment_exists);
    assert_true(end.judgment_changed);
    command(f, &(struct frame){.kind = FRAME_PROBE, .path = path});
    assert_false(expect(f, FRAME_PROBED, 0).exists);
    command(f, &(struct frame){.kind = FRAME_PROBE, .path = "/bin/sh"});
    assert_true(expect(f, FRAME_PROBED, 0).exists);
}

static void kill_and_time_out_end_a_job(void **state)
{
    struct fixture *f = *state;
    connect_first(f);
    start(f, 1, (struct start_order){.command = "sleep 95"});
    (void)expect(f, FRAME_STARTED, 1);
    command_key(f, FRAME_KILL, 1);
    struct frame end = expect(f, FRAME_ENDED, 1);
    assert_true(end.is_killed);
    assert_int_equal(end.code, -1);
    assert_int_equal(end.signal, SIGKILL);
    start(f, 2, (struct start_order){.command = "sleep 95", .timeout_ms = 200});
    end = ended(f, 2);
    assert_true(end.is_killed);
    assert_in_range(end.duration_ms, 190, 5000);
}

static void job_runs_as_its_user(void **state)
{
    struct fixture *f = *state;
    connect_first(f);
    if (geteuid() != 0) {
        skip();
    }
    start(f, 1, (struct start_order){.command = "id -un; id -gn; umask; echo $USER", .user = "nobody", .workdir = "/"});
    assert_int_equal(ended(f, 1).code, 0);
    expect_file(f, "output/0/1/2-1.out", "nobody\nnogroup\n0022\nnobody\n");
}

/* What is in hand, in any order. */
static void expect_in_hand(struct fixture *f, int64_t started, int64_t has_ended)
{
    for (int left = (started != 0) + (has_ended != 0); left > 0; left--) {
        struct frame frame = next(f);
        assert_true((frame.kind == FRAME_STARTED && frame.key.run == started) || (frame.kind == FRAME_ENDED && frame.key.run == has_ended));
    }
    (void)expect(f, FRAME_READY, 0);
}

static void killed_net_half_tells_again_what_is_in_hand(void **state)
{
    struct fixture *f = *state;
    connect_first(f);
    start(f, 1, (struct start_order){.command = "sleep 1; exit 7"});
    (void)expect(f, FRAME_STARTED, 1);
    start(f, 2, (struct start_order){.command = "exit 8"});
    (void)ended(f, 2);
    agent_kill(f);
    agent_start(f);
    assert_string_equal(greet(f).epoch, "e1");
    expect_in_hand(f, 1, 2);
    command_key(f, FRAME_ACK, 2);
    struct frame end = expect(f, FRAME_ENDED, 1);
    assert_int_equal(end.code, 7);
    assert_in_range(end.duration_ms, 900, 10000);
    agent_kill(f);
    serve(f, 50);
    agent_start(f);
    (void)greet(f);
    expect_in_hand(f, 0, 1);
}

static void lost_stream_and_refused_posts_begin_a_new_session(void **state)
{
    struct fixture *f = *state;
    connect_first(f);
    start(f, 1, (struct start_order){.command = "sleep 0.2; exit 4"});
    (void)expect(f, FRAME_STARTED, 1);
    (void)shutdown(f->stream_fd, SHUT_RDWR);
    (void)greet(f);
    expect_in_hand(f, 1, 0);
    f->status = 503;
    serve(f, 600); /* the end is posted, refused, and kept */
    f->status = 200;
    (void)greet(f);
    expect_in_hand(f, 0, 1);
    assert_true(f->sessions >= 3);
}

static void killed_keeper_makes_its_jobs_unknown(void **state)
{
    struct fixture *f = *state;
    connect_first(f);
    start(f, 1, (struct start_order){.command = "exec sleep 2"});
    (void)expect(f, FRAME_STARTED, 1);
    (void)kill(keeper_pid(f), SIGKILL);
    (void)greet(f);
    (void)expect(f, FRAME_UNKNOWN, 1);
    (void)expect(f, FRAME_READY, 0);
    command_key(f, FRAME_ACK, 1);
    start(f, 2, (struct start_order){.command = "true"});
    assert_int_equal(ended(f, 2).code, 0);
}

static void other_epoch_is_not_taken_without_being_told(void **state)
{
    struct fixture *f = *state;
    connect_first(f);
    agent_kill(f);
    agent_start(f);
    (void)expect(f, FRAME_HELLO, 0);
    command(f, &(struct frame){.kind = FRAME_WELCOME, .epoch = "e2"});
    int before = f->sessions;
    serve(f, 3500);
    assert_true(f->sessions > before); /* it left and came again */
    agent_kill(f);
    f->frames.n = f->taken = 0;
    f->option = "--adopt";
    agent_start(f);
    const char *told = expect(f, FRAME_HELLO, 0).epoch;
    assert_true(!told || !told[0]); /* a server refuses another epoch than its own */
    command(f, &(struct frame){.kind = FRAME_WELCOME, .epoch = "e2"});
    (void)expect(f, FRAME_READY, 0);
    serve(f, 100);
    expect_file(f, "epoch", "e2");
}

static void stop_waits_for_jobs_and_ends_both(void **state)
{
    struct fixture *f = *state;
    char program[512];
    connect_first(f);
    start(f, 1, (struct start_order){.command = "sleep 0.5; exit 6"});
    (void)expect(f, FRAME_STARTED, 1);
    (void)snprintf(program, sizeof(program), "%s/banto-agent", getenv("BANTO_BIN") ? getenv("BANTO_BIN") : "bin");
    pid_t stopper = fork();
    if (stopper == 0) {
        execl(program, "banto-agent", "--dir", f->folder, "--stop", (char *)NULL);
        _exit(127);
    }
    assert_int_equal(expect(f, FRAME_ENDED, 1).code, 6);
    command_key(f, FRAME_ACK, 1);
    int status;
    assert_int_equal(waitpid(f->agent, &status, 0), f->agent);
    assert_int_equal(status, 0);
    assert_int_equal(waitpid(stopper, &status, 0), stopper);
    assert_int_equal(status, 0);
}

static void kill_all_kills_the_jobs_and_ends_both(void **state)
{
    struct fixture *f = *state;
    char program[512];
    connect_first(f);
    start(f, 1, (struct start_order){.command = "sleep 94"});
    (void)expect(f, FRAME_STARTED, 1);
    (void)snprintf(program, sizeof(program), "%s/banto-agent", getenv("BANTO_BIN") ? getenv("BANTO_BIN") : "bin");
    pid_t stopper = fork();
    if (stopper == 0) {
        execl(program, "banto-agent", "--dir", f->folder, "--kill-all", (char *)NULL);
        _exit(127);
    }
    assert_true(expect(f, FRAME_ENDED, 1).is_killed);
    command_key(f, FRAME_ACK, 1);
    int status;
    assert_int_equal(waitpid(stopper, &status, 0), stopper);
    assert_int_equal(status, 0);
}

enum { STORM_JOBS = 300, STORM_ROUNDS_MAX = 200 };

/* What a server does after READY: STARTs that had no answer are sent again; what ended is acknowledged. */
static void storm_round(struct fixture *f, bool has_started[STORM_JOBS], bool has_ended[STORM_JOBS])
{
    (void)greet(f);
    for (;;) {
        struct frame frame = next(f);
        if (frame.kind == FRAME_READY) {
            break;
        }
        has_started[frame.key.run] = true;
        has_ended[frame.key.run] = has_ended[frame.key.run] || frame.kind == FRAME_ENDED;
    }
    for (int i = 0; i < STORM_JOBS; i++) {
        char text[64];
        (void)snprintf(text, sizeof(text), "echo %d >> ran", i);
        if (!has_started[i] && f->stream_fd >= 0) {
            start(f, i, (struct start_order){.command = text, .workdir = f->folder});
        }
    }
    serve(f, 60);
    for (; f->taken < f->frames.n; f->taken++) {
        const struct frame *frame = &f->frames.at[f->taken];
        if (frame->kind == FRAME_STARTED || frame->kind == FRAME_ENDED) {
            has_started[frame->key.run] = true;
            has_ended[frame->key.run] = has_ended[frame->key.run] || frame->kind == FRAME_ENDED;
        }
    }
}

static void killed_again_and_again_nothing_is_lost_or_doubled(void **state)
{
    struct fixture *f = *state;
    bool has_started[STORM_JOBS] = {false}, has_ended[STORM_JOBS] = {false};
    int ends = 0, rounds = 0, counts[STORM_JOBS] = {0}, run;
    while (ends < STORM_JOBS && rounds++ < STORM_ROUNDS_MAX) {
        storm_round(f, has_started, has_ended);
        agent_kill(f);
        serve(f, 5);
        f->frames.n = f->taken = 0; /* whoever is dead is not heard any more */
        agent_start(f);
        ends = 0;
        for (int i = 0; i < STORM_JOBS; i++) {
            ends += has_ended[i];
        }
    }
    assert_int_equal(ends, STORM_JOBS);
    assert_true(rounds > 1);
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/ran", f->folder);
    FILE *ran = fopen(path, "r");
    assert_non_null(ran);
    while (fscanf(ran, "%d", &run) == 1) {
        counts[run]++;
    }
    (void)fclose(ran);
    for (int i = 0; i < STORM_JOBS; i++) {
        assert_int_equal(counts[i], 1);
    }
    print_message("%d jobs through %d deaths of the net half\n", STORM_JOBS, rounds);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void many_jobs_in_one_go_and_one_by_one(void **state)
{
    struct fixture *f = *state;
    enum { MANY = 1000, SINGLE = 100 };
    double times_us[SINGLE];
    connect_first(f);
    double before = now_us();
    for (int i = 0; i < MANY; i++) {
        start(f, 1000 + i, (struct start_order){.script = "/bin/true"});
        server_step(f, 0);
    }
    bool has_ended[MANY] = {false};
    for (int ends = 0; ends < MANY;) {
        struct frame frame = next(f);
        if (frame.kind == FRAME_ENDED) {
            assert_false(has_ended[frame.key.run - 1000]);
            has_ended[frame.key.run - 1000] = true;
            ends++;
        }
    }
    print_message("%d jobs: %.0f ms\n", MANY, (now_us() - before) / 1000);
    for (int i = 0; i < SINGLE; i++) {
        before = now_us();
        start(f, 5000 + i, (struct start_order){.script = "/bin/true"});
        struct frame frame;
        do {
            frame = next(f);
        } while (frame.kind != FRAME_ENDED);
        times_us[i] = now_us() - before;
    }
    qsort(times_us, SINGLE, sizeof(times_us[0]), by_value);
    print_message("START to ENDED: median %.0f us, 90%% %.0f us\n", times_us[SINGLE / 2], times_us[SINGLE * 9 / 10]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(job_runs_and_its_end_is_told_until_acknowledged),
        TEST(script_gets_words_environment_and_workdir),
        TEST(environment_of_the_host_is_that_of_now),
        TEST(order_that_cannot_start_is_refused),
        TEST(judgment_file_and_probe_are_looked_at),
        TEST(kill_and_time_out_end_a_job),
        TEST(job_runs_as_its_user),
        TEST(killed_net_half_tells_again_what_is_in_hand),
        TEST(lost_stream_and_refused_posts_begin_a_new_session),
        TEST(killed_keeper_makes_its_jobs_unknown),
        TEST(other_epoch_is_not_taken_without_being_told),
        TEST(stop_waits_for_jobs_and_ends_both),
        TEST(kill_all_kills_the_jobs_and_ends_both),
        TEST(killed_again_and_again_nothing_is_lost_or_doubled),
        TEST(many_jobs_in_one_go_and_one_by_one),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
