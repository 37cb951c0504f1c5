/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heartbeat - one thread, one GET at a time.
 */
#include "http/heartbeat.h"

#include <curl/curl.h>
#include <pthread.h>
#include <string.h>

#include "base/arena.h"
#include "os/clock.h"

enum { TIMEOUT_SEC = 10, EVERY_SEC_MIN = 1 };

struct heartbeat {
    struct arena memory;
    struct heartbeat_config config;
    pthread_mutex_t lock;
    pthread_cond_t end;
    pthread_t thread;
    bool is_stopping;
};

static size_t swallow(char *bytes, size_t size, size_t count, void *data)
{
    (void)bytes;
    (void)data;
    return size * count;
}

static int give_up(void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    struct heartbeat *heartbeat = data;
    (void)pthread_mutex_lock(&heartbeat->lock);
    bool is_stopping = heartbeat->is_stopping;
    (void)pthread_mutex_unlock(&heartbeat->lock);
    return is_stopping;
}

static bool beat(struct heartbeat *heartbeat, struct err *e)
{
    CURL *curl = curl_easy_init();
    if (!curl) {
        return err_set(e, WARN_HEARTBEAT, "curl");
    }
    (void)curl_easy_setopt(curl, CURLOPT_URL, heartbeat->config.url);
    (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_SEC);
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "bantod/" BANTO_VERSION);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, give_up);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, heartbeat);
    CURLcode result = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    return result == CURLE_OK || err_set(e, WARN_HEARTBEAT, "%s", curl_easy_strerror(result));
}

static void *run(void *data)
{
    struct heartbeat *heartbeat = data;
    bool has_failed = false;
    (void)pthread_mutex_lock(&heartbeat->lock);
    while (!heartbeat->is_stopping) {
        (void)pthread_mutex_unlock(&heartbeat->lock);
        struct err e = {0};
        bool is_good = !heartbeat->config.is_healthy(heartbeat->config.data) || beat(heartbeat, &e);
        if (!is_good && !has_failed && heartbeat->config.failed) {
            heartbeat->config.failed(heartbeat->config.data, &e);
        }
        has_failed = !is_good;
        int64_t at_ms = clock_wall().ms + INT64_C(1000) * heartbeat->config.every_sec;
        struct timespec until = {at_ms / 1000, (at_ms % 1000) * 1000000};
        (void)pthread_mutex_lock(&heartbeat->lock);
        if (!heartbeat->is_stopping) {
            (void)pthread_cond_timedwait(&heartbeat->end, &heartbeat->lock, &until);
        }
    }
    (void)pthread_mutex_unlock(&heartbeat->lock);
    return NULL;
}

bool heartbeat_open(const struct heartbeat_config *config, struct heartbeat **ret, struct err *e)
{
    struct arena memory = {0};
    struct heartbeat *heartbeat = arena_new(&memory, struct heartbeat);
    heartbeat->config = *config;
    heartbeat->config.url = arena_copy(&memory, config->url);
    heartbeat->config.every_sec = config->every_sec < EVERY_SEC_MIN ? EVERY_SEC_MIN : config->every_sec;
    (void)pthread_mutex_init(&heartbeat->lock, NULL);
    (void)pthread_cond_init(&heartbeat->end, NULL);
    heartbeat->memory = memory;
    int failure = pthread_create(&heartbeat->thread, NULL, run, heartbeat);
    if (failure != 0) {
        arena_close(&memory);
        return err_set(e, ERR_SYSTEM, "pthread_create" ARG "%s", strerror(failure));
    }
    *ret = heartbeat;
    return true;
}

void heartbeat_close(struct heartbeat *heartbeat)
{
    if (!heartbeat) {
        return;
    }
    (void)pthread_mutex_lock(&heartbeat->lock);
    heartbeat->is_stopping = true;
    (void)pthread_cond_signal(&heartbeat->end);
    (void)pthread_mutex_unlock(&heartbeat->lock);
    (void)pthread_join(heartbeat->thread, NULL);
    struct arena memory = heartbeat->memory;
    arena_close(&memory);
}
