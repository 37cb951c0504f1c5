/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random nights from random snapshots: what must hold in every forecast.
 */
#include "tests/support/night.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NETS_MAX = 14, NIGHTS = 2500, NIGHTS_LONG = 50000, EVENTS_MAX = 30, PREDS_MAX = 3 };

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

struct plan {
    struct night *night;
    int net_count;
    int preds[NETS_MAX][PREDS_MAX]; /* -1 = none */
    bool is_locked[NETS_MAX];
};

static const char *const bodies[] = {
    "A{fd=20;} B{fd=10;} C{fd=30;} A>B A>C", "A{fd=20;abr=y;rec=2;rei=5;} B A>B", "N[A{fd=15;} M[B C B>C] A>M] D{fd=5;} N>D",
    "A{tho=8;fd=10;} D?{ej=gt;ejc=2;} X{fd=20;} Y A>D D~X D>Y", "D?{ej=ef;ejf=\"/f\";} X Y D~X D>Y", "A{ha=y;fd=5;} B",
    "A{fd=5;x_gate=lock(JOB);} B{fd=5;x_gate=lock(JOB);}", "N{x_gate=lock(NET,shared);}[A{fd=40;} B]", "A{jd=ab;} B A>B",
    "N{de=n;sd=1,mo;st=1,24:30;}[A{fd=5;}] M{de=n;sd=1,tu;}[B] N>M"};

static void net_add(struct plan *p, struct dice *d, int i)
{
    struct strbuf drawing = {0};
    strbuf_text(&drawing, "{x_deadline=31:00;");
    p->is_locked[i] = roll(d, 4) == 0;
    strbuf_text(&drawing, p->is_locked[i] ? "x_gate=lock(DB);" : "");
    strbuf_text(&drawing, roll(d, 6) ? "" : "x_gate=online(KOKUHO,closed);");
    strbuf_printf(&drawing, "ex=\"host%u\";pr=%u;", roll(d, 3), 1 + roll(d, 5));
    for (int k = 0; k < PREDS_MAX; k++) {
        p->preds[i][k] = i > 0 && roll(d, 3) == 0 ? (int)roll(d, (uint32_t)i) : -1;
        if (p->preds[i][k] >= 0) {
            strbuf_printf(&drawing, "x_gate=pred(/J%d,day);", p->preds[i][k]);
        }
    }
    strbuf_printf(&drawing, "}%s", bodies[roll(d, COUNT(bodies))]);
    char name[16], start[TIME_TEXT_MAX];
    (void)snprintf(name, sizeof name, "J%d", i);
    (void)daytime_print((struct daytime){22 * 60 + (int32_t)roll(d, 240)}, start);
    night_net(p->night, name, start, strbuf_str(&drawing));
    strbuf_close(&drawing);
}

/* Some have begun; their jobs are anywhere. */
static void begin_some(struct plan *p, struct dice *d)
{
    static const enum run_event_kind kinds[] = {RUN_SLOT, RUN_SLOT, RUN_SLOT, RUN_STARTED, RUN_ENDED, RUN_ENDED, RUN_GATES_SHUT,
                                                RUN_HOLD, RUN_KILL, RUN_SUSPEND, RUN_UNKNOWN, RUN_REFUSED, RUN_CHANGE_STATUS, RUN_RERUN};
    for (int i = 0; i < p->net_count; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "J%d", i);
        if (p->is_locked[i] || roll(d, 3)) { /* no locks were taken for them */
            continue;
        }
        struct run *run = night_begin(p->night, name, "22:00");
        for (uint32_t k = roll(d, EVENTS_MAX); k > 0; k--) {
            struct run_event event = {.kind = kinds[roll(d, COUNT(kinds))], .node = (int32_t)roll(d, (uint32_t)run->net->node_count)};
            event.code = roll(d, 3) ? 0 : 1;
            event.rerun = (enum rerun_kind)roll(d, RERUN_KINDS);
            event.status = roll(d, 2) ? STATUS_NORMAL : STATUS_ABNORMAL;
            if (event.kind == RUN_KILL && roll(d, 4)) {
                continue;
            }
            night_step(p->night, run, event, roll(d, 2) ? "22:20" : "22:30");
        }
    }
}

static const struct forecast_row *row_of(const struct night *n, int i)
{
    char name[16];
    (void)snprintf(name, sizeof name, "J%d", i);
    return night_row(n, name);
}

static void assert_order(const struct plan *p)
{
    for (int i = 0; i < p->net_count; i++) {
        const struct forecast_row *row = row_of(p->night, i);
        bool is_planned = row->run == 0 && row->start.ms != INSTANT_NEVER.ms;
        assert_true(row->end.ms == INSTANT_NEVER.ms || row->start.ms == INSTANT_NEVER.ms || row->end.ms >= row->start.ms);
        assert_true(!is_planned || row->start.ms >= row->planned.ms);
        assert_int_equal(row->outcome == FORECAST_ENDS, row->end.ms != INSTANT_NEVER.ms);
        for (int k = 0; k < PREDS_MAX && is_planned; k++) {
            if (p->preds[i][k] >= 0) {
                const struct forecast_row *pred = row_of(p->night, p->preds[i][k]);
                assert_int_equal(pred->outcome, FORECAST_ENDS);
                assert_true(pred->end.ms <= row->start.ms);
            }
        }
        for (int k = 0; k < i; k++) { /* no two hold the lock at once */
            const struct forecast_row *other = row_of(p->night, k);
            bool is_met = p->is_locked[i] && p->is_locked[k] && is_planned && other->start.ms != INSTANT_NEVER.ms;
            assert_true(!is_met || row->end.ms <= other->start.ms || other->end.ms <= row->start.ms);
        }
        if (row->critical >= 0) {
            assert_true(p->night->forecast.rows[row->critical].start.ms != INSTANT_NEVER.ms);
        }
    }
}

static void one_night(uint64_t seed)
{
    static const struct forecast_limit narrow[] = {{0, 1}, {180, 4}}, wide[] = {{0, 2}};
    static const struct forecast_agent agents[] = {
        {.name = "host0", .same_as = -1, .is_default = true, .limits = narrow, .limit_count = 2},
        {.name = "host1", .same_as = -1, .limits = wide, .limit_count = 1}};
    struct dice dice = {seed};
    struct plan plan = {.night = night_open(), .net_count = 1 + (int)roll(&dice, NETS_MAX)};
    plan.night->input.agents = agents;
    plan.night->input.agent_count = 2;
    for (int i = 0; i < plan.net_count; i++) {
        net_add(&plan, &dice, i);
    }
    begin_some(&plan, &dice);
    plan.night->input.assumes_rerun = roll(&dice, 2);
    night_forecast(plan.night, "22:30");
    assert_order(&plan);
    night_close(plan.night);
}

/* For assertions that speak no seed. */
static volatile uint64_t seed_now;

static void every_forecast_keeps_the_rules(void **state)
{
    const char *from = getenv("BANTO_SEED");
    uint64_t first = from ? strtoull(from, NULL, 10) : 1;
    uint64_t count = from ? 1 : getenv("BANTO_LONG") ? NIGHTS_LONG : NIGHTS;
    for (uint64_t i = 0; i < count; i++) {
        seed_now = first + i;
        one_night(first + i);
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
        cmocka_unit_test_teardown(every_forecast_keeps_the_rules, tell_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
