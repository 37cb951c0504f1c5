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
