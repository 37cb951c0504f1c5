/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * agent - the net half: speaks HTTP with the server and messages with the keeper, and may die at any time.
 *
 * It keeps nothing that matters: what runs and what has ended is asked of the keeper anew in every session, so a
 * failure of any kind is treated alike: drop the session, wait, begin again. One thread.
 */
#include <stdbool.h>

#include "base/err.h"

struct agent_options {
    const char *folder;        /* absolute; made if it does not exist */
    const char *server;        /* unix:PATH, http://HOST:PORT or https://HOST:PORT */
    const char *name;
    const char *keeper;        /* banto-keeper; NULL: beside our own program */
    const char *keeper_option; /* one more argument for it, or NULL */
    const char *ca, *cert, *key; /* files for https, or NULL */
    bool can_pc;               /* takes PC jobs too */
    bool is_adopting;          /* takes whatever epoch the server has */
    void (*on_event)(const struct err *event); /* one line for the log */
};

/* Until TERM or INT (the keeper and its jobs go on), USR1 (end when no job runs) or USR2 (kill the jobs and end).
 * Fails: ERR_LOCKED, ERR_KEEPER, ERR_FILE, ERR_ARGUMENT. */
MUST_CHECK bool agent_run(const struct agent_options *options, struct err *e);
/* Ends net half and keeper of the folder once no job runs, or kills the jobs first; waits for it. */
MUST_CHECK bool agent_stop(const char *folder, bool is_killing, struct err *e);
