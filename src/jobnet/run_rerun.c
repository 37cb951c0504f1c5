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

/* A unit that itself went wrong: a job or judgment that ended BAD, not merely one left out behind it. */
static bool is_failed_leaf(const struct run *run, int32_t n)
{
    return run->net->nodes[n].kind != NODE_NET && status_class(node_status(run, n)) == STATUS_BAD && !is_unexec(run, n);
}

static void mark_below(const struct run *run, int32_t top, bool *marks)
{
    for (int32_t n = top > 0 ? top : 1; n < run->net->node_count; n++) {
        if (net_is_below(run->net, n, top)) {
            marks[n] = true;
        }
    }
}

/* Everything that follows unit n within its net. Order of relations is free of cycles, nodes are marked once. */
static void mark_behind(const struct run *run, int32_t n, bool *marks)
{
    const struct net *net = run->net;
    struct arena tmp = {0};
    int32_t *todo = arena_array(&tmp, int32_t, (size_t)net->node_count + 1);
    bool *seen = arena_array(&tmp, bool, (size_t)net->node_count);
    size_t count = 0;
    todo[count++] = n;
    while (count) {
        const struct net_node *node = &net->nodes[todo[--count]];
        for (uint32_t i = 0; i <= node->succ_count; i++) {
            int32_t next = i < node->succ_count ? net->edges[node->succ_from + i] : node->dependent;
            if (next >= 0 && !seen[next]) {
                seen[next] = true;
                mark_below(run, next, marks);
                todo[count++] = next;
            }
        }
        if (node->judged_by >= 0 && !seen[node->judged_by]) { /* what follows the judgment follows its dependent unit */
            const struct net_node *judge = &net->nodes[node->judged_by];
            for (uint32_t i = 0; i < judge->succ_count; i++) {
                int32_t next = net->edges[judge->succ_from + i];
                if (!seen[next]) {
                    seen[next] = true;
                    mark_below(run, next, marks);
                    todo[count++] = next;
                }
            }
        }
    }
    arena_close(&tmp);
}

/* What follows n, and what follows each net around it. */
static void mark_behind_all(const struct run *run, int32_t n, bool *marks)
{
    for (int32_t at = n; at > 0; at = run->net->nodes[at].parent) {
        mark_behind(run, at, marks);
    }
}

static void mark_root_kind(const struct run *run, enum rerun_kind kind, bool *marks)
{
    for (int32_t n = 1; n < run->net->node_count; n++) {
        if (kind == RERUN_TOP) {
            marks[n] = true;
        } else if (kind == RERUN_WARNING) {
            marks[n] |= node_is_job(run, n) && node_status(run, n) == STATUS_WARNING;
        } else if (is_unexec(run, n)) {
            marks[n] = true;
        } else if (is_failed_leaf(run, n)) {
            if (kind == RERUN_ABNORMAL_JOB) {
                marks[n] = true;
            } else if (kind == RERUN_ABNORMAL_NET) {
                mark_below(run, run->net->nodes[n].parent, marks);
            }
        }
    }
}

void run_rerun_mark(const struct run *run, enum rerun_kind kind, int32_t node, bool *marks)
{
    memset(marks, 0, (size_t)run->net->node_count * sizeof(*marks));
    if (!rerun_rows[kind].is_of_node) {
        mark_root_kind(run, kind, marks);
        return;
    }
    if (kind == RERUN_FROM || kind == RERUN_ONLY) {
        mark_below(run, node, marks);
    }
    if (kind == RERUN_FROM || kind == RERUN_AFTER) {
        mark_behind_all(run, node, marks);
    }
    marks[0] = false;
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
    if (!is_of_node && kind == RERUN_TOP && !node_is_ended(run, 0)) {
        return RUN_NOT_ENDED;
    }
    struct arena tmp = {0};
    bool *marks = arena_array(&tmp, bool, (size_t)run->net->node_count);
    run_rerun_mark(run, kind, node, marks);
    enum run_refusal answer = RUN_NOTHING_TO_DO;
    for (int32_t n = 1; n < run->net->node_count; n++) {
        if (!marks[n] && !(kind == RERUN_NEXT && is_failed_leaf(run, n))) {
            continue;
        }
        if (answer == RUN_NOTHING_TO_DO) {
            answer = RUN_ACCEPTED;
        }
        bool is_untouched = node_status(run, n) == STATUS_TERM_WAIT;
        if (!node_is_ended(run, n) && !is_untouched) {
            answer = RUN_NOT_ENDED;
        }
    }
    arena_close(&tmp);
    return answer;
}

static void reset(struct step *s, int32_t n, const struct run_event *event)
{
    struct node_run *node = node_at(s, n);
    bool is_warning_rerun = event->rerun == RERUN_WARNING;
    node->flags = (uint16_t)((event->is_held ? NODE_HELD : 0) | (is_warning_rerun ? NODE_WARNING_RERUN : 0));
    node->code = CODE_NONE;
    node->started_ms = 0;
    node->ended_ms = 0;
    if (node->due_ms != DUE_NOT_PLANNED) {
        node->due_ms = 0; /* a rerun starts at once */
    }
    if (node->status != STATUS_TERM_WAIT) {
        node_move(s, n, STATUS_TERM_WAIT);
    } else {
        effect_add(s, EFFECT_NODE, n);
    }
}

/* Nets around what runs again run again. */
static void reopen_above(struct step *s, int32_t n)
{
    for (int32_t up = net_at(s, n)->parent; up >= 0; up = net_at(s, up)->parent) {
        struct node_run *node = node_at(s, up);
        if (node->status == STATUS_TERM_WAIT) {
            return; /* set back itself: it begins anew */
        }
        node->flags &= (uint16_t)~(NODE_KILLING | NODE_TIMED_OUT);
        node->ended_ms = 0;
        if (node_is_ended(s->run, up)) {
            node_move(s, up, STATUS_RUNNING);
        }
    }
}

static void colour_again(struct step *s) /* nets that run show what their ended units came to */
{
    for (int32_t n = s->run->net->node_count - 1; n >= 0; n--) {
        if (net_at(s, n)->kind != NODE_NET || !node_is_busy(s->run, n)) {
            continue;
        }
        enum status to = STATUS_RUNNING;
        for (int32_t child = net_at(s, n)->first_child; child >= 0; child = net_at(s, child)->next_sibling) {
            enum status status = node_status(s->run, child);
            if (node_is_bad(s->run, child) || status == STATUS_ABEND_RUNNING) {
                to = STATUS_ABEND_RUNNING;
            } else if ((status == STATUS_WARNING || status == STATUS_WARN_RUNNING) && to == STATUS_RUNNING) {
                to = STATUS_WARN_RUNNING;
            }
        }
        if (to != node_status(s->run, n)) {
            node_move(s, n, to);
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
    run_rerun_mark(run, event->rerun, event->node, marks);
    run->flags &= ~(uint32_t)(RUN_KILLED | RUN_INTERRUPTED | RUN_SUSPENDED);
    run->ended = (struct instant){0};
    for (int32_t n = 1; n < run->net->node_count; n++) {
        bool is_treated_as_done = (event->rerun == RERUN_NEXT && is_failed_leaf(run, n)) ||
                                  (event->rerun == RERUN_AFTER && n == event->node && node_is_bad(run, n));
        if (is_treated_as_done) {
            node_at(s, n)->flags |= NODE_PASSED;
            effect_add(s, EFFECT_NODE, n);
        }
        if (marks[n]) {
            reset(s, n, event);
        }
    }
    for (int32_t n = 1; n < run->net->node_count; n++) {
        if (marks[n] || (node_at(s, n)->flags & NODE_PASSED)) {
            reopen_above(s, n);
        }
    }
    arena_close(&tmp);
    run_recount(run);
    colour_again(s);
    look_at_all(s);
}
