/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * outside - everything of the server that is turned to the world: HTTP, the agent of this host, the heart-beat.
 */
#include "base/arena.h"
#include "base/err.h"

struct api;
struct arguments;
struct site_facts;
struct outside;

struct outside_config {
    struct api *api;
    const char *data;          /* folder of the socket and of the local agent */
    const struct arguments *arguments; /* of listening and the console; borrowed until outside_close */
    const struct site_facts *facts;
    void (*say)(const struct err *e); /* one line for the log; any thread */
};
MUST_CHECK bool outside_open(const struct outside_config *config, struct outside **ret, struct err *e);
/* Certificates are read again. NULL is fine. */
void outside_reload(struct outside *outside);
void outside_close(struct outside *outside); /* NULL is fine */
