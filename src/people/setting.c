/* SPDX-License-Identifier: Apache-2.0 */
/*
 * setting - the table of settings and the check of a value.
 */
#include "people/setting.h"

#include <string.h>

#include "base/str.h"

const struct setting_info *setting_info(enum setting setting)
{
    static const struct setting_info infos[SETTINGS] = {
#define SETTING(code, name, otherwise, min, max, unit_ja, unit_en, ja, en)                                   \
    [code] = {name, otherwise, min, max, {unit_ja, unit_en}, {ja, en}},
#include "people/settings.def"
#undef SETTING
    };
    return &infos[setting];
}

bool setting_find(const char *name, enum setting *ret, struct err *e)
{
    for (int i = 0; i < SETTINGS; i++) {
        if (strcmp(setting_info((enum setting)i)->name, name) == 0) {
            *ret = (enum setting)i;
            return true;
        }
    }
    return err_set(e, ERR_SETTING_UNKNOWN, "%.60s", name);
}

bool setting_read(enum setting setting, const char *text, int64_t *ret, struct err *e)
{
    const struct setting_info *info = setting_info(setting);
    int64_t value = info->otherwise;
    if (*text && !str_to_i64(str_trim(str_of(text)), info->min, info->max, &value)) {
        return err_set(e, ERR_SETTING_VALUE, "%s" ARG "%.40s" ARG "%lld" ARG "%lld", info->name, text, (long long)info->min,
                       (long long)info->max);
    }
    *ret = value;
    return true;
}
