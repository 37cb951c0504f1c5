/* SPDX-License-Identifier: Apache-2.0 */
/*
 * act_wait - threads of logins wait here until an act of theirs is durable; the end of the server ends all waits.
 *
 * A wait is shared by who waits and the engine: the last one frees it, and what the engine never answered goes with the api.
 */
#include <errno.h>
#include <time.h>

#include "api/api_priv.h"

enum { WAIT_SEC = 10 };

struct wait {
    struct waits *waits;
    struct wait *next, *before;
    bool is_done, is_alone;    /* alone: who waited has gone */
    bool is_ok;
    struct err err;
    int64_t id;                /* of the answer; 0 = none */
};
struct waits {
    pthread_mutex_t lock;
    pthread_cond_t change;
    struct wait *list;
    bool is_stopping;
};

void waits_open(struct api *api)
{
    pthread_condattr_t how;
    api->waits = arena_new(&api->memory, struct waits);
    (void)pthread_mutex_init(&api->waits->lock, NULL);
    (void)pthread_condattr_init(&how);
    (void)pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&api->waits->change, &how);
    (void)pthread_condattr_destroy(&how);
}

/* With the lock held. */
static void wait_free(struct wait *wait)
{
    *(wait->before ? &wait->before->next : &wait->waits->list) = wait->next;
    if (wait->next) {
        wait->next->before = wait->before;
    }
    heap_free(wait);
}

void waits_stop(struct api *api)
{
    (void)pthread_mutex_lock(&api->waits->lock);
    api->waits->is_stopping = true;
    (void)pthread_cond_broadcast(&api->waits->change);
    (void)pthread_mutex_unlock(&api->waits->lock);
}

void waits_close(struct api *api)
{
    while (api->waits->list) {
        wait_free(api->waits->list);
    }
    (void)pthread_mutex_destroy(&api->waits->lock);
    (void)pthread_cond_destroy(&api->waits->change);
}

static int64_t answered_id(const char *json)
{
    const char *at = json ? strstr(json, "\"id\":") : NULL;
    int64_t id = 0;
    if (at) {
        at += strlen("\"id\":");
        bool is_number = str_to_i64((struct str){at, strspn(at, "0123456789")}, 1, INT64_MAX, &id);
        id = is_number ? id : 0;
    }
    return id;
}

static void act_told(void *data, const struct act_result *result)
{
    struct wait *wait = data;
    struct waits *waits = wait->waits;
    (void)pthread_mutex_lock(&waits->lock);
    wait->is_done = true;
    wait->is_ok = result->is_ok;
    wait->err = result->err;
    wait->id = result->is_ok ? answered_id(result->json) : 0;
    if (wait->is_alone) {
        wait_free(wait);
    }
    (void)pthread_cond_broadcast(&waits->change);
    (void)pthread_mutex_unlock(&waits->lock);
}

/* NULL: the server is stopping. */
static struct wait *wait_make(struct waits *waits)
{
    (void)pthread_mutex_lock(&waits->lock);
    struct wait *wait = waits->is_stopping ? NULL : heap_resize(NULL, 1, sizeof(*wait));
    if (wait) {
        *wait = (struct wait){.waits = waits, .next = waits->list};
        if (waits->list) {
            waits->list->before = wait;
        }
        waits->list = wait;
    }
    (void)pthread_mutex_unlock(&waits->lock);
    return wait;
}

bool act_wait(struct api *api, const struct act *act, int64_t *id, struct err *e)
{
    struct waits *waits = api->waits;
    struct wait *wait = wait_make(waits);
    struct timespec until;
    if (!wait) {
        return err_set(e, ERR_STOPPING, "%s", "");
    }
    if (!engine_submit(api->config.engine, act, act_told, wait, e)) {
        (void)pthread_mutex_lock(&waits->lock);
        wait_free(wait);
        (void)pthread_mutex_unlock(&waits->lock);
        return false;
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += WAIT_SEC;
    (void)pthread_mutex_lock(&waits->lock);
    int result = 0;
    while (!wait->is_done && !waits->is_stopping && result != ETIMEDOUT) {
        result = pthread_cond_timedwait(&waits->change, &waits->lock, &until);
    }
    bool is_ok = wait->is_done && wait->is_ok;
    if (is_ok) {
        *id = wait->id;
    } else if (wait->is_done) {
        *e = wait->err;
    } else {
        (void)(waits->is_stopping ? err_set(e, ERR_STOPPING, "%s", "") : err_set(e, ERR_BUSY, "%d", WAIT_SEC));
    }
    wait->is_alone = true;
    if (wait->is_done) {
        wait_free(wait);
    }
    (void)pthread_mutex_unlock(&waits->lock);
    return is_ok;
}
