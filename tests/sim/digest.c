/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest - one number for a whole course: every turn, START and end with its time, every answer, and all rows at the end.
 *
 * Two programs that print the same digest for a seed did the same. It is only compared, never explained.
 */
#include <string.h>

#include "base/map.h"
#include "tests/sim/sim.h"

static void fold(struct sim *sim, uint64_t value)
{
    sim->digest = (sim->digest ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    sim->digest ^= sim->digest >> 29;
}

void digest_fold(struct sim *sim, const int64_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fold(sim, (uint64_t)values[i]);
    }
}

static void fold_column(struct sim *sim, const struct column *column, const char *row)
{
    const void *at = row + column->offset;
    const struct blob *blob = at;
    switch (column->type) {
    case COLUMN_I64: fold(sim, *(const uint64_t *)at); break;
    case COLUMN_TXT: fold(sim, hash_bytes(*(const char *const *)at, strlen(*(const char *const *)at))); break;
    case COLUMN_BLB: fold(sim, blob->n ? hash_bytes(blob->at, blob->n) : 0); break;
    }
}

void digest_rows(struct sim *sim)
{
    struct store_reader *reader;
    struct err e;
    if (!store_reader_open(sim->memory, &reader, &e)) {
        sim_wrong(sim, "the store cannot be read");
        return;
    }
    for (enum table table = 0; table < TABLES; table++) {
        const struct table_info *info = table_info(table);
        struct rows *rows = store_query(reader, &(struct query){.table = table, .order_column = -1});
        alignas(max_align_t) char row[SIM_ROW_BYTES_MAX];
        while (info->row_bytes <= sizeof(row) && rows_next(rows, row)) {
            for (size_t c = 0; c < info->column_count; c++) {
                fold_column(sim, &info->columns[c], row);
            }
        }
        if (!rows_end(rows, &e)) {
            sim_wrong(sim, "%s cannot be read", info->name);
        }
    }
    store_reader_close(reader);
}
