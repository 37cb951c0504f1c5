/* SPDX-License-Identifier: Apache-2.0 */
/*
 * identity - a secret to a person and his rights, remembered until people or grants change.
 *
 * Invariant: what is remembered carries the generation of people that it was worked out of, read before the rows were;
 * it is good only while the engine's is the same.
 */
#include "api/identity.h"

#include "api/api_priv.h"
#include "os/clock.h"
#include "os/secret.h"
#include "engine/settings.h"

enum { REMEMBERED = 128, TOUCH_MS = 60 * 1000, TOKEN_TOUCH_MS = 10 * 60 * 1000, HEX_DIGITS = 64 };

struct remembered {
    char key[HEX_DIGITS + 1];
    struct identity identity;
    int64_t generation;
    int64_t rights_until_ms;   /* business clock: a grant begins or ends */
    int64_t seen_wall_ms;
};
struct identities {
    pthread_mutex_t lock;
    struct remembered list[REMEMBERED]; /* place by hash */
};

void identities_open(struct api *api)
{
    api->identities = arena_new(&api->memory, struct identities);
    (void)pthread_mutex_init(&api->identities->lock, NULL);
}

void identities_close(struct api *api)
{
    (void)pthread_mutex_destroy(&api->identities->lock);
}

void secret_hash(struct str text, char hash[65])
{
    store_hash_hex(text.at, text.n, hash);
}

bool secret_make(char text[65], char hash[65], struct err *e)
{
    uint8_t bytes[HEX_DIGITS / 2];
    secret_random(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    secret_hash((struct str){text, HEX_DIGITS}, hash);
    secret_wipe(bytes, sizeof(bytes));
    return hash[0] != '\0' || err_set(e, ERR_SYSTEM, "random" ARG "-");
}

struct instant api_now(struct api *api)
{
    struct engine_figures figures;
    if (api->config.clock) {
        return clock_business(api->config.clock);
    }
    engine_figures(api->config.engine, &figures);
    return figures.business_now;
}

/* ---- rights ---- */

static void grant_take(struct grants *ret, struct arena *into, const struct grant_row *row, struct instant now)
{
    bool is_over = row->until_ms != 0 && row->until_ms <= now.ms;
    int64_t change_ms = row->from_ms > now.ms ? row->from_ms : is_over ? INT64_MAX : row->until_ms;
    if (change_ms != 0 && change_ms < ret->until_ms) {
        ret->until_ms = change_ms;
    }
    if (row->from_ms <= now.ms && !is_over) {
        struct grant_row *kept = vec_add(&ret->list);
        *kept = *row;
        kept->grp = arena_copy(into, row->grp);
        kept->role = arena_copy(into, row->role);
        kept->system = arena_copy(into, row->system);
        kept->actor = "";
    }
}

static bool grants_of(struct store_reader *reader, struct arena *into, const struct where *where, struct instant now,
                      struct grants *ret, struct err *e)
{
    struct query query = {.table = TABLE_grant, .where = {*where}, .where_count = 1, .order_column = -1};
    struct rows *rows = store_query(reader, &query);
    struct grant_row row;
    while (rows_next(rows, &row)) {
        if (where->text == NULL || row.person == 0) {
            grant_take(ret, into, &row, now);
        }
    }
    return rows_end(rows, e);
}

bool person_grants(struct api *api, struct store_reader *reader, struct arena *into, int64_t person, struct grants *ret,
                   struct err *e)
{
    struct instant now = api_now(api);
    VEC(const char *) groups = {0};
    ret->until_ms = INT64_MAX;
    struct where where = {table_column(TABLE_grant, "person"), WHERE_EQ, person, NULL};
    bool is_good = grants_of(reader, into, &where, now, ret, e);
    struct query query = {.table = TABLE_group_member,
                          .where = {{table_column(TABLE_group_member, "person"), WHERE_EQ, person, NULL}},
                          .where_count = 1,
                          .order_column = -1};
    struct rows *rows = is_good ? store_query(reader, &query) : NULL;
    struct group_member_row row;
    while (rows && rows_next(rows, &row)) {
        *vec_add(&groups) = arena_copy(into, row.grp);
    }
    is_good = rows_end(rows, e) && is_good;
    for (size_t i = 0; i < groups.n && is_good; i++) {
        where = (struct where){table_column(TABLE_grant, "grp"), WHERE_EQ, 0, groups.at[i]};
        is_good = grants_of(reader, into, &where, now, ret, e);
    }
    vec_close(&groups);
    return is_good;
}

/* A role of another side, one that is gone, and a scope too many give nothing: what fails, fails closed. */
static bool grant_rights(struct store_reader *reader, struct arena *into, const struct person_row *person,
                         const struct grant_row *grant, struct rights *ret, struct err *e)
{
    struct role_row role = {.name = grant->role};
    uint64_t set = 0;
    struct str bad;
    bool found = false;
    if (!store_get(reader, into, TABLE_role, &role, &found, e)) {
        return false;
    }
    if (found && role.side == person->side && permission_set_read(str_of(role.permissions), &set, &bad)) {
        bool is_added = rights_add(ret, grant->system, set & ~side_forbids((enum side)person->side));
        (void)is_added;
    }
    return true;
}

bool person_rights(struct api *api, struct store_reader *reader, const struct person_row *person, struct rights *ret,
                   int64_t *until_ms, struct err *e)
{
    struct arena memory = {0};
    struct grants grants = {0};
    struct rights rights = {0};
    bool is_good = person_grants(api, reader, &memory, person->id, &grants, e);
    for (size_t i = 0; i < grants.list.n && is_good; i++) {
        is_good = grant_rights(reader, &memory, person, &grants.list.at[i], &rights, e);
    }
    if (is_good) {
        *ret = rights;
        *until_ms = grants.until_ms;
    }
    vec_close(&grants.list);
    arena_close(&memory);
    return is_good;
}

/* A token has what it names of what its person has, there. */
static void rights_narrow(struct rights *rights, uint64_t set, const char *system)
{
    set &= ~(UINT64_C(1) << PERMISSION_SELF);
    struct rights narrow = {.everywhere = *system ? 0 : rights->everywhere & set};
    bool is_added = !*system || rights_add(&narrow, system, rights->everywhere & set);
    for (size_t i = 0; i < rights->scope_count; i++) {
        const struct scope *scope = &rights->scopes[i];
        bool is_in = !*system || str_equal(scope->system, system);
        is_added = is_in ? rights_add(&narrow, scope->system, scope->may & set) : is_added;
    }
    (void)is_added; /* never more than there were */
    *rights = narrow;
}

/* ---- secrets ---- */

static bool person_take(struct api *api, struct store_reader *reader, struct arena *into, int64_t id, struct remembered *ret,
                        struct err *e)
{
    struct person_row person = {.id = id};
    struct credential_row credential = {.person = id};
    bool found = false, has_credential = false;
    if (!store_get(reader, into, TABLE_person, &person, &found, e)) {
        return false;
    }
    if (!found || person.is_closed) {
        return err_set(e, ERR_LOGIN_NEEDED, "person");
    }
    if (!person_rights(api, reader, &person, &ret->identity.rights, &ret->rights_until_ms, e) ||
        !store_get(reader, into, TABLE_credential, &credential, &has_credential, e)) {
        return false;
    }
    ret->identity.person = id;
    ret->identity.side = (enum side)person.side;
    ret->identity.must_change = has_credential && credential.must_change;
    return str_copy(ret->identity.name, sizeof(ret->identity.name), person.name) || err_set(e, ERR_INTERNAL, "%s", "name");
}

static bool session_take(struct api *api, struct store_reader *reader, struct arena *into, struct remembered *ret, struct err *e)
{
    struct session_row session = {.key = ret->key};
    bool found = false;
    if (!store_get(reader, into, TABLE_session, &session, &found, e)) {
        return false;
    }
    if (!found) {
        return err_set(e, ERR_LOGIN_NEEDED, "session");
    }
    ret->identity.session = session.id;
    ret->identity.until = (struct instant){session.until_wall_ms};
    ret->seen_wall_ms = session.seen_wall_ms;
    return person_take(api, reader, into, session.person, ret, e);
}

static bool token_take(struct api *api, struct store_reader *reader, struct arena *into, struct remembered *ret, struct err *e)
{
    struct token_row token = {.key = ret->key};
    bool found = false;
    uint64_t set = 0;
    struct str bad;
    if (!store_get(reader, into, TABLE_token, &token, &found, e)) {
        return false;
    }
    if (!found) {
        return err_set(e, ERR_LOGIN_NEEDED, "token");
    }
    if (!person_take(api, reader, into, token.person, ret, e)) {
        return false;
    }
    if (!permission_set_read(str_of(token.permissions), &set, &bad)) {
        set = 0;
    }
    rights_narrow(&ret->identity.rights, set, token.system);
    ret->identity.token = token.id;
    ret->identity.must_change = false;
    ret->identity.until = (struct instant){token.until_wall_ms};
    ret->seen_wall_ms = token.seen_wall_ms;
    return true;
}

static bool find_again(struct api *api, struct remembered *ret, bool is_token, struct err *e)
{
    struct store_reader *reader = NULL;
    struct arena memory = {0};
    ret->generation = engine_people_generation(api->config.engine);
    if (!api_reader_take(api, &reader, e)) {
        return false;
    }
    bool is_good = (is_token ? token_take : session_take)(api, reader, &memory, ret, e);
    api_reader_give(api, reader);
    arena_close(&memory);
    return is_good;
}

static void touched(void *data, const struct act_result *result)
{
    (void)data;
    (void)result; /* told again in a minute */
}

static void touch(struct api *api, const struct remembered *known)
{
    struct act act = act_make(ACT_SESSION_TOUCH);
    struct err ignored;
    act.actor = known->identity.name;
    act.secret = known->key;
    bool is_asked = engine_submit(api->config.engine, &act, touched, NULL, &ignored);
    (void)is_asked;
}

static struct remembered *place_of(struct api *api, const char *key)
{
    return &api->identities->list[hash_bytes(key, HEX_DIGITS) % REMEMBERED];
}

static bool recall(struct api *api, const char *key, struct remembered *ret)
{
    (void)pthread_mutex_lock(&api->identities->lock);
    const struct remembered *known = place_of(api, key);
    bool is_known = str_equal(known->key, key);
    if (is_known) {
        *ret = *known;
    }
    (void)pthread_mutex_unlock(&api->identities->lock);
    return is_known && ret->generation == engine_people_generation(api->config.engine) && api_now(api).ms < ret->rights_until_ms;
}

static void remember(struct api *api, const struct remembered *known)
{
    (void)pthread_mutex_lock(&api->identities->lock);
    *place_of(api, known->key) = *known;
    (void)pthread_mutex_unlock(&api->identities->lock);
}

static bool identity_find(struct api *api, struct str secret, bool is_token, struct identity *ret, struct err *e)
{
    struct remembered known = {.generation = -1};
    char key[HEX_DIGITS + 1];
    secret_hash(secret, key);
    bool is_recalled = recall(api, key, &known) && (known.identity.token != 0) == is_token;
    if (!is_recalled) {
        known = (struct remembered){.seen_wall_ms = 0};
        (void)str_copy(known.key, sizeof(known.key), key);
        if (!find_again(api, &known, is_token, e)) {
            return false;
        }
    }
    int64_t now_ms = clock_wall().ms, idle_ms = engine_setting(api->config.engine, SETTING_SESSION_IDLE) * MINUTE_MS;
    if (now_ms >= known.identity.until.ms || (!is_token && now_ms - known.seen_wall_ms >= idle_ms)) {
        return err_set(e, ERR_LOGIN_NEEDED, is_token ? "token" : "session");
    }
    bool is_stale = now_ms - known.seen_wall_ms >= (is_token ? TOKEN_TOUCH_MS : TOUCH_MS);
    if (is_stale) {
        known.seen_wall_ms = now_ms;
        touch(api, &known);
    }
    if (!is_recalled || is_stale) {
        remember(api, &known);
    }
    *ret = known.identity;
    ret->rights_until_ms = known.rights_until_ms;
    return true;
}

bool identity_of_session(struct api *api, struct str cookie, struct identity *ret, struct err *e)
{
    if (!identity_find(api, cookie, false, ret, e)) {
        return false;
    }
    CLEANUP(strbuf_close) struct strbuf text = {0};
    strbuf_printf(&text, "csrf " STR_FMT, STR_ARG(cookie));
    secret_hash((struct str){strbuf_str(&text), text.n}, ret->csrf);
    return true;
}

bool identity_of_token(struct api *api, struct str token, struct identity *ret, struct err *e)
{
    return identity_find(api, token, true, ret, e);
}
