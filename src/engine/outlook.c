/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outlook - the shelf on which the newest forecast lies for readers.
 *
 * An outlook is counted: one count is the shelf's while it is the newest, one each reader's. The last to give it back frees it.
 */
#include "engine/outlook.h"

#include <pthread.h>

#include "engine/engine_priv.h"
#include "engine/outlook_priv.h"

struct outlook_kept {
    struct outlook outlook;    /* first: what readers see */
    struct arena memory;
    int64_t count;             /* under the shelf's lock */
};

struct outlook_shelf {
    pthread_mutex_t lock;
    struct outlook_kept *newest;
};

struct outlook_shelf *outlook_shelf_open(void)
{
    struct outlook_shelf *shelf = heap_resize(NULL, 1, sizeof(*shelf));
    *shelf = (struct outlook_shelf){0};
    (void)pthread_mutex_init(&shelf->lock, NULL);
    return shelf;
}

static void kept_close(struct outlook_kept *kept)
{
    struct arena memory = kept->memory;
    arena_close(&memory);
}

static void give(struct outlook_shelf *shelf, struct outlook_kept *kept)
{
    (void)pthread_mutex_lock(&shelf->lock);
    bool is_last = kept && --kept->count == 0;
    (void)pthread_mutex_unlock(&shelf->lock);
    if (is_last) {
        kept_close(kept);
    }
}

void outlook_shelf_close(struct outlook_shelf *shelf)
{
    if (shelf) {
        give(shelf, shelf->newest);
        (void)pthread_mutex_destroy(&shelf->lock);
        heap_free(shelf);
    }
}

bool outlook_is_made(const struct outlook_shelf *shelf)
{
    return shelf->newest != NULL; /* the decision thread alone changes it */
}

const struct outlook *engine_outlook(struct engine *engine)
{
    struct outlook_shelf *shelf = engine->outlooks;
    (void)pthread_mutex_lock(&shelf->lock);
    struct outlook_kept *kept = shelf->newest;
    if (kept) {
        kept->count++;
    }
    (void)pthread_mutex_unlock(&shelf->lock);
    return kept ? &kept->outlook : NULL;
}

void engine_outlook_give(struct engine *engine, const struct outlook *outlook)
{
    if (outlook) {
        give(engine->outlooks, (struct outlook_kept *)(uintptr_t)outlook);
    }
}

/* ---- making ---- */

static const char *outcome_word(enum forecast_outcome outcome)
{
    static const char *const words[] = {[FORECAST_ENDS] = "ends", [FORECAST_GOES_ON] = "goes-on", [FORECAST_WAITS] = "waits",
                                        [FORECAST_HELD] = "held", [FORECAST_SKIPPED] = "skipped"};
    return words[outcome];
}

static void waits_say(struct arena *into, enum err_code why, const char *args, struct outlook_row *row)
{
    for (int lang = 0; lang < LANGS; lang++) {
        struct strbuf text = {0};
        message_text(&text, why, (enum lang)lang, args);
        row->waits[lang] = arena_copy(into, strbuf_str(&text));
        strbuf_close(&text);
    }
}

/* What shuts it now, else what will still shut it at the horizon. */
static void waits_of(struct engine *engine, struct arena *into, const struct forecast_row *from, struct outlook_row *row)
{
    struct live_run *live = from->run ? live_by_id(engine, from->run) : NULL;
    struct gate_answer answer;
    if (live && live->run->status == STATUS_GATE_WAIT && !gates_look(engine, live, 0, &answer)) {
        waits_say(into, answer.why, answer.args, row);
    } else if (from->outcome == FORECAST_WAITS && from->args) {
        waits_say(into, from->why, from->args, row);
    }
}

static void chain_mark(const struct forecast *forecast, struct outlook_row *rows, int32_t last)
{
    for (int32_t at = last, left = (int32_t)forecast->row_count; at >= 0 && left > 0 && !rows[at].is_critical; left--) {
        rows[at].is_critical = true;
        at = forecast->rows[at].critical;
    }
}

static const struct outlook_row *rows_of(struct engine *engine, struct arena *into, const struct forecast *forecast)
{
    struct outlook_row *rows = arena_array(into, struct outlook_row, forecast->row_count + 1);
    for (size_t i = 0; i < forecast->row_count; i++) {
        const struct forecast_row *from = &forecast->rows[i];
        rows[i] = (struct outlook_row){.run = from->run, .occurrence = from->occurrence, .path = arena_copy(into, from->path),
                                       .date = from->date, .planned = from->planned, .start = from->start, .end = from->end,
                                       .deadline = from->deadline, .slack_ms = from->slack_ms, .after = from->critical,
                                       .outcome = outcome_word((enum forecast_outcome)from->outcome), .is_late = from->is_late,
                                       .is_rerun = from->is_rerun};
        waits_of(engine, into, from, &rows[i]);
    }
    for (size_t i = 0; i < forecast->row_count; i++) {
        if (forecast->rows[i].is_late) {
            chain_mark(forecast, rows, (int32_t)i);
        }
    }
    if (forecast->opening_row >= 0) {
        chain_mark(forecast, rows, forecast->opening_row);
    }
    return rows;
}

void outlook_make(struct engine *engine, const struct forecast_input *input, const struct forecast *forecast)
{
    struct arena memory = {0};
    struct outlook_kept *kept = arena_new(&memory, struct outlook_kept);
    bool has_opening = input->opening_group && forecast->opening_slack_ms != FORECAST_NO_SLACK;
    kept->count = 1;
    kept->outlook = (struct outlook){.made = engine->now, .horizon = input->horizon,
                                     .opening = input->opening_group ? input->opening : INSTANT_NEVER,
                                     .opening_slack_ms = has_opening ? forecast->opening_slack_ms : INT64_MAX,
                                     .opening_row = has_opening ? forecast->opening_row : -1,
                                     .late_count = forecast->late_count, .row_count = forecast->row_count};
    kept->outlook.rows = rows_of(engine, &memory, forecast);
    kept->memory = memory;
    struct outlook_shelf *shelf = engine->outlooks;
    (void)pthread_mutex_lock(&shelf->lock);
    struct outlook_kept *before = shelf->newest;
    shelf->newest = kept;
    (void)pthread_mutex_unlock(&shelf->lock);
    give(shelf, before);
}
