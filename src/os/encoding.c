/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encoding - iconv underneath. EUC-JP is read as EUC-JP-MS, which knows the same vendor characters (①, ㈱, 髙)
 * as CP932, so that text moves between the two without loss.
 */
#include "os/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "base/vec.h"

static const unsigned char BOM[] = {0xEF, 0xBB, 0xBF};

static const char *iconv_name(enum encoding encoding)
{
    switch (encoding) {
    case ENCODE_UTF8:
    case ENCODE_UTF8_BOM:
        return "UTF-8";
    case ENCODE_CP932:
        return "CP932";
    case ENCODE_EUC_JP:
        return "EUC-JP-MS";
    }
    return "UTF-8";
}

static bool has_bom(const void *bytes, size_t n)
{
    return n >= sizeof(BOM) && memcmp(bytes, BOM, sizeof(BOM)) == 0;
}

/* Every high byte is part of a pair (or a triple after 0x8F) of EUC-JP, and at least one is kana or a kanji. */
static bool looks_euc(const unsigned char *at, size_t n)
{
    bool has_japanese = false;
    for (size_t i = 0; i < n;) {
        unsigned char c = at[i];
        if (c < 0x80) {
            i++;
            continue;
        }
        size_t length = c == 0x8F ? 3 : 2;
        if (i + length > n || (c != 0x8E && c != 0x8F && (c < 0xA1 || c == 0xFF))) {
            return false;
        }
        for (size_t k = 1; k < length; k++) {
            if (at[i + k] < 0xA1 || at[i + k] == 0xFF || (c == 0x8E && at[i + k] > 0xDF)) {
                return false;
            }
        }
        has_japanese = has_japanese || c == 0xA4 || c == 0xA5 || c == 0x8E || (c >= 0xB0 && c <= 0xF4);
        i += length;
    }
    return has_japanese;
}

enum encoding encoding_guess(const void *bytes, size_t n)
{
    if (has_bom(bytes, n)) {
        return ENCODE_UTF8_BOM;
    }
    if (n == 0 || utf8_valid(bytes, n)) {
        return ENCODE_UTF8;
    }
    return looks_euc(bytes, n) ? ENCODE_EUC_JP : ENCODE_CP932;
}

bool encoding_parse(const char *name, enum encoding *ret)
{
    static const struct {
        const char *name;
        enum encoding encoding;
    } names[] = {
        {"utf-8", ENCODE_UTF8},    {"utf8", ENCODE_UTF8},     {"utf-8-bom", ENCODE_UTF8_BOM},
        {"cp932", ENCODE_CP932},   {"sjis", ENCODE_CP932},    {"shift_jis", ENCODE_CP932},
        {"shift-jis", ENCODE_CP932}, {"euc-jp", ENCODE_EUC_JP}, {"eucjp", ENCODE_EUC_JP},
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        if (strcasecmp(names[i].name, name) == 0) {
            *ret = names[i].encoding;
            return true;
        }
    }
    return false;
}

static void iconv_done(iconv_t *cd)
{
    /* iconv_t of a failed open is (iconv_t)-1 */
    if ((intptr_t)*cd != -1) {
        (void)iconv_close(*cd);
    }
}

struct conversion {
    const char *to, *from;
    const char *at;
    size_t n;
};

static bool convert(struct arena *into, struct conversion c, char **ret, size_t *ret_n, struct err *e)
{
    CLEANUP(iconv_done) iconv_t cd = iconv_open(c.to, c.from);
    if ((intptr_t)cd == -1) {
        return err_set(e, ERR_ENCODING, "iconv %s -> %s: %s", c.from, c.to, strerror(errno));
    }
    CLEANUP(strbuf_close) struct strbuf out = {0};
    CLEANUP(strbuf_close) struct strbuf in = {0}; /* iconv wants it writable */
    strbuf_add(&in, c.at, c.n);
    char *from = in.at;
    size_t left = c.n;
    bool is_flushing = false; /* the last call ends a shift state */
    for (;;) {
        vec_reserve(&out, left + left / 2 + 64);
        char *to = out.at + out.n;
        size_t room = out.max - out.n;
        size_t result = is_flushing ? iconv(cd, NULL, NULL, &to, &room) : iconv(cd, &from, &left, &to, &room);
        int reason = errno;
        out.n = (size_t)(to - out.at);
        if (result == (size_t)-1 && reason != E2BIG) {
            return err_set(e, ERR_ENCODING, "%s -> %s, offset %zu", c.from, c.to, c.n - left);
        }
        if (result != (size_t)-1 && is_flushing) {
            break;
        }
        is_flushing = is_flushing || result != (size_t)-1;
    }
    *ret = arena_copy_bytes(into, out.at, out.n);
    *ret_n = out.n;
    return true;
}

bool encoding_decode(struct arena *into, enum encoding encoding, struct str bytes, char **ret, size_t *ret_n,
                     struct err *e)
{
    const char *at = bytes.at;
    size_t n = bytes.n;
    if (encoding == ENCODE_CP932 || encoding == ENCODE_EUC_JP) {
        return convert(into, (struct conversion){"UTF-8", iconv_name(encoding), at, n}, ret, ret_n, e);
    }
    size_t skipped = has_bom(at, n) ? sizeof(BOM) : 0;
    for (size_t i = skipped; i < n;) {
        uint32_t point;
        size_t length = utf8_next(at + i, n - i, &point);
        if (!length) {
            return err_set(e, ERR_ENCODING, "UTF-8, offset %zu", i);
        }
        i += length;
    }
    *ret_n = n - skipped;
    *ret = arena_copy_bytes(into, *ret_n ? at + skipped : at, *ret_n);
    return true;
}

bool encoding_encode(struct arena *into, enum encoding encoding, struct str text, char **ret, size_t *ret_n,
                     struct err *e)
{
    if (encoding == ENCODE_CP932 || encoding == ENCODE_EUC_JP) {
        return convert(into, (struct conversion){iconv_name(encoding), "UTF-8", text.at, text.n}, ret, ret_n, e);
    }
    size_t bom_bytes = encoding == ENCODE_UTF8_BOM ? sizeof(BOM) : 0;
    char *out = arena_alloc(into, text.n + bom_bytes + 1, 1);
    memcpy(out, BOM, bom_bytes);
    if (text.n) {
        memcpy(out + bom_bytes, text.at, text.n);
    }
    *ret = out;
    *ret_n = text.n + bom_bytes;
    return true;
}
