/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * forecast - the expected course of the coming hours, from a snapshot, by the same cores that will run it.
 *
 * Copies of the live runs and the planned starts of the snapshot are let run: run_step decides, gate_check judges the facts,
 * each job takes its expected time, x_effect changes the windows, agents have their slots. Assumed: every job ends normally,
 * files that gates wait for arrive in time, observed windows stay as they are until a jobnet changes them, nobody releases,
 * kills or permits anything. What does not start by the horizon says which gate it waits for.
 *
 * Expected time of a job: fd= of its definition, else the caller's history, else a default. A job already over its time is
 * taken to need a tenth of what it has taken so far. Pure: times and files are arguments.
 */
#include "calendar/zone.h"
#include "jobnet/run.h"
#include "plan/facts.h"

/* A root jobnet as it would start next. */
struct forecast_unit {
    const char *path;                /* of the snapshot's facts */
    const struct net *net;
    const struct calendar *calendar; /* open and closed days; NULL = no deadline, nested rules are not looked at */
    const struct calendar *own;      /* its group's; NULL = calendar */
    const int32_t *history_ms;       /* by node, 0 = not known; NULL = none */
};

/* A generation that has begun or waits, or one that ended badly and may be rerun. */
struct forecast_run {
    const struct run *run;           /* copied, never changed */
    const struct forecast_unit *unit; /* one of the units; its net may be newer than the run's */
    const int32_t *history_ms;       /* by node of the run's net; NULL = none */
    struct instant deadline;         /* INSTANT_NEVER = none */
};

struct forecast_limit {
    int32_t from_minute, count;      /* from this time of day on */
};
struct forecast_agent {
    const char *name;                /* as units name it; several rows may share the slots of one */
    int32_t same_as;                 /* row whose slots it uses; -1 = its own */
    bool is_default;                 /* for units without ex= */
    const struct forecast_limit *limits; /* ascending, the first from 0 */
    size_t limit_count;
};

struct forecast_input {
    struct facts *facts;             /* a copy (facts_copy): the forecast lets it run on */
    const struct forecast_unit *units;
    size_t unit_count;
    const struct forecast_run *runs;
    size_t run_count;
    const struct forecast_agent *agents; /* an agent that is not listed has room without end */
    size_t agent_count;
    const struct zone *zone;         /* of the agents' times of day */
    struct instant now, horizon;
    int64_t job_default_ms;          /* a job without fd and history */
    bool assumes_rerun;              /* what ended badly is rerun from its abnormal jobs now */
    const char *opening_group;       /* window group whose opening is prepared; NULL = none */
    struct instant opening;          /* the instant of its preparation (E-10) */
};

enum forecast_outcome {
    FORECAST_ENDS,
    FORECAST_GOES_ON,                /* started, not ended by the horizon */
    FORECAST_WAITS,                  /* never starts: `why` and `args` say which gate */
    FORECAST_HELD,                   /* a person holds it */
    FORECAST_SKIPPED,                /* the generation before still runs (ms=sch) */
};
enum forecast_cause { CAUSE_TIME, CAUSE_UNIT /* a generation ended */, CAUSE_WINDOW, CAUSE_LOCK, CAUSE_OTHER, FORECAST_CAUSES };

#define FORECAST_NO_SLACK INT64_MAX  /* no deadline */

struct forecast_row {
    int64_t run, occurrence;         /* id of the live run, or of the planned start; the other is 0 */
    const char *path;
    struct bizday date;
    struct instant planned, start, end, deadline; /* INSTANT_NEVER = not by the horizon, none */
    int64_t slack_ms;                /* deadline - end; of what does not end: deadline - horizon at best */
    int32_t critical;                /* row whose end let it start at last; -1 = its own time */
    uint8_t cause;                   /* enum forecast_cause */
    uint8_t outcome;                 /* enum forecast_outcome */
    bool is_late;
    bool is_bad;                     /* ends, or ended, badly */
    bool is_rerun;                   /* by assumes_rerun */
    enum err_code why;               /* FORECAST_WAITS */
    const char *args;
};

struct forecast {
    struct forecast_row *rows;       /* live runs as given, then planned starts by time */
    size_t row_count, late_count, event_count;
    int32_t opening_row;             /* the last update jobnet that needs the window shut; -1 = none */
    int64_t opening_slack_ms;        /* from its end to the preparation; FORECAST_NO_SLACK without any */
};

/* Everything of `ret` lives in `into`. The facts are spent afterwards: facts_close them. */
void forecast_make(struct arena *into, const struct forecast_input *input, struct forecast *ret);
/* The chain of rows that leads to `row`, first one first; returns their number (at most max). */
size_t forecast_chain(const struct forecast *forecast, int32_t row, int32_t *chain, size_t max);
