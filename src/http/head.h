/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * head - the strict look at a request's head: two readings of one request are how requests are smuggled.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct head_line {
    struct str name, value;
};

/* What Host may say. A name of ours that a page elsewhere gets to resolve to us would let that page speak to us. */
struct head_hosts {
    const char *const *names;  /* besides this host's own; without a port */
    size_t count;
    bool any_number;           /* an address in figures is never a name that was made to lead here */
};
/* NULL: may pass; else what is wrong (static text). hosts NULL: Host need not be there and may say anything. */
const char *head_check(const char *method, const char *version, const struct head_line *headers, size_t count,
                       const struct head_hosts *hosts);
bool head_host_is(struct str host, const struct head_hosts *hosts);
/* "localhost", "127.x.y.z", "[::1]", each with a port or without. A name that resolves here today may not tomorrow. */
bool head_host_is_local(struct str host);
