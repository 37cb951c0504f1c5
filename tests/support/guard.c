/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard - the parent that waits, sweeps and removes.
 */
#include "tests/support/guard.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SWEEPS_MAX = 400, SWEEP_US = 5000, EXIT_TIMEOUT = 124, EXIT_SYSTEM = 71 };

static char folder[512];
static volatile sig_atomic_t ending; /* the signal that ends the test */

static void on_signal(int number)
{
    ending = number;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)st;
    (void)kind;
    (void)place;
    return remove(path);
}

const char *guard_folder(void)
{
    if (!folder[0]) {
        const char *above = getenv("TMPDIR");
        (void)snprintf(folder, sizeof(folder), "%s/banto-test-XXXXXX", above && *above ? above : "/tmp");
        if (!mkdtemp(folder)) {
            perror(folder);
            exit(EXIT_SYSTEM);
        }
    }
    return folder;
}

/* Our children now: what the killed leave behind comes to us, so that rounds reach everybody. */
static bool kill_children(void)
{
    DIR *proc = opendir("/proc");
    bool is_any = false;
    for (const struct dirent *entry; proc && (entry = readdir(proc));) {
        char path[300], text[512] = "";
        (void)snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
        FILE *stat = entry->d_name[0] >= '1' && entry->d_name[0] <= '9' ? fopen(path, "re") : NULL;
        if (!stat) {
            continue;
        }
        bool is_read = fgets(text, sizeof(text), stat) != NULL;
        (void)fclose(stat);
        const char *behind_name = is_read ? strrchr(text, ')') : NULL;
        int parent = 0;
        if (behind_name && sscanf(behind_name, ") %*c %d", &parent) == 1 && parent == getpid()) {
            (void)kill((pid_t)strtol(entry->d_name, NULL, 10), SIGKILL);
            is_any = true;
        }
    }
    if (proc) {
        (void)closedir(proc);
    }
    return is_any;
}

static void sweep(void)
{
    for (int i = 0; i < SWEEPS_MAX && kill_children(); i++) {
        while (waitpid(-1, NULL, WNOHANG) > 0) {
        }
        (void)usleep(SWEEP_US);
    }
    const char *keep = getenv("BANTO_KEEP");
    if (folder[0] && !(keep && *keep)) {
        (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
}

/* Reaps adopted processes as well until the test itself has ended; its exit status. */
static int wait_for(pid_t test)
{
    int status = 0;
    for (;;) {
        pid_t pid = waitpid(-1, &status, 0);
        if (pid == test) {
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        if (ending || (pid < 0 && errno != EINTR)) {
            return ending == SIGALRM ? EXIT_TIMEOUT : 128 + ending;
        }
    }
}

void guard_begin(int timeout_sec)
{
    struct sigaction action = {.sa_handler = on_signal};
    const int numbers[] = {SIGALRM, SIGTERM, SIGINT, SIGHUP};
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0); /* ctest kills the shell above us */
    (void)fflush(NULL);
    pid_t guard = getpid(), test = fork();
    if (test == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (getppid() != guard) {
            _exit(EXIT_SYSTEM);
        }
        return;
    }
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        (void)sigaction(numbers[i], &action, NULL);
    }
    (void)alarm((unsigned)timeout_sec);
    int status = test < 0 ? EXIT_SYSTEM : wait_for(test);
    if (ending) {
        (void)fprintf(stderr, "%s\n", ending == SIGALRM ? "guard: took too long" : "guard: told to stop");
    }
    sweep();
    _exit(status);
}
