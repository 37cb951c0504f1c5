/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Differences as a person reads them: "+ /g/n" unit added, "- /g/n" removed, "/g/n key: before -> after" and so on.
 */
#include "tests/support/unit_case.h"

static const char *const marks[] = {
    [UNIT_ADDED] = "unit+",   [UNIT_REMOVED] = "unit-",      [PARAM_ADDED] = "+",
    [PARAM_REMOVED] = "-",    [PARAM_CHANGED] = "~",         [ATTRIBUTE_CHANGED] = "attribute",
    [LAYOUT_CHANGED] = "layout",
};

static void differs(const char *before, const char *after, const char *expected)
{
    CLEANUP(unit_case_close) struct unit_case a = unit_case_read(before);
    CLEANUP(unit_case_close) struct unit_case b = unit_case_read(after);
    assert_true(a.file && b.file);
    struct unit_diff diff = {0};
    unit_diff(&a.into, a.file, b.file, &diff);
    CLEANUP(strbuf_close) struct strbuf text = {0};
    for (size_t i = 0; i < diff.rows.n; i++) {
        const struct unit_diff_row *row = &diff.rows.at[i];
        strbuf_printf(&text, "%s%s %s", i ? "; " : "", marks[row->change], row->path);
        if (row->key) {
            strbuf_printf(&text, " %s %s>%s", row->key, row->before ? row->before : "", row->after ? row->after : "");
        }
    }
    vec_close(&diff.rows);
    assert_string_equal(strbuf_str(&text), expected);
}

static void the_same_definition_has_no_difference(void **state)
{
    differs("unit=a;{ty=j;te=\"x\";tho=1;}", "unit=a,,,;\n{\n\ttho=1;\n\t/* c */\n\tte=\"x\";\n\tty=j;\n}\n", "");
    differs("", "", "");
}

static void line_ends_are_no_difference(void **state)
{
    differs("unit=a;{ty=j;te=\"x\ny\";}", "unit=a;{ty=j;te=\"x\r\ny\";}", "");
    differs("unit=a;{ty=j;te=\"x\ny\";}", "unit=a;{ty=j;te=\"x\ry\";}", "~ /a te \"x\ny\">\"x\ry\"");
}

static void parameters_are_added_removed_and_changed(void **state)
{
    differs("unit=a;{ty=j;tho=1;fd=5;}", "unit=a;{ty=j;tho=2;pr=3;}", "- /a fd 5>; + /a pr >3; ~ /a tho 1>2");
    differs("unit=a;{ty=j;}", "unit=a;{ty=pj;}", "~ /a ty j>pj");
}

static void order_of_a_repeatable_key_counts(void **state)
{
    differs("unit=a;{ty=j;env=\"A=1\";env=\"B=2\";}", "unit=a;{ty=j;env=\"B=2\";env=\"A=1\";}", "~ /a env \"A=1\">\"B=2\"");
    differs("unit=a;{ty=j;env=\"A=1\";}", "unit=a;{ty=j;env=\"A=1\";env=\"B=2\";}", "+ /a env >\"B=2\"");
    differs("unit=a;{ty=j;env=\"A=1\";env=\"B=2\";env=\"C=3\";}", "unit=a;{ty=j;env=\"A=1\";env=\"B=9\";env=\"C=3\";}",
            "~ /a env \"B=2\">\"B=9\"");
    differs("unit=a;{ty=j;env=\"A=1\";env=\"A=1\";}", "unit=a;{ty=j;env=\"A=1\";}", "- /a env \"A=1\">");
}

static void of_a_key_that_may_not_repeat_the_first_counts(void **state)
{
    differs("unit=a;{ty=j;tho=1;tho=2;}", "unit=a;{ty=j;tho=1;}", "");
    differs("unit=a;{ty=j;tho=1;tho=2;}", "unit=a;{ty=j;tho=2;}", "~ /a tho 1>2");
}

static void unknown_keys_are_compared(void **state)
{
    differs("unit=a;{ty=j;zz=1;}", "unit=a;{ty=j;zz=2;yy=1;}", "+ /a yy >1; ~ /a zz 1>2");
}

static void units_are_matched_by_path(void **state)
{
    differs("unit=g;{ty=g;unit=a;{ty=n;unit=j;{ty=j;}}unit=b;{ty=n;}}", "unit=g;{ty=g;unit=b;{ty=n;rg=2;}unit=c;{ty=n;}}",
            "unit- /g/a; unit- /g/a/j; + /g/b rg >2; unit+ /g/c");
    differs("", "unit=g;{ty=g;}", "unit+ /g");
}

static void attributes_are_compared(void **state)
{
    differs("unit=a,0700,x,g;{ty=g;}", "unit=a,,y,g;{ty=g;}", "attribute /a permission 0700>; attribute /a owner x>y");
}

static void layout_is_listed_apart_and_its_order_is_nothing(void **state)
{
    differs("unit=n;{ty=n;sz=10x8;el=a,j,+80 +48;unit=a;{ty=j;}}", "unit=n;{ty=n;sz=12x8;el=a,j,+240 +48;unit=a;{ty=j;}}",
            "layout /n el a,j,+80 +48>a,j,+240 +48; layout /n sz 10x8>12x8");
    differs("unit=n;{ty=n;el=a,j,+80 +48;el=b,j,+0 +0;unit=a;{ty=j;}unit=b;{ty=j;}}",
            "unit=n;{ty=n;el=b,j,+0 +0;el=a,j,+80 +48;unit=a;{ty=j;}unit=b;{ty=j;}}", "");
}

static void relations_are_compared(void **state)
{
    differs("unit=n;{ty=n;ar=(f=a,t=b);unit=a;{ty=j;}unit=b;{ty=j;}}", "unit=n;{ty=n;unit=a;{ty=j;}unit=b;{ty=j;}}",
            "- /n ar (f=a,t=b)>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_definition_has_no_difference),
        cmocka_unit_test(line_ends_are_no_difference),
        cmocka_unit_test(parameters_are_added_removed_and_changed),
        cmocka_unit_test(order_of_a_repeatable_key_counts),
        cmocka_unit_test(of_a_key_that_may_not_repeat_the_first_counts),
        cmocka_unit_test(unknown_keys_are_compared),
        cmocka_unit_test(units_are_matched_by_path),
        cmocka_unit_test(attributes_are_compared),
        cmocka_unit_test(layout_is_listed_apart_and_its_order_is_nothing),
        cmocka_unit_test(relations_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
