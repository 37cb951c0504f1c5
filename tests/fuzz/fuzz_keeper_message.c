/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_keeper_message - the decoder stays inside its bytes, and encode(decode(x)) gives the same bytes.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "agent/process/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct keeper_message m;
    long used = keeper_decode((const char *)data, n, &m);
    assert(used <= (long)n);
    if (used > 0) {
        char *again = malloc((size_t)used);
        assert(again && keeper_message_bytes(&m) == (size_t)used && keeper_encode(again, &m) == (size_t)used);
        assert(memcmp(again, data, (size_t)used) == 0);
        free(again);
    }
    assert(keeper_record_read((const char *)data, n, &m) <= n);
    return 0;
}
