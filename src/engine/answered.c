/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answered - an act that carries a key is done once: what was answered is kept for a day.
 *
 * The answer is put into the batch of the act itself, so that a crash cannot leave the one without the other. Only
 * what was done is kept: a refusal changed nothing and may be tried again with its key. Looked for in the store and
 * in the turn under way, which the reader does not see yet. Days are the machine clock's.
 */
#include <string.h>

#include "engine/engine_priv.h"

enum { FORGET_ROWS_MAX = 10000 };

static const char *row_key(struct engine *engine, const struct act *act)
{
    return arena_printf(&engine->turn, "%s/%s", act->actor, act->once_key);
}

static bool in_turn(struct engine *engine, const char *key, struct answered_row *ret)
{
    for (size_t i = 0; i < engine->once.n; i++) {
        const struct once *once = &engine->once.at[i];
        if (strcmp(once->key, key) == 0) {
            ret->hash = once->hash;
            ret->body = arena_copy_bytes(&engine->turn, strbuf_str(&engine->answers_json) + once->json_from, once->json_n);
            ret->wall_ms = engine->wall.ms;
            return true;
        }
    }
    return false;
}

bool answered_find(struct act_call *call, const char **said)
{
    struct engine *engine = call->engine;
    struct answered_row row = {.key = row_key(engine, call->act)};
    bool found = in_turn(engine, row.key, &row);
    *said = NULL;
    if (!found && !store_get(engine->reader, &engine->turn, TABLE_answered, &row, &found, call->err)) {
        return true; /* not known: not done either */
    }
    if (!found || engine->wall.ms - row.wall_ms > DAY_MS) {
        return false;
    }
    if (strcmp(row.hash, call->act->once_hash) != 0) {
        (void)err_set(call->err, ERR_ONCE_OTHER, "%s", call->act->once_key);
    } else if (row.body[0] == '\0') {
        (void)err_set(call->err, ERR_ONCE_SECRET, "%s", call->act->once_key);
    } else {
        *said = row.body;
    }
    return true;
}

void answered_put(struct engine *engine, const struct act *act, size_t json_from)
{
    size_t n = act->has_secret ? 0 : engine->answers_json.n - json_from;
    struct answered_row row = {
        .key = row_key(engine, act), .hash = act->once_hash, .status = 200, .wall_ms = engine->wall.ms,
        .body = arena_copy_bytes(&engine->turn, engine->answers_json.at + json_from, n),
    };
    store_put(engine->batch, TABLE_answered, &row);
    *vec_add(&engine->once) = (struct once){row.key, arena_copy(&engine->turn, act->once_hash), json_from, n};
}

void answered_forget(struct engine *engine)
{
    struct query query = {.table = TABLE_answered,
                          .where = {{table_column(TABLE_answered, "wall_ms"), WHERE_LT, engine->wall.ms - DAY_MS, NULL}},
                          .where_count = 1,
                          .order_column = table_column(TABLE_answered, "wall_ms"),
                          .limit = FORGET_ROWS_MAX};
    struct answered_row row;
    struct rows *rows = store_query(engine->reader, &query);
    while (rows_next(rows, &row)) {
        store_remove(engine->batch, TABLE_answered, &row);
    }
    struct err ignored = {0}; /* what is left is forgotten tomorrow; an old row is not used */
    bool is_read = rows_end(rows, &ignored);
    (void)is_read;
}
