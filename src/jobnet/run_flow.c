/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_flow - how control passes from unit to unit: ready, started, ended, what follows.
 *
 * Nothing here recurses over the graph: nodes to look at go on a list that settle() empties.
 */
#include <assert.h>

#include "jobnet/run_priv.h"

bool net_is_below(const struct net *net, int32_t n, int32_t top)
{
    while (n > top) {
        n = net->nodes[n].parent;
    }
    return n == top;
}

int32_t net_end(const struct net *net, int32_t n)
{
    int32_t end = n + 1; /* parents stand before their children: all below n follow it */
    while (end < net->node_count && net->nodes[end].parent >= n) {
        end++;
    }
    return end;
}

bool node_is_complete(const struct run *run, int32_t n)
{
    int32_t dependent = run->net->nodes[n].dependent;
    return node_is_ended(run, n) && (dependent < 0 || node_is_ended(run, dependent));
}

bool node_is_bad(const struct run *run, int32_t n)
{
    return status_class(node_status(run, n)) == STATUS_BAD && !(run->nodes[n].flags & NODE_PASSED);
}

bool preds_are_bad(const struct run *run, int32_t n)
{
    const struct net_node *node = &run->net->nodes[n];
    for (uint32_t i = 0; i < node->pred_count; i++) {
        int32_t pred = run->net->edges[node->pred_from + i];
        int32_t dependent = run->net->nodes[pred].dependent;
        if (node_is_bad(run, pred) || (dependent >= 0 && node_is_bad(run, dependent))) {
            return true;
        }
    }
    return node->judged_by >= 0 && node_is_bad(run, node->judged_by);
}

void effect_add(struct step *s, enum run_effect_kind kind, int32_t node)
{
    *vec_add(&s->effects->list) =
        (struct run_effect){.kind = kind, .node = node, .attempt = node_at(s, node)->attempt, .at = s->now};
}

void timer_add(struct step *s, enum run_timer timer, int32_t node, struct instant at)
{
    effect_add(s, EFFECT_TIMER, node);
    struct run_effect *effect = &s->effects->list.at[s->effects->list.n - 1];
    effect->timer = timer;
    effect->at = at;
}

void node_move(struct step *s, int32_t n, enum status to)
{
    struct node_run *node = node_at(s, n);
    assert(status_may_move((enum status)node->status, to)); /* a bug here, never bad luck */
    bool was_live = node_is_live(s->run, n);
    if (to != STATUS_QUEUING) {
        node->flags &= (uint16_t)~NODE_SENT;
    }
    node->status = (uint8_t)to;
    s->run->live_count += (int)node_is_live(s->run, n) - (int)was_live;
    if (n == 0) {
        s->run->status = (uint8_t)to;
        effect_add(s, EFFECT_RUN, 0);
    } else {
        effect_add(s, EFFECT_NODE, n);
    }
}

void look_at(struct step *s, int32_t n)
{
    *vec_add(&s->effects->todo) = n;
}

/* A net shows the worst of what its units have come to so far. */
static void net_colour(struct step *s, int32_t n, enum status_class class, bool is_warning)
{
    for (int32_t up = net_at(s, n)->parent; up >= 0; up = net_at(s, up)->parent) {
        enum status now = node_status(s->run, up);
        if (class == STATUS_BAD && (now == STATUS_RUNNING || now == STATUS_WARN_RUNNING)) {
            node_move(s, up, STATUS_ABEND_RUNNING);
        } else if (is_warning && now == STATUS_RUNNING) {
            node_move(s, up, STATUS_WARN_RUNNING);
        }
    }
}

static void pass_on(struct step *s, int32_t n) /* n is complete: those behind it have one less to wait for */
{
    const struct net_node *node = net_at(s, n);
    for (uint32_t i = 0; i < node->succ_count; i++) {
        int32_t next = s->run->net->edges[node->succ_from + i];
        struct node_run *state = node_at(s, next);
        if (state->preds_left > 0 && --state->preds_left == 0) {
            look_at(s, next);
        }
    }
}

static void node_ended(struct step *s, int32_t n, enum status before)
{
    const struct net_node *node = net_at(s, n);
    effect_add(s, EFFECT_NODE_ENDED, n);
    s->effects->list.at[s->effects->list.n - 1].before = before;
    if (n == 0) {
        s->run->ended = s->now;
        effect_add(s, EFFECT_RUN_ENDED, 0);
        return;
    }
    enum status status = node_status(s->run, n);
    struct node_run *up = node_at(s, node->parent);
    assert(up->children_left > 0);
    up->children_left--;
    net_colour(s, n, status_class(status), status == STATUS_WARNING);
    if (node_is_complete(s->run, n)) {
        pass_on(s, n);
    } else {
        look_at(s, node->dependent); /* what follows waits for the dependent unit */
    }
    if (node->judged_by >= 0 && node_is_complete(s->run, node->judged_by)) {
        pass_on(s, node->judged_by); /* not before both have ended, whichever is last */
    }
    look_at(s, node->parent);
}

void node_end(struct step *s, int32_t n, enum status to)
{
    enum status before = node_status(s->run, n);
    struct node_run *node = node_at(s, n);
    node->ended_ms = s->now.ms;
    if (node->due_ms > 0) { /* "not planned" stays true for a rerun */
        node->due_ms = 0;
    }
    node_move(s, n, to);
    node_ended(s, n, before);
}

void node_leave_out(struct step *s, int32_t n, enum status to)
{
    for (int32_t i = net_end(s->run->net, n) - 1; i > n; i--) { /* children before parents */
        struct node_run *node = node_at(s, i);
        node->preds_left = 0; /* those in front of it end here, too */
        if (!node_is_ended(s->run, i)) {
            node->ended_ms = s->now.ms;
            node_move(s, i, to);
            node_at(s, net_at(s, i)->parent)->children_left--;
        }
    }
    node_end(s, n, to);
}

void net_begin(struct step *s, int32_t n)
{
    struct node_run *node = node_at(s, n);
    node->started_ms = s->now.ms;
    if (n == 0) {
        s->run->started = s->now;
    }
    node_move(s, n, STATUS_RUNNING);
    const struct net_node *def = net_at(s, n);
    if (def->required_minutes > 0) {
        timer_add(s, TIMER_END_DELAY, n, (struct instant){run_late_ms(s->now.ms, def->required_minutes)});
    }
    if (node->children_left == 0) {
        look_at(s, n);
    }
    for (int32_t child = def->first_child; child >= 0; child = net_at(s, child)->next_sibling) {
        if (node_at(s, child)->preds_left == 0) {
            look_at(s, child);
        }
    }
}

void node_pass_gates(struct step *s, int32_t n)
{
    switch ((enum node_kind)net_at(s, n)->kind) {
    case NODE_NET:
        net_begin(s, n);
        break;
    case NODE_JUDGMENT:
        judgment_decide(s, n);
        break;
    case NODE_JOB:
        node_move(s, n, STATUS_QUEUING);
        effect_add(s, EFFECT_QUEUE, n);
        break;
    case NODE_REFUSED: /* registration refuses such nets; one that came from an older version ends here */
        node_end(s, n, STATUS_UNEXEC);
        break;
    }
}

void node_pass_time(struct step *s, int32_t n)
{
    const struct net_node *def = net_at(s, n);
    if (node_at(s, n)->flags & NODE_HELD) {
        node_move(s, n, STATUS_HOLDING);
    } else if (def->gate_count || def->waits) {
        effect_add(s, EFFECT_GATES, n);
    } else {
        node_pass_gates(s, n);
    }
}

enum status net_outcome(const struct run *run, int32_t n)
{
    bool is_bad = false, is_odd = false, is_warning = false;
    const struct net *net = run->net;
    for (int32_t child = net->nodes[n].first_child; child >= 0; child = net->nodes[child].next_sibling) {
        enum status status = node_status(run, child);
        if (status == STATUS_UNEXEC || status == STATUS_UNEXEC_W) {
            is_odd = true; /* fine behind a failure, a gap in the order without one */
        } else if (node_is_bad(run, child)) {
            is_bad = true;
        } else if (status == STATUS_WARNING || (run->nodes[child].flags & NODE_PASSED)) {
            is_warning = true;
        }
    }
    return is_bad ? STATUS_ABNORMAL : is_odd ? STATUS_INVALID_SEQ : is_warning ? STATUS_WARNING : STATUS_NORMAL;
}

static enum status net_result(const struct run *run, int32_t n)
{
    if ((run->nodes[n].flags & NODE_KILLING) || (run->flags & RUN_KILLED)) {
        return STATUS_KILLED;
    }
    return run->flags & RUN_INTERRUPTED ? STATUS_INTERRUPTED : net_outcome(run, n);
}

enum status net_colour_now(const struct run *run, int32_t n)
{
    const struct net *net = run->net;
    enum status colour = STATUS_RUNNING;
    for (int32_t child = net->nodes[n].first_child; child >= 0; child = net->nodes[child].next_sibling) {
        enum status status = node_status(run, child);
        if (node_is_bad(run, child) || status == STATUS_ABEND_RUNNING) {
            return STATUS_ABEND_RUNNING;
        }
        if (status == STATUS_WARNING || status == STATUS_WARN_RUNNING) {
            colour = STATUS_WARN_RUNNING;
        }
    }
    return colour;
}

void refresh_above(struct step *s, int32_t n)
{
    for (int32_t up = net_at(s, n)->parent; up >= 0; up = net_at(s, up)->parent) {
        enum status now = node_status(s->run, up);
        enum status to = node_is_busy(s->run, up) ? net_colour_now(s->run, up)
                         : status_is_ended(now)   ? net_outcome(s->run, up)
                                                  : now;
        bool was_stopped = now == STATUS_KILLED || now == STATUS_INTERRUPTED;
        if (to == now || (was_stopped && status_class(to) == STATUS_BAD)) {
            return;
        }
        node_move(s, up, to);
    }
}

bool node_is_ready(const struct run *run, int32_t n)
{
    const struct net_node *def = &run->net->nodes[n];
    const struct node_run *node = &run->nodes[n];
    return n > 0 && (node->status == STATUS_TERM_WAIT || node->status == STATUS_GATE_WAIT) &&
           node_is_busy(run, def->parent) && node->preds_left == 0 &&
           (def->judged_by < 0 || node_is_ended(run, def->judged_by));
}

/* The turn of a node has come, or may have come. */
static void look(struct step *s, int32_t n)
{
    struct run *run = s->run;
    const struct net_node *def = net_at(s, n);
    struct node_run *node = node_at(s, n);
    if (def->kind == NODE_NET && node_is_busy(run, n)) {
        if (node->children_left == 0) {
            node_end(s, n, net_result(run, n));
        }
        return;
    }
    if (!node_is_ready(run, n)) {
        return;
    }
    if (def->judged_by >= 0 && node_status(run, def->judged_by) != STATUS_NORMAL) {
        node_leave_out(s, n, node_is_bad(run, def->judged_by) ? STATUS_UNEXEC : STATUS_BYPASS);
        return;
    }
    if (run->flags & (RUN_INTERRUPTED | RUN_KILLED)) {
        node_leave_out(s, n, STATUS_UNEXEC);
    } else if (preds_are_bad(run, n)) {
        node_leave_out(s, n, STATUS_UNEXEC);
    } else if (node->due_ms == DUE_NOT_PLANNED) {
        node_leave_out(s, n, STATUS_BYPASS);
    } else if (run->flags & RUN_SUSPENDED) {
        return; /* looked at again when resumed */
    } else if (node->due_ms > s->now.ms) {
        node_move(s, n, STATUS_TIME_WAIT);
        timer_add(s, TIMER_DUE, n, (struct instant){node->due_ms});
    } else {
        node_pass_time(s, n);
    }
}

void settle(struct step *s)
{
    for (size_t i = 0; i < s->effects->todo.n; i++) { /* grows while we look */
        look(s, s->effects->todo.at[i]);
    }
    s->effects->todo.n = 0;
}

void look_at_all(struct step *s)
{
    for (int32_t n = 0; n < s->run->net->node_count; n++) {
        look_at(s, n);
    }
}
