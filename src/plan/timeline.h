/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * timeline - what is planned to start, and what is not and why: the occurrences of all root jobnets of a file.
 *
 * Pure: calendars and registrations come from the caller, net by net. An exclusive jobnet (ejn) is looked for beside the
 * net, or by its full name when it begins with "/"; its own ejn is not followed, so two nets may name each other.
 */
#include "jobnet/gate.h"
#include "jobnet/schedule.h"

struct timeline_row {
    const struct unit *net;
    struct occurrence occurrence;
    struct instant deadline; /* x_deadline; INSTANT_NEVER without one, or for a skip */
};

struct timeline {
    VEC(struct timeline_row) rows; /* net by net in the file's order, each ascending; vec_close by the owner */
    size_t net_count, run_count, skip_count;
};

/* What the caller knows about a net. */
struct timeline_net {
    const struct calendar *calendar; /* open and closed days: its group's, or that of jc= */
    const struct calendar *own;      /* its group's; NULL = calendar */
    struct bizday registered;        /* BIZDAY_NONE: not registered, no rows */
};
typedef void (*timeline_net_fn)(void *data, const struct unit *net, struct timeline_net *ret);

struct timeline_query {
    struct bizday from, to; /* execution dates, both inclusive */
    const struct unit *only; /* one root jobnet, or the nets below one group; NULL = all */
    timeline_net_fn net_of;
    void *data;
};

/* The unit that ejn=name of a net means: beside it, or by its full name. NULL if the file has none. */
const struct unit *timeline_exclusive(const struct unit_file *file, const struct unit *net, const char *name);

/* `into` holds what is read on the way; the rows are the timeline's own. */
void timeline_make(struct arena *into, const struct unit_file *file, const struct timeline_query *query,
                   struct timeline *ret);
/* By start instead of by net; rows of one instant stay in the file's order. */
void timeline_sort(struct timeline *timeline);
void timeline_close(struct timeline *timeline);
