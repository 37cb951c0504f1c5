/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load - the world out of the store: at start, and again after a commit that failed.
 *
 * Only what is alive is brought into memory: units by name, plans and generations of the last weeks, live runs.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/acts_priv.h"
#include "os/zone_file.h"

enum { DAYS_BACK = 75, PLAN_DAYS_BACK = 40 }; /* gates of scope month-1; of scope month */
enum { RISK_EVENTS_MAX = 2000 };               /* newest events looked through for warnings that still stand */

bool site_load(struct engine *engine, const char *yaml, size_t n, const char *csv, size_t csv_n, struct err *e)
{
    struct arena arena = {0};
    const struct site *site;
    struct site_source source = {.yaml = yaml, .yaml_bytes = n, .holidays_csv = csv, .holidays_bytes = csv_n,
                                 .zone_load = zone_file_load};
    if (!site_parse(&arena, &source, &site, e)) {
        arena_close(&arena);
        return false;
    }
    struct arena before = engine->w.site_arena;
    engine->w.site_arena = arena;
    engine->w.site = site;
    windows_make(engine); /* takes over the states by name before the old site goes */
    calendars_forget(engine);
    for (struct map_entry *a = NULL; (a = map_next(&engine->w.agents, a));) {
        struct agent_entry *agent = a->value;
        agent->site = site_agent(site, agent->name);
    }
    arena_close(&before);
    return true;
}

static bool load_site(struct engine *engine, struct err *e)
{
    struct site_file_row yaml = {.name = "site.yaml"}, csv = {.name = "holidays.csv"};
    bool has_yaml = false, has_csv = false;
    return store_get(engine->reader, &engine->turn, TABLE_site_file, &yaml, &has_yaml, e) &&
           store_get(engine->reader, &engine->turn, TABLE_site_file, &csv, &has_csv, e) &&
           site_load(engine, has_yaml ? yaml.body.at : NULL, has_yaml ? yaml.body.n : 0, has_csv ? csv.body.at : NULL,
                     has_csv ? csv.body.n : 0, e);
}

static int64_t at_least(int64_t next, int64_t id) { return id >= next ? id + 1 : next; }

static bool load_units(struct engine *engine, struct err *e)
{
    struct world *w = &engine->w;
    struct query query = {.table = TABLE_unit, .order_column = table_column(TABLE_unit, "path")};
    struct rows *rows = store_query(engine->reader, &query);
    for (struct unit_row row; rows_next(rows, &row);) {
        struct unit_entry *unit = unit_add(engine, row.id, row.path, row.is_group != 0);
        unit->is_deleted = row.is_deleted != 0;
        unit->type = arena_copy(&w->names, row.type);
        unit->comment = arena_copy(&w->names, row.comment);
        w->next_unit = at_least(w->next_unit, row.id);
        if (row.version) {
            unit->version = arena_new(&w->names, struct version_entry);
            unit->version->id = row.version;
            unit->version->unit = row.id;
            (void)map_put_id(&w->versions, (uint64_t)row.version, unit->version);
        }
    }
    if (!rows_end(rows, e)) {
        return false;
    }
    rows = store_query(engine->reader, &(struct query){.table = TABLE_registration, .order_column = -1});
    for (struct registration_row row; rows_next(rows, &row);) {
        struct unit_entry *unit = unit_by_id(engine, row.unit);
        if (unit) {
            unit->registration = (uint8_t)row.kind;
            unit->registered = (struct bizday){(int32_t)row.date};
            unit->from = (struct bizday){(int32_t)row.from_date};
            unit->to = (struct bizday){(int32_t)row.to_date};
            unit->planned_to = (struct bizday){(int32_t)row.planned_to};
            unit->is_held = row.is_held != 0;
            unit->is_suspended = row.is_suspended != 0;
            unit->registered_at = (struct instant){row.at_ms};
            unit->registered_by = arena_copy(&w->names, row.actor);
        }
    }
    return rows_end(rows, e);
}

/* Numbers go on behind the greatest that was ever given. */
static bool load_next(struct engine *engine, enum table table, int64_t *next, struct err *e)
{
    struct query query = {.table = table, .order_column = -1, .is_descending = true, .limit = 1};
    struct rows *rows = store_query(engine->reader, &query);
    union {
        struct run_row run;
        struct occurrence_row occurrence;
        struct version_row version;
        struct event_row event;
        struct decision_row decision;
        struct clock_change_row clock;
        int64_t id; /* the first column of each */
    } row;
    if (rows_next(rows, &row)) {
        *next = at_least(*next, row.id);
    }
    return rows_end(rows, e);
}

/* What was warned of and nobody has acknowledged is not warned of again; what stands open under a fold is counted on. */
static bool load_events(struct engine *engine, struct err *e)
{
    struct query query = {.table = TABLE_event, .order_column = -1, .is_descending = true, .limit = RISK_EVENTS_MAX};
    struct rows *rows = store_query(engine->reader, &query);
    for (struct event_row row; rows_next(rows, &row);) {
        struct unit_entry *unit = row.kind == EVENT_RISK && row.acked_ms == 0 ? unit_by_path(engine, row.unit) : NULL;
        if (unit) {
            (void)map_put(&engine->w.risks, arena_copy(&engine->w.names, row.fold), unit);
        }
        if (row.fold[0] && row.acked_ms == 0) {
            event_open(engine, &row);
        }
    }
    return rows_end(rows, e);
}

static bool load_plans(struct engine *engine, struct err *e)
{
    struct query query = {.table = TABLE_occurrence, .where_count = 1, .order_column = table_column(TABLE_occurrence, "start_ms")};
    query.where[0] = (struct where){.column = table_column(TABLE_occurrence, "start_ms"), .op = WHERE_GE,
                                    .number = engine->now.ms - PLAN_DAYS_BACK * DAY_MS};
    struct rows *rows = store_query(engine->reader, &query);
    for (struct occurrence_row row; rows_next(rows, &row);) {
        struct unit_entry *unit = unit_by_id(engine, row.unit);
        if (unit && !unit->is_group) {
            *vec_add(&unit->facts.plan) = (struct plan_entry){
                .id = row.id, .run = row.run, .start_ms = row.start_ms, .planned_ms = row.planned_ms,
                .date = {(int32_t)row.date}, .shifted_from = {(int32_t)row.shifted_from}, .rule = (int32_t)row.rule,
                .state = (uint8_t)(row.state & PLAN_STATE_BITS), .is_changed = (row.state & PLAN_CHANGED_BIT) != 0, .is_held = row.is_held != 0,
                .reason = row.reason[0] ? arena_copy(&engine->w.names, row.reason) : NULL};
        }
    }
    return rows_end(rows, e);
}

/* Ascending by run, as facts.h has them; they come nearly in order. */
static void generation_put(struct unit_entry *unit, const struct run_row *row)
{
    (void)vec_add(&unit->facts.generations);
    struct generation *list = unit->facts.generations.at;
    size_t i = unit->facts.generations.n - 1;
    for (; i > 0 && list[i - 1].run > row->id; i--) {
        list[i] = list[i - 1];
    }
    list[i] = (struct generation){.run = row->id, .planned_ms = row->planned_ms, .ended_ms = row->ended_ms,
                                  .date = {(int32_t)row->date}, .status = (uint8_t)row->status};
}

struct run_ids {
    VEC(int64_t) list;
};

static bool generations_of(struct engine *engine, const struct query *query, struct run_ids *live, struct err *e)
{
    struct rows *rows = store_query(engine->reader, query);
    for (struct run_row row; rows_next(rows, &row);) {
        struct unit_entry *unit = unit_by_id(engine, row.unit);
        if (!unit) {
            continue;
        }
        generation_put(unit, &row);
        if (!status_is_ended((enum status)row.status) && row.version) {
            *vec_add(&live->list) = row.id;
        }
    }
    return rows_end(rows, e);
}

bool last_generation_load(struct engine *engine, struct unit_entry *unit, struct err *e)
{
    if (unit->is_last_known || unit->is_group || unit->facts.generations.n) {
        return true;
    }
    struct query query = {.table = TABLE_run, .where_count = 1, .order_column = -1, .is_descending = true, .limit = 1};
    query.where[0] = (struct where){.column = table_column(TABLE_run, "unit"), .op = WHERE_EQ, .number = unit->id};
    struct run_ids none = {0};
    unit->is_last_known = true;
    bool is_good = generations_of(engine, &query, &none, e);
    vec_close(&none.list); /* it has ended long ago: what is live was loaded whatever its age */
    return is_good;
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* As the index has them, nothing is sorted and old years are not looked at; ids of the live ones ascend nevertheless. */
static bool generations_by(struct engine *engine, struct query query, int column, struct run_ids *live, struct err *e)
{
    size_t from = live->list.n;
    query.order_column = column;
    bool is_good = generations_of(engine, &query, live, e);
    if (live->list.n > from) {
        qsort(live->list.at + from, live->list.n - from, sizeof(*live->list.at), by_number);
    }
    return is_good;
}

/* What has not ended, whatever its age, and what gates of the last months may ask for. */
static bool load_generations(struct engine *engine, struct err *e)
{
    int64_t oldest = calendar_day_of(engine->w.site->root, engine->now).day - DAYS_BACK;
    const int date = table_column(TABLE_run, "date"), status = table_column(TABLE_run, "status");
    struct run_ids live = {0};
    struct query late = {.table = TABLE_run, .where_count = 2};
    late.where[0] = (struct where){.column = status, .op = WHERE_LT, .number = STATUS_NORMAL}; /* all that have not ended */
    late.where[1] = (struct where){.column = date, .op = WHERE_LT, .number = oldest};
    struct query recent = {.table = TABLE_run, .where_count = 1};
    recent.where[0] = (struct where){.column = date, .op = WHERE_GE, .number = oldest};
    bool is_good = generations_by(engine, late, status, &live, e) && generations_by(engine, recent, date, &live, e);
    for (size_t i = 0; i < live.list.n && is_good; i++) {
        struct live_run *ignored;
        is_good = live_load(engine, live.list.at[i], &ignored, e);
    }
    vec_close(&live.list);
    return is_good;
}

static bool load_windows(struct engine *engine, struct err *e)
{
    struct rows *rows = store_query(engine->reader, &(struct query){.table = TABLE_window_state, .order_column = -1});
    for (struct window_state_row row; rows_next(rows, &row);) {
        struct window_facts *window = facts_window(&engine->w.facts, row.grp);
        const struct window_class *cls = window ? window_class_find(window->group, row.cls) : NULL;
        if (cls) {
            window->seen[cls - window->group->classes] = (struct window_seen){
                .commanded = (enum window_phase)row.commanded, .observed = (enum window_phase)row.observed,
                .observed_at = {row.observed_ms}};
        }
    }
    if (!rows_end(rows, e)) {
        return false;
    }
    struct query changes = {.table = TABLE_window_change, .where_count = 1, .order_column = -1};
    changes.where[0] = (struct where){.column = table_column(TABLE_window_change, "date"), .op = WHERE_GE,
                                      .number = calendar_day_of(engine->w.site->root, engine->now).day - DAYS_BACK};
    rows = store_query(engine->reader, &changes);
    for (struct window_change_row row; rows_next(rows, &row);) {
        day_change_note(engine, &(struct day_change){row.grp, row.cls, {(int32_t)row.date}, (enum window_event)row.event,
                                                     (int32_t)row.minute});
    }
    if (!rows_end(rows, e)) {
        return false;
    }
    rows = store_query(engine->reader, &(struct query){.table = TABLE_agent, .order_column = -1});
    for (struct agent_row row; rows_next(rows, &row);) {
        struct agent_entry *agent = agent_add(engine, row.name);
        agent->is_drained = row.is_drained != 0;
        agent->is_lost = row.is_lost != 0;
        agent->first_seen.ms = row.first_seen_ms;
        agent->lost_at.ms = row.lost_ms;
        agent->limits = arena_copy(&engine->w.names, row.limits);
        agent->platform = arena_copy(&engine->w.names, row.platform);
        agent->version = arena_copy(&engine->w.names, row.version);
    }
    return rows_end(rows, e);
}

static void node_alarms(struct engine *engine, const struct live_run *live, int32_t n)
{
    const struct net_node *def = &live->run->net->nodes[n];
    const struct node_run *node = &live->run->nodes[n];
    struct alarm alarm = {.kind = ALARM_RUN, .id = live->id, .node = n, .attempt = node->attempt};
    bool is_busy = status_class((enum status)node->status) == STATUS_BUSY;
    if (is_busy && def->timeout_minutes > 0) {
        alarm.at_ms = node->started_ms + def->timeout_minutes * MINUTE_MS;
        alarm.timer = TIMER_TIMEOUT;
        alarm_add(engine, alarm);
    }
    if (is_busy && def->required_minutes > 0) {
        alarm.at_ms = run_late_ms(node->started_ms, def->required_minutes);
        alarm.timer = TIMER_END_DELAY;
        alarm_add(engine, alarm);
    }
    if (node->due_ms > 0 && (node->status == STATUS_TIME_WAIT || node->status == STATUS_EXEC_WAIT)) {
        alarm.at_ms = node->due_ms;
        alarm.timer = TIMER_DUE;
        alarm_add(engine, alarm);
    }
}

/* What a live run had under way: slots, locks, queue, alarms, gates. */
static void take_up(struct engine *engine, struct live_run *live)
{
    struct run *run = live->run;
    const struct net *net = run->net;
    bool is_begun = status_class((enum status)run->status) == STATUS_BUSY;
    if (is_begun) {
        locks_take(&engine->w.facts, &net->nodes[0], live->id, 0);
    } else {
        gate_ask(engine, live->id, 0);
    }
    live_watch(engine, live);
    for (int32_t n = 1; n < net->node_count; n++) {
        struct node_run *node = &run->nodes[n];
        bool is_running = node->status == STATUS_RUNNING, is_sent = node->flags & NODE_SENT;
        if (net->nodes[n].kind == NODE_JOB && (is_running || is_sent) && live->agents[n]) {
            slot_take(engine, agent_add(engine, live->agents[n]), live->id, n);
        }
        if (is_sent || status_class((enum status)node->status) == STATUS_BUSY) {
            locks_take(&engine->w.facts, &net->nodes[n], live->id, n);
        }
        node_alarms(engine, live, n);
        if (node->status == STATUS_QUEUING && !is_sent) {
            slot_queue(engine, live, n);
        }
        if (node->status == STATUS_GATE_WAIT || (is_begun && node->status == STATUS_TERM_WAIT && node->preds_left == 0)) {
            gate_ask(engine, live->id, n);
        }
    }
}

static bool load_epoch(struct engine *engine, struct err *e)
{
    struct meta_row row = {.key = "epoch"};
    bool found = false;
    if (!store_get(engine->reader, &engine->turn, TABLE_meta, &row, &found, e)) {
        return false;
    }
    if (!found) { /* a new store: its name for agents */
        char hex[65];
        uint64_t salt[3] = {engine->config.seed, (uint64_t)engine->wall.ms, (uint64_t)engine->now.ms};
        store_hash_hex(salt, sizeof(salt), hex);
        hex[16] = '\0';
        (void)str_copy(engine->w.epoch, sizeof(engine->w.epoch), hex);
        row.value = engine->w.epoch;
        store_put(engine->batch, TABLE_meta, &row);
        return true;
    }
    (void)str_copy(engine->w.epoch, sizeof(engine->w.epoch), row.value);
    return true;
}

static void world_empty(struct engine *engine)
{
    struct world *w = &engine->w;
    *w = (struct world){.next_unit = 1, .next_version = 1, .next_occurrence = 1, .next_run = 1, .next_event = 1,
                        .next_decision = 1, .next_clock = 1, .next_proposal = 1, .today = BIZDAY_NONE};
    w->facts.time_window = window_is_open_now;
    w->facts.file_known = file_is_known;
    w->facts.data = engine;
}

bool world_load(struct engine *engine, struct err *e)
{
    struct world *w = &engine->w;
    world_empty(engine);
    bool is_good = load_epoch(engine, e) && load_site(engine, e) && load_units(engine, e) &&
                   load_next(engine, TABLE_version, &w->next_version, e) && load_next(engine, TABLE_run, &w->next_run, e) &&
                   load_next(engine, TABLE_occurrence, &w->next_occurrence, e) &&
                   load_next(engine, TABLE_event, &w->next_event, e) &&
                   load_next(engine, TABLE_proposal, &w->next_proposal, e) && settings_load(engine, e) &&
                   load_next(engine, TABLE_decision, &w->next_decision, e) &&
                   load_next(engine, TABLE_clock_change, &w->next_clock, e) && load_windows(engine, e) &&
                   load_plans(engine, e) && load_events(engine, e) && load_generations(engine, e) &&
                   people_load(engine, e);
    if (!is_good) { /* nothing by halves: what still comes meets an empty world with the default site, which decides nothing */
        world_close(engine);
        world_empty(engine);
        struct err ignored;
        bool has_site = site_load(engine, NULL, 0, NULL, 0, &ignored);
        (void)has_site;
        return false;
    }
    w->today = calendar_day_of(w->site->root, engine->now);
    for (struct map_entry *r = NULL; (r = map_next(&w->runs, r));) {
        take_up(engine, r->value);
    }
    for (struct map_entry *u = NULL; (u = map_next(&w->units_by_id, u));) {
        plan_arm(engine, u->value);
    }
    alarm_add(engine, (struct alarm){.at_ms = engine->now.ms, .kind = ALARM_DAY});
    w->is_slot_free = true;
    engine->is_catching_up = true;
    return true;
}

void world_close(struct engine *engine)
{
    struct world *w = &engine->w;
    net_cache_new_world(engine->nets);
    for (struct map_entry *r = NULL; (r = map_next(&w->runs, r));) {
        struct live_run *live = r->value;
        vec_close(&live->dirty);
        arena_close(&live->arena);
        heap_free(live);
    }
    for (struct map_entry *v = NULL; (v = map_next(&w->versions, v));) {
        net_cache_give(engine->nets, v->value);
    }
    for (struct map_entry *u = NULL; (u = map_next(&w->units_by_id, u));) {
        unit_facts_close(&((struct unit_entry *)u->value)->facts);
    }
    for (struct map_entry *a = NULL; (a = map_next(&w->agents, a));) {
        struct agent_entry *agent = a->value;
        if (agent->link) {
            link_shut(agent->link);
            link_unref(agent->link);
        }
        vec_close(&agent->queue);
        map_close(&agent->slots);
        map_close(&agent->listed);
    }
    for (struct map_entry *g = NULL; (g = map_next(&w->waiters, g));) {
        vec_close(&((struct gate_waiters *)g->value)->list);
    }
    people_close(engine);
    facts_close(&w->facts);
    map_close(&w->units_by_id);
    map_close(&w->entries_by_path);
    map_close(&w->names_used);
    map_close(&w->versions);
    map_close(&w->runs);
    map_close(&w->agents);
    map_close(&w->waiters);
    map_close(&w->files);
    map_close(&w->risks);
    map_close(&w->folds);
    vec_close(&w->alarms);
    vec_close(&w->asks);
    vec_close(&w->changes);
    vec_close(&w->dirty_runs);
    vec_close(&w->done_runs);
    vec_close(&w->decisions_spent);
    vec_close(&w->proposals_spent);
    arena_close(&w->calendars);
    arena_close(&w->site_arena);
    arena_close(&w->names);
}
