/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * login - the handlers that hash, check and make secrets, and the threads they run on.
 *
 * A password costs 70 ms and 64 MiB on purpose. Two threads do it behind a bounded queue, so that a hundred logins at once
 * wait, and neither an HTTP thread nor the decision thread does. The threads start with the first login.
 */
#include "api/api_priv.h"
#include "api/failures.h"
#include "api/identity.h"
#include "api/throttle.h"
#include "os/secret.h"
#include "os/totp.h"

enum { LOGIN_THREADS = 2, LOGIN_QUEUE_MAX = 64, LOGIN_QUEUE_KNOWN = 16 /* of them for known browsers and who is logged in */, PENDING_MAX = 64, PENDING_MS = 10 * 60 * 1000 };

/* One request that waits for a thread; in the request's memory, and so is all it points to. */
struct login_job {
    struct login_job *next;
    struct login *login;
    struct arena *into;
    struct api_done done;
    struct caller caller;
    const char *device, *browser;
    const char *name, *title, *key, *password, *fresh /* password */, *code; /* NULL when not given */
    int64_t number;
    bool has_keys;             /* a try that is counted */
    bool is_known;             /* a known browser, or logged in: goes first */
    struct throttle_keys keys;
    bool (*work)(struct login_job *job, struct api_response *response, struct err *e);
    const char *field;         /* which one was wrong */
};

/* A code's secret that is shown but not confirmed yet. */
struct pending {
    int64_t session, person, until_ms;
    uint8_t secret[TOTP_SECRET_BYTES];
};

struct login {
    struct arena memory;
    struct api *api;
    struct hash_cost cost;
    struct secret_key key;
    char dummy[SECRET_HASH_TEXT_BYTES]; /* of nobody's password: unknown names take as long as known ones */
    struct throttle throttle;
    struct failures failures;  /* for the journal */
    pthread_mutex_t lock;      /* over what follows */
    pthread_cond_t change;
    pthread_t threads[LOGIN_THREADS];
    int thread_count, waiting;
    struct login_job *first, *last;
    struct pending pending[PENDING_MAX];
    int64_t check_count;       /* passwords checked, right or wrong, of anybody or nobody */
    bool is_stopping;
};

/* Fails: ERR_KEY_FILE, ERR_SYSTEM. */
MUST_CHECK bool login_open(struct api *api, const struct api_config *config, struct login **ret, struct err *e);
/* Jobs that wait are refused, those under way end soon; none runs after it. */
void login_stop(struct login *login);
void login_close(struct login *login); /* NULL is fine; stops first */
/* For tests: how many passwords were checked. */
int64_t login_check_count(struct api *api);

/* login.c: a job of the call, and its way to a thread. True: done will be called. */
struct login_job *login_job_make(struct call *call, const struct api_done *done);
bool login_submit(struct login_job *job, struct err *e);
/* Answers at once, without a thread. */
bool login_now(struct login_job *job);
/* Counts a try; false: too many, ERR_LOGIN_WAIT. */
MUST_CHECK bool login_try(struct login_job *job, struct throttle_keys keys, struct err *e);
/* One more login that failed; name: a person's, "" = nobody's. */
void login_failed(struct login_job *job, const char *name);
/* Takes as long for no hash ("", NULL) as for one. */
bool login_password_is(struct login *login, const char *password, const char *hash);
