/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * words - short English words for the numbers that rows keep: what JSON says instead of them.
 */
#include <stdint.h>

#include "jobnet/unit.h"

const char *plan_state_word(int64_t state);
const char *registration_word(int64_t kind);
const char *origin_word(int64_t origin);
const char *severity_word(int64_t severity);
const char *event_kind_word(int64_t kind); /* as the words of the field `kind` of EVENT_LIST */
const char *decision_kind_word(const char *name, enum lang lang); /* the name itself when it is none of ours */
const char *unit_change_word(enum unit_change change);
