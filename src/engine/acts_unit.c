/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts_unit - definitions and their registration: site.apply, define, delete, register, unregister, suspend.
 */
#include <string.h>

#include "base/limits.h"
#include "engine/acts_priv.h"
#include "jobnet/unit.h"

bool act_site_apply(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    if (!site_load(engine, act->text, act->text_n, act->text2_n ? act->text2 : NULL, act->text2_n, call->err)) {
        return false;
    }
    if (!group_calendars_known(engine, call->err)) {
        engine->is_spoiled = true; /* the site before is taken up again */
        return false;
    }
    const struct {
        const char *name, *text;
        size_t n;
    } files[] = {{"site.yaml", act->text, act->text_n}, {"holidays.csv", act->text2, act->text2_n}};
    for (size_t i = 0; i < COUNT(files); i++) {
        char hash[65];
        store_hash_hex(files[i].text, files[i].n, hash);
        struct site_file_row row = {.name = files[i].name, .hash = hash, .body = {files[i].text, files[i].n}, .at_ms = engine->now.ms};
        if (files[i].n) {
            store_put(engine->batch, TABLE_site_file, &row);
        }
    }
    int64_t replanned = 0;
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.units_by_id, e));) {
        struct unit_entry *unit = e->value;
        if (unit->registration == REGISTERED_PLANNED && !unit->is_deleted) {
            if (!plan_again(engine, unit, call->err)) {
                return false;
            }
            replanned++;
        }
    }
    engine->w.is_slot_free = true;
    json_text(&call->json, "site", engine->w.site->name);
    json_number(&call->json, "calendars", (int64_t)engine->w.site->calendar_count);
    json_number(&call->json, "window_groups", (int64_t)engine->w.site->group_count);
    json_number(&call->json, "agents", (int64_t)engine->w.site->agent_count);
    json_number(&call->json, "replanned", replanned);
    return true;
}

/* ---- define ---- */

struct define {
    struct act_call *call;
    struct strbuf text;        /* of one version */
    int64_t added, changed, same;
};

/* A group's own lines: without what stands below it, whose el= lines would only be noise. */
static void group_text(struct strbuf *into, const struct unit *group)
{
    struct unit alone = *group;
    alone.first_child = alone.last_child = NULL;
    alone.child_count = 0;
    unit_print_one(into, &alone, 0);
}

static void version_put(struct engine *engine, struct unit_entry *unit, const char *text, const char *hash, const char *actor)
{
    struct version_entry *version = arena_new(&engine->w.names, struct version_entry);
    version->id = engine->w.next_version++;
    version->unit = unit->id;
    version->number = unit->version ? unit->version->number + 1 : 1;
    (void)str_copy(version->hash, sizeof(version->hash), hash);
    version->text = unit->is_group ? arena_copy(&engine->w.names, text) : NULL;
    (void)map_put_id(&engine->w.versions, (uint64_t)version->id, version);
    struct version_entry *before = unit->version;
    unit->version = version;
    if (before && before->run_count == 0) {
        arena_close(&before->arena);
        before->net = NULL;
    }
    struct version_row row = {.id = version->id, .unit = unit->id, .number = version->number, .made_ms = engine->now.ms,
                              .actor = actor, .hash = hash, .text = text};
    store_put(engine->batch, TABLE_version, &row);
}

/* Hash and number of the current version are read when first needed. */
static bool version_known(struct engine *engine, struct version_entry *version, struct err *e)
{
    if (!version || version->hash[0]) {
        return true;
    }
    struct version_row row = {.id = version->id};
    bool found = false;
    if (!store_get(engine->reader, &engine->turn, TABLE_version, &row, &found, e)) {
        return false;
    }
    if (found) {
        version->number = row.number;
        (void)str_copy(version->hash, sizeof(version->hash), row.hash);
    }
    return true;
}

static bool define_one(struct define *d, const struct unit *unit, const char *path)
{
    struct act_call *call = d->call;
    struct engine *engine = call->engine;
    bool is_group = unit_type_row(unit->type)->kind == KIND_GROUP;
    strbuf_clear(&d->text);
    if (is_group) {
        group_text(&d->text, unit);
    } else {
        unit_print_one(&d->text, unit, 0);
    }
    char hash[65];
    store_hash_hex(d->text.at, d->text.n, hash);
    struct unit_entry *entry = map_get(&engine->w.entries_by_path, path);
    if (entry && !version_known(engine, entry->version, call->err)) {
        return false;
    }
    if (entry && entry->is_group != is_group) {
        return err_set(call->err, ERR_CONFLICT, "define %s" ARG "group/jobnet", path);
    }
    bool is_same = entry && !entry->is_deleted && entry->version && strcmp(entry->version->hash, hash) == 0;
    bool is_new = !entry || entry->is_deleted;
    d->same += is_same;
    d->added += is_new;
    d->changed += !is_same && !is_new;
    if (!is_same) {
        json_open(&call->json, NULL);
        json_text(&call->json, "unit", path);
        json_text(&call->json, "change", is_new ? "added" : "changed");
        json_end(&call->json);
    }
    if (is_same || call->act->dry_run) {
        return true;
    }
    if (!entry) {
        entry = unit_add(engine, engine->w.next_unit++, path, is_group);
    }
    entry->is_deleted = false;
    const char *comment = unit_text(&engine->turn, unit, KEY_CM);
    entry->comment = arena_copy(&engine->w.names, comment ? comment : "");
    entry->type = unit_type_row(unit->type)->text;
    version_put(engine, entry, d->text.at, hash, call->act->actor);
    struct net_above above = {0};
    if (!is_group && (!net_make(&entry->version->arena, unit, path, &above, &entry->version->net, call->err) ||
                      !net_look_back(engine, entry->version->net, entry, call->err))) {
        return false;
    }
    put_unit(engine, entry);
    return true;
}

static bool define_tree(struct define *d, const struct unit *top, const char *prefix)
{
    for (const struct unit *at = top; at;) { /* groups downwards; a root jobnet is one piece */
        const char *path = unit_path(&d->call->engine->turn, at, prefix);
        if (!define_one(d, at, path)) {
            return false;
        }
        bool is_group = unit_type_row(at->type)->kind == KIND_GROUP;
        if (is_group && at->first_child) {
            at = at->first_child;
            continue;
        }
        while (at != top && !at->next_sibling) {
            at = at->parent;
        }
        at = at == top ? NULL : at->next_sibling;
    }
    return true;
}

/* Every registered net below a changed group or with a changed definition is planned again. */
static bool replan_all(struct act_call *call)
{
    struct engine *engine = call->engine;
    calendars_forget(engine);
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.units_by_id, e));) {
        struct unit_entry *unit = e->value;
        if (!unit->is_deleted && unit->registration == REGISTERED_PLANNED && !plan_again(engine, unit, call->err)) {
            return false;
        }
    }
    return true;
}

/* A unit's next in the file: what is below it first. */
static const struct unit *unit_after(const struct unit *at)
{
    if (at->first_child) {
        return at->first_child;
    }
    while (at && !at->next_sibling) {
        at = at->parent;
    }
    return at ? at->next_sibling : NULL;
}

/* jc= may name a group of this file or one that is there; one of a file to come is a warning, and refused at registration. */
static void jc_check(struct act_call *call, const struct unit_file *file, const struct unit *net, const char *prefix)
{
    struct arena *turn = &call->engine->turn;
    const char *named = unit_text(turn, net, KEY_JC), *path = named ? calendar_path(named) : NULL;
    if (!path || strcmp(path, "/") == 0) {
        return;
    }
    size_t n = strlen(prefix);
    const struct unit *own = strncmp(path, prefix, n) == 0 ? unit_find(file, path + n) : NULL;
    const struct unit_entry *there = unit_by_path(call->engine, path);
    bool is_group = own ? unit_type_row(own->type)->kind == KIND_GROUP : there && there->is_group;
    if (!is_group) {
        diags_add(call->own_diags, unit_param(net, KEY_JC, NULL)->at, unit_path(turn, net, prefix), ERR_UNIT_NAMES_NOTHING,
                  "jc" ARG "%.100s", named);
    }
}

/* Calendars that definitions name: x_calendar= is one of the site's, else it is an error. */
static bool calendars_named(struct act_call *call, const struct unit_file *file, const char *prefix)
{
    struct arena *turn = &call->engine->turn;
    for (const struct unit *at = file->first; at; at = unit_after(at)) {
        bool is_group = unit_type_row(at->type)->kind == KIND_GROUP;
        const char *named = is_group ? unit_text(turn, at, KEY_X_CALENDAR) : NULL;
        if (named && !site_calendar(call->engine->w.site, named)) {
            const char *path = unit_path(turn, at, prefix);
            diags_add(call->own_diags, unit_param(at, KEY_X_CALENDAR, NULL)->at, path, ERR_CALENDAR_UNKNOWN,
                      "%s" ARG "x_calendar" ARG "%.100s", path, named);
        }
        if (!is_group && unit_is_root_net(at)) {
            jc_check(call, file, at, prefix);
        }
    }
    return call->own_diags->error_count == 0;
}

bool act_define(struct act_call *call)
{
    if (engine_setting(call->engine, SETTING_DEFINE_APPROVAL) && !call->act->dry_run) {
        return err_set(call->err, ERR_DEFINE_APPROVAL, "%s", act_name(call->act->act));
    }
    return define_approved(call);
}

bool define_approved(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    const char *prefix = strcmp(act->unit, "/") == 0 ? "" : act->unit;
    if (prefix[0]) {
        const struct unit_entry *group = unit_by_path(engine, prefix);
        if (!group || !group->is_group) {
            return err_set(call->err, ERR_NOT_FOUND, "group" ARG "%s", prefix);
        }
    }
    const struct unit_file *file;
    struct arena tmp = {0};
    bool is_good = unit_parse(&tmp, act->text, act->text_n, call->own_diags, &file) && calendars_named(call, file, prefix);
    if (!is_good) {
        call->diags = call->own_diags;
        (void)err_set(call->err, ERR_DEFINE_WRONG, "%zu", call->own_diags->error_count);
    }
    struct define d = {.call = call};
    json_list(&call->json, "units");
    for (const struct unit *top = is_good ? file->first : NULL; top && is_good; top = top->next_sibling) {
        is_good = define_tree(&d, top, prefix);
    }
    json_end(&call->json);
    is_good = is_good && (act->dry_run || d.added + d.changed == 0 || replan_all(call));
    json_number(&call->json, "added", d.added);
    json_number(&call->json, "changed", d.changed);
    json_number(&call->json, "same", d.same);
    json_number(&call->json, "warnings", (int64_t)call->own_diags->warning_count);
    json_bool(&call->json, "dry_run", act->dry_run);
    strbuf_close(&d.text);
    arena_close(&tmp);
    return is_good;
}

/* ---- acts on many units ---- */

typedef bool (*unit_act_fn)(struct act_call *call, struct unit_entry *unit, const char **why_not);

static void left_out_say(struct act_call *call, const char *why_not)
{
    struct str ja, en;
    (void)str_cut(str_of(why_not), OR_EN[0], &ja, &en);
    json_bytes(&call->json, "left_out", ja.at, ja.n);
    json_bytes(&call->json, "left_out_en", en.at, en.n);
}

static bool on_units(struct act_call *call, unit_act_fn apply)
{
    struct engine *engine = call->engine;
    struct unit_list units = {0};
    units_select(engine, call->act->unit, call->act->is_recursive, &units);
    units_keep_system(&units, call->act->group);
    if (!units.list.n) {
        return err_set(call->err, ERR_NOT_FOUND, "unit" ARG "%s", call->act->unit);
    }
    bool is_good = true;
    int64_t done = 0;
    json_list(&call->json, "units");
    for (size_t i = 0; i < units.list.n && is_good; i++) {
        const char *why_not = NULL;
        is_good = call->act->dry_run || apply(call, units.list.at[i], &why_not);
        json_open(&call->json, NULL);
        json_text(&call->json, "unit", units.list.at[i]->path);
        json_text(&call->json, "comment", units.list.at[i]->comment);
        if (why_not) {
            left_out_say(call, why_not);
        }
        json_end(&call->json);
        done += why_not == NULL;
        if (why_not && units.list.n == 1) { /* it alone was meant: that is a refusal */
            is_good = err_set(call->err, ERR_UNIT_STATE, "%s" ARG "%s", units.list.at[i]->path, why_not);
        }
    }
    json_end(&call->json);
    json_number(&call->json, "count", done);
    json_bool(&call->json, "dry_run", call->act->dry_run);
    vec_close(&units.list);
    return is_good;
}

static bool delete_one(struct act_call *call, struct unit_entry *unit, const char **why_not)
{
    if (unit->live_count > 0) {
        *why_not = "実行中です。" OR_EN "it is running.";
        return true;
    }
    if (unit->registration != REGISTERED_NOT) {
        plan_cancel(call->engine, unit, "deleted");
        unit->registration = REGISTERED_NOT;
        put_registration(call->engine, unit);
    }
    unit->is_deleted = true;
    put_unit(call->engine, unit);
    return true;
}

bool act_delete(struct act_call *call) { return on_units(call, delete_one); }

static bool register_one(struct act_call *call, struct unit_entry *unit, const char **why_not)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    const struct net *net;
    if (unit->registration != REGISTERED_NOT) {
        *why_not = "すでに登録されています。" OR_EN "it is registered already.";
        return true;
    }
    if (!unit_net(engine, unit, &net, call->err)) {
        return false;
    }
    if (net->refused_node >= 0) { /* kept, but cannot run yet: said here, not at night */
        return err_set(call->err, ERR_NET_REFUSED, "%s" ARG "%s", net_node_path(&engine->turn, net, net->refused_node),
                       unit_type_row((enum unit_type)net->nodes[net->refused_node].type)->name[LANG_JA]);
    }
    if (net->odd) {
        return err_set(call->err, ERR_NET_ODD, "%s" ARG "%s", unit->path, net->odd);
    }
    if (!net_calendar_known(engine, net)) {
        return err_set(call->err, ERR_CALENDAR_UNKNOWN, "%s" ARG "jc" ARG "%s", unit->path, net->calendar_of);
    }
    bool is_fixed = strcmp(act->kind, "fixed") == 0;
    if (is_fixed && (act->date.day == BIZDAY_NONE.day || act->date2.day == BIZDAY_NONE.day || act->date2.day < act->date.day)) {
        return err_set(call->err, ERR_ARGUMENT, "from, to" ARG "fixed");
    }
    unit->registration = is_fixed ? REGISTERED_FIXED : REGISTERED_PLANNED;
    unit->registered = calendar_day_of(unit_calendar(engine, unit), engine->now);
    unit->from = act->date;
    unit->to = act->date2;
    unit->planned_to = BIZDAY_NONE;
    unit->is_held = act->is_held;
    unit->runs_passed = act->is_waiting;
    unit->registered_at = engine->now;
    unit->registered_by = arena_copy(&engine->w.names, act->actor);
    return plan_extend(engine, unit, bizday_plus(engine->w.today, OCCURRENCE_DAYS_AHEAD), call->err);
}

bool act_register(struct act_call *call) { return on_units(call, register_one); }

static bool unregister_one(struct act_call *call, struct unit_entry *unit, const char **why_not)
{
    if (unit->registration == REGISTERED_NOT) {
        *why_not = "登録されていません。" OR_EN "it is not registered.";
        return true;
    }
    plan_cancel(call->engine, unit, "unregistered");
    unit->registration = REGISTERED_NOT;
    put_registration(call->engine, unit);
    return true;
}

bool act_unregister(struct act_call *call) { return on_units(call, unregister_one); }

static bool suspend_one(struct act_call *call, struct unit_entry *unit, const char **why_not)
{
    struct engine *engine = call->engine;
    (void)why_not;
    unit->is_suspended = call->act->is_on;
    put_registration(engine, unit);
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.runs, e));) {
        struct live_run *live = e->value;
        if (live->unit == unit && !live->is_done) {
            live_step(engine, live, &(struct run_event){.kind = call->act->is_on ? RUN_SUSPEND : RUN_RESUME});
            gate_ask(engine, live->id, 0);
        }
    }
    return true;
}

bool act_suspend(struct act_call *call) { return on_units(call, suspend_one); }
