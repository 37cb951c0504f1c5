/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_unit - groups and jobnets: the list, one of them, its text, its versions, what changed.
 */
#include "api/api_priv.h"

#include "api/page.h"
#include "api/words.h"
#include "base/limits.h"

static bool registration_answer(struct call *call, const struct unit_row *unit, struct err *e)
{
    struct registration_row row = {.unit = unit->id};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_registration, &row, &found, e)) {
        return false;
    }
    json_text(&call->json, "registered", found ? registration_word(row.kind) : NULL);
    json_bool(&call->json, "suspended", found && row.is_suspended);
    json_bool(&call->json, "held", found && row.is_held);
    return true;
}

static bool last_run_answer(struct call *call, const struct unit_row *unit, struct err *e)
{
    struct query query = {.table = TABLE_run,
                          .where = {{table_column(TABLE_run, "unit"), WHERE_EQ, unit->id, NULL}},
                          .where_count = 1,
                          .order_column = -1,
                          .is_descending = true,
                          .limit = 1};
    struct run_row run;
    struct rows *rows = store_query(call->reader, &query);
    if (rows_next(rows, &run)) {
        const struct status_row *status = run.status >= 0 && run.status < STATUSES ? status_row((enum status)run.status) : NULL;
        json_number(&call->json, "last_run", run.id);
        json_text(&call->json, "last_status", status ? status->name : "unknown");
        json_date(&call->json, "last_date", (struct bizday){(int32_t)run.date});
        answer_instant(call, "last_started", run.started_ms);
        answer_instant(call, "last_ended", run.ended_ms);
    }
    return answer_rows_end(rows, e);
}

static bool next_answer(struct call *call, const struct unit_row *unit, struct err *e)
{
    struct query query = {.table = TABLE_occurrence,
                          .where = {{table_column(TABLE_occurrence, "unit"), WHERE_EQ, unit->id, NULL},
                                    {table_column(TABLE_occurrence, "run"), WHERE_EQ, 0, NULL},
                                    {table_column(TABLE_occurrence, "state"), WHERE_EQ, 0, NULL}},
                          .where_count = 3,
                          .order_column = table_column(TABLE_occurrence, "start_ms"),
                          .limit = 1};
    struct occurrence_row row;
    struct rows *rows = store_query(call->reader, &query);
    if (rows_next(rows, &row)) {
        answer_instant(call, "next", row.start_ms);
        json_date(&call->json, "next_date", (struct bizday){(int32_t)row.date});
    }
    return answer_rows_end(rows, e);
}

/* Inside an open object. */
static bool unit_answer(struct call *call, const struct unit_row *unit, struct err *e)
{
    json_number(&call->json, "id", unit->id);
    json_text(&call->json, "path", unit->path);
    json_text(&call->json, "type", unit->type);
    json_text(&call->json, "comment", unit->comment);
    json_bool(&call->json, "group", unit->is_group);
    json_number(&call->json, "version", unit->version);
    return unit->is_group || (registration_answer(call, unit, e) && last_run_answer(call, unit, e) && next_answer(call, unit, e));
}

static struct query units_query(struct call *call, const char *after)
{
    const char *pattern = call_pattern(call), *kind = call_text(call, "status"), *system = call_text(call, "system"),
               *sort = call_text(call, "sort");
    int path = table_column(TABLE_unit, "path");
    struct query query = {.table = TABLE_unit, .order_column = path, .is_descending = sort && *sort == '-'};
    query.where[query.where_count++] = (struct where){table_column(TABLE_unit, "is_deleted"), WHERE_EQ, 0, NULL};
    if (pattern) {
        query.where[query.where_count++] = (struct where){path, WHERE_LIKE, 0, pattern};
    }
    if (system) {
        query.where[query.where_count++] = (struct where){path, WHERE_LIKE, 0, arena_printf(call->into, "/%s/*", system)};
    }
    if (after) {
        query.where[query.where_count++] = (struct where){path, query.is_descending ? WHERE_LT : WHERE_GT, 0, after};
    }
    if (kind) {
        query.where[query.where_count++] =
            (struct where){table_column(TABLE_unit, "is_group"), WHERE_EQ, str_equal(kind, "group"), NULL};
    }
    query.limit = call_limit(call) + 1;
    return query;
}

struct unit_page {
    VEC(struct unit_row) rows;
    const char *after;
    bool is_last;
};

/* Copied first: one cursor a reader at a time. */
static bool units_batch(struct call *call, struct unit_page *page, struct err *e)
{
    struct query query = units_query(call, page->after);
    struct unit_row row;
    struct rows *rows = store_query(call->reader, &query);
    int64_t count = 0;
    for (; rows_next(rows, &row); count++) {
        page->after = row.path = arena_copy(call->into, row.path);
        row.type = arena_copy(call->into, row.type);
        row.comment = arena_copy(call->into, row.comment);
        if (call_sees(call, row.path)) {
            *vec_add(&page->rows) = row;
        }
    }
    page->is_last = count < query.limit;
    return answer_rows_end(rows, e);
}

bool read_units(struct call *call, struct err *e)
{
    size_t limit = (size_t)call_limit(call);
    struct unit_page page = {.after = call_text(call, "after")};
    bool is_good = true;
    while (is_good && !page.is_last && page.rows.n <= limit) {
        is_good = units_batch(call, &page, e);
    }
    size_t shown = page.rows.n > limit ? limit : page.rows.n;
    answer_list_open(call);
    for (size_t i = 0; is_good && i < shown; i++) {
        json_open(&call->json, NULL);
        is_good = unit_answer(call, &page.rows.at[i], e);
        json_end(&call->json);
    }
    answer_list_close(call, shown < page.rows.n ? page.rows.at[shown - 1].path : NULL);
    vec_close(&page.rows);
    return is_good;
}

/* The tree below a unit as it was parsed. */
static void tree_answer(struct call *call, const struct unit *unit, const char *key)
{
    json_open(&call->json, key);
    json_text(&call->json, "name", unit->name);
    json_text(&call->json, "type", unit_type_row(unit->type)->text);
    json_text(&call->json, "comment", unit_text(call->into, unit, KEY_CM));
    if (unit->first_child && call->json.depth < JSON_DEPTH_MAX - 3) {
        json_list(&call->json, "units");
        for (const struct unit *child = unit->first_child; child; child = child->next_sibling) {
            tree_answer(call, child, NULL);
        }
        json_end(&call->json);
    }
    json_end(&call->json);
}

static bool version_parse(struct call *call, const struct version_row *version, const struct unit_file **ret, struct err *e)
{
    CLEANUP(diags_close) struct diags diags = {0};
    return unit_parse(call->into, version->text, strlen(version->text), &diags, ret) ||
           err_set(e, ERR_INTERNAL, "stored version %lld", (long long)version->id);
}

bool read_unit(struct call *call, struct err *e)
{
    struct unit_row unit;
    struct version_row version;
    const struct unit_file *file = NULL;
    if (!unit_get(call, call_text(call, "unit"), &unit, e) || !version_get(call, &unit, 0, &version, e)) {
        return false;
    }
    json_open(&call->json, NULL);
    if (!unit_answer(call, &unit, e) || (!unit.is_group && !version_parse(call, &version, &file, e))) {
        return false;
    }
    json_number(&call->json, "version_number", version.number);
    answer_instant(call, "made", version.made_ms);
    json_text(&call->json, "made_by", version.actor);
    json_text(&call->json, "hash", version.hash);
    if (file) {
        tree_answer(call, file->first, "tree");
    }
    json_end(&call->json);
    return true;
}

bool read_unit_text(struct call *call, struct err *e)
{
    struct unit_row unit;
    struct version_row version;
    if (!unit_get(call, call_text(call, "unit"), &unit, e) ||
        !version_get(call, &unit, call_number(call, "version", 0), &version, e)) {
        return false;
    }
    json_open(&call->json, NULL);
    json_text(&call->json, "unit", unit.path);
    json_number(&call->json, "version", version.number);
    json_text(&call->json, "text", version.text);
    json_end(&call->json);
    return true;
}

bool read_unit_versions(struct call *call, struct err *e)
{
    struct unit_row unit;
    struct page page = {.table = TABLE_version, .sort = "-id", .without = "text"};
    if (!unit_get(call, call_text(call, "unit"), &unit, e)) {
        return false;
    }
    page_filter(&page, "unit", WHERE_EQ, unit.id);
    if (call_text(call, "actor")) {
        page_filter_text(&page, "actor", WHERE_LIKE, call_text(call, "actor"));
    }
    if (!page_open(call, &page, e)) {
        return false;
    }
    const void *row;
    bool is_good;
    answer_list_open(call);
    while ((is_good = page_row(call, &page, &row, e)) && row) {
        const struct version_row *version = row;
        if (page_take(&page)) {
            json_open(&call->json, NULL);
            json_number(&call->json, "number", version->number);
            answer_instant(call, "made", version->made_ms);
            json_text(&call->json, "actor", version->actor);
            json_text(&call->json, "hash", version->hash);
            json_end(&call->json);
        }
    }
    return is_good && page_close(call, &page);
}

bool read_unit_diff(struct call *call, struct err *e)
{
    struct unit_row unit;
    struct version_row to, from;
    const struct unit_file *before = NULL, *after = NULL;
    if (!unit_get(call, call_text(call, "unit"), &unit, e) || !version_get(call, &unit, call_number(call, "to", 0), &to, e)) {
        return false;
    }
    int64_t older = call_number(call, "from", to.number > 1 ? to.number - 1 : 1);
    if (!version_get(call, &unit, older, &from, e) || !version_parse(call, &from, &before, e) ||
        !version_parse(call, &to, &after, e)) {
        return false;
    }
    struct unit_diff diff = {0};
    unit_diff(call->into, before, after, &diff);
    answer_list_open(call);
    for (size_t i = 0; i < diff.rows.n; i++) {
        json_open(&call->json, NULL);
        json_text(&call->json, "change", unit_change_word(diff.rows.at[i].change));
        json_text(&call->json, "path", diff.rows.at[i].path);
        json_text(&call->json, "key", diff.rows.at[i].key);
        json_text(&call->json, "before", diff.rows.at[i].before);
        json_text(&call->json, "after", diff.rows.at[i].after);
        json_end(&call->json);
    }
    answer_list_close(call, NULL);
    vec_close(&diff.rows);
    return true;
}
