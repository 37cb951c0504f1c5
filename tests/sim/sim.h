/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * sim - the whole engine through made-up years: a generated site, its operators, and everything that goes wrong.
 *
 * One seed gives one site and one course of events; docs/testing.md says what is promised and how to replay a seed.
 * Faults: agents (vagent.h), hosts that die, the server killed between any two steps, commits that fail before or after
 * they were done, reads that fail while loading, clock steps small (seconds), medium (an hour), large (days) and backward.
 *
 * Promises, looked at in every turn, at kills, or at the end:
 *  1. No attempt runs twice; no two attempts of one job run at once (vagent.c).
 *  2. No net starts before its gates (check.c asks anew, by itself).
 *  3. States move only as status.c allows (asserted there); runs agree with themselves (run_check); locks, slots and
 *     generations agree with the runs.
 *  4. After a kill, memory equals what it was.
 *  5. Every planned start is accounted for; when the faults stop, everything ends; the journal replays to the tables.
 */
#include "engine/engine.h"
#include "store/store.h"
#include "tests/support/vagent.h"
#include "window/window.h"

struct sim_options {
    uint64_t seed;
    double years;
    int nets;
    bool with_hash, keeps_journal, with_faults, with_rows; /* with_rows: all rows go into the digest */
};

enum { SIM_CLASSES = 2, SIM_AGENTS = 6, SIM_ROW_BYTES_MAX = 1024 };
extern const char *const sim_classes[SIM_CLASSES];

struct sim {
    struct sim_options options;
    uint64_t chance;           /* operators and faults; agents have their own */
    struct store *store, *memory;
    struct store_faults faults;
    struct net_cache *nets;    /* as a real server would not have it: it outlives the kills */
    struct engine *engine;
    struct fleet fleet;
    struct instant now, end;
    int64_t next_ms;           /* engine's clock: next alarm */
    int64_t offset_ms;         /* engine's clock - now: clock steps */
    int64_t operator_ms, fault_ms;
    int steps_to_kill;         /* -1: no kill under way */
    bool is_calm;              /* no more faults, nobody acts: everything must end */
    enum window_phase told[SIM_CLASSES]; /* observed states that the engine has acknowledged */
    enum window_phase true_phase[SIM_CLASSES];
    bool is_telling[SIM_CLASSES];
    int64_t told_turn[SIM_CLASSES];
    const char *names[SIM_AGENTS];
    const char **paths;        /* of the nets */
    struct arena arena;
    struct strbuf text, before;
    char wrong[512];           /* "" = all promises kept so far */
    uint64_t digest;           /* of the course so far: digest.c */
    int64_t turns, kills, commit_faults, acts, refused, checks, reloads_compared, clock_steps;
};

/* Text of site.yaml, and of the definitions of all nets. */
void sim_site(struct strbuf *into);
void sim_units(struct strbuf *into, struct sim *sim);
/* One net with that number, as its seed says; `version` changes its jobs. */
void sim_unit(struct strbuf *into, const struct sim *sim, int number, int version);

bool sim_run(struct sim *sim); /* false: a promise is broken, sim->wrong says which */
void sim_wrong(struct sim *sim, const char *fmt, ...) PRINTF(2, 3);
int sim_below(struct sim *sim, int n);

/* digest.c */
void digest_fold(struct sim *sim, const int64_t *values, size_t count);
void digest_rows(struct sim *sim); /* all rows of the store, at the end */
/* operators.c */
void operators_act(struct sim *sim);
void observe_again(struct sim *sim);
/* check.c */
void check_turn(struct sim *sim);
void check_all(struct sim *sim);
void check_start(struct sim *sim, const struct frame *start);
void check_end(struct sim *sim);
