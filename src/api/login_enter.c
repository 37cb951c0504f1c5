/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login_enter - ways in: name and password, and links.
 *
 * What a stranger hears is the same for a name that is not, one that is closed and a wrong password, and takes as long.
 * A session's secret is made new at each login; the one that was sent along, if any, ends.
 */
#include "api/login.h"

#include <stdio.h>
#include <string.h>

#include "os/clock.h"

enum { NONCE_BYTES = 16, NONCE_TEXT_BYTES = 23, LOGIN_NAME_BYTES_MAX = 64, BROWSER_BYTES_MAX = 120 };

/* ---- known browsers ---- */

static const char *device_mark(struct login_job *job, const char *nonce, const char *name)
{
    char mark[SECRET_TEXT_BYTES];
    secret_sign(&job->login->key, str_of(arena_printf(job->into, "device:%s:%s", nonce, name)), mark);
    return arena_copy(job->into, mark);
}

/* The nonce of the device cookie if this person logged in with that browser before; NULL else. */
static const char *device_of(struct login_job *job, const char *name)
{
    struct str nonce, mark;
    if (!job->device || !str_cut(str_of(job->device), '.', &nonce, &mark) || nonce.n != NONCE_TEXT_BYTES - 1) {
        return NULL;
    }
    const char *text = arena_copy_bytes(job->into, nonce.at, nonce.n);
    return secret_equal(mark, str_of(device_mark(job, text, name))) ? text : NULL;
}

static const char *device_make(struct login_job *job, const char *name)
{
    uint8_t bytes[NONCE_BYTES];
    CLEANUP(strbuf_close) struct strbuf nonce = {0};
    secret_random(bytes, sizeof(bytes));
    base64url_add(&nonce, bytes, sizeof(bytes));
    return arena_printf(job->into, "%s.%s", nonce.at, device_mark(job, nonce.at, name));
}

static struct throttle_keys keys_of(struct login_job *job, const char *name)
{
    const char *nonce = device_of(job, name), *address = *job->caller.address ? job->caller.address : "local";
    if (nonce) {
        return (struct throttle_keys){arena_printf(job->into, "d:%s:%s", nonce, name), NULL};
    }
    return (struct throttle_keys){arena_printf(job->into, "n:%s:%s", address, name), arena_printf(job->into, "a:%s", address)};
}

/* ---- a session ---- */

static struct asker asker_of(const struct login_job *job, const char *actor)
{
    return (struct asker){actor, job->caller.via, job->caller.address};
}

/* Makes the session and answers as GET /me; ends the one that was sent along. */
static bool session_begin(struct login_job *job, const struct login_facts *facts, struct api_response *response, struct err *e)
{
    struct api *api = job->login->api;
    struct asker asker = asker_of(job, facts->name);
    char *secret = arena_alloc(job->into, 65, 1), hash[65], browser[BROWSER_BYTES_MAX];
    struct identity identity = {0};
    int64_t session = 0;
    (void)str_copy(browser, sizeof(browser), job->browser ? job->browser : "");
    struct session_new made = {facts->person, hash, browser};
    if (!secret_make(secret, hash, e) || !session_open(api, &asker, &made, &session, e)) {
        return false;
    }
    const struct identity *before = job->caller.identity;
    if (before && before->session && !session_end(api, &asker, before->session, e)) {
        return false;
    }
    if (!identity_of_session(api, str_of(secret), &identity, e) || !identity_print(api, job->into, &identity, &response->body, e)) {
        return false;
    }
    response->session = secret;
    response->device = device_of(job, facts->name) ? NULL : device_make(job, facts->name);
    return true;
}

/* ---- name and password ---- */

static bool code_wrong(struct login_job *job, struct err *e)
{
    job->field = "code";
    return err_set(e, ERR_LOGIN_CODE, "%s", "");
}

/* Six digits, or one of the recovery codes. Each is taken once: the engine decides it. */
static bool code_take(struct login_job *job, const struct login_facts *facts, struct err *e)
{
    struct api *api = job->login->api;
    struct asker asker = asker_of(job, facts->name);
    const char *about = arena_printf(job->into, "person/%lld", (long long)facts->person);
    char recovery[RECOVERY_CODE_BYTES], hash[65];
    struct str secret;
    struct err why = {0};
    if (!job->code || !*job->code) {
        throttle_forgive(&job->login->throttle, &job->keys, false); /* it was asked for, not guessed */
        return code_wrong(job, e);
    }
    if (recovery_code_read(str_of(job->code), recovery)) {
        secret_hash(str_of(recovery), hash);
        return recovery_take(api, &asker, facts->person, hash, &why) || code_wrong(job, e);
    }
    if (!secret_unseal(job->into, &job->login->key, str_of(facts->totp_secret), str_of(about), &secret)) {
        return err_set(e, ERR_KEY_FILE, "secret.key" ARG "%s", about);
    }
    int64_t step = totp_check(secret, str_trim(str_of(job->code)), clock_wall(), facts->totp_step);
    return (step > 0 && totp_step_take(api, &asker, facts->person, step, &why)) || code_wrong(job, e);
}

/* Other parameters than today's: hashed anew while the password is at hand. */
static bool hash_renew(struct login_job *job, const struct login_facts *facts, struct err *e)
{
    char hash[SECRET_HASH_TEXT_BYTES];
    struct asker asker = asker_of(job, facts->name);
    if (!password_hash_is_old(facts->password, job->login->cost)) {
        return true;
    }
    return password_hash(str_of(job->password), job->login->cost, hash, e) &&
           password_store(job->login->api, &asker, facts->person, hash, facts->must_change, e);
}

static bool enter_work(struct login_job *job, struct api_response *response, struct err *e)
{
    struct login_facts facts = {0};
    bool is_found = false;
    if (!login_facts_get(job->login->api, job->into, str_of(job->name), &facts, &is_found, e)) {
        return false;
    }
    bool may_enter = is_found && !facts.is_closed;
    if (!login_password_is(job->login, job->password, may_enter ? facts.password : NULL)) {
        login_failed(job, is_found ? facts.name : "");
        return err_set(e, ERR_LOGIN_FAILED, "%s", "");
    }
    if (*facts.totp_secret && !code_take(job, &facts, e)) {
        if (e->code == ERR_LOGIN_CODE && job->code && *job->code) { /* else it was only asked for */
            login_failed(job, facts.name);
        }
        return false;
    }
    throttle_forgive(&job->login->throttle, &job->keys, true);
    return hash_renew(job, &facts, e) && session_begin(job, &facts, response, e);
}

bool login_enter(struct call *call, const struct api_done *done, struct err *e)
{
    struct login_job *job = login_job_make(call, done);
    job->name = call_text(call, "name");
    job->password = call_text(call, "password");
    job->code = call_text(call, "code");
    job->work = enter_work;
    bool is_possible = strlen(job->name) <= LOGIN_NAME_BYTES_MAX && strlen(job->password) <= PASSWORD_BYTES_MAX;
    if (!is_possible) {
        return err_set(e, ERR_LOGIN_FAILED, "%s", "");
    }
    job->is_known = job->is_known || device_of(job, job->name);
    return login_try(job, keys_of(job, job->name), e) && login_submit(job, e);
}

/* ---- links ---- */

static bool password_make(struct login_job *job, const char *password, const char *name, char ret[SECRET_HASH_TEXT_BYTES], struct err *e)
{
    enum err_code wrong = password_check(str_of(password), str_of(name));
    if (wrong != ERR_NONE) {
        return err_set(e, wrong, "%d" ARG "%d", PASSWORD_CHARS_MIN, PASSWORD_BYTES_MAX);
    }
    return password_hash(str_of(password), job->login->cost, ret, e);
}

static bool link_needs(struct login_job *job, const char *text, const char *field, struct err *e)
{
    if (text && *text) {
        return true;
    }
    job->field = field;
    return err_set(e, ERR_FIELD_MISSING, "%s", field);
}

static bool link_work(struct login_job *job, struct api_response *response, struct err *e)
{
    struct api *api = job->login->api;
    struct invitation link = {0};
    struct login_facts facts = {0};
    char hash[SECRET_HASH_TEXT_BYTES] = "";
    int64_t person = 0;
    if (!invitation_look(api, job->into, str_of(job->key), &link, e)) {
        return false;
    }
    bool is_first = link.kind == INVITATION_FIRST;
    const char *name = is_first ? job->name : link.name;
    if (is_first && (!link_needs(job, job->name, "name", e) || !link_needs(job, job->title, "title", e))) {
        return false;
    }
    if (link.kind != INVITATION_LOGIN) {
        job->field = "password";
        if (!link_needs(job, job->password, "password", e) || !password_make(job, job->password, name, hash, e)) {
            return false;
        }
    }
    job->field = NULL;
    struct invitation_use use = {str_of(job->key), is_first ? job->name : "", is_first ? job->title : "", hash};
    struct asker asker = asker_of(job, name);
    return invitation_take(api, &asker, &use, &person, e) && login_facts_of(api, job->into, person, &facts, e) &&
           session_begin(job, &facts, response, e);
}

bool login_link(struct call *call, const struct api_done *done, struct err *e)
{
    struct login_job *job = login_job_make(call, done);
    job->key = call_text(call, "key");
    job->name = call_text(call, "name");
    job->title = call_text(call, "title");
    job->password = call_text(call, "password");
    job->work = link_work;
    return login_submit(job, e);
}

bool read_link(struct call *call, struct err *e)
{
    struct invitation link = {0};
    if (!invitation_look(call->api, call->into, str_of(call_text(call, "key")), &link, e)) {
        return false;
    }
    json_open(&call->json, NULL);
    json_text(&call->json, "kind", invitation_kind_word(link.kind));
    json_text(&call->json, "name", link.name);
    json_text(&call->json, "title", link.title);
    json_end(&call->json);
    return true;
}
