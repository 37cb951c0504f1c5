/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * cookie - one cookie of ours out of a Cookie header. Pure.
 */
#include <stdbool.h>

#include "base/str.h"

enum { COOKIE_HEADER_BYTES_MAX = 8192, COOKIE_PAIRS_MAX = 64, COOKIE_VALUE_BYTES_MAX = 256 };
enum cookie_found { COOKIE_NONE, COOKIE_ONE, COOKIE_BAD /* twice, too long, or no value that we ever gave */ };

enum cookie_found cookie_find(struct str header, const char *name, struct str *ret);
