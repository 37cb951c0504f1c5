/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * gate - what must hold before a start, besides relations and time: x_gate= and x_deadline= (decisions §3).
 *
 * Parsed from the unit's own parameters; evaluation against the facts of the moment is gate_shut_reason's
 * caller's (engine) with the texts of gate_kinds.def. A gate that is shut makes the unit wait with its reason;
 * a manual start against it is refused with the rule's number. Nobody bypasses a permit gate (E-01).
 */
#include "jobnet/schedule.h"

/* Texts take {1} the gate's name and {2} what it needs. */
enum gate_kind {
#define GATE_KIND(code, name, rule, ja, en) code,
#include "jobnet/gate_kinds.def"
#undef GATE_KIND
    GATE_KINDS
};
struct gate_kind_row {
    const char *name;          /* as written in x_gate: pred online lock file window permit */
    const char *rule;          /* E-nn shown when a start is refused */
    const char *text[LANGS];
};
const struct gate_kind_row *gate_kind_row(enum gate_kind kind);

enum pred_scope { PRED_DAY, PRED_MONTH, PRED_MONTH_BEFORE /* month-1 */, PRED_WITHIN, PRED_LATEST };
enum gate_online { GATE_CLOSED, GATE_PRECLOSED, GATE_OPEN };

struct gate {
    enum gate_kind kind;
    const char *name;          /* unit path as written (pred), group, lock, window, agent (file), permit kind */
    const char *path;          /* file only */
    enum pred_scope scope;
    int within_minutes;        /* PRED_WITHIN: hours:minutes before the start, e.g. 24:00 */
    bool is_end_enough;        /* pred: `end` = any finished status; else `ok` (normal or warning) */
    enum gate_online online;
    bool is_shared;            /* lock */
    struct place at;
};

/* Gates of one unit in written order. Values passed unit_parse. */
size_t gates_of(struct arena *into, const struct unit *unit, const struct gate **ret);
/* Reads one raw value; false with the reason in `why` (static text). For unit_parse's checks. */
MUST_CHECK bool gate_parse(struct arena *into, struct str raw, struct gate *ret, const char **why);
/* Appends the gate as x_gate= says it; gate_parse reads it back the same. */
void gate_print(struct strbuf *into, const struct gate *gate);

/*
 * x_deadline: +10m (minutes after the planned start) · 31:00 (48-hour time on the execution date) · +1,24:00 (days after
 * the execution date, time) · (SD[,sh=…][,shd=n][,cftd=be|af|db|da:n[:N]][,month=+n]),24:00 (a date in the words of sd, in
 * the execution date's month or n months later; without sh= a closed day is kept). As with st, a time before the base time
 * is the next civil morning.
 */
enum deadline_kind { DEADLINE_NONE, DEADLINE_MINUTES, DEADLINE_DAYS, DEADLINE_DATE };
struct deadline {
    enum deadline_kind kind;
    int n;                     /* minutes or days */
    int month_offset;          /* DEADLINE_DATE: month of the execution date + this, 0..11 */
    struct date_rule date;
    struct daytime time;
};
MUST_CHECK bool deadline_parse(struct str raw, struct deadline *ret, const char **why);
/* Appends the deadline as x_deadline= says it; deadline_parse reads it back the same. */
void deadline_print(struct strbuf *into, const struct deadline *deadline);
struct deadline deadline_of(const struct unit *net); /* DEADLINE_NONE without x_deadline */
/* `date`: execution date. Open days by `calendar`, base day, base time and zone by `own` (NULL = calendar), as in
 * schedule_query. INSTANT_NEVER if the rule gives no day. */
struct instant deadline_instant(const struct deadline *deadline, const struct calendar *calendar,
                                const struct calendar *own, struct bizday date, struct instant planned);
