/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream - responses without an end: the changes for viewers, the commands for an agent.
 *
 * A stream pulls: the library asks for bytes when the socket takes some. With nothing to say it is suspended; the
 * feed, its agent's link, the pulse (15 s of quiet: proxies and dead peers) or the end resumes it. Between "there
 * is nothing" and "suspend" a wake-up may come: is_awake remembers it. A viewer that reads so slowly that the ring
 * has passed it is dropped; it comes back with Last-Event-ID and is served from the journal until it has caught up.
 * All viewers get the same line of the ring, as it is; one whose session ends or whose rights change is let go.
 */
#include "http/http_priv.h"

#include <stdio.h>
#include <string.h>

#include "os/clock.h"

enum { STREAM_BLOCK_BYTES = 4096, STREAM_FILL_BYTES = 32 * 1024, PULSE_MS = 5000 };

struct stream {
    struct http *http;
    struct MHD_Connection *connection;
    struct agent_link *link;   /* NULL: a viewer's */
    struct strbuf out, line;
    size_t taken;
    int64_t seq;
    struct api_viewer viewer;
    bool is_behind;            /* reads the journal, not the ring */
    bool is_suspended, is_awake, is_quiet, is_over;
    int64_t spoke_ms;
    struct stream *next, *before;
};

static void wake(struct stream *stream)
{
    stream->is_awake = true;
    if (stream->is_suspended) {
        stream->is_suspended = false;
        MHD_resume_connection(stream->connection);
    }
}

void streams_wake(void *data)
{
    struct http *http = data;
    (void)pthread_mutex_lock(&http->lock);
    for (struct stream *stream = http->streams; stream; stream = stream->next) {
        if (!stream->link) {
            wake(stream);
        }
    }
    (void)pthread_mutex_unlock(&http->lock);
}

static void link_wake(void *data)
{
    struct stream *stream = data;
    (void)pthread_mutex_lock(&stream->http->lock);
    wake(stream);
    (void)pthread_mutex_unlock(&stream->http->lock);
}

void streams_stop(struct http *http)
{
    for (struct stream *stream = http->streams; stream; stream = stream->next) {
        stream->is_over = true;
        wake(stream);
    }
}

void *streams_pulse(void *data)
{
    struct http *http = data;
    (void)pthread_mutex_lock(&http->lock);
    while (!http->is_stopping) {
        if (!http->streams) { /* nobody: no wake-ups at all */
            (void)pthread_cond_wait(&http->pulse, &http->lock);
            continue;
        }
        int64_t at_ms = clock_wall().ms + PULSE_MS;
        struct timespec until = {at_ms / 1000, (at_ms % 1000) * 1000000};
        (void)pthread_cond_timedwait(&http->pulse, &http->lock, &until);
        int64_t now_ms = clock_boot_ms();
        for (struct stream *stream = http->streams; stream; stream = stream->next) {
            if (stream->is_suspended && now_ms - stream->spoke_ms >= STREAM_QUIET_MS - PULSE_MS) {
                stream->is_quiet = true;
                wake(stream);
            }
        }
    }
    (void)pthread_mutex_unlock(&http->lock);
    return NULL;
}

/* One change as an event, as far as the viewer may see it. */
static void event_add(struct stream *stream, int64_t seq, const char *line, size_t n)
{
    enum api_sight sight = api_change_sight(&stream->viewer, line, n);
    if (sight == SIGHT_NONE) {
        return;
    }
    strbuf_printf(&stream->out, "id: %lld\ndata: ", (long long)seq);
    if (sight == SIGHT_ALL) {
        strbuf_add(&stream->out, line, n);
    } else {
        strbuf_printf(&stream->out, "{\"seq\":%lld,\"at\":null,\"operation\":\"changed\",\"entity\":\"\",\"actor\":\"\",\"changes\":[]}",
                      (long long)seq);
    }
    strbuf_text(&stream->out, "\n\n");
}

static bool journal_fill(struct stream *stream)
{
    struct err e = {0};
    strbuf_clear(&stream->line);
    if (!api_change_read(stream->http->api, &stream->seq, &stream->line, &e)) {
        return false;
    }
    stream->is_behind = stream->line.n > 0;
    struct str rest = {strbuf_str(&stream->line), stream->line.n}, line;
    while (rest.n > 0) {
        long long seq = 0;
        (void)str_cut(rest, '\n', &line, &rest);
        (void)sscanf(line.at, "{\"seq\":%lld", &seq); /* the first member of a line */
        event_add(stream, seq, line.at, line.n);
    }
    return true;
}

/* False: drop it. */
static bool changes_fill(struct stream *stream, bool is_quiet)
{
    if (!api_still_in(stream->http->api, &stream->viewer, is_quiet)) {
        return false;
    }
    while (stream->is_behind && stream->out.n < STREAM_FILL_BYTES) {
        if (!journal_fill(stream)) {
            return false;
        }
    }
    while (!stream->is_behind && stream->out.n < STREAM_FILL_BYTES) {
        strbuf_clear(&stream->line);
        enum api_change change = api_change_next(stream->http->api, &stream->seq, &stream->line);
        if (change != API_CHANGE) {
            return change == API_NO_CHANGE || stream->out.n > 0; /* what we have is still said */
        }
        event_add(stream, stream->seq, strbuf_str(&stream->line), stream->line.n);
    }
    return true;
}

/* What was asked of the stream since the last look; true: it was quiet for long. */
static bool stream_look(struct stream *stream, bool *is_over)
{
    (void)pthread_mutex_lock(&stream->http->lock);
    bool is_quiet = stream->is_quiet;
    *is_over = stream->is_over;
    stream->is_awake = stream->is_quiet = false;
    (void)pthread_mutex_unlock(&stream->http->lock);
    return is_quiet;
}

/* Suspends, unless something came since the last look. */
static bool stream_rest(struct stream *stream)
{
    (void)pthread_mutex_lock(&stream->http->lock);
    bool rests = !stream->is_awake && !stream->http->is_stopping;
    if (rests) {
        stream->is_suspended = true;
        MHD_suspend_connection(stream->connection);
    }
    (void)pthread_mutex_unlock(&stream->http->lock);
    return rests;
}

/* Fills out, or says what the reader is to return: 0 suspended, END. 1: there are bytes. */
static ssize_t stream_fill(struct stream *stream)
{
    for (;;) {
        bool is_over = false, is_quiet = stream_look(stream, &is_over);
        strbuf_clear(&stream->out);
        stream->taken = 0;
        if (is_over || !changes_fill(stream, is_quiet)) {
            return MHD_CONTENT_READER_END_OF_STREAM;
        }
        if (stream->out.n == 0 && is_quiet) {
            strbuf_text(&stream->out, ":\n\n");
        }
        if (stream->out.n > 0) {
            return 1;
        }
        if (stream_rest(stream)) {
            return 0;
        }
    }
}

static ssize_t changes_read(void *data, uint64_t pos, char *to, size_t max)
{
    (void)pos;
    struct stream *stream = data;
    if (stream->taken == stream->out.n) {
        ssize_t filled = stream_fill(stream);
        if (filled <= 0) {
            return filled;
        }
    }
    size_t n = stream->out.n - stream->taken < max ? stream->out.n - stream->taken : max;
    memcpy(to, stream->out.at + stream->taken, n);
    stream->taken += n;
    stream->spoke_ms = clock_boot_ms();
    return (ssize_t)n;
}

static ssize_t commands_read(void *data, uint64_t pos, char *to, size_t max)
{
    (void)pos;
    struct stream *stream = data;
    for (;;) {
        bool is_over = false, is_quiet = stream_look(stream, &is_over);
        ptrdiff_t n = is_over ? -1 : api_agent_take(stream->link, to, max);
        if (n == 0 && is_quiet) { /* an empty line is no frame */
            to[0] = '\n';
            n = 1;
        }
        if (n != 0) {
            stream->spoke_ms = clock_boot_ms();
            return n < 0 ? MHD_CONTENT_READER_END_OF_STREAM : (ssize_t)n;
        }
        if (stream_rest(stream)) {
            return 0;
        }
    }
}

static void stream_close(void *data)
{
    struct stream *stream = data;
    struct http *http = stream->http;
    if (stream->link) { /* no wake-up comes after this */
        api_agent_close(http->api, stream->link);
    }
    (void)pthread_mutex_lock(&http->lock);
    *(stream->before ? &stream->before->next : &http->streams) = stream->next;
    if (stream->next) {
        stream->next->before = stream->before;
    }
    (void)pthread_mutex_unlock(&http->lock);
    strbuf_close(&stream->out);
    strbuf_close(&stream->line);
    heap_free(stream);
}

static const char *query_text(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->query.n; i++) {
        if (str_equal(request->query.at[i].name, name)) {
            return request->query.at[i].value;
        }
    }
    return NULL;
}

/* Where a viewer wants to begin: after what it saw last, else with what comes next. */
static bool changes_begin(struct stream *stream, struct request *request, struct err *e)
{
    const char *after = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, "Last-Event-ID");
    after = after ? after : query_text(request, "after");
    stream->seq = api_change_head(stream->http->api);
    api_viewer_open(stream->http->api, &request->caller, query_text(request, "entity"), &stream->viewer);
    if (after) {
        stream->is_behind = true;
        if (!str_to_i64(str_of(after), 0, INT64_MAX, &stream->seq)) {
            return err_set(e, ERR_FIELD_VALUE, "after" ARG "%.40s" ARG "number", after);
        }
    }
    strbuf_text(&stream->out, "retry: 2000\n\n"); /* also brings the head out at once */
    return true;
}

static bool commands_begin(struct stream *stream, struct request *request, struct err *e)
{
    const char *names[2] = {query_text(request, "agent"), query_text(request, "session")};
    if (!names[0] || !names[1]) {
        return err_set(e, ERR_FIELD_MISSING, "%s", names[0] ? "session" : "agent");
    }
    return api_agent_open(stream->http->api, names, link_wake, stream, &stream->link, e);
}

static enum MHD_Result refuse(struct request *request, struct stream *stream, const struct err *e)
{
    stream_close(stream);
    api_refuse(&request->response, e, NULL);
    return answer_queue(request->connection, &request->response, false);
}

enum MHD_Result stream_open(struct request *request)
{
    struct http *http = request->listener->http;
    bool is_agent = request->operation->code == OPERATION_AGENT_STREAM;
    struct err e = {0};
    struct stream *stream = heap_resize(NULL, 1, sizeof(*stream));
    *stream = (struct stream){.http = http, .connection = request->connection, .spoke_ms = clock_boot_ms()};
    (void)pthread_mutex_lock(&http->lock);
    stream->next = http->streams;
    if (http->streams) {
        http->streams->before = stream;
    }
    http->streams = stream;
    stream->is_over = http->is_stopping;
    (void)pthread_cond_signal(&http->pulse);
    (void)pthread_mutex_unlock(&http->lock);
    if (!(is_agent ? commands_begin(stream, request, &e) : changes_begin(stream, request, &e))) {
        return refuse(request, stream, &e);
    }
    struct MHD_Response *made = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK_BYTES,
                                                                  is_agent ? commands_read : changes_read, stream, stream_close);
    if (!made) {
        stream_close(stream);
        return MHD_NO;
    }
    (void)MHD_add_response_header(made, MHD_HTTP_HEADER_CONTENT_TYPE, is_agent ? "application/x-ndjson" : "text/event-stream");
    (void)MHD_add_response_header(made, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    (void)MHD_add_response_header(made, "X-Accel-Buffering", "no");
    answer_secure(made, request->connection, policy_data);
    enum MHD_Result result = MHD_queue_response(request->connection, MHD_HTTP_OK, made);
    MHD_destroy_response(made);
    return result;
}
