/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * setting - the settings an administrator may change, with their ranges (settings.def).
 */
#include <stdint.h>

#include "base/err.h"

enum setting {
#define SETTING(code, ...) code,
#include "people/settings.def"
#undef SETTING
    SETTINGS
};

struct setting_info {
    const char *name;
    int64_t otherwise, min, max;
    const char *unit[LANGS], *help[LANGS];
};
const struct setting_info *setting_info(enum setting setting);
/* Fails: ERR_SETTING_UNKNOWN. */
MUST_CHECK bool setting_find(const char *name, enum setting *ret, struct err *e);
/* Empty: the default. Fails: ERR_SETTING_VALUE. */
MUST_CHECK bool setting_read(enum setting setting, const char *text, int64_t *ret, struct err *e);
