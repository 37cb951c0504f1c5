/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gates and deadlines: every form of x_gate= and x_deadline=, what is refused, and the instants of the sample's deadlines.
 */
#include "tests/unit.h"

#include <string.h>

#include "calendar/calendar.h"
#include "jobnet/gate.h"

struct fixture {
    struct arena arena;
    const struct calendar *calendar; /* 本会営業日, base time 06:00 */
};

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    struct calendar_level level = {.name = "/本会", .parent = calendar_japan(&f->arena), .base_time = {360}};
    f->calendar = calendar_make(&f->arena, &level);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_close(&f->arena);
    test_free(f);
    return 0;
}

static struct gate gate_of(struct fixture *f, const char *raw)
{
    struct gate gate = {0};
    const char *why = "";
    if (!gate_parse(&f->arena, str_of(raw), &gate, &why)) {
        fail_msg("%s: %s", raw, why);
    }
    return gate;
}

static void a_predecessor_names_its_unit_its_scope_and_what_is_enough(void **state)
{
    struct fixture *f = *state;
    struct gate gate = gate_of(f, "pred(/HON/SSH/JN404,month-1)");
    assert_int_equal(gate.kind, GATE_PRED);
    assert_string_equal(gate.name, "/HON/SSH/JN404");
    assert_int_equal(gate.scope, PRED_MONTH_BEFORE);
    assert_false(gate.is_end_enough);
    assert_true(gate_of(f, "pred(JN107, day, end)").is_end_enough);
    assert_int_equal(gate_of(f, "pred(JN107,month,ok)").scope, PRED_MONTH);
    assert_int_equal(gate_of(f, "pred(JN107,latest)").scope, PRED_LATEST);
    gate = gate_of(f, "pred(JN604,within=24:00)");
    assert_int_equal(gate.scope, PRED_WITHIN);
    assert_int_equal(gate.within_minutes, 1440);
    assert_string_equal(gate_of(f, "pred(svc2:/a/日次,day)").name, "svc2:/a/日次");
    assert_string_equal(gate_of(f, "pred(\"/a,b/#\"c#\"\",day)").name, "/a,b/\"c\"");
}

static void online_lock_file_window_and_permit_are_read(void **state)
{
    struct fixture *f = *state;
    struct gate gate = gate_of(f, "online(KOKUHO,preclosed)");
    assert_int_equal(gate.kind, GATE_ONLINE);
    assert_string_equal(gate.name, "KOKUHO");
    assert_int_equal(gate.online, GATE_PRECLOSED);
    assert_int_equal(gate_of(f, "online(KOKUHO,open)").online, GATE_OPEN);
    assert_false(gate_of(f, "lock(DB)").is_shared);
    assert_true(gate_of(f, "lock(DB,shared)").is_shared);
    gate = gate_of(f, "file(ssh-bt01,\"/data/in/a;b,(1).csv\")");
    assert_int_equal(gate.kind, GATE_FILE);
    assert_string_equal(gate.name, "ssh-bt01");
    assert_string_equal(gate.path, "/data/in/a;b,(1).csv");
    assert_int_equal(gate_of(f, " window ( NIGHT ) ").kind, GATE_WINDOW);
    assert_string_equal(gate_of(f, "permit(datapatch)").name, "datapatch");
}

static void anything_else_is_refused_with_the_form_that_was_expected(void **state)
{
    static const char *const bad[] = {
        "", "pred", "pred()", "pred(A)", "pred(A,week)", "pred(A,day,maybe)", "pred(A,day,ok,ok)", "pred(A,within)",
        "pred(A,within=1)", "pred(A,within=00:00)", "pred(A,within=100:00)", "pred(A,within=10:60)", "pred(A,day=1)",
        "pred(,day)", "pred(A,day", "online(K)", "online(K,shut)", "online(K,closed,1)", "lock()", "lock(A,exclusive)",
        "lock(A,shared,shared)", "file(a)", "file(a,/tmp/x)", "file(a,\"\")", "file(a,\"x)", "file(a,\"x\"y)",
        "window(A,B)", "permit()", "gate(A)", "lock(A)x", "lock((A))", "lock(A,)",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct gate gate = {.name = "untouched"};
        const char *why = NULL;
        if (gate_parse(&f->arena, str_of(bad[i]), &gate, &why)) {
            fail_msg("%s was accepted", bad[i]);
        }
        assert_non_null(why);
        assert_string_equal(gate.name, "untouched");
    }
}

static void gates_survive_printing(void **state)
{
    static const char *const texts[] = {
        "pred(/a/b,day)", "pred(a,within=07:05,end)", "pred(\"a,b\",latest)", "online(K,closed)", "lock(L,shared)",
        "lock(L)", "file(a,\"/x #\"y#\" ##\")", "window(NIGHT)", "permit(datapatch)",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct strbuf text = {0};
        struct gate gate = gate_of(f, texts[i]);
        gate_print(&text, &gate);
        assert_string_equal(strbuf_str(&text), texts[i]);
        strbuf_close(&text);
    }
}

static void the_gates_of_a_unit_come_in_written_order_with_their_places(void **state)
{
    struct fixture *f = *state;
    struct diags diags = {0};
    const struct unit_file *file;
    const char *text = "unit=JN404,,,;{\n\tty=n;\n\tx_gate=pred(JN401,month);\n\tx_gate=online(KOKUHO,closed);\n}\n";
    assert_true(unit_parse(&f->arena, text, strlen(text), &diags, &file));
    const struct gate *gates;
    assert_int_equal(gates_of(&f->arena, file->first, &gates), 2);
    assert_int_equal(gates[0].kind, GATE_PRED);
    assert_int_equal(gates[1].kind, GATE_ONLINE);
    assert_int_equal(gates[1].at.line, 4);
    diags_close(&diags);
}

static void every_kind_of_gate_has_its_rule_and_texts(void **state)
{
    for (int kind = 0; kind < GATE_KINDS; kind++) {
        const struct gate_kind_row *row = gate_kind_row((enum gate_kind)kind);
        assert_true(str_starts(row->rule, "E-"));
        assert_non_null(strstr(row->text[LANG_JA], "{1}"));
        assert_non_null(strstr(row->text[LANG_EN], "{1}"));
    }
}

static struct deadline deadline_from(const char *raw)
{
    struct deadline deadline = {0};
    const char *why = "";
    if (!deadline_parse(str_of(raw), &deadline, &why)) {
        fail_msg("%s: %s", raw, why);
    }
    return deadline;
}

static void deadlines_fall_where_the_words_say(void **state)
{
    static const struct {
        const char *raw, *date, *expected;
    } rows[] = {
        {"+10m", "2026-06-29", "2026-06-29T22:20:00+09:00"},
        {"08:00", "2026-06-29", "2026-06-29T08:00:00+09:00"},
        {"31:00", "2026-06-29", "2026-06-30T07:00:00+09:00"},
        {"05:59", "2026-06-29", "2026-06-30T05:59:00+09:00"}, /* before the base time 06:00 */
        {"+1,24:00", "2026-06-10", "2026-06-12T00:00:00+09:00"},
        {"+0,31:00", "2026-06-10", "2026-06-11T07:00:00+09:00"},
        {"(7,sh=be),24:00", "2026-06-04", "2026-06-06T00:00:00+09:00"},            /* 7日P: 06-05 */
        {"(20,sh=be,cftd=be:2),24:00", "2026-06-15", "2026-06-18T00:00:00+09:00"}, /* 支払日-2営業日: 06-17 */
        {"(20,sh=be,shd=7,cftd=be:2:20),24:00", "2026-09-14", "2026-09-17T00:00:00+09:00"},
        {"(14),24:00", "2026-06-13", "2026-06-15T00:00:00+09:00"},                 /* a closed day is kept */
        {"(b),24:00", "2026-06-19", "2026-07-01T00:00:00+09:00"},
        {"(*2,month=+1),12:00", "2026-08-31", "2026-09-02T12:00:00+09:00"},
        {"(5,sh=af,month=+3),12:00", "2026-06-30", "2026-09-07T12:00:00+09:00"},
        {"(en,cftd=af:1),19:15", "2026-05-01", "2026-05-07T19:15:00+09:00"},
        {"(fr),18:00", "2026-06-29", "2026-07-03T18:00:00+09:00"},                 /* the next Friday */
        {"(31),24:00", "2026-06-10", "2026-07-01T00:00:00+09:00"},
        {"(3/31,sh=be),31:00", "2027-03-01", "2027-04-01T07:00:00+09:00"},
        {"(mo:5),12:00", "2026-07-01", "never"},
        {"(13,sh=ca),12:00", "2026-06-01", "never"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct deadline deadline = deadline_from(rows[i].raw);
        struct bizday date = BIZDAY_NONE;
        struct instant planned;
        char text[INSTANT_TEXT_MAX];
        assert_true(bizday_parse(rows[i].date, &date));
        assert_true(instant_parse("2026-06-29T22:10+09:00", &planned));
        struct instant found = deadline_instant(&deadline, f->calendar, NULL, date, planned);
        if (strcmp(instant_print(found, 540, text), rows[i].expected) != 0) {
            fail_msg("%s on %s: %s, not %s", rows[i].raw, rows[i].date, text, rows[i].expected);
        }
    }
}

static void wrong_deadlines_are_refused(void **state)
{
    static const char *const bad[] = {
        "", "+", "+m", "+0m", "+10000m", "48:00", "+1", "+367,10:00", "+1,48:00", "(7)", "(7),", "(32),24:00",
        "(7,sh=xx),24:00", "(7,shd=0),24:00", "(7,cftd=be,2),24:00", "(7,month=1),24:00", "(7,month=+12),24:00",
        "(7,what=1),24:00", "(7", "(2/30),24:00", "(6/1,month=+1),24:00", "(ud),24:00", "(7)x,24:00", "-1,10:00",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct deadline deadline;
        const char *why = NULL;
        if (deadline_parse(str_of(bad[i]), &deadline, &why)) {
            fail_msg("%s was accepted", bad[i]);
        }
        assert_non_null(why);
    }
}

static void deadlines_survive_printing(void **state)
{
    static const char *const texts[] = {"+10m", "31:00", "+1,24:00",
                                        "(20,sh=be,shd=2,cftd=be:2:10,month=+0),24:00",
                                        "(*b-1,sh=no,shd=2,cftd=no:1:10,month=+1),07:30"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct strbuf text = {0};
        struct deadline deadline = deadline_from(texts[i]);
        deadline_print(&text, &deadline);
        assert_string_equal(strbuf_str(&text), texts[i]);
        strbuf_close(&text);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_predecessor_names_its_unit_its_scope_and_what_is_enough),
        CASE(online_lock_file_window_and_permit_are_read),
        CASE(anything_else_is_refused_with_the_form_that_was_expected),
        CASE(gates_survive_printing),
        CASE(the_gates_of_a_unit_come_in_written_order_with_their_places),
        CASE(every_kind_of_gate_has_its_rule_and_texts),
        CASE(deadlines_fall_where_the_words_say),
        CASE(wrong_deadlines_are_refused),
        CASE(deadlines_survive_printing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
