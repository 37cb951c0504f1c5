/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check - the promises of sim.h, looked at from outside the code that keeps them.
 */
#include <string.h>

#include "engine/engine_priv.h"
#include "tests/sim/sim.h"

void check_turn(struct sim *sim)
{
    if (sim->fleet.wrong[0]) {
        sim_wrong(sim, "agents: %s", sim->fleet.wrong);
    }
}

/* ---- everything in memory ---- */

static void check_locks(struct sim *sim)
{
    for (struct map_entry *e = NULL; (e = map_next(&sim->engine->w.facts.locks, e));) {
        const struct lock_facts *lock = e->value;
        for (size_t i = 0; i < lock->holders.n; i++) {
            const struct lock_holder *h = &lock->holders.at[i];
            const struct live_run *live = live_by_id(sim->engine, h->run);
            bool is_decided = live && (live->run->flags & RUN_OVER_LOCK);
            if (!h->is_shared && lock->holders.n > 1 && !is_decided) {
                sim_wrong(sim, "lock %s is held by %zu, one of them alone", lock->name, lock->holders.n);
            }
            bool is_used = live && !live->is_done;
            if (is_used) {
                const struct node_run *node = &live->run->nodes[h->node];
                is_used = status_class((enum status)node->status) == STATUS_BUSY || (node->flags & NODE_SENT);
            }
            if (!is_used) {
                sim_wrong(sim, "lock %s is held by run %lld node %d, which does not run", lock->name, (long long)h->run, h->node);
            }
        }
    }
}

/* Every run that is under way holds what its gates say. */
static void check_holds(struct sim *sim, const struct live_run *live, int32_t n)
{
    const struct net_node *def = &live->run->net->nodes[n];
    for (size_t g = 0; g < def->gate_count; g++) {
        const struct lock_facts *lock = def->gates[g].kind == GATE_LOCK ? map_get(&sim->engine->w.facts.locks, def->gates[g].name) : NULL;
        bool is_held = def->gates[g].kind != GATE_LOCK;
        for (size_t i = 0; lock && i < lock->holders.n; i++) {
            is_held |= lock->holders.at[i].run == live->id && lock->holders.at[i].node == n;
        }
        if (!is_held) {
            sim_wrong(sim, "run %lld node %d runs without its lock %s", (long long)live->id, n, def->gates[g].name);
        }
    }
}

static void check_run(struct sim *sim, const struct live_run *live, int32_t *slots)
{
    const char *wrong = run_check(live->run);
    if (wrong) {
        sim_wrong(sim, "run %lld of %s: %s", (long long)live->id, live->unit->path, wrong);
    }
    for (int32_t n = 0; n < live->run->net->node_count; n++) {
        const struct node_run *node = &live->run->nodes[n];
        bool is_job = live->run->net->nodes[n].kind == NODE_JOB;
        bool is_live = (node->flags & NODE_SENT) || node->status == STATUS_RUNNING;
        *slots += is_job && is_live;
        if ((is_job && is_live) || (!is_job && status_class((enum status)node->status) == STATUS_BUSY)) {
            check_holds(sim, live, n);
        }
    }
}

void check_all(struct sim *sim)
{
    int32_t slots = 0, taken = 0;
    sim->checks++;
    for (struct map_entry *e = NULL; (e = map_next(&sim->engine->w.runs, e));) {
        check_run(sim, e->value, &slots);
    }
    for (struct map_entry *e = NULL; (e = map_next(&sim->engine->w.agents, e));) {
        taken += ((struct agent_entry *)e->value)->running;
    }
    if (slots != taken) {
        sim_wrong(sim, "%d jobs under way, but %d slots are taken", slots, taken);
    }
    check_locks(sim);
}

/* ---- the first START of a run: were its gates open? ---- */

static const struct generation *newest_of(const struct unit_facts *unit, struct bizday date)
{
    for (size_t i = unit->generations.n; i-- > 0;) {
        if (unit->generations.at[i].date.day == date.day && unit->generations.at[i].status != STATUS_DEFERRED) {
            return &unit->generations.at[i];
        }
    }
    return NULL;
}

static void check_pred(struct sim *sim, const struct live_run *live, const struct gate *gate)
{
    const struct unit_entry *before = unit_by_path(sim->engine, gate->name);
    const struct generation *g = before ? newest_of(&before->facts, live->run->date) : NULL;
    if (!before || gate->scope != PRED_DAY) {
        return;
    }
    enum status_class class = g ? status_class((enum status)g->status) : STATUS_GOOD;
    bool is_met = class == STATUS_GOOD || class == STATUS_SKIP || (gate->is_end_enough && class == STATUS_BAD);
    if (!is_met) {
        sim_wrong(sim, "run %lld of %s started though %s of its day is %s", (long long)live->id, live->unit->path, gate->name,
                  status_row((enum status)g->status)->name);
    }
}

static void check_online(struct sim *sim, const struct live_run *live)
{
    for (size_t c = 0; c < SIM_CLASSES; c++) {
        if (sim->told[c] != PHASE_CLOSED && sim->told_turn[c] != sim->turns) {
            sim_wrong(sim, "run %lld of %s started though %s is open", (long long)live->id, live->unit->path, sim_classes[c]);
        }
    }
}

void check_start(struct sim *sim, const struct frame *start)
{
    const struct live_run *live = live_by_id(sim->engine, start->key.run);
    bool is_first = live && live->run->started.ms == sim->engine->now.ms && start->key.attempt == 1;
    if (!is_first || live->origin == ORIGIN_IMPORTED) {
        return;
    }
    const struct net_node *root = &live->run->net->nodes[0];
    if (live->run->flags & RUN_HELD) {
        sim_wrong(sim, "run %lld of %s started though it is held", (long long)live->id, live->unit->path);
    }
    for (size_t g = 0; g < root->gate_count; g++) {
        if (root->gates[g].kind == GATE_PRED) {
            check_pred(sim, live, &root->gates[g]);
        } else if (root->gates[g].kind == GATE_ONLINE) {
            check_online(sim, live);
        }
    }
    if (live->run->planned.ms > sim->engine->now.ms) {
        sim_wrong(sim, "run %lld of %s started before its time", (long long)live->id, live->unit->path);
    }
}

/* ---- the end: everything accounted for ---- */

static void check_occurrences(struct sim *sim, struct store_reader *reader)
{
    struct rows *rows = store_query(reader, &(struct query){.table = TABLE_occurrence, .order_column = -1});
    int64_t now_ms = sim->engine->now.ms;
    for (struct occurrence_row row; rows_next(rows, &row);) {
        enum plan_state state = (enum plan_state)(row.state & 0xFF);
        bool is_past = row.start_ms < now_ms;
        if (is_past && state == PLAN_WAITING) {
            sim_wrong(sim, "the start %lld of unit %lld was lost", (long long)row.id, (long long)row.unit);
        } else if (state == PLAN_STARTED && row.run == 0) {
            sim_wrong(sim, "the start %lld has no run", (long long)row.id);
        } else if ((state == PLAN_SKIPPED || state == PLAN_CANCELLED || state == PLAN_MISSED) && !row.reason[0]) {
            sim_wrong(sim, "the start %lld was left out without a reason", (long long)row.id);
        }
    }
    struct err e;
    if (!rows_end(rows, &e)) {
        sim_wrong(sim, "occurrences cannot be read");
    }
}

static void check_runs(struct sim *sim, struct store_reader *reader)
{
    struct err e;
    struct rows *rows = store_query(reader, &(struct query){.table = TABLE_run, .order_column = -1});
    for (struct run_row row; rows_next(rows, &row);) {
        if (!status_is_ended((enum status)row.status)) {
            sim_wrong(sim, "run %lld has not ended: %s, %s", (long long)row.id, status_row((enum status)row.status)->name, row.reason);
        }
    }
    if (!rows_end(rows, &e)) {
        sim_wrong(sim, "runs cannot be read");
    }
    rows = store_query(reader, &(struct query){.table = TABLE_node, .order_column = -1});
    for (struct node_row row; rows_next(rows, &row);) {
        struct run_row run = {.id = row.run};
        bool found = false;
        if (!status_is_ended((enum status)row.status) && store_get(reader, &sim->arena, TABLE_run, &run, &found, &e) &&
            run.status != STATUS_DEFERRED) { /* a run that was given up has begun nothing */
            sim_wrong(sim, "run %lld node %lld has not ended: %s", (long long)row.run, (long long)row.node,
                      status_row((enum status)row.status)->name);
        }
    }
    if (!rows_end(rows, &e)) {
        sim_wrong(sim, "nodes cannot be read");
    }
}

static void check_journal(struct sim *sim, struct store_reader *reader)
{
    struct err e;
    struct arena tmp = {0};
    const char *different = NULL;
    struct journal_report report = {0};
    if (!store_replay_check(reader, &tmp, &different, &e) || !store_journal_verify(reader, "main", &report, &e)) {
        sim_wrong(sim, "the journal cannot be read");
    } else if (different) {
        sim_wrong(sim, "the journal does not replay to %s", different);
    } else if (report.bad_seq && sim->options.with_hash) {
        sim_wrong(sim, "the chain is broken at %lld: %s", (long long)report.bad_seq, report.bad_what);
    }
    arena_close(&tmp);
}

void check_end(struct sim *sim)
{
    struct store_reader *reader;
    struct err e;
    check_all(sim);
    if (!store_reader_open(sim->store, &reader, &e)) {
        sim_wrong(sim, "the store cannot be read");
        return;
    }
    check_occurrences(sim, reader);
    check_runs(sim, reader);
    if (sim->options.keeps_journal) {
        check_journal(sim, reader);
    }
    for (size_t i = 0; i < sim->fleet.agents.n; i++) {
        if (sim->fleet.agents.at[i]->jobs.n) {
            sim_wrong(sim, "%s keeps %zu attempts that nobody acknowledges", sim->fleet.agents.at[i]->name,
                      sim->fleet.agents.at[i]->jobs.n);
        }
    }
    store_reader_close(reader);
}
