/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * calendar - which days work is done, and how days are counted.
 *
 * A calendar is one level: dated lines, national holidays and yearly closures, weekdays, base day,
 * base time, zone. Levels form a chain by `parent`, as job groups do in JP1: the nearest level that
 * says something about a day decides; within a level a dated line wins over a holiday or yearly
 * closure, which wins over the weekday; nothing anywhere = open. Base day, month mode, base time and
 * zone are inherited item by item; without any: day 1, this month, 00:00, Asia/Tokyo.
 *
 * A business day (運用日付) runs from its base time to the next day's. Counting (domain §8): "n business
 * days after" does not count the start; the n-th business day is counted from the first of the month.
 * A calendar is immutable once made; share it freely between threads. All instants are UTC.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"
#include "calendar/holiday.h"
#include "calendar/zone.h"

struct calendar;

enum day_mark { DAY_UNSET, DAY_OPEN, DAY_CLOSED };
enum month_mode { MONTH_UNSET, MONTH_THIS /* md=th */, MONTH_NEXT /* md=ne */ };

struct calendar_date {
    struct bizday day;
    enum day_mark mark;
};

/* A closure of every year, both ends inclusive; may run over the year's end: 12/29–1/3. */
struct calendar_yearly {
    uint8_t from_month, from_day, to_month, to_day;
    const char *name; /* 年末年始 */
};

/* What one level says. Arrays and names are copied by calendar_make; parent, holidays and zone must outlive it.
 * A level begun as {0} says 00:00: set base_time to DAYTIME_NONE where it is to be inherited. */
struct calendar_level {
    const char *name; /* shown in reasons: a job group's path or a site calendar's name */
    const struct calendar *parent;
    const struct calendar_date *dates; /* any order; a later line on the same day wins */
    size_t date_count;
    enum day_mark weekdays[7];          /* by enum weekday */
    const struct holidays *holidays;    /* NULL: this level does not know holidays; else they are closed */
    const struct calendar_yearly *yearly;
    size_t yearly_count;
    int base_day;                       /* sdd: 1..31; 0 = inherited */
    int base_weekday_nth;               /* sdd=we:n: nth 1..5, 6 = last; 0 = base_day counts */
    enum weekday base_weekday;
    enum month_mode month_mode;
    struct daytime base_time;           /* DAYTIME_NONE = inherited */
    const struct zone *zone;            /* NULL = inherited */
};

const struct calendar *calendar_make(struct arena *into, const struct calendar_level *level);
/* Weekends, national holidays and 12/29–1/3 closed (行政機関の休日), computed holidays, base time 00:00. */
const struct calendar *calendar_japan(struct arena *into);

const char *calendar_name(const struct calendar *c);
struct daytime calendar_base_time(const struct calendar *c);
const struct zone *calendar_zone(const struct calendar *c);

bool calendar_is_open(const struct calendar *c, struct bizday day);

enum day_reason { DAY_BY_DEFAULT, DAY_BY_DATE, DAY_BY_HOLIDAY, DAY_BY_YEARLY, DAY_BY_WEEKDAY };
struct day_status {
    bool is_open;
    enum day_reason reason;
    const char *name;         /* of the holiday or the yearly closure, else NULL */
    const char *calendar;     /* name of the level that decided; NULL for DAY_BY_DEFAULT */
    bool is_predicted;        /* decided by a computed holiday (予測) */
};
struct day_status calendar_status(const struct calendar *c, struct bizday day);

/* Nearest open day from `day` on (after) or back (before), `day` itself included, at most limit_days away;
 * BIZDAY_NONE if none. */
struct bizday calendar_open_after(const struct calendar *c, struct bizday day, int limit_days);
struct bizday calendar_open_before(const struct calendar *c, struct bizday day, int limit_days);
/* n open days after (n > 0) or before (n < 0) `day`, which is not counted; 0 = day itself.
 * At most limit_days calendar days away, else BIZDAY_NONE. */
struct bizday calendar_shift(const struct calendar *c, struct bizday day, int n, int limit_days);

/* First and last day of the operational month called year/month. With base day 21 January is Jan 21..Feb 20 (md=th) or
 * Dec 21..Jan 20 (md=ne). A civil month too short for its base day (31, a 5th Monday) takes its last day, or its last
 * such weekday, so that months follow one another without a hole. */
struct bizday calendar_month_first(const struct calendar *c, int year, int month);
struct bizday calendar_month_last(const struct calendar *c, int year, int month);
/* Which operational month a day belongs to. */
void calendar_month_of(const struct calendar *c, struct bizday day, int *year, int *month);
/* n-th (1..) open or closed day within first..last, from the front; n-th from the back when n < 0. BIZDAY_NONE if none. */
struct bizday calendar_nth(const struct calendar *c, struct bizday first, struct bizday last, int n, bool is_open);
/* Open days within first..last. */
int calendar_count(const struct calendar *c, struct bizday first, struct bizday last);
/* Position of an open day within its calendar month: 1.. ; 0 on a closed day. */
int calendar_number(const struct calendar *c, struct bizday day);

/* Start of the business day. */
struct instant calendar_day_start(const struct calendar *c, struct bizday day);
/* The business day that an instant belongs to. */
struct bizday calendar_day_of(const struct calendar *c, struct instant at);
/* The instant of a 48-hour time on the business day's own date (27:30 = next morning 3:30). */
struct instant calendar_instant(const struct calendar *c, struct bizday day, struct daytime time);
/* The 48-hour time of `at` seen from business day `day`; DAYTIME_NONE outside 0:00..47:59 of that day. */
struct daytime calendar_daytime(const struct calendar *c, struct bizday day, struct instant at);
