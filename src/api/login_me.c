/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login_me - what somebody who is logged in does with the own login: password, codes, sessions, leaving.
 */
#include "api/login.h"

#include <string.h>

#include "os/clock.h"

static struct asker asker_of(const struct login_job *job)
{
    return (struct asker){job->caller.identity->name, job->caller.via, job->caller.address};
}

/* A person in a session: root on the socket may everything, but has no password to change. */
static bool person_needed(const struct call *call, struct err *e)
{
    const struct identity *identity = call->request->caller.identity;
    return (identity && identity->session) || err_set(e, ERR_LOGIN_NEEDED, "%s", call->request->operation->name);
}

/* ---- who am I ---- */

bool read_me(struct call *call, struct err *e)
{
    const struct identity *identity = call->request->caller.identity;
    bool exists = true;
    if (identity) {
        return identity_print(call->api, call->into, identity, &call->response->body, e);
    }
    if (!persons_exist(call->api, &exists, e)) {
        return false;
    }
    struct err why = {0};
    (void)err_set(&why, ERR_LOGIN_NEEDED, "%s", call->request->operation->name);
    api_refuse(call->response, &why, NULL);
    if (!exists && call->response->body.n > 1) { /* said beside the error */
        call->response->body.n--;
        strbuf_text(&call->response->body, ",\"is_first\":true}");
    }
    return true;
}

/* ---- password ---- */

/* The own password once more, counted like a login. */
static bool password_again(struct login_job *job, const char *field, const struct login_facts *facts, struct err *e)
{
    job->field = field;
    if (!login_password_is(job->login, job->password ? job->password : "", facts->password)) {
        return err_set(e, ERR_PASSWORD_OLD, "%s", "");
    }
    throttle_forgive(&job->login->throttle, &job->keys, true);
    job->field = NULL;
    return true;
}

static bool password_try(struct login_job *job, struct err *e)
{
    const char *key = arena_printf(job->into, "s:%lld", (long long)job->caller.identity->session);
    return login_try(job, (struct throttle_keys){key, NULL}, e);
}

static bool password_work(struct login_job *job, struct api_response *response, struct err *e)
{
    struct api *api = job->login->api;
    const struct identity *identity = job->caller.identity;
    struct asker asker = asker_of(job);
    struct login_facts facts = {0};
    char hash[SECRET_HASH_TEXT_BYTES];
    if (!login_facts_of(api, job->into, identity->person, &facts, e)) {
        return false;
    }
    if (*facts.password && !password_again(job, "old", &facts, e)) {
        return false;
    }
    throttle_forgive(&job->login->throttle, &job->keys, true);
    job->field = "new";
    enum err_code wrong = password_check(str_of(job->fresh), str_of(facts.name));
    if (wrong != ERR_NONE) {
        return err_set(e, wrong, "%d" ARG "%d", PASSWORD_CHARS_MIN, PASSWORD_BYTES_MAX);
    }
    if (job->password && str_equal(job->password, job->fresh)) {
        return err_set(e, ERR_PASSWORD_SAME, "%s", "");
    }
    job->field = NULL;
    strbuf_text(&response->body, "{}");
    return password_hash(str_of(job->fresh), job->login->cost, hash, e) &&
           password_store(api, &asker, identity->person, hash, false, e) &&
           sessions_end(api, &asker, identity->person, identity->session, e);
}

bool login_password(struct call *call, const struct api_done *done, struct err *e)
{
    if (!person_needed(call, e)) {
        return false;
    }
    struct login_job *job = login_job_make(call, done);
    job->password = call_text(call, "old");
    job->fresh = call_text(call, "new");
    job->work = password_work;
    bool is_possible = !job->password || strlen(job->password) <= PASSWORD_BYTES_MAX;
    return (is_possible || err_set(e, ERR_PASSWORD_OLD, "%s", "")) && password_try(job, e) && login_submit(job, e);
}

/* ---- codes ---- */

static bool state_wrong(const char *text, struct err *e)
{
    return err_set(e, ERR_TOTP_STATE, "%s", text);
}

static void pending_put(struct login *login, const struct identity *identity, const uint8_t secret[TOTP_SECRET_BYTES])
{
    (void)pthread_mutex_lock(&login->lock);
    struct pending *place = &login->pending[0];
    for (int i = 0; i < PENDING_MAX; i++) {
        struct pending *one = &login->pending[i];
        if (one->session == identity->session) {
            place = one;
            break;
        }
        place = one->until_ms < place->until_ms ? one : place;
    }
    *place = (struct pending){.session = identity->session, .person = identity->person, .until_ms = clock_boot_ms() + PENDING_MS};
    memcpy(place->secret, secret, TOTP_SECRET_BYTES);
    (void)pthread_mutex_unlock(&login->lock);
}

/* ret NULL: only forgets. */
static bool pending_get(struct login *login, const struct identity *identity, uint8_t *ret)
{
    bool is_found = false;
    (void)pthread_mutex_lock(&login->lock);
    for (int i = 0; i < PENDING_MAX; i++) {
        struct pending *one = &login->pending[i];
        if (one->session != identity->session || one->person != identity->person) {
            continue;
        }
        is_found = one->until_ms > clock_boot_ms();
        if (ret && is_found) {
            memcpy(ret, one->secret, TOTP_SECRET_BYTES);
        } else {
            secret_wipe(one, sizeof(*one));
        }
    }
    (void)pthread_mutex_unlock(&login->lock);
    return is_found;
}

static bool totp_begin_work(struct login_job *job, struct api_response *response, struct err *e)
{
    struct login_facts facts = {0};
    uint8_t secret[TOTP_SECRET_BYTES];
    const char *svg = NULL;
    if (!login_facts_of(job->login->api, job->into, job->caller.identity->person, &facts, e)) {
        return false;
    }
    if (*facts.totp_secret) {
        return state_wrong("確認コードはすでに登録されています" OR_EN "Codes are registered already", e);
    }
    totp_secret_make(secret);
    struct str bytes = {(const char *)secret, sizeof(secret)};
    const char *uri = totp_uri(job->into, bytes, facts.name);
    if (!qr_svg(job->into, uri, &svg, e)) {
        return false;
    }
    pending_put(job->login, job->caller.identity, secret);
    struct json j = {.into = &response->body};
    json_open(&j, NULL);
    json_text(&j, "secret", totp_secret_text(job->into, bytes));
    json_text(&j, "uri", uri);
    json_text(&j, "svg", svg);
    json_end(&j);
    secret_wipe(secret, sizeof(secret));
    return true;
}

bool login_totp_begin(struct call *call, const struct api_done *done, struct err *e)
{
    if (!person_needed(call, e)) {
        return false;
    }
    struct login_job *job = login_job_make(call, done);
    job->work = totp_begin_work;
    return login_submit(job, e);
}

/* New codes into the answer; their hashes as they are stored. */
static const char *recovery_make(struct login_job *job, struct json *j)
{
    CLEANUP(strbuf_close) struct strbuf hashes = {0};
    json_list(j, "recovery");
    for (int i = 0; i < RECOVERY_CODES; i++) {
        char code[RECOVERY_CODE_BYTES], hash[65];
        recovery_code_make(code);
        secret_hash(str_of(code), hash);
        json_text(j, NULL, code);
        strbuf_printf(&hashes, "%s%s", i ? " " : "", hash);
    }
    json_end(j);
    return arena_copy(job->into, strbuf_str(&hashes));
}

static bool totp_confirm_work(struct login_job *job, struct api_response *response, struct err *e)
{
    struct api *api = job->login->api;
    const struct identity *identity = job->caller.identity;
    struct asker asker = asker_of(job);
    uint8_t secret[TOTP_SECRET_BYTES];
    if (!pending_get(job->login, identity, secret)) {
        return state_wrong("登録を始めていないか、10分が過ぎました" OR_EN "Nothing was begun, or ten minutes have passed", e);
    }
    struct str bytes = {(const char *)secret, sizeof(secret)};
    int64_t step = totp_check(bytes, str_trim(str_of(job->code)), clock_wall(), 0);
    if (step == 0) {
        job->field = "code";
        return err_set(e, ERR_LOGIN_CODE, "%s", "");
    }
    throttle_forgive(&job->login->throttle, &job->keys, true);
    const char *about = arena_printf(job->into, "person/%lld", (long long)identity->person);
    const char *sealed = secret_seal(job->into, &job->login->key, bytes, str_of(about));
    secret_wipe(secret, sizeof(secret));
    struct json j = {.into = &response->body};
    json_open(&j, NULL);
    const char *hashes = recovery_make(job, &j);
    json_end(&j);
    if (!totp_store(api, &asker, identity->person, sealed, hashes, e) || !totp_step_take(api, &asker, identity->person, step, e)) {
        return false;
    }
    (void)pending_get(job->login, identity, NULL);
    return true;
}

bool login_totp_confirm(struct call *call, const struct api_done *done, struct err *e)
{
    if (!person_needed(call, e)) {
        return false;
    }
    struct login_job *job = login_job_make(call, done);
    job->code = call_text(call, "code");
    job->work = totp_confirm_work;
    return password_try(job, e) && login_submit(job, e);
}

static bool totp_remove_work(struct login_job *job, struct api_response *response, struct err *e)
{
    struct login_facts facts = {0};
    struct asker asker = asker_of(job);
    if (!login_facts_of(job->login->api, job->into, job->caller.identity->person, &facts, e) ||
        !password_again(job, "password", &facts, e)) {
        return false;
    }
    strbuf_text(&response->body, "{}");
    return totp_store(job->login->api, &asker, facts.person, "", "", e);
}

bool login_totp_remove(struct call *call, const struct api_done *done, struct err *e)
{
    if (!person_needed(call, e)) {
        return false;
    }
    struct login_job *job = login_job_make(call, done);
    job->password = call_text(call, "password");
    job->work = totp_remove_work;
    bool is_possible = strlen(job->password) <= PASSWORD_BYTES_MAX;
    return (is_possible || err_set(e, ERR_PASSWORD_OLD, "%s", "")) && password_try(job, e) && login_submit(job, e);
}

/* ---- sessions ---- */

static bool leave_work(struct login_job *job, struct api_response *response, struct err *e)
{
    struct asker asker = asker_of(job);
    strbuf_text(&response->body, "{}");
    response->session = "";
    return session_end(job->login->api, &asker, job->caller.identity->session, e);
}

bool login_leave(struct call *call, const struct api_done *done, struct err *e)
{
    if (!person_needed(call, e)) {
        return false;
    }
    struct login_job *job = login_job_make(call, done);
    job->work = leave_work;
    return login_submit(job, e);
}

static struct rows *sessions_query(struct call *call)
{
    struct query query = {.table = TABLE_session, .order_column = table_column(TABLE_session, "id"), .is_descending = true, .where_count = 1};
    query.where[0] = (struct where){table_column(TABLE_session, "person"), WHERE_EQ, call->request->caller.identity->person, NULL};
    return store_query(call->reader, &query);
}

bool read_sessions(struct call *call, struct err *e)
{
    struct session_row row;
    if (!person_needed(call, e)) {
        return false;
    }
    answer_list_open(call);
    struct rows *rows = sessions_query(call);
    while (rows_next(rows, &row)) {
        json_open(&call->json, NULL);
        json_number(&call->json, "id", row.id);
        answer_instant(call, "made", row.made_wall_ms);
        answer_instant(call, "seen", row.seen_wall_ms);
        answer_instant(call, "until", row.until_wall_ms);
        json_text(&call->json, "address", row.address);
        json_text(&call->json, "browser", row.browser);
        json_bool(&call->json, "is_current", row.id == call->request->caller.identity->session);
        json_end(&call->json);
    }
    answer_list_close(call, NULL);
    return answer_rows_end(rows, e);
}

static bool session_end_work(struct login_job *job, struct api_response *response, struct err *e)
{
    const struct identity *identity = job->caller.identity;
    struct asker asker = asker_of(job);
    strbuf_text(&response->body, "{}");
    if (job->number == 0) {
        return sessions_end(job->login->api, &asker, identity->person, identity->session, e);
    }
    response->session = job->number == identity->session ? "" : NULL;
    return session_end(job->login->api, &asker, job->number, e);
}

bool login_session_end(struct call *call, const struct api_done *done, struct err *e)
{
    if (!person_needed(call, e)) {
        return false;
    }
    struct login_job *job = login_job_make(call, done);
    struct session_row row;
    bool is_own = false;
    job->number = call_number(call, "id", 0);
    job->work = session_end_work;
    struct rows *rows = sessions_query(call);
    while (rows_next(rows, &row)) {
        is_own = is_own || row.id == job->number;
    }
    if (!answer_rows_end(rows, e)) {
        return false;
    }
    if (job->number != 0 && !is_own) { /* another's is not told from none */
        call->field = "id";
        return err_set(e, ERR_NOT_FOUND, "session" ARG "%lld", (long long)job->number);
    }
    return login_submit(job, e);
}
