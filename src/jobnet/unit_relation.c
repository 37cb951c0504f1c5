/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unit_relation - checks of one level: names among siblings, el=, relation lines, what depends on the parent.
 *
 * The level's units are nodes, found by name through a map once there are more than a few; relation lines are
 * edges. Cycles: Kahn's order; what remains holds a cycle, found by walking back.
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "jobnet/schedule_priv.h"
#include "jobnet/unit_priv.h"

enum { FEW_UNITS = 8 };

struct edge;
struct node {
    const struct unit *unit;
    struct edge *out;                      /* first relation from here */
    struct edge *into_remaining;           /* some relation to here from a node that remains */
    size_t in_count, seq_count, con_count; /* relations to here */
    size_t dependent_count;                /* con from here */
    bool is_walked;
};
struct edge {
    struct node *from, *to;
    struct edge *next_out;
    const struct param *param;
    bool is_con;
};

struct level {
    struct reader *r;
    const struct unit *parent; /* NULL at the top of the file */
    struct node *nodes;
    size_t n;
    struct map by_name; /* only if n > FEW_UNITS */
    struct edge *edges;
    size_t edge_count;
};

static struct node *node_find(const struct level *level, struct str name)
{
    if (level->n > FEW_UNITS) {
        return map_get_bytes(&level->by_name, name.at, name.n);
    }
    for (size_t i = 0; i < level->n; i++) {
        if (str_is(name, level->nodes[i].unit->name)) {
            return &level->nodes[i];
        }
    }
    return NULL;
}

/* Nodes are entered one by one, so that a name that is there already is a duplicate. */
static void level_fill(struct level *level, const struct unit *first, size_t count)
{
    level->nodes = arena_array(&level->r->scratch, struct node, count);
    bool has_map = count > FEW_UNITS;
    for (const struct unit *unit = first; unit; unit = unit->next_sibling) {
        struct node *node = &level->nodes[level->n];
        node->unit = unit;
        struct node *before =
            has_map ? map_get(&level->by_name, unit->name) : node_find(level, str_of(unit->name));
        level->n++;
        if (before) {
            reader_say(level->r, unit->at, unit, ERR_UNIT_DUPLICATE, "%s" ARG "%d",
                       excerpt_of(str_of(unit->name)).text, before->unit->at.line);
        } else if (has_map) {
            map_put(&level->by_name, unit->name, node);
        }
    }
}

static void check_schedule(struct reader *r, const struct unit *net)
{
    bool has_schedule = false;
    for (size_t i = 0; i < net->param_count && !has_schedule; i++) {
        int16_t known = net->params[i].known;
        has_schedule = known >= 0 && unit_key_row((enum unit_key)known)->form == FORM_SCHEDULE;
    }
    if (has_schedule && r->depth <= UNIT_DEPTH_MAX) {
        schedule_net_check(net, unit_path(&r->scratch, net, ""), r->diags);
    }
}

/* What can be said of a child only once its parent is known whole. */
static void check_child(struct reader *r, const struct unit *unit)
{
    if (unit->type == UNIT_CONDITION) {
        bool is_placed =
            strcmp(unit->name, ".CONDITION") == 0 && unit->parent && unit_is_root_net(unit->parent);
        if (!is_placed) {
            reader_say(r, unit->at, unit, ERR_UNIT_CONDITION_PLACE, "%s",
                       excerpt_of(str_of(unit->name)).text);
        }
    }
    if (unit_type_row(unit->type)->kind == KIND_NET) {
        check_schedule(r, unit);
    }
    const struct param *hold = unit_param(unit, KEY_HA, NULL);
    if (hold && (str_is(hold->value, "w") || str_is(hold->value, "a")) && !unit_is_root_net(unit)) {
        reader_say(r, hold->at, unit, ERR_UNIT_WORD, "%s" ARG "%s" ARG "%s", "ha",
                   excerpt_of(hold->value).text, "y|n");
    }
}

static void check_layout_line(const struct level *level, const struct param *param)
{
    struct layout layout;
    if (!layout_parse(param->value, &layout)) {
        return; /* told already */
    }
    struct node *node = node_find(level, layout.child);
    if (!node) {
        reader_say(level->r, param->at, level->parent, ERR_UNIT_LAYOUT_CHILD, "%s",
                   excerpt_of(layout.child).text);
        return;
    }
    const char *type = unit_type_row(node->unit->type)->text;
    if (!str_is(layout.type, type)) {
        reader_say(level->r, param->at, level->parent, ERR_UNIT_LAYOUT_TYPE, "%s" ARG "%s" ARG "%s",
                   excerpt_of(layout.child).text, excerpt_of(layout.type).text, type);
    }
}

static struct node *edge_end(const struct level *level, const struct param *param, struct str name)
{
    struct node *node = node_find(level, name);
    if (!node) {
        reader_say(level->r, param->at, level->parent, ERR_UNIT_RELATION_MISSING, "%s",
                   excerpt_of(name).text);
    }
    return node;
}

static void edge_add(struct level *level, const struct param *param)
{
    struct relation relation;
    if (!relation_parse(param->value, &relation)) {
        return; /* told already */
    }
    struct node *from = edge_end(level, param, relation.from), *to = edge_end(level, param, relation.to);
    if (!from || !to) {
        return;
    }
    struct edge *edge = &level->edges[level->edge_count++];
    *edge = (struct edge){from, to, from->out, param, relation.is_con};
    from->out = edge;
    to->in_count++;
    to->seq_count += !relation.is_con;
    to->con_count += relation.is_con;
    if (!relation.is_con) {
        return;
    }
    if (unit_type_row(from->unit->type)->kind != KIND_JUDGMENT) {
        reader_say(level->r, param->at, level->parent, ERR_UNIT_CON_JUDGMENT, "%s",
                   excerpt_of(relation.from).text);
    } else if (++from->dependent_count == 2) {
        reader_say(level->r, param->at, level->parent, ERR_UNIT_CON_MANY, "%s",
                   excerpt_of(relation.from).text);
    }
}

/* A dependent unit has its judgment job before it and nothing else. */
static void check_dependents(const struct level *level)
{
    for (size_t i = 0; i < level->edge_count; i++) {
        const struct edge *edge = &level->edges[i];
        struct node *to = edge->to;
        if (edge->is_con && (to->seq_count || to->con_count > 1)) {
            reader_say(level->r, edge->param->at, level->parent, ERR_UNIT_CON_SEQ, "%s",
                       excerpt_of(str_of(to->unit->name)).text);
            to->seq_count = 0; /* once */
            to->con_count = 1;
        }
    }
}

/* Names on the way back from `node`, which is on a cycle: "A > B > A". */
static void say_cycle(const struct level *level, struct node *node)
{
    enum { NAMES_MAX = 8 };
    struct node *names[NAMES_MAX];
    size_t count = 0;
    const struct param *param = node->into_remaining->param;
    struct node *at = node;
    do {
        if (count < NAMES_MAX) {
            names[count] = at;
        }
        count++;
        at = at->into_remaining->from;
    } while (at != node);
    char text[ERR_ARGS_BYTES - 64];
    size_t n = 0;
    text[0] = '\0';
    size_t shown = count < NAMES_MAX ? count : NAMES_MAX;
    for (size_t i = 0; i <= shown; i++) {
        const struct node *name = i == 0 || i == shown ? node : names[shown - i];
        const char *gap = i == 0 ? "" : i == shown && count > shown ? " > … > " : " > ";
        struct excerpt excerpt = excerpt_of(str_of(name->unit->name));
        int written = snprintf(text + n, sizeof(text) - n, "%s%s", gap, excerpt.text);
        n += written > 0 ? (size_t)written : 0;
        if (n >= sizeof(text)) {
            break;
        }
    }
    reader_say(level->r, param->at, level->parent, ERR_UNIT_RELATION_CYCLE, "%s", text);
}

static void check_cycle(const struct level *level)
{
    struct node **ready = arena_array(&level->r->scratch, struct node *, level->n);
    size_t ready_count = 0, done = 0;
    for (size_t i = 0; i < level->n; i++) {
        if (level->nodes[i].in_count == 0) {
            ready[ready_count++] = &level->nodes[i];
        }
    }
    while (done < ready_count) {
        for (struct edge *edge = ready[done++]->out; edge; edge = edge->next_out) {
            if (--edge->to->in_count == 0) {
                ready[ready_count++] = edge->to;
            }
        }
    }
    if (done == level->n) {
        return;
    }
    struct node *node = NULL;
    for (size_t i = 0; i < level->edge_count; i++) {
        struct edge *edge = &level->edges[i];
        if (edge->from->in_count &&
            edge->to->in_count) { /* both remain; each that remains has such an edge */
            edge->to->into_remaining = edge;
            node = edge->to;
        }
    }
    for (; node && !node->is_walked; node = node->into_remaining->from) {
        node->is_walked = true;
    }
    if (node) {
        say_cycle(level, node);
    }
}

static void check_lines(struct level *level)
{
    const struct unit *unit = level->parent;
    size_t relation_count = 0;
    for (size_t i = 0; i < unit->param_count; i++) {
        relation_count += unit->params[i].known == KEY_AR;
        if (unit->params[i].known == KEY_EL) {
            check_layout_line(level, &unit->params[i]);
        }
    }
    if (!relation_count) {
        return;
    }
    level->edges = arena_array(&level->r->scratch, struct edge, relation_count);
    for (size_t i = 0; i < unit->param_count; i++) {
        if (unit->params[i].known == KEY_AR) {
            edge_add(level, &unit->params[i]);
        }
    }
    check_dependents(level);
    check_cycle(level);
}

void unit_check_children(struct reader *r, const struct unit *unit)
{
    struct level level = {.r = r, .parent = unit};
    const struct unit *first = unit ? unit->first_child : r->file->first;
    size_t count = unit ? unit->child_count : r->file->top_count;
    if (unit && count > UNIT_CHILDREN_MAX && unit_type_row(unit->type)->kind != KIND_GROUP) {
        reader_say(r, unit->at, unit, ERR_UNIT_CHILDREN, "%zu" ARG "%u", count, UNIT_CHILDREN_MAX);
    }
    level_fill(&level, first, count);
    for (const struct unit *child = first; child; child = child->next_sibling) {
        check_child(r, child);
    }
    if (unit) {
        check_lines(&level);
    }
    map_close(&level.by_name);
    arena_reset(&r->scratch);
}
