/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * stage - a whole system on a made-up clock: store, engine, virtual agents, and the trace an operator would read.
 *
 *   struct stage s;
 *   stage_open(&s, &(struct stage_options){.start = "2026-06-29T19:00+09:00"});
 *   stage_define(&s, "/", "unit=A,,,;{ty=n; …}");
 *   stage_register(&s, "/A");
 *   stage_until(&s, "22:30");
 *   assert_string_equal(stage_trace(&s, "A"), "22:05 A running\n22:10 A normal\n");
 *   stage_close(&s);
 *
 * Times are those of the 48-hour clock of the first day (more than 48 hours go on counting). A job runs its fd= minutes (1
 * without) and ends with 0, unless told otherwise; at a normal end its x_effect= is observed, and a command with the word
 * `sample` observes all classes that it names again. Fails the test when the engine refuses what should be accepted.
 */
#include "base/map.h"
#include "base/vec.h"
#include "engine/engine.h"
#include "store/store.h"
#include "tests/support/vagent.h"

struct stage_options {
    const char *start;         /* instant; NULL: 2026-06-29 19:00 in Tokyo */
    const char *site_folder;   /* site.yaml and holidays.csv; NULL: `site` */
    const char *site;          /* text of site.yaml; NULL: one agent "local" */
    bool with_hash;            /* the journal is chained */
    bool without_agent;        /* no agent connects by itself */
    struct clock *clock;       /* a made-up one for acts on it; NULL: none */
};

struct stage_told {            /* what a job does instead */
    const char *name;
    int32_t code, more_minutes;
    bool is_code_once, hangs, spawn_fails;
};

struct stage_line {
    int64_t at_ms, run;
    const char *path, *name, *word;
    bool is_root;
};

struct stage {
    struct stage_options options;
    struct store *store;       /* the faulty one round a memory store */
    struct store_faults faults;
    struct engine *engine;
    struct fleet fleet;
    struct instant now, next;
    int64_t midnight_ms;       /* 00:00 of the first day */
    int64_t feed_seq;
    struct arena arena;        /* as long as the play */
    struct map shown;          /* "run node" -> status word */
    struct map observed;       /* "GROUP\nCLASS" -> phase word */
    VEC(struct stage_told) told;
    VEC(struct stage_line) lines;
    struct strbuf text;        /* what stage_trace or stage_refuses gave last */
    /* Of the last act: */
    bool is_ok, is_answered;
    struct err err;
    char *json;
    int64_t seq;
    int turn_count, failed_turns;
};

void stage_open(struct stage *s, const struct stage_options *options);
void stage_close(struct stage *s);
/* The server goes without a word; agents and their jobs go on. Nothing else happens. */
void stage_server_down(struct stage *s);
void stage_server_up(struct stage *s);
void stage_kill_server(struct stage *s); /* both */

struct instant stage_instant(const struct stage *s, const char *time); /* "27:30" or an RFC 3339 instant */
/* Runs on until that time and until everything of that very moment has settled. */
void stage_until(struct stage *s, const char *time);
void stage_to(struct stage *s, struct instant to);
void stage_settle(struct stage *s); /* at the present moment */
/* One act, settled. False: refused, s->err says how. */
bool stage_try(struct stage *s, struct act act);
void stage_do(struct stage *s, struct act act); /* must be accepted */
/* Must be refused with this message ID; gives its Japanese text. */
const char *stage_refuses(struct stage *s, struct act act, const char *message_id);

void stage_define(struct stage *s, const char *group, const char *text);
void stage_define_file(struct stage *s, const char *path);
void stage_baseline(struct stage *s, const char *path);
void stage_register(struct stage *s, const char *units); /* "/": everything */
void stage_observe(struct stage *s, const char *group, const char *cls, const char *phase);
/* What jobs of that name do. */
void stage_fail(struct stage *s, const char *job, int32_t code); /* once */
void stage_slow(struct stage *s, const char *job, int32_t more_minutes);
void stage_hang(struct stage *s, const char *job);
void stage_unspawnable(struct stage *s, const char *job);

/* Lines "HH:MM NAME word" of root nets or units with these names (blank between; "" = all root nets). A word is a status
 * or, for an event, its message ID. */
const char *stage_trace(struct stage *s, const char *names);
bool stage_saw(struct stage *s, const char *time, const char *name, const char *word);
/* The newest run of a unit, 0 if none; its status word, or that of a node by name. */
int64_t stage_run(struct stage *s, const char *path);
int32_t stage_node(struct stage *s, const char *path, const char *node);
const char *stage_status(struct stage *s, const char *path, const char *node);
/* Number of rows of a table with column = number (column NULL: all). */
int64_t stage_count(struct stage *s, enum table table, const char *column, int64_t number);
/* The journal replays to the tables and its chain is whole; all live runs are as they should be. */
void stage_check(struct stage *s);
