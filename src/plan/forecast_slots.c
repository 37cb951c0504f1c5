/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forecast_slots - how many jobs an agent runs at once by the time of day, and who is next: priority, then arrival.
 */
#include <string.h>

#include "base/priority.h"
#include "plan/forecast_priv.h"

int16_t *course_agents_of(struct course *c, const struct net *net)
{
    int16_t *agents = arena_array(&c->tmp, int16_t, (size_t)net->node_count);
    const int16_t endless = (int16_t)c->in->agent_count;
    const char *last = NULL;
    int16_t found = (int16_t)c->default_agent;
    for (int32_t n = 0; n < net->node_count; n++) {
        const char *name = net->nodes[n].agent;
        if (name != last) { /* most nodes share their net's */
            last = name;
            found = name ? endless : (int16_t)c->default_agent;
            for (size_t i = 0; name && i < c->in->agent_count; i++) {
                const struct forecast_agent *def = &c->in->agents[i];
                if (strcmp(def->name, name) == 0) {
                    found = (int16_t)(def->same_as >= 0 ? (size_t)def->same_as : i);
                    break;
                }
            }
        }
        agents[n] = found;
    }
    return agents;
}

static bool goes_before(const void *one, const void *other)
{
    const struct course_queued *a = one, *b = other;
    return a->priority != b->priority ? a->priority > b->priority : a->order < b->order;
}

static void fill_later(struct course *c, int32_t agent)
{
    if (!c->agents[agent].is_listed) {
        c->agents[agent].is_listed = true;
        *vec_add(&c->to_fill) = agent;
    }
}

/* The job goes to its agent, if its gates still hold. */
static void send(struct course *c, int32_t row, int32_t node)
{
    struct run *run = c->rows[row].run;
    if (run->nodes[node].status != STATUS_QUEUING || (run->nodes[node].flags & NODE_SENT)) {
        return; /* no longer queued */
    }
    const struct net_node *def = &run->net->nodes[node];
    if (def->gate_count || def->waits) {
        struct gate_subject subject = {.run = run->id, .node = node, .date = run->date, .planned = run->planned, .now = c->now};
        struct gate_answer answer;
        gates_check(c->facts, def, &subject, &answer);
        if (!answer.is_open) {
            course_ask_later(c, row, node);
            return;
        }
        locks_take(c->facts, def, run->id, node);
    }
    course_slot_take(c, row, node);
    course_step(c, row, &(struct run_event){.kind = RUN_SLOT, .node = node});
}

void course_queue(struct course *c, int32_t row, int32_t node)
{
    int32_t agent = c->rows[row].agents[node];
    struct course_agent *to = &c->agents[agent];
    *vec_add(&to->queue) = (struct course_queued){.row = row, .node = node, .order = c->order++,
                                                        .priority = c->rows[row].net->nodes[node].priority};
    priority_up(to->queue.at, to->queue.n, sizeof(*to->queue.at), goes_before);
    fill_later(c, agent);
}

void course_slot_take(struct course *c, int32_t row, int32_t node)
{
    int32_t agent = c->rows[row].agents[node];
    if (!c->rows[row].has_slot[node]) {
        c->rows[row].has_slot[node] = true;
        c->agents[agent].running++;
    }
}

void course_slot_free(struct course *c, int32_t row, int32_t node)
{
    if (c->rows[row].has_slot[node]) {
        int32_t agent = c->rows[row].agents[node];
        c->rows[row].has_slot[node] = false;
        c->agents[agent].running--;
        fill_later(c, agent);
    }
}

/* The limit of now and until when it holds. */
static void limit_look(struct course *c, struct course_agent *agent)
{
    if (c->now.ms < agent->limit_until_ms) {
        return;
    }
    if (!agent->def) {
        agent->limit = INT32_MAX;
        agent->limit_until_ms = INT64_MAX;
        return;
    }
    struct bizday day;
    int minute;
    zone_civil(c->in->zone, c->now, &day, &minute);
    int32_t next = 1440;
    agent->limit = 0;
    for (size_t i = 0; i < agent->def->limit_count; i++) {
        const struct forecast_limit *limit = &agent->def->limits[i];
        if (limit->from_minute <= minute) {
            agent->limit = limit->count;
        } else if (limit->from_minute < next) {
            next = limit->from_minute;
        }
    }
    int64_t minute_start_ms = c->now.ms / MINUTE_MS * MINUTE_MS;
    agent->limit_until_ms = minute_start_ms + (next - minute) * MINUTE_MS;
}

void course_fill(struct course *c)
{
    for (size_t i = 0; i < c->to_fill.n; i++) { /* grows while jobs are sent */
        int32_t index = c->to_fill.at[i];
        struct course_agent *agent = &c->agents[index];
        agent->is_listed = false;
        limit_look(c, agent);
        while (agent->queue.n && agent->running < agent->limit) {
            struct course_queued item = agent->queue.at[0];
            priority_down(agent->queue.at, agent->queue.n--, sizeof(item), goes_before);
            send(c, item.row, item.node);
        }
        if (agent->queue.n && agent->look_ms != agent->limit_until_ms) {
            agent->look_ms = agent->limit_until_ms;
            course_add(c, COURSE_LIMITS, agent->limit_until_ms, index, 0);
        }
    }
    c->to_fill.n = 0;
}

void course_limits_due(struct course *c, int32_t agent)
{
    fill_later(c, agent);
}
