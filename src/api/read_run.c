/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_run - runs, and the units within one.
 *
 * A node that is still in its first state has no row: it is shown from the graph of the run's version.
 */
#include "api/api_priv.h"

#include "api/page.h"
#include "api/words.h"
#include "base/map.h"
#include "jobnet/run.h"

/* Most runs have none of them. */
static void flags_answer(struct json *j, int64_t flags)
{
    static const char none[] = "\"held\":false,\"suspended\":false,\"start_delayed\":false,\"end_delayed\":false,"
                               "\"deadline_missed\":false,\"deadline_at_risk\":false";
    if (!(flags & (RUN_HELD | RUN_SUSPENDED | RUN_START_DELAYED | RUN_END_DELAYED | RUN_DEADLINE_MISSED | RUN_DEADLINE_RISK))) {
        json_members(j, none, sizeof(none) - 1);
        return;
    }
    json_bool(j, "held", flags & RUN_HELD);
    json_bool(j, "suspended", flags & RUN_SUSPENDED);
    json_bool(j, "start_delayed", flags & RUN_START_DELAYED);
    json_bool(j, "end_delayed", flags & RUN_END_DELAYED);
    json_bool(j, "deadline_missed", flags & RUN_DEADLINE_MISSED);
    json_bool(j, "deadline_at_risk", flags & RUN_DEADLINE_RISK);
}

/* Inside an open object; the texts of `run` may be borrowed. */
static void run_answer(struct call *call, const struct run_row *run, const char *path)
{
    struct json *j = &call->json;
    json_number(j, "run", run->id);
    json_text(j, "unit", path);
    json_date(j, "date", (struct bizday){(int32_t)run->date});
    answer_status(call, run->status);
    answer_instant(call, "planned", run->planned_ms);
    answer_instant(call, "started", run->started_ms);
    answer_instant(call, "ended", run->ended_ms);
    answer_instant(call, "deadline", run->deadline_ms);
    json_text(j, "origin", origin_word(run->origin));
    json_reason(j, run->reason);
    flags_answer(j, run->flags);
    json_bool(j, "is_ended", run->status >= 0 && run->status < STATUSES && status_is_ended((enum status)run->status));
}

struct run_filter {
    struct unit_filter unit;
    bool only_live, has_status;
    enum status status;
};

static bool filter_read(struct call *call, struct run_filter *filter, struct err *e)
{
    const char *status = call_text(call, "status");
    *filter = (struct run_filter){.unit = unit_filter_of(call), .only_live = call_bool(call, "live")};
    if (status) {
        filter->has_status = true;
        return status_parse(status, &filter->status) ||
               value_refuse(call, operation_field(call->request->operation, "status"), status, "running, abnormal, …", e);
    }
    return true;
}

/* What the store can choose by an index. */
static bool runs_query(struct call *call, const struct run_filter *filter, struct page *page, struct err *e)
{
    struct bizday date = call_date(call, "date"), from = call_date(call, "from"), to = call_date(call, "to");
    const char *unit = call_text(call, "unit");
    struct unit_row row = {0};
    if (unit && !unit_get(call, unit, &row, e)) {
        call->field = "unit";
        return false;
    }
    if (unit) {
        page_filter(page, "unit", WHERE_EQ, row.id);
    }
    if (filter->has_status) {
        page_filter(page, "status", WHERE_EQ, (int64_t)filter->status);
    }
    if (date.day != BIZDAY_NONE.day) {
        page_filter(page, "date", WHERE_EQ, date.day);
    }
    if (from.day != BIZDAY_NONE.day) {
        page_filter(page, "date", WHERE_GE, from.day);
    }
    if (to.day != BIZDAY_NONE.day) {
        page_filter(page, "date", WHERE_LE, to.day);
    }
    return page_open(call, page, e);
}

bool read_runs(struct call *call, struct err *e)
{
    struct run_filter filter;
    struct page page = {.table = TABLE_run, .sort = "-id", .without = "macros"};
    if (!filter_read(call, &filter, e) || !runs_query(call, &filter, &page, e)) {
        return false;
    }
    CLEANUP(map_close) struct map paths = {0};
    const struct run_row *run;
    const void *row;
    bool is_good;
    answer_list_open(call);
    while ((is_good = page_row(call, &page, &row, e)) && (run = row) != NULL) {
        bool is_ended = run->status >= 0 && run->status < STATUSES && status_is_ended((enum status)run->status);
        const char *path = NULL;
        if (filter.only_live && is_ended) {
            continue;
        }
        if (!unit_path_get(call, &paths, run->unit, &path, e)) {
            return false;
        }
        if (unit_wanted(call, &filter.unit, path) && page_take(&page)) {
            json_open(&call->json, NULL);
            run_answer(call, run, path);
            json_end(&call->json);
        }
    }
    return is_good && page_close(call, &page);
}

bool read_run(struct call *call, struct err *e)
{
    struct run_row run;
    struct unit_row unit;
    if (!run_get(call, call_number(call, "run", 0), &run, e) || !unit_get_id(call, run.unit, &unit, e)) {
        return false;
    }
    json_open(&call->json, NULL);
    run_answer(call, &run, unit.path);
    json_number(&call->json, "version", run.version);
    json_text(&call->json, "macros", run.macros);
    json_end(&call->json);
    return true;
}

/* ---- nodes ---- */

static struct node_row node_fresh(int64_t run, int32_t node)
{
    int64_t status = node == 0 ? STATUS_RUNNING : STATUS_TERM_WAIT;
    return (struct node_row){.run = run, .node = node, .status = status, .code = CODE_NONE, .agent = "", .reason = ""};
}

static bool node_get(struct call *call, int64_t run, int64_t node, struct node_row *ret, struct err *e)
{
    struct node_row row = {.run = run, .node = node};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_node, &row, &found, e)) {
        return false;
    }
    *ret = found ? row : node_fresh(run, (int32_t)node);
    return true;
}

static void node_answer(struct call *call, const struct net *net, const struct node_row *row)
{
    const struct net_node *node = &net->nodes[row->node];
    struct json *j = &call->json;
    json_open(j, NULL);
    json_number(j, "node", row->node);
    json_text(j, "unit", net_node_path(call->into, net, (int32_t)row->node));
    json_text(j, "name", node->name);
    json_text(j, "comment", node->comment);
    json_text(j, "type", unit_type_row((enum unit_type)node->type)->text);
    json_number(j, "parent", node->parent);
    answer_status(call, row->status);
    json_number(j, "attempt", row->attempt);
    if (row->code == CODE_NONE) {
        json_none(j, "code");
    } else {
        json_number(j, "code", row->code);
    }
    answer_instant(call, "started", row->started_ms);
    answer_instant(call, "ended", row->ended_ms);
    answer_instant(call, "due", row->due_ms);
    json_text(j, "agent", row->agent);
    json_reason(j, row->reason);
    json_bool(j, "held", row->flags & NODE_HELD);
    json_list(j, "after");
    for (uint16_t i = 0; i < node->pred_count; i++) {
        json_number(j, NULL, net->edges[node->pred_from + i]);
    }
    json_end(j);
    json_end(j);
}

bool read_nodes(struct call *call, struct err *e)
{
    struct run_row run;
    const struct net *net = NULL;
    struct run_filter filter = {0};
    int64_t after = -1, limit = call_limit(call), shown = 0, last = -1;
    if (!filter_read(call, &filter, e) || !call_after(call, &after, e) ||
        !run_get(call, call_number(call, "run", 0), &run, e) || !run_net(call, &run, &net, e)) {
        return false;
    }
    answer_list_open(call);
    int32_t count = net ? net->node_count : 0;
    int32_t at = (int32_t)after + 1;
    for (; at < count && shown < limit; at++) {
        struct node_row row;
        if (!node_get(call, run.id, at, &row, e)) {
            return false;
        }
        if (at == 0) { /* the net itself is the run's row */
            row = node_fresh(run.id, 0);
            row.status = run.status;
            row.started_ms = run.started_ms;
            row.ended_ms = run.ended_ms;
            row.reason = run.reason;
        }
        if (!filter.has_status || row.status == (int64_t)filter.status) {
            node_answer(call, net, &row);
            shown++;
        }
        last = at;
    }
    answer_list_close(call, at < count ? arena_printf(call->into, "%lld", (long long)last) : NULL);
    return true;
}
