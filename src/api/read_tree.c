/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_tree - the tree of definitions, one level at a time; and where a script, host or file is named in them.
 *
 * Groups and root jobnets are rows of the store; what lies below a root jobnet is read from its definition.
 */
#include "api/console_priv.h"

#include "api/words.h"

enum { BATCH = 256, SEARCH_ITEMS_MAX = 500, SEARCH_TEXT_MIN = 2 };

/* ---- one level ---- */

static bool has_below(struct call *call, const char *path, bool *ret, struct err *e)
{
    int column = table_column(TABLE_unit, "path");
    struct query query = {.table = TABLE_unit, .order_column = column, .limit = 1, .where_count = 3,
                          .where = {{column, WHERE_GT, 0, arena_printf(call->into, "%s/", path)},
                                    {column, WHERE_LT, 0, arena_printf(call->into, "%s0", path)}, /* '0' follows '/' */
                                    {table_column(TABLE_unit, "is_deleted"), WHERE_EQ, 0, NULL}}};
    struct unit_row row;
    struct rows *rows = store_query(call->reader, &query);
    *ret = rows_next(rows, &row);
    return answer_rows_end(rows, e);
}

static bool registered_answer(struct call *call, const struct unit_row *unit, struct err *e)
{
    struct registration_row row = {.unit = unit->id};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_registration, &row, &found, e)) {
        return false;
    }
    json_text(&call->json, "registered", found ? registration_word(row.kind) : "none");
    return true;
}

static bool last_answer(struct call *call, const struct unit_row *unit, struct err *e)
{
    struct query query = {.table = TABLE_run, .order_column = -1, .is_descending = true, .limit = 1, .where_count = 1,
                          .where = {{table_column(TABLE_run, "unit"), WHERE_EQ, unit->id, NULL}}};
    struct run_row run;
    struct rows *rows = store_query(call->reader, &query);
    if (rows_next(rows, &run)) {
        json_number(&call->json, "last_run", run.id);
        json_text(&call->json, "last_status", run.status >= 0 && run.status < STATUSES ? status_row((enum status)run.status)->name : "unknown");
    } else {
        json_none(&call->json, "last_run");
        json_none(&call->json, "last_status");
    }
    return answer_rows_end(rows, e);
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool row_answer(struct call *call, const struct unit_row *unit, struct err *e)
{
    struct json *j = &call->json;
    bool has_children = true;
    if (unit->is_group && !has_below(call, unit->path, &has_children, e)) {
        return false;
    }
    json_open(j, NULL);
    json_text(j, "path", unit->path);
    json_text(j, "name", last_part(unit->path));
    json_text(j, "title", unit->comment);
    json_text(j, "type", unit->type);
    json_bool(j, "is_group", unit->is_group);
    json_bool(j, "is_root", !unit->is_group);
    json_bool(j, "has_children", has_children);
    if (unit->is_group) {
        json_none(j, "registered");
        json_none(j, "last_run");
        json_none(j, "last_status");
    } else if (!registered_answer(call, unit, e) || !last_answer(call, unit, e)) {
        return false;
    }
    json_end(j);
    return true;
}

struct level {
    const char *prefix;        /* "/G/" */
    VEC(struct unit_row) rows;
    const char *cursor;        /* read on from here, inclusive if `is_inclusive` */
    bool is_inclusive, is_over;
};

/* Children of the prefix, at most `max` more; what lies deeper is jumped over. */
static bool level_read(struct call *call, struct level *level, size_t max, struct err *e)
{
    int column = table_column(TABLE_unit, "path");
    size_t n = strlen(level->prefix);
    struct query query = {.table = TABLE_unit, .order_column = column, .limit = BATCH, .where_count = 3,
                          .where = {{column, level->is_inclusive ? WHERE_GE : WHERE_GT, 0, level->cursor},
                                    {column, WHERE_LT, 0, arena_printf(call->into, "%.*s0", (int)n - 1, level->prefix)},
                                    {table_column(TABLE_unit, "is_deleted"), WHERE_EQ, 0, NULL}}};
    struct unit_row row;
    size_t seen = 0;
    bool is_jump = false;
    struct rows *rows = store_query(call->reader, &query);
    while (!is_jump && level->rows.n < max && rows_next(rows, &row)) {
        const char *deeper = strchr(row.path + n, '/');
        seen++;
        level->is_inclusive = is_jump = deeper != NULL;
        level->cursor = deeper ? arena_printf(call->into, "%.*s0", (int)(deeper - row.path), row.path) : arena_copy(call->into, row.path);
        if (!deeper && call_sees(call, row.path)) {
            row.path = arena_copy(call->into, row.path);
            row.type = arena_copy(call->into, row.type);
            row.comment = arena_copy(call->into, row.comment);
            *vec_add(&level->rows) = row;
        }
    }
    level->is_over = !is_jump && level->rows.n < max && seen < BATCH;
    return answer_rows_end(rows, e);
}

static bool level_answer(struct call *call, const char *under, struct err *e)
{
    size_t limit = (size_t)call_limit(call);
    const char *after = call_text(call, "after");
    struct level level = {.prefix = str_equal(under, "/") ? "/" : arena_printf(call->into, "%s/", under)};
    level.cursor = after && strcmp(after, level.prefix) > 0 ? after : level.prefix;
    bool is_good = true;
    while (is_good && !level.is_over && level.rows.n <= limit) {
        is_good = level_read(call, &level, limit + 1, e);
    }
    size_t shown = level.rows.n > limit ? limit : level.rows.n;
    answer_list_open(call);
    for (size_t i = 0; i < shown && is_good; i++) {
        is_good = row_answer(call, &level.rows.at[i], e);
    }
    answer_list_close(call, shown < level.rows.n ? level.rows.at[shown - 1].path : NULL);
    vec_close(&level.rows);
    return is_good;
}

/* ---- below a root jobnet ---- */

static void inner_answer(struct call *call, const struct unit *unit, const char *above)
{
    struct json *j = &call->json;
    const char *title = unit_text(call->into, unit, KEY_CM);
    json_open(j, NULL);
    json_text(j, "path", arena_printf(call->into, "%s/%s", above, unit->name));
    json_text(j, "name", unit->name);
    json_text(j, "title", title ? title : "");
    json_text(j, "type", unit_type_row(unit->type)->text);
    json_bool(j, "is_group", false);
    json_bool(j, "is_root", false);
    json_bool(j, "has_children", unit->first_child != NULL);
    json_none(j, "registered");
    json_none(j, "last_run");
    json_none(j, "last_status");
    json_end(j);
}

static bool inner_level(struct call *call, const struct unit_row *root, const char *under, struct err *e)
{
    struct version_row version;
    const struct unit_file *file = NULL;
    CLEANUP(diags_close) struct diags diags = {0};
    if (!version_get(call, root, 0, &version, e)) {
        return false;
    }
    if (!unit_parse(call->into, version.text, strlen(version.text), &diags, &file)) {
        return err_set(e, ERR_INTERNAL, "stored version %lld", (long long)version.id);
    }
    const char *inside = arena_printf(call->into, "/%s%s", file->first->name, under + strlen(root->path));
    const struct unit *unit = unit_find(file, inside);
    if (!unit) {
        call->field = "under";
        return err_set(e, ERR_NOT_FOUND, "unit" ARG "%.200s", under);
    }
    const char *after = call_text(call, "after"), *next = NULL;
    int64_t left = call_limit(call);
    bool is_past = after == NULL;
    answer_list_open(call);
    for (const struct unit *at = unit->first_child; at; at = at->next_sibling) {
        if (is_past && left-- > 0) {
            inner_answer(call, at, under);
            next = at->next_sibling ? at->name : NULL;
        }
        is_past = is_past || str_equal(at->name, after);
    }
    answer_list_close(call, left < 0 ? next : NULL);
    return true;
}

/* The group or root jobnet that a path names or lies in. */
bool unit_root_get(struct call *call, const char *path, struct unit_row *ret, struct err *e)
{
    char *at = arena_copy(call->into, path);
    for (;;) {
        if (unit_get(call, at, ret, e)) {
            return str_equal(at, path) || !ret->is_group || err_set(e, ERR_NOT_FOUND, "unit" ARG "%.200s", path);
        }
        char *slash = strrchr(at, '/');
        if (e->code != ERR_NOT_FOUND || !slash || slash == at) {
            return false;
        }
        *slash = '\0';
    }
}

bool read_tree(struct call *call, struct err *e)
{
    const char *under = call_text(call, "under");
    struct unit_row root;
    if (!under || str_equal(under, "/")) {
        return level_answer(call, "/", e);
    }
    call->field = "under";
    if (!unit_root_get(call, under, &root, e)) {
        return false;
    }
    call->field = NULL;
    return root.is_group ? level_answer(call, under, e) : inner_level(call, &root, under, e);
}

/* ---- who names this? ---- */

struct search {
    struct call *call;
    const char *text;
    const char *path;          /* of the root jobnet or group in hand */
    int64_t count;
};

static void param_answer(struct search *search, const struct unit *unit, const struct param *param)
{
    struct json *j = &search->call->json;
    char *value = arena_copy_bytes(search->call->into, param->value.at, param->value.n);
    if (search->count >= SEARCH_ITEMS_MAX || !strstr(value, search->text)) {
        return;
    }
    size_t top = strcspn(unit_path(search->call->into, unit, "") + 1, "/");
    search->count++;
    json_open(j, NULL);
    json_text(j, "unit", arena_printf(search->call->into, "%s%s", search->path, unit_path(search->call->into, unit, "") + 1 + top));
    json_text(j, "root", search->path);
    json_text(j, "type", unit_type_row(unit->type)->text);
    json_text(j, "key", param->key);
    json_text(j, "text", value);
    json_number(j, "line", param->at.line);
    json_end(j);
}

static void unit_search(struct search *search, const struct unit *top)
{
    for (const struct unit *at = top; at;) {
        for (size_t i = 0; i < at->param_count; i++) {
            if (at->params[i].known != KEY_EL && at->params[i].known != KEY_AR) {
                param_answer(search, at, &at->params[i]);
            }
        }
        if (at->first_child) {
            at = at->first_child;
            continue;
        }
        while (at != top && !at->next_sibling) {
            at = at->parent;
        }
        at = at == top ? NULL : at->next_sibling;
    }
}

/* Only definitions whose text holds the words at all are parsed. */
static bool version_search(struct search *search, const struct unit_row *unit, struct err *e)
{
    struct arena tmp = {0};
    struct version_row version = {.id = unit->version};
    bool found = false;
    bool is_good = store_get(search->call->reader, &tmp, TABLE_version, &version, &found, e);
    if (is_good && found && strstr(version.text, search->text)) {
        CLEANUP(diags_close) struct diags diags = {0};
        const struct unit_file *file = NULL;
        if (unit_parse(&tmp, version.text, strlen(version.text), &diags, &file)) {
            search->path = unit->path;
            unit_search(search, file->first);
        }
    }
    arena_close(&tmp);
    return is_good;
}

bool read_unit_search(struct call *call, struct err *e)
{
    struct search search = {.call = call, .text = call_text(call, "q")};
    int column = table_column(TABLE_unit, "path");
    const char *after = call_text(call, "after");
    if (strlen(search.text) < SEARCH_TEXT_MIN) {
        return value_refuse(call, operation_field(call->request->operation, "q"), search.text, "2文字以上 / 2 letters or more", e);
    }
    struct query query = {.table = TABLE_unit, .order_column = column, .where_count = 2,
                          .where = {{table_column(TABLE_unit, "is_deleted"), WHERE_EQ, 0, NULL},
                                    {column, WHERE_GT, 0, after ? after : ""}}};
    VEC(struct unit_row) units = {0};
    struct unit_row row;
    struct rows *rows = store_query(call->reader, &query);
    while (rows_next(rows, &row)) {
        row.path = arena_copy(call->into, row.path);
        *vec_add(&units) = row;
    }
    bool is_good = answer_rows_end(rows, e);
    const char *next = NULL;
    answer_list_open(call);
    for (size_t i = 0; i < units.n && is_good && !next; i++) {
        if (call_sees(call, units.at[i].path)) {
            is_good = version_search(&search, &units.at[i], e);
        }
        next = search.count >= call_limit(call) && i + 1 < units.n ? units.at[i].path : NULL;
    }
    answer_list_close(call, next);
    vec_close(&units);
    return is_good;
}
