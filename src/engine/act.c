/* SPDX-License-Identifier: Apache-2.0 */
/*
 * act - the table of acts, and one act from asking to its journal entry.
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "engine/acts_priv.h"

const char *act_name(enum act_kind kind)
{
    static const char *const names[ACTS] = {
#define ACT(code, name, needs_reason, handler) [code] = name,
#include "engine/acts.def"
#undef ACT
    };
    assert(kind < ACTS);
    return names[kind];
}

bool act_needs_reason(enum act_kind kind)
{
    static const bool needs[ACTS] = {
#define ACT(code, name, needs_reason, handler) [code] = needs_reason,
#include "engine/acts.def"
#undef ACT
    };
    assert(kind < ACTS);
    return needs[kind];
}

/* ---- traits (act_traits.def) ---- */

typedef bool (*asker_fn)(struct act_call *call, const char **ret);
struct traits {
    bool is_desk, is_quiet, is_noted;
    asker_fn asker;            /* NULL: anybody may */
};

static const struct traits *traits_of(enum act_kind kind)
{
    static const struct traits traits[ACTS] = {
#define DESK(act) [act] = {.is_desk = true},
#define QUIET(act) [act] = {.is_desk = true, .is_quiet = true},
#define NOTED(act) [act] = {.is_desk = true, .is_noted = true},
#define OTHER(act, asker_of) [act] = {.asker = asker_of},
#include "engine/act_traits.def"
#undef DESK
#undef QUIET
#undef NOTED
#undef OTHER
    };
    assert(kind < ACTS);
    return &traits[kind];
}

bool act_needs_other(enum act_kind kind)
{
    return traits_of(kind)->asker != NULL;
}

/* The one place where asking and deciding are kept apart (E-39). */
static bool other_checked(struct act_call *call)
{
    asker_fn asker_of = traits_of(call->act->act)->asker;
    const char *asker = NULL;
    if (!asker_of) {
        return true;
    }
    if (!asker_of(call, &asker)) {
        return false;
    }
    return !str_equal(asker, call->act->actor) || err_set(call->err, ERR_SAME_PERSON, "%s" ARG "%s", act_name(call->act->act), asker);
}

/* Its other half by its own name: who reads the journal must see which of the two was done. */
static const char *journal_name(const struct act *act)
{
    static const struct {
        enum act_kind kind;
        const char *off;
    } halves[] = {{ACT_SUSPEND, "unit.resume"}, {ACT_PLAN_HOLD, "plan.release"}, {ACT_AGENT_DRAIN, "agent.undrain"}};
    for (size_t i = 0; i < COUNT(halves); i++) {
        if (halves[i].kind == act->act && !act->is_on) {
            return halves[i].off;
        }
    }
    return act_name(act->act);
}

struct act act_make(enum act_kind kind)
{
    return (struct act){.act = kind, .actor = "", .via = "", .reason = "", .reference = "", .unit = "", .kind = "", .group = "",
                        .cls = "", .date = BIZDAY_NONE, .date2 = BIZDAY_NONE, .text = "", .text2 = "", .person = "", .role = "",
                        .system = "", .secret = "", .once_key = "", .once_hash = ""};
}

/* On what an act was done, for the journal: run/12/3, a unit or pattern, window/GROUP/CLASS, agent/NAME, or the kind of thing. */
const char *act_entity(struct engine *engine, const struct act *act)
{
    struct arena *turn = &engine->turn;
    const char *name = act_name(act->act);
    if (act->run) {
        return act->node ? arena_printf(turn, "run/%" PRId64 "/%d", act->run, act->node) : arena_printf(turn, "run/%" PRId64, act->run);
    }
    if (str_starts(name, "window.")) {
        return arena_printf(turn, "window/%s/%s", act->group, act->cls);
    }
    if (str_starts(name, "agent.")) {
        return arena_printf(turn, "agent/%s", act->text);
    }
    if (act->act == ACT_EVENT_ACK) {
        return arena_printf(turn, "event/%" PRId64, act->number);
    }
    if (act->unit[0]) {
        return act->unit;
    }
    struct str noun, rest;
    (void)str_cut(str_of(name), '.', &noun, &rest);
    return act->act == ACT_DEFINE ? "/" : arena_copy_bytes(turn, noun.at, noun.n);
}

void act_do(struct engine *engine, const struct message_in *message)
{
    static bool (*const handlers[ACTS])(struct act_call *) = {
#define ACT(code, name, needs_reason, handler) [code] = handler,
#include "engine/acts.def"
#undef ACT
    };
    const struct act *act = &message->act;
    struct err e = {0};
    struct diags diags = {0};
    size_t from = engine->answers_json.n, entries = engine->entry_count;
    struct act_call call = {.engine = engine, .act = act, .who = {act->actor, act->via, act->reason, act->reference},
                            .json = {.into = &engine->answers_json}, .own_diags = &diags, .err = &e};
    json_open(&call.json, NULL);
    const struct traits *traits = traits_of(act->act);
    if (traits->is_desk && engine->is_deciding) {
        people_seed(engine);
        engine->people_changed |= !traits->is_quiet && !traits->is_noted;
    }
    const char *said = NULL;
    bool is_again = act->once_key[0] && answered_find(&call, &said);
    bool is_ok = is_again ? said != NULL
                 : !engine->is_deciding && act->act < ACT_SHOW_FORECAST ? err_set(&e, ERR_READ_ONLY, "%d", COMMIT_FAILURES_MAX)
                 : act_needs_reason(act->act) && !act->reason[0] && !act->dry_run
                     ? err_set(&e, ERR_REASON_REQUIRED, "%s", act_name(act->act))
                     : other_checked(&call) && handlers[act->act](&call);
    if (is_ok && !is_again && !traits->is_quiet) {
        gates_settle(engine);
        const char *entity = call.entity ? call.entity : act_entity(engine, act);
        (traits->is_desk ? entry_desk : entry_end)(engine, &call.who, journal_name(act), entity);
    }
    while (call.json.depth > 0) {
        json_end(&call.json);
    }
    if (is_again && said) {
        engine->answers_json.n = from;
        strbuf_text(&engine->answers_json, said);
    } else if (is_ok && act->once_key[0] && !act->dry_run) {
        answered_put(engine, act, from);
    }
    if (!is_ok && store_batch_has_unsealed(engine->batch)) { /* half an act: the turn is given up as a whole */
        engine->is_spoiled = true;
    }
    if (!is_ok && call.diags) { /* told at once: they live only here */
        struct act_result result = {.err = e, .diags = call.diags, .json = "{}"};
        message->done(message->data, &result);
    } else {
        *vec_add(&engine->answers) = (struct answer){.done = message->done, .data = message->data,
            .result = {.is_ok = is_ok, .err = e}, .json_from = from, .json_n = engine->answers_json.n - from,
            .entry = engine->entry_count > entries ? engine->entry_count : 0};
    }
    diags_close(&diags);
}
