/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unit_diff - what changed between two definitions, as a person would say it.
 *
 * Units are matched by their path; a renamed or moved unit is one removed and one added. Parameters are
 * matched by key: the order of different keys says nothing, the order within a repeatable or unknown key
 * does. Of a key that may not repeat the first counts. Line ends inside values are equal.
 */
#include <stdio.h>
#include <string.h>

#include "jobnet/unit_priv.h"

struct differ {
    struct arena *into;
    struct unit_diff *ret;
    const char *path; /* of the unit in hand */
};

/* A parameter with its place in the unit, and whether the other side has it. */
struct slot {
    const struct param *param;
    bool is_matched;
};
struct slots {
    struct slot *at;
    size_t n;
};

static const char *copy(struct differ *d, struct str s)
{
    return arena_copy_bytes(d->into, s.at, s.n);
}

static void row_add(struct differ *d, enum unit_change change, const char *key, const char *before,
                    const char *after)
{
    *vec_add(&d->ret->rows) = (struct unit_diff_row){change, d->path, key, before, after};
}

static bool is_layout(const struct param *param)
{
    return param->known == KEY_EL || param->known == KEY_SZ;
}

static void param_row(struct differ *d, const struct param *before, const struct param *after)
{
    const struct param *any = before ? before : after;
    enum unit_change change = is_layout(any)    ? LAYOUT_CHANGED
                              : before && after ? PARAM_CHANGED
                              : before          ? PARAM_REMOVED
                                                : PARAM_ADDED;
    row_add(d, change, copy(d, str_of(any->key)), before ? copy(d, before->value) : NULL,
            after ? copy(d, after->value) : NULL);
}

static int by_key(const void *a, const void *b)
{
    const struct slot *left = a, *right = b;
    int order = strcmp(left->param->key, right->param->key);
    return order ? order : (left->param > right->param) - (left->param < right->param);
}

static int by_value(const void *a, const void *b)
{
    const struct slot *left = *(struct slot *const *)a, *right = *(struct slot *const *)b;
    int order = value_compare(left->param->value, right->param->value);
    return order ? order : (left > right) - (left < right);
}

static struct slot **sorted(struct arena *tmp, struct slots slots)
{
    struct slot **order = arena_array(tmp, struct slot *, slots.n);
    for (size_t i = 0; i < slots.n; i++) {
        order[i] = &slots.at[i];
    }
    if (slots.n) {
        qsort(order, slots.n, sizeof(*order), by_value);
    }
    return order;
}

/* Marks what both sides have, as often as both have it. Returns how many pairs. */
static size_t match(struct arena *tmp, struct slots before, struct slots after)
{
    struct slot **a = sorted(tmp, before), **b = sorted(tmp, after);
    size_t pairs = 0;
    for (size_t i = 0, j = 0; i < before.n && j < after.n;) {
        int order = value_compare(a[i]->param->value, b[j]->param->value);
        if (order == 0) {
            a[i]->is_matched = true;
            b[j]->is_matched = true;
            pairs++;
        }
        i += order <= 0;
        j += order >= 0;
    }
    return pairs;
}

/* Same values in another order: the first that differs is shown. */
static void order_row(struct differ *d, struct slots before, struct slots after)
{
    for (size_t i = 0; i < before.n; i++) {
        if (value_compare(before.at[i].param->value, after.at[i].param->value) != 0) {
            if (!is_layout(before.at[i].param)) {
                param_row(d, before.at[i].param, after.at[i].param);
            }
            return;
        }
    }
}

/* All parameters of one key of both sides; either may be empty. */
static void diff_key(struct differ *d, struct slots before, struct slots after)
{
    const struct param *any = before.n ? before.at[0].param : after.at[0].param;
    bool is_list = any->known < 0 || unit_key_row((enum unit_key)any->known)->is_repeatable;
    if (!is_list) { /* the first counts */
        before.n = before.n > 1 ? 1 : before.n;
        after.n = after.n > 1 ? 1 : after.n;
    }
    struct arena tmp = {0};
    size_t pairs = match(&tmp, before, after);
    arena_close(&tmp);
    if (pairs == before.n && pairs == after.n) {
        order_row(d, before, after);
        return;
    }
    size_t j = 0;
    for (size_t i = 0; i < before.n; i++) {
        if (before.at[i].is_matched) {
            continue;
        }
        while (j < after.n && after.at[j].is_matched) {
            j++;
        }
        /* One that went and one that came at the same place in the list is one that changed. */
        bool is_changed = j < after.n && (before.n == after.n || !is_list);
        param_row(d, before.at[i].param, is_changed ? after.at[j++].param : NULL);
    }
    for (; j < after.n; j++) {
        if (!after.at[j].is_matched) {
            param_row(d, NULL, after.at[j].param);
        }
    }
}

static struct slots slots_of(struct arena *tmp, const struct unit *unit)
{
    struct slots slots = {arena_array(tmp, struct slot, unit->param_count), unit->param_count};
    for (size_t i = 0; i < slots.n; i++) {
        slots.at[i].param = &unit->params[i];
    }
    if (slots.n) {
        qsort(slots.at, slots.n, sizeof(*slots.at), by_key);
    }
    return slots;
}

/* The run of slots from `from` with the key of the first; empty if its key is not `key`. */
static struct slots run_of(struct slots slots, size_t from, const char *key)
{
    size_t n = 0;
    while (from + n < slots.n && strcmp(slots.at[from + n].param->key, key) == 0) {
        n++;
    }
    return (struct slots){slots.at + from, n};
}

static void diff_params(struct differ *d, const struct unit *before, const struct unit *after)
{
    struct arena tmp = {0};
    struct slots a = slots_of(&tmp, before), b = slots_of(&tmp, after);
    for (size_t i = 0, j = 0; i < a.n || j < b.n;) {
        const char *left = i < a.n ? a.at[i].param->key : NULL, *right = j < b.n ? b.at[j].param->key : NULL;
        const char *key = !left || (right && strcmp(right, left) < 0) ? right : left;
        struct slots left_run = run_of(a, i, key), right_run = run_of(b, j, key);
        diff_key(d, left_run, right_run);
        i += left_run.n;
        j += right_run.n;
    }
    arena_close(&tmp);
}

static void diff_attribute(struct differ *d, const char *key, const char *before, const char *after)
{
    if (strcmp(before, after) != 0) {
        row_add(d, ATTRIBUTE_CHANGED, key, arena_copy(d->into, before), arena_copy(d->into, after));
    }
}

static void whole_rows(struct differ *d, const struct unit *unit, enum unit_change change)
{
    d->path = unit_path(d->into, unit, "");
    row_add(d, change, NULL, NULL, NULL);
    for (const struct unit *child = unit->first_child; child; child = child->next_sibling) {
        whole_rows(d, child, change);
    }
}

static void names_fill(struct map *by_name, struct unit *first)
{
    for (struct unit *unit = first; unit; unit = unit->next_sibling) {
        map_put(by_name, unit->name, unit);
    }
}

static void diff_level(struct differ *d, struct unit *before, struct unit *after);

static void diff_unit(struct differ *d, const struct unit *before, const struct unit *after)
{
    d->path = unit_path(d->into, after, "");
    diff_attribute(d, "permission", before->permission, after->permission);
    diff_attribute(d, "owner", before->owner, after->owner);
    diff_attribute(d, "resource_group", before->resource_group, after->resource_group);
    diff_params(d, before, after);
    diff_level(d, before->first_child, after->first_child);
}

/* Recursion is bounded by UNIT_DEPTH_MAX. */
static void diff_level(struct differ *d, struct unit *before, struct unit *after)
{
    struct map old = {0}, now = {0};
    names_fill(&old, before);
    names_fill(&now, after);
    for (const struct unit *unit = before; unit; unit = unit->next_sibling) {
        const struct unit *same = map_get(&now, unit->name);
        if (same) {
            diff_unit(d, unit, same);
        } else {
            whole_rows(d, unit, UNIT_REMOVED);
        }
    }
    for (const struct unit *unit = after; unit; unit = unit->next_sibling) {
        if (!map_get(&old, unit->name)) {
            whole_rows(d, unit, UNIT_ADDED);
        }
    }
    map_close(&old);
    map_close(&now);
}

void unit_diff(struct arena *into, const struct unit_file *before, const struct unit_file *after,
               struct unit_diff *ret)
{
    struct differ d = {.into = into, .ret = ret};
    diff_level(&d, before->first, after->first);
}
