/* SPDX-License-Identifier: Apache-2.0 */
/*
 * banto-keeper - keeps the processes of jobs; started by banto-agent, of which it is independent.
 *
 *   banto-keeper FOLDER [--cgroup|--no-cgroup] [--idle-ms N]
 *
 * Prepares what keeper_run is given: the folder's lock, the socket, signals, cgroup. Exit status: 0; 64 usage;
 * 75 another keeper has the folder; 71 the system refused something. TERM ends it when no job runs, USR1 kills the
 * jobs first; nothing else short of KILL does.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

#include "agent/keeper/keeper.h"
#include "agent/process/message.h"

enum { EXIT_USAGE = 64, EXIT_SYSTEM = 71, EXIT_LOCKED = 75, IDLE_MS = 10000, CGROUP_PATH_MAX = 3072 };

static int failed(const char *what, int status)
{
    fprintf(stderr, "banto-keeper: %s: %s\n", what, strerror(errno));
    return status;
}

/* The lock ends with the process, however it ends. */
static bool lock_folder(void)
{
    int fd = open("keeper.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0 || ftruncate(fd, 0) != 0) {
        return false;
    }
    return dprintf(fd, "%ld\n", (long)getpid()) > 0;
}

/* None ignored and all blocked: children inherit the first, signalfd needs the second. */
static int signals_open(void)
{
    sigset_t all, ours;
    for (int number = 1; number < NSIG; number++) {
        (void)signal(number, SIG_DFL);
    }
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, NULL);
    (void)sigemptyset(&ours);
    (void)sigaddset(&ours, SIGCHLD);
    (void)sigaddset(&ours, SIGTERM);
    (void)sigaddset(&ours, SIGUSR1);
    return signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A folder of our own below our cgroup v2, wherever that is mounted; named after the agent's folder, so that the
 * next keeper finds it. -1: cannot be written, or there is none. */
static int cgroup_open(char path[CGROUP_PATH_MAX])
{
    static const char type[] = " - cgroup2 ";
    char line[4096], mount[1024] = "", own[1024] = "";
    struct stat folder;
    FILE *mounts = fopen("/proc/self/mountinfo", "re"), *groups = fopen("/proc/self/cgroup", "re");
    while (mounts && !mount[0] && fgets(line, sizeof(line), mounts)) {
        (void)(strstr(line, type) && sscanf(line, "%*s %*s %*s %*s %1023s", mount));
    }
    while (groups && !own[0] && fgets(line, sizeof(line), groups)) {
        (void)sscanf(line, "0::%1023s", own);
    }
    if (mounts) {
        (void)fclose(mounts);
    }
    if (groups) {
        (void)fclose(groups);
    }
    if (!mount[0] || !own[0] || stat(".", &folder) != 0) {
        return -1;
    }
    (void)snprintf(path, CGROUP_PATH_MAX, "%s%s/banto-%lx-%lx", mount, own, (unsigned long)folder.st_dev,
                   (unsigned long)folder.st_ino);
    (void)mkdir(path, 0755);
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* What still holds somebody stays for the next keeper. */
static void cgroup_close(int fd, const char *path)
{
    char name[16];
    for (int i = 0; fd >= 0 && (i == 0 || errno != ENOENT); i++) {
        (void)snprintf(name, sizeof(name), "%010d", i);
        errno = 0;
        (void)unlinkat(fd, name, AT_REMOVEDIR);
    }
    (void)rmdir(path);
}

int main(int argc, char **argv)
{
    struct keeper_options options = {.cgroup_fd = -1, .idle_ms = IDLE_MS};
    bool with_cgroup = true;
    char cgroup[CGROUP_PATH_MAX] = "";
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--no-cgroup") == 0 || strcmp(argv[i], "--cgroup") == 0) {
            with_cgroup = argv[i][2] == 'c';
        } else if (strcmp(argv[i], "--idle-ms") == 0 && i + 1 < argc) {
            options.idle_ms = strtol(argv[++i], NULL, 10);
        } else {
            argc = 0;
        }
    }
    if (argc < 2) {
        fputs("usage: banto-keeper FOLDER [--cgroup|--no-cgroup] [--idle-ms N]\n", stderr);
        return EXIT_USAGE;
    }
    for (int fd = 0; fd < 3;) { /* 0..2 must be something, or a job's pipe lands there */
        fd = open("/dev/null", O_RDWR);
        if (fd > 2) {
            (void)close(fd);
        }
    }
    if (chdir(argv[1]) != 0) {
        return failed(argv[1], EXIT_SYSTEM);
    }
    if (!lock_folder()) {
        return failed("keeper.lock", errno == EWOULDBLOCK ? EXIT_LOCKED : EXIT_SYSTEM);
    }
    (void)getrlimit(RLIMIT_NOFILE, &options.job_files);
    struct rlimit files = {options.job_files.rlim_max, options.job_files.rlim_max};
    (void)setrlimit(RLIMIT_NOFILE, &files);
    (void)umask(027);
    options.signal_fd = signals_open();
    options.cgroup_fd = with_cgroup ? cgroup_open(cgroup) : -1;
    options.listen_fd = keeper_listen();
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0 || options.signal_fd < 0 || options.listen_fd < 0) {
        return failed("keeper.sock", EXIT_SYSTEM);
    }
    bool is_good = keeper_run(&options);
    (void)unlink("keeper.sock");
    cgroup_close(options.cgroup_fd, cgroup);
    _exit(is_good ? EXIT_SUCCESS : EXIT_SYSTEM); /* the journal may be large: nothing is freed one by one */
}
