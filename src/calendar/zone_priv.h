/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * zone_priv - the POSIX TZ rule at the end of a TZif file, shared by zone.c and zone_rule.c.
 */
#include "base/str.h"
#include "calendar/zone.h"

/* Offsets are kept within 25 hours of UTC, the widest that RFC 8536 means to be met. */
enum { ZONE_OFFSET_SEC_MAX = 25 * 3600 };

enum zone_day_form { ZONE_DAY_JULIAN /* Jn: 1..365, 02-29 never counted */, ZONE_DAY_ZERO /* n: 0..365 */, ZONE_DAY_MONTH /* Mm.w.d */ };

struct zone_day {
    enum zone_day_form form;
    int day;               /* of the year */
    int month, week, weekday;
    int time_sec;          /* local time of the change, -167..167 h */
};

struct zone_rule {
    int standard_sec;      /* east of UTC */
    bool has_daylight;
    int daylight_sec;
    struct zone_day start, end; /* of daylight saving */
};

/* Reads "CET-1CEST,M3.5.0,M10.5.0/3" and the <+03>-3 form. */
MUST_CHECK bool zone_rule_parse(struct str text, struct zone_rule *ret);
/* Seconds since 1970-01-01 in local wall time at which `day` changes the clock in that year. */
int64_t zone_day_local_sec(const struct zone_day *day, int year);
