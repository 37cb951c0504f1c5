/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts_login - credentials, sessions, tokens, one-time links. Secrets come as hashes or sealed and are KEPT rows: the
 * journal tells who did what, never with what. Their times are the machine clock's (decisions §1).
 */
#include <inttypes.h>
#include <string.h>

#include "engine/people_priv.h"

enum { HASH_HEX = 64 };

static bool hash_valid(struct act_call *call)
{
    const char *hash = call->act->secret;
    bool is_good = strlen(hash) == HASH_HEX && strspn(hash, "0123456789abcdef") == HASH_HEX;
    return is_good || err_set(call->err, ERR_INTERNAL, "%s", act_name(call->act->act));
}

/* ---- credentials ---- */

static struct credential_row credential_now(struct engine *engine, int64_t person)
{
    const struct credential_row *row = credential_of(engine, person);
    return row ? *row : (struct credential_row){.person = person, .password = "", .totp_secret = "", .recovery = ""};
}

static void password_put(struct engine *engine, int64_t person, const char *argon2, bool must_change)
{
    struct credential_row row = credential_now(engine, person);
    row.password = argon2;
    row.must_change = must_change;
    row.changed_wall_ms = engine->wall.ms;
    people_put(engine, TABLE_credential, &row);
}

bool act_password_set(struct act_call *call)
{
    const struct person_row *person = NULL;
    if (!person_get_id(call, call->act->number, &person)) {
        return false;
    }
    password_put(call->engine, person->id, call->act->secret, call->act->is_on);
    invitations_end(call->engine, person->id); /* a link that lies about would undo it */
    return true;
}

bool act_totp_set(struct act_call *call)
{
    const struct person_row *person = NULL;
    if (!person_get_id(call, call->act->number, &person)) {
        return false;
    }
    bool is_removal = call->act->act == ACT_TOTP_REMOVE;
    struct credential_row row = credential_now(call->engine, person->id);
    row.totp_secret = is_removal ? "" : call->act->secret;
    row.recovery = is_removal ? "" : call->act->text;
    row.totp_step = 0;
    people_put(call->engine, TABLE_credential, &row);
    return true;
}

bool act_totp_step(struct act_call *call)
{
    const struct person_row *person = NULL;
    if (!person_get_id(call, call->act->number, &person)) {
        return false;
    }
    struct credential_row row = credential_now(call->engine, person->id);
    if (call->act->at.ms <= row.totp_step) {
        return err_set(call->err, ERR_LOGIN_CODE, "%s", "");
    }
    row.totp_step = call->act->at.ms;
    people_put(call->engine, TABLE_credential, &row);
    return true;
}

bool act_recovery_take(struct act_call *call)
{
    const struct person_row *person = NULL;
    if (!hash_valid(call) || !person_get_id(call, call->act->number, &person)) {
        return false;
    }
    struct credential_row row = credential_now(call->engine, person->id);
    CLEANUP(strbuf_close) struct strbuf left = {0};
    struct str rest = str_of(row.recovery), code;
    bool is_there = false;
    while (rest.n) {
        (void)str_cut(rest, ' ', &code, &rest);
        if (str_is(code, call->act->secret)) {
            is_there = true;
        } else if (code.n) {
            strbuf_printf(&left, "%s" STR_FMT, left.n ? " " : "", STR_ARG(code));
        }
    }
    if (!is_there) {
        return err_set(call->err, ERR_LOGIN_CODE, "%s", "");
    }
    row.recovery = strbuf_str(&left);
    people_put(call->engine, TABLE_credential, &row);
    return true;
}

/* ---- sessions ---- */

void logins_end(struct engine *engine, int64_t person, int64_t except)
{
    for (size_t i = people_count(engine, session); i-- > 0;) {
        const struct session_row *row = people_at(engine, session, i);
        if (row->person == person && row->id != except) {
            people_remove(engine, TABLE_session, row);
        }
    }
}

/* What has ended by itself goes when somebody logs in; of one person's many the oldest gives way. */
static void sessions_thin(struct engine *engine, int64_t person)
{
    size_t count = 0;
    for (size_t i = people_count(engine, session); i-- > 0;) { /* newest last */
        const struct session_row *row = people_at(engine, session, i);
        bool is_over = row->until_wall_ms <= engine->wall.ms;
        count += row->person == person && !is_over;
        if (is_over || (row->person == person && count >= SESSIONS_OF_PERSON_MAX)) {
            people_remove(engine, TABLE_session, row);
        }
    }
}

bool act_session_open(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    const struct person_row *person = NULL;
    if (!hash_valid(call) || !person_get_id(call, act->number, &person)) {
        return false;
    }
    sessions_thin(engine, person->id);
    struct session_row row = {.key = act->secret, .id = engine->w.people->next_session++, .person = person->id,
                              .made_wall_ms = engine->wall.ms, .seen_wall_ms = engine->wall.ms,
                              .until_wall_ms = act->until.ms, .address = act->text2, .browser = act->text};
    people_put(engine, TABLE_session, &row);
    call->entity = arena_printf(&engine->turn, "session/%" PRId64 "/%s", row.id, person->name);
    json_number(&call->json, "id", row.id);
    return true;
}

bool act_session_touch(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct session_row *session = session_keyed(engine, call->act->secret);
    if (session) {
        struct session_row row = *session;
        row.seen_wall_ms = engine->wall.ms;
        people_put(engine, TABLE_session, &row);
        return true;
    }
    for (size_t i = 0; i < people_count(engine, token); i++) {
        struct token_row row = *people_at(engine, token, i);
        if (strcmp(row.key, call->act->secret) == 0) {
            row.seen_wall_ms = engine->wall.ms;
            people_put(engine, TABLE_token, &row);
            break;
        }
    }
    return true; /* it may have ended meanwhile */
}

static bool is_whose(struct act_call *call, int64_t owner)
{
    const struct person_row *person = person_numbered(call->engine, owner);
    return !call->act->person[0] || (person && strcmp(person->name, call->act->person) == 0);
}

bool act_session_end(struct act_call *call)
{
    struct engine *engine = call->engine;
    for (size_t i = 0; i < people_count(engine, session); i++) {
        const struct session_row *row = people_at(engine, session, i);
        if (row->id == call->act->number && is_whose(call, row->person)) {
            const struct person_row *person = person_numbered(engine, row->person);
            call->entity = arena_printf(&engine->turn, "session/%" PRId64 "/%s", row->id, person ? person->name : "?");
            people_remove(engine, TABLE_session, row);
            return true;
        }
    }
    return err_set(call->err, ERR_NOT_FOUND, "session" ARG "%" PRId64, call->act->number);
}

bool act_sessions_end(struct act_call *call)
{
    const struct person_row *person = NULL;
    if (!person_get(call, call->act->person, true, &person)) {
        return false;
    }
    logins_end(call->engine, person->id, call->act->number);
    return true;
}

/* ---- tokens ---- */

void tokens_end(struct engine *engine, int64_t person)
{
    for (size_t i = people_count(engine, token); i-- > 0;) {
        const struct token_row *row = people_at(engine, token, i);
        if (row->person == person) {
            people_remove(engine, TABLE_token, row);
        }
    }
}

bool act_token_make(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    const struct person_row *person = NULL;
    uint64_t set = 0;
    struct str bad;
    size_t count = 0;
    int64_t days = act->number ? act->number : 90;
    if (!hash_valid(call) || !person_get(call, act->person, false, &person)) {
        return false;
    }
    if (!permission_set_read(str_of(act->cls), &set, &bad)) {
        return err_set(call->err, ERR_ARGUMENT, "permissions" ARG STR_FMT, STR_ARG(bad));
    }
    if (days < 1 || days > TOKEN_DAYS_MAX || !act->text[0] || strlen(act->text) > LABEL_BYTES_MAX) {
        return err_set(call->err, ERR_ARGUMENT, "%s" ARG "%" PRId64, days < 1 || days > TOKEN_DAYS_MAX ? "days" : "name", days);
    }
    if (strlen(act->system) > SYSTEM_BYTES_MAX || strpbrk(act->system, "/*?")) {
        return err_set(call->err, ERR_GRANT_SYSTEM, "%.60s", act->system);
    }
    for (size_t i = 0; i < people_count(engine, token); i++) {
        count += people_at(engine, token, i)->person == person->id;
    }
    if (count >= TOKENS_OF_PERSON_MAX) {
        return err_set(call->err, ERR_TOO_MANY_OWN, "token" ARG "%d", TOKENS_OF_PERSON_MAX);
    }
    struct token_row row = {.key = act->secret, .id = engine->w.people->next_token++, .person = person->id, .name = act->text,
                            .permissions = act->cls, .system = act->system, .made_wall_ms = engine->wall.ms,
                            .until_wall_ms = engine->wall.ms + days * 86400000};
    people_put(engine, TABLE_token, &row);
    call->entity = arena_printf(&engine->turn, "token/%" PRId64 "/%s", row.id, person->name);
    json_number(&call->json, "id", row.id);
    return true;
}

bool act_token_revoke(struct act_call *call)
{
    struct engine *engine = call->engine;
    for (size_t i = 0; i < people_count(engine, token); i++) {
        const struct token_row *row = people_at(engine, token, i);
        if (row->id == call->act->number && is_whose(call, row->person)) {
            const struct person_row *person = person_numbered(engine, row->person);
            call->entity = arena_printf(&engine->turn, "token/%" PRId64 "/%s", row->id, person ? person->name : "?");
            people_remove(engine, TABLE_token, row);
            return true;
        }
    }
    return err_set(call->err, ERR_NOT_FOUND, "token" ARG "%" PRId64, call->act->number);
}

/* ---- one-time links ---- */

void invitations_end(struct engine *engine, int64_t person)
{
    for (size_t i = people_count(engine, invitation); i-- > 0;) {
        const struct invitation_row *row = people_at(engine, invitation, i);
        if (row->person == person || row->until_wall_ms <= engine->wall.ms) {
            people_remove(engine, TABLE_invitation, row);
        }
    }
}

/* A link for somebody who has a password, or who decides for the client, is that person's name in the bearer's hand: across the
 * sides only root's. */
static bool may_invite(struct act_call *call, const struct person_row *person)
{
    const struct person_row *asker = person_named(call->engine, call->act->actor);
    const struct credential_row *credential = credential_of(call->engine, person->id);
    bool is_across = asker && asker->side != person->side;
    bool is_somebody = (credential && credential->password[0]) || person_decides(call->engine, person->id);
    return !is_across || !is_somebody || err_set(call->err, ERR_INVITE_SIDE, "%s", person->name);
}

bool act_invitation_make(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    const struct person_row *person = NULL;
    enum invitation_kind kind = INVITATION_FIRST;
    if (!hash_valid(call) || !invitation_kind_read(str_of(act->kind), &kind)) {
        return call->err->code != ERR_NONE ? false : err_set(call->err, ERR_ARGUMENT, "kind" ARG "%.40s", act->kind);
    }
    if (kind != INVITATION_FIRST && (!person_get(call, act->person, false, &person) || !may_invite(call, person))) {
        return false;
    }
    if (kind == INVITATION_FIRST && people_count(engine, person) > 0) {
        return err_set(call->err, ERR_LINK_SPENT, "%s", act->kind);
    }
    invitations_end(engine, person ? person->id : 0); /* a new link takes the old one's place */
    struct invitation_row row = {.key = act->secret, .person = person ? person->id : 0, .kind = kind,
                                 .until_wall_ms = engine->wall.ms + INVITATION_HOURS * 3600000};
    people_put(engine, TABLE_invitation, &row);
    call->entity = person ? person_entity(engine, person->name) : "person/first";
    json_text(&call->json, "person", person ? person->name : "");
    json_text(&call->json, "kind", act->kind);
    return true;
}

static bool first_person(struct act_call *call, const struct person_row **ret)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    if (people_count(engine, person) > 0) {
        return err_set(call->err, ERR_LINK_SPENT, "first");
    }
    struct person_row wanted = {.name = act->person, .title = act->text[0] ? act->text : act->person, .side = SIDE_CONTRACTOR,
                                .mail = ""};
    if (!person_new(call, &wanted, ret)) {
        return false;
    }
    grant_new(engine, &(struct grant_row){.person = (*ret)->id, .grp = "", .role = "administrator", .system = "",
                                          .from_ms = engine->now.ms, .actor = act->actor});
    return true;
}

bool act_invitation_take(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    const struct person_row *person = NULL;
    const struct invitation_row *found = NULL;
    for (size_t i = 0; i < people_count(engine, invitation) && !found; i++) {
        const struct invitation_row *row = people_at(engine, invitation, i);
        found = strcmp(row->key, act->secret) == 0 ? row : NULL;
    }
    if (!found || found->until_wall_ms <= engine->wall.ms) {
        return err_set(call->err, ERR_LINK_SPENT, "-");
    }
    enum invitation_kind kind = (enum invitation_kind)found->kind;
    if (kind != INVITATION_LOGIN && !act->text2[0]) {
        return err_set(call->err, ERR_FIELD_MISSING, "password");
    }
    if (kind == INVITATION_FIRST ? !first_person(call, &person) : !person_get_id(call, found->person, &person)) {
        return false;
    }
    int64_t id = person->id;
    invitations_end(engine, kind == INVITATION_FIRST ? 0 : id);
    logins_end(engine, id, 0);
    if (kind != INVITATION_LOGIN) {
        password_put(engine, id, act->text2, false);
    }
    json_number(&call->json, "id", id);
    return true;
}
