/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts - judging gates. Nothing is changed here but the locks.
 *
 * A predecessor counts by the generation of its scope; a planned start that has not begun yet counts as
 * not done, so a late predecessor is never taken for an absent one.
 */
#include "plan/facts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

uint64_t gate_key_name(enum gate_key_kind kind, const char *name)
{
    return gate_key(kind, hash_bytes(name, strlen(name)));
}

struct unit_facts *facts_unit(const struct facts *facts, const char *name_or_path)
{
    return map_get(name_or_path[0] == '/' ? &facts->units_by_path : &facts->units_by_name, name_or_path);
}

struct window_facts *facts_window(const struct facts *facts, const char *group)
{
    for (size_t i = 0; i < facts->windows.n; i++) {
        if (strcmp(facts->windows.at[i].group->name, group) == 0) {
            return &facts->windows.at[i];
        }
    }
    return NULL;
}

struct lock_facts *facts_lock(struct facts *facts, const char *name)
{
    struct lock_facts *lock = map_get(&facts->locks, name);
    if (!lock) {
        lock = heap_resize(NULL, 1, sizeof(*lock));
        size_t n = strlen(name) + 1;
        *lock = (struct lock_facts){.name = memcpy(heap_resize(NULL, n, 1), name, n)};
        (void)map_put(&facts->locks, lock->name, lock);
    }
    return lock;
}

const struct generation *generation_newest(const struct unit_facts *unit, struct bizday from, struct bizday to)
{
    for (size_t i = unit->generations.n; i-- > 0;) {
        const struct generation *g = &unit->generations.at[i];
        if (g->date.day >= from.day && g->date.day <= to.day && g->status != STATUS_DEFERRED) {
            return g;
        }
    }
    return NULL;
}

static bool shut(struct gate_answer *ret, uint64_t key, enum err_code why)
{
    *ret = (struct gate_answer){.key = key, .why = why, .look_again = INSTANT_NEVER};
    return false;
}

/* A planned start of the range that has no run yet, planned not later than the one who asks. */
static const struct plan_entry *plan_pending(const struct unit_facts *unit, struct bizday from, struct bizday to,
                                             struct instant planned)
{
    for (size_t i = 0; i < unit->plan.n; i++) {
        const struct plan_entry *p = &unit->plan.at[i];
        if (p->state == PLAN_WAITING && p->date.day >= from.day && p->date.day <= to.day && p->start_ms <= planned.ms) {
            return p;
        }
    }
    return NULL;
}

static bool has_plan(const struct unit_facts *unit, struct bizday from, struct bizday to)
{
    for (size_t i = 0; i < unit->plan.n; i++) {
        const struct plan_entry *p = &unit->plan.at[i];
        if (p->state == PLAN_WAITING && p->date.day >= from.day && p->date.day <= to.day) {
            return true;
        }
    }
    return false;
}

static bool is_good(const struct generation *g, bool is_end_enough)
{
    enum status_class class = status_class((enum status)g->status);
    return class == STATUS_GOOD || class == STATUS_SKIP || (is_end_enough && class == STATUS_BAD);
}

struct pred_range {
    struct bizday from, to;
    bool is_met_without;       /* nothing there and nothing planned: met (scope day) */
    const char *words;         /* "2026-06-29", "2026-06" */
    char text[DATE_TEXT_MAX * 2];
};

static void range_of(const struct gate *gate, const struct gate_subject *subject, struct pred_range *range)
{
    struct bizday date = subject->date;
    range->from = range->to = date;
    range->words = bizday_print(date, range->text);
    switch (gate->scope) {
    case PRED_DAY:
        range->is_met_without = true;
        break;
    case PRED_MONTH:
    case PRED_MONTH_BEFORE: {
        int offset = gate->scope == PRED_MONTH_BEFORE ? -1 : 0;
        range->from = bizday_month_start(date, offset);
        range->to = bizday_plus(bizday_month_start(date, offset + 1), -1);
        (void)bizday_print(range->from, range->text);
        range->text[7] = '\0'; /* 2026-06 */
        break;
    }
    case PRED_WITHIN:
    case PRED_LATEST:
        range->from = (struct bizday){INT32_MIN / 2};
        range->to = date;
        (void)snprintf(range->text, sizeof(range->text), gate->scope == PRED_LATEST ? "latest" : "%d:%02d",
                       gate->within_minutes / 60, gate->within_minutes % 60);
        break;
    }
}

static void pred_check(const struct facts *facts, const struct gate *gate, const struct gate_subject *subject,
                       struct gate_answer *ret)
{
    const struct unit_facts *unit = facts_unit(facts, gate->name);
    if (!unit) {
        (void)shut(ret, gate_key_name(GATE_KEY_PERMIT, gate->name), ERR_GATE_UNKNOWN);
        (void)str_copy(ret->args, sizeof(ret->args), gate->name);
        return;
    }
    struct pred_range range = {0};
    range_of(gate, subject, &range);
    const struct generation *newest = generation_newest(unit, range.from, range.to);
    bool is_of_range = gate->scope == PRED_DAY || gate->scope == PRED_MONTH || gate->scope == PRED_MONTH_BEFORE;
    bool is_late_plan = is_of_range && plan_pending(unit, range.from, range.to, subject->planned);
    bool is_planned = gate->scope == PRED_DAY && !newest && has_plan(unit, range.from, range.to);
    char both[160] = "未実行" OR_EN "not run";
    if (newest) {
        const struct status_row *status = status_row((enum status)newest->status);
        (void)snprintf(both, sizeof(both), "%s" OR_EN "%s", status->text[LANG_JA], status->text[LANG_EN]);
        bool is_in_time = gate->scope != PRED_WITHIN ||
                          newest->ended_ms >= subject->now.ms - gate->within_minutes * MINUTE_MS;
        if (is_good(newest, gate->is_end_enough) && !is_late_plan && is_in_time) {
            *ret = (struct gate_answer){.is_open = true};
            return;
        }
    } else if (range.is_met_without && !is_late_plan && !is_planned) {
        *ret = (struct gate_answer){.is_open = true};
        return;
    }
    (void)shut(ret, gate_key(GATE_KEY_UNIT, (uint64_t)unit->id), ERR_GATE_PRED);
    (void)snprintf(ret->args, sizeof(ret->args), "%s" ARG "%s" ARG "%s", unit->path, range.words,
                   is_late_plan || is_planned ? "開始前" OR_EN "not started" : both);
}

static void online_check(const struct facts *facts, const struct gate *gate, const struct gate_subject *subject,
                         struct gate_answer *ret)
{
    static const enum window_want wants[] = {[GATE_CLOSED] = WANT_CLOSED, [GATE_PRECLOSED] = WANT_PRECLOSED,
                                             [GATE_OPEN] = WANT_OPEN};
    static const enum window_phase phases[] = {[GATE_CLOSED] = PHASE_CLOSED, [GATE_PRECLOSED] = PHASE_PRECLOSED,
                                               [GATE_OPEN] = PHASE_OPEN};
    const struct window_facts *window = facts_window(facts, gate->name);
    if (!window) {
        (void)shut(ret, gate_key_name(GATE_KEY_ONLINE, gate->name), ERR_GATE_UNKNOWN);
        (void)str_copy(ret->args, sizeof(ret->args), gate->name);
        return;
    }
    enum window_phase now[WINDOW_CLASSES_MAX] = {PHASE_UNKNOWN};
    size_t count = window->group->class_count, offender = 0;
    for (size_t i = 0; i < count; i++) {
        now[i] = window_phase_now(&window->seen[i], subject->now, window->group->observation_ms_max);
    }
    if (window_gate_open(wants[gate->online], now, count, &offender)) {
        *ret = (struct gate_answer){.is_open = true};
        return;
    }
    (void)shut(ret, gate_key_name(GATE_KEY_ONLINE, gate->name), ERR_GATE_ONLINE);
    const char *const *seen = window_phase_name(offender < count ? now[offender] : PHASE_UNKNOWN)->text;
    const char *const *wanted = window_phase_name(phases[gate->online])->text;
    (void)snprintf(ret->args, sizeof(ret->args), "%s" ARG "%s" ARG "%s" OR_EN "%s" ARG "%s" OR_EN "%s", gate->name,
                   offender < count ? window->group->classes[offender].name : "-", seen[LANG_JA], seen[LANG_EN], wanted[LANG_JA],
                   wanted[LANG_EN]);
}

static void lock_check(const struct facts *facts, const struct gate *gate, const struct gate_subject *subject,
                       struct gate_answer *ret)
{
    const struct lock_facts *lock = map_get(&facts->locks, gate->name);
    for (size_t i = 0; lock && i < lock->holders.n; i++) {
        const struct lock_holder *h = &lock->holders.at[i];
        bool is_mine = h->run == subject->run && h->node == subject->node;
        if (!is_mine && !(h->is_shared && gate->is_shared)) {
            (void)shut(ret, gate_key_name(GATE_KEY_LOCK, gate->name), ERR_GATE_LOCK);
            (void)snprintf(ret->args, sizeof(ret->args), "%s" ARG "run/%lld", gate->name, (long long)h->run);
            return;
        }
    }
    *ret = (struct gate_answer){.is_open = true};
}

static void window_check(const struct facts *facts, const struct gate *gate, const struct gate_subject *subject,
                         struct gate_answer *ret)
{
    struct instant next = INSTANT_NEVER;
    if (facts->time_window && facts->time_window(facts->data, gate->name, subject->now, &next)) {
        *ret = (struct gate_answer){.is_open = true};
        return;
    }
    (void)shut(ret, gate_key_name(GATE_KEY_TIME, gate->name), ERR_GATE_WINDOW);
    ret->look_again = next;
    (void)str_copy(ret->args, sizeof(ret->args), gate->name);
}

static void file_check(const struct facts *facts, const struct gate *gate, const struct gate_subject *subject,
                       struct gate_answer *ret)
{
    (void)subject;
    if (facts->file_known && facts->file_known(facts->data, gate->name, gate->path) == 1) {
        *ret = (struct gate_answer){.is_open = true};
        return;
    }
    (void)shut(ret, gate_key_name(GATE_KEY_FILE, gate->path), ERR_GATE_FILE);
    (void)snprintf(ret->args, sizeof(ret->args), "%s" ARG "%s", gate->name, gate->path);
}

void gate_check(const struct facts *facts, const struct gate *gate, const struct gate_subject *subject, struct gate_answer *ret)
{
    switch (gate->kind) {
    case GATE_PRED: pred_check(facts, gate, subject, ret); return;
    case GATE_ONLINE: online_check(facts, gate, subject, ret); return;
    case GATE_LOCK: lock_check(facts, gate, subject, ret); return;
    case GATE_FILE: file_check(facts, gate, subject, ret); return;
    case GATE_WINDOW: window_check(facts, gate, subject, ret); return;
    case GATE_PERMIT: break; /* there are no permits yet, so nothing behind this gate can run (E-01) */
    case GATE_KINDS: assert(false);
    }
    (void)shut(ret, gate_key_name(GATE_KEY_PERMIT, gate->name ? gate->name : ""), ERR_GATE_PERMIT);
    (void)str_copy(ret->args, sizeof(ret->args), gate->name ? gate->name : "");
}

/* eun: other jobnets' generations of the same execution date (reference §4.6). */
static bool wait_is_over(const struct facts *facts, const struct net_waits *waits, const char *name,
                         const struct gate_subject *subject, struct gate_answer *ret)
{
    const struct unit_facts *unit = facts_unit(facts, name);
    const struct generation *newest = unit ? generation_newest(unit, subject->date, subject->date) : NULL;
    enum status status = newest ? (enum status)newest->status : STATUS_NO_PLAN;
    bool is_over = newest ? status_class(status) == STATUS_GOOD || status == STATUS_BYPASS ||
                                (status == STATUS_UNEXEC_MONITOR && waits->unmonitored_is_done)
                          : waits->without_generation;
    if (!is_over) {
        (void)shut(ret, unit ? gate_key(GATE_KEY_UNIT, (uint64_t)unit->id) : gate_key_name(GATE_KEY_PERMIT, name),
                   unit ? ERR_GATE_EUN : ERR_GATE_UNKNOWN);
        (void)snprintf(ret->args, sizeof(ret->args), "%s" ARG "%s" OR_EN "%s", name, status_row(status)->text[LANG_JA],
                       status_row(status)->text[LANG_EN]);
    }
    return is_over;
}

static void waits_check(const struct facts *facts, const struct net_waits *waits, const struct gate_subject *subject,
                        struct gate_answer *ret)
{
    for (size_t i = 0; i < waits->count; i++) {
        bool is_over = wait_is_over(facts, waits, waits->units[i], subject, ret);
        if (is_over == waits->is_any) { /* one done is enough, or one open is too much */
            if (is_over) {
                *ret = (struct gate_answer){.is_open = true};
            }
            return;
        }
    }
    if (!waits->is_any) {
        *ret = (struct gate_answer){.is_open = true};
    }
}

void gates_check(const struct facts *facts, const struct net_node *node, const struct gate_subject *subject,
                 struct gate_answer *ret)
{
    *ret = (struct gate_answer){.is_open = true};
    for (size_t i = 0; i < node->gate_count && ret->is_open; i++) {
        gate_check(facts, &node->gates[i], subject, ret);
    }
    if (ret->is_open && node->waits) {
        waits_check(facts, node->waits, subject, ret);
    }
}

void locks_take(struct facts *facts, const struct net_node *node, int64_t run, int32_t node_index)
{
    for (size_t i = 0; i < node->gate_count; i++) {
        const struct gate *gate = &node->gates[i];
        if (gate->kind == GATE_LOCK) {
            struct lock_facts *lock = facts_lock(facts, gate->name);
            *vec_add(&lock->holders) = (struct lock_holder){run, node_index, gate->is_shared};
        }
    }
}

void locks_release(struct facts *facts, const struct net_node *node, int64_t run, int32_t node_index, struct gate_keys *freed)
{
    for (size_t i = 0; i < node->gate_count; i++) {
        const struct gate *gate = &node->gates[i];
        struct lock_facts *lock = gate->kind == GATE_LOCK ? map_get(&facts->locks, gate->name) : NULL;
        for (size_t h = 0; lock && h < lock->holders.n; h++) {
            if (lock->holders.at[h].run == run && lock->holders.at[h].node == node_index) {
                lock->holders.at[h] = lock->holders.at[--lock->holders.n];
                *vec_add(&freed->list) = gate_key_name(GATE_KEY_LOCK, gate->name);
                break;
            }
        }
    }
}

void unit_facts_close(struct unit_facts *unit)
{
    vec_close(&unit->generations);
    vec_close(&unit->plan);
}

void facts_close(struct facts *facts)
{
    for (struct map_entry *e = NULL; (e = map_next(&facts->locks, e));) {
        struct lock_facts *lock = e->value;
        vec_close(&lock->holders);
        heap_free(lock->name);
        heap_free(lock);
    }
    map_close(&facts->locks);
    map_close(&facts->units_by_path);
    map_close(&facts->units_by_name);
    vec_close(&facts->windows);
}
