/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * api - every request from outside ends here: permission, form of the fields, audit, the answer.
 *
 * http/ calls this and knows neither engine nor store. A read is answered at once from a store reader of its
 * own; an act is submitted to the engine and answered by callback after the commit. All functions may be
 * called from any thread.
 *
 * A caller is a person or token (identity.h) or, over the Unix socket, known by the socket alone: root and the
 * daemon's own user may do everything but what only a person of the client can decide; other local users look.
 */
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"
#include "wire/operations.h"

struct api;
struct engine;
struct store;
struct clock;

struct api_config {
    struct engine *engine;     /* borrowed, all of them */
    struct store *store;
    struct clock *clock;
    const char *service;       /* "main" */
    const char *data_folder;   /* job output lies below; "" = none */
    const char *key_path;      /* what seals secrets; made if need be; NULL: a key for this life only */
    uint32_t hash_memory_kib, hash_passes; /* of passwords; 0: the usual */
};
MUST_CHECK bool api_open(const struct api_config *config, struct api **ret, struct err *e);
/* Ends logins that are under way (ERR_STOPPING); when it returns no thread of theirs touches a request any more. */
void api_stop(struct api *api);
void api_close(struct api *api);

enum caller_kind { CALLER_ROOT, CALLER_OWN /* the daemon's user */, CALLER_LOCAL /* another user */, CALLER_TCP, CALLERS };
struct identity;
struct caller {
    enum caller_kind kind;
    const char *actor;         /* name for the journal */
    const char *via;           /* cli, web, api */
    const char *address;       /* for the journal; "" on the Unix socket */
    const struct identity *identity; /* a person or token; NULL: known by the socket alone */
};
const char *caller_name(enum caller_kind kind);
/* The only place that decides it (access.c). system: "KSK"; "" = about no system in particular; NULL = somewhere, for
 * asking before it is known where. Looking at "" is allowed to whoever may look at some system: lists leave out the rest. */
bool api_may(const struct caller *caller, enum permission permission, const char *system);
/* The same, and says why not: ERR_LOGIN_NEEDED, ERR_PASSWORD_FIRST or ERR_DENIED with `what`. */
MUST_CHECK bool api_allow(const struct caller *caller, enum permission permission, const char *system, const char *what,
                          struct err *e);

struct api_pair {
    const char *name, *value;  /* decoded */
};
struct api_request {
    const struct operation *operation;
    struct caller caller;
    struct str path_value;     /* text of the path's {field} */
    const struct api_pair *query;
    size_t query_count;
    const char *body;          /* NULL when there is none */
    size_t body_n;
    bool wants_lines;          /* Accept: application/x-ndjson */
    const char *idempotency_key; /* of an act; NULL when there is none */
    const char *device, *browser; /* for logging in: the device cookie, the User-Agent; NULL when there is none */
};
struct api_response {
    int status;
    const char *content_type;
    struct strbuf body;        /* the caller closes it */
    const char *session, *device; /* cookies to set, of the request's memory; "" takes it away, NULL leaves it */
    const char *next;          /* of a list in lines: the key of the page after it, as JSON has it, of the request's memory; NULL: none */
    int retry_sec;             /* > 0: do not ask again before */
};
/* Bytes a body of this operation may have. */
size_t api_body_max(const struct operation *operation);
/* Fills the response with the error, both languages. field: which one was wrong, NULL if none. */
void api_refuse(struct api_response *response, const struct err *e, const char *field);

/* response: the callee's until it returns; take the body out of it. */
typedef void (*api_done_fn)(void *data, struct api_response *response);
struct api_done {
    api_done_fn call;
    void *data;
};
/*
 * Handles the request. True: the response is filled. False: an act is under way and `done` will be called once,
 * from the engine's thread (perhaps before this returns); `into` and everything of the request must live until then.
 */
bool api_call(struct api *api, struct arena *into, const struct api_request *request, struct api_response *response,
              const struct api_done *done);

/* ---- the feed of changes ---- */
enum api_change { API_CHANGE, API_NO_CHANGE, API_CHANGE_GONE /* fell off the ring: read the journal */ };
/* The first change after *seq from the ring: appends its JSON and moves *seq. */
enum api_change api_change_next(struct api *api, int64_t *seq, struct strbuf *into);
/* The same from the journal, many lines at once, each ending in a line feed; none: it has been read to its end. */
MUST_CHECK bool api_change_read(struct api *api, int64_t *seq, struct strbuf *into, struct err *e);
int64_t api_change_head(struct api *api);
/* Who follows them. */
struct api_viewer {
    struct caller caller;      /* borrowed */
    const char *entity;        /* only this and what is below it: "/KSK", "run/12"; "" = everything */
    int64_t people_generation; /* when its rights were last looked at */
    int64_t looked_ms;         /* boot clock: when its session was */
};
void api_viewer_open(struct api *api, const struct caller *caller, const char *entity, struct api_viewer *ret);
/* PART: it names units that may be seen and others that may not; tell only that there was something. */
enum api_sight { SIGHT_ALL, SIGHT_PART, SIGHT_NONE };
enum api_sight api_change_sight(const struct api_viewer *viewer, const char *line, size_t n);
/* May the caller look at this entity? Anything but a unit's path is about no system in particular. */
bool api_sees(const struct caller *caller, const char *entity);
/* False: the session has ended or its rights have changed; it may come back and is looked at anew. Cheap while nobody's
 * rights changed, unless forced or not looked at for a minute. */
bool api_still_in(struct api *api, struct api_viewer *viewer, bool is_forced);
int api_changes_watch(struct api *api, void (*wake)(void *data), void *data);
void api_changes_unwatch(struct api *api, int id);

/* ---- agents ---- */
struct agent_link;
MUST_CHECK bool api_agent_open(struct api *api, const char *const names[2] /* agent, session */, void (*wake)(void *data),
                               void *data, struct agent_link **ret, struct err *e);
ptrdiff_t api_agent_take(struct agent_link *link, char *to, size_t max);
void api_agent_close(struct api *api, struct agent_link *link);

/* Is the engine deciding? For the heart-beat. */
bool api_is_healthy(struct api *api);
