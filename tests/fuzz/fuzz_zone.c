/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_zone - any bytes as a TZif file: what is accepted answers every civil time with an instant at which the
 * clock does not show less, and an instant whose clock shows it again leads to one no later.
 */
#include <stdlib.h>

#include "calendar/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct zone *zone, struct bizday day, int minute)
{
    struct bizday civil;
    int civil_minute;
    struct instant at = zone_instant(zone, day, minute);
    zone_civil(zone, at, &civil, &civil_minute);
    int64_t wanted = (int64_t)day.day * 1440 + minute, shown = (int64_t)civil.day * 1440 + civil_minute;
    if (shown < wanted || zone_instant(zone, civil, civil_minute).ms > at.ms) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int years[] = {1, 1799, 1900, 1970, 2007, 2026, 2038, 2399, 5000, 9999};
    CLEANUP(arena_close) struct arena arena = {0};
    struct err e = {0};
    const struct zone *zone;
    if (!zone_parse(&arena, "Fuzz/Zone", data, size, &zone, &e)) {
        return 0;
    }
    for (size_t i = 0; i < COUNT(years); i++) {
        for (int n = 0; n < 366; n += 5) {
            check(zone, bizday_plus(bizday_of((struct civil){years[i], 1, 1}), n), n * 7 % 2880);
        }
    }
    (void)zone_offset_sec(zone, INSTANT_NEVER);
    (void)zone_offset_sec(zone, (struct instant){INT64_MIN});
    return 0;
}
