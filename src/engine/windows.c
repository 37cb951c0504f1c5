/* SPDX-License-Identifier: Apache-2.0 */
/*
 * windows - observed and commanded states of the site's window groups, times of a day, time windows for gates.
 */
#include <string.h>

#include "engine/decisions.h"

void windows_make(struct engine *engine)
{
    struct facts *facts = &engine->w.facts;
    const struct site *site = engine->w.site;
    VEC(struct window_facts) before = {facts->windows.at, facts->windows.n, facts->windows.max};
    facts->windows.at = NULL;
    facts->windows.n = facts->windows.max = 0;
    for (size_t i = 0; i < site->group_count; i++) {
        struct window_facts *window = vec_add(&facts->windows);
        window->group = &site->groups[i];
        for (size_t b = 0; b < before.n; b++) {
            if (strcmp(before.at[b].group->name, window->group->name) == 0) {
                memcpy(window->seen, before.at[b].seen, sizeof(window->seen));
            }
        }
    }
    vec_close(&before);
}

void day_change_note(struct engine *engine, const struct day_change *change)
{
    for (size_t i = 0; i < engine->w.changes.n; i++) {
        struct day_change *c = &engine->w.changes.at[i];
        if (c->date.day == change->date.day && c->event == change->event && strcmp(c->grp, change->grp) == 0 &&
            strcmp(c->cls_name, change->cls_name) == 0) {
            c->minute = change->minute;
            return;
        }
    }
    struct day_change *kept = vec_add(&engine->w.changes);
    *kept = *change;
    kept->grp = arena_copy(&engine->w.names, change->grp);
    kept->cls_name = arena_copy(&engine->w.names, change->cls_name);
}

struct window_times window_day(const struct engine *engine, const struct window_group *group, size_t cls, struct bizday day)
{
    struct window_change changes[WINDOW_EVENTS];
    size_t count = 0;
    for (size_t i = 0; i < engine->w.changes.n && count < COUNT(changes); i++) {
        const struct day_change *c = &engine->w.changes.at[i];
        if (c->date.day == day.day && strcmp(c->grp, group->name) == 0 && strcmp(c->cls_name, group->classes[cls].name) == 0) {
            changes[count++] = (struct window_change){c->event, c->minute};
        }
    }
    return window_times_of(&group->classes[cls], day, changes, count);
}

/* The first unit of a switch net that moves a window says which master time the net follows. */
static bool switch_of(struct engine *engine, const struct net *net, const struct window_group **group,
                      const struct window_class **cls, enum window_event *event)
{
    for (int32_t n = 0; net->nodes[0].class == CLASS_SWITCH && n < net->node_count; n++) {
        const struct net_effect *effect = net->nodes[n].effect;
        enum window_phase phase;
        *group = effect ? site_group(engine->w.site, effect->group) : NULL;
        *cls = *group ? window_class_find(*group, effect->cls) : NULL;
        if (*cls && window_phase_parse(effect->state, &phase)) {
            *event = phase == PHASE_OPEN ? WINDOW_OPENS : phase == PHASE_PRECLOSED ? WINDOW_PRECLOSES : WINDOW_CLOSES;
            return true;
        }
    }
    return false;
}

bool switch_opens(struct engine *engine, const struct net *net, const struct window_group **group, const struct window_class **cls)
{
    enum window_event event;
    return switch_of(engine, net, group, cls, &event) && event == WINDOW_OPENS;
}

int64_t lock_holder(const struct engine *engine, const char *name)
{
    const struct lock_facts *lock = map_get(&engine->w.facts.locks, name);
    return lock && lock->holders.n ? lock->holders.at[0].run : 0;
}

const struct net_node *root_to_ask(struct engine *engine, const struct net *net, bool is_over_lock)
{
    const struct window_group *group;
    const struct window_class *cls;
    const struct net_node *root = &net->nodes[0];
    if (!is_over_lock || !switch_opens(engine, net, &group, &cls)) {
        return root;
    }
    struct net_node *asked = arena_new(&engine->turn, struct net_node);
    struct gate *gates = arena_array(&engine->turn, struct gate, root->gate_count + 1);
    *asked = *root;
    asked->gate_count = 0;
    for (size_t i = 0; i < root->gate_count; i++) {
        bool is_over = root->gates[i].kind == GATE_LOCK && strcmp(root->gates[i].name, group->name) == 0;
        if (!is_over) {
            gates[asked->gate_count++] = root->gates[i];
        }
    }
    asked->gates = gates;
    return asked;
}

bool switch_follows(struct engine *engine, const struct net *net, const struct window_group *group,
                    const struct window_class *cls)
{
    const struct window_group *own;
    const struct window_class *own_class;
    enum window_event event;
    return switch_of(engine, net, &own, &own_class, &event) && own == group && own_class == cls && event != WINDOW_OPENS;
}

int64_t switch_shift_ms(struct engine *engine, const struct net *net, struct bizday day)
{
    const struct window_group *group;
    const struct window_class *cls;
    enum window_event event;
    if (!switch_of(engine, net, &group, &cls, &event)) {
        return 0;
    }
    struct window_times master = window_master(cls, day);
    struct window_times now = window_day(engine, group, (size_t)(cls - group->classes), day);
    bool is_both = master.minute[event] >= 0 && now.minute[event] >= 0;
    return is_both ? (now.minute[event] - master.minute[event]) * MINUTE_MS : 0;
}

/* The frame of a business day: fixed times, or the night of a window group (E-10). */
static bool frame_of(struct engine *engine, const struct time_window *window, struct bizday day, struct instant *from,
                     struct instant *to)
{
    const struct calendar *root = engine->w.site->root;
    if (window->calendar && !calendar_is_open(window->calendar, day)) {
        return false;
    }
    const struct window_group *group = window->group ? site_group(engine->w.site, window->group) : NULL;
    struct daytime first = window->from, last = window->to;
    if (group) {
        struct window_times times[WINDOW_CLASSES_MAX];
        for (size_t c = 0; c < group->class_count; c++) {
            times[c] = window_day(engine, group, c, day);
        }
        struct night_frame night = window_night(times, group->class_count, engine->w.site->opening_prepare_minute);
        first = (struct daytime){night.from_minute < 0 ? 0 : night.from_minute};
        last = (struct daytime){night.to_minute};
    }
    *from = calendar_instant(root, day, first);
    *to = calendar_instant(root, day, last);
    return true;
}

bool window_is_open_now(void *data, const char *name, struct instant now, struct instant *next)
{
    struct engine *engine = data;
    const struct time_window *window = site_window(engine->w.site, name);
    *next = INSTANT_NEVER;
    if (!window) {
        return false;
    }
    struct bizday today = calendar_day_of(engine->w.site->root, now);
    for (int offset = -1; offset <= 8; offset++) {
        struct instant from, to;
        if (!frame_of(engine, window, bizday_plus(today, offset), &from, &to)) {
            continue;
        }
        if (now.ms >= from.ms && now.ms < to.ms) {
            *next = to;
            return true;
        }
        if (from.ms > now.ms && from.ms < next->ms) {
            *next = from;
        }
    }
    return false;
}

enum { FILE_FRESH_MS = 30000 }; /* machine clock */

int file_is_known(void *data, const char *agent, const char *path)
{
    struct engine *engine = data;
    const char *name = agent_of(engine, agent)->name;
    struct file_fact *fact = map_get(&engine->w.files, arena_printf(&engine->turn, "%s\n%s", name, path));
    return !fact || engine->wall.ms - fact->asked_wall_ms > FILE_FRESH_MS ? -1 : fact->known;
}
