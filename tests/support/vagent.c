/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vagent - virtual agents: sessions, jobs that last as long as they are told, and the faults of the outside world.
 */
#include "tests/support/vagent.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum alarm_kind { FLEET_JOB_END, FLEET_CONNECT, FLEET_LATE_POST, FLEET_DIE };
enum { WAIT_MS_MIN = 50, WAIT_MS_MAX = 2000, TAKE_BYTES = 65536, NODES_MAX = 1 << 14, ATTEMPTS_MAX = 1 << 10 };

/* A post on its way that takes its time. */
struct late_post {
    struct vagent *agent;
    char session[20];
    char *body;
    size_t n;
};

/* A post that the engine has. */
struct post {
    struct post *next, **at;
    struct vagent *agent;
    int64_t session_number;
    bool is_answer_lost;
};

uint64_t chance_next(uint64_t *state) /* splitmix64 */
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

int fleet_chance(struct fleet *fleet) { return (int)(chance_next(&fleet->chance) % 1000); }

static bool happens(struct fleet *fleet, int per_mille) { return per_mille > 0 && fleet_chance(fleet) < per_mille; }

static void wrong(struct fleet *fleet, const char *what, const struct vjob *job)
{
    if (!fleet->wrong[0]) {
        (void)snprintf(fleet->wrong, sizeof(fleet->wrong), "%s: run %lld node %d attempt %d", what, (long long)job->run, job->node,
                       job->attempt);
    }
}

/* ---- the fleet's own alarms ---- */

static void alarm_put(struct fleet *fleet, struct fleet_alarm alarm)
{
    if (fleet->alarm_count == fleet->alarm_max) {
        fleet->alarm_max = fleet->alarm_max ? fleet->alarm_max * 2 : 64;
        fleet->alarms = heap_resize(fleet->alarms, fleet->alarm_max, sizeof(*fleet->alarms));
    }
    size_t i = fleet->alarm_count++;
    while (i > 0 && alarm.at_ms < fleet->alarms[(i - 1) / 2].at_ms) {
        fleet->alarms[i] = fleet->alarms[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    fleet->alarms[i] = alarm;
}

static struct fleet_alarm alarm_take(struct fleet *fleet)
{
    struct fleet_alarm first = fleet->alarms[0], last = fleet->alarms[--fleet->alarm_count];
    size_t n = fleet->alarm_count, i = 0;
    while (2 * i + 1 < n) {
        size_t child = 2 * i + 1;
        child += child + 1 < n && fleet->alarms[child + 1].at_ms < fleet->alarms[child].at_ms;
        if (fleet->alarms[child].at_ms >= last.at_ms) {
            break;
        }
        fleet->alarms[i] = fleet->alarms[child];
        i = child;
    }
    if (n) {
        fleet->alarms[i] = last;
    }
    return first;
}

int64_t fleet_next_ms(const struct fleet *fleet) { return fleet->alarm_count ? fleet->alarms[0].at_ms : INT64_MAX; }

/* ---- jobs ---- */

static uint64_t node_key(int64_t run, int32_t node)
{
    assert(node < NODES_MAX);
    return (uint64_t)run << 14 | (uint64_t)node;
}

static uint64_t attempt_key(int64_t run, int32_t node, int32_t attempt)
{
    assert(attempt < ATTEMPTS_MAX);
    return node_key(run, node) << 10 | (uint64_t)attempt;
}

#define ACKED ((void *)(uintptr_t)UINTPTR_MAX)

static struct vjob *job_find(struct fleet *fleet, const struct attempt_key *key, bool *is_acked)
{
    void *found = map_get_id(&fleet->by_key, attempt_key(key->run, key->node, key->attempt));
    *is_acked = found == ACKED;
    return found && !*is_acked ? &fleet->jobs.at[(uintptr_t)found - 1] : NULL;
}

static struct vjob *job_new(struct vagent *agent, const struct attempt_key *key)
{
    struct fleet *fleet = agent->fleet;
    int32_t index;
    if (fleet->free_jobs.n) {
        index = fleet->free_jobs.at[--fleet->free_jobs.n];
    } else {
        index = (int32_t)fleet->jobs.n;
        (void)vec_add(&fleet->jobs);
    }
    *vec_add(&agent->jobs) = index;
    (void)map_put_id(&fleet->by_key, attempt_key(key->run, key->node, key->attempt), (void *)((uintptr_t)index + 1));
    struct vjob *job = &fleet->jobs.at[index];
    *job = (struct vjob){.run = key->run, .node = key->node, .attempt = key->attempt, .agent = agent};
    return job;
}

static void job_free(struct vagent *agent, struct vjob *job)
{
    struct fleet *fleet = agent->fleet;
    int32_t index = (int32_t)(job - fleet->jobs.at);
    (void)map_put_id(&fleet->by_key, attempt_key(job->run, job->node, job->attempt), ACKED);
    for (size_t i = 0; i < agent->jobs.n; i++) {
        if (agent->jobs.at[i] == index) {
            agent->jobs.at[i] = agent->jobs.at[--agent->jobs.n];
            break;
        }
    }
    heap_free(job->text);
    *job = (struct vjob){.state = VJOB_ACKED};
    *vec_add(&fleet->free_jobs) = index;
}

static void say_where(struct vagent *agent, const struct vjob *job)
{
    static const enum frame_kind kinds[] = {[VJOB_RUNNING] = FRAME_STARTED, [VJOB_ENDED] = FRAME_ENDED,
                                            [VJOB_LOST] = FRAME_UNKNOWN, [VJOB_NEVER] = FRAME_NEVER,
                                            [VJOB_ACKED] = FRAME_UNKNOWN};
    int64_t now_ms = agent->fleet->now.ms;
    int64_t since_ms = job->state == VJOB_RUNNING ? job->started_ms : job->ends_ms;
    struct frame frame = {
        .kind = kinds[job->state],
        .key = {agent->epoch, "main", job->run, job->node, job->attempt},
        .code = job->is_killed ? -1 : job->code,
        .signal = job->is_killed ? 15 : 0,
        .is_killed = job->is_killed,
        .ago_ms = now_ms - since_ms,
        .duration_ms = job->state == VJOB_ENDED ? job->ends_ms - job->started_ms : 0,
        .refusal = job->state == VJOB_NEVER ? REFUSED_SPAWN : REFUSED_NOT,
        .detail = job->state == VJOB_NEVER ? "no such program" : "",
    };
    frame_encode(&agent->out, &frame);
}

static void say_never(struct vagent *agent, const struct attempt_key *key, enum start_refusal refusal)
{
    frame_encode(&agent->out, &(struct frame){.kind = FRAME_NEVER, .key = *key, .refusal = refusal, .detail = ""});
}

static void job_over(struct fleet *fleet, const struct vjob *job)
{
    (void)map_remove_id(&fleet->running, node_key(job->run, job->node));
}

static void job_ends(struct vagent *agent, struct vjob *job, bool is_killed)
{
    struct fleet *fleet = agent->fleet;
    job->state = VJOB_ENDED;
    job->is_killed = is_killed;
    job->ends_ms = is_killed ? fleet->now.ms : job->ends_ms;
    fleet->ended_count++;
    job_over(fleet, job);
    if (fleet->ended && !is_killed) {
        fleet->ended(fleet->data, agent, job);
    }
    if (agent->link) {
        say_where(agent, job);
    }
}

static void job_starts(struct vagent *agent, const struct frame *frame)
{
    struct fleet *fleet = agent->fleet;
    struct vjob_plan plan = {.ms = MINUTE_MS};
    if (fleet->plan) {
        fleet->plan(fleet->data, agent, frame, &plan);
    }
    struct vjob *job = job_new(agent, &frame->key);
    job->started_ms = fleet->now.ms;
    job->ends_ms = fleet->now.ms + plan.ms;
    job->code = plan.code;
    if (plan.spawn_fails || happens(fleet, fleet->faults.spawn_fails)) {
        job->state = VJOB_NEVER;
        job->ends_ms = fleet->now.ms;
        say_where(agent, job);
        return;
    }
    fleet->started_count++;
    if (map_put_id(&fleet->running, node_key(job->run, job->node), job)) {
        wrong(fleet, "two attempts run at once", job);
    }
    if (plan.keep) {
        size_t n = strlen(plan.keep) + 1;
        job->text = memcpy(heap_resize(NULL, n, 1), plan.keep, n);
    }
    say_where(agent, job);
    alarm_put(fleet, (struct fleet_alarm){.at_ms = job->ends_ms, .kind = FLEET_JOB_END, .index = (int32_t)(job - fleet->jobs.at),
                                          .id = (int64_t)attempt_key(job->run, job->node, job->attempt)});
    if (happens(fleet, fleet->faults.die)) {
        alarm_put(fleet, (struct fleet_alarm){.at_ms = fleet->now.ms + (int64_t)(chance_next(&fleet->chance) % (uint64_t)(plan.ms + 1)),
                                              .kind = FLEET_DIE, .id = (int64_t)(uintptr_t)agent});
    }
}

/* ---- what the server says ---- */

static void on_start(struct vagent *agent, const struct frame *frame)
{
    bool is_acked;
    const struct vjob *job = job_find(agent->fleet, &frame->key, &is_acked);
    if (is_acked) {
        return;
    }
    if (job) {
        say_where(agent, job); /* heard twice, run once */
    } else if (agent->is_drained) {
        say_never(agent, &frame->key, REFUSED_DRAINED);
    } else {
        job_starts(agent, frame);
    }
}

static void on_kill_or_ask(struct vagent *agent, const struct frame *frame)
{
    bool is_acked;
    struct vjob *job = job_find(agent->fleet, &frame->key, &is_acked);
    if (is_acked) {
        frame_encode(&agent->out, &(struct frame){.kind = FRAME_UNKNOWN, .key = frame->key, .detail = "acknowledged"});
    } else if (!job) {
        say_never(agent, &frame->key, REFUSED_UNKNOWN_KEY);
    } else if (job->state == VJOB_RUNNING && frame->kind == FRAME_KILL) {
        job_ends(agent, job, true);
    } else {
        say_where(agent, job);
    }
}

static void on_ack(struct vagent *agent, const struct frame *frame)
{
    bool is_acked;
    struct vjob *job = job_find(agent->fleet, &frame->key, &is_acked);
    if (!job) {
        return;
    }
    if (job->state == VJOB_RUNNING) {
        wrong(agent->fleet, "acknowledged while it runs", job);
    } else {
        job_free(agent, job);
    }
}

static void on_frame(struct vagent *agent, const struct frame *frame)
{
    switch (frame->kind) {
    case FRAME_WELCOME: (void)str_copy(agent->epoch, sizeof(agent->epoch), frame->epoch); break;
    case FRAME_START: on_start(agent, frame); break;
    case FRAME_KILL: case FRAME_ASK: on_kill_or_ask(agent, frame); break;
    case FRAME_ACK: on_ack(agent, frame); break;
    case FRAME_PROBE: {
        bool exists = agent->fleet->file_exists && agent->fleet->file_exists(agent->fleet->data, frame->path);
        frame_encode(&agent->out, &(struct frame){.kind = FRAME_PROBED, .path = frame->path, .exists = exists});
        break;
    }
    case FRAME_DRAIN: agent->is_drained = frame->is_on; break;
    case FRAME_REFUSE:
        (void)snprintf(agent->fleet->wrong, sizeof(agent->fleet->wrong), "%s is refused: %s", agent->name, frame->detail);
        break;
    case FRAME_HELLO: case FRAME_READY: case FRAME_STARTED: case FRAME_ENDED: case FRAME_NEVER: case FRAME_UNKNOWN:
    case FRAME_PROBED: case FRAME_LOAD: case FRAME_KINDS:
        (void)snprintf(agent->fleet->wrong, sizeof(agent->fleet->wrong), "the server says what agents say");
        break;
    }
}

/* ---- sessions ---- */

void vagent_drop(struct vagent *agent, int64_t back_after_ms)
{
    struct fleet *fleet = agent->fleet;
    if (agent->link) {
        engine_link_close(fleet->engine, agent->link);
        agent->link = NULL;
        fleet->drop_count++;
    }
    agent->is_posting = false;
    strbuf_clear(&agent->out);
    agent->connect_at_ms = back_after_ms == INT64_MAX ? INT64_MAX : fleet->now.ms + back_after_ms;
    if (back_after_ms != INT64_MAX) {
        alarm_put(fleet, (struct fleet_alarm){.at_ms = agent->connect_at_ms, .kind = FLEET_CONNECT, .id = (int64_t)(uintptr_t)agent});
    }
}

static void drop_and_retry(struct vagent *agent)
{
    agent->wait_ms = agent->wait_ms ? agent->wait_ms * 2 : WAIT_MS_MIN;
    agent->wait_ms = agent->wait_ms > WAIT_MS_MAX ? WAIT_MS_MAX : agent->wait_ms;
    vagent_drop(agent, agent->wait_ms);
}

void vagent_die(struct vagent *agent, int64_t back_after_ms)
{
    struct fleet *fleet = agent->fleet;
    for (size_t i = 0; i < agent->jobs.n; i++) {
        struct vjob *job = &fleet->jobs.at[agent->jobs.at[i]];
        if (job->state == VJOB_RUNNING) {
            job->state = VJOB_LOST;
            job->ends_ms = fleet->now.ms;
            fleet->lost_count++;
            job_over(fleet, job);
        }
    }
    vagent_drop(agent, back_after_ms);
}

static void wake_nobody(void *data) { (void)data; }

static void connect_now(struct vagent *agent)
{
    struct fleet *fleet = agent->fleet;
    struct err e;
    if (agent->link || !fleet->engine || agent->connect_at_ms == INT64_MAX) {
        return;
    }
    (void)snprintf(agent->session, sizeof(agent->session), "%016llx",
                   (unsigned long long)(hash_bytes(agent->name, strlen(agent->name)) + (uint64_t)++agent->session_number));
    agent->connect_at_ms = INT64_MAX;
    static const struct link_wake nobody = {wake_nobody, NULL};
    if (!engine_link_open(fleet->engine, agent->name, agent->session, &nobody, &agent->link, &e)) {
        drop_and_retry(agent);
        return;
    }
    frame_encode(&agent->out, &(struct frame){.kind = FRAME_HELLO, .name = agent->name, .epoch = agent->epoch, .platform = "virtual",
                                              .version = "1", .host = agent->name, .path = "/nowhere"});
    int32_t running = 0;
    for (size_t i = 0; i < agent->jobs.n; i++) {
        say_where(agent, &fleet->jobs.at[agent->jobs.at[i]]);
        running += fleet->jobs.at[agent->jobs.at[i]].state == VJOB_RUNNING;
    }
    frame_encode(&agent->out, &(struct frame){.kind = FRAME_READY, .running = running});
}

/* ---- posts ---- */

static void post_unlink(struct post *post)
{
    *post->at = post->next;
    if (post->next) {
        post->next->at = post->at;
    }
    heap_free(post);
}

static void post_done(void *data, const struct act_result *result)
{
    struct post *post = data;
    struct vagent *agent = post->agent;
    bool is_current = agent->link && post->session_number == agent->session_number;
    bool is_lost = post->is_answer_lost;
    post_unlink(post);
    if (!is_current) {
        return;
    }
    agent->is_posting = false;
    if (!result->is_ok || is_lost) {
        drop_and_retry(agent);
    } else {
        agent->wait_ms = 0;
    }
}

static void post_nobody(void *data, const struct act_result *result) { (void)data, (void)result; }

static void hand_over(struct vagent *agent, const char *session, const char *body, size_t n, struct post *post)
{
    struct err e;
    const struct agent_post bytes = {agent->name, session, body, n};
    if (!engine_reports(agent->fleet->engine, &bytes, post ? post_done : post_nobody, post, &e) && post) {
        struct act_result result = {.err = e};
        post_done(post, &result);
    }
}

static void post_send(struct vagent *agent)
{
    struct fleet *fleet = agent->fleet;
    const struct vagent_faults *faults = &fleet->faults;
    if (happens(fleet, faults->lose_post)) {
        drop_and_retry(agent);
        return;
    }
    if (happens(fleet, faults->late_post)) { /* the agent gives up, the network does not */
        struct late_post *late = heap_resize(NULL, 1, sizeof(*late));
        *late = (struct late_post){.agent = agent, .body = memcpy(heap_resize(NULL, agent->out.n, 1), agent->out.at, agent->out.n),
                                   .n = agent->out.n};
        (void)str_copy(late->session, sizeof(late->session), agent->session);
        int64_t ms = 1 + (int64_t)(chance_next(&fleet->chance) % (uint64_t)(faults->late_ms_max + 1));
        alarm_put(fleet, (struct fleet_alarm){.at_ms = fleet->now.ms + ms, .kind = FLEET_LATE_POST, .late = late});
        drop_and_retry(agent);
        return;
    }
    struct post *post = heap_resize(NULL, 1, sizeof(*post));
    *post = (struct post){.next = fleet->posts, .at = &fleet->posts, .agent = agent, .session_number = agent->session_number,
                          .is_answer_lost = happens(fleet, faults->lose_answer)};
    if (post->next) {
        post->next->at = &post->next;
    }
    fleet->posts = post;
    agent->is_posting = true;
    bool is_double = happens(fleet, faults->double_post);
    hand_over(agent, agent->session, agent->out.at, agent->out.n, post);
    if (is_double && agent->link) {
        hand_over(agent, agent->session, agent->out.at, agent->out.n, NULL);
    }
    strbuf_clear(&agent->out);
}

bool fleet_post(struct fleet *fleet)
{
    bool is_busy = false;
    for (size_t i = 0; i < fleet->agents.n; i++) {
        struct vagent *agent = fleet->agents.at[i];
        if (agent->link && agent->out.n && !agent->is_posting) {
            post_send(agent);
            is_busy = true;
        }
    }
    return is_busy;
}

/* {"kind":"ack","key":["EPOCH","main",RUN,NODE,ATTEMPT]… as frame_encode writes it; false: not one of these. */
static bool frame_peek(const struct vagent *agent, struct str line, struct frame *ret)
{
    const struct {
        struct str head;
        enum frame_kind kind;
    } heads[] = {{STR("{\"kind\":\"start\",\"key\":[\""), FRAME_START}, {STR("{\"kind\":\"ack\",\"key\":[\""), FRAME_ACK}};
    size_t epoch_bytes = strlen(agent->epoch);
    for (size_t i = 0; i < COUNT(heads); i++) {
        struct str head = heads[i].head;
        if (line.n <= head.n + epoch_bytes || memcmp(line.at, head.at, head.n) != 0) {
            continue;
        }
        struct str rest = {line.at + head.n, line.n - head.n}, epoch, service, run, node, attempt;
        int64_t number[3];
        bool is_whole = str_cut(rest, ',', &epoch, &rest) && str_cut(rest, ',', &service, &rest) && str_cut(rest, ',', &run, &rest) &&
                        str_cut(rest, ',', &node, &rest) && str_cut(rest, ']', &attempt, &rest) &&
                        str_to_i64(run, 1, INT64_MAX, &number[0]) && str_to_i64(node, 1, NODES_MAX, &number[1]) &&
                        str_to_i64(attempt, 1, ATTEMPTS_MAX, &number[2]) && epoch.n == epoch_bytes + 1 &&
                        memcmp(epoch.at, agent->epoch, epoch_bytes) == 0;
        *ret = (struct frame){.kind = heads[i].kind, .key = {agent->epoch, "main", number[0], (int32_t)number[1], (int32_t)number[2]}};
        return is_whole;
    }
    return false;
}

static bool read_stream(struct vagent *agent)
{
    struct fleet *fleet = agent->fleet;
    struct strbuf *buffer = &fleet->line_buffer;
    strbuf_clear(buffer);
    char bytes[TAKE_BYTES];
    ptrdiff_t n;
    while ((n = engine_link_take(agent->link, bytes, sizeof(bytes))) > 0) {
        strbuf_add(buffer, bytes, (size_t)n);
    }
    if (n < 0 || (buffer->n && happens(fleet, fleet->faults.drop_session))) {
        drop_and_retry(agent);
        return true;
    }
    struct str rest = {buffer->at, buffer->n}, line;
    while (rest.n && agent->link) {
        struct frame frame;
        struct err e;
        (void)str_cut(rest, '\n', &line, &rest);
        bool is_peeked = fleet->is_quick && ++fleet->frame_count % 16 && frame_peek(agent, line, &frame);
        if (!is_peeked && !frame_decode(&fleet->turn, line.at, line.n, &frame, &e)) {
            (void)snprintf(fleet->wrong, sizeof(fleet->wrong), "a frame that cannot be read: %.200s", line.at);
            return false;
        }
        on_frame(agent, &frame);
    }
    return buffer->n > 0;
}

bool fleet_read(struct fleet *fleet)
{
    bool is_busy = false;
    for (size_t i = 0; i < fleet->agents.n; i++) {
        if (fleet->agents.at[i]->link) {
            is_busy |= read_stream(fleet->agents.at[i]);
        }
    }
    arena_reset(&fleet->turn);
    return is_busy;
}

/* ---- time ---- */

static void late_free(struct late_post *late)
{
    heap_free(late->body);
    heap_free(late);
}

static void alarm_rings(struct fleet *fleet, const struct fleet_alarm *alarm)
{
    struct vagent *agent = (struct vagent *)(uintptr_t)alarm->id;
    switch ((enum alarm_kind)alarm->kind) {
    case FLEET_JOB_END: {
        struct vjob *job = &fleet->jobs.at[alarm->index];
        bool is_it = job->state == VJOB_RUNNING && (int64_t)attempt_key(job->run, job->node, job->attempt) == alarm->id;
        if (is_it) {
            job_ends(job->agent, job, false);
        }
        break;
    }
    case FLEET_CONNECT:
        if (agent->connect_at_ms <= fleet->now.ms) {
            connect_now(agent);
        }
        break;
    case FLEET_LATE_POST:
        if (fleet->engine) {
            hand_over(alarm->late->agent, alarm->late->session, alarm->late->body, alarm->late->n, NULL);
        }
        late_free(alarm->late);
        break;
    case FLEET_DIE:
        vagent_die(agent, 1000 + (int64_t)(chance_next(&fleet->chance) % 600000));
        break;
    }
}

void fleet_due(struct fleet *fleet)
{
    while (fleet->alarm_count && fleet->alarms[0].at_ms <= fleet->now.ms) {
        struct fleet_alarm alarm = alarm_take(fleet);
        alarm_rings(fleet, &alarm);
    }
}

/* ---- life ---- */

struct vagent *fleet_add(struct fleet *fleet, const char *name)
{
    struct vagent *agent = heap_resize(NULL, 1, sizeof(*agent));
    *agent = (struct vagent){.fleet = fleet, .name = name, .connect_at_ms = fleet->now.ms};
    *vec_add(&fleet->agents) = agent;
    if (fleet->engine) {
        connect_now(agent);
    }
    return agent;
}

void fleet_attach(struct fleet *fleet, struct engine *engine)
{
    fleet->engine = engine;
    for (size_t i = 0; i < fleet->agents.n; i++) {
        struct vagent *agent = fleet->agents.at[i];
        if (agent->connect_at_ms <= fleet->now.ms) {
            connect_now(agent);
        }
    }
}

void fleet_detach(struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->agents.n; i++) {
        struct vagent *agent = fleet->agents.at[i];
        if (agent->link) {
            vagent_drop(agent, WAIT_MS_MIN);
        }
    }
    while (fleet->posts) {
        post_unlink(fleet->posts);
    }
    fleet->engine = NULL;
}

void fleet_close(struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->agents.n; i++) {
        strbuf_close(&fleet->agents.at[i]->out);
        vec_close(&fleet->agents.at[i]->jobs);
        heap_free(fleet->agents.at[i]);
    }
    for (size_t i = 0; i < fleet->jobs.n; i++) {
        heap_free(fleet->jobs.at[i].text);
    }
    for (size_t i = 0; i < fleet->alarm_count; i++) {
        if (fleet->alarms[i].late) {
            late_free(fleet->alarms[i].late);
        }
    }
    vec_close(&fleet->agents);
    vec_close(&fleet->jobs);
    vec_close(&fleet->free_jobs);
    map_close(&fleet->by_key);
    map_close(&fleet->running);
    heap_free(fleet->alarms);
    arena_close(&fleet->turn);
    strbuf_close(&fleet->line_buffer);
}
