/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim - the loop: next event, settle, faults in between; in the end everything calms down and must have ended.
 */
#include "tests/sim/sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/engine_priv.h"
#include "tests/support/world.h"

enum { HOUR_MS = 3600 * 1000, CALM_DAYS = 6, SETTLE_ROUNDS_MAX = 5000, CHECK_EVERY_TURNS = 200, COMPARE_EVERY_KILLS = 3 };

void sim_wrong(struct sim *sim, const char *fmt, ...)
{
    if (sim->wrong[0]) {
        return;
    }
    char text[INSTANT_TEXT_MAX];
    int n = snprintf(sim->wrong, sizeof(sim->wrong), "%s ", instant_print(sim->engine ? sim->engine->now : sim->now, 540, text));
    va_list list;
    va_start(list, fmt);
    (void)vsnprintf(sim->wrong + n, sizeof(sim->wrong) - (size_t)n, fmt, list);
    va_end(list);
}

int sim_below(struct sim *sim, int n) { return (int)(chance_next(&sim->chance) % (uint64_t)n); }

/* ---- jobs ---- */

static void job_plan(void *data, const struct vagent *agent, const struct frame *start, struct vjob_plan *ret)
{
    struct sim *sim = *(struct sim **)data;
    (void)agent;
    const struct live_run *live = live_by_id(sim->engine, start->key.run);
    int minutes = live ? live->run->net->nodes[start->key.node].required_minutes : 1;
    check_start(sim, start);
    digest_fold(sim, (int64_t[]){sim->now.ms, start->key.run, start->key.node, start->key.attempt}, 4);
    ret->ms = minutes * (MINUTE_MS / 2) + (int64_t)(chance_next(&sim->chance) % (uint64_t)(minutes * MINUTE_MS));
    int odd = sim_below(sim, 1000);
    if (sim->is_calm || !sim->options.with_faults) {
        return;
    }
    ret->code = odd < 12 ? 9 + odd : odd < 30 ? 5 : 0;
    if (odd == 999 && live && live->run->net->nodes[start->key.node].timeout_minutes) {
        ret->ms = 30 * (int64_t)DAY_MS; /* hangs: its time-out ends it */
    }
}

static void job_ended(void *data, const struct vagent *agent, const struct vjob *job)
{
    struct sim *sim = *(struct sim **)data;
    (void)agent;
    digest_fold(sim, (int64_t[]){sim->now.ms, job->run, job->node, job->attempt, job->code}, 5);
    const struct live_run *live = sim->engine ? live_by_id(sim->engine, job->run) : NULL;
    const struct net_effect *effect = live && job->code <= 8 ? live->run->net->nodes[job->node].effect : NULL;
    for (size_t c = 0; effect && c < SIM_CLASSES; c++) {
        if (strcmp(effect->cls, sim_classes[c]) == 0 && !window_phase_parse(effect->state, &sim->true_phase[c])) {
            sim_wrong(sim, "no such state: %s", effect->state);
        }
    }
}

/* ---- the server ---- */

static struct instant engine_now(const struct sim *sim) { return (struct instant){sim->now.ms + sim->offset_ms}; }

static void server_up(struct sim *sim)
{
    struct err e;
    struct engine_config config = {.store = sim->store, .service = "main", .seed = sim->options.seed, .now = engine_now(sim),
                                   .nets = sim->nets};
    for (int i = 0; i < 3; i++) { /* a read may be made to fail */
        if (engine_open(&config, &sim->engine, &e)) {
            fleet_attach(&sim->fleet, sim->engine);
            sim->next_ms = engine_now(sim).ms;
            return;
        }
        sim->engine = NULL;
    }
    struct strbuf text = {0};
    err_print(&text, &e, LANG_EN);
    sim_wrong(sim, "the server does not start: %s", strbuf_str(&text));
    strbuf_close(&text);
}

static void server_down(struct sim *sim)
{
    fleet_detach(&sim->fleet);
    engine_close(sim->engine);
    sim->engine = NULL;
    memset(sim->is_telling, 0, sizeof(sim->is_telling));
}

static void worlds_differ(struct sim *sim)
{
    struct str a = {sim->before.at, sim->before.n}, b = {sim->text.at, sim->text.n}, x, y;
    while (a.n || b.n) {
        (void)str_cut(a, '\n', &x, &a);
        (void)str_cut(b, '\n', &y, &b);
        if (x.n != y.n || memcmp(x.at, y.at, x.n) != 0) {
            sim_wrong(sim, "after a kill memory differs: before \"%.*s\" after \"%.*s\"", (int)(x.n < 200 ? x.n : 200), x.at,
                      (int)(y.n < 200 ? y.n : 200), y.at);
            return;
        }
    }
}

static void server_killed(struct sim *sim, bool is_settled)
{
    bool is_compared = is_settled && sim->kills % COMPARE_EVERY_KILLS == 0 && sim->engine->is_deciding;
    struct instant now = sim->engine->now;
    sim->kills++;
    if (is_compared) {
        check_all(sim);
        strbuf_clear(&sim->before);
        world_print(&sim->before, sim->engine);
    }
    server_down(sim);
    server_up(sim);
    if (is_compared && sim->engine) {
        sim->reloads_compared++;
        sim->engine->now = now;
        strbuf_clear(&sim->text);
        world_print(&sim->text, sim->engine);
        worlds_differ(sim);
    }
}

/* True: the server was killed in this step. */
static bool step_kills(struct sim *sim)
{
    if (sim->steps_to_kill < 0 || sim->steps_to_kill-- > 0) {
        return false;
    }
    server_killed(sim, false);
    return true;
}

static void turn(struct sim *sim)
{
    struct err e;
    struct instant next;
    sim->turns++;
    if (!engine_turn(sim->engine, engine_now(sim), sim->now, &next, &e)) {
        sim->commit_faults++;
        sim->next_ms = engine_now(sim).ms;
        return;
    }
    sim->next_ms = next.ms;
    digest_fold(sim, (int64_t[]){sim->now.ms, next.ms, sim->engine->figures.runs_live}, 3);
    check_turn(sim);
    if (sim->turns % CHECK_EVERY_TURNS == 0) {
        check_all(sim);
    }
}

static bool fleet_waits(const struct sim *sim)
{
    for (size_t i = 0; i < sim->fleet.agents.n; i++) {
        const struct vagent *agent = sim->fleet.agents.at[i];
        if (agent->link && agent->out.n && !agent->is_posting) {
            return true;
        }
    }
    return exchange_depth(sim->engine->exchange) > 0;
}

static void settle(struct sim *sim)
{
    for (int round = 0; sim->engine && !sim->wrong[0]; round++) {
        if (round == SETTLE_ROUNDS_MAX) {
            sim_wrong(sim, "it never settles");
            break;
        }
        observe_again(sim);
        (void)fleet_post(&sim->fleet);
        if (step_kills(sim)) {
            continue;
        }
        turn(sim);
        if (step_kills(sim)) {
            continue;
        }
        bool has_read = fleet_read(&sim->fleet);
        if (!has_read && !fleet_waits(sim) && sim->next_ms > engine_now(sim).ms) {
            break;
        }
    }
}

/* ---- what goes wrong ---- */

static void clock_steps(struct sim *sim)
{
    static const int64_t steps_ms[] = {2000, 20000, -2000, -60000, HOUR_MS, -HOUR_MS};
    sim->clock_steps++;
    int kind = sim_below(sim, 40);
    sim->offset_ms += kind == 0 ? 2 * (int64_t)DAY_MS : steps_ms[kind % (int)COUNT(steps_ms)];
}

static void something_goes_wrong(struct sim *sim)
{
    struct vagent *agent = sim->fleet.agents.at[sim_below(sim, SIM_AGENTS)];
    switch (sim_below(sim, 12)) {
    case 0: case 1: sim->steps_to_kill = sim_below(sim, 8); break;
    case 2: server_killed(sim, true); break;
    case 3: case 4: case 5:
        sim->faults.fail_commit_at = sim->faults.commit_count + 1 + sim_below(sim, 5);
        sim->faults.is_after_commit = sim_below(sim, 2);
        break;
    case 6: case 7: vagent_drop(agent, 100 + (int64_t)sim_below(sim, 3 * HOUR_MS)); break;
    case 8: vagent_die(agent, 1000 + (int64_t)sim_below(sim, HOUR_MS)); break;
    case 9: clock_steps(sim); break;
    case 10:
        server_down(sim); /* for a while: starts are missed, jobs end unheard */
        sim->now.ms += (int64_t)sim_below(sim, 5 * HOUR_MS);
        sim->fleet.now = sim->now;
        fleet_due(&sim->fleet);
        server_up(sim);
        break;
    default: sim->faults.fail_query_at = sim->faults.query_count + 1 + sim_below(sim, 2000); break;
    }
}

static int64_t soon_ms(struct sim *sim, int64_t mean_ms)
{
    return sim->now.ms + 1 + (int64_t)(chance_next(&sim->chance) % (uint64_t)(2 * mean_ms));
}

static void people_and_faults(struct sim *sim)
{
    if (sim->is_calm || !sim->options.with_faults) {
        return;
    }
    if (sim->operator_ms <= sim->now.ms) {
        operators_act(sim);
        sim->operator_ms = soon_ms(sim, 8 * HOUR_MS);
    }
    if (sim->fault_ms <= sim->now.ms) {
        something_goes_wrong(sim);
        sim->fault_ms = soon_ms(sim, 60 * HOUR_MS);
    }
    if (sim->engine && !sim->engine->is_deciding) { /* an operator starts it again */
        server_killed(sim, false);
    }
}

static void play(struct sim *sim, int64_t until_ms)
{
    while (!sim->wrong[0]) {
        int64_t at_ms = fleet_next_ms(&sim->fleet), engine_ms = sim->next_ms == INT64_MAX ? INT64_MAX : sim->next_ms - sim->offset_ms;
        at_ms = engine_ms < at_ms ? engine_ms : at_ms;
        if (!sim->is_calm && sim->options.with_faults) {
            at_ms = sim->operator_ms < at_ms ? sim->operator_ms : at_ms;
            at_ms = sim->fault_ms < at_ms ? sim->fault_ms : at_ms;
        }
        if (at_ms > until_ms) {
            break;
        }
        sim->now.ms = at_ms > sim->now.ms ? at_ms : sim->now.ms;
        sim->fleet.now = sim->now;
        fleet_due(&sim->fleet);
        people_and_faults(sim);
        settle(sim);
    }
    sim->now.ms = until_ms > sim->now.ms ? until_ms : sim->now.ms;
    sim->fleet.now = sim->now;
}

/* ---- beginning and end ---- */

static void must_done(void *data, const struct act_result *result)
{
    struct sim *sim = data;
    if (!result->is_ok) {
        struct strbuf text = {0};
        err_print(&text, &result->err, LANG_EN);
        for (size_t i = 0; result->diags && i < result->diags->list.n && i < 3; i++) {
            const struct diag *d = &result->diags->list.at[i];
            strbuf_printf(&text, " %d:%d %s %s", d->at.line, d->at.column, message_of(d->code)->id, d->args);
        }
        sim_wrong(sim, "%s", strbuf_str(&text));
        strbuf_close(&text);
    }
}

static void must(struct sim *sim, struct act act)
{
    struct err e;
    act.actor = "operator";
    act.via = "sim";
    act.reason = "simulated";
    if (!engine_submit(sim->engine, &act, must_done, sim, &e)) {
        sim_wrong(sim, "the queue is full");
    }
    settle(sim);
}

static void begin(struct sim *sim)
{
    struct strbuf text = {0};
    struct act act = act_make(ACT_SITE_APPLY);
    sim_site(&text);
    act.text = strbuf_str(&text);
    act.text_n = text.n;
    must(sim, act);
    strbuf_clear(&text);
    sim_units(&text, sim);
    act = act_make(ACT_DEFINE);
    act.unit = "/";
    act.text = strbuf_str(&text);
    act.text_n = text.n;
    must(sim, act);
    strbuf_close(&text);
    act = act_make(ACT_REGISTER);
    act.unit = "/";
    act.kind = "planned";
    act.is_recursive = true;
    must(sim, act);
    sim->paths = arena_array(&sim->arena, const char *, (size_t)sim->options.nets);
    for (int i = 0; i < sim->options.nets; i++) {
        sim->paths[i] = arena_printf(&sim->arena, "/N%03d", i);
    }
    for (int i = 0; i < SIM_AGENTS; i++) {
        sim->names[i] = arena_printf(&sim->arena, "a%d", i);
        (void)fleet_add(&sim->fleet, sim->names[i]);
    }
    settle(sim);
}

/* Nobody acts, nothing fails, nothing new is planned: what has begun must come to its end. */
static void calm_down(struct sim *sim)
{
    sim->is_calm = true;
    sim->fleet.faults = (struct vagent_faults){0};
    sim->faults.fail_commit_at = sim->faults.fail_query_at = 0;
    sim->steps_to_kill = -1;
    if (!sim->engine->is_deciding) {
        server_killed(sim, false);
    }
    static const enum act_kind acts[] = {ACT_UNREGISTER, ACT_SUSPEND, ACT_RELEASE};
    for (size_t i = 0; i < COUNT(acts); i++) { /* refused where there is nothing to do */
        struct act act = act_make(acts[i]);
        struct err e;
        act.unit = "/";
        act.is_recursive = true;
        act.actor = act.via = act.reason = "calm";
        if (!engine_submit(sim->engine, &act, NULL, NULL, &e)) {
            sim_wrong(sim, "the queue is full");
        }
    }
    for (int i = 0; i < SIM_AGENTS; i++) {
        struct act act = act_make(ACT_AGENT_DRAIN);
        act.text = sim->names[i];
        must(sim, act);
        act = act_make(ACT_AGENT_LIMITS);
        act.text = sim->names[i];
        must(sim, act);
    }
    /* Jobs inside held nets, and what was rerun held, are let go as they are met. */
    for (int day = 0; day < CALM_DAYS && !sim->wrong[0]; day++) {
        for (struct map_entry *e = NULL; (e = map_next(&sim->engine->w.runs, e));) {
            const struct live_run *live = e->value;
            for (int32_t n = 1; n < live->run->net->node_count; n++) {
                struct err ignored;
                struct act act = act_make(ACT_RELEASE);
                act.run = live->id;
                act.node = n;
                act.actor = act.via = "calm";
                if ((live->run->nodes[n].flags & NODE_HELD) && !engine_submit(sim->engine, &act, NULL, NULL, &ignored)) {
                    sim_wrong(sim, "the queue is full");
                }
            }
        }
        settle(sim);
        play(sim, sim->now.ms + DAY_MS);
    }
}

static void sim_close(struct sim *sim)
{
    if (sim->engine) {
        server_down(sim);
    }
    fleet_close(&sim->fleet);
    net_cache_close(sim->nets);
    store_close(sim->store);
    strbuf_close(&sim->text);
    strbuf_close(&sim->before);
    arena_close(&sim->arena);
}

bool sim_run(struct sim *sim)
{
    struct sim *owners[SIM_CLASSES] = {sim, sim};
    enum { DAYS_MS_FROM = 20454 }; /* 2026-01-01 */
    sim->chance = sim->options.seed ^ 0x5DEECE66D;
    sim->now.ms = (DAYS_MS_FROM + (int64_t)sim_below(sim, 365)) * DAY_MS;
    sim->memory = store_open_memory(sim->options.with_hash, sim->options.keeps_journal);
    sim->store = store_wrap_faulty(sim->memory, &sim->faults);
    sim->nets = net_cache_open();
    sim->steps_to_kill = -1;
    sim->fleet = (struct fleet){.now = sim->now, .chance = sim->options.seed + 1, .data = owners, .plan = job_plan, .ended = job_ended,
                               .is_quick = true};
    for (size_t c = 0; c < SIM_CLASSES; c++) {
        sim->true_phase[c] = PHASE_CLOSED;
    }
    server_up(sim);
    turn(sim);
    begin(sim);
    int64_t end_ms = sim->now.ms + (int64_t)(sim->options.years * 365 * (double)DAY_MS);
    sim->operator_ms = soon_ms(sim, 8 * HOUR_MS);
    sim->fault_ms = soon_ms(sim, 60 * HOUR_MS);
    if (sim->options.with_faults) {
        int rough = sim->options.seed % 8 == 5 ? 5 : sim->options.seed % 8 == 6 ? 20 : 1; /* some networks are worse */
        sim->fleet.faults = (struct vagent_faults){.drop_session = rough, .lose_post = rough, .lose_answer = rough, .late_post = rough,
                                                   .double_post = 2 * rough, .late_ms_max = 90000, .spawn_fails = 1, .die = 1};
    }
    play(sim, end_ms);
    if (!sim->wrong[0]) {
        calm_down(sim);
    }
    if (!sim->wrong[0]) {
        check_end(sim);
        if (sim->options.with_rows) {
            digest_rows(sim);
        }
    }
    bool is_good = !sim->wrong[0];
    sim_close(sim);
    return is_good;
}
