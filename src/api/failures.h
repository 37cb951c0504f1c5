/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * failures - logins that failed, folded for the journal: of one name from one address at most one entry a minute, which says
 * how many it stands for. Any thread.
 *
 * Bounded: when too many names and addresses fail within a minute, the rest is told as nobody's from nowhere.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { FAILURES_KEPT = 128, FAILURE_ENTRY_MS = 60 * 1000 };

struct failure {
    char name[64];             /* a person's; "" = what was typed is no person's name, and is not kept */
    char via[16], address[46];
    int64_t count;             /* since it was told last */
    int64_t told_ms;           /* 0: never, or long ago */
};
struct failures {
    pthread_mutex_t lock;
    struct failure list[FAILURES_KEPT]; /* [0]: the rest */
};
void failures_open(struct failures *failures);
void failures_close(struct failures *failures);
/* One more. True: *ret is to be told now. */
bool failures_add(struct failures *failures, const struct failure *one, int64_t now_ms, struct failure *ret);
/* True: *ret is to be told now, ask again. False: not before *next_ms; INT64_MAX = nothing waits. */
bool failures_due(struct failures *failures, int64_t now_ms, struct failure *ret, int64_t *next_ms);
