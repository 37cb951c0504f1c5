/* SPDX-License-Identifier: Apache-2.0 */
/*
 * night - see night.h.
 */
#include "tests/support/night.h"

#include <stdio.h>
#include <string.h>

#include "calendar/calendar.h"

enum { CLASSES = 3 };
static const char *const class_names[CLASSES] = {"職員", "保険者", "審査委員会"};

struct night *night_open(void)
{
    struct night *night = test_calloc(1, sizeof *night);
    struct calendar_level level = {.name = "/", .parent = calendar_japan(&night->arena), .base_time = {360}};
    night->calendar = calendar_make(&night->arena, &level);
    night->date = bizday_of((struct civil){2026, 6, 29});
    struct window_class *classes = arena_array(&night->arena, struct window_class, CLASSES);
    struct window_group *group = arena_new(&night->arena, struct window_group);
    for (size_t i = 0; i < CLASSES; i++) {
        classes[i] = (struct window_class){.name = class_names[i], .calendar = night->calendar};
    }
    *group = (struct window_group){.name = "KOKUHO", .classes = classes, .class_count = CLASSES, .observation_ms_max = 300000};
    *vec_add(&night->facts.windows) = (struct window_facts){.group = group};
    for (size_t i = 0; i < CLASSES; i++) {
        night_window(night, class_names[i], PHASE_CLOSED);
    }
    night->input = (struct forecast_input){.zone = zone_tokyo(), .job_default_ms = MINUTE_MS, .opening_group = "KOKUHO",
                                           .opening = night_at(night, "31:40"), .horizon = night_at(night, "34:00")};
    return night;
}

void night_close(struct night *night)
{
    for (size_t i = 0; i < night->units.n; i++) {
        unit_facts_close(night->units.at[i]);
    }
    vec_close(&night->units);
    vec_close(&night->nets);
    vec_close(&night->runs);
    facts_close(&night->facts);
    arena_close(&night->arena);
    test_free(night);
}

struct instant night_at(const struct night *night, const char *time)
{
    struct daytime daytime;
    assert_true(daytime_parse(time, &daytime));
    return calendar_instant(night->calendar, night->date, daytime);
}

struct unit_facts *night_net(struct night *night, const char *name, const char *start, const char *drawing)
{
    struct strbuf text = {0};
    net_draw(&text, drawing);
    const struct net *net = net_of_text(&night->arena, strbuf_str(&text));
    strbuf_close(&text);
    struct unit_facts *facts = arena_new(&night->arena, struct unit_facts);
    *facts = (struct unit_facts){.id = (int64_t)night->units.n + 1, .path = arena_printf(&night->arena, "/%s", name)};
    if (start) {
        struct instant at = night_at(night, start);
        *vec_add(&facts->plan) = (struct plan_entry){.id = 1000 + facts->id, .start_ms = at.ms, .planned_ms = at.ms,
                                                     .date = night->date, .shifted_from = BIZDAY_NONE, .rule = 1};
    }
    *vec_add(&night->units) = facts;
    (void)map_put(&night->facts.units_by_path, facts->path, facts);
    (void)map_put(&night->facts.units_by_name, facts->path + 1, facts);
    *vec_add(&night->nets) = (struct forecast_unit){.path = facts->path, .net = net, .calendar = night->calendar};
    return facts;
}

void night_generation(struct night *night, const char *name, const char *date, enum status status)
{
    struct unit_facts *facts = facts_unit(&night->facts, name);
    struct bizday day;
    assert_true(bizday_parse(date, &day));
    struct instant at = calendar_instant(night->calendar, day, (struct daytime){1380});
    *vec_add(&facts->generations) = (struct generation){
        .run = (int64_t)facts->generations.n + 1, .planned_ms = at.ms, .ended_ms = at.ms, .date = day, .status = (uint8_t)status};
}

void night_window(struct night *night, const char *cls, enum window_phase phase)
{
    struct window_facts *window = &night->facts.windows.at[0];
    for (size_t i = 0; i < CLASSES; i++) {
        if (strcmp(class_names[i], cls) == 0) {
            window->seen[i] = (struct window_seen){.commanded = phase, .observed = phase, .observed_at = night->input.now};
        }
    }
}

static size_t net_index(const struct night *night, const char *name)
{
    for (size_t i = 0; i < night->nets.n; i++) {
        if (strcmp(night->nets.at[i].path + 1, name) == 0) {
            return i;
        }
    }
    fail_msg("no net %s", name);
    return 0;
}

void night_step(struct night *night, struct run *run, struct run_event event, const char *at)
{
    struct run_effects effects = {0};
    event.at = night_at(night, at);
    if (!event.attempt) {
        event.attempt = run->nodes[event.node].attempt;
    }
    run_step(run, &event, &effects);
    assert_null(run_check(run));
    run_effects_close(&effects);
    for (size_t i = 0; i < night->units.n; i++) {
        for (size_t k = 0; k < night->units.at[i]->generations.n; k++) {
            struct generation *g = &night->units.at[i]->generations.at[k];
            if (g->run == run->id) {
                g->status = run->status;
                g->ended_ms = run->ended.ms;
            }
        }
    }
}

struct run *night_begin(struct night *night, const char *name, const char *started)
{
    struct forecast_unit *unit = &night->nets.at[net_index(night, name)];
    struct unit_facts *facts = facts_unit(&night->facts, name);
    struct plan_entry *entry = &facts->plan.at[0];
    struct run_birth birth = {.id = 5000 + facts->id, .date = night->date, .planned = {entry->start_ms},
                              .calendar = night->calendar, .rule = 1};
    struct run *run = run_make(&night->arena, unit->net, &birth);
    entry->state = PLAN_STARTED;
    entry->run = birth.id;
    *vec_add(&facts->generations) = (struct generation){.run = birth.id, .planned_ms = entry->start_ms, .date = night->date,
                                                        .status = run->status};
    *vec_add(&night->runs) = (struct forecast_run){
        .run = run, .unit = unit,
        .deadline = deadline_instant(&unit->net->deadline, night->calendar, NULL, night->date, birth.planned)};
    night_step(night, run, (struct run_event){.kind = RUN_START}, started);
    return run;
}

void night_forecast(struct night *night, const char *now)
{
    struct facts copy;
    facts_copy(&night->arena, &night->facts, &copy);
    struct forecast_input *in = &night->input;
    for (size_t i = 0; i < night->runs.n; i++) { /* the vector of nets may have moved */
        struct forecast_run *run = &night->runs.at[i];
        for (size_t k = 0; k < night->nets.n; k++) {
            run->unit = night->nets.at[k].net == run->run->net ? &night->nets.at[k] : run->unit;
        }
    }
    in->facts = &copy;
    in->units = night->nets.at;
    in->unit_count = night->nets.n;
    in->runs = night->runs.at;
    in->run_count = night->runs.n;
    in->now = night_at(night, now);
    for (size_t i = 0; i < CLASSES; i++) {
        copy.windows.at[0].seen[i].observed_at = in->now; /* seen just now */
    }
    forecast_make(&night->arena, in, &night->forecast);
    facts_close(&copy);
}

const struct forecast_row *night_row(const struct night *night, const char *name)
{
    const struct forecast_row *found = NULL;
    for (size_t i = 0; i < night->forecast.row_count; i++) {
        if (strcmp(night->forecast.rows[i].path + 1, name) == 0) {
            found = &night->forecast.rows[i];
        }
    }
    assert_non_null(found);
    return found;
}

static const char *clock_text(const struct night *night, struct instant at, char text[TIME_TEXT_MAX])
{
    return at.ms == INSTANT_NEVER.ms ? "-" : daytime_print(calendar_daytime(night->calendar, night->date, at), text);
}

const char *night_when(struct night *night, const char *name)
{
    const struct forecast_row *row = night_row(night, name);
    char start[TIME_TEXT_MAX], end[TIME_TEXT_MAX];
    (void)snprintf(night->text, sizeof night->text, "%s-%s", clock_text(night, row->start, start), clock_text(night, row->end, end));
    return night->text;
}

const char *night_chain(struct night *night, const char *name)
{
    int32_t chain[16];
    size_t n = forecast_chain(&night->forecast, (int32_t)(night_row(night, name) - night->forecast.rows), chain, COUNT(chain));
    struct strbuf text = {0};
    for (size_t i = 0; i < n; i++) {
        strbuf_printf(&text, "%s%s", i ? " " : "", night->forecast.rows[chain[i]].path);
    }
    const char *kept = arena_copy(&night->arena, strbuf_str(&text));
    strbuf_close(&text);
    return kept;
}
