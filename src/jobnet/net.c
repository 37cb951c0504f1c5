/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net - compiling a root jobnet: nodes in definition order, relations counted, then filled.
 */
#include "jobnet/net.h"

#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "base/map.h"
#include "jobnet/net_priv.h"
#include "jobnet/unit_priv.h"

enum { PRIORITY_DEFAULT = 1, KEEP_RUNS_DEFAULT = 1, GIVE_UP_DAYS_DEFAULT = 2 };

struct builder {
    struct arena *into, *scratch;
    struct net *net;
    const struct unit **units; /* of each node, while building */
};

static size_t unit_count(const struct unit *top)
{
    size_t n = 0;
    const struct unit *at = top;
    while (at) { /* without recursion: down, across, up */
        n++;
        if (at->first_child) {
            at = at->first_child;
            continue;
        }
        while (at != top && !at->next_sibling) {
            at = at->parent;
        }
        at = at == top ? NULL : at->next_sibling;
    }
    return n;
}

static enum node_kind kind_of(const struct unit *unit)
{
    const struct unit_type_row *row = unit_type_row(unit->type);
    if (!row->can_run) {
        return NODE_REFUSED;
    }
    return row->kind == KIND_NET ? NODE_NET : row->kind == KIND_JUDGMENT ? NODE_JUDGMENT : NODE_JOB;
}

static enum hold_rule hold_of(const struct unit *unit)
{
    return unit_says(unit, KEY_HA, "y")   ? HOLD_YES
           : unit_says(unit, KEY_HA, "w") ? HOLD_AFTER_WARNING
           : unit_says(unit, KEY_HA, "a") ? HOLD_AFTER_ABNORMAL
                                          : HOLD_NO;
}

static enum unit_class class_of(const struct unit *unit)
{
    static const struct {
        const char *word;
        enum unit_class class;
    } words[] = {{"update", CLASS_UPDATE}, {"read", CLASS_READ}, {"print", CLASS_PRINT}, {"transfer", CLASS_TRANSFER},
                 {"switch", CLASS_SWITCH}};
    for (size_t i = 0; i < COUNT(words); i++) {
        if (unit_says(unit, KEY_X_CLASS, words[i].word)) {
            return words[i].class;
        }
    }
    return CLASS_NONE;
}

/* An x_ key that nobody knows may be a gate that would not hold; te= and sc= together leave open what is to run. */
static void note_odd(struct builder *b, const struct unit *unit)
{
    if (b->net->odd) {
        return;
    }
    for (size_t i = 0; i < unit->param_count; i++) {
        const struct param *p = &unit->params[i];
        if (p->known < 0 && str_starts(p->key, "x_")) {
            b->net->odd = arena_printf(b->into, "%s: %s=", unit->name, p->key);
        }
    }
    if (unit_param(unit, KEY_TE, NULL) && unit_param(unit, KEY_SC, NULL)) {
        b->net->odd = arena_printf(b->into, "%s: te= + sc=", unit->name);
    }
}

static void node_fill(struct builder *b, int32_t n, const struct net_node *upper, const struct net_above *above)
{
    const struct unit *unit = b->units[n];
    struct net_node *node = &b->net->nodes[n];
    const char *agent = unit_text(b->into, unit, KEY_EX);
    const char *comment = unit_text(b->into, unit, KEY_CM);
    node->name = arena_copy(b->into, unit->name);
    node->comment = comment ? comment : "";
    node->agent = agent ? agent : upper ? upper->agent : above && above->agent ? arena_copy(b->into, above->agent) : NULL;
    int64_t inherited = upper ? upper->priority : above && above->priority ? above->priority : PRIORITY_DEFAULT;
    node->priority = (uint8_t)unit_number(unit, KEY_PR, inherited);
    node->kind = (uint8_t)kind_of(unit);
    node->type = (uint8_t)unit->type;
    node->hold = (uint8_t)hold_of(unit);
    enum unit_class class = class_of(unit);
    node->class = class != CLASS_NONE || !upper ? (uint8_t)class : upper->class;
    node->is_clean_output = unit_says(unit, KEY_X_OUTPUT, "clean") || (upper && upper->is_clean_output);
    node->required_minutes = (uint16_t)unit_number(unit, KEY_FD, 0);
    node->timeout_minutes = (uint16_t)unit_number(unit, KEY_ETM, 0);
    node->gate_count = (uint16_t)gates_of(b->into, unit, &node->gates);
    node->waits = net_waits_of(b->into, unit);
    node->effect = net_effect_of(b->into, unit);
    node->dependent = node->judged_by = -1;
    node->has_own_schedule = upper && node->kind == NODE_NET && unit_says(unit, KEY_DE, "n");
    if (!upper || node->has_own_schedule) {
        struct schedule *schedule = arena_new(b->into, struct schedule);
        schedule_of(b->into, unit, schedule);
        node->schedule = schedule;
    }
    note_odd(b, unit);
    if (node->kind == NODE_JOB) {
        node->job = net_job_of(b->into, unit);
    } else if (node->kind == NODE_JUDGMENT) {
        node->judgment = net_judgment_of(b->into, unit);
    } else if (node->kind == NODE_REFUSED && b->net->refused_node < 0) {
        b->net->refused_node = n;
    }
}

/* Preorder: parents before children, siblings in their order. */
static void nodes_fill(struct builder *b, const struct unit *top, const struct net_above *above)
{
    int32_t n = 0, parent = -1;
    int32_t *last_child = arena_array(b->scratch, int32_t, (size_t)b->net->node_count);
    const struct unit *at = top;
    while (at) {
        struct net_node *node = &b->net->nodes[n];
        b->units[n] = at;
        node->parent = parent;
        node->first_child = node->next_sibling = -1;
        last_child[n] = -1;
        if (parent >= 0) {
            *(last_child[parent] < 0 ? &b->net->nodes[parent].first_child
                                     : &b->net->nodes[last_child[parent]].next_sibling) = n;
            last_child[parent] = n;
        }
        node_fill(b, n, parent >= 0 ? &b->net->nodes[parent] : NULL, above);
        if (at->first_child) {
            parent = n++;
            at = at->first_child;
            continue;
        }
        n++;
        while (at != top && !at->next_sibling) {
            at = at->parent;
            parent = b->net->nodes[parent].parent;
        }
        at = at == top ? NULL : at->next_sibling;
    }
}

struct ends {
    int32_t from, to;
    bool is_con;
};

static int32_t child_find(const struct net *net, int32_t parent, const struct map *by_name, struct str name)
{
    if (by_name->n) {
        intptr_t found = (intptr_t)map_get_bytes(by_name, name.at, name.n);
        return (int32_t)found - 1;
    }
    for (int32_t c = net->nodes[parent].first_child; c >= 0; c = net->nodes[c].next_sibling) {
        if (str_is(name, net->nodes[c].name)) {
            return c;
        }
    }
    return -1;
}

enum { MANY_CHILDREN = 16 };

static size_t relations_of(struct builder *b, int32_t parent, struct ends *ends)
{
    struct map by_name = {0};
    struct net *net = b->net;
    if (b->units[parent]->child_count > MANY_CHILDREN) {
        for (int32_t c = net->nodes[parent].first_child; c >= 0; c = net->nodes[c].next_sibling) {
            (void)map_put(&by_name, net->nodes[c].name, (void *)(intptr_t)(c + 1));
        }
    }
    size_t count = 0;
    for (const struct param *p = NULL; (p = unit_param(b->units[parent], KEY_AR, p));) {
        struct relation relation;
        if (!relation_parse(p->value, &relation)) {
            continue; /* unit_parse has refused it */
        }
        int32_t from = child_find(net, parent, &by_name, relation.from), to = child_find(net, parent, &by_name, relation.to);
        if (from >= 0 && to >= 0) {
            ends[count++] = (struct ends){from, to, relation.is_con};
        }
    }
    map_close(&by_name);
    return count;
}

static void edges_fill(struct builder *b)
{
    struct net *net = b->net;
    struct arena tmp = {0};
    size_t max = 0, count = 0;
    for (int32_t n = 0; n < net->node_count; n++) {
        for (const struct param *p = NULL; (p = unit_param(b->units[n], KEY_AR, p));) {
            max++;
        }
    }
    struct ends *ends = arena_array(&tmp, struct ends, max + 1);
    for (int32_t n = 0; n < net->node_count; n++) {
        if (net->nodes[n].kind == NODE_NET) {
            count += relations_of(b, n, ends + count);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (ends[i].is_con) {
            net->nodes[ends[i].from].dependent = ends[i].to;
            net->nodes[ends[i].to].judged_by = ends[i].from;
        } else {
            net->nodes[ends[i].from].succ_count++;
            net->nodes[ends[i].to].pred_count++;
        }
    }
    net->edges = arena_array(b->into, int32_t, 2 * count + 1);
    uint32_t at = 0;
    for (int32_t n = 0; n < net->node_count; n++) {
        net->nodes[n].pred_from = at;
        at += net->nodes[n].pred_count;
        net->nodes[n].succ_from = at;
        at += net->nodes[n].succ_count;
        net->nodes[n].pred_count = net->nodes[n].succ_count = 0; /* counted up again while filling */
    }
    for (size_t i = 0; i < count; i++) {
        if (!ends[i].is_con) {
            struct net_node *from = &net->nodes[ends[i].from], *to = &net->nodes[ends[i].to];
            net->edges[from->succ_from + from->succ_count++] = ends[i].to;
            net->edges[to->pred_from + to->pred_count++] = ends[i].from;
        }
    }
    arena_close(&tmp);
}

static void root_fill(struct builder *b, const struct unit *unit)
{
    struct net *net = b->net;
    net->deadline = deadline_of(unit);
    net->calendar_of = unit_text(b->into, unit, KEY_JC);
    net->flow = unit_text(b->into, unit, KEY_X_FLOW);
    net->is_multi = unit_says(unit, KEY_MS, "mlt");
    net->is_concurrent = unit_says(unit, KEY_MP, "y");
    net->starts_by_gates = unit_says(unit, KEY_X_START, "gates");
    net->missed = unit_says(unit, KEY_X_MISSED, "run")      ? MISSED_RUN
                  : unit_says(unit, KEY_X_MISSED, "latest") ? MISSED_LATEST
                  : unit_says(unit, KEY_X_MISSED, "skip")   ? MISSED_SKIP
                                                            : MISSED_DEFAULT;
    net->keep_runs = (int32_t)unit_number(unit, KEY_RG, KEEP_RUNS_DEFAULT);
    net->give_up_days = unit_says(unit, KEY_CD, "un") ? 0 : (int32_t)unit_number(unit, KEY_CD, GIVE_UP_DAYS_DEFAULT);
}

bool net_make(struct arena *into, const struct unit *unit, const char *path, const struct net_above *above,
              const struct net **ret, struct err *e)
{
    size_t count = unit_count(unit);
    if (count > NET_NODES_MAX) {
        return err_set(e, ERR_TOO_LARGE, "%s" ARG "%u units", path, NET_NODES_MAX);
    }
    struct arena tmp = {0};
    struct net *net = arena_new(into, struct net);
    net->path = arena_copy(into, path);
    net->node_count = (int32_t)count;
    net->refused_node = -1;
    net->nodes = arena_array(into, struct net_node, count);
    struct builder b = {.into = into, .scratch = &tmp, .net = net, .units = arena_array(&tmp, const struct unit *, count)};
    nodes_fill(&b, unit, above);
    edges_fill(&b);
    root_fill(&b, unit);
    arena_close(&tmp);
    *ret = net;
    return true;
}

const char *net_node_path(struct arena *into, const struct net *net, int32_t node)
{
    if (node == 0) {
        return arena_copy(into, net->path);
    }
    const char *parts[UNIT_DEPTH_MAX + 2];
    size_t n = 0;
    for (int32_t at = node; at > 0 && n < COUNT(parts); at = net->nodes[at].parent) {
        parts[n++] = net->nodes[at].name;
    }
    struct strbuf text = {0};
    strbuf_text(&text, net->path);
    while (n--) {
        strbuf_char(&text, '/');
        strbuf_text(&text, parts[n]);
    }
    const char *copy = arena_copy_bytes(into, text.at, text.n);
    strbuf_close(&text);
    return copy;
}

int32_t net_node_find(const struct net *net, const char *name)
{
    struct arena tmp = {0};
    int32_t found = -1, count = 0;
    size_t prefix = strlen(net->path);
    for (int32_t n = 0; n < net->node_count; n++) {
        const char *path = net_node_path(&tmp, net, n);
        bool is_exact = strcmp(path, name) == 0 || (n > 0 && strcmp(path + prefix + 1, name) == 0);
        if (is_exact) {
            found = n;
            count = 1;
            break;
        }
        if (strcmp(net->nodes[n].name, name) == 0) {
            found = n;
            count++;
        }
    }
    arena_close(&tmp);
    return count == 1 ? found : -1;
}
