/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer - the pieces that several answers have in common: errors, times, states, lists.
 */
#include "api/api_priv.h"

#include "jobnet/status.h"

static void both_languages(struct json *j, const char *key, const char *ja, const char *en)
{
    json_open(j, key);
    json_text(j, "ja", ja);
    json_text(j, "en", en);
    json_end(j);
}

void api_refuse(struct api_response *response, const struct err *e, const char *field)
{
    const struct message *message = message_of(e->code);
    CLEANUP(strbuf_close) struct strbuf ja = {0};
    CLEANUP(strbuf_close) struct strbuf en = {0};
    strbuf_text(&ja, e->context);
    strbuf_text(&en, e->context);
    message_text(&ja, e->code, LANG_JA, e->args);
    message_text(&en, e->code, LANG_EN, e->args);
    int64_t seconds = 0;
    response->status = message->http_status;
    if (message->http_status == 429 && str_to_i64(str_of(e->args), 1, 3600, &seconds)) { /* the messages begin with it */
        response->retry_sec = (int)seconds;
    }
    response->content_type = "application/json";
    strbuf_clear(&response->body);
    struct json j = {.into = &response->body};
    json_open(&j, NULL);
    json_open(&j, "error");
    json_text(&j, "id", message->id);
    both_languages(&j, "message", strbuf_str(&ja), strbuf_str(&en));
    both_languages(&j, "action", message->action[LANG_JA], message->action[LANG_EN]);
    json_text(&j, "field", field);
    json_end(&j);
    json_end(&j);
}

void answer_instant(struct call *call, const char *key, int64_t ms)
{
    struct instant at = {ms};
    int offset_sec = ms == 0 || ms == INT64_MAX ? 0 : zone_offset_sec(call->api->zone, at);
    json_instant(&call->json, key, at, offset_sec / 60);
}

/* The words of status.def as they stand in JSON: nothing in them is escaped (test_wire_json asks). */
void answer_status(struct call *call, int64_t status)
{
    static const struct {
        const char *at;
        size_t n;
    } members[STATUSES] = {
#define MEMBERS(name, ja, en) "\"status\":\"" name "\",\"status_text\":{\"ja\":\"" ja "\",\"en\":\"" en "\"}"
#define STATUS(code, number, name, class, where, ja, en) [code] = {MEMBERS(name, ja, en), sizeof(MEMBERS(name, ja, en)) - 1},
#include "jobnet/status.def"
#undef STATUS
#undef MEMBERS
    };
    if (status >= 0 && status < STATUSES) {
        json_members(&call->json, members[status].at, members[status].n);
        return;
    }
    json_text(&call->json, "status", "unknown");
    both_languages(&call->json, "status_text", "?", "?");
}

void answer_list_open(struct call *call)
{
    json_open(&call->json, NULL);
    json_list(&call->json, "items");
}

void answer_list_close(struct call *call, const char *next)
{
    json_end(&call->json);
    json_text(&call->json, "next", next);
    json_end(&call->json);
}

bool answer_rows_end(struct rows *rows, struct err *e)
{
    return rows_end(rows, e) || err_wrap(e, "read");
}
