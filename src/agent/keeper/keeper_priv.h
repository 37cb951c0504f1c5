/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * keeper_priv - what the keeper's two files share.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/process/message.h"
#include "agent/process/process.h"

struct capture { /* lives until its writers and its attempt are gone */
    struct process_stream stream; /* first: it is the tag of its events */
    bool is_orphan; /* the attempt has ended, something it left behind still writes */
};
struct attempt {
    enum keeper_kind kind; /* INTENT: about to run or running; else that of its last record */
    bool is_killed;
    pid_t pid; /* of a running one: the leader */
    int cgroup;
    int64_t numbers[END_NUMBERS];
    char *key, *cookie, *detail;
    struct capture *captures[2];
    struct attempt *next; /* running, with the same low bits of its pid */
};

/* Records on disk and the table of attempts made of them; one acknowledged leaves only the hash of its key. */
struct slot {
    uint64_t hash; /* 0: free */
    struct attempt *live;
};
struct journal {
    int fd;
    int64_t period; /* of the file it writes */
    struct bytes out;
    struct process_sync sync;
    struct slot *slots;
    size_t max, n, live_count;
};
bool journal_open(struct journal *j);
struct slot *journal_find(struct journal *j, const char *key); /* NULL: never heard of */
struct attempt *journal_intent(struct journal *j, const char *key, const char *cookie);
void journal_last(struct journal *j, struct attempt *a, enum keeper_kind kind, const char *detail);
void journal_ack(struct journal *j, struct slot *slot);
bool journal_write(struct journal *j); /* not yet on disk: for that, sync */
void attempt_message(const struct attempt *a, struct keeper_message *ret);
