/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve - names that people use to the rows of the store: units, runs, nodes, versions.
 */
#include "api/api_priv.h"

static bool not_found(const char *what, const char *name, struct err *e)
{
    return err_set(e, ERR_NOT_FOUND, "%s" ARG "%.200s", what, name);
}

/* The first row of a query, its text copied by reading it again by key. */
static bool first_id(struct call *call, const struct query *query, void *row, bool *found, struct err *e)
{
    struct rows *rows = store_query(call->reader, query);
    *found = rows_next(rows, row);
    return answer_rows_end(rows, e);
}

bool unit_get_id(struct call *call, int64_t id, struct unit_row *ret, struct err *e)
{
    bool found = false;
    struct unit_row row = {.id = id};
    if (!store_get(call->reader, call->into, TABLE_unit, &row, &found, e)) {
        return false;
    }
    *ret = row;
    return
        found || not_found("unit", arena_printf(call->into, "%lld", (long long)id), e);
}

bool unit_get(struct call *call, const char *path, struct unit_row *ret, struct err *e)
{
    struct query query = {.table = TABLE_unit,
                          .where = {{table_column(TABLE_unit, "path"), WHERE_EQ, 0, path},
                                    {table_column(TABLE_unit, "is_deleted"), WHERE_EQ, 0, NULL}},
                          .where_count = 2,
                          .order_column = -1,
                          .limit = 1};
    struct unit_row row;
    bool found = false;
    if (!first_id(call, &query, &row, &found, e)) {
        return false;
    }
    return found ? unit_get_id(call, row.id, ret, e) : not_found("unit", path, e);
}

bool version_get(struct call *call, const struct unit_row *unit, int64_t number, struct version_row *ret, struct err *e)
{
    struct version_row key = {.id = unit->version};
    bool found = false;
    if (number > 0) {
        struct query query = {.table = TABLE_version,
                              .where = {{table_column(TABLE_version, "unit"), WHERE_EQ, unit->id, NULL},
                                        {table_column(TABLE_version, "number"), WHERE_EQ, number, NULL}},
                              .where_count = 2,
                              .order_column = -1,
                              .limit = 1};
        if (!first_id(call, &query, &key, &found, e)) {
            return false;
        }
        if (!found) {
            return not_found("version", arena_printf(call->into, "%s %lld", unit->path, (long long)number), e);
        }
    }
    struct version_row wanted = {.id = key.id};
    if (!store_get(call->reader, call->into, TABLE_version, &wanted, &found, e)) {
        return false;
    }
    *ret = wanted;
    return found || not_found("version", unit->path, e);
}

bool run_get(struct call *call, int64_t id, struct run_row *ret, struct err *e)
{
    struct run_row row = {.id = id};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_run, &row, &found, e)) {
        return false;
    }
    *ret = row;
    return found || not_found("run", arena_printf(call->into, "%lld", (long long)id), e);
}

bool run_resolve(struct call *call, const char *text, int64_t *ret, struct err *e)
{
    if (str_to_i64(str_of(text), 1, INT64_MAX / 2, ret)) {
        return true; /* whether there is one, the handler finds out */
    }
    struct unit_row unit;
    if (!unit_get(call, text, &unit, e)) {
        return false;
    }
    struct query query = {.table = TABLE_run,
                          .where = {{table_column(TABLE_run, "unit"), WHERE_EQ, unit.id, NULL}},
                          .where_count = 1,
                          .order_column = -1,
                          .is_descending = true,
                          .limit = 1};
    struct run_row row;
    bool found = false;
    if (!first_id(call, &query, &row, &found, e)) {
        return false;
    }
    if (!found) {
        return not_found("run", text, e);
    }
    *ret = row.id;
    return true;
}

bool run_net(struct call *call, const struct run_row *run, const struct net **ret, struct err *e)
{
    *ret = NULL;
    if (run->version == 0) {
        return true;
    }
    struct unit_row unit;
    struct version_row version = {.id = run->version};
    bool found = false;
    if (!unit_get_id(call, run->unit, &unit, e) ||
        !store_get(call->reader, call->into, TABLE_version, &version, &found, e)) {
        return false;
    }
    if (!found) {
        return not_found("version", unit.path, e);
    }
    CLEANUP(diags_close) struct diags diags = {0};
    const struct unit_file *file = NULL;
    if (!unit_parse(call->into, version.text, strlen(version.text), &diags, &file)) {
        return err_set(e, ERR_INTERNAL, "stored definition of %.200s", unit.path);
    }
    struct net_above above = {0};
    return net_make(call->into, file->first, unit.path, &above, ret, e);
}

bool node_resolve(struct call *call, int64_t run, const char *text, int64_t *ret, struct err *e)
{
    if (str_to_i64(str_of(text), 0, INT32_MAX, ret)) {
        return true;
    }
    struct run_row row;
    const struct net *net = NULL;
    if (!run_get(call, run, &row, e) || !run_net(call, &row, &net, e)) {
        return false;
    }
    size_t root = net ? strlen(net->path) : 0;
    bool is_full = net && strncmp(text, net->path, root) == 0 && text[root] == '/';
    int32_t node = net ? net_node_find(net, is_full ? text + root + 1 : text) : -1;
    if (node < 0) {
        return not_found("node", text, e);
    }
    *ret = node;
    return true;
}

bool unit_path_get(struct call *call, struct map *paths, int64_t unit, const char **ret, struct err *e)
{
    *ret = map_get_id(paths, (uint64_t)unit);
    if (*ret) {
        return true;
    }
    struct unit_row row = {.id = unit};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_unit, &row, &found, e)) {
        return false;
    }
    char *path = arena_copy(call->into, found ? row.path : "?");
    (void)map_put_id(paths, (uint64_t)unit, path);
    *ret = path;
    return true;
}
