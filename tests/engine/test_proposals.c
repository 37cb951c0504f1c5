/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proposals: one person proposes a definition, another puts it into effect (E-39); holidays signed off; settings.
 */
#include "tests/engine/kit.h"

#include "engine/proposal.h"

static struct act propose(const char *actor, const char *text)
{
    struct act act = act_on(ACT_PROPOSAL_MAKE, "/");
    act.actor = actor;
    act.text = text;
    act.text_n = strlen(text);
    return act;
}

static struct act decide(enum act_kind kind, const char *actor, int64_t proposal)
{
    struct act act = act_on(kind, "");
    act.actor = actor;
    act.number = proposal;
    return act;
}

static void open_plain(struct stage *s)
{
    stage_open(s, &(struct stage_options){.start = "2026-06-29T19:00+09:00", .with_hash = true});
}

static void another_person_applies_what_one_proposes(void **state)
{
    struct stage s;
    open_plain(&s);
    stage_do(&s, propose("maker", net(&s, "A", 1, NO_PLAN)));
    assert_non_null(strstr(s.json, "\"proposal\":1"));
    assert_int_equal(stage_count(&s, TABLE_unit, NULL, 0), 0); /* nothing is stored yet */
    (void)stage_refuses(&s, decide(ACT_PROPOSAL_APPLY, "maker", 1), "BNT0730-E");
    (void)stage_refuses(&s, decide(ACT_PROPOSAL_APPLY, "other", 2), "BNT0103-E");
    stage_do(&s, decide(ACT_PROPOSAL_APPLY, "other", 1));
    assert_non_null(strstr(s.json, "\"state\":\"applied\""));
    assert_int_equal(stage_count(&s, TABLE_unit, NULL, 0), 1);
    (void)stage_refuses(&s, decide(ACT_PROPOSAL_APPLY, "other", 1), "BNT0130-E");
    stage_check(&s);
    stage_close(&s);
}

static void a_proposal_is_void_when_the_definitions_have_changed(void **state)
{
    struct stage s;
    open_plain(&s);
    define_net(&s, "A", 1, NO_PLAN);
    stage_do(&s, propose("maker", net(&s, "A", 2, NO_PLAN)));
    define_net(&s, "A", 3, NO_PLAN);
    (void)stage_refuses(&s, decide(ACT_PROPOSAL_APPLY, "other", 1), "BNT0131-E");
    define_net(&s, "B", 1, NO_PLAN); /* what it does not touch may change */
    stage_do(&s, propose("maker", net(&s, "A", 4, NO_PLAN)));
    define_net(&s, "B", 2, NO_PLAN);
    stage_do(&s, decide(ACT_PROPOSAL_APPLY, "other", 2));
    stage_check(&s);
    stage_close(&s);
}

static void it_is_refused_by_an_approver_or_withdrawn_by_its_maker(void **state)
{
    struct stage s;
    open_plain(&s);
    stage_do(&s, propose("maker", net(&s, "A", 1, NO_PLAN)));
    stage_do(&s, propose("maker", net(&s, "B", 1, NO_PLAN)));
    stage_do(&s, decide(ACT_PROPOSAL_REFUSE, "other", 1));
    (void)stage_refuses(&s, decide(ACT_PROPOSAL_WITHDRAW, "maker", 1), "BNT0130-E");
    (void)stage_refuses(&s, decide(ACT_PROPOSAL_WITHDRAW, "other", 2), "BNT0132-E");
    stage_do(&s, decide(ACT_PROPOSAL_WITHDRAW, "maker", 2));
    assert_int_equal(stage_count(&s, TABLE_proposal, "state", PROPOSAL_WITHDRAWN), 1);
    assert_int_equal(stage_count(&s, TABLE_unit, NULL, 0), 0);
    stage_check(&s);
    stage_close(&s);
}

static void a_wrong_definition_is_not_even_proposed(void **state)
{
    struct stage s;
    open_plain(&s);
    (void)stage_refuses(&s, propose("maker", "unit=A,,,;\n{\nty=n;\nst=1,99:00;\n}\n"), "BNT0427-E");
    assert_int_equal(stage_count(&s, TABLE_proposal, NULL, 0), 0);
    stage_check(&s);
    stage_close(&s);
}

static struct act set(const char *name, const char *value)
{
    struct act act = act_on(ACT_SETTING_CHANGE, "");
    act.text = name;
    act.text2 = value;
    return act;
}

static void settings_have_names_and_ranges(void **state)
{
    struct stage s;
    open_plain(&s);
    (void)stage_refuses(&s, set("no.such", "1"), "BNT0133-E");
    (void)stage_refuses(&s, set("session.idle", "4"), "BNT0134-E");
    (void)stage_refuses(&s, set("session.idle", "half"), "BNT0134-E");
    stage_do(&s, set("session.idle", "45"));
    assert_int_equal(stage_count(&s, TABLE_setting, NULL, 0), 1);
    stage_do(&s, set("session.idle", ""));
    assert_int_equal(stage_count(&s, TABLE_setting, NULL, 0), 0);
    stage_check(&s);
    stage_close(&s);
}

static void where_approval_is_wanted_nobody_defines_alone(void **state)
{
    struct stage s;
    open_plain(&s);
    stage_do(&s, set("definition.approval", "1"));
    struct act define = act_on(ACT_DEFINE, "/");
    define.text = net(&s, "A", 1, NO_PLAN);
    define.text_n = strlen(define.text);
    (void)stage_refuses(&s, define, "BNT0135-E");
    stage_kill_server(&s);
    (void)stage_refuses(&s, define, "BNT0135-E"); /* it is kept */
    stage_do(&s, propose("maker", net(&s, "A", 1, NO_PLAN)));
    stage_do(&s, decide(ACT_PROPOSAL_APPLY, "other", 1));
    assert_int_equal(stage_count(&s, TABLE_unit, NULL, 0), 1);
    stage_check(&s);
    stage_close(&s);
}

static void the_holidays_of_a_year_are_signed_off_and_imported(void **state)
{
    struct stage s;
    open_plain(&s);
    stage_do(&s, decide(ACT_HOLIDAY_SIGN, "head", 2027));
    assert_non_null(strstr(s.json, "\"year\":2027"));
    (void)stage_refuses(&s, decide(ACT_HOLIDAY_SIGN, "head", 1900), "BNT0101-E");
    struct act import = act_on(ACT_HOLIDAY_IMPORT, "");
    import.text = "2027/1/1,元日\n";
    import.text_n = strlen(import.text);
    stage_do(&s, import);
    assert_int_equal(stage_count(&s, TABLE_holiday_year, NULL, 0), 1);
    stage_check(&s);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_person_applies_what_one_proposes),
        cmocka_unit_test(a_proposal_is_void_when_the_definitions_have_changed),
        cmocka_unit_test(it_is_refused_by_an_approver_or_withdrawn_by_its_maker),
        cmocka_unit_test(a_wrong_definition_is_not_even_proposed),
        cmocka_unit_test(settings_have_names_and_ranges),
        cmocka_unit_test(where_approval_is_wanted_nobody_defines_alone),
        cmocka_unit_test(the_holidays_of_a_year_are_signed_off_and_imported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
