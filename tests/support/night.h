/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * night - facts and a forecast of one business day, 2026-06-29 (base time 06:00), told in 48-hour times.
 *
 * The window group KOKUHO has the classes 職員, 保険者 and 審査委員会; all are closed until a test says otherwise.
 * Jobnets are drawn as in run_fixture.h.
 */
#include "tests/support/run_fixture.h"

#include "plan/forecast.h"

struct night {
    struct arena arena;
    const struct calendar *calendar;
    struct bizday date;
    struct facts facts;
    VEC(struct unit_facts *) units;
    VEC(struct forecast_unit) nets;
    VEC(struct forecast_run) runs;
    struct forecast_input input;     /* agents, assumptions: as the test wants them */
    struct forecast forecast;
    char text[64];
};
struct night *night_open(void);
void night_close(struct night *night);
struct instant night_at(const struct night *night, const char *time); /* "28:10" */
/* A unit "/NAME" with a planned start, or none (NULL). */
struct unit_facts *night_net(struct night *night, const char *name, const char *start, const char *drawing);
/* A generation of that day ("2026-06-25") that ended so. */
void night_generation(struct night *night, const char *name, const char *date, enum status status);
void night_window(struct night *night, const char *cls, enum window_phase phase);
/* The planned start of a unit has become a run; returns it for the test to step (fixture-free). */
struct run *night_begin(struct night *night, const char *name, const char *started);
void night_step(struct night *night, struct run *run, struct run_event event, const char *at);
/* Makes the forecast from `now` until 34:00. */
void night_forecast(struct night *night, const char *now);
const struct forecast_row *night_row(const struct night *night, const char *name); /* the last one of that unit */
/* "23:10-28:10", "-" for what does not happen by the horizon. */
const char *night_when(struct night *night, const char *name);
/* "/JN107 /JN201 /JN404" */
const char *night_chain(struct night *night, const char *name);
