/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canonical text: order, indentation, what is kept as it was, what a JP1 is not given.
 */
#include "tests/support/unit_case.h"

static void prints(const char *text, const char *expected)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read(text);
    assert_non_null(c.file);
    CLEANUP(strbuf_close) struct strbuf printed = {0}, again = {0};
    unit_print(&printed, c.file);
    assert_string_equal(strbuf_str(&printed), expected);
    CLEANUP(unit_case_close) struct unit_case second = unit_case_read(strbuf_str(&printed));
    assert_non_null(second.file);
    unit_print(&again, second.file);
    assert_string_equal(strbuf_str(&again), expected);
}

static void canonical_order_is_type_comment_size_layout_relations_others_children(void **state)
{
    prints("unit=a,,x,;{unit=b;{te=\"t\";ty=j;}rg=3;ar=(f=c,t=b);el=c,j,+80 +48;el=b,j,+240 +48;ms=sch;sz=10x8;cm=\"n\";ty=n;"
           "unit=c;{ty=j;}}",
           "unit=a,,x,;\n{\n\tty=n;\n\tcm=\"n\";\n\tsz=10x8;\n\tel=c,j,+80 +48;\n\tel=b,j,+240 +48;\n\tar=(f=c,t=b);\n"
           "\trg=3;\n\tms=sch;\n\tunit=b;\n\t{\n\t\tty=j;\n\t\tte=\"t\";\n\t}\n\tunit=c;\n\t{\n\t\tty=j;\n\t}\n}\n");
}

static void attributes_are_printed_as_many_as_were_written(void **state)
{
    prints("unit=a;{ty=g;}", "unit=a;\n{\n\tty=g;\n}\n");
    prints("unit=a,;{ty=g;}", "unit=a,;\n{\n\tty=g;\n}\n");
    prints("unit=a, 0700 ,o;{ty=g;}", "unit=a,0700,o;\n{\n\tty=g;\n}\n");
    prints("unit=a,,,;{ty=g;}", "unit=a,,,;\n{\n\tty=g;\n}\n");
}

static void values_stay_as_they_were_written(void **state)
{
    prints("unit=a;{ty=j;te=\"a#\"b##\";zz=q\"w\"e;env=\"A=1\";un= root ;cm=;}",
           "unit=a;\n{\n\tty=j;\n\tcm=;\n\tte=\"a#\"b##\";\n\tzz=q\"w\"e;\n\tenv=\"A=1\";\n\tun=root;\n}\n");
    prints("unit=n;{ty=n;sz=10×8;}", "unit=n;\n{\n\tty=n;\n\tsz=10×8;\n}\n");
}

static void line_ends_are_those_of_the_file(void **state)
{
    prints("unit=a;\r\n{\r\nty=j;te=\"1\n2\r\n3\r\r\n4\r5\";}", "unit=a;\r\n{\r\n\tty=j;\r\n\tte=\"1\r\n2\r\n3\r\n4\r5\";\r\n}\r\n");
    prints("unit=a;\n{ty=j;te=\"1\r\n2\";}", "unit=a;\n{\n\tty=j;\n\tte=\"1\n2\";\n}\n");
}

static void comments_are_not_kept(void **state)
{
    prints("/* a */unit=a;\n/* b */{ty=g;}", "unit=a;\n{\n\tty=g;\n}\n");
}

static void a_unit_alone_is_printed_at_its_depth(void **state)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read("unit=a;{ty=n;unit=b;{ty=j;}}");
    CLEANUP(strbuf_close) struct strbuf printed = {0};
    unit_print_one(&printed, c.file->first->first_child, 1);
    assert_string_equal(strbuf_str(&printed), "\tunit=b;\n\t{\n\t\tty=j;\n\t}\n");
}

static void text_for_a_jp1_leaves_extensions_out_and_lists_them(void **state)
{
    CLEANUP(unit_case_close)
    struct unit_case c = unit_case_read("unit=g;{ty=g;x_calendar=TSE;unit=n;{ty=n;x_gate=pred(/g/m,day);x_missed=skip;x_other=\"1\";rg=2;}}");
    CLEANUP(strbuf_close) struct strbuf printed = {0}, left_out = {0};
    unit_print_jp1(&printed, c.file, &left_out);
    assert_string_equal(strbuf_str(&printed), "unit=g;\n{\n\tty=g;\n\tunit=n;\n\t{\n\t\tty=n;\n\t\trg=2;\n\t}\n}\n");
    assert_string_equal(strbuf_str(&left_out),
                        "/g: x_calendar=TSE\n/g/n: x_gate=pred(/g/m,day)\n/g/n: x_missed=skip\n/g/n: x_other=\"1\"\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_order_is_type_comment_size_layout_relations_others_children),
        cmocka_unit_test(attributes_are_printed_as_many_as_were_written),
        cmocka_unit_test(values_stay_as_they_were_written),
        cmocka_unit_test(line_ends_are_those_of_the_file),
        cmocka_unit_test(comments_are_not_kept),
        cmocka_unit_test(a_unit_alone_is_printed_at_its_depth),
        cmocka_unit_test(text_for_a_jp1_leaves_extensions_out_and_lists_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
