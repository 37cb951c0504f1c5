/* SPDX-License-Identifier: Apache-2.0 */
/*
 * act - a checked request to a `struct act`, submitted to the engine; its answer to a response.
 *
 * Which member takes which field is told by operations.def; the arrays below are made from it. Every act
 * carries who and how; those that change something on purpose of a person carry why.
 */
#include "api/api_priv.h"

#include <assert.h>

#include "base/limits.h"
#include "wire/answers.h"

#define NO_MEMBER SIZE_MAX
#define PLACE_none NO_MEMBER
#define PLACE_unit offsetof(struct act, unit)
#define PLACE_is_recursive offsetof(struct act, is_recursive)
#define PLACE_run offsetof(struct act, run)
#define PLACE_node offsetof(struct act, node)
#define PLACE_kind offsetof(struct act, kind)
#define PLACE_group offsetof(struct act, group)
#define PLACE_cls offsetof(struct act, cls)
#define PLACE_date offsetof(struct act, date)
#define PLACE_date2 offsetof(struct act, date2)
#define PLACE_at offsetof(struct act, at)
#define PLACE_minute offsetof(struct act, minute)
#define PLACE_number offsetof(struct act, number)
#define PLACE_real offsetof(struct act, real)
#define PLACE_text offsetof(struct act, text)
#define PLACE_text2 offsetof(struct act, text2)
#define PLACE_person offsetof(struct act, person)
#define PLACE_role offsetof(struct act, role)
#define PLACE_system offsetof(struct act, system)
#define PLACE_until offsetof(struct act, until)
#define PLACE_is_on offsetof(struct act, is_on)
#define PLACE_reason offsetof(struct act, reason)
#define PLACE_reference offsetof(struct act, reference)
#define PLACE_is_held offsetof(struct act, is_held)
#define PLACE_is_waiting offsetof(struct act, is_waiting)
#define PLACE_is_emergency offsetof(struct act, is_emergency)
#define PLACE_is_new_version offsetof(struct act, is_new_version)
#define PLACE_dry_run offsetof(struct act, dry_run)

/* Pass 1: where the fields go. */
#define OPERATION(code, ...) static const size_t code##_places[] = {
#define FIELD(name, member, ...) PLACE_##member,
#define FIXED(...)
#define SHOWN(...)
#define OPERATION_END(code)                                                                                  \
    NO_MEMBER                                                                                                \
    }                                                                                                        \
    ;
#include "wire/operations.def"
#undef OPERATION
#undef FIELD
#undef FIXED
#undef OPERATION_END

/* Pass 2: what an entrance always says. */
#define OPERATION(code, ...)                                                                                 \
    static void code##_fixed(struct act *act)                                                                \
    {                                                                                                        \
        (void)act;
#define FIELD(...)
#define FIXED(member, value) act->member = value;
#define OPERATION_END(code) }
#include "wire/operations.def"
#undef OPERATION
#undef FIXED
#undef OPERATION_END

/* Pass 3: the acts. */
#define KIND_ACT(handler) (int)handler
#define KIND_READ(handler) -1
#define KIND_LOGIN(handler) -1
#define KIND_HTTP(handler) -1
#define KIND_LOCAL(handler) -1
static const struct act_way {
    int act; /* enum act_kind, -1 = no act */
    const size_t *places;
    void (*fixed)(struct act *act);
} ways[] = {
#define OPERATION(code, name, method, path, verb, permission, kind, handler, ...)                            \
    {KIND_##kind(handler), code##_places, code##_fixed},
#define FIXED(...)
#define OPERATION_END(code)
#include "wire/operations.def"
#undef OPERATION
#undef FIELD
#undef FIXED
#undef SHOWN
#undef OPERATION_END
};

static void member_set(struct act *act, size_t place, const struct operation_field *field, const struct value *value)
{
    char *at = (char *)act + place;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_UNIT:
    case FIELD_FILE:
    case FIELD_WORD:
        memcpy(at, &value->text, sizeof(value->text));
        act->text_n = place == PLACE_text ? value->n : act->text_n;
        act->text2_n = place == PLACE_text2 ? value->n : act->text2_n;
        break;
    case FIELD_RUN:
    case FIELD_INT:
    case FIELD_INSTANT: /* struct instant is one int64_t */
        memcpy(at, &value->number, sizeof(value->number));
        break;
    case FIELD_NODE:
    case FIELD_TIME:
    case FIELD_DATE: { /* struct bizday is one int32_t */
        int32_t small = (int32_t)value->number;
        memcpy(at, &small, sizeof(small));
        break;
    }
    case FIELD_REAL:
        memcpy(at, &value->real, sizeof(value->real));
        break;
    case FIELD_BOOL: {
        bool yes = value->number != 0;
        memcpy(at, &yes, sizeof(yes));
        break;
    }
    }
}

/* What waits for the engine; lives in the request's arena. */
struct act_wait {
    struct api_done done;
    struct arena *into;
    struct list_wish list;
    struct told told;
};

static void diags_answer(struct json *j, const struct diags *diags)
{
    json_list(j, "diags");
    for (size_t i = 0; diags && i < diags->list.n; i++) {
        const struct diag *diag = &diags->list.at[i];
        json_open(j, NULL);
        json_number(j, "line", diag->at.line);
        json_number(j, "column", diag->at.column);
        json_text(j, "id", message_of(diag->code)->id);
        json_text(j, "unit", diag->unit);
        for (int lang = 0; lang < LANGS; lang++) {
            CLEANUP(strbuf_close) struct strbuf text = {0};
            message_text(&text, diag->code, (enum lang)lang, diag->args);
            json_text(j, lang == LANG_JA ? "ja" : "en", strbuf_str(&text));
        }
        json_end(j);
    }
    json_end(j);
}

/* Into the answer, and nowhere else. */
static void told_answer(struct strbuf *body, const struct told *told)
{
    if (told->key && body->n > 1) {
        bool is_empty = body->n == 2;
        body->n -= 1; /* the closing brace */
        struct json j = {.into = body, .depth = 1};
        j.has_items[0] = !is_empty;
        json_text(&j, told->key, told->value);
        strbuf_char(body, '}');
    }
}

/* On the engine's thread. */
static void act_done(void *data, const struct act_result *result)
{
    struct act_wait *wait = data;
    struct api_response response = {.status = 200, .content_type = "application/json"};
    if (!result->is_ok) {
        api_refuse(&response, &result->err, NULL);
        if (result->diags && response.body.n > 1) {
            response.body.n -= 1; /* the closing brace: the messages of the definition go before it */
            struct json j = {.into = &response.body, .depth = 1};
            j.has_items[0] = true;
            diags_answer(&j, result->diags);
            strbuf_char(&response.body, '}');
        }
    } else {
        strbuf_text(&response.body, result->json && *result->json ? result->json : "{}");
        told_answer(&response.body, &wait->told);
        list_finish(&wait->list, wait->into, &response);
    }
    wait->done.call(wait->done.data, &response);
    strbuf_close(&response.body);
}

static bool act_check(struct call *call, const struct act *act, struct err *e)
{
    const struct operation *operation = call->request->operation;
    bool wants_one = operation->code == OPERATION_RUN_HOLD || operation->code == OPERATION_RUN_RELEASE;
    if (wants_one && (act->run != 0) == (*act->unit != '\0')) {
        call->field = "run";
        return err_set(e, ERR_FIELD_MISSING, "run | unit");
    }
    if (operation->needs_reason && !act->dry_run && str_trim(str_of(act->reason)).n == 0) {
        call->field = "reason";
        return err_set(e, ERR_REASON_REQUIRED, "%s", operation->name);
    }
    return true;
}

/* Who repeats a request with its key is answered as the first time: what was asked, in one hash. */
static bool once_read(struct call *call, struct act *act, struct err *e)
{
    const struct api_request *request = call->request;
    const char *key = request->idempotency_key;
    if (!key || request->operation->method != METHOD_POST) {
        return true;
    }
    size_t n = strlen(key);
    for (const char *c = key; *c; c++) {
        n = *c > ' ' && *c < 0x7f ? n : 0;
    }
    if (n == 0 || n > IDEMPOTENCY_KEY_BYTES_MAX) {
        call->field = "Idempotency-Key";
        return err_set(e, ERR_FIELD_VALUE, "Idempotency-Key" ARG "…" ARG "1..%u", IDEMPOTENCY_KEY_BYTES_MAX);
    }
    CLEANUP(strbuf_close) struct strbuf asked = {0};
    strbuf_printf(&asked, "%s " STR_FMT "\n", request->operation->path, STR_ARG(request->path_value));
    strbuf_add(&asked, request->body ? request->body : "", request->body_n);
    char *hash = arena_array(call->into, char, 65);
    store_hash_hex(asked.at, asked.n, hash);
    act->once_key = key;
    act->once_hash = hash;
    act->has_secret = answer_has_secret(request->operation->code);
    return true;
}

bool act_call(struct call *call, const struct api_done *done, struct err *e)
{
    const struct operation *operation = call->request->operation;
    const struct act_way *way = &ways[operation->code];
    assert(way->act >= 0);
    struct act act = act_make((enum act_kind)way->act);
    act.actor = call->request->caller.actor;
    const char *address = call->request->caller.address;
    act.via = address && *address ? arena_printf(call->into, "%s@%s", call->request->caller.via, address) : call->request->caller.via;
    for (size_t i = 0; i < operation->field_count; i++) {
        if (call->values[i].is_given && way->places[i] != NO_MEMBER) {
            member_set(&act, way->places[i], &operation->fields[i], &call->values[i]);
        }
    }
    way->fixed(&act);
    struct told told = {NULL, NULL};
    if (!act_check(call, &act, e) || !once_read(call, &act, e) || !act_people_prepare(call, &act, &told, e)) {
        return false;
    }
    struct act_wait *wait = arena_new(call->into, struct act_wait);
    *wait = (struct act_wait){*done, call->into, call->list, told};
    return engine_submit(call->api->config.engine, &act, act_done, wait, e);
}
