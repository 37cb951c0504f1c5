/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * heartbeat - tells an outside watcher at intervals that this server is alive and deciding: whoever watches the
 * watchman raises the alarm when it stays away.
 */
#include "base/err.h"

struct heartbeat;
struct heartbeat_config {
    const char *url;
    int every_sec;
    bool (*is_healthy)(void *data);                  /* nothing is sent while it is not */
    void (*failed)(void *data, const struct err *e);   /* the first of a row of failures, on the heartbeat's thread */
    void *data;
};
/* Starts its thread. Fails: ERR_SYSTEM. */
MUST_CHECK bool heartbeat_open(const struct heartbeat_config *config, struct heartbeat **ret, struct err *e);
void heartbeat_close(struct heartbeat *heartbeat); /* NULL is fine */
