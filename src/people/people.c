/* SPDX-License-Identifier: Apache-2.0 */
/*
 * people - sides, the seeded roles, and rights gathered from grants.
 */
#include "people/people.h"

#include <string.h>

static const struct {
    const char *word;
    const char *name[LANGS];
} sides[SIDES] = {
    [SIDE_CLIENT] = {"client", {"本会", "Client"}},
    [SIDE_CONTRACTOR] = {"contractor", {"受託者", "Contractor"}},
    [SIDE_AUDIT] = {"audit", {"監査", "Audit"}},
    [SIDE_OUTSIDE] = {"outside", {"外部", "Outside"}},
};

const char *side_word(enum side side)
{
    return sides[side].word;
}

const char *side_name(enum side side, enum lang lang)
{
    return sides[side].name[lang];
}

bool side_read(struct str word, enum side *ret)
{
    for (int i = 0; i < SIDES; i++) {
        if (str_is(word, sides[i].word)) {
            *ret = (enum side)i;
            return true;
        }
    }
    return false;
}

const struct role_seed *role_seeds(size_t *n)
{
    static const struct role_seed seeds[] = {
#define ROLE(name, side, ja, en, permissions, source) {name, SIDE_##side, {ja, en}, permissions, source},
#include "people/roles.def"
#undef ROLE
    };
    *n = COUNT(seeds);
    return seeds;
}

#define BIT(code) (UINT64_C(1) << PERMISSION_##code)

uint64_t side_forbids(enum side side)
{
    static const uint64_t forbids[SIDES] = {
        [SIDE_CLIENT] = BIT(RECORD) | BIT(AGENT), /* what a client user decides is a decision, not hearsay */
        [SIDE_CONTRACTOR] = BIT(DECIDE) | BIT(AGENT),
        [SIDE_AUDIT] = ~(BIT(OPEN) | BIT(SELF) | BIT(LOOK) | BIT(AUDIT)),
        [SIDE_OUTSIDE] = ~(BIT(OPEN) | BIT(SELF) | BIT(LOOK) | BIT(OUTPUT) | BIT(NOTE)),
    };
    return forbids[side];
}

struct str system_of(const char *path)
{
    struct str rest = str_of(path), head, tail;
    if (rest.n && rest.at[0] == '/') {
        rest = (struct str){rest.at + 1, rest.n - 1};
    }
    (void)str_cut(rest, '/', &head, &tail);
    return head;
}

bool rights_may(const struct rights *rights, enum permission permission, struct str system)
{
    if (permission_has(rights->everywhere, permission)) {
        return true;
    }
    bool is_any = system.n == 0 && permission == PERMISSION_LOOK;
    for (size_t i = 0; i < rights->scope_count; i++) {
        const struct scope *scope = &rights->scopes[i];
        if ((is_any || str_is(system, scope->system)) && permission_has(scope->may, permission)) {
            return true;
        }
    }
    return false;
}

bool rights_add(struct rights *rights, const char *system, uint64_t may)
{
    if (!*system) {
        rights->everywhere |= may;
        return true;
    }
    for (size_t i = 0; i < rights->scope_count; i++) {
        if (str_equal(rights->scopes[i].system, system)) {
            rights->scopes[i].may |= may;
            return true;
        }
    }
    if (rights->scope_count == SCOPES_MAX || !str_copy(rights->scopes[rights->scope_count].system, SYSTEM_BYTES_MAX + 1, system)) {
        return false;
    }
    rights->scopes[rights->scope_count++].may = may;
    return true;
}

/* ---- one-time links ---- */

static const char *const invitation_kinds[INVITATION_KINDS] = {
    [INVITATION_FIRST] = "first", [INVITATION_INVITE] = "invite", [INVITATION_LOGIN] = "login"};

const char *invitation_kind_word(enum invitation_kind kind)
{
    return invitation_kinds[kind];
}

bool invitation_kind_read(struct str word, enum invitation_kind *ret)
{
    for (int i = 0; i < INVITATION_KINDS; i++) {
        if (str_is(word, invitation_kinds[i])) {
            *ret = (enum invitation_kind)i;
            return true;
        }
    }
    return false;
}
