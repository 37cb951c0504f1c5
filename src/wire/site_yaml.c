/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site_yaml - the schema of site.yaml for libcyaml, row by row; what each key means is in docs/site.md.
 */
#include "wire/site_yaml.h"

#include <cyaml/cyaml.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/time.h"
#include "calendar/calendar.h"
#include "plan/facts.h"

/* Bounds of the lists; a larger site is refused by the schema. */
enum { ITEMS_MAX = 10000, LIMITS_MAX = 48, WEEKDAYS = 7, STEPS_BYTES_MAX = 4000 };

#define TEXT(key, type, member, flags)                                                                                 \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | (flags), type, member, 1, NAME_BYTES_MAX)
/* Several lines. */
#define STEPS(key, type, member, flags)                                                                                \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | (flags), type, member, 1, STEPS_BYTES_MAX)
#define LIST(key, type, member, entry, flags, max)                                                                     \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | (flags), type, member, entry, 0, max)

static const cyaml_strval_t weekday_names[] = {
    {"su", WEEKDAY_SU}, {"mo", WEEKDAY_MO}, {"tu", WEEKDAY_TU}, {"we", WEEKDAY_WE},
    {"th", WEEKDAY_TH}, {"fr", WEEKDAY_FR}, {"sa", WEEKDAY_SA},
};
static const cyaml_strval_t month_names[] = {{"this", MONTH_THIS}, {"next", MONTH_NEXT}};

static const cyaml_schema_value_t text_entry = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, NAME_BYTES_MAX)};
static const cyaml_schema_value_t weekday_entry = {CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, int, weekday_names, WEEKDAYS)};

static const cyaml_schema_field_t closure_fields[] = {
    TEXT("from", struct yaml_closure, from, 0),
    TEXT("to", struct yaml_closure, to, 0),
    TEXT("name", struct yaml_closure, name, CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t closure_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_closure, closure_fields)};

static const cyaml_schema_field_t calendar_fields[] = {
    TEXT("name", struct yaml_calendar, name, 0),
    TEXT("comment", struct yaml_calendar, comment, CYAML_FLAG_OPTIONAL),
    TEXT("parent", struct yaml_calendar, parent, CYAML_FLAG_OPTIONAL),
    LIST("open_weekdays", struct yaml_calendar, open_weekdays, &weekday_entry, CYAML_FLAG_OPTIONAL, WEEKDAYS),
    LIST("closed_weekdays", struct yaml_calendar, closed_weekdays, &weekday_entry, CYAML_FLAG_OPTIONAL, WEEKDAYS),
    CYAML_FIELD_BOOL("closed_on_holidays", CYAML_FLAG_OPTIONAL, struct yaml_calendar, closed_on_holidays),
    LIST("closures", struct yaml_calendar, closures, &closure_entry, CYAML_FLAG_OPTIONAL, LIMITS_MAX),
    LIST("open_days", struct yaml_calendar, open_days, &text_entry, CYAML_FLAG_OPTIONAL, ITEMS_MAX),
    LIST("closed_days", struct yaml_calendar, closed_days, &text_entry, CYAML_FLAG_OPTIONAL, ITEMS_MAX),
    CYAML_FIELD_INT("base_day", CYAML_FLAG_OPTIONAL, struct yaml_calendar, base_day),
    CYAML_FIELD_ENUM("month", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct yaml_calendar, month_mode, month_names,
                     CYAML_ARRAY_LEN(month_names)),
    TEXT("base_time", struct yaml_calendar, base_time, CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t calendar_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_calendar, calendar_fields)};

static const cyaml_schema_field_t times_fields[] = {
    TEXT("opens", struct yaml_times, opens, CYAML_FLAG_OPTIONAL),
    TEXT("precloses", struct yaml_times, precloses, CYAML_FLAG_OPTIONAL),
    TEXT("closes", struct yaml_times, closes, CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t class_fields[] = {
    TEXT("name", struct yaml_class, name, 0),
    TEXT("calendar", struct yaml_class, calendar, 0),
    CYAML_FIELD_MAPPING("on_open_days", CYAML_FLAG_OPTIONAL, struct yaml_class, on_open_days, times_fields),
    CYAML_FIELD_MAPPING("on_closed_days", CYAML_FLAG_OPTIONAL, struct yaml_class, on_closed_days, times_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t class_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_class, class_fields)};

static const cyaml_schema_field_t group_fields[] = {
    TEXT("name", struct yaml_group, name, 0),
    LIST("systems", struct yaml_group, systems, &text_entry, CYAML_FLAG_OPTIONAL, ITEMS_MAX),
    CYAML_FIELD_INT("observation_minutes", CYAML_FLAG_OPTIONAL, struct yaml_group, observation_minutes),
    LIST("classes", struct yaml_group, classes, &class_entry, 0, WINDOW_CLASSES_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t group_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_group, group_fields)};

static const cyaml_schema_field_t window_fields[] = {
    TEXT("name", struct yaml_window, name, 0),
    TEXT("group", struct yaml_window, group, CYAML_FLAG_OPTIONAL),
    TEXT("from", struct yaml_window, from, CYAML_FLAG_OPTIONAL),
    TEXT("to", struct yaml_window, to, CYAML_FLAG_OPTIONAL),
    TEXT("calendar", struct yaml_window, calendar, CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t window_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_window, window_fields)};

static const cyaml_schema_field_t limit_fields[] = {
    TEXT("from", struct yaml_limit, from, 0),
    CYAML_FIELD_INT("jobs", CYAML_FLAG_DEFAULT, struct yaml_limit, jobs),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t limit_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_limit, limit_fields)};

static const cyaml_schema_field_t agent_fields[] = {
    TEXT("name", struct yaml_agent, name, 0),
    TEXT("alias_of", struct yaml_agent, alias_of, CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_BOOL("default", CYAML_FLAG_OPTIONAL, struct yaml_agent, is_default),
    CYAML_FIELD_BOOL("local", CYAML_FLAG_OPTIONAL, struct yaml_agent, is_local),
    CYAML_FIELD_BOOL("pc", CYAML_FLAG_OPTIONAL, struct yaml_agent, can_pc),
    CYAML_FIELD_INT("jobs", CYAML_FLAG_OPTIONAL, struct yaml_agent, jobs),
    LIST("limits", struct yaml_agent, limits, &limit_entry, CYAML_FLAG_OPTIONAL, LIMITS_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t agent_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_agent, agent_fields)};

static const cyaml_schema_field_t runbook_fields[] = {
    TEXT("unit", struct yaml_runbook, unit, 0),
    TEXT("codes", struct yaml_runbook, codes, CYAML_FLAG_OPTIONAL),
    TEXT("title", struct yaml_runbook, title, 0),
    TEXT("title_en", struct yaml_runbook, title_en, CYAML_FLAG_OPTIONAL),
    STEPS("steps", struct yaml_runbook, steps, 0),
    STEPS("steps_en", struct yaml_runbook, steps_en, CYAML_FLAG_OPTIONAL),
    TEXT("manual", struct yaml_runbook, manual, CYAML_FLAG_OPTIONAL),
    TEXT("version", struct yaml_runbook, version, CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t runbook_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct yaml_runbook, runbook_fields)};

static const cyaml_schema_field_t heartbeat_fields[] = {
    TEXT("url", struct yaml_heartbeat, url, 0),
    CYAML_FIELD_INT("every_sec", CYAML_FLAG_OPTIONAL, struct yaml_heartbeat, every_sec),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t opening_fields[] = {
    TEXT("window", struct yaml_opening, window, 0),
    TEXT("prepare", struct yaml_opening, prepare, 0),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t site_fields[] = {
    TEXT("site", struct yaml_site, site, CYAML_FLAG_OPTIONAL),
    TEXT("service", struct yaml_site, service, CYAML_FLAG_OPTIONAL),
    TEXT("zone", struct yaml_site, zone, CYAML_FLAG_OPTIONAL),
    TEXT("base_time", struct yaml_site, base_time, CYAML_FLAG_OPTIONAL),
    LIST("calendars", struct yaml_site, calendars, &calendar_entry, CYAML_FLAG_OPTIONAL, ITEMS_MAX),
    LIST("window_groups", struct yaml_site, window_groups, &group_entry, CYAML_FLAG_OPTIONAL, ITEMS_MAX),
    LIST("time_windows", struct yaml_site, time_windows, &window_entry, CYAML_FLAG_OPTIONAL, ITEMS_MAX),
    LIST("agents", struct yaml_site, agents, &agent_entry, CYAML_FLAG_OPTIONAL, ITEMS_MAX),
    LIST("runbook", struct yaml_site, runbook, &runbook_entry, CYAML_FLAG_OPTIONAL, ITEMS_MAX),
    CYAML_FIELD_MAPPING("heartbeat", CYAML_FLAG_OPTIONAL, struct yaml_site, heartbeat, heartbeat_fields),
    CYAML_FIELD_MAPPING("opening", CYAML_FLAG_OPTIONAL, struct yaml_site, opening, opening_fields),
    CYAML_FIELD_BOOL("recovery_needs_decision", CYAML_FLAG_OPTIONAL, struct yaml_site, recovery_needs_decision),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t site_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct yaml_site, site_fields)};

/* What libcyaml said first, and where: its first line, then the first with a place. */
struct yaml_said {
    char what[200], where[100];
};

__attribute__((format(printf, 3, 0))) static void said(cyaml_log_t level, void *data, const char *fmt, va_list args)
{
    struct yaml_said *said = data;
    char line[300];
    vsnprintf(line, sizeof line, fmt, args);
    size_t n = strcspn(line, "\n");
    line[n] = '\0';
    const char *text = str_starts(line, "Load: ") ? line + strlen("Load: ") : line;
    (void)level;
    if (!*said->what) {
        (void)str_copy(said->what, sizeof said->what, text);
    } else if (!*said->where && strstr(text, "line: ")) {
        (void)str_copy(said->where, sizeof said->where, text + strspn(text, " "));
    }
}

/* libcyaml's memory is base's, which ends the process when there is none. */
static void *yaml_memory(void *data, void *old, size_t size)
{
    (void)data;
    if (size == 0) {
        heap_free(old);
        return NULL;
    }
    return heap_resize(old, size, 1);
}

static struct cyaml_config yaml_config(struct yaml_said *log)
{
    /* Aliases are off: a few lines of them can unfold to any size. */
    return (struct cyaml_config){.log_fn = log ? said : NULL, .log_ctx = log, .mem_fn = yaml_memory,
                                 .log_level = CYAML_LOG_ERROR, .flags = CYAML_CFG_NO_ALIAS};
}

bool site_yaml_load(const char *yaml, size_t n, struct yaml_site **ret, struct err *e)
{
    if (n > SITE_FILE_BYTES_MAX) {
        return err_set(e, ERR_TOO_LARGE, "site.yaml" ARG "%u bytes", SITE_FILE_BYTES_MAX);
    }
    struct yaml_said log = {0};
    struct cyaml_config config = yaml_config(&log);
    struct yaml_site *site = NULL;
    cyaml_err_t result =
        cyaml_load_data((const uint8_t *)yaml, n, &config, &site_schema, (cyaml_data_t **)&site, NULL);
    if (result != CYAML_OK) {
        site_yaml_close(&site);
        return err_set(e, ERR_SITE_YAML, "%s%s%s", *log.what ? log.what : cyaml_strerror(result), *log.where ? ": " : "",
                       log.where);
    }
    *ret = site;
    return true;
}

void site_yaml_close(struct yaml_site **site)
{
    struct cyaml_config config = yaml_config(NULL);
    if (*site) {
        (void)cyaml_free(&config, &site_schema, *site, 0);
        *site = NULL;
    }
}
