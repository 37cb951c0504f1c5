/* SPDX-License-Identifier: Apache-2.0 */
/*
 * operators - people who rerun, hold, kill, move and change things at odd hours; much of it is refused, and should be.
 */
#include <string.h>

#include "engine/engine_priv.h"
#include "tests/sim/sim.h"

static void act_done(void *data, const struct act_result *result)
{
    struct sim *sim = data;
    sim->acts++;
    sim->refused += !result->is_ok;
    digest_fold(sim, (int64_t[]){sim->now.ms, result->is_ok, result->seq, result->is_ok ? 0 : (int64_t)result->err.code}, 4);
}

static void submit(struct sim *sim, struct act act)
{
    struct err e;
    act.actor = "operator";
    act.via = "sim";
    act.reason = "simulated";
    if (!engine_submit(sim->engine, &act, act_done, sim, &e)) {
        sim->refused++;
    }
}

/* ---- windows: what a switch job has done is told until it is heard ---- */

static void observe_done(void *data, const struct act_result *result)
{
    struct sim *sim = *(struct sim **)data;
    size_t cls = (size_t)((char *)data - (char *)sim->fleet.data) / sizeof(struct sim *);
    sim->is_telling[cls] = false;
    if (result->is_ok) {
        sim->told[cls] = strstr(result->json, "\"open\"") ? PHASE_OPEN : PHASE_CLOSED;
        sim->told_turn[cls] = sim->turns;
    }
}

void observe_again(struct sim *sim)
{
    struct sim **owners = sim->fleet.data;
    for (size_t c = 0; c < SIM_CLASSES; c++) {
        if (sim->told[c] == sim->true_phase[c] || sim->is_telling[c]) {
            continue;
        }
        struct err e;
        struct act act = act_make(ACT_WINDOW_OBSERVE);
        act.group = "ONLINE";
        act.cls = sim_classes[c];
        act.kind = window_phase_name(sim->true_phase[c])->name;
        act.actor = "agent";
        act.via = "sim";
        sim->is_telling[c] = engine_submit(sim->engine, &act, observe_done, &owners[c], &e);
    }
}

/* ---- acts by chance ---- */

static struct unit_entry *some_unit(struct sim *sim)
{
    return unit_by_path(sim->engine, sim->paths[sim_below(sim, sim->options.nets)]);
}

static int64_t some_run(struct sim *sim, const struct unit_entry *unit)
{
    const struct unit_facts *facts = &unit->facts;
    size_t back = (size_t)sim_below(sim, 3);
    return facts->generations.n > back ? facts->generations.at[facts->generations.n - 1 - back].run : 0;
}

static void on_run(struct sim *sim, enum act_kind kind, const struct unit_entry *unit)
{
    struct act act = act_make(kind);
    act.run = some_run(sim, unit);
    act.node = sim_below(sim, 3) ? 0 : sim_below(sim, 6);
    if (kind == ACT_RERUN) {
        act.kind = rerun_row((enum rerun_kind)sim_below(sim, RERUN_KINDS))->name;
        act.is_held = sim_below(sim, 20) == 0;
    }
    static const char *const words[] = {"normal", "fail", "warning", "abnormal", "bypass"};
    if (kind == ACT_CHANGE_STATUS) {
        act.kind = words[sim_below(sim, 5)];
    }
    if (act.run) {
        submit(sim, act);
    }
}

static void on_plan(struct sim *sim, enum act_kind kind, const struct unit_entry *unit)
{
    struct act act = act_make(kind);
    struct instant now = sim->engine->now;
    act.unit = unit->path;
    act.date = bizday_plus(calendar_day_of(sim->engine->w.site->root, now), sim_below(sim, 6));
    act.at.ms = now.ms + (int64_t)sim_below(sim, 3 * 1440) * MINUTE_MS;
    act.is_on = sim_below(sim, 2) == 0;
    if (kind == ACT_PLAN_ADD) {
        act.date = BIZDAY_NONE;
    }
    submit(sim, act);
}

static void on_agent(struct sim *sim)
{
    struct act act = act_make(sim_below(sim, 2) ? ACT_AGENT_DRAIN : ACT_AGENT_LIMITS);
    act.text = sim->names[sim_below(sim, SIM_AGENTS)];
    act.is_on = act.act == ACT_AGENT_DRAIN && sim_below(sim, 3) == 0;
    act.text2 = sim_below(sim, 2) ? "" : "00:00=3,22:00=9";
    submit(sim, act);
}

static void redefine(struct sim *sim)
{
    struct strbuf text = {0};
    sim_unit(&text, sim, 4 + sim_below(sim, sim->options.nets - 4), sim_below(sim, 3));
    struct act act = act_make(ACT_DEFINE);
    act.unit = "/";
    act.text = strbuf_str(&text);
    act.text_n = text.n;
    submit(sim, act);
    strbuf_close(&text);
}

static void reregister(struct sim *sim, const struct unit_entry *unit)
{
    struct act act = act_make(unit->registration == REGISTERED_NOT ? ACT_REGISTER : ACT_UNREGISTER);
    act.unit = unit->path;
    act.kind = "planned";
    submit(sim, act);
}

/* Failures of the last days are seen to: mostly rerun, else left. */
static void see_to_failures(struct sim *sim)
{
    for (int i = 0; i < 12; i++) {
        const struct unit_entry *unit = some_unit(sim);
        const struct generation *last = unit->facts.generations.n ? &unit->facts.generations.at[unit->facts.generations.n - 1] : NULL;
        if (last && last->status == STATUS_ABNORMAL && sim_below(sim, 10) < 7) {
            struct act act = act_make(ACT_RERUN);
            act.run = last->run;
            act.kind = "abnormal-job";
            submit(sim, act);
        }
    }
}

/* What was stopped for a while is let go on: a site at rest proves nothing. */
static void put_right(struct sim *sim)
{
    for (int i = 0; i < sim->options.nets; i++) {
        const struct unit_entry *unit = unit_by_path(sim->engine, sim->paths[i]);
        bool is_off = unit->registration == REGISTERED_NOT || unit->is_suspended;
        if (is_off && sim_below(sim, 3) == 0) {
            struct act act = act_make(unit->is_suspended ? ACT_SUSPEND : ACT_REGISTER);
            act.unit = unit->path;
            act.kind = "planned";
            submit(sim, act);
        }
    }
}

void operators_act(struct sim *sim)
{
    const struct unit_entry *unit = some_unit(sim);
    see_to_failures(sim);
    put_right(sim);
    switch (sim_below(sim, 20)) {
    case 0: case 1: on_run(sim, ACT_RERUN, unit); break;
    case 2: on_run(sim, ACT_HOLD, unit); break;
    case 3: case 4: case 5: on_run(sim, ACT_RELEASE, unit); break;
    case 6: on_run(sim, ACT_KILL, unit); break;
    case 7: on_run(sim, ACT_INTERRUPT, unit); break;
    case 8: on_run(sim, ACT_CHANGE_STATUS, unit); break;
    case 9: on_plan(sim, ACT_PLAN_MOVE, unit); break;
    case 10: on_plan(sim, ACT_PLAN_ADD, unit); break;
    case 11: on_plan(sim, ACT_PLAN_SKIP, unit); break;
    case 12: on_plan(sim, ACT_PLAN_HOLD, unit); break;
    case 13: on_plan(sim, ACT_PLAN_UNDO, unit); break;
    case 14: on_agent(sim); break;
    case 15: redefine(sim); break;
    case 16: reregister(sim, unit); break;
    case 17: {
        struct act act = act_make(ACT_RUN);
        act.unit = unit->path;
        act.is_waiting = sim_below(sim, 2) == 0;
        submit(sim, act);
        break;
    }
    default: {
        struct act act = act_make(sim_below(sim, 2) ? ACT_SUSPEND : ACT_RELEASE);
        act.unit = "/";
        act.is_recursive = true;
        act.is_on = false;
        if (act.act == ACT_SUSPEND) { /* one is stopped, or all that were are let go on */
            act.is_on = sim_below(sim, 2) == 0;
            act.unit = act.is_on ? unit->path : "/";
            act.is_recursive = !act.is_on;
        }
        submit(sim, act);
        break;
    }
    }
}
