/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope - which system a request, a row or a line is about, and whether the caller may do that there.
 *
 * A right is for all systems or for some: the first name of a unit's path. A pattern that may mean several systems is
 * about none in particular, which only a right for all will do (but looking: lists leave out what may not be seen).
 */
#include "api/api_priv.h"

bool call_may(const struct call *call, enum permission permission, const char *path, struct err *e)
{
    struct str system = system_of(path);
    const char *name = arena_copy_bytes(call->into, system.at, system.n);
    return api_allow(&call->request->caller, permission, name, call->request->operation->name, e);
}

bool call_sees(const struct call *call, const char *path)
{
    struct str system = system_of(path);
    char name[SYSTEM_BYTES_MAX + 1];
    if (call_sees_all(call)) {
        return true;
    }
    if (system.n == 0 || system.n > SYSTEM_BYTES_MAX) {
        return false;
    }
    (void)snprintf(name, sizeof(name), STR_FMT, STR_ARG(system));
    return api_may(&call->request->caller, PERMISSION_LOOK, name);
}

bool call_sees_all(const struct call *call)
{
    const struct identity *identity = call->request->caller.identity;
    return identity ? permission_has(identity->rights.everywhere, PERMISSION_LOOK)
                    : api_may(&call->request->caller, PERMISSION_LOOK, "");
}

/* The first name of a path or pattern, "" where it may be one of several or is a bare name that may lie anywhere. */
static const char *first_name(struct call *call, const char *path)
{
    struct str system = system_of(path);
    bool is_many = path[0] != '/' || memchr(system.at, '*', system.n) || memchr(system.at, '?', system.n);
    return is_many ? "" : arena_copy_bytes(call->into, system.at, system.n);
}

static bool run_system(struct call *call, int64_t run, const char **ret, struct err *e)
{
    struct run_row row = {.id = run};
    struct unit_row unit = {0};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_run, &row, &found, e)) {
        return false;
    }
    unit.id = row.unit;
    if (found && !store_get(call->reader, call->into, TABLE_unit, &unit, &found, e)) {
        return false;
    }
    *ret = found ? first_name(call, unit.path) : "";
    return true;
}

static bool event_system(struct call *call, int64_t event, const char **ret, struct err *e)
{
    struct event_row row = {.id = event};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_event, &row, &found, e)) {
        return false;
    }
    *ret = found ? first_name(call, row.unit) : "";
    return true;
}

static bool proposal_system(struct call *call, int64_t proposal, const char **ret, struct err *e)
{
    struct proposal_row row = {.id = proposal};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_proposal, &row, &found, e)) {
        return false;
    }
    *ret = found ? first_name(call, row.unit) : "";
    return true;
}

bool entity_system(struct call *call, const char *entity, const char **ret, struct err *e)
{
    struct str kind, number, rest;
    int64_t id = 0;
    *ret = "";
    if (entity[0] == '/') {
        *ret = first_name(call, entity);
        return true;
    }
    (void)str_cut(str_of(entity), '/', &kind, &rest);
    (void)str_cut(rest, '/', &number, &rest);
    if (!str_to_i64(number, 1, INT64_MAX, &id)) {
        return true;
    }
    return str_is(kind, "run")        ? run_system(call, id, ret, e)
           : str_is(kind, "event")    ? event_system(call, id, ret, e)
           : str_is(kind, "proposal") ? proposal_system(call, id, ret, e)
                                      : true;
}

bool entity_is_of_people(struct str entity)
{
    static const char *const kinds[] = {"person", "session", "token", "grant", "group", "role"};
    struct str kind, rest;
    (void)str_cut(entity, '/', &kind, &rest);
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (str_is(kind, kinds[i])) {
            return true;
        }
    }
    return false;
}

/* What one field says about it; NULL: nothing. */
static bool field_system(struct call *call, const struct operation_field *field, const struct value *value, const char **ret,
                         struct err *e)
{
    const struct operation *operation = call->request->operation;
    *ret = NULL;
    if (!value->is_given) {
        return true;
    }
    if (field->type == FIELD_UNIT) {
        *ret = first_name(call, value->text);
        return true;
    }
    if (field->type == FIELD_RUN) {
        return run_system(call, value->number, ret, e);
    }
    if (operation->code == OPERATION_EVENT_ACK && str_equal(field->name, "number")) {
        return event_system(call, value->number, ret, e);
    }
    bool is_entity = str_equal(field->name, "entity") && operation->kind == OPERATION_IS_ACT;
    return !is_entity || entity_system(call, value->text, ret, e);
}

bool scope_check(struct call *call, struct err *e)
{
    const struct operation *operation = call->request->operation;
    const struct caller *caller = &call->request->caller;
    enum permission least = operation->permission == PERMISSION_OUTPUT ? PERMISSION_LOOK : operation->permission;
    bool is_asked = false;
    if (!caller->identity || least <= PERMISSION_SELF) {
        return true; /* a socket's rights are for all systems */
    }
    for (size_t i = 0; i < operation->field_count; i++) {
        const char *system = NULL;
        if (!field_system(call, &operation->fields[i], &call->values[i], &system, e)) {
            return false;
        }
        if (system) {
            is_asked = true;
            if (!api_allow(caller, least, system, operation->name, e)) {
                return false;
            }
        }
    }
    if (operation->code == OPERATION_PLAN_FORECAST && !call_sees_all(call)) { /* it comes whole; the night leaves out the rest */
        return err_set(e, ERR_DENIED, "%s", operation->name);
    }
    return is_asked || api_allow(caller, least, "", operation->name, e);
}
