/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show - answers out of live state: why something waits, agents, health.
 */
#include <inttypes.h>
#include <string.h>

#include "engine/engine_priv.h"
#include "os/clock.h"

static void say_gate(struct act_call *call, struct live_run *live, int32_t n, const struct gate *gate)
{
    struct engine *engine = call->engine;
    struct gate_answer answer;
    struct gate_subject subject = {.run = live->id, .node = n, .date = live->run->date, .planned = live->run->planned, .now = engine->now};
    gate_check(&engine->w.facts, gate, &subject, &answer);
    json_open(&call->json, NULL);
    json_text(&call->json, "gate", gate_kind_row(gate->kind)->name);
    json_text(&call->json, "rule", gate_kind_row(gate->kind)->rule);
    json_text(&call->json, "name", gate->name ? gate->name : "");
    json_bool(&call->json, "open", answer.is_open);
    if (!answer.is_open) {
        static const char *const keys[LANGS] = {"why", "why_en"};
        for (int lang = 0; lang < LANGS; lang++) {
            struct strbuf text = {0};
            gate_text(engine, &answer, (enum lang)lang, &text);
            json_text(&call->json, keys[lang], strbuf_str(&text));
            strbuf_close(&text);
        }
        json_text(&call->json, "message", message_of(answer.why)->id);
        json_text(&call->json, "action", message_of(answer.why)->action[LANG_JA]);
        json_text(&call->json, "action_en", message_of(answer.why)->action[LANG_EN]);
    }
    json_end(&call->json);
}

static void say_preds(struct act_call *call, const struct live_run *live, int32_t n)
{
    const struct net *net = live->run->net;
    const struct net_node *node = &net->nodes[n];
    json_list(&call->json, "predecessors");
    for (uint32_t i = 0; i < node->pred_count; i++) {
        int32_t pred = net->edges[node->pred_from + i];
        const struct status_row *status = status_row((enum status)live->run->nodes[pred].status);
        json_open(&call->json, NULL);
        json_number(&call->json, "node", pred);
        json_text(&call->json, "unit", net_node_path(&call->engine->turn, net, pred));
        json_text(&call->json, "status", status->name);
        json_text(&call->json, "status_ja", status->text[LANG_JA]);
        json_end(&call->json);
    }
    json_end(&call->json);
}

bool act_show_why(struct act_call *call)
{
    struct engine *engine = call->engine;
    struct live_run *live;
    int32_t n = call->act->node;
    if (!live_load(engine, call->act->run, &live, call->err)) {
        return false;
    }
    if (!live || n < 0 || n >= live->run->net->node_count) {
        return err_set(call->err, ERR_NOT_FOUND, "run" ARG "%" PRId64 "/%d", call->act->run, n);
    }
    const struct status_row *status = status_row((enum status)live->run->nodes[n].status);
    const struct net_node *node = &live->run->net->nodes[n];
    json_text(&call->json, "unit", net_node_path(&engine->turn, live->run->net, n));
    json_text(&call->json, "status", status->name);
    json_text(&call->json, "status_ja", status->text[LANG_JA]);
    json_reason(&call->json, n == 0 ? live->reason : live->reasons[n]);
    json_bool(&call->json, "held", n == 0 ? (live->run->flags & RUN_HELD) != 0 : (live->run->nodes[n].flags & NODE_HELD) != 0);
    say_preds(call, live, n);
    json_list(&call->json, "gates");
    for (size_t i = 0; i < node->gate_count; i++) {
        say_gate(call, live, n, &node->gates[i]);
    }
    json_end(&call->json);
    if (live->is_done) {
        *vec_add(&engine->w.done_runs) = live->id;
    }
    return true;
}

bool act_show_agents(struct act_call *call)
{
    struct engine *engine = call->engine;
    int offset_min = zone_offset_sec(engine->w.site->zone, engine->now) / 60;
    for (size_t i = 0; i < engine->w.site->agent_count; i++) { /* those never seen, too; aliases are not agents */
        if (!engine->w.site->agents[i].alias_of) {
            (void)agent_add(engine, engine->w.site->agents[i].name);
        }
    }
    json_list(&call->json, "agents");
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.agents, e));) {
        const struct agent_entry *agent = e->value;
        json_open(&call->json, NULL);
        json_text(&call->json, "agent", agent->name);
        json_text(&call->json, "state", agent->is_ready ? "ready" : agent->link && agent->is_refused ? "other-epoch" : agent->link ? "connecting" : agent->is_lost ? "lost" : "away");
        json_bool(&call->json, "drained", agent->is_drained);
        json_number(&call->json, "running", agent->running);
        json_number(&call->json, "waiting", (int64_t)agent->queue.n);
        json_number(&call->json, "limit", agent_limit(engine, agent));
        json_text(&call->json, "limits", agent->limits ? agent->limits : "");
        json_instant(&call->json, "last_seen", agent->last_seen_wall, offset_min);
        json_text(&call->json, "platform", agent->platform);
        json_text(&call->json, "version", agent->version);
        json_end(&call->json);
    }
    json_end(&call->json);
    return true;
}

bool act_show_status(struct act_call *call)
{
    struct engine *engine = call->engine;
    int64_t waiting = 0, running = 0, abnormal = 0;
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.runs, e));) {
        const struct live_run *live = e->value;
        enum status status = (enum status)live->run->status;
        waiting += status_class(status) == STATUS_WAIT;
        running += status_class(status) == STATUS_BUSY;
        abnormal += status == STATUS_ABEND_RUNNING;
    }
    int64_t registered = 0, units = 0;
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.units_by_id, e));) {
        const struct unit_entry *unit = e->value;
        units += !unit->is_group && !unit->is_deleted;
        registered += unit->registration != REGISTERED_NOT;
    }
    json_text(&call->json, "site", engine->w.site->name);
    json_text(&call->json, "service", engine->config.service);
    json_instant(&call->json, "business", engine->now, zone_offset_sec(engine->w.site->zone, engine->now) / 60);
    json_date(&call->json, "day", engine->w.today);
    json_bool(&call->json, "simulated", engine->config.clock && engine->config.clock->is_simulated);
    json_decimal(&call->json, "speed", engine->config.clock ? clock_speed(engine->config.clock) : 1.0);
    json_bool(&call->json, "deciding", engine->is_deciding);
    json_number(&call->json, "jobnets", units);
    json_number(&call->json, "registered", registered);
    json_number(&call->json, "running", running);
    json_number(&call->json, "waiting", waiting);
    json_number(&call->json, "abnormal", abnormal);
    json_number(&call->json, "agents", engine->figures.links);
    json_text(&call->json, "epoch", engine->w.epoch);
    return true;
}
