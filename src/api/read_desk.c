/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_desk - the shift log, the settings, the backups that were taken.
 */
#include "api/console_priv.h"

#include "api/page.h"
#include "people/people.h"
#include "people/setting.h"

/* ---- the shift log ---- */

static bool may_read(const struct call *call, const struct shift_note_row *row)
{
    const struct identity *identity = call->request->caller.identity;
    return row->side == 0 || !identity || row->side == 1 + (int64_t)identity->side;
}

static void note_answer(struct call *call, const struct shift_note_row *row)
{
    struct json *j = &call->json;
    json_open(j, NULL);
    json_number(j, "id", row->id);
    answer_instant(call, "at", row->at_ms);
    json_text(j, "actor", row->actor);
    json_text(j, "side", row->side > 0 && row->side <= SIDES ? side_word((enum side)(row->side - 1)) : NULL);
    json_text(j, "text", row->text);
    json_text(j, "unit", row->unit);
    json_number(j, "run", row->run);
    json_number(j, "corrects", row->corrects);
    json_bool(j, "is_handover", row->is_handover);
    answer_instant(call, "read", row->read_ms);
    json_text(j, "read_by", row->read_by);
    json_end(j);
}

/* A note on a run is of the run's system, whatever else it names. */
static bool note_seen(struct call *call, const struct shift_note_row *row, bool *ret, struct err *e)
{
    *ret = may_read(call, row) && (!*row->unit || call_sees(call, row->unit));
    return !*ret || !row->run || entity_seen(call, arena_printf(call->into, "run/%lld", (long long)row->run), ret, e);
}

bool read_notes(struct call *call, struct err *e)
{
    struct page page = {.table = TABLE_shift_note, .sort = "-id"};
    if (call_text(call, "unit")) {
        page_filter_text(&page, "unit", WHERE_EQ, call_text(call, "unit"));
    }
    if (call_text(call, "run")) {
        page_filter(&page, "run", WHERE_EQ, call_number(call, "run", 0));
    }
    if (call_bool(call, "unread")) {
        page_filter(&page, "is_handover", WHERE_NE, 0);
        page_filter(&page, "read_ms", WHERE_EQ, 0);
    }
    if (!page_open(call, &page, e)) {
        return false;
    }
    const void *row;
    bool is_good, sees = false;
    answer_list_open(call);
    while ((is_good = page_row(call, &page, &row, e)) && row) {
        if (!note_seen(call, row, &sees, e)) {
            return false;
        }
        if (sees && page_take(&page)) {
            note_answer(call, row);
        }
    }
    return is_good && page_close(call, &page);
}

/* ---- settings ---- */

bool read_settings(struct call *call, struct err *e)
{
    answer_list_open(call);
    for (int i = 0; i < SETTINGS; i++) {
        const struct setting_info *info = setting_info((enum setting)i);
        struct setting_row row = {.name = info->name};
        bool found = false;
        int64_t value = info->otherwise;
        struct err ignored;
        if (!store_get(call->reader, call->into, TABLE_setting, &row, &found, e)) {
            return false;
        }
        bool is_set = found && setting_read((enum setting)i, row.value, &value, &ignored);
        struct json *j = &call->json;
        json_open(j, NULL);
        json_text(j, "name", info->name);
        json_number(j, "value", value);
        json_number(j, "default", info->otherwise);
        json_bool(j, "is_default", !is_set);
        json_number(j, "min", info->min);
        json_number(j, "max", info->max);
        answer_both(call, "unit", info->unit[LANG_JA], info->unit[LANG_EN]);
        answer_both(call, "help", info->help[LANG_JA], info->help[LANG_EN]);
        json_text(j, "changed_by", is_set ? row.actor : NULL);
        answer_instant(call, "changed_at", is_set ? row.at_ms : 0);
        json_end(j);
    }
    answer_list_close(call, NULL);
    return true;
}

/* ---- backups ---- */

bool read_backups(struct call *call, struct err *e)
{
    int64_t limit = call_limit(call), count = 0;
    struct journal_query query = {.stream = "desk", .operation = "store.backup", .to = INSTANT_NEVER,
                                  .is_descending = true, .limit = limit};
    struct journal_row row;
    struct rows *rows = store_journal(call->reader, &query);
    answer_list_open(call);
    while (count++ < limit && journal_next(rows, &row)) {
        json_open(&call->json, NULL);
        json_number(&call->json, "seq", row.seq);
        answer_instant(call, "at", row.entry.at.ms);
        answer_instant(call, "wall", row.entry.wall.ms);
        json_text(&call->json, "actor", row.entry.actor);
        json_text(&call->json, "file", row.entry.entity);
        json_text(&call->json, "reason", row.entry.reason);
        json_end(&call->json);
    }
    answer_list_close(call, NULL);
    return answer_rows_end(rows, e);
}
