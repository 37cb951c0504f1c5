/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * night_priv - what read_night.c and night_parts.c share: one stretch of time while it is put together.
 */
#include "api/console_priv.h"

enum { NIGHT_NETS_MAX = 5000 };

struct night_net {
    struct run_row run;
    bool has_run, is_held;
    int64_t unit, occurrence, version, planned_ms, plan_state;
    struct bizday date;
    const char *path, *title;
    const struct outlook_row *expected; /* NULL: not in the forecast */
};

struct night {
    struct call *call;
    const struct site *site;
    const struct outlook *outlook; /* NULL: none was made yet */
    struct bizday day;
    struct instant from, to;
    VEC(struct night_net) nets; /* by time */
    struct map units, by_run, by_occurrence;
    bool is_truncated;
};

/* night_parts.c */
MUST_CHECK bool night_edges_answer(struct night *night, struct err *e);
MUST_CHECK bool night_windows_answer(struct night *night, struct err *e);
