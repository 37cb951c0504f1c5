/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * process - starting the process of a job, and killing all that it started. libc only; no heap.
 *
 * The caller is a child subreaper, holds descriptors 0..2 open and all others close-on-exec, has its signals
 * blocked and none ignored, and reaps.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "agent/process/message.h"

enum { PROCESS_WORDS_MAX = KEEPER_TEXTS_MAX + 2, PROCESS_GROUPS_MAX = KEEPER_NUMBERS_MAX, PROCESS_MARK_MAX = 840,
       PROCESS_STACK_BYTES = 64 * 1024 };

/* Grows at its end, is used up from its front. at is NULL before the first room. */
struct bytes {
    char *at;
    size_t n, max;
};
char *bytes_room(struct bytes *b, size_t n); /* aborts when out of memory */
void bytes_drop(struct bytes *b, size_t n);
void bytes_add(struct bytes *b, const char *at, size_t n);
void bytes_swap(struct bytes *a, struct bytes *b);

/* Waits for the disk in a thread of its own, one file at a time. */
struct process_sync {
    int ask, done; /* done can be polled: readable when the sync has ended */
    bool has_thread, is_busy;
};
/* `s` must not move afterwards. The caller's signals are blocked. */
bool process_sync_open(struct process_sync *s);
/* A descriptor of -1 fails at the end. is_waiting: it has ended when this returns. */
void process_sync_begin(struct process_sync *s, int fd, bool is_waiting);
/* False: none was begun, or it goes on. Else *is_good: what was in the file at its begin is on disk. */
bool process_sync_end(struct process_sync *s, bool *is_good);

/* Numbered folders below a writable cgroup v2; one is used again once it is empty. */
struct process_groups {
    int fd; /* -1: none, trees are killed by a sweep of /proc */
    bool is_probed, may_clone_into; /* else a job moves itself */
    int made, free_count, free[1024];
    struct process_group {
        int number, folder, events; /* number + 1; 0: none, not open */
    } kept[256]; /* by number, modulo: opening them cost a tenth of a start */
};
int process_group_folder(struct process_groups *groups, int group); /* kept open; negative: cannot be */
int process_group_take(struct process_groups *groups); /* -1: none */
/* After a kill, whoever did it, it is removed and not used again. */
void process_group_give(struct process_groups *groups, int group, bool is_killed);

struct process_order {
    const char *argv[PROCESS_WORDS_MAX], *env[PROCESS_WORDS_MAX]; /* each ended by NULL */
    char mark[PROCESS_MARK_MAX]; /* the last word of env: BANTO_ATTEMPT=key */
    const char *workdir;
    const char *files[3];   /* "" takes fds[] of the same place; opened by the job's user, after chdir */
    int fds[3];
    bool is_append[3];
    bool is_same;           /* stderr goes where stdout goes */
    bool is_script;         /* argv[0] is /bin/sh, used only if argv[1] is nothing that the kernel runs */
    int64_t uid, gid, mask; /* uid -1: stay who we are */
    gid_t groups[PROCESS_GROUPS_MAX];
    uint32_t group_count;
    struct rlimit open_files;
    struct process_groups *cgroups;
    int cgroup;             /* result: -1 none */
    bool is_in_cgroup;      /* from its first instruction */
    char *stack_end;        /* PROCESS_STACK_BYTES below it */
    int nothing;            /* /dev/null, opened at the first start; 0: not yet */
    const char *failed;     /* result: what could not be done, and errno */
    int reason;
};
/* What a RUN message says; texts stay borrowed from it. */
void process_order_read(const struct keeper_message *run, struct process_order *order);
/* Leader of a session of its own. -1: see `failed`. */
pid_t process_start(struct process_order *order);

/* Kills the tree of `leader`, which is not reaped yet. */
void process_kill(const struct process_groups *groups, int group, pid_t leader, const char *key);

/* One captured stream of a job: what it writes goes to a file, made at the first byte, up to a cap. */
struct process_stream {
    int fd, file; /* -1: not open */
    int epoll;    /* that watches fd */
    int64_t kept_bytes, cut_bytes, max_bytes;
    char path[512];
};
enum { STREAM_CHUNK_BYTES = 64 * 1024 };
/* `s` has its epoll, where it becomes the tag of its events. *writer is for the job, to be closed once it has started. */
bool process_stream_open(struct process_stream *s, const char *path, const char *ending, int *writer);
/* At most so many chunks; reads on past the cap, or the job would block. At the end of the stream closes it. */
void process_stream_read(struct process_stream *s, char *chunk, int chunks_max);
