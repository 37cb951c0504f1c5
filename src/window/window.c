/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window - states, moves and times of online windows; see window.h.
 *
 * Every answer here errs on the side of shut: what is not known opens nothing (E-07).
 */
#include "window/window.h"

#include <assert.h>
#include <string.h>

#include "calendar/zone.h"

static const struct window_name phase_names[PHASES] = {
    [PHASE_UNKNOWN] = {"unknown", {"不明", "unknown"}},
    [PHASE_CLOSED] = {"closed", {"閉塞", "closed"}},
    [PHASE_OPEN] = {"open", {"開局", "open"}},
    [PHASE_PRECLOSED] = {"preclosed", {"予閉塞", "pre-closed"}},
};

static const struct window_name event_names[WINDOW_EVENTS] = {
    [WINDOW_OPENS] = {"opens", {"開局", "opens"}},
    [WINDOW_PRECLOSES] = {"precloses", {"予閉塞", "pre-closes"}},
    [WINDOW_CLOSES] = {"closes", {"閉塞", "closes"}},
};

/* Bits of the phases that may follow by plain order; E-22. */
#define TO(phase) (1u << (phase))
static const unsigned moves[PHASES] = {
    [PHASE_UNKNOWN] = TO(PHASE_CLOSED) | TO(PHASE_OPEN) | TO(PHASE_PRECLOSED),
    [PHASE_CLOSED] = TO(PHASE_OPEN),
    [PHASE_OPEN] = TO(PHASE_PRECLOSED),
    [PHASE_PRECLOSED] = TO(PHASE_CLOSED) | TO(PHASE_OPEN),
};

const struct window_name *window_phase_name(enum window_phase phase)
{
    assert((unsigned)phase < PHASES);
    return &phase_names[phase];
}

const struct window_name *window_event_name(enum window_event event)
{
    assert((unsigned)event < WINDOW_EVENTS);
    return &event_names[event];
}

/* Index of the row with that name or Japanese text, -1 if none. */
static int name_index(const struct window_name *rows, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (str_equal(rows[i].name, name) || str_equal(rows[i].text[LANG_JA], name)) {
            return i;
        }
    }
    return -1;
}

bool window_phase_parse(const char *name, enum window_phase *ret)
{
    int i = name_index(phase_names, PHASES, name);
    if (i < 0) {
        return false;
    }
    *ret = (enum window_phase)i;
    return true;
}

bool window_event_parse(const char *name, enum window_event *ret)
{
    int i = name_index(event_names, WINDOW_EVENTS, name);
    if (i < 0) {
        return false;
    }
    *ret = (enum window_event)i;
    return true;
}

const struct window_class *window_class_find(const struct window_group *group, const char *name)
{
    for (size_t i = 0; i < group->class_count; i++) {
        if (str_equal(group->classes[i].name, name)) {
            return &group->classes[i];
        }
    }
    return NULL;
}

struct window_times window_master(const struct window_class *cls, struct bizday day)
{
    return calendar_is_open(cls->calendar, day) ? cls->weekdays : cls->closed_days;
}

struct window_times window_times_of(const struct window_class *cls, struct bizday day, const struct window_change *changes,
                                    size_t change_count)
{
    struct window_times times = window_master(cls, day);
    for (size_t i = 0; i < change_count; i++) {
        times.minute[changes[i].event] = changes[i].minute;
    }
    return times;
}

bool window_move_allowed(enum window_phase from, enum window_phase to, bool is_emergency)
{
    return (moves[from] & TO(to)) != 0 || (is_emergency && from == PHASE_OPEN && to == PHASE_CLOSED);
}

bool window_move_check(const char *class_name, enum window_phase from, enum window_phase to, const char *approver,
                       struct err *e)
{
    bool is_emergency = approver && *approver;
    return window_move_allowed(from, to, is_emergency) ||
           err_set(e, ERR_WINDOW_MOVE, "%s" ARG "%s (%s)" ARG "%s (%s)", class_name, phase_names[from].text[LANG_JA],
                   phase_names[from].name, phase_names[to].text[LANG_JA], phase_names[to].name);
}

struct instant window_extension_limit(const struct calendar *calendar, struct bizday day, struct daytime limit)
{
    /* The day before is a civil day and may be a holiday itself (domain §4.3). */
    return calendar_instant(calendar, calendar_is_open(calendar, day) ? day : bizday_plus(day, -1), limit);
}

bool window_extension_check(const struct calendar *calendar, struct bizday day, struct daytime limit, struct instant asked,
                            struct err *e)
{
    struct instant last = window_extension_limit(calendar, day, limit);
    if (!instant_before(last, asked)) {
        return true;
    }
    char date_text[DATE_TEXT_MAX];
    char last_text[INSTANT_TEXT_MAX];
    int offset_min = zone_offset_sec(calendar_zone(calendar), last) / 60;
    return err_set(e, ERR_EXTENSION_LATE, "%s" ARG "%s", bizday_print(day, date_text),
                   instant_print(last, offset_min, last_text));
}

enum window_phase window_phase_now(const struct window_seen *seen, struct instant now, int observation_ms_max)
{
    if (seen->observed == PHASE_UNKNOWN || instant_before(now, seen->observed_at) ||
        now.ms - seen->observed_at.ms > observation_ms_max) {
        return PHASE_UNKNOWN;
    }
    return seen->observed;
}

/* Does a class in this phase fit what the gate wants, taken alone? */
static bool phase_fits(enum window_want want, enum window_phase phase)
{
    switch (want) {
    case WANT_CLOSED:
        return phase == PHASE_CLOSED;
    case WANT_PRECLOSED:
        return phase == PHASE_CLOSED || phase == PHASE_PRECLOSED;
    case WANT_OPEN:
        return phase != PHASE_UNKNOWN;
    }
    return false;
}

bool window_gate_open(enum window_want want, const enum window_phase *phases, size_t count, size_t *offender)
{
    bool is_any_open = false;
    for (size_t i = 0; i < count; i++) {
        if (!phase_fits(want, phases[i])) {
            *offender = i;
            return false;
        }
        is_any_open = is_any_open || phases[i] == PHASE_OPEN;
    }
    if (count == 0 || (want == WANT_OPEN && !is_any_open)) {
        *offender = count;
        return false;
    }
    return true;
}

struct night_frame window_night(const struct window_times *times, size_t count, int32_t next_open_minute)
{
    struct night_frame frame = {.from_minute = -1, .to_minute = next_open_minute};
    for (size_t i = 0; i < count; i++) {
        int32_t closes = times[i].minute[WINDOW_CLOSES];
        frame.from_minute = closes > frame.from_minute ? closes : frame.from_minute;
    }
    return frame;
}
