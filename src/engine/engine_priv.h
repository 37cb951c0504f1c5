/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * engine_priv - the state that the files of engine/ share. Only the decision thread touches it, but for
 * struct exchange (exchange.c), which has a lock of its own.
 *
 * Things refer to runs and units by id, never by pointer, wherever they may outlive them (timers, queues,
 * gate waiters): an id that is gone is simply skipped.
 */
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "engine/engine.h"
#include "jobnet/run.h"
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
    bool is_ready, is_drained, is_lost, can_pc;
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
    struct map versions;       /* by id */
    struct arena calendars;    /* of groups; reset when a calendar changes */
    struct map runs;           /* live, by id */
    struct map agents;         /* by name */
    VEC(struct alarm) alarms;  /* heap by at_ms */
    struct map waiters;        /* gate key -> gate_waiters */
    struct map files;          /* "agent\npath" -> file_fact */
    VEC(struct day_change) changes; /* of window times, days of the last weeks and ahead */
    VEC(struct node_id) asks;  /* gates to look at before the turn ends */
    VEC(int64_t) dirty_runs, done_runs;
    struct arena site_arena;
    const struct site *site;
    int64_t next_unit, next_version, next_occurrence, next_run, next_event, next_decision, next_order;
    struct bizday today;       /* of the root calendar */
    char epoch[40];
    bool is_slot_free;         /* some agent may have room: look at the queues */
    int64_t slot_alarm_ms;     /* when the queues are looked at next because limits change by the time of day */
};

struct outgoing {
    struct agent_entry *agent;
    size_t from, n;            /* bytes of engine->frames */
};
struct answer {
    act_done_fn done;
    void *data;
    struct act_result result;
    size_t json_from, json_n;  /* bytes of engine->answers_json */
    size_t entry;              /* number of its journal entry in the batch + 1; 0 = none */
};
struct feed_line {
    size_t from, n;            /* bytes of engine->feed_text, without the seq */
};

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
    struct strbuf changes;     /* feed: changes of the entry under way, comma separated */
    size_t entry_count;        /* entries of this batch */
    int commit_failures;       /* in a row */
    bool is_deciding;
    bool has_feed;             /* false in the simulator */
    bool is_spoiled;           /* an act failed half way in this turn */
    bool is_catching_up;       /* first turn: starts that passed while stopped */
    struct exchange *exchange;
    struct feed *feed;
    struct engine_figures figures;
};

/* exchange.c: messages from other threads */
enum message_kind { MESSAGE_ACT, MESSAGE_REPORTS, MESSAGE_LINK_UP, MESSAGE_LINK_DOWN };
struct message_in {
    struct message_in *next;
    struct arena arena;        /* everything below */
    enum message_kind kind;
    struct act act;
    const char *agent, *session, *body;
    size_t body_n;
    struct agent_link *link;
    act_done_fn done;
    void *data;
};
struct exchange *exchange_open(void);
void exchange_close(struct exchange *exchange);
struct message_in *exchange_take(struct exchange *exchange); /* all, oldest first */
void exchange_on_message(struct exchange *exchange, void (*wake)(void *), void *data);
void exchange_stop(struct exchange *exchange);               /* nothing more is taken in */
int64_t exchange_depth(struct exchange *exchange);
void message_free(struct message_in *message);
void link_send(struct agent_link *link, const char *bytes, size_t n);
void link_shut(struct agent_link *link);                     /* the engine ends it; http closes the connection */
const char *link_session(const struct agent_link *link);
const char *link_agent(const struct agent_link *link);
void link_unref(struct agent_link *link);

/* feed.c */
struct feed *feed_open(void);
void feed_close(struct feed *feed);
void feed_add(struct feed *feed, int64_t seq, const char *json_rest, size_t n);
void feed_wake(struct feed *feed);

/* record.c: rows and journal entries */
void put_run(struct engine *engine, const struct live_run *live);
void put_node(struct engine *engine, const struct live_run *live, int32_t node);
void put_unit(struct engine *engine, const struct unit_entry *unit);
void put_registration(struct engine *engine, const struct unit_entry *unit);
void put_plan(struct engine *engine, const struct unit_entry *unit, const struct plan_entry *plan);
void put_agent(struct engine *engine, const struct agent_entry *agent);
void put_window(struct engine *engine, const struct window_facts *window, size_t cls, const char *actor);
void run_dirty(struct engine *engine, struct live_run *live, int32_t node);
struct who {
    const char *actor, *via, *reason, *reference;
};
extern const struct who who_engine;
/* Writes what is dirty and seals it as one journal entry; nothing happens if nothing changed. */
void entry_end(struct engine *engine, const struct who *who, const char *operation, const char *entity);

/* catalog.c: units, versions, calendars */
struct unit_entry *unit_by_path(const struct engine *engine, const char *path);
struct unit_entry *unit_by_id(const struct engine *engine, int64_t id);
struct unit_entry *unit_add(struct engine *engine, int64_t id, const char *path, bool is_group);
const struct calendar *group_calendar(struct engine *engine, struct unit_entry *group); /* NULL group: "/" */
const struct calendar *unit_calendar(struct engine *engine, struct unit_entry *unit);   /* of its own group */
const struct calendar *unit_days(struct engine *engine, struct unit_entry *unit);       /* jc= respected */
void calendars_forget(struct engine *engine);
MUST_CHECK bool version_load(struct engine *engine, struct version_entry *version, struct err *e);
/* Net of the current version. */
MUST_CHECK bool unit_net(struct engine *engine, struct unit_entry *unit, const struct net **ret, struct err *e);
/* Units (root jobnets) that a path or pattern means, in path order. */
struct unit_list {
    VEC(struct unit_entry *) list;
};
void units_select(struct engine *engine, const char *pattern, bool is_recursive, struct unit_list *ret);

/* planner.c: occurrences */
MUST_CHECK bool plan_extend(struct engine *engine, struct unit_entry *unit, struct bizday to, struct err *e);
MUST_CHECK bool plan_again(struct engine *engine, struct unit_entry *unit, struct err *e); /* rules or calendar changed */
void plan_cancel(struct engine *engine, struct unit_entry *unit, const char *reason);
void plan_due(struct engine *engine, struct unit_entry *unit);     /* starts whose time has come */
void plan_arm(struct engine *engine, struct unit_entry *unit);     /* alarm for the next start */
struct plan_entry *plan_find(struct unit_entry *unit, int64_t id);
struct plan_entry *plan_add(struct unit_entry *unit, const struct plan_entry *entry); /* keeps the order */
void planner_new_day(struct engine *engine);

/* live.c: runs */
struct live_run *live_by_id(const struct engine *engine, int64_t id);
/* A new generation. Fails if its definition cannot be loaded or cannot run. */
MUST_CHECK bool live_start(struct engine *engine, struct unit_entry *unit, const struct plan_entry *plan, uint8_t origin,
                           const char *macros, struct live_run **ret, struct err *e);
void live_step(struct engine *engine, struct live_run *live, struct run_event *event);
/* Root: hold, previous generation, gates; begins the run when all hold. */
void live_try_begin(struct engine *engine, struct live_run *live);
void live_defer(struct engine *engine, struct live_run *live, const char *reason); /* 繰り越し未実行 */
void live_drop(struct engine *engine, struct live_run *live);
/* From the store; *ret = NULL when there is no such run or it was imported. */
MUST_CHECK bool live_load(struct engine *engine, int64_t id, struct live_run **ret, struct err *e);
void generation_note(struct engine *engine, struct live_run *live); /* its status changed: facts, and who waits for it */
const char *live_entity(struct engine *engine, const struct live_run *live, int32_t node); /* run/12/3, in the turn's arena */

/* gates.c */
void gate_ask(struct engine *engine, int64_t run, int32_t node);
void gate_wake(struct engine *engine, uint64_t key);
void gates_settle(struct engine *engine); /* answers all asks and fills all slots until nothing moves */
void gate_text(struct engine *engine, const struct gate_answer *answer, enum lang lang, struct strbuf *into);
bool gates_look(struct engine *engine, struct live_run *live, int32_t node, struct gate_answer *ret);

/* slots.c, agents.c */
struct agent_entry *agent_of(struct engine *engine, const char *name); /* resolves aliases; NULL = the default one */
struct agent_entry *agent_add(struct engine *engine, const char *name);
void slot_queue(struct engine *engine, struct live_run *live, int32_t node);
void slot_take(struct engine *engine, struct agent_entry *agent, int64_t run, int32_t node);
void slot_free(struct engine *engine, struct live_run *live, int32_t node);
void slots_fill(struct engine *engine);
int agent_limit(struct engine *engine, const struct agent_entry *agent);
void agent_send(struct engine *engine, struct agent_entry *agent, const struct frame *frame);
void agent_start(struct engine *engine, struct live_run *live, int32_t node);
void agent_kill(struct engine *engine, struct live_run *live, int32_t node);
void agent_probe(struct engine *engine, const char *agent, const char *path);
void agents_reports(struct engine *engine, const struct message_in *message);
void agents_link_up(struct engine *engine, const struct message_in *message);
void agents_link_down(struct engine *engine, const struct message_in *message);
void agents_look(struct engine *engine); /* silent too long? */
int64_t agents_next_wall_ms(const struct engine *engine);
struct frame *start_frame(struct engine *engine, struct live_run *live, int32_t node);

/* windows.c */
bool window_is_open_now(void *engine, const char *name, struct instant now, struct instant *next);
int file_is_known(void *engine, const char *agent, const char *path);
void windows_make(struct engine *engine); /* from the site, keeping states */
/* Effective times of a class that day, changes included. */
struct window_times window_day(const struct engine *engine, const struct window_group *group, size_t cls, struct bizday day);
void day_change_note(struct engine *engine, const struct day_change *change);
/* By how much a switch net's planned start moves that day because times were changed. Milliseconds. */
int64_t switch_shift_ms(struct engine *engine, const struct net *net, struct bizday day);

/* events.c */
enum event_kind { EVENT_FAILED, EVENT_UNKNOWN, EVENT_DELAYED, EVENT_DEADLINE, EVENT_RISK, EVENT_AGENT_LOST, EVENT_AGENT_BACK,
                  EVENT_WINDOW_MISMATCH, EVENT_GATE_LATE, EVENT_NOT_RUN, EVENT_MISSED };
struct event_of {
    enum event_kind kind;
    int severity;
    const char *unit;
    int64_t run;
    int32_t node;
    enum err_code code;
};
void event_raise(struct engine *engine, const struct event_of *event, const char *fold, const char *fmt, ...) PRINTF(4, 5);

/* alarms (engine.c) */
void alarm_add(struct engine *engine, struct alarm alarm);

/* load.c */
MUST_CHECK bool world_load(struct engine *engine, struct err *e);
void world_close(struct engine *engine);
MUST_CHECK bool site_load(struct engine *engine, const char *yaml, size_t n, const char *csv, size_t csv_n, struct err *e);

/* acts: one handler per row of acts.def */
struct act_call {
    struct engine *engine;
    const struct act *act;
    struct who who;
    struct json json;          /* an object is open */
    const struct diags *diags;
    struct diags *own_diags;
    struct err *err;
};
#define ACT(code, name, needs_reason, handler) bool handler(struct act_call *call);
#include "engine/acts.def"
#undef ACT
