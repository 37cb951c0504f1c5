/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * schedule - a jobnet's schedule rules (sd st cy sh shd cftd sy ey ln wc wt ed ejn) -> its occurrences.
 *
 * An occurrence is one planned start or a day on which the rule would have started but does not:
 * each carries its reason. Order of evaluation (jp1 reference §3.4): the date by sd and cy; if that day
 * is closed, sh (within shd days); then cftd on open (be, af) or calendar days (db, da); then ed and
 * ejn; then st. st >= 24:00 keeps the original day's open/closed; st before the base time is the next
 * civil morning of the same business day. Several rules on the same instant give one run: the lowest.
 * Pure: calendar and registration day are arguments.
 */
#include "calendar/calendar.h"
#include "jobnet/unit.h"

enum date_kind {
    DATE_REGISTERED /* en */,
    DATE_UNDEFINED /* ud */,
    DATE_DAY /* dd: civil */,
    DATE_RELATIVE /* +dd: from the base day */,
    DATE_OPEN /* *dd */,
    DATE_CLOSED /* @dd */,
    DATE_WEEKDAY /* we, we:n, we:b */
};
enum day_shift { SHIFT_NO, SHIFT_BEFORE /* be */, SHIFT_AFTER /* af */, SHIFT_CANCEL /* ca */, SHIFT_DAYS_BEFORE /* db */, SHIFT_DAYS_AFTER /* da */ };
enum cycle_unit { CYCLE_NONE, CYCLE_DAY, CYCLE_WEEK, CYCLE_MONTH, CYCLE_YEAR };
enum delay_base { DELAY_NONE, DELAY_ABSOLUTE /* hh:mm of the execution day */, DELAY_ROOT /* M */, DELAY_UPPER /* U */, DELAY_OWN /* C */ };

struct delay_limit {
    enum delay_base base;
    int minutes; /* 48-hour time, or minutes after the planned start */
};

/* wt: until when a start condition is watched. wc and wt must both be given, or the condition is not used. */
enum watch_kind { WATCH_NO, WATCH_ABSOLUTE /* hh:mm */, WATCH_MINUTES /* after watching began */, WATCH_UNLIMITED };
enum { WATCH_COUNT_UNLIMITED = -1 };

struct date_rule { /* the words of sd, sh, shd, cftd: also used by x_deadline */
    enum date_kind kind;
    int year, month;            /* 0 = not given */
    int day;                    /* dd, or 0; counted from the end (b-DD) when is_last: DD */
    bool is_last;
    bool is_relative;           /* leading + before b or a weekday: inside the operational month */
    enum weekday weekday;
    int weekday_nth;            /* 0 none given, 1..5, 6 = b (last) */
    enum day_shift substitute;  /* sh: be af ca no */
    int substitute_days;        /* shd, 2 by default */
    enum day_shift offset;      /* cftd: no be af db da */
    int offset_days, offset_days_max;
};

struct schedule_rule {
    int number;                 /* 1..144 */
    struct date_rule date;
    bool is_time_relative;      /* st=+hh:mm: from the base time */
    int start_minute;           /* 0..2879 */
    enum cycle_unit cycle;
    int cycle_n;
    struct delay_limit start_delay, end_delay;
    int parent_rule;            /* ln; number if not given */
    int watch_count;            /* wc: 0 = no, WATCH_COUNT_UNLIMITED; kept, start conditions are not run yet */
    enum watch_kind watch;      /* wt */
    int watch_minutes;
    struct place at;            /* of its sd */
};

struct schedule {
    struct schedule_rule *rules; /* ascending number */
    size_t rule_count;
    bool is_undefined;          /* sd=0,ud: no rules, never a plan of its own */
    bool is_implicit;           /* no sd at all: 1,en on a root jobnet */
    struct bizday end;          /* ed; BIZDAY_NONE */
    const char *exclusive;      /* ejn: name or path of the exclusive jobnet; NULL */
};

/* Reads the schedule parameters of a jobnet that passed unit_parse. A nested jobnet has rules only with de=n. */
void schedule_of(struct arena *into, const struct unit *net, struct schedule *ret);

enum occurrence_state { OCCURRENCE_RUN, OCCURRENCE_SKIP };
/* Why a day is as it is. Texts ja/en in occurrence_reasons.def, the short name is what --json prints. */
enum occurrence_reason {
#define OCCURRENCE_REASON(code, name, ja, en) code,
#include "jobnet/occurrence_reasons.def"
#undef OCCURRENCE_REASON
    OCCURRENCE_REASONS
};
struct occurrence_reason_row {
    const char *name, *text[LANGS];
};
const struct occurrence_reason_row *occurrence_reason_row(enum occurrence_reason reason);

struct occurrence {
    struct instant start;       /* planned; where it would have been for a skip */
    struct bizday date;         /* execution date (実行日) */
    struct daytime time;        /* 48-hour form on `date`; a late base time with st=+47:59 may pass 48:00 */
    struct bizday shifted_from; /* day computed before sh and cftd moved it; BIZDAY_NONE if not moved */
    int rule;
    enum occurrence_state state;
    enum occurrence_reason reason;
};

struct occurrences {
    VEC(struct occurrence) list; /* one row per start, ascending; vec_close by the owner */
};

/* Is the exclusive jobnet planned on that day? NULL = never. */
typedef bool (*schedule_exclusive_fn)(void *data, const char *name, struct bizday day);

struct schedule_query {
    const struct calendar *calendar;  /* of the jobnet's own group, or of jc= for open/closed days */
    const struct calendar *own;       /* own group's: base time, base day, zone (never through jc=); NULL = calendar */
    struct bizday registered;         /* day of registration: en, month and year defaults, phase of cycles */
    struct bizday from, to;           /* execution dates wanted, both inclusive */
    schedule_exclusive_fn is_exclusive_planned;
    void *exclusive_data;
};

/* Appends the occurrences, runs and skips, of all rules in the wanted range. Days before the registration or after
 * ed give no row; a run hides a skip at the same instant. */
void schedule_occurrences(const struct schedule *schedule, const struct schedule_query *query, struct occurrences *into);

/* When sy/ey raises its flag: an hh:mm of the execution day, or minutes after the planned start of the root (M), the
 * upper (U) or the own jobnet (C); on a root jobnet all three are its own. INSTANT_NEVER without sy/ey. */
struct delay_starts {
    struct instant root, upper, own;
};
struct instant delay_instant(const struct delay_limit *limit, const struct calendar *own, struct bizday date,
                             const struct delay_starts *planned);

/* One date by the words of sd/sh/cftd in the month of `day` (x_deadline); `en` is that day, a weekday without month and
 * number the first on or after it. BIZDAY_NONE if there is none. */
struct bizday date_rule_resolve(const struct date_rule *rule, const struct calendar *calendar, struct bizday day);
