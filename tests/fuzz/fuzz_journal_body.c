/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_journal_body - the decoder of journal bodies against any bytes: it stays inside them, and what it accepts is
 * what the encoder writes: encode(decode(x)) == x, up to the place where it stops.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t data_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t data_bytes)
{
    struct journal_cursor cursor = {.at = data, .end = data + data_bytes};
    struct journal_change change;
    struct arena tmp = {0};
    struct strbuf again = {0};
    size_t accepted = 0;
    while (journal_body_next(&cursor, &tmp, &change)) {
        journal_body_add(&again, table_info(change.table), change.is_remove, change.column_count, change.row);
        accepted = (size_t)(cursor.at - data);
        arena_reset(&tmp);
    }
    if (again.n != accepted || (accepted && memcmp(again.at, data, accepted) != 0) ||
        (!cursor.bad && accepted != data_bytes)) {
        abort();
    }
    strbuf_close(&again);
    arena_close(&tmp);
    return 0;
}
