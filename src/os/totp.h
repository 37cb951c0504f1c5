/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * totp - the second proof of a login: six digits that change every 30 seconds (RFC 6238), and codes for the day the
 * telephone is lost.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"

enum {
    TOTP_SECRET_BYTES = 20,
    TOTP_DIGITS = 6,
    RECOVERY_CODES = 10,
    RECOVERY_CODE_BYTES = 20, /* "abcd-efgh-ijkl-mnop" (80 bits) and a NUL */
};

void totp_secret_make(uint8_t ret[TOTP_SECRET_BYTES]);
/* The step that the code is of, ±1 of now and above `last_step`; 0 = wrong or taken before. */
int64_t totp_check(struct str secret, struct str code, struct instant now, int64_t last_step);
/* Base32, as people type it. */
const char *totp_secret_text(struct arena *into, struct str secret);
/* otpauth://totp/… for the telephone, and the same as a picture (SVG). */
const char *totp_uri(struct arena *into, struct str secret, const char *name);
MUST_CHECK bool qr_svg(struct arena *into, const char *text, const char **ret, struct err *e);

void recovery_code_make(char ret[RECOVERY_CODE_BYTES]);
/* As typed (blanks, capitals, without dashes) to the one way it is hashed; false: it cannot be one. */
MUST_CHECK bool recovery_code_read(struct str typed, char ret[RECOVERY_CODE_BYTES]);
