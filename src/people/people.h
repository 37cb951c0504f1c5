/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * people - who is who: sides, roles, and the rules of logging in. Pure: instants and random bytes are given.
 *
 * Three things are told apart: a *person* (or a role account), a *role* (a named set of permissions, seeded from
 * roles.def after the client's charts and its division of work R-027), and a *grant* of a role to a
 * person or group, for all systems or for one.
 */
#include "base/err.h"
#include "base/time.h"
#include "people/permission.h"

enum side { SIDE_CLIENT /* 本会 */, SIDE_CONTRACTOR /* 受託者 */, SIDE_AUDIT /* 監査 */, SIDE_OUTSIDE /* 外部 */, SIDES };
const char *side_word(enum side side);                           /* client, contractor, audit, outside */
const char *side_name(enum side side, enum lang lang);
MUST_CHECK bool side_read(struct str word, enum side *ret);

/* The roles that a new store begins with (roles.def). */
struct role_seed {
    const char *name;
    enum side side;
    const char *title[LANGS];
    const char *permissions;   /* words, as permission_set_read */
    const char *source;        /* R-nnn */
};
const struct role_seed *role_seeds(size_t *n);
/* Permissions that a side can never have, whatever its roles say: DECIDE is the client's, the auditor only looks (E-39). */
uint64_t side_forbids(enum side side);

/* What somebody may do, and where. */
enum { SCOPES_MAX = 32, SYSTEM_BYTES_MAX = 31 };
struct scope {
    char system[SYSTEM_BYTES_MAX + 1]; /* first name of a unit's path: "KSK" */
    uint64_t may;
};
struct rights {
    uint64_t everywhere; /* for all systems */
    struct scope scopes[SCOPES_MAX];
    size_t scope_count;
};
/* system: "" = the operation is about no system in particular; then any scope that has it will do for looking only. */
bool rights_may(const struct rights *rights, enum permission permission, struct str system);
/* The system of a unit's path "/KSK/JN404" is "KSK". */
struct str system_of(const char *path);
/* Adds a grant. False: too many scopes. */
MUST_CHECK bool rights_add(struct rights *rights, const char *system, uint64_t may);

/* ---- logging in ---- */
enum {
    PASSWORD_CHARS_MIN = 12,
    PASSWORD_BYTES_MAX = 1024,
    LOGIN_TRIES_FREE = 5,
    TOTP_STEP_SEC = 30,
};
/* NULL, or why not, as the code of a message: too short, the login name in it, one of the common ones. */
enum err_code password_check(struct str password, struct str name);

/*
 * Slowing down guesses without giving anybody the means to lock a colleague out: failures are counted for the pair
 * (name, address) and for the address; a known browser (device cookie) has a count of its own, so that guesses from
 * elsewhere never delay its owner. Wait after n failures: 0 up to LOGIN_TRIES_FREE, then 1 s, 2 s, 4 s … 5 min.
 */
struct duration login_wait(int failure_count);

/* One-time links. */
enum invitation_kind {
    INVITATION_FIRST,          /* makes the first administrator: the bearer chooses name, title, password */
    INVITATION_INVITE,         /* the person chooses a (new) password */
    INVITATION_LOGIN,          /* lets in as the person, without a password: only root makes one, on the socket */
    INVITATION_KINDS
};
const char *invitation_kind_word(enum invitation_kind kind); /* first, invite, login */
MUST_CHECK bool invitation_kind_read(struct str word, enum invitation_kind *ret);

/* ---- who does what (R-027) ---- */
enum part { PART_NONE, PART_SUPPORT /* △ */, PART_MAIN /* ◎ */ };
const char *part_sign(enum part part); /* －, △, ◎ */
const char *part_word(enum part part); /* none, support, main */
/* A kind of work and the parts of client, contractor and infrastructure vendor in it. */
struct raci_row {
    const char *name;          /* stable, for tickets: "recovery-application" */
    const char *title[LANGS];
    enum part client, contractor, infra_vendor;
};
const struct raci_row *raci_rows(size_t *n);
/* Only who has the main part may close work of that kind. */
bool raci_may_close(const struct raci_row *row, enum side side);
