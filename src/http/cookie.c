/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cookie - values we gave are of letters, digits, dot, dash and underscore; anything else under our name is refused, and so is
 * our name twice: which of two is meant is how sessions are swapped.
 */
#include "http/cookie.h"

static bool is_ours(struct str value)
{
    for (size_t i = 0; i < value.n; i++) {
        char c = value.at[i];
        bool is_good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        if (!is_good) {
            return false;
        }
    }
    return value.n > 0 && value.n <= COOKIE_VALUE_BYTES_MAX;
}

enum cookie_found cookie_find(struct str header, const char *name, struct str *ret)
{
    struct str rest = header, pair, key, value, found = {"", 0};
    size_t pairs = 0;
    bool is_found = false;
    if (header.n > COOKIE_HEADER_BYTES_MAX) {
        return COOKIE_BAD;
    }
    for (size_t i = 0; i < header.n; i++) {
        if ((unsigned char)header.at[i] < ' ' || header.at[i] == 0x7f) {
            return COOKIE_BAD;
        }
    }
    while (rest.n > 0) {
        (void)str_cut(rest, ';', &pair, &rest);
        if (++pairs > COOKIE_PAIRS_MAX) {
            return COOKIE_BAD;
        }
        bool has_value = str_cut(pair, '=', &key, &value);
        if (!str_is(str_trim(key), name)) {
            continue;
        }
        value = str_trim(value);
        if (!has_value || is_found || !is_ours(value)) {
            return COOKIE_BAD;
        }
        is_found = true;
        found = value;
    }
    *ret = found;
    return is_found ? COOKIE_ONE : COOKIE_NONE;
}
