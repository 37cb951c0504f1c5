/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_keeper - the real banto-keeper, spoken to over its socket.
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
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent/process/message.h"
#include "base/arena.h"
#include "base/str.h"

enum { WAIT_MS = 20000, IN_BYTES = 4 << 20 };

struct fixture {
    char folder[64];
    const char *option;
    pid_t pid;
    int fd;
    char *in;
    size_t n, used;
};

/* What a test wants to run; zero is: /bin/sh -c command, all captured. */
struct job {
    const char *key, *command, *in, *out, *err, *workdir;
    int64_t output_max, mask, flags;
    const char *argv[4], *env[4];
};

static void keeper_start(struct fixture *f)
{
    char program[512];
    (void)snprintf(program, sizeof(program), "%s/banto-keeper", getenv("BANTO_BIN") ? getenv("BANTO_BIN") : "bin");
    f->pid = fork();
    if (f->pid == 0) {
        execl(program, "banto-keeper", f->folder, "--idle-ms", "200", f->option, (char *)NULL);
        _exit(127);
    }
}

static void call(struct fixture *f)
{
    f->n = f->used = 0;
    f->fd = -1;
    for (int i = 0; i < 500 && f->fd < 0; i++) {
        f->fd = keeper_connect(f->folder);
        (void)usleep(f->fd < 0 ? 10000 : 0);
    }
    assert_true(f->fd >= 0);
}

static int open_with(void **state, const char *option)
{
    struct fixture *f = test_calloc(1, sizeof(*f));
    (void)str_copy(f->folder, sizeof(f->folder), "/tmp/banto-keeper-XXXXXX");
    f->option = option;
    f->in = test_malloc(IN_BYTES);
    *state = f;
    if (!mkdtemp(f->folder)) {
        return -1;
    }
    keeper_start(f);
    call(f);
    return 0;
}

static int fixture_open(void **state)
{
    return open_with(state, NULL);
}

static int fixture_open_sweeping(void **state)
{
    return open_with(state, "--no-cgroup");
}

static void shell(const char *command)
{
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static int fixture_close(void **state)
{
    struct fixture *f = *state;
    char command[128];
    (void)close(f->fd);
    (void)kill(f->pid, SIGUSR1); /* an orderly end removes its cgroups too */
    (void)waitpid(f->pid, NULL, 0);
    (void)snprintf(command, sizeof(command), "rm -rf %s", f->folder);
    shell(command);
    test_free(f->in);
    test_free(f);
    return 0;
}

static void send_message(struct fixture *f, const struct keeper_message *m)
{
    size_t n = keeper_message_bytes(m);
    char *bytes = test_malloc(n);
    assert_int_equal(keeper_encode(bytes, m), n);
    for (size_t done = 0; done < n;) {
        ssize_t more = send(f->fd, bytes + done, n - done, MSG_NOSIGNAL);
        assert_true(more > 0);
        done += (size_t)more;
    }
    test_free(bytes);
}

static void send_key(struct fixture *f, enum keeper_kind kind, const char *key)
{
    send_message(f, &(struct keeper_message){.kind = kind, .text_count = key ? 1 : 0, .texts = {key}});
}

static void run(struct fixture *f, const struct job *job)
{
    struct keeper_message m = {.kind = KEEPER_RUN, .number_count = RUN_GROUPS};
    char capture[256];
    (void)snprintf(capture, sizeof(capture), "output/0/%s", job->key);
    const char *texts[RUN_ARGS] = {job->key, "cookie", job->in, job->out, job->err, capture, job->workdir ? job->workdir : "/"};
    for (int i = 0; i < RUN_ARGS; i++) {
        m.texts[m.text_count++] = texts[i] ? texts[i] : "";
    }
    const char *const shell_argv[] = {"/bin/sh", "-c", job->command, NULL};
    const char *const *argv = job->command ? shell_argv : job->argv;
    for (; *argv; argv++) {
        m.texts[m.text_count++] = *argv;
        m.numbers[RUN_ARG_COUNT]++;
    }
    m.texts[m.text_count++] = "PATH=/usr/bin:/bin";
    for (int i = 0; i < 4 && job->env[i]; i++) {
        m.texts[m.text_count++] = job->env[i];
    }
    m.numbers[RUN_UID] = -1;
    m.numbers[RUN_UMASK] = job->mask ? job->mask : 022;
    m.numbers[RUN_OUTPUT_MAX] = job->output_max ? job->output_max : 1000000;
    m.numbers[RUN_FLAGS] = job->flags;
    send_message(f, &m);
}

/* Texts stay valid until the next call. False: the keeper closed the connection. */
static bool next_or_end(struct fixture *f, struct keeper_message *ret)
{
    memmove(f->in, f->in + f->used, f->n - f->used);
    f->n -= f->used;
    f->used = 0;
    for (;;) {
        long used = keeper_decode(f->in, f->n, ret);
        assert_true(used >= 0);
        if (used > 0) {
            f->used = (size_t)used;
            return true;
        }
        struct pollfd p = {f->fd, POLLIN, 0};
        if (poll(&p, 1, WAIT_MS) != 1) {
            fail_msg("no word from the keeper");
        }
        ssize_t n = recv(f->fd, f->in + f->n, IN_BYTES - f->n, 0);
        if (n <= 0) {
            return false;
        }
        f->n += (size_t)n;
    }
}

static void next(struct fixture *f, enum keeper_kind kind, const char *key, struct keeper_message *ret)
{
    assert_true(next_or_end(f, ret));
    if (ret->kind != kind || (key && strcmp(ret->texts[0], key) != 0)) {
        fail_msg("got %d %s, not %d %s: %s", ret->kind, ret->texts[0], kind, key, ret->texts[TEXT_DETAIL]);
    }
}

static struct keeper_message ended(struct fixture *f, const char *key)
{
    struct keeper_message m;
    next(f, KEEPER_STARTED, key, &m);
    assert_string_equal(m.texts[RUN_COOKIE], "cookie");
    next(f, KEEPER_ENDED, key, &m);
    return m;
}

static void expect_file(struct fixture *f, const char *name, const char *content)
{
    char path[256], got[4096] = "";
    (void)snprintf(path, sizeof(path), "%s/%s", f->folder, name);
    int fd = open(path, O_RDONLY);
    if (content) {
        assert_true(fd >= 0);
        ssize_t n = read(fd, got, sizeof(got) - 1);
        got[n > 0 ? n : 0] = '\0';
        assert_string_equal(got, content);
        (void)close(fd);
    } else {
        assert_int_equal(fd, -1);
    }
}

static void exit_codes_and_signals_come_back(void **state)
{
    struct fixture *f = *state;
    run(f, &(struct job){.key = "a", .command = "true"});
    struct keeper_message m = ended(f, "a");
    assert_int_equal(m.numbers[END_CODE], 0);
    assert_int_equal(m.numbers[END_KILLED], 0);
    run(f, &(struct job){.key = "b", .command = "exit 37"});
    assert_int_equal(ended(f, "b").numbers[END_CODE], 37);
    run(f, &(struct job){.key = "c", .command = "false"});
    assert_int_equal(ended(f, "c").numbers[END_CODE], 1);
    run(f, &(struct job){.key = "d", .command = "sleep 0.05; kill -TERM $$"});
    m = ended(f, "d");
    assert_int_equal(m.numbers[END_CODE], -1);
    assert_int_equal(m.numbers[END_SIGNAL], SIGTERM);
    assert_in_range(m.numbers[END_DURATION_MS], 40, 5000);
}

static void output_goes_to_files_made_when_there_is_some(void **state)
{
    struct fixture *f = *state;
    run(f, &(struct job){.key = "a", .command = "printf 標準; printf err >&2"});
    assert_int_equal(ended(f, "a").numbers[END_OUTPUT], 9);
    expect_file(f, "output/0/a.out", "標準");
    expect_file(f, "output/0/a.err", "err");
    run(f, &(struct job){.key = "b", .command = "true"});
    assert_int_equal(ended(f, "b").numbers[END_OUTPUT], 0);
    expect_file(f, "output/0/b.out", NULL);
}

static void output_is_cut_at_its_cap_and_the_job_runs_on(void **state)
{
    struct fixture *f = *state;
    run(f, &(struct job){.key = "a", .command = "head -c 3000000 /dev/zero | tr '\\0' x; echo end >&2; exit 5", .output_max = 10});
    struct keeper_message m = ended(f, "a");
    assert_int_equal(m.numbers[END_CODE], 5);
    assert_int_equal(m.numbers[END_OUTPUT], 14);
    assert_int_equal(m.numbers[END_CUT], 2999990);
    expect_file(f, "output/0/a.out", "xxxxxxxxxx\n-- ここで切りました / cut here: 2999990 bytes more --\n");
    expect_file(f, "output/0/a.err", "end\n");
}

static void what_a_job_leaves_behind_may_write_on(void **state)
{
    struct fixture *f = *state;
    run(f, &(struct job){.key = "a", .command = "(sleep 0.3; echo late) & echo early"});
    assert_int_equal(ended(f, "a").numbers[END_OUTPUT], 6);
    (void)usleep(600000);
    expect_file(f, "output/0/a.out", "early\nlate\n");
}

static void files_umask_workdir_and_environment_are_as_ordered(void **state)
{
    struct fixture *f = *state;
    char in[128], out[128], err[128];
    (void)snprintf(in, sizeof(in), "%s/in", f->folder);
    (void)snprintf(out, sizeof(out), "%s/out", f->folder);
    (void)snprintf(err, sizeof(err), "%s/err", f->folder);
    int fd = open(in, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "input", 5), 5);
    (void)close(fd);
    struct job job = {.key = "a", .command = "cat; pwd; umask; echo $A $BANTO_ATTEMPT; echo bad >&2", .in = in, .out = out, .err = err,
                      .workdir = f->folder, .mask = 077, .env = {"A=一 二"}};
    run(f, &job);
    (void)ended(f, "a");
    char expected[512];
    (void)snprintf(expected, sizeof(expected), "input%s\n0077\n一 二 a\n", f->folder);
    expect_file(f, "out", expected);
    expect_file(f, "err", "bad\n");
    struct stat st;
    assert_int_equal(stat(out, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);

    job.key = "b";
    job.command = "echo more; echo worse >&2";
    job.flags = RUN_STDOUT_APPEND;
    run(f, &job);
    (void)ended(f, "b");
    (void)snprintf(expected, sizeof(expected), "input%s\n0077\n一 二 a\nmore\n", f->folder);
    expect_file(f, "out", expected);
    expect_file(f, "err", "worse\n");

    job.key = "c";
    job.flags = RUN_SAME;
    job.err = NULL;
    run(f, &job);
    (void)ended(f, "c");
    expect_file(f, "out", "more\nworse\n");
}

static void what_cannot_start_is_refused_with_the_reason(void **state)
{
    struct fixture *f = *state;
    struct keeper_message m;
    run(f, &(struct job){.key = "a", .argv = {"/bin/sh", "/no/such/script", NULL}, .flags = RUN_SCRIPT});
    next(f, KEEPER_REFUSED, "a", &m);
    assert_string_equal(m.texts[TEXT_DETAIL], "/no/such/script: No such file or directory");
    run(f, &(struct job){.key = "b", .command = "true", .workdir = "/no/such/folder"});
    next(f, KEEPER_REFUSED, "b", &m);
    assert_string_equal(m.texts[TEXT_DETAIL], "/no/such/folder: No such file or directory");
    run(f, &(struct job){.key = "c", .command = "true", .in = "/no/input"});
    next(f, KEEPER_REFUSED, "c", &m);
    run(f, &(struct job){.key = "a", .command = "true"}); /* the same key again: still refused */
    next(f, KEEPER_REFUSED, "a", &m);
}

static void script_without_interpreter_line_goes_to_the_shell(void **state)
{
    struct fixture *f = *state;
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/script", f->folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
    assert_int_equal(write(fd, "echo \"$1\"; exit 3\n", 18), 18);
    (void)close(fd);
    run(f, &(struct job){.key = "a", .argv = {"/bin/sh", path, "two words", NULL}, .flags = RUN_SCRIPT});
    assert_int_equal(ended(f, "a").numbers[END_CODE], 3);
    expect_file(f, "output/0/a.out", "two words\n");
}

static size_t alive_count(const char *mark)
{
    char command[128], text[16] = "";
    (void)snprintf(command, sizeof(command), "ps -eo stat,args | grep -v '^Z' | grep -c '[s]leep %s' > /tmp/%s.count || true", mark, mark);
    shell(command);
    (void)snprintf(command, sizeof(command), "/tmp/%s.count", mark);
    int fd = open(command, O_RDONLY);
    assert_true(read(fd, text, sizeof(text) - 1) > 0);
    (void)close(fd);
    (void)unlink(command);
    return (size_t)strtol(text, NULL, 10);
}

static void kill_takes_the_whole_tree(void **state)
{
    struct fixture *f = *state;
    struct keeper_message m;
    char mark[32], command[512];
    (void)snprintf(mark, sizeof(mark), "98%ld", (long)getpid());
    (void)snprintf(command, sizeof(command),
                   "sleep %s & setsid sleep %s & (setsid sh -c 'sleep %s & sleep %s' &) ; env -i setsid sleep %s & sleep 0.2; echo ready; wait",
                   mark, mark, mark, mark, mark);
    run(f, &(struct job){.key = "other", .command = "sleep 97"});
    next(f, KEEPER_STARTED, "other", &m);
    run(f, &(struct job){.key = "a", .command = command});
    next(f, KEEPER_STARTED, "a", &m);
    for (int i = 0; i < 100 && alive_count(mark) < 5; i++) {
        (void)usleep(20000);
    }
    assert_true(alive_count(mark) >= 5);
    send_key(f, KEEPER_KILL, "a");
    next(f, KEEPER_ENDED, "a", &m);
    assert_int_equal(m.numbers[END_KILLED], 1);
    assert_int_equal(m.numbers[END_SIGNAL], SIGKILL);
    (void)usleep(50000);
    assert_int_equal(alive_count(mark), 0);
    send_key(f, KEEPER_ASK, "other");
    next(f, KEEPER_STARTED, "other", &m);
    send_key(f, KEEPER_KILL, "other");
    next(f, KEEPER_ENDED, "other", &m);
    send_key(f, KEEPER_KILL, "other"); /* too late: told again how it ended */
    next(f, KEEPER_ENDED, "other", &m);
}

static void a_key_runs_once(void **state)
{
    struct fixture *f = *state;
    struct keeper_message m;
    struct job job = {.key = "a", .command = "echo x >> ran", .workdir = f->folder};
    run(f, &job);
    run(f, &job);
    next(f, KEEPER_STARTED, "a", &m);
    bool has_ended = false;
    assert_true(next_or_end(f, &m)); /* the answer to the second, and the end: in either order */
    has_ended = m.kind == KEEPER_ENDED;
    next(f, has_ended && m.kind == KEEPER_STARTED ? KEEPER_STARTED : KEEPER_ENDED, "a", &m);
    send_key(f, KEEPER_ACK, "a");
    run(f, &job);
    next(f, KEEPER_ACK, "a", &m);
    send_key(f, KEEPER_ASK, "a");
    next(f, KEEPER_ACK, "a", &m);
    send_key(f, KEEPER_ASK, "b");
    next(f, KEEPER_NEVER, "b", &m);
    expect_file(f, "ran", "x\n");
}

static void new_connection_hears_all_that_is_not_acknowledged(void **state)
{
    struct fixture *f = *state;
    struct keeper_message m;
    run(f, &(struct job){.key = "a", .command = "exit 1"});
    (void)ended(f, "a");
    run(f, &(struct job){.key = "b", .command = "exit 2"});
    (void)ended(f, "b");
    send_key(f, KEEPER_ACK, "a");
    run(f, &(struct job){.key = "c", .command = "sleep 0.5; echo $$"});
    next(f, KEEPER_STARTED, "c", &m);
    (void)close(f->fd);
    call(f);
    send_key(f, KEEPER_LIST, NULL);
    int seen = 0;
    for (;;) {
        assert_true(next_or_end(f, &m));
        if (m.kind == KEEPER_LISTED) {
            break;
        }
        bool is_b = m.kind == KEEPER_ENDED && strcmp(m.texts[0], "b") == 0 && m.numbers[END_CODE] == 2;
        bool is_c = m.kind == KEEPER_STARTED && strcmp(m.texts[0], "c") == 0;
        assert_true(is_b || is_c);
        seen++;
    }
    assert_int_equal(seen, 2);
    assert_int_equal(m.numbers[0], 1);
    next(f, KEEPER_ENDED, "c", &m);
}

/* What was taken while another batch starts is on disk and starts, though nobody is connected any more; nothing runs twice. */
static void connection_lost_amid_orders_loses_and_doubles_none(void **state)
{
    struct fixture *f = *state;
    enum { JOBS = 300 };
    char keys[JOBS][16];
    struct keeper_message m;
    for (int i = 0; i < JOBS; i++) {
        (void)snprintf(keys[i], sizeof(keys[i]), "j%d", i);
        run(f, &(struct job){.key = keys[i], .command = "echo x >> ran", .workdir = f->folder});
    }
    next(f, KEEPER_STARTED, keys[0], &m);
    (void)close(f->fd);
    call(f);
    for (int i = 0; i < JOBS; i++) { /* as after a new session: those that it never heard of begin now */
        run(f, &(struct job){.key = keys[i], .command = "echo x >> ran", .workdir = f->folder});
    }
    send_key(f, KEEPER_LIST, NULL);
    do {
        assert_true(next_or_end(f, &m));
    } while (m.kind != KEEPER_LISTED);
    struct stat st = {0};
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/ran", f->folder);
    for (int i = 0; i < 500 && st.st_size < 2 * JOBS; i++) {
        (void)usleep(10000);
        (void)stat(path, &st);
    }
    (void)usleep(100000);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 2 * JOBS);
}

/* A kill that follows its order at once waits for the start; so does one behind a whole batch. */
static void kill_behind_its_order_meets_a_running_job(void **state)
{
    struct fixture *f = *state;
    enum { JOBS = 80 };
    char keys[JOBS][16];
    bool is_ended[JOBS] = {false};
    struct keeper_message m;
    for (int i = 0; i < JOBS; i++) {
        (void)snprintf(keys[i], sizeof(keys[i]), "j%d", i);
        run(f, &(struct job){.key = keys[i], .command = "exec sleep 60"});
        send_key(f, KEEPER_KILL, keys[i]);
    }
    for (int ends = 0; ends < JOBS;) {
        assert_true(next_or_end(f, &m));
        int i = (int)strtol(m.texts[RUN_KEY] + 1, NULL, 10);
        if (m.kind == KEEPER_ENDED) {
            assert_false(is_ended[i]);
            assert_int_equal(m.numbers[END_KILLED], 1);
            is_ended[i] = true;
            ends++;
        } else {
            assert_int_equal(m.kind, KEEPER_STARTED);
        }
    }
}

static void killed_keeper_leaves_unknown_once_and_reruns_nothing(void **state)
{
    struct fixture *f = *state;
    struct keeper_message m;
    run(f, &(struct job){.key = "a", .command = "exit 4"});
    (void)ended(f, "a");
    run(f, &(struct job){.key = "b", .command = "echo x >> ran; exec sleep 2", .workdir = f->folder});
    next(f, KEEPER_STARTED, "b", &m);
    (void)usleep(100000);
    (void)kill(f->pid, SIGKILL);
    (void)waitpid(f->pid, NULL, 0);
    (void)close(f->fd);
    for (int i = 0; i < 2; i++) { /* and another death changes nothing */
        keeper_start(f);
        call(f);
        send_key(f, KEEPER_LIST, NULL);
        int unknown = 0, ends = 0;
        do {
            assert_true(next_or_end(f, &m));
            unknown += m.kind == KEEPER_UNKNOWN && strcmp(m.texts[0], "b") == 0 && strcmp(m.texts[RUN_COOKIE], "cookie") == 0;
            ends += m.kind == KEEPER_ENDED && strcmp(m.texts[0], "a") == 0 && m.numbers[END_CODE] == 4;
        } while (m.kind != KEEPER_LISTED);
        assert_int_equal(unknown, 1);
        assert_int_equal(ends, 1);
        run(f, &(struct job){.key = "b", .command = "echo y >> ran", .workdir = f->folder});
        next(f, KEEPER_UNKNOWN, "b", &m);
        if (i == 0) {
            (void)kill(f->pid, SIGKILL);
            (void)waitpid(f->pid, NULL, 0);
            (void)close(f->fd);
        }
    }
    send_key(f, KEEPER_ACK, "a");
    send_key(f, KEEPER_ACK, "b");
    send_key(f, KEEPER_LIST, NULL);
    next(f, KEEPER_LISTED, NULL, &m);
    expect_file(f, "ran", "x\n");
}

static void torn_journal_is_read_up_to_the_tear(void **state)
{
    struct fixture *f = *state;
    struct keeper_message m;
    char command[256];
    run(f, &(struct job){.key = "a", .command = "exit 4"});
    (void)ended(f, "a");
    (void)kill(f->pid, SIGKILL);
    (void)waitpid(f->pid, NULL, 0);
    (void)close(f->fd);
    (void)snprintf(command, sizeof(command), "printf '\\070\\000\\000\\000\\010half' >> %s/keeper.journal.*", f->folder);
    shell(command);
    keeper_start(f);
    call(f);
    send_key(f, KEEPER_LIST, NULL);
    next(f, KEEPER_ENDED, "a", &m);
    next(f, KEEPER_LISTED, NULL, &m);
}

static void thousand_jobs_all_end(void **state)
{
    struct fixture *f = *state;
    enum { JOBS = 1000 };
    struct timespec before, after;
    (void)clock_gettime(CLOCK_MONOTONIC, &before);
    for (int i = 0; i < JOBS; i++) {
        char key[16];
        (void)snprintf(key, sizeof(key), "job%d", i);
        run(f, &(struct job){.key = key, .argv = {"/bin/true", NULL}});
    }
    int started = 0, ends = 0;
    struct keeper_message m;
    while (ends < JOBS) {
        assert_true(next_or_end(f, &m));
        started += m.kind == KEEPER_STARTED;
        ends += m.kind == KEEPER_ENDED && m.numbers[END_CODE] == 0;
        assert_true(m.kind == KEEPER_STARTED || m.kind == KEEPER_ENDED);
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &after);
    assert_int_equal(started, JOBS);
    print_message("%d jobs in %.0f ms\n", JOBS, (double)(after.tv_sec - before.tv_sec) * 1e3 + (double)(after.tv_nsec - before.tv_nsec) / 1e6);
}

static void second_keeper_is_refused(void **state)
{
    struct fixture *f = *state;
    pid_t first = f->pid;
    int status;
    keeper_start(f);
    assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
    assert_int_equal(WEXITSTATUS(status), 75);
    f->pid = first;
}

static void keeper_ends_when_told_and_nothing_runs(void **state)
{
    struct fixture *f = *state;
    struct keeper_message m;
    int status;
    run(f, &(struct job){.key = "a", .command = "sleep 0.3; exit 9"});
    next(f, KEEPER_STARTED, "a", &m);
    (void)kill(f->pid, SIGTERM);
    next(f, KEEPER_ENDED, "a", &m);
    assert_int_equal(m.numbers[END_CODE], 9);
    send_key(f, KEEPER_ACK, "a");
    assert_false(next_or_end(f, &m));
    assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
    assert_int_equal(status, 0);
}

static void keeper_kills_all_when_told(void **state)
{
    struct fixture *f = *state;
    struct keeper_message m;
    run(f, &(struct job){.key = "a", .command = "sleep 96"});
    next(f, KEEPER_STARTED, "a", &m);
    (void)kill(f->pid, SIGUSR1);
    next(f, KEEPER_ENDED, "a", &m);
    assert_int_equal(m.numbers[END_KILLED], 1);
}

static void keeper_left_alone_with_nothing_ends(void **state)
{
    struct fixture *f = *state;
    int status;
    (void)close(f->fd);
    assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
    assert_int_equal(status, 0);
    keeper_start(f);
    call(f);
}

static void nonsense_ends_the_connection_only(void **state)
{
    struct fixture *f = *state;
    struct keeper_message m;
    assert_int_equal(send(f->fd, "GET / HTTP/1.1\r\n\r\n", 18, 0), 18);
    assert_false(next_or_end(f, &m));
    (void)close(f->fd);
    call(f);
    run(f, &(struct job){.key = "a", .command = "true"});
    (void)ended(f, "a");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)
#define TEST_SWEEPING(name) {#name " (without cgroups)", name, fixture_open_sweeping, fixture_close, NULL}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(exit_codes_and_signals_come_back),
        TEST(output_goes_to_files_made_when_there_is_some),
        TEST(output_is_cut_at_its_cap_and_the_job_runs_on),
        TEST(what_a_job_leaves_behind_may_write_on),
        TEST(files_umask_workdir_and_environment_are_as_ordered),
        TEST(what_cannot_start_is_refused_with_the_reason),
        TEST(script_without_interpreter_line_goes_to_the_shell),
        TEST(kill_takes_the_whole_tree),
        TEST_SWEEPING(kill_takes_the_whole_tree),
        TEST(a_key_runs_once),
        TEST(new_connection_hears_all_that_is_not_acknowledged),
        TEST(connection_lost_amid_orders_loses_and_doubles_none),
        TEST(kill_behind_its_order_meets_a_running_job),
        TEST(killed_keeper_leaves_unknown_once_and_reruns_nothing),
        TEST(torn_journal_is_read_up_to_the_tear),
        TEST(thousand_jobs_all_end),
        TEST_SWEEPING(thousand_jobs_all_end),
        TEST(second_keeper_is_refused),
        TEST(keeper_ends_when_told_and_nothing_runs),
        TEST(keeper_kills_all_when_told),
        TEST(keeper_left_alone_with_nothing_ends),
        TEST(nonsense_ends_the_connection_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
