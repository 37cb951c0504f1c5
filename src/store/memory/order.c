/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order - the rows of a table by a number and then by their key, in chunks of some hundred entries.
 *
 * Invariants: (1) entries ascend over all chunks; (2) no chunk is empty; (3) an entry's row is where the table has it;
 * (4) the list of chunks has the last entry of each, so that a search touches one chunk only.
 */
#include <assert.h>
#include <string.h>

#include "store/memory/memory_priv.h"

static bool is_less(const struct order_key *entry, int64_t value, int64_t key)
{
    return entry->value != value ? entry->value < value : entry->key < key;
}

/* Of the first entry that is not less; behind the last one when all are. */
struct order_place order_seek(const struct memory_order *order, int64_t value, int64_t key)
{
    size_t low = 0, high = order->chunks.n;
    while (low < high) { /* the first chunk whose last entry is not less */
        size_t middle = (low + high) / 2;
        if (is_less(&order->chunks.at[middle].last, value, key)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    struct order_place place = {low, 0};
    if (low == order->chunks.n) {
        return place;
    }
    const struct order_chunk *chunk = order->chunks.at[low].chunk;
    for (size_t n = chunk->n; place.index < n;) {
        size_t middle = (place.index + n) / 2;
        if (is_less(&(struct order_key){chunk->at[middle].value, chunk->at[middle].key}, value, key)) {
            place.index = middle + 1;
        } else {
            n = middle;
        }
    }
    return place;
}

static struct order_chunk *chunk_insert(struct memory_order *order, size_t at)
{
    (void)vec_add(&order->chunks);
    memmove(order->chunks.at + at + 1, order->chunks.at + at, (order->chunks.n - 1 - at) * sizeof(*order->chunks.at));
    struct order_chunk *chunk = heap_resize(NULL, 1, sizeof(*chunk));
    chunk->n = 0;
    order->chunks.at[at] = (struct order_part){.chunk = chunk};
    return chunk;
}

static void last_note(struct memory_order *order, size_t at)
{
    const struct order_chunk *chunk = order->chunks.at[at].chunk;
    order->chunks.at[at].last = (struct order_key){chunk->at[chunk->n - 1].value, chunk->at[chunk->n - 1].key};
}

/* A full chunk gives its upper half to a new one. */
static void split(struct memory_order *order, struct order_place *place)
{
    struct order_chunk *full = order->chunks.at[place->chunk].chunk, *upper = chunk_insert(order, place->chunk + 1);
    size_t half = full->n / 2;
    upper->n = full->n - half;
    memcpy(upper->at, full->at + half, upper->n * sizeof(*upper->at));
    full->n = half;
    last_note(order, place->chunk);
    last_note(order, place->chunk + 1);
    if (place->index > half) {
        *place = (struct order_place){place->chunk + 1, place->index - half};
    }
}

void order_put(struct memory_order *order, int64_t value, int64_t key, struct memory_row *row)
{
    struct order_place place = order_seek(order, value, key);
    if (place.chunk == order->chunks.n) { /* behind all: numbers are given upwards */
        struct order_chunk *last = place.chunk ? order->chunks.at[place.chunk - 1].chunk : NULL;
        if (!last || last->n == ORDER_CHUNK_MAX) {
            last = chunk_insert(order, place.chunk);
        }
        last->at[last->n++] = (struct order_entry){value, key, row};
        last_note(order, order->chunks.n - 1);
        return;
    }
    struct order_entry *at = &order->chunks.at[place.chunk].chunk->at[place.index];
    if (at->value == value && at->key == key) {
        at->row = row; /* it has moved */
        return;
    }
    if (order->chunks.at[place.chunk].chunk->n == ORDER_CHUNK_MAX) {
        split(order, &place);
    }
    struct order_chunk *chunk = order->chunks.at[place.chunk].chunk;
    memmove(chunk->at + place.index + 1, chunk->at + place.index, (chunk->n - place.index) * sizeof(*chunk->at));
    chunk->at[place.index] = (struct order_entry){value, key, row};
    chunk->n++;
    last_note(order, place.chunk);
}

void order_remove(struct memory_order *order, int64_t value, int64_t key)
{
    struct order_place place = order_seek(order, value, key);
    assert(place.chunk < order->chunks.n);
    struct order_chunk *chunk = order->chunks.at[place.chunk].chunk;
    assert(chunk->at[place.index].value == value && chunk->at[place.index].key == key);
    chunk->n--;
    memmove(chunk->at + place.index, chunk->at + place.index + 1, (chunk->n - place.index) * sizeof(*chunk->at));
    if (chunk->n) {
        last_note(order, place.chunk);
    } else {
        heap_free(chunk);
        order->chunks.n--;
        memmove(order->chunks.at + place.chunk, order->chunks.at + place.chunk + 1,
                (order->chunks.n - place.chunk) * sizeof(*order->chunks.at));
    }
}

const struct order_entry *order_at(const struct memory_order *order, const struct order_place *place)
{
    return place->chunk < order->chunks.n ? &order->chunks.at[place->chunk].chunk->at[place->index] : NULL;
}

void order_next(const struct memory_order *order, struct order_place *place)
{
    if (++place->index == order->chunks.at[place->chunk].chunk->n) {
        *place = (struct order_place){place->chunk + 1, 0};
    }
}

bool order_back(const struct memory_order *order, struct order_place *place)
{
    if (place->index == 0 && place->chunk == 0) {
        return false;
    }
    if (place->index == 0) {
        place->chunk--;
        place->index = order->chunks.at[place->chunk].chunk->n;
    }
    place->index--;
    return true;
}

/* About how many entries lie between the two. */
size_t order_between(const struct memory_order *order, struct order_place from, struct order_place to)
{
    if (from.chunk == to.chunk) {
        return to.index > from.index ? to.index - from.index : 0;
    }
    if (from.chunk > to.chunk) {
        return 0;
    }
    return order->chunks.at[from.chunk].chunk->n - from.index + (to.chunk - from.chunk - 1) * ORDER_CHUNK_MAX + to.index;
}

void order_close(struct memory_order *order)
{
    for (size_t i = 0; i < order->chunks.n; i++) {
        heap_free(order->chunks.at[i].chunk);
    }
    vec_close(&order->chunks);
}
