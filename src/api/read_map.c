/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_map - a jobnet as a picture: its units at the places that el= gives them, the lines between, the states of a run.
 *
 * One level is answered: the root's own units, or those inside a nested jobnet.
 */
#include "api/console_priv.h"

#include "jobnet/run.h"

struct map_page {
    struct call *call;
    const struct net *net;
    const struct unit **units; /* by node */
    struct map places;         /* name -> struct place_at of the level */
    struct node_row *states;   /* by node; NULL without a run */
    struct run_row run;
    int32_t inside;
};

struct place_at {
    int64_t x, y;
};

/* "NAME,type,+80 +48" */
static bool place_read(struct str value, struct str *name, struct place_at *ret)
{
    struct str rest, type, x, y;
    if (!str_cut(value, ',', name, &rest) || !str_cut(rest, ',', &type, &rest) || !str_cut(str_trim(rest), ' ', &x, &y)) {
        return false;
    }
    y = str_trim(y);
    bool has_signs = x.n > 1 && y.n > 1 && (x.at[0] == '+' || x.at[0] == '-') && (y.at[0] == '+' || y.at[0] == '-');
    if (!has_signs || !str_to_i64((struct str){x.at + 1, x.n - 1}, 0, 1000000, &ret->x) ||
        !str_to_i64((struct str){y.at + 1, y.n - 1}, 0, 1000000, &ret->y)) {
        return false;
    }
    ret->x = x.at[0] == '-' ? -ret->x : ret->x;
    ret->y = y.at[0] == '-' ? -ret->y : ret->y;
    return true;
}

static void places_read(struct map_page *page)
{
    struct arena *into = page->call->into;
    const struct unit *unit = page->units[page->inside];
    for (const struct param *p = NULL; (p = unit_param(unit, KEY_EL, p));) {
        struct str name;
        struct place_at at;
        if (place_read(p->value, &name, &at)) {
            struct place_at *kept = arena_new(into, struct place_at);
            *kept = at;
            (void)map_put(&page->places, arena_copy_bytes(into, name.at, name.n), kept);
        }
    }
}

/* As net_make numbers them: parents before children, in their order. */
static void units_number(struct map_page *page, const struct unit *top)
{
    page->units = arena_array(page->call->into, const struct unit *, (size_t)page->net->node_count + 1);
    int32_t n = 0;
    for (const struct unit *at = top; at && n < page->net->node_count;) {
        page->units[n++] = at;
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

static bool states_read(struct map_page *page, struct err *e)
{
    struct call *call = page->call;
    page->states = arena_array(call->into, struct node_row, (size_t)page->net->node_count + 1);
    for (int32_t n = 0; n < page->net->node_count; n++) {
        page->states[n] = (struct node_row){.node = n, .status = STATUS_TERM_WAIT, .code = CODE_NONE};
    }
    struct query query = {.table = TABLE_node, .order_column = -1, .where_count = 1,
                          .where = {{table_column(TABLE_node, "run"), WHERE_EQ, page->run.id, NULL}}};
    struct node_row row;
    struct rows *rows = store_query(call->reader, &query);
    while (rows_next(rows, &row)) {
        if (row.node >= 0 && row.node < page->net->node_count) {
            row.agent = row.reason = NULL; /* they live until the next row only */
            page->states[row.node] = row;
        }
    }
    page->states[0].status = page->run.status;
    return answer_rows_end(rows, e);
}

static void state_answer(struct map_page *page, int32_t n)
{
    struct call *call = page->call;
    struct json *j = &call->json;
    const struct node_row *row = page->states ? &page->states[n] : NULL;
    if (!row) {
        json_none(j, "status");
        json_none(j, "status_text");
    } else {
        answer_status(call, row->status);
    }
    json_number(j, "attempt", row ? row->attempt : 0);
    if (row && row->code != CODE_NONE) {
        json_number(j, "code", row->code);
    } else {
        json_none(j, "code");
    }
    answer_instant(call, "started", row ? row->started_ms : 0);
    answer_instant(call, "ended", row ? row->ended_ms : 0);
    json_bool(j, "is_held", row && (row->flags & NODE_HELD));
}

static void node_answer(struct map_page *page, int32_t n)
{
    struct call *call = page->call;
    struct json *j = &call->json;
    const struct net_node *node = &page->net->nodes[n];
    const struct place_at *at = map_get(&page->places, node->name);
    json_open(j, NULL);
    json_number(j, "number", n);
    json_number(j, "parent", node->parent);
    json_text(j, "name", node->name);
    json_text(j, "path", net_node_path(call->into, page->net, n));
    json_text(j, "type", unit_type_row((enum unit_type)node->type)->text);
    json_text(j, "title", node->comment);
    if (at) {
        json_number(j, "x", at->x);
        json_number(j, "y", at->y);
    } else {
        json_none(j, "x");
        json_none(j, "y");
    }
    state_answer(page, n);
    json_bool(j, "has_children", node->first_child >= 0);
    json_number(j, "minutes", node->required_minutes);
    json_number(j, "gates", node->gate_count);
    json_end(j);
}

static void edges_answer(struct map_page *page)
{
    struct json *j = &page->call->json;
    json_list(j, "edges");
    for (int32_t n = page->net->nodes[page->inside].first_child; n >= 0; n = page->net->nodes[n].next_sibling) {
        const struct net_node *node = &page->net->nodes[n];
        for (uint16_t i = 0; i < node->pred_count; i++) {
            json_open(j, NULL);
            json_number(j, "from", page->net->edges[node->pred_from + i]);
            json_number(j, "to", n);
            json_text(j, "kind", "seq");
            json_end(j);
        }
        if (node->dependent >= 0) {
            json_open(j, NULL);
            json_number(j, "from", n);
            json_number(j, "to", node->dependent);
            json_text(j, "kind", "con");
            json_end(j);
        }
    }
    json_end(j);
}

static void page_answer(struct map_page *page, const struct unit_row *unit, const struct version_row *version)
{
    struct call *call = page->call;
    struct json *j = &call->json;
    json_open(j, NULL);
    json_text(j, "unit", unit->path);
    json_text(j, "title", unit->comment);
    if (page->run.id) {
        json_number(j, "run", page->run.id);
        answer_status(call, page->run.status);
    } else {
        json_none(j, "run");
        json_none(j, "status");
        json_none(j, "status_text");
    }
    json_number(j, "version", version->number);
    json_number(j, "inside", page->inside);
    json_text(j, "inside_path", net_node_path(call->into, page->net, page->inside));
    json_bool(j, "has_coordinates", page->places.n > 0);
    json_list(j, "nodes");
    for (int32_t n = page->net->nodes[page->inside].first_child; n >= 0; n = page->net->nodes[n].next_sibling) {
        node_answer(page, n);
    }
    json_end(j);
    edges_answer(page);
    json_end(j);
}

/* The version of the run, of the number asked for, or the newest. */
static bool version_choose(struct map_page *page, const struct unit_row *unit, struct version_row *ret, struct err *e)
{
    struct call *call = page->call;
    bool found = false;
    if (!call_text(call, "run")) {
        return version_get(call, unit, call_number(call, "version", 0), ret, e);
    }
    if (!run_get(call, call_number(call, "run", 0), &page->run, e)) {
        return false;
    }
    struct version_row row = {.id = page->run.version};
    if (page->run.unit != unit->id || !store_get(call->reader, call->into, TABLE_version, &row, &found, e)) {
        call->field = "run";
        return page->run.unit == unit->id ? false : err_set(e, ERR_NOT_FOUND, "run" ARG "%s", call_text(call, "run"));
    }
    *ret = row;
    return found || err_set(e, ERR_NOT_FOUND, "version" ARG "run %s", call_text(call, "run")); /* an imported baseline */
}

static bool map_answer(struct map_page *page, struct err *e)
{
    struct call *call = page->call;
    struct unit_row unit;
    struct version_row version;
    CLEANUP(diags_close) struct diags diags = {0};
    const struct unit_file *file = NULL;
    struct net_above above = {0};
    if (!unit_get(call, call_text(call, "unit"), &unit, e)) {
        call->field = "unit";
        return false;
    }
    if (unit.is_group) {
        call->field = "unit";
        return err_set(e, ERR_NOT_A_NET, "%s", unit.path);
    }
    if (!version_choose(page, &unit, &version, e)) {
        return false;
    }
    if (!unit_parse(call->into, version.text, strlen(version.text), &diags, &file)) {
        return err_set(e, ERR_INTERNAL, "stored definition of %.200s", unit.path);
    }
    if (!net_make(call->into, file->first, unit.path, &above, &page->net, e) || (page->run.id && !states_read(page, e))) {
        return false;
    }
    page->inside = (int32_t)call_number(call, "inside", 0);
    if (call_number(call, "inside", 0) < 0 || call_number(call, "inside", 0) >= page->net->node_count) {
        call->field = "inside";
        return err_set(e, ERR_NOT_FOUND, "node" ARG "%s", call_text(call, "inside"));
    }
    units_number(page, file->first);
    places_read(page);
    page_answer(page, &unit, &version);
    return true;
}

bool read_map(struct call *call, struct err *e)
{
    struct map_page page = {.call = call};
    bool is_good = map_answer(&page, e);
    map_close(&page.places);
    return is_good;
}
