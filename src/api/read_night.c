/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_night - a stretch of time as a picture: what was planned, what happened, what is expected, the windows behind it.
 *
 * Plan and course come from the store, the expectation from the engine's newest outlook: nothing here asks the decision
 * thread. One row a planned start or run; edges name the rows that a row waits for.
 */
#include "api/night_priv.h"

#include <stdlib.h>

#include "api/words.h"
#include "base/limits.h"
#include "jobnet/run.h"
#include "people/people.h"
#include "plan/facts.h"

enum { DAYS_BEFORE = 3, HOURS_MAX = 24 * 7, AFTER_OPENING_MIN = 60 };

/* ---- collecting ---- */

static bool unit_known(struct night *night, int64_t id, const struct unit_row **ret, struct err *e)
{
    struct call *call = night->call;
    *ret = map_get_id(&night->units, (uint64_t)id);
    if (*ret) {
        return true;
    }
    struct unit_row *row = arena_new(call->into, struct unit_row);
    bool found = false;
    row->id = id;
    if (!store_get(call->reader, call->into, TABLE_unit, row, &found, e)) {
        return false;
    }
    if (!found) {
        *row = (struct unit_row){.id = id, .path = "?", .comment = "", .type = "n"};
    }
    (void)map_put_id(&night->units, (uint64_t)id, row);
    *ret = row;
    return true;
}

static bool runs_collect(struct night *night, struct err *e)
{
    struct call *call = night->call;
    struct bizday first = calendar_day_of(night->site->root, night->from), last = calendar_day_of(night->site->root, night->to);
    int date = table_column(TABLE_run, "date");
    struct query query = {.table = TABLE_run, .order_column = date, .where_count = 2,
                          .where = {{date, WHERE_GE, first.day - DAYS_BEFORE, NULL}, {date, WHERE_LE, last.day, NULL}}};
    struct run_row row;
    struct rows *rows = store_query(call->reader, &query);
    while (rows_next(rows, &row)) {
        int64_t begins = row.started_ms ? row.started_ms : row.planned_ms;
        bool is_ended = row.status >= 0 && row.status < STATUSES && status_is_ended((enum status)row.status);
        bool is_before = is_ended && (row.ended_ms ? row.ended_ms : begins) < night->from.ms;
        if (is_before || (row.planned_ms >= night->to.ms && begins >= night->to.ms)) {
            continue;
        }
        row.reason = arena_copy(call->into, row.reason);
        row.macros = "";
        *vec_add(&night->nets) = (struct night_net){.run = row, .has_run = true, .unit = row.unit, .occurrence = row.occurrence,
                                                    .date = {(int32_t)row.date}, .planned_ms = row.planned_ms};
    }
    return answer_rows_end(rows, e);
}

/* Planned starts without a run; what the rules leave out is no news, what a person left out is. */
static bool plan_collect(struct night *night, struct err *e)
{
    struct call *call = night->call;
    int start = table_column(TABLE_occurrence, "start_ms");
    struct query query = {.table = TABLE_occurrence, .order_column = start, .where_count = 3,
                          .where = {{start, WHERE_GE, night->from.ms, NULL}, {start, WHERE_LT, night->to.ms, NULL},
                                    {table_column(TABLE_occurrence, "run"), WHERE_EQ, 0, NULL}}};
    struct occurrence_row row;
    struct rows *rows = store_query(call->reader, &query);
    while (rows_next(rows, &row)) {
        int64_t state = row.state & PLAN_STATE_BITS;
        bool is_by_rule = !(row.state & PLAN_CHANGED_BIT);
        if (state == PLAN_CANCELLED || (state == PLAN_SKIPPED && is_by_rule)) {
            continue;
        }
        *vec_add(&night->nets) = (struct night_net){.unit = row.unit, .occurrence = row.id, .date = {(int32_t)row.date},
                                                    .planned_ms = row.start_ms, .plan_state = state, .is_held = row.is_held};
    }
    return answer_rows_end(rows, e);
}

static int64_t place_of(const struct night_net *net)
{
    return net->has_run && net->run.started_ms ? net->run.started_ms : net->planned_ms;
}

static int earlier(const void *a, const void *b)
{
    const struct night_net *x = a, *y = b;
    int64_t p = place_of(x), q = place_of(y);
    return p != q ? (p > q) - (p < q) : (x->unit > y->unit) - (x->unit < y->unit);
}

/* Paths, who may see them, the expectation of each; then in order of time. */
static bool nets_finish(struct night *night, struct err *e)
{
    size_t kept = 0;
    for (size_t i = 0; i < night->nets.n; i++) {
        struct night_net net = night->nets.at[i];
        const struct unit_row *unit = NULL;
        if (!unit_known(night, net.unit, &unit, e)) {
            return false;
        }
        net.path = unit->path;
        net.title = unit->comment;
        net.version = net.has_run && net.run.version ? net.run.version : unit->version;
        if (call_sees(night->call, net.path)) {
            night->nets.at[kept++] = net;
        }
    }
    night->nets.n = kept;
    if (kept) {
        qsort(night->nets.at, kept, sizeof(*night->nets.at), earlier);
    }
    night->is_truncated = kept > NIGHT_NETS_MAX;
    night->nets.n = night->is_truncated ? NIGHT_NETS_MAX : kept;
    for (size_t i = 0; night->outlook && i < night->outlook->row_count; i++) {
        const struct outlook_row *row = &night->outlook->rows[i];
        (void)map_put_id(row->run ? &night->by_run : &night->by_occurrence, (uint64_t)(row->run ? row->run : row->occurrence),
                         (void *)(uintptr_t)row);
    }
    for (size_t i = 0; i < night->nets.n; i++) {
        struct night_net *net = &night->nets.at[i];
        net->expected = net->has_run ? map_get_id(&night->by_run, (uint64_t)net->run.id)
                                     : map_get_id(&night->by_occurrence, (uint64_t)net->occurrence);
    }
    return true;
}

/* ---- the answer ---- */

static void waits_answer(struct call *call, const struct night_net *net)
{
    json_list(&call->json, "waits");
    if (net->expected && net->expected->waits[LANG_JA]) {
        answer_both(call, NULL, net->expected->waits[LANG_JA], net->expected->waits[LANG_EN]);
    } else if (net->has_run && net->run.status == STATUS_GATE_WAIT && *net->run.reason) {
        struct strbuf text[LANGS] = {{0}};
        for (int lang = 0; lang < LANGS; lang++) {
            reason_text(&text[lang], net->run.reason, (enum lang)lang);
        }
        answer_both(call, NULL, strbuf_str(&text[LANG_JA]), strbuf_str(&text[LANG_EN]));
        for (int lang = 0; lang < LANGS; lang++) {
            strbuf_close(&text[lang]);
        }
    }
    json_end(&call->json);
}

static void expected_answer(struct call *call, const struct night_net *net)
{
    struct json *j = &call->json;
    const struct outlook_row *row = net->expected;
    int64_t start = net->has_run ? net->run.started_ms : 0, end = net->has_run ? net->run.ended_ms : 0;
    int64_t from = start ? start : row ? row->start.ms : 0, to = end ? end : row ? row->end.ms : 0;
    answer_instant(call, "expected_start", row && !start ? row->start.ms : 0);
    answer_instant(call, "expected_end", row && !end ? row->end.ms : 0);
    if (from && to && from != INT64_MAX && to != INT64_MAX) {
        json_number(j, "minutes", (to - from) / MINUTE_MS);
    } else {
        json_none(j, "minutes");
    }
    int64_t deadline = net->has_run ? net->run.deadline_ms : row ? row->deadline.ms : 0;
    bool has_deadline = deadline != 0 && deadline != INT64_MAX;
    answer_instant(call, "deadline", deadline);
    if (has_deadline && end) {
        json_number(j, "slack_min", (deadline - end) / MINUTE_MS);
    } else if (has_deadline && row && row->slack_ms != INT64_MAX) {
        json_number(j, "slack_min", row->slack_ms / MINUTE_MS);
    } else {
        json_none(j, "slack_min");
    }
    json_text(j, "outcome", row ? row->outcome : NULL);
    json_bool(j, "is_late", row ? row->is_late : has_deadline && end > deadline);
    json_bool(j, "is_rerun_assumed", row && row->is_rerun);
    json_bool(j, "is_critical", row && row->is_critical);
}

static void net_answer(struct call *call, const struct night_net *net)
{
    struct json *j = &call->json;
    struct str system = system_of(net->path);
    json_open(j, NULL);
    json_text(j, "unit", net->path);
    json_text(j, "title", net->title);
    json_bytes(j, "system", system.at, system.n);
    if (net->occurrence) {
        json_number(j, "occurrence", net->occurrence);
    } else {
        json_none(j, "occurrence");
    }
    json_date(j, "date", net->date);
    answer_instant(call, "planned", net->planned_ms);
    if (net->has_run) {
        json_number(j, "run", net->run.id);
        answer_status(call, net->run.status);
        json_text(j, "plan_state", plan_state_word(PLAN_STARTED));
    } else {
        json_none(j, "run");
        answer_status(call, net->is_held ? STATUS_HOLDING : STATUS_TIME_WAIT);
        json_text(j, "plan_state", plan_state_word(net->plan_state));
    }
    answer_instant(call, "started", net->has_run ? net->run.started_ms : 0);
    answer_instant(call, "ended", net->has_run ? net->run.ended_ms : 0);
    expected_answer(call, net);
    json_bool(j, "is_held", net->is_held || (net->has_run && ((net->run.flags & RUN_HELD) || net->run.status == STATUS_HOLDING)));
    waits_answer(call, net);
    json_end(j);
}

static void opening_answer(struct night *night)
{
    struct call *call = night->call;
    const struct outlook *outlook = night->outlook;
    bool is_within = outlook && outlook->opening.ms != INT64_MAX && outlook->opening.ms >= night->from.ms;
    if (!is_within) {
        json_none(&call->json, "opening");
        return;
    }
    json_open(&call->json, "opening");
    answer_instant(call, "at", outlook->opening.ms);
    if (outlook->opening_slack_ms != INT64_MAX) {
        json_number(&call->json, "slack_min", outlook->opening_slack_ms / MINUTE_MS);
        const char *last = outlook->opening_row >= 0 ? outlook->rows[outlook->opening_row].path : NULL;
        json_text(&call->json, "last", last && call_sees(call, last) ? last : NULL);
    } else {
        json_none(&call->json, "slack_min");
        json_none(&call->json, "last");
    }
    json_end(&call->json);
}

static bool range_read(struct night *night, struct err *e)
{
    struct call *call = night->call;
    const struct calendar *root = night->site->root;
    struct bizday day = call_date(call, "date");
    int64_t from = call_number(call, "from", 0), to = call_number(call, "to", 0);
    night->day = day.day != BIZDAY_NONE.day ? day : calendar_day_of(root, from ? (struct instant){from} : call_now(call));
    night->from = from ? (struct instant){from} : calendar_day_start(root, night->day);
    night->to = calendar_day_start(root, bizday_plus(night->day, 1));
    if (night->site->opening_prepare_minute >= 0) { /* the morning after belongs to the night */
        struct instant opening = calendar_instant(root, night->day, (struct daytime){night->site->opening_prepare_minute});
        opening.ms += AFTER_OPENING_MIN * MINUTE_MS;
        night->to = opening.ms > night->to.ms ? opening : night->to;
    }
    night->to = to ? (struct instant){to} : night->to;
    call->field = "to";
    if (night->to.ms <= night->from.ms) {
        return err_set(e, ERR_FIELD_VALUE, "to" ARG "…" ARG "from < to");
    }
    if (night->to.ms - night->from.ms > HOURS_MAX * 60 * MINUTE_MS) {
        return err_set(e, ERR_TOO_LARGE, "from..to" ARG "%d h", HOURS_MAX);
    }
    call->field = NULL;
    return true;
}

static bool night_answer(struct night *night, struct err *e)
{
    struct call *call = night->call;
    if (!api_site(call, &night->site, e) || !range_read(night, e) || !runs_collect(night, e) || !plan_collect(night, e) ||
        !nets_finish(night, e)) {
        return false;
    }
    struct json *j = &call->json;
    json_open(j, NULL);
    answer_instant(call, "from", night->from.ms);
    answer_instant(call, "to", night->to.ms);
    answer_instant(call, "at", call_now(call).ms);
    answer_instant(call, "forecast_at", night->outlook ? night->outlook->made.ms : 0);
    json_date(j, "business_day", night->day);
    json_number(j, "base_minute", calendar_base_time(night->site->root).minute);
    json_bool(j, "is_truncated", night->is_truncated);
    json_list(j, "nets");
    for (size_t i = 0; i < night->nets.n; i++) {
        net_answer(call, &night->nets.at[i]);
    }
    json_end(j);
    if (!night_edges_answer(night, e) || !night_windows_answer(night, e)) {
        return false;
    }
    opening_answer(night);
    json_end(j);
    return true;
}

bool read_night(struct call *call, struct err *e)
{
    struct night night = {.call = call, .outlook = engine_outlook(call->api->config.engine)};
    bool is_good = night_answer(&night, e);
    engine_outlook_give(call->api->config.engine, night.outlook);
    vec_close(&night.nets);
    map_close(&night.units);
    map_close(&night.by_run);
    map_close(&night.by_occurrence);
    return is_good;
}
