/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar of the unit text: units, attributes, parameters, quotes, tuples, comments, blanks, going on after errors.
 */
#include "tests/support/unit_case.h"

static const char *value(struct unit_case *c, const char *path, enum unit_key key)
{
    assert_non_null(c->file);
    const struct unit *unit = unit_find(c->file, path);
    assert_non_null(unit);
    return unit_text(&c->into, unit, key);
}

static void empty_text_has_no_units(void **state)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read("");
    assert_non_null(c.file);
    assert_int_equal(c.file->unit_count, 0);
    reads(" \r\n\t\f/* nothing */\n", "");
}

static void a_tree_is_read_with_its_attributes(void **state)
{
    CLEANUP(unit_case_close)
    struct unit_case c = unit_case_read("unit=業務,0700,jp1admin,grp_1;\n{\n\tty=g;\n\tunit=日次;\n\t{\n\t\tty=n;\n\t}\n}\n");
    assert_non_null(c.file);
    const struct unit *top = c.file->first;
    assert_string_equal(top->name, "業務");
    assert_string_equal(top->permission, "0700");
    assert_string_equal(top->owner, "jp1admin");
    assert_string_equal(top->resource_group, "grp_1");
    assert_int_equal(top->attribute_count, 4);
    assert_int_equal(top->first_child->attribute_count, 1);
    assert_int_equal(top->first_child->type, UNIT_NET);
    assert_ptr_equal(top->first_child->parent, top);
    assert_int_equal(top->first_child->at.line, 4);
    assert_int_equal(top->first_child->at.column, 2);
    assert_int_equal(c.file->unit_count, 2);
}

static void several_top_units_are_siblings(void **state)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read("unit=a;{ty=g;}unit=b;{ty=g;}");
    assert_int_equal(c.file->top_count, 2);
    assert_string_equal(c.file->first->next_sibling->name, "b");
}

static void a_file_may_be_one_line(void **state)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read("unit=a,,x,;{ty=n;el=j,j,+80+48;unit=j;{ty=j;te=\"a;b\";}}");
    assert_string_equal(value(&c, "/a/j", KEY_TE), "a;b");
}

static void parameters_may_follow_children(void **state)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read("unit=a;{unit=b;{cm=\"x\";ty=j;}cm=\"y\";ty=n;}");
    assert_string_equal(value(&c, "/a", KEY_CM), "y");
    assert_string_equal(value(&c, "a/b", KEY_CM), "x");
}

static void order_of_repeated_parameters_is_kept(void **state)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read("unit=a;{ty=j;env=\"A=1\";te=x;env=\"B=2\";env=\"A=3\";}");
    const struct unit *unit = c.file->first;
    const struct param *first = unit_param(unit, KEY_ENV, NULL), *second = unit_param(unit, KEY_ENV, first);
    assert_true(str_is(first->value, "\"A=1\"") && str_is(second->value, "\"B=2\""));
    assert_true(str_is(unit_param(unit, KEY_ENV, second)->value, "\"A=3\""));
    assert_null(unit_param(unit, KEY_ENV, unit_param(unit, KEY_ENV, second)));
    assert_string_equal(unit_text(&c.into, unit, KEY_ENV), "A=1");
}

static void quotes_and_casts_are_resolved(void **state)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read("unit=a;{ty=j;te=\"echo #\"a##b#\" ; { } ( ) , /*\";sc=C:\\x;}");
    assert_string_equal(value(&c, "/a", KEY_TE), "echo \"a#b\" ; { } ( ) , /*");
    assert_string_equal(value(&c, "/a", KEY_SC), "C:\\x");
    assert_null(value(&c, "/a", KEY_WKP));
}

static void a_cast_of_another_letter_is_kept_with_a_warning(void **state)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read("unit=a;{ty=j;te=\"#x\";}");
    assert_string_equal(value(&c, "/a", KEY_TE), "#x");
    assert_string_equal(strbuf_str(&c.trace), "1:14 BNT0260-W");
}

static void quoted_values_hold_line_ends(void **state)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read("unit=a;\r\n{\r\n\tty=j;\r\n\tte=\"one\r\ntwo\";\r\n}\r\n");
    assert_true(c.file->is_crlf);
    assert_string_equal(value(&c, "/a", KEY_TE), "one\ntwo");
}

static void raw_values_may_hold_quoted_pieces(void **state)
{
    CLEANUP(unit_case_close)
    struct unit_case c = unit_case_read("unit=a;{ty=mlsj;mladr=to:\"a;b\" ;}unit=b;{ty=lfwj;lftpd=\"x;y\":\"z\";lfmks=\"a\":\"b;\";lfrft=v:'\\t';}"
                                        "unit=n;{ty=n;unit=.CONDITION;{ty=rc;cond=\"a\":or;}}");
    assert_string_equal(strbuf_str(&c.trace), "");
    assert_string_equal(value(&c, "/a", KEY_MLADR), "to:a;b");
    assert_true(str_is(unit_param(unit_find(c.file, "/b"), KEY_LFTPD, NULL)->value, "\"x;y\":\"z\""));
}

static void a_comment_mark_inside_a_value_is_data(void **state)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read("unit=a;{ty=n;sd=2026/06/*10;ejn=x/*y*/;}");
    assert_string_equal(value(&c, "/a", KEY_SD), "2026/06/*10");
    assert_string_equal(value(&c, "/a", KEY_EJN), "x/*y*/");
}

static void comments_stand_where_blanks_may(void **state)
{
    reads("/* a */\nunit=a;\n/* b\n b */\n{\n/* unit=x; { */\n\tty=g;\n}\n/* c */", "");
    reads("unit=a; /* b */\n{\n\tty=g;\n\t/* x */ cm=\"y\";\n}\n", "1:9 BNT0255-W, 4:2 BNT0255-W");
    reads("unit=a;\n{\n\tty=g;\n}\n  /* never closed", "5:3 BNT0205-E");
}

static void tuples_may_run_over_lines(void **state)
{
    reads("unit=n;{ty=n;ar=( f = A ,\n\tt = B\n);unit=A;{ty=j;}unit=B;{ty=j;}}", "");
    reads("unit=n;\n{\n\tty=n;\n\tar=(f=A,\n", "4:5 BNT0206-E, 5:1 BNT0208-E");
}

static void blanks_that_are_not_ascii_are_taken_with_a_warning(void **state)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read("unit=a;{ty=j;\xC2\xA0""cm=\"x\";\n\xE3\x80\x80te=y\xC2\xA0;}");
    assert_string_equal(strbuf_str(&c.trace), "1:14 BNT0256-W, 2:1 BNT0256-W");
    assert_string_equal(value(&c, "/a", KEY_TE), "y");
}

static void every_sign_for_times_is_read(void **state)
{
    static const char *const sizes[] = {"10x8", "10X8", "10×8", "10*8", "10✕8", "10ｘ8", "10 x 8"};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        CLEANUP(strbuf_close) struct strbuf text = {0};
        strbuf_printf(&text, "unit=a;{ty=n;sz=%s;}", sizes[i]);
        reads(strbuf_str(&text), "");
    }
    reads("unit=a;{ty=n;sz=10-8;}", "1:14 BNT0220-E");
    reads("unit=a;{ty=n;sz=101x8;}", "1:14 BNT0220-E");
}

static void unit_without_its_equals_sign_is_an_error(void **state)
{
    reads("unit NAME,,x,;\n{\n\tty=g;\n}\n", "1:6 BNT0201-E, 2:1 BNT0201-E, 3:2 BNT0201-E, 4:1 BNT0209-E");
}

static void a_missing_semicolon_is_told_at_the_end_of_its_line(void **state)
{
    reads("unit=a;\n{\n\tty=j;\n\ttho=4\n\twth=1;\n\tcm=\"x\"\n}\n",
          "4:7 BNT0202-E, 5:2 BNT0227-E, 6:8 BNT0202-E");
    reads("unit=a,,x,\n{\n\tty=g;\n}\n", "1:11 BNT0202-E");
}

static void an_unclosed_quote_does_not_swallow_the_next_lines(void **state)
{
    reads("unit=a;\n{\n\tty=j;\n\tcm=\"open;\n\tte=\"next\";\n\tzz=1;\n}\n", "4:5 BNT0203-E, 6:2 BNT0250-W");
    reads("unit=a;\n{\n\tty=j;\n\tte=\"open;\n\tzz=1;\n}\n", "4:5 BNT0203-E, 5:2 BNT0250-W");
    reads("unit=a;\n{\n\tty=j;\n\tevsms=x\"open;\n}\n", "4:9 BNT0203-E");
}

static void text_behind_a_closing_quote_is_an_error(void **state)
{
    job_reads("cm=\"a\"b;", "4:8 BNT0204-E");
    job_reads("cm=\"a\" \"b\";", "4:9 BNT0204-E");
    job_reads("cm=\"a\" ;", "");
    job_reads("cm=\"a\"\n;", "");
}

static void braces_must_match(void **state)
{
    reads("unit=a;{ty=g;}}", "1:15 BNT0209-E");
    reads("unit=a;\n{\n\tty=g;\n\tunit=b;\n\t{\n\t\tty=n;\n", "7:1 BNT0208-E");
    reads("unit=a;\n\tty=g;\n}\n", "2:2 BNT0207-E");
    reads("unit=a;unit=b;{ty=g;}", "1:8 BNT0207-E");
}

static void several_errors_are_told_in_order_of_place(void **state)
{
    reads("unit=a;\n{\n\tty=n;\n\tar=(f=x,t=y);\n\tunit=b;\n\t{\n\t\tty=j;\n\t\ttho=x;\n\t}\n\tunit=b;\n\t{\n\t\tty=qqq;\n\t}\n}\n",
          "4:2 BNT0222-E, 4:2 BNT0222-E, 8:3 BNT0218-E, 10:2 BNT0215-E, 12:3 BNT0217-E");
}

static void columns_count_characters(void **state)
{
    reads("unit=日次;{ty=j;cm=\"漢字\";tho=x;}", "1:23 BNT0218-E");
}

static void unknown_keys_are_kept_with_a_warning(void **state)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read("unit=a;{ty=j;new_key9=\"q\":r;}");
    assert_string_equal(strbuf_str(&c.trace), "1:14 BNT0250-W");
    assert_string_equal(c.file->first->params[1].key, "new_key9");
    assert_int_equal(c.file->first->params[1].known, -1);
    assert_true(str_is(c.file->first->params[1].value, "\"q\":r"));
}

static void bytes_that_are_no_utf8_are_refused_at_their_place(void **state)
{
    reads("unit=a;\n{\n\tty=j;\n\tcm=\"\x83}\";\n}\n", "4:6 BNT0200-E");
    struct arena into = {0};
    struct diags diags = {0};
    const struct unit_file *file = NULL;
    assert_false(unit_parse(&into, "unit\0", 5, &diags, &file));
    assert_int_equal(diags.list.at[0].at.column, 5);
    diags_close(&diags);
    arena_close(&into);
}

static void a_byte_order_mark_is_skipped(void **state)
{
    reads("\xEF\xBB\xBFunit=a;{ty=g;zz=1;}", "1:14 BNT0250-W");
}

static void thirty_levels_are_allowed_and_no_more(void **state)
{
    for (int depth = 30; depth <= 32; depth++) {
        CLEANUP(strbuf_close) struct strbuf text = {0};
        for (int i = 0; i < depth; i++) {
            strbuf_text(&text, "unit=u;{ty=g;\n");
        }
        for (int i = 0; i < depth; i++) {
            strbuf_char(&text, '}');
        }
        reads(strbuf_str(&text), depth == 30 ? "" : "31:1 BNT0213-E");
    }
}

static void messages_are_kept_to_a_bound_and_counted_beyond(void **state)
{
    CLEANUP(strbuf_close) struct strbuf text = {0}, shown = {0};
    strbuf_text(&text, "unit=a;{ty=j;\n");
    for (int i = 0; i < 3000; i++) {
        strbuf_text(&text, "zz=1;\n");
    }
    strbuf_text(&text, "tho=x;}\n");
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read(strbuf_str(&text));
    assert_int_equal(c.diags.warning_count, 3000);
    assert_int_equal(c.diags.error_count, 1);
    assert_int_equal(c.diags.list.at[c.diags.list.n - 1].at.line, 3002); /* the error is not lost behind warnings */
    diags_print(&shown, &c.diags, "x.txt", LANG_EN);
    assert_non_null(strstr(strbuf_str(&shown), "x.txt:3002:1: BNT0218-E /a: tho=x is not within 0..2147483647.\nx.txt: 2500 more.\n"));
}

static void paths_and_roots_are_found(void **state)
{
    CLEANUP(unit_case_close)
    struct unit_case c = unit_case_read("unit=g;{ty=g;unit=n;{ty=n;unit=m;{ty=n;unit=j;{ty=j;}}}}");
    const struct unit *job = unit_find(c.file, "/g/n/m/j");
    assert_non_null(job);
    assert_string_equal(unit_path(&c.into, job, "/top"), "/top/g/n/m/j");
    assert_null(unit_find(c.file, "/g/x"));
    assert_null(unit_find(c.file, "/g/n/m/j/k"));
    assert_true(unit_is_root_net(unit_find(c.file, "/g/n")));
    assert_false(unit_is_root_net(unit_find(c.file, "/g/n/m")));
    assert_false(unit_is_root_net(c.file->first));
}

static void values_are_read_by_their_key(void **state)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read("unit=a;{ty=n;ms=mlt;fd=90;cm=\"90\";}");
    const struct unit *unit = c.file->first;
    assert_true(unit_says(unit, KEY_MS, "mlt"));
    assert_false(unit_says(unit, KEY_MS, "ml"));
    assert_false(unit_says(unit, KEY_MP, "y"));
    assert_int_equal(unit_number(unit, KEY_FD, 5), 90);
    assert_int_equal(unit_number(unit, KEY_CM, 5), 5);
    assert_int_equal(unit_number(unit, KEY_RG, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_text_has_no_units),
        cmocka_unit_test(a_tree_is_read_with_its_attributes),
        cmocka_unit_test(several_top_units_are_siblings),
        cmocka_unit_test(a_file_may_be_one_line),
        cmocka_unit_test(parameters_may_follow_children),
        cmocka_unit_test(order_of_repeated_parameters_is_kept),
        cmocka_unit_test(quotes_and_casts_are_resolved),
        cmocka_unit_test(a_cast_of_another_letter_is_kept_with_a_warning),
        cmocka_unit_test(quoted_values_hold_line_ends),
        cmocka_unit_test(raw_values_may_hold_quoted_pieces),
        cmocka_unit_test(a_comment_mark_inside_a_value_is_data),
        cmocka_unit_test(comments_stand_where_blanks_may),
        cmocka_unit_test(tuples_may_run_over_lines),
        cmocka_unit_test(blanks_that_are_not_ascii_are_taken_with_a_warning),
        cmocka_unit_test(every_sign_for_times_is_read),
        cmocka_unit_test(unit_without_its_equals_sign_is_an_error),
        cmocka_unit_test(a_missing_semicolon_is_told_at_the_end_of_its_line),
        cmocka_unit_test(an_unclosed_quote_does_not_swallow_the_next_lines),
        cmocka_unit_test(text_behind_a_closing_quote_is_an_error),
        cmocka_unit_test(braces_must_match),
        cmocka_unit_test(several_errors_are_told_in_order_of_place),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(unknown_keys_are_kept_with_a_warning),
        cmocka_unit_test(bytes_that_are_no_utf8_are_refused_at_their_place),
        cmocka_unit_test(a_byte_order_mark_is_skipped),
        cmocka_unit_test(thirty_levels_are_allowed_and_no_more),
        cmocka_unit_test(messages_are_kept_to_a_bound_and_counted_beyond),
        cmocka_unit_test(paths_and_roots_are_found),
        cmocka_unit_test(values_are_read_by_their_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
