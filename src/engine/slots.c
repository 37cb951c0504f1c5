/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slots - how many jobs an agent runs at once (by time of day), and who is next: priority, then order of arrival.
 */
#include <string.h>

#include "base/priority.h"
#include "engine/engine_priv.h"

static uint64_t slot_key(int64_t run, int32_t node)
{
    return (uint64_t)run << 20 ^ (uint64_t)node; /* a run has at most 100,000 nodes: no two alike */
}

static bool goes_before(const void *one, const void *other)
{
    const struct queue_item *a = one, *b = other;
    return a->priority != b->priority ? a->priority > b->priority : a->order < b->order;
}

void slot_queue(struct engine *engine, struct live_run *live, int32_t n)
{
    const struct net_node *node = &live->run->net->nodes[n];
    struct agent_entry *agent = agent_of(engine, node->agent);
    live->agents[n] = agent->name;
    if (!agent->is_ready) {
        live->reasons[n] = reason_coded(&live->arena, WAIT_AGENT, agent->name);
    } else if (agent->is_drained) {
        live->reasons[n] = reason_coded(&live->arena, WAIT_DRAINED, agent->name);
    } else if (agent->running >= agent_limit(engine, agent)) {
        live->reasons[n] = reason_coded(&live->arena, WAIT_SLOT, agent->name);
    }
    *vec_add(&agent->queue) = (struct queue_item){.run = live->id, .node = n, .priority = node->priority,
                                         .order = engine->w.next_order++};
    priority_up(agent->queue.at, agent->queue.n, sizeof(*agent->queue.at), goes_before);
    engine->w.is_slot_free = true;
}

void slot_take(struct engine *engine, struct agent_entry *agent, int64_t run, int32_t node)
{
    (void)engine;
    if (!map_put_id(&agent->slots, slot_key(run, node), agent)) {
        agent->running++;
    }
}

void slot_free(struct engine *engine, struct live_run *live, int32_t n)
{
    struct agent_entry *agent = live->agents[n] ? map_get(&engine->w.agents, live->agents[n]) : NULL;
    if (agent && map_remove_id(&agent->slots, slot_key(live->id, n))) {
        agent->running--;
        engine->w.is_slot_free = true;
    }
}

int agent_limit(struct engine *engine, const struct agent_entry *agent)
{
    struct bizday day;
    int minute;
    zone_civil(engine->w.site->zone, engine->now, &day, &minute);
    if (agent->limits && agent->limits[0]) { /* "00:00=5,22:00=20" */
        int limit = 0;
        struct str rest = str_of(agent->limits), item, time, count;
        while (rest.n) {
            (void)str_cut(rest, ',', &item, &rest);
            char text[TIME_TEXT_MAX];
            struct daytime from;
            int64_t n;
            if (str_cut(str_trim(item), '=', &time, &count) && time.n < sizeof(text)) {
                (void)snprintf(text, sizeof(text), STR_FMT, STR_ARG(time));
                if (daytime_parse(text, &from) && str_to_i64(count, 0, 100000, &n) && from.minute <= minute) {
                    limit = (int)n;
                }
            }
        }
        return limit;
    }
    return agent->site ? site_agent_limit(agent->site, minute) : 0;
}

/* One waiting job goes to the agent, if its gates still hold. */
static void send_next(struct engine *engine, struct agent_entry *agent)
{
    struct queue_item item = agent->queue.at[0];
    priority_down(agent->queue.at, agent->queue.n--, sizeof(item), goes_before);
    struct live_run *live = live_by_id(engine, item.run);
    struct node_run *node = live ? &live->run->nodes[item.node] : NULL;
    if (!node || live->is_done || node->status != STATUS_QUEUING || (node->flags & NODE_SENT)) {
        return;
    }
    struct gate_answer answer;
    if (!gates_look(engine, live, item.node, &answer)) {
        gate_ask(engine, item.run, item.node); /* waits with its reason */
        return;
    }
    locks_take(&engine->w.facts, &live->run->net->nodes[item.node], live->id, item.node);
    slot_take(engine, agent, item.run, item.node);
    live->reasons[item.node] = NULL; /* it waited for this */
    live_step(engine, live, &(struct run_event){.kind = RUN_SLOT, .node = item.node});
}

enum { LIMIT_STEP_MS = 30 * 60 * 1000 }; /* limits change on the half hour */

static void look_again(struct engine *engine)
{
    int64_t next_ms = (engine->now.ms / LIMIT_STEP_MS + 1) * LIMIT_STEP_MS;
    if (engine->w.slot_alarm_ms < next_ms) {
        engine->w.slot_alarm_ms = next_ms;
        alarm_add(engine, (struct alarm){.at_ms = next_ms, .kind = ALARM_GATE});
    }
}

void slots_fill(struct engine *engine)
{
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.agents, e));) {
        struct agent_entry *agent = e->value;
        if (!agent->is_ready || agent->is_drained || !agent->queue.n) {
            continue;
        }
        int limit = agent_limit(engine, agent);
        while (agent->queue.n && agent->running < limit) {
            send_next(engine, agent);
        }
        if (agent->queue.n) {
            look_again(engine);
        }
    }
}
