/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * guard - a test or benchmark that starts real programs leaves none behind, however it ends.
 *
 * The process forks: the child goes on as the test, the parent adopts whatever the test's programs leave behind
 * (keepers and jobs put themselves into sessions of their own) and ends all of it when the test has ended, was told
 * to stop, or takes too long.
 */

/* Returns in the child only. Call it first in main, before any thread. */
void guard_begin(int timeout_sec);
/* A folder of our own below $TMPDIR or /tmp, removed by the guard at the end (kept with BANTO_KEEP=1). Before guard_begin. */
const char *guard_folder(void);
