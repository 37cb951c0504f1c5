/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * zone_file - a time zone by its name, from the system's time-zone data (tzdata).
 */
#include "calendar/zone.h"

/* The shape of wire/site.h's zone_load_fn. Fails: ERR_ZONE_DATA, ERR_FILE. */
bool zone_file_load(void *data, struct arena *into, const char *name, const struct zone **ret, struct err *e);
