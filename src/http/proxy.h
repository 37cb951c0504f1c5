/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * proxy - what a trusted proxy in front of us says of who asks. Pure but for inet_pton.
 *
 * Anybody can write X-Forwarded-For. It is believed from the right, as far as each word was written by a trusted proxy: the
 * last address that is none of theirs is who asks. Without proxies (the usual) the headers mean nothing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { PROXIES_MAX = 16, PROXY_ADDRESS_BYTES = 46 };

struct proxy {
    uint8_t at[16];            /* IPv4 as ::ffff:a.b.c.d */
    int bits;                  /* of at that count */
};
struct proxies {
    struct proxy list[PROXIES_MAX];
    size_t count;
};
/* "192.0.2.7", "192.0.2.0/24", "2001:db8::/64". False: no address, or too many. */
bool proxies_add(struct proxies *proxies, const char *text);
bool proxies_trust(const struct proxies *proxies, const char *address);
/* peer: a trusted proxy's address. header: all X-Forwarded-For lines in order, with commas between; NULL = none. A word that is
 * no address ends the belief: the proxy that passed it on is who asks. */
void proxy_asker(const struct proxies *proxies, const char *peer, const char *header, char ret[PROXY_ADDRESS_BYTES]);
/* The last word of X-Forwarded-Proto, which the nearest proxy wrote, is "https". NULL: no. */
bool proxy_says_https(const char *header);
