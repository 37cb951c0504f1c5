/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kill9 - bantod and the agent's net half are killed with signal 9 at random moments while nets run; the keeper and
 * the jobs live on. In the end every job has been started exactly once and has ended exactly once: 0 lost, 0 doubled,
 * 0 stuck, the journal's chain whole and its replay equal (design §10).
 *
 *   faults_kill9 [KILLS [SEED]]     50 kills; 1,000 with BANTO_LONG=1
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/map.h" /* these three for what ledger_check is linked to */
#include "jobnet/status.h"
#include "store/store.h"
#include "tests/support/guard.h"
#include "tests/support/ledger.h"
#include "tests/support/server.h"

enum { SLOTS = 12, KILLS = 50, KILLS_LONG = 1000, SEC_PER_KILL_MAX = 2, REST_SEC = 100, LIVE_MIN = 4, SETTLE_MS = 60000 };

static const char *const nets[] = {"/FAN", "/CHAIN", "/GRID"};
enum { NETS = sizeof(nets) / sizeof(nets[0]), FAN_JOBS = 30, CHAIN_JOBS = 8, GRID_ROWS = 4, GRID_COLUMNS = 5, TEXT_BYTES = 256 * 1024 };

struct storm {
    struct server server;
    uint64_t chance;
    char lines[600];           /* file that the jobs append to */
    int64_t runs;              /* submitted and answered */
    int kills[4];              /* by kind */
};

static uint64_t chance(struct storm *storm) /* splitmix64 */
{
    uint64_t x = storm->chance += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static int below(struct storm *storm, int n) { return (int)(chance(storm) % (uint64_t)n); }

static size_t job(struct storm *storm, char *to, size_t size, const char *name)
{
    char command[2048];
    ledger_command(command, sizeof(command), storm->lines, below(storm, 4) ? below(storm, 120) : below(storm, 500));
    return (size_t)snprintf(to, size, "\tunit=%s,,,;\n\t{\n\t\tty=j;\n\t\tte=\"%s\";\n\t}\n", name, command);
}

/* Rows of jobs, every one behind all of the row before; columns 1: a chain; rows 1: a fan. */
static void define(struct storm *storm, const char *net, int rows, int columns)
{
    char *text = malloc(TEXT_BYTES), name[16];
    if (!text) {
        give_up("malloc", net);
    }
    size_t n = (size_t)snprintf(text, TEXT_BYTES, "unit=%s,,,;\n{\n\tty=n;\n\trg=100;\n\tms=mlt;\n\tmp=y;\n", net + 1);
    for (int i = 0; i < rows * columns; i++) {
        (void)snprintf(name, sizeof(name), "R%02dC%02d", i / columns, i % columns);
        n += job(storm, text + n, TEXT_BYTES - n, name);
    }
    for (int i = columns; i < rows * columns; i++) {
        for (int before = 0; before < columns; before++) {
            n += (size_t)snprintf(text + n, TEXT_BYTES - n, "\tar=(f=R%02dC%02d,t=R%02dC%02d);\n", i / columns - 1, before, i / columns,
                                  i % columns);
        }
    }
    (void)snprintf(text + n, TEXT_BYTES - n, "}\n");
    server_define(&storm->server, text);
    free(text);
}

/* Runs that have not ended; -1: nobody answered. */
static int live(struct storm *storm)
{
    const char *answer;
    int n = 0;
    if (server_ask(&storm->server, "GET", "/api/v1/runs?live=true&limit=1000", NULL, &answer) != 200) {
        return -1;
    }
    for (const char *at = answer; (at = strstr(at, "\"is_ended\":false")); at++) {
        n++;
    }
    return n;
}

static void keep_busy(struct storm *storm)
{
    for (int n = live(storm); n >= 0 && n < LIVE_MIN; n++) {
        storm->runs += server_run(&storm->server, nets[below(storm, NETS)]) > 0;
    }
}

static void pause_some(struct storm *storm)
{
    (void)usleep((unsigned)(below(storm, 2) ? below(storm, 50) : below(storm, 500)) * 1000u);
}

/* Kills, and starts again: right away, after a moment, or only to be killed while it starts. */
static void strike(struct storm *storm)
{
    struct server *s = &storm->server;
    int kind = below(storm, 4);
    storm->kills[kind]++;
    if (kind != 1) {
        server_kill(s);
    }
    if (kind == 1 || kind == 2) {
        server_agent_kill(s);
    }
    if (kind == 3) {
        server_launch(s);
        (void)usleep((unsigned)below(storm, 60) * 1000u);
        server_kill(s);
    }
    if (below(storm, 3) == 0) {
        (void)usleep((unsigned)below(storm, 300) * 1000u);
    }
    bool is_agent_first = below(storm, 2);
    if (!s->agent && is_agent_first) {
        server_agent_start(s);
    }
    if (!s->pid) {
        server_start(s);
    }
    if (!s->agent) {
        server_agent_start(s);
    }
}

static bool settle(struct storm *storm)
{
    for (int64_t until_ms = clock_now_ms() + SETTLE_MS; clock_now_ms() < until_ms; (void)usleep(100000)) {
        if (live(storm) == 0) {
            return true;
        }
    }
    return false;
}

static int judge(const struct storm *storm, bool is_settled)
{
    char database[600];
    struct ledger_counts c;
    (void)snprintf(database, sizeof(database), "%s/banto.db", storm->server.data);
    const char *wrong = ledger_check(database, storm->lines, &c);
    bool is_good = is_settled && !wrong && !c.lost && !c.doubled && !c.stuck && !c.strange && !c.unpaired && !c.alerts &&
                   c.starts == c.jobs && c.ends == c.jobs && c.runs >= storm->runs;
    (void)printf("kills: bantod %d, net half %d, both %d, bantod twice %d\n", storm->kills[0], storm->kills[1], storm->kills[2],
                 storm->kills[3]);
    (void)printf("runs %lld (answered %lld), jobs %lld, starts %lld, ends %lld\n", (long long)c.runs, (long long)storm->runs,
                 (long long)c.jobs, (long long)c.starts, (long long)c.ends);
    (void)printf("lost %lld, doubled %lld, stuck %lld, strange %lld, unpaired %lld, alerts %lld%s%s\n", (long long)c.lost,
                 (long long)c.doubled, (long long)c.stuck, (long long)c.strange, (long long)c.unpaired, (long long)c.alerts,
                 wrong ? "; " : "", wrong ? wrong : "");
    (void)puts(is_good ? "good" : is_settled ? "BAD" : "BAD: runs did not end");
    return is_good ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct storm storm = {0};
    bool is_long = getenv("BANTO_LONG") && strcmp(getenv("BANTO_LONG"), "1") == 0;
    int kills = argc > 1 ? (int)strtol(argv[1], NULL, 10) : is_long ? KILLS_LONG : KILLS;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    if (kills < 1 || (!seed && getrandom(&seed, sizeof(seed), 0) != sizeof(seed))) {
        (void)fputs("usage: faults_kill9 [KILLS [SEED]]\n", stderr);
        return 64;
    }
    const char *folder = guard_folder();
    (void)printf("kill9: %d kills, seed %llu, %s\n", kills, (unsigned long long)seed, folder);
    guard_begin(kills * SEC_PER_KILL_MAX + REST_SEC);
    storm.chance = seed;
    (void)snprintf(storm.lines, sizeof(storm.lines), "%s/lines", folder);
    server_make(&storm.server, folder, SLOTS, true);
    server_start(&storm.server);
    server_agent_start(&storm.server);
    define(&storm, nets[0], 1, FAN_JOBS);
    define(&storm, nets[1], CHAIN_JOBS, 1);
    define(&storm, nets[2], GRID_ROWS, GRID_COLUMNS);
    server_wait_agent(&storm.server);
    for (int i = 0; i < kills; i++) {
        keep_busy(&storm);
        pause_some(&storm);
        strike(&storm);
    }
    bool is_settled = settle(&storm);
    server_stop(&storm.server);
    return judge(&storm, is_settled);
}
