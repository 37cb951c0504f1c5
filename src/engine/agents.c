/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agents - what agents report, and what they are told.
 *
 * Reports are taken by the attempt's key, whatever session they come in: an exit is true however late it is told.
 * A connected agent first lists what it has in hand; STARTs that it never got are then taken back (their gates are
 * asked again), running jobs that it does not know are asked for. A silent agent's jobs stay as they are.
 */
#include <stdio.h>
#include <string.h>

#include "engine/engine_priv.h"
#include "os/clock.h"

enum { LOST_AFTER_MS = 30000, LOOK_EVERY_MS = 5000, HEARTBEAT_MS = 10000 };

static uint64_t attempt_key(int64_t run, int32_t node)
{
    return (uint64_t)run << 20 ^ (uint64_t)node;
}

struct agent_entry *agent_add(struct engine *engine, const char *name)
{
    struct agent_entry *agent = map_get(&engine->w.agents, name);
    if (!agent) {
        agent = arena_new(&engine->w.names, struct agent_entry);
        agent->name = arena_copy(&engine->w.names, name);
        agent->limits = agent->platform = agent->version = "";
        agent->site = site_agent(engine->w.site, name);
        (void)map_put(&engine->w.agents, agent->name, agent);
    }
    return agent;
}

struct agent_entry *agent_of(struct engine *engine, const char *name)
{
    const struct site *site = engine->w.site;
    const struct site_agent *wanted = name ? site_agent(site, name) : NULL;
    for (size_t i = 0; !name && i < site->agent_count; i++) {
        if (site->agents[i].is_default) {
            wanted = site_agent(site, site->agents[i].name);
        }
    }
    if (!name && !wanted && site->agent_count) {
        wanted = site_agent(site, site->agents[0].name);
    }
    return agent_add(engine, wanted ? wanted->name : name ? name : "local");
}

void agent_send(struct engine *engine, struct agent_entry *agent, const struct frame *frame)
{
    size_t from = engine->frames.n;
    frame_encode(&engine->frames, frame);
    *vec_add(&engine->outgoing) = (struct outgoing){agent, from, engine->frames.n - from};
}

static struct attempt_key key_of(struct engine *engine, int64_t run, int32_t node, int32_t attempt)
{
    return (struct attempt_key){engine->w.epoch, engine->config.service, run, node, attempt};
}

void agent_start(struct engine *engine, struct live_run *live, int32_t n)
{
    struct agent_entry *agent = map_get(&engine->w.agents, live->agents[n]);
    struct frame *frame = start_frame(engine, live, n);
    frame->key = key_of(engine, live->id, n, live->run->nodes[n].attempt);
    frame->now_ms = clock_boot_ms(); /* its time to live counts from here */
    if (agent && agent->link) {
        agent_send(engine, agent, frame);
    }
}

void agent_kill(struct engine *engine, struct live_run *live, int32_t n)
{
    struct agent_entry *agent = live->agents[n] ? map_get(&engine->w.agents, live->agents[n]) : NULL;
    if (agent && agent->link) {
        agent_send(engine, agent, &(struct frame){.kind = FRAME_KILL, .key = key_of(engine, live->id, n, live->run->nodes[n].attempt)});
    }
}

void agent_ask(struct engine *engine, struct live_run *live, int32_t n)
{
    struct agent_entry *agent = live->agents[n] ? map_get(&engine->w.agents, live->agents[n]) : NULL;
    if (agent && agent->link && agent->is_ready) {
        agent_send(engine, agent, &(struct frame){.kind = FRAME_ASK, .key = key_of(engine, live->id, n, live->run->nodes[n].attempt)});
    }
}

void agent_probe(struct engine *engine, const char *name, const char *path)
{
    struct agent_entry *agent = agent_of(engine, name);
    if (agent->link && agent->is_ready) {
        agent_send(engine, agent, &(struct frame){.kind = FRAME_PROBE, .path = path});
    }
}

/* ---- reports ---- */

static struct instant happened_at(const struct engine *engine, int64_t ago_ms)
{
    double speed = engine->config.clock ? clock_speed(engine->config.clock) : 1.0;
    int64_t ago = (int64_t)((double)(ago_ms > 0 ? ago_ms : 0) * speed);
    return (struct instant){engine->now.ms - ago};
}

static void on_hello(struct engine *engine, struct agent_entry *agent, const struct frame *frame, const char *session)
{
    bool is_other_epoch = frame->epoch && frame->epoch[0] && strcmp(frame->epoch, engine->w.epoch) != 0;
    agent->is_refused = is_other_epoch;
    if (is_other_epoch) {
        agent_send(engine, agent, &(struct frame){.kind = FRAME_REFUSE,
            .detail = "別のサーバーの記録に属しています。banto-agent --adopt で引き取ってください / belongs to another store epoch; use --adopt"});
        return;
    }
    bool is_repeated = strcmp(agent->session, session) == 0; /* a post that came twice: STARTs may be on their way already */
    if (is_repeated) {
        return;
    }
    (void)str_copy(agent->session, sizeof(agent->session), session);
    agent->has_listed = agent->is_ready = false;
    map_close(&agent->listed);
    bool is_changed = !str_equal(agent->platform, frame->platform) || !str_equal(agent->version, frame->version) ||
                      agent->first_seen.ms == 0;
    agent->can_pc = frame->can_pc;
    if (is_changed) {
        agent->platform = arena_copy(&engine->w.names, frame->platform ? frame->platform : "");
        agent->version = arena_copy(&engine->w.names, frame->version ? frame->version : "");
        agent->first_seen = agent->first_seen.ms ? agent->first_seen : engine->now;
        put_agent(engine, agent);
    }
    agent_send(engine, agent, &(struct frame){.kind = FRAME_WELCOME, .epoch = engine->w.epoch, .name = agent->name,
                                              .version = "1", .heartbeat_ms = HEARTBEAT_MS,
                                              .now_ms = clock_boot_ms()});
    agent_send(engine, agent, &(struct frame){.kind = FRAME_DRAIN, .is_on = agent->is_drained}); /* it may not have heard */
}

static struct live_run *run_of(const struct engine *engine, const struct frame *frame, int32_t *node)
{
    struct live_run *live = live_by_id(engine, frame->key.run);
    *node = frame->key.node;
    return live && *node > 0 && *node < live->run->net->node_count ? live : NULL;
}

/*
 * The same, also of a generation that has left memory: its unit's status may have been changed by a person while the process
 * ran, and only this report says that it is gone. False: the store failed, so the report must come again.
 */
static bool run_late(struct engine *engine, const struct frame *frame, int32_t *node, struct live_run **ret)
{
    struct err ignored;
    *ret = NULL;
    if (!live_by_id(engine, frame->key.run)) {
        struct live_run *live = NULL;
        if (!live_load(engine, frame->key.run, &live, &ignored)) {
            return false;
        }
        if (live && live->is_done) {
            *vec_add(&engine->w.done_runs) = live->id;
        }
    }
    *ret = run_of(engine, frame, node);
    return true;
}

/* The newest attempt of each node that it named since its HELLO. */
static void list_note(struct agent_entry *agent, const struct attempt_key *key)
{
    uint64_t id = attempt_key(key->run, key->node);
    if ((intptr_t)map_get_id(&agent->listed, id) < key->attempt) {
        (void)map_put_id(&agent->listed, id, (void *)(intptr_t)key->attempt);
    }
}

static bool is_listed(const struct agent_entry *agent, int64_t run, int32_t node, int32_t attempt)
{
    return (intptr_t)map_get_id(&agent->listed, attempt_key(run, node)) >= attempt;
}

/* What it does not know of is taken back or asked for; what it could not be told meanwhile is told again. */
static void reconcile(struct engine *engine, struct agent_entry *agent, struct live_run *live, int32_t n)
{
    struct node_run *node = &live->run->nodes[n];
    const struct attempt_key key = key_of(engine, live->id, n, node->attempt);
    if (is_listed(agent, live->id, n, node->attempt)) {
        if (node->flags & NODE_KILLING) { /* it was not there to hear it */
            agent_send(engine, agent, &(struct frame){.kind = FRAME_KILL, .key = key});
        }
    } else if (node->flags & NODE_SENT) {
        live_step(engine, live, &(struct run_event){.kind = RUN_REFUSED, .node = n, .attempt = node->attempt});
    } else {
        agent_send(engine, agent, &(struct frame){.kind = FRAME_ASK, .key = key});
    }
}

/* Its jobs under way, and judgments whose file it was to look at. */
static bool concerns(struct engine *engine, const struct agent_entry *agent, const struct live_run *live, int32_t n)
{
    const struct net_node *def = &live->run->net->nodes[n];
    const struct node_run *node = &live->run->nodes[n];
    if (def->kind == NODE_JUDGMENT) {
        return node->status == STATUS_RUNNING && def->judgment->file && agent_of(engine, def->agent) == agent;
    }
    bool is_live = (node->flags & NODE_SENT) || (def->kind == NODE_JOB && node->status == STATUS_RUNNING);
    return is_live && live->agents[n] && strcmp(live->agents[n], agent->name) == 0;
}

static void on_ready(struct engine *engine, struct agent_entry *agent)
{
    if (agent->has_listed) {
        return; /* heard before: what was sent since is not lost */
    }
    agent->has_listed = true;
    agent->is_ready = agent->link && strcmp(link_session(agent->link), agent->session) == 0;
    VEC(struct node_id) found = {0};
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.runs, e));) {
        const struct live_run *live = e->value;
        bool is_begun = status_class((enum status)live->run->status) == STATUS_BUSY;
        for (int32_t n = 1; is_begun && n < live->run->net->node_count; n++) {
            if (concerns(engine, agent, live, n)) {
                *vec_add(&found) = (struct node_id){live->id, n};
            }
        }
    }
    for (size_t i = 0; i < found.n; i++) {
        struct live_run *live = live_by_id(engine, found.at[i].run);
        const struct net_node *def = &live->run->net->nodes[found.at[i].node];
        if (def->kind == NODE_JUDGMENT) {
            agent_probe(engine, def->agent, def->judgment->file);
        } else {
            reconcile(engine, agent, live, found.at[i].node);
        }
    }
    vec_close(&found);
    engine->w.is_slot_free = true;
}

static void on_started(struct engine *engine, struct agent_entry *agent, const struct frame *frame)
{
    int32_t n;
    struct live_run *live = run_of(engine, frame, &n);
    list_note(agent, &frame->key);
    if (live) {
        live_step(engine, live, &(struct run_event){.kind = RUN_STARTED, .node = n, .attempt = frame->key.attempt,
                                                    .happened = happened_at(engine, frame->ago_ms)});
    }
}

static void acknowledge(struct engine *engine, struct agent_entry *agent, const struct frame *frame)
{
    list_note(agent, &frame->key);
    agent_send(engine, agent, &(struct frame){.kind = FRAME_ACK, .key = frame->key});
}

static void on_ended(struct engine *engine, struct agent_entry *agent, const struct frame *frame)
{
    int32_t n;
    struct live_run *live;
    if (!run_late(engine, frame, &n, &live)) {
        return;
    }
    acknowledge(engine, agent, frame);
    if (live) {
        engine->figures.ends++;
        live_step(engine, live, &(struct run_event){
            .kind = RUN_ENDED, .node = n, .attempt = frame->key.attempt, .code = frame->signal ? 128 + frame->signal : frame->code,
            .is_killed = frame->is_killed, .exists = frame->judgment_exists, .changed = frame->judgment_changed,
            .happened = happened_at(engine, frame->ago_ms)});
    }
}

static void on_never(struct engine *engine, struct agent_entry *agent, const struct frame *frame)
{
    int32_t n;
    struct live_run *live;
    if (!run_late(engine, frame, &n, &live)) {
        return;
    }
    if (!live) {
        acknowledge(engine, agent, frame);
        return;
    }
    bool is_failed = frame->refusal == REFUSED_SPAWN || frame->refusal == REFUSED_KIND;
    if (frame->refusal == REFUSED_DRAINED || frame->refusal == REFUSED_EPOCH) {
        agent->is_ready = false; /* it is leaving, or not ours: asking again at once would go on for ever */
    }
    bool is_running = live->run->nodes[n].status == STATUS_RUNNING;
    if (frame->detail && frame->detail[0] && !status_is_ended((enum status)live->run->nodes[n].status)) {
        live->reasons[n] = arena_copy(&live->arena, frame->detail);
    }
    acknowledge(engine, agent, frame);
    live_step(engine, live, &(struct run_event){.kind = is_running ? RUN_UNKNOWN : RUN_REFUSED, .node = n,
                                                .attempt = frame->key.attempt, .is_failed = is_failed});
}

static void on_unknown(struct engine *engine, struct agent_entry *agent, const struct frame *frame)
{
    int32_t n;
    struct live_run *live;
    if (!run_late(engine, frame, &n, &live)) {
        return;
    }
    acknowledge(engine, agent, frame);
    if (live) {
        live_step(engine, live, &(struct run_event){.kind = RUN_UNKNOWN, .node = n, .attempt = frame->key.attempt,
                                                    .happened = happened_at(engine, frame->ago_ms)});
    }
}

static void judge_by_file(struct engine *engine, const struct agent_entry *agent, const struct frame *frame)
{
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.runs, e));) {
        struct live_run *live = e->value;
        for (int32_t n = 1; n < live->run->net->node_count; n++) {
            const struct net_node *node = &live->run->net->nodes[n];
            if (node->kind == NODE_JUDGMENT && live->run->nodes[n].status == STATUS_RUNNING && node->judgment->file &&
                agent_of(engine, node->agent) == agent && strcmp(node->judgment->file, frame->path) == 0) {
                live_step(engine, live, &(struct run_event){.kind = RUN_PROBED, .node = n, .exists = frame->exists});
            }
        }
    }
}

static void on_probed(struct engine *engine, struct agent_entry *agent, const struct frame *frame)
{
    const char *key = arena_printf(&engine->turn, "%s\n%s", agent->name, frame->path);
    struct file_fact *fact = map_get(&engine->w.files, key);
    if (!fact) {
        fact = arena_new(&engine->w.names, struct file_fact);
        (void)map_put(&engine->w.files, arena_copy(&engine->w.names, key), fact);
    }
    fact->known = frame->exists;
    fact->asked_wall_ms = engine->wall.ms;
    if (frame->exists) {
        gate_wake(engine, gate_key_name(GATE_KEY_FILE, frame->path));
    }
    judge_by_file(engine, agent, frame);
}

static void on_frame(struct engine *engine, struct agent_entry *agent, const struct frame *frame, const char *session)
{
    bool has_key = frame->key.epoch != NULL && frame->key.epoch[0];
    bool is_ours = !has_key || (strcmp(frame->key.epoch, engine->w.epoch) == 0 &&
                                strcmp(frame->key.service, engine->config.service) == 0);
    if (!is_ours) {
        return; /* another store's attempts are not for us to judge */
    }
    switch (frame->kind) {
    case FRAME_HELLO: on_hello(engine, agent, frame, session); break;
    case FRAME_READY: on_ready(engine, agent); break;
    case FRAME_STARTED: on_started(engine, agent, frame); break;
    case FRAME_ENDED: on_ended(engine, agent, frame); break;
    case FRAME_NEVER: on_never(engine, agent, frame); break;
    case FRAME_UNKNOWN: on_unknown(engine, agent, frame); break;
    case FRAME_PROBED: on_probed(engine, agent, frame); break;
    case FRAME_LOAD: break; /* being heard is all it means */
    case FRAME_WELCOME: case FRAME_START: case FRAME_KILL: case FRAME_ASK: case FRAME_ACK: case FRAME_PROBE:
    case FRAME_DRAIN: case FRAME_REFUSE: case FRAME_KINDS:
        break; /* ours to say, not theirs */
    }
}

static const char *report_name(enum frame_kind kind)
{
    return kind == FRAME_STARTED ? "node.started" : kind == FRAME_ENDED ? "node.ended" : kind == FRAME_NEVER ? "node.refused"
           : kind == FRAME_UNKNOWN ? "node.unknown" : kind == FRAME_PROBED ? "file.probed" : "agent.report";
}

static const char *agent_actor(struct engine *engine, const char *name) /* agent:NAME */
{
    size_t n = strlen(name) + 1;
    char *to = arena_alloc(&engine->turn, n + 6, 1);
    memcpy(to, "agent:", 6);
    memcpy(to + 6, name, n);
    return to;
}

void agents_reports(struct engine *engine, const struct message_in *message)
{
    struct agent_entry *agent = agent_add(engine, message->agent);
    agent->last_seen_wall = engine->wall;
    struct who who = {agent_actor(engine, agent->name), "agent", "", ""};
    struct str rest = {message->body, message->body_n}, line;
    struct err failed = {0};
    bool is_of_older_session = !agent->link || strcmp(link_session(agent->link), message->session) != 0;
    if (!engine->is_deciding) {
        (void)err_set(&failed, ERR_READ_ONLY, "%d", 0);
    } else if (is_of_older_session) {
        (void)err_set(&failed, ERR_CONFLICT, "reports" ARG "session %s", message->session);
    }
    while (rest.n && failed.code == ERR_NONE) {
        struct frame frame;
        (void)str_cut(rest, '\n', &line, &rest);
        if (!line.n) {
            continue;
        }
        if (!frame_decode(&engine->turn, line.at, line.n, &frame, &failed)) {
            break; /* what came before stands; the rest is sent again */
        }
        engine->figures.events_in++;
        on_frame(engine, agent, &frame, message->session);
        gates_settle(engine);
        const char *entity = frame.key.run ? run_entity(engine, frame.key.run, frame.key.node)
                                           : arena_printf(&engine->turn, "agent/%s", agent->name);
        entry_end(engine, &who, report_name(frame.kind), entity);
    }
    *vec_add(&engine->answers) = (struct answer){
        .done = message->done, .data = message->data, .result = {.is_ok = failed.code == ERR_NONE, .err = failed}};
}

/* ---- connections ---- */

void agents_link_up(struct engine *engine, const struct message_in *message)
{
    struct agent_entry *agent = agent_add(engine, link_agent(message->link));
    if (agent->link) {
        link_shut(agent->link);
        link_unref(agent->link);
    } else {
        engine->figures.links++;
    }
    agent->link = message->link;
    agent->silent_since_wall_ms = 0;
    agent->last_seen_wall = engine->wall;
    agent->is_ready = agent->has_listed && strcmp(link_session(agent->link), agent->session) == 0;
    engine->w.is_slot_free |= agent->is_ready;
    if (agent->is_lost) {
        agent->is_lost = false;
        put_agent(engine, agent);
        event_raise(engine, &(struct event_of){EVENT_AGENT_BACK, 0, "", 0, 0, ERR_EVENT_AGENT_BACK}, NULL, "%s", agent->name);
    }
    gates_settle(engine);
    entry_end(engine, &who_engine, "agent.connected", arena_printf(&engine->turn, "agent/%s", agent->name));
}

void agents_link_down(struct engine *engine, const struct message_in *message)
{
    struct agent_entry *agent = agent_add(engine, link_agent(message->link));
    if (agent->link == message->link) {
        agent->link = NULL;
        agent->is_ready = agent->has_listed = false;
        agent->silent_since_wall_ms = engine->wall.ms;
        engine->figures.links--;
        link_unref(message->link); /* ours */
    }
    link_unref(message->link); /* the one that http carried */
}

void agents_look(struct engine *engine)
{
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.agents, e));) {
        struct agent_entry *agent = e->value;
        if (!agent->link && !agent->silent_since_wall_ms && agent->first_seen.ms) {
            agent->silent_since_wall_ms = engine->wall.ms; /* known from the store, not heard of since the start */
        }
        bool is_silent = agent->silent_since_wall_ms && engine->wall.ms - agent->silent_since_wall_ms >= LOST_AFTER_MS;
        if (is_silent && !agent->is_lost && (agent->running > 0 || agent->queue.n > 0 || agent->first_seen.ms)) {
            agent->is_lost = true;
            agent->lost_at = engine->now;
            put_agent(engine, agent);
            event_raise(engine, &(struct event_of){EVENT_AGENT_LOST, 2, "", 0, 0, ERR_EVENT_AGENT_LOST}, agent->name, "%s" ARG "%d",
                        agent->name, agent->running);
            entry_end(engine, &who_engine, "agent.lost", arena_printf(&engine->turn, "agent/%s", agent->name));
        }
    }
}

int64_t agents_next_wall_ms(const struct engine *engine)
{
    int64_t next = INT64_MAX;
    for (struct map_entry *e = NULL; (e = map_next(&engine->w.agents, e));) {
        const struct agent_entry *agent = e->value;
        if (agent->silent_since_wall_ms && !agent->is_lost && agent->silent_since_wall_ms + LOST_AFTER_MS < next) {
            next = agent->silent_since_wall_ms + LOST_AFTER_MS;
        }
    }
    return next;
}
