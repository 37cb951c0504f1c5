/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world - units, plans, generations, live runs, locks, windows and slots, in a fixed order.
 *
 * Left out: what memory may forget (old plans and generations) and what is of one connection.
 */
#include "tests/support/world.h"

#include <stdlib.h>
#include <string.h>

#include "engine/engine_priv.h"

enum { DAYS_BACK = 35 };

static const char *text(const char *t) { return t ? t : ""; }

/* " name=number": a world has tens of thousands of these, and is printed often. */
static void number(struct strbuf *b, const char *name, int64_t value)
{
    strbuf_char(b, ' ');
    strbuf_text(b, name);
    strbuf_char(b, '=');
    strbuf_number(b, value);
}

static void word(struct strbuf *b, const char *name, const char *value, char end)
{
    strbuf_char(b, ' ');
    strbuf_text(b, name);
    strbuf_char(b, '=');
    strbuf_text(b, text(value));
    strbuf_char(b, end);
}

static void print_unit(struct strbuf *b, const struct unit_entry *u, int32_t since)
{
    strbuf_printf(b, "unit %lld %s deleted=%d version=%lld registered=%d held=%d suspended=%d to=%d live=%d\n", (long long)u->id,
                  u->path, u->is_deleted, u->version ? (long long)u->version->id : 0, u->registration, u->is_held, u->is_suspended,
                  u->registration ? u->planned_to.day : 0, u->live_count);
    for (size_t i = 0; i < u->facts.plan.n; i++) {
        const struct plan_entry *p = &u->facts.plan.at[i];
        if (p->date.day >= since) {
            strbuf_text(b, "  plan ");
            strbuf_number(b, p->id);
            number(b, "date", p->date.day), number(b, "rule", p->rule), number(b, "start", p->start_ms);
            number(b, "planned", p->planned_ms), number(b, "state", p->state), number(b, "held", p->is_held);
            number(b, "changed", p->is_changed), number(b, "run", p->run);
            word(b, "reason", p->reason, '\n');
        }
    }
    for (size_t i = 0; i < u->facts.generations.n; i++) {
        const struct generation *g = &u->facts.generations.at[i];
        if (g->date.day >= since) {
            strbuf_text(b, "  generation ");
            strbuf_number(b, g->run);
            number(b, "date", g->date.day), number(b, "planned", g->planned_ms), number(b, "ended", g->ended_ms);
            number(b, "status", g->status);
            strbuf_char(b, '\n');
        }
    }
}

static void print_run(struct strbuf *b, const struct live_run *live)
{
    const struct run *run = live->run;
    strbuf_printf(b, "run %lld %s version=%lld occurrence=%lld date=%d planned=%lld started=%lld status=%d flags=%u origin=%d "
                     "deadline=%lld live=%d done=%d dirty=%zu reason=%s\n",
                  (long long)live->id, live->unit->path, (long long)live->version->id, (long long)live->occurrence, run->date.day,
                  (long long)run->planned.ms, (long long)run->started.ms, run->status, run->flags, live->origin,
                  (long long)live->deadline_ms, run->live_count, live->is_done, live->dirty.n, live->reason);
    for (int32_t n = 1; n < run->net->node_count; n++) {
        const struct node_run *node = &run->nodes[n];
        strbuf_text(b, "  node ");
        strbuf_number(b, n);
        number(b, "status", node->status), number(b, "flags", node->flags), number(b, "attempt", node->attempt);
        number(b, "code", node->code), number(b, "preds", node->preds_left), number(b, "children", node->children_left);
        number(b, "started", node->started_ms), number(b, "ended", node->ended_ms), number(b, "due", node->due_ms);
        word(b, "agent", live->agents[n], '\n');
    }
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = (*(struct map_entry *const *)a)->hash, y = (*(struct map_entry *const *)b)->hash;
    return x < y ? -1 : x > y;
}

static int by_text(const void *a, const void *b)
{
    return strcmp((*(struct map_entry *const *)a)->key, (*(struct map_entry *const *)b)->key);
}

struct entries {
    VEC(struct map_entry *) list;
};

static void sorted(const struct map *map, int (*order)(const void *, const void *), struct entries *ret)
{
    ret->list.n = 0;
    for (struct map_entry *e = NULL; (e = map_next(map, e));) {
        *vec_add(&ret->list) = e;
    }
    if (ret->list.n) {
        qsort(ret->list.at, ret->list.n, sizeof(*ret->list.at), order);
    }
}

static void print_locks(struct strbuf *b, const struct lock_facts *lock)
{
    int64_t sum = 0; /* holders stand in any order */
    for (size_t i = 0; i < lock->holders.n; i++) {
        sum += lock->holders.at[i].run * 1000 + lock->holders.at[i].node * 2 + lock->holders.at[i].is_shared;
    }
    if (lock->holders.n) {
        strbuf_printf(b, "lock %s holders=%zu sum=%lld\n", lock->name, lock->holders.n, (long long)sum);
    }
}

void world_print(struct strbuf *into, struct engine *engine)
{
    const struct world *w = &engine->w;
    struct entries entries = {0};
    strbuf_printf(into, "epoch %s\n", w->epoch);
    sorted(&w->units_by_id, by_number, &entries);
    for (size_t i = 0; i < entries.list.n; i++) {
        print_unit(into, entries.list.at[i]->value, calendar_day_of(w->site->root, engine->now).day - DAYS_BACK);
    }
    sorted(&w->runs, by_number, &entries);
    for (size_t i = 0; i < entries.list.n; i++) {
        print_run(into, entries.list.at[i]->value);
    }
    sorted(&w->facts.locks, by_text, &entries);
    for (size_t i = 0; i < entries.list.n; i++) {
        print_locks(into, entries.list.at[i]->value);
    }
    for (size_t i = 0; i < w->facts.windows.n; i++) {
        for (size_t c = 0; c < w->facts.windows.at[i].group->class_count; c++) {
            const struct window_seen *seen = &w->facts.windows.at[i].seen[c];
            strbuf_printf(into, "window %zu/%zu commanded=%d observed=%d at=%lld\n", i, c, (int)seen->commanded, (int)seen->observed,
                          (long long)seen->observed_at.ms);
        }
    }
    sorted(&w->agents, by_text, &entries);
    for (size_t i = 0; i < entries.list.n; i++) {
        const struct agent_entry *a = entries.list.at[i]->value;
        if (a->first_seen.ms) {
            strbuf_printf(into, "agent %s running=%d drained=%d limits=%s\n", a->name, a->running, a->is_drained, text(a->limits));
        }
    }
    vec_close(&entries.list);
}
