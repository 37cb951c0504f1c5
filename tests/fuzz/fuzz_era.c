/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_era - any text as a 和暦 date: what is accepted reads back the same from all forms that can hold it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "calendar/era.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct bizday day, again;
    if (!era_parse(arena_copy_bytes(&arena, data, size), &day)) {
        return 0;
    }
    for (int form = ERA_LONG; form <= ERA_COMPACT; form++) {
        char text[ERA_TEXT_MAX];
        era_print(day, (enum era_form)form, text);
        if (text[0] && (!era_parse(text, &again) || again.day != day.day)) {
            abort();
        }
    }
    return 0;
}
