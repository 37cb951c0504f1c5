/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * run - one generation of a root jobnet: run_step(state, event) -> effects. The heart of Banto.
 *
 *   TIME_WAIT/GATE_WAIT/HOLDING -> RUNNING <-> WARN/ABEND_RUNNING -> NORMAL | WARNING | ABNORMAL | …
 *
 * Pure: cannot fail, cannot wait, reads no clock. The caller commits what changed before it performs the
 * effects. Every event may come twice, late or for an attempt long gone: such are ignored. An event costs
 * its fan-out, never a scan of what waits (a rerun, a kill and a load look at every node).
 *
 * Rules (reference §3–§8):
 *  1. A unit is ready when its upper net runs and all units in front have ended; one BAD in front makes it
 *     UNEXEC, SKIP and GOOD let it pass.
 *  2. Ready -> own start time (nested) -> hold -> gates -> slot -> START. An attempt's number is given, and
 *     must be durable, before the agent hears of it.
 *  3. A judgment job's dependent unit runs first; what follows the judgment waits for it.
 *  4. A net ends when all its units have ended; parallel branches are never stopped by a failure.
 *  5. Nothing is started twice for one attempt number; nothing unknown is ever started again by itself.
 */
#include "base/vec.h"
#include "jobnet/net.h"
#include "jobnet/status.h"

enum node_flag {
    NODE_HELD = 1,             /* hold when ready */
    NODE_SENT = 2,             /* QUEUING: the START is decided (attempt is durable), no answer yet */
    NODE_START_DELAYED = 4,
    NODE_END_DELAYED = 8,
    NODE_KILLING = 16,         /* a kill was asked for */
    NODE_PASSED = 32,          /* treated as done by rerun "next": successors run though it is BAD */
    NODE_TIMED_OUT = 64,
    NODE_WARNING_RERUN = 128,  /* rerun of warnings only: failures become -WR, successors stay */
    NODE_PROCESS_LEFT = 256,   /* a person changed the status while the attempt's process ran: its end is not known yet */
    NODE_STATUS_CHANGED = 512, /* a person changed the status; the process's own end is only noted */
    NODE_GATES_PASSED = 1024,  /* gates were found open for this start */
    NODE_SHIFT_RETRIES = 12,   /* bits 12..15: automatic retries done */
};

enum run_flag {
    RUN_SUSPENDED = 1,
    RUN_INTERRUPTED = 2,
    RUN_START_DELAYED = 4,
    RUN_END_DELAYED = 8,
    RUN_DEADLINE_MISSED = 16,
    RUN_KILLED = 32,
    RUN_HELD = 64,
    RUN_NEST_START_DELAYED = 128,
    RUN_NEST_END_DELAYED = 256,
    RUN_DEADLINE_RISK = 512,   /* predicted to miss */
    RUN_OVER_LOCK = 1024,      /* by the client's decision it starts although others hold the lock that it wants alone */
};

#define CODE_NONE INT32_MIN

/* The first moment at which fd= is exceeded: what ends in its expected minute is in time. */
static inline int64_t run_late_ms(int64_t started_ms, int32_t required_minutes)
{
    return started_ms + required_minutes * MINUTE_MS + 1;
}

/* <= 128 bytes a live job run, nothing else is kept per node. */
struct node_run {
    uint8_t status;            /* enum status */
    uint16_t flags;
    int32_t attempt;           /* 0 = never started */
    int32_t code;              /* return code, CODE_NONE */
    int32_t preds_left;        /* units in front that have not ended */
    int32_t children_left;     /* nets: units inside that have not ended */
    int64_t started_ms, ended_ms;
    int64_t due_ms;            /* own start time or retry time; 0 = none */
};

struct run {
    int64_t id;
    const struct net *net;
    struct bizday date;        /* execution date */
    struct instant planned, started, ended; /* {0} = not yet */
    uint8_t status;            /* of the root: enum status */
    uint32_t flags;            /* enum run_flag */
    int32_t live_count;        /* jobs with a START under way or running */
    const char *macros;        /* NAME=VALUE lines given at the start; never NULL */
    struct node_run *nodes;    /* node_count; node 0 mirrors the root */
};

enum run_event_kind {
    RUN_START,                 /* the root may start: time, hold and gates are settled by the caller */
    RUN_GATES_OPEN,            /* node: its gates are open now (answer to EFFECT_GATES) */
    RUN_GATES_SHUT,            /* node: they are shut; shown as 前提待ち */
    RUN_SLOT,                  /* node: a slot is free and gates hold: give the attempt number, send it */
    RUN_STARTED,               /* node, attempt */
    RUN_ENDED,                 /* node, attempt, code, … */
    RUN_REFUSED,               /* node, attempt: could not be started (is_failed) or must be asked again (expired, drained) */
    RUN_UNKNOWN,               /* node, attempt: it ran, its end was not seen */
    RUN_TIMER,                 /* node, timer */
    RUN_HOLD, RUN_RELEASE,     /* node */
    RUN_KILL,                  /* node; 0 = all */
    RUN_INTERRUPT,
    RUN_SUSPEND, RUN_RESUME,
    RUN_RERUN,                 /* rerun, node */
    RUN_CHANGE_STATUS,         /* node, status, code */
    RUN_PROBED,                /* node: answer to EFFECT_PROBE (judgment by file): exists */
};

enum run_timer { TIMER_DUE /* own start time or retry */, TIMER_TIMEOUT /* etm */, TIMER_END_DELAY /* fd, ey */, TIMER_START_DELAY /* sy */ };

enum rerun_kind {
    RERUN_TOP, RERUN_ABNORMAL_NET, RERUN_ABNORMAL_JOB, RERUN_NEXT, RERUN_WARNING, /* root */
    RERUN_FROM, RERUN_ONLY, RERUN_AFTER,                                          /* one unit */
    RERUN_KINDS
};
struct rerun_row {
    const char *name;          /* top abnormal-net abnormal-job next warning from only after */
    bool is_of_node;
    const char *text[LANGS];
};
const struct rerun_row *rerun_row(enum rerun_kind kind);
MUST_CHECK bool rerun_parse(const char *name, enum rerun_kind *ret);

struct run_event {
    enum run_event_kind kind;
    struct instant at;         /* business clock, when it is handled */
    struct instant happened;   /* STARTED, ENDED, UNKNOWN: when it was on the host; {0} = at */
    int32_t node, attempt;
    int32_t code;
    bool is_killed;            /* ENDED by signal, kill or time-out */
    bool is_failed;            /* REFUSED: could not be started at all */
    bool exists, changed;      /* judgment file (mdf, exf, PROBED) */
    enum run_timer timer;
    enum rerun_kind rerun;
    bool is_held;              /* RERUN: hold the rerun units */
    enum status status;        /* CHANGE_STATUS */
};

enum run_effect_kind {
    EFFECT_NODE,               /* the node changed: write its row */
    EFFECT_RUN,                /* the run itself changed */
    EFFECT_GATES,              /* node is ready: look at its gates and wait conditions, answer GATES_OPEN or _SHUT */
    EFFECT_QUEUE,              /* node wants a slot of its agent, by priority; answer SLOT */
    EFFECT_UNQUEUE,            /* no longer */
    EFFECT_START,              /* tell the agent: attempt of node (after the commit) */
    EFFECT_KILL,               /* tell the agent */
    EFFECT_TIMER,              /* node, timer, at */
    EFFECT_PROBE,              /* judgment by file: ask the agent whether net judgment's file exists */
    EFFECT_DELAYED,            /* node (0 = root): start or end delay was detected now (timer says which) */
    EFFECT_NODE_ENDED,         /* node ended (any class): release its locks, apply x_effect, raise failures */
    EFFECT_RUN_ENDED,
};
struct run_effect {
    enum run_effect_kind kind;
    int32_t node, attempt;
    enum run_timer timer;
    struct instant at;
    enum status before;        /* NODE_ENDED: status it came from */
};
struct run_effects {
    VEC(struct run_effect) list;
    VEC(int32_t) todo;         /* the step's own list of nodes to look at; empty between steps */
};
void run_effects_close(struct run_effects *effects);

struct run_birth {
    int64_t id;
    struct bizday date;
    struct instant planned;
    const struct calendar *calendar; /* the net's; NULL: nested rules are not looked at */
    int rule;                  /* rule of the occurrence (ln); 0 = by hand: nested rules all count */
};
/* Fresh state: nodes wait for their turn. Nested nets with own rules get their due time or are left out for the day. */
struct run *run_make(struct arena *into, const struct net *net, const struct run_birth *birth);
/* After node states were read from the store: counts what is derived. */
void run_recount(struct run *run);
/* Appends effects; never fails. Events that no longer fit are ignored. */
void run_step(struct run *run, const struct run_event *event, struct run_effects *effects);

/* Would an answer about its gates be taken now? Not before its turn, nor while it waits for its time or the run is suspended
 * (it is asked for again then). Take the locks of a net only if so, and if it is not held. */
bool run_awaits_gates(const struct run *run, int32_t node, struct instant now);

/* Would this act be accepted now? For refusals with words and for the preview of a rerun. */
enum run_refusal {
    RUN_ACCEPTED,
    RUN_NOT_ENDED,             /* rerun while the part is still running */
    RUN_NOTHING_TO_DO,         /* e.g. no abnormal job in it */
    RUN_WRONG_NODE,            /* no such node, or not of the kind this act is for */
    RUN_WRONG_STATE,
    RUN_PROCESS_LEFT,          /* rerun of a unit whose process still runs although a person changed its status */
};
enum run_refusal run_rerun_check(const struct run *run, enum rerun_kind kind, int32_t node);
enum run_refusal run_change_check(const struct run *run, int32_t node, enum status to);
enum run_refusal run_hold_check(const struct run *run, int32_t node, bool is_hold);
enum run_refusal run_kill_check(const struct run *run, int32_t node);
/* The first unit that this rerun would start although its process was left running; 0 = none. */
int32_t run_process_left(const struct run *run, enum rerun_kind kind, int32_t node);
/* Marks (in `marks`, node_count bools) the nodes that the rerun would reset. */
void run_rerun_mark(const struct run *run, enum rerun_kind kind, int32_t node, bool *marks);

/* Asserts every invariant between nodes that the rules promise; for tests and the simulator. NULL or what is wrong. */
const char *run_check(const struct run *run);
