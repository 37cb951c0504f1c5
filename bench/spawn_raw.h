/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * spawn_raw - the yardstick of starting jobs: what this machine does when nobody keeps, journals or reports.
 *
 * posix_spawn of /bin/true in a process group of its own, its output read to the end through a pipe, waitid: one at
 * a time in each lane (thread). Interleave it with what is compared with it, for the machine's speed drifts.
 */
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SPAWN_RAW_LANES = 2, SPAWN_RAW_LANES_MAX = 256 };

struct spawn_raw_lane {
    const char *program;
    int jobs;
    bool is_good;
};

static inline double spawn_raw_now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline bool spawn_raw_one(const char *program, posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
                                 const int fds[2])
{
    const char *const argv[] = {program, NULL}, *const env[] = {NULL};
    union {
        const char *const *given;
        char *const *wanted; /* posix_spawn promises not to write */
    } words = {argv}, environment = {env};
    pid_t pid;
    int reason = posix_spawn(&pid, argv[0], actions, attributes, words.wanted, environment.wanted);
    (void)close(fds[1]);
    char byte;
    ssize_t n = read(fds[0], &byte, 1);
    (void)close(fds[0]);
    siginfo_t info;
    return reason == 0 && n == 0 && waitid(P_PID, (id_t)pid, &info, WEXITED) == 0 && info.si_status == 0;
}

static inline void *spawn_raw_lane_run(void *data)
{
    struct spawn_raw_lane *lane = data;
    posix_spawnattr_t attributes;
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    for (int i = 0; lane->is_good && i < lane->jobs; i++) {
        int fds[2];
        posix_spawn_file_actions_t actions;
        lane->is_good = pipe2(fds, O_CLOEXEC) == 0;
        (void)posix_spawn_file_actions_init(&actions);
        (void)posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
        lane->is_good = lane->is_good && spawn_raw_one(lane->program, &actions, &attributes, fds);
        (void)posix_spawn_file_actions_destroy(&actions);
    }
    (void)posix_spawnattr_destroy(&attributes);
    return NULL;
}

/* Jobs a second over all lanes; 0 if something failed. */
static inline double spawn_raw_of(const char *program, int lane_count, int jobs_per_lane)
{
    struct spawn_raw_lane lanes[SPAWN_RAW_LANES_MAX];
    pthread_t threads[SPAWN_RAW_LANES_MAX];
    bool is_good = lane_count <= SPAWN_RAW_LANES_MAX;
    double start_s = spawn_raw_now_s();
    for (int i = 0; is_good && i < lane_count; i++) {
        lanes[i] = (struct spawn_raw_lane){program, jobs_per_lane, true};
        is_good = pthread_create(&threads[i], NULL, spawn_raw_lane_run, &lanes[i]) == 0;
    }
    for (int i = 0; is_good && i < lane_count; i++) {
        (void)pthread_join(threads[i], NULL);
        is_good = lanes[i].is_good;
    }
    return is_good ? lane_count * jobs_per_lane / (spawn_raw_now_s() - start_s) : 0;
}

static inline double spawn_raw_per_s(int jobs_per_lane)
{
    return spawn_raw_of("/bin/true", SPAWN_RAW_LANES, jobs_per_lane);
}
