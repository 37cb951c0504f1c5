/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_names - which jobnets a definition waits for, by version; remembered, for a version never changes.
 *
 * A page of the night asks for thousands at once: only the first one reads the definitions.
 */
#include "api/console_priv.h"

static void name_add(struct arena *into, const char **names, size_t *n, size_t max, const char *name)
{
    for (size_t i = 0; i < *n; i++) {
        if (str_equal(names[i], name)) {
            return;
        }
    }
    if (*n < max) {
        names[(*n)++] = arena_copy(into, name);
    }
}

static const struct net_names *names_make(struct arena *into, const struct net *net)
{
    size_t max = 0;
    for (int32_t n = 0; n < net->node_count; n++) {
        max += net->nodes[n].gate_count + (net->nodes[n].waits ? net->nodes[n].waits->count : 0u);
    }
    const char **names = arena_array(into, const char *, max + 1);
    struct net_names *made = arena_new(into, struct net_names);
    for (int32_t n = 0; n < net->node_count; n++) {
        const struct net_node *node = &net->nodes[n];
        for (size_t g = 0; g < node->gate_count; g++) {
            if (node->gates[g].kind == GATE_PRED) {
                name_add(into, names, &made->count, max, node->gates[g].name);
            }
        }
        for (size_t w = 0; node->waits && w < node->waits->count; w++) {
            name_add(into, names, &made->count, max, node->waits->units[w]);
        }
    }
    made->names = names;
    return made;
}

static bool net_read(struct call *call, int64_t version, const char *path, struct arena *tmp, const struct net **ret, struct err *e)
{
    struct version_row row = {.id = version};
    bool found = false;
    const struct unit_file *file = NULL;
    CLEANUP(diags_close) struct diags diags = {0};
    struct net_above above = {0};
    *ret = NULL;
    if (!store_get(call->reader, tmp, TABLE_version, &row, &found, e)) {
        return false;
    }
    bool is_read = found && unit_parse(tmp, row.text, strlen(row.text), &diags, &file);
    return !is_read || net_make(tmp, file->first, path, &above, ret, e);
}

bool net_names_get(struct call *call, int64_t version, const char *path, const struct net_names **ret, struct err *e)
{
    struct net_names_kept *kept = &call->api->net_names;
    (void)pthread_mutex_lock(&kept->lock);
    *ret = map_get_id(&kept->by_version, (uint64_t)version);
    (void)pthread_mutex_unlock(&kept->lock);
    if (*ret) {
        return true;
    }
    struct arena tmp = {0};
    const struct net *net = NULL;
    static const struct net_names none = {0};
    bool is_good = net_read(call, version, path, &tmp, &net, e);
    if (is_good && !net) {
        *ret = &none;
    } else if (is_good) {
        (void)pthread_mutex_lock(&kept->lock);
        *ret = map_get_id(&kept->by_version, (uint64_t)version); /* another request may have been first */
        if (!*ret) {
            *ret = names_make(&kept->memory, net);
            (void)map_put_id(&kept->by_version, (uint64_t)version, (void *)(uintptr_t)*ret);
        }
        (void)pthread_mutex_unlock(&kept->lock);
    }
    arena_close(&tmp);
    return is_good;
}
