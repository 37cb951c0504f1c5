/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_dates - run dates of stored jobnets as their rules give them, the calendars of the site, holidays year by year.
 */
#include "api/dates_priv.h"

#include "base/limits.h"
#include "calendar/holiday.h"

enum { NETS_MAX = 200, HOLIDAYS_MAX = 64, DATES_DEFAULT = 397 /* 13 months */ };

/* ---- run dates ---- */

static void row_answer(struct call *call, const struct dates *dates, const char *path, const struct timeline_row *row)
{
    struct json *j = &call->json;
    const struct occurrence *at = &row->occurrence;
    const struct occurrence_reason_row *reason = occurrence_reason_row(at->reason);
    int offset_min = zone_offset_sec(dates->site->zone, at->start) / 60;
    json_open(j, NULL);
    json_text(j, "unit", path);
    json_number(j, "rule", at->rule);
    json_date(j, "date", at->date);
    json_instant(j, "start", at->start, offset_min);
    json_text(j, "time", arena_printf(call->into, "%02d:%02d", at->time.minute / 60, at->time.minute % 60));
    json_text(j, "state", at->state == OCCURRENCE_RUN ? "run" : "skip");
    json_text(j, "reason", reason->name);
    answer_both(call, "reason_text", reason->text[LANG_JA], reason->text[LANG_EN]);
    json_date(j, "shifted_from", at->shifted_from);
    if (row->deadline.ms != INSTANT_NEVER.ms) {
        json_instant(j, "deadline", row->deadline, offset_min);
    } else {
        json_none(j, "deadline");
    }
    json_end(j);
}

static bool net_answer(struct dates *dates, const struct unit_row *unit, struct err *e)
{
    struct call *call = dates->call;
    struct version_row version;
    struct dates_net net = {.path = unit->path};
    struct timeline timeline = {0};
    if (!version_get(call, unit, 0, &version, e) || !stored_registration(call, unit->id, &net.registered, e)) {
        return false;
    }
    net.text = version.text;
    if (!dates_make(dates, &net, &timeline, e)) {
        return false;
    }
    timeline_sort(&timeline);
    for (size_t i = 0; i < timeline.rows.n; i++) {
        if (timeline.rows.at[i].occurrence.reason != OCCURRENCE_NO_SUCH_DAY) {
            row_answer(call, dates, unit->path, &timeline.rows.at[i]);
        }
    }
    timeline_close(&timeline);
    return true;
}

static bool range_of(struct call *call, struct bizday *from, struct bizday *to, struct err *e)
{
    *from = call_date(call, "from");
    *to = call_date(call, "to");
    if (from->day == BIZDAY_NONE.day && !api_today(call, from, e)) {
        return false;
    }
    *to = to->day == BIZDAY_NONE.day ? bizday_plus(*from, DATES_DEFAULT - 1) : *to;
    call->field = "to";
    if (to->day < from->day) {
        return err_set(e, ERR_FIELD_VALUE, "to" ARG "…" ARG "from <= to");
    }
    if ((uint32_t)(to->day - from->day) >= PLAN_DAYS_MAX) {
        return err_set(e, ERR_TOO_LARGE, "from..to" ARG "%u", PLAN_DAYS_MAX);
    }
    call->field = NULL;
    return true;
}

/* The net itself, or those below a group. */
static bool nets_answer(struct dates *dates, const struct unit_row *unit, struct err *e)
{
    struct call *call = dates->call;
    if (!unit->is_group) {
        return net_answer(dates, unit, e);
    }
    int path = table_column(TABLE_unit, "path");
    struct query query = {.table = TABLE_unit, .order_column = path, .limit = NETS_MAX, .where_count = 4,
                          .where = {{path, WHERE_GT, 0, arena_printf(call->into, "%s/", unit->path)},
                                    {path, WHERE_LT, 0, arena_printf(call->into, "%s0", unit->path)},
                                    {table_column(TABLE_unit, "is_group"), WHERE_EQ, 0, NULL},
                                    {table_column(TABLE_unit, "is_deleted"), WHERE_EQ, 0, NULL}}};
    VEC(struct unit_row) nets = {0};
    struct unit_row row;
    struct rows *rows = store_query(call->reader, &query);
    while (rows_next(rows, &row)) {
        row.path = arena_copy(call->into, row.path);
        *vec_add(&nets) = row;
    }
    bool is_good = answer_rows_end(rows, e);
    for (size_t i = 0; i < nets.n && is_good; i++) {
        is_good = net_answer(dates, &nets.at[i], e);
    }
    vec_close(&nets);
    return is_good;
}

bool read_dates(struct call *call, struct err *e)
{
    struct unit_row unit;
    struct bizday from, to;
    struct dates dates;
    if (!range_of(call, &from, &to, e)) {
        return false;
    }
    if (!unit_get(call, call_text(call, "unit"), &unit, e)) {
        call->field = "unit";
        return false;
    }
    if (!dates_open(call, from, to, &dates, e)) {
        return false;
    }
    answer_list_open(call);
    bool is_good = nets_answer(&dates, &unit, e);
    answer_list_close(call, NULL);
    dates_close(&dates);
    return is_good;
}

/* ---- calendars ---- */

bool read_calendars(struct call *call, struct err *e)
{
    const struct site *site = NULL;
    if (!api_site(call, &site, e)) {
        return false;
    }
    answer_list_open(call);
    for (size_t i = 0; i < site->calendar_count; i++) {
        struct json *j = &call->json;
        json_open(j, NULL);
        json_text(j, "name", site->calendars[i].name);
        json_bool(j, "is_default", site->calendars[i].calendar == site->root);
        json_number(j, "base_minute", calendar_base_time(site->calendars[i].calendar).minute);
        json_end(j);
    }
    answer_list_close(call, NULL);
    return true;
}

/* ---- holidays ---- */

static size_t year_rows(const struct site *site, int year, struct holiday rows[HOLIDAYS_MAX])
{
    size_t n = holidays_of_year(site->holidays, year, rows, HOLIDAYS_MAX);
    return n > HOLIDAYS_MAX ? HOLIDAYS_MAX : n;
}

static bool signed_answer(struct call *call, int year, const char *hash, struct err *e)
{
    struct holiday_year_row row = {.year = year};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_holiday_year, &row, &found, e)) {
        return false;
    }
    struct json *j = &call->json;
    if (!found) {
        json_none(j, "signed");
        return true;
    }
    json_open(j, "signed");
    json_text(j, "by", row.actor);
    answer_instant(call, "at", row.at_ms);
    json_bool(j, "is_current", str_equal(row.hash, hash));
    json_end(j);
    return true;
}

bool read_holidays(struct call *call, struct err *e)
{
    const struct site *site = NULL;
    struct bizday today;
    if (!api_site(call, &site, e) || !api_today(call, &today, e)) {
        return false;
    }
    int64_t year = call_number(call, "year", bizday_civil(today).year);
    if (year < 1948 || year > 2099) {
        return value_refuse(call, operation_field(call->request->operation, "year"), "…", "1948..2099", e);
    }
    struct holiday rows[HOLIDAYS_MAX];
    size_t n = year_rows(site, (int)year, rows);
    CLEANUP(strbuf_close) struct strbuf text = {0};
    char hash[65];
    holidays_print(&text, rows, n);
    store_hash_hex(strbuf_str(&text), text.n, hash);
    answer_list_open(call);
    for (size_t i = 0; i < n; i++) {
        json_open(&call->json, NULL);
        json_date(&call->json, "date", rows[i].day);
        json_text(&call->json, "name", rows[i].name);
        json_text(&call->json, "source", rows[i].state == HOLIDAY_FIXED ? "official" : "computed");
        json_end(&call->json);
    }
    json_end(&call->json);
    json_none(&call->json, "next");
    json_number(&call->json, "year", year);
    bool is_good = signed_answer(call, (int)year, hash, e);
    json_end(&call->json);
    return is_good;
}
