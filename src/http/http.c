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

#include "http/tls.h"
#include "os/clock.h"
#include "os/secret.h"

enum { CONNECTIONS_MAX = 8192, CONNECTION_BYTES = 32 * 1024, CONNECTION_TIMEOUT_SEC = 60, DRAIN_MS = 1000, PER_ADDRESS_MAX = 1024 };
/* A console loads some thirty files and asks a dozen things at once; a program that asks more often than this wants the feed. */
enum { ADDRESS_PER_SEC = 40, ADDRESS_BURST = 200, PERSON_PER_SEC = 50, PERSON_BURST = 400 };

static void connection_changed(void *cls, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode code)
{
    struct listener *listener = cls;
    struct guard *guard = &listener->http->guard;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        struct peer *peer = *context;
        if (peer && peer->is_guarded) {
            guard_remove(guard, &peer->guarded);
        }
        heap_free(peer);
        *context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct peer *peer = heap_resize(NULL, 1, sizeof(*peer));
    peer_find(info ? info->connect_fd : -1, listener->is_tcp, peer);
    peer->listener = listener;
    if (listener->is_tcp && info) {
        peer->is_guarded = true;
        guard_add(guard, &peer->guarded, info->connect_fd, listener->http->limits.head_ms);
    }
    *context = peer;
}

/* GnuTLS dictates these eight. The session's pointer is the library's connection. */
#define CERTIFICATE_PARAMETERS                                                                               \
    gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,                        \
        const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **chain, unsigned *count, gnutls_privkey_t *key
static int certificate_give(CERTIFICATE_PARAMETERS)
{
    (void)authorities, (void)authority_count, (void)algorithms, (void)algorithm_count;
    struct MHD_Connection *connection = gnutls_session_get_ptr(session);
    const union MHD_ConnectionInfo *info = connection ? MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT) : NULL;
    const struct peer *peer = info ? info->socket_context : NULL;
    if (!peer) {
        return -1;
    }
    tls_show(peer->listener->http->tls, chain, count, key);
    return 0;
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
    struct http *http = listener->http;
    bool is_tls = listener->is_tcp && http->tls;
    const struct MHD_OptionItem options[] = {
        {MHD_OPTION_LISTEN_SOCKET, listener->fd, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)thread_count, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, CONNECTION_TIMEOUT_SEC, NULL},
        {listener->is_tcp && http->proxies.count == 0 ? MHD_OPTION_PER_IP_CONNECTION_LIMIT : MHD_OPTION_END, http->limits.connections_per_address, NULL},
        {is_tls ? MHD_OPTION_HTTPS_PRIORITIES : MHD_OPTION_END, 0, (void *)(uintptr_t)TLS_PRIORITIES},
        {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)certificate_give},
        {MHD_OPTION_END, 0, NULL},
    };
    /* SIGTERM and friends are for the main thread. */
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | (is_tls ? (unsigned)MHD_USE_TLS : 0u);
    listener->daemon = MHD_start_daemon(flags, 0, NULL, NULL, request_handle, listener, MHD_OPTION_EXTERNAL_LOGGER, library_says, NULL,
                                        MHD_OPTION_URI_LOG_CALLBACK, request_open, listener, MHD_OPTION_NOTIFY_COMPLETED,
                                        request_completed, listener, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, listener,
                                        MHD_OPTION_ARRAY, options, MHD_OPTION_END);
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
    return !config->tcp || (listen_tcp(config->tcp, http->tls != NULL, &http->listeners[1].fd, &http->port, e) &&
                            listener_start(&http->listeners[1], threads, e));
}

static bool proxies_read(struct http *http, const struct http_config *config, struct err *e)
{
    for (size_t i = 0; i < config->proxy_count; i++) {
        if (!proxies_add(&http->proxies, config->proxies[i])) {
            return err_set(e, ERR_USAGE, "--proxy ADDR[/BITS][,…]: %.60s", config->proxies[i]);
        }
    }
    return true;
}

static int or_usual(int value, int usual)
{
    return value > 0 ? value : usual;
}

static struct http_limits limits_of(const struct http_limits *given)
{
    return (struct http_limits){
        .address = {or_usual(given->address.per_sec, ADDRESS_PER_SEC), or_usual(given->address.burst, ADDRESS_BURST)},
        .person = {or_usual(given->person.per_sec, PERSON_PER_SEC), or_usual(given->person.burst, PERSON_BURST)},
        .connections_per_address = or_usual(given->connections_per_address, PER_ADDRESS_MAX),
        .head_ms = or_usual(given->head_ms, GUARD_HEAD_MS),
        .look_every_ms = given->look_every_ms,
    };
}

static void hosts_copy(struct http *http, const struct http_config *config)
{
    const char **names = arena_array(&http->memory, const char *, config->host_count + 1);
    for (size_t i = 0; i < config->host_count; i++) {
        names[i] = arena_copy(&http->memory, config->hosts[i]);
    }
    /* By its address alone only over TLS, where the certificate says who answers. */
    http->hosts = (struct head_hosts){names, config->host_count, config->tls_cert != NULL};
}

/* What must be there before the first connection. */
static bool parts_open(struct http *http, const struct http_config *config, struct err *e)
{
    struct tls_config tls = {config->tls_cert, config->tls_key, config->say};
    if ((config->tls_cert != NULL) != (config->tls_key != NULL)) {
        return err_set(e, ERR_USAGE, "--tls-cert FILE --tls-key FILE");
    }
    if (!proxies_read(http, config, e)) {
        return false;
    }
    if (config->tls_cert && !tls_open(&tls, &http->tls, e)) {
        return false;
    }
    int failure = pthread_create(&http->pulse_thread, NULL, streams_pulse, http);
    http->has_pulse = failure == 0;
    if (failure != 0) {
        return err_set(e, ERR_SYSTEM, "pthread_create" ARG "%s", strerror(failure));
    }
    return files_open(config->web_folder, &http->files, e) && guard_open(&http->guard, http->limits.look_every_ms, e) &&
           listeners_open(http, config, e);
}

bool http_open(const struct http_config *config, struct http **ret, struct err *e)
{
    struct arena memory = {0};
    struct http *http = arena_new(&memory, struct http);
    uint64_t seed = 0;
    secret_random(&seed, sizeof(seed));
    secret_random(&http->etag_key, sizeof(http->etag_key));
    http->memory = memory;
    http->api = config->api;
    http->unix_path = config->unix_path ? arena_copy(&http->memory, config->unix_path) : NULL;
    http->limits = limits_of(&config->limits);
    hosts_copy(http, config);
    for (int i = 0; i < LISTENERS; i++) {
        http->listeners[i] = (struct listener){.http = http, .fd = -1};
    }
    rate_open(&http->rate, seed);
    (void)pthread_mutex_init(&http->lock, NULL);
    (void)pthread_cond_init(&http->pulse, NULL);
    http->watch = api_changes_watch(http->api, streams_wake, http);
    if (!parts_open(http, config, e)) {
        http_close(http);
        return false;
    }
    *ret = http;
    return true;
}

void http_reload(struct http *http)
{
    if (http && http->tls) {
        tls_reload(http->tls);
    }
}

int http_port(const struct http *http)
{
    return http->port;
}

/* Their threads write into requests. */
static void logins_end(struct http *http)
{
    (void)pthread_mutex_lock(&http->lock);
    bool is_any = http->requests != NULL;
    (void)pthread_mutex_unlock(&http->lock);
    if (is_any) {
        api_stop(http->api);
    }
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
    if (http->has_pulse) {
        (void)pthread_join(http->pulse_thread, NULL);
    }
    logins_end(http);
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
    guard_close(&http->guard);
    requests_free(http);
    files_close(http->files);
    tls_close(http->tls);
    rate_close(&http->rate);
    (void)pthread_mutex_destroy(&http->lock);
    (void)pthread_cond_destroy(&http->pulse);
    struct arena memory = http->memory;
    arena_close(&memory);
}
