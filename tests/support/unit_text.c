/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unit_text - see unit_text.h. A group holds NETS jobnets of JOBS jobs; the last of each may be shorter.
 */
#include "tests/support/unit_text.h"

enum { NETS = 100, JOBS = 50 };

static void net_begin(struct strbuf *into, size_t net, size_t job_count)
{
    strbuf_printf(into,
                  "\tunit=JN%06zu,,jp1admin,;\n\t{\n\t\tty=n;\n\t\tcm=\"日次バッチ %zu 系\";\n\t\tsz=10×8;\n",
                  net, net);
    for (size_t i = 0; i < job_count; i++) {
        strbuf_printf(into, "\t\tel=J%05zu,j,+%zu +%zu;\n", i, 80 + i % 100 * 160, 48 + i / 100 * 96);
    }
    for (size_t i = 1; i < job_count; i++) {
        strbuf_printf(into, "\t\tar=(f=J%05zu,t=J%05zu);\n", i - 1, i);
    }
    strbuf_text(
        into, "\t\tsd=1,*01;\n\t\tst=1,21:00;\n\t\tcy=1,(1,m);\n\t\tsh=1,be;\n\t\tshd=1,5;\n\t\tcftd=1,no;\n"
              "\t\tsy=1,21:30;\n\t\tey=1,26:00;\n\t\tms=sch;\n\t\tmp=n;\n\t\trg=10;\n\t\tfd=120;\n");
}

static void job(struct strbuf *into, size_t i)
{
    strbuf_printf(into,
                  "\t\tunit=J%05zu,,jp1admin,;\n\t\t{\n\t\t\tty=j;\n\t\t\tcm=\"ジョブ %zu\";\n"
                  "\t\t\tte=\"/opt/app/bin/step.sh --step %zu --mode batch\";\n\t\t\twkp=\"/opt/app/work\";\n"
                  "\t\t\tso=\"/opt/app/log/step%zu.out\";\n\t\t\tse=\"/opt/app/log/step%zu.err\";\n",
                  i, i, i, i, i);
    strbuf_text(
        into,
        "\t\t\tex=\"batch01\";\n\t\t\tun=batch;\n\t\t\tfd=10;\n\t\t\tetm=60;\n\t\t\tjd=cod;\n\t\t\twth=4;\n"
        "\t\t\ttho=8;\n\t\t}\n");
}

void unit_text_make(struct strbuf *into, size_t unit_count)
{
    size_t group = 0;
    for (size_t made = 0; made < unit_count; group++) {
        strbuf_printf(into,
                      "unit=業務%zu,,jp1admin,;\n{\n\tty=g;\n\tcm=\"業務グループ\";\n\top=mo;\n\tcl=su;"
                      "\n\tcl=sa;\n\tsdd=1;\n",
                      group);
        made++;
        for (size_t net = 0; net < NETS && made < unit_count; net++) {
            size_t jobs = unit_count - made - 1 < JOBS ? unit_count - made - 1 : JOBS;
            net_begin(into, net, jobs);
            for (size_t i = 0; i < jobs; i++) {
                job(into, i);
            }
            strbuf_text(into, "\t}\n");
            made += 1 + jobs;
        }
        strbuf_text(into, "}\n");
    }
}
