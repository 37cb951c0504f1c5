/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site - a made-up site: windows that open and close every business day, nights full of nets, a mix as the sample has it.
 *
 * Three nets in ten run every business day, one a week, the rest once a month; most in the night, behind one another.
 */
#include <stdio.h>

#include "tests/sim/sim.h"

const char *const sim_classes[SIM_CLASSES] = {"職員", "保険者"};

void sim_site(struct strbuf *into)
{
    strbuf_text(into,
                "site: sim\nbase_time: 06:00\n"
                "calendars:\n"
                "  - name: default\n    closed_weekdays: [su, sa]\n    closed_on_holidays: true\n"
                "  - {name: EVERY, open_weekdays: [su, mo, tu, we, th, fr, sa]}\n"
                "window_groups:\n"
                "  - name: ONLINE\n    systems: [X]\n    observation_minutes: 14400\n"
                "    classes:\n"
                "      - {name: 職員, calendar: default, on_open_days: {opens: 08:00, precloses: 19:00, closes: 19:15}}\n"
                "      - {name: 保険者, calendar: default, on_open_days: {opens: 08:30, precloses: 21:00, closes: 21:15}}\n"
                "time_windows:\n"
                "  - {name: NIGHT, from: 21:30, to: 30:00}\n"
                "agents:\n"
                "  - {name: a0, default: true, jobs: 20}\n"
                "  - {name: a1, jobs: 8}\n  - {name: a2, jobs: 4}\n  - {name: a3, jobs: 2}\n  - {name: a4, jobs: 12}\n"
                "  - name: a5\n    jobs: 3\n    limits:\n      - {from: 22:00, jobs: 10}\n");
}

static int below(uint64_t *chance, int n) { return (int)(chance_next(chance) % (uint64_t)n); }

static void schedule(struct strbuf *b, uint64_t *chance, int number)
{
    int kind = number % 10, minute = 21 * 60 + 30 + below(chance, 6 * 60);
    strbuf_text(b, kind < 3   ? "sd=1,en;cy=1,(1,d);sh=1,no;"
                   : kind < 4 ? "sd=1,su;cy=1,(1,w);sh=1,no;"
                              : "");
    if (kind >= 4) {
        strbuf_printf(b, "sd=1,%s%d;cy=1,(1,m);sh=1,%s;shd=1,10;", below(chance, 2) ? "*" : "", 1 + below(chance, 18),
                      below(chance, 2) ? "be" : "af");
    }
    strbuf_printf(b, "st=1,%02d:%02d;", minute / 60, minute % 60);
    if (below(chance, 4) == 0) {
        strbuf_printf(b, "sy=1,%02d:%02d;ey=1,%02d:%02d;", (minute + 60) / 60, minute % 60, (minute + 180) / 60, minute % 60);
    }
}

static void gates(struct strbuf *b, uint64_t *chance, int number)
{
    if (number > 3 && below(chance, 10) < 4) {
        int before = below(chance, number);
        strbuf_printf(b, "x_gate=pred(/N%03d,day%s);", before, below(chance, 5) ? "" : ",end");
    }
    if (below(chance, 10) < 2) {
        strbuf_text(b, "x_gate=online(ONLINE,closed);x_gate=lock(ONLINE,shared);");
    }
    int lock = below(chance, 20);
    if (lock < 3) {
        strbuf_printf(b, "x_gate=lock(L%d%s);", below(chance, 8), lock == 0 ? "" : ",shared");
    }
    if (below(chance, 12) == 0) {
        strbuf_text(b, "x_gate=window(NIGHT);");
    }
}

static void job(struct strbuf *b, uint64_t *chance, const char *name)
{
    strbuf_printf(b, "unit=%s,,,;{ty=j;te=\"run %s\";wth=4;tho=8;fd=%d;", name, name, 1 + below(chance, 40));
    int kind = below(chance, 12);
    if (kind == 0) {
        strbuf_text(b, "abr=y;rjs=9;rje=99;rec=2;rei=3;");
    } else if (kind == 1) {
        strbuf_text(b, "etm=90;");
    } else if (kind == 2) {
        strbuf_printf(b, "ex=\"a%d\";pr=%d;", below(chance, SIM_AGENTS), 1 + below(chance, 5));
    } else if (kind == 3 && below(chance, 4) == 0) {
        strbuf_printf(b, "x_gate=lock(J%d);", below(chance, 3));
    }
    strbuf_text(b, "}\n");
}

static void switch_net(struct strbuf *b, int number)
{
    static const struct {
        const char *time, *cls, *state;
    } switches[] = {{"08:00", "職員", "open"}, {"08:30", "保険者", "open"}, {"19:15", "職員", "closed"}, {"21:15", "保険者", "closed"}};
    bool opens = number < 2;
    strbuf_printf(b, "unit=N%03d,,,;{ty=n;sd=1,en;cy=1,(1,d);sh=1,ca;st=1,%s;x_class=switch;%scd=1;"
                     "unit=S,,,;{ty=j;te=\"switch\";fd=5;x_effect=window(ONLINE,%s,%s);}}\n",
                  number, switches[number].time, opens ? "x_gate=lock(ONLINE);" : "", switches[number].cls, switches[number].state);
}

void sim_unit(struct strbuf *b, const struct sim *sim, int number, int version)
{
    uint64_t chance = sim->options.seed * 1000003 + (uint64_t)number;
    if (number < 4) {
        switch_net(b, number);
        return;
    }
    (void)chance_next(&chance);
    int jobs = 2 + below(&chance, 4);
    bool is_fan = below(&chance, 3) == 0, has_nested = below(&chance, 7) == 0, has_judgment = below(&chance, 10) == 0;
    strbuf_printf(b, "unit=N%03d,,,;{ty=n;", number);
    schedule(b, &chance, number);
    gates(b, &chance, number);
    int odd = below(&chance, 30);
    strbuf_text(b, odd == 0 ? "ms=mlt;" : odd == 1 ? "ha=a;" : odd == 2 ? "x_missed=run;" : odd == 3 ? "x_missed=skip;" : odd == 4 ? "cd=1;" : "");
    strbuf_printf(b, "ex=\"a%d\";", below(&chance, SIM_AGENTS));
    if (below(&chance, 2)) {
        strbuf_text(b, "x_deadline=30:00;");
    }
    for (int i = 1; i < jobs; i++) {
        strbuf_printf(b, "ar=(f=J%d,t=J%d,seq);", is_fan ? 0 : i - 1, i);
    }
    if (has_nested) {
        strbuf_printf(b, "ar=(f=J%d,t=X,seq);unit=X,,,;{ty=n;ar=(f=X0,t=X1,seq);", jobs - 1);
        job(b, &chance, "X0");
        job(b, &chance, "X1");
        strbuf_text(b, "}\n");
    }
    if (has_judgment) {
        strbuf_printf(b, "ar=(f=J%d,t=D,seq);ar=(f=D,t=E,con);unit=D,,,;{ty=jdj;ej=gt;ejc=0;}\n", jobs - 1);
        job(b, &chance, "E");
    }
    for (int i = 0; i < jobs; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "J%d", i);
        job(b, &chance, name);
    }
    if (version) {
        strbuf_printf(b, "unit=V%d,,,;{ty=j;te=\"v\";fd=2;}", version);
    }
    strbuf_text(b, "}\n");
}

void sim_units(struct strbuf *into, struct sim *sim)
{
    for (int i = 0; i < sim->options.nets; i++) {
        sim_unit(into, sim, i, 0);
    }
}
