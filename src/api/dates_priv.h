/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * dates_priv - run dates of stored definitions, and of definitions that are only proposed, on a reader's own thread.
 */
#include "api/console_priv.h"
#include "plan/timeline.h"

struct dates {
    struct call *call;
    const struct site *site;
    struct map calendars;      /* path of a group -> its calendar */
    struct map overlay;        /* path -> struct unit: groups that are proposed; empty: as stored */
    struct bizday from, to;
};
MUST_CHECK bool dates_open(struct call *call, struct bizday from, struct bizday to, struct dates *ret, struct err *e);
void dates_close(struct dates *dates);
/* Calendar of a group by its path, "/" or "" = the root's. */
MUST_CHECK bool dates_calendar(struct dates *dates, const char *path, const struct calendar **ret, struct err *e);
/* Occurrences of one root jobnet by its text; rows are the timeline's, to be closed. registered NONE: from `from` on. */
struct dates_net {
    const char *path, *text;
    struct bizday registered;
};
MUST_CHECK bool dates_make(struct dates *dates, const struct dates_net *net, struct timeline *ret, struct err *e);
/* Current text of a unit by its path; *ret NULL when there is none. */
MUST_CHECK bool stored_text(struct call *call, const char *path, struct unit_row *unit, const char **ret, struct err *e);
/* Day of its registration, NONE when it is not registered. */
MUST_CHECK bool stored_registration(struct call *call, int64_t unit, struct bizday *ret, struct err *e);
