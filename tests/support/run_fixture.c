/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_fixture - see run_fixture.h.
 */
#include "tests/support/run_fixture.h"

#include <string.h>

#include "calendar/calendar.h"

enum { DRAW_DEPTH_MAX = 32, NAME_MAX_BYTES = 60 };
#define NIGHT_MS INT64_C(1782738000000) /* 2026-06-29T22:00+09:00 */

/* ---- drawings ---- */

static size_t word_bytes(const char *at, const char *until)
{
    return strcspn(at, until);
}

static void draw_params(struct strbuf *into, const char **at)
{
    if (**at == '{') {
        size_t n = word_bytes(*at + 1, "}");
        strbuf_add(into, *at + 1, n);
        *at += n + 2;
    }
}

/* One relation A>B or A~B; *at stands behind A. */
static void draw_relation(struct strbuf *into, struct str from, const char **at)
{
    bool is_con = **at == '~';
    size_t n = word_bytes(*at + 1, " ]");
    strbuf_printf(into, "ar=(f=" STR_FMT ",t=%.*s%s);", STR_ARG(from), (int)n, *at + 1, is_con ? ",con" : "");
    *at += n + 1;
}

/* Relations stand before the units in the text: so each level is read twice. */
static const char *draw_level(struct strbuf *into, const char *at, bool is_relations, int depth);

static void draw_unit(struct strbuf *into, struct str name, const char **at, int depth)
{
    bool is_judgment = **at == '?';
    *at += is_judgment;
    struct strbuf params = {0};
    draw_params(&params, at);
    bool is_net = **at == '[';
    strbuf_printf(into, "unit=" STR_FMT ",,jp1admin,;{ty=%s;%s%s", STR_ARG(name), is_net ? "n" : is_judgment ? "jdj" : "j",
                  is_net || is_judgment ? "" : "te=\"true\";", strbuf_str(&params));
    strbuf_close(&params);
    if (is_net) {
        const char *inside = *at + 1;
        (void)draw_level(into, inside, true, depth + 1);
        *at = draw_level(into, inside, false, depth + 1);
        (*at)++;
    }
    strbuf_text(into, "}\n");
}

static const char *skip_unit(const char *at)
{
    int depth = 0;
    for (; *at && (depth > 0 || (*at != ' ' && *at != ']')); at++) {
        depth += (*at == '[' || *at == '{') - (*at == ']' || *at == '}');
    }
    return at;
}

static const char *draw_level(struct strbuf *into, const char *at, bool is_relations, int depth)
{
    assert_true(depth < DRAW_DEPTH_MAX);
    while (*at && *at != ']') {
        if (*at == ' ') {
            at++;
            continue;
        }
        struct str name = {at, word_bytes(at, " >~?{[]")};
        const char *behind = at + name.n;
        if (*behind == '>' || *behind == '~') {
            struct strbuf skipped = {0};
            at = behind;
            draw_relation(is_relations ? into : &skipped, name, &at);
            strbuf_close(&skipped);
        } else if (is_relations) {
            at = skip_unit(at);
        } else {
            at = behind;
            draw_unit(into, name, &at, depth);
        }
    }
    return at;
}

void net_draw(struct strbuf *into, const char *drawing)
{
    strbuf_text(into, "unit=R,,jp1admin,;{ty=n;");
    draw_params(into, &drawing);
    (void)draw_level(into, drawing, true, 0);
    (void)draw_level(into, drawing, false, 0);
    strbuf_text(into, "}\n");
}

const struct net *net_of_text(struct arena *into, const char *text)
{
    struct diags diags = {0};
    const struct unit_file *file = NULL;
    const char *kept = arena_copy(into, text);
    if (!unit_parse(into, kept, strlen(kept), &diags, &file)) {
        struct strbuf said = {0};
        diags_print(&said, &diags, "drawing", LANG_EN);
        fail_msg("%s\n%s", strbuf_str(&said), text);
    }
    diags_close(&diags);
    const struct net *net = NULL;
    struct err e = {0};
    char path[NAME_MAX_BYTES + 2] = "/";
    (void)str_copy(path + 1, sizeof path - 1, file->first->name);
    assert_true(net_make(into, file->first, path, NULL, &net, &e));
    return net;
}

/* ---- the fixture ---- */

void fixture_restart(struct fixture *f)
{
    struct run_birth birth = {.id = 1, .date = f->date, .planned = f->now, .calendar = f->calendar, .rule = f->rule};
    f->run = run_make(&f->arena, f->net, &birth);
    f->timers.n = 0;
    f->wants.n = 0;
    f->shown = arena_array(&f->arena, uint8_t, (size_t)f->net->node_count);
    for (int32_t n = 0; n < f->net->node_count; n++) {
        f->shown[n] = f->run->nodes[n].status;
    }
    assert_null(run_check(f->run));
}

struct fixture *fixture_open(const char *drawing)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    struct calendar_level level = {.name = "/", .parent = calendar_japan(&f->arena), .base_time = {360}};
    f->calendar = calendar_make(&f->arena, &level);
    f->date = bizday_of((struct civil){2026, 6, 29});
    f->now = (struct instant){NIGHT_MS};
    struct strbuf text = {0};
    net_draw(&text, drawing);
    f->net = net_of_text(&f->arena, strbuf_str(&text));
    strbuf_close(&text);
    fixture_restart(f);
    return f;
}

void fixture_close(struct fixture *f)
{
    run_effects_close(&f->effects);
    strbuf_close(&f->trace);
    vec_close(&f->timers);
    vec_close(&f->wants);
    arena_close(&f->arena);
    test_free(f);
}

int32_t node_of(const struct fixture *f, const char *name)
{
    for (int32_t n = 0; n < f->net->node_count; n++) {
        if (str_equal(f->net->nodes[n].name, name)) {
            return n;
        }
    }
    fail_msg("no node %s", name);
    return -1;
}

enum status status_of(const struct fixture *f, const char *name)
{
    return (enum status)f->run->nodes[node_of(f, name)].status;
}

void assert_reload_is_equal(const struct fixture *f)
{
    struct arena tmp = {0};
    struct run_birth birth = {.id = 1, .date = f->run->date, .planned = f->run->planned};
    struct run *again = run_make(&tmp, f->net, &birth);
    again->status = f->run->status;
    for (int32_t n = 0; n < f->net->node_count; n++) {
        const struct node_run *from = &f->run->nodes[n];
        struct node_run *to = &again->nodes[n];
        *to = (struct node_run){.status = n ? from->status : to->status, .flags = from->flags, .attempt = from->attempt,
                                .code = from->code, .started_ms = from->started_ms, .ended_ms = from->ended_ms,
                                .due_ms = from->due_ms};
    }
    run_recount(again);
    assert_int_equal(again->live_count, f->run->live_count);
    for (int32_t n = 0; n < f->net->node_count; n++) {
        assert_int_equal(again->nodes[n].status, f->run->nodes[n].status);
        assert_int_equal(again->nodes[n].preds_left, f->run->nodes[n].preds_left);
        assert_int_equal(again->nodes[n].children_left, f->run->nodes[n].children_left);
    }
    assert_null(run_check(again));
    arena_close(&tmp);
}

/* ---- the shell ---- */

static void say(struct fixture *f, int32_t node, const char *what)
{
    strbuf_printf(&f->trace, "%s%s:%s", f->trace.n ? " " : "", f->net->nodes[node].name, what);
}

static void say_attempt(struct fixture *f, const struct run_effect *effect, const char *what)
{
    say(f, effect->node, what);
    strbuf_printf(&f->trace, "#%d", effect->attempt);
}

static void say_status(struct fixture *f, int32_t node)
{
    uint8_t status = f->run->nodes[node].status;
    if (f->shown[node] != status) {
        f->shown[node] = status;
        say(f, node, status_row((enum status)status)->name);
    }
}

static void perform(struct fixture *f, const struct run_effect *effect)
{
    switch (effect->kind) {
    case EFFECT_NODE: case EFFECT_RUN:
        say_status(f, effect->node);
        break;
    case EFFECT_GATES:
        say(f, effect->node, "GATES");
        break;
    case EFFECT_QUEUE:
        break; /* said by its status */
    case EFFECT_UNQUEUE:
        say(f, effect->node, "UNQUEUE");
        break;
    case EFFECT_START:
        say_attempt(f, effect, "START");
        break;
    case EFFECT_KILL:
        say_attempt(f, effect, "KILL");
        break;
    case EFFECT_TIMER:
        *vec_add(&f->timers) = *effect;
        break;
    case EFFECT_PROBE:
        say(f, effect->node, "PROBE");
        break;
    case EFFECT_DELAYED:
        say(f, effect->node, effect->timer == TIMER_END_DELAY ? "END-DELAY" : "START-DELAY");
        break;
    case EFFECT_NODE_ENDED:
        if (!status_is_ended((enum status)f->run->nodes[effect->node].status)) {
            say(f, effect->node, "FREE"); /* of this attempt's slot and locks */
        }
        break;
    case EFFECT_RUN_ENDED:
        say(f, 0, "END");
        break;
    }
}

static void step_once(struct fixture *f, const struct run_event *event, bool is_told)
{
    struct run_event e = *event;
    e.at = f->now;
    f->effects.list.n = 0;
    run_step(f->run, &e, &f->effects);
    const char *wrong = run_check(f->run);
    if (wrong) {
        fail_msg("%s (after: %s)", wrong, strbuf_str(&f->trace));
    }
    for (size_t i = 0; i < f->effects.list.n; i++) {
        const struct run_effect *effect = &f->effects.list.at[i];
        size_t before = f->trace.n;
        perform(f, effect);
        if (!is_told && f->trace.at) {
            f->trace.n = before;
            f->trace.at[before] = '\0';
        }
        if (effect->kind == EFFECT_QUEUE || effect->kind == EFFECT_GATES) {
            *vec_add(&f->wants) = effect->kind == EFFECT_QUEUE ? effect->node : -effect->node;
        }
    }
}

/* Answers what the steps asked for, in order. */
static void answer(struct fixture *f)
{
    for (size_t i = 0; i < f->wants.n; i++) {
        int32_t node = f->wants.at[i];
        if (node > 0 ? f->keeps_slots : f->keeps_gates) {
            continue;
        }
        struct run_event event = {.kind = node > 0 ? RUN_SLOT : RUN_GATES_OPEN, .node = node > 0 ? node : -node};
        step_once(f, &event, true);
    }
    f->wants.n = 0;
}

static void compare(struct fixture *f, const char *expected)
{
    if (expected) {
        assert_string_equal(strbuf_str(&f->trace), expected);
    }
}

void step(struct fixture *f, const struct run_event *event, const char *expected)
{
    strbuf_clear(&f->trace);
    step_once(f, event, true);
    answer(f);
    compare(f, expected);
    assert_reload_is_equal(f);
}

void act(struct fixture *f, enum run_event_kind kind, const char *node, const char *expected)
{
    int32_t n = node_of(f, node);
    struct run_event event = {.kind = kind, .node = n, .attempt = f->run->nodes[n].attempt, .code = CODE_NONE};
    step(f, &event, expected);
}

void starts(struct fixture *f, const char *expected) { act(f, RUN_START, "R", expected); }
void begins(struct fixture *f, const char *node, const char *expected) { act(f, RUN_STARTED, node, expected); }

static struct run_event end_of(struct fixture *f, const char *node)
{
    int32_t n = node_of(f, node);
    struct run_event event = {.kind = RUN_STARTED, .node = n, .attempt = f->run->nodes[n].attempt};
    step_once(f, &event, false);
    event.kind = RUN_ENDED;
    return event;
}

void ends(struct fixture *f, const char *node, int32_t code, const char *expected)
{
    struct run_event event = end_of(f, node);
    event.code = code;
    step(f, &event, expected);
}

void is_killed(struct fixture *f, const char *node, const char *expected)
{
    struct run_event event = end_of(f, node);
    event.code = 137;
    event.is_killed = true;
    step(f, &event, expected);
}

void reruns(struct fixture *f, enum rerun_kind kind, const char *node, const char *expected)
{
    struct run_event event = {.kind = RUN_RERUN, .node = node ? node_of(f, node) : 0, .rerun = kind};
    step(f, &event, expected);
}

void changes(struct fixture *f, const char *node, enum status to, const char *expected)
{
    struct run_event event = {.kind = RUN_CHANGE_STATUS, .node = node_of(f, node), .status = to, .code = CODE_NONE};
    step(f, &event, expected);
}

void later(struct fixture *f, int minutes, const char *expected)
{
    f->now.ms += minutes * MINUTE_MS;
    strbuf_clear(&f->trace);
    for (size_t i = 0; i < f->timers.n; i++) { /* grows while they go off */
        struct run_effect timer = f->timers.at[i];
        if (timer.at.ms > f->now.ms) {
            continue;
        }
        f->timers.at[i].at = INSTANT_NEVER;
        struct run_event event = {.kind = RUN_TIMER, .node = timer.node, .attempt = timer.attempt, .timer = timer.timer};
        step_once(f, &event, true);
        answer(f);
    }
    compare(f, expected);
    assert_reload_is_equal(f);
}
