/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * vagent - agents without processes: they speak real frames with a real engine on a made-up clock.
 *
 * A virtual agent keeps what a real one keeps: every attempt that was not acknowledged, the epoch it knows, one session
 * at a time, one post at a time (wire/frame.h, protocol 1..6). A job runs as long as the fleet's owner says and ends
 * with the code that it says. Faults by chance (per 1,000): sessions break, posts and answers get lost, come late, twice,
 * or after a newer session has begun; hosts die with all their jobs.
 *
 * The fleet is also the witness: an attempt that is run twice, or a job of which two attempts run at once, is `wrong`.
 */
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "engine/engine.h"

struct vagent;
enum vjob_state { VJOB_RUNNING, VJOB_ENDED, VJOB_LOST, VJOB_NEVER, VJOB_ACKED };
struct vjob {
    int64_t run, started_ms, ends_ms;
    int32_t node, attempt, code;
    uint8_t state;             /* enum vjob_state */
    bool is_killed;
    struct vagent *agent;
    char *text;                /* what the owner keeps: its command; NULL = none */
};

struct vagent {
    struct fleet *fleet;
    const char *name;
    struct agent_link *link;   /* NULL: no session */
    int64_t session_number;
    char session[20], epoch[40];
    bool is_posting, is_down, is_drained;
    struct strbuf out;         /* lines to post */
    VEC(int32_t) jobs;         /* of this agent, not acknowledged: into fleet->jobs */
    int64_t connect_at_ms;     /* INT64_MAX: connected or down for good */
    int32_t wait_ms;           /* grows with each failure */
};

struct vagent_faults { /* per 1,000 chances; all 0 = an ideal world */
    int drop_session;          /* per frame batch: the connection breaks, what it carried is lost */
    int lose_post, lose_answer, late_post, double_post; /* per post */
    int late_ms_max;
    int die;                   /* per job started: the host dies with all its jobs some time later */
    int spawn_fails;           /* per START */
};

/* What the owner decides about a job. */
struct vjob_plan {
    int64_t ms;
    int32_t code;
    bool spawn_fails;
    const char *keep;          /* copied into vjob.text; NULL = nothing */
};

struct late_post;
struct fleet {
    struct engine *engine;     /* NULL while the server is down */
    struct instant now;
    struct vagent_faults faults;
    uint64_t chance;           /* state of the generator */
    VEC(struct vagent *) agents;
    VEC(struct vjob) jobs;
    VEC(int32_t) free_jobs;
    struct map by_key;         /* attempt -> index into jobs + 1, or FLEET_ACKED */
    struct map running;        /* node of a run -> attempt that runs now */
    struct fleet_alarm {
        int64_t at_ms;
        int32_t kind, index;
        int64_t id;
        struct late_post *late;
    } *alarms;                 /* heap */
    size_t alarm_count, alarm_max;
    struct post *posts;        /* handed to the engine, not answered */
    struct arena turn;
    struct strbuf line_buffer;
    bool is_quick;             /* of most frames only kind and key are read: the owner asks for no more */
    int64_t frame_count;
    int64_t started_count, ended_count, lost_count, drop_count;
    char wrong[256];           /* "" = nothing yet */
    /* The owner's: */
    void *data;
    void (*plan)(void *data, const struct vagent *agent, const struct frame *start, struct vjob_plan *ret);
    void (*ended)(void *data, const struct vagent *agent, const struct vjob *job); /* before ENDED is posted */
    bool (*file_exists)(void *data, const char *path);
};

struct vagent *fleet_add(struct fleet *fleet, const char *name);
void fleet_close(struct fleet *fleet);
/* The server is there (again); sessions begin by themselves. */
void fleet_attach(struct fleet *fleet, struct engine *engine);
/* The server goes without a word: call before engine_close. */
void fleet_detach(struct fleet *fleet);
/* Everything of the fleet that is due at fleet->now: ends of jobs, connections, late posts. */
void fleet_due(struct fleet *fleet);
/* Posts what waits. True: the engine has something to do. */
bool fleet_post(struct fleet *fleet);
/* Reads the streams. True: something came. */
bool fleet_read(struct fleet *fleet);
int64_t fleet_next_ms(const struct fleet *fleet);
/* Breaks the agent's connection, and comes back after that long (INT64_MAX: not by itself). */
void vagent_drop(struct vagent *agent, int64_t back_after_ms);
/* The host dies: running jobs are lost; it comes back after that long. */
void vagent_die(struct vagent *agent, int64_t back_after_ms);
/* 0..999 */
int fleet_chance(struct fleet *fleet);
uint64_t chance_next(uint64_t *state);
