/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decisions - what the client has decided, recorded before it is acted upon (E-06, E-13, opening over a running net).
 *
 * A decision names its kind and the thing it is about. The act that refers to it must be of that kind and on that thing,
 * and a decision is used once: the row then says when, by whom and for what.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/decisions.h"

enum { ABOUT_WINDOW = 1, ABOUT_RUN = 2, ABOUT_NET = 4, ABOUT_FREE = 8 };

struct decision_words {
    const char *name;
    int about;                 /* ABOUT_… bits */
    const char *text[LANGS];
};

static const struct decision_words *decision_words(enum decision_kind kind)
{
    static const struct decision_words rows[DECISION_KINDS] = {
#define DECISION(code, name, about, ja, en) [code] = {name, about, {ja, en}},
#include "engine/decisions.def"
#undef DECISION
    };
    return &rows[kind];
}

/* By its name or by its Japanese word. */
static bool kind_parse(const char *word, enum decision_kind *ret)
{
    for (unsigned i = 0; i < DECISION_KINDS; i++) {
        const struct decision_words *row = decision_words((enum decision_kind)i);
        if (strcmp(row->name, word) == 0 || strcmp(row->text[LANG_JA], word) == 0) {
            *ret = (enum decision_kind)i;
            return true;
        }
    }
    return false;
}

/* The name itself when it is none of ours. */
static const char *kind_text(const char *name, enum lang lang)
{
    enum decision_kind kind;
    return kind_parse(name, &kind) ? decision_words(kind)->text[lang] : name;
}

static bool kind_unknown(struct act_call *call)
{
    struct strbuf ja = {0}, en = {0};
    for (unsigned i = 0; i < DECISION_KINDS; i++) {
        const struct decision_words *row = decision_words((enum decision_kind)i);
        strbuf_printf(&ja, "%s%s(%s)", i ? "、" : "", row->name, row->text[LANG_JA]);
        strbuf_printf(&en, "%s%s (%s)", i ? ", " : "", row->name, row->text[LANG_EN]);
    }
    (void)err_set(call->err, ERR_DECISION_KIND, "%.80s" ARG "%s" OR_EN "%s", call->act->kind, strbuf_str(&ja), strbuf_str(&en));
    strbuf_close(&ja);
    strbuf_close(&en);
    return false;
}

/* ---- about what ---- */

static bool run_exists(struct act_call *call, int64_t id, bool *ret)
{
    struct run_row row = {.id = id};
    *ret = live_by_id(call->engine, id) != NULL;
    return *ret || store_get(call->engine->reader, &call->engine->turn, TABLE_run, &row, ret, call->err);
}

/* "run/12" or "12" */
static bool run_number(const char *text, int64_t *ret)
{
    return str_to_i64(str_of(str_starts(text, "run/") ? text + 4 : text), 1, INT64_MAX, ret);
}

/* GROUP or GROUP/CLASS, with or without window/ before it. */
static const char *window_entity(struct act_call *call, const char *text)
{
    struct engine *engine = call->engine;
    struct str group, cls = {0};
    bool has_class = str_cut(str_of(str_starts(text, "window/") ? text + 7 : text), '/', &group, &cls);
    const struct window_facts *window = facts_window(&engine->w.facts, arena_copy_bytes(&engine->turn, group.at, group.n));
    const struct window_class *found = window && has_class ? window_class_find(window->group, cls.at) : NULL;
    return !window || (has_class && !found) ? NULL
           : found ? arena_printf(&engine->turn, "window/%s/%s", window->group->name, found->name)
                   : arena_printf(&engine->turn, "window/%s", window->group->name);
}

/* A net stands for its newest generation where a run is meant: last month's decision is not this month's. */
static const char *net_entity(struct act_call *call, const char *text, int about)
{
    const struct unit_facts *facts = facts_unit(&call->engine->w.facts, text);
    if (!facts || !unit_by_id(call->engine, facts->id)) {
        return NULL;
    }
    if (about & ABOUT_NET) {
        return facts->path;
    }
    size_t n = facts->generations.n;
    return n ? arena_printf(&call->engine->turn, "run/%" PRId64, facts->generations.at[n - 1].run) : NULL;
}

static bool entity_settle(struct act_call *call, enum decision_kind kind, const char **ret)
{
    const char *text = call->act->text2;
    int about = decision_words(kind)->about;
    int64_t run;
    bool is_run = (about & ABOUT_RUN) && run_number(text, &run);
    bool is_there = false;
    *ret = NULL;
    if (is_run && !run_exists(call, run, &is_there)) {
        return false;
    }
    if (is_there) {
        *ret = arena_printf(&call->engine->turn, "run/%" PRId64, run);
    } else if (about & ABOUT_FREE) {
        *ret = text;
    } else {
        *ret = about & ABOUT_WINDOW ? window_entity(call, text) : NULL;
        *ret = *ret || !(about & (ABOUT_RUN | ABOUT_NET)) ? *ret : net_entity(call, text, about);
    }
    static const char *const forms[] = {"run/12、実行のあるジョブネット" OR_EN "run/12 or a jobnet that has run",
                                        "GROUP/CLASS、GROUP、run/12、ジョブネット" OR_EN "GROUP/CLASS, GROUP, run/12 or a jobnet",
                                        "GROUP/CLASS、GROUP" OR_EN "GROUP/CLASS or GROUP"};
    const char *form = forms[!(about & ABOUT_WINDOW) ? 0 : about & ABOUT_RUN ? 1 : 2];
    return *ret || err_set(call->err, ERR_DECISION_ENTITY, "%s" OR_EN "%s" ARG "%.80s" ARG "%s", decision_words(kind)->text[LANG_JA],
                           decision_words(kind)->text[LANG_EN], text[0] ? text : "-", form);
}

bool act_decision(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    enum decision_kind kind;
    const char *entity;
    /* Who decided: named when it was by word of mouth (RECORD), else the user of the client himself (DECIDE, E-39). */
    const char *decided_by = act->group[0] ? act->group : act->actor;
    if (!act->text[0] || !decided_by[0]) {
        return err_set(call->err, ERR_ARGUMENT, "text, by" ARG "-");
    }
    if (!kind_parse(act->kind, &kind)) {
        return kind_unknown(call);
    }
    if (!entity_settle(call, kind, &entity)) {
        return false;
    }
    struct decision_row row = {.id = engine->w.next_decision++, .at_ms = engine->now.ms, .kind = decision_words(kind)->name,
                               .entity = entity, .decided_by = decided_by, .medium = act->cls, .text = act->text,
                               .actor = act->actor, .used_by = "", .used_for = ""};
    store_put(engine->batch, TABLE_decision, &row);
    call->entity = entity && entity[0] ? entity : "decision";
    json_number(&call->json, "decision", row.id);
    json_text(&call->json, "kind", row.kind);
    json_text(&call->json, "entity", row.entity);
    return true;
}

/* ---- taken by an act ---- */

static bool is_spent(const struct engine *engine, const struct decision_row *row)
{
    for (size_t i = 0; i < engine->w.decisions_spent.n; i++) {
        if (engine->w.decisions_spent.at[i] == row->id) {
            return true; /* in this turn: the store does not know yet */
        }
    }
    return row->used_ms != 0;
}

static bool already_spent(struct act_call *call, const struct decision_row *row)
{
    char text[INSTANT_TEXT_MAX];
    struct instant at = {row->used_ms ? row->used_ms : call->engine->now.ms};
    const char *when = instant_print(at, zone_offset_sec(call->engine->w.site->zone, at) / 60, text);
    return err_set(call->err, ERR_DECISION_USED, "%" PRId64 ARG "%.10s %.5s" ARG "%s", row->id, when, when + 11, row->used_for);
}

bool decision_read(struct act_call *call, enum decision_kind kind, const char *const *about, struct decision_row *ret)
{
    bool found = false;
    *ret = (struct decision_row){.id = call->act->number};
    if (ret->id == 0) {
        return true;
    }
    if (!store_get(call->engine->reader, &call->engine->turn, TABLE_decision, ret, &found, call->err)) {
        return false;
    }
    if (!found) {
        return err_set(call->err, ERR_NOT_FOUND, "decision" ARG "%" PRId64, ret->id);
    }
    if (is_spent(call->engine, ret)) {
        return already_spent(call, ret);
    }
    bool is_about = false;
    for (size_t i = 0; about[i]; i++) {
        is_about |= strcmp(about[i], ret->entity) == 0;
    }
    const struct decision_words *needed = decision_words(kind);
    if (is_about && strcmp(ret->kind, needed->name) == 0) {
        return true;
    }
    return err_set(call->err, ERR_DECISION_WRONG, "%" PRId64 ARG "%s" OR_EN "%s" ARG "%.100s" ARG "%s" OR_EN "%s" ARG "%.100s", ret->id,
                   kind_text(ret->kind, LANG_JA), kind_text(ret->kind, LANG_EN), ret->entity[0] ? ret->entity : "-",
                   needed->text[LANG_JA], needed->text[LANG_EN], about[0]);
}

void decision_spend(struct act_call *call, struct decision_row *row)
{
    struct engine *engine = call->engine;
    if (row->id == 0 || call->act->dry_run) {
        return;
    }
    row->used_ms = engine->now.ms;
    row->used_by = call->act->actor;
    row->used_for = arena_printf(&engine->turn, "%s %s", act_name(call->act->act),
                                 call->entity ? call->entity : act_entity(engine, call->act));
    store_put(engine->batch, TABLE_decision, row);
    *vec_add(&engine->w.decisions_spent) = row->id;
    if (!call->who.reference[0]) {
        call->who.reference = arena_printf(&engine->turn, "decision/%" PRId64, row->id);
    }
    json_number(&call->json, "decision", row->id);
}
