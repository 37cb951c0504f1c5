/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * engine_priv - what the files of engine/ offer each other. All of it belongs to the decision thread.
 */
#include "engine/event_kind.h"
#include "engine/exchange_priv.h"

/* act.c: after COMMIT_FAILURES_MAX failed commits in a row nothing more is decided */
enum { COMMIT_FAILURES_MAX = 5 };
void act_do(struct engine *engine, const struct message_in *message);
const char *act_entity(struct engine *engine, const struct act *act); /* on what it is, for the journal */

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
void entry_desk(struct engine *engine, const struct who *who, const char *operation, const char *entity); /* always, stream "desk" */

/* catalog.c: units, versions, calendars */
struct unit_entry *unit_by_path(const struct engine *engine, const char *path);
/* Always false: there is no jobnet of that path, only a group or nothing. */
bool not_a_net(const struct engine *engine, const char *path, struct err *e);
struct unit_entry *unit_by_id(const struct engine *engine, int64_t id);
struct unit_entry *unit_add(struct engine *engine, int64_t id, const char *path, bool is_group);
const struct calendar *group_calendar(struct engine *engine, struct unit_entry *group); /* NULL group: "/" */
const struct calendar *unit_calendar(struct engine *engine, struct unit_entry *unit);   /* of its own group */
const struct calendar *unit_days(struct engine *engine, struct unit_entry *unit);       /* jc= respected */
void calendars_forget(struct engine *engine);
const char *calendar_path(const char *named); /* jc= without its service (AJSROOT1:/a/b) */
bool net_calendar_known(const struct engine *engine, const struct net *net); /* jc= names a group, or is not there */
MUST_CHECK bool group_calendars_known(struct engine *engine, struct err *e); /* each x_calendar= is one of the site's */
/* Gates of scope `latest` and holds by the last result look back without end: what they ask for is loaded. */
MUST_CHECK bool net_look_back(struct engine *engine, const struct net *net, struct unit_entry *own, struct err *e);
MUST_CHECK bool version_load(struct engine *engine, struct version_entry *version, struct err *e);
/* net_cache.c: a net goes in when its world ends, and out under the same number, text and path. */
void net_cache_give(struct net_cache *cache, struct version_entry *version);
bool net_cache_take(struct net_cache *cache, struct version_entry *version, uint64_t tag, const char *path);
void net_cache_new_world(struct net_cache *cache);
/* Net of the current version. */
MUST_CHECK bool unit_net(struct engine *engine, struct unit_entry *unit, const struct net **ret, struct err *e);
/* Units (root jobnets) that a path or pattern means, in path order. */
struct unit_list {
    VEC(struct unit_entry *) list;
};
void units_select(struct engine *engine, const char *pattern, bool is_recursive, struct unit_list *ret);
void units_keep_system(struct unit_list *units, const char *system); /* only those of a system; "" = all */

/* planner.c: occurrences */
MUST_CHECK bool plan_extend(struct engine *engine, struct unit_entry *unit, struct bizday to, struct err *e);
MUST_CHECK bool plan_again(struct engine *engine, struct unit_entry *unit, struct err *e); /* rules or calendar changed */
void plan_cancel(struct engine *engine, struct unit_entry *unit, const char *reason);
void plan_due(struct engine *engine, struct unit_entry *unit, int64_t alarm_ms); /* starts whose time has come */
void plan_arm(struct engine *engine, struct unit_entry *unit);     /* alarm for the next start */
struct plan_entry *plan_find(struct unit_entry *unit, int64_t id);
struct plan_entry *plan_add(struct unit_entry *unit, const struct plan_entry *entry); /* keeps the order */
void planner_new_day(struct engine *engine);

/* live.c: runs */
struct live_run *live_by_id(const struct engine *engine, int64_t id);
struct live_cause {
    uint8_t origin;            /* enum run_origin */
    const char *macros;        /* NAME=VALUE lines, "" */
};
/* A new generation. Fails if its definition cannot be loaded or cannot run. */
MUST_CHECK bool live_start(struct engine *engine, struct unit_entry *unit, const struct plan_entry *plan,
                           const struct live_cause *cause, struct live_run **ret, struct err *e);
void live_step(struct engine *engine, struct live_run *live, struct run_event *event);
/* Root: hold, previous generation, gates; begins the run when all hold. */
void live_try_begin(struct engine *engine, struct live_run *live);
bool live_may_begin(struct engine *engine, struct live_run *live); /* all but the gates */
void live_watch(struct engine *engine, struct live_run *live);     /* alarms of deadline, delays, giving up */
void live_defer(struct engine *engine, struct live_run *live, const char *reason); /* 繰り越し未実行 */
void live_drop(struct engine *engine, struct live_run *live);
/* From the store; *ret = NULL when there is no such run or it was imported. */
MUST_CHECK bool live_load(struct engine *engine, int64_t id, struct live_run **ret, struct err *e);
void generation_note(struct engine *engine, struct live_run *live); /* its status changed: facts, and who waits for it */
const char *run_entity(struct engine *engine, int64_t run, int32_t node);
const char *live_entity(struct engine *engine, const struct live_run *live, int32_t node); /* run/12/3, in the turn's arena */

/* gates.c */
void gate_ask(struct engine *engine, int64_t run, int32_t node);
void gate_wake(struct engine *engine, uint64_t key);
void gates_settle(struct engine *engine); /* answers all asks and fills all slots until nothing moves */
const char *reason_coded(struct arena *into, enum err_code code, const char *args); /* as reason_text reads it */
const char *reason_both(struct engine *engine, const char *reason); /* in words, as one argument of a message */
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
void agent_ask(struct engine *engine, struct live_run *live, int32_t node); /* what of its newest attempt? */
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
/* Does the net's start follow the times of that class? */
bool switch_follows(struct engine *engine, const struct net *net, const struct window_group *group,
                    const struct window_class *cls);
/* By how much a switch net's planned start moves that day because times were changed. Milliseconds. */
int64_t switch_shift_ms(struct engine *engine, const struct net *net, struct bizday day);

/* forecast.c */
struct forecast_shift {        /* what if the times of a window class moved that day? */
    const struct window_group *group;
    const struct window_class *cls;
    struct bizday day;
    int64_t ms;
};
/* Slack of the coming night to the opening's preparation; INT64_MAX when nothing stands before it. shift: NULL = as it is. */
int64_t forecast_opening_slack_ms(struct engine *engine, const struct forecast_shift *shift);
/* Predicted misses become events, now and then. */
void forecast_watch(struct engine *engine);

/* events.c */
struct event_of {
    enum event_kind kind;
    int severity;
    const char *unit;
    int64_t run;
    int32_t node;
    enum err_code code;
};
/* fold: names the cause; an event of the same message and fold that nobody has acknowledged is counted, not repeated. */
void event_raise(struct engine *engine, const struct event_of *event, const char *fold, const char *fmt, ...) PRINTF(4, 5);
void event_open(struct engine *engine, const struct event_row *row); /* it stands open under its fold */
/* The event as it stands in this turn, if it is counted; what comes next under its fold is a new one. */
bool event_close(struct engine *engine, int64_t id, struct event_row *ret);

/* acts_clock.c: what was ordered of the made-up clock in this turn and is committed */
void clock_perform(struct engine *engine);

/* alarms (engine.c) */
void alarm_add(struct engine *engine, struct alarm alarm);

/* people_rows.c: persons, roles, grants, sessions … as the turn sees them (people_priv.h) */
MUST_CHECK bool people_load(struct engine *engine, struct err *e);
void people_close(struct engine *engine);
void people_seed(struct engine *engine); /* the roles of a new store, once, journaled as the system's */

/* load.c */
MUST_CHECK bool world_load(struct engine *engine, struct err *e);
MUST_CHECK bool last_generation_load(struct engine *engine, struct unit_entry *unit, struct err *e); /* if none is known */
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
    const char *entity;        /* what the journal names; NULL: by the act's fields */
    struct err *err;
};
struct act_call;
/* answered.c: acts that carry a key are done once. True: it was used; *said is the answer, or NULL with call->err set. */
bool answered_find(struct act_call *call, const char **said);
void answered_put(struct engine *engine, const struct act *act, size_t json_from); /* in the act's own turn */
void answered_forget(struct engine *engine); /* those older than a day */
#define ACT(code, name, needs_reason, handler) bool handler(struct act_call *call);
#include "engine/acts.def"
#undef ACT
