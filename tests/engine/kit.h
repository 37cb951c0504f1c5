/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * kit - short definitions and acts for the engine's tests. Every test is a play on a stage of its own.
 */
#include "tests/unit.h"

#include <string.h>

#include "engine/engine.h"
#include "store/store.h"
#include "tests/support/stage.h"
#include "tests/support/world.h"

/* A root jobnet of jobs J1 -> J2 … of 10 minutes each, with these further lines. */
static inline const char *net(struct stage *s, const char *name, int jobs, const char *lines)
{
    struct strbuf b = {0};
    strbuf_printf(&b, "unit=%s,,,;\n{\nty=n;\n", name);
    for (int i = 1; i <= jobs; i++) {
        strbuf_printf(&b, "el=%s%d,j,+0 +0;\n", name, i);
    }
    for (int i = 1; i < jobs; i++) {
        strbuf_printf(&b, "ar=(f=%s%d,t=%s%d,seq);\n", name, i, name, i + 1);
    }
    strbuf_printf(&b, "%s\n", lines);
    for (int i = 1; i <= jobs; i++) {
        strbuf_printf(&b, "unit=%s%d,,,;\n{\nty=j;\nte=\"true\";\ntho=0;\nfd=10;\n}\n", name, i);
    }
    strbuf_text(&b, "}\n");
    const char *text = arena_copy(&s->arena, strbuf_str(&b));
    strbuf_close(&b);
    return text;
}

#define EVERY_DAY(time) "sd=1,en;\ncy=1,(1,d);\nsh=1,no;\nst=1," time ";\n"
#define NO_PLAN "sd=0,ud;\n"

static inline void define_net(struct stage *s, const char *name, int jobs, const char *lines)
{
    stage_define(s, "/", net(s, name, jobs, lines));
}

static inline struct act act_on(enum act_kind kind, const char *unit)
{
    struct act act = act_make(kind);
    act.unit = unit;
    act.reason = "試験";
    return act;
}

static inline struct act act_of_run(enum act_kind kind, int64_t run, int32_t node)
{
    struct act act = act_on(kind, "");
    act.run = run;
    act.node = node;
    return act;
}

static inline struct act rerun_act(int64_t run, const char *from)
{
    struct act act = act_of_run(ACT_RERUN, run, 0);
    act.kind = from;
    return act;
}

static inline struct act window_act(enum act_kind kind, const char *cls, const char *word)
{
    struct act act = act_on(kind, "");
    act.group = "KOKUHO";
    act.cls = cls;
    act.kind = word;
    return act;
}

static inline struct act decision_act(const char *kind, const char *entity)
{
    struct act act = act_make(ACT_DECISION);
    act.kind = kind;
    act.text = "了承する";
    act.text2 = entity;
    act.group = "システム管理課長";
    act.cls = "電話";
    return act;
}

/* Records it; its number. */
static inline int64_t decision_of(struct stage *s, const char *kind, const char *entity)
{
    stage_do(s, decision_act(kind, entity));
    return stage_count(s, TABLE_decision, NULL, 0);
}

static inline struct bizday day_of(const char *date)
{
    struct bizday day = BIZDAY_NONE;
    assert_true(bizday_parse(date, &day));
    return day;
}


/* As text, of this moment. */
static inline const char *world_now(struct stage *s)
{
    struct strbuf b = {0};
    world_print(&b, s->engine);
    const char *text = arena_copy(&s->arena, strbuf_str(&b));
    strbuf_close(&b);
    return text;
}

/* The sample federation's windows on two classes. `more` is further lines of site.yaml. */
#define KOKUHO_SITE                                                                                                                         \
    "base_time: 06:00\n"                                                                                                             \
    "calendars:\n"                                                                                                                   \
    "  - {name: WEEK, closed_weekdays: [su, sa]}\n"                                                                                  \
    "window_groups:\n"                                                                                                               \
    "  - name: KOKUHO\n"                                                                                                             \
    "    systems: [SSH]\n"                                                                                                           \
    "    observation_minutes: 1440\n"                                                                                                \
    "    classes:\n"                                                                                                                 \
    "      - {name: 職員, calendar: WEEK, on_open_days: {opens: 08:00, precloses: 19:00, closes: 19:15}}\n"                          \
    "      - {name: 保険者, calendar: WEEK, on_open_days: {opens: 08:30, precloses: 21:15, closes: 21:30}}\n"                        \
    "time_windows:\n"                                                                                                                \
    "  - {name: NIGHT, from: 22:00, to: 28:00}\n"                                                                                    \
    "agents:\n"                                                                                                                      \
    "  - {name: local, default: true, jobs: 100}\n"

static inline void open_kokuho_with(struct stage *s, const char *start, const char *site)
{
    stage_open(s, &(struct stage_options){.start = start, .site = site, .with_hash = true});
}

static inline void open_kokuho(struct stage *s, const char *start) { open_kokuho_with(s, start, KOKUHO_SITE); }
