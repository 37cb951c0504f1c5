/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_holiday - any bytes as a holiday file: what is accepted reads back the same once printed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "calendar/holiday.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void year_print(const struct holidays *holidays, int year, struct strbuf *into)
{
    struct holiday rows[400];
    size_t n = holidays_of_year(holidays, year, rows, 400);
    for (size_t i = 0; i < n && i < 400; i++) {
        struct civil c = bizday_civil(rows[i].day);
        struct holiday found = holidays_of(holidays, rows[i].day);
        if (found.name != rows[i].name || (i > 0 && rows[i].day.day <= rows[i - 1].day.day)) {
            abort();
        }
        if (rows[i].state == HOLIDAY_FIXED) {
            strbuf_printf(into, "%d/%d/%d,%s\n", c.year, c.month, c.day, rows[i].name);
        }
    }
}

static void all_print(const struct holidays *holidays, struct strbuf *into)
{
    for (int year = 1948; year <= 2099; year++) {
        year_print(holidays, year, into);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena arena = {0};
    CLEANUP(strbuf_close) struct strbuf first = {0};
    CLEANUP(strbuf_close) struct strbuf second = {0};
    struct err e = {0};
    const struct holidays *holidays, *again;
    if (!holidays_parse(&arena, (const char *)data, size, &holidays, &e)) {
        return 0;
    }
    all_print(holidays, &first);
    if (!holidays_parse(&arena, strbuf_str(&first), first.n, &again, &e)) {
        abort();
    }
    all_print(again, &second);
    if (strcmp(strbuf_str(&first), strbuf_str(&second)) != 0) {
        abort();
    }
    return 0;
}
