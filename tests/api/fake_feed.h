/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * fake_feed - the recorder engine's feed of changes: numbers without content.
 */
#include <pthread.h>

#include "engine/engine.h"

enum { FAKE_WATCH_MAX = 8 };
struct feed {
    pthread_mutex_t lock;
    int64_t head, tail;        /* newest seq; lines up to tail have fallen off */
    void (*wake[FAKE_WATCH_MAX])(void *data), *data[FAKE_WATCH_MAX];
};

enum feed_result feed_next(struct feed *feed, int64_t *seq, struct strbuf *into)
{
    (void)pthread_mutex_lock(&feed->lock);
    enum feed_result result = *seq < feed->tail ? FEED_GONE : *seq >= feed->head ? FEED_NONE : FEED_LINE;
    if (result == FEED_LINE) {
        *seq += 1;
        strbuf_printf(into, "{\"seq\":%lld}", (long long)*seq);
    }
    (void)pthread_mutex_unlock(&feed->lock);
    return result;
}

int64_t feed_head(struct feed *feed)
{
    (void)pthread_mutex_lock(&feed->lock);
    int64_t head = feed->head;
    (void)pthread_mutex_unlock(&feed->lock);
    return head;
}

int feed_watch(struct feed *feed, void (*wake)(void *data), void *data)
{
    for (int i = 0; i < FAKE_WATCH_MAX; i++) {
        if (!feed->wake[i]) {
            feed->wake[i] = wake;
            feed->data[i] = data;
            return i;
        }
    }
    return -1;
}

void feed_unwatch(struct feed *feed, int id) { feed->wake[id] = NULL; }
