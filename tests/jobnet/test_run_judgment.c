/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judgment jobs: an optional detour, not if/else (reference §4.3).
 */
#include "tests/support/run_fixture.h"

static void true_runs_the_dependent_unit_first_and_then_what_follows(void **state)
{
    struct fixture *f = fixture_open("J1{tho=8;} D?{ej=le;ejc=4;} X Y J1>D D~X D>Y");
    starts(f, NULL);
    ends(f, "J1", 4, "J1:normal D:normal X:queuing X:START#1");
    ends(f, "X", 0, "X:normal Y:queuing Y:START#1");
    ends(f, "Y", 0, "Y:normal R:normal R:END");
    fixture_close(f);
}

static void false_leaves_the_dependent_unit_out_and_what_follows_runs_all_the_same(void **state)
{
    struct fixture *f = fixture_open("J1{tho=8;} D?{ej=le;ejc=4;} X Y J1>D D~X D>Y");
    starts(f, NULL);
    ends(f, "J1", 5, "J1:normal D:normal-false X:bypass Y:queuing Y:START#1");
    ends(f, "Y", 0, "Y:normal R:normal R:END");
    fixture_close(f);
}

static void a_dependent_unit_that_fails_stops_what_follows(void **state)
{
    struct fixture *f = fixture_open("J1 D?{ej=eq;ejc=0;} X Y J1>D D~X D>Y");
    starts(f, NULL);
    ends(f, "J1", 0, NULL);
    ends(f, "X", 1, "X:abnormal R:abnormal Y:unexec R:END");
    fixture_close(f);
}

static void a_nested_net_can_be_the_detour(void **state)
{
    struct fixture *f = fixture_open("J1{tho=8;} D?{ej=gt;ejc=0;} N[A B A>B] Y J1>D D~N D>Y");
    starts(f, NULL);
    ends(f, "J1", 0, NULL);
    assert_int_equal(status_of(f, "B"), STATUS_BYPASS);
    assert_int_equal(status_of(f, "N"), STATUS_BYPASS);
    ends(f, "Y", 0, "Y:normal R:normal R:END");
    reruns(f, RERUN_TOP, NULL, NULL);
    ends(f, "J1", 1, "J1:normal D:normal N:running A:queuing A:START#1");
    fixture_close(f);
}

static void a_failure_in_front_leaves_judgment_detour_and_the_rest_unexecuted(void **state)
{
    struct fixture *f = fixture_open("J1 D?{ej=gt;ejc=0;} X Y J1>D D~X D>Y");
    starts(f, NULL);
    ends(f, "J1", 1, "J1:abnormal R:abnormal D:unexec X:unexec Y:unexec R:END");
    fixture_close(f);
}

static void a_detour_stopped_before_its_judgment_opens_nothing_behind_it(void **state)
{
    struct fixture *f = fixture_open("J1 D?{ej=eq;ejc=0;} X Y J1>D D~X D>Y");
    starts(f, NULL);
    act(f, RUN_KILL, "X", "X:unexec R:ab-cont");
    assert_int_equal(status_of(f, "Y"), STATUS_TERM_WAIT);
    ends(f, "J1", 0, "J1:normal D:normal Y:unexec R:invalid-seq R:END");
    fixture_close(f);
}

static void without_a_detour_it_only_passes_on(void **state)
{
    struct fixture *f = fixture_open("J1{tho=8;} D?{ej=gt;ejc=0;} Y J1>D D>Y");
    starts(f, NULL);
    ends(f, "J1", 0, "J1:normal D:normal-false Y:queuing Y:START#1");
    fixture_close(f);
}

static enum status decided(const char *judgment, int32_t code)
{
    struct fixture *f = fixture_open(judgment);
    starts(f, NULL);
    ends(f, "J1", code, NULL);
    enum status status = status_of(f, "D");
    fixture_close(f);
    return status;
}

static void each_comparison_of_a_return_code(void **state)
{
    static const struct {
        const char *drawing;
        int32_t code;
        bool is_true;
    } rows[] = {
        {"J1{tho=99;} D?{ej=gt;ejc=4;} J1>D", 5, true},   {"J1{tho=99;} D?{ej=gt;ejc=4;} J1>D", 4, false},
        {"J1{tho=99;} D?{ej=ge;ejc=4;} J1>D", 4, true},   {"J1{tho=99;} D?{ej=ge;ejc=4;} J1>D", 3, false},
        {"J1{tho=99;} D?{ej=lt;ejc=4;} J1>D", 3, true},   {"J1{tho=99;} D?{ej=lt;ejc=4;} J1>D", 4, false},
        {"J1{tho=99;} D?{ej=le;ejc=4;} J1>D", 4, true},   {"J1{tho=99;} D?{ej=le;ejc=4;} J1>D", 5, false},
        {"J1{tho=99;} D?{ej=eq;ejc=4;} J1>D", 4, true},   {"J1{tho=99;} D?{ej=eq;ejc=4;} J1>D", 5, false},
        {"J1{tho=99;} D?{ej=ne;ejc=4;} J1>D", 5, true},   {"J1{tho=99;} D?{ej=ne;ejc=4;} J1>D", 4, false},
        {"J1{tho=99;} D?{ej=ri;ejl=2;ejh=4;} J1>D", 2, true},
        {"J1{tho=99;} D?{ej=ri;ejl=2;ejh=4;ejm=gt;} J1>D", 2, false},
        {"J1{tho=99;} D?{ej=ri;ejl=2;ejh=4;} J1>D", 4, true},
        {"J1{tho=99;} D?{ej=ri;ejl=2;ejh=4;eju=lt;} J1>D", 4, false},
        {"J1{tho=99;} D?{ej=ro;ejl=2;ejh=4;} J1>D", 5, true}, {"J1{tho=99;} D?{ej=ro;ejl=2;ejh=4;} J1>D", 3, false},
        {"J1{tho=99;} D?{ejc=4;} J1>D", 5, true}, /* gt is the default */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum status expected = rows[i].is_true ? STATUS_NORMAL : STATUS_NORMAL_FALSE;
        if (decided(rows[i].drawing, rows[i].code) != expected) {
            fail_msg("%s with %d", rows[i].drawing, rows[i].code);
        }
    }
}

static void each_comparison_of_a_variable(void **state)
{
    static const struct {
        const char *drawing, *macros;
        bool is_true;
    } rows[] = {
        {"D?{ej=vgt;ejv=\"N\";eji=4;}", "N=5", true},    {"D?{ej=vgt;ejv=\"N\";eji=4;}", "N=4", false},
        {"D?{ej=vge;ejv=\"N\";eji=4;}", "N=4", true},    {"D?{ej=vlt;ejv=\"N\";eji=4;}", "A=9\nN=3\n", true},
        {"D?{ej=vle;ejv=\"N\";eji=4;}", "N=5", false},   {"D?{ej=veq;ejv=\"N\";eji=4;}", "N=4", true},
        {"D?{ej=vne;ejv=\"N\";eji=4;}", "N=4", false},   {"D?{ej=vri;ejv=\"N\";ejs=2;ejg=4;}", "N=4", true},
        {"D?{ej=vro;ejv=\"N\";ejs=2;ejg=4;}", "N=4", false},
        {"D?{ej=vgt;ejv=\"N\";eji=4;}", "N=many", false}, {"D?{ej=vgt;ejv=\"N\";eji=4;}", "", false},
        {"D?{ej=sce;ejv=\"S\";ejt=\"abc\";}", "S=abc", true}, {"D?{ej=sce;ejv=\"S\";ejt=\"abc\";}", "S=abcd", false},
        {"D?{ej=spe;ejv=\"S\";ejt=\"bc\";}", "S=abcd", true}, {"D?{ej=spn;ejv=\"S\";ejt=\"bc\";}", "S=abcd", false},
        {"D?{ej=sne;ejv=\"S\";ejt=\"bc\";}", "S=abcd", true}, {"D?{ej=snn;ejv=\"S\";}", "S=x", true},
        {"D?{ej=snn;ejv=\"S\";}", "S=", false},               {"D?{ej=snl;ejv=\"S\";}", "", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture *f = fixture_open(rows[i].drawing);
        f->run->macros = rows[i].macros;
        starts(f, NULL);
        if (status_of(f, "D") != (rows[i].is_true ? STATUS_NORMAL : STATUS_NORMAL_FALSE)) {
            fail_msg("%s with %s", rows[i].drawing, rows[i].macros);
        }
        fixture_close(f);
    }
}

static void a_file_is_looked_for_by_the_agent(void **state)
{
    struct fixture *f = fixture_open("D?{ej=ef;ejf=\"/f\";} X Y D~X D>Y");
    starts(f, "R:running D:running D:PROBE");
    step(f, &(struct run_event){.kind = RUN_PROBED, .node = node_of(f, "D"), .exists = true}, "D:normal X:queuing X:START#1");
    step(f, &(struct run_event){.kind = RUN_PROBED, .node = node_of(f, "D"), .exists = false}, "");
    fixture_close(f);
    f = fixture_open("D?{ej=nf;ejf=\"/f\";} X Y D~X D>Y");
    starts(f, NULL);
    step(f, &(struct run_event){.kind = RUN_PROBED, .node = node_of(f, "D"), .exists = true},
         "D:normal-false X:bypass Y:queuing Y:START#1");
    fixture_close(f);
}

static void a_judgment_that_waits_for_a_file_ends_when_killed(void **state)
{
    struct fixture *f = fixture_open("D?{ej=ef;ejf=\"/f\";} X Y D~X D>Y");
    starts(f, NULL);
    act(f, RUN_KILL, "R", NULL);
    assert_int_equal(status_of(f, "R"), STATUS_KILLED);
    assert_int_equal(status_of(f, "X"), STATUS_UNEXEC);
    fixture_close(f);
}

static void a_rerun_of_the_judgment_judges_again(void **state)
{
    struct fixture *f = fixture_open("J1{tho=8;} D?{ej=gt;ejc=0;} X Y J1>D D~X D>Y");
    starts(f, NULL);
    ends(f, "J1", 0, NULL);
    ends(f, "Y", 0, "Y:normal R:normal R:END");
    reruns(f, RERUN_FROM, "J1", "R:running J1:queuing D:term-wait X:term-wait Y:term-wait J1:START#2");
    ends(f, "J1", 1, "J1:normal D:normal X:queuing X:START#1");
    fixture_close(f);
}

static void its_status_cannot_be_changed(void **state)
{
    struct fixture *f = fixture_open("D?{ej=ef;ejf=\"/f\";}");
    starts(f, NULL);
    assert_int_equal(run_change_check(f->run, node_of(f, "D"), STATUS_NORMAL), RUN_WRONG_NODE);
    changes(f, "D", STATUS_NORMAL, "");
    fixture_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(true_runs_the_dependent_unit_first_and_then_what_follows),
        cmocka_unit_test(false_leaves_the_dependent_unit_out_and_what_follows_runs_all_the_same),
        cmocka_unit_test(a_dependent_unit_that_fails_stops_what_follows),
        cmocka_unit_test(a_nested_net_can_be_the_detour),
        cmocka_unit_test(a_failure_in_front_leaves_judgment_detour_and_the_rest_unexecuted),
        cmocka_unit_test(a_detour_stopped_before_its_judgment_opens_nothing_behind_it),
        cmocka_unit_test(without_a_detour_it_only_passes_on),
        cmocka_unit_test(each_comparison_of_a_return_code),
        cmocka_unit_test(each_comparison_of_a_variable),
        cmocka_unit_test(a_file_is_looked_for_by_the_agent),
        cmocka_unit_test(a_judgment_that_waits_for_a_file_ends_when_killed),
        cmocka_unit_test(a_rerun_of_the_judgment_judges_again),
        cmocka_unit_test(its_status_cannot_be_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
