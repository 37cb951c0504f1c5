/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * outlook - the last forecast as readers see it: made by the decision thread, kept unchanged, shared by reference.
 *
 * The engine makes a forecast now and then (forecast.c) and hands a copy over; whoever asks takes the newest one and gives it
 * back. Thus a page of the night costs the decision thread nothing.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"

struct engine;

/* What becomes of a row, enum forecast_outcome in words: ends, goes-on, waits, held, skipped. */
struct outlook_row {
    int64_t run, occurrence;   /* id of the live run or of the planned start; the other is 0 */
    const char *path;
    struct bizday date;
    struct instant planned, start, end, deadline; /* INSTANT_NEVER = not by the horizon, none */
    int64_t slack_ms;          /* INT64_MAX = no deadline */
    int32_t after;             /* row whose end lets it start at last; -1 */
    const char *outcome;
    const char *waits[LANGS];  /* which gate shuts it now or by the horizon; NULL = none */
    bool is_late, is_rerun;
    bool is_critical;          /* on the chain that leads to the opening, or to a missed deadline */
};

struct outlook {
    struct instant made, horizon;
    struct instant opening;    /* its preparation; INSTANT_NEVER = none */
    int64_t opening_slack_ms;  /* INT64_MAX = nothing stands before it */
    int32_t opening_row;       /* -1 */
    size_t late_count, row_count;
    const struct outlook_row *rows;
};

/* The newest one, or NULL when none was made yet; give it back with engine_outlook_give. Any thread. */
const struct outlook *engine_outlook(struct engine *engine);
void engine_outlook_give(struct engine *engine, const struct outlook *outlook); /* NULL is fine */
