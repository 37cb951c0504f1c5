/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_frame - decode never reads past the line, and encode(decode(x)) is a fixed point; the plain form
 * and the general reader understand the same.
 */
#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "wire/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP(arena_close) struct arena arena = {0};
    CLEANUP(strbuf_close) struct strbuf once = {0}, twice = {0};
    struct frame frame;
    struct err e = {0};
    if (!frame_decode(&arena, (const char *)data, n, &frame, &e)) {
        assert(e.code == ERR_FRAME);
        return 0;
    }
    frame_encode(&once, &frame);
    CLEANUP(strbuf_close) struct strbuf spaced = {0}; /* a blank in front: not the plain form, and yet the same frame */
    strbuf_char(&spaced, ' ');
    strbuf_add(&spaced, (const char *)data, n);
    if (n < FRAME_BYTES_MAX) {
        assert(frame_decode(&arena, spaced.at, spaced.n, &frame, &e));
        frame_encode(&twice, &frame);
        assert(once.n == twice.n && memcmp(once.at, twice.at, once.n) == 0);
        strbuf_clear(&twice);
    }
    assert(frame_decode(&arena, once.at, once.n - 1, &frame, &e));
    frame_encode(&twice, &frame);
    assert(once.n == twice.n && memcmp(once.at, twice.at, once.n) == 0);
    return 0;
}
