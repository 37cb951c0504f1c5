/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_people - rights, sides, roles, passwords, the division of work.
 */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "people/people.h"

#define BIT(code) (UINT64_C(1) << PERMISSION_##code)

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed ^ *seed >> 29;
}

static void rights_are_the_sum_of_grants(void **state)
{
    (void)state;
    static const char *const systems[] = {"", "KSK", "SSH", "GT1", "KS"};
    uint64_t seed = 7;
    for (int round = 0; round < 2000; round++) {
        struct rights rights = {0};
        uint64_t sums[COUNT(systems)] = {0};
        int n = (int)(next_random(&seed) % 8);
        for (int i = 0; i < n; i++) {
            size_t system = next_random(&seed) % COUNT(systems);
            uint64_t may = next_random(&seed) & next_random(&seed);
            assert_true(rights_add(&rights, systems[system], may));
            sums[system] |= may;
        }
        for (int p = 0; p < PERMISSIONS; p++) {
            enum permission permission = (enum permission)p;
            bool anywhere = false;
            for (size_t s = 1; s < COUNT(systems); s++) {
                bool expected = permission_has(sums[0] | sums[s], permission);
                assert_int_equal(rights_may(&rights, permission, str_of(systems[s])), expected);
                anywhere = anywhere || expected;
            }
            bool at_none = permission_has(sums[0], permission) || (permission == PERMISSION_LOOK && anywhere);
            assert_int_equal(rights_may(&rights, permission, str_of("")), at_none);
            assert_int_equal(rights_may(&rights, permission, str_of("OTHER")), permission_has(sums[0], permission));
        }
    }
}

static void a_scope_too_many_is_refused(void **state)
{
    (void)state;
    struct rights rights = {0};
    for (int i = 0; i < SCOPES_MAX; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "S%d", i);
        assert_true(rights_add(&rights, name, BIT(LOOK)));
    }
    assert_false(rights_add(&rights, "ONE", BIT(LOOK)));
    assert_true(rights_add(&rights, "S3", BIT(OPERATE)));
    assert_true(rights_add(&rights, "", BIT(NOTE)));
    assert_false(rights_add(&(struct rights){0}, "A_SYSTEM_WITH_A_NAME_THAT_IS_FAR_TOO_LONG", BIT(LOOK)));
}

static void the_system_is_the_first_name_of_a_path(void **state)
{
    (void)state;
    assert_true(str_is(system_of("/KSK/JN404/A"), "KSK"));
    assert_true(str_is(system_of("/KSK"), "KSK"));
    assert_true(str_is(system_of("/"), ""));
    assert_true(str_is(system_of(""), ""));
    assert_true(str_is(system_of("//KSK"), ""));
}

static void every_seeded_role_is_well_formed_and_within_its_side(void **state)
{
    (void)state;
    size_t n = 0;
    const struct role_seed *seeds = role_seeds(&n);
    assert_int_equal(n, 14);
    for (size_t i = 0; i < n; i++) {
        uint64_t set = 0;
        struct str bad;
        assert_true(permission_set_read(str_of(seeds[i].permissions), &set, &bad));
        assert_int_equal(set & side_forbids(seeds[i].side), 0);
        assert_true(permission_has(set, PERMISSION_LOOK));
        assert_int_equal(set & (BIT(OPEN) | BIT(SELF) | BIT(AGENT)), 0);
        assert_true(str_starts(seeds[i].source, "R-"));
        for (size_t other = 0; other < i; other++) {
            assert_string_not_equal(seeds[i].name, seeds[other].name);
        }
    }
}

static void only_the_client_decides_and_the_auditor_only_looks(void **state)
{
    (void)state;
    for (int side = 0; side < SIDES; side++) {
        uint64_t may = ~side_forbids((enum side)side);
        assert_int_equal((may & BIT(DECIDE)) != 0, side == SIDE_CLIENT);
        assert_int_equal((may & BIT(AGENT)) != 0, false);
        enum side again;
        assert_true(side_read(str_of(side_word((enum side)side)), &again));
        assert_int_equal(again, side);
    }
    uint64_t auditor = ~side_forbids(SIDE_AUDIT);
    assert_int_equal(auditor & (BIT(OPERATE) | BIT(PLAN) | BIT(DEFINE) | BIT(WINDOW) | BIT(PEOPLE) | BIT(ADMIN) | BIT(NOTE)), 0);
}

static void passwords_are_long_and_not_easily_thought_of(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err_code why;
    } rows[] = {
        {"", ERR_PASSWORD_SHORT},
        {"elevenchars", ERR_PASSWORD_SHORT},
        {"かきくけこさしすせそた", ERR_PASSWORD_SHORT},           /* 11 characters, 33 bytes */
        {"かきくけこさしすせそたち", ERR_NONE},
        {"Password2026!", ERR_PASSWORD_COMMON},
        {"password-password", ERR_PASSWORD_COMMON},
        {"qwertyuiopasdf", ERR_PASSWORD_COMMON},
        {"123456789012", ERR_PASSWORD_COMMON},
        {"aaaaaaaaaaaaaaaa", ERR_PASSWORD_COMMON},
        {"abababababababab", ERR_PASSWORD_COMMON},
        {"Banto-Admin-2026", ERR_PASSWORD_COMMON},
        {"my tanaka.ichi word", ERR_PASSWORD_NAME},
        {"TanakaIchi and so on", ERR_PASSWORD_NAME},
        {"seven brown kettles", ERR_NONE},
        {"x7Kq-92mv-PlzR", ERR_NONE},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum err_code got = password_check(str_of(rows[i].text), str_of("tanaka.ichi"));
        if (got != rows[i].why) {
            fail_msg("%s: %s", rows[i].text, message_of(got)->id);
        }
    }
    char long_one[PASSWORD_BYTES_MAX + 1];
    for (size_t i = 0; i < sizeof(long_one); i++) {
        long_one[i] = (char)('!' + (i * 7) % 90);
    }
    assert_int_equal(password_check((struct str){long_one, PASSWORD_BYTES_MAX}, str_of("ab")), ERR_NONE);
    assert_int_equal(password_check((struct str){long_one, PASSWORD_BYTES_MAX + 1}, str_of("ab")), ERR_PASSWORD_SHORT);
}

static void who_guesses_waits_longer_and_longer(void **state)
{
    (void)state;
    int64_t before = 0;
    for (int n = -1; n <= LOGIN_TRIES_FREE; n++) {
        assert_int_equal(login_wait(n).ms, 0);
    }
    assert_int_equal(login_wait(LOGIN_TRIES_FREE + 1).ms, 1000);
    assert_int_equal(login_wait(LOGIN_TRIES_FREE + 4).ms, 8000);
    for (int n = 0; n < 100000; n += n < 100 ? 1 : 997) {
        int64_t wait = login_wait(n).ms;
        assert_true(wait >= before && wait <= 300000);
        before = wait;
    }
    assert_int_equal(before, 300000);
}

static void the_division_of_work_is_the_clients_table(void **state)
{
    (void)state;
    static const char *const signs[] = { /* 表1.6-1, written again from the client's document: 本会 受託者 インフラベンダー */
        "◎△－", "△△◎", "△◎－", "－◎－", "◎◎－", "－◎－", "△◎－", "△◎－",
        "△◎－", "－◎－", "－－◎", "－◎－", "－◎－", "◎△－", "－◎－", "－◎－"};
    size_t n = 0;
    const struct raci_row *rows = raci_rows(&n);
    assert_int_equal(n, 16);
    for (size_t i = 0; i < n; i++) {
        char text[32];
        (void)snprintf(text, sizeof(text), "%s%s%s", part_sign(rows[i].client), part_sign(rows[i].contractor),
                       part_sign(rows[i].infra_vendor));
        assert_string_equal(text, signs[i]);
        assert_int_equal(raci_may_close(&rows[i], SIDE_CLIENT), rows[i].client == PART_MAIN);
        assert_int_equal(raci_may_close(&rows[i], SIDE_CONTRACTOR), rows[i].contractor == PART_MAIN);
        assert_false(raci_may_close(&rows[i], SIDE_AUDIT));
        assert_non_null(part_word(rows[i].client));
    }
}

static void kinds_of_links_have_words(void **state)
{
    (void)state;
    enum invitation_kind kind;
    for (int i = 0; i < INVITATION_KINDS; i++) {
        assert_true(invitation_kind_read(str_of(invitation_kind_word((enum invitation_kind)i)), &kind));
        assert_int_equal(kind, i);
    }
    assert_false(invitation_kind_read(str_of("other"), &kind));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rights_are_the_sum_of_grants),
        cmocka_unit_test(a_scope_too_many_is_refused),
        cmocka_unit_test(the_system_is_the_first_name_of_a_path),
        cmocka_unit_test(every_seeded_role_is_well_formed_and_within_its_side),
        cmocka_unit_test(only_the_client_decides_and_the_auditor_only_looks),
        cmocka_unit_test(passwords_are_long_and_not_easily_thought_of),
        cmocka_unit_test(who_guesses_waits_longer_and_longer),
        cmocka_unit_test(the_division_of_work_is_the_clients_table),
        cmocka_unit_test(kinds_of_links_have_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
