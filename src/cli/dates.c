/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dates - run dates of a definition file and the days of a calendar, computed here with the very cores of the server.
 *
 * What jc= names is looked for in the file, then in the units of --site; those are read only when they are needed.
 * Whatever names nothing (jc= ejn= x_calendar=) is told once on stderr and has no effect.
 */
#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "cli/local.h"
#include "jobnet/group.h"
#include "os/file.h"
#include "os/zone_file.h"
#include "plan/timeline.h"
#include "wire/site.h"

enum { DAYS_MAX = 36600 }; /* a century: the server's own limit spares others, here nobody waits */

struct definition {
    const char *path;
    const struct unit_file *file;
};

struct dates {
    struct cli *cli;
    const struct site *site;
    const struct calendar *root; /* of "/" */
    const struct unit_file *file;
    VEC(struct definition) others; /* units/ of --site */
    bool has_others;           /* read, if there are any */
    struct map calendars;      /* unit address -> calendar of that group */
    struct map told;           /* parameter address: warned about */
    struct bizday registered;
};

/* The site of --site, or the default one. */
static bool site_read(struct cli *cli, const struct site **ret, struct err *e)
{
    const char *folder = cli_value(cli, "site");
    struct site_source source = {.zone_load = zone_file_load};
    char *yaml = NULL, *holidays = NULL;
    if (folder) {
        const char *csv = arena_printf(&cli->arena, "%s/holidays.csv", folder);
        if (!text_read(cli, arena_printf(&cli->arena, "%s/site.yaml", folder), NULL, &yaml, &source.yaml_bytes, e) ||
            (file_exists(csv) && !text_read(cli, csv, NULL, &holidays, &source.holidays_bytes, e))) {
            return false;
        }
        source.yaml = yaml;
        source.holidays_csv = holidays;
    }
    return site_parse(&cli->arena, &source, ret, e);
}

static bool range_read(struct cli *cli, struct bizday *from, struct bizday *to, struct err *e)
{
    const char *names[] = {"from", "to"};
    struct bizday *days[] = {from, to};
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *text = cli_value(cli, names[i]);
        if (!text) {
            return err_set(e, ERR_FIELD_MISSING, "--%s", names[i]);
        }
        if (!bizday_parse(text, days[i])) {
            return err_set(e, ERR_FIELD_VALUE, "--%s" ARG "%.40s" ARG "YYYY-MM-DD", names[i], text);
        }
    }
    if (to->day < from->day) {
        return err_set(e, ERR_FIELD_VALUE, "--to" ARG "%.40s" ARG "--from <= --to", cli_value(cli, "to"));
    }
    return to->day - from->day < DAYS_MAX ||
           err_set(e, ERR_TOO_LARGE, "--from --to" ARG "%d", DAYS_MAX);
}

/* ---- what a value names ---- */

static const char *path_of(const struct dates *dates, const struct unit *unit)
{
    while (unit->parent) {
        unit = unit->parent;
    }
    for (size_t i = 0; i < dates->others.n; i++) {
        for (const struct unit *top = dates->others.at[i].file->first; top; top = top->next_sibling) {
            if (top == unit) {
                return dates->others.at[i].path;
            }
        }
    }
    return cli_value(dates->cli, "file");
}

static void names_nothing(struct dates *dates, const struct unit *unit, enum unit_key key)
{
    const struct param *param = unit_param(unit, key, NULL);
    CLEANUP(diags_close) struct diags diags = {0};
    CLEANUP(strbuf_close) struct strbuf text = {0};
    if (map_put_id(&dates->told, (uint64_t)(uintptr_t)param, dates)) {
        return;
    }
    diags_add(&diags, param->at, unit_path(&dates->cli->arena, unit, ""), ERR_UNIT_NAMES_NOTHING, "%s" ARG "%.100s",
              param->key, unit_text(&dates->cli->arena, unit, key));
    diags_print(&text, &diags, path_of(dates, unit), dates->cli->lang);
    (void)fputs(strbuf_str(&text), stderr);
}

static void others_read(struct dates *dates)
{
    struct cli *cli = dates->cli;
    const char *folder = cli_value(cli, "site");
    struct file_list list = {0};
    struct err e = {0};
    dates->has_others = true;
    if (!folder || !folder_list(&cli->arena, arena_printf(&cli->arena, "%s/units", folder), ".txt", &list, &e)) {
        return; /* a site need not have units */
    }
    for (size_t i = 0; i < list.paths.n; i++) {
        CLEANUP(diags_close) struct diags diags = {0};
        CLEANUP(strbuf_close) struct strbuf messages = {0};
        struct definition other = {.path = list.paths.at[i]};
        char *text = NULL;
        size_t n = 0;
        if (!text_read(cli, other.path, NULL, &text, &n, &e)) {
            (void)err_say(cli, &e);
        } else if (unit_parse(&cli->arena, text, n, &diags, &other.file)) {
            *vec_add(&dates->others) = other;
        } else {
            diags_print(&messages, &diags, other.path, cli->lang);
            (void)fputs(strbuf_str(&messages), stderr);
        }
    }
    vec_close(&list.paths);
}

/* ---- the calendars of units ---- */

static const struct calendar *group_calendar_of(struct dates *dates, const struct unit *group)
{
    if (!group) {
        return dates->root;
    }
    const struct calendar *known = map_get_id(&dates->calendars, (uint64_t)(uintptr_t)group);
    if (known) {
        return known;
    }
    struct arena *into = &dates->cli->arena;
    const struct calendar *above = group_calendar_of(dates, group->parent);
    const char *named = unit_text(into, group, KEY_X_CALENDAR);
    const struct calendar *site = named ? site_calendar(dates->site, named) : NULL;
    if (named && !site) {
        names_nothing(dates, group, KEY_X_CALENDAR);
    }
    struct calendar_level level = {.name = unit_path(into, group, ""), .parent = site ? site : above, .base_time = DAYTIME_NONE};
    group_level(into, group, &level);
    const struct calendar *made = calendar_make(into, &level);
    (void)map_put_id(&dates->calendars, (uint64_t)(uintptr_t)group, (void *)(uintptr_t)made);
    return made;
}

/* Of a job group by its full name, with or without its service (AJSROOT1:/a/b). NULL if there is none. */
static const struct calendar *calendar_named(struct dates *dates, const char *name)
{
    const char *service = strstr(name, ":/");
    const char *path = service ? service + 1 : name;
    const struct unit *found = unit_find(dates->file, path);
    if (str_equal(path, "/")) {
        return dates->root;
    }
    if (!found && !dates->has_others) {
        others_read(dates);
    }
    for (size_t i = 0; i < dates->others.n && !found; i++) {
        found = unit_find(dates->others.at[i].file, path);
    }
    bool is_group = found && unit_type_row(found->type)->kind == KIND_GROUP;
    return is_group ? group_calendar_of(dates, found) : NULL;
}

static void net_of(void *data, const struct unit *net, struct timeline_net *ret)
{
    struct dates *dates = data;
    const char *other = unit_text(&dates->cli->arena, net, KEY_JC);
    const char *rival = unit_text(&dates->cli->arena, net, KEY_EJN);
    ret->own = group_calendar_of(dates, net->parent);
    ret->calendar = other ? calendar_named(dates, other) : ret->own;
    ret->registered = dates->registered;
    if (!ret->calendar) {
        ret->calendar = ret->own;
        names_nothing(dates, net, KEY_JC);
    }
    if (rival && !timeline_exclusive(dates->file, net, rival)) {
        names_nothing(dates, net, KEY_EJN);
    }
}

static void row_say(struct dates *dates, struct json *j, const struct timeline_row *row)
{
    struct arena *into = &dates->cli->arena;
    const struct occurrence *at = &row->occurrence;
    const struct occurrence_reason_row *reason = occurrence_reason_row(at->reason);
    const struct zone *zone = calendar_zone(group_calendar_of(dates, row->net->parent));
    bool is_plain = dates->cli->is_json;
    json_open(j, NULL);
    json_text(j, "unit", unit_path(into, row->net, ""));
    json_number(j, "rule", at->rule);
    json_date(j, "date", at->date);
    json_instant(j, "start", at->start, zone_offset_sec(zone, at->start) / 60);
    json_text(j, "time", arena_printf(into, "%02d:%02d", at->time.minute / 60, at->time.minute % 60));
    json_text(j, "state", at->state == OCCURRENCE_RUN ? "run" : "skip");
    json_text(j, "reason", is_plain ? reason->name : reason->text[dates->cli->lang]);
    json_date(j, "shifted_from", at->shifted_from);
    if (row->deadline.ms != INSTANT_NEVER.ms) {
        json_instant(j, "deadline", row->deadline, zone_offset_sec(zone, row->deadline) / 60);
    }
    json_end(j);
}

static bool dates_open(struct dates *dates, struct bizday *from, struct bizday *to, struct err *e)
{
    struct cli *cli = dates->cli;
    const char *registered = cli_value(cli, "registered");
    if (!range_read(cli, from, to, e) || !site_read(cli, &dates->site, e)) {
        return false;
    }
    /* "/" without a site is JP1's: nothing said anywhere means open (docs/jp1.md J-29). */
    struct calendar_level open = {.name = "/", .base_time = DAYTIME_NONE};
    dates->root = cli_value(cli, "site") ? dates->site->root : calendar_make(&cli->arena, &open);
    dates->registered = *from;
    return !registered || bizday_parse(registered, &dates->registered) ||
           err_set(e, ERR_FIELD_VALUE, "--registered" ARG "%.40s" ARG "YYYY-MM-DD", registered);
}

int plan_dates(struct cli *cli)
{
    struct dates dates = {.cli = cli};
    struct timeline_query query = {.net_of = net_of, .data = &dates};
    struct err e = {0};
    CLEANUP(strbuf_close) struct strbuf messages = {0};
    CLEANUP(strbuf_close) struct strbuf items = {0};
    int status = 0;
    if (!dates_open(&dates, &query.from, &query.to, &e)) {
        return err_say(cli, &e);
    }
    dates.file = definition_read(cli, cli_value(cli, "file"), &messages, &status);
    (void)fputs(strbuf_str(&messages), stderr);
    if (!dates.file) {
        return status;
    }
    struct timeline timeline = {0};
    struct json j = {.into = &items};
    timeline_make(&cli->arena, dates.file, &query, &timeline);
    timeline_sort(&timeline);
    json_list(&j, NULL);
    for (size_t i = 0; i < timeline.rows.n; i++) {
        if (timeline.rows.at[i].occurrence.reason != OCCURRENCE_NO_SUCH_DAY) { /* that month has no occurrence to tell of */
            row_say(&dates, &j, &timeline.rows.at[i]);
        }
    }
    json_end(&j);
    timeline_close(&timeline);
    map_close(&dates.calendars);
    map_close(&dates.told);
    vec_close(&dates.others);
    return items_say(cli, &items);
}

int calendar_days(struct cli *cli)
{
    static const char *const weekdays[LANGS][7] = {{"日", "月", "火", "水", "木", "金", "土"},
                                                   {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}};
    struct bizday from, to;
    const struct site *site = NULL;
    struct err e = {0};
    CLEANUP(strbuf_close) struct strbuf items = {0};
    const char *name = cli_value(cli, "calendar");
    if (!range_read(cli, &from, &to, &e) || !site_read(cli, &site, &e)) {
        return err_say(cli, &e);
    }
    const struct calendar *calendar = name               ? site_calendar(site, name)
                                      : cli_value(cli, "site") ? site->root
                                                               : calendar_japan(&cli->arena);
    if (!calendar) {
        (void)err_set(&e, ERR_NOT_FOUND, "calendar" ARG "%.100s", name);
        return err_say(cli, &e);
    }
    struct json j = {.into = &items};
    json_list(&j, NULL);
    for (struct bizday day = from; day.day <= to.day; day.day++) {
        struct day_status status = calendar_status(calendar, day);
        json_open(&j, NULL);
        json_date(&j, "date", day);
        json_text(&j, "weekday", weekdays[cli->lang][bizday_weekday(day)]);
        json_bool(&j, "open", status.is_open);
        json_text(&j, "holiday", status.name);
        json_bool(&j, "predicted", status.is_predicted);
        json_number(&j, "business_day_number", calendar_number(calendar, day));
        json_end(&j);
    }
    json_end(&j);
    return items_say(cli, &items);
}
