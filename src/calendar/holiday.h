/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * holiday - Japan's national holidays: official rows, with the law's rules for years not yet published.
 *
 * A row is 確定 (fixed: from the imported official CSV) or 予測 (predicted: computed by the law in force
 * in that year, holiday_law.def: fixed days, happy mondays, equinoxes, 振替休日, 国民の休日). Imported rows win
 * for every year that the import holds a row of; other years are computed. Immutable once made; share freely.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"

struct holidays;

enum holiday_state { HOLIDAY_NONE, HOLIDAY_FIXED /* 確定 */, HOLIDAY_PREDICTED /* 予測 */ };

struct holiday {
    struct bizday day;
    enum holiday_state state;
    const char *name; /* 元日; 休日 for 振替休日 and 国民の休日, as in the official file */
};

/* csv: UTF-8 text of the official format (`Y/M/D,名称` rows, optional heading), NULL for none.
 * Years 1948..2099 are answered. Fails: ERR_HOLIDAY_FILE with the line, ERR_HOLIDAY_TWICE, ERR_TOO_LARGE. */
MUST_CHECK bool holidays_parse(struct arena *into, const char *csv, size_t n, const struct holidays **ret,
                               struct err *e);
/* state is HOLIDAY_NONE on an ordinary day. */
struct holiday holidays_of(const struct holidays *holidays, struct bizday day);
/* Fills up to max rows of the year in date order; returns how many there are. */
size_t holidays_of_year(const struct holidays *holidays, int year, struct holiday *rows, size_t max);
/* The rows as lines "2026-01-01 fixed 元日": what a person signs for. */
struct strbuf;
void holidays_print(struct strbuf *into, const struct holiday *rows, size_t n);
