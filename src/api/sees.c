/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sees - who follows the changes: what a viewer may see of a line, and whether it is still let in.
 *
 * A line is serialised once, by the engine, and is the same for all viewers: it is looked through for the units it names,
 * never parsed or written anew. Who may look everywhere and asked for everything costs nothing.
 */
#include "api/api_priv.h"

#include <string.h>

#include "base/limits.h"
#include "engine/settings.h"
#include "os/clock.h"

bool api_sees(const struct caller *caller, const char *entity)
{
    struct str system = system_of(entity);
    char name[SYSTEM_BYTES_MAX + 1];
    if (!caller->identity || permission_has(caller->identity->rights.everywhere, PERMISSION_LOOK)) {
        return true;
    }
    if (entity[0] != '/') {
        return api_may(caller, PERMISSION_LOOK, "");
    }
    if (system.n == 0 || system.n > SYSTEM_BYTES_MAX) {
        return false;
    }
    (void)snprintf(name, sizeof(name), STR_FMT, STR_ARG(system));
    return api_may(caller, PERMISSION_LOOK, name);
}

/* The next text behind `key` ("\"unit\":\"") from *at on; *at moves behind it. Names hold no quotes. */
static bool text_next(const char **at, const char *end, const char *key, struct str *ret)
{
    size_t n = strlen(key);
    const char *found = memmem(*at, (size_t)(end - *at), key, n);
    const char *quote = found ? memchr(found + n, '"', (size_t)(end - found) - n) : NULL;
    if (!quote) {
        return false;
    }
    *ret = (struct str){found + n, (size_t)(quote - found) - n};
    *at = quote;
    return true;
}

/* Is it that thing, or below it? */
static bool is_below(struct str name, const char *prefix)
{
    size_t n = strlen(prefix);
    bool is_root = n == 1 && prefix[0] == '/';
    return name.n >= n && memcmp(name.at, prefix, n) == 0 && (is_root || name.n == n || name.at[n] == '/');
}

struct seen {
    size_t units, allowed;
    bool is_asked;             /* the prefix fits something in the line */
};

static void unit_look(const struct api_viewer *viewer, struct str unit, struct seen *seen)
{
    char path[UNIT_PATH_BYTES_MAX + 1];
    bool is_path = unit.n > 0 && unit.n < sizeof(path) && unit.at[0] == '/';
    seen->is_asked = seen->is_asked || is_below(unit, viewer->entity);
    if (is_path) {
        memcpy(path, unit.at, unit.n);
        path[unit.n] = '\0';
        seen->units++;
        seen->allowed += api_sees(&viewer->caller, path);
    }
}

/* Numbers of runs are not texts: "run/12" is `"run":12,` of a change. */
static bool names_run(const char *prefix, const char *line, size_t n)
{
    char key[48];
    int64_t run = 0;
    if (!str_starts(prefix, "run/") || !str_to_i64(str_of(prefix + 4), 1, INT64_MAX, &run)) {
        return false;
    }
    (void)snprintf(key, sizeof(key), "\"run\":%lld,", (long long)run);
    return memmem(line, n, key, strlen(key)) != NULL;
}

/* Of some system, which the name does not tell. */
static bool entity_is_numbered(struct str entity)
{
    static const char *const kinds[] = {"run", "event", "proposal", "decision", "note"};
    struct str kind, rest;
    (void)str_cut(entity, '/', &kind, &rest);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (str_is(kind, kinds[i])) {
            return true;
        }
    }
    return false;
}

enum api_sight api_change_sight(const struct api_viewer *viewer, const char *line, size_t n)
{
    const struct identity *identity = viewer->caller.identity;
    bool sees_all = !identity || permission_has(identity->rights.everywhere, PERMISSION_LOOK);
    bool sees_people = api_may(&viewer->caller, PERMISSION_AUDIT, "");
    if (sees_all && sees_people && !*viewer->entity) {
        return SIGHT_ALL;
    }
    struct seen seen = {.is_asked = !*viewer->entity};
    struct str name;
    const char *at = line, *end = line + n;
    bool is_numbered = false;
    if (text_next(&at, end, "\"entity\":\"", &name)) {
        if (!sees_people && entity_is_of_people(name)) {
            return SIGHT_NONE;
        }
        is_numbered = entity_is_numbered(name);
        unit_look(viewer, name, &seen);
    }
    while (text_next(&at, end, "\"unit\":\"", &name)) {
        unit_look(viewer, name, &seen);
    }
    if (!seen.is_asked && !names_run(viewer->entity, line, n)) {
        return SIGHT_NONE;
    }
    if (sees_all) {
        return SIGHT_ALL;
    }
    bool is_unclear = is_numbered && seen.units == 0; /* it does not say of which system that is */
    return is_unclear || (seen.allowed > 0 && seen.allowed < seen.units) ? SIGHT_PART
           : seen.allowed == seen.units                                    ? SIGHT_ALL
                                                                           : SIGHT_NONE;
}

/* ---- still let in? ---- */

/* A stream alone does not keep a session awake. */
static bool session_there(struct store_reader *reader, const struct identity *identity, int64_t idle_ms, bool *there, struct err *e)
{
    struct query query = {.table = TABLE_session,
                          .where = {{table_column(TABLE_session, "person"), WHERE_EQ, identity->person, NULL}},
                          .where_count = 1,
                          .order_column = -1};
    struct session_row row;
    struct rows *rows = store_query(reader, &query);
    int64_t now_ms = clock_wall().ms;
    *there = false;
    while (rows_next(rows, &row)) {
        *there = *there || (row.id == identity->session && now_ms < row.until_wall_ms && now_ms - row.seen_wall_ms < idle_ms);
    }
    return rows_end(rows, e);
}

static bool rights_are_equal(const struct rights *a, const struct rights *b)
{
    bool is_equal = a->everywhere == b->everywhere && a->scope_count == b->scope_count;
    for (size_t i = 0; is_equal && i < a->scope_count; i++) {
        is_equal = a->scopes[i].may == b->scopes[i].may && str_equal(a->scopes[i].system, b->scopes[i].system);
    }
    return is_equal;
}

/* The person is there and may do what it might when it came. */
static bool person_unchanged(struct api *api, struct store_reader *reader, const struct identity *identity, bool *ret, struct err *e)
{
    CLEANUP(arena_close) struct arena tmp = {0};
    struct person_row person = {.id = identity->person};
    struct rights rights;
    int64_t until_ms = 0;
    bool found = false;
    if (!store_get(reader, &tmp, TABLE_person, &person, &found, e)) {
        return false;
    }
    *ret = found && !person.is_closed;
    if (*ret && !person_rights(api, reader, &person, &rights, &until_ms, e)) {
        return false;
    }
    *ret = *ret && rights_are_equal(&rights, &identity->rights);
    return true;
}

bool api_still_in(struct api *api, struct api_viewer *viewer, bool is_forced)
{
    const struct identity *identity = viewer->caller.identity;
    if (!identity) {
        return true;
    }
    int64_t generation = engine_people_generation(api->config.engine), now_ms = clock_boot_ms();
    is_forced = is_forced || now_ms - viewer->looked_ms >= MINUTE_MS;
    viewer->looked_ms = is_forced ? now_ms : viewer->looked_ms;
    bool is_same = generation == viewer->people_generation;
    viewer->people_generation = generation;
    bool is_changed = identity->rights_until_ms != 0 && api_now(api).ms >= identity->rights_until_ms; /* a grant began or ended */
    if (is_changed || clock_wall().ms >= identity->until.ms || (!is_same && !identity->session)) {
        return false; /* a token comes back at once and is looked at anew */
    }
    if ((is_same && !is_forced) || !identity->session) {
        return true;
    }
    int64_t idle_ms = engine_setting(api->config.engine, SETTING_SESSION_IDLE) * MINUTE_MS;
    struct err ignored = {0}; /* a store that cannot be read lets nobody go on */
    struct store_reader *reader = NULL;
    bool is_there = false, is_unchanged = true;
    if (!api_reader_take(api, &reader, &ignored)) {
        return false;
    }
    bool is_read = session_there(reader, identity, idle_ms, &is_there, &ignored) &&
                   (is_same || person_unchanged(api, reader, identity, &is_unchanged, &ignored));
    api_reader_give(api, reader);
    return is_read && is_there && is_unchanged;
}

void api_viewer_open(struct api *api, const struct caller *caller, const char *entity, struct api_viewer *ret)
{
    *ret = (struct api_viewer){*caller, entity ? entity : "", engine_people_generation(api->config.engine), clock_boot_ms()};
}
