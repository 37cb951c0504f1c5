/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * console_priv - what the reads of the web console share: texts in both languages, who sees which unit, windows of a day.
 */
#include "api/api_priv.h"
#include "base/vec.h"
#include "engine/outlook.h"

/* {"ja", "en"} */
void answer_both(struct call *call, const char *key, const char *ja, const char *en);
/* A message's text, or its action, in both languages; null when there is no such message. */
void answer_message(struct call *call, const char *key, const char *id, const char *args);
void answer_action(struct call *call, const char *key, const char *id);
struct instant call_now(struct call *call);

/* Changed times of some days (overrides, extensions), read once. */
struct day_times {
    VEC(struct window_change_row) rows;
};
MUST_CHECK bool day_times_read(struct call *call, struct bizday from, struct bizday to, struct day_times *ret, struct err *e);
struct window_times day_times_of(const struct day_times *times, const struct window_group *group, size_t cls, struct bizday day);
void day_times_close(struct day_times *times);

/* Names (paths, or last parts) of the jobnets that this version waits for; lives with the api. */
MUST_CHECK bool net_names_get(struct call *call, int64_t version, const char *path, const struct net_names **ret, struct err *e);
/* The group or root jobnet that a path names or lies in (read_tree.c). */
MUST_CHECK bool unit_root_get(struct call *call, const char *path, struct unit_row *ret, struct err *e);
