/* SPDX-License-Identifier: Apache-2.0 */
/*
 * permission - their names, and sets of them read from words.
 */
#include "people/permission.h"

static const char *const names[PERMISSIONS] = {
#define X(code, name) [PERMISSION_##code] = name,
    PERMISSION_TABLE(X)
#undef X
};

const char *permission_name(enum permission permission)
{
    return names[permission];
}

static bool permission_read(struct str word, enum permission *ret)
{
    for (int i = 0; i < PERMISSIONS; i++) {
        if (str_is(word, names[i])) {
            *ret = (enum permission)i;
            return true;
        }
    }
    return false;
}

bool permission_set_read(struct str words, uint64_t *ret, struct str *bad)
{
    uint64_t set = 0;
    while (words.n) {
        struct str word;
        (void)str_cut(words, ' ', &word, &words);
        enum permission permission = PERMISSION_OPEN;
        if (!word.n) {
            continue;
        }
        if (!permission_read(word, &permission)) {
            *bad = word;
            return false;
        }
        set |= UINT64_C(1) << permission;
    }
    *ret = set;
    return true;
}
