/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * helper - a program of ours that is kept running: started in its own session, started again when it ends.
 *
 * One thread of its own. Between two starts it waits 1, 2, 4 … 60 s, from the beginning again when the program had
 * lived for a minute. While somebody else holds the lock file, that one is taken for the program and none is started.
 */
#include "base/err.h"

struct helper;
struct helper_config {
    const char *const *argv;   /* NULL-terminated; argv[0] is the path */
    const char *lock_path;     /* held by the program while it runs */
    void (*ended)(void *data, const char *how, int again_sec); /* on the helper's thread */
    void *data;
};
/* Fails: ERR_SYSTEM. A program that cannot be started is told to `ended`. */
MUST_CHECK bool helper_open(const struct helper_config *config, struct helper **ret, struct err *e);
/* SIGTERM, after 5 s SIGKILL. NULL is fine. */
void helper_close(struct helper *helper);
