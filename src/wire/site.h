/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * site - what a site folder says besides units: calendars, window groups, time windows, agents, settings.
 *
 * Decoded from site.yaml (libcyaml: errors name key, line and column) and holidays.csv; docs/site.md has the
 * format. Everything lives in one arena and is immutable; a new `site apply` makes a new one. The calendar named
 * "default" (or the Japanese one when absent) stands above the root job group "/". Above every calendar that
 * names no parent stands one that says only the site's base time and zone, so that CAL-SHINSA counts
 * its days from 06:00 as well.
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

/* What to do when a unit ends with one of these codes. */
struct code_range {
    int64_t from, to;
};
struct runbook_row {
    const char *unit;          /* full name of a net or job; * and ? */
    const struct code_range *codes; /* none = any code */
    size_t code_count;
    const char *codes_text;
    const char *title[LANGS], *steps[LANGS]; /* steps: one a line */
    const char *manual, *version; /* where it stands in the manual */
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
    const struct runbook_row *runbook;
    size_t runbook_count;
    const char *heartbeat_url;         /* "" = none */
    int heartbeat_sec;                 /* 60 by default */
    const char *opening;               /* window class whose opening is "the opening" of the forecast: "KOKUHO/職員"; "" */
    bool recovery_needs_decision;      /* E-13: a rerun after a failure needs the client's recorded decision */
    int opening_prepare_minute;        /* 開局準備: 48-hour minute of the evening before, e.g. 31:40; -1 without opening */
};

/* A zone by its name; false with err. os/ reads the TZif file, tests have their own. */
typedef bool (*zone_load_fn)(void *data, struct arena *into, const char *name, const struct zone **ret, struct err *e);

/* The files of a site folder. */
struct site_source {
    const char *yaml;                  /* site.yaml; NULL or blank: the default site (Japanese calendar, agent "local") */
    size_t yaml_bytes;
    const char *holidays_csv;          /* holidays.csv in UTF-8; NULL: computed holidays */
    size_t holidays_bytes;
    zone_load_fn zone_load;            /* for zones other than Asia/Tokyo; NULL: there are none */
    void *zone_data;
};

/* Nothing of `source` is kept. Fails: ERR_SITE_YAML with line and column, ERR_SITE_VALUE, _REFERENCE, _DUPLICATE,
 * _TIMES with the path of the key (calendars[2] CAL-HON open_days[0]), ERR_HOLIDAY_FILE, what zone_load says. */
MUST_CHECK bool site_parse(struct arena *into, const struct site_source *source, const struct site **ret, struct err *e);
const struct calendar *site_calendar(const struct site *site, const char *name);      /* NULL if unknown */
/* Is the row for this unit, and for this code? A row of a net is for the jobs in it, too. */
bool runbook_fits(const struct runbook_row *row, const char *unit, bool has_code, int64_t code);
const struct window_group *site_group(const struct site *site, const char *name);
const struct time_window *site_window(const struct site *site, const char *name);
const struct site_agent *site_agent(const struct site *site, const char *name);       /* resolves aliases; NULL */
const struct site_agent *site_agent_default(const struct site *site);                 /* for units without ex= */
/* Jobs at once at this time of day. */
int site_agent_limit(const struct site_agent *agent, int minute_of_day);
