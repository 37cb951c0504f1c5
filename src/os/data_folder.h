/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * data_folder - the server's own folder: made if need be, private (0700), locked for the life of the process.
 */
#include "base/arena.h"
#include "base/err.h"

/* *ret: its absolute path, in `into`. A folder that already holds things which are not ours is refused, not made
 * private. Fails: ERR_FILE, ERR_LOCKED. */
MUST_CHECK bool data_folder_open(struct arena *into, const char *path, const char **ret, struct err *e);
