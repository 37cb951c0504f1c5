/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_plan - what is planned on which day, and which days are open.
 */
#include "api/api_priv.h"

#include "api/page.h"
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

/* Skipped days are of no interest unless they are asked for; what a person took out tonight is news. */
static bool plan_wanted(const struct call *call, const struct occurrence_row *row)
{
    int64_t state = row->state & PLAN_STATE_BITS;
    bool is_skip = (state == PLAN_SKIPPED && !(row->state & PLAN_CHANGED_BIT)) || state == PLAN_CANCELLED;
    return call_text(call, "state") ? state == call_number(call, "state", 0) : !is_skip || call_bool(call, "skipped");
}

bool read_plan(struct call *call, struct err *e)
{
    struct bizday from = call_date(call, "from"), to = call_date(call, "to");
    if (from.day == BIZDAY_NONE.day && !api_today(call, &from, e)) {
        return false;
    }
    to = to.day == BIZDAY_NONE.day ? from : to;
    struct page page = {.table = TABLE_occurrence, .sort = "start_ms"};
    struct unit_filter filter = unit_filter_of(call);
    page_filter(&page, "date", WHERE_GE, from.day);
    page_filter(&page, "date", WHERE_LE, to.day);
    if (!range_check(call, from, to, e) || !page_open(call, &page, e)) {
        return false;
    }
    CLEANUP(map_close) struct map paths = {0};
    const void *row;
    bool is_good;
    answer_list_open(call);
    while ((is_good = page_row(call, &page, &row, e)) && row) {
        const struct occurrence_row *occurrence = row;
        const char *path = NULL;
        if (!plan_wanted(call, occurrence)) {
            continue;
        }
        if (!unit_path_get(call, &paths, occurrence->unit, &path, e)) {
            return false;
        }
        if (unit_wanted(call, &filter, path) && page_take(&page)) {
            occurrence_answer(call, occurrence, path);
        }
    }
    return is_good && page_close(call, &page);
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
