/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * unit_key - the key of a parameter that a test makes by hand: `known` must say what `key` says.
 */
#include <string.h>

#include "jobnet/unit_priv.h"

static inline int16_t unit_key_known(const char *text)
{
    for (int key = 0; key < UNIT_KEYS; key++) {
        if (strcmp(unit_key_row((enum unit_key)key)->text, text) == 0) {
            return (int16_t)key;
        }
    }
    return -1;
}
