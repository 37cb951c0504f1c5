/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * identity - who is behind a cookie or a token, and logging in.
 *
 * http/ takes the secret out of the request and asks; what a person may do is worked out here from the store
 * (grants, groups, sides) and remembered until people or grants change. Secrets are compared by their SHA-256, so
 * that neither the store nor a timing tells them. Password hashing (argon2id) runs on two threads of its own with a
 * bounded queue: a hundred logins at once wait, they do not take 6 GB.
 *
 * Ways in: a person's session (cookie), an API token (Authorization: Bearer), a one-time link, the Unix socket.
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
};

/* By the cookie's value or the token's text. False without `e` set is not used: a wrong or expired secret is
 * ERR_LOGIN_NEEDED, and the time it takes does not tell which part was wrong. */
MUST_CHECK bool identity_of_session(struct api *api, struct str cookie, struct identity *ret, struct err *e);
MUST_CHECK bool identity_of_token(struct api *api, struct str token, struct identity *ret, struct err *e);
