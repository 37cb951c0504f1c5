/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_priv - what the files of this folder share: listeners, requests, streams.
 *
 * Locks: http->lock is over everything below that more than one thread touches. Order: a lock of the engine, then
 * ours, then the library's (suspend and resume are called with ours held, the engine never is).
 */
#include <microhttpd.h>
#include <pthread.h>

#include "api/api.h"
#include "api/identity.h"
#include "base/vec.h"
#include "http/files.h"
#include "http/fingerprint.h"
#include "http/guard.h"
#include "http/head.h"
#include "http/http.h"
#include "http/proxy.h"
#include "http/rate.h"

enum { LISTENERS = 2, STREAM_QUIET_MS = 15000, ACTOR_BYTES = 80, ADDRESS_BYTES = 46, HEADERS_KEPT = 128 };

/* Who is at the other end; found once a connection. */
struct peer {
    struct guarded guarded;    /* first: TCP only */
    bool is_guarded;
    struct listener *listener;
    enum caller_kind kind;
    char actor[ACTOR_BYTES];
    char address[ADDRESS_BYTES]; /* "" on the Unix socket */
};

struct stream;
struct request;
struct tls;

struct listener {
    struct http *http;
    struct MHD_Daemon *daemon;
    int fd;                    /* -1 = not in use */
    bool is_tcp;
};

struct http {
    struct arena memory;
    struct api *api;
    const char *unix_path;
    int port;
    struct listener listeners[LISTENERS]; /* Unix, TCP */
    struct tls *tls;           /* NULL = none */
    struct files *files;
    struct head_hosts hosts;   /* that TCP requests may name */
    struct proxies proxies;    /* whose word on who asks is taken */
    struct http_limits limits;
    struct fingerprint_key etag_key; /* of answers; of this start */
    struct rate rate;
    struct guard guard;
    pthread_mutex_t lock;
    pthread_cond_t pulse;      /* streams came or the end */
    pthread_t pulse_thread;
    bool has_pulse, is_stopping;
    int watch;                 /* of the feed */
    struct stream *streams;    /* all that are open */
    struct request *requests;  /* all that still hold memory */
};

/*
 * One request. Held by its connection and, while an act is under way, by the engine; freed by the last.
 */
struct request {
    struct listener *listener;
    struct MHD_Connection *connection;
    struct peer *peer;         /* NULL when the library told us nothing */
    struct arena arena;
    const char *path;          /* as sent, without the query */
    const struct operation *operation; /* NULL: a file */
    const struct file *file;
    struct str path_value;
    struct caller caller;
    const char *device, *browser; /* its cookie, its User-Agent; NULL = none */
    VEC(struct api_pair) query;
    struct strbuf body;
    size_t body_bytes_max;
    struct api_response response;
    struct err refused;        /* code != ERR_NONE: answer with this */
    bool is_begun, has_response, is_waiting /* for the engine, suspended */;
    int references;
    struct request *next, *before;
};

/* listen.c */
MUST_CHECK bool listen_unix(const char *path, int *fd, struct err *e);
/* is_open: other addresses than loopback, too. */
MUST_CHECK bool listen_tcp(const char *address, bool is_open, int *fd, int *port, struct err *e);
void peer_find(int fd, bool is_tcp, struct peer *ret);

/* request.c: the callbacks of the library. */
void *request_open(void *cls, const char *uri, struct MHD_Connection *connection);
/* The library dictates these eight. */
#define HANDLER_PARAMETERS                                                                                   \
    void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version,  \
        const char *data, size_t *data_n, void **con_cls
enum MHD_Result request_handle(HANDLER_PARAMETERS);
void request_completed(void *cls, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode code);
void requests_stop(struct http *http); /* answers all that wait; with the lock held */
void requests_free(struct http *http); /* those that the engine never answered; when all threads have ended */
const char *request_header(const struct request *request, const char *name); /* NULL when absent */

/* who.c: the browser's end of the way is TLS: ours, or a trusted proxy says so. */
bool connection_is_tls(struct MHD_Connection *connection);
/* who.c: fills request->caller and device; refuses two credentials, forged requests and those that come too often. */
MUST_CHECK bool request_who(struct request *request, bool is_write, struct err *e);

/* stream.c */
enum MHD_Result stream_open(struct request *request);
void streams_wake(void *data);         /* data: struct http; the feed has grown */
void *streams_pulse(void *data);       /* the thread that keeps quiet streams alive */
void streams_stop(struct http *http);  /* with the lock held */

/* export.c: a list in lines, whose first page is request->response. */
enum MHD_Result export_open(struct request *request, const struct api_request *asked);

/* answer.c */
enum MHD_Result answer_queue(struct MHD_Connection *connection, struct api_response *response, bool is_last);
/* A read's: with an ETag; 304 when the asker has it. */
enum MHD_Result answer_read(struct request *request);
enum MHD_Result answer_file(struct request *request);
/* What every answer carries for its reader's safety. */
void answer_secure(struct MHD_Response *made, struct MHD_Connection *connection, const char *policy);
extern const char policy_data[], policy_page[];
