/* SPDX-License-Identifier: Apache-2.0 */
/*
 * identity_acts - what logging in reads of a person, and the acts that it waits for (act_wait.c).
 */
#include "api/api_priv.h"
#include "api/failures.h"
#include "os/clock.h"
#include "engine/settings.h"

static struct act asked_by(enum act_kind kind, const struct asker *asker, char via[64])
{
    struct act act = act_make(kind);
    act.actor = asker->actor;
    (void)snprintf(via, 64, *asker->address ? "%s@%s" : "%s", asker->via, asker->address);
    act.via = via;
    return act;
}

bool password_store(struct api *api, const struct asker *asker, int64_t person, const char *argon2, bool must_change, struct err *e)
{
    char via[64];
    struct act act = asked_by(ACT_PASSWORD_SET, asker, via);
    int64_t ignored;
    act.number = person;
    act.secret = argon2;
    act.is_on = must_change;
    return act_wait(api, &act, &ignored, e);
}

bool totp_store(struct api *api, const struct asker *asker, int64_t person, const char *sealed, const char *recovery, struct err *e)
{
    char via[64];
    struct act act = asked_by(*sealed ? ACT_TOTP_SET : ACT_TOTP_REMOVE, asker, via);
    int64_t ignored;
    act.number = person;
    act.secret = sealed;
    act.text = recovery;
    return act_wait(api, &act, &ignored, e);
}

bool totp_step_take(struct api *api, const struct asker *asker, int64_t person, int64_t step, struct err *e)
{
    char via[64];
    struct act act = asked_by(ACT_TOTP_STEP, asker, via);
    int64_t ignored;
    act.number = person;
    act.at.ms = step;
    return act_wait(api, &act, &ignored, e);
}

bool recovery_take(struct api *api, const struct asker *asker, int64_t person, const char *code_hash, struct err *e)
{
    char via[64];
    struct act act = asked_by(ACT_RECOVERY_TAKE, asker, via);
    int64_t ignored;
    act.number = person;
    act.secret = code_hash;
    return act_wait(api, &act, &ignored, e);
}

static void told(void *data, const struct act_result *result)
{
    (void)data;
    (void)result; /* nobody waits for it; while the engine decides nothing, it is lost */
}

void login_failure_tell(struct api *api, const struct failure *failure)
{
    const struct asker asker = {"-", *failure->via ? failure->via : "web", failure->address};
    char via[64];
    struct act act = asked_by(ACT_LOGIN_FAILED, &asker, via);
    struct err ignored;
    act.person = failure->name;
    act.number = failure->count;
    bool is_asked = engine_submit(api->config.engine, &act, told, NULL, &ignored);
    (void)is_asked;
}

bool session_open(struct api *api, const struct asker *asker, const struct session_new *session, int64_t *ret, struct err *e)
{
    enum { BROWSER_BYTES_MAX = 200 };
    char via[64], browser[BROWSER_BYTES_MAX + 1];
    struct act act = asked_by(ACT_SESSION_OPEN, asker, via);
    (void)str_copy(browser, sizeof(browser), session->browser ? session->browser : "");
    act.number = session->person;
    act.secret = session->key_hash;
    act.text = browser;
    act.text2 = asker->address;
    act.until.ms = clock_wall().ms + engine_setting(api->config.engine, SETTING_SESSION_LENGTH) * 60 * MINUTE_MS;
    return act_wait(api, &act, ret, e);
}

bool session_end(struct api *api, const struct asker *asker, int64_t session, struct err *e)
{
    char via[64];
    struct act act = asked_by(ACT_SESSION_END, asker, via);
    int64_t ignored;
    act.number = session;
    return act_wait(api, &act, &ignored, e);
}

bool sessions_end(struct api *api, const struct asker *asker, int64_t person, int64_t except, struct err *e)
{
    char via[64];
    struct act act = asked_by(ACT_SESSIONS_END, asker, via);
    struct login_facts facts;
    struct arena memory = {0};
    int64_t ignored;
    bool is_good = login_facts_of(api, &memory, person, &facts, e);
    if (is_good) {
        act.person = facts.name;
        act.number = except;
        is_good = act_wait(api, &act, &ignored, e);
    }
    arena_close(&memory);
    return is_good;
}

bool invitation_take(struct api *api, const struct asker *asker, const struct invitation_use *use, int64_t *ret, struct err *e)
{
    char via[64], hash[65];
    struct act act = asked_by(ACT_INVITATION_TAKE, asker, via);
    secret_hash(use->key, hash);
    act.secret = hash;
    act.person = use->name;
    act.text = use->title;
    act.text2 = use->argon2;
    return act_wait(api, &act, ret, e);
}

/* ---- reading ---- */

bool person_by_name(struct store_reader *reader, struct arena *into, struct str name, struct person_row *ret, bool *found,
                    struct err *e)
{
    struct query query = {.table = TABLE_person,
                          .where = {{table_column(TABLE_person, "name"), WHERE_EQ, 0, arena_copy_bytes(into, name.at, name.n)}},
                          .where_count = 1,
                          .order_column = -1,
                          .limit = 1};
    struct rows *rows = store_query(reader, &query);
    struct person_row row;
    *found = rows_next(rows, &row);
    struct person_row key = {.id = *found ? row.id : 0};
    if (!rows_end(rows, e)) {
        return false;
    }
    if (*found && !store_get(reader, into, TABLE_person, &key, found, e)) {
        return false;
    }
    *ret = key;
    return true;
}

static bool facts_fill(struct store_reader *reader, struct arena *into, const struct person_row *person, struct login_facts *ret,
                       struct err *e)
{
    struct credential_row credential = {.person = person->id};
    bool found = false;
    if (!store_get(reader, into, TABLE_credential, &credential, &found, e)) {
        return false;
    }
    *ret = (struct login_facts){.person = person->id, .name = person->name, .title = person->title, .side = (enum side)person->side,
                                .is_closed = person->is_closed != 0, .must_change = found && credential.must_change,
                                .password = found ? credential.password : "", .totp_secret = found ? credential.totp_secret : "",
                                .totp_step = found ? credential.totp_step : 0, .recovery = found ? credential.recovery : ""};
    return true;
}

bool login_facts_get(struct api *api, struct arena *into, struct str name, struct login_facts *ret, bool *found, struct err *e)
{
    struct store_reader *reader = NULL;
    struct person_row person = {.id = 0};
    if (!api_reader_take(api, &reader, e)) {
        return false;
    }
    bool is_good = person_by_name(reader, into, name, &person, found, e) && (!*found || facts_fill(reader, into, &person, ret, e));
    api_reader_give(api, reader);
    return is_good;
}

bool login_facts_of(struct api *api, struct arena *into, int64_t id, struct login_facts *ret, struct err *e)
{
    struct store_reader *reader = NULL;
    struct person_row person = {.id = id};
    bool found = false;
    if (!api_reader_take(api, &reader, e)) {
        return false;
    }
    bool is_good = store_get(reader, into, TABLE_person, &person, &found, e) &&
                   (found || err_set(e, ERR_NOT_FOUND, "person" ARG "%lld", (long long)id)) &&
                   facts_fill(reader, into, &person, ret, e);
    api_reader_give(api, reader);
    return is_good;
}

bool persons_exist(struct api *api, bool *ret, struct err *e)
{
    struct store_reader *reader = NULL;
    if (!api_reader_take(api, &reader, e)) {
        return false;
    }
    struct query query = {.table = TABLE_person, .order_column = -1, .limit = 1};
    struct person_row row;
    struct rows *rows = store_query(reader, &query);
    bool exists = rows_next(rows, &row), is_good = rows_end(rows, e);
    api_reader_give(api, reader);
    *ret = is_good ? exists : *ret;
    return is_good;
}

bool invitation_look(struct api *api, struct arena *into, struct str key, struct invitation *ret, struct err *e)
{
    struct store_reader *reader = NULL;
    char hash[65];
    secret_hash(key, hash);
    struct invitation_row row = {.key = hash};
    struct person_row person = {.name = "", .title = ""};
    bool found = false, is_person = true;
    if (!api_reader_take(api, &reader, e)) {
        return false;
    }
    bool is_good = store_get(reader, into, TABLE_invitation, &row, &found, e);
    if (is_good && found && row.person) {
        person.id = row.person;
        is_good = store_get(reader, into, TABLE_person, &person, &is_person, e);
    }
    api_reader_give(api, reader);
    if (!is_good) {
        return false;
    }
    if (!found || !is_person || person.is_closed || row.until_wall_ms <= clock_wall().ms) {
        return err_set(e, ERR_LINK_SPENT, "-");
    }
    *ret = (struct invitation){(enum invitation_kind)row.kind, row.person, row.person ? person.name : "", row.person ? person.title : ""};
    return true;
}

/* ---- the first start ---- */

struct first {
    void (*say)(void *data, const char *path);
    void *data;
    char text[65];
};

static void first_made(void *data, const struct act_result *result)
{
    struct first *first = data;
    char path[100];
    if (result->is_ok) {
        (void)snprintf(path, sizeof(path), "/#link=%s", first->text);
        first->say(first->data, path);
    }
    heap_free(first);
}

bool first_start(struct api *api, void (*say)(void *data, const char *path), void *data, struct err *e)
{
    bool exists = true;
    char hash[65];
    if (!persons_exist(api, &exists, e)) {
        return false;
    }
    if (exists) {
        return true;
    }
    struct first *first = heap_resize(NULL, 1, sizeof(*first));
    *first = (struct first){.say = say, .data = data};
    struct act act = act_make(ACT_INVITATION_MAKE);
    act.actor = "system";
    act.via = "engine";
    act.kind = invitation_kind_word(INVITATION_FIRST);
    act.secret = hash;
    bool is_asked = secret_make(first->text, hash, e) && engine_submit(api->config.engine, &act, first_made, first, e);
    if (!is_asked) {
        heap_free(first);
    }
    return is_asked;
}
