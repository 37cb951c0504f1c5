/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * site_folder - what the server's main asks at its start: the site folder applied, facts of the site, a restore.
 */
#include "base/arena.h"
#include "base/err.h"

struct api;
struct clock;
struct store;

/* A made-up clock goes on from the last thing that happened. */
MUST_CHECK bool clock_resume_from(struct store *store, struct clock *clock, struct err *e);

struct site_facts {
    const char *local_agent;   /* NULL: the site has none on this host */
    const char *heartbeat_url; /* "" = none */
    int heartbeat_sec;
};
/* Of the folder, or of what was applied last when folder is NULL. Fails as site_parse. */
MUST_CHECK bool site_facts_read(struct api *api, struct arena *into, const char *folder, struct site_facts *ret, struct err *e);
/* Submits site.apply if the folder says something new. `failed` is called on the engine's thread if it is refused. */
MUST_CHECK bool site_folder_apply(struct api *api, const char *folder, void (*failed)(const struct err *e), struct err *e);

/* Puts a backup in the place of the folder's store (the one before is kept as banto.db.before) and takes the epoch
 * away, so that the engine makes a new one. The caller holds the folder's lock. */
MUST_CHECK bool store_restore(const char *backup, const char *data_folder, struct err *e);
