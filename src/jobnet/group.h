/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * group - what a job group's own lines say about its calendar: op cl sdd md stt x_calendar.
 */
#include "calendar/calendar.h"
#include "jobnet/unit.h"

/* Fills days, base day, month mode and base time of `level`; name, parent and zone stay as they are. */
void group_level(struct arena *into, const struct unit *group, struct calendar_level *level);
