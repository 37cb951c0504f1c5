/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_cache - compiled definitions that outlive a world: what was dropped with it need not be parsed again.
 *
 * A net is either in a world or in here, never in both. It is taken only under the number, the hash of the text and the
 * path that it was given with: after a commit that failed a number may mean another text.
 */
#include <string.h>

#include "base/map.h"
#include "engine/engine_priv.h"

enum { WORLDS_KEPT = 8 }; /* what so many worlds in a row had no use for is freed */

struct cached_net {
    struct arena arena;
    const struct net *net;
    uint64_t tag;
    int64_t world;
};

struct net_cache {
    struct map by_version;
    int64_t world;
};

struct net_cache *net_cache_open(void)
{
    struct net_cache *cache = heap_resize(NULL, 1, sizeof(*cache));
    *cache = (struct net_cache){0};
    return cache;
}

static void cached_free(struct cached_net *cached)
{
    if (cached) {
        arena_close(&cached->arena);
        heap_free(cached);
    }
}

void net_cache_close(struct net_cache *cache)
{
    if (!cache) {
        return;
    }
    for (struct map_entry *e = NULL; (e = map_next(&cache->by_version, e));) {
        cached_free(e->value);
    }
    map_close(&cache->by_version);
    heap_free(cache);
}

void net_cache_give(struct net_cache *cache, struct version_entry *version)
{
    if (!version->net || !version->tag) { /* what came by a definition is read from the store once: it must mean the same */
        arena_close(&version->arena);
        return;
    }
    struct cached_net *cached = heap_resize(NULL, 1, sizeof(*cached));
    *cached = (struct cached_net){version->arena, version->net, version->tag, cache->world};
    version->arena = (struct arena){0};
    version->net = NULL;
    cached_free(map_put_id(&cache->by_version, (uint64_t)version->id, cached));
}

bool net_cache_take(struct net_cache *cache, struct version_entry *version, uint64_t tag, const char *path)
{
    struct cached_net *cached = map_remove_id(&cache->by_version, (uint64_t)version->id);
    bool is_good = cached && cached->tag == tag && strcmp(cached->net->path, path) == 0;
    if (is_good) {
        version->arena = cached->arena;
        version->net = cached->net;
        heap_free(cached);
    } else {
        cached_free(cached);
    }
    return is_good;
}

void net_cache_new_world(struct net_cache *cache)
{
    cache->world++;
    for (struct map_entry *e = NULL; (e = map_next(&cache->by_version, e));) {
        struct cached_net *cached = e->value;
        if (cache->world - cached->world > WORLDS_KEPT) {
            (void)map_remove_id(&cache->by_version, e->hash);
            cached_free(cached);
        }
    }
}
