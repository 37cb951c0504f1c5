/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_make - a fresh run, what is derived from node states, and the invariants between them.
 */
#include "jobnet/run_priv.h"

/* Own rules of a nested net (de=n): does one of them, linked to the root's rule, fall on this day? */
static int64_t nested_due_ms(const struct net_node *node, const struct run *run, const struct calendar *calendar, int root_rule)
{
    const struct schedule *schedule = node->schedule;
    if (schedule->is_undefined) {
        return DUE_NOT_PLANNED;
    }
    if (schedule->rule_count == 0) {
        return 0;
    }
    /* Only the linked rules are asked: of several rules at one instant just one would be told. */
    struct arena tmp = {0};
    struct schedule linked = *schedule;
    linked.rules = arena_array(&tmp, struct schedule_rule, schedule->rule_count);
    linked.rule_count = 0;
    for (size_t i = 0; i < schedule->rule_count; i++) {
        const struct schedule_rule *rule = &schedule->rules[i];
        int parent_rule = rule->parent_rule ? rule->parent_rule : rule->number;
        if (root_rule == 0 || parent_rule == root_rule) {
            linked.rules[linked.rule_count++] = *rule;
        }
    }
    struct occurrences found = {0};
    struct schedule_query query = {.calendar = calendar, .registered = run->date, .from = run->date, .to = run->date};
    schedule_occurrences(&linked, &query, &found);
    int64_t due_ms = DUE_NOT_PLANNED;
    for (size_t i = 0; i < found.list.n && due_ms == DUE_NOT_PLANNED; i++) {
        if (found.list.at[i].state == OCCURRENCE_RUN) {
            due_ms = found.list.at[i].start.ms;
        }
    }
    vec_close(&found.list);
    arena_close(&tmp);
    return due_ms;
}

struct run *run_make(struct arena *into, const struct net *net, const struct run_birth *birth)
{
    struct run *run = arena_new(into, struct run);
    *run = (struct run){.id = birth->id, .net = net, .date = birth->date, .planned = birth->planned,
                        .status = STATUS_TIME_WAIT, .macros = ""};
    run->nodes = arena_array(into, struct node_run, (size_t)net->node_count);
    for (int32_t n = 0; n < net->node_count; n++) {
        const struct net_node *def = &net->nodes[n];
        run->nodes[n] = (struct node_run){
            .status = n == 0 ? STATUS_TIME_WAIT : STATUS_TERM_WAIT,
            .code = CODE_NONE,
            .flags = def->hold == HOLD_YES && n > 0 ? NODE_HELD : 0,
        };
        if (n > 0 && def->has_own_schedule && birth->calendar) {
            run->nodes[n].due_ms = nested_due_ms(def, run, birth->calendar, birth->rule);
        }
    }
    run_recount(run);
    return run;
}

void run_recount(struct run *run)
{
    const struct net *net = run->net;
    run->live_count = 0;
    run->nodes[0].status = run->status;
    for (int32_t n = 0; n < net->node_count; n++) {
        run->nodes[n].children_left = 0;
    }
    for (int32_t n = net->node_count - 1; n >= 0; n--) {
        const struct net_node *def = &net->nodes[n];
        struct node_run *node = &run->nodes[n];
        node->preds_left = 0;
        for (uint32_t i = 0; i < def->pred_count; i++) {
            node->preds_left += !node_is_complete(run, net->edges[def->pred_from + i]);
        }
        run->live_count += node_is_live(run, n);
        if (n > 0 && !node_is_ended(run, n)) {
            run->nodes[def->parent].children_left++;
        }
    }
}

static const char *check_node(const struct run *run, int32_t n)
{
    const struct net_node *def = &run->net->nodes[n];
    const struct node_run *node = &run->nodes[n];
    int32_t preds_left = 0, children_left = 0;
    for (int32_t child = def->first_child; child >= 0; child = run->net->nodes[child].next_sibling) {
        children_left += !node_is_ended(run, child);
    }
    if (children_left != node->children_left) {
        return "children_left is not what the units inside say";
    }
    for (uint32_t i = 0; i < def->pred_count; i++) {
        preds_left += !node_is_complete(run, run->net->edges[def->pred_from + i]);
    }
    if (preds_left != node->preds_left) {
        return "preds_left is not what the units in front say";
    }
    if ((node->flags & NODE_SENT) && node->status != STATUS_QUEUING) {
        return "NODE_SENT outside QUEUING";
    }
    if (node_is_live(run, n) && node->attempt < 1) {
        return "a live job without an attempt";
    }
    enum status_class class = status_class(node_status(run, n));
    bool is_past_waiting = class == STATUS_BUSY || node_status(run, n) == STATUS_QUEUING;
    if (n > 0 && is_past_waiting && !node_is_busy(run, def->parent)) {
        return "a unit runs in a net that does not";
    }
    if (def->kind == NODE_NET && node_is_busy(run, n) && node->children_left == 0) {
        return "a net goes on though all its units have ended";
    }
    if (def->kind == NODE_NET && status_is_ended(node_status(run, n)) && node->children_left > 0) {
        return "a net has ended before its units";
    }
    return NULL;
}

const char *run_check(const struct run *run)
{
    int32_t live = 0;
    if (run->nodes[0].status != run->status) {
        return "node 0 and the run disagree";
    }
    for (int32_t n = 0; n < run->net->node_count; n++) {
        const char *wrong = check_node(run, n);
        if (wrong) {
            return wrong;
        }
        live += node_is_live(run, n);
    }
    return live == run->live_count ? NULL : "live_count is wrong";
}
