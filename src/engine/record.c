/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record - live state into rows, and rows into journal entries.
 *
 * Everything an event changed is put and sealed as one entry: the cause is its operation, what followed
 * from it in the same turn is in its body. The feed tells the same to viewers.
 */
#include <string.h>

#include "engine/engine_priv.h"

const struct who who_engine = {"system", "engine", "", ""};

void put_run(struct engine *engine, const struct live_run *live)
{
    const struct run *run = live->run;
    struct run_row row = {
        .id = live->id, .unit = live->unit->id, .version = live->version->id, .occurrence = live->occurrence,
        .date = run->date.day, .planned_ms = run->planned.ms, .started_ms = run->started.ms, .ended_ms = run->ended.ms,
        .status = run->status, .flags = run->flags, .origin = live->origin, .deadline_ms = live->deadline_ms,
        .reason = live->reason, .macros = run->macros,
    };
    store_put(engine->batch, TABLE_run, &row);
}

void put_node(struct engine *engine, const struct live_run *live, int32_t n)
{
    const struct node_run *node = &live->run->nodes[n];
    struct node_row row = {
        .run = live->id, .node = n, .status = node->status, .attempt = node->attempt, .code = node->code,
        .flags = node->flags, .started_ms = node->started_ms, .ended_ms = node->ended_ms, .due_ms = node->due_ms,
        .agent = live->agents[n] ? live->agents[n] : "", .reason = live->reasons[n] ? live->reasons[n] : "",
    };
    store_put(engine->batch, TABLE_node, &row);
}

void put_unit(struct engine *engine, const struct unit_entry *unit)
{
    struct unit_row row = {
        .id = unit->id, .path = unit->path, .is_group = unit->is_group, .version = unit->version ? unit->version->id : 0,
        .is_deleted = unit->is_deleted, .type = unit->type ? unit->type : "", .comment = unit->comment ? unit->comment : "",
    };
    store_put(engine->batch, TABLE_unit, &row);
}

void put_registration(struct engine *engine, const struct unit_entry *unit)
{
    struct registration_row row = {
        .unit = unit->id, .kind = unit->registration, .date = unit->registered.day, .from_date = unit->from.day,
        .to_date = unit->to.day, .planned_to = unit->planned_to.day, .is_held = unit->is_held,
        .is_suspended = unit->is_suspended, .at_ms = unit->registered_at.ms,
        .actor = unit->registered_by ? unit->registered_by : "",
    };
    if (unit->registration == REGISTERED_NOT && !unit->is_suspended) {
        store_remove(engine->batch, TABLE_registration, &row);
    } else {
        store_put(engine->batch, TABLE_registration, &row);
    }
}

void put_plan(struct engine *engine, const struct unit_entry *unit, const struct plan_entry *plan)
{
    struct occurrence_row row = {
        .id = plan->id, .unit = unit->id, .date = plan->date.day, .rule = plan->rule, .start_ms = plan->start_ms,
        .planned_ms = plan->planned_ms, .state = plan->state | (plan->is_changed ? PLAN_CHANGED_BIT : 0),
        .reason = plan->reason ? plan->reason : "", .shifted_from = plan->shifted_from.day, .is_held = plan->is_held,
        .run = plan->run, .calendar = "",
    };
    store_put(engine->batch, TABLE_occurrence, &row);
}

void put_agent(struct engine *engine, const struct agent_entry *agent)
{
    struct agent_row row = {
        .name = agent->name, .is_drained = agent->is_drained, .is_lost = agent->is_lost,
        .first_seen_ms = agent->first_seen.ms, .lost_ms = agent->lost_at.ms, .limits = agent->limits ? agent->limits : "",
        .platform = agent->platform ? agent->platform : "", .version = agent->version ? agent->version : "",
    };
    store_put(engine->batch, TABLE_agent, &row);
}

void put_window(struct engine *engine, const struct window_facts *window, size_t cls, const char *actor)
{
    const struct window_seen *seen = &window->seen[cls];
    struct window_state_row row = {
        .grp = window->group->name, .cls = window->group->classes[cls].name, .commanded = (int64_t)seen->commanded,
        .commanded_ms = engine->now.ms, .observed = (int64_t)seen->observed, .observed_ms = seen->observed_at.ms,
        .actor = actor,
    };
    store_put(engine->batch, TABLE_window_state, &row);
}

void run_dirty(struct engine *engine, struct live_run *live, int32_t n)
{
    if (live->is_dirty[n]) {
        return;
    }
    if (live->dirty.n == 0) {
        *vec_add(&engine->w.dirty_runs) = live->id;
    }
    live->is_dirty[n] = 1;
    *vec_add(&live->dirty) = n;
}

static void change_pack(struct engine *engine, const struct live_run *live, int32_t n)
{
    const struct node_run *node = &live->run->nodes[n];
    feed_pack_change(&engine->changes, &(struct feed_change){
        .run = live->id, .node = n, .attempt = node->attempt, .code = node->code, .status = (enum status)node->status,
        .date = live->run->date, .unit = n == 0 ? live->unit->path : net_node_path(&engine->turn, live->run->net, n),
        .comment = live->run->net->nodes[n].comment, .reason = n == 0 ? live->reason : live->reasons[n]});
}

static void put_dirty(struct engine *engine)
{
    for (size_t i = 0; i < engine->w.dirty_runs.n; i++) {
        struct live_run *live = live_by_id(engine, engine->w.dirty_runs.at[i]);
        if (!live) {
            continue;
        }
        for (size_t d = 0; d < live->dirty.n; d++) {
            int32_t n = live->dirty.at[d];
            live->is_dirty[n] = 0;
            if (n == 0) {
                put_run(engine, live);
            } else {
                put_node(engine, live, n);
            }
            if (engine->has_feed) {
                change_pack(engine, live, n);
            }
        }
        live->dirty.n = 0;
        if (live->is_done) {
            *vec_add(&engine->w.done_runs) = live->id; /* stays in memory until the commit: the store does not have it yet */
        }
    }
    engine->w.dirty_runs.n = 0;
}

static void feed_collect(struct engine *engine, const struct who *who, const char *operation, const char *entity)
{
    size_t from = engine->feed_text.n;
    const struct calendar *root = engine->w.site->root;
    feed_pack_line(&engine->feed_text, &(struct feed_entry){
        .at = engine->now, .offset_min = zone_offset_sec(calendar_zone(root), engine->now) / 60, .operation = operation,
        .entity = entity, .actor = who->actor, .reason = who->reason});
    strbuf_add(&engine->feed_text, engine->changes.at, engine->changes.n);
    strbuf_clear(&engine->changes);
    *vec_add(&engine->feed_lines) = (struct feed_line){from, engine->feed_text.n - from};
}

static void entry_write(struct engine *engine, const struct who *who, const char *stream, const char *operation,
                        const char *entity)
{
    struct journal_entry entry = {
        .at = engine->now, .wall = engine->wall, .stream = stream, .actor = who->actor, .via = who->via,
        .operation = operation, .entity = entity, .reason = who->reason, .reference = who->reference,
    };
    store_entry(engine->batch, &entry);
    engine->entry_count++;
    if (engine->has_feed) {
        feed_collect(engine, who, operation, entity);
    }
}

void entry_end(struct engine *engine, const struct who *who, const char *operation, const char *entity)
{
    put_dirty(engine);
    if (store_batch_has_unsealed(engine->batch)) {
        entry_write(engine, who, engine->config.service, operation, entity);
    }
}

void entry_desk(struct engine *engine, const struct who *who, const char *operation, const char *entity)
{
    entry_write(engine, who, "desk", operation, entity);
}
