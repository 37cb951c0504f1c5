/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * status - what a jobnet or job can be, and which moves between states exist.
 *
 * One table of names (status.def) and one of moves (status.c). A move outside the table is a bug in our own
 * code: run_move asserts it, so no event, however odd, can bring a unit into an undrawn state.
 */
#include <stdbool.h>

#include "base/err.h"

enum status {
#define STATUS(code, number, name, class, where, ja, en) code = number,
#include "jobnet/status.def"
#undef STATUS
    STATUSES
};
enum status_class { STATUS_REST, STATUS_WAIT, STATUS_BUSY, STATUS_GOOD, STATUS_SKIP, STATUS_BAD };
enum status_where { STATUS_OF_ROOT = 1, STATUS_OF_NET = 2, STATUS_OF_JOB = 4 };

struct status_row {
    const char *name;          /* JP1's command word */
    enum status_class class;
    unsigned where;            /* bits of enum status_where */
    const char *text[LANGS];
};
const struct status_row *status_row(enum status status);
/* By name; false if there is none. */
MUST_CHECK bool status_parse(const char *name, enum status *ret);

static inline enum status_class status_class(enum status status) { return status_row(status)->class; }
bool status_is_ended(enum status status);   /* GOOD, SKIP or BAD */
/* Is this move drawn in the table? */
bool status_may_move(enum status from, enum status to);
