/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * time - the distinct kinds of time, so that the compiler refuses a mix-up.
 *
 * instant: a point in time, milliseconds since 1970-01-01T00:00Z. duration: milliseconds.
 * bizday: a civil date as a day count, without a zone; a 業務日 where a base time says so.
 * daytime: minutes on the 48-hour clock of a business day (27:30 = 1650), 0..2879.
 * Nothing here reads a clock or a time-zone.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

struct instant {
    int64_t ms;
};
struct duration {
    int64_t ms;
};
struct bizday {
    int32_t day; /* days since 1970-01-01, proleptic Gregorian */
};
struct daytime {
    int32_t minute;
};

#define INSTANT_NEVER ((struct instant){INT64_MAX})
#define BIZDAY_NONE ((struct bizday){INT32_MIN})
#define DAYTIME_NONE ((struct daytime){-1})
#define DAYTIME_MAX 2879
#define MINUTE_MS INT64_C(60000)
#define DAY_MS INT64_C(86400000)

enum weekday { WEEKDAY_SU, WEEKDAY_MO, WEEKDAY_TU, WEEKDAY_WE, WEEKDAY_TH, WEEKDAY_FR, WEEKDAY_SA };

struct civil {
    int year, month, day; /* month 1..12, day 1..31 */
};

static inline bool instant_before(struct instant a, struct instant b) { return a.ms < b.ms; }
static inline struct instant instant_after(struct instant a, struct duration d) { return (struct instant){a.ms + d.ms}; }
static inline struct bizday bizday_plus(struct bizday d, int days) { return (struct bizday){d.day + days}; }

/* Days of the month, 28..31. */
int month_days(int year, int month);
bool civil_valid(struct civil c);
/* The date must be valid. */
struct bizday bizday_of(struct civil c);
struct civil bizday_civil(struct bizday d);
enum weekday bizday_weekday(struct bizday d);
/* First day of the month `months` after that of `d`. */
struct bizday bizday_month_start(struct bizday d, int months);

/* "2026-06-29" or "2026/06/29". Years of texts keep their distance from the ends of the civil dates (1..9999), so that
 * whatever is reckoned from a date somebody wrote is still one. */
enum { DATE_YEAR_MIN = 1000, DATE_YEAR_MAX = 8999 };
enum { DATE_TEXT_MAX = 16, TIME_TEXT_MAX = 8, INSTANT_TEXT_MAX = 40 };
MUST_CHECK bool bizday_parse(const char *text, struct bizday *ret);
const char *bizday_print(struct bizday d, char text[DATE_TEXT_MAX]); /* 2026-06-29; returns text */

/* "H:MM" or "HH:MM", 0:00..47:59 */
MUST_CHECK bool daytime_parse(const char *text, struct daytime *ret);
const char *daytime_print(struct daytime t, char text[TIME_TEXT_MAX]); /* 27:30 */

/* RFC 3339 with seconds and fraction optional; the offset is required: 2026-06-29T19:00+09:00, …Z. */
MUST_CHECK bool instant_parse(const char *text, struct instant *ret);
/* 2026-06-29T19:00:00+09:00; milliseconds only when there are any. offset_min: minutes east of UTC. */
const char *instant_print(struct instant t, int offset_min, char text[INSTANT_TEXT_MAX]);
/* The same without a NUL behind it; returns where it ended. */
char *instant_put(struct instant t, int offset_min, char *to);
