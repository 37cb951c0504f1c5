/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_acts - what people do to a run: hold, release, kill, interrupt, change of status; and whether they may.
 */
#include "jobnet/run_priv.h"

static bool can_wait_on(enum status status)
{
    return status_class(status) == STATUS_WAIT;
}

enum run_refusal run_hold_check(const struct run *run, int32_t node, bool is_hold)
{
    if (node < 0 || node >= run->net->node_count) {
        return RUN_WRONG_NODE;
    }
    if (is_hold) {
        return can_wait_on(node_status(run, node)) && !node_is_live(run, node) ? RUN_ACCEPTED : RUN_WRONG_STATE;
    }
    bool is_held = node == 0 ? (run->flags & RUN_HELD) || node_status(run, 0) == STATUS_HOLDING
                             : (run->nodes[node].flags & NODE_HELD) || node_status(run, node) == STATUS_HOLDING;
    return is_held ? RUN_ACCEPTED : RUN_WRONG_STATE;
}

void run_hold(struct step *s, int32_t n)
{
    if (run_hold_check(s->run, n, true) != RUN_ACCEPTED) {
        return;
    }
    struct node_run *node = node_at(s, n);
    if (node->status == STATUS_EXEC_WAIT) { /* a hold calls the retry off: the last end counts (reference §9) */
        node_end(s, n, node_failure(s->run, n, STATUS_ABNORMAL));
        return;
    }
    node->flags |= NODE_HELD;
    if (n == 0) {
        s->run->flags |= RUN_HELD;
        effect_add(s, EFFECT_RUN, 0);
        return; /* the caller, who owns the root's gates, shows it as held when its time comes */
    }
    if (node->status == STATUS_QUEUING || node->status == STATUS_GATE_WAIT) {
        if (node->status == STATUS_QUEUING) {
            effect_add(s, EFFECT_UNQUEUE, n);
        }
        node_move(s, n, STATUS_HOLDING);
    } else {
        effect_add(s, EFFECT_NODE, n);
    }
}

void run_release(struct step *s, int32_t n)
{
    if (run_hold_check(s->run, n, false) != RUN_ACCEPTED) {
        return;
    }
    struct node_run *node = node_at(s, n);
    node->flags &= (uint16_t)~NODE_HELD;
    if (n == 0) {
        s->run->flags &= ~(uint32_t)RUN_HELD;
        effect_add(s, EFFECT_RUN, 0);
        return;
    }
    if (node->status == STATUS_HOLDING) {
        node_move(s, n, STATUS_TERM_WAIT);
        look_at(s, n);
    } else {
        effect_add(s, EFFECT_NODE, n);
    }
}

enum run_refusal run_kill_check(const struct run *run, int32_t node)
{
    if (node < 0 || node >= run->net->node_count) {
        return RUN_WRONG_NODE;
    }
    for (int32_t n = node; n < net_end(run->net, node); n++) {
        if (run->nodes[n].flags & NODE_PROCESS_LEFT) {
            return RUN_ACCEPTED;
        }
    }
    return status_is_ended(node_status(run, node)) ? RUN_WRONG_STATE : RUN_ACCEPTED;
}

/* Processes of units whose status a person has changed meanwhile. */
static void kill_left(struct step *s, int32_t top)
{
    for (int32_t n = top; n < net_end(s->run->net, top); n++) {
        if (node_at(s, n)->flags & NODE_PROCESS_LEFT) {
            node_at(s, n)->flags |= NODE_KILLING;
            effect_add(s, EFFECT_NODE, n);
            effect_add(s, EFFECT_KILL, n);
        }
    }
}

/*
 * Everything at or below `top` that waits ends: a job on its way to an agent as `queued`, one that waits for its retry as
 * `retry`, the rest was not run.
 */
static void stop_waiting(struct step *s, int32_t top, enum status queued, enum status retry)
{
    for (int32_t n = net_end(s->run->net, top) - 1; n >= top && n > 0; n--) {
        enum status status = node_status(s->run, n);
        if (!can_wait_on(status) || node_is_live(s->run, n)) {
            continue;
        }
        if (status == STATUS_QUEUING) {
            effect_add(s, EFFECT_UNQUEUE, n);
            node_end(s, n, node_failure(s->run, n, queued));
        } else {
            node_end(s, n, status == STATUS_EXEC_WAIT ? node_failure(s->run, n, retry) : STATUS_UNEXEC);
        }
    }
}

void run_kill(struct step *s, int32_t top)
{
    if (run_kill_check(s->run, top) != RUN_ACCEPTED) {
        return;
    }
    kill_left(s, top);
    if (node_is_ended(s->run, top)) {
        return;
    }
    if (top == 0) {
        s->run->flags |= RUN_KILLED;
        effect_add(s, EFFECT_RUN, 0);
    }
    for (int32_t n = net_end(s->run->net, top) - 1; n >= top; n--) {
        struct node_run *node = node_at(s, n);
        if (node_is_live(s->run, n) || node_is_busy(s->run, n)) {
            node->flags |= NODE_KILLING;
            effect_add(s, n == 0 ? EFFECT_RUN : EFFECT_NODE, n);
            if (node_is_live(s->run, n)) {
                effect_add(s, EFFECT_KILL, n);
            } else if (net_at(s, n)->kind == NODE_JUDGMENT) {
                node_end(s, n, STATUS_ABNORMAL); /* it was waiting for a file to be looked at */
            }
        }
    }
    bool was_waiting = can_wait_on(node_status(s->run, top));
    stop_waiting(s, top, STATUS_KILLED, STATUS_KILLED);
    if (top == 0 && was_waiting) {
        node_end(s, 0, STATUS_KILLED);
    }
}

void run_interrupt(struct step *s)
{
    if (node_is_ended(s->run, 0) || (s->run->flags & RUN_INTERRUPTED)) {
        return;
    }
    s->run->flags |= RUN_INTERRUPTED;
    effect_add(s, EFFECT_RUN, 0);
    bool was_waiting = can_wait_on(node_status(s->run, 0));
    stop_waiting(s, 0, STATUS_UNEXEC, STATUS_ABNORMAL); /* no retry more: its last end counts */
    if (was_waiting) {
        node_end(s, 0, STATUS_INTERRUPTED);
    }
}

enum run_refusal run_change_check(const struct run *run, int32_t node, enum status to)
{
    if (node <= 0 || node >= run->net->node_count || !node_is_job(run, node)) {
        return RUN_WRONG_NODE; /* judgment jobs and nets cannot be changed */
    }
    enum status from = node_status(run, node);
    bool is_allowed_target = to == STATUS_NORMAL || to == STATUS_FAILED || to == STATUS_WARNING || to == STATUS_ABNORMAL ||
                             to == STATUS_BYPASS;
    bool is_queued = from == STATUS_QUEUING || from == STATUS_RUNNING;
    return is_allowed_target && (is_queued || status_is_ended(from)) && status_may_move(from, to) ? RUN_ACCEPTED
                                                                                                : RUN_WRONG_STATE;
}

void run_change_status(struct step *s, const struct run_event *event)
{
    if (run_change_check(s->run, event->node, event->status) != RUN_ACCEPTED) {
        return;
    }
    struct node_run *node = node_at(s, event->node);
    if (event->code != CODE_NONE) {
        node->code = event->code;
    }
    node->flags |= NODE_STATUS_CHANGED | (node_is_live(s->run, event->node) ? NODE_PROCESS_LEFT : 0);
    if (!node_is_ended(s->run, event->node)) { /* what follows starts at once, the process goes on */
        if (node->status == STATUS_QUEUING && !(node->flags & NODE_SENT)) {
            effect_add(s, EFFECT_UNQUEUE, event->node);
        }
        node_end(s, event->node, event->status);
        return;
    }
    node_move(s, event->node, event->status); /* what follows does not start: that is a rerun's work */
    refresh_above(s, event->node);
}
