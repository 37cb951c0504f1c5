/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http - starting and stopping the listeners.
 *
 * The end: no new connections, streams end, waiting acts are refused, then the threads are joined. Nothing may be
 * suspended when the library is told to stop.
 */
#include "http/http_priv.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "os/clock.h"

enum { CONNECTIONS_MAX = 8192, CONNECTION_BYTES = 32 * 1024, CONNECTION_TIMEOUT_SEC = 60, DRAIN_MS = 1000 };

static void connection_changed(void *cls, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode code)
{
    struct listener *listener = cls;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        heap_free(*context);
        *context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct peer *peer = heap_resize(NULL, 1, sizeof(*peer));
    peer_find(info ? info->connect_fd : -1, listener->is_tcp, peer);
    *context = peer;
}

/* Its complaints are about peers that went away; a failure of ours has a message of ours. */
static void PRINTF(2, 0) library_says(void *cls, const char *fmt, va_list args)
{
    (void)cls;
    (void)fmt;
    (void)args;
}

static bool listener_start(struct listener *listener, unsigned thread_count, struct err *e)
{
    /* SIGTERM and friends are for the main thread. */
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    listener->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, request_handle, listener,
        MHD_OPTION_EXTERNAL_LOGGER, library_says, NULL, MHD_OPTION_LISTEN_SOCKET, listener->fd, MHD_OPTION_URI_LOG_CALLBACK,
        request_open, listener, MHD_OPTION_NOTIFY_COMPLETED, request_completed, listener, MHD_OPTION_NOTIFY_CONNECTION,
        connection_changed, listener, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_THREAD_POOL_SIZE, thread_count,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONNECTION_TIMEOUT_SEC, MHD_OPTION_END);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return listener->daemon || err_set(e, ERR_SYSTEM, "MHD_start_daemon" ARG "%s", listener->is_tcp ? "TCP" : "Unix");
}

static bool listeners_open(struct http *http, const struct http_config *config, struct err *e)
{
    unsigned threads = config->thread_count < 2 ? 2 : config->thread_count;
    if (config->unix_path && (!listen_unix(config->unix_path, &http->listeners[0].fd, e) ||
                              !listener_start(&http->listeners[0], threads, e))) {
        return false;
    }
    http->listeners[1].is_tcp = true;
    return !config->tcp || (listen_tcp(config->tcp, &http->listeners[1].fd, &http->port, e) &&
                            listener_start(&http->listeners[1], threads, e));
}

bool http_open(const struct http_config *config, struct http **ret, struct err *e)
{
    struct arena memory = {0};
    struct http *http = arena_new(&memory, struct http);
    http->api = config->api;
    http->unix_path = config->unix_path ? arena_copy(&memory, config->unix_path) : NULL;
    for (int i = 0; i < LISTENERS; i++) {
        http->listeners[i] = (struct listener){.http = http, .fd = -1};
    }
    (void)pthread_mutex_init(&http->lock, NULL);
    (void)pthread_cond_init(&http->pulse, NULL);
    http->watch = api_changes_watch(http->api, streams_wake, http);
    http->memory = memory;
    int failure = pthread_create(&http->pulse_thread, NULL, streams_pulse, http);
    if (failure != 0) {
        api_changes_unwatch(http->api, http->watch);
        arena_close(&memory);
        return err_set(e, ERR_SYSTEM, "pthread_create" ARG "%s", strerror(failure));
    }
    if (!listeners_open(http, config, e)) {
        http_close(http);
        return false;
    }
    *ret = http;
    return true;
}

int http_port(const struct http *http)
{
    return http->port;
}

/* Streams need a moment to send their last chunk. */
static void drain(struct http *http)
{
    for (int waited_ms = 0; waited_ms < DRAIN_MS; waited_ms += 10) {
        (void)pthread_mutex_lock(&http->lock);
        bool is_empty = !http->streams && !http->requests;
        (void)pthread_mutex_unlock(&http->lock);
        if (is_empty) {
            return;
        }
        (void)usleep(10000);
    }
}

void http_close(struct http *http)
{
    if (!http) {
        return;
    }
    for (int i = 0; i < LISTENERS; i++) {
        if (http->listeners[i].daemon) {
            (void)MHD_quiesce_daemon(http->listeners[i].daemon); /* the listening socket is ours again */
        }
    }
    (void)pthread_mutex_lock(&http->lock);
    http->is_stopping = true;
    requests_stop(http);
    streams_stop(http);
    (void)pthread_cond_signal(&http->pulse);
    (void)pthread_mutex_unlock(&http->lock);
    api_changes_unwatch(http->api, http->watch);
    (void)pthread_join(http->pulse_thread, NULL);
    drain(http);
    for (int i = 0; i < LISTENERS; i++) {
        if (http->listeners[i].daemon) {
            MHD_stop_daemon(http->listeners[i].daemon);
        }
        if (http->listeners[i].fd >= 0) {
            (void)close(http->listeners[i].fd);
        }
    }
    if (http->unix_path && http->listeners[0].fd >= 0) {
        (void)unlink(http->unix_path);
    }
    requests_free(http);
    (void)pthread_mutex_destroy(&http->lock);
    (void)pthread_cond_destroy(&http->pulse);
    struct arena memory = http->memory;
    arena_close(&memory);
}
