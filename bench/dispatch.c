/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Durable dispatch: jobs a second from the start of a run of parallel jobs to its end, start and end of each in the
 * fsynced journal and its output captured, beside raw starts on as many lanes; and the processor time that costs.
 *
 *   spawn.raw_per_s          raw starts of /bin/true on as many lanes as dispatch has slots
 *   dispatch.durable_per_s   ours, of the same round; medians of interleaved rounds
 *   dispatch.ratio           median of the rounds' ratios
 *   dispatch8.… dispatch2.…  the same with eight and two slots
 *   dispatch.noop_overhead_us  processor time of bantod, net half, keeper and jobs, less that of a raw start, a job:
 *                            of a static program that does nothing
 *
 *   bench_dispatch [JOBS [ROUNDS [SLOTS]]]
 */
#include <string.h>
#include <sys/resource.h>

#include "bench/figures.h"
#include "bench/spawn_raw.h"
#include "tests/support/guard.h"
#include "tests/support/server.h"

enum { SLOTS = 128, FEW_SHARE = 4, ROUNDS_MAX = 99, TIMEOUT_SEC = 300, RUN_MS = 60000 };

static void define(struct server *s, const char *net, const char *program, int jobs)
{
    size_t size = (size_t)jobs * 128 + strlen(program) * (size_t)jobs + 256;
    char *text = malloc(size);
    if (!text) {
        give_up("malloc", net);
    }
    size_t n = (size_t)snprintf(text, size, "unit=%s,,,;\n{\n\tty=n;\n", net);
    for (int i = 0; i < jobs; i++) {
        n += (size_t)snprintf(text + n, size - n, "\tunit=J%05d,,,;\n\t{\n\t\tty=j;\n\t\tsc=\"%s\";\n\t}\n", i, program);
    }
    (void)snprintf(text + n, size - n, "}\n");
    server_define(s, text);
    free(text);
}

static void slots(struct server *s, int count)
{
    char body[128];
    (void)snprintf(body, sizeof(body), "{\"name\":\"local\",\"limits\":\"00:00=%d\",\"reason\":\"measured\"}", count);
    (void)server_must(s, "POST", "/api/v1/agents/limits", body);
}

/* Jobs a second of one run. */
static double run(struct server *s, const char *net, int jobs)
{
    if (!server_wait(s, server_run(s, net), RUN_MS)) {
        give_up(net, "did not end");
    }
    if (strcmp(s->status, "normal") != 0) {
        give_up(net, s->status);
    }
    return jobs * 1000.0 / (double)(s->ended_ms - s->started_ms);
}

struct load {
    const char *prefix, *net;
    int lanes, jobs, rounds;
};

static void rates(struct server *s, const struct load *load)
{
    double raw[ROUNDS_MAX], ours[ROUNDS_MAX], ratio[ROUNDS_MAX];
    char name[64];
    slots(s, load->lanes);
    for (int i = 0; i < load->rounds; i++) {
        raw[i] = spawn_raw_of("/bin/true", load->lanes, load->jobs / load->lanes);
        ours[i] = run(s, load->net, load->jobs);
        ratio[i] = ours[i] / raw[i];
    }
    (void)snprintf(name, sizeof(name), "spawn%s.raw_per_s", load->prefix);
    figure(name, figures_median(raw, (size_t)load->rounds), "/s");
    (void)snprintf(name, sizeof(name), "dispatch%s.durable_per_s", load->prefix);
    figure(name, figures_median(ours, (size_t)load->rounds), "/s");
    (void)snprintf(name, sizeof(name), "dispatch%s.ratio", load->prefix);
    figure(name, figures_median(ratio, (size_t)load->rounds), "x");
}

/* Of us and of the children that we waited for. */
static double own_cpu_s(void)
{
    double sum = 0;
    for (int i = 0; i < 2; i++) {
        struct rusage usage;
        (void)getrusage(i ? RUSAGE_CHILDREN : RUSAGE_SELF, &usage);
        sum += (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    }
    return sum;
}

static void overhead(struct server *s, const char *noop, int lanes, int jobs, int rounds)
{
    double raw[ROUNDS_MAX], ours[ROUNDS_MAX], more[ROUNDS_MAX], rate[ROUNDS_MAX], raw_rate[ROUNDS_MAX];
    slots(s, lanes);
    for (int i = 0; i < rounds; i++) {
        double before = own_cpu_s();
        raw_rate[i] = spawn_raw_of(noop, lanes, jobs / lanes);
        raw[i] = (own_cpu_s() - before) * 1e6 / jobs;
        before = server_cpu_s(s);
        rate[i] = run(s, "/NOOP", jobs);
        ours[i] = (server_cpu_s(s) - before) * 1e6 / jobs;
        more[i] = ours[i] - raw[i];
    }
    figure("spawn.noop_raw_per_s", figures_median(raw_rate, (size_t)rounds), "/s");
    figure("dispatch.noop_per_s", figures_median(rate, (size_t)rounds), "/s");
    figure("spawn.noop_raw_us", figures_median(raw, (size_t)rounds), "us");
    figure("dispatch.noop_us", figures_median(ours, (size_t)rounds), "us");
    figure("dispatch.noop_overhead_us", figures_median(more, (size_t)rounds), "us");
}

int main(int argc, char **argv)
{
    int jobs = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 2000, rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 5;
    int lanes = argc > 3 ? (int)strtol(argv[3], NULL, 10) : SLOTS;
    if (lanes < 1 || lanes > SPAWN_RAW_LANES_MAX || jobs < lanes || jobs > 90000 || rounds < 1 || rounds > ROUNDS_MAX) {
        (void)fputs("usage: bench_dispatch [JOBS [ROUNDS [SLOTS]]]\n", stderr);
        return 64;
    }
    char own[400], noop[420];
    struct server s;
    const char *folder = guard_folder();
    guard_begin(TIMEOUT_SEC);
    own_folder(own, sizeof(own));
    (void)snprintf(noop, sizeof(noop), "%s/noop", own);
    server_make(&s, folder, lanes, false);
    server_start(&s);
    define(&s, "TRUE", "/bin/true", jobs);
    define(&s, "FEW", "/bin/true", jobs / FEW_SHARE);
    define(&s, "NOOP", noop, jobs);
    server_wait_agent(&s);
    (void)run(&s, "/TRUE", jobs); /* warm */
    rates(&s, &(struct load){"", "/TRUE", lanes, jobs, rounds});
    rates(&s, &(struct load){"8", "/FEW", 8, jobs / FEW_SHARE, rounds});
    rates(&s, &(struct load){"2", "/FEW", 2, jobs / FEW_SHARE, rounds});
    overhead(&s, noop, lanes, jobs, rounds);
    server_stop(&s);
    return 0;
}
