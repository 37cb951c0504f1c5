/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * facts - what gates are judged by: generations and plans of units, observed windows, locks, known files.
 *
 * The engine keeps one set and changes it in its turns; the forecast copies it and lets it run on. Both ask
 * the same gate_check. A gate that is shut says which fact it waits for (`key`), so a change of a fact wakes only
 * those that wait for it. Rules: E-07, E-08, E-10; scopes of predecessors: decisions §3.
 */
#include "base/map.h"
#include "base/vec.h"
#include "jobnet/gate.h"
#include "jobnet/net.h"
#include "jobnet/status.h"
#include "window/window.h"

/* One run of a unit, as a predecessor's witness. */
struct generation {
    int64_t run;
    int64_t planned_ms, ended_ms;
    struct bizday date;
    uint8_t status;            /* enum status */
};

enum plan_state {
    PLAN_WAITING,              /* will start */
    PLAN_STARTED,              /* has a run */
    PLAN_SKIPPED,              /* the rule gives no run that day, or a person skipped it: reason */
    PLAN_CANCELLED,            /* unregistered or replaced by a new plan */
    PLAN_MISSED                /* its time passed while stopped and x_missed left it out */
};

/* As the store keeps it: the state, and whether a person changed the entry. */
enum { PLAN_STATE_BITS = 0xFF, PLAN_CHANGED_BIT = 0x100 };

/* One planned start of a unit. */
struct plan_entry {
    int64_t id, run;           /* run: 0 until started */
    int64_t start_ms, planned_ms;
    struct bizday date, shifted_from;
    int32_t rule;
    uint8_t state;             /* enum plan_state */
    bool is_held, is_changed;  /* is_changed: a person moved, added, skipped or held it */
    const char *reason;        /* lives with the owner of the facts */
};

struct unit_facts {
    int64_t id;
    const char *path;
    VEC(struct generation) generations; /* ascending run */
    VEC(struct plan_entry) plan;        /* ascending start */
};

struct lock_holder {
    int64_t run;
    int32_t node;
    bool is_shared;
};
struct lock_facts {
    char *name;                /* its own copy */
    VEC(struct lock_holder) holders;
};

struct window_facts {
    const struct window_group *group;
    struct window_seen seen[16]; /* by class; a group has at most 16 */
};
enum { WINDOW_CLASSES_MAX = 16 };

/* x_gate=window(NAME): is it open now, and when does that change next? */
typedef bool (*time_window_fn)(void *data, const char *name, struct instant now, struct instant *next_change);
/* Is the file there? 0 no, 1 yes, -1 nobody has looked lately (the asker has it looked for). */
typedef int (*file_known_fn)(void *data, const char *agent, const char *path);

struct facts {
    struct map units_by_path;  /* -> struct unit_facts */
    struct map units_by_name;  /* last part of the path; only if unique, else &facts_ambiguous */
    struct map locks;          /* name -> struct lock_facts */
    VEC(struct window_facts) windows;
    time_window_fn time_window;
    file_known_fn file_known;
    void *data;
};

enum gate_key_kind { GATE_KEY_UNIT = 1, GATE_KEY_ONLINE, GATE_KEY_LOCK, GATE_KEY_TIME, GATE_KEY_FILE, GATE_KEY_PERMIT };
static inline uint64_t gate_key(enum gate_key_kind kind, uint64_t id) { return (uint64_t)kind << 56 | (id & 0xFFFFFFFFFFFFFFull); }
uint64_t gate_key_name(enum gate_key_kind kind, const char *name);

/* Who asks. */
struct gate_subject {
    int64_t run;
    int32_t node;
    struct bizday date;
    struct instant planned, now;
};
struct gate_answer {
    bool is_open;
    uint64_t key;              /* shut: which fact to wait for */
    struct instant look_again; /* shut by time: when; INSTANT_NEVER otherwise */
    enum err_code why;         /* shut: message with the rule's number … */
    char args[400];            /* … and its arguments, words of both languages */
};

struct unit_facts *facts_unit(const struct facts *facts, const char *name_or_path); /* NULL if unknown or ambiguous */
struct window_facts *facts_window(const struct facts *facts, const char *group);
/* Adds an empty one if absent. */
struct lock_facts *facts_lock(struct facts *facts, const char *name);

void gate_check(const struct facts *facts, const struct gate *gate, const struct gate_subject *subject, struct gate_answer *ret);
/* All gates, in order; the first shut one answers. Wait conditions (eun) behind them. */
void gates_check(const struct facts *facts, const struct net_node *node, const struct gate_subject *subject,
                 struct gate_answer *ret);
/* Takes / gives back the locks among a node's gates. Whoever takes has asked; only a decision of the client puts an exclusive
 * holder beside others (decisions §4). */
void locks_take(struct facts *facts, const struct net_node *node, int64_t run, int32_t node_index);
/* Wakes nothing itself: appends the keys of locks that became free or shared. */
struct gate_keys {
    VEC(uint64_t) list;
};
void locks_release(struct facts *facts, const struct net_node *node, int64_t run, int32_t node_index, struct gate_keys *freed);
/* A set of its own that may be let run on (forecast). Units and their names go into `into`, window groups and the texts of
 * reasons are borrowed. Close it with facts_close, but do not unit_facts_close its units. */
void facts_copy(struct arena *into, const struct facts *from, struct facts *to);
void facts_close(struct facts *facts); /* maps and vectors; unit_facts and names are the owner's */
void unit_facts_close(struct unit_facts *unit);

/* Newest generation of a date range, NULL if none. */
const struct generation *generation_newest(const struct unit_facts *unit, struct bizday from, struct bizday to);
