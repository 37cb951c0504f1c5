/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plans 35 days of 100,000 jobnets with the rules that a real site has.
 *
 *   plan.month_100k_s    the plan alone; plan.parse_s: reading the definitions before it
 *   plan.rss_mib    the most that the process had resident, definitions included
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "calendar/calendar.h"
#include "plan/timeline.h"

enum { NETS_DEFAULT = 100000, GROUP_NETS = 1000 };

static const char *const rules[] = {
    "sd=1,*1;cy=1,(1,d);st=1,22:10;sh=1,ca;",
    "sd=1,20;cy=1,(1,m);sh=1,be;shd=1,7;cftd=1,be,4,20;st=1,22:30;x_deadline=(20,sh=be,cftd=be:2),24:00;",
    "sd=1,*b-1;cy=1,(1,m);st=1,22:10;x_deadline=31:00;",
    "sd=1,en;cy=1,(1,d);sh=1,no;st=1,07:00;sd=2,en;cy=2,(1,d);sh=2,no;st=2,19:00;sd=3,en;cy=3,(1,d);sh=3,no;st=3,25:00;",
    "sd=1,@1;cy=1,(3,d);sh=1,no;st=1,09:00;",
    "sd=1,mo:2;cy=1,(1,m);sh=1,af;st=1,+01:00;",
    "sd=1,we;cy=1,(2,w);sh=1,be;st=1,12:00;",
    "sd=1,3/31;cy=1,(1,y);sh=1,be;",
};

struct site {
    const struct calendar *calendar;
};

static void net_of(void *data, const struct unit *net, struct timeline_net *ret)
{
    const struct site *site = data;
    (void)net;
    *ret = (struct timeline_net){.calendar = site->calendar, .registered = bizday_of((struct civil){2020, 4, 1})};
}

static double now_sec(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    size_t net_count = argc > 1 ? strtoul(argv[1], NULL, 10) : NETS_DEFAULT;
    struct strbuf text = {0};
    for (size_t i = 0; i < net_count; i++) {
        if (i % GROUP_NETS == 0) {
            strbuf_printf(&text, "%sunit=G%zu,,,;{ty=g;\n", i ? "}\n" : "", i / GROUP_NETS);
        }
        strbuf_printf(&text, "unit=N%zu,,,;{ty=n;\n%s}\n", i, rules[i % (sizeof rules / sizeof rules[0])]);
    }
    strbuf_text(&text, "}\n");
    struct arena arena = {0};
    struct diags diags = {0};
    struct site site = {calendar_japan(&arena)};
    const struct unit_file *file;
    double before = now_sec();
    if (!unit_parse(&arena, text.at, text.n, &diags, &file)) {
        fprintf(stderr, "the definitions of this benchmark are wrong\n");
        return EXIT_FAILURE;
    }
    double parsed = now_sec();
    struct timeline timeline;
    struct timeline_query query = {.from = bizday_of((struct civil){2026, 6, 1}),
                                   .to = bizday_of((struct civil){2026, 7, 5}),
                                   .net_of = net_of,
                                   .data = &site};
    timeline_make(&arena, file, &query, &timeline);
    double planned = now_sec();
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    printf("plan.parse_s %.3f s\n", parsed - before);
    printf("plan.month_100k_s %.3f s\n", planned - parsed);
    printf("plan.rss_mib %.0f MiB\n", (double)usage.ru_maxrss / 1024);
    printf("plan.nets %zu nets\nplan.runs %zu runs\n", timeline.net_count, timeline.run_count);
    timeline_close(&timeline);
    diags_close(&diags);
    arena_close(&arena);
    strbuf_close(&text);
    return EXIT_SUCCESS;
}
