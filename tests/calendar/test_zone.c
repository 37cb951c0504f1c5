/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_zone - against glibc as the oracle over zones with every kind of change, and files that are wrong.
 */
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/macros.h"
#include "calendar/zone.h"

static const char *const names[] = {
    "Asia/Tokyo",          "Europe/Berlin",     "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo",
    "Africa/Casablanca",   "Pacific/Apia",      "Europe/Dublin",    "Asia/Kathmandu",      "America/Nuuk",
    "Pacific/Chatham",     "Antarctica/Troll",  "UTC",              "Asia/Tehran",         "America/St_Johns",
};

static size_t file_read(const char *name, char *bytes, size_t max)
{
    char path[200];
    (void)snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(bytes, 1, max, file) : 0;
    if (file) {
        fclose(file);
    }
    return n;
}

/* Also makes glibc use the zone. NULL where the system has no such file. */
static const struct zone *load(struct arena *arena, const char *name)
{
    static char bytes[65536];
    struct err e = {0};
    const struct zone *zone = NULL;
    size_t n = file_read(name, bytes, sizeof(bytes));
    if (!n) {
        return NULL;
    }
    assert_true(zone_parse(arena, name, bytes, n, &zone, &e));
    setenv("TZ", name, 1);
    tzset();
    return zone;
}

static struct tm oracle(int64_t sec)
{
    struct tm tm;
    time_t at = (time_t)sec;
    assert_non_null(localtime_r(&at, &tm));
    return tm;
}

/* Local time as seconds, by glibc. */
static int64_t oracle_local(int64_t sec)
{
    return sec + oracle(sec).tm_gmtoff;
}

static void offsets_are_those_of_glibc_from_1900_to_2500(void **state)
{
    struct arena arena = {0};
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct zone *zone = load(&arena, names[i]);
        if (!zone) {
            continue;
        }
        for (int64_t sec = INT64_C(-2208988800); sec < INT64_C(16725225600); sec += 86400 * 3 + 5 * 3600 + 61) {
            int offset_sec = zone_offset_sec(zone, (struct instant){sec * 1000 + 999});
            if (offset_sec != (int)oracle(sec).tm_gmtoff) {
                print_error("%s at %lld\n", names[i], (long long)sec);
            }
            assert_int_equal(offset_sec, oracle(sec).tm_gmtoff);
        }
    }
    arena_close(&arena);
}

/* A civil time that exists gives its first pass; one in a gap gives the moment of the change. */
static void check_instant(const struct zone *zone, struct bizday day, int minute)
{
    int64_t wanted = (int64_t)day.day * 86400 + minute * 60;
    struct instant at = zone_instant(zone, day, minute);
    int64_t sec = at.ms / 1000, local = oracle_local(sec);
    assert_int_equal(at.ms % 1000, 0);
    if (local != wanted) {
        assert_true(local > wanted);
        assert_true(oracle_local(sec - 1) < wanted);
        return;
    }
    for (int back_min = 20; back_min <= 24 * 60; back_min += back_min < 180 ? 10 : 60) {
        assert_int_not_equal(oracle_local(sec - back_min * 60), wanted);
    }
    struct bizday civil;
    int civil_minute;
    zone_civil(zone, at, &civil, &civil_minute);
    assert_int_equal(civil.day, day.day + minute / 1440);
    assert_int_equal(civil_minute, minute % 1440);
}

static void every_civil_time_is_one_instant(void **state)
{
    static const int years[] = {2011, 2026, 2060, 2450};
    struct arena arena = {0};
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct zone *zone = load(&arena, names[i]);
        for (size_t y = 0; zone && y < COUNT(years); y++) {
            struct bizday day = bizday_of((struct civil){years[y], 1, 1});
            for (int n = 0; n < 365; n++) {
                /* only days with a change, or some others */
                int64_t noon = (int64_t)(day.day + n) * 86400 + 43200;
                bool is_quiet = oracle(noon - 86400 * 2).tm_gmtoff == oracle(noon + 86400 * 2).tm_gmtoff;
                for (int minute = 0; minute < 2880; minute += is_quiet ? 1439 : 15) {
                    check_instant(zone, bizday_plus(day, n), minute);
                }
            }
        }
    }
    arena_close(&arena);
}

static void berlin_skips_and_repeats_its_hour(void **state)
{
    struct arena arena = {0};
    const struct zone *berlin = load(&arena, "Europe/Berlin");
    char text[INSTANT_TEXT_MAX];
    if (!berlin) {
        skip();
    }
    struct bizday spring = bizday_of((struct civil){2027, 3, 28}), autumn = bizday_of((struct civil){2027, 10, 31});
    assert_string_equal(instant_print(zone_instant(berlin, spring, 150), 0, text), "2027-03-28T01:00:00Z");
    assert_string_equal(instant_print(zone_instant(berlin, spring, 180), 0, text), "2027-03-28T01:00:00Z");
    assert_string_equal(instant_print(zone_instant(berlin, autumn, 150), 0, text), "2027-10-31T00:30:00Z");
    assert_string_equal(instant_print(zone_instant(berlin, autumn, 180), 0, text), "2027-10-31T02:00:00Z");
    /* 26:30 of the day before is the same moment as 2:30 */
    assert_string_equal(instant_print(zone_instant(berlin, bizday_plus(autumn, -1), 1590), 0, text), "2027-10-31T00:30:00Z");
    assert_string_equal(zone_name(berlin), "Europe/Berlin");
    arena_close(&arena);
}

static void tokyo_needs_no_file(void **state)
{
    struct arena arena = {0};
    char text[INSTANT_TEXT_MAX];
    struct bizday day;
    int minute;
    assert_int_equal(zone_offset_sec(zone_tokyo(), (struct instant){0}), 32400);
    assert_string_equal(instant_print(zone_instant(zone_tokyo(), bizday_of((struct civil){2026, 6, 29}), 1650), 540, text),
                        "2026-06-30T03:30:00+09:00");
    zone_civil(zone_tokyo(), (struct instant){-1}, &day, &minute);
    assert_int_equal(day.day, 0);
    assert_int_equal(minute, 8 * 60 + 59);
    const struct zone *fixed = zone_fixed(&arena, "-03:30", -210);
    assert_int_equal(zone_offset_sec(fixed, (struct instant){0}), -12600);
    zone_civil(fixed, (struct instant){0}, &day, &minute);
    assert_int_equal(day.day, -1);
    assert_int_equal(minute, 20 * 60 + 30);
    arena_close(&arena);
}

/* A version 2 file with no changes and this footer. */
static bool parse_footer(struct arena *arena, const char *footer, const struct zone **ret)
{
    char bytes[400] = {0};
    struct err e = {0};
    size_t n = 0;
    for (int i = 0; i < 2; i++) {
        memcpy(bytes + n, "TZif2", 5);
        bytes[n + 39] = 1; /* one type */
        bytes[n + 43] = 4; /* four characters */
        n += 44 + 6 + 4;
    }
    n += (size_t)snprintf(bytes + n, sizeof(bytes) - n, "\n%s\n", footer);
    bool is_read = zone_parse(arena, "Test/Zone", bytes, n, ret, &e);
    assert_true(is_read || e.code == ERR_ZONE_DATA);
    return is_read;
}

static void footers_of_all_forms_are_read(void **state)
{
    struct arena arena = {0};
    const struct zone *zone;
    struct instant january = zone_instant(zone_tokyo(), bizday_of((struct civil){2026, 1, 15}), 0);
    struct instant july = zone_instant(zone_tokyo(), bizday_of((struct civil){2026, 7, 15}), 0);
    assert_true(parse_footer(&arena, "AAA3BBB,J60/0,J300/0", &zone));
    assert_int_equal(zone_offset_sec(zone, january), -3 * 3600);
    assert_int_equal(zone_offset_sec(zone, july), -2 * 3600);
    assert_true(parse_footer(&arena, "<-0330>+3:30<-01>1:15:30,59/-1,299/26:00:00", &zone));
    assert_int_equal(zone_offset_sec(zone, july), -(3600 + 15 * 60 + 30));
    assert_true(parse_footer(&arena, "XXX3EDT4,0/0,J365/23", &zone)); /* summer time all year */
    assert_int_equal(zone_offset_sec(zone, january), -4 * 3600);
    assert_int_equal(zone_offset_sec(zone, july), -4 * 3600);
    arena_close(&arena);
}

static void wrong_files_are_refused(void **state)
{
    static const char *const footers[] = {"A3",           "AAA",          "AAA3BBB",           "AAA3BBB,M3.2.0",       "AAA25",
                                          "<AAA3",        "AAA3BBB,M13.1.0,M1.1.0", "AAA3BBB,M1.6.0,M1.1.0", "AAA3BBB,J0,J1", "AAA3BBB,0,366",
                                          "AAA3BBB,0/168,1", "AAA3BBB,0,1x", "AAA3:60"};
    struct arena arena = {0};
    const struct zone *zone = NULL;
    struct err e = {0};
    for (size_t i = 0; i < COUNT(footers); i++) {
        assert_false(parse_footer(&arena, footers[i], &zone));
    }
    static char bytes[65537];
    size_t n = file_read("Europe/Berlin", bytes, sizeof(bytes));
    for (size_t cut = 0; cut < n; cut += 7) { /* a file cut anywhere before its footer is no zone */
        e = (struct err){0};
        bool is_read = zone_parse(&arena, "Europe/Berlin", bytes, cut, &zone, &e);
        assert_false(is_read && cut + 30 < n);
    }
    assert_null(zone);
    assert_false(zone_parse(&arena, "Big/Zone", bytes, sizeof(bytes), &zone, &e));
    assert_int_equal(e.code, ERR_TOO_LARGE);
    n = file_read("right/Europe/Berlin", bytes, sizeof(bytes));
    assert_true(n == 0 || !zone_parse(&arena, "right/Europe/Berlin", bytes, n, &zone, &e)); /* leap seconds */
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_are_those_of_glibc_from_1900_to_2500),
        cmocka_unit_test(every_civil_time_is_one_instant),
        cmocka_unit_test(berlin_skips_and_repeats_its_hour),
        cmocka_unit_test(tokyo_needs_no_file),
        cmocka_unit_test(footers_of_all_forms_are_read),
        cmocka_unit_test(wrong_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
