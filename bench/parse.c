/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse - processor time that a million units take from text to a checked tree. "NAME VALUE UNIT" a line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "jobnet/unit.h"
#include "tests/support/unit_text.h"

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    int64_t unit_count = 1000000;
    if (argc > 1 && !str_to_i64(str_of(argv[1]), 1, 10000000, &unit_count)) {
        fprintf(stderr, "usage: bench_parse [UNITS]\n");
        return 64;
    }
    struct strbuf text = {0};
    unit_text_make(&text, (size_t)unit_count);
    struct arena into = {0};
    struct diags diags = {0};
    const struct unit_file *file = NULL;
    double start = now_s();
    bool is_good = unit_parse(&into, text.at, text.n, &diags, &file);
    double parsed = now_s();
    if (!is_good || diags.warning_count || file->unit_count != (size_t)unit_count) {
        struct strbuf messages = {0};
        diags_print(&messages, &diags, "text", LANG_EN);
        fprintf(stderr, "%.2000s\n", strbuf_str(&messages));
        return 1;
    }
    struct strbuf printed = {0};
    unit_print(&printed, file);
    double end = now_s();
    printf("parse.million_units_s %.2f s\n", (parsed - start) * 1e6 / (double)unit_count);
    printf("parse.text_mib %.0f MiB\n", (double)text.n / 1048576);
    printf("parse.tree_mib %.0f MiB\n", (double)into.total_bytes / 1048576);
    printf("print.million_units_s %.2f s\n", (end - parsed) * 1e6 / (double)unit_count);
    strbuf_close(&printed);
    strbuf_close(&text);
    diags_close(&diags);
    arena_close(&into);
    return 0;
}
