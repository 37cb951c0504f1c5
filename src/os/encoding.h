/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * encoding - bytes from outside to UTF-8 and back (iconv). Files carry no marker: BOM, then strict UTF-8,
 * then EUC-JP (all high bytes pair and kana or kanji come out), then CP932.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum encoding { ENCODE_UTF8, ENCODE_UTF8_BOM, ENCODE_CP932, ENCODE_EUC_JP };

enum encoding encoding_guess(const void *bytes, size_t n);
/* Name as given to --encoding: utf-8, cp932 (sjis, shift_jis), euc-jp. */
MUST_CHECK bool encoding_parse(const char *name, enum encoding *ret);
/* The result has no BOM and ends in NUL. Fails: ERR_ENCODING with the offset. */
MUST_CHECK bool encoding_decode(struct arena *into, enum encoding encoding, struct str bytes, char **ret, size_t *ret_n, struct err *e);
MUST_CHECK bool encoding_encode(struct arena *into, enum encoding encoding, struct str text, char **ret, size_t *ret_n, struct err *e);
