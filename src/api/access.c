/* SPDX-License-Identifier: Apache-2.0 */
/*
 * access - who may do what: by rights for a person or token, by the socket for everybody else. The only place that
 * decides it.
 */
#include "api/identity.h"

const char *caller_name(enum caller_kind kind)
{
    static const char *const names[CALLERS] = {
        [CALLER_ROOT] = "root", [CALLER_OWN] = "own", [CALLER_LOCAL] = "local", [CALLER_TCP] = "tcp"};
    return names[kind];
}

static bool socket_may(enum caller_kind caller, enum permission permission)
{
    static const bool may[PERMISSIONS][CALLERS] = {
        /*                        root  own   local  tcp   */
        [PERMISSION_OPEN]    = {true, true, true,  true},
        [PERMISSION_SELF]    = {true, true, false, false},
        [PERMISSION_LOOK]    = {true, true, true,  false}, /* over TCP a login or token is needed for all but OPEN */
        [PERMISSION_AUDIT]   = {true, true, true,  false}, /* costs a pass over the whole journal */
        [PERMISSION_OUTPUT]  = {true, true, false, false}, /* output may hold personal data (E-40) */
        [PERMISSION_OPERATE] = {true, true, false, false},
        [PERMISSION_PLAN]    = {true, true, false, false},
        [PERMISSION_DEFINE]  = {true, true, false, false},
        [PERMISSION_APPROVE] = {true, true, false, false},
        [PERMISSION_WINDOW]  = {true, true, false, false},
        [PERMISSION_ASK]     = {true, true, false, false},
        [PERMISSION_DECIDE]  = {false, false, false, false}, /* a person of the client */
        [PERMISSION_RECORD]  = {true, true, false, false},
        [PERMISSION_NOTE]    = {true, true, false, false},
        [PERMISSION_CLOCK]   = {true, true, false, false},
        [PERMISSION_PEOPLE]  = {true, true, false, false},
        [PERMISSION_ADMIN]   = {true, true, false, false},
        [PERMISSION_AGENT]   = {true, true, false, false},
    };
    return may[permission][caller];
}

static bool somewhere(const struct rights *rights, enum permission permission)
{
    bool may = permission_has(rights->everywhere, permission);
    for (size_t i = 0; i < rights->scope_count && !may; i++) {
        may = permission_has(rights->scopes[i].may, permission);
    }
    return may;
}

bool api_may(const struct caller *caller, enum permission permission, const char *system)
{
    const struct identity *identity = caller->identity;
    if (!identity || permission == PERMISSION_OPEN) {
        return socket_may(caller->kind, permission);
    }
    if (permission == PERMISSION_SELF) { /* a token is not its person: it makes no tokens and changes no password */
        return identity->session != 0;
    }
    if (identity->must_change) {
        return false;
    }
    return system ? rights_may(&identity->rights, permission, str_of(system)) : somewhere(&identity->rights, permission);
}

bool api_allow(const struct caller *caller, enum permission permission, const char *system, const char *what, struct err *e)
{
    if (api_may(caller, permission, system)) {
        return true;
    }
    if (!caller->identity && caller->kind == CALLER_TCP) {
        return err_set(e, ERR_LOGIN_NEEDED, "%s", what);
    }
    bool must_change = caller->identity && caller->identity->must_change;
    return err_set(e, must_change ? ERR_PASSWORD_FIRST : ERR_DENIED, "%s", what);
}
