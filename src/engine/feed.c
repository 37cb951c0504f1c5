/* SPDX-License-Identifier: Apache-2.0 */
/*
 * feed - the ring of changes that viewers follow: one line per journal entry, packed; JSON is what a reader gets.
 */
#include <pthread.h>
#include <stdio.h>

#include "engine/engine_priv.h"

enum { RING_LINES = 8192, WATCHERS_MAX = 64 };

struct ring_line {
    int64_t seq;
    struct strbuf text;
};

struct feed {
    pthread_mutex_t lock;
    struct ring_line lines[RING_LINES]; /* by added % RING_LINES */
    int64_t added;             /* lines ever added */
    int64_t head;              /* seq of the newest */
    struct {
        void (*wake)(void *data);
        void *data;
    } watchers[WATCHERS_MAX];
};

struct feed *feed_open(void)
{
    struct feed *feed = heap_resize(NULL, 1, sizeof(*feed));
    *feed = (struct feed){0};
    (void)pthread_mutex_init(&feed->lock, NULL);
    return feed;
}

void feed_close(struct feed *feed)
{
    if (!feed) {
        return;
    }
    for (size_t i = 0; i < RING_LINES; i++) {
        strbuf_close(&feed->lines[i].text);
    }
    (void)pthread_mutex_destroy(&feed->lock);
    heap_free(feed);
}

void feed_add(struct feed *feed, int64_t seq, const char *packed, size_t n)
{
    (void)pthread_mutex_lock(&feed->lock);
    struct ring_line *line = &feed->lines[feed->added++ % RING_LINES];
    line->seq = feed->head = seq;
    strbuf_clear(&line->text);
    strbuf_add(&line->text, packed, n);
    (void)pthread_mutex_unlock(&feed->lock);
}

void feed_wake(struct feed *feed)
{
    (void)pthread_mutex_lock(&feed->lock);
    for (size_t i = 0; i < WATCHERS_MAX; i++) {
        if (feed->watchers[i].wake) {
            feed->watchers[i].wake(feed->watchers[i].data);
        }
    }
    (void)pthread_mutex_unlock(&feed->lock);
}

enum feed_result feed_next(struct feed *feed, int64_t *seq, struct strbuf *into)
{
    CLEANUP(strbuf_close) struct strbuf packed = {0};
    (void)pthread_mutex_lock(&feed->lock);
    int64_t oldest = feed->added > RING_LINES ? feed->added - RING_LINES : 0;
    int64_t low = oldest, high = feed->added; /* first line with a greater seq */
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (feed->lines[middle % RING_LINES].seq > *seq) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    enum feed_result result = FEED_NONE;
    if (low < feed->added) {
        const struct ring_line *line = &feed->lines[low % RING_LINES];
        bool has_gap = low == oldest && *seq > 0 && line->seq > *seq + 1;
        if (has_gap) {
            result = FEED_GONE;
        } else {
            strbuf_add(&packed, line->text.at, line->text.n);
            *seq = line->seq;
            result = FEED_LINE;
        }
    } else if (*seq > 0 && feed->added == 0) {
        result = *seq < feed->head ? FEED_GONE : FEED_NONE;
    }
    (void)pthread_mutex_unlock(&feed->lock);
    if (result == FEED_LINE) {
        feed_print(into, *seq, packed.at, packed.n);
    }
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
    int id = -1;
    (void)pthread_mutex_lock(&feed->lock);
    for (int i = 0; i < WATCHERS_MAX && id < 0; i++) {
        if (!feed->watchers[i].wake) {
            feed->watchers[i].wake = wake;
            feed->watchers[i].data = data;
            id = i;
        }
    }
    (void)pthread_mutex_unlock(&feed->lock);
    return id;
}

void feed_unwatch(struct feed *feed, int id)
{
    (void)pthread_mutex_lock(&feed->lock);
    if (id >= 0 && id < WATCHERS_MAX) {
        feed->watchers[id].wake = NULL;
    }
    (void)pthread_mutex_unlock(&feed->lock);
}
