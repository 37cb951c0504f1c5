/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_people - persons, roles, grants, groups, tokens, the division of work; and who is logged in.
 *
 * These lists are as long as a department: they come whole.
 */
#include "api/api_priv.h"

#include "os/clock.h"

/* What the rows of these tables refer to: names of persons. */
static bool person_name(struct call *call, struct map *names, int64_t id, const char **ret, struct err *e)
{
    *ret = id ? map_get_id(names, (uint64_t)id) : "";
    if (*ret) {
        return true;
    }
    struct person_row row = {.id = id};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_person, &row, &found, e)) {
        return false;
    }
    *ret = found ? row.name : "?";
    (void)map_put_id(names, (uint64_t)id, arena_copy(call->into, *ret));
    return true;
}

static void words_list(struct json *j, const char *key, uint64_t set)
{
    json_list(j, key);
    for (int i = 0; i < PERMISSIONS; i++) {
        if (permission_has(set, (enum permission)i)) {
            json_text(j, NULL, permission_name((enum permission)i));
        }
    }
    json_end(j);
}

static uint64_t words_set(const char *words)
{
    uint64_t set = 0;
    struct str bad;
    return permission_set_read(str_of(words), &set, &bad) ? set : 0;
}

/* A title that the journal or a list shows in both languages. */
static void title_both(struct json *j, const char *key, const char *ja, const char *en)
{
    json_open(j, key);
    json_text(j, "ja", ja);
    json_text(j, "en", en);
    json_end(j);
}

/* ---- who is logged in ---- */

static bool roles_print(struct api *api, struct store_reader *reader, struct arena *arena, const struct identity *identity,
                        struct json *j, struct err *e)
{
    struct grants grants = {0};
    bool is_good = person_grants(api, reader, arena, identity->person, &grants, e);
    json_list(j, "roles");
    for (size_t i = 0; i < grants.list.n && is_good; i++) {
        struct role_row role = {.name = grants.list.at[i].role};
        bool found = false;
        is_good = store_get(reader, arena, TABLE_role, &role, &found, e);
        if (is_good && found && role.side == identity->side) {
            json_open(j, NULL);
            json_text(j, "role", role.name);
            json_text(j, "ja", role.title_ja);
            json_text(j, "en", role.title_en);
            json_text(j, "system", *grants.list.at[i].system ? grants.list.at[i].system : NULL);
            json_end(j);
        }
    }
    json_end(j);
    vec_close(&grants.list);
    return is_good;
}

static void rights_print(const struct identity *identity, struct json *j)
{
    uint64_t own = (UINT64_C(1) << PERMISSION_OPEN) | (identity->session ? UINT64_C(1) << PERMISSION_SELF : 0);
    words_list(j, "permissions", identity->rights.everywhere | own);
    json_list(j, "systems");
    for (size_t i = 0; i < identity->rights.scope_count; i++) {
        json_open(j, NULL);
        json_text(j, "system", identity->rights.scopes[i].system);
        words_list(j, "permissions", identity->rights.scopes[i].may);
        json_end(j);
    }
    json_end(j);
}

bool identity_print(struct api *api, struct arena *arena, const struct identity *identity, struct strbuf *into, struct err *e)
{
    struct store_reader *reader = NULL;
    struct login_facts facts;
    struct json j = {.into = into};
    if (!login_facts_of(api, arena, identity->person, &facts, e) || !api_reader_take(api, &reader, e)) {
        return false;
    }
    json_open(&j, NULL);
    json_number(&j, "person", identity->person);
    json_text(&j, "name", identity->name);
    json_text(&j, "title", facts.title);
    json_text(&j, "side", side_word(identity->side));
    title_both(&j, "side_text", side_name(identity->side, LANG_JA), side_name(identity->side, LANG_EN));
    bool is_good = roles_print(api, reader, arena, identity, &j, e);
    api_reader_give(api, reader);
    rights_print(identity, &j);
    json_text(&j, "csrf", identity->csrf);
    json_bool(&j, "must_change", identity->must_change);
    json_bool(&j, "has_totp", *facts.totp_secret != '\0');
    json_instant(&j, "session_until", identity->until, zone_offset_sec(api->zone, identity->until) / 60);
    json_bool(&j, "is_made_up_clock", api->config.clock && api->config.clock->is_simulated);
    json_end(&j);
    return is_good;
}

/* ---- persons and roles ---- */

static bool credential_answer(struct call *call, int64_t person, struct err *e)
{
    struct credential_row row = {.person = person};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_credential, &row, &found, e)) {
        return false;
    }
    json_bool(&call->json, "has_password", found && *row.password);
    json_bool(&call->json, "has_totp", found && *row.totp_secret);
    return true;
}

static bool person_answer(struct call *call, const struct person_row *row, struct err *e)
{
    struct json *j = &call->json;
    struct grants grants = {0};
    json_open(j, NULL);
    json_number(j, "id", row->id);
    json_text(j, "name", row->name);
    json_text(j, "title", row->title);
    json_text(j, "side", side_word((enum side)row->side));
    json_bool(j, "is_account", row->is_account != 0);
    json_bool(j, "is_closed", row->is_closed != 0);
    json_text(j, "mail", row->mail);
    answer_instant(call, "made", row->made_ms);
    json_text(j, "made_by", row->made_by);
    bool is_good = credential_answer(call, row->id, e) && person_grants(call->api, call->reader, call->into, row->id, &grants, e);
    json_list(j, "roles");
    for (size_t i = 0; i < grants.list.n; i++) {
        const struct grant_row *grant = &grants.list.at[i];
        json_text(j, NULL, *grant->system ? arena_printf(call->into, "%s@%s", grant->role, grant->system) : grant->role);
    }
    json_end(j);
    json_end(j);
    vec_close(&grants.list);
    return is_good;
}

bool read_persons(struct call *call, struct err *e)
{
    struct query query = {.table = TABLE_person, .order_column = -1};
    VEC(struct person_row) persons = {0};
    struct person_row row;
    struct rows *rows = store_query(call->reader, &query);
    while (rows_next(rows, &row)) {
        struct person_row *kept = vec_add(&persons);
        *kept = row;
        kept->name = arena_copy(call->into, row.name);
        kept->title = arena_copy(call->into, row.title);
        kept->mail = arena_copy(call->into, row.mail);
        kept->made_by = arena_copy(call->into, row.made_by);
    }
    bool is_good = answer_rows_end(rows, e);
    answer_list_open(call);
    for (size_t i = 0; i < persons.n && is_good; i++) {
        bool is_wanted = call_bool(call, "closed") || !persons.at[i].is_closed;
        is_good = !is_wanted || person_answer(call, &persons.at[i], e);
    }
    answer_list_close(call, NULL);
    vec_close(&persons);
    return is_good;
}

bool read_roles(struct call *call, struct err *e)
{
    struct query query = {.table = TABLE_role, .order_column = -1};
    struct rows *rows = store_query(call->reader, &query);
    struct role_row row;
    answer_list_open(call);
    while (rows_next(rows, &row)) {
        struct json *j = &call->json;
        json_open(j, NULL);
        json_text(j, "name", row.name);
        json_text(j, "side", side_word((enum side)row.side));
        title_both(j, "title", row.title_ja, row.title_en);
        json_text(j, "title_ja", row.title_ja);
        json_text(j, "title_en", row.title_en);
        words_list(j, "permissions", words_set(row.permissions));
        json_text(j, "words", row.permissions);
        json_text(j, "source", row.source);
        json_end(j);
    }
    answer_list_close(call, NULL);
    return answer_rows_end(rows, e);
}

bool read_grants(struct call *call, struct err *e)
{
    struct query query = {.table = TABLE_grant, .order_column = -1};
    struct map names = {0};
    struct grant_row row;
    int64_t now_ms = api_now(call->api).ms;
    bool is_good = true, with_ended = call_bool(call, "ended");
    const char *of = call_text(call, "person"), *name = "";
    struct rows *rows = store_query(call->reader, &query);
    answer_list_open(call);
    while (is_good && rows_next(rows, &row)) {
        bool is_over = row.until_ms && row.until_ms <= now_ms;
        struct json *j = &call->json;
        is_good = person_name(call, &names, row.person, &name, e);
        if (!is_good || (is_over && !with_ended) || (of && !str_equal(of, name))) {
            continue;
        }
        json_open(j, NULL);
        json_number(j, "id", row.id);
        json_text(j, "person", name);
        json_text(j, "group", row.grp);
        json_text(j, "role", row.role);
        json_text(j, "system", row.system);
        answer_instant(call, "from", row.from_ms);
        answer_instant(call, "until", row.until_ms);
        json_bool(j, "is_now", row.from_ms <= now_ms && !is_over);
        json_text(j, "actor", row.actor);
        json_end(j);
    }
    answer_list_close(call, NULL);
    map_close(&names);
    return rows_end(rows, e) && is_good;
}

bool read_groups(struct call *call, struct err *e)
{
    struct query query = {.table = TABLE_group_member, .order_column = -1};
    struct map names = {0};
    struct group_member_row row;
    bool is_good = true;
    const char *name = "";
    struct rows *rows = store_query(call->reader, &query);
    answer_list_open(call);
    while (is_good && rows_next(rows, &row)) {
        const char *group = arena_copy(call->into, row.grp);
        is_good = person_name(call, &names, row.person, &name, e);
        json_open(&call->json, NULL);
        json_text(&call->json, "group", group);
        json_text(&call->json, "person", name);
        json_end(&call->json);
    }
    answer_list_close(call, NULL);
    map_close(&names);
    return rows_end(rows, e) && is_good;
}

/* ---- tokens: one's own; all of them over the socket, another's for who administers people ---- */

static bool token_wanted(struct call *call, const char **ret, struct err *e)
{
    const struct identity *identity = call->request->caller.identity;
    const char *of = call_text(call, "person");
    *ret = of ? of : identity ? identity->name : NULL;
    bool is_own = !identity || !of || str_equal(of, identity->name);
    return is_own || api_allow(&call->request->caller, PERMISSION_PEOPLE, "", call->request->operation->name, e);
}

bool read_tokens(struct call *call, struct err *e)
{
    struct query query = {.table = TABLE_token, .order_column = -1};
    struct map names = {0};
    struct token_row row;
    const char *of = NULL, *name = "";
    bool is_good = token_wanted(call, &of, e);
    if (!is_good) {
        return false;
    }
    struct rows *rows = store_query(call->reader, &query);
    answer_list_open(call);
    while (is_good && rows_next(rows, &row)) {
        struct json *j = &call->json;
        is_good = person_name(call, &names, row.person, &name, e);
        if (!is_good || (of && !str_equal(of, name))) {
            continue;
        }
        json_open(j, NULL);
        json_number(j, "id", row.id);
        json_text(j, "person", name);
        json_text(j, "name", row.name);
        json_text(j, "permissions", row.permissions);
        json_text(j, "system", row.system);
        answer_instant(call, "made", row.made_wall_ms);
        answer_instant(call, "seen", row.seen_wall_ms);
        answer_instant(call, "until", row.until_wall_ms);
        json_bool(j, "is_over", row.until_wall_ms <= clock_wall().ms);
        json_end(j);
    }
    answer_list_close(call, NULL);
    map_close(&names);
    return rows_end(rows, e) && is_good;
}

bool read_raci(struct call *call, struct err *e)
{
    (void)e;
    size_t n = 0;
    const struct raci_row *rows = raci_rows(&n);
    answer_list_open(call);
    for (size_t i = 0; i < n; i++) {
        const struct {
            const char *key;
            enum part part;
        } parts[] = {{"client", rows[i].client}, {"contractor", rows[i].contractor}, {"infra_vendor", rows[i].infra_vendor}};
        json_open(&call->json, NULL);
        json_text(&call->json, "work", rows[i].name);
        json_text(&call->json, "title", rows[i].title[LANG_JA]);
        json_text(&call->json, "title_en", rows[i].title[LANG_EN]);
        for (size_t p = 0; p < COUNT(parts); p++) {
            json_text(&call->json, parts[p].key, part_word(parts[p].part));
            json_text(&call->json, arena_printf(call->into, "%s_sign", parts[p].key), part_sign(parts[p].part));
        }
        json_end(&call->json);
    }
    answer_list_close(call, NULL);
    return true;
}
