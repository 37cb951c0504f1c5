/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a definition that is well written must still say: types, places of keys, ranges, names, relations.
 */
#include "base/limits.h"
#include "jobnet/unit_priv.h"
#include "tests/support/unit_case.h"

static void keys_are_sorted_and_found(void **state)
{
    struct key_index index;
    key_index_fill(&index);
    for (size_t i = 0; i < UNIT_KEYS; i++) {
        const struct unit_key_row *row = unit_key_row((enum unit_key)i);
        assert_true(i == 0 || strcmp(unit_key_row((enum unit_key)(i - 1))->text, row->text) < 0);
        assert_int_equal(key_index_find(&index, str_of(row->text)), i);
        assert_true(row->kinds != 0 && row->summary[0]);
        assert_int_equal(row->words != NULL,
                         row->form == FORM_WORD || row->form == FORM_FLAGS || row->form == FORM_NUMBER_OR_WORD ||
                             row->form == FORM_CONDITION);
    }
    assert_int_equal(key_index_find(&index, STR("tyy")), -1);
    assert_int_equal(key_index_find(&index, STR("t")), -1);
    assert_int_equal(key_index_find(&index, STR("")), -1);
    assert_int_equal(key_index_find(&index, STR("x_gate_")), -1);
}

static void all_known_types_are_read_and_few_can_run(void **state)
{
    size_t can_run = 0;
    for (size_t i = 0; i < UNIT_TYPES; i++) {
        const struct unit_type_row *row = unit_type_row((enum unit_type)i);
        enum unit_type found;
        assert_true(unit_type_find(str_of(row->text), &found));
        assert_int_equal(found, i);
        can_run += row->can_run;
        assert_false(row->can_run && row->is_recovery);
        if (row->kind != KIND_CONDITION) {
            unit_reads(row->text, "", "");
        }
    }
    assert_int_equal(can_run, 5); /* g n j pj jdj */
}

static void a_unit_needs_a_known_type(void **state)
{
    reads("unit=a;{cm=\"x\";}", "1:1 BNT0216-E");
    reads("unit=a;{ty=zz;te=x;}", "1:9 BNT0217-E");
    reads("unit=a;{ty=\"j\";}", "1:9 BNT0217-E");
    reads("unit=a;\n{\n\tty=j\n\ttho=1;\n}\n", "3:6 BNT0202-E"); /* not told as missing when its line was broken */
}

static void a_key_on_the_wrong_kind_of_unit_is_warned_about(void **state)
{
    unit_reads("n", "te=\"x\";", "4:2 BNT0251-W");
    unit_reads("j", "sd=en;", "4:2 BNT0251-W");
    unit_reads("evwj", "wth=1;", "4:2 BNT0251-W");
    unit_reads("n", "x_calendar=TSE;", "4:2 BNT0251-W");
}

static void a_key_that_may_not_repeat_is_warned_about(void **state)
{
    job_reads("tho=1;tho=2;", "4:8 BNT0252-W");
    unit_reads("n", "ty=j;rg=2;", "4:2 BNT0252-W"); /* the first counts: rg has its place */
    job_reads("env=\"A=1\";env=\"B=1\";", "");
}

static void numbers_have_their_ranges(void **state)
{
    static const struct {
        const char *type, *key;
        const char *lowest, *highest, *below, *above;
    } rows[] = {
        {"j", "etm", "1", "1440", "0", "1441"},
        {"j", "fd", "1", "1440", "0", "1441"},
        {"n", "fd", "1", "2879", "0", "2880"},
        {"j", "pr", "1", "5", "0", "6"},
        {"j", "tho", "0", "2147483647", "-1", "2147483648"},
        {"j", "rec", "1", "12", "0", "13"},
        {"j", "rei", "1", "10", "0", "11"},
        {"j", "rjs", "1", "4294967295", "0", "4294967296"},
        {"n", "rg", "1", "999", "0", "1000"},
        {"flwj", "flwi", "1", "600", "0", "601"},
        {"tmwj", "tmitv", "1", "1440", "0", "1441"},
        {"evsj", "evspl", "3", "600", "2", "601"},
        {"evsj", "evsrc", "0", "999", "-1", "1000"},
        {"evwj", "evpid", "-1", "9999999999", "-2", "10000000000"},
        {"evwj", "evesc", "no", "720", "0", "721"},
        {"jdj", "ejc", "0", "4294967295", "-1", "x"},
        {"n", "cd", "un", "999", "0", "yes"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const values[] = {rows[i].lowest, rows[i].highest, rows[i].below, rows[i].above};
        for (size_t j = 0; j < COUNT(values); j++) {
            CLEANUP(strbuf_close) struct strbuf line = {0};
            strbuf_printf(&line, "%s=%s;", rows[i].key, values[j]);
            unit_reads(rows[i].type, strbuf_str(&line), j < 2 ? "" : "4:2 BNT0218-E");
        }
    }
}

static void words_are_checked(void **state)
{
    job_reads("jd=cod;", "");
    job_reads("jd=COD;", "4:2 BNT0219-E");
    job_reads("jd=\"cod\";", "4:2 BNT0219-E");
    job_reads("jd=;", "4:2 BNT0219-E");
    unit_reads("n", "ms=mlt;mp=y;", "");
    unit_reads("n", "ms=both;", "4:2 BNT0219-E");
    unit_reads("flwj", "flwc=c:d:m;", "");
    unit_reads("flwj", "flwc=c:x;", "4:2 BNT0219-E");
    unit_reads("evwj", "evwsv=em:al;evwid=1A2B:0;", "");
    unit_reads("evwj", "evwid=1A2G;", "4:2 BNT0220-E");
    unit_reads("evsj", "evsid=1FFF;", "");
    unit_reads("evsj", "evsid=2000;", "4:2 BNT0220-E");
    unit_reads("evsj", "evsid=7FFF8000;", "");
}

static void hold_after_a_bad_generation_is_for_root_jobnets(void **state)
{
    unit_reads("n", "ha=w;", "");
    job_reads("ha=y;", "");
    job_reads("ha=w;", "4:2 BNT0219-E");
    reads("unit=n;{ty=n;unit=m;{ty=n;\nha=a;}}", "2:1 BNT0219-E");
}

static void group_calendars_are_checked(void **state)
{
    unit_reads("g", "op=2026/02/28;op=mo;cl=su;sdd=21;md=ne;stt=06:00;", "");
    unit_reads("g", "op=2026/02/29;", "4:2 BNT0220-E");
    unit_reads("g", "op=2028/02/29;", "");
    unit_reads("g", "cl=2037/01/01;", "4:2 BNT0220-E");
    unit_reads("g", "cl=sunday;", "4:2 BNT0220-E");
    unit_reads("g", "sdd=mo:2;", "");
    unit_reads("g", "sdd=mo:b;", "");
    unit_reads("g", "sdd=32;", "4:2 BNT0220-E");
    unit_reads("g", "stt=24:00;", "4:2 BNT0220-E");
    unit_reads("g", "stt=6;", "4:2 BNT0220-E");
}

static void texts_are_limited_in_bytes_of_the_old_encoding(void **state)
{
    CLEANUP(strbuf_close) struct strbuf line = {0};
    strbuf_text(&line, "cm=\"");
    for (int i = 0; i < 40; i++) {
        strbuf_text(&line, "漢"); /* two bytes each */
    }
    size_t n = line.n;
    strbuf_text(&line, "\";");
    job_reads(strbuf_str(&line), "");
    line.n = n;
    strbuf_text(&line, "#\"\";"); /* a quote is one byte more */
    job_reads(strbuf_str(&line), "4:2 BNT0221-E");
    assert_int_equal(cp932_bytes(STR("aｱ漢é")), 1 + 1 + 2 + 2);
    assert_int_equal(value_cp932_bytes(STR("\"a#\"##\"")), 3);
}

static void names_are_limited_to_thirty_bytes(void **state)
{
    reads("unit=012345678901234567890123456789;{ty=g;}", "");
    reads("unit=0123456789012345678901234567890;{ty=g;}", "1:1 BNT0211-E");
    reads("unit=あいうえおかきくけこさしすせそ;{ty=g;}", "");
    reads("unit=あいうえおかきくけこさしすせそx;{ty=g;}", "1:1 BNT0211-E");
    reads("unit=ｱｲｳｴｵｱｲｳｴｵｱｲｳｴｵｱｲｳｴｵｱｲｳｴｵｱｲｳｴｵ;{ty=g;}", "");
}

static void names_hold_no_forbidden_characters(void **state)
{
    reads("unit=;{ty=g;}", "1:1 BNT0210-E");
    reads("unit=a/b;{ty=g;}", "1:1 BNT0210-E");
    reads("unit=a(b);{ty=g;}", "1:1 BNT0210-E");
    reads("unit=a=b;{ty=g;}", "1:1 BNT0210-E");
    reads("unit=a\"b;{ty=g;}", "1:1 BNT0210-E");
    reads("unit=a\tb;{ty=g;}", "1:1 BNT0210-E");
    reads("unit=a b;{ty=g;}", "1:1 BNT0259-W");
    reads("unit=@a;{ty=g;}", "1:1 BNT0259-W");
    reads("unit=.a;{ty=g;}", "1:1 BNT0259-W");
    reads("unit=a*;{ty=g;}", "1:1 BNT0259-W");
    reads("unit=日次_1-2+#$;{ty=g;}", "");
}

static void attributes_are_checked(void **state)
{
    reads("unit=a,4777,owner,GROUP_1;{ty=g;}", "");
    reads("unit=a,477,,;{ty=g;}", "1:1 BNT0212-E");
    reads("unit=a,9000,,;{ty=g;}", "1:1 BNT0212-E");
    reads("unit=a,,,bad-group;{ty=g;}", "1:1 BNT0212-E");
    reads("unit=a,,01234567890123456789012345678901,;{ty=g;}", "1:1 BNT0212-E");
    reads("unit=a,,,,x;{ty=g;}", "1:1 BNT0212-E");
}

static void siblings_have_different_names(void **state)
{
    reads("unit=a;{ty=g;}\nunit=a;{ty=g;}", "2:1 BNT0215-E");
    reads("unit=a;{ty=g;unit=a;{ty=g;}}", "");
    CLEANUP(strbuf_close) struct strbuf text = {0};
    for (int i = 0; i < 20; i++) {
        strbuf_printf(&text, "unit=u%d;{ty=g;}\n", i);
    }
    strbuf_text(&text, "unit=u7;{ty=g;}\n");
    reads(strbuf_str(&text), "21:1 BNT0215-E");
}

/* Relations between the jobs A B C and the judgment jobs J K; the lines are the second. */
static void relations_read(const char *lines, const char *trace)
{
    CLEANUP(strbuf_close) struct strbuf text = {0};
    strbuf_printf(&text,
                  "unit=n;{ty=n;\n%s\nunit=A;{ty=j;}unit=B;{ty=j;}unit=C;{ty=j;}unit=J;{ty=jdj;}unit=K;{ty=jdj;}}", lines);
    reads(strbuf_str(&text), trace);
}

static void relations_name_siblings(void **state)
{
    relations_read("ar=(f=A,t=B);ar=(f=B,t=C,seq);", "");
    relations_read("ar=(f=A,t=X);", "2:1 BNT0222-E");
    relations_read("ar=(f=A,t=B,sea);", "2:1 BNT0220-E");
    relations_read("ar=(f=A);", "2:1 BNT0220-E");
    relations_read("ar=(f=A,t=B,con,seq);", "2:1 BNT0220-E");
    relations_read("ar=A,B;", "2:1 BNT0220-E");
}

static void relations_form_no_cycle(void **state)
{
    relations_read("ar=(f=A,t=A);", "2:1 BNT0223-E");
    relations_read("ar=(f=A,t=B);ar=(f=B,t=C);ar=(f=C,t=A);", "2:27 BNT0223-E");
    relations_read("ar=(f=A,t=B);ar=(f=B,t=C);ar=(f=A,t=C);", "");
    CLEANUP(unit_case_close)
    struct unit_case c = unit_case_read("unit=n;{ty=n;ar=(f=A,t=B);ar=(f=B,t=C);ar=(f=C,t=B);ar=(f=C,t=D);"
                                        "unit=A;{ty=j;}unit=B;{ty=j;}unit=C;{ty=j;}unit=D;{ty=j;}}");
    assert_int_equal(c.diags.list.n, 1);
    assert_true(str_equal(c.diags.list.at[0].args, "B > C > B") || str_equal(c.diags.list.at[0].args, "C > B > C"));
}

static void a_long_cycle_is_found_among_many(void **state)
{
    CLEANUP(strbuf_close) struct strbuf text = {0};
    strbuf_text(&text, "unit=n;{ty=n;\n");
    for (int i = 0; i < 5000; i++) {
        strbuf_printf(&text, "ar=(f=u%d,t=u%d);unit=u%d;{ty=j;}\n", i, (i + 1) % 5000, i);
    }
    strbuf_text(&text, "}\n");
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read(strbuf_str(&text));
    assert_int_equal(c.diags.error_count, 1);
    assert_string_equal(message_of(c.diags.list.at[0].code)->id, "BNT0223-E");
    assert_non_null(strstr(c.diags.list.at[0].args, " > … > "));
}

static void con_comes_from_a_judgment_job_to_one_dependent(void **state)
{
    relations_read("ar=(f=A,t=J);ar=(f=J,t=B,con);ar=(f=J,t=C);", "");
    relations_read("ar=(f=A,t=B,con);", "2:1 BNT0224-E");
    relations_read("ar=(f=J,t=A,con);ar=(f=J,t=B,con);", "2:18 BNT0225-E");
}

static void a_dependent_unit_has_nothing_else_before_it(void **state)
{
    relations_read("ar=(f=J,t=B,con);ar=(f=A,t=B);", "2:1 BNT0226-E");
    relations_read("ar=(f=J,t=B,con);ar=(f=K,t=B,con);", "2:1 BNT0226-E");
}

static void the_warning_threshold_is_less_than_the_abnormal_one(void **state)
{
    job_reads("wth=4;tho=8;", "");
    job_reads("wth=8;tho=8;", "4:2 BNT0227-E");
    job_reads("wth=0;", "4:2 BNT0227-E"); /* tho is 0 by default */
    job_reads("tho=0;", "");
}

static void a_jobnet_level_holds_ten_thousand_units(void **state)
{
    for (size_t count = UNIT_CHILDREN_MAX; count <= UNIT_CHILDREN_MAX + 1; count++) {
        static const char *const types[] = {"n", "g"};
        for (size_t type = 0; type < COUNT(types); type++) {
            CLEANUP(strbuf_close) struct strbuf text = {0};
            strbuf_printf(&text, "unit=n;{ty=%s;", types[type]);
            for (size_t i = 0; i < count; i++) {
                strbuf_printf(&text, "unit=u%zu;{ty=n;}", i);
            }
            strbuf_char(&text, '}');
            reads(strbuf_str(&text), count > UNIT_CHILDREN_MAX && type == 0 ? "1:1 BNT0214-E" : "");
        }
    }
}

static void layout_lines_are_checked_against_the_children(void **state)
{
    relations_read("el=A,j,+80 +48;el=J,jdj,+240+48;", "");
    relations_read("el=A,pj,+80 +48;", "2:1 BNT0253-W");
    relations_read("el=X,j,+80 +48;", "2:1 BNT0254-W");
    relations_read("el=A,j,80 48;", "2:1 BNT0220-E");
    relations_read("el=A,j,+16001 +0;", "2:1 BNT0220-E");
}

static void schedule_values_out_of_range_are_errors(void **state)
{
    unit_reads("n", "sd=1,2026/06/*10;st=1,47:59;cy=1,(1,m);sh=1,be;shd=1,31;cftd=1,be,2,10;", "");
    unit_reads("n", "st=48:00;", "4:2 BNT0220-E");
    unit_reads("n", "sd=145,en;", "4:2 BNT0220-E");
    unit_reads("n", "sd=13/01;", "4:2 BNT0220-E");
    unit_reads("n", "sd=2/30;", "4:2 BNT0220-E");
    unit_reads("n", "ed=2037/01/01;", "4:2 BNT0220-E");
}

static void a_closed_day_rule_that_is_cancelled_on_closed_days_is_warned_about(void **state)
{
    unit_reads("n", "sd=1,@1;sh=1,no;", "");
    unit_reads("n", "sd=1,@1;sh=1,ca;", "4:2 BNT0258-W");
    unit_reads("n", "sd=1,*1;sd=2,2026/06/@b-1;sh=1,no;", "4:10 BNT0258-W");
}

static void numbers_are_digits_without_a_plus(void **state)
{
    unit_reads("n", "rg=+1;", "4:2 BNT0218-E");
    unit_reads("n", "sz=+10x8;", "4:2 BNT0220-E");
    unit_reads("g", "sdd=+5;", "4:2 BNT0220-E");
    unit_reads("g", "sdd=mo:+2;", "4:2 BNT0220-E");
    unit_reads("g", "stt=+8:00;", "4:2 BNT0220-E");
    unit_reads("g", "stt=-0:30;", "4:2 BNT0220-E");
    unit_reads("g", "cl=2026/006/01;", "4:2 BNT0220-E");
    unit_reads("g", "cl=2026/6/1;stt=8:00;sdd= mo : 2;", "");
}

static void size_and_time_of_a_file_are_not_watched_together(void **state)
{
    reads("unit=n;{ty=n;unit=a;{ty=flwj;flwc=c:d:s;}unit=b;{ty=flwj;flwc=c:m;}}", "");
    reads("unit=n;{ty=n;unit=a;{ty=flwj;\nflwc=c:s:m;}}", "2:1 BNT0220-E");
}

static void both_command_and_script_are_warned_about(void **state)
{
    job_reads("te=\"x\";sc=\"y\";", "4:9 BNT0257-W");
}

static void a_start_condition_has_its_name_and_place(void **state)
{
    reads("unit=n;{ty=n;unit=.CONDITION;{ty=rc;cond=or;}}", "");
    reads("unit=n;{ty=n;unit=.CONDITION;{ty=rc;\ncond=xor;}}", "2:1 BNT0219-E");
    reads("unit=n;{ty=n;\nunit=COND;{ty=rc;}}", "2:1 BNT0261-W");
    reads("unit=n;{ty=n;unit=m;{ty=n;\nunit=.CONDITION;{ty=rc;}}}", "2:1 BNT0261-W");
}

static void extension_keys_are_checked(void **state)
{
    unit_reads("n", "x_gate=pred(/g/n,day);x_gate=online(KOKUHO,preclosed);x_gate=lock(DB,shared);x_start=gates;", "");
    unit_reads("n", "x_gate=pred(;", "4:2 BNT0220-E");
    unit_reads("n", "x_gate=nothing(A);", "4:2 BNT0220-E");
    unit_reads("n", "x_deadline=+1,31:40;", "");
    unit_reads("n", "x_deadline=someday;", "4:2 BNT0220-E");
    unit_reads("n", "x_missed=latest;x_class=update;x_output=clean;x_flow=1.2;x_custom=R-109;", "");
    unit_reads("n", "x_missed=never;", "4:2 BNT0219-E");
    unit_reads("j", "x_effect=window(KOKUHO,staff,closed);", "");
    unit_reads("j", "x_effect=window(KOKUHO,closed);", "4:2 BNT0220-E");
    unit_reads("g", "x_calendar=TSE;", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_sorted_and_found),
        cmocka_unit_test(all_known_types_are_read_and_few_can_run),
        cmocka_unit_test(a_unit_needs_a_known_type),
        cmocka_unit_test(a_key_on_the_wrong_kind_of_unit_is_warned_about),
        cmocka_unit_test(a_key_that_may_not_repeat_is_warned_about),
        cmocka_unit_test(numbers_have_their_ranges),
        cmocka_unit_test(words_are_checked),
        cmocka_unit_test(hold_after_a_bad_generation_is_for_root_jobnets),
        cmocka_unit_test(group_calendars_are_checked),
        cmocka_unit_test(texts_are_limited_in_bytes_of_the_old_encoding),
        cmocka_unit_test(names_are_limited_to_thirty_bytes),
        cmocka_unit_test(names_hold_no_forbidden_characters),
        cmocka_unit_test(attributes_are_checked),
        cmocka_unit_test(siblings_have_different_names),
        cmocka_unit_test(relations_name_siblings),
        cmocka_unit_test(relations_form_no_cycle),
        cmocka_unit_test(a_long_cycle_is_found_among_many),
        cmocka_unit_test(con_comes_from_a_judgment_job_to_one_dependent),
        cmocka_unit_test(a_dependent_unit_has_nothing_else_before_it),
        cmocka_unit_test(the_warning_threshold_is_less_than_the_abnormal_one),
        cmocka_unit_test(a_jobnet_level_holds_ten_thousand_units),
        cmocka_unit_test(layout_lines_are_checked_against_the_children),
        cmocka_unit_test(schedule_values_out_of_range_are_errors),
        cmocka_unit_test(a_closed_day_rule_that_is_cancelled_on_closed_days_is_warned_about),
        cmocka_unit_test(numbers_are_digits_without_a_plus),
        cmocka_unit_test(size_and_time_of_a_file_are_not_watched_together),
        cmocka_unit_test(both_command_and_script_are_warned_about),
        cmocka_unit_test(a_start_condition_has_its_name_and_place),
        cmocka_unit_test(extension_keys_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
