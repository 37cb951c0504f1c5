/* SPDX-License-Identifier: Apache-2.0 */
/*
 * timeline - walks the units of a file and lays their occurrences one after another.
 */
#include "plan/timeline.h"

#include <stdlib.h>

/* An occurrence is looked at up to this many days beyond the wanted ones: see schedule.c. */
enum { EXCLUSIVE_AROUND_DAYS = 2 };

struct making {
    struct arena *into;
    const struct unit_file *file;
    const struct timeline_query *query;
    struct timeline *timeline;
    struct occurrences found; /* of the net at hand; kept for its memory */
};

/* The exclusive jobnet of the net at hand: found and planned when first asked for. */
struct exclusive {
    const struct making *making;
    const struct unit *net;
    struct occurrences planned;
    bool is_planned;
};

const struct unit *timeline_exclusive(const struct unit_file *file, const struct unit *net, const char *name)
{
    if (name[0] == '/') {
        return unit_find(file, name);
    }
    const struct unit *beside = net->parent ? net->parent->first_child : file->first;
    while (beside && !str_equal(beside->name, name)) {
        beside = beside->next_sibling;
    }
    return beside;
}

static struct schedule_query query_of(const struct timeline_query *query, const struct unit *net, int around_days)
{
    struct timeline_net known;
    query->net_of(query->data, net, &known);
    return (struct schedule_query){
        .calendar = known.calendar,
        .own = known.own,
        .registered = known.registered,
        .from = bizday_plus(query->from, -around_days),
        .to = bizday_plus(query->to, around_days),
    };
}

static void exclusive_plan(struct exclusive *exclusive, const char *name)
{
    const struct making *making = exclusive->making;
    const struct unit *other = timeline_exclusive(making->file, exclusive->net, name);
    exclusive->is_planned = true;
    if (!other || other == exclusive->net || !unit_is_root_net(other)) {
        return;
    }
    struct schedule schedule;
    schedule_of(making->into, other, &schedule);
    struct schedule_query query = query_of(making->query, other, EXCLUSIVE_AROUND_DAYS);
    if (query.registered.day != BIZDAY_NONE.day) {
        schedule_occurrences(&schedule, &query, &exclusive->planned);
    }
}

static bool is_exclusive_planned(void *data, const char *name, struct bizday day)
{
    struct exclusive *exclusive = data;
    if (!exclusive->is_planned) {
        exclusive_plan(exclusive, name);
    }
    for (size_t i = 0; i < exclusive->planned.list.n; i++) {
        const struct occurrence *o = &exclusive->planned.list.at[i];
        if (o->date.day == day.day && o->state == OCCURRENCE_RUN) {
            return true;
        }
    }
    return false;
}

static void add_rows(struct making *making, const struct unit *net, const struct schedule_query *query)
{
    struct timeline *timeline = making->timeline;
    struct deadline deadline = deadline_of(net);
    for (size_t i = 0; i < making->found.list.n; i++) {
        const struct occurrence *o = &making->found.list.at[i];
        bool is_run = o->state == OCCURRENCE_RUN;
        struct timeline_row *row = vec_add(&timeline->rows);
        row->net = net;
        row->occurrence = *o;
        row->deadline = is_run ? deadline_instant(&deadline, query->calendar, query->own, o->date, o->start)
                               : INSTANT_NEVER;
        timeline->run_count += is_run;
        timeline->skip_count += !is_run;
    }
}

static void add_net(struct making *making, const struct unit *net)
{
    struct schedule schedule;
    struct exclusive exclusive = {.making = making, .net = net};
    struct schedule_query query = query_of(making->query, net, 0);
    if (query.registered.day == BIZDAY_NONE.day) {
        return;
    }
    schedule_of(making->into, net, &schedule);
    query.is_exclusive_planned = is_exclusive_planned;
    query.exclusive_data = &exclusive;
    making->found.list.n = 0;
    schedule_occurrences(&schedule, &query, &making->found);
    add_rows(making, net, &query);
    making->timeline->net_count++;
    vec_close(&exclusive.planned.list);
}

static void add_unit(struct making *making, const struct unit *unit)
{
    if (unit_type_row(unit->type)->kind == KIND_GROUP) {
        for (const struct unit *child = unit->first_child; child; child = child->next_sibling) {
            add_unit(making, child);
        }
    } else if (unit_is_root_net(unit)) {
        add_net(making, unit);
    }
}

void timeline_make(struct arena *into, const struct unit_file *file, const struct timeline_query *query,
                   struct timeline *ret)
{
    struct timeline timeline = {0};
    struct making making = {.into = into, .file = file, .query = query, .timeline = &timeline};
    if (query->only) {
        add_unit(&making, query->only);
    } else {
        for (const struct unit *unit = file->first; unit; unit = unit->next_sibling) {
            add_unit(&making, unit);
        }
    }
    vec_close(&making.found.list);
    *ret = timeline;
}

static int row_order(const void *left, const void *right)
{
    const struct timeline_row *a = left, *b = right;
    if (a->occurrence.start.ms != b->occurrence.start.ms) {
        return a->occurrence.start.ms < b->occurrence.start.ms ? -1 : 1;
    }
    if (a->net->at.line != b->net->at.line) {
        return a->net->at.line < b->net->at.line ? -1 : 1;
    }
    return (a->net->at.column > b->net->at.column) - (a->net->at.column < b->net->at.column);
}

void timeline_sort(struct timeline *timeline)
{
    if (timeline->rows.n > 0) {
        qsort(timeline->rows.at, timeline->rows.n, sizeof *timeline->rows.at, row_order);
    }
}

void timeline_close(struct timeline *timeline)
{
    vec_close(&timeline->rows);
}
