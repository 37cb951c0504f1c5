/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * site_yaml - the letters of site.yaml as plain structs, before any meaning is checked. Used by site.c alone.
 *
 * libcyaml checks keys and kinds of values and makes the tree on the heap; site_yaml_close frees it. Times,
 * dates and references are still text here. Absent text is NULL, an absent list has count 0.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

struct yaml_closure {
    const char *from, *to; /* MM/DD */
    const char *name;
};
struct yaml_calendar {
    const char *name, *comment, *parent;
    int *open_weekdays, *closed_weekdays; /* enum weekday */
    unsigned open_weekdays_count, closed_weekdays_count;
    bool closed_on_holidays;
    struct yaml_closure *closures;
    unsigned closures_count;
    const char **open_days, **closed_days; /* YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD */
    unsigned open_days_count, closed_days_count;
    int base_day;                          /* 0: inherited */
    int month_mode;                        /* enum month_mode */
    const char *base_time;
};

struct yaml_times {
    const char *opens, *precloses, *closes;
};
struct yaml_class {
    const char *name, *calendar;
    struct yaml_times on_open_days, on_closed_days;
};
struct yaml_group {
    const char *name;
    const char **systems;
    unsigned systems_count;
    int observation_minutes;               /* 0: the default */
    struct yaml_class *classes;
    unsigned classes_count;
};

struct yaml_window {
    const char *name, *group, *from, *to, *calendar;
};

struct yaml_limit {
    const char *from;
    int jobs;
};
struct yaml_agent {
    const char *name, *alias_of;
    bool is_default, is_local, can_pc;
    int jobs;                              /* 0: the default */
    struct yaml_limit *limits;
    unsigned limits_count;
};

struct yaml_runbook {
    const char *unit, *codes, *title, *title_en, *steps, *steps_en, *manual, *version;
};

struct yaml_heartbeat {
    const char *url;
    int every_sec;                         /* 0: the default */
};
struct yaml_opening {
    const char *window, *prepare;
};

struct yaml_site {
    const char *site, *service, *zone, *base_time;
    struct yaml_calendar *calendars;
    struct yaml_group *window_groups;
    struct yaml_window *time_windows;
    struct yaml_agent *agents;
    struct yaml_runbook *runbook;
    unsigned calendars_count, window_groups_count, time_windows_count, agents_count, runbook_count;
    struct yaml_heartbeat heartbeat;
    struct yaml_opening opening;
    bool recovery_needs_decision;
};

/* Fails: ERR_SITE_YAML with what libcyaml says, line and column; ERR_TOO_LARGE. */
MUST_CHECK bool site_yaml_load(const char *yaml, size_t n, struct yaml_site **ret, struct err *e);
struct site;
/* site_runbook.c */
MUST_CHECK bool site_runbook_make(struct arena *into, const struct yaml_site *yaml, struct site *site, struct err *e);
void site_yaml_close(struct yaml_site **site); /* accepts NULL inside */
