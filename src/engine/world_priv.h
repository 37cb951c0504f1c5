/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * world_priv - the live state of the engine. Only the decision thread touches it, but for struct exchange,
 * which has a lock of its own.
 *
 * Things refer to runs and units by id, never by pointer, wherever they may outlive them (timers, queues,
 * gate waiters): an id that is gone is simply skipped.
 */
#include <pthread.h>

#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "engine/engine.h"
#include "engine/outputs_priv.h"
#include "jobnet/run.h"
#include "people/setting.h"
#include "plan/facts.h"
#include "wire/json.h"
#include "wire/site.h"

enum registration_kind { REGISTERED_NOT, REGISTERED_PLANNED, REGISTERED_FIXED };
enum run_origin { ORIGIN_PLANNED, ORIGIN_ADDED, ORIGIN_BY_HAND, ORIGIN_IMPORTED };

struct version_entry {
    int64_t id, unit, number;
    char hash[65];
    const char *text;          /* made in this turn, not in the store yet; NULL: ask the store */
    struct arena arena;        /* of net */
    const struct net *net;     /* NULL until needed */
    uint64_t tag;              /* for net_cache: hash of the text's hash; 0: net was not made from the store's text */
    int32_t run_count;         /* live runs pinned to it */
};

/* A group or a root jobnet. */
struct unit_entry {
    int64_t id;
    const char *path, *name, *comment, *type;
    bool is_group, is_deleted;
    struct unit_entry *group;  /* NULL: directly below "/" */
    struct version_entry *version;
    /* groups: */
    const struct calendar *calendar; /* NULL until asked for */
    /* root jobnets: */
    uint8_t registration;      /* enum registration_kind */
    bool is_held, is_suspended;
    bool runs_passed;          /* during registration: today's starts whose time has passed run too (ajsentry -s) */
    struct bizday registered, from, to, planned_to;
    struct instant registered_at;
    const char *registered_by;
    struct unit_facts facts;
    int32_t live_count;        /* generations that have not ended */
    bool is_last_known;        /* its last generation was looked for, however old */
    int64_t armed_ms;          /* its one alarm for the next start that counts; 0 = none */
    size_t waits_from;         /* no entry of facts.plan before this one waits */
};

struct live_run {
    int64_t id;
    struct arena arena;        /* run, and the texts below */
    struct run *run;
    struct unit_entry *unit;
    struct version_entry *version;
    int64_t occurrence, deadline_ms;
    int32_t rule;
    uint8_t origin;
    const char *reason;        /* why it waits or was started; "" */
    const char **agents, **reasons; /* per node; NULL = none */
    uint8_t *is_dirty;         /* per node; node 0 = the run's own row */
    VEC(int32_t) dirty;
    bool is_done;              /* RUN_ENDED seen: leaves memory at the end of the entry */
};

struct node_id {
    int64_t run;
    int32_t node;
};

enum timer_kind { ALARM_RUN, ALARM_UNIT_DUE, ALARM_DEADLINE, ALARM_GATE, ALARM_DAY, ALARM_GIVE_UP };
struct alarm {
    int64_t at_ms;
    int64_t id;                /* run or unit */
    int32_t node, attempt;
    uint8_t kind, timer;       /* enum timer_kind; ALARM_RUN: enum run_timer */
};

struct queue_item {
    int64_t run, order;        /* order of arrival */
    int32_t node, priority;
};

struct agent_entry {
    const char *name;
    const struct site_agent *site; /* NULL: not in the site any more */
    struct agent_link *link;   /* NULL: not connected */
    bool is_ready, is_drained, is_lost, is_refused, can_pc; /* is_refused: of another epoch */
    int32_t running;           /* slots taken */
    VEC(struct queue_item) queue; /* heap */
    struct map slots;          /* node_id hash -> itself: attempts that hold a slot */
    struct map listed;         /* node_id hash of attempts named since HELLO */
    struct instant first_seen, last_seen_wall, lost_at;
    int64_t silent_since_wall_ms; /* 0 = connected */
    const char *limits;        /* "" = the site's */
    const char *platform, *version;
    char session[64];          /* of the last HELLO */
    bool has_listed;           /* READY seen in that session */
};

struct gate_waiters {
    VEC(struct node_id) list;
};

/* A file that a gate waits for. */
struct file_fact {
    const char *agent, *path;
    int64_t asked_wall_ms;
    int8_t known;              /* -1, 0, 1 */
};

/* A changed time of one day (a row of window_change). */
struct day_change {
    const char *grp, *cls_name;
    struct bizday date;
    enum window_event event;
    int32_t minute;
};

/* Everything that is loaded from the store and dropped when a commit fails. */
struct world {
    struct arena names;        /* paths, agent names: live as long as the world */
    struct map units_by_id;
    struct facts facts;        /* units_by_path -> unit_facts inside unit_entry */
    struct map entries_by_path; /* -> unit_entry, groups too */
    struct map names_used;     /* last parts of root jobnets' paths */
    struct map versions;       /* by id */
    struct arena calendars;    /* of groups; reset when a calendar changes */
    struct map runs;           /* live, by id */
    struct map agents;         /* by name */
    VEC(struct alarm) alarms;  /* heap by at_ms */
    struct map waiters;        /* gate key -> gate_waiters */
    struct map files;          /* "agent\npath" -> file_fact */
    VEC(struct day_change) changes; /* of window times, days of the last weeks and ahead */
    VEC(struct node_id) asks;  /* gates to look at before the turn ends */
    VEC(int64_t) dirty_runs, done_runs, decisions_spent, proposals_spent; /* taken by acts since the world was loaded */
    struct arena site_arena;
    const struct site *site;
    int64_t next_unit, next_version, next_occurrence, next_run, next_event, next_proposal, next_decision, next_clock, next_order;
    struct bizday today;       /* of the root calendar */
    char epoch[40];
    struct people *people;     /* people_priv.h */
    struct map risks, folds;   /* "unit@date" whose predicted miss was told; events that stand open, by message and fold */
    int64_t forecast_wall_ms, forecast_at_turn; /* when the forecast last ran, after how many commits */
    bool is_slot_free;         /* some agent may have room: look at the queues */
    int64_t slot_alarm_ms;     /* when the queues are looked at next because limits change by the time of day */
};

/* An act of this turn that carried a key; texts of the turn. */
struct once {
    const char *key, *hash;
    size_t json_from, json_n;
};

struct failed_logins; /* failed_logins.c */
struct exchange; /* what other threads hand over: exchange.c */
struct engine {
    struct engine_config config;
    struct world w;
    struct store_batch *batch;
    struct store_reader *reader;
    struct arena turn;         /* reset every turn */
    struct instant now, wall;
    struct run_effects effects;
    struct gate_keys freed;
    struct strbuf frames, answers_json, feed_text;
    VEC(struct outgoing) outgoing;
    VEC(struct answer) answers;
    VEC(struct feed_line) feed_lines;
    VEC(struct clock_order) clock_orders;
    VEC(struct once) once;
    struct strbuf changes;     /* feed: changes of the entry under way, comma separated */
    size_t entry_count;        /* entries of this batch */
    int commit_failures;       /* in a row */
    bool people_changed;       /* in this turn */
    _Atomic int64_t people_generation; /* commits that changed them */
    bool is_deciding;
    bool has_feed;             /* false in the simulator */
    bool is_spoiled;           /* an act failed half way in this turn */
    bool is_catching_up;       /* first turn: starts that passed while stopped */
    struct net_cache *nets;
    struct exchange *exchange;
    struct feed *feed;
    _Atomic int64_t settings[SETTINGS];
    struct outlook_shelf *outlooks; /* the newest forecast, for readers */
    struct failed_logins *failed_logins; /* lately; NULL: none */
    struct engine_figures figures; /* of the decision thread */
    pthread_mutex_t shown_lock;
    struct engine_figures shown;   /* of them, after the last turn: for any thread */
};
