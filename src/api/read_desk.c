/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_desk - the shift log, the settings, the backups that were taken.
 */
#include "api/console_priv.h"

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

bool read_notes(struct call *call, struct err *e)
{
    int64_t after = INT64_MAX, limit = call_limit(call), count = 0, last = 0;
    if (!call_after(call, &after, e)) {
        return false;
    }
    struct query query = {.table = TABLE_shift_note, .order_column = -1, .is_descending = true, .where_count = 1,
                          .where = {{table_column(TABLE_shift_note, "id"), WHERE_LT, after, NULL}}};
    if (call_text(call, "unit")) {
        query.where[query.where_count++] = (struct where){table_column(TABLE_shift_note, "unit"), WHERE_EQ, 0, call_text(call, "unit")};
    }
    if (call_text(call, "run")) {
        query.where[query.where_count++] = (struct where){table_column(TABLE_shift_note, "run"), WHERE_EQ, call_number(call, "run", 0), NULL};
    }
    if (call_bool(call, "unread")) {
        query.where[query.where_count++] = (struct where){table_column(TABLE_shift_note, "is_handover"), WHERE_NE, 0, NULL};
        query.where[query.where_count++] = (struct where){table_column(TABLE_shift_note, "read_ms"), WHERE_EQ, 0, NULL};
    }
    struct shift_note_row row;
    struct rows *rows = store_query(call->reader, &query);
    answer_list_open(call);
    while (count <= limit && rows_next(rows, &row)) {
        if (!may_read(call, &row) || (*row.unit && !call_sees(call, row.unit)) || count++ == limit) {
            continue;
        }
        last = row.id;
        note_answer(call, &row);
    }
    answer_list_close(call, count > limit ? arena_printf(call->into, "%lld", (long long)last) : NULL);
    return answer_rows_end(rows, e);
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
