/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * api_priv - one request while it is handled: its checked values, its reader, its answer.
 */
#include <pthread.h>

#include "api/identity.h"
#include "base/map.h"
#include "calendar/zone.h"
#include "engine/engine.h"
#include "jobnet/net.h"
#include "jobnet/status.h"
#include "store/store.h"
#include "wire/json.h"
#include "wire/site.h"

enum { READERS_MAX = 16, LIST_ROWS_DEFAULT = 200, CHANGES_READ_MAX = 256 };

/* What definitions wait for, by version (net_names.c). */
struct net_names {
    const char *const *names;
    size_t count;
};
struct net_names_kept {
    pthread_mutex_t lock;
    struct arena memory;
    struct map by_version;
};

struct login;
struct waits;
struct api {
    struct arena memory;
    struct net_names_kept net_names;
    struct api_config config;
    const struct zone *zone;   /* for showing and reading times */
    pthread_mutex_t lock;      /* over the readers that rest */
    struct store_reader *readers[READERS_MAX];
    int reader_count;
    struct identities *identities; /* who was let in lately */
    struct waits *waits;       /* threads that wait for the engine */
    struct login *login;       /* hashing, and how often somebody failed */
};

/* A field's value, checked. */
struct value {
    bool is_given;
    const char *text;          /* as written, or the word that is meant */
    size_t n;
    int64_t number;            /* INT, BOOL, DATE (day), TIME (minute), INSTANT (ms), RUN, NODE */
    double real;
};

/* list.c: what every list takes besides its own fields. */
enum { LIST_KEYS_MAX = 64 };
struct list_wish {
    const char *key;           /* the member of the answer that is the list; NULL: none */
    const char *keys[LIST_KEYS_MAX];
    size_t key_count;          /* 0: all */
    bool is_lines;             /* one item a line */
};

struct call {
    struct list_wish list;
    struct api *api;
    const struct api_request *request;
    struct arena *into;
    struct value *values;      /* one for each field of the operation */
    struct store_reader *reader;
    struct json json;
    struct api_response *response;
    const char *field;         /* which one is wrong; NULL */
};

/* api.c: a reader for a while; each take is given back. */
MUST_CHECK bool api_reader_take(struct api *api, struct store_reader **ret, struct err *e);
void api_reader_give(struct api *api, struct store_reader *reader);
struct instant api_now(struct api *api); /* business clock */

/* act_wait.c: *id (of the answer; 0 = none) only on success. Fails: ERR_STOPPING, ERR_BUSY after ten seconds, what the engine says. */
void waits_open(struct api *api);
void waits_stop(struct api *api);
void waits_close(struct api *api);
MUST_CHECK bool act_wait(struct api *api, const struct act *act, int64_t *id, struct err *e);

/* identity.c */
void identities_open(struct api *api);
void identities_close(struct api *api);
/* What a person may do now, from grants, groups and side. *until_ms: business clock, when that may change by itself. */
MUST_CHECK bool person_rights(struct api *api, struct store_reader *reader, const struct person_row *person, struct rights *ret,
                              int64_t *until_ms, struct err *e);
/* The grants of a person that count now, the group's as well; texts in `into`. */
struct grants {
    VEC(struct grant_row) list;
    int64_t until_ms;
};
MUST_CHECK bool person_grants(struct api *api, struct store_reader *reader, struct arena *into, int64_t person,
                              struct grants *ret, struct err *e);
/* *found false: none. Texts in `into`. */
MUST_CHECK bool person_by_name(struct store_reader *reader, struct arena *into, struct str name, struct person_row *ret,
                               bool *found, struct err *e);

/* values.c: reads path, query and body into call->values; refuses what is unknown, missing or malformed. */
MUST_CHECK bool values_read(struct call *call, struct err *e);
const struct value *call_value(const struct call *call, const char *name);
const char *call_text(const struct call *call, const char *name);              /* NULL if not given */
int64_t call_number(const struct call *call, const char *name, int64_t otherwise);
bool call_bool(const struct call *call, const char *name);
struct bizday call_date(const struct call *call, const char *name);            /* BIZDAY_NONE if not given */
int64_t call_limit(const struct call *call);
const char *call_pattern(struct call *call); /* NULL if not given; without * and ?: that path and what begins with it */
MUST_CHECK bool call_after(struct call *call, int64_t *ret, struct err *e); /* *ret stays when not given */
/* Always false: names the field. */
bool value_refuse(struct call *call, const struct operation_field *field, const char *text, const char *why, struct err *e);

/* *is_taken: the pair was `fields` or `format` of a list. */
MUST_CHECK bool list_wish_read(struct call *call, const struct api_pair *pair, bool *is_taken, struct err *e);
/* The finished answer as it was wished for. */
void list_finish(const struct list_wish *wish, struct arena *into, struct api_response *response);

/* resolve.c: names of runs and nodes -> numbers; compiled nets of stored versions. */
MUST_CHECK bool run_resolve(struct call *call, const char *text, int64_t *ret, struct err *e);
MUST_CHECK bool node_resolve(struct call *call, int64_t run, const char *text, int64_t *ret, struct err *e);
MUST_CHECK bool run_get(struct call *call, int64_t id, struct run_row *ret, struct err *e);
MUST_CHECK bool unit_get(struct call *call, const char *path, struct unit_row *ret, struct err *e);
MUST_CHECK bool unit_get_id(struct call *call, int64_t id, struct unit_row *ret, struct err *e);
/* Path by unit id, remembered in `paths`; "?" if there is none. */
MUST_CHECK bool unit_path_get(struct call *call, struct map *paths, int64_t unit, const char **ret, struct err *e);
/* number 0: the newest. *ret is the version, or ERR_NOT_FOUND. */
MUST_CHECK bool version_get(struct call *call, const struct unit_row *unit, int64_t number, struct version_row *ret, struct err *e);
/* NULL for a run without a graph (imported baseline). */
MUST_CHECK bool run_net(struct call *call, const struct run_row *run, const struct net **ret, struct err *e);

/* scope.c: which system a thing belongs to, and whether the caller may do that there. */
MUST_CHECK bool call_may(const struct call *call, enum permission permission, const char *path, struct err *e); /* of a unit */
/* May the caller look at this unit? For leaving rows out of lists. */
bool call_sees(const struct call *call, const char *path);
bool call_sees_all(const struct call *call); /* no list needs leaving out */
/* What a row of the journal or the feed is about -> "KSK"; "" = no system in particular. entity: "/KSK/…", "run/12/3",
 * "event/7"; anything else is about none. What is not there belongs to none. */
MUST_CHECK bool entity_system(struct call *call, const char *entity, const char **ret, struct err *e);
/* Who came in from where, and who was given what: for those who may list people (AUDIT). */
bool entity_is_of_people(struct str entity);
/* Before a handler: the system of the units and runs that the request names. */
MUST_CHECK bool scope_check(struct call *call, struct err *e);

/* act_people.c: a secret that the answer tells once; key NULL: none. */
struct told {
    const char *key, *value;
};
MUST_CHECK bool act_people_prepare(struct call *call, struct act *act, struct told *told, struct err *e);

/* act.c */
bool act_call(struct call *call, const struct api_done *done, struct err *e); /* true: submitted */

/* site.c: as last applied; the default one when none was. */
MUST_CHECK bool api_site(struct call *call, const struct site **ret, struct err *e);
MUST_CHECK bool api_today(struct call *call, struct bizday *ret, struct err *e); /* the business day now */

/* answer.c: pieces that several handlers write. */
void answer_instant(struct call *call, const char *key, int64_t ms);
void answer_status(struct call *call, int64_t status);
/* {"items": [ … then ], "next": key or null}: */
void answer_list_open(struct call *call);
void answer_list_close(struct call *call, const char *next);
/* The rows' end; keeps the failure. */
MUST_CHECK bool answer_rows_end(struct rows *rows, struct err *e);

typedef bool (*read_fn)(struct call *call, struct err *e);
/* The handler of a READ operation, NULL otherwise. */
read_fn read_of(enum operation_code code);

#define OPERATION(code, name, method, path, verb, permission, kind, handler, ...) DECLARE_##kind(handler)
#define DECLARE_ACT(handler)
#define DECLARE_HTTP(handler)
#define DECLARE_LOCAL(handler)
/* True: `done` will be called, perhaps before it returns. */
#define DECLARE_LOGIN(handler) MUST_CHECK bool handler(struct call *call, const struct api_done *done, struct err *e);
#define DECLARE_READ(handler) bool handler(struct call *call, struct err *e);
#define FIELD(...)
#define FIXED(...)
#define SHOWN(...)
#define OPERATION_END(code)
#include "wire/operations.def"
#undef OPERATION
#undef DECLARE_ACT
#undef DECLARE_HTTP
#undef DECLARE_LOCAL
#undef DECLARE_LOGIN
#undef DECLARE_READ
#undef FIELD
#undef FIXED
#undef SHOWN
#undef OPERATION_END
