/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * window - online windows (開局・予閉塞・閉塞) of a group of systems, per user class.
 *
 *   閉塞 closed --open--> 開局 open --preclose--> 予閉塞 preclosed --close--> 閉塞 closed
 *                          ^------------cancel------------'
 *   open --close--> closed only as 緊急閉塞, with the name of the person responsible (E-22)
 *
 * Masters say when each class opens, pre-closes and closes on which days (five masters that are never
 * derived from each other, domain §4.1); a day's changes (override, extension) win over them. Commanded state is what was ordered
 * and follows the moves above; observed state is what the switch jobnet saw and may be anything; they are
 * kept apart. An observation older than the limit counts as unknown, and unknown never opens a gate (E-07).
 * Pure: times and states are arguments.
 */
#include "calendar/calendar.h"

enum window_phase { PHASE_UNKNOWN, PHASE_CLOSED, PHASE_OPEN, PHASE_PRECLOSED, PHASES };
enum window_event { WINDOW_OPENS, WINDOW_PRECLOSES, WINDOW_CLOSES, WINDOW_EVENTS };

struct window_name {
    const char *name;          /* closed open preclosed unknown | opens precloses closes */
    const char *text[2];       /* ja, en */
};
const struct window_name *window_phase_name(enum window_phase phase);
const struct window_name *window_event_name(enum window_event event);
MUST_CHECK bool window_phase_parse(const char *name, enum window_phase *ret); /* name or Japanese text */
MUST_CHECK bool window_event_parse(const char *name, enum window_event *ret);

/* Times of one kind of day: 48-hour minutes, -1 = does not happen. */
struct window_times {
    int32_t minute[WINDOW_EVENTS];
};

struct window_class {
    const char *name;                    /* 職員, 保険者, 審査委員会 */
    const struct calendar *calendar;     /* its open days have times, others none */
    struct window_times weekdays, closed_days; /* on open days of the calendar; on its closed days (-1 = stays closed) */
};
struct window_group {
    const char *name;                    /* KOKUHO */
    const char *const *systems;
    size_t system_count;
    const struct window_class *classes;
    size_t class_count;
    int observation_ms_max;              /* an older observation is unknown; 5 minutes by default */
};
const struct window_class *window_class_find(const struct window_group *group, const char *name);

/* Master times of a class on a day. */
struct window_times window_master(const struct window_class *cls, struct bizday day);

/* A change of one day: one row per event. */
struct window_change {
    enum window_event event;
    int32_t minute;
};
/* Master times with the day's changes put over them. */
struct window_times window_times_of(const struct window_class *cls, struct bizday day, const struct window_change *changes,
                                    size_t change_count);

/* Is the commanded move allowed? E-22. is_emergency: open -> closed with a named approver. From unknown (nothing was
 * ever ordered) any first state may be set; nothing leads back to unknown. */
bool window_move_allowed(enum window_phase from, enum window_phase to, bool is_emergency);
/* The same as a refusal to show. approver: the person responsible, NULL or "" = no emergency. Fails: ERR_WINDOW_MOVE. */
MUST_CHECK bool window_move_check(const char *class_name, enum window_phase from, enum window_phase to, const char *approver,
                                  struct err *e);

/* Latest instant at which an extension of `day` may be asked for: that day 17:00; for a closed day of
 * `calendar` the civil day before, 17:00 (E-05). The instant itself still counts. */
struct instant window_extension_limit(const struct calendar *calendar, struct bizday day, struct daytime limit);
/* Fails: ERR_EXTENSION_LATE when `asked` lies after the limit. */
MUST_CHECK bool window_extension_check(const struct calendar *calendar, struct bizday day, struct daytime limit,
                                       struct instant asked, struct err *e);

/* What one class is seen to be at `now`. */
struct window_seen {
    enum window_phase commanded, observed;
    struct instant observed_at;
};
/* PHASE_UNKNOWN when never observed, too long ago (exactly the limit still counts) or in the future. */
enum window_phase window_phase_now(const struct window_seen *seen, struct instant now, int observation_ms_max);

/* Do the observed states meet what an online gate wants of the group (E-07)? closed: every class closed; preclosed:
 * every class pre-closed or closed; open: at least one class open and none unknown. A group without classes opens no gate.
 * *offender: index of the first class that shuts the gate, `count` if it is no single one; untouched when open. */
enum window_want { WANT_CLOSED, WANT_PRECLOSED, WANT_OPEN };
bool window_gate_open(enum window_want want, const enum window_phase *phases, size_t count, size_t *offender);

/* Night frame of a day (E-10): from the latest closing of all classes to `next_open` (opening preparations). 48-hour
 * minutes on the day; from = -1 if no class closes that day (then the whole day is free). times: one per class. */
struct night_frame {
    int32_t from_minute, to_minute;
};
struct night_frame window_night(const struct window_times *times, size_t count, int32_t next_open_minute);
