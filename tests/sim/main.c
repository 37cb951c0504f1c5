/* SPDX-License-Identifier: Apache-2.0 */
/*
 * banto-sim [--seed N] [--seeds N] [--years Y] [--nets N] [--hash] [--journal] [--digest] [--faults on|off] [--jobs N]
 *
 * Plays years of a made-up site and prints how many a minute it can do. On a broken promise it prints the seed and ends
 * with 1; the same seed gives the same course. Without arguments a short form: fixed seeds and a fresh one; with
 * BANTO_LONG=1 in the environment twenty fresh seeds of a year each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/sim/sim.h"

static double seconds_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool play_seed(const struct sim_options *options)
{
    struct sim sim = {.options = *options};
    double from = seconds_now();
    bool is_good = sim_run(&sim);
    double took = seconds_now() - from;
    (void)printf("sim seed %llu: %.2f years in %.2f s; %lld turns, %lld jobs, %lld kills, %lld failed commits, %lld hosts' jobs lost, "
                 "%lld sessions broken, %lld clock steps, %lld acts (%lld refused), %lld checks, %lld reloads compared, "
                 "%lld failed reads, digest %016llx\n",
                 (unsigned long long)options->seed, options->years, took, (long long)sim.turns, (long long)sim.fleet.started_count,
                 (long long)sim.kills, (long long)sim.commit_faults, (long long)sim.fleet.lost_count, (long long)sim.fleet.drop_count,
                 (long long)sim.clock_steps, (long long)sim.acts, (long long)sim.refused, (long long)sim.checks,
                 (long long)sim.reloads_compared, (long long)sim.faults.failed_query_count, (unsigned long long)sim.digest);
    if (!is_good) {
        (void)printf("sim FAILED: %s\n  replay: banto-sim --seed %llu --years %g --nets %d --faults %s%s\n", sim.wrong,
                     (unsigned long long)options->seed, options->years, options->nets, options->with_faults ? "on" : "off",
                     options->with_hash ? " --hash" : options->keeps_journal ? " --journal" : "");
    }
    (void)fflush(stdout);
    return is_good;
}

/* `jobs` processes, each with seeds of its own; true if all were good. */
static bool play_many(const struct sim_options *options, int seeds, int jobs)
{
    bool is_good = true;
    if (jobs <= 1) {
        for (int i = 0; i < seeds; i++) {
            struct sim_options one = *options;
            one.seed = options->seed + (uint64_t)i;
            is_good = play_seed(&one) && is_good;
        }
        return is_good;
    }
    for (int j = 0; j < jobs; j++) {
        pid_t child = fork();
        if (child == 0) {
            bool is_fine = true;
            for (int i = j; i < seeds; i += jobs) {
                struct sim_options one = *options;
                one.seed = options->seed + (uint64_t)i;
                is_fine = play_seed(&one) && is_fine;
            }
            _Exit(is_fine ? 0 : 1);
        }
        is_good = child > 0 && is_good;
    }
    for (int status; wait(&status) > 0;) {
        is_good = is_good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return is_good;
}

static bool short_form(void)
{
    struct sim_options with_journal = {.years = 0.06, .nets = 120, .with_hash = true, .keeps_journal = true, .with_faults = true};
    struct sim_options plain = {.years = 0.25, .nets = 300, .with_faults = true};
    struct sim_options calm = {.seed = 7, .years = 0.1, .nets = 300};
    uint64_t fresh = (uint64_t)time(NULL);
    bool is_good = play_seed(&calm);
    for (uint64_t seed = 1; seed <= 3; seed++) {
        with_journal.seed = plain.seed = seed;
        is_good = play_seed(&with_journal) && play_seed(&plain) && is_good;
    }
    with_journal.seed = plain.seed = fresh;
    return play_seed(&with_journal) && play_seed(&plain) && is_good;
}

int main(int argc, char **argv)
{
    struct sim_options options = {.seed = 1, .years = 1, .nets = 300, .with_faults = true};
    int jobs = 1, seeds = 1;
    if (argc == 1 && !getenv("BANTO_LONG")) {
        return short_form() ? 0 : 1;
    }
    if (argc == 1) {
        seeds = 20;
        jobs = 2;
        options.seed = (uint64_t)time(NULL);
    }
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        bool has_value = true;
        if (strcmp(argv[i], "--seed") == 0) {
            options.seed = strtoull(value, NULL, 10);
        } else if (strcmp(argv[i], "--seeds") == 0) {
            seeds = (int)strtol(value, NULL, 10);
        } else if (strcmp(argv[i], "--years") == 0) {
            options.years = strtod(value, NULL);
        } else if (strcmp(argv[i], "--nets") == 0) {
            options.nets = (int)strtol(value, NULL, 10);
        } else if (strcmp(argv[i], "--jobs") == 0) {
            jobs = (int)strtol(value, NULL, 10);
        } else if (strcmp(argv[i], "--faults") == 0) {
            options.with_faults = strcmp(value, "on") == 0;
        } else {
            has_value = false;
            options.with_hash |= strcmp(argv[i], "--hash") == 0;
            options.keeps_journal |= strcmp(argv[i], "--journal") == 0;
            options.with_rows |= strcmp(argv[i], "--digest") == 0;
        }
        i += has_value;
    }
    double from = seconds_now();
    bool is_good = options.nets >= 5 && play_many(&options, seeds, jobs);
    double minutes = (seconds_now() - from) / 60;
    (void)printf("sim.site_years_per_min %.1f site-years/min\n", options.years * seeds / minutes);
    return is_good ? 0 : 1;
}
