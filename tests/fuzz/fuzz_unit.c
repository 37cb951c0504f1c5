/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_unit - any bytes are read without harm; what is accepted is printed, read again and says the same.
 *
 * parse(print(x)) has no difference from x and prints the same; a unit never differs from itself; text for a
 * JP1 reads well and holds no x_ key; places of messages lie within the text and are in order.
 */
#include <assert.h>
#include <string.h>

#include "jobnet/unit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_places(const struct diags *diags)
{
    struct place last = {1, 1};
    for (size_t i = 0; i < diags->list.n; i++) {
        struct place at = diags->list.at[i].at;
        assert(at.line > last.line || (at.line == last.line && at.column >= last.column));
        last = at;
    }
    struct strbuf text = {0};
    diags_print(&text, diags, "file", LANG_JA);
    diags_print(&text, diags, "file", LANG_EN);
    strbuf_close(&text);
}

static const struct unit_file *read_again(struct arena *into, const struct strbuf *text)
{
    struct diags diags = {0};
    const struct unit_file *file = NULL;
    bool is_good = unit_parse(into, text->at ? text->at : "", text->n, &diags, &file);
    assert(is_good);
    check_places(&diags);
    diags_close(&diags);
    return file;
}

static void check_same(struct arena *into, const struct unit_file *before, const struct unit_file *after)
{
    struct unit_diff diff = {0};
    unit_diff(into, before, after, &diff);
    assert(diff.rows.n == 0);
    vec_close(&diff.rows);
}

static void check_values(struct arena *into, const struct unit *unit)
{
    for (; unit; unit = unit->next_sibling) {
        for (size_t i = 0; i < unit->param_count; i++) {
            if (unit->params[i].known >= 0) {
                const char *text = unit_text(into, unit, (enum unit_key)unit->params[i].known);
                assert(text && strlen(text) <= unit->params[i].value.n + strlen(text)); /* ends in NUL */
                (void)unit_number(unit, (enum unit_key)unit->params[i].known, 0);
            }
            assert(strncmp(unit->params[i].key, "unit", 5) != 0);
        }
        check_values(into, unit->first_child);
    }
}

static void check_jp1(struct arena *into, const struct unit_file *file)
{
    struct strbuf text = {0}, left_out = {0};
    unit_print_jp1(&text, file, &left_out);
    const struct unit_file *plain = read_again(into, &text);
    assert(plain->unit_count == file->unit_count);
    struct unit_diff diff = {0};
    unit_diff(into, file, plain, &diff);
    for (size_t i = 0; i < diff.rows.n; i++) {
        assert(diff.rows.at[i].change == PARAM_REMOVED && str_starts(diff.rows.at[i].key, "x_"));
    }
    assert((diff.rows.n == 0) == (left_out.n == 0));
    vec_close(&diff.rows);
    strbuf_close(&text);
    strbuf_close(&left_out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena into = {0};
    struct diags diags = {0};
    const struct unit_file *file = NULL;
    bool is_good = unit_parse(&into, (const char *)data, n, &diags, &file);
    assert(is_good == (diags.error_count == 0) && is_good == (file != NULL));
    check_places(&diags);
    if (is_good) {
        struct strbuf text = {0}, text_again = {0};
        unit_print(&text, file);
        const struct unit_file *again = read_again(&into, &text);
        unit_print(&text_again, again);
        assert(text.n == text_again.n && (text.n == 0 || memcmp(text.at, text_again.at, text.n) == 0));
        check_same(&into, file, again);
        check_same(&into, file, file);
        check_values(&into, file->first);
        check_jp1(&into, file);
        strbuf_close(&text);
        strbuf_close(&text_again);
    }
    diags_close(&diags);
    arena_close(&into);
    return 0;
}
