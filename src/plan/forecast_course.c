/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forecast_course - the course of events: what falls due, what ends, and all that this lets happen.
 *
 * The same order of things as in the engine: step, perform, ask gates, fill slots, until nothing moves; then the next
 * event. A step is never taken while the effects of another are performed.
 */
#include "base/priority.h"
#include "plan/forecast_priv.h"

static bool is_before(const void *one, const void *other)
{
    const struct course_event *a = one, *b = other;
    if (a->at_ms != b->at_ms) {
        return a->at_ms < b->at_ms;
    }
    return a->kind != b->kind ? a->kind < b->kind : a->order < b->order;
}

void course_add(struct course *c, enum course_event_kind kind, int64_t at_ms, int32_t row, int32_t node)
{
    bool is_of_run = kind != COURSE_LIMITS && kind != COURSE_DUE;
    *vec_add(&c->events) = (struct course_event){.at_ms = at_ms < c->now.ms ? c->now.ms : at_ms, .order = c->order++, .kind = (uint8_t)kind,
                                        .row = row, .node = node,
                                        .attempt = is_of_run ? c->rows[row].run->nodes[node].attempt : 0};
    priority_up(c->events.at, c->events.n, sizeof(*c->events.at), is_before);
}

int64_t course_job_ms(const struct course *c, const struct course_row *row, int32_t node)
{
    int32_t minutes = row->net->nodes[node].required_minutes;
    if (minutes > 0) {
        return minutes * MINUTE_MS;
    }
    return row->history_ms && row->history_ms[node] > 0 ? row->history_ms[node] : c->in->job_default_ms;
}

/* ---- waiting for facts ---- */

void course_ask_later(struct course *c, int32_t row, int32_t node)
{
    *vec_add(&c->asks) = (struct course_ask){.row = row, .node = node, .by = -1, .cause = CAUSE_TIME};
}

static void wait_for(struct course *c, uint64_t key, int32_t row, int32_t node)
{
    int32_t first = (int32_t)(intptr_t)map_get_id(&c->waiting, key);
    int32_t place = c->free_waiter;
    if (place) {
        c->free_waiter = c->waiters.at[place - 1].next;
    } else {
        (void)vec_add(&c->waiters);
        place = (int32_t)c->waiters.n;
    }
    c->waiters.at[place - 1] = (struct course_waiter){row, node, first};
    (void)map_put_id(&c->waiting, key, (void *)(intptr_t)place);
}

void course_wake(struct course *c, uint64_t key, int32_t by, enum forecast_cause cause)
{
    int32_t place = (int32_t)(intptr_t)map_get_id(&c->waiting, key);
    if (!place) {
        return;
    }
    (void)map_put_id(&c->waiting, key, NULL);
    size_t from = c->asks.n;
    while (place) {
        struct course_waiter *waiter = &c->waiters.at[place - 1];
        int32_t next = waiter->next;
        *vec_add(&c->asks) = (struct course_ask){.row = waiter->row, .node = waiter->node, .by = by, .cause = (uint8_t)cause};
        waiter->next = c->free_waiter;
        c->free_waiter = place;
        place = next;
    }
    for (size_t a = from, b = c->asks.n; a + 1 < b; a++, b--) { /* who came first asks first */
        struct course_ask swap = c->asks.at[a];
        c->asks.at[a] = c->asks.at[b - 1];
        c->asks.at[b - 1] = swap;
    }
}

/* ---- effects ---- */

static void generation_note(struct course *c, int32_t index)
{
    struct course_row *row = &c->rows[index];
    struct generation *g = &row->unit->facts->generations.at[row->generation];
    bool was_ended = status_is_ended((enum status)g->status);
    g->status = row->run->status;
    bool is_ended = status_is_ended((enum status)g->status);
    g->ended_ms = is_ended ? row->run->ended.ms : 0;
    if (is_ended && !was_ended) {
        course_wake(c, gate_key(GATE_KEY_UNIT, (uint64_t)row->unit->facts->id), index, CAUSE_UNIT);
    }
}

/* x_effect of a normal end: what the switch will be seen to have done. */
static void window_set(struct course *c, int32_t index, const struct net_effect *effect)
{
    struct window_facts *window = facts_window(c->facts, effect->group);
    enum window_phase phase;
    if (!window || !window_phase_parse(effect->state, &phase)) {
        return;
    }
    for (size_t i = 0; i < window->group->class_count; i++) {
        if (str_equal(window->group->classes[i].name, effect->cls)) {
            window->seen[i] = (struct window_seen){.commanded = phase, .observed = phase, .observed_at = c->now};
            course_wake(c, gate_key_name(GATE_KEY_ONLINE, effect->group), index, CAUSE_WINDOW);
        }
    }
}

static void on_node_ended(struct course *c, int32_t index, int32_t n)
{
    struct course_row *row = &c->rows[index];
    const struct net_node *def = &row->net->nodes[n];
    course_slot_free(c, index, n);
    if (def->gate_count) {
        c->freed.list.n = 0;
        locks_release(c->facts, def, row->run->id, n, &c->freed);
        for (size_t i = 0; i < c->freed.list.n; i++) {
            course_wake(c, c->freed.list.at[i], index, CAUSE_LOCK);
        }
    }
    if (def->effect && row->run->nodes[n].status == STATUS_NORMAL) {
        window_set(c, index, def->effect);
    }
}

static void perform(struct course *c, int32_t index, const struct run_effect *effect)
{
    struct course_row *row = &c->rows[index];
    switch (effect->kind) {
    case EFFECT_RUN:
        generation_note(c, index);
        break;
    case EFFECT_GATES:
        course_ask_later(c, index, effect->node);
        break;
    case EFFECT_QUEUE:
        course_queue(c, index, effect->node);
        break;
    case EFFECT_START:
        course_add(c, COURSE_END, c->now.ms + course_job_ms(c, row, effect->node), index, effect->node);
        break;
    case EFFECT_TIMER:
        if (effect->timer == TIMER_DUE) {
            course_add(c, COURSE_TIMER, effect->at.ms, index, effect->node);
        }
        break;
    case EFFECT_PROBE:
        course_add(c, COURSE_PROBED, c->now.ms, index, effect->node);
        break;
    case EFFECT_NODE_ENDED:
        on_node_ended(c, index, effect->node);
        break;
    case EFFECT_RUN_ENDED:
        row->unit->live_count--;
        row->unit->begun_count--;
        generation_note(c, index);
        break;
    case EFFECT_NODE: case EFFECT_UNQUEUE: case EFFECT_KILL: case EFFECT_DELAYED:
        break; /* a queue skips what no longer queues */
    }
}

void course_step(struct course *c, int32_t row, const struct run_event *event)
{
    struct run_event e = *event;
    e.at = c->now;
    c->effects.list.n = 0;
    run_step(c->rows[row].run, &e, &c->effects);
    for (size_t i = 0; i < c->effects.list.n; i++) {
        perform(c, row, &c->effects.list.at[i]);
    }
}

/* ---- gates ---- */

static bool waits_for_previous(const struct course_row *row)
{
    return row->net->is_multi && !row->net->is_concurrent && row->unit->begun_count > 0;
}

static void opened(struct course *c, const struct course_ask *ask)
{
    struct course_row *row = &c->rows[ask->row];
    const struct net_node *def = &row->net->nodes[ask->node];
    if (ask->by >= 0 && ask->by != ask->row) {
        c->out->rows[ask->row].critical = ask->by;
        c->out->rows[ask->row].cause = ask->cause;
    }
    if (ask->node == 0) {
        row->unit->begun_count++;
        locks_take(c->facts, def, row->run->id, 0);
        course_step(c, ask->row, &(struct run_event){.kind = RUN_START});
        return;
    }
    if (def->kind == NODE_NET && !(row->run->nodes[ask->node].flags & NODE_HELD)) {
        locks_take(c->facts, def, row->run->id, ask->node);
    }
    course_step(c, ask->row, &(struct run_event){.kind = RUN_GATES_OPEN, .node = ask->node});
}

static void ask_one(struct course *c, const struct course_ask *ask)
{
    struct course_row *row = &c->rows[ask->row];
    struct run *run = row->run;
    enum status status = (enum status)run->nodes[ask->node].status;
    bool is_queued = status == STATUS_QUEUING && !(run->nodes[ask->node].flags & NODE_SENT);
    if (ask->node == 0 ? status_class(status) != STATUS_WAIT || (run->flags & (RUN_HELD | RUN_SUSPENDED))
                       : !is_queued && !run_awaits_gates(run, ask->node, c->now)) {
        return;
    }
    if (ask->node == 0 && waits_for_previous(row)) {
        wait_for(c, gate_key(GATE_KEY_UNIT, (uint64_t)row->unit->facts->id), ask->row, 0);
        return;
    }
    struct gate_subject subject = {.run = run->id, .node = ask->node, .date = run->date, .planned = run->planned, .now = c->now};
    struct gate_answer answer;
    gates_check(c->facts, &row->net->nodes[ask->node], &subject, &answer);
    if (answer.is_open) {
        opened(c, ask);
        return;
    }
    if (ask->node > 0) {
        course_step(c, ask->row, &(struct run_event){.kind = RUN_GATES_SHUT, .node = ask->node});
    }
    wait_for(c, answer.key, ask->row, ask->node);
    if (answer.look_again.ms != INSTANT_NEVER.ms) {
        course_add(c, COURSE_ASK, answer.look_again.ms, ask->row, ask->node);
    }
}

static void settle(struct course *c)
{
    do {
        for (size_t i = 0; i < c->asks.n; i++) { /* grows while we ask */
            struct course_ask ask = c->asks.at[i];
            ask_one(c, &ask);
        }
        c->asks.n = 0;
        course_fill(c);
    } while (c->asks.n);
}

/* ---- events ---- */

static void handle(struct course *c, const struct course_event *event)
{
    struct run_event e = {.node = event->node, .attempt = event->attempt, .exists = true, .changed = true};
    switch ((enum course_event_kind)event->kind) {
    case COURSE_DUE:
        course_due(c, event->row);
        return;
    case COURSE_ASK:
        course_ask_later(c, event->row, event->node);
        return;
    case COURSE_LIMITS:
        course_limits_due(c, event->row);
        return;
    case COURSE_TIMER:
        e.kind = RUN_TIMER;
        e.timer = TIMER_DUE;
        break;
    case COURSE_PROBED: /* nobody can know: the detour is taken, for it takes longer */
        e.kind = RUN_PROBED;
        e.exists = c->rows[event->row].net->nodes[event->node].judgment->test == TEST_FILE;
        break;
    case COURSE_END:
        e.kind = RUN_ENDED;
        break;
    }
    course_step(c, event->row, &e);
}

void course_run(struct course *c)
{
    settle(c);
    while (c->events.n && c->events.at[0].at_ms <= c->in->horizon.ms) {
        struct course_event event = c->events.at[0];
        priority_down(c->events.at, c->events.n--, sizeof(event), is_before);
        c->now.ms = event.at_ms;
        c->out->event_count++;
        handle(c, &event);
        settle(c);
    }
}

/* ---- the snapshot ---- */

static void load_job(struct course *c, int32_t index, int32_t n)
{
    const struct course_row *row = &c->rows[index];
    const struct node_run *node = &row->run->nodes[n];
    int64_t job_ms = course_job_ms(c, row, n);
    course_slot_take(c, index, n);
    int64_t began_ms = node->status == STATUS_RUNNING && node->started_ms ? node->started_ms : c->now.ms;
    int64_t end_ms = began_ms + job_ms;
    if (end_ms <= c->now.ms) { /* over its time: a tenth more of what it has taken */
        end_ms = c->now.ms + (c->now.ms - began_ms) / 10;
    }
    course_add(c, COURSE_END, end_ms, index, n);
}

static void load_node(struct course *c, int32_t index, int32_t n)
{
    struct course_row *row = &c->rows[index];
    const struct node_run *node = &row->run->nodes[n];
    enum node_kind kind = (enum node_kind)row->net->nodes[n].kind;
    bool is_sent = node->status == STATUS_QUEUING && (node->flags & NODE_SENT);
    if (kind == NODE_JOB && (node->status == STATUS_RUNNING || is_sent)) {
        load_job(c, index, n);
    } else if (node->status == STATUS_QUEUING) {
        course_queue(c, index, n);
    } else if (kind == NODE_JUDGMENT && node->status == STATUS_RUNNING) {
        course_add(c, COURSE_PROBED, c->now.ms, index, n);
    } else if (node->status == STATUS_TIME_WAIT || node->status == STATUS_EXEC_WAIT) {
        course_add(c, COURSE_TIMER, node->due_ms, index, n);
    } else if (node->status == STATUS_TERM_WAIT || node->status == STATUS_GATE_WAIT) {
        course_ask_later(c, index, n);
    }
}

void course_load(struct course *c, int32_t row)
{
    for (int32_t n = 1; n < c->rows[row].net->node_count; n++) {
        load_node(c, row, n);
    }
    if (status_class((enum status)c->rows[row].run->status) == STATUS_WAIT) {
        course_ask_later(c, row, 0);
    }
}
