/* SPDX-License-Identifier: Apache-2.0 */
/*
 * access - who may do what, until there are logins (decisions §8). The only place that decides it.
 */
#include "api/api.h"

const char *caller_name(enum caller_kind kind)
{
    static const char *const names[CALLERS] = {
        [CALLER_ROOT] = "root", [CALLER_OWN] = "own", [CALLER_LOCAL] = "local", [CALLER_TCP] = "tcp"};
    return names[kind];
}

bool api_may(enum caller_kind caller, enum permission permission)
{
    static const bool may[PERMISSIONS][CALLERS] = {
        /*                        root  own   local  tcp   */
        [PERMISSION_OPEN]    = {true, true, true,  true},
        [PERMISSION_SELF]    = {true, true, false, false},
        [PERMISSION_LOOK]    = {true, true, true,  true},
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
