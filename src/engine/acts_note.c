/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts_note - 申し送り: what one shift tells the next, corrected by adding.
 */
#include <inttypes.h>
#include <string.h>

#include "engine/people_priv.h"

static bool note_get(struct act_call *call, int64_t id, struct shift_note_row *ret)
{
    struct engine *engine = call->engine;
    bool found = false;
    *ret = (struct shift_note_row){.id = id};
    if (!store_get(engine->reader, &engine->turn, TABLE_shift_note, ret, &found, call->err)) {
        return false;
    }
    const struct person_row *asker = person_named(engine, call->act->actor);
    bool is_others = found && asker && ret->side != 0 && ret->side != 1 + asker->side; /* not told from none */
    return (found && !is_others) || err_set(call->err, ERR_NOT_FOUND, "note" ARG "%" PRId64, id);
}

bool act_note_add(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    enum side side = SIDE_CLIENT;
    struct shift_note_row corrected;
    size_t n = strlen(act->text);
    if (str_trim(str_of(act->text)).n == 0 || n > NOTE_BYTES_MAX || !utf8_valid(act->text, n)) {
        return err_set(call->err, ERR_ARGUMENT, "text" ARG "1..%d bytes", NOTE_BYTES_MAX);
    }
    if (act->kind[0] && !side_read(str_of(act->kind), &side)) {
        return err_set(call->err, ERR_ARGUMENT, "side" ARG "%.40s", act->kind);
    }
    if (act->number && !note_get(call, act->number, &corrected)) {
        return false;
    }
    struct shift_note_row row = {.id = engine->w.people->next_note++, .at_ms = engine->now.ms,
                                 .side = act->kind[0] ? 1 + (int64_t)side : 0, .actor = act->actor, .text = act->text,
                                 .unit = act->unit, .run = act->run, .corrects = act->number, .is_handover = act->is_on,
                                 .read_by = ""};
    store_put(engine->batch, TABLE_shift_note, &row);
    call->entity = arena_printf(&engine->turn, "note/%" PRId64, row.id);
    json_number(&call->json, "id", row.id);
    return true;
}

bool act_note_read(struct act_call *call)
{
    struct shift_note_row row;
    if (!note_get(call, call->act->number, &row)) {
        return false;
    }
    if (row.read_ms == 0) { /* the first one who read it counts */
        row.read_ms = call->engine->now.ms;
        row.read_by = call->act->actor;
        store_put(call->engine->batch, TABLE_shift_note, &row);
    }
    call->entity = arena_printf(&call->engine->turn, "note/%" PRId64, row.id);
    return true;
}
