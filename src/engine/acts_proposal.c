/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts_proposal - a definition that one person proposes and another puts into effect (E-39), and the holidays of a year that
 * somebody signs for.
 *
 *   waiting --apply (another person)--> applied     waiting --refuse--> refused     waiting --withdraw (its maker)--> withdrawn
 * What is applied is the text that was proposed (hash), upon the very definitions it was made for (base): if one of them has
 * changed since, the proposal must be made again.
 */
#include <inttypes.h>
#include <string.h>

#include "calendar/holiday.h"
#include "engine/acts_priv.h"
#include "engine/proposal.h"

enum { HOLIDAYS_A_YEAR_MAX = 64, YEAR_MIN = 1948, YEAR_MAX = 2099 };

/* ---- what it was made for ---- */

static void base_add(struct engine *engine, struct strbuf *into, const struct unit *unit, const char *prefix, struct err *e)
{
    const char *path = unit_path(&engine->turn, unit, prefix);
    struct unit_entry *entry = map_get(&engine->w.entries_by_path, path);
    bool is_there = entry && !entry->is_deleted && entry->version;
    struct version_row row = {.id = is_there ? entry->version->id : 0};
    bool found = false;
    if (is_there && !entry->version->hash[0] && e->code == ERR_NONE &&
        store_get(engine->reader, &engine->turn, TABLE_version, &row, &found, e) && found) {
        (void)str_copy(entry->version->hash, sizeof(entry->version->hash), row.hash);
        entry->version->number = row.number;
    }
    strbuf_printf(into, "%s %s\n", path, is_there ? entry->version->hash : "-");
}

/* Hash over the present versions of all units that the text defines. */
static bool base_hash(struct act_call *call, const char *text, size_t n, const char *prefix, char hash[65])
{
    struct engine *engine = call->engine;
    const struct unit_file *file = NULL;
    struct arena tmp = {0};
    struct strbuf all = {0};
    struct err failed = {0};
    bool is_good = unit_parse(&tmp, text, n, call->own_diags, &file);
    if (!is_good) {
        call->diags = call->own_diags;
        (void)err_set(call->err, ERR_DEFINE_WRONG, "%zu", call->own_diags->error_count);
    }
    for (const struct unit *top = is_good ? file->first : NULL; top; top = top->next_sibling) {
        for (const struct unit *at = top; at;) { /* groups downwards; a root jobnet is one piece */
            base_add(engine, &all, at, prefix, &failed);
            if (unit_type_row(at->type)->kind == KIND_GROUP && at->first_child) {
                at = at->first_child;
                continue;
            }
            while (at != top && !at->next_sibling) {
                at = at->parent;
            }
            at = at == top ? NULL : at->next_sibling;
        }
    }
    store_hash_hex(strbuf_str(&all), all.n, hash);
    strbuf_close(&all);
    arena_close(&tmp);
    if (is_good && failed.code != ERR_NONE) {
        *call->err = failed;
    }
    return is_good && failed.code == ERR_NONE;
}

static const char *prefix_of(const char *unit) { return strcmp(unit, "/") == 0 ? "" : unit; }

/* ---- proposals ---- */

static bool proposal_get(struct act_call *call, struct proposal_row *ret)
{
    struct engine *engine = call->engine;
    bool found = false;
    *ret = (struct proposal_row){.id = call->act->number};
    if (!store_get(engine->reader, &engine->turn, TABLE_proposal, ret, &found, call->err)) {
        return false;
    }
    call->entity = arena_printf(&engine->turn, "proposal/%" PRId64, call->act->number);
    return found || err_set(call->err, ERR_NOT_FOUND, "proposal" ARG "%" PRId64, call->act->number);
}

static bool proposal_waiting(struct act_call *call, struct proposal_row *ret)
{
    const struct world *w = &call->engine->w;
    if (!proposal_get(call, ret)) {
        return false;
    }
    bool is_spent = ret->state != PROPOSAL_WAITING;
    for (size_t i = 0; i < w->proposals_spent.n; i++) {
        is_spent = is_spent || w->proposals_spent.at[i] == ret->id; /* perhaps in this very turn: the store does not know yet */
    }
    return !is_spent ||
           err_set(call->err, ERR_PROPOSAL_STATE, "%" PRId64 ARG "%s", ret->id, proposal_state_word(ret->state));
}

static void proposal_end(struct act_call *call, struct proposal_row *row, enum proposal_state state)
{
    struct engine *engine = call->engine;
    row->state = state;
    row->decided_by = call->act->actor;
    row->decided_ms = engine->now.ms;
    row->reason = call->act->reason;
    store_put(engine->batch, TABLE_proposal, row);
    *vec_add(&engine->w.proposals_spent) = row->id;
    json_number(&call->json, "proposal", row->id);
    json_text(&call->json, "state", proposal_state_word(row->state));
}

bool act_proposal_make(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    char hash[65], base[65];
    struct act trial = *act; /* whatever would refuse the definition refuses the proposal */
    trial.dry_run = true;
    struct act_call inner = *call;
    inner.act = &trial;
    bool is_good = act_define(&inner);
    call->json = inner.json;
    call->diags = inner.diags;
    if (!is_good || !base_hash(call, act->text, act->text_n, prefix_of(act->unit), base)) {
        return false;
    }
    store_hash_hex(act->text, act->text_n, hash);
    struct proposal_row row = {.id = engine->w.next_proposal++, .at_ms = engine->now.ms, .actor = act->actor,
                               .unit = act->unit[0] ? act->unit : "/", .text = act->text, .hash = hash,
                               .state = PROPOSAL_WAITING, .decided_by = "", .reason = "", .why = act->reason, .base = base};
    store_put(engine->batch, TABLE_proposal, &row);
    call->entity = arena_printf(&engine->turn, "proposal/%" PRId64, row.id);
    json_number(&call->json, "proposal", row.id);
    return true;
}

bool proposal_asker(struct act_call *call, const char **ret)
{
    struct proposal_row row;
    if (!proposal_get(call, &row)) {
        return false;
    }
    *ret = row.actor;
    return true;
}

bool act_proposal_apply(struct act_call *call)
{
    struct proposal_row row;
    char hash[65], base[65];
    if (!proposal_waiting(call, &row)) {
        return false;
    }
    store_hash_hex(row.text, strlen(row.text), hash);
    if (!base_hash(call, row.text, strlen(row.text), prefix_of(row.unit), base)) {
        return false;
    }
    if (strcmp(hash, row.hash) != 0 || strcmp(base, row.base) != 0) {
        return err_set(call->err, ERR_PROPOSAL_CHANGED, "%" PRId64, row.id);
    }
    struct act define = *call->act;
    define.unit = prefix_of(row.unit);
    define.text = row.text;
    define.text_n = strlen(row.text);
    define.actor = row.actor; /* the version is its maker's; the journal names who put it into effect */
    struct act_call inner = *call;
    inner.act = &define;
    bool is_good = define_approved(&inner);
    call->json = inner.json;
    call->diags = inner.diags;
    if (is_good) {
        proposal_end(call, &row, PROPOSAL_APPLIED);
    }
    return is_good;
}

bool act_proposal_refuse(struct act_call *call)
{
    struct proposal_row row;
    if (!proposal_waiting(call, &row)) {
        return false;
    }
    proposal_end(call, &row, PROPOSAL_REFUSED);
    return true;
}

bool act_proposal_withdraw(struct act_call *call)
{
    struct proposal_row row;
    if (!proposal_waiting(call, &row)) {
        return false;
    }
    if (strcmp(row.actor, call->act->actor) != 0) {
        return err_set(call->err, ERR_PROPOSAL_OTHERS, "%" PRId64 ARG "%s", row.id, row.actor);
    }
    proposal_end(call, &row, PROPOSAL_WITHDRAWN);
    return true;
}

/* ---- holidays ---- */

bool act_holiday_sign(struct act_call *call)
{
    struct engine *engine = call->engine;
    int64_t year = call->act->number;
    struct holiday rows[HOLIDAYS_A_YEAR_MAX];
    struct strbuf text = {0};
    char hash[65];
    if (year < YEAR_MIN || year > YEAR_MAX) {
        return err_set(call->err, ERR_ARGUMENT, "year" ARG "%d..%d", YEAR_MIN, YEAR_MAX);
    }
    size_t n = holidays_of_year(engine->w.site->holidays, (int)year, rows, HOLIDAYS_A_YEAR_MAX);
    holidays_print(&text, rows, n < HOLIDAYS_A_YEAR_MAX ? n : HOLIDAYS_A_YEAR_MAX);
    store_hash_hex(strbuf_str(&text), text.n, hash);
    strbuf_close(&text);
    struct holiday_year_row row = {.year = year, .hash = hash, .actor = call->act->actor, .at_ms = engine->now.ms};
    store_put(engine->batch, TABLE_holiday_year, &row);
    call->entity = arena_printf(&engine->turn, "holidays/%" PRId64, year);
    json_number(&call->json, "year", year);
    json_number(&call->json, "days", (int64_t)n);
    json_text(&call->json, "hash", hash);
    return true;
}

/* The site stays as it is, with these holidays. */
bool act_holiday_import(struct act_call *call)
{
    struct engine *engine = call->engine;
    struct site_file_row yaml = {.name = "site.yaml"};
    bool found = false;
    if (!store_get(engine->reader, &engine->turn, TABLE_site_file, &yaml, &found, call->err)) {
        return false;
    }
    struct act apply = *call->act;
    apply.text = found ? yaml.body.at : "";
    apply.text_n = found ? yaml.body.n : 0;
    apply.text2 = call->act->text;
    apply.text2_n = call->act->text_n;
    struct act_call inner = *call;
    inner.act = &apply;
    bool is_good = act_site_apply(&inner);
    call->json = inner.json;
    call->entity = "holidays";
    return is_good;
}
