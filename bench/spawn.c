/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_spawn - jobs a second: raw, and through the keeper (journalled, captured, reported), interleaved.
 *
 *   bench_spawn FOLDER_OF_PROGRAMS [ROUNDS] [--cgroup]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "agent/process/message.h"
#include "bench/spawn_raw.h"

enum { JOBS = 1000, SINGLES = 200, IN_BYTES = 1 << 20 };

struct keeper {
    pid_t pid;
    int fd, jobs;
    char folder[64], *in;
    size_t n, used;
};

static void give_up(const char *what)
{
    perror(what);
    exit(1);
}

static void keeper_start(struct keeper *k, const char *bin, const char *option)
{
    char program[1024];
    (void)snprintf(program, sizeof(program), "%s/banto-keeper", bin);
    (void)snprintf(k->folder, sizeof(k->folder), "/tmp/banto-bench-XXXXXX");
    if (!mkdtemp(k->folder) || (k->pid = fork()) < 0) {
        give_up("bench_spawn");
    }
    if (k->pid == 0) {
        (void)execl(program, "banto-keeper", k->folder, option, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; (k->fd = keeper_connect(k->folder)) < 0; i++) {
        if (i == 500) {
            give_up(program);
        }
        (void)usleep(10000);
    }
    k->in = malloc(IN_BYTES);
}

static void keeper_close(struct keeper *k)
{
    char command[128];
    (void)kill(k->pid, SIGKILL);
    (void)waitpid(k->pid, NULL, 0);
    (void)snprintf(command, sizeof(command), "%s", k->folder);
    free(k->in);
    if (fork() == 0) {
        (void)execl("/bin/rm", "rm", "-rf", command, (char *)NULL);
        _exit(127);
    }
    (void)wait(NULL);
}

static void run_true(struct keeper *k)
{
    char key[64], bytes[1024];
    (void)snprintf(key, sizeof(key), "bench/main/%d/1/1", ++k->jobs);
    struct keeper_message m = {KEEPER_RUN, RUN_GROUPS, 9, {-1, 0, 022, 0, 1 << 20, 1},
                               {key, "", "", "", "", "output", "/", "/bin/true", "PATH=/bin"}};
    size_t n = keeper_encode(bytes, &m);
    if (send(k->fd, bytes, n, 0) != (ssize_t)n) {
        give_up("send");
    }
}

static void wait_ends(struct keeper *k, int count)
{
    struct keeper_message m;
    while (count > 0) {
        long used = keeper_decode(k->in + k->used, k->n - k->used, &m);
        if (used > 0) {
            k->used += (size_t)used;
            count -= m.kind == KEEPER_ENDED;
            continue;
        }
        memmove(k->in, k->in + k->used, k->n - k->used);
        k->n -= k->used;
        k->used = 0;
        ssize_t n = recv(k->fd, k->in + k->n, IN_BYTES - k->n, 0);
        if (n <= 0) {
            give_up("recv");
        }
        k->n += (size_t)n;
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    struct keeper k = {0};
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 3;
    if (argc < 2 || rounds < 1 || rounds > 100) {
        fputs("usage: bench_spawn FOLDER_OF_PROGRAMS [ROUNDS] [--cgroup|--no-cgroup]\n", stderr);
        return 64;
    }
    keeper_start(&k, argv[1], argc > 3 ? argv[3] : NULL);
    double best_raw = 0, best_kept = 0, single_us[SINGLES];
    for (int round = 0; round < rounds; round++) {
        double raw = spawn_raw_per_s(JOBS / SPAWN_RAW_LANES), start_s = spawn_raw_now_s();
        for (int i = 0; i < JOBS; i++) {
            run_true(&k);
        }
        wait_ends(&k, JOBS);
        double kept = JOBS / (spawn_raw_now_s() - start_s);
        best_raw = raw > best_raw ? raw : best_raw;
        best_kept = kept > best_kept ? kept : best_kept;
    }
    for (int i = 0; i < SINGLES; i++) {
        double start_s = spawn_raw_now_s();
        run_true(&k);
        wait_ends(&k, 1);
        single_us[i] = (spawn_raw_now_s() - start_s) * 1e6;
    }
    qsort(single_us, SINGLES, sizeof(single_us[0]), by_value);
    printf("keeper.raw_per_s %.0f /s\nkeeper.jobs_per_s %.0f /s\nkeeper.ratio %.2f x\n", best_raw, best_kept, best_kept / best_raw);
    printf("keeper.order_to_end_p50_us %.0f us\n", single_us[SINGLES / 2]);
    printf("keeper.order_to_end_p90_us %.0f us\n", single_us[SINGLES * 9 / 10]);
    keeper_close(&k);
    return 0;
}
