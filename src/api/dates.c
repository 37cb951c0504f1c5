/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dates - run dates by the same rules as the engine's planner, from stored texts: calendars of groups, ejn, jc.
 *
 * Used for looking only: what the engine has planned is in the occurrences.
 */
#include "api/dates_priv.h"

#include "jobnet/group.h"

bool dates_open(struct call *call, struct bizday from, struct bizday to, struct dates *ret, struct err *e)
{
    *ret = (struct dates){.call = call, .from = from, .to = to};
    return api_site(call, &ret->site, e);
}

void dates_close(struct dates *dates)
{
    map_close(&dates->calendars);
    map_close(&dates->overlay);
}

bool stored_text(struct call *call, const char *path, struct unit_row *unit, const char **ret, struct err *e)
{
    struct err missing = {0};
    struct version_row version;
    *ret = NULL;
    if (!unit_get(call, path, unit, &missing)) {
        *e = missing;
        return missing.code == ERR_NOT_FOUND;
    }
    if (!version_get(call, unit, 0, &version, e)) {
        return false;
    }
    *ret = version.text;
    return true;
}

bool stored_registration(struct call *call, int64_t unit, struct bizday *ret, struct err *e)
{
    struct registration_row row = {.unit = unit};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_registration, &row, &found, e)) {
        return false;
    }
    *ret = found && row.kind != 0 ? (struct bizday){(int32_t)row.date} : BIZDAY_NONE;
    return true;
}

static const char *parent_path(struct arena *into, const char *path)
{
    const char *slash = strrchr(path, '/');
    return !slash || slash == path ? "/" : arena_copy_bytes(into, path, (size_t)(slash - path));
}

/* The group's own lines: proposed or stored; NULL when there is no such group. */
static bool group_unit(struct dates *dates, const char *path, const struct unit **ret, struct err *e)
{
    struct unit_row row;
    const char *text = NULL;
    CLEANUP(diags_close) struct diags diags = {0};
    const struct unit_file *file = NULL;
    *ret = map_get(&dates->overlay, path);
    if (*ret) {
        return true;
    }
    if (!stored_text(dates->call, path, &row, &text, e)) {
        return false;
    }
    if (text && row.is_group && unit_parse(dates->call->into, text, strlen(text), &diags, &file)) {
        *ret = file->first;
    }
    return true;
}

static const struct calendar *level_make(struct dates *dates, const char *path, const struct unit *unit,
                                         const struct calendar *above)
{
    struct arena *into = dates->call->into;
    const char *named = unit_text(into, unit, KEY_X_CALENDAR);
    const struct calendar *site = named ? site_calendar(dates->site, named) : NULL;
    struct calendar_level level = {.name = path, .parent = site ? site : above, .base_time = DAYTIME_NONE};
    group_level(into, unit, &level);
    return calendar_make(into, &level);
}

/* From the root down, one level after the other. */
bool dates_calendar(struct dates *dates, const char *path, const struct calendar **ret, struct err *e)
{
    struct arena *into = dates->call->into;
    *ret = dates->site->root;
    for (size_t n = 1; path[0] == '/' && path[1]; n++) {
        n += strcspn(path + n, "/");
        const char *part = arena_copy_bytes(into, path, n);
        const struct calendar *known = map_get(&dates->calendars, part);
        const struct unit *unit = NULL;
        if (!known && !group_unit(dates, part, &unit, e)) {
            return false;
        }
        known = known ? known : unit ? level_make(dates, part, unit, *ret) : *ret;
        (void)map_put(&dates->calendars, part, (void *)(uintptr_t)known);
        *ret = known;
        if (!path[n]) {
            break;
        }
    }
    return true;
}


static void net_of(void *data, const struct unit *net, struct timeline_net *ret)
{
    const struct timeline_net *given = data;
    (void)net;
    *ret = *given;
}

/* The text of an exclusive jobnet (ejn) beside the net goes into the same file, where the timeline looks for it. */
static bool with_rival(struct dates *dates, const struct dates_net *net, const struct unit *unit, const char **text, struct err *e)
{
    struct arena *into = dates->call->into;
    const char *rival = unit_text(into, unit, KEY_EJN), *other = NULL;
    struct unit_row row;
    *text = net->text;
    if (!rival || rival[0] == '/') {
        return true;
    }
    const char *parent = parent_path(into, net->path);
    if (!stored_text(dates->call, arena_printf(into, "%s/%s", str_equal(parent, "/") ? "" : parent, rival), &row, &other, e)) {
        return false;
    }
    *text = other && !row.is_group && !str_equal(rival, unit->name) ? arena_printf(into, "%s%s", net->text, other) : net->text;
    return true;
}

bool dates_make(struct dates *dates, const struct dates_net *net, struct timeline *ret, struct err *e)
{
    struct arena *into = dates->call->into;
    CLEANUP(diags_close) struct diags diags = {0};
    const struct unit_file *file = NULL;
    const char *text = NULL;
    struct timeline_net of = {.registered = net->registered.day == BIZDAY_NONE.day ? dates->from : net->registered};
    if (!unit_parse(into, net->text, strlen(net->text), &diags, &file)) {
        return err_set(e, ERR_INTERNAL, "definition of %.200s", net->path);
    }
    if (!with_rival(dates, net, file->first, &text, e)) {
        return false;
    }
    if (text != net->text && !unit_parse(into, text, strlen(text), &diags, &file)) {
        return err_set(e, ERR_INTERNAL, "definition of %.200s", net->path);
    }
    if (!dates_calendar(dates, parent_path(into, net->path), &of.own, e)) {
        return false;
    }
    const char *other = unit_text(into, file->first, KEY_JC);
    const char *service = other ? strstr(other, ":/") : NULL;
    of.calendar = of.own;
    if (other && !dates_calendar(dates, service ? service + 1 : other, &of.calendar, e)) {
        return false;
    }
    struct timeline_query query = {.from = dates->from, .to = dates->to, .only = file->first, .net_of = net_of, .data = &of};
    timeline_make(into, file, &query, ret);
    return true;
}
