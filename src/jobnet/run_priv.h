/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * run_priv - what the files run*.c share.
 */
#include "jobnet/run.h"

/* due_ms of a nested net whose own rules leave it out for the day. */
#define DUE_NOT_PLANNED INT64_C(-1)

struct step {
    struct run *run;
    struct run_effects *effects;
    struct instant now;
};

static inline struct node_run *node_at(const struct step *s, int32_t n) { return &s->run->nodes[n]; }
static inline const struct net_node *net_at(const struct step *s, int32_t n) { return &s->run->net->nodes[n]; }
static inline enum status node_status(const struct run *run, int32_t n) { return (enum status)run->nodes[n].status; }
static inline bool node_is_ended(const struct run *run, int32_t n) { return status_is_ended(node_status(run, n)); }
static inline bool node_is_busy(const struct run *run, int32_t n) { return status_class(node_status(run, n)) == STATUS_BUSY; }
static inline bool node_is_job(const struct run *run, int32_t n) { return run->net->nodes[n].kind == NODE_JOB; }
/* A process may exist for it. */
static inline bool node_is_live(const struct run *run, int32_t n)
{
    const struct node_run *node = &run->nodes[n];
    return node_is_job(run, n) && (node->status == STATUS_RUNNING || (node->status == STATUS_QUEUING && (node->flags & NODE_SENT)));
}
/* Is `n` `top` itself or below it? */
bool net_is_below(const struct net *net, int32_t n, int32_t top);
/* Behind the last node below `n`. */
int32_t net_end(const struct net *net, int32_t n);
/* Has it ended, its dependent unit included (judgment)? Then what follows may be looked at. */
bool node_is_complete(const struct run *run, int32_t n);
/* Ended BAD and not treated as done. */
bool node_is_bad(const struct run *run, int32_t n);
/* It waits, its net runs and all in front of it has ended: only time, hold and gates remain. */
bool node_is_ready(const struct run *run, int32_t n);
/* What the units of a net come to, and its colour while it runs. */
enum status net_outcome(const struct run *run, int32_t n);
enum status net_colour_now(const struct run *run, int32_t n);
/* Some unit in front (or its dependent) is bad. */
bool preds_are_bad(const struct run *run, int32_t n);

void effect_add(struct step *s, enum run_effect_kind kind, int32_t node);
void timer_add(struct step *s, enum run_timer timer, int32_t node, struct instant at);
/* The only place where a status changes. */
void node_move(struct step *s, int32_t n, enum status to);

/* Puts the node on the list of those to look at. */
void look_at(struct step *s, int32_t n);
/* Looks at all on the list, and at what that brings up, until nothing is left. */
void settle(struct step *s);
/* Every waiting node whose turn it is. After a load, a rerun, a resume. */
void look_at_all(struct step *s);

/* Nets around show what their units have come to now: a status was changed behind their back. */
void refresh_above(struct step *s, int32_t n);
void node_end(struct step *s, int32_t n, enum status to);
/* The node and everything below it that has not ended. */
void node_leave_out(struct step *s, int32_t n, enum status to);
/* Behind its start time: hold, gates, slot. */
void node_pass_time(struct step *s, int32_t n);
void node_pass_gates(struct step *s, int32_t n);
void net_begin(struct step *s, int32_t n);
/* The -WR form of a failure after "rerun only warnings". */
enum status node_failure(const struct run *run, int32_t n, enum status failure);
void judgment_decide(struct step *s, int32_t n);
void judgment_end(struct step *s, int32_t n, bool is_true);

void run_rerun(struct step *s, const struct run_event *event);
void run_kill(struct step *s, int32_t n);
void run_interrupt(struct step *s);
void run_hold(struct step *s, int32_t n);
void run_release(struct step *s, int32_t n);
void run_change_status(struct step *s, const struct run_event *event);
