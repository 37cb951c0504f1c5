/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_people - acts on people: who may not do what, what ends with what, and that no secret is journaled.
 */
#include "tests/engine/kit.h"

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HASH_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static struct stage s;

static int open_stage(void **state)
{
    (void)state;
    stage_open(&s, &(struct stage_options){.with_hash = true});
    return 0;
}

static int close_stage(void **state)
{
    (void)state;
    stage_check(&s); /* the journal replays to the tables */
    stage_close(&s);
    return 0;
}

static struct act by(enum act_kind kind, const char *actor)
{
    struct act act = act_make(kind);
    act.actor = actor;
    act.via = "web@192.0.2.7";
    act.reason = "試験";
    return act;
}

static void add(const char *name, const char *side)
{
    struct act act = by(ACT_PERSON_ADD, "root");
    act.person = name;
    act.kind = side;
    stage_do(&s, act);
}

static struct act grant(const char *actor, const char *person, const char *role, const char *system)
{
    struct act act = by(ACT_GRANT_ADD, actor);
    act.person = person;
    act.role = role;
    act.system = system;
    return act;
}

static struct act on_person(enum act_kind kind, const char *actor, const char *person)
{
    struct act act = by(kind, actor);
    act.person = person;
    return act;
}

static struct act secret_act(enum act_kind kind, int64_t number, const char *secret)
{
    struct act act = by(kind, "desk");
    act.number = number;
    act.secret = secret;
    return act;
}

static int64_t answered_id(void)
{
    const char *at = strstr(s.json, "\"id\":");
    int64_t id = 0;
    assert_non_null(at);
    assert_true(str_to_i64((struct str){at + 5, strspn(at + 5, "0123456789")}, 1, INT64_MAX, &id));
    return id;
}

/* Rows of the stream "desk" with that operation; every text of every row and body goes by `holds`. */
static int journal_count(const char *operation, const char *never)
{
    struct store_reader *reader = NULL;
    struct err e = {0};
    int count = 0;
    assert_true(store_reader_open(s.store, &reader, &e));
    struct rows *rows = store_journal(reader, &(struct journal_query){.stream = "desk", .with_bodies = true});
    struct journal_row row;
    while (journal_next(rows, &row)) {
        count += str_equal(row.entry.operation, operation);
        if (never) {
            assert_null(memmem(row.body.at ? row.body.at : "", row.body.n, never, strlen(never)));
            assert_null(strstr(row.entry.entity, never));
        }
    }
    assert_true(rows_end(rows, &e));
    store_reader_close(reader);
    return count;
}

/* ---- */

static void a_new_store_gets_its_roles_once(void **state)
{
    (void)state;
    add("desk", "contractor");
    add("client", "client");
    assert_int_equal(journal_count("role.seed", NULL), 1);
    assert_int_equal(stage_count(&s, TABLE_role, NULL, 0), 14);
    stage_server_down(&s);
    stage_server_up(&s);
    add("other", "client");
    assert_int_equal(journal_count("role.seed", NULL), 1);
    assert_int_equal(stage_count(&s, TABLE_person, NULL, 0), 3);
}

static void names_are_plain_and_given_once(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "a", "Root", "root", "system", "9lives", "a b", "agent:x", "uid:7", "名前", "a/b",
                                      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    add("desk", "contractor");
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct act act = on_person(ACT_PERSON_ADD, "root", bad[i]);
        act.kind = "contractor";
        (void)stage_refuses(&s, act, "BNT0727-E");
    }
    struct act again = on_person(ACT_PERSON_ADD, "root", "desk");
    again.kind = "client";
    (void)stage_refuses(&s, again, "BNT0726-E");
}

static void nobody_widens_his_own_rights(void **state)
{
    (void)state;
    add("chief", "contractor");
    add("helper", "contractor");
    stage_do(&s, grant("root", "chief", "administrator", ""));
    (void)stage_refuses(&s, grant("chief", "chief", "operator", ""), "BNT0729-E");
    struct act join = on_person(ACT_GROUP_JOIN, "chief", "chief");
    join.group = "night";
    (void)stage_refuses(&s, join, "BNT0729-E");
    join = on_person(ACT_GROUP_JOIN, "root", "chief");
    join.group = "night";
    stage_do(&s, join);
    struct act to_group = grant("chief", "", "operator", "");
    to_group.group = "night";
    (void)stage_refuses(&s, to_group, "BNT0729-E"); /* also not by a group one is in */
    struct act wider = by(ACT_ROLE_CHANGE, "chief");
    wider.role = "administrator";
    wider.text = "look people admin operate";
    (void)stage_refuses(&s, wider, "BNT0729-E");
    wider.role = "operator";
    stage_do(&s, wider);
    stage_do(&s, grant("chief", "helper", "operator", "KSK"));
}

static void a_role_goes_to_its_own_side(void **state)
{
    (void)state;
    add("desk", "contractor");
    add("client", "client");
    (void)stage_refuses(&s, grant("root", "desk", "client-director", ""), "BNT0732-E");
    (void)stage_refuses(&s, grant("root", "client", "operator", ""), "BNT0732-E");
    stage_do(&s, grant("root", "client", "client-operator", "KSK"));
    (void)stage_refuses(&s, grant("root", "client", "client-operator", "K*"), "BNT0733-E");
    (void)stage_refuses(&s, grant("root", "nobody", "operator", ""), "BNT0103-E");
}

static void somebody_can_always_administer_people(void **state)
{
    (void)state;
    add("chief", "contractor");
    add("second", "contractor");
    stage_do(&s, grant("root", "chief", "administrator", ""));
    int64_t first = answered_id();
    struct act end = by(ACT_GRANT_END, "root");
    end.number = first;
    (void)stage_refuses(&s, end, "BNT0728-E");
    (void)stage_refuses(&s, on_person(ACT_PERSON_CLOSE, "root", "chief"), "BNT0728-E");
    struct act narrower = by(ACT_ROLE_CHANGE, "root");
    narrower.role = "administrator";
    narrower.text = "look admin";
    (void)stage_refuses(&s, narrower, "BNT0728-E");
    stage_do(&s, grant("root", "second", "administrator", "KSK")); /* for one system: does not count */
    (void)stage_refuses(&s, end, "BNT0728-E");
    struct act join = on_person(ACT_GROUP_JOIN, "root", "second");
    join.group = "chiefs";
    stage_do(&s, join);
    struct act to_group = grant("root", "", "administrator", "");
    to_group.group = "chiefs";
    stage_do(&s, to_group);
    stage_do(&s, end);
    join.act = ACT_GROUP_LEAVE;
    (void)stage_refuses(&s, join, "BNT0728-E");
    stage_do(&s, on_person(ACT_PERSON_CLOSE, "root", "chief"));
}

static void a_grant_that_has_run_out_does_not_count(void **state)
{
    (void)state;
    add("chief", "contractor");
    struct act act = grant("root", "chief", "administrator", "");
    act.until = stage_instant(&s, "22:00");
    stage_do(&s, act);
    (void)stage_refuses(&s, on_person(ACT_PERSON_CLOSE, "root", "chief"), "BNT0728-E");
    stage_until(&s, "22:30");
    stage_do(&s, on_person(ACT_PERSON_CLOSE, "root", "chief")); /* there was none left to lose */
    act.until = stage_instant(&s, "21:00");
    stage_do(&s, on_person(ACT_PERSON_REOPEN, "root", "chief"));
    (void)stage_refuses(&s, act, "BNT0101-E");
}

static void what_is_secret_is_not_in_the_journal(void **state)
{
    (void)state;
    add("desk", "contractor");
    int64_t desk = answered_id();
    struct act password = secret_act(ACT_PASSWORD_SET, desk, "$argon2id$v=19$SECRETTEXT");
    stage_do(&s, password);
    stage_do(&s, secret_act(ACT_TOTP_SET, desk, "SEALED-SECRET"));
    struct act session = secret_act(ACT_SESSION_OPEN, desk, HASH_A);
    session.until = (struct instant){INT64_MAX};
    stage_do(&s, session);
    struct act token = secret_act(ACT_TOKEN_MAKE, 30, HASH_B);
    token.person = "desk";
    token.text = "monitor";
    token.cls = "look";
    stage_do(&s, token);
    struct act link = secret_act(ACT_INVITATION_MAKE, 0, HASH_C);
    link.person = "desk";
    link.kind = "invite";
    stage_do(&s, link);
    assert_int_equal(journal_count("credential.set", "SECRETTEXT"), 1);
    assert_int_equal(journal_count("totp.set", "SEALED"), 1);
    assert_int_equal(journal_count("session.open", "aaaaaaaa"), 1);
    assert_int_equal(journal_count("token.make", "bbbbbbbb"), 1);
    assert_int_equal(journal_count("invitation.make", "cccccccc"), 1);
    int before = journal_count("", NULL);
    stage_do(&s, secret_act(ACT_SESSION_TOUCH, 0, HASH_A)); /* kept awake: not worth a line */
    assert_int_equal(journal_count("session.touch", NULL), 0);
    assert_int_equal(journal_count("", NULL), before);
}

static void a_person_who_is_closed_is_out_at_once(void **state)
{
    (void)state;
    add("desk", "contractor");
    int64_t desk = answered_id();
    stage_do(&s, secret_act(ACT_SESSION_OPEN, desk, HASH_A));
    struct act token = secret_act(ACT_TOKEN_MAKE, 0, HASH_B);
    token.person = "desk";
    token.text = "monitor";
    token.cls = "look";
    stage_do(&s, token);
    stage_do(&s, on_person(ACT_PERSON_CLOSE, "root", "desk"));
    assert_int_equal(stage_count(&s, TABLE_session, NULL, 0), 0);
    assert_int_equal(stage_count(&s, TABLE_token, NULL, 0), 0);
    (void)stage_refuses(&s, secret_act(ACT_SESSION_OPEN, desk, HASH_A), "BNT0731-E");
}

static void a_link_is_taken_once_even_in_one_turn(void **state)
{
    (void)state;
    struct act make = secret_act(ACT_INVITATION_MAKE, 0, HASH_A);
    make.kind = "first";
    stage_do(&s, make);
    struct act take = secret_act(ACT_INVITATION_TAKE, 0, HASH_A);
    take.person = "chief";
    take.text = "管理者";
    take.text2 = "$argon2id$x";
    stage_do(&s, take);
    (void)stage_refuses(&s, take, "BNT0722-E");
    assert_int_equal(stage_count(&s, TABLE_grant, NULL, 0), 1);
    (void)stage_refuses(&s, make, "BNT0722-E"); /* there is somebody now */
    make.kind = "invite";
    make.person = "chief";
    stage_do(&s, make);
    make.secret = HASH_B;
    stage_do(&s, make);
    (void)stage_refuses(&s, take, "BNT0722-E"); /* a new link takes the old one's place */
    take.secret = HASH_B;
    stage_do(&s, take);
}

static void a_new_password_ends_the_links_that_lie_about(void **state)
{
    (void)state;
    add("desk", "contractor");
    int64_t desk = answered_id();
    struct act link = on_person(ACT_INVITATION_MAKE, "root", "desk");
    link.kind = "invite";
    link.secret = HASH_A;
    stage_do(&s, link);
    stage_do(&s, secret_act(ACT_PASSWORD_SET, desk, "$argon2id$x"));
    struct act take = by(ACT_INVITATION_TAKE, "desk");
    take.secret = HASH_A;
    take.text2 = "$argon2id$y";
    (void)stage_refuses(&s, take, "BNT0722-E");
}

static void a_link_across_the_sides_is_for_who_has_no_password_yet(void **state)
{
    (void)state;
    add("chief", "contractor");
    add("client", "client");
    int64_t client = answered_id();
    struct act link = on_person(ACT_INVITATION_MAKE, "chief", "client");
    link.kind = "invite";
    link.secret = HASH_A;
    stage_do(&s, link);
    stage_do(&s, secret_act(ACT_PASSWORD_SET, client, "$argon2id$x"));
    (void)stage_refuses(&s, link, "BNT0735-E");
    link.actor = "root";
    stage_do(&s, link);
}

/* E-13, E-39: the contractor's administrator cannot make himself a user of the client who decides. */
static void the_clients_decision_is_not_the_contractors_to_give(void **state)
{
    (void)state;
    add("chief", "contractor");
    stage_do(&s, grant("root", "chief", "administrator", ""));
    struct act puppet = on_person(ACT_PERSON_ADD, "chief", "puppet");
    puppet.kind = "client";
    stage_do(&s, puppet);
    stage_do(&s, grant("chief", "puppet", "client-operator", ""));
    (void)stage_refuses(&s, grant("chief", "puppet", "client-director", ""), "BNT0737-E");
    struct act to_group = grant("chief", "", "client-director", "");
    to_group.group = "heads";
    (void)stage_refuses(&s, to_group, "BNT0737-E");
    to_group.actor = "root";
    stage_do(&s, to_group);
    struct act join = on_person(ACT_GROUP_JOIN, "chief", "puppet");
    join.group = "heads"; /* whom root gave it to */
    (void)stage_refuses(&s, join, "BNT0737-E");
    struct act wider = by(ACT_ROLE_CHANGE, "chief");
    wider.role = "client-operator"; /* which the puppet has */
    wider.text = "look decide";
    (void)stage_refuses(&s, wider, "BNT0737-E");
    wider.role = "new-role";
    wider.kind = "client";
    (void)stage_refuses(&s, wider, "BNT0737-E");
    /* Nor the first password of somebody who has it. */
    stage_do(&s, grant("root", "puppet", "client-section-head", "KSK"));
    struct act link = on_person(ACT_INVITATION_MAKE, "chief", "puppet");
    link.kind = "invite";
    link.secret = HASH_A;
    (void)stage_refuses(&s, link, "BNT0735-E");
    /* The client's own administrator may. */
    wider.actor = "root";
    wider.role = "client-admin";
    wider.text = "look people";
    stage_do(&s, wider);
    add("kacho", "client");
    stage_do(&s, grant("root", "kacho", "client-admin", ""));
    stage_do(&s, grant("kacho", "puppet", "client-director", ""));
}

static void a_code_is_taken_once(void **state)
{
    (void)state;
    add("desk", "contractor");
    int64_t desk = answered_id();
    struct act set = secret_act(ACT_TOTP_SET, desk, "SEALED");
    set.text = HASH_A " " HASH_B;
    stage_do(&s, set);
    struct act step = secret_act(ACT_TOTP_STEP, desk, "");
    step.at.ms = 59000000;
    stage_do(&s, step);
    (void)stage_refuses(&s, step, "BNT0761-E");
    step.at.ms++;
    stage_do(&s, step);
    stage_do(&s, secret_act(ACT_RECOVERY_TAKE, desk, HASH_A));
    (void)stage_refuses(&s, secret_act(ACT_RECOVERY_TAKE, desk, HASH_A), "BNT0761-E");
    stage_do(&s, secret_act(ACT_RECOVERY_TAKE, desk, HASH_B));
    stage_do(&s, secret_act(ACT_TOTP_REMOVE, desk, ""));
}

static void sessions_and_tokens_end_only_for_their_owner(void **state)
{
    (void)state;
    add("desk", "contractor");
    int64_t desk = answered_id();
    add("other", "contractor");
    stage_do(&s, secret_act(ACT_SESSION_OPEN, desk, HASH_A));
    int64_t session = answered_id();
    struct act end = on_person(ACT_SESSION_END, "other", "other");
    end.number = session;
    (void)stage_refuses(&s, end, "BNT0103-E");
    end.person = "desk";
    stage_do(&s, end);
    assert_int_equal(stage_count(&s, TABLE_session, NULL, 0), 0);
}

static void notes_are_corrected_by_adding(void **state)
{
    (void)state;
    struct act note = by(ACT_NOTE_ADD, "desk");
    note.text = "JN404 は明朝に再実行する";
    note.is_on = true;
    stage_do(&s, note);
    int64_t first = answered_id();
    note.number = first;
    note.text = "訂正: 今夜に再実行する";
    stage_do(&s, note);
    assert_int_equal(answered_id(), first + 1);
    note.number = 99;
    (void)stage_refuses(&s, note, "BNT0103-E");
    struct act seen = by(ACT_NOTE_READ, "other");
    seen.number = first;
    stage_do(&s, seen);
    add("ours", "contractor"); /* what one side keeps to itself the other neither reads off nor corrects */
    add("theirs", "client");
    note.actor = "ours";
    note.number = 0;
    note.kind = "contractor";
    stage_do(&s, note);
    seen.number = note.number = answered_id();
    seen.actor = note.actor = "theirs";
    (void)stage_refuses(&s, seen, "BNT0103-E");
    (void)stage_refuses(&s, note, "BNT0103-E");
    seen.actor = "ours";
    stage_do(&s, seen);
    note.number = 0;
    note.text = "  ";
    (void)stage_refuses(&s, note, "BNT0101-E");
    struct act setting = by(ACT_SETTING_CHANGE, "chief");
    setting.text = "session.idle";
    setting.text2 = "20";
    stage_do(&s, setting);
    setting.text2 = "";
    stage_do(&s, setting);
    assert_int_equal(stage_count(&s, TABLE_setting, NULL, 0), 0);
}

static void logins_fail(int64_t count, const char *name)
{
    struct act act = on_person(ACT_LOGIN_FAILED, "-", name);
    act.number = count;
    stage_do(&s, act);
}

static void failed_logins_are_told_without_what_was_typed(void **state)
{
    (void)state;
    add("desk", "contractor");
    logins_fail(1, "desk");
    logins_fail(3, "ochazuke7"); /* a password in the wrong place */
    assert_int_equal(journal_count("login.failed", "ochazuke7"), 2);
    assert_int_equal(stage_count(&s, TABLE_event, NULL, 0), 0);
    logins_fail(9, "desk"); /* ten within ten minutes */
    assert_int_equal(stage_count(&s, TABLE_event, NULL, 0), 1);
    logins_fail(9, "desk");
    logins_fail(47, ""); /* names that are not there have a count of their own */
    assert_int_equal(stage_count(&s, TABLE_event, NULL, 0), 2);
    assert_int_equal(stage_count(&s, TABLE_event, "count", 1), 2); /* once in ten minutes */
    stage_to(&s, (struct instant){s.now.ms + 11 * MINUTE_MS});
    logins_fail(9, "desk"); /* too few of them yet */
    assert_int_equal(stage_count(&s, TABLE_event, "count", 2), 0);
    logins_fail(1, "desk");
    assert_int_equal(stage_count(&s, TABLE_event, "count", 2), 1);
}

static void both_streams_are_in_the_feed_in_order_of_writing(void **state)
{
    (void)state;
    add("desk", "contractor");
    int64_t before = s.seq;
    define_net(&s, "A", 1, NO_PLAN);
    assert_true(s.seq > before);
    before = s.seq;
    add("other", "contractor");
    assert_true(s.seq > before);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, open_stage, close_stage)
    const struct CMUnitTest tests[] = {
        T(a_new_store_gets_its_roles_once),
        T(names_are_plain_and_given_once),
        T(nobody_widens_his_own_rights),
        T(a_role_goes_to_its_own_side),
        T(somebody_can_always_administer_people),
        T(a_grant_that_has_run_out_does_not_count),
        T(what_is_secret_is_not_in_the_journal),
        T(a_person_who_is_closed_is_out_at_once),
        T(a_link_is_taken_once_even_in_one_turn),
        T(a_new_password_ends_the_links_that_lie_about),
        T(a_link_across_the_sides_is_for_who_has_no_password_yet),
        T(the_clients_decision_is_not_the_contractors_to_give),
        T(a_code_is_taken_once),
        T(sessions_and_tokens_end_only_for_their_owner),
        T(notes_are_corrected_by_adding),
        T(failed_logins_are_told_without_what_was_typed),
        T(both_streams_are_in_the_feed_in_order_of_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
