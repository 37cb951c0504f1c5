/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server - starting, asking and ending a real bantod.
 */
#include "tests/support/server.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

enum { ANSWER_BYTES = 4 * 1024 * 1024, START_MS = 20000, STOP_MS = 15000, POLL_US = 2000, WAIT_US = 20000 };

void give_up(const char *what, const char *why)
{
    (void)fflush(stdout);
    (void)fprintf(stderr, "gave up: %s: %s\n", what, why);
    exit(70);
}

int64_t clock_now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- processes ---- */

void own_folder(char *to, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", to, size - 1);
    to[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(to, '/');
    if (slash) {
        *slash = '\0';
    }
}

static void programs(struct server *s)
{
    char own[480];
    const char *named = getenv("BANTO_BIN");
    own_folder(own, sizeof(own));
    (void)snprintf(s->bin, sizeof(s->bin), named && *named ? "%s" : "%s/../bin", named && *named ? named : own);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
        give_up(path, strerror(errno));
    }
}

void server_make(struct server *s, const char *folder, int jobs, bool has_own_agent)
{
    char path[600], text[256];
    *s = (struct server){.has_own_agent = has_own_agent};
    programs(s);
    (void)snprintf(s->folder, sizeof(s->folder), "%s", folder);
    (void)snprintf(s->data, sizeof(s->data), "%s/data", s->folder);
    (void)snprintf(s->socket, sizeof(s->socket), "%s/bantod.sock", s->data);
    (void)mkdir(s->folder, 0700);
    (void)snprintf(path, sizeof(path), "%s/site", s->folder);
    (void)mkdir(path, 0700);
    (void)snprintf(path, sizeof(path), "%s/site/site.yaml", s->folder);
    (void)snprintf(text, sizeof(text), "site: measured\nagents:\n  - {name: local, default: true, local: true, jobs: %d}\n", jobs);
    write_file(path, text);
    (void)signal(SIGPIPE, SIG_IGN);
}

static pid_t start(const struct server *s, const char *log, const char *const argv[])
{
    char path[600];
    (void)snprintf(path, sizeof(path), "%s/%s", s->folder, log);
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        (void)dup2(fd, 1);
        (void)dup2(fd, 2);
        if (s->has_own_agent) {
            (void)setenv("INVOCATION_ID", "a service manager", 1); /* bantod leaves the agent to us */
        }
        (void)setsid();
        (void)execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    if (pid < 0) {
        give_up(argv[0], strerror(errno));
    }
    return pid;
}

static bool is_gone(pid_t pid)
{
    return waitpid(pid, NULL, WNOHANG) == pid;
}

void server_launch(struct server *s)
{
    s->answer = s->answer ? s->answer : malloc(ANSWER_BYTES);
    char program[PATH_MAX], site[600];
    (void)snprintf(program, sizeof(program), "%s/bantod", s->bin);
    (void)snprintf(site, sizeof(site), "%s/site", s->folder);
    const char *const argv[] = {program, "--data", s->data, "--site", site, NULL};
    s->pid = start(s, "bantod.log", argv);
}

void server_start(struct server *s)
{
    const char *ignored;
    server_launch(s);
    for (int64_t until_ms = clock_now_ms() + START_MS; server_ask(s, "GET", "/api/v1/status", NULL, &ignored) != 200;) {
        if (is_gone(s->pid) || clock_now_ms() > until_ms) {
            give_up("bantod", "does not answer; see bantod.log (BANTO_KEEP=1)");
        }
        (void)usleep(POLL_US);
    }
}

void server_agent_start(struct server *s)
{
    char program[PATH_MAX], folder[600], url[600];
    (void)snprintf(program, sizeof(program), "%s/banto-agent", s->bin);
    (void)snprintf(folder, sizeof(folder), "%s/agent", s->data);
    (void)snprintf(url, sizeof(url), "unix:%s", s->socket);
    const char *const argv[] = {program, "--dir", folder, "--server", url, "--name", "local", NULL};
    s->agent = start(s, "agent.log", argv);
}

static void end(pid_t *pid, int number)
{
    if (*pid > 0) {
        (void)kill(*pid, number);
        for (int64_t until_ms = clock_now_ms() + STOP_MS; !is_gone(*pid);) {
            if (clock_now_ms() > until_ms) {
                give_up("SIGTERM", "not obeyed");
            }
            (void)usleep(POLL_US);
        }
        *pid = 0;
    }
}

void server_kill(struct server *s) { end(&s->pid, SIGKILL); }
void server_agent_kill(struct server *s) { end(&s->agent, SIGKILL); }

void server_stop(struct server *s)
{
    end(&s->pid, SIGTERM);
    end(&s->agent, SIGTERM);
    free(s->answer);
    s->answer = NULL;
}

static pid_t holder(const struct server *s, const char *lock)
{
    char path[600], text[32] = "";
    (void)snprintf(path, sizeof(path), "%s/agent/%s", s->data, lock);
    FILE *file = fopen(path, "re");
    if (file) {
        (void)!fgets(text, sizeof(text), file);
        (void)fclose(file);
    }
    pid_t pid = (pid_t)strtol(text, NULL, 10);
    return pid > 0 && kill(pid, 0) == 0 ? pid : 0;
}

pid_t server_keeper(const struct server *s) { return holder(s, "keeper.lock"); }
pid_t server_net_half(const struct server *s) { return holder(s, "agent.lock"); }

static double cpu_s(pid_t pid)
{
    char path[64], text[1024] = "";
    long ticks[4] = {0};
    (void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *file = pid > 0 ? fopen(path, "re") : NULL;
    if (file) {
        (void)!fgets(text, sizeof(text), file);
        (void)fclose(file);
    }
    const char *behind_name = strrchr(text, ')');
    if (!behind_name || sscanf(behind_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld %ld %ld", &ticks[0], &ticks[1],
                               &ticks[2], &ticks[3]) != 4) {
        return 0;
    }
    return (double)(ticks[0] + ticks[1] + ticks[2] + ticks[3]) / (double)sysconf(_SC_CLK_TCK);
}

double server_cpu_s(const struct server *s)
{
    return cpu_s(s->pid) + cpu_s(server_net_half(s)) + cpu_s(server_keeper(s));
}

/* ---- requests ---- */

static bool say_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = send(fd, bytes, n, MSG_NOSIGNAL);
        if (done <= 0) {
            return false;
        }
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

static int connect_to(const struct server *s)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(s->socket) >= sizeof(address.sun_path)) {
        give_up(s->socket, "longer than the address of a socket may be; set TMPDIR");
    }
    memcpy(address.sun_path, s->socket, strlen(s->socket) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

/* 0: not to the end. */
static int answer_read(char *answer_bytes, int fd, const char **answer)
{
    size_t n = 0;
    for (ssize_t got; n < ANSWER_BYTES - 1 && (got = recv(fd, answer_bytes + n, ANSWER_BYTES - 1 - n, 0)) > 0;) {
        n += (size_t)got;
    }
    answer_bytes[n] = '\0';
    const char *blank = strstr(answer_bytes, "\r\n\r\n");
    const char *length = strcasestr(answer_bytes, "\r\nContent-Length:");
    if (!blank || !length || length > blank || strncmp(answer_bytes, "HTTP/1.1 ", 9) != 0) {
        return 0;
    }
    size_t body = n - (size_t)(blank + 4 - answer_bytes);
    *answer = blank + 4;
    return body == strtoul(length + 17, NULL, 10) ? (int)strtol(answer_bytes + 9, NULL, 10) : 0;
}

int server_ask(struct server *s, const char *method, const char *path, const char *body, const char **answer)
{
    char head[1024];
    size_t body_n = body ? strlen(body) : 0;
    *answer = "";
    int fd = connect_to(s);
    if (fd < 0) {
        return 0;
    }
    int n = snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", method, path);
    n += body ? snprintf(head + n, sizeof(head) - (size_t)n, "Content-Type: application/json\r\nContent-Length: %zu\r\n", body_n) : 0;
    n += snprintf(head + n, sizeof(head) - (size_t)n, "\r\n");
    bool is_said = say_all(fd, head, (size_t)n) && (!body || say_all(fd, body, body_n));
    int status = is_said ? answer_read(s->answer, fd, answer) : 0;
    (void)close(fd);
    return status;
}

const char *server_must(struct server *s, const char *method, const char *path, const char *body)
{
    const char *answer;
    int status = server_ask(s, method, path, body, &answer);
    if (status < 200 || status > 299) {
        give_up(path, status ? answer : "no answer");
    }
    return answer;
}

void server_define(struct server *s, const char *text)
{
    static const char before[] = "{\"file\":\"";
    size_t n = sizeof(before) - 1;
    char *body = malloc(2 * strlen(text) + 64);
    if (!body) {
        give_up("malloc", strerror(errno));
    }
    memcpy(body, before, n);
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\') {
            body[n++] = '\\';
        }
        if (*c == '\n' || *c == '\t') {
            body[n++] = '\\';
        }
        body[n++] = *c == '\n' ? 'n' : *c == '\t' ? 't' : *c;
    }
    memcpy(body + n, "\"}", 3);
    (void)server_must(s, "POST", "/api/v1/units/define", body);
    free(body);
}

int64_t server_run(struct server *s, const char *unit)
{
    char body[300];
    const char *answer;
    (void)snprintf(body, sizeof(body), "{\"unit\":\"%s\"}", unit);
    int status = server_ask(s, "POST", "/api/v1/runs", body, &answer);
    if (status >= 400 && status != 503) {
        give_up(unit, answer);
    }
    return status >= 200 && status < 300 ? answer_number(answer, "run", 0) : 0;
}

bool server_wait(struct server *s, int64_t run, int64_t timeout_ms)
{
    char path[64];
    (void)snprintf(path, sizeof(path), "/api/v1/runs/%lld", (long long)run);
    for (int64_t until_ms = clock_now_ms() + timeout_ms; clock_now_ms() < until_ms;) {
        const char *answer;
        if (server_ask(s, "GET", path, NULL, &answer) == 200 && strstr(answer, "\"is_ended\":true")) {
            (void)answer_text(answer, "status", s->status, sizeof(s->status));
            s->started_ms = answer_instant_ms(answer, "started");
            s->ended_ms = answer_instant_ms(answer, "ended");
            return true;
        }
        (void)usleep(WAIT_US);
    }
    return false;
}

void server_wait_agent(struct server *s)
{
    for (int64_t until_ms = clock_now_ms() + START_MS; clock_now_ms() < until_ms;) {
        char state[32] = "";
        (void)answer_text(server_must(s, "GET", "/api/v1/agents", NULL), "state", state, sizeof(state));
        if (strcmp(state, "ready") == 0) {
            return;
        }
        (void)usleep(POLL_US);
    }
    give_up("agent", "did not connect; see agent.log or bantod.log (BANTO_KEEP=1)");
}

/* ---- answers ---- */

static const char *member(const char *json, const char *name)
{
    char quoted[64];
    (void)snprintf(quoted, sizeof(quoted), "\"%s\":", name);
    const char *at = strstr(json, quoted);
    return at ? at + strlen(quoted) : NULL;
}

int64_t answer_number(const char *json, const char *name, int64_t otherwise)
{
    const char *at = member(json, name);
    char *end_of = NULL;
    int64_t number = at ? strtoll(at, &end_of, 10) : 0;
    return at && end_of != at ? number : otherwise;
}

bool answer_text(const char *json, const char *name, char *to, size_t size)
{
    const char *at = member(json, name);
    const char *end_of = at && *at == '"' ? strchr(at + 1, '"') : NULL;
    if (!end_of || (size_t)(end_of - at) > size) {
        return false;
    }
    memcpy(to, at + 1, (size_t)(end_of - at) - 1);
    to[end_of - at - 1] = '\0';
    return true;
}

int64_t answer_instant_ms(const char *json, const char *name)
{
    char text[64] = "";
    struct tm civil = {0};
    (void)answer_text(json, name, text, sizeof(text));
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &civil);
    int ms = 0, hours = 0, minutes = 0;
    char sign = '+';
    if (!rest || sscanf(rest, ".%3d%c%2d:%2d", &ms, &sign, &hours, &minutes) != 4) {
        give_up(name, text);
    }
    int64_t offset_sec = (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return ((int64_t)timegm(&civil) - offset_sec) * 1000 + ms;
}
