/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page - the functions of page.h.
 */
#include "api/page.h"

#include "base/limits.h"

enum { BATCH_ROWS_MAX = 512 };

void page_filter(struct page *page, const char *column, enum where_op op, int64_t number)
{
    page->where[page->where_count++] = (struct where){table_column(page->table, column), op, number, NULL};
}

void page_filter_text(struct page *page, const char *column, enum where_op op, const char *text)
{
    page->where[page->where_count++] = (struct where){table_column(page->table, column), op, 0, text};
}

static int64_t *number_at(const struct page *page, char *row, int column)
{
    return (int64_t *)(void *)(row + table_info(page->table)->columns[column].offset);
}

static bool after_read(struct call *call, struct page *page, struct err *e)
{
    const char *after = call_text(call, "after");
    struct str value, id;
    if (!after) {
        return true;
    }
    bool is_pair = str_cut(str_of(after), '-', &value, &id);
    bool is_read = page->column < 0 ? !is_pair && str_to_i64(value, 0, INT64_MAX, &page->id)
                                    : is_pair && str_to_i64(value, 0, INT64_MAX, &page->value) && str_to_i64(id, 0, INT64_MAX, &page->id);
    page->is_after = page->is_tie = is_read;
    return is_read || value_refuse(call, operation_field(call->request->operation, "after"), after, "next", e);
}

bool page_open(struct call *call, struct page *page, struct err *e)
{
    const char *sort = call_text(call, "sort");
    sort = sort ? sort : page->sort;
    page->is_descending = *sort == '-';
    sort += page->is_descending;
    page->column = str_equal(sort, table_info(page->table)->columns[0].name) ? -1 : table_column(page->table, sort);
    page->left = call_limit(call);
    page->batch_max = page->left + 1 < BATCH_ROWS_MAX ? (size_t)page->left + 1 : BATCH_ROWS_MAX;
    return after_read(call, page, e);
}

/* Behind the last row: first the others of its value, then the values beyond. */
static struct query batch_query(const struct page *page)
{
    struct query query = {.table = page->table, .where_count = page->where_count, .order_column = page->column,
                          .is_descending = page->is_descending, .limit = (int64_t)page->batch_max};
    enum where_op beyond = page->is_descending ? WHERE_LT : WHERE_GT;
    memcpy(query.where, page->where, sizeof(query.where));
    if (page->is_after && page->column < 0) {
        query.where[query.where_count++] = (struct where){0, beyond, page->id, NULL};
    } else if (page->is_after && page->is_tie) {
        query.order_column = -1;
        query.where[query.where_count++] = (struct where){page->column, WHERE_EQ, page->value, NULL};
        query.where[query.where_count++] = (struct where){0, beyond, page->id, NULL};
    } else if (page->is_after) {
        query.where[query.where_count++] = (struct where){page->column, beyond, page->value, NULL};
    }
    return query;
}

static void row_copy(struct arena *into, const struct table_info *info, const char *without, char *row)
{
    for (size_t i = 0; i < info->column_count; i++) {
        if (info->columns[i].type == COLUMN_TXT) {
            const char *text = NULL;
            memcpy(&text, row + info->columns[i].offset, sizeof(text));
            text = without && str_equal(info->columns[i].name, without) ? "" : arena_copy(into, text);
            memcpy(row + info->columns[i].offset, &text, sizeof(text));
        }
    }
}

static bool batch_read(struct call *call, struct page *page, struct err *e)
{
    const struct table_info *info = table_info(page->table);
    struct query query = batch_query(page);
    if (!page->rows) {
        page->rows = (char *)arena_array(call->into, int64_t, (page->batch_max + 1) * info->row_bytes / sizeof(int64_t));
    }
    page->n = page->at = 0;
    struct rows *rows = store_query(call->reader, &query);
    while (page->n < page->batch_max && rows_next(rows, page->rows + page->n * info->row_bytes)) {
        row_copy(call->into, info, page->without, page->rows + page->n * info->row_bytes);
        page->n++;
    }
    bool is_short = page->n < page->batch_max, was_tie = page->is_after && page->is_tie && page->column >= 0;
    page->is_tie = page->column >= 0 && !(was_tie && is_short); /* the next batch begins inside a value, unless it is read up */
    page->is_over = is_short && !was_tie;
    page->scanned += page->n;
    return answer_rows_end(rows, e);
}

bool page_row(struct call *call, struct page *page, const void **row, struct err *e)
{
    *row = NULL;
    while (page->at == page->n && !page->is_over && !page->has_more) {
        if (page->scanned >= PAGE_SCAN_MAX) {
            page->is_cut = page->has_more = true;
            return true;
        }
        if (!batch_read(call, page, e)) {
            return false;
        }
    }
    if (page->at == page->n || page->has_more) {
        return true;
    }
    char *found = page->rows + page->at++ * table_info(page->table)->row_bytes;
    page->id = *number_at(page, found, 0);
    page->value = page->column < 0 ? 0 : *number_at(page, found, page->column);
    page->is_after = true;
    *row = found;
    return true;
}

bool page_take(struct page *page)
{
    if (page->left == 0) {
        page->has_more = true;
        return false;
    }
    page->left--;
    page->taken_value = page->value;
    page->taken_id = page->id;
    return true;
}

bool page_close(struct call *call, struct page *page)
{
    int64_t value = page->is_cut ? page->value : page->taken_value, id = page->is_cut ? page->id : page->taken_id;
    const char *key = page->column < 0 ? arena_printf(call->into, "%lld", (long long)id)
                                       : arena_printf(call->into, "%lld-%lld", (long long)value, (long long)id);
    answer_list_close(call, page->has_more ? key : NULL);
    return true;
}

struct unit_filter unit_filter_of(struct call *call)
{
    const char *exact = call_text(call, "unit");
    return (struct unit_filter){exact ? exact : call_pattern(call), call_text(call, "system")};
}

bool unit_wanted(const struct call *call, const struct unit_filter *filter, const char *path)
{
    return (!filter->pattern || str_matches(path, filter->pattern)) &&
           (!filter->system || str_is(system_of(path), filter->system)) && call_sees(call, path);
}

bool entity_unit(struct call *call, const char *entity, const char **ret, struct err *e)
{
    struct str kind, number, rest;
    struct run_row row = {.id = 0};
    struct unit_row unit = {.id = 0};
    bool found = false;
    *ret = entity[0] == '/' ? entity : NULL;
    (void)str_cut(str_of(entity), '/', &kind, &rest);
    (void)str_cut(rest, '/', &number, &rest);
    if (!str_is(kind, "run") || !str_to_i64(number, 1, INT64_MAX, &row.id)) {
        return true;
    }
    if (!store_get(call->reader, call->into, TABLE_run, &row, &found, e)) {
        return false;
    }
    unit.id = row.unit;
    if (found && !store_get(call->reader, call->into, TABLE_unit, &unit, &found, e)) {
        return false;
    }
    *ret = found ? unit.path : NULL;
    return true;
}

bool entity_seen(struct call *call, const char *entity, bool *ret, struct err *e)
{
    const char *system = "";
    if (entity_is_of_people(str_of(entity))) {
        *ret = api_may(&call->request->caller, PERMISSION_AUDIT, "");
        return true;
    }
    *ret = call_sees_all(call);
    if (*ret) {
        return true;
    }
    if (!entity_system(call, entity, &system, e)) {
        return false;
    }
    *ret = *system == '\0' || api_may(&call->request->caller, PERMISSION_LOOK, system);
    return true;
}
