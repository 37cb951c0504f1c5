/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keeper_death - the keeper dies by signal 9 while jobs run, first alone, then with net half and server as when the
 * host dies. Each attempt in flight becomes unknown, is told once, and is never rerun by itself; a person's rerun from
 * the abnormal jobs runs each of them once more.
 *
 *   faults_keeper_death [JOBS]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/guard.h"
#include "tests/support/ledger.h"
#include "tests/support/server.h"

enum { JOBS = 12, JOBS_MAX = 200, SLOTS = 200, TIMEOUT_SEC = 120, WAIT_MS = 20000, QUIET_US = 3000000 };

struct scene {
    struct server server;
    char lines[600], go[600];  /* what the jobs write; jobs end at once while this file is there */
    int jobs, bad;
};

static void define(struct scene *scene)
{
    size_t size = (size_t)scene->jobs * 2048 + 256, n;
    char *text = malloc(size);
    if (!text) {
        give_up("malloc", "LONG");
    }
    n = (size_t)snprintf(text, size, "unit=LONG,,,;\n{\n\tty=n;\n");
    for (int i = 0; i < scene->jobs; i++) {
        n += (size_t)snprintf(text + n, size - n,
                              "\tunit=J%03d,,,;\n\t{\n\t\tty=j;\n\t\tte=\"echo $BANTO_RUN start >>%s; [ -f %s ] || sleep 600; echo $BANTO_RUN "
                              "end >>%s\";\n\t}\n",
                              i, scene->lines, scene->go, scene->lines);
    }
    n += (size_t)snprintf(text + n, size - n, "\tunit=NEXT,,,;\n\t{\n\t\tty=j;\n\t\tsc=\"/bin/true\";\n\t}\n");
    for (int i = 0; i < scene->jobs; i++) {
        n += (size_t)snprintf(text + n, size - n, "\tar=(f=J%03d,t=NEXT);\n", i);
    }
    (void)snprintf(text + n, size - n, "}\n");
    server_define(&scene->server, text);
    free(text);
}

static int64_t count(const char *text, const char *what)
{
    int64_t n = 0;
    for (const char *at = text; (at = strstr(at, what)); at++) {
        n++;
    }
    return n;
}

static int64_t nodes(struct scene *scene, int64_t run, const char *status)
{
    char path[96];
    (void)snprintf(path, sizeof(path), "/api/v1/runs/%lld/nodes?limit=1000&status=%s", (long long)run, status);
    return count(server_must(&scene->server, "GET", path, NULL), "\"type\":\"j\"");
}

static int64_t alerts(struct scene *scene, int64_t run)
{
    char path[96];
    (void)snprintf(path, sizeof(path), "/api/v1/events?limit=1000&run=%lld", (long long)run);
    return count(server_must(&scene->server, "GET", path, NULL), "\"message\":\"BNT0411-E\"");
}

static void expect(struct scene *scene, const char *what, int64_t found, int64_t wanted)
{
    (void)printf("  %-44s %4lld %s\n", what, (long long)found, found == wanted ? "ok" : "BAD");
    scene->bad += found != wanted;
}

static void await(struct scene *scene, int64_t run, const char *status, int64_t wanted)
{
    for (int64_t until_ms = clock_now_ms() + WAIT_MS; nodes(scene, run, status) != wanted && clock_now_ms() < until_ms;) {
        (void)usleep(20000);
    }
}

static void die(struct scene *scene, bool is_host)
{
    struct server *s = &scene->server;
    pid_t keeper = server_keeper(s);
    if (keeper <= 0 || kill(keeper, SIGKILL) != 0) {
        give_up("keeper", "does not run");
    }
    if (is_host) {
        server_agent_kill(s);
        server_kill(s);
        server_start(s);
        server_agent_start(s);
    }
}

static void play(struct scene *scene, bool is_host)
{
    struct server *s = &scene->server;
    char body[128];
    (void)unlink(scene->go);
    int64_t before = ledger_lines(scene->lines, "start"); /* before the first job can write */
    int64_t run = server_run(s, "/LONG");
    (void)printf("%s dies with %d jobs running\n", is_host ? "the host" : "the keeper", scene->jobs);
    for (int64_t until_ms = clock_now_ms() + WAIT_MS;
         ledger_lines(scene->lines, "start") < before + scene->jobs && clock_now_ms() < until_ms;) {
        (void)usleep(10000);
    }
    await(scene, run, "running", scene->jobs);
    expect(scene, "jobs running", nodes(scene, run, "running"), scene->jobs);
    die(scene, is_host);
    await(scene, run, "unknown", scene->jobs);
    (void)usleep(QUIET_US);
    expect(scene, "jobs unknown", nodes(scene, run, "unknown"), scene->jobs);
    expect(scene, "alerts", alerts(scene, run), scene->jobs);
    expect(scene, "starts written", ledger_lines(scene->lines, "start") - before, scene->jobs);
    server_agent_kill(s);
    server_kill(s);
    server_start(s);
    server_agent_start(s);
    server_wait_agent(s);
    expect(scene, "alerts after one more restart", alerts(scene, run), scene->jobs);
    (void)fclose(fopen(scene->go, "we"));
    (void)snprintf(body, sizeof(body), "{\"run\":\"%lld\",\"from\":\"abnormal-job\",\"reason\":\"the keeper died\"}", (long long)run);
    (void)server_must(s, "POST", "/api/v1/runs/rerun", body);
    bool is_over = server_wait(s, run, WAIT_MS);
    expect(scene, "run normal after a rerun from the abnormal", is_over && strcmp(s->status, "normal") == 0, 1);
    expect(scene, "starts written after it", ledger_lines(scene->lines, "start") - before, 2 * scene->jobs);
    expect(scene, "alerts after it", alerts(scene, run), scene->jobs);
}

int main(int argc, char **argv)
{
    struct scene scene = {.jobs = argc > 1 ? (int)strtol(argv[1], NULL, 10) : JOBS};
    if (scene.jobs < 1 || scene.jobs > JOBS_MAX) {
        (void)fputs("usage: faults_keeper_death [JOBS]\n", stderr);
        return 64;
    }
    const char *folder = guard_folder();
    guard_begin(TIMEOUT_SEC);
    (void)snprintf(scene.lines, sizeof(scene.lines), "%s/lines", folder);
    (void)snprintf(scene.go, sizeof(scene.go), "%s/go", folder);
    server_make(&scene.server, folder, SLOTS, true);
    server_start(&scene.server);
    server_agent_start(&scene.server);
    define(&scene);
    server_wait_agent(&scene.server);
    play(&scene, false);
    play(&scene, true);
    server_stop(&scene.server);
    (void)puts(scene.bad ? "BAD" : "good");
    return scene.bad != 0;
}
