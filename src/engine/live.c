/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live - generations under way: born from the plan or by hand, stepped, watched, dropped when ended.
 */
#include <assert.h>
#include <string.h>

#include "engine/engine_priv.h"

struct live_run *live_by_id(const struct engine *engine, int64_t id)
{
    return map_get_id(&engine->w.runs, (uint64_t)id);
}

/* run/12 or run/12/3, written from its end: every entry of the journal has one. */
const char *run_entity(struct engine *engine, int64_t run, int32_t node)
{
    char text[48], *at = text + sizeof(text);
    *--at = '\0';
    for (int64_t rest = node; rest > 0; rest /= 10) {
        *--at = (char)('0' + rest % 10);
    }
    if (node > 0) {
        *--at = '/';
    }
    do {
        *--at = (char)('0' + run % 10);
        run /= 10;
    } while (run > 0);
    at -= 4;
    memcpy(at, "run/", 4);
    return arena_copy(&engine->turn, at);
}

const char *live_entity(struct engine *engine, const struct live_run *live, int32_t node)
{
    return run_entity(engine, live->id, node);
}

static struct live_run *live_new(struct engine *engine, struct unit_entry *unit, struct version_entry *version,
                                 const struct run_birth *birth)
{
    struct live_run *live = heap_resize(NULL, 1, sizeof(*live));
    *live = (struct live_run){.id = birth->id, .unit = unit, .version = version, .reason = ""};
    live->run = run_make(&live->arena, version->net, birth);
    size_t count = (size_t)version->net->node_count;
    live->agents = arena_array(&live->arena, const char *, count);
    live->reasons = arena_array(&live->arena, const char *, count);
    live->is_dirty = arena_array(&live->arena, uint8_t, count);
    version->run_count++;
    unit->live_count++;
    (void)map_put_id(&engine->w.runs, (uint64_t)live->id, live);
    return live;
}

void live_drop(struct engine *engine, struct live_run *live)
{
    (void)map_remove_id(&engine->w.runs, (uint64_t)live->id);
    live->unit->live_count--;
    struct version_entry *version = live->version;
    if (--version->run_count == 0 && version != live->unit->version) { /* an old version nobody runs any more */
        version->net = NULL;
        arena_close(&version->arena);
    }
    vec_close(&live->dirty);
    arena_close(&live->arena);
    heap_free(live);
}

void generation_note(struct engine *engine, struct live_run *live)
{
    struct unit_facts *facts = &live->unit->facts;
    struct generation now = {.run = live->id, .planned_ms = live->run->planned.ms, .ended_ms = live->run->ended.ms,
                             .date = live->run->date, .status = live->run->status};
    for (size_t i = facts->generations.n; i-- > 0;) {
        if (facts->generations.at[i].run == live->id) {
            facts->generations.at[i] = now;
            gate_wake(engine, gate_key(GATE_KEY_UNIT, (uint64_t)live->unit->id));
            return;
        }
    }
    *vec_add(&facts->generations) = now;
    gate_wake(engine, gate_key(GATE_KEY_UNIT, (uint64_t)live->unit->id));
}

/* Delay limits of the rule that planned it. */
static void watch_delays(struct engine *engine, struct live_run *live)
{
    const struct schedule *schedule = live->run->net->nodes[0].schedule;
    for (size_t i = 0; i < schedule->rule_count; i++) {
        const struct schedule_rule *rule = &schedule->rules[i];
        if (rule->number != live->rule) {
            continue;
        }
        const struct delay_limit *limits[] = {&rule->start_delay, &rule->end_delay};
        static const enum run_timer timers[] = {TIMER_START_DELAY, TIMER_END_DELAY};
        for (size_t k = 0; k < COUNT(limits); k++) {
            if (limits[k]->base == DELAY_NONE) {
                continue;
            }
            struct instant at = limits[k]->base == DELAY_ABSOLUTE
                                    ? calendar_instant(unit_calendar(engine, live->unit), live->run->date,
                                                       (struct daytime){limits[k]->minutes})
                                    : (struct instant){live->run->planned.ms + limits[k]->minutes * MINUTE_MS};
            alarm_add(engine, (struct alarm){.at_ms = at.ms, .kind = ALARM_RUN, .id = live->id, .timer = (uint8_t)timers[k]});
        }
    }
}

void live_watch(struct engine *engine, struct live_run *live)
{
    const struct run *run = live->run;
    const struct net_node *root = &run->net->nodes[0];
    if (live->deadline_ms && !(run->flags & RUN_DEADLINE_MISSED)) {
        alarm_add(engine, (struct alarm){.at_ms = live->deadline_ms, .kind = ALARM_DEADLINE, .id = live->id});
    }
    watch_delays(engine, live);
    if (status_class((enum status)run->status) == STATUS_BUSY && root->required_minutes > 0) {
        alarm_add(engine, (struct alarm){.at_ms = run_late_ms(run->started.ms, root->required_minutes), .kind = ALARM_RUN,
                                         .id = live->id, .timer = TIMER_END_DELAY});
    }
    if (status_class((enum status)run->status) == STATUS_WAIT && run->net->give_up_days > 0) {
        alarm_add(engine, (struct alarm){.at_ms = run->planned.ms + run->net->give_up_days * DAY_MS, .kind = ALARM_GIVE_UP,
                                         .id = live->id});
    }
}

bool live_start(struct engine *engine, struct unit_entry *unit, const struct plan_entry *plan, const struct live_cause *cause,
                struct live_run **ret, struct err *e)
{
    const struct net *net;
    if (!unit_net(engine, unit, &net, e)) {
        return false;
    }
    if (net->refused_node >= 0) {
        return err_set(e, ERR_NET_REFUSED, "%s" ARG "%s", net_node_path(&engine->turn, net, net->refused_node),
                       unit_type_row((enum unit_type)net->nodes[net->refused_node].type)->name[LANG_JA]);
    }
    const struct calendar *calendar = unit_calendar(engine, unit);
    struct run_birth birth = {.id = engine->w.next_run++, .date = plan->date, .planned = {plan->start_ms},
                              .calendar = calendar, .rule = plan->rule};
    struct live_run *live = live_new(engine, unit, unit->version, &birth);
    live->occurrence = plan->id;
    live->origin = cause->origin;
    live->rule = plan->rule;
    live->run->macros = arena_copy(&live->arena, cause->macros);
    struct instant deadline = deadline_instant(&net->deadline, unit_days(engine, unit), calendar, plan->date, live->run->planned);
    live->deadline_ms = deadline.ms == INSTANT_NEVER.ms ? 0 : deadline.ms;
    if (plan->is_held) {
        live->run->flags |= RUN_HELD;
    }
    struct plan_entry *kept = plan_find(unit, plan->id);
    if (kept) {
        kept->state = PLAN_STARTED;
        kept->run = live->id;
        put_plan(engine, unit, kept);
    }
    run_dirty(engine, live, 0);
    generation_note(engine, live);
    live_watch(engine, live);
    *ret = live;
    return true;
}

/* ---- beginning: hold, generation before, gates ---- */

static void root_move(struct engine *engine, struct live_run *live, enum status to, const char *reason)
{
    bool is_same = live->run->status == to && strcmp(live->reason, reason) == 0;
    if (is_same) {
        return;
    }
    assert(status_may_move((enum status)live->run->status, to));
    live->run->status = (uint8_t)to;
    live->run->nodes[0].status = (uint8_t)to;
    live->reason = arena_copy(&live->arena, reason);
    run_dirty(engine, live, 0);
    generation_note(engine, live);
}

/* The newest other generation of the unit that has not ended and is older. */
static const struct generation *generation_before(const struct live_run *live, bool is_running_only)
{
    const struct unit_facts *facts = &live->unit->facts;
    for (size_t i = facts->generations.n; i-- > 0;) {
        const struct generation *g = &facts->generations.at[i];
        enum status_class class = status_class((enum status)g->status);
        bool is_under_way = class == STATUS_BUSY || (!is_running_only && class == STATUS_WAIT);
        if (g->run < live->id && is_under_way) {
            return g;
        }
    }
    return NULL;
}

static bool hold_by_result(const struct live_run *live) /* ha=w, ha=a */
{
    enum hold_rule rule = (enum hold_rule)live->run->net->nodes[0].hold;
    if (rule == HOLD_YES) {
        return live->origin == ORIGIN_PLANNED || live->origin == ORIGIN_ADDED;
    }
    const struct unit_facts *facts = &live->unit->facts;
    for (size_t i = facts->generations.n; i-- > 0 && rule != HOLD_NO;) {
        const struct generation *g = &facts->generations.at[i];
        if (g->run < live->id) {
            bool is_bad = status_class((enum status)g->status) == STATUS_BAD;
            return is_bad || (rule == HOLD_AFTER_WARNING && g->status == STATUS_WARNING);
        }
    }
    return false;
}

static void wake_later(struct engine *engine, struct live_run *live) /* generations that wait for this one (ms=mlt) */
{
    const struct unit_facts *facts = &live->unit->facts;
    for (size_t i = 0; i < facts->generations.n; i++) {
        const struct generation *g = &facts->generations.at[i];
        if (g->run > live->id && status_class((enum status)g->status) == STATUS_WAIT) {
            gate_ask(engine, g->run, 0);
            return;
        }
    }
}

void live_defer(struct engine *engine, struct live_run *live, const char *reason)
{
    root_move(engine, live, STATUS_DEFERRED, reason);
    live->run->ended = engine->now;
    live->is_done = true;
    generation_note(engine, live);
    wake_later(engine, live);
    char date[DATE_TEXT_MAX];
    event_raise(engine, &(struct event_of){EVENT_NOT_RUN, 1, live->unit->path, live->id, 0, ERR_EVENT_DEFERRED}, NULL,
                "%s" ARG "%s" ARG "%s", live->unit->path, bizday_print(live->run->date, date), reason_both(engine, reason));
}

bool live_may_begin(struct engine *engine, struct live_run *live)
{
    const struct net *net = live->run->net;
    bool is_fresh = live->run->status == STATUS_TIME_WAIT;
    if (status_class((enum status)live->run->status) != STATUS_WAIT || live->is_done) {
        return false;
    }
    if (!net->is_multi && live->origin == ORIGIN_PLANNED && is_fresh && generation_before(live, false)) { /* ms=sch: skipped */
        live_defer(engine, live, message_of(WAIT_GENERATION)->id);
        return false;
    }
    if ((live->run->flags & RUN_HELD) || (is_fresh && hold_by_result(live))) {
        live->run->flags |= RUN_HELD;
        root_move(engine, live, STATUS_HOLDING, live->reason);
        return false;
    }
    if (live->unit->is_suspended) {
        root_move(engine, live, STATUS_GATE_WAIT, message_of(WAIT_SUSPENDED)->id);
        return false;
    }
    bool must_wait = net->is_multi ? !net->is_concurrent && generation_before(live, false)
                                   : live->origin == ORIGIN_PLANNED && generation_before(live, true); /* rerun meanwhile */
    if (must_wait) {
        root_move(engine, live, STATUS_GATE_WAIT, message_of(WAIT_GENERATION)->id);
        return false; /* asked again when that one ends */
    }
    return true;
}

void live_try_begin(struct engine *engine, struct live_run *live)
{
    if (live_may_begin(engine, live)) {
        gate_ask(engine, live->id, 0);
    }
}

/* ---- stepping ---- */

static void node_failed(struct engine *engine, struct live_run *live, int32_t n)
{
    enum status status = (enum status)live->run->nodes[n].status;
    bool is_unknown = status == STATUS_UNKNOWN || status == STATUS_UNKNOWN_WR;
    if (status_class(status) != STATUS_BAD || status == STATUS_UNEXEC || status == STATUS_UNEXEC_W ||
        live->run->net->nodes[n].kind == NODE_NET) {
        return;
    }
    struct event_of event = {is_unknown ? EVENT_UNKNOWN : EVENT_FAILED, 2, net_node_path(&engine->turn, live->run->net, n),
                             live->id, n, is_unknown ? ERR_EVENT_UNKNOWN : ERR_EVENT_FAILED};
    event_raise(engine, &event, NULL, "%s" ARG "%s" OR_EN "%s" ARG "%d", event.unit, status_row(status)->text[LANG_JA],
                status_row(status)->text[LANG_EN], live->run->nodes[n].code == CODE_NONE ? -1 : live->run->nodes[n].code);
}

static void run_ended(struct engine *engine, struct live_run *live)
{
    locks_release(&engine->w.facts, &live->run->net->nodes[0], live->id, 0, &engine->freed);
    live->is_done = true;
    generation_note(engine, live);
    wake_later(engine, live);
}

static void delayed(struct engine *engine, struct live_run *live, const struct run_effect *effect)
{
    bool is_start = effect->timer == TIMER_START_DELAY;
    const char *path = net_node_path(&engine->turn, live->run->net, effect->node);
    event_raise(engine, &(struct event_of){EVENT_DELAYED, 1, path, live->id, effect->node,
                                           is_start ? ERR_EVENT_START_DELAY : ERR_EVENT_END_DELAY},
                NULL, "%s", path);
}

static void perform(struct engine *engine, struct live_run *live, const struct run_effect *effect)
{
    int32_t n = effect->node;
    switch (effect->kind) {
    case EFFECT_NODE:
        run_dirty(engine, live, n);
        break;
    case EFFECT_RUN:
        run_dirty(engine, live, 0);
        generation_note(engine, live);
        break;
    case EFFECT_GATES:
        gate_ask(engine, live->id, n);
        break;
    case EFFECT_QUEUE:
        live->reasons[n] = NULL;
        slot_queue(engine, live, n);
        break;
    case EFFECT_UNQUEUE:
        break; /* the queue skips what no longer queues */
    case EFFECT_START:
        engine->figures.starts++;
        agent_start(engine, live, n);
        break;
    case EFFECT_KILL:
        agent_kill(engine, live, n);
        break;
    case EFFECT_TIMER:
        alarm_add(engine, (struct alarm){.at_ms = effect->at.ms, .kind = ALARM_RUN, .id = live->id, .node = n,
                                         .attempt = effect->attempt, .timer = (uint8_t)effect->timer});
        break;
    case EFFECT_PROBE:
        agent_probe(engine, live->run->net->nodes[n].agent, live->run->net->nodes[n].judgment->file);
        break;
    case EFFECT_DELAYED:
        delayed(engine, live, effect);
        break;
    case EFFECT_NODE_ENDED:
        run_dirty(engine, live, n);
        if (n > 0) {
            slot_free(engine, live, n);
            locks_release(&engine->w.facts, &live->run->net->nodes[n], live->id, n, &engine->freed);
            if (status_is_ended((enum status)live->run->nodes[n].status)) {
                node_failed(engine, live, n);
            }
        }
        break;
    case EFFECT_RUN_ENDED:
        run_ended(engine, live);
        break;
    }
}

/* What was kept of a replaced attempt: its row moves to the table of attempts before a new number is given. */
static void keep_attempt(struct engine *engine, const struct live_run *live, int32_t n)
{
    const struct node_run *node = &live->run->nodes[n];
    if (node->attempt == 0) {
        return;
    }
    struct attempt_row row = {
        .run = live->id, .node = n, .attempt = node->attempt, .status = node->status, .code = node->code,
        .started_ms = node->started_ms, .ended_ms = node->ended_ms, .agent = live->agents[n] ? live->agents[n] : "",
    };
    store_put(engine->batch, TABLE_attempt, &row);
}

static void keep_attempts(struct engine *engine, const struct live_run *live, const struct run_event *event)
{
    struct arena tmp = {0};
    bool *marks = arena_array(&tmp, bool, (size_t)live->run->net->node_count);
    run_rerun_mark(live->run, event->rerun, event->node, marks);
    for (int32_t n = 1; n < live->run->net->node_count; n++) {
        if (marks[n]) {
            keep_attempt(engine, live, n);
        }
    }
    arena_close(&tmp);
}

void live_step(struct engine *engine, struct live_run *live, struct run_event *event)
{
    event->at = engine->now;
    if (event->kind == RUN_RERUN && run_rerun_check(live->run, event->rerun, event->node) == RUN_ACCEPTED) {
        keep_attempts(engine, live, event);
    }
    if (event->kind == RUN_TIMER && event->timer == TIMER_DUE && live->run->nodes[event->node].status == STATUS_EXEC_WAIT) {
        keep_attempt(engine, live, event->node); /* automatic retry */
    }
    size_t first = engine->effects.list.n;
    run_step(live->run, event, &engine->effects);
    for (size_t i = first; i < engine->effects.list.n; i++) {
        struct run_effect effect = engine->effects.list.at[i];
        perform(engine, live, &effect);
    }
    engine->effects.list.n = first;
    for (size_t i = 0; i < engine->freed.list.n; i++) {
        gate_wake(engine, engine->freed.list.at[i]);
    }
    engine->freed.list.n = 0;
}

/* ---- from the store ---- */

static bool nodes_load(struct engine *engine, struct live_run *live, struct err *e)
{
    struct query query = {.table = TABLE_node, .where_count = 1, .order_column = -1};
    query.where[0] = (struct where){.column = 0, .op = WHERE_EQ, .number = live->id};
    struct rows *rows = store_query(engine->reader, &query);
    for (struct node_row row; rows_next(rows, &row);) {
        if (row.node <= 0 || row.node >= live->run->net->node_count) {
            continue;
        }
        struct node_run *node = &live->run->nodes[row.node];
        node->status = (uint8_t)row.status;
        node->flags = (uint16_t)row.flags;
        node->attempt = (int32_t)row.attempt;
        node->code = (int32_t)row.code;
        node->started_ms = row.started_ms;
        node->ended_ms = row.ended_ms;
        if (row.status != STATUS_TERM_WAIT || row.due_ms) {
            node->due_ms = row.due_ms;
        }
        live->agents[row.node] = row.agent[0] ? arena_copy(&engine->w.names, row.agent) : NULL;
        live->reasons[row.node] = row.reason[0] ? arena_copy(&live->arena, row.reason) : NULL;
    }
    return rows_end(rows, e);
}

static struct version_entry *version_of_run(struct engine *engine, struct unit_entry *unit, int64_t id)
{
    struct version_entry *version = map_get_id(&engine->w.versions, (uint64_t)id);
    if (!version) {
        version = arena_new(&engine->w.names, struct version_entry);
        version->id = id;
        version->unit = unit->id;
        (void)map_put_id(&engine->w.versions, (uint64_t)id, version);
    }
    return version;
}

bool live_load(struct engine *engine, int64_t id, struct live_run **ret, struct err *e)
{
    *ret = live_by_id(engine, id);
    if (*ret) {
        return true;
    }
    struct run_row row = {.id = id};
    bool found = false;
    if (!store_get(engine->reader, &engine->turn, TABLE_run, &row, &found, e)) {
        return false;
    }
    struct unit_entry *unit = found ? unit_by_id(engine, row.unit) : NULL;
    if (!unit || row.version == 0) {
        return true;
    }
    struct version_entry *version = version_of_run(engine, unit, row.version);
    if (!version_load(engine, version, e)) {
        return false;
    }
    struct occurrence_row planned = {.id = row.occurrence};
    bool is_planned = false;
    if (row.occurrence && !store_get(engine->reader, &engine->turn, TABLE_occurrence, &planned, &is_planned, e)) {
        return false;
    }
    struct run_birth birth = {.id = id, .date = {(int32_t)row.date}, .planned = {row.planned_ms},
                              .calendar = unit_calendar(engine, unit), .rule = is_planned ? (int)planned.rule : 0};
    struct live_run *live = live_new(engine, unit, version, &birth);
    live->occurrence = row.occurrence;
    live->rule = birth.rule;
    live->origin = (uint8_t)row.origin;
    live->deadline_ms = row.deadline_ms;
    live->reason = arena_copy(&live->arena, row.reason);
    live->run->macros = arena_copy(&live->arena, row.macros);
    live->run->status = (uint8_t)row.status;
    live->run->flags = (uint32_t)row.flags;
    live->run->started.ms = row.started_ms;
    live->run->ended.ms = row.ended_ms;
    live->is_done = status_is_ended((enum status)row.status);
    if (!nodes_load(engine, live, e)) {
        live_drop(engine, live);
        return false;
    }
    run_recount(live->run);
    *ret = live;
    return true;
}
