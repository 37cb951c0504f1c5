/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_step - the events of a run, one small function each, in a table by kind.
 *
 * A report that does not fit the attempt in hand is old, doubled or about a unit that a person has
 * settled meanwhile: it is ignored. Silence is never taken for an end.
 */
#include <assert.h>

#include "jobnet/run_priv.h"

void run_effects_close(struct run_effects *effects)
{
    vec_close(&effects->list);
    vec_close(&effects->todo);
}

static struct instant happened(const struct step *s, const struct run_event *event)
{
    return event->happened.ms > 0 && event->happened.ms < s->now.ms ? event->happened : s->now;
}

/* The report is about the START that is under way or running. */
static bool is_of_attempt(const struct step *s, const struct run_event *event)
{
    return event->node > 0 && node_is_job(s->run, event->node) && node_at(s, event->node)->attempt == event->attempt;
}

static bool is_waiting(const struct run *run, int32_t n)
{
    return status_class(node_status(run, n)) == STATUS_WAIT && !node_is_live(run, n);
}

static void on_start(struct step *s, const struct run_event *event)
{
    (void)event;
    if (is_waiting(s->run, 0)) {
        net_begin(s, 0);
    }
}

bool run_awaits_gates(const struct run *run, int32_t n, struct instant now)
{
    const struct net_node *def = &run->net->nodes[n];
    return node_is_ready(run, n) && !(run->flags & RUN_SUSPENDED) && run->nodes[n].due_ms <= now.ms &&
           (def->judged_by < 0 || node_status(run, def->judged_by) == STATUS_NORMAL);
}

static void on_gates_open(struct step *s, const struct run_event *event)
{
    if (!run_awaits_gates(s->run, event->node, s->now)) {
        return;
    }
    if (node_at(s, event->node)->flags & NODE_HELD) {
        node_move(s, event->node, STATUS_HOLDING);
    } else {
        node_pass_gates(s, event->node);
    }
}

static void on_gates_shut(struct step *s, const struct run_event *event)
{
    const struct node_run *node = node_at(s, event->node);
    const struct net_node *def = net_at(s, event->node);
    if (!def->gate_count && !def->waits) {
        return;
    }
    bool is_queued = node->status == STATUS_QUEUING && !(node->flags & NODE_SENT); /* a gate shut while it waited for a slot */
    if (is_queued) {
        effect_add(s, EFFECT_UNQUEUE, event->node);
    } else if (!run_awaits_gates(s->run, event->node, s->now)) {
        return;
    }
    node_move(s, event->node, STATUS_GATE_WAIT); /* again, too: the reason may be another one */
}

static void on_slot(struct step *s, const struct run_event *event)
{
    struct node_run *node = node_at(s, event->node);
    if (node->status != STATUS_QUEUING || (node->flags & NODE_SENT)) {
        return;
    }
    node->attempt++;
    node->flags |= NODE_SENT;
    node->code = CODE_NONE;
    node->started_ms = 0;
    node->ended_ms = 0;
    s->run->live_count++;
    effect_add(s, EFFECT_NODE, event->node);
    effect_add(s, EFFECT_START, event->node);
}

static void on_started(struct step *s, const struct run_event *event)
{
    struct node_run *node = node_at(s, event->node);
    if (!is_of_attempt(s, event) || !node_is_live(s->run, event->node) || node->status == STATUS_RUNNING) {
        return; /* unknown stays until its end is told or a person decides: what follows has been settled */
    }
    node->started_ms = happened(s, event).ms;
    node_move(s, event->node, STATUS_RUNNING);
    const struct net_node *def = net_at(s, event->node);
    if (def->timeout_minutes > 0) {
        timer_add(s, TIMER_TIMEOUT, event->node, (struct instant){node->started_ms + def->timeout_minutes * MINUTE_MS});
    }
    if (def->required_minutes > 0) {
        timer_add(s, TIMER_END_DELAY, event->node, (struct instant){run_late_ms(node->started_ms, def->required_minutes)});
    }
}

/* The process whose unit a person had settled is gone (or never was): it may be rerun. */
static void process_gone(struct step *s, const struct run_event *event)
{
    struct node_run *node = node_at(s, event->node);
    if (is_of_attempt(s, event) && (node->flags & NODE_PROCESS_LEFT)) {
        node->flags &= (uint16_t)~(NODE_PROCESS_LEFT | NODE_KILLING);
        effect_add(s, EFFECT_NODE, event->node);
    }
}

static enum status judged(const struct net_job *job, const struct run_event *event)
{
    if (event->is_killed) {
        return STATUS_KILLED;
    }
    switch ((enum end_judgment)job->judgment) {
    case JUDGE_NORMAL: return STATUS_NORMAL;
    case JUDGE_ABNORMAL: return STATUS_ABNORMAL;
    case JUDGE_FILE_CHANGED: return event->changed ? STATUS_NORMAL : STATUS_ABNORMAL;
    case JUDGE_FILE_EXISTS: return event->exists ? STATUS_NORMAL : STATUS_ABNORMAL;
    case JUDGE_BY_CODE: break;
    }
    if (event->code < 0 || event->code > job->abnormal_above) { /* equal to a threshold is the better class */
        return STATUS_ABNORMAL;
    }
    return job->warning_above >= 0 && event->code > job->warning_above ? STATUS_WARNING : STATUS_NORMAL;
}

enum status node_failure(const struct run *run, int32_t n, enum status failure)
{
    if (!(run->nodes[n].flags & NODE_WARNING_RERUN)) {
        return failure;
    }
    return failure == STATUS_ABNORMAL  ? STATUS_ABNORMAL_WR
           : failure == STATUS_KILLED  ? STATUS_KILLED_WR
           : failure == STATUS_FAILED  ? STATUS_FAILED_WR
           : failure == STATUS_UNKNOWN ? STATUS_UNKNOWN_WR
                                       : failure;
}

/* Automatic retry (abr): an abnormal code within the window, not after a kill, not too often. */
static bool retries(struct step *s, int32_t n, enum status status, int32_t code)
{
    const struct net_job *job = net_at(s, n)->job;
    struct node_run *node = node_at(s, n);
    unsigned done = (unsigned)node->flags >> NODE_SHIFT_RETRIES;
    if (status != STATUS_ABNORMAL || job->judgment != JUDGE_BY_CODE || done >= job->retry_max || code < 0 ||
        (uint32_t)code < job->retry_from || (uint32_t)code > job->retry_to || (node->flags & (NODE_KILLING | NODE_HELD)) ||
        (s->run->flags & (RUN_INTERRUPTED | RUN_KILLED))) {
        return false;
    }
    node->flags = (uint16_t)((node->flags & ((1u << NODE_SHIFT_RETRIES) - 1)) | (done + 1) << NODE_SHIFT_RETRIES);
    node->due_ms = s->now.ms + job->retry_minutes * MINUTE_MS;
    enum status before = node_status(s->run, n);
    if (before == STATUS_QUEUING) {
        node_move(s, n, STATUS_RUNNING); /* its end was told before its start */
    }
    node_move(s, n, STATUS_EXEC_WAIT);
    effect_add(s, EFFECT_NODE_ENDED, n); /* the attempt is over: its slot and locks are free */
    s->effects->list.at[s->effects->list.n - 1].before = before;
    timer_add(s, TIMER_DUE, n, (struct instant){node->due_ms});
    return true;
}

static void on_ended(struct step *s, const struct run_event *event)
{
    struct node_run *node = node_at(s, event->node);
    if (!is_of_attempt(s, event)) {
        return;
    }
    process_gone(s, event);
    bool was_unknown = node->status == STATUS_UNKNOWN || node->status == STATUS_UNKNOWN_WR;
    if (!node_is_live(s->run, event->node) && !was_unknown) {
        return; /* a person changed the status meanwhile, or it was told before */
    }
    enum status status = judged(net_at(s, event->node)->job, event);
    int64_t ended_ms = happened(s, event).ms;
    ended_ms = ended_ms < node->started_ms ? node->started_ms : ended_ms; /* the host's clock may have been set */
    node->code = event->is_killed ? -1 : event->code;
    if (!node->started_ms) {
        node->started_ms = ended_ms;
    }
    if (was_unknown) { /* the truth came late: what follows was settled then and needs a person */
        node_move(s, event->node, node_failure(s->run, event->node, status));
        refresh_above(s, event->node);
    } else if (!retries(s, event->node, status, node->code)) {
        node_end(s, event->node, node_failure(s->run, event->node, status));
    }
    node->ended_ms = ended_ms;
}

static void on_refused(struct step *s, const struct run_event *event)
{
    struct node_run *node = node_at(s, event->node);
    process_gone(s, event);
    if (!is_of_attempt(s, event) || node->status != STATUS_QUEUING || !(node->flags & NODE_SENT)) {
        return;
    }
    if (event->is_failed) {
        node->code = -1;
        node_end(s, event->node, node_failure(s->run, event->node, STATUS_FAILED));
    } else if (node->flags & NODE_KILLING) {
        node->code = -1;
        node_end(s, event->node, node_failure(s->run, event->node, STATUS_KILLED));
    } else { /* it never ran: this number is used up, the gates are asked again */
        enum status before = node_status(s->run, event->node);
        node->flags &= (uint16_t)~NODE_SENT;
        s->run->live_count--;
        effect_add(s, EFFECT_NODE_ENDED, event->node);
        s->effects->list.at[s->effects->list.n - 1].before = before;
        node_move(s, event->node, STATUS_TERM_WAIT);
        look_at(s, event->node);
    }
}

static void on_unknown(struct step *s, const struct run_event *event)
{
    process_gone(s, event);
    if (is_of_attempt(s, event) && node_is_live(s->run, event->node)) {
        node_end(s, event->node, node_failure(s->run, event->node, STATUS_UNKNOWN));
    }
}

/* A delay is shown and told once. */
static void delayed(struct step *s, int32_t n, enum run_timer timer)
{
    bool is_end = timer == TIMER_END_DELAY;
    if (n == 0) {
        s->run->flags |= is_end ? RUN_END_DELAYED : RUN_START_DELAYED;
    } else {
        node_at(s, n)->flags |= is_end ? NODE_END_DELAYED : NODE_START_DELAYED;
        s->run->flags |= is_end ? RUN_NEST_END_DELAYED : RUN_NEST_START_DELAYED;
        effect_add(s, EFFECT_NODE, n);
    }
    effect_add(s, EFFECT_RUN, 0);
    effect_add(s, EFFECT_DELAYED, n);
    s->effects->list.at[s->effects->list.n - 1].timer = timer;
}

static bool is_delayed(const struct step *s, int32_t n, enum run_timer timer)
{
    bool is_end = timer == TIMER_END_DELAY;
    return n == 0 ? s->run->flags & (is_end ? RUN_END_DELAYED : RUN_START_DELAYED)
                  : node_at(s, n)->flags & (is_end ? NODE_END_DELAYED : NODE_START_DELAYED);
}

/* Nets have no attempts: the timer may be of the time before a rerun. */
static bool is_stale_end_delay(const struct step *s, int32_t n)
{
    int32_t minutes = net_at(s, n)->required_minutes;
    return n > 0 && minutes > 0 && s->now.ms < run_late_ms(node_at(s, n)->started_ms, minutes);
}

static void on_timer(struct step *s, const struct run_event *event)
{
    struct node_run *node = node_at(s, event->node);
    switch (event->timer) {
    case TIMER_DUE:
        if ((node->status == STATUS_TIME_WAIT || node->status == STATUS_EXEC_WAIT) && event->node > 0 &&
            node->due_ms <= s->now.ms && !(s->run->flags & RUN_SUSPENDED)) {
            node->due_ms = 0;
            node_move(s, event->node, STATUS_TERM_WAIT);
            look_at(s, event->node);
        }
        break;
    case TIMER_TIMEOUT:
        if (node->status == STATUS_RUNNING && node->attempt == event->attempt && !(node->flags & NODE_TIMED_OUT)) {
            node->flags |= NODE_TIMED_OUT | NODE_KILLING;
            effect_add(s, EFFECT_NODE, event->node);
            effect_add(s, EFFECT_KILL, event->node);
        }
        break;
    case TIMER_END_DELAY:
        if (node_is_busy(s->run, event->node) && node->attempt == event->attempt &&
            !is_delayed(s, event->node, TIMER_END_DELAY) && !is_stale_end_delay(s, event->node)) {
            delayed(s, event->node, TIMER_END_DELAY);
        }
        break;
    case TIMER_START_DELAY:
        if (is_waiting(s->run, event->node) && !is_delayed(s, event->node, TIMER_START_DELAY)) {
            delayed(s, event->node, TIMER_START_DELAY);
        }
        break;
    }
}

static void on_suspend(struct step *s, const struct run_event *event)
{
    (void)event;
    if (node_is_ended(s->run, 0) || (s->run->flags & RUN_SUSPENDED)) {
        return;
    }
    s->run->flags |= RUN_SUSPENDED;
    effect_add(s, EFFECT_RUN, 0);
    for (int32_t n = 1; n < s->run->net->node_count; n++) { /* what runs goes on, nothing more is started */
        if (node_status(s->run, n) == STATUS_QUEUING && !node_is_live(s->run, n)) {
            effect_add(s, EFFECT_UNQUEUE, n);
            node_move(s, n, STATUS_TERM_WAIT);
        }
    }
}

static void on_resume(struct step *s, const struct run_event *event)
{
    (void)event;
    if (!(s->run->flags & RUN_SUSPENDED)) {
        return;
    }
    s->run->flags &= ~(uint32_t)RUN_SUSPENDED;
    effect_add(s, EFFECT_RUN, 0);
    for (int32_t n = 1; n < s->run->net->node_count; n++) { /* times that passed meanwhile */
        struct node_run *node = node_at(s, n);
        if ((node->status == STATUS_TIME_WAIT || node->status == STATUS_EXEC_WAIT) && node->due_ms <= s->now.ms) {
            node->due_ms = 0;
            node_move(s, n, STATUS_TERM_WAIT);
        }
    }
    look_at_all(s);
}

static void on_probed(struct step *s, const struct run_event *event)
{
    const struct net_node *def = net_at(s, event->node);
    if (def->kind == NODE_JUDGMENT && node_status(s->run, event->node) == STATUS_RUNNING) {
        judgment_end(s, event->node, event->exists == (def->judgment->test == TEST_FILE));
    }
}

static void on_hold(struct step *s, const struct run_event *event) { run_hold(s, event->node); }
static void on_release(struct step *s, const struct run_event *event) { run_release(s, event->node); }
static void on_kill(struct step *s, const struct run_event *event) { run_kill(s, event->node); }
static void on_interrupt(struct step *s, const struct run_event *event) { (void)event; run_interrupt(s); }

void run_step(struct run *run, const struct run_event *event, struct run_effects *effects)
{
    static void (*const handlers[])(struct step *, const struct run_event *) = {
        [RUN_START] = on_start,           [RUN_GATES_OPEN] = on_gates_open,
        [RUN_GATES_SHUT] = on_gates_shut, [RUN_SLOT] = on_slot,
        [RUN_STARTED] = on_started,       [RUN_ENDED] = on_ended,
        [RUN_REFUSED] = on_refused,       [RUN_UNKNOWN] = on_unknown,
        [RUN_TIMER] = on_timer,           [RUN_HOLD] = on_hold,
        [RUN_RELEASE] = on_release,       [RUN_KILL] = on_kill,
        [RUN_INTERRUPT] = on_interrupt,   [RUN_SUSPEND] = on_suspend,
        [RUN_RESUME] = on_resume,         [RUN_RERUN] = run_rerun,
        [RUN_CHANGE_STATUS] = run_change_status, [RUN_PROBED] = on_probed,
    };
    if (event->node < 0 || event->node >= run->net->node_count) {
        return; /* of another version of the net */
    }
    assert(effects->todo.n == 0);
    struct step s = {.run = run, .effects = effects, .now = event->at};
    handlers[event->kind](&s, event);
    settle(&s);
}
