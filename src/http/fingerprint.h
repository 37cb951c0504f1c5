/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * fingerprint - 128 bits that tell one answer from another, for its ETag.
 *
 * Not a hash to sign with, but keyed: the key is drawn at each start and never shown, so nobody can make two texts that look
 * alike. Two texts by chance: 2^-64 at worst for texts that differ in one word, 2^-128 otherwise. A restart makes other tags, and
 * a browser asks once more. Fifteen times cheaper than a cryptographic hash, which was an eighth of a list's cost.
 */
#include <stddef.h>
#include <stdint.h>

enum { FINGERPRINT_TEXT_BYTES = 33 }; /* in hex, and a NUL */

struct fingerprint_key {
    uint64_t words[4];         /* by chance */
};

void fingerprint(const struct fingerprint_key *key, const void *bytes, size_t n, char ret[FINGERPRINT_TEXT_BYTES]);
