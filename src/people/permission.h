/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * permission - what a caller must be allowed to do: one for each operation (operations.def), a set for each role.
 *
 * The numbers are stored nowhere; roles are stored with the names (permission_name).
 */
#include <stdint.h>

#include "base/str.h"

#define PERMISSION_TABLE(X)                                                                                  \
    X(OPEN, "open")       /* anybody who reaches the server */                                               \
    X(SELF, "self")       /* anybody who is logged in: own password, own sessions, own tokens */             \
    X(LOOK, "look")       /* read state */                                                                   \
    X(AUDIT, "audit")     /* read and check all of the journal, at some cost */                              \
    X(OUTPUT, "output")   /* read job output, which may hold personal data (E-40) */                         \
    X(OPERATE, "operate") /* act on runs */                                                                  \
    X(PLAN, "plan")       /* registrations and changes of plan */                                            \
    X(DEFINE, "define")   /* propose and store definitions */                                                \
    X(APPROVE, "approve") /* put another person's proposal into effect (E-39) */                             \
    X(WINDOW, "window")   /* online windows */                                                               \
    X(ASK, "ask")         /* the client's requests: an extension (E-05), a run on request (R-105) */         \
    X(DECIDE, "decide")   /* the client's decisions (E-13): the client's side only */                        \
    X(RECORD, "record")   /* write down a decision that the client gave by word of mouth */                  \
    X(NOTE, "note")       /* shift log */                                                                    \
    X(CLOCK, "clock")     /* the made-up clock */                                                            \
    X(PEOPLE, "people")   /* persons, roles, tokens of others */                                             \
    X(ADMIN, "admin")     /* site, agents, settings, backup */                                               \
    X(AGENT, "agent")     /* be an agent */

enum permission {
#define X(code, name) PERMISSION_##code,
    PERMISSION_TABLE(X)
#undef X
    PERMISSIONS
};
/* A set of permissions is a uint64_t: bit n = enum permission n. */
_Static_assert(PERMISSIONS <= 64, "a set is one word");

const char *permission_name(enum permission permission);
/* Words parted by blanks; an unknown word: false, and *bad is it. */
MUST_CHECK bool permission_set_read(struct str words, uint64_t *ret, struct str *bad);

static inline bool permission_has(uint64_t set, enum permission permission)
{
    return (set >> permission & 1) != 0;
}
