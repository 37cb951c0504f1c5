/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * engine - the shell round the pure cores: it owns all live state and the one decision thread.
 *
 * One turn: take what has arrived (acts, agent reports, due timers) -> cores step -> one batch of journal
 * entries and rows -> COMMIT -> perform (frames to agents, timers, feed, answers). Nobody is told "done" and
 * no agent hears of a start before the commit. If a commit fails the turn's memory is dropped, state is loaded
 * again and its callers get ERR_STORE; after repeated failures it decides nothing more (read-only, says so).
 *
 * engine_submit, engine_link_* and engine_reports may be called from any thread; everything else from the
 * thread that runs the engine. The engine reads no clock itself: the shell's `now` functions are given.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"
#include "store/store.h"
#include "wire/frame.h"

struct engine;

enum act_kind {
#define ACT(code, name, needs_reason, handler) code,
#include "engine/acts.def"
#undef ACT
    ACTS
};
const char *act_name(enum act_kind kind);
bool act_needs_reason(enum act_kind kind);
bool act_needs_other(enum act_kind kind); /* another person than the one who asked for it (E-39) */

struct act {
    enum act_kind act;
    const char *actor, *via, *reason, *reference; /* never NULL; "" when none */
    const char *unit;          /* path or pattern */
    bool is_recursive;
    int64_t run;
    int32_t node;
    const char *kind;          /* word from a table, see acts.def */
    const char *group, *cls;   /* window group and user class; other uses in acts.def */
    struct bizday date, date2; /* BIZDAY_NONE when not given */
    struct instant at;         /* {0} when not given */
    int32_t minute;            /* 48-hour */
    int64_t number;
    double real;
    const char *text, *text2;
    size_t text_n, text2_n;
    const char *person, *role, *system;
    const char *secret;        /* a hash or something sealed: in no journal entry, no answer */
    struct instant until;      /* {0}: without end */
    const char *once_key, *once_hash; /* the same key of the same actor is done once; hash: of what was asked */
    bool has_secret;           /* its answer tells something that must not be kept */
    bool is_held, is_waiting, is_on, is_emergency, is_new_version, dry_run;
};
/* Everything empty, nothing NULL. */
struct act act_make(enum act_kind kind);

struct act_result {
    bool is_ok;
    struct err err;            /* when not ok */
    const struct diags *diags; /* messages of a definition, NULL otherwise; valid during the call */
    const char *json;          /* the answer as one JSON object; valid during the call */
    int64_t seq;               /* journal id of the act (over all streams); 0 if it changed nothing */
};
/* Called once, on the engine's thread, after the commit (or the refusal). Must not block. */
typedef void (*act_done_fn)(void *data, const struct act_result *result);

/* Copies the act. False: the queue is full (ERR_BUSY) or the engine is stopping. */
MUST_CHECK bool engine_submit(struct engine *engine, const struct act *act, act_done_fn done, void *data, struct err *e);

/* ---- agents ---- */
/* A connected agent's stream. The engine appends NDJSON lines to it after commits; http/ carries them. */
struct agent_link;
/* Called (any thread) when there is something to take or the link was closed by the engine. */
struct link_wake {
    void (*call)(void *data);
    void *data;
};
MUST_CHECK bool engine_link_open(struct engine *engine, const char *agent, const char *session, const struct link_wake *wake,
                                 struct agent_link **ret, struct err *e);
/* Moves waiting bytes to `to` (at most max); 0 = nothing now, -1 = closed by the engine. */
ptrdiff_t engine_link_take(struct agent_link *link, char *to, size_t max);
void engine_link_close(struct engine *engine, struct agent_link *link); /* the connection is gone */
/* NDJSON frames of one post. done is called after they are durable. */
struct agent_post {
    const char *agent, *session, *body;
    size_t n;
};
MUST_CHECK bool engine_reports(struct engine *engine, const struct agent_post *post, act_done_fn done, void *data, struct err *e);

/* ---- feed of changes (server-sent events) ---- */
/* One line of JSON per journal entry of any stream, numbered by its journal id, kept in a ring. Any thread. */
struct feed;
struct feed *engine_feed(struct engine *engine);
enum feed_result { FEED_LINE, FEED_NONE, FEED_GONE /* older than the ring: read the journal */ };
/* The first change after *seq: appends its JSON to `into` and moves *seq to it. */
enum feed_result feed_next(struct feed *feed, int64_t *seq, struct strbuf *into);
int64_t feed_head(struct feed *feed);
/* wake is called after each commit that added lines; returns an id for feed_unwatch. */
int feed_watch(struct feed *feed, void (*wake)(void *data), void *data);
void feed_unwatch(struct feed *feed, int id);

/* Counts the commits that changed people, their roles or grants, sessions or tokens. Any thread: what was worked out of them
 * before is forgotten when it moves. */
int64_t engine_people_generation(struct engine *engine);

/* ---- life ---- */
struct clock;
struct loop;
/* Compiled definitions, kept from one world to the next; of one thread. */
struct net_cache;
struct net_cache *net_cache_open(void);
void net_cache_close(struct net_cache *cache);
struct engine_config {
    struct store *store;               /* borrowed */
    struct clock *clock;               /* borrowed; NULL: `now` is set by engine_turn's caller (simulator) */
    const char *service;               /* "main" */
    const char *data_folder;           /* for the clock file and job output; NULL in the simulator */
    uint64_t seed;                     /* for the store epoch and jitter */
    int64_t turn_events_max;
    struct instant now;                /* without a clock: when it is opened */
    struct net_cache *nets;            /* borrowed, outlives the engine; NULL: one of its own */
};
/* Loads state from the store; asks agents when they connect. Fails: ERR_STORE and friends. */
MUST_CHECK bool engine_open(const struct engine_config *config, struct engine **ret, struct err *e);
void engine_close(struct engine *engine);
/* Runs until loop_stop; the decision thread. */
MUST_CHECK bool engine_run(struct engine *engine, struct loop *loop, struct err *e);
/* One turn with made-up clocks: what is queued and what is due at `now`. Returns false if the commit failed.
 * *next: when the next timer is due (business clock). For the simulator, tests and engine_run itself. */
MUST_CHECK bool engine_turn(struct engine *engine, struct instant now, struct instant wall, struct instant *next, struct err *e);

/* ---- figures for /metrics and /healthz; any thread ---- */
struct engine_figures {
    int64_t turns, commits, commit_failures, events_in, starts, ends, links, runs_live, nodes_live, queue_depth;
    int64_t last_commit_us, last_turn_us;
    bool is_deciding;                  /* false: read-only after repeated store failures */
    struct instant business_now;
};
void engine_figures(struct engine *engine, struct engine_figures *ret);

/* Output files of an attempt below the data folder of the local agent: path without suffix. */
const char *engine_epoch(struct engine *engine);
