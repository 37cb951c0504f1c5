/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * identity - who is behind a cookie or a token, and what logging in asks of store and engine.
 *
 * http/ takes the secret out of the request and asks; what a person may do is worked out here from the store
 * (grants, groups, sides) and remembered until people or grants change. Secrets are compared by their SHA-256, so
 * that neither the store nor a timing tells them. Password hashing (argon2id) is login's, on threads of its own.
 *
 * Ways in: a person's session (cookie), an API token (Authorization: Bearer), a one-time link, the Unix socket.
 * Sessions, tokens and links live by the machine clock; grants by the business clock (decisions §1).
 */
#include "api/api.h"
#include "people/people.h"

struct identity {
    int64_t person;            /* 0: nobody */
    char name[64];             /* for the journal */
    enum side side;
    int64_t session, token;    /* which of them let the caller in; 0 = not that one */
    struct rights rights;
    char csrf[65];             /* of the session; "" for a token */
    bool must_change;          /* the password first; nothing else is allowed until then */
    struct instant until;      /* machine clock: when the session or token ends whatever happens */
    int64_t rights_until_ms;   /* business clock: a grant begins or ends; 0: not known */
};

/* By the cookie's value or the token's text. A wrong or expired secret is ERR_LOGIN_NEEDED, and the time it takes does
 * not tell which part was wrong. A session in use is kept awake (seen, once a minute). */
MUST_CHECK bool identity_of_session(struct api *api, struct str cookie, struct identity *ret, struct err *e);
MUST_CHECK bool identity_of_token(struct api *api, struct str token, struct identity *ret, struct err *e);
/* The answer of GET /me and of a login: one JSON object. */
MUST_CHECK bool identity_print(struct api *api, struct arena *arena, const struct identity *identity, struct strbuf *into,
                               struct err *e);
/* Is there any person at all? Without one a first-start link is due. */
MUST_CHECK bool persons_exist(struct api *api, bool *ret, struct err *e);
/* 256 random bits as text (cookies, tokens, keys of links), and what the store keeps of them: their SHA-256. */
MUST_CHECK bool secret_make(char text[65], char hash[65], struct err *e);
void secret_hash(struct str text, char hash[65]);

/* What a login has to know; texts in `into`. */
struct login_facts {
    int64_t person;
    const char *name, *title;
    enum side side;
    bool is_closed, must_change;
    const char *password;      /* argon2id string, "" = none yet */
    const char *totp_secret;   /* sealed, "" = none */
    int64_t totp_step;         /* last one taken */
    const char *recovery;      /* SHA-256 of the codes left, blank between */
};
/* *found false: no such person; take as long as if there were one. */
MUST_CHECK bool login_facts_get(struct api *api, struct arena *into, struct str name, struct login_facts *ret, bool *found,
                                struct err *e);
MUST_CHECK bool login_facts_of(struct api *api, struct arena *into, int64_t person, struct login_facts *ret, struct err *e);

/*
 * What follows changes something: one act each, journaled without its secret. They wait until it is durable (some
 * milliseconds; ERR_BUSY after ten seconds, ERR_STOPPING at the end of the server), so they are called from any thread but the engine's.
 */
struct asker {
    const char *actor;         /* person's name; of a login not yet made: the name that was given */
    const char *via, *address; /* "web", "127.0.0.1"; "" on the Unix socket */
};
MUST_CHECK bool password_store(struct api *api, const struct asker *asker, int64_t person, const char *argon2, bool must_change,
                               struct err *e);
/* sealed "" takes the second factor away. recovery: as in login_facts. */
MUST_CHECK bool totp_store(struct api *api, const struct asker *asker, int64_t person, const char *sealed, const char *recovery,
                           struct err *e);
/* Each step is taken once: ERR_LOGIN_CODE if this one or a later one was. Decided by the engine, so two logins at the
 * same moment cannot both take it. */
MUST_CHECK bool totp_step_take(struct api *api, const struct asker *asker, int64_t person, int64_t step, struct err *e);
MUST_CHECK bool recovery_take(struct api *api, const struct asker *asker, int64_t person, const char *code_hash, struct err *e);

/* Into the journal; does not wait. What was typed comes along only when it is a person's name. */
struct failure;
void login_failure_tell(struct api *api, const struct failure *failure);

struct session_new {
    int64_t person;
    const char *key_hash;      /* secret_hash() of the cookie's value */
    const char *browser;       /* User-Agent, cut */
};
MUST_CHECK bool session_open(struct api *api, const struct asker *asker, const struct session_new *session, int64_t *ret,
                             struct err *e);
MUST_CHECK bool session_end(struct api *api, const struct asker *asker, int64_t session, struct err *e);
/* All of a person but `except` (0: really all): after a change of password. */
MUST_CHECK bool sessions_end(struct api *api, const struct asker *asker, int64_t person, int64_t except, struct err *e);

struct invitation {
    enum invitation_kind kind;
    int64_t person;            /* 0: first */
    const char *name, *title;  /* "" : first */
};
/* ERR_LINK_SPENT when unknown, used or too old. Changes nothing. */
MUST_CHECK bool invitation_look(struct api *api, struct arena *into, struct str key, struct invitation *ret, struct err *e);
struct invitation_use {
    struct str key;
    const char *name, *title;  /* first: of the new administrator, else "" */
    const char *argon2;        /* "" for login */
};
/* Spends the link and does what it is for, in one act. *ret: the person. All other sessions of the person end. */
MUST_CHECK bool invitation_take(struct api *api, const struct asker *asker, const struct invitation_use *use, int64_t *ret,
                                struct err *e);
/* Makes a first-start link if there is no person yet; `say` gets its path ("/#link=KEY", valid 24 h) on the engine's thread. */
MUST_CHECK bool first_start(struct api *api, void (*say)(void *data, const char *path), void *data, struct err *e);
