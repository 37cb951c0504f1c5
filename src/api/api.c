/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api - one request: may the caller, are its fields right, then the handler; and the seams for streams.
 *
 * Readers rest in a small pool between requests: a reader serves one thread at a time, whichever that is.
 */
#include "api/api_priv.h"
#include "api/login.h"

#include "base/limits.h"

bool api_open(const struct api_config *config, struct api **ret, struct err *e)
{
    struct store_reader *first = NULL;
    if (!store_reader_open(config->store, &first, e)) { /* a store that cannot be read is found at start */
        return err_wrap(e, "api");
    }
    struct arena memory = {0};
    struct api *api = arena_new(&memory, struct api);
    api->config = *config;
    api->zone = zone_tokyo();
    (void)pthread_mutex_init(&api->lock, NULL);
    (void)pthread_mutex_init(&api->net_names.lock, NULL);
    api->readers[api->reader_count++] = first;
    api->memory = memory;
    identities_open(api);
    waits_open(api);
    if (!login_open(api, config, &api->login, e)) {
        api_close(api);
        return false;
    }
    *ret = api;
    return true;
}

void api_stop(struct api *api)
{
    login_stop(api->login);
}

void api_close(struct api *api)
{
    if (!api) {
        return;
    }
    login_close(api->login);
    waits_close(api);
    for (int i = 0; i < api->reader_count; i++) {
        store_reader_close(api->readers[i]);
    }
    identities_close(api);
    (void)pthread_mutex_destroy(&api->lock);
    (void)pthread_mutex_destroy(&api->net_names.lock);
    map_close(&api->net_names.by_version);
    arena_close(&api->net_names.memory);
    struct arena memory = api->memory;
    arena_close(&memory);
}

bool api_reader_take(struct api *api, struct store_reader **ret, struct err *e)
{
    (void)pthread_mutex_lock(&api->lock);
    struct store_reader *reader = api->reader_count > 0 ? api->readers[--api->reader_count] : NULL;
    (void)pthread_mutex_unlock(&api->lock);
    if (reader) {
        *ret = reader;
        return true;
    }
    return store_reader_open(api->config.store, ret, e);
}

void api_reader_give(struct api *api, struct store_reader *reader)
{
    (void)pthread_mutex_lock(&api->lock);
    bool keep = api->reader_count < READERS_MAX;
    if (keep) {
        api->readers[api->reader_count++] = reader;
    }
    (void)pthread_mutex_unlock(&api->lock);
    if (!keep) {
        store_reader_close(reader);
    }
}

size_t api_body_max(const struct operation *operation)
{
    if (operation->method != METHOD_POST) {
        return 0;
    }
    for (size_t i = 0; i < operation->field_count; i++) {
        if (operation->fields[i].type == FIELD_FILE) {
            return HTTP_BODY_BYTES_MAX;
        }
    }
    return operation->kind == OPERATION_IS_HTTP ? 16u * FRAME_BYTES_MAX : HTTP_JSON_BYTES_MAX;
}

read_fn read_of(enum operation_code code)
{
    static const read_fn reads[] = {
#define READ_ACT(handler) NULL
#define READ_HTTP(handler) NULL
#define READ_LOGIN(handler) NULL
#define READ_LOCAL(handler) NULL
#define READ_READ(handler) handler
#define OPERATION(code, name, method, path, verb, permission, kind, handler, ...) READ_##kind(handler),
#define FIELD(...)
#define FIXED(...)
#define SHOWN(...)
#define OPERATION_END(code)
#include "wire/operations.def"
#undef OPERATION
#undef FIELD
#undef FIXED
#undef SHOWN
#undef OPERATION_END
    };
    return reads[code];
}

typedef bool (*login_fn)(struct call *call, const struct api_done *done, struct err *e);
/* The handler of a LOGIN operation, NULL otherwise. */
static login_fn login_of(enum operation_code code)
{
    static const login_fn logins[] = {
#define LOGIN_ACT(handler) NULL
#define LOGIN_READ(handler) NULL
#define LOGIN_HTTP(handler) NULL
#define LOGIN_LOCAL(handler) NULL
#define LOGIN_LOGIN(handler) handler
#define OPERATION(code, name, method, path, verb, permission, kind, handler, ...) LOGIN_##kind(handler),
#define FIELD(...)
#define FIXED(...)
#define SHOWN(...)
#define OPERATION_END(code)
#include "wire/operations.def"
#undef OPERATION
#undef FIELD
#undef FIXED
#undef SHOWN
#undef OPERATION_END
    };
    return logins[code];
}

/* Agents report by a body of lines, which is not JSON as a whole. */
static bool reports_call(struct call *call, const struct api_done *done, struct err *e);

static bool handle(struct call *call, const struct api_done *done, bool *is_later, struct err *e)
{
    const struct operation *operation = call->request->operation;
    /* Output that its definition calls clean may be seen by all who may look: the handler asks again. */
    enum permission least = operation->permission == PERMISSION_OUTPUT ? PERMISSION_LOOK : operation->permission;
    if (!api_allow(&call->request->caller, least, NULL, operation->name, e)) {
        return false;
    }
    if (operation->code == OPERATION_AGENT_REPORTS) {
        *is_later = true;
        return reports_call(call, done, e);
    }
    if (!values_read(call, e) || !scope_check(call, e)) {
        return false;
    }
    if (operation->kind == OPERATION_IS_ACT) {
        *is_later = true;
        return act_call(call, done, e);
    }
    login_fn login = login_of(operation->code);
    if (login) {
        *is_later = true;
        return login(call, done, e);
    }
    read_fn read = read_of(operation->code);
    if (!read || !read(call, e)) {
        return read ? false : err_set(e, ERR_INTERNAL, "%s", operation->name);
    }
    list_finish(&call->list, call->into, call->response);
    return true;
}

bool api_call(struct api *api, struct arena *into, const struct api_request *request, struct api_response *response,
              const struct api_done *done)
{
    struct err e = {0};
    struct call call = {.api = api, .request = request, .into = into, .response = response};
    response->status = 200;
    response->content_type = "application/json";
    call.json.into = &response->body;
    bool is_later = false;
    if (!api_reader_take(api, &call.reader, &e)) {
        api_refuse(response, &e, NULL);
        return true;
    }
    /* All that one answer shows is of one moment, and the store's lock is taken once. */
    bool is_read = request->operation->kind == OPERATION_IS_READ, is_held = is_read && store_reader_hold(call.reader, &e);
    bool is_done = is_held == is_read && handle(&call, done, &is_later, &e);
    if (is_held) {
        store_reader_release(call.reader);
    }
    api_reader_give(api, call.reader);
    if (!is_done) {
        api_refuse(response, &e, call.field);
        return true;
    }
    return !is_later; /* `response` and `request` may be gone when an act was submitted */
}

/* ---- seams of the streams ---- */

int64_t api_change_head(struct api *api)
{
    return feed_head(engine_feed(api->config.engine));
}

enum api_change api_change_next(struct api *api, int64_t *seq, struct strbuf *into)
{
    switch (feed_next(engine_feed(api->config.engine), seq, into)) {
    case FEED_LINE:
        return API_CHANGE;
    case FEED_NONE:
        return API_NO_CHANGE;
    case FEED_GONE:
        return API_CHANGE_GONE;
    }
    return API_NO_CHANGE;
}

static void change_print(struct api *api, const struct journal_row *row, struct strbuf *into)
{
    struct json j = {.into = into};
    json_open(&j, NULL);
    json_number(&j, "seq", row->id); /* over all streams */
    json_instant(&j, "at", row->entry.at, zone_offset_sec(api->zone, row->entry.at) / 60);
    json_text(&j, "operation", row->entry.operation);
    json_text(&j, "entity", row->entry.entity);
    json_text(&j, "actor", row->entry.actor);
    json_text(&j, "via", row->entry.via);
    json_text(&j, "reason", row->entry.reason);
    json_end(&j);
    strbuf_char(into, '\n');
}

bool api_change_read(struct api *api, int64_t *seq, struct strbuf *into, struct err *e)
{
    struct store_reader *reader = NULL;
    if (!api_reader_take(api, &reader, e)) {
        return false;
    }
    struct journal_query query = {.after_seq = *seq, .to = INSTANT_NEVER, .limit = CHANGES_READ_MAX};
    struct rows *rows = store_journal(reader, &query);
    struct journal_row row;
    while (journal_next(rows, &row)) {
        change_print(api, &row, into);
        *seq = row.id;
    }
    bool is_good = rows_end(rows, e);
    api_reader_give(api, reader);
    return is_good;
}

int api_changes_watch(struct api *api, void (*wake)(void *data), void *data)
{
    return feed_watch(engine_feed(api->config.engine), wake, data);
}

void api_changes_unwatch(struct api *api, int id)
{
    feed_unwatch(engine_feed(api->config.engine), id);
}

bool api_agent_open(struct api *api, const char *const names[2], void (*wake)(void *data), void *data,
                    struct agent_link **ret, struct err *e)
{
    return engine_link_open(api->config.engine, names[0], names[1], &(struct link_wake){wake, data}, ret, e);
}

ptrdiff_t api_agent_take(struct agent_link *link, char *to, size_t max)
{
    return engine_link_take(link, to, max);
}

void api_agent_close(struct api *api, struct agent_link *link)
{
    engine_link_close(api->config.engine, link);
}

bool api_is_healthy(struct api *api)
{
    struct engine_figures figures;
    engine_figures(api->config.engine, &figures);
    return figures.is_deciding;
}

struct reports_wait {
    struct api_done done;
};

static void reports_done(void *data, const struct act_result *result)
{
    struct reports_wait *wait = data;
    struct api_response response = {.status = 200, .content_type = "application/json"};
    if (result->is_ok) {
        strbuf_text(&response.body, "{}");
    } else {
        api_refuse(&response, &result->err, NULL);
    }
    wait->done.call(wait->done.data, &response);
    strbuf_close(&response.body);
}

static bool reports_call(struct call *call, const struct api_done *done, struct err *e)
{
    const struct api_request *request = call->request;
    const char *agent = NULL, *session = NULL;
    for (size_t i = 0; i < request->query_count; i++) {
        agent = str_equal(request->query[i].name, "agent") ? request->query[i].value : agent;
        session = str_equal(request->query[i].name, "session") ? request->query[i].value : session;
    }
    if (!agent || !session) {
        call->field = agent ? "session" : "agent";
        return err_set(e, ERR_FIELD_MISSING, "%s", call->field);
    }
    struct reports_wait *wait = arena_new(call->into, struct reports_wait);
    wait->done = *done;
    const char *body = request->body ? request->body : "";
    struct agent_post post = {agent, session, body, request->body_n};
    return engine_reports(call->api->config.engine, &post, reports_done, wait, e);
}
