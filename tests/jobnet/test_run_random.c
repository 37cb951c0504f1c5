/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random nets, random events, sense and nonsense: what must always hold.
 */
#include "tests/support/run_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES_MAX = 60, DEPTH_MAX = 4, NETS = 4000, NETS_LONG = 120000, RUNS_PER_NET = 5, EVENTS_MAX = 120, TURNS_MAX = 5000 };

struct dice {
    uint64_t state;
};

static uint32_t roll(struct dice *d, uint32_t sides) /* splitmix64 */
{
    uint64_t z = d->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ (z >> 31)) % sides);
}

/* ---- drawings ---- */

struct drawer {
    struct dice *dice;
    struct strbuf text;
    int made, limit;
};

static void draw_job(struct drawer *d, int name)
{
    static const char *const params[] = {"", "{wth=2;tho=6;}", "{abr=y;rjs=1;rje=9;rec=2;rei=3;}", "{ha=y;}",
                                         "{x_gate=lock(DB);}", "{etm=10;fd=5;}", "{jd=ab;}", ""};
    strbuf_printf(&d->text, "U%d%s ", name, params[roll(d->dice, COUNT(params))]);
}

/* One level; relations lead from earlier to later units, so there is no cycle. */
static void draw_level(struct drawer *d, int depth)
{
    int names[NODES_MAX], n = 0, count = 1 + (int)roll(d->dice, depth ? 4 : 8);
    while (n < count && d->made < d->limit) {
        int name = ++d->made;
        uint32_t kind = roll(d->dice, 10);
        if (kind < 2 && depth < DEPTH_MAX) {
            static const char *const params[] = {"", "", "{de=n;sd=1,tu;}", "{de=n;sd=1,mo;st=1,22:20;}", "{x_gate=lock(DB);}"};
            strbuf_printf(&d->text, "U%d%s[", name, params[roll(d->dice, COUNT(params))]);
            draw_level(d, depth + 1);
            strbuf_text(&d->text, "] ");
            names[n++] = name;
        } else if (kind == 2 && d->made < d->limit) {
            static const char *const judgments[] = {"{ej=gt;ejc=2;}", "{ej=eq;ejc=0;}", "{ej=ef;ejf=\"/f\";}"};
            strbuf_printf(&d->text, "U%d?%s ", name, judgments[roll(d->dice, COUNT(judgments))]);
            names[n++] = name;
            if (roll(d->dice, 2)) { /* its dependent unit has no other relations */
                draw_job(d, ++d->made);
                strbuf_printf(&d->text, "U%d~U%d ", name, d->made);
            }
        } else {
            draw_job(d, name);
            names[n++] = name;
        }
    }
    for (int to = 1; to < n; to++) {
        for (int from = 0; from < to; from++) {
            if (roll(d->dice, 3) == 0) {
                strbuf_printf(&d->text, "U%d>U%d ", names[from], names[to]);
            }
        }
    }
}

static struct fixture *random_fixture(struct dice *dice)
{
    struct drawer d = {.dice = dice, .limit = 1 + (int)roll(dice, NODES_MAX - 2)};
    draw_level(&d, 0);
    struct fixture *f = fixture_open(strbuf_str(&d.text));
    strbuf_close(&d.text);
    return f;
}

/* ---- what must hold ---- */

struct watch {
    struct fixture *f;
    int32_t started[NODES_MAX + 1]; /* highest attempt told to the agent, by node */
};

static bool is_below(const struct net *net, int32_t n, int32_t top)
{
    while (n > top) {
        n = net->nodes[n].parent;
    }
    return n == top;
}

static bool has_ended(const struct run *run, int32_t n)
{
    return status_is_ended((enum status)run->nodes[n].status);
}

/* All in front of it, and of every net round it, have ended. */
static void assert_in_order(const struct fixture *f, int32_t node)
{
    for (int32_t at = node; at > 0; at = f->net->nodes[at].parent) {
        const struct net_node *def = &f->net->nodes[at];
        for (uint32_t i = 0; at == node && i < def->pred_count; i++) {
            int32_t pred = f->net->edges[def->pred_from + i];
            assert_true(has_ended(f->run, pred));
            assert_true(f->net->nodes[pred].dependent < 0 || has_ended(f->run, f->net->nodes[pred].dependent));
        }
        assert_true(at != node || def->judged_by < 0 || f->run->nodes[def->judged_by].status == STATUS_NORMAL);
        assert_int_equal(status_class((enum status)f->run->nodes[def->parent].status), STATUS_BUSY);
    }
}

static void look_at_effects(struct watch *w)
{
    const struct fixture *f = w->f;
    for (size_t i = 0; i < f->effects.list.n; i++) {
        const struct run_effect *effect = &f->effects.list.at[i];
        if (effect->kind == EFFECT_START) {
            assert_int_equal(effect->attempt, w->started[effect->node] + 1); /* one more, never the same again */
            w->started[effect->node] = effect->attempt;
            assert_in_order(f, effect->node);
        }
    }
}

static void send(struct watch *w, const struct run_event *event)
{
    struct fixture *f = w->f;
    struct run_event e = *event;
    e.at = f->now;
    f->effects.list.n = 0;
    run_step(f->run, &e, &f->effects);
    const char *wrong = run_check(f->run);
    if (wrong) {
        fail_msg("%s after event %d on %s", wrong, (int)e.kind, f->net->nodes[e.node].name);
    }
    for (int32_t n = 0; n < f->net->node_count; n++) {
        assert_true(f->run->nodes[n].attempt >= w->started[n]);
    }
    look_at_effects(w);
}

static struct run_event random_event(struct watch *w, struct dice *d)
{
    struct fixture *f = w->f;
    static const enum run_event_kind kinds[] = {
        RUN_GATES_OPEN, RUN_GATES_OPEN, RUN_GATES_SHUT, RUN_SLOT, RUN_SLOT, RUN_SLOT, RUN_STARTED, RUN_STARTED, RUN_ENDED, RUN_ENDED,
        RUN_ENDED, RUN_ENDED, RUN_REFUSED, RUN_UNKNOWN, RUN_TIMER, RUN_HOLD, RUN_RELEASE, RUN_RELEASE, RUN_KILL, RUN_INTERRUPT,
        RUN_SUSPEND, RUN_RESUME, RUN_RESUME, RUN_RERUN, RUN_RERUN, RUN_RERUN, RUN_CHANGE_STATUS, RUN_PROBED, RUN_PROBED, RUN_START};
    static const enum status targets[] = {STATUS_NORMAL, STATUS_WARNING, STATUS_ABNORMAL, STATUS_FAILED, STATUS_BYPASS, STATUS_RUNNING};
    struct run_event e = {.kind = kinds[roll(d, COUNT(kinds))]};
    e.node = (int32_t)roll(d, (uint32_t)f->net->node_count);
    if ((e.kind == RUN_KILL || e.kind == RUN_INTERRUPT) && roll(d, 6)) {
        e.kind = RUN_ENDED;
    }
    e.attempt = f->run->nodes[e.node].attempt - (roll(d, 8) == 0) + (roll(d, 20) == 0);
    e.code = roll(d, 3) ? 0 : (int32_t)roll(d, 10);
    e.is_killed = roll(d, 12) == 0;
    e.is_failed = roll(d, 2);
    e.exists = roll(d, 2);
    e.timer = (enum run_timer)roll(d, 4);
    e.rerun = (enum rerun_kind)roll(d, RERUN_KINDS);
    e.is_held = roll(d, 4) == 0;
    e.status = targets[roll(d, COUNT(targets))];
    return e;
}

/* Whatever was done to it: if all that is asked is answered, it ends. */
static void finish(struct watch *w)
{
    struct fixture *f = w->f;
    send(w, &(struct run_event){.kind = RUN_START});
    send(w, &(struct run_event){.kind = RUN_RESUME});
    for (int turn = 0; turn < TURNS_MAX && !has_ended(f->run, 0); turn++) {
        f->now.ms += 30 * MINUTE_MS;
        for (int32_t n = 1; n < f->net->node_count; n++) {
            static const struct run_event answers[] = {
                {.kind = RUN_RELEASE}, {.kind = RUN_TIMER, .timer = TIMER_DUE}, {.kind = RUN_GATES_OPEN}, {.kind = RUN_SLOT},
                {.kind = RUN_PROBED}, {.kind = RUN_ENDED}};
            for (size_t i = 0; i < COUNT(answers); i++) {
                struct run_event e = answers[i];
                e.node = n;
                e.attempt = f->run->nodes[n].attempt;
                send(w, &e);
            }
        }
    }
    assert_true(has_ended(f->run, 0));
    assert_int_equal(f->run->live_count, 0);
}

/* A net is normal only if nothing in it is bad. */
static void assert_results_fit(const struct fixture *f)
{
    for (int32_t n = 1; n < f->net->node_count; n++) {
        enum status status = (enum status)f->run->nodes[n].status;
        bool is_bad = status_class(status) == STATUS_BAD && !(f->run->nodes[n].flags & NODE_PASSED);
        enum status up = (enum status)f->run->nodes[f->net->nodes[n].parent].status;
        if (is_bad) {
            assert_int_not_equal(up, STATUS_NORMAL);
            assert_int_not_equal(up, STATUS_WARNING);
        }
        assert_true(is_below(f->net, n, 0));
    }
}

static void one_run(struct fixture *f, struct dice *dice)
{
    struct watch w = {.f = f};
    uint32_t events = roll(dice, EVENTS_MAX);
    for (uint32_t i = 0; i < events; i++) {
        struct run_event event = random_event(&w, dice);
        f->now.ms += roll(dice, 4) * MINUTE_MS;
        if (i == 2) {
            event = (struct run_event){.kind = RUN_START};
        }
        send(&w, &event);
    }
    assert_reload_is_equal(f);
    finish(&w);
    assert_results_fit(f);
    assert_reload_is_equal(f);
}

static void runs_of_one_net(uint64_t seed)
{
    struct dice dice = {seed};
    struct fixture *f = random_fixture(&dice);
    struct instant night = f->now;
    for (int i = 0; i < RUNS_PER_NET; i++) {
        f->now = night;
        fixture_restart(f);
        one_run(f, &dice);
    }
    fixture_close(f);
}

/* For assertions that speak no seed: read it in a debugger. */
static volatile uint64_t seed_now;

static void whatever_happens_the_rules_hold_and_the_run_can_end(void **state)
{
    const char *from = getenv("BANTO_SEED");
    uint64_t first = from ? strtoull(from, NULL, 10) : 1;
    uint64_t count = from ? 1 : getenv("BANTO_LONG") ? NETS_LONG : NETS;
    for (uint64_t i = 0; i < count; i++) {
        seed_now = first + i;
        runs_of_one_net(first + i);
    }
}

static int tell_seed(void **state)
{
    fprintf(stderr, "last seed: BANTO_SEED=%llu\n", (unsigned long long)seed_now);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(whatever_happens_the_rules_hold_and_the_run_can_end, tell_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
