/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fingerprint - two sums, each folded by a product of 128 bits with words of the key; both see every byte.
 */
#include "http/fingerprint.h"

#include <string.h>

/* Every bit of either half of the product depends on both factors. */
static inline uint64_t folded(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static char *hex_put(char *to, uint64_t word)
{
    static const char digits[] = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4) {
        *to++ = digits[word >> shift & 15];
    }
    return to;
}

void fingerprint(const struct fingerprint_key *key, const void *bytes, size_t n, char ret[FINGERPRINT_TEXT_BYTES])
{
    const char *at = bytes;
    const uint64_t *k = key->words;
    uint64_t a = k[0], b = k[1], two[2];
    size_t left = n;
    for (; left >= sizeof(two); left -= sizeof(two), at += sizeof(two)) {
        memcpy(two, at, sizeof(two));
        a = folded(a ^ two[0], two[1] ^ k[2]);
        b = folded(b ^ two[1], two[0] ^ k[3]);
    }
    if (left > 0) {
        memset(two, 0, sizeof(two));
        memcpy(two, at, left);
        a = folded(a ^ two[0], two[1] ^ k[2]);
        b = folded(b ^ two[1], two[0] ^ k[3]);
    }
    a = folded(a ^ n, k[2] ^ b); /* the length parts texts that end in zeros */
    b = folded(b ^ n, k[3]);
    *hex_put(hex_put(ret, a), b) = '\0';
}
