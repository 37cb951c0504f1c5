/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts_people - persons, roles, grants, groups (E-39: nobody widens his own rights; somebody can always give them).
 */
#include <inttypes.h>
#include <string.h>

#include "engine/people_priv.h"

static uint64_t role_permissions(const struct role_row *role)
{
    uint64_t set = 0;
    struct str bad;
    return permission_set_read(str_of(role->permissions), &set, &bad) ? set : 0;
}

/* ---- somebody must be left who may administer people ---- */

/* What is about to be taken away. */
struct without {
    int64_t person, grant;     /* 0 = none */
    const struct group_member_row *member;
    const struct role_row *role; /* as it will be */
};

static bool administers(struct engine *engine, const struct person_row *person, const struct without *without)
{
    if (person->is_closed || person->id == without->person || (side_forbids((enum side)person->side) >> PERMISSION_PEOPLE & 1)) {
        return false;
    }
    for (size_t i = 0; i < people_count(engine, grant); i++) {
        const struct grant_row *grant = people_at(engine, grant, i);
        const struct role_row *role = role_named(engine, grant->role);
        bool is_left = without->member && without->member->person == person->id && !grant->person &&
                       strcmp(without->member->grp, grant->grp) == 0;
        if (grant->id == without->grant || grant->system[0] || is_left || !role || !grant_counts(engine, grant, person)) {
            continue;
        }
        role = without->role && strcmp(role->name, without->role->name) == 0 ? without->role : role;
        if (role->side == person->side && permission_has(role_permissions(role), PERMISSION_PEOPLE)) {
            return true;
        }
    }
    return false;
}

static bool has_administrator(struct engine *engine, const struct without *without)
{
    for (size_t i = 0; i < people_count(engine, person); i++) {
        if (administers(engine, people_at(engine, person, i), without)) {
            return true;
        }
    }
    return false;
}

/* Where there is none yet, there is none to lose. */
static bool keeps_administrator(struct act_call *call, const struct without *without)
{
    static const struct without nothing = {0};
    return has_administrator(call->engine, without) || !has_administrator(call->engine, &nothing) ||
           err_set(call->err, ERR_LAST_PEOPLE, "%s", act_name(call->act->act));
}

/* ---- persons ---- */

/* Small letters first: the journal's other actors (root, system, agent:NAME, uid:n) can never be a person. */
static bool name_valid(const char *name)
{
    static const char *const taken[] = {"root", "system", "tcp", "engine", "banto"};
    size_t n = strlen(name);
    bool is_good = n >= 2 && n <= PERSON_NAME_CHARS_MAX && name[0] >= 'a' && name[0] <= 'z' &&
                   strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n;
    for (size_t i = 0; i < COUNT(taken); i++) {
        is_good = is_good && !str_equal(name, taken[i]);
    }
    return is_good;
}

static bool label_valid(struct act_call *call, const char *field, const char *text)
{
    size_t n = strlen(text);
    bool is_good = n <= LABEL_BYTES_MAX && utf8_valid(text, n);
    for (size_t i = 0; i < n && is_good; i++) {
        is_good = (unsigned char)text[i] >= ' ' && text[i] != 0x7f;
    }
    return is_good || err_set(call->err, ERR_ARGUMENT, "%s" ARG "%.60s", field, text);
}

bool person_new(struct act_call *call, const struct person_row *wanted, const struct person_row **ret)
{
    struct engine *engine = call->engine;
    if (!name_valid(wanted->name)) {
        return err_set(call->err, ERR_PERSON_NAME, "%.60s", wanted->name);
    }
    if (person_named(engine, wanted->name)) {
        return err_set(call->err, ERR_PERSON_EXISTS, "%s", wanted->name);
    }
    if (!label_valid(call, "title", wanted->title) || !label_valid(call, "mail", wanted->mail)) {
        return false;
    }
    struct person_row row = *wanted;
    row.id = engine->w.people->next_person++;
    row.made_ms = engine->now.ms;
    row.made_by = call->act->actor;
    people_put(engine, TABLE_person, &row);
    call->entity = person_entity(engine, row.name);
    *ret = person_named(engine, row.name);
    json_number(&call->json, "id", row.id);
    json_text(&call->json, "person", row.name);
    return true;
}

bool act_person_add(struct act_call *call)
{
    const struct act *act = call->act;
    const struct person_row *made = NULL;
    enum side side = SIDE_CONTRACTOR;
    if (!side_read(str_of(act->kind), &side)) {
        return err_set(call->err, ERR_ARGUMENT, "side" ARG "%.40s", act->kind);
    }
    struct person_row row = {.name = act->person, .title = act->text[0] ? act->text : act->person, .side = side,
                             .is_account = act->is_on, .mail = act->cls};
    return person_new(call, &row, &made);
}

bool act_person_change(struct act_call *call)
{
    const struct act *act = call->act;
    const struct person_row *person = NULL;
    if (!person_get(call, act->person, true, &person) || !label_valid(call, "title", act->text) ||
        !label_valid(call, "mail", act->cls)) {
        return false;
    }
    struct person_row row = *person;
    row.title = act->text[0] ? act->text : row.title;
    row.mail = act->cls[0] ? act->cls : row.mail;
    people_put(call->engine, TABLE_person, &row);
    return true;
}

bool act_person_close(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct person_row *person = NULL;
    if (!person_get(call, call->act->person, true, &person)) {
        return false;
    }
    int64_t id = person->id;
    if (!keeps_administrator(call, &(struct without){.person = id})) {
        return false;
    }
    struct person_row row = *person;
    row.is_closed = 1;
    people_put(engine, TABLE_person, &row);
    logins_end(engine, id, 0);
    tokens_end(engine, id);
    invitations_end(engine, id);
    return true;
}

bool act_person_reopen(struct act_call *call)
{
    const struct person_row *person = NULL;
    if (!person_get(call, call->act->person, true, &person)) {
        return false;
    }
    struct person_row row = *person;
    row.is_closed = 0;
    people_put(call->engine, TABLE_person, &row);
    return true;
}

/* ---- roles ---- */

/* The client's decision is given by the client, or by root at the server: who makes the contractor's users could else make a
 * user of the client and decide in that name (E-13, E-39). */
static bool may_give(struct act_call *call, const struct role_row *role)
{
    const struct person_row *asker = person_named(call->engine, call->act->actor);
    bool is_decision = role && permission_has(role_permissions(role), PERMISSION_DECIDE);
    bool is_others = asker && permission_has(side_forbids((enum side)asker->side), PERMISSION_DECIDE);
    return !is_decision || !is_others || err_set(call->err, ERR_GIVES_DECISION, "%s", role->name);
}

bool person_decides(struct engine *engine, int64_t person)
{
    bool decides = false;
    for (size_t i = 0; i < people_count(engine, grant) && !decides; i++) {
        const struct grant_row *grant = people_at(engine, grant, i);
        const struct role_row *role = role_named(engine, grant->role);
        bool is_over = grant->until_ms != 0 && grant->until_ms <= engine->now.ms;
        bool is_meant = grant->person ? grant->person == person : is_member(engine, grant->grp, person);
        decides = is_meant && !is_over && role && permission_has(role_permissions(role), PERMISSION_DECIDE);
    }
    return decides;
}

/* Does the one who asks hold that role, now or later, himself or by a group? */
static bool asker_holds(struct act_call *call, const char *role)
{
    struct engine *engine = call->engine;
    const struct person_row *asker = person_named(engine, call->act->actor);
    for (size_t i = 0; asker && i < people_count(engine, grant); i++) {
        const struct grant_row *grant = people_at(engine, grant, i);
        bool is_own = grant->person ? grant->person == asker->id : is_member(engine, grant->grp, asker->id);
        if (is_own && strcmp(grant->role, role) == 0) {
            return true;
        }
    }
    return false;
}

static bool role_name_valid(const char *name)
{
    size_t n = strlen(name);
    return n >= 2 && n <= 40 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

bool act_role_change(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    const struct role_row *old = role_named(engine, act->role);
    enum side side = old ? (enum side)old->side : SIDE_CONTRACTOR;
    uint64_t set = 0;
    struct str bad;
    if (!old && (!role_name_valid(act->role) || !side_read(str_of(act->kind), &side))) {
        return err_set(call->err, ERR_ARGUMENT, "%s" ARG "%.40s", role_name_valid(act->role) ? "side" : "name", act->kind);
    }
    if (!permission_set_read(str_of(act->text), &set, &bad)) {
        return err_set(call->err, ERR_ARGUMENT, "permissions" ARG STR_FMT, STR_ARG(bad));
    }
    if (!label_valid(call, "title_ja", act->text2) || !label_valid(call, "title_en", act->group)) {
        return false;
    }
    struct role_row row = old ? *old : (struct role_row){.name = act->role, .side = side, .title_ja = act->role,
                                                         .title_en = act->role, .permissions = "", .source = ""};
    bool is_wider = act->text[0] && (set & ~(old ? role_permissions(old) : 0)) != 0;
    row.permissions = act->text[0] ? act->text : row.permissions;
    row.title_ja = act->text2[0] ? act->text2 : row.title_ja;
    row.title_en = act->group[0] ? act->group : row.title_en;
    if (is_wider && asker_holds(call, act->role)) {
        return err_set(call->err, ERR_OWN_GRANT, "%s", act->role);
    }
    if (is_wider && !may_give(call, &row)) {
        return false;
    }
    if (!keeps_administrator(call, &(struct without){.role = &row})) {
        return false;
    }
    people_put(engine, TABLE_role, &row);
    call->entity = arena_printf(&engine->turn, "role/%s", act->role);
    return true;
}

/* ---- grants and groups ---- */

static bool system_valid(const char *system)
{
    return strlen(system) <= SYSTEM_BYTES_MAX && !strpbrk(system, "/*? \t\n");
}

void grant_new(struct engine *engine, const struct grant_row *wanted)
{
    struct grant_row row = *wanted;
    row.id = engine->w.people->next_grant++;
    people_put(engine, TABLE_grant, &row);
}

/* Is it for a person of another side than the role's? */
static bool grant_fits(struct act_call *call, const struct grant_row *grant, const struct role_row *role)
{
    struct engine *engine = call->engine;
    for (size_t i = 0; i < people_count(engine, person); i++) {
        const struct person_row *person = people_at(engine, person, i);
        bool is_meant = grant->person ? grant->person == person->id : is_member(engine, grant->grp, person->id);
        if (is_meant && person->side != role->side) {
            return err_set(call->err, ERR_SIDE, "%s" ARG "%s" ARG "%s", person->name, side_name((enum side)role->side, LANG_JA),
                           role->name);
        }
        if (is_meant && str_equal(person->name, call->act->actor)) { /* also by a group one is in */
            return err_set(call->err, ERR_OWN_GRANT, "%s", role->name);
        }
    }
    return true;
}

bool act_grant_add(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    const struct role_row *role = role_named(engine, act->role);
    const struct person_row *person = NULL;
    if (!role) {
        return err_set(call->err, ERR_NOT_FOUND, "role" ARG "%.60s", act->role);
    }
    if (!may_give(call, role)) {
        return false;
    }
    if (!act->person[0] == !act->group[0]) {
        return err_set(call->err, ERR_FIELD_MISSING, "person | group");
    }
    if (act->person[0] && !person_get(call, act->person, false, &person)) {
        return false;
    }
    if (!system_valid(act->system)) {
        return err_set(call->err, ERR_GRANT_SYSTEM, "%.60s", act->system);
    }
    if (!label_valid(call, "group", act->group) || (act->until.ms && act->until.ms <= engine->now.ms)) {
        return call->err->code != ERR_NONE ? false : err_set(call->err, ERR_ARGUMENT, "until" ARG "-");
    }
    struct grant_row row = {.id = engine->w.people->next_grant, .person = person ? person->id : 0, .grp = act->group,
                            .role = act->role, .system = act->system, .from_ms = act->at.ms ? act->at.ms : engine->now.ms,
                            .until_ms = act->until.ms, .actor = act->actor};
    if (!grant_fits(call, &row, role)) {
        return false;
    }
    grant_new(engine, &row);
    call->entity = arena_printf(&engine->turn, "grant/%" PRId64 "/%s", row.id, person ? person->name : row.grp);
    json_number(&call->json, "id", row.id);
    return true;
}

bool act_grant_end(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct grant_row *grant = NULL;
    for (size_t i = 0; i < people_count(engine, grant) && !grant; i++) {
        grant = people_at(engine, grant, i)->id == call->act->number ? people_at(engine, grant, i) : NULL;
    }
    if (!grant) {
        return err_set(call->err, ERR_NOT_FOUND, "grant" ARG "%" PRId64, call->act->number);
    }
    if (!keeps_administrator(call, &(struct without){.grant = grant->id})) {
        return false;
    }
    const struct person_row *person = grant->person ? person_numbered(engine, grant->person) : NULL;
    struct grant_row row = *grant;
    call->entity = arena_printf(&engine->turn, "grant/%" PRId64 "/%s", row.id, person ? person->name : row.grp);
    row.until_ms = row.until_ms && row.until_ms < engine->now.ms ? row.until_ms : engine->now.ms;
    people_put(engine, TABLE_grant, &row);
    return true;
}

static bool group_grants_fit(struct act_call *call, const struct person_row *person, const char *group)
{
    struct engine *engine = call->engine;
    for (size_t i = 0; i < people_count(engine, grant); i++) {
        const struct grant_row *grant = people_at(engine, grant, i);
        const struct role_row *role = role_named(engine, grant->role);
        bool is_theirs = !grant->person && strcmp(grant->grp, group) == 0 && role;
        if (is_theirs && role->side != person->side) {
            return err_set(call->err, ERR_SIDE, "%s" ARG "%s" ARG "%s", person->name, side_name((enum side)role->side, LANG_JA),
                           role->name);
        }
        if (is_theirs && !may_give(call, role)) {
            return false;
        }
    }
    return true;
}

bool act_group_join(struct act_call *call)
{
    const struct act *act = call->act;
    const struct person_row *person = NULL;
    if (!person_get(call, act->person, false, &person) || !label_valid(call, "group", act->group)) {
        return false;
    }
    if (!act->group[0] || strpbrk(act->group, "/*?")) {
        return err_set(call->err, ERR_ARGUMENT, "group" ARG "%s", act->group);
    }
    if (str_equal(act->person, act->actor)) {
        return err_set(call->err, ERR_OWN_GRANT, "%s", act->group);
    }
    if (!group_grants_fit(call, person, act->group)) {
        return false;
    }
    people_put(call->engine, TABLE_group_member, &(struct group_member_row){.grp = act->group, .person = person->id});
    call->entity = arena_printf(&call->engine->turn, "group/%s/%s", act->group, act->person);
    return true;
}

bool act_group_leave(struct act_call *call)
{
    const struct act *act = call->act;
    const struct person_row *person = NULL;
    if (!person_get(call, act->person, true, &person)) {
        return false;
    }
    struct group_member_row row = {.grp = act->group, .person = person->id};
    if (!is_member(call->engine, act->group, person->id)) {
        return err_set(call->err, ERR_NOT_FOUND, "group" ARG "%.60s/%s", act->group, act->person);
    }
    if (!keeps_administrator(call, &(struct without){.member = &row})) {
        return false;
    }
    people_remove(call->engine, TABLE_group_member, &row);
    call->entity = arena_printf(&call->engine->turn, "group/%s/%s", act->group, act->person);
    return true;
}
