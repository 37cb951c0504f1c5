/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * site - what a site folder says besides units: calendars, window groups, time windows, agents, settings.
 *
 * Decoded from site.yaml (libcyaml: errors name key, line and column) and holidays.csv. Everything lives
 * in one arena and is immutable; a new `site apply` makes a new one. A calendar with the name "default" (or
 * the Japanese one when absent) stands above the root job group "/".
 */
#include "base/arena.h"
#include "base/err.h"
#include "calendar/calendar.h"
#include "window/window.h"

struct time_window { /* for x_gate=window(NAME) */
    const char *name;
    const char *group;         /* the night frame of this window group (E-10); NULL: the fixed times below */
    struct daytime from, to;
    const struct calendar *calendar; /* days on which it exists; NULL = every day */
};

struct agent_limit {
    int32_t from_minute, count; /* from this time of day on */
};
struct site_agent {
    const char *name;
    const struct agent_limit *limits; /* ascending; {0, 5} by default */
    size_t limit_count;
    bool is_default;           /* for units without ex= */
    bool is_local;             /* bantod starts it on its own host when run by hand */
    bool can_pc;
    const char *alias_of;      /* a logical name of another agent; NULL */
};

struct site_calendar {
    const char *name;
    const struct calendar *calendar;
};

struct site {
    const char *name, *service;
    const struct zone *zone;
    const struct holidays *holidays;
    const struct calendar *root;       /* of "/" */
    const struct site_calendar *calendars;
    size_t calendar_count;
    const struct window_group *groups;
    size_t group_count;
    const struct time_window *windows;
    size_t window_count;
    const struct site_agent *agents;
    size_t agent_count;
    const char *heartbeat_url;         /* "" = none */
    int heartbeat_sec;
    const char *opening;               /* window class whose opening is "the opening" of the forecast: "KOKUHO/職員" */
    int opening_prepare_minute;        /* 開局準備: 48-hour minute of the evening before, e.g. 31:40 */
};

/* Bytes of a TZif file by zone name; false with err. os/ reads it, tests have their own. */
typedef bool (*zone_load_fn)(void *data, struct arena *into, const char *name, const struct zone **ret, struct err *e);

/* yaml NULL or empty: the default site (Japanese calendar, agent "local"). holidays_csv: UTF-8 or NULL.
 * Fails: ERR_SITE with line and column. */
MUST_CHECK bool site_parse(struct arena *into, const char *yaml, size_t n, const char *holidays_csv, size_t csv_n,
                           zone_load_fn zone_load, void *zone_data, const struct site **ret, struct err *e);
const struct calendar *site_calendar(const struct site *site, const char *name);      /* NULL if unknown */
const struct window_group *site_group(const struct site *site, const char *name);
const struct time_window *site_window(const struct site *site, const char *name);
const struct site_agent *site_agent(const struct site *site, const char *name);       /* resolves aliases */
/* Jobs at once at this time of day. */
int site_agent_limit(const struct site_agent *agent, int minute_of_day);
