/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gates - asking, waiting and waking; and the loop that lets all that has become possible happen.
 *
 * A unit waits for the one fact that its first shut gate names. When that fact changes it is asked again, so
 * a change costs those who wait for it. Gates are asked once more right before a START (gates_look in slots.c).
 */
#include <string.h>

#include "engine/decisions.h"

enum { FILE_ASK_AGAIN_MS = 5000, GATE_LATE_MS = 10 * 60 * 1000 };

void gate_ask(struct engine *engine, int64_t run, int32_t node)
{
    *vec_add(&engine->w.asks) = (struct node_id){run, node};
}

static void gate_wait(struct engine *engine, uint64_t key, int64_t run, int32_t node)
{
    struct gate_waiters *waiters = map_get_id(&engine->w.waiters, key);
    if (!waiters) {
        waiters = arena_new(&engine->w.names, struct gate_waiters);
        (void)map_put_id(&engine->w.waiters, key, waiters);
    }
    for (size_t i = 0; i < waiters->list.n; i++) {
        if (waiters->list.at[i].run == run && waiters->list.at[i].node == node) {
            return;
        }
    }
    *vec_add(&waiters->list) = (struct node_id){run, node};
}

void gate_wake(struct engine *engine, uint64_t key)
{
    struct gate_waiters *waiters = map_get_id(&engine->w.waiters, key);
    if (!waiters) {
        return;
    }
    for (size_t i = 0; i < waiters->list.n; i++) {
        gate_ask(engine, waiters->list.at[i].run, waiters->list.at[i].node);
    }
    waiters->list.n = 0;
}

bool gates_look(struct engine *engine, struct live_run *live, int32_t node, struct gate_answer *ret)
{
    struct gate_subject subject = {.run = live->id, .node = node, .date = live->run->date, .planned = live->run->planned,
                                   .now = engine->now};
    const struct net_node *asked = node == 0 ? root_to_ask(engine, live->run->net, live->run->flags & RUN_OVER_LOCK)
                                             : &live->run->net->nodes[node];
    gates_check(&engine->w.facts, asked, &subject, ret);
    return ret->is_open;
}

void gate_text(struct engine *engine, const struct gate_answer *answer, enum lang lang, struct strbuf *into)
{
    (void)engine;
    message_text(into, answer->why, lang, answer->args);
}

const char *reason_coded(struct arena *into, enum err_code code, const char *args)
{
    return args[0] ? arena_printf(into, "%s" ARG "%s", message_of(code)->id, args) : message_of(code)->id;
}

const char *reason_both(struct engine *engine, const char *reason)
{
    struct strbuf text = {0};
    reason_text(&text, reason, LANG_JA);
    strbuf_text(&text, OR_EN);
    reason_text(&text, reason, LANG_EN);
    const char *both = arena_copy(&engine->turn, strbuf_str(&text));
    strbuf_close(&text);
    return both;
}

static void shut_node(struct engine *engine, struct live_run *live, int32_t n, const struct gate_answer *answer)
{
    const char *text = reason_coded(&engine->turn, answer->why, answer->args);
    const char *before = n == 0 ? live->reason : live->reasons[n];
    if (!str_equal(before, text)) {
        const char *reason = arena_copy(&live->arena, text);
        if (n == 0) {
            live->reason = reason;
        } else {
            live->reasons[n] = reason;
        }
        run_dirty(engine, live, n);
    }
    gate_wait(engine, answer->key, live->id, n);
    if (answer->look_again.ms != INSTANT_NEVER.ms && answer->look_again.ms > engine->now.ms) {
        alarm_add(engine, (struct alarm){.at_ms = answer->look_again.ms, .kind = ALARM_GATE, .id = live->id, .node = n});
    }
}

/* A file that nobody has looked for lately is looked for now, and again while someone waits. */
static void look_for_files(struct engine *engine, struct live_run *live, int32_t n)
{
    const struct net_node *node = &live->run->net->nodes[n];
    for (size_t i = 0; i < node->gate_count; i++) {
        if (node->gates[i].kind == GATE_FILE && file_is_known(engine, node->gates[i].name, node->gates[i].path) != 1) {
            agent_probe(engine, node->gates[i].name, node->gates[i].path);
            alarm_add(engine, (struct alarm){.at_ms = engine->now.ms + FILE_ASK_AGAIN_MS, .kind = ALARM_GATE, .id = live->id,
                                             .node = n});
        }
    }
}

static void answer_root(struct engine *engine, struct live_run *live, const struct gate_answer *answer)
{
    struct run *run = live->run;
    if (status_class((enum status)run->status) != STATUS_WAIT || run->status == STATUS_HOLDING) {
        return;
    }
    const struct net *net = run->net;
    if (answer->is_open) {
        live->reason = "";
        locks_take(&engine->w.facts, &net->nodes[0], live->id, 0);
        live_step(engine, live, &(struct run_event){.kind = RUN_START});
        return;
    }
    if (run->status != STATUS_GATE_WAIT) {
        run->status = run->nodes[0].status = STATUS_GATE_WAIT;
        run_dirty(engine, live, 0);
        generation_note(engine, live);
        if (!net->starts_by_gates) {
            alarm_add(engine, (struct alarm){.at_ms = run->planned.ms + GATE_LATE_MS, .kind = ALARM_GATE, .id = live->id});
        }
    }
    shut_node(engine, live, 0, answer);
}

static void answer_node(struct engine *engine, struct live_run *live, int32_t n, const struct gate_answer *answer)
{
    if (answer->is_open) {
        if (live->run->net->nodes[n].kind == NODE_NET) {
            bool is_held = live->run->nodes[n].flags & NODE_HELD;
            if (!is_held && run_awaits_gates(live->run, n, engine->now)) { /* it begins now */
                locks_take(&engine->w.facts, &live->run->net->nodes[n], live->id, n);
            }
        }
        live_step(engine, live, &(struct run_event){.kind = RUN_GATES_OPEN, .node = n});
        return;
    }
    live_step(engine, live, &(struct run_event){.kind = RUN_GATES_SHUT, .node = n});
    shut_node(engine, live, n, answer);
}

static void ask_one(struct engine *engine, struct node_id id)
{
    struct live_run *live = live_by_id(engine, id.run);
    if (!live || live->is_done || id.node >= live->run->net->node_count) {
        return;
    }
    enum status status = (enum status)live->run->nodes[id.node].status;
    bool is_sent = live->run->nodes[id.node].flags & NODE_SENT;
    if (status_class(status) != STATUS_WAIT || is_sent) {
        return;
    }
    if (id.node == 0 && !live_may_begin(engine, live)) {
        return;
    }
    struct gate_answer answer;
    if (!gates_look(engine, live, id.node, &answer)) {
        look_for_files(engine, live, id.node);
    }
    if (id.node == 0) {
        answer_root(engine, live, &answer);
    } else {
        answer_node(engine, live, id.node, &answer);
    }
}

void gates_settle(struct engine *engine)
{
    do {
        for (size_t i = 0; i < engine->w.asks.n; i++) { /* grows while we ask */
            ask_one(engine, engine->w.asks.at[i]);
        }
        engine->w.asks.n = 0;
        if (engine->w.is_slot_free) {
            engine->w.is_slot_free = false;
            slots_fill(engine);
        }
    } while (engine->w.asks.n || engine->w.is_slot_free);
}
