/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog - units, their versions, and the calendars that groups add up to.
 *
 * A version's text is parsed when its net is first needed and the parsed tree is thrown away again.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/engine_priv.h"
#include "jobnet/group.h"
#include "jobnet/unit.h"

struct unit_entry *unit_by_path(const struct engine *engine, const char *path)
{
    struct unit_entry *unit = map_get(&engine->w.entries_by_path, path);
    return unit && !unit->is_deleted ? unit : NULL;
}

bool not_a_net(const struct engine *engine, const char *path, struct err *e)
{
    const struct unit_entry *unit = unit_by_path(engine, path);
    bool is_group = unit && unit->is_group && !unit->is_deleted;
    return is_group ? err_set(e, ERR_NOT_A_NET, "%s", path) : err_set(e, ERR_NOT_FOUND, "unit" ARG "%s", path);
}

struct unit_entry *unit_by_id(const struct engine *engine, int64_t id)
{
    return map_get_id(&engine->w.units_by_id, (uint64_t)id);
}

static struct unit_entry *group_of(struct engine *engine, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path) {
        return NULL;
    }
    const char *upper = arena_copy_bytes(&engine->turn, path, (size_t)(slash - path));
    return map_get(&engine->w.entries_by_path, upper);
}

struct unit_entry *unit_add(struct engine *engine, int64_t id, const char *path, bool is_group)
{
    struct world *w = &engine->w;
    struct unit_entry *unit = arena_new(&w->names, struct unit_entry);
    unit->id = id;
    unit->path = arena_copy(&w->names, path);
    unit->name = strrchr(unit->path, '/') + 1;
    unit->is_group = is_group;
    unit->group = group_of(engine, path);
    unit->registered = unit->from = unit->to = unit->planned_to = BIZDAY_NONE;
    unit->facts.id = id;
    unit->facts.path = unit->path;
    (void)map_put_id(&w->units_by_id, (uint64_t)id, unit);
    (void)map_put(&w->entries_by_path, unit->path, unit);
    if (!is_group) {
        (void)map_put(&w->facts.units_by_path, unit->path, &unit->facts);
        bool is_known = map_get(&w->names_used, unit->name) != NULL;
        (void)map_put(&w->names_used, unit->name, unit);
        (void)map_put(&w->facts.units_by_name, unit->name, is_known ? NULL : &unit->facts); /* NULL: ambiguous */
    }
    return unit;
}

/* ---- calendars of groups ---- */

static bool version_row_of(struct engine *engine, struct arena *into, const struct version_entry *version, struct version_row *ret,
                           struct err *e)
{
    struct version_row row = {.id = version->id};
    bool found = false;
    if (!store_get(engine->reader, into, TABLE_version, &row, &found, e)) {
        return false;
    }
    if (!found) {
        return err_set(e, ERR_NOT_FOUND, "version" ARG "%lld", (long long)version->id);
    }
    *ret = row;
    return true;
}

static bool version_text(struct engine *engine, struct arena *into, const struct version_entry *version, const char **ret,
                         struct err *e)
{
    struct version_row row = {0};
    if (version->text) {
        *ret = version->text;
        return true;
    }
    bool is_found = version_row_of(engine, into, version, &row, e);
    *ret = is_found ? row.text : *ret;
    return is_found;
}

/* A definition kept by us: it was checked when it came in. */
static const struct unit *kept_unit(struct arena *into, const char *text)
{
    struct diags diags = {0};
    const struct unit_file *file = NULL;
    bool is_good = unit_parse(into, text, strlen(text), &diags, &file);
    diags_close(&diags);
    return is_good && file->top_count ? file->first : NULL;
}

static const struct calendar *group_make(struct engine *engine, struct unit_entry *group, const struct calendar *parent)
{
    struct arena tmp = {0};
    struct calendar_level level = {.name = group->path, .parent = parent, .base_time = DAYTIME_NONE};
    const char *text = NULL;
    struct err ignored;
    const struct unit *unit = NULL;
    if (group->version && version_text(engine, &tmp, group->version, &text, &ignored)) {
        unit = kept_unit(&tmp, text);
    }
    const struct calendar *made = parent;
    if (unit) {
        const char *named = unit_text(&tmp, unit, KEY_X_CALENDAR);
        const struct calendar *site = named ? site_calendar(engine->w.site, named) : NULL;
        if (site) {
            level.parent = site;
        }
        group_level(&tmp, unit, &level);
        made = calendar_make(&engine->w.calendars, &level);
    }
    arena_close(&tmp);
    return made;
}

const struct calendar *group_calendar(struct engine *engine, struct unit_entry *group)
{
    if (!group) {
        return engine->w.site->root;
    }
    if (!group->calendar) {
        group->calendar = group_make(engine, group, group_calendar(engine, group->group));
    }
    return group->calendar;
}

const struct calendar *unit_calendar(struct engine *engine, struct unit_entry *unit)
{
    return group_calendar(engine, unit->is_group ? unit : unit->group);
}

const char *calendar_path(const char *named)
{
    const char *service = strstr(named, ":/");
    return service ? service + 1 : named;
}

bool net_calendar_known(const struct engine *engine, const struct net *net)
{
    const char *path = net->calendar_of ? calendar_path(net->calendar_of) : "/";
    const struct unit_entry *group = unit_by_path(engine, path);
    return strcmp(path, "/") == 0 || (group && group->is_group);
}

const struct calendar *unit_days(struct engine *engine, struct unit_entry *unit)
{
    const struct net *net = unit->version ? unit->version->net : NULL;
    if (!net || !net->calendar_of || !net_calendar_known(engine, net)) {
        return unit_calendar(engine, unit);
    }
    return group_calendar(engine, unit_by_path(engine, calendar_path(net->calendar_of))); /* none: that of "/" */
}

bool group_calendars_known(struct engine *engine, struct err *e)
{
    bool is_good = true;
    for (struct map_entry *entry = NULL; is_good && (entry = map_next(&engine->w.units_by_id, entry));) {
        const struct unit_entry *group = entry->value;
        struct arena tmp = {0};
        const char *text = NULL;
        if (group->is_group && !group->is_deleted && group->version) {
            is_good = version_text(engine, &tmp, group->version, &text, e);
        }
        const struct unit *unit = text ? kept_unit(&tmp, text) : NULL;
        const char *named = unit ? unit_text(&tmp, unit, KEY_X_CALENDAR) : NULL;
        if (named && !site_calendar(engine->w.site, named)) {
            is_good = err_set(e, ERR_CALENDAR_UNKNOWN, "%s" ARG "x_calendar" ARG "%s", group->path, named);
        }
        arena_close(&tmp);
    }
    return is_good;
}

void calendars_forget(struct engine *engine)
{
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.units_by_id, e));) {
        ((struct unit_entry *)e->value)->calendar = NULL;
    }
    arena_close(&engine->w.calendars);
}

/* ---- versions ---- */

bool net_look_back(struct engine *engine, const struct net *net, struct unit_entry *own, struct err *e)
{
    const enum hold_rule hold = (enum hold_rule)net->nodes[0].hold;
    bool is_good = hold == HOLD_NO || hold == HOLD_YES || last_generation_load(engine, own, e);
    for (int32_t n = 0; n < net->node_count && is_good; n++) {
        for (size_t g = 0; g < net->nodes[n].gate_count && is_good; g++) {
            const struct gate *gate = &net->nodes[n].gates[g];
            const struct unit_facts *facts = gate->kind == GATE_PRED ? facts_unit(&engine->w.facts, gate->name) : NULL;
            bool is_meant = facts && (gate->scope == PRED_LATEST || gate->scope == PRED_WITHIN);
            is_good = !is_meant || last_generation_load(engine, unit_by_id(engine, facts->id), e);
        }
    }
    return is_good;
}

static bool version_parse(struct version_entry *version, const char *path, const char *text, struct err *e)
{
    struct arena tmp = {0};
    struct net_above above = {0};
    const struct unit *parsed = kept_unit(&tmp, text);
    bool is_made = parsed ? net_make(&version->arena, parsed, path, &above, &version->net, e)
                          : err_set(e, ERR_INTERNAL, "version %lld", (long long)version->id);
    arena_close(&tmp);
    return is_made;
}

bool version_load(struct engine *engine, struct version_entry *version, struct err *e)
{
    if (version->net) {
        return true;
    }
    struct arena tmp = {0};
    struct version_row row = {0};
    struct unit_entry *unit = unit_by_id(engine, version->unit);
    bool is_loaded = version_row_of(engine, &tmp, version, &row, e);
    if (is_loaded) {
        uint64_t tag = hash_bytes(row.hash, strlen(row.hash));
        is_loaded = net_cache_take(engine->nets, version, tag, unit->path) || version_parse(version, unit->path, row.text, e);
        version->tag = tag;
    }
    arena_close(&tmp);
    return is_loaded && net_look_back(engine, version->net, unit, e);
}

bool unit_net(struct engine *engine, struct unit_entry *unit, const struct net **ret, struct err *e)
{
    if (!unit->version) {
        return err_set(e, ERR_NOT_FOUND, "unit" ARG "%s", unit->path);
    }
    if (!version_load(engine, unit->version, e)) {
        return err_wrap(e, "%s", unit->path);
    }
    *ret = unit->version->net;
    return true;
}

static int by_path(const void *a, const void *b)
{
    return strcmp((*(struct unit_entry *const *)a)->path, (*(struct unit_entry *const *)b)->path);
}

static bool is_below(const char *path, const char *group)
{
    size_t n = strlen(group);
    return strncmp(path, group, n) == 0 && (path[n] == '/' || (n == 1 && group[0] == '/'));
}

/* A system is a group's name, or the first word of its comment ("KSK 共通基盤"). */
static bool is_of_system(const struct unit_entry *unit, const char *system)
{
    size_t n = strlen(system);
    for (const struct unit_entry *group = unit->group; group; group = group->group) {
        bool is_first_word = group->comment && strncmp(group->comment, system, n) == 0 &&
                             (group->comment[n] == '\0' || group->comment[n] == ' ');
        if (is_first_word || strcmp(group->name, system) == 0) {
            return true;
        }
    }
    return false;
}

void units_keep_system(struct unit_list *units, const char *system)
{
    size_t kept = 0;
    for (size_t i = 0; i < units->list.n; i++) {
        if (!system[0] || is_of_system(units->list.at[i], system)) {
            units->list.at[kept++] = units->list.at[i];
        }
    }
    units->list.n = kept;
}

void units_select(struct engine *engine, const char *pattern, bool is_recursive, struct unit_list *ret)
{
    const struct unit_entry *exact = unit_by_path(engine, pattern);
    const struct unit_facts *named = pattern[0] == '/' ? NULL : facts_unit(&engine->w.facts, pattern);
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.units_by_id, e));) {
        struct unit_entry *unit = e->value;
        if (unit->is_group || unit->is_deleted) {
            continue;
        }
        bool is_meant = unit == exact || &unit->facts == named ||
                        ((is_recursive || (exact && exact->is_group)) && is_below(unit->path, pattern)) ||
                        (strpbrk(pattern, "*?") &&
                         str_matches(pattern[0] == '/' ? unit->path : unit->name, pattern));
        if (is_meant) {
            *vec_add(&ret->list) = unit;
        }
    }
    if (ret->list.n) {
        qsort(ret->list.at, ret->list.n, sizeof(*ret->list.at), by_path);
    }
}
