/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zone - TZif (RFC 8536 versions 1-4) into a sorted table of offset changes.
 *
 * The rule in the file's footer is laid out as changes too, for a little over 400 years: the Gregorian calendar
 * repeats after 400 years (146,097 days, whole weeks), so an instant beyond the table is answered by the same
 * instant some cycles earlier and no look-up ever evaluates a rule. Thus a zone is nothing but its table.
 *
 * Invariants: 1. at_sec ascends strictly. 2. every offset is within ZONE_OFFSET_SEC_MAX.
 * 3. is_cyclic: the last 400 years of the table are the footer's rule alone.
 */
#include "calendar/zone.h"

#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "calendar/zone_priv.h"

#define CYCLE_SEC (INT64_C(146097) * 86400)
enum { CYCLE_YEARS = 400, SPARE_YEARS = 3, RULE_YEAR_MIN = 1800, RULE_YEAR_MAX = 9000 };
enum { HEADER_BYTES = 44, TYPE_BYTES = 6 };

struct change {
    int64_t at_sec;
    int32_t offset_sec; /* from at_sec on */
};

struct zone {
    const char *name;
    int32_t initial_sec; /* before the first change */
    bool is_cyclic;
    size_t n;
    const struct change *changes;
};

static const struct zone tokyo = {.name = "Asia/Tokyo", .initial_sec = 9 * 3600};

/* --- reading the file --- */

struct counts {
    uint64_t isut, isstd, leap, time, type, chars;
};

/* One data block: where its parts lie. */
struct block {
    const unsigned char *times, *indices, *types;
    struct counts counts;
    size_t time_bytes; /* 4 or 8 */
};

static int64_t big_endian(const unsigned char *at, size_t bytes)
{
    uint64_t value = (at[0] & 0x80) ? UINT64_MAX : 0; /* two's complement, sign carried up */
    for (size_t i = 0; i < bytes; i++) {
        value = value << 8 | at[i];
    }
    int64_t number;
    memcpy(&number, &value, sizeof(number));
    return number;
}

/* Reads header and data block at *at, moves *at behind them; NULL or what is wrong. */
static const char *block_read(struct str *at, size_t time_bytes, char *version, struct block *ret)
{
    if (at->n < HEADER_BYTES || memcmp(at->at, "TZif", 4) != 0) {
        return "no TZif header";
    }
    const unsigned char *header = (const unsigned char *)at->at;
    uint64_t c[6];
    for (size_t i = 0; i < COUNT(c); i++) {
        c[i] = (uint64_t)big_endian(header + 20 + i * 4, 4) & UINT32_MAX;
    }
    struct counts counts = {c[0], c[1], c[2], c[3], c[4], c[5]};
    uint64_t bytes = counts.time * time_bytes + counts.time + counts.type * TYPE_BYTES + counts.chars +
                     counts.leap * (time_bytes + 4) + counts.isstd + counts.isut;
    if (bytes > at->n - HEADER_BYTES) {
        return "shorter than its counts say";
    }
    *version = (char)header[4];
    *ret = (struct block){.times = header + HEADER_BYTES, .counts = counts, .time_bytes = time_bytes};
    ret->indices = ret->times + counts.time * time_bytes;
    ret->types = ret->indices + counts.time;
    *at = (struct str){at->at + HEADER_BYTES + bytes, at->n - HEADER_BYTES - (size_t)bytes};
    return NULL;
}

static bool offset_of_type(const struct block *block, size_t type, int32_t *ret_sec)
{
    if (type >= block->counts.type) {
        return false;
    }
    int64_t sec = big_endian(block->types + type * TYPE_BYTES, 4);
    if (sec < -ZONE_OFFSET_SEC_MAX || sec > ZONE_OFFSET_SEC_MAX) {
        return false;
    }
    *ret_sec = (int32_t)sec;
    return true;
}

static const char *changes_read(const struct block *block, struct change *changes, struct zone *zone)
{
    if (block->counts.leap) {
        return "it counts leap seconds";
    }
    if (!offset_of_type(block, 0, &zone->initial_sec)) {
        return "bad offset";
    }
    for (size_t i = 0; i < block->counts.time; i++) {
        changes[i].at_sec = big_endian(block->times + i * block->time_bytes, block->time_bytes);
        if (!offset_of_type(block, block->indices[i], &changes[i].offset_sec)) {
            return "bad offset";
        }
        if (i > 0 && changes[i].at_sec <= changes[i - 1].at_sec) {
            return "changes out of order";
        }
    }
    zone->n = (size_t)block->counts.time;
    return NULL;
}

/* --- the footer's rule as changes --- */

static int rule_first_year(const struct zone *zone, const struct change *changes)
{
    int64_t day = zone->n ? changes[zone->n - 1].at_sec / 86400 : INT32_MIN;
    int64_t earliest = bizday_of((struct civil){RULE_YEAR_MIN, 1, 1}).day;
    int64_t latest = bizday_of((struct civil){RULE_YEAR_MAX, 1, 1}).day;
    day = day < earliest ? earliest : day > latest ? latest : day;
    return bizday_civil((struct bizday){(int32_t)day}).year;
}

static void change_add(struct zone *zone, struct change *changes, struct change change)
{
    if (zone->n == 0 || change.at_sec > changes[zone->n - 1].at_sec) {
        changes[zone->n++] = change;
    } else if (change.at_sec == changes[zone->n - 1].at_sec) {
        changes[zone->n - 1] = change; /* summer time all year: its end meets the next start */
    }
}

static void rule_lay_out(struct zone *zone, struct change *changes, const struct zone_rule *rule)
{
    int from = rule_first_year(zone, changes);
    size_t own = zone->n;
    for (int year = from; year < from + CYCLE_YEARS + SPARE_YEARS; year++) {
        struct change start = {zone_day_local_sec(&rule->start, year) - rule->standard_sec, rule->daylight_sec};
        struct change end = {zone_day_local_sec(&rule->end, year) - rule->daylight_sec, rule->standard_sec};
        bool is_north = start.at_sec < end.at_sec;
        struct change both[] = {is_north ? start : end, is_north ? end : start};
        for (size_t i = 0; i < COUNT(both); i++) {
            if (own == 0 || both[i].at_sec > changes[own - 1].at_sec) {
                change_add(zone, changes, both[i]);
            }
        }
    }
    zone->is_cyclic = zone->n > own;
}

static const char *footer_read(struct str text, struct zone *zone, struct change *changes)
{
    struct str line, rest;
    struct zone_rule rule;
    if (text.n == 0 || text.at[0] != '\n' || !str_cut((struct str){text.at + 1, text.n - 1}, '\n', &line, &rest)) {
        return "no footer";
    }
    if (line.n == 0) {
        return NULL; /* the last change holds for ever */
    }
    if (!zone_rule_parse(line, &rule)) {
        return "bad footer";
    }
    if (rule.has_daylight) {
        rule_lay_out(zone, changes, &rule);
    }
    return NULL;
}

static const char *zone_read(struct arena *into, struct str file, struct zone *zone)
{
    struct block block;
    char version;
    const char *wrong = block_read(&file, 4, &version, &block);
    bool has_footer = !wrong && version != '\0';
    if (has_footer) { /* version 2 and later repeat everything in 64 bits */
        wrong = block_read(&file, 8, &version, &block);
    }
    if (wrong) {
        return wrong;
    }
    size_t room = (size_t)block.counts.time + 2 * (CYCLE_YEARS + SPARE_YEARS);
    struct change *changes = arena_array(into, struct change, room);
    zone->changes = changes;
    wrong = changes_read(&block, changes, zone);
    return wrong || !has_footer ? wrong : footer_read(file, zone, changes);
}

bool zone_parse(struct arena *into, const char *name, const void *tzif, size_t n, const struct zone **ret, struct err *e)
{
    if (n > ZONE_FILE_BYTES_MAX) {
        return err_set(e, ERR_TOO_LARGE, "%s" ARG "%u bytes", name, ZONE_FILE_BYTES_MAX);
    }
    struct zone *zone = arena_new(into, struct zone);
    zone->name = arena_copy(into, name);
    const char *wrong = zone_read(into, (struct str){tzif, n}, zone);
    if (wrong) {
        return err_set(e, ERR_ZONE_DATA, "%s" ARG "%s", name, wrong);
    }
    *ret = zone;
    return true;
}

const struct zone *zone_fixed(struct arena *into, const char *name, int offset_min)
{
    assert(offset_min >= -ZONE_OFFSET_SEC_MAX / 60 && offset_min <= ZONE_OFFSET_SEC_MAX / 60);
    struct zone *zone = arena_new(into, struct zone);
    *zone = (struct zone){.name = arena_copy(into, name), .initial_sec = offset_min * 60};
    return zone;
}

const struct zone *zone_tokyo(void)
{
    return &tokyo;
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

/* --- look-ups --- */

/* How many cycles back `sec` lies within the table, with two days to spare for offsets. */
static int64_t cycles_beyond(const struct zone *zone, int64_t sec)
{
    if (!zone->is_cyclic) {
        return 0;
    }
    int64_t end = zone->changes[zone->n - 1].at_sec - 2 * 86400;
    return sec < end ? 0 : (sec - end) / CYCLE_SEC + 1;
}

/* Number of changes at or before `sec`: the offset in force is the last of them. */
static size_t changes_until(const struct zone *zone, int64_t sec)
{
    size_t lo = 0, hi = zone->n;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (zone->changes[middle].at_sec <= sec) {
            lo = middle + 1;
        } else {
            hi = middle;
        }
    }
    return lo;
}

static int32_t offset_after(const struct zone *zone, size_t change_count)
{
    return change_count ? zone->changes[change_count - 1].offset_sec : zone->initial_sec;
}

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

int zone_offset_sec(const struct zone *zone, struct instant at)
{
    int64_t sec = floor_div(at.ms, 1000);
    return offset_after(zone, changes_until(zone, sec - cycles_beyond(zone, sec) * CYCLE_SEC));
}

/*
 * The answer is the earliest t with t + offset(t) >= local: the first pass of a repeated time, and in a gap the
 * change itself. Stretches of constant offset are tried in order from the first that could hold it.
 */
struct instant zone_instant(const struct zone *zone, struct bizday day, int minute)
{
    assert(minute >= 0 && minute <= DAYTIME_MAX);
    int64_t local = (int64_t)day.day * 86400 + minute * 60;
    int64_t cycles = cycles_beyond(zone, local);
    local -= cycles * CYCLE_SEC;
    size_t i = changes_until(zone, local - ZONE_OFFSET_SEC_MAX);
    int64_t sec = local - offset_after(zone, i);
    while (i < zone->n && sec >= zone->changes[i].at_sec) {
        i++;
        sec = local - offset_after(zone, i);
        if (sec < zone->changes[i - 1].at_sec) {
            sec = zone->changes[i - 1].at_sec;
        }
    }
    return (struct instant){(sec + cycles * CYCLE_SEC) * 1000};
}

void zone_civil(const struct zone *zone, struct instant at, struct bizday *day, int *minute)
{
    int64_t local = floor_div(at.ms, 1000) + zone_offset_sec(zone, at);
    int64_t days = floor_div(local, 86400);
    assert(days > INT32_MIN && days <= INT32_MAX); /* INSTANT_NEVER has no civil day */
    *day = (struct bizday){(int32_t)days};
    *minute = (int)((local - days * 86400) / 60);
}
