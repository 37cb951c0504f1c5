/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_plan - what is planned on which day, and which days are open.
 */
#include "api/api_priv.h"

#include "api/words.h"
#include "base/limits.h"
#include "base/map.h"
#include "plan/facts.h"

static bool range_check(struct call *call, struct bizday from, struct bizday to, struct err *e)
{
    call->field = "to";
    if (to.day < from.day) {
        return err_set(e, ERR_FIELD_VALUE, "to" ARG "…" ARG "from <= to");
    }
    if ((uint32_t)(to.day - from.day) >= PLAN_DAYS_MAX) {
        return err_set(e, ERR_TOO_LARGE, "from..to" ARG "%u", PLAN_DAYS_MAX);
    }
    call->field = NULL;
    return true;
}

/* The 48-hour time of a start seen from its execution date, also beyond 47:59: "3日 …" is told by the date. */
static const char *plan_time(struct call *call, const struct occurrence_row *row)
{
    struct instant midnight = zone_instant(call->api->zone, (struct bizday){(int32_t)row->date}, 0);
    int64_t minute = (row->start_ms - midnight.ms) / MINUTE_MS;
    if (minute < 0) {
        return NULL;
    }
    return arena_printf(call->into, "%02lld:%02lld", (long long)(minute / 60), (long long)(minute % 60));
}

struct plan_page {
    struct map paths;
    const char *pattern;
    bool with_skipped;
    int64_t left, after_ms, after_id, last_ms, last_id;
    bool is_full;
};

/* The short name in words; what a person wrote stays as it is. */
static void reason_answer(struct json *j, const char *reason)
{
    const char *text[LANGS] = {reason, reason};
    for (int i = 0; i < OCCURRENCE_REASONS; i++) {
        const struct occurrence_reason_row *row = occurrence_reason_row((enum occurrence_reason)i);
        for (int lang = 0; lang < LANGS && str_equal(row->name, reason); lang++) {
            text[lang] = row->text[lang];
        }
    }
    json_open(j, "reason_text");
    json_text(j, "ja", text[LANG_JA]);
    json_text(j, "en", text[LANG_EN]);
    json_end(j);
}

static void occurrence_answer(struct call *call, const struct occurrence_row *row, const char *path)
{
    struct json *j = &call->json;
    json_open(j, NULL);
    json_number(j, "number", row->id);
    json_text(j, "unit", path);
    json_date(j, "date", (struct bizday){(int32_t)row->date});
    json_text(j, "time", plan_time(call, row));
    answer_instant(call, "start", row->start_ms);
    answer_instant(call, "planned", row->planned_ms);
    json_text(j, "state", plan_state_word(row->state & PLAN_STATE_BITS));
    json_bool(j, "changed", row->state & PLAN_CHANGED_BIT);
    json_text(j, "reason", row->reason);
    reason_answer(j, row->reason);
    if (row->shifted_from != 0 && row->shifted_from != BIZDAY_NONE.day) {
        json_date(j, "shifted_from", (struct bizday){(int32_t)row->shifted_from});
    } else {
        json_none(j, "shifted_from");
    }
    json_number(j, "rule", row->rule);
    json_bool(j, "held", row->is_held);
    if (row->run) {
        json_number(j, "run", row->run);
    } else {
        json_none(j, "run");
    }
    json_text(j, "calendar", row->calendar);
    json_end(j);
}

static bool plan_rows(struct call *call, struct plan_page *page, const struct query *query, struct err *e)
{
    VEC(struct occurrence_row) rows_read = {0};
    struct occurrence_row row;
    struct rows *rows = store_query(call->reader, query);
    while (rows_next(rows, &row)) {
        row.reason = arena_copy(call->into, row.reason);
        row.calendar = arena_copy(call->into, row.calendar);
        *vec_add(&rows_read) = row;
    }
    bool is_good = answer_rows_end(rows, e);
    for (size_t i = 0; is_good && i < rows_read.n; i++) {
        const struct occurrence_row *at = &rows_read.at[i];
        const char *path = NULL;
        bool is_before = at->start_ms < page->after_ms || (at->start_ms == page->after_ms && at->id <= page->after_id);
        int64_t state = at->state & PLAN_STATE_BITS;
        bool is_by_rule = !(at->state & PLAN_CHANGED_BIT); /* what a person took out tonight is news */
        bool is_skip = (state == PLAN_SKIPPED && is_by_rule) || state == PLAN_CANCELLED;
        if (is_before || (is_skip && !page->with_skipped)) {
            continue;
        }
        is_good = unit_path_get(call, &page->paths, at->unit, &path, e);
        if (!is_good || (page->pattern && !str_matches(path, page->pattern))) {
            continue;
        }
        if (page->left == 0) {
            page->is_full = true;
            break;
        }
        occurrence_answer(call, at, path);
        page->left--;
        page->last_ms = at->start_ms;
        page->last_id = at->id;
    }
    vec_close(&rows_read);
    return is_good;
}

static bool plan_after(struct call *call, struct plan_page *page, struct err *e)
{
    const char *after = call_text(call, "after");
    struct str ms, id;
    page->after_ms = INT64_MIN;
    return !after ||
           (str_cut(str_of(after), '-', &ms, &id) && str_to_i64(ms, 0, INT64_MAX, &page->after_ms) &&
            str_to_i64(id, 0, INT64_MAX, &page->after_id)) ||
           value_refuse(call, operation_field(call->request->operation, "after"), after, "next", e);
}

bool read_plan(struct call *call, struct err *e)
{
    struct bizday from = call_date(call, "from"), to = call_date(call, "to");
    if (from.day == BIZDAY_NONE.day && !api_today(call, &from, e)) {
        return false;
    }
    to = to.day == BIZDAY_NONE.day ? from : to;
    struct plan_page page = {.with_skipped = call_bool(call, "skipped"), .left = call_limit(call)};
    page.pattern = call_pattern(call);
    if (!range_check(call, from, to, e) || !plan_after(call, &page, e)) {
        return false;
    }
    struct query query = {.table = TABLE_occurrence,
                          .where = {{table_column(TABLE_occurrence, "date"), WHERE_GE, from.day, NULL},
                                    {table_column(TABLE_occurrence, "date"), WHERE_LE, to.day, NULL}},
                          .where_count = 2,
                          .order_column = table_column(TABLE_occurrence, "start_ms")};
    answer_list_open(call);
    bool is_good = plan_rows(call, &page, &query, e);
    answer_list_close(call, page.is_full ? arena_printf(call->into, "%lld-%lld", (long long)page.last_ms, (long long)page.last_id)
                                         : NULL);
    map_close(&page.paths);
    return is_good;
}

bool read_calendar(struct call *call, struct err *e)
{
    static const char *const weekdays[] = {"日", "月", "火", "水", "木", "金", "土"};
    struct bizday from = call_date(call, "from"), to = call_date(call, "to");
    const struct site *site = NULL;
    if (!range_check(call, from, to, e) || !api_site(call, &site, e)) {
        return false;
    }
    const char *name = call_text(call, "calendar");
    const struct calendar *calendar = name ? site_calendar(site, name) : site->root;
    if (!calendar) {
        call->field = "calendar";
        return err_set(e, ERR_NOT_FOUND, "calendar" ARG "%s", name);
    }
    answer_list_open(call);
    for (struct bizday day = from; day.day <= to.day; day.day++) {
        struct day_status status = calendar_status(calendar, day);
        json_open(&call->json, NULL);
        json_date(&call->json, "date", day);
        json_text(&call->json, "weekday", weekdays[bizday_weekday(day)]);
        json_bool(&call->json, "open", status.is_open);
        json_text(&call->json, "holiday", status.name);
        json_bool(&call->json, "predicted", status.is_predicted);
        json_number(&call->json, "business_day_number", calendar_number(calendar, day));
        json_end(&call->json);
    }
    answer_list_close(call, NULL);
    return true;
}
