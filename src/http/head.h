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

/* NULL: may pass; else what is wrong (static text). is_tcp: Host is needed and must name this host. */
const char *head_check(const char *method, const char *version, const struct head_line *headers, size_t count, bool is_tcp);
/* "localhost", "127.x.y.z", "[::1]", each with a port or without. A name that resolves here today may not tomorrow. */
bool head_host_is_local(struct str host);
