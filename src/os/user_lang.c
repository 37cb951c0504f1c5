/* SPDX-License-Identifier: Apache-2.0 */
/*
 * user_lang - the first of the variables that says anything decides, as with every locale.
 */
#include "os/user_lang.h"

#include <stdlib.h>
#include <string.h>

enum lang user_lang(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *text = getenv(names[i]);
        if (text && *text) {
            return strncmp(text, "en", 2) == 0 ? LANG_EN : LANG_JA;
        }
    }
    return LANG_JA;
}
