/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forecast - from the snapshot to the course, and from its end to what people read.
 */
#include "plan/forecast.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include "plan/forecast_priv.h"

#define RUN_ID_FIRST (INT64_MAX / 2) /* of runs that do not exist yet: above all that do */

/* ---- setting up ---- */

/* Observed windows stay as they are until a jobnet changes them; one not seen lately is what was commanded. */
static void windows_freeze(struct course *c)
{
    for (size_t i = 0; i < c->facts->windows.n; i++) {
        struct window_facts *window = &c->facts->windows.at[i];
        struct window_group *group = arena_new(&c->tmp, struct window_group);
        *group = *window->group;
        group->observation_ms_max = INT_MAX;
        for (size_t k = 0; k < group->class_count; k++) {
            struct window_seen *seen = &window->seen[k];
            enum window_phase phase = window_phase_now(seen, c->now, window->group->observation_ms_max);
            seen->observed = phase == PHASE_UNKNOWN ? seen->commanded : phase;
            seen->observed_at = c->now;
        }
        window->group = group;
    }
}

static int file_arrives(void *data, const char *agent, const char *path)
{
    (void)data;
    (void)agent;
    (void)path;
    return 1;
}

static void agents_set_up(struct course *c)
{
    const struct forecast_input *in = c->in;
    c->agents = arena_array(&c->tmp, struct course_agent, in->agent_count + 1);
    c->default_agent = (int32_t)in->agent_count;
    for (size_t i = 0; i < in->agent_count; i++) {
        c->agents[i].def = &in->agents[i];
        if (in->agents[i].is_default) {
            c->default_agent = in->agents[i].same_as >= 0 ? in->agents[i].same_as : (int32_t)i;
        }
    }
}

static bool is_ahead(const struct forecast_input *in, const struct plan_entry *entry)
{
    return entry->state == PLAN_WAITING && entry->start_ms <= in->horizon.ms;
}

/* The unit's facts with room for the generations to come; returns how many those are. */
static size_t unit_set_up(struct course *c, size_t i)
{
    struct course_unit *unit = &c->units[i];
    unit->def = &c->in->units[i];
    unit->facts = facts_unit(c->facts, unit->def->path);
    assert(unit->facts); /* the snapshot holds all units it names */
    unit->agents = course_agents_of(c, unit->def->net);
    size_t ahead = 0;
    for (size_t k = 0; k < unit->facts->plan.n; k++) {
        ahead += is_ahead(c->in, &unit->facts->plan.at[k]);
    }
    if (ahead) {
        struct unit_facts *facts = unit->facts;
        struct generation *room = arena_array(&c->tmp, struct generation, facts->generations.n + ahead);
        if (facts->generations.n) {
            memcpy(room, facts->generations.at, facts->generations.n * sizeof(*room));
        }
        facts->generations.at = room;
        facts->generations.max = facts->generations.n + ahead;
    }
    return ahead;
}

static size_t generation_of(struct unit_facts *facts, const struct run *run)
{
    for (size_t i = facts->generations.n; i-- > 0;) {
        if (facts->generations.at[i].run == run->id) {
            return i;
        }
    }
    assert(false); /* a live run is a generation of its unit */
    return 0;
}

static void live_set_up(struct course *c, int32_t index)
{
    const struct forecast_run *from = &c->in->runs[index];
    struct course_row *row = &c->rows[index];
    row->unit = &c->units[from->unit - c->in->units];
    row->net = from->run->net;
    row->history_ms = from->history_ms;
    row->agents = row->net == from->unit->net ? row->unit->agents : course_agents_of(c, row->net);
    size_t count = (size_t)row->net->node_count;
    row->has_slot = arena_array(&c->tmp, bool, count);
    row->run = arena_new(&c->tmp, struct run);
    *row->run = *from->run;
    row->run->nodes = arena_array(&c->tmp, struct node_run, count);
    memcpy(row->run->nodes, from->run->nodes, count * sizeof(*row->run->nodes));
    row->generation = generation_of(row->unit->facts, row->run);
    enum status_class class = status_class((enum status)row->run->status);
    row->unit->live_count += class == STATUS_WAIT || class == STATUS_BUSY;
    row->unit->begun_count += class == STATUS_BUSY;
    c->out->rows[index] = (struct forecast_row){.run = row->run->id, .path = row->unit->facts->path, .date = row->run->date,
                                                .planned = row->run->planned, .deadline = from->deadline};
}

static void planned_set_up(struct course *c, int32_t index, struct course_unit *unit, struct plan_entry *entry)
{
    struct instant planned = {entry->start_ms}; /* moved by people or with the windows (E-06) */
    const struct forecast_unit *def = unit->def;
    c->rows[index] = (struct course_row){.unit = unit, .net = def->net, .history_ms = def->history_ms, .agents = unit->agents,
                                         .entry = entry};
    c->out->rows[index] = (struct forecast_row){
        .occurrence = entry->id, .path = unit->facts->path, .date = entry->date, .planned = planned,
        .deadline = INSTANT_NEVER};
    if (def->calendar) {
        c->out->rows[index].deadline = deadline_instant(&def->net->deadline, def->calendar, def->own ? def->own : def->calendar,
                                                        entry->date, planned);
    }
    course_add(c, COURSE_DUE, entry->start_ms, index, 0);
}

static void rows_set_up(struct course *c)
{
    const struct forecast_input *in = c->in;
    size_t count = in->run_count;
    c->units = arena_array(&c->tmp, struct course_unit, in->unit_count);
    for (size_t i = 0; i < in->unit_count; i++) {
        count += unit_set_up(c, i);
    }
    c->rows = arena_array(&c->tmp, struct course_row, count);
    c->out->rows = arena_array(c->into, struct forecast_row, count);
    c->out->row_count = count;
    for (size_t i = 0; i < in->run_count; i++) {
        live_set_up(c, (int32_t)i);
    }
    int32_t at = (int32_t)in->run_count;
    for (size_t i = 0; i < in->unit_count; i++) {
        struct unit_facts *facts = c->units[i].facts;
        for (size_t k = 0; k < facts->plan.n; k++) {
            if (is_ahead(in, &facts->plan.at[k])) {
                planned_set_up(c, at++, &c->units[i], &facts->plan.at[k]);
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        c->out->rows[i].critical = -1;
    }
}

/* ---- planned starts ---- */

void course_due(struct course *c, int32_t index)
{
    struct course_row *row = &c->rows[index];
    struct course_unit *unit = row->unit;
    struct plan_entry *entry = row->entry;
    uint64_t key = gate_key(GATE_KEY_UNIT, (uint64_t)unit->facts->id);
    if (!row->net->is_multi && unit->live_count > 0) { /* ms=sch */
        entry->state = PLAN_SKIPPED;
        c->out->rows[index].outcome = FORECAST_SKIPPED;
        course_wake(c, key, index, CAUSE_UNIT); /* who waited for it may go by the generation before */
        return;
    }
    struct run_birth birth = {.id = RUN_ID_FIRST + index, .date = entry->date, .planned = {entry->start_ms},
                              .calendar = unit->def->own ? unit->def->own : unit->def->calendar, .rule = entry->rule};
    row->run = run_make(&c->tmp, row->net, &birth);
    row->has_slot = arena_array(&c->tmp, bool, (size_t)row->net->node_count);
    row->generation = unit->facts->generations.n++;
    unit->facts->generations.at[row->generation] = (struct generation){
        .run = birth.id, .planned_ms = entry->start_ms, .date = entry->date, .status = row->run->status};
    entry->state = PLAN_STARTED;
    entry->run = birth.id;
    unit->live_count++;
    if (entry->is_held || row->net->nodes[0].hold == HOLD_YES) {
        row->run->flags |= RUN_HELD;
    }
    course_ask_later(c, index, 0);
}

/* ---- what people read ---- */

static void gate_text(struct course *c, const struct course_row *row, struct forecast_row *out)
{
    struct gate_subject subject = {.run = row->run->id, .date = row->run->date, .planned = row->run->planned, .now = c->now};
    struct gate_answer answer;
    gates_check(c->facts, &row->net->nodes[0], &subject, &answer);
    if (!answer.is_open) {
        out->why = answer.why;
        out->args = arena_copy(c->into, answer.args);
    }
}

static void row_read(struct course *c, size_t i)
{
    const struct course_row *row = &c->rows[i];
    struct forecast_row *out = &c->out->rows[i];
    const struct run *run = row->run;
    out->start = out->end = INSTANT_NEVER;
    out->slack_ms = FORECAST_NO_SLACK;
    out->args = "";
    if (out->outcome == FORECAST_SKIPPED) {
        return;
    }
    bool is_ended = run && status_is_ended((enum status)run->status);
    out->start = run && run->started.ms ? run->started : INSTANT_NEVER;
    out->end = is_ended ? run->ended : INSTANT_NEVER;
    out->is_bad = run && status_class((enum status)run->status) == STATUS_BAD;
    if (is_ended) {
        out->outcome = FORECAST_ENDS;
    } else if (out->start.ms != INSTANT_NEVER.ms) {
        out->outcome = FORECAST_GOES_ON;
    } else if (run && (run->flags & RUN_HELD)) {
        out->outcome = FORECAST_HELD;
    } else {
        out->outcome = FORECAST_WAITS;
        gate_text(c, row, out);
    }
    if (out->deadline.ms != INSTANT_NEVER.ms) {
        int64_t end_ms = is_ended ? out->end.ms : c->in->horizon.ms;
        out->slack_ms = out->deadline.ms - end_ms;
        out->is_late = is_ended ? out->slack_ms < 0 : out->slack_ms <= 0;
        c->out->late_count += out->is_late;
    }
}

/* Does it change data, and need that group shut? */
static bool needs_shut(const struct net *net, const char *group)
{
    enum unit_class class = (enum unit_class)net->nodes[0].class;
    if (class != CLASS_UPDATE && class != CLASS_NONE) {
        return false;
    }
    for (int32_t n = 0; n < net->node_count; n++) {
        for (size_t i = 0; i < net->nodes[n].gate_count; i++) {
            const struct gate *gate = &net->nodes[n].gates[i];
            if (gate->kind == GATE_ONLINE && gate->online == GATE_CLOSED && strcmp(gate->name, group) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* The last of those that run before the opening is prepared, or should have. */
static void opening_read(struct course *c)
{
    struct forecast *out = c->out;
    int64_t last_ms = INT64_MIN;
    out->opening_row = -1;
    out->opening_slack_ms = FORECAST_NO_SLACK;
    for (size_t i = 0; c->in->opening_group && i < out->row_count; i++) {
        const struct forecast_row *row = &out->rows[i];
        bool is_of_night = row->planned.ms < c->in->opening.ms &&
                           (row->start.ms == INSTANT_NEVER.ms || row->start.ms < c->in->opening.ms);
        int64_t end_ms = row->end.ms == INSTANT_NEVER.ms ? c->in->horizon.ms : row->end.ms;
        if (row->outcome != FORECAST_SKIPPED && is_of_night && end_ms > last_ms && needs_shut(c->rows[i].net, c->in->opening_group)) {
            last_ms = end_ms;
            out->opening_row = (int32_t)i;
            out->opening_slack_ms = c->in->opening.ms - end_ms;
        }
    }
}

/* A generation that had ended takes its locks again, if it can have them. */
static void locks_again(struct course *c, const struct course_row *row)
{
    const struct net_node *root = &row->net->nodes[0];
    struct gate_subject subject = {.run = row->run->id, .date = row->run->date, .planned = row->run->planned, .now = c->now};
    struct gate_answer answer = {.is_open = true};
    for (size_t i = 0; i < root->gate_count && answer.is_open; i++) {
        if (root->gates[i].kind == GATE_LOCK) {
            gate_check(c->facts, &root->gates[i], &subject, &answer);
        }
    }
    if (answer.is_open) {
        locks_take(c->facts, root, row->run->id, 0);
    }
}

static void rerun_failed(struct course *c)
{
    for (size_t i = 0; i < c->in->run_count; i++) {
        struct course_row *row = &c->rows[i];
        bool was_ended = status_is_ended((enum status)row->run->status);
        if (run_rerun_check(row->run, RERUN_ABNORMAL_JOB, 0) != RUN_ACCEPTED) {
            continue;
        }
        row->unit->live_count += was_ended;
        row->unit->begun_count += was_ended;
        if (was_ended) {
            locks_again(c, row);
        }
        c->out->rows[i].is_rerun = true;
        course_step(c, (int32_t)i, &(struct run_event){.kind = RUN_RERUN, .rerun = RERUN_ABNORMAL_JOB});
    }
}

static void course_close(struct course *c)
{
    for (size_t i = 0; i <= c->in->agent_count; i++) {
        vec_close(&c->agents[i].queue);
    }
    vec_close(&c->events);
    vec_close(&c->waiters);
    vec_close(&c->asks);
    vec_close(&c->to_fill);
    vec_close(&c->freed.list);
    map_close(&c->waiting);
    run_effects_close(&c->effects);
    arena_close(&c->tmp);
}

void forecast_make(struct arena *into, const struct forecast_input *input, struct forecast *ret)
{
    *ret = (struct forecast){.opening_row = -1};
    struct course c = {.in = input, .into = into, .facts = input->facts, .out = ret, .now = input->now};
    c.facts->file_known = file_arrives;
    windows_freeze(&c);
    agents_set_up(&c);
    rows_set_up(&c);
    for (size_t i = 0; i < input->run_count; i++) {
        course_load(&c, (int32_t)i);
    }
    if (input->assumes_rerun) {
        rerun_failed(&c);
    }
    course_run(&c);
    for (size_t i = 0; i < ret->row_count; i++) {
        row_read(&c, i);
    }
    opening_read(&c);
    course_close(&c);
}

size_t forecast_chain(const struct forecast *forecast, int32_t row, int32_t *chain, size_t max)
{
    size_t n = 0;
    for (int32_t at = row; at >= 0 && n < max; at = forecast->rows[at].critical) {
        chain[n++] = at;
    }
    for (size_t a = 0, b = n; a + 1 < b; a++, b--) {
        int32_t swap = chain[a];
        chain[a] = chain[b - 1];
        chain[b - 1] = swap;
    }
    return n;
}
