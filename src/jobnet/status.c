/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status - names, and the one table of allowed moves.
 */
#include "jobnet/status.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define R STATUS_OF_ROOT
#define N STATUS_OF_NET
#define J STATUS_OF_JOB
static const struct status_row rows[STATUSES] = {
#define STATUS(code, number, name, class, where, ja, en) [code] = {name, STATUS_##class, where, {ja, en}},
#include "jobnet/status.def"
#undef STATUS
};
#undef R
#undef N
#undef J

#define TO(status) (UINT64_C(1) << STATUS_##status)

/* What a job can come to once it was started. */
#define JOB_ENDS                                                                                             \
    (TO(NORMAL) | TO(WARNING) | TO(ABNORMAL) | TO(ABNORMAL_WR) | TO(KILLED) | TO(KILLED_WR) | TO(FAILED) |   \
     TO(FAILED_WR) | TO(UNKNOWN) | TO(UNKNOWN_WR))
/* What a net can come to once it was started. */
#define NET_ENDS (TO(NORMAL) | TO(WARNING) | TO(ABNORMAL) | TO(INVALID_SEQ) | TO(INTERRUPTED) | TO(KILLED))
/* A unit that waits may be put into any other waiting state, start, or be left out. */
#define WAITS (TO(TIME_WAIT) | TO(TERM_WAIT) | TO(GATE_WAIT) | TO(HOLDING) | TO(EXEC_WAIT) | TO(QUEUING))
#define LEFT_OUT (TO(UNEXEC) | TO(UNEXEC_W) | TO(BYPASS) | TO(DEFERRED) | TO(KILLED) | TO(INTERRUPTED))
/* A judgment job decides without running. */
#define JUDGED (TO(NORMAL) | TO(NORMAL_FALSE) | TO(ABNORMAL))
/* Rerun (TERM_WAIT, nets are opened again) and change of status. */
#define AGAIN (TO(TERM_WAIT) | TO(RUNNING) | TO(WARN_RUNNING) | TO(ABEND_RUNNING))
#define CHANGED (TO(NORMAL) | TO(WARNING) | TO(ABNORMAL) | TO(FAILED) | TO(BYPASS) | NET_ENDS)

static const uint64_t moves[STATUSES] = {
    [STATUS_NO_PLAN] = TO(TIME_WAIT) | TO(TERM_WAIT) | TO(HOLDING),
    [STATUS_TIME_WAIT] = WAITS | LEFT_OUT | TO(RUNNING),
    [STATUS_TERM_WAIT] = WAITS | LEFT_OUT | TO(RUNNING) | JUDGED,
    [STATUS_GATE_WAIT] = WAITS | LEFT_OUT | TO(RUNNING) | JUDGED,
    [STATUS_HOLDING] = WAITS | LEFT_OUT | TO(RUNNING) | JUDGED,
    [STATUS_EXEC_WAIT] = WAITS | LEFT_OUT | JOB_ENDS,
    /* The end may be told before the start; an expired START goes back to its gates. */
    [STATUS_QUEUING] = WAITS | LEFT_OUT | TO(RUNNING) | JOB_ENDS,
    [STATUS_COND_WAIT] = 0,
    [STATUS_RUNNING] = JOB_ENDS | NET_ENDS | TO(BYPASS) | TO(WARN_RUNNING) | TO(ABEND_RUNNING) |
                       TO(EXEC_WAIT) | TO(NORMAL_FALSE),
    [STATUS_WARN_RUNNING] = NET_ENDS | TO(RUNNING) | TO(ABEND_RUNNING),
    [STATUS_ABEND_RUNNING] = NET_ENDS | TO(RUNNING) | TO(WARN_RUNNING),
    [STATUS_NORMAL] = AGAIN | CHANGED,
    [STATUS_NORMAL_FALSE] = AGAIN,
    [STATUS_WARNING] = AGAIN | CHANGED,
    [STATUS_ABNORMAL] = AGAIN | CHANGED,
    [STATUS_ABNORMAL_WR] = AGAIN | CHANGED,
    [STATUS_UNEXEC] = AGAIN | CHANGED,
    [STATUS_UNEXEC_W] = AGAIN | CHANGED,
    [STATUS_BYPASS] = AGAIN | CHANGED,
    [STATUS_DEFERRED] = 0,
    [STATUS_INVALID_SEQ] = AGAIN | CHANGED,
    [STATUS_INTERRUPTED] = AGAIN | CHANGED,
    [STATUS_KILLED] = AGAIN | CHANGED,
    [STATUS_KILLED_WR] = AGAIN | CHANGED,
    [STATUS_FAILED] = AGAIN | CHANGED,
    [STATUS_FAILED_WR] = AGAIN | CHANGED,
    /* Silence is not failure: the agent's later word or a recorded decision settles it. */
    [STATUS_UNKNOWN] = AGAIN | CHANGED | JOB_ENDS,
    [STATUS_UNKNOWN_WR] = AGAIN | CHANGED | JOB_ENDS,
    [STATUS_SHUTDOWN] = 0,
    [STATUS_MONITORING] = TO(UNEXEC_MONITOR) | TO(MONITOR_CLOSE) | TO(MONITOR_INTRPT) | TO(MONITOR_NORMAL),
    [STATUS_UNEXEC_MONITOR] = 0,
    [STATUS_MONITOR_CLOSE] = 0,
    [STATUS_MONITOR_INTRPT] = 0,
    [STATUS_MONITOR_NORMAL] = 0,
};

const struct status_row *status_row(enum status status)
{
    assert(status < STATUSES);
    return &rows[status];
}

bool status_parse(const char *name, enum status *ret)
{
    for (unsigned i = 0; i < STATUSES; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            *ret = (enum status)i;
            return true;
        }
    }
    return false;
}

bool status_is_ended(enum status status)
{
    return rows[status].class >= STATUS_GOOD;
}

bool status_may_move(enum status from, enum status to)
{
    return from == to || (moves[from] & (UINT64_C(1) << to)) != 0;
}
