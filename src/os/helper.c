/* SPDX-License-Identifier: Apache-2.0 */
/*
 * helper - start, wait, start again.
 */
#include "os/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "os/clock.h"
#include "os/file.h"

enum { AGAIN_SEC_FIRST = 1, AGAIN_SEC_LAST = 60, LONG_LIFE_MS = 60000, TAKEN_SEC = 5, TERM_MS = 5000, POLL_MS = 20, HOW_BYTES = 96 };

struct helper {
    struct arena memory;
    struct helper_config config;
    pthread_mutex_t lock;
    pthread_cond_t end;
    pthread_t thread;
    bool is_stopping;
    pid_t pid;                 /* 0 = none runs */
};

static bool spawn(const char *const *argv, pid_t *pid, char how[HOW_BYTES])
{
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    sigset_t none, defaults;
    (void)sigemptyset(&none);
    (void)sigfillset(&defaults);
    (void)sigdelset(&defaults, SIGKILL);
    (void)sigdelset(&defaults, SIGSTOP);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setsigdefault(&attributes, &defaults);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    int failure = posix_spawn(pid, argv[0], &actions, &attributes, (char *const *)(uintptr_t)argv, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    if (failure != 0) {
        (void)snprintf(how, HOW_BYTES, "%s", strerror(failure));
    }
    return failure == 0;
}

/* Waits for its end. */
static void wait_for(pid_t pid, char how[HOW_BYTES])
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status)) {
        (void)snprintf(how, HOW_BYTES, "signal %d", WTERMSIG(status));
    } else {
        (void)snprintf(how, HOW_BYTES, "status %d", WEXITSTATUS(status));
    }
}

static bool is_taken(const struct helper *helper)
{
    int fd = -1;
    struct err e = {0};
    if (!file_exists(helper->config.lock_path)) {
        return false;
    }
    if (!file_lock(helper->config.lock_path, &fd, &e)) {
        return e.code == ERR_LOCKED;
    }
    (void)close(fd);
    return false;
}

/* With the lock held; true: time to stop. */
static bool pause_sec(struct helper *helper, int sec)
{
    int64_t at_ms = clock_wall().ms + INT64_C(1000) * sec;
    struct timespec until = {at_ms / 1000, (at_ms % 1000) * 1000000};
    while (!helper->is_stopping && clock_wall().ms < at_ms) {
        (void)pthread_cond_timedwait(&helper->end, &helper->lock, &until);
    }
    return helper->is_stopping;
}

/* One life; returns how long to wait before the next. With the lock held, which is given up meanwhile. */
static int live(struct helper *helper, int again_sec)
{
    char how[HOW_BYTES] = "";
    int64_t began_ms = clock_boot_ms();
    pid_t pid = 0;
    bool is_started = spawn(helper->config.argv, &pid, how);
    helper->pid = is_started ? pid : 0;
    (void)pthread_mutex_unlock(&helper->lock);
    if (is_started) {
        wait_for(pid, how);
    }
    (void)pthread_mutex_lock(&helper->lock);
    helper->pid = 0;
    again_sec = clock_boot_ms() - began_ms >= LONG_LIFE_MS ? AGAIN_SEC_FIRST : again_sec;
    if (!helper->is_stopping) {
        helper->config.ended(helper->config.data, how, again_sec);
    }
    return again_sec;
}

static void *run(void *data)
{
    struct helper *helper = data;
    int again_sec = AGAIN_SEC_FIRST;
    (void)pthread_mutex_lock(&helper->lock);
    while (!helper->is_stopping) {
        if (is_taken(helper)) {
            (void)pause_sec(helper, TAKEN_SEC);
            continue;
        }
        again_sec = live(helper, again_sec);
        (void)pause_sec(helper, again_sec);
        again_sec = again_sec * 2 > AGAIN_SEC_LAST ? AGAIN_SEC_LAST : again_sec * 2;
    }
    (void)pthread_mutex_unlock(&helper->lock);
    return NULL;
}

bool helper_open(const struct helper_config *config, struct helper **ret, struct err *e)
{
    struct arena memory = {0};
    struct helper *helper = arena_new(&memory, struct helper);
    size_t count = 0;
    while (config->argv[count]) {
        count++;
    }
    const char **argv = arena_array(&memory, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        argv[i] = arena_copy(&memory, config->argv[i]);
    }
    helper->config = *config;
    helper->config.argv = argv;
    helper->config.lock_path = arena_copy(&memory, config->lock_path);
    (void)pthread_mutex_init(&helper->lock, NULL);
    (void)pthread_cond_init(&helper->end, NULL);
    helper->memory = memory;
    int failure = pthread_create(&helper->thread, NULL, run, helper);
    if (failure != 0) {
        arena_close(&memory);
        return err_set(e, ERR_SYSTEM, "pthread_create" ARG "%s", strerror(failure));
    }
    *ret = helper;
    return true;
}

void helper_close(struct helper *helper)
{
    if (!helper) {
        return;
    }
    (void)pthread_mutex_lock(&helper->lock);
    helper->is_stopping = true;
    (void)pthread_cond_signal(&helper->end);
    if (helper->pid > 0) {
        (void)kill(helper->pid, SIGTERM);
    }
    for (int waited_ms = 0; helper->pid > 0 && waited_ms < TERM_MS; waited_ms += POLL_MS) {
        (void)pthread_mutex_unlock(&helper->lock);
        (void)usleep(POLL_MS * 1000);
        (void)pthread_mutex_lock(&helper->lock);
    }
    if (helper->pid > 0) {
        (void)kill(helper->pid, SIGKILL);
    }
    (void)pthread_mutex_unlock(&helper->lock);
    (void)pthread_join(helper->thread, NULL);
    struct arena memory = helper->memory;
    arena_close(&memory);
}
