/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Idle: what bantod costs when nothing is due, its agent connected.
 *
 *   idle.rss_mib         resident memory of bantod
 *   idle.wakeups_per_s   voluntary context switches of all its threads (the agent's beat every few seconds included)
 *
 *   bench_idle [SECONDS [SITE FILE…]]   folder of a site, and files of unit definitions, registered as a whole
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/figures.h"
#include "tests/support/guard.h"
#include "tests/support/server.h"

enum { SLOTS = 8, SETTLE_SEC = 2, TIMEOUT_SEC = 180 };

/* Number behind `name` in a file of /proc; 0 if there is none. */
static long status_number(const char *path, const char *name)
{
    char line[256];
    long number = 0;
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file)) {
        if (strncmp(line, name, strlen(name)) == 0) {
            number = strtol(line + strlen(name), NULL, 10);
        }
    }
    if (file) {
        (void)fclose(file);
    }
    return number;
}

static long switches(pid_t pid)
{
    char path[300];
    long sum = 0;
    (void)snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(path);
    for (const struct dirent *entry; tasks && (entry = readdir(tasks));) {
        (void)snprintf(path, sizeof(path), "/proc/%d/task/%s/status", (int)pid, entry->d_name);
        sum += entry->d_name[0] == '.' ? 0 : status_number(path, "voluntary_ctxt_switches:");
    }
    if (tasks) {
        (void)closedir(tasks);
    }
    return sum;
}

/* By the command line, which reads and decodes the files. */
static void banto(const struct server *s, const char *verb, char **files, int count)
{
    char program[600], server[600];
    const char *argv[128] = {program, "--server", server, "--yes", verb};
    (void)snprintf(program, sizeof(program), "%s/banto", s->bin);
    (void)snprintf(server, sizeof(server), "unix:%s", s->socket);
    for (int i = 0; i < count && i < 120; i++) {
        argv[5 + i] = files[i];
    }
    (void)fflush(NULL);
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        (void)!freopen("/dev/null", "w", stdout);
        (void)execv(program, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    if (waitpid(pid, &status, 0) != pid || status != 0) {
        give_up(verb, files[0]);
    }
}

int main(int argc, char **argv)
{
    int seconds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 10;
    if (seconds < 1 || seconds > 150) {
        (void)fputs("usage: bench_idle [SECONDS [SITE FILE...]]\n", stderr);
        return 64;
    }
    char path[64];
    struct server s;
    const char *folder = guard_folder();
    guard_begin(TIMEOUT_SEC);
    server_make(&s, folder, SLOTS, false);
    server_start(&s);
    server_wait_agent(&s);
    if (argc > 3) {
        char apply[] = "apply", all[] = "/*", recursive[] = "--recursive", *site[] = {apply, argv[2]}, *units[] = {all, recursive};
        banto(&s, "site", site, 2);
        banto(&s, "define", argv + 3, argc - 3);
        banto(&s, "register", units, 2);
    }
    (void)sleep(SETTLE_SEC);
    long before = switches(s.pid);
    (void)sleep((unsigned)seconds);
    long after = switches(s.pid);
    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)s.pid);
    figure("idle.rss_mib", (double)status_number(path, "VmRSS:") / 1024, "MiB");
    figure("idle.wakeups_per_s", (double)(after - before) / seconds, "/s");
    server_stop(&s);
    return 0;
}
