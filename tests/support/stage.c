/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stage - plays a night: next event, its turn, what follows of it, until nothing moves; then the next.
 */
#include "tests/unit.h"

#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>

#include "engine/engine_priv.h"
#include "os/file.h"
#include "wire/json_read.h"

enum { SETTLE_ROUNDS_MAX = 2000 };

static void fail_with(const char *what, const struct err *e)
{
    struct strbuf text = {0};
    err_print(&text, e, LANG_JA);
    print_error("%s: %s\n", what, strbuf_str(&text));
    strbuf_close(&text);
    fail();
}

/* ---- the trace ---- */

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void change_note(struct stage *s, struct json_in *in, json_t *change)
{
    static const int64_t any[] = {0, INT64_MAX, 0};
    const char *status = json_in_text(in, change, "status", JSON_MAY, 64);
    const char *message = json_in_text(in, change, "message", JSON_MAY, 64);
    const char *unit = json_in_text(in, change, "unit", JSON_MAY, 1024);
    int64_t run = json_in_number(in, change, "run", JSON_MAY, any), node = json_in_number(in, change, "node", JSON_MAY, any);
    const char *key = arena_printf(&s->arena, "%lld %lld", (long long)run, (long long)node);
    bool is_shown = status && str_equal(map_get(&s->shown, key), status);
    if (is_shown || (!status && !message)) {
        return;
    }
    char *word = arena_copy(&s->arena, status ? status : message);
    if (status) {
        (void)map_put(&s->shown, key, word);
    }
    const char *path = arena_copy(&s->arena, unit ? unit : "");
    *vec_add(&s->lines) = (struct stage_line){.at_ms = s->now.ms, .run = run, .path = path, .name = last_name(path), .word = word,
                                              .is_root = node == 0};
}

static void feed_read(struct stage *s)
{
    struct strbuf line = {0};
    while (feed_next(engine_feed(s->engine), &s->feed_seq, &line) == FEED_LINE) {
        struct arena tmp = {0};
        struct json_in in = {.into = &tmp};
        struct err e;
        if (!json_in_open(&in, line.at, line.n, 1 << 22, &e)) {
            fail_with("feed", &e);
        }
        json_t *changes = json_in_list(&in, in.root, "changes", JSON_MUST, 100000);
        for (size_t i = 0; i < json_array_size(changes); i++) {
            change_note(s, &in, json_array_get(changes, i));
        }
        json_in_close(&in);
        arena_close(&tmp);
        strbuf_clear(&line);
    }
    strbuf_close(&line);
}

static const char *time_text(const struct stage *s, int64_t at_ms, char text[32])
{
    int64_t minute = (at_ms - s->midnight_ms) / MINUTE_MS;
    (void)snprintf(text, 32, "%02lld:%02lld", (long long)(minute / 60), (long long)(minute % 60));
    return text;
}

static bool is_named(const char *names, const char *name)
{
    struct str rest = str_of(names), one;
    while (rest.n) {
        (void)str_cut(rest, ' ', &one, &rest);
        if (str_is(one, name)) {
            return true;
        }
    }
    return false;
}

const char *stage_trace(struct stage *s, const char *names)
{
    strbuf_clear(&s->text);
    for (size_t i = 0; i < s->lines.n; i++) {
        const struct stage_line *line = &s->lines.at[i];
        char time[32];
        if (names[0] ? is_named(names, line->name) : line->is_root) {
            strbuf_printf(&s->text, "%s %s %s\n", time_text(s, line->at_ms, time), line->name, line->word);
        }
    }
    return strbuf_str(&s->text);
}

bool stage_saw(struct stage *s, const char *time, const char *name, const char *word)
{
    for (size_t i = 0; i < s->lines.n; i++) {
        const struct stage_line *line = &s->lines.at[i];
        char at[32];
        if (strcmp(line->name, name) == 0 && strcmp(line->word, word) == 0 && strcmp(time_text(s, line->at_ms, at), time) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- turns ---- */

static void turn(struct stage *s)
{
    struct err e;
    s->turn_count++;
    if (!engine_turn(s->engine, s->now, s->now, &s->next, &e)) {
        s->failed_turns++;
    }
    feed_read(s);
}

static bool is_busy(struct stage *s)
{
    bool is_waiting = s->next.ms <= s->now.ms || exchange_depth(s->engine->exchange) > 0;
    for (size_t i = 0; i < s->fleet.agents.n; i++) {
        const struct vagent *agent = s->fleet.agents.at[i];
        is_waiting |= agent->link && agent->out.n && !agent->is_posting;
    }
    return is_waiting;
}

void stage_settle(struct stage *s)
{
    for (int round = 0; s->engine; round++) {
        assert_true(round < SETTLE_ROUNDS_MAX);
        (void)fleet_post(&s->fleet);
        turn(s);
        if (!fleet_read(&s->fleet) && !is_busy(s)) {
            break;
        }
    }
    if (s->fleet.wrong[0]) {
        print_error("agents: %s\n", s->fleet.wrong);
        fail();
    }
}

void stage_to(struct stage *s, struct instant to)
{
    stage_settle(s);
    for (;;) {
        int64_t at_ms = fleet_next_ms(&s->fleet);
        at_ms = s->engine && s->next.ms < at_ms ? s->next.ms : at_ms;
        if (at_ms > to.ms) {
            break;
        }
        s->now.ms = at_ms > s->now.ms ? at_ms : s->now.ms;
        s->fleet.now = s->now;
        fleet_due(&s->fleet);
        stage_settle(s);
    }
    s->now.ms = to.ms > s->now.ms ? to.ms : s->now.ms;
    s->fleet.now = s->now;
    stage_settle(s);
}

struct instant stage_instant(const struct stage *s, const char *time)
{
    struct instant at = {0};
    int64_t hour = 0, minute = 0;
    struct str h, m;
    if (instant_parse(time, &at)) {
        return at;
    }
    bool is_good = str_cut(str_of(time), ':', &h, &m) && str_to_i64(h, 0, 24 * 400, &hour) && str_to_i64(m, 0, 59, &minute);
    assert_true(is_good);
    return (struct instant){s->midnight_ms + (hour * 60 + minute) * MINUTE_MS};
}

void stage_until(struct stage *s, const char *time) { stage_to(s, stage_instant(s, time)); }

/* ---- acts ---- */

static void act_done(void *data, const struct act_result *result)
{
    struct stage *s = data;
    s->is_answered = true;
    s->is_ok = result->is_ok;
    s->err = result->err;
    s->seq = result->seq;
    s->json = arena_copy(&s->arena, result->json);
    for (size_t i = 0; result->diags && i < result->diags->list.n; i++) {
        const struct diag *d = &result->diags->list.at[i];
        print_message("%d:%d %s %s\n", d->at.line, d->at.column, message_of(d->code)->id, d->args);
    }
}

bool stage_try(struct stage *s, struct act act)
{
    struct err e;
    act.actor = act.actor[0] ? act.actor : "運用者";
    act.via = "test";
    s->is_answered = false;
    if (!engine_submit(s->engine, &act, act_done, s, &e)) {
        fail_with("submit", &e);
    }
    turn(s);
    assert_true(s->is_answered);
    (void)fleet_read(&s->fleet);
    stage_settle(s);
    return s->is_ok;
}

void stage_do(struct stage *s, struct act act)
{
    if (!stage_try(s, act)) {
        fail_with(act_name(act.act), &s->err);
    }
}

const char *stage_refuses(struct stage *s, struct act act, const char *message_id)
{
    if (stage_try(s, act)) {
        print_error("%s was accepted: %s\n", act_name(act.act), s->json);
        fail();
    }
    strbuf_clear(&s->text);
    err_print(&s->text, &s->err, LANG_JA);
    if (strcmp(message_of(s->err.code)->id, message_id) != 0) {
        fail_with(act_name(act.act), &s->err);
    }
    return strbuf_str(&s->text);
}

void stage_define(struct stage *s, const char *group, const char *text)
{
    struct act act = act_make(ACT_DEFINE);
    act.unit = group;
    act.text = text;
    act.text_n = strlen(text);
    stage_do(s, act);
}

static char *file_text(struct stage *s, const char *path, size_t *bytes)
{
    struct err e;
    char *text = NULL;
    if (!file_read(&s->arena, path, 1 << 24, &text, bytes, &e)) {
        fail_with(path, &e);
    }
    return text;
}

void stage_define_file(struct stage *s, const char *path)
{
    size_t bytes;
    stage_define(s, "/", file_text(s, path, &bytes));
}

void stage_baseline(struct stage *s, const char *path)
{
    struct act act = act_make(ACT_BASELINE_IMPORT);
    act.text = file_text(s, path, &act.text_n);
    stage_do(s, act);
}

void stage_register(struct stage *s, const char *units)
{
    struct act act = act_make(ACT_REGISTER);
    act.unit = units;
    act.kind = "planned";
    act.is_recursive = strcmp(units, "/") == 0;
    stage_do(s, act);
}

static struct act observe_act(const char *group, const char *cls, const char *phase)
{
    struct act act = act_make(ACT_WINDOW_OBSERVE);
    act.group = group;
    act.cls = cls;
    act.kind = phase;
    act.actor = "agent";
    act.via = "test";
    return act;
}

static void observed_put(struct stage *s, const char *group, const char *cls, const char *phase)
{
    const char *key = arena_printf(&s->arena, "%s\n%s", group, cls);
    (void)map_put(&s->observed, key, arena_copy(&s->arena, phase));
}

void stage_observe(struct stage *s, const char *group, const char *cls, const char *phase)
{
    observed_put(s, group, cls, phase);
    stage_do(s, observe_act(group, cls, phase));
}

/* ---- jobs ---- */

static struct stage_told *told_find(struct stage *s, const char *name)
{
    for (size_t i = 0; i < s->told.n; i++) {
        if (strcmp(s->told.at[i].name, name) == 0) {
            return &s->told.at[i];
        }
    }
    return NULL;
}

static struct stage_told *told_of(struct stage *s, const char *name)
{
    struct stage_told *told = told_find(s, name);
    if (!told) {
        told = vec_add(&s->told);
        told->name = arena_copy(&s->arena, name);
    }
    return told;
}

void stage_fail(struct stage *s, const char *job, int32_t code)
{
    struct stage_told *told = told_of(s, job);
    told->code = code;
    told->is_code_once = true;
}

void stage_slow(struct stage *s, const char *job, int32_t more_minutes) { told_of(s, job)->more_minutes = more_minutes; }
void stage_hang(struct stage *s, const char *job) { told_of(s, job)->hangs = true; }
void stage_unspawnable(struct stage *s, const char *job) { told_of(s, job)->spawn_fails = true; }

static void job_plan(void *data, const struct vagent *agent, const struct frame *start, struct vjob_plan *ret)
{
    struct stage *s = data;
    (void)agent;
    const struct live_run *live = live_by_id(s->engine, start->key.run);
    int32_t minutes = live ? live->run->net->nodes[start->key.node].required_minutes : 1;
    struct stage_told *told = told_find(s, last_name(start->start.unit));
    ret->ms = (minutes ? minutes : 1) * MINUTE_MS;
    ret->keep = start->start.command;
    if (!told) {
        return;
    }
    ret->ms = told->hangs ? 1000 * DAY_MS : ret->ms + told->more_minutes * MINUTE_MS;
    ret->code = told->code;
    ret->spawn_fails = told->spawn_fails;
    told->code = told->is_code_once ? 0 : told->code;
}

static void observe_done(void *data, const struct act_result *result)
{
    (void)data;
    if (!result->is_ok) {
        fail_with("window.observe", &result->err);
    }
}

static void observe_soon(struct stage *s, const char *group, const char *cls, const char *phase)
{
    struct err e;
    struct act act = observe_act(group, cls, phase);
    if (!engine_submit(s->engine, &act, observe_done, NULL, &e)) {
        fail_with("submit", &e);
    }
}

/* `… sample JOB MINUTES GROUP CLASS…`: it looks at the classes named. */
static void sample(struct stage *s, const char *command)
{
    const char *word = strstr(command, " sample ");
    struct str rest = str_of(word ? word + 8 : ""), one;
    const char *group = "";
    for (int i = 0; rest.n; i++) {
        (void)str_cut(rest, ' ', &one, &rest);
        const char *text = arena_copy_bytes(&s->arena, one.at, one.n);
        const char *phase = i > 2 ? map_get(&s->observed, arena_printf(&s->arena, "%s\n%s", group, text)) : NULL;
        group = i == 2 ? text : group;
        if (phase) {
            observe_soon(s, group, text, phase);
        }
    }
}

static void job_ended(void *data, const struct vagent *agent, const struct vjob *job)
{
    struct stage *s = data;
    (void)agent;
    const struct live_run *live = s->engine ? live_by_id(s->engine, job->run) : NULL;
    if (!live || job->code) {
        return;
    }
    const struct net_effect *effect = live->run->net->nodes[job->node].effect;
    if (effect) {
        observed_put(s, effect->group, effect->cls, effect->state);
        observe_soon(s, effect->group, effect->cls, effect->state);
    }
    if (job->text) {
        sample(s, job->text);
    }
}

/* ---- life ---- */

void stage_server_up(struct stage *s)
{
    struct err e;
    struct engine_config config = {.store = s->store, .service = "main", .seed = 1, .now = s->now, .clock = s->options.clock};
    if (!engine_open(&config, &s->engine, &e)) {
        fail_with("open", &e);
    }
    s->engine->has_feed = true;
    s->next = s->now;
    fleet_attach(&s->fleet, s->engine);
}

void stage_server_down(struct stage *s)
{
    fleet_detach(&s->fleet);
    engine_close(s->engine);
    s->engine = NULL;
    s->next = INSTANT_NEVER;
}

void stage_kill_server(struct stage *s)
{
    stage_server_down(s);
    stage_server_up(s);
}

static void site_apply(struct stage *s)
{
    struct act act = act_make(ACT_SITE_APPLY);
    act.text = s->options.site ? s->options.site : "agents: [{name: local, default: true, jobs: 100}]\n";
    act.text_n = strlen(act.text);
    if (s->options.site_folder) {
        act.text = file_text(s, arena_printf(&s->arena, "%s/site.yaml", s->options.site_folder), &act.text_n);
        act.text2 = file_text(s, arena_printf(&s->arena, "%s/holidays.csv", s->options.site_folder), &act.text2_n);
    }
    stage_do(s, act);
}

void stage_open(struct stage *s, const struct stage_options *options)
{
    enum { TOKYO_MS = 9 * 3600 * 1000 };
    *s = (struct stage){.options = *options, .next = INSTANT_NEVER};
    bool is_good = instant_parse(options->start ? options->start : "2026-06-29T19:00+09:00", &s->now);
    assert_true(is_good);
    s->midnight_ms = (s->now.ms + TOKYO_MS) / DAY_MS * DAY_MS - TOKYO_MS;
    s->store = store_wrap_faulty(store_open_memory(options->with_hash, true), &s->faults);
    s->fleet = (struct fleet){.now = s->now, .chance = 1, .data = s, .plan = job_plan, .ended = job_ended};
    stage_server_up(s);
    turn(s);
    site_apply(s);
    if (!options->without_agent) {
        (void)fleet_add(&s->fleet, "local");
    }
    stage_settle(s);
}

void stage_close(struct stage *s)
{
    if (s->engine) {
        stage_server_down(s);
    }
    fleet_close(&s->fleet);
    store_close(s->store);
    map_close(&s->shown);
    map_close(&s->observed);
    vec_close(&s->told);
    vec_close(&s->lines);
    strbuf_close(&s->text);
    arena_close(&s->arena);
}

/* ---- looking ---- */

int64_t stage_run(struct stage *s, const char *path)
{
    const struct unit_entry *unit = unit_by_path(s->engine, path);
    assert_non_null(unit);
    const struct unit_facts *facts = &unit->facts;
    return facts->generations.n ? facts->generations.at[facts->generations.n - 1].run : 0;
}

int32_t stage_node(struct stage *s, const char *path, const char *node)
{
    const struct net *net;
    struct err e;
    if (!unit_net(s->engine, unit_by_path(s->engine, path), &net, &e)) {
        fail_with(path, &e);
    }
    int32_t n = net_node_find(net, node);
    assert_true(n > 0);
    return n;
}

const char *stage_status(struct stage *s, const char *path, const char *node)
{
    int64_t run = stage_run(s, path);
    int32_t n = node ? stage_node(s, path, node) : 0;
    const struct live_run *live = live_by_id(s->engine, run);
    if (live) {
        return status_row((enum status)live->run->nodes[n].status)->name;
    }
    struct store_reader *reader;
    struct err e;
    bool found = false;
    struct run_row run_row = {.id = run};
    struct node_row node_row = {.run = run, .node = n};
    assert_true(store_reader_open(s->store, &reader, &e));
    bool is_good = n ? store_get(reader, &s->arena, TABLE_node, &node_row, &found, &e)
                     : store_get(reader, &s->arena, TABLE_run, &run_row, &found, &e);
    store_reader_close(reader);
    assert_true(is_good);
    return found ? status_row((enum status)(n ? node_row.status : run_row.status))->name : n ? "term-wait" : "none";
}

int64_t stage_count(struct stage *s, enum table table, const char *column, int64_t number)
{
    struct store_reader *reader;
    struct err e;
    assert_true(store_reader_open(s->store, &reader, &e));
    struct query query = {.table = table, .order_column = -1};
    if (column) {
        query.where_count = 1;
        query.where[0] = (struct where){.column = table_column(table, column), .op = WHERE_EQ, .number = number};
    }
    struct rows *rows = store_query(reader, &query);
    int64_t count = 0;
    int64_t row[128];
    assert_true(table_info(table)->row_bytes <= sizeof(row));
    while (rows_next(rows, row)) {
        count++;
    }
    assert_true(rows_end(rows, &e));
    store_reader_close(reader);
    return count;
}

void stage_check(struct stage *s)
{
    struct store_reader *reader;
    struct err e;
    struct arena tmp = {0};
    const char *different = NULL;
    for (struct map_entry *r = NULL; s->engine && (r = map_next(&s->engine->w.runs, r));) {
        const struct live_run *live = r->value;
        const char *wrong = run_check(live->run);
        if (wrong) {
            print_error("run %lld: %s\n", (long long)live->id, wrong);
            fail();
        }
    }
    assert_true(store_reader_open(s->store, &reader, &e));
    if (!store_replay_check(reader, &tmp, &different, &e)) {
        fail_with("replay", &e);
    }
    if (different) {
        print_error("the journal does not replay to %s\n", different);
        fail();
    }
    struct journal_report report = {0};
    if (s->options.with_hash && !store_journal_verify(reader, "main", &report, &e)) {
        fail_with("verify", &e);
    }
    assert_int_equal(report.bad_seq, 0);
    store_reader_close(reader);
    arena_close(&tmp);
}
