/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site - checks what site.yaml says and makes the site of it; see site.h.
 *
 * Each item's place in the file is carried along as a path (calendars[2] CAL-HON) for the messages. Names are
 * unique within their list; references go to what is defined, a calendar's parent to an earlier row.
 */
#include "wire/site.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "wire/site_yaml.h"

enum {
    OBSERVATION_MINUTES_DEFAULT = 5,
    OBSERVATION_MINUTES_MAX = 14 * 1440,
    AGENT_JOBS_DEFAULT = 5,
    AGENT_JOBS_MAX = 10000,
    HEARTBEAT_SEC_DEFAULT = 60,
    HEARTBEAT_SEC_MAX = 86400,
    SITE_DATES_MAX = 20000, /* dates of one calendar, ranges unfolded */
    PATH_BYTES = 320
};

#define TIME_FORM "hh:mm = 0:00..47:59"
#define DATE_FORM "YYYY-MM-DD, YYYY-MM-DD..YYYY-MM-DD"

struct builder {
    struct arena *into;
    struct site *site;
    struct err *e;
    const struct calendar *above; /* base time and zone of the site */
    char path[PATH_BYTES];        /* of the item in hand */
};

static const char *text_or(struct builder *b, const char *text, const char *otherwise)
{
    return arena_copy(b->into, text ? text : otherwise);
}

static void path_set(struct builder *b, const char *list, size_t i, const char *name)
{
    (void)snprintf(b->path, sizeof b->path, "%s[%zu] %s", list, i, name);
}

static bool value_bad(struct builder *b, const char *key, const char *value, const char *form)
{
    return err_set(b->e, ERR_SITE_VALUE, "%s%s%s" ARG "%s" ARG "%s", b->path, *b->path ? " " : "", key, value, form);
}

static bool reference_bad(struct builder *b, const char *key, const char *name)
{
    return err_set(b->e, ERR_SITE_REFERENCE, "%s%s%s" ARG "%s", b->path, *b->path ? " " : "", key, name);
}

static bool duplicate(struct builder *b, const char *list, const char *name)
{
    return err_set(b->e, ERR_SITE_DUPLICATE, "%s" ARG "%s", list, name);
}

/* -1 for an absent time. */
static bool minute_read(struct builder *b, const char *key, const char *text, int32_t *ret)
{
    struct daytime time = {-1};
    if (text && !daytime_parse(text, &time)) {
        return value_bad(b, key, text, TIME_FORM);
    }
    *ret = time.minute;
    return true;
}

static bool number_check(struct builder *b, const char *key, int value, int lo, int hi)
{
    char value_text[16], form[40];
    if (value >= lo && value <= hi) {
        return true;
    }
    (void)snprintf(value_text, sizeof value_text, "%d", value);
    (void)snprintf(form, sizeof form, "%d..%d", lo, hi);
    return value_bad(b, key, value_text, form);
}

/* "12/29" in a year that has every day. */
static bool month_day_read(struct builder *b, const char *key, const char *text, uint8_t *month, uint8_t *day)
{
    struct str head, rest;
    int64_t m, d;
    if (!str_cut(str_of(text), '/', &head, &rest) || !str_to_i64(head, 1, 12, &m) ||
        !str_to_i64(rest, 1, month_days(2024, (int)m), &d)) {
        return value_bad(b, key, text, "MM/DD");
    }
    *month = (uint8_t)m;
    *day = (uint8_t)d;
    return true;
}

/* One date or a range of dates, both ends inclusive. */
static bool range_read(const char *text, struct bizday *from, struct bizday *to)
{
    char first[DATE_TEXT_MAX];
    const char *dots = strstr(text, "..");
    if (!dots) {
        return bizday_parse(text, from) && (*to = *from, true);
    }
    size_t n = (size_t)(dots - text);
    if (n >= sizeof first) {
        return false;
    }
    memcpy(first, text, n);
    first[n] = '\0';
    return bizday_parse(first, from) && bizday_parse(dots + 2, to) && from->day <= to->day;
}

/* Days the lines of one list unfold to; false with err if one is wrong or there are too many. */
static bool dates_count(struct builder *b, const char *key, const char **lines, unsigned line_count, size_t *count)
{
    struct bizday from, to;
    for (unsigned i = 0; i < line_count; i++) {
        if (!range_read(lines[i], &from, &to)) {
            return value_bad(b, key, lines[i], DATE_FORM);
        }
        *count += (size_t)(to.day - from.day) + 1;
        if (*count > SITE_DATES_MAX) {
            return err_set(b->e, ERR_TOO_LARGE, "%s %s" ARG "%d", b->path, key, SITE_DATES_MAX);
        }
    }
    return true;
}

static size_t dates_fill(struct calendar_date *dates, size_t n, const char **lines, unsigned line_count, enum day_mark mark)
{
    struct bizday from, to;
    for (unsigned i = 0; i < line_count && range_read(lines[i], &from, &to); i++) {
        for (; from.day <= to.day; from.day++) {
            dates[n++] = (struct calendar_date){from, mark};
        }
    }
    return n;
}

static bool closures_read(struct builder *b, const struct yaml_calendar *yaml, struct calendar_level *level)
{
    struct calendar_yearly *rows = arena_array(b->into, struct calendar_yearly, yaml->closures_count);
    for (unsigned i = 0; i < yaml->closures_count; i++) {
        const struct yaml_closure *closure = &yaml->closures[i];
        if (!month_day_read(b, "closures.from", closure->from, &rows[i].from_month, &rows[i].from_day) ||
            !month_day_read(b, "closures.to", closure->to, &rows[i].to_month, &rows[i].to_day)) {
            return false;
        }
        rows[i].name = text_or(b, closure->name, "");
    }
    level->yearly = rows;
    level->yearly_count = yaml->closures_count;
    return true;
}

static bool level_read(struct builder *b, const struct yaml_calendar *yaml, struct calendar_level *level)
{
    size_t count = 0;
    if (!number_check(b, "base_day", yaml->base_day, 0, 31) ||
        !minute_read(b, "base_time", yaml->base_time, &level->base_time.minute) ||
        !dates_count(b, "closed_days", yaml->closed_days, yaml->closed_days_count, &count) ||
        !dates_count(b, "open_days", yaml->open_days, yaml->open_days_count, &count) || !closures_read(b, yaml, level)) {
        return false;
    }
    if (level->base_time.minute >= 1440) {
        return value_bad(b, "base_time", yaml->base_time, "hh:mm = 0:00..23:59");
    }
    struct calendar_date *dates = arena_array(b->into, struct calendar_date, count);
    /* Open days are said last, so they win over closed ones. */
    size_t n = dates_fill(dates, 0, yaml->closed_days, yaml->closed_days_count, DAY_CLOSED);
    level->date_count = dates_fill(dates, n, yaml->open_days, yaml->open_days_count, DAY_OPEN);
    level->dates = dates;
    for (unsigned i = 0; i < yaml->open_weekdays_count; i++) {
        level->weekdays[yaml->open_weekdays[i]] = DAY_OPEN;
    }
    for (unsigned i = 0; i < yaml->closed_weekdays_count; i++) {
        level->weekdays[yaml->closed_weekdays[i]] = DAY_CLOSED;
    }
    level->base_day = yaml->base_day;
    level->month_mode = (enum month_mode)yaml->month_mode;
    level->holidays = yaml->closed_on_holidays ? b->site->holidays : NULL;
    return true;
}

static bool calendars_make(struct builder *b, const struct yaml_site *yaml)
{
    struct site_calendar *rows = arena_array(b->into, struct site_calendar, yaml->calendars_count);
    b->site->calendars = rows;
    for (unsigned i = 0; i < yaml->calendars_count; i++) {
        const struct yaml_calendar *from = &yaml->calendars[i];
        path_set(b, "calendars", i, from->name);
        if (site_calendar(b->site, from->name)) {
            return duplicate(b, "calendars", from->name);
        }
        struct calendar_level level = {.parent = b->above, .base_time = DAYTIME_NONE};
        if (from->parent && !(level.parent = site_calendar(b->site, from->parent))) {
            return reference_bad(b, "parent", from->parent);
        }
        if (!level_read(b, from, &level)) {
            return false;
        }
        level.name = rows[i].name = arena_copy(b->into, from->name);
        rows[i].calendar = calendar_make(b->into, &level);
        b->site->calendar_count = i + 1;
    }
    return true;
}

static bool zone_make(struct builder *b, const struct site_source *source, const char *name)
{
    if (!name || str_equal(name, "Asia/Tokyo")) {
        b->site->zone = zone_tokyo();
        return true;
    }
    bool is_known = source->zone_load && source->zone_load(source->zone_data, b->into, name, &b->site->zone, b->e);
    return is_known || value_bad(b, "zone", name, "Asia/Tokyo のような時間帯の名前(OSの tzdata にあるもの)" OR_EN
                                                  "a zone's name as Asia/Tokyo, of the system's tzdata");
}

/* Base time, zone and the calendar of "/". */
static bool root_make(struct builder *b, const struct site_source *source, const struct yaml_site *yaml)
{
    struct calendar_level above = {.name = "site", .base_time = {0}};
    if (!zone_make(b, source, yaml->zone) ||
        (yaml->base_time && !minute_read(b, "base_time", yaml->base_time, &above.base_time.minute))) {
        return false;
    }
    if (above.base_time.minute >= 1440) {
        return value_bad(b, "base_time", yaml->base_time, "hh:mm = 0:00..23:59");
    }
    above.zone = b->site->zone;
    b->above = calendar_make(b->into, &above);
    if (!calendars_make(b, yaml)) {
        return false;
    }
    b->site->root = site_calendar(b->site, "default");
    if (!b->site->root) {
        static const struct calendar_yearly year_end = {12, 29, 1, 3, "年末年始"};
        struct calendar_level japan = {.name = "default", .parent = b->above, .holidays = b->site->holidays,
                                       .yearly = &year_end, .yearly_count = 1, .base_time = DAYTIME_NONE};
        japan.weekdays[WEEKDAY_SU] = japan.weekdays[WEEKDAY_SA] = DAY_CLOSED;
        b->site->root = calendar_make(b->into, &japan);
    }
    return true;
}

static bool times_read(struct builder *b, const char *key, const struct yaml_times *yaml, struct window_times *ret)
{
    int32_t *minute = ret->minute;
    if (!minute_read(b, key, yaml->opens, &minute[WINDOW_OPENS]) ||
        !minute_read(b, key, yaml->precloses, &minute[WINDOW_PRECLOSES]) ||
        !minute_read(b, key, yaml->closes, &minute[WINDOW_CLOSES])) {
        return false;
    }
    bool is_ordered = true; /* an absent event (-1) has no place in the order */
    for (int i = WINDOW_OPENS; i < WINDOW_EVENTS; i++) {
        for (int k = i + 1; k < WINDOW_EVENTS; k++) {
            bool are_both = minute[i] >= 0 && minute[k] >= 0;
            is_ordered = is_ordered && (!are_both || minute[i] < minute[k] || (i != WINDOW_OPENS && minute[i] == minute[k]));
        }
    }
    return is_ordered || err_set(b->e, ERR_SITE_TIMES, "%s %s", b->path, key);
}

static bool class_read(struct builder *b, const struct yaml_class *yaml, struct window_class *ret)
{
    ret->name = arena_copy(b->into, yaml->name);
    ret->calendar = site_calendar(b->site, yaml->calendar);
    if (!ret->calendar) {
        return reference_bad(b, "calendar", yaml->calendar);
    }
    return times_read(b, "on_open_days", &yaml->on_open_days, &ret->weekdays) &&
           times_read(b, "on_closed_days", &yaml->on_closed_days, &ret->closed_days);
}

static bool group_read(struct builder *b, const struct yaml_group *yaml, struct window_group *ret)
{
    int minutes = yaml->observation_minutes ? yaml->observation_minutes : OBSERVATION_MINUTES_DEFAULT;
    if (!number_check(b, "observation_minutes", minutes, 1, OBSERVATION_MINUTES_MAX)) {
        return false;
    }
    if (yaml->classes_count == 0) {
        return value_bad(b, "classes", "[]", "- name: …"); /* a group without classes would never be shut or open */
    }
    const char **systems = arena_array(b->into, const char *, yaml->systems_count);
    for (unsigned i = 0; i < yaml->systems_count; i++) {
        systems[i] = arena_copy(b->into, yaml->systems[i]);
    }
    struct window_class *classes = arena_array(b->into, struct window_class, yaml->classes_count);
    *ret = (struct window_group){.name = arena_copy(b->into, yaml->name), .systems = systems,
                                 .system_count = yaml->systems_count, .classes = classes,
                                 .observation_ms_max = minutes * (int)MINUTE_MS};
    for (unsigned i = 0; i < yaml->classes_count; i++) {
        if (window_class_find(ret, yaml->classes[i].name)) {
            return duplicate(b, b->path, yaml->classes[i].name);
        }
        if (!class_read(b, &yaml->classes[i], &classes[i])) {
            return false;
        }
        ret->class_count = i + 1;
    }
    return true;
}

static bool groups_make(struct builder *b, const struct yaml_site *yaml)
{
    struct window_group *rows = arena_array(b->into, struct window_group, yaml->window_groups_count);
    b->site->groups = rows;
    for (unsigned i = 0; i < yaml->window_groups_count; i++) {
        path_set(b, "window_groups", i, yaml->window_groups[i].name);
        if (site_group(b->site, yaml->window_groups[i].name)) {
            return duplicate(b, "window_groups", yaml->window_groups[i].name);
        }
        if (!group_read(b, &yaml->window_groups[i], &rows[i])) {
            return false;
        }
        b->site->group_count = i + 1;
    }
    return true;
}

/* Either the night of a group, or from and to; never both. */
static bool window_read(struct builder *b, const struct yaml_window *yaml, struct time_window *ret)
{
    ret->name = arena_copy(b->into, yaml->name);
    if (yaml->group ? yaml->from || yaml->to : !yaml->from || !yaml->to) {
        return value_bad(b, "group/from/to", yaml->group ? yaml->group : "", "group: NAME | from: hh:mm, to: hh:mm");
    }
    if (yaml->group && !site_group(b->site, yaml->group)) {
        return reference_bad(b, "group", yaml->group);
    }
    if (yaml->calendar && !(ret->calendar = site_calendar(b->site, yaml->calendar))) {
        return reference_bad(b, "calendar", yaml->calendar);
    }
    ret->group = yaml->group ? arena_copy(b->into, yaml->group) : NULL;
    if (!minute_read(b, "from", yaml->from, &ret->from.minute) || !minute_read(b, "to", yaml->to, &ret->to.minute)) {
        return false;
    }
    return yaml->group || ret->from.minute < ret->to.minute || value_bad(b, "to", yaml->to, "from < to (48h)");
}

static bool windows_make(struct builder *b, const struct yaml_site *yaml)
{
    struct time_window *rows = arena_array(b->into, struct time_window, yaml->time_windows_count);
    b->site->windows = rows;
    for (unsigned i = 0; i < yaml->time_windows_count; i++) {
        path_set(b, "time_windows", i, yaml->time_windows[i].name);
        if (site_window(b->site, yaml->time_windows[i].name)) {
            return duplicate(b, "time_windows", yaml->time_windows[i].name);
        }
        if (!window_read(b, &yaml->time_windows[i], &rows[i])) {
            return false;
        }
        b->site->window_count = i + 1;
    }
    return true;
}

static bool limits_read(struct builder *b, const struct yaml_agent *yaml, struct site_agent *ret)
{
    int jobs = yaml->jobs ? yaml->jobs : AGENT_JOBS_DEFAULT;
    if (!number_check(b, "jobs", jobs, 1, AGENT_JOBS_MAX)) {
        return false;
    }
    struct agent_limit *limits = arena_array(b->into, struct agent_limit, (size_t)yaml->limits_count + 1);
    limits[0] = (struct agent_limit){0, jobs};
    ret->limits = limits;
    ret->limit_count = 1;
    for (unsigned i = 0; i < yaml->limits_count; i++) {
        const struct yaml_limit *limit = &yaml->limits[i];
        struct agent_limit row = {.count = limit->jobs};
        if (!minute_read(b, "limits.from", limit->from, &row.from_minute) ||
            !number_check(b, "limits.jobs", limit->jobs, 0, AGENT_JOBS_MAX)) { /* 0: takes nothing then */
            return false;
        }
        bool is_first = i == 0 && row.from_minute == 0; /* takes the place of `jobs` */
        if (row.from_minute >= 1440 || (!is_first && row.from_minute <= limits[ret->limit_count - 1].from_minute)) {
            return value_bad(b, "limits.from", limit->from, "hh:mm = 0:00..23:59, ascending");
        }
        ret->limit_count -= is_first ? 1 : 0;
        limits[ret->limit_count++] = row;
    }
    return true;
}

static bool agent_read(struct builder *b, const struct yaml_agent *yaml, struct site_agent *ret)
{
    *ret = (struct site_agent){.name = arena_copy(b->into, yaml->name), .is_default = yaml->is_default,
                               .is_local = yaml->is_local, .can_pc = yaml->can_pc,
                               .alias_of = yaml->alias_of ? arena_copy(b->into, yaml->alias_of) : NULL};
    if (yaml->alias_of && (yaml->jobs || yaml->limits_count || yaml->is_default || yaml->is_local)) {
        return value_bad(b, "alias_of", yaml->alias_of, "name, alias_of");
    }
    return limits_read(b, yaml, ret);
}

static const struct site_agent *agent_row(const struct site *site, const char *name)
{
    for (size_t i = 0; i < site->agent_count; i++) {
        if (str_equal(site->agents[i].name, name)) {
            return &site->agents[i];
        }
    }
    return NULL;
}

static bool agents_link(struct builder *b, struct site_agent *rows)
{
    size_t default_count = 0;
    for (size_t i = 0; i < b->site->agent_count; i++) {
        path_set(b, "agents", i, rows[i].name);
        const struct site_agent *target = rows[i].alias_of ? agent_row(b->site, rows[i].alias_of) : &rows[i];
        if (!target || target->alias_of) { /* an alias of an alias could go in circles */
            return reference_bad(b, "alias_of", rows[i].alias_of);
        }
        default_count += rows[i].is_default ? 1 : 0;
        if (default_count > 1) {
            return value_bad(b, "default", "true", "once");
        }
    }
    for (size_t i = 0; i < b->site->agent_count && default_count == 0; i++) {
        if (!rows[i].alias_of) { /* nobody named: the first */
            rows[i].is_default = true;
            default_count = 1;
        }
    }
    return true;
}

static bool agents_make(struct builder *b, const struct yaml_site *yaml)
{
    static const struct yaml_agent local = {.name = "local", .is_default = true, .is_local = true};
    const struct yaml_agent *from = yaml->agents_count ? yaml->agents : &local;
    unsigned count = yaml->agents_count ? yaml->agents_count : 1;
    struct site_agent *rows = arena_array(b->into, struct site_agent, count);
    b->site->agents = rows;
    for (unsigned i = 0; i < count; i++) {
        path_set(b, "agents", i, from[i].name);
        for (unsigned k = 0; k < i; k++) {
            if (str_equal(rows[k].name, from[i].name)) {
                return duplicate(b, "agents", from[i].name);
            }
        }
        if (!agent_read(b, &from[i], &rows[i])) {
            return false;
        }
    }
    b->site->agent_count = count;
    return agents_link(b, rows);
}

static bool opening_make(struct builder *b, const struct yaml_opening *yaml)
{
    b->site->opening_prepare_minute = -1;
    b->site->opening = "";
    if (!yaml->window) {
        return true;
    }
    struct str group_name, class_name;
    if (!str_cut(str_of(yaml->window), '/', &group_name, &class_name)) {
        return value_bad(b, "opening.window", yaml->window, "GROUP/CLASS");
    }
    const struct window_group *group = site_group(b->site, arena_copy_bytes(b->into, group_name.at, group_name.n));
    if (!group || !window_class_find(group, class_name.at)) {
        return reference_bad(b, "opening.window", yaml->window);
    }
    int32_t minute = -1;
    if (!minute_read(b, "opening.prepare", yaml->prepare, &minute)) {
        return false;
    }
    b->site->opening = arena_copy(b->into, yaml->window);
    b->site->opening_prepare_minute = minute;
    return true;
}

static bool site_make(struct builder *b, const struct site_source *source, const struct yaml_site *yaml)
{
    int heartbeat_sec = yaml->heartbeat.every_sec ? yaml->heartbeat.every_sec : HEARTBEAT_SEC_DEFAULT;
    if (!number_check(b, "heartbeat.every_sec", heartbeat_sec, 1, HEARTBEAT_SEC_MAX) ||
        !holidays_parse(b->into, source->holidays_csv, source->holidays_bytes, &b->site->holidays, b->e) ||
        !root_make(b, source, yaml) || !groups_make(b, yaml) || !windows_make(b, yaml) || !agents_make(b, yaml) ||
        !site_runbook_make(b->into, yaml, b->site, b->e)) {
        return false;
    }
    b->path[0] = '\0';
    b->site->name = text_or(b, yaml->site, "default");
    b->site->service = text_or(b, yaml->service, "main");
    b->site->heartbeat_url = text_or(b, yaml->heartbeat.url, "");
    b->site->heartbeat_sec = heartbeat_sec;
    b->site->recovery_needs_decision = yaml->recovery_needs_decision;
    return opening_make(b, &yaml->opening);
}

bool site_parse(struct arena *into, const struct site_source *source, const struct site **ret, struct err *e)
{
    static const struct yaml_site nothing = {.site = NULL};
    CLEANUP(site_yaml_close) struct yaml_site *yaml = NULL;
    size_t n = source->yaml ? source->yaml_bytes : 0;
    bool is_blank = str_trim((struct str){source->yaml, n}).n == 0;
    if (!is_blank && !site_yaml_load(source->yaml, n, &yaml, e)) {
        return false;
    }
    struct builder b = {.into = into, .site = arena_new(into, struct site), .e = e};
    if (!site_make(&b, source, yaml ? yaml : &nothing)) {
        return false;
    }
    *ret = b.site;
    return true;
}

const struct calendar *site_calendar(const struct site *site, const char *name)
{
    for (size_t i = 0; i < site->calendar_count; i++) {
        if (str_equal(site->calendars[i].name, name)) {
            return site->calendars[i].calendar;
        }
    }
    return NULL;
}

const struct window_group *site_group(const struct site *site, const char *name)
{
    for (size_t i = 0; i < site->group_count; i++) {
        if (str_equal(site->groups[i].name, name)) {
            return &site->groups[i];
        }
    }
    return NULL;
}

const struct time_window *site_window(const struct site *site, const char *name)
{
    for (size_t i = 0; i < site->window_count; i++) {
        if (str_equal(site->windows[i].name, name)) {
            return &site->windows[i];
        }
    }
    return NULL;
}

const struct site_agent *site_agent(const struct site *site, const char *name)
{
    const struct site_agent *agent = agent_row(site, name);
    return agent && agent->alias_of ? agent_row(site, agent->alias_of) : agent;
}

const struct site_agent *site_agent_default(const struct site *site)
{
    for (size_t i = 0; i < site->agent_count; i++) {
        if (site->agents[i].is_default) {
            return &site->agents[i];
        }
    }
    return NULL;
}

int site_agent_limit(const struct site_agent *agent, int minute_of_day)
{
    int count = 0;
    for (size_t i = 0; i < agent->limit_count && agent->limits[i].from_minute <= minute_of_day; i++) {
        count = agent->limits[i].count;
    }
    return count;
}
