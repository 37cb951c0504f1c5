/* SPDX-License-Identifier: Apache-2.0 */
/*
 * failures - a slot is free when nothing waits in it and its minute is over.
 */
#include "api/failures.h"

#include <string.h>

void failures_open(struct failures *failures)
{
    memset(failures, 0, sizeof(*failures));
    (void)pthread_mutex_init(&failures->lock, NULL);
}

void failures_close(struct failures *failures)
{
    (void)pthread_mutex_destroy(&failures->lock);
}

static bool is_resting(const struct failure *slot, int64_t now_ms)
{
    return slot->told_ms != 0 && now_ms - slot->told_ms < FAILURE_ENTRY_MS;
}

static struct failure *slot_of(struct failures *failures, const struct failure *one, int64_t now_ms)
{
    struct failure *list = failures->list, *free_slot = NULL;
    for (int i = 1; i < FAILURES_KEPT; i++) {
        bool is_used = list[i].count > 0 || is_resting(&list[i], now_ms);
        if (is_used && strcmp(list[i].name, one->name) == 0 && strcmp(list[i].address, one->address) == 0) {
            return &list[i];
        }
        free_slot = is_used || free_slot ? free_slot : &list[i];
    }
    if (free_slot) {
        *free_slot = *one;
        free_slot->count = free_slot->told_ms = 0;
    }
    return free_slot ? free_slot : &list[0];
}

static void tell(struct failure *slot, int64_t now_ms, struct failure *ret)
{
    *ret = *slot;
    slot->count = 0;
    slot->told_ms = now_ms;
}

bool failures_add(struct failures *failures, const struct failure *one, int64_t now_ms, struct failure *ret)
{
    (void)pthread_mutex_lock(&failures->lock);
    struct failure *slot = slot_of(failures, one, now_ms);
    slot->count++;
    bool is_now = !is_resting(slot, now_ms);
    if (is_now) {
        tell(slot, now_ms, ret);
    }
    (void)pthread_mutex_unlock(&failures->lock);
    return is_now;
}

bool failures_due(struct failures *failures, int64_t now_ms, struct failure *ret, int64_t *next_ms)
{
    bool is_found = false;
    *next_ms = INT64_MAX;
    (void)pthread_mutex_lock(&failures->lock);
    for (int i = 0; i < FAILURES_KEPT && !is_found; i++) {
        struct failure *slot = &failures->list[i];
        int64_t due_ms = slot->told_ms + FAILURE_ENTRY_MS;
        if (slot->count == 0) {
            continue;
        }
        if (due_ms <= now_ms) {
            is_found = true;
            tell(slot, now_ms, ret);
        } else {
            *next_ms = due_ms < *next_ms ? due_ms : *next_ms;
        }
    }
    (void)pthread_mutex_unlock(&failures->lock);
    return is_found;
}
