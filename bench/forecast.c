/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forecast - processor time of the forecast of one night: 3,000 jobnets of 6 jobs, chained by gates over 20 agents. The bar
 * is 50 ms with the copy of the facts. "NAME VALUE UNIT" a line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "calendar/calendar.h"
#include "plan/forecast.h"

enum { NETS = 3000, JOBS = 6, AGENTS = 20, SLOTS = 40, ROUNDS = 9, DAYS_BEHIND = 7, DAYS_AHEAD = 35 };
#define DAY_START_MS INT64_C(1782684000000) /* 2026-06-29T07:00+09:00 */

static double now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Each net waits for one a few places before it; every tenth begins a chain of its own. */
static void net_text(struct strbuf *into, int i)
{
    strbuf_printf(into, "unit=JN%04d,,jp1admin,;{ty=n;ex=\"batch%02d\";x_gate=online(KOKUHO,closed);x_deadline=31:00;", i, i % AGENTS);
    if (i % 10) {
        strbuf_printf(into, "x_gate=pred(/JN%04d,day);", i - 1 - i % 3 % (i % 10));
    }
    for (int j = 1; j < JOBS; j++) {
        strbuf_printf(into, "ar=(f=J%d,t=J%d);", j - 1, j);
    }
    for (int j = 0; j < JOBS; j++) {
        strbuf_printf(into, "unit=J%d,,jp1admin,;{ty=j;te=\"true\";fd=%d;}", j, 1 + (i + j) % 7);
    }
    strbuf_text(into, "}\n");
}

struct site {
    struct arena arena;
    const struct calendar *calendar;
    struct facts facts;
    struct unit_facts units[NETS];
    struct forecast_unit nets[NETS];
    struct forecast_agent agents[AGENTS];
    struct window_class class;
    struct window_group group;
};

static void unit_make(struct site *site, const struct unit *unit, int i)
{
    struct err e = {0};
    struct unit_facts *facts = &site->units[i];
    *facts = (struct unit_facts){.id = i + 1, .path = arena_printf(&site->arena, "/JN%04d", i)};
    site->nets[i] = (struct forecast_unit){.path = facts->path, .calendar = site->calendar};
    if (!net_make(&site->arena, unit, facts->path, NULL, &site->nets[i].net, &e)) {
        exit(1);
    }
    struct bizday today = calendar_day_of(site->calendar, (struct instant){DAY_START_MS});
    for (int day = -DAYS_BEHIND; day < 0; day++) {
        *vec_add(&facts->generations) = (struct generation){.run = i * 10 + day + 10, .date = bizday_plus(today, day), .status = STATUS_NORMAL};
    }
    for (int day = 0; day < DAYS_AHEAD; day++) {
        int64_t start_ms = DAY_START_MS + day * DAY_MS + (15 * 60 + i % 240) * MINUTE_MS;
        *vec_add(&facts->plan) = (struct plan_entry){.id = i * 100 + day, .start_ms = start_ms, .planned_ms = start_ms,
                                                     .date = bizday_plus(today, day), .rule = 1};
    }
    (void)map_put(&site->facts.units_by_path, facts->path, facts);
    (void)map_put(&site->facts.units_by_name, facts->path + 1, facts);
}

static void site_make(struct site *site)
{
    static const struct forecast_limit limit = {0, SLOTS};
    struct calendar_level level = {.name = "/", .parent = calendar_japan(&site->arena), .base_time = {360}};
    site->calendar = calendar_make(&site->arena, &level);
    site->class = (struct window_class){.name = "職員", .calendar = site->calendar};
    site->group = (struct window_group){.name = "KOKUHO", .classes = &site->class, .class_count = 1, .observation_ms_max = 300000};
    *vec_add(&site->facts.windows) = (struct window_facts){.group = &site->group, .seen[0] = {PHASE_CLOSED, PHASE_CLOSED, {DAY_START_MS}}};
    for (int i = 0; i < AGENTS; i++) {
        site->agents[i] = (struct forecast_agent){.name = arena_printf(&site->arena, "batch%02d", i), .same_as = -1,
                                                  .limits = &limit, .limit_count = 1};
    }
    struct strbuf text = {0};
    for (int i = 0; i < NETS; i++) {
        net_text(&text, i);
    }
    struct diags diags = {0};
    const struct unit_file *file;
    if (!unit_parse(&site->arena, arena_copy(&site->arena, text.at), text.n, &diags, &file)) {
        exit(1);
    }
    strbuf_close(&text);
    diags_close(&diags);
    int i = 0;
    for (const struct unit *unit = file->first; unit; unit = unit->next_sibling) {
        unit_make(site, unit, i++);
    }
}

static void one_round(struct site *site, double *copy_ms, double *make_ms)
{
    struct arena into = {0};
    struct facts copy;
    struct forecast forecast;
    double start = now_ms();
    facts_copy(&into, &site->facts, &copy);
    double copied = now_ms();
    struct forecast_input in = {.facts = &copy, .units = site->nets, .unit_count = NETS, .agents = site->agents,
                                .agent_count = AGENTS, .zone = zone_tokyo(), .now = {DAY_START_MS}, .horizon = {DAY_START_MS + DAY_MS},
                                .job_default_ms = MINUTE_MS, .opening_group = "KOKUHO", .opening = {DAY_START_MS + DAY_MS}};
    forecast_make(&into, &in, &forecast);
    double end = now_ms();
    for (size_t i = 0; i < forecast.row_count; i++) {
        if (forecast.rows[i].outcome != FORECAST_ENDS) {
            fprintf(stderr, "%s does not end\n", forecast.rows[i].path);
            exit(1);
        }
    }
    *copy_ms = copied - start < *copy_ms ? copied - start : *copy_ms;
    *make_ms = end - copied < *make_ms ? end - copied : *make_ms;
    facts_close(&copy);
    arena_close(&into);
}

int main(void)
{
    struct site *site = heap_resize(NULL, 1, sizeof *site);
    memset(site, 0, sizeof *site);
    site_make(site);
    double copy_ms = 1e9, make_ms = 1e9;
    for (int i = 0; i < ROUNDS; i++) {
        one_round(site, &copy_ms, &make_ms);
    }
    printf("forecast.night_3000_ms %.1f ms\n", copy_ms + make_ms);
    printf("forecast.copy_3000_ms %.1f ms\n", copy_ms);
    for (int i = 0; i < NETS; i++) {
        unit_facts_close(&site->units[i]);
    }
    facts_close(&site->facts);
    arena_close(&site->arena);
    heap_free(site);
    return 0;
}
