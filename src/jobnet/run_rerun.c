/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_rerun - which units each kind of rerun sets back, and setting them back.
 *
 * A rerun uses the same generation. Units in front keep their state; attempt numbers go on counting.
 */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "jobnet/run_priv.h"

static const struct rerun_row rerun_rows[RERUN_KINDS] = {
    [RERUN_TOP] = {"top", false, {"先頭から", "from the top"}},
    [RERUN_ABNORMAL_NET] = {"abnormal-net", false, {"異常終了ジョブのジョブネットから", "from the jobnets that hold the abnormal jobs"}},
    [RERUN_ABNORMAL_JOB] = {"abnormal-job", false, {"異常終了ジョブから", "from the abnormal jobs"}},
    [RERUN_NEXT] = {"next", false, {"異常終了ジョブの次から", "from behind the abnormal jobs"}},
    [RERUN_WARNING] = {"warning", false, {"警告終了ジョブのみ", "only the jobs that ended with a warning"}},
    [RERUN_FROM] = {"from", true, {"このユニットから", "from this unit on"}},
    [RERUN_ONLY] = {"only", true, {"このユニットのみ", "only this unit"}},
    [RERUN_AFTER] = {"after", true, {"このユニットの次から", "from behind this unit"}},
};

const struct rerun_row *rerun_row(enum rerun_kind kind)
{
    assert(kind < RERUN_KINDS);
    return &rerun_rows[kind];
}

bool rerun_parse(const char *name, enum rerun_kind *ret)
{
    for (unsigned i = 0; i < RERUN_KINDS; i++) {
        if (strcmp(rerun_rows[i].name, name) == 0) {
            *ret = (enum rerun_kind)i;
            return true;
        }
    }
    return false;
}

static bool is_unexec(const struct run *run, int32_t n)
{
    enum status status = node_status(run, n);
    return status == STATUS_UNEXEC || status == STATUS_UNEXEC_W;
}

/* A unit that itself went wrong and was not treated as done: a job or judgment, not merely one left out behind it. */
static bool is_failed_leaf(const struct run *run, int32_t n)
{
    return run->net->nodes[n].kind != NODE_NET && node_is_bad(run, n) && !is_unexec(run, n);
}

/* The bad units whose successors run although they stay bad. */
static bool is_treated_as_done(const struct run *run, enum rerun_kind kind, int32_t node, int32_t n)
{
    return (kind == RERUN_NEXT && is_failed_leaf(run, n)) || (kind == RERUN_AFTER && n == node && node_is_bad(run, n));
}

/* Marking: each unit is put on the list once, so the whole costs units and relations once. */
struct marking {
    const struct run *run;
    bool *marks;
    bool *seen;    /* what is behind it is marked, or will be by the list */
    int32_t *todo;
    size_t todo_count;
};

static void mark_below(struct marking *m, int32_t top)
{
    int32_t end = net_end(m->run->net, top);
    for (int32_t n = top > 0 ? top : 1; n < end; n++) {
        m->marks[n] = true;
    }
}

static void mark_later(struct marking *m, int32_t n)
{
    if (!m->seen[n]) {
        m->seen[n] = true;
        m->todo[m->todo_count++] = n;
    }
}

static void mark_successors(struct marking *m, int32_t n)
{
    const struct net *net = m->run->net;
    for (uint32_t i = 0; i < net->nodes[n].succ_count; i++) {
        int32_t next = net->edges[net->nodes[n].succ_from + i];
        mark_below(m, next);
        mark_later(m, next);
    }
}

/* What follows n, and what follows each net around it. */
static void mark_behind(struct marking *m, int32_t n)
{
    const struct net *net = m->run->net;
    for (int32_t at = n; at > 0; at = net->nodes[at].parent) {
        mark_later(m, at);
    }
    while (m->todo_count) {
        const struct net_node *node = &net->nodes[m->todo[--m->todo_count]];
        mark_successors(m, (int32_t)(node - net->nodes));
        if (node->dependent >= 0) {
            mark_below(m, node->dependent);
        }
        if (node->judged_by >= 0) { /* what follows the judgment follows its dependent unit */
            mark_successors(m, node->judged_by);
        }
    }
}

static void mark_root_kind(struct marking *m, enum rerun_kind kind)
{
    const struct run *run = m->run;
    for (int32_t n = 1; n < run->net->node_count; n++) {
        if (kind == RERUN_TOP) {
            m->marks[n] = true;
        } else if (kind == RERUN_WARNING) {
            m->marks[n] |= node_is_job(run, n) && node_status(run, n) == STATUS_WARNING;
        } else if (is_unexec(run, n)) {
            m->marks[n] = true;
        } else if (is_failed_leaf(run, n) && kind != RERUN_NEXT) {
            int32_t from = kind == RERUN_ABNORMAL_NET ? run->net->nodes[n].parent : n;
            if (!m->marks[from]) {
                mark_below(m, from);
            }
            mark_behind(m, from);
            if (from == 0) {
                return; /* all are marked */
            }
        }
    }
}

void run_rerun_mark(const struct run *run, enum rerun_kind kind, int32_t node, bool *marks)
{
    size_t count = (size_t)run->net->node_count;
    struct arena tmp = {0};
    struct marking m = {.run = run, .marks = marks, .seen = arena_array(&tmp, bool, count), .todo = arena_array(&tmp, int32_t, count)};
    memset(marks, 0, count * sizeof(*marks));
    if (!rerun_rows[kind].is_of_node) {
        mark_root_kind(&m, kind);
    } else {
        if (kind == RERUN_FROM || kind == RERUN_ONLY) {
            mark_below(&m, node);
        }
        if (kind == RERUN_FROM || kind == RERUN_AFTER) {
            mark_behind(&m, node);
        }
    }
    arena_close(&tmp);
}

/* Some net around it is being killed and has not ended. */
static bool is_in_dying_net(const struct run *run, int32_t n)
{
    for (int32_t up = run->net->nodes[n].parent; up > 0; up = run->net->nodes[up].parent) {
        if ((run->nodes[up].flags & NODE_KILLING) && node_is_busy(run, up)) {
            return true;
        }
    }
    return false;
}

int32_t run_process_left(const struct run *run, enum rerun_kind kind, int32_t node)
{
    int32_t found = 0;
    struct arena tmp = {0};
    bool *marks = arena_array(&tmp, bool, (size_t)run->net->node_count);
    run_rerun_mark(run, kind, node, marks);
    for (int32_t n = 1; n < run->net->node_count && !found; n++) {
        found = marks[n] && (run->nodes[n].flags & NODE_PROCESS_LEFT) ? n : 0;
    }
    arena_close(&tmp);
    return found;
}

enum run_refusal run_rerun_check(const struct run *run, enum rerun_kind kind, int32_t node)
{
    bool is_of_node = rerun_rows[kind].is_of_node;
    if (is_of_node && (node <= 0 || node >= run->net->node_count)) {
        return RUN_WRONG_NODE;
    }
    if (status_class(node_status(run, 0)) == STATUS_WAIT || node_status(run, 0) == STATUS_DEFERRED) {
        return RUN_WRONG_STATE; /* it has not started */
    }
    bool is_stopping = run->flags & (RUN_KILLED | RUN_INTERRUPTED);
    if (!node_is_ended(run, 0) && (kind == RERUN_TOP || is_stopping)) {
        return RUN_NOT_ENDED;
    }
    if (kind == RERUN_AFTER && !node_is_ended(run, node)) {
        return RUN_NOT_ENDED;
    }
    struct arena tmp = {0};
    bool *marks = arena_array(&tmp, bool, (size_t)run->net->node_count);
    run_rerun_mark(run, kind, node, marks);
    enum run_refusal answer = RUN_NOTHING_TO_DO;
    for (int32_t n = 1; n < run->net->node_count; n++) {
        if (!marks[n] && !is_treated_as_done(run, kind, node, n)) {
            continue;
        }
        if (answer == RUN_NOTHING_TO_DO) {
            answer = RUN_ACCEPTED;
        }
        bool is_untouched = node_status(run, n) == STATUS_TERM_WAIT;
        if ((!node_is_ended(run, n) && !is_untouched) || is_in_dying_net(run, n)) {
            answer = RUN_NOT_ENDED;
        }
    }
    arena_close(&tmp);
    return answer == RUN_ACCEPTED && run_process_left(run, kind, node) ? RUN_PROCESS_LEFT : answer;
}

static void reset(struct step *s, int32_t n, const struct run_event *event)
{
    struct node_run *node = node_at(s, n);
    node->flags = event->rerun == RERUN_WARNING ? NODE_WARNING_RERUN : 0;
    node->code = CODE_NONE;
    node->started_ms = 0;
    node->ended_ms = 0;
    bool is_wanted = (event->rerun == RERUN_FROM || event->rerun == RERUN_ONLY) && n == event->node;
    if (node->due_ms != DUE_NOT_PLANNED || is_wanted) {
        node->due_ms = 0; /* a rerun starts at once; a net not planned for the day only when it is named */
    }
    if (node->status != STATUS_TERM_WAIT) {
        node_move(s, n, STATUS_TERM_WAIT);
    } else {
        effect_add(s, EFFECT_NODE, n);
    }
}

/* Will all in front of net n have ended, once the nets of `opens` are open again? */
static bool is_behind_ended(const struct run *run, int32_t n, const bool *opens)
{
    const struct net_node *def = &run->net->nodes[n];
    for (uint32_t i = 0; i < def->pred_count; i++) {
        int32_t pred = run->net->edges[def->pred_from + i];
        int32_t dependent = run->net->nodes[pred].dependent;
        if (!node_is_complete(run, pred) || opens[pred] || (dependent >= 0 && opens[dependent])) {
            return false;
        }
    }
    return def->judged_by < 0 || node_is_ended(run, def->judged_by);
}

/* Nets around what runs again run again; one whose turn has not come begins when it comes, one with gates asks them again. */
static void reopen(struct step *s, const bool *opens)
{
    for (int32_t n = 0; n < s->run->net->node_count; n++) { /* upper nets first */
        struct node_run *node = node_at(s, n);
        if (!opens[n] || !node_is_ended(s->run, n)) {
            continue;
        }
        const struct net_node *def = net_at(s, n);
        bool is_on = n == 0 || (node_is_busy(s->run, def->parent) && is_behind_ended(s->run, n, opens) && !def->gate_count && !def->waits);
        node->flags &= (uint16_t)~(NODE_KILLING | NODE_TIMED_OUT | NODE_PASSED);
        node->ended_ms = 0;
        node->due_ms = 0; /* who reruns something in it wants it to run */
        node->started_ms = !is_on ? 0 : node->started_ms ? node->started_ms : s->now.ms;
        node_move(s, n, is_on ? STATUS_RUNNING : STATUS_TERM_WAIT);
    }
}

static void colour_again(struct step *s) /* nets that run show what their ended units came to */
{
    for (int32_t n = s->run->net->node_count - 1; n >= 0; n--) {
        if (net_at(s, n)->kind != NODE_NET || !node_is_busy(s->run, n)) {
            continue;
        }
        enum status to = net_colour_now(s->run, n);
        if (to != node_status(s->run, n)) {
            node_move(s, n, to);
        }
    }
}

/* What waits behind a unit that runs again waits for it again; where the rerun begins is where it is held. */
static void wait_again(struct step *s, const bool *marks, bool is_held)
{
    for (int32_t n = 1; n < s->run->net->node_count; n++) {
        struct node_run *node = node_at(s, n);
        const struct net_node *def = net_at(s, n);
        bool is_judge_marked = def->judged_by >= 0 && marks[def->judged_by];
        bool is_behind = node->preds_left > 0 || is_judge_marked || !node_is_busy(s->run, def->parent);
        if (marks[n]) {
            if (is_held && !is_behind) {
                node->flags |= NODE_HELD;
            }
            continue;
        }
        bool is_waiting = status_class((enum status)node->status) == STATUS_WAIT && !node_is_live(s->run, n);
        if (is_waiting && is_behind && node->status != STATUS_TERM_WAIT) {
            if (node->status == STATUS_QUEUING) {
                effect_add(s, EFFECT_UNQUEUE, n);
            }
            node_move(s, n, STATUS_TERM_WAIT);
        }
    }
}

void run_rerun(struct step *s, const struct run_event *event)
{
    struct run *run = s->run;
    if (run_rerun_check(run, event->rerun, event->node) != RUN_ACCEPTED) {
        return;
    }
    struct arena tmp = {0};
    bool *marks = arena_array(&tmp, bool, (size_t)run->net->node_count);
    bool *opens = arena_array(&tmp, bool, (size_t)run->net->node_count);
    run_rerun_mark(run, event->rerun, event->node, marks);
    run->flags &= ~(uint32_t)(RUN_KILLED | RUN_INTERRUPTED);
    if (node_is_ended(run, 0)) {
        run->flags &= ~(uint32_t)RUN_SUSPENDED;
    }
    run->ended = (struct instant){0};
    effect_add(s, EFFECT_RUN, 0);
    for (int32_t n = run->net->node_count - 1; n > 0; n--) { /* children before parents */
        bool is_passed = !marks[n] && is_treated_as_done(run, event->rerun, event->node, n);
        if (is_passed) {
            node_at(s, n)->flags |= NODE_PASSED;
            effect_add(s, EFFECT_NODE, n);
        }
        if (marks[n] || is_passed || opens[n]) {
            opens[net_at(s, n)->parent] = true;
        }
    }
    for (int32_t n = 1; n < run->net->node_count; n++) {
        if (marks[n]) {
            reset(s, n, event);
        }
    }
    reopen(s, opens);
    run_recount(run);
    wait_again(s, marks, event->is_held);
    arena_close(&tmp);
    colour_again(s);
    look_at_all(s);
}
