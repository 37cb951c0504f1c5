/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hop: from the last instruction of a job to the first of its successor, on a quiet machine, start and end of each in
 * the fsynced journal; beside one raw start of /bin/true.
 *
 *   hop.median_ms  hop.p99_ms   over a chain of jobs
 *   spawn.raw_ms                one raw start, one at a time, of the same minute: median
 *   hop.ratio                   hop.median_ms / spawn.raw_ms
 *
 *   bench_hop [JOBS]
 */
#include <errno.h>
#include <string.h>

#include "bench/figures.h"
#include "bench/spawn_raw.h"
#include "tests/support/guard.h"
#include "tests/support/server.h"

enum { JOBS_MAX = 5000, SLOTS = 8, SINGLES = 100, TIMEOUT_SEC = 180, RUN_MS = 120000 };

static void define(struct server *s, const char *stamps, int jobs)
{
    char own[400];
    size_t size = (size_t)jobs * 1200 + 256;
    char *text = malloc(size);
    own_folder(own, sizeof(own));
    if (!text) {
        give_up("malloc", "CHAIN");
    }
    size_t n = (size_t)snprintf(text, size, "unit=CHAIN,,,;\n{\n\tty=n;\n");
    for (int i = 0; i < jobs; i++) {
        n += (size_t)snprintf(text + n, size - n, "\tunit=J%05d,,,;\n\t{\n\t\tty=j;\n\t\tsc=\"%s/stamp\";\n\t\tso=\"%s\";\n\t\tsoa=add;\n\t}\n",
                              i, own, stamps);
    }
    for (int i = 1; i < jobs; i++) {
        n += (size_t)snprintf(text + n, size - n, "\tar=(f=J%05d,t=J%05d);\n", i - 1, i);
    }
    (void)snprintf(text + n, size - n, "}\n");
    server_define(s, text);
    free(text);
}

static double ms_between(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) * 1e3 + (double)(to->tv_nsec - from->tv_nsec) / 1e6;
}

static void raw_singles(double *ms, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ms[i] = 1e3 / spawn_raw_of("/bin/true", 1, 1);
    }
}

static void hops(const char *stamps, int jobs, double *raw_ms, size_t raw_n)
{
    struct timespec (*at)[2] = calloc((size_t)jobs, sizeof(*at));
    double *ms = calloc((size_t)jobs, sizeof(*ms));
    FILE *file = fopen(stamps, "re");
    if (!at || !ms || !file || fread(at, sizeof(*at), (size_t)jobs, file) != (size_t)jobs) {
        give_up(stamps, strerror(errno));
    }
    (void)fclose(file);
    for (int i = 1; i < jobs; i++) {
        ms[i - 1] = ms_between(&at[i - 1][1], &at[i][0]);
    }
    size_t n = (size_t)jobs - 1;
    double median_ms = figures_median(ms, n), raw_median_ms = figures_median(raw_ms, raw_n);
    figure("spawn.raw_ms", raw_median_ms, "ms");
    figure("hop.median_ms", median_ms, "ms");
    figure("hop.p99_ms", figures_quantile(ms, n, 0.99), "ms");
    figure("hop.ratio", median_ms / raw_median_ms, "x");
    free(at);
    free(ms);
}

int main(int argc, char **argv)
{
    int jobs = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 400;
    if (jobs < 2 || jobs > JOBS_MAX) {
        (void)fputs("usage: bench_hop [JOBS]\n", stderr);
        return 64;
    }
    char stamps[600];
    double raw_ms[2 * SINGLES];
    struct server s;
    const char *folder = guard_folder();
    guard_begin(TIMEOUT_SEC);
    (void)snprintf(stamps, sizeof(stamps), "%s/stamps", folder);
    server_make(&s, folder, SLOTS, false);
    server_start(&s);
    define(&s, stamps, jobs);
    server_wait_agent(&s);
    raw_singles(raw_ms, SINGLES);
    if (!server_wait(&s, server_run(&s, "/CHAIN"), RUN_MS) || strcmp(s.status, "normal") != 0) {
        give_up("/CHAIN", s.status);
    }
    raw_singles(raw_ms + SINGLES, SINGLES);
    hops(stamps, jobs, raw_ms, 2 * SINGLES);
    server_stop(&s);
    return 0;
}
