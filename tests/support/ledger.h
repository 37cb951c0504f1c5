/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ledger - what jobs themselves wrote down ("RUN/NODE/ATTEMPT start" and "… end", a line each), held against the store.
 *
 * The lines are appended by the jobs, so they tell what happened whatever the server believes.
 */
#include <stdint.h>

struct ledger_counts {
    int64_t runs, jobs;        /* in the store: runs, and jobs of them that were given to an agent */
    int64_t starts, ends;      /* lines */
    int64_t lost;              /* ended in the store, but no start or no end was written */
    int64_t doubled;           /* a job that was started, or an attempt that began or ended, more than once */
    int64_t stuck;             /* runs or jobs that have not ended normally in the store */
    int64_t strange;           /* lines of what the store does not know */
    int64_t unpaired;          /* jobs whose end is not exactly once in the journal */
    int64_t alerts;            /* events that name a run */
};

/* Command (te=) that writes its lines to `path` and sleeps in between. */
void ledger_command(char *to, int size, const char *path, int sleep_ms);
/* For programs linked to store, jobnet and base. The store must be closed by its server. Also verifies the journal's chain and replays it: NULL, or what is wrong. */
const char *ledger_check(const char *database, const char *path, struct ledger_counts *ret);
/* Lines so far that end in `word`. */
int64_t ledger_lines(const char *path, const char *word);
