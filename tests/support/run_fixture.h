/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * run_fixture - one run of a jobnet drawn in a line, with a tiny shell round it that answers its effects.
 *
 *   net_draw: J1 J2 J1>J2          jobs and a relation
 *             J1{tho=4;wth=2;}     with parameters, as the product's text says them
 *             D?{ej=gt;ejc=4;}     a judgment job; D~J4 names its dependent unit
 *             N{de=n;}[A B A>B]    a nested jobnet
 *             {fd=60;}             parameters of the root R
 * The drawing becomes unit text and goes through unit_parse and net_make.
 *
 * The shell gives slots at once, opens gates at once, unless told not to; timers go off in `later`. What a
 * step did is a trace as an operator would read it: "J1:queuing J1:START#1 R:ab-cont". After each step run_check must
 * hold. Names are unique in a drawing.
 */
#include "tests/unit.h"

#include "jobnet/net.h"
#include "jobnet/run.h"

struct fixture {
    struct arena arena;
    const struct net *net;
    struct run *run;
    const struct calendar *calendar; /* base time 06:00, weekdays open */
    struct bizday date;              /* Monday 2026-06-29 */
    int rule;                        /* rule of the root's occurrence */
    struct run_effects effects;
    struct strbuf trace;
    VEC(struct run_effect) timers;
    VEC(int32_t) wants;              /* nodes that asked for a slot */
    uint8_t *shown;                  /* status last traced, by node */
    struct instant now;
    bool keeps_slots, keeps_gates;   /* the shell does not answer by itself */
};

/* Appends the unit text of a drawing: one root jobnet R. */
void net_draw(struct strbuf *into, const char *drawing);
/* Parses unit text whose first top unit is a root jobnet. */
const struct net *net_of_text(struct arena *into, const char *text);

struct fixture *fixture_open(const char *drawing);
void fixture_close(struct fixture *f);
void fixture_restart(struct fixture *f); /* a fresh run of the same net: after a change of date, rule or clock */
int32_t node_of(const struct fixture *f, const char *name); /* "R" is the root */
enum status status_of(const struct fixture *f, const char *name);
/* run_make again from the stored parts of the rows, as after a load, must give the same. */
void assert_reload_is_equal(const struct fixture *f);

/* Each does one thing and compares the trace of all that followed; NULL compares nothing. */
void step(struct fixture *f, const struct run_event *event, const char *expected);
void starts(struct fixture *f, const char *expected);
void act(struct fixture *f, enum run_event_kind kind, const char *node, const char *expected);
void begins(struct fixture *f, const char *node, const char *expected);            /* STARTED of the attempt in hand */
void ends(struct fixture *f, const char *node, int32_t code, const char *expected); /* STARTED, unseen, then ENDED */
void is_killed(struct fixture *f, const char *node, const char *expected);
void reruns(struct fixture *f, enum rerun_kind kind, const char *node, const char *expected);
void changes(struct fixture *f, const char *node, enum status to, const char *expected);
void later(struct fixture *f, int minutes, const char *expected);
