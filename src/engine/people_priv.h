/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * people_priv - persons, roles, grants, sessions and their like as the turn sees them: rows of the store kept in memory,
 * so that two acts of one turn see each other (a one-time link is taken once, a name given once).
 *
 * A row's address is good until the next put or remove of its table.
 */
#include "engine/engine_priv.h"
#include "people/people.h"

enum {
    SESSIONS_OF_PERSON_MAX = 20, /* the oldest ends when another begins */
    TOKENS_OF_PERSON_MAX = 50,
    TOKEN_DAYS_MAX = 400,
    INVITATION_HOURS = 24,
    PERSON_NAME_CHARS_MAX = 32,
    LABEL_BYTES_MAX = 200,     /* titles, mail, names of tokens, groups */
    NOTE_BYTES_MAX = 8000,
};

struct people_rows {
    VEC(void *) list;          /* row structs, each with its texts in one piece of memory */
};
struct people {
    struct people_rows tables[TABLES];
    int64_t next_person, next_grant, next_session, next_token, next_note;
};

/* Into the batch and into memory. */
void people_put(struct engine *engine, enum table table, const void *row);
void people_remove(struct engine *engine, enum table table, const void *row);
#define people_count(engine, table) ((engine)->w.people->tables[TABLE_##table].list.n)
#define people_at(engine, table, i) ((struct table##_row *)(engine)->w.people->tables[TABLE_##table].list.at[i])

/* NULL: there is none. */
const struct person_row *person_named(struct engine *engine, const char *name);
const struct person_row *person_numbered(struct engine *engine, int64_t id);
const struct role_row *role_named(struct engine *engine, const char *name);
const struct credential_row *credential_of(struct engine *engine, int64_t person);
const struct session_row *session_keyed(struct engine *engine, const char *hash);
bool is_member(struct engine *engine, const char *group, int64_t person);
bool person_decides(struct engine *engine, int64_t person); /* for the client, now or later (acts_people.c) */
/* Does the grant count for that person now? */
bool grant_counts(struct engine *engine, const struct grant_row *grant, const struct person_row *person);
const char *person_entity(struct engine *engine, const char *name); /* "person/NAME" */

/* By name; ERR_NOT_FOUND, or ERR_PERSON_CLOSED unless `with_closed`. */
MUST_CHECK bool person_get(struct act_call *call, const char *name, bool with_closed, const struct person_row **ret);
MUST_CHECK bool person_get_id(struct act_call *call, int64_t id, const struct person_row **ret); /* not closed */

/* acts_login.c: nobody is logged in as that person any more; except: a session that stays, 0 = none. */
void logins_end(struct engine *engine, int64_t person, int64_t except);
void tokens_end(struct engine *engine, int64_t person);
void invitations_end(struct engine *engine, int64_t person);

/* acts_people.c */
MUST_CHECK bool person_new(struct act_call *call, const struct person_row *wanted, const struct person_row **ret);
/* Without a check of whose it is. */
void grant_new(struct engine *engine, const struct grant_row *wanted);
