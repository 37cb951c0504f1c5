/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * keeper - owns the processes of jobs, so that everything else may die and be restarted (docs/agent.md).
 *
 * A program of its own: libc only, one thread (and one that waits for the disk), no network.
 * 1. A key is spawned at most once while its records are kept: until ACK and 90 days. 2. INTENT is on disk before
 * exec. 3. What has a last record but no ACK is told again after every LIST. 4. An INTENT that a new keeper finds
 * without a last record becomes UNKNOWN, once.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

/* What the main gives; the working folder is the agent's. */
struct keeper_options {
    int listen_fd, signal_fd; /* signals CHLD; TERM: end when no job runs; USR1: kill the jobs and end */
    int cgroup_fd;            /* writable folder of cgroup v2, or -1 */
    struct rlimit job_files;  /* open files of a job; the keeper needs more for itself */
    int64_t idle_ms;          /* alone and with nothing to keep for so long: end */
};
/* Runs until there is nothing left to keep. False: the system refused something, said on stderr. */
bool keeper_run(const struct keeper_options *options);
