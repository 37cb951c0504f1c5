/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts_copy - a set of facts that may go its own way: what a forecast lets run on.
 */
#include <string.h>

#include "plan/facts.h"

static struct unit_facts *unit_copy(struct arena *into, const struct unit_facts *from)
{
    struct unit_facts *to = arena_new(into, struct unit_facts);
    *to = *from;
    to->path = arena_copy(into, from->path);
    to->generations.at = arena_array(into, struct generation, from->generations.n);
    to->plan.at = arena_array(into, struct plan_entry, from->plan.n);
    to->generations.max = to->generations.n;
    to->plan.max = to->plan.n;
    if (from->generations.n) {
        memcpy(to->generations.at, from->generations.at, from->generations.n * sizeof(*from->generations.at));
    }
    if (from->plan.n) {
        memcpy(to->plan.at, from->plan.at, from->plan.n * sizeof(*from->plan.at));
    }
    return to;
}

void facts_copy(struct arena *into, const struct facts *from, struct facts *to)
{
    *to = (struct facts){.time_window = from->time_window, .file_known = from->file_known, .data = from->data};
    for (struct map_entry *e = NULL; (e = map_next(&from->units_by_path, e));) {
        struct unit_facts *unit = unit_copy(into, e->value);
        (void)map_put(&to->units_by_path, unit->path, unit);
    }
    for (struct map_entry *e = NULL; (e = map_next(&from->units_by_name, e));) {
        const struct unit_facts *unit = e->value; /* NULL: several have that name */
        (void)map_put(&to->units_by_name, arena_copy(into, e->key), unit ? map_get(&to->units_by_path, unit->path) : NULL);
    }
    for (struct map_entry *e = NULL; (e = map_next(&from->locks, e));) {
        const struct lock_facts *lock = e->value;
        struct lock_facts *copy = facts_lock(to, lock->name);
        for (size_t i = 0; i < lock->holders.n; i++) {
            *vec_add(&copy->holders) = lock->holders.at[i];
        }
    }
    for (size_t i = 0; i < from->windows.n; i++) {
        *vec_add(&to->windows) = from->windows.at[i];
    }
}
