/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * calendar_priv - what calendar.c (making, reasons) and calendar_days.c (counting, months, instants) share.
 */
#include "calendar/calendar.h"

enum { MAP_YEAR_FIRST = 1994, MAP_YEAR_LAST = 2099 };
enum {
    WORD_FIRST = 8766 / 64, /* of 1994-01-01 */
    WORD_LAST = 47481 / 64, /* of 2099-12-31 */
    MAP_FIRST = WORD_FIRST * 64,
    MAP_LAST = WORD_LAST * 64 + 63,
};
enum { WEEKDAY_NTH_LAST = 6 };

/* Bit i of word w is day w * 64 + i; 1 = open. */
struct day_map {
    uint64_t words[WORD_LAST - WORD_FIRST + 1];
};

struct calendar {
    struct calendar_level level; /* its own words; base day, mode, time and zone with inheritance resolved */
    const struct day_map *map;   /* of the whole chain */
};
