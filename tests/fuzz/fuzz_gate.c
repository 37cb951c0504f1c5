/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes x_gate=: any bytes must be answered, and a gate read again after printing is the same.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "jobnet/gate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    struct arena arena = {0};
    struct gate first, second;
    struct strbuf once = {0}, twice = {0};
    const char *why = NULL;
    struct str raw = {(const char *)data, size_bytes};
    if (!memchr(data, 0, size_bytes) && gate_parse(&arena, raw, &first, &why)) { /* files hold no NUL: unit_parse refuses */
        gate_print(&once, &first);
        bool is_read = gate_parse(&arena, str_of(strbuf_str(&once)), &second, &why);
        assert(is_read && first.kind == second.kind && strcmp(first.name, second.name) == 0);
        assert(str_equal(first.path, second.path));
        gate_print(&twice, &second);
        assert(strcmp(strbuf_str(&once), strbuf_str(&twice)) == 0);
    }
    strbuf_close(&once);
    strbuf_close(&twice);
    arena_close(&arena);
    return 0;
}
