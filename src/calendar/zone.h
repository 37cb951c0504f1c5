/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * zone - a time zone: civil time of a place <-> instants.
 *
 * Made from the bytes of a TZif file (RFC 8536; os/ reads the file) or as a fixed offset.
 * Immutable; share it freely. Reads no TZ environment. glibc is the oracle in the tests.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"

struct zone;

/* name is kept ("Asia/Tokyo"). Fails: ERR_ZONE_DATA, ERR_TOO_LARGE. */
MUST_CHECK bool zone_parse(struct arena *into, const char *name, const void *tzif, size_t n, const struct zone **ret,
                           struct err *e);
const struct zone *zone_fixed(struct arena *into, const char *name, int offset_min);
/* Asia/Tokyo (no daylight saving since 1951) without any file: the default everywhere. */
const struct zone *zone_tokyo(void);

const char *zone_name(const struct zone *zone);
/* Seconds east of UTC at that instant. */
int zone_offset_sec(const struct zone *zone, struct instant at);

/*
 * The instant of `minute` (0..2879, beyond 1440 = the next day) on a civil day.
 * In a gap (clocks go forward): the first valid instant after it. For a repeated hour: its first
 * pass. So each civil time is one instant and an occurrence runs once.
 */
struct instant zone_instant(const struct zone *zone, struct bizday day, int minute);
/* The civil day and minute of the day (0..1439) of an instant. */
void zone_civil(const struct zone *zone, struct instant at, struct bizday *day, int *minute);
