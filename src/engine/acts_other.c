/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts_other - agents, the baseline, events, backup.
 */
#include <inttypes.h>
#include <string.h>

#include "engine/engine_priv.h"

bool act_agent_drain(struct act_call *call)
{
    struct agent_entry *agent = map_get(&call->engine->w.agents, call->act->text);
    if (!agent) {
        return err_set(call->err, ERR_NOT_FOUND, "agent" ARG "%s", call->act->text);
    }
    agent->is_drained = call->act->is_on;
    put_agent(call->engine, agent);
    if (agent->link) {
        agent_send(call->engine, agent, &(struct frame){.kind = FRAME_DRAIN, .is_on = call->act->is_on});
    }
    call->engine->w.is_slot_free = true;
    json_text(&call->json, "agent", agent->name);
    json_bool(&call->json, "drained", agent->is_drained);
    json_number(&call->json, "running", agent->running);
    return true;
}

/* "HH:MM=n,…" with ascending times */
static bool limits_valid(const char *text)
{
    struct str rest = str_of(text), item, time, count;
    int32_t before = -1;
    while (rest.n) {
        (void)str_cut(rest, ',', &item, &rest);
        char word[TIME_TEXT_MAX];
        struct daytime from;
        int64_t n;
        if (!str_cut(str_trim(item), '=', &time, &count) || time.n >= sizeof(word)) {
            return false;
        }
        (void)snprintf(word, sizeof(word), STR_FMT, STR_ARG(time));
        if (!daytime_parse(word, &from) || from.minute <= before || from.minute >= 1440 || !str_to_i64(count, 0, 100000, &n)) {
            return false;
        }
        before = from.minute;
    }
    return true;
}

bool act_agent_limits(struct act_call *call)
{
    struct engine *engine = call->engine;
    struct agent_entry *agent = map_get(&engine->w.agents, call->act->text);
    if (!agent) {
        return err_set(call->err, ERR_NOT_FOUND, "agent" ARG "%s", call->act->text);
    }
    if (!limits_valid(call->act->text2)) {
        return err_set(call->err, ERR_ARGUMENT, "limits" ARG "%s", call->act->text2);
    }
    agent->limits = arena_copy(&engine->w.names, call->act->text2);
    put_agent(engine, agent);
    engine->w.is_slot_free = true;
    json_text(&call->json, "agent", agent->name);
    json_number(&call->json, "limit_now", agent_limit(engine, agent));
    return true;
}

/* ---- baseline: the last generation of each net, for a cut-over (decisions §6) ---- */

struct baseline_line {
    struct unit_entry *unit;
    struct bizday date;
    enum status status;
    struct instant started, ended;
};

static bool column(struct str *rest, char *text, size_t max)
{
    struct str head;
    if (!rest->n) {
        text[0] = '\0';
        return false;
    }
    (void)str_cut(*rest, ',', &head, rest);
    head = str_trim(head);
    if (head.n >= max) {
        return false;
    }
    (void)snprintf(text, max, STR_FMT, STR_ARG(head));
    return true;
}

static bool baseline_read(struct act_call *call, struct str line, int number, struct baseline_line *ret)
{
    char unit[1024], date[32], status[64], started[64], ended[64];
    bool is_whole = column(&line, unit, sizeof(unit)) && column(&line, date, sizeof(date)) && column(&line, status, sizeof(status)) &&
                    column(&line, started, sizeof(started)) && column(&line, ended, sizeof(ended));
    if (!is_whole || !bizday_parse(date, &ret->date) || !status_parse(status, &ret->status) || !status_is_ended(ret->status) ||
        !instant_parse(started, &ret->started) || !instant_parse(ended, &ret->ended)) {
        return err_set(call->err, ERR_SYNTAX, "baseline:%d: unit,date,status,started,ended", number);
    }
    const struct unit_facts *facts = facts_unit(&call->engine->w.facts, unit);
    ret->unit = facts ? unit_by_id(call->engine, facts->id) : NULL;
    return ret->unit || err_set(call->err, ERR_NOT_FOUND, "unit" ARG "%s (baseline:%d)", unit, number);
}

static void baseline_put(struct engine *engine, const struct baseline_line *line)
{
    struct run_row row = {
        .id = engine->w.next_run++, .unit = line->unit->id, .date = line->date.day, .planned_ms = line->started.ms,
        .started_ms = line->started.ms, .ended_ms = line->ended.ms, .status = line->status, .origin = ORIGIN_IMPORTED,
        .reason = "baseline", .macros = "",
    };
    store_put(engine->batch, TABLE_run, &row);
    *vec_add(&line->unit->facts.generations) = (struct generation){.run = row.id, .planned_ms = row.planned_ms,
        .ended_ms = row.ended_ms, .date = line->date, .status = (uint8_t)line->status};
    gate_wake(engine, gate_key(GATE_KEY_UNIT, (uint64_t)line->unit->id));
}

bool act_baseline(struct act_call *call)
{
    for (int pass = 0; pass < 2; pass++) { /* all lines are read before one is taken */
        struct str rest = {call->act->text, call->act->text_n}, line;
        int number = 0;
        int64_t count = 0;
        while (rest.n) {
            struct baseline_line row;
            (void)str_cut(rest, '\n', &line, &rest);
            line = str_trim(line);
            number++;
            bool is_head = number == 1 && line.n >= 5 && memcmp(line.at, "unit,", 5) == 0;
            if (!line.n || line.at[0] == '#' || is_head) {
                continue;
            }
            if (!baseline_read(call, line, number, &row)) {
                return false;
            }
            if (pass == 1) {
                baseline_put(call->engine, &row);
            }
            count++;
        }
        if (pass == 1) {
            json_number(&call->json, "imported", count);
        }
    }
    return true;
}

/* ---- events, backup ---- */

bool act_event_ack(struct act_call *call)
{
    struct engine *engine = call->engine;
    struct event_row row = {.id = call->act->number};
    bool found = false;
    if (!store_get(engine->reader, &engine->turn, TABLE_event, &row, &found, call->err)) {
        return false;
    }
    if (!found) {
        return err_set(call->err, ERR_NOT_FOUND, "event" ARG "%" PRId64, call->act->number);
    }
    (void)event_close(engine, row.id, &row); /* it may have been counted in this very turn */
    row.acked_ms = engine->now.ms;
    row.acked_by = call->act->actor;
    store_put(engine->batch, TABLE_event, &row);
    json_number(&call->json, "event", row.id);
    return true;
}

bool act_backup(struct act_call *call)
{
    if (!store_backup(call->engine->config.store, call->act->text, call->err)) {
        return false;
    }
    call->entity = call->act->text;
    json_text(&call->json, "file", call->act->text);
    return true;
}

bool act_missed(struct act_call *call)
{
    return err_set(call->err, ERR_DENIED, "%s", act_name(ACT_MISSED)); /* the engine's own */
}
