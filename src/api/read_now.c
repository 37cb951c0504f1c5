/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_now - what needs a person at this moment, most urgent first.
 *
 * An item is an event that nobody has acknowledged. Whether it is over by itself (rerun well, agent back, safe again) is
 * looked up as things stand now; what is over stands last, for it only wants a nod. Empty means quiet.
 */
#include "api/console_priv.h"

#include <stdlib.h>

#include "api/words.h"
#include "engine/event_kind.h"
#include "jobnet/run.h"
#include "os/clock.h"
#include "people/people.h"

enum { ITEMS_MAX = 500, DAYS_AHEAD_MAX = 14 };

/* Urgency: 5 now … 1 when there is time, 0 it is over. */
static const struct {
    const char *word;
    int urgency;
} kinds[EVENT_KINDS] = {
    [EVENT_FAILED] = {"failed", 5},  [EVENT_UNKNOWN] = {"unknown", 5}, [EVENT_DEADLINE] = {"deadline", 5},
    [EVENT_AGENT_LOST] = {"agent", 4}, [EVENT_WINDOW_MISMATCH] = {"window", 4}, [EVENT_RISK] = {"risk", 3},
    [EVENT_GATE_LATE] = {"gate", 3}, [EVENT_DELAYED] = {"delay", 2},   [EVENT_NOT_RUN] = {"missed", 2},
    [EVENT_MISSED] = {"missed", 2},  [EVENT_AGENT_BACK] = {"agent", 0},
    [EVENT_LOGIN] = {"login", 3},
};

struct item {
    struct event_row event;
    int urgency;
    bool is_over;
};

struct now {
    struct call *call;
    const struct outlook *outlook;
    VEC(struct item) items;
    struct map titles;         /* path -> comment */
    int64_t agents_lost;
};

static int more_urgent(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    int by_urgency = (x->urgency < y->urgency) - (x->urgency > y->urgency);
    int by_time = (x->event.at_ms > y->event.at_ms) - (x->event.at_ms < y->event.at_ms);
    return by_urgency ? by_urgency : by_time ? by_time : (x->event.id > y->event.id) - (x->event.id < y->event.id);
}

static bool items_read(struct now *now, struct err *e)
{
    struct call *call = now->call;
    struct query query = {.table = TABLE_event, .order_column = -1, .is_descending = true, .limit = ITEMS_MAX, .where_count = 2,
                          .where = {{table_column(TABLE_event, "acked_ms"), WHERE_EQ, 0, NULL},
                                    {table_column(TABLE_event, "kind"), WHERE_NE, EVENT_AGENT_BACK, NULL}}};
    struct event_row row;
    struct rows *rows = store_query(call->reader, &query);
    while (rows_next(rows, &row)) {
        if (row.kind < 0 || row.kind >= EVENT_KINDS || (*row.unit && !call_sees(call, row.unit))) {
            continue;
        }
        row.unit = arena_copy(call->into, row.unit);
        row.message = arena_copy(call->into, row.message);
        row.args = arena_copy(call->into, row.args);
        row.fold = arena_copy(call->into, row.fold);
        *vec_add(&now->items) = (struct item){row, kinds[row.kind].urgency, false};
    }
    return answer_rows_end(rows, e);
}

/* ---- is it over? ---- */

static bool is_good(int64_t status)
{
    return status >= 0 && status < STATUSES && (status_class((enum status)status) == STATUS_GOOD || status_class((enum status)status) == STATUS_SKIP);
}

/* The unit of the run as it stands, and the run itself. */
static bool failure_is_over(struct call *call, const struct event_row *event, bool *ret, struct err *e)
{
    struct run_row run = {.id = event->run};
    struct node_row node = {.run = event->run, .node = event->node};
    bool found = false, has_node = false;
    if (!store_get(call->reader, call->into, TABLE_run, &run, &found, e) ||
        (event->node > 0 && !store_get(call->reader, call->into, TABLE_node, &node, &has_node, e))) {
        return false;
    }
    *ret = (found && is_good(run.status)) || (has_node && is_good(node.status));
    return true;
}

static bool wait_is_over(struct call *call, const struct event_row *event, bool *ret, struct err *e)
{
    struct run_row run = {.id = event->run};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_run, &run, &found, e)) {
        return false;
    }
    bool is_waiting = found && run.status < STATUSES && status_class((enum status)run.status) == STATUS_WAIT;
    bool is_running = found && run.status < STATUSES && status_class((enum status)run.status) == STATUS_BUSY;
    *ret = event->kind == EVENT_GATE_LATE ? !is_waiting : !is_waiting && !is_running;
    return true;
}

static bool agent_is_back(struct call *call, const struct event_row *event, bool *ret, struct err *e)
{
    struct str name, rest;
    (void)str_cut(str_of(event->args), ARG[0], &name, &rest);
    struct agent_row agent = {.name = arena_copy_bytes(call->into, name.at, name.n)};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_agent, &agent, &found, e)) {
        return false;
    }
    *ret = found && !agent.is_lost;
    return true;
}

static bool window_is_as_ordered(struct call *call, const struct event_row *event, bool *ret, struct err *e)
{
    struct str group, cls, rest;
    (void)str_cut(str_of(event->args), ARG[0], &group, &rest);
    (void)str_cut(rest, ARG[0], &cls, &rest);
    struct window_state_row row = {.grp = arena_copy_bytes(call->into, group.at, group.n),
                                   .cls = arena_copy_bytes(call->into, cls.at, cls.n)};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_window_state, &row, &found, e)) {
        return false;
    }
    *ret = found && row.commanded == row.observed;
    return true;
}

/* Safe again in the newest forecast, or not in it any more. */
static bool risk_is_over(const struct now *now, const struct event_row *event)
{
    for (size_t i = 0; now->outlook && i < now->outlook->row_count; i++) {
        const struct outlook_row *row = &now->outlook->rows[i];
        char date[DATE_TEXT_MAX];
        size_t n = strlen(row->path);
        bool is_it = row->is_late && str_starts(event->fold, row->path) && event->fold[n] == '@' &&
                     str_equal(event->fold + n + 1, bizday_print(row->date, date));
        if (is_it) {
            return false;
        }
    }
    return now->outlook != NULL;
}

static bool item_judge(struct now *now, struct item *item, struct err *e)
{
    struct call *call = now->call;
    const struct event_row *event = &item->event;
    bool is_judged = true;
    switch ((enum event_kind)event->kind) {
    case EVENT_FAILED:
    case EVENT_UNKNOWN:
        is_judged = failure_is_over(call, event, &item->is_over, e);
        break;
    case EVENT_GATE_LATE:
    case EVENT_DELAYED:
        is_judged = wait_is_over(call, event, &item->is_over, e);
        break;
    case EVENT_AGENT_LOST:
        is_judged = agent_is_back(call, event, &item->is_over, e);
        break;
    case EVENT_WINDOW_MISMATCH:
        is_judged = window_is_as_ordered(call, event, &item->is_over, e);
        break;
    case EVENT_RISK:
        item->is_over = risk_is_over(now, event);
        break;
    case EVENT_DEADLINE: /* missed is missed: the client must hear of it */
    case EVENT_AGENT_BACK:
    case EVENT_NOT_RUN:
    case EVENT_MISSED:
    case EVENT_LOGIN:
    case EVENT_KINDS:
        break;
    }
    item->urgency = item->is_over ? 0 : item->urgency;
    return is_judged;
}

/* A wait, a delay or a risk that has passed by itself wants no nod: event.list has it. */
static bool is_still_of_use(const struct item *item)
{
    int64_t kind = item->event.kind;
    return !item->is_over || (kind != EVENT_DELAYED && kind != EVENT_GATE_LATE && kind != EVENT_RISK);
}

/* ---- the answer ---- */

static bool title_of(struct now *now, const char *path, const char **ret, struct err *e)
{
    *ret = map_get(&now->titles, path);
    if (*ret || !*path) {
        return true;
    }
    struct call *call = now->call;
    struct query query = {.table = TABLE_unit, .order_column = -1, .limit = 1, .where_count = 1,
                          .where = {{table_column(TABLE_unit, "path"), WHERE_EQ, 0, path}}};
    struct unit_row row;
    struct rows *rows = store_query(call->reader, &query);
    char *title = arena_copy(call->into, rows_next(rows, &row) ? row.comment : "");
    (void)map_put(&now->titles, path, title);
    *ret = title;
    return answer_rows_end(rows, e);
}

static bool item_answer(struct now *now, const struct item *item, struct err *e)
{
    struct json *j = &now->call->json;
    const struct event_row *event = &item->event;
    struct str system = system_of(event->unit);
    const char *title = NULL;
    if (!title_of(now, event->unit, &title, e)) {
        return false;
    }
    json_open(j, NULL);
    json_number(j, "id", event->id);
    json_number(j, "event", event->id);
    json_text(j, "kind", kinds[event->kind].word);
    json_text(j, "severity", severity_word(event->severity));
    json_number(j, "urgency", item->urgency);
    json_bool(j, "is_over", item->is_over);
    json_text(j, "message", event->message);
    json_text(j, "unit", event->unit);
    json_text(j, "title", title ? title : "");
    json_bytes(j, "system", system.at, system.n);
    json_number(j, "run", event->run);
    json_number(j, "node", event->node);
    json_number(j, "count", event->count);
    answer_instant(now->call, "since", event->at_ms);
    answer_message(now->call, "text", event->message, event->args);
    answer_action(now->call, "action", event->message);
    json_end(j);
    return true;
}

/* ---- counts ---- */

static bool count_status(struct call *call, enum status status, int64_t counts[3], struct err *e)
{
    struct query query = {.table = TABLE_run, .order_column = -1, .where_count = 1,
                          .where = {{table_column(TABLE_run, "status"), WHERE_EQ, status, NULL}}};
    struct run_row row;
    struct rows *rows = store_query(call->reader, &query);
    while (rows_next(rows, &row)) {
        counts[status_class(status) == STATUS_BUSY]++;
        counts[2] += (row.flags & RUN_HELD) != 0 || status == STATUS_HOLDING;
    }
    return answer_rows_end(rows, e);
}

static bool count_table(struct call *call, const struct query *query, void *row, int64_t *ret, struct err *e)
{
    struct rows *rows = store_query(call->reader, query);
    while (rows_next(rows, row)) {
        (*ret)++;
    }
    return answer_rows_end(rows, e);
}

static bool counts_answer(struct now *now, struct err *e)
{
    struct call *call = now->call;
    int64_t counts[3] = {0}, failed = 0, lost = 0, proposals = 0, notes = 0;
    for (int i = 0; i < STATUSES; i++) {
        enum status_class class = status_class((enum status)i);
        if ((class == STATUS_WAIT || class == STATUS_BUSY) && !count_status(call, (enum status)i, counts, e)) {
            return false;
        }
    }
    for (size_t i = 0; i < now->items.n; i++) {
        const struct item *item = &now->items.at[i];
        failed += !item->is_over && (item->event.kind == EVENT_FAILED || item->event.kind == EVENT_UNKNOWN);
    }
    struct agent_row agent;
    struct proposal_row proposal;
    struct shift_note_row note;
    struct query lost_agents = {.table = TABLE_agent, .order_column = -1, .where_count = 1,
                                .where = {{table_column(TABLE_agent, "is_lost"), WHERE_NE, 0, NULL}}};
    struct query waiting = {.table = TABLE_proposal, .order_column = -1, .where_count = 1,
                            .where = {{table_column(TABLE_proposal, "state"), WHERE_EQ, 0, NULL}}};
    struct query unread = {.table = TABLE_shift_note, .order_column = -1, .where_count = 2,
                           .where = {{table_column(TABLE_shift_note, "is_handover"), WHERE_NE, 0, NULL},
                                     {table_column(TABLE_shift_note, "read_ms"), WHERE_EQ, 0, NULL}}};
    if (!count_table(call, &lost_agents, &agent, &lost, e) || !count_table(call, &waiting, &proposal, &proposals, e) ||
        !count_table(call, &unread, &note, &notes, e)) {
        return false;
    }
    struct json *j = &call->json;
    json_open(j, "counts");
    json_number(j, "waiting", counts[0]);
    json_number(j, "running", counts[1]);
    json_number(j, "held", counts[2]);
    json_number(j, "failed", failed);
    json_number(j, "agents_lost", lost);
    json_number(j, "proposals", proposals);
    json_number(j, "handovers", notes);
    json_end(j);
    return true;
}

/* ---- windows ---- */

static void next_answer(struct call *call, const struct site *site, const struct day_times *times, const struct window_group *group,
                        size_t cls)
{
    struct instant now = call_now(call), best = INSTANT_NEVER;
    struct bizday today = calendar_day_of(site->root, now);
    int which = 0;
    for (int day = -1; day < DAYS_AHEAD_MAX && best.ms == INSTANT_NEVER.ms; day++) {
        struct bizday at_day = bizday_plus(today, day);
        struct window_times of_day = day_times_of(times, group, cls, at_day);
        for (int event = 0; event < WINDOW_EVENTS; event++) {
            struct instant at = of_day.minute[event] < 0 ? INSTANT_NEVER
                                                         : calendar_instant(site->root, at_day, (struct daytime){of_day.minute[event]});
            if (at.ms > now.ms && at.ms < best.ms) {
                best = at;
                which = event;
            }
        }
    }
    if (best.ms == INSTANT_NEVER.ms) {
        json_none(&call->json, "next");
        return;
    }
    json_open(&call->json, "next");
    json_text(&call->json, "event", window_event_name((enum window_event)which)->name);
    answer_both(call, "event_text", window_event_name((enum window_event)which)->text[LANG_JA],
                window_event_name((enum window_event)which)->text[LANG_EN]);
    answer_instant(call, "at", best.ms);
    json_end(&call->json);
}

static void phase_answer(struct call *call, const char *key, const char *text_key, enum window_phase phase)
{
    json_text(&call->json, key, window_phase_name(phase)->name);
    answer_both(call, text_key, window_phase_name(phase)->text[LANG_JA], window_phase_name(phase)->text[LANG_EN]);
}

static bool window_answer(struct call *call, const struct site *site, const struct day_times *times,
                          const struct window_group *group, size_t cls, struct err *e)
{
    struct window_state_row row = {.grp = group->name, .cls = group->classes[cls].name};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_window_state, &row, &found, e)) {
        return false;
    }
    struct window_seen seen = {PHASE_UNKNOWN, PHASE_UNKNOWN, {0}};
    if (found) {
        seen = (struct window_seen){(enum window_phase)row.commanded, (enum window_phase)row.observed, {row.observed_ms}};
    }
    json_open(&call->json, NULL);
    json_text(&call->json, "group", group->name);
    json_text(&call->json, "class", group->classes[cls].name);
    phase_answer(call, "commanded", "commanded_text", seen.commanded);
    phase_answer(call, "observed", "observed_text", window_phase_now(&seen, call_now(call), group->observation_ms_max));
    answer_instant(call, "observed_at", seen.observed_at.ms);
    next_answer(call, site, times, group, cls);
    json_end(&call->json);
    return true;
}

static bool windows_answer(struct call *call, const struct site *site, struct err *e)
{
    struct bizday today = calendar_day_of(site->root, call_now(call));
    CLEANUP(day_times_close) struct day_times times = {0};
    if (!day_times_read(call, bizday_plus(today, -1), bizday_plus(today, DAYS_AHEAD_MAX), &times, e)) {
        return false;
    }
    json_list(&call->json, "windows");
    for (size_t g = 0; g < site->group_count; g++) {
        for (size_t c = 0; c < site->groups[g].class_count; c++) {
            if (!window_answer(call, site, &times, &site->groups[g], c, e)) {
                return false;
            }
        }
    }
    json_end(&call->json);
    return true;
}

static bool now_answer(struct now *now, struct err *e)
{
    struct call *call = now->call;
    struct clock *clock = call->api->config.clock;
    const struct site *site = NULL;
    if (!api_site(call, &site, e) || !items_read(now, e)) {
        return false;
    }
    for (size_t i = 0; i < now->items.n; i++) {
        if (!item_judge(now, &now->items.at[i], e)) {
            return false;
        }
    }
    if (now->items.n) {
        qsort(now->items.at, now->items.n, sizeof(*now->items.at), more_urgent);
    }
    json_open(&call->json, NULL);
    answer_instant(call, "at", call_now(call).ms);
    json_text(&call->json, "site", site->name);
    json_date(&call->json, "business_day", calendar_day_of(site->root, call_now(call)));
    json_number(&call->json, "base_minute", calendar_base_time(site->root).minute);
    json_open(&call->json, "clock");
    json_bool(&call->json, "simulated", clock && clock->is_simulated);
    json_decimal(&call->json, "speed", clock ? clock_speed(clock) : 1.0);
    json_end(&call->json);
    if (!windows_answer(call, site, e) || !counts_answer(now, e)) {
        return false;
    }
    json_list(&call->json, "items");
    for (size_t i = 0; i < now->items.n; i++) {
        if (!is_still_of_use(&now->items.at[i])) {
            continue;
        }
        if (!item_answer(now, &now->items.at[i], e)) {
            return false;
        }
    }
    json_end(&call->json);
    json_end(&call->json);
    return true;
}

bool read_now(struct call *call, struct err *e)
{
    struct now now = {.call = call, .outlook = engine_outlook(call->api->config.engine)};
    bool is_good = now_answer(&now, e);
    engine_outlook_give(call->api->config.engine, now.outlook);
    vec_close(&now.items);
    map_close(&now.titles);
    return is_good;
}
