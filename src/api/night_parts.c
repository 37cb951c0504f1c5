/* SPDX-License-Identifier: Apache-2.0 */
/*
 * night_parts - behind the bars of the night: who waits for whom, and the bands of the online windows.
 */
#include "api/night_priv.h"

#include <stdlib.h>

enum { DAYS_BEHIND = 7, MARKS_MAX = 3 * 32, INDEX_MAX = INT32_MAX };

/* ---- edges ---- */

struct places {
    struct map by_path, by_name; /* path or last part -> index + 1 of its newest row so far */
};

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void edge_answer(struct json *j, size_t from, size_t to, const char *kind, bool is_critical)
{
    json_open(j, NULL);
    json_number(j, "from", (int64_t)from);
    json_number(j, "to", (int64_t)to);
    json_text(j, "kind", kind);
    json_bool(j, "is_critical", is_critical);
    json_end(j);
}

/* The row of the same execution date that stands for a name, else the one nearest before. -1: not in this stretch. */
static ptrdiff_t place_find(const struct places *places, const char *name)
{
    const char *path = name[0] == '/' ? name : NULL;
    intptr_t at = (intptr_t)(path ? map_get(&places->by_path, path) : map_get(&places->by_name, name));
    return (ptrdiff_t)at - 1;
}

static ptrdiff_t critical_of(const struct night *night, const struct places *places, const struct night_net *net)
{
    if (!net->expected || net->expected->after < 0) {
        return -1;
    }
    return place_find(places, night->outlook->rows[net->expected->after].path);
}

bool night_edges_answer(struct night *night, struct err *e)
{
    struct json *j = &night->call->json;
    struct places places = {0};
    bool is_good = true;
    for (size_t i = night->nets.n; i-- > 0;) { /* the first row of a unit stands for it */
        (void)map_put(&places.by_path, night->nets.at[i].path, (void *)(intptr_t)(i + 1));
        (void)map_put(&places.by_name, last_part(night->nets.at[i].path), (void *)(intptr_t)(i + 1));
    }
    json_list(j, "edges");
    for (size_t i = 0; i < night->nets.n && is_good; i++) {
        const struct night_net *net = &night->nets.at[i];
        const struct net_names *names = NULL;
        ptrdiff_t critical = critical_of(night, &places, net);
        is_good = !net->version || net_names_get(night->call, net->version, net->path, &names, e);
        for (size_t n = 0; is_good && names && n < names->count; n++) {
            ptrdiff_t from = place_find(&places, names->names[n]);
            if (from >= 0 && (size_t)from != i) {
                edge_answer(j, (size_t)from, i, "gate", from == critical);
                critical = from == critical ? -1 : critical;
            }
        }
        if (is_good && critical >= 0 && (size_t)critical != i) { /* it waits for a lock, a window or a slot */
            edge_answer(j, (size_t)critical, i, "cause", true);
        }
    }
    json_end(j);
    map_close(&places.by_path);
    map_close(&places.by_name);
    return is_good;
}

/* ---- windows ---- */

struct mark {
    int64_t at_ms;
    enum window_phase phase;
};

static int sooner(const void *a, const void *b)
{
    const struct mark *x = a, *y = b;
    return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

static size_t marks_of(const struct night *night, const struct day_times *times, const struct window_group *group, size_t cls,
                       struct mark marks[MARKS_MAX])
{
    static const enum window_phase phases[WINDOW_EVENTS] = {
        [WINDOW_OPENS] = PHASE_OPEN, [WINDOW_PRECLOSES] = PHASE_PRECLOSED, [WINDOW_CLOSES] = PHASE_CLOSED};
    const struct calendar *root = night->site->root;
    struct bizday day = bizday_plus(calendar_day_of(root, night->from), -DAYS_BEHIND);
    struct bizday last = calendar_day_of(root, night->to);
    size_t n = 0;
    for (; day.day <= last.day && n + WINDOW_EVENTS <= MARKS_MAX; day.day++) {
        struct window_times of_day = day_times_of(times, group, cls, day);
        for (int event = 0; event < WINDOW_EVENTS; event++) {
            if (of_day.minute[event] >= 0) {
                marks[n++] = (struct mark){calendar_instant(root, day, (struct daytime){of_day.minute[event]}).ms, phases[event]};
            }
        }
    }
    qsort(marks, n, sizeof(*marks), sooner);
    return n;
}

static void band_answer(struct call *call, enum window_phase phase, int64_t from, int64_t to, bool is_actual)
{
    if (from >= to) {
        return;
    }
    json_open(&call->json, NULL);
    json_text(&call->json, "phase", window_phase_name(phase)->name);
    answer_both(call, "text", window_phase_name(phase)->text[LANG_JA], window_phase_name(phase)->text[LANG_EN]);
    answer_instant(call, "from", from);
    answer_instant(call, "to", to);
    json_bool(&call->json, "is_actual", is_actual);
    json_end(&call->json);
}

static bool seen_answer(struct night *night, const struct window_group *group, size_t cls, struct err *e)
{
    struct call *call = night->call;
    struct window_state_row row = {.grp = group->name, .cls = group->classes[cls].name};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_window_state, &row, &found, e)) {
        return false;
    }
    int64_t now = call_now(call).ms, from = row.observed_ms > night->from.ms ? row.observed_ms : night->from.ms;
    if (found && row.observed_ms && row.observed > PHASE_UNKNOWN && row.observed < PHASES) {
        band_answer(call, (enum window_phase)row.observed, from, now < night->to.ms ? now : night->to.ms, true);
    }
    return true;
}

static bool class_answer(struct night *night, const struct day_times *times, const struct window_group *group, size_t cls,
                         struct err *e)
{
    struct json *j = &night->call->json;
    struct mark marks[MARKS_MAX];
    size_t n = marks_of(night, times, group, cls, marks);
    enum window_phase phase = PHASE_CLOSED;
    int64_t from = night->from.ms;
    json_open(j, NULL);
    json_text(j, "group", group->name);
    json_text(j, "class", group->classes[cls].name);
    json_list(j, "bands");
    for (size_t i = 0; i < n; i++) {
        int64_t at = marks[i].at_ms < night->to.ms ? marks[i].at_ms : night->to.ms;
        band_answer(night->call, phase, from, at, false);
        from = at > from ? at : from;
        phase = marks[i].phase;
    }
    band_answer(night->call, phase, from, night->to.ms, false);
    bool is_good = seen_answer(night, group, cls, e);
    json_end(j);
    json_end(j);
    return is_good;
}

bool night_windows_answer(struct night *night, struct err *e)
{
    CLEANUP(day_times_close) struct day_times times = {0};
    const struct site *site = night->site;
    struct bizday first = bizday_plus(calendar_day_of(site->root, night->from), -DAYS_BEHIND);
    if (!day_times_read(night->call, first, calendar_day_of(site->root, night->to), &times, e)) {
        return false;
    }
    json_list(&night->call->json, "windows");
    for (size_t g = 0; g < site->group_count; g++) {
        for (size_t c = 0; c < site->groups[g].class_count; c++) {
            if (!class_answer(night, &times, &site->groups[g], c, e)) {
                return false;
            }
        }
    }
    json_end(&night->call->json);
    return true;
}
