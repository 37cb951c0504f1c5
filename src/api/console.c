/* SPDX-License-Identifier: Apache-2.0 */
/*
 * console - the pieces that the reads of the web console share.
 */
#include "api/console_priv.h"

#include "os/clock.h"

void answer_both(struct call *call, const char *key, const char *ja, const char *en)
{
    json_open(&call->json, key);
    json_text(&call->json, "ja", ja);
    json_text(&call->json, "en", en);
    json_end(&call->json);
}

static enum err_code code_of(const char *id)
{
    const struct message *message = message_find(id);
    for (int i = 1; message && i < ERR_CODES; i++) {
        if (message_of((enum err_code)i) == message) {
            return (enum err_code)i;
        }
    }
    return ERR_NONE;
}

void answer_message(struct call *call, const char *key, const char *id, const char *args)
{
    enum err_code code = code_of(id);
    if (code == ERR_NONE) {
        json_none(&call->json, key);
        return;
    }
    CLEANUP(strbuf_close) struct strbuf ja = {0};
    CLEANUP(strbuf_close) struct strbuf en = {0};
    message_text(&ja, code, LANG_JA, args);
    message_text(&en, code, LANG_EN, args);
    answer_both(call, key, strbuf_str(&ja), strbuf_str(&en));
}

void answer_action(struct call *call, const char *key, const char *id)
{
    const struct message *message = message_find(id);
    if (message) {
        answer_both(call, key, message->action[LANG_JA], message->action[LANG_EN]);
    } else {
        json_none(&call->json, key);
    }
}

struct instant call_now(struct call *call)
{
    struct clock *clock = call->api->config.clock;
    struct engine_figures figures;
    if (clock) {
        return clock_business(clock);
    }
    engine_figures(call->api->config.engine, &figures);
    return figures.business_now;
}

/* ---- windows ---- */

bool day_times_read(struct call *call, struct bizday from, struct bizday to, struct day_times *ret, struct err *e)
{
    int date = table_column(TABLE_window_change, "date");
    struct query query = {.table = TABLE_window_change, .order_column = -1, .where_count = 2,
                          .where = {{date, WHERE_GE, from.day, NULL}, {date, WHERE_LE, to.day, NULL}}};
    struct window_change_row row;
    struct rows *rows = store_query(call->reader, &query);
    while (rows_next(rows, &row)) {
        row.grp = arena_copy(call->into, row.grp);
        row.cls = arena_copy(call->into, row.cls);
        *vec_add(&ret->rows) = row;
    }
    return answer_rows_end(rows, e);
}

struct window_times day_times_of(const struct day_times *times, const struct window_group *group, size_t cls, struct bizday day)
{
    struct window_change changes[WINDOW_EVENTS];
    size_t count = 0;
    for (size_t i = 0; i < times->rows.n && count < COUNT(changes); i++) {
        const struct window_change_row *row = &times->rows.at[i];
        bool is_event = row->event >= 0 && row->event < WINDOW_EVENTS;
        if (is_event && row->date == day.day && str_equal(row->grp, group->name) && str_equal(row->cls, group->classes[cls].name)) {
            changes[count++] = (struct window_change){(enum window_event)row->event, (int32_t)row->minute};
        }
    }
    return window_times_of(&group->classes[cls], day, changes, count);
}

void day_times_close(struct day_times *times)
{
    vec_close(&times->rows);
}
