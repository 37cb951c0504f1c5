/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_kokuho - the sample federation says what the domain's tables say: units, run dates, deadlines, durations.
 *
 * Reads examples/kokuho from the folder the tests run in.
 */
#include "tests/unit.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobnet/net.h"
#include "plan/timeline.h"
#include "wire/site.h"

enum { FILES_MAX = 16, TEXT_MAX = 1 << 20 };

struct fixture {
    struct arena arena;
    const struct site *site;
    const struct unit_file *files[FILES_MAX];
    size_t file_count;
};

static struct str slurp(struct arena *into, const char *path)
{
    char *text = arena_alloc(into, TEXT_MAX, 1);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t n = fread(text, 1, TEXT_MAX - 1, file);
    assert_int_equal(fclose(file), 0);
    return (struct str){text, n};
}

static void units_load(struct fixture *f)
{
    glob_t found;
    assert_int_equal(glob("examples/kokuho/units/*.txt", 0, NULL, &found), 0);
    assert_in_range(found.gl_pathc, 1, FILES_MAX);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct str text = slurp(&f->arena, found.gl_pathv[i]);
        struct diags diags = {0};
        bool is_read = unit_parse(&f->arena, text.at, text.n, &diags, &f->files[i]);
        if (!is_read || diags.warning_count > 0) {
            struct strbuf said = {0};
            diags_print(&said, &diags, found.gl_pathv[i], LANG_EN);
            print_message("%s", strbuf_str(&said));
            strbuf_close(&said);
        }
        assert_true(is_read);
        assert_int_equal(diags.error_count + diags.warning_count, 0);
        diags_close(&diags);
    }
    f->file_count = found.gl_pathc;
    globfree(&found);
}

static int setup(void **state)
{
    static struct fixture f; /* one test program, one fixture */
    struct str yaml = slurp(&f.arena, "examples/kokuho/site.yaml");
    struct str csv = slurp(&f.arena, "examples/kokuho/holidays.csv");
    struct site_source source = {.yaml = yaml.at, .yaml_bytes = yaml.n, .holidays_csv = csv.at, .holidays_bytes = csv.n};
    struct err e = {0};
    assert_true(site_parse(&f.arena, &source, &f.site, &e));
    units_load(&f);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    arena_close(&f->arena);
    return 0;
}

static const struct unit *unit_at(const struct fixture *f, const char *path)
{
    const struct unit *unit = NULL;
    for (size_t i = 0; i < f->file_count && !unit; i++) {
        unit = unit_find(f->files[i], path);
    }
    return unit;
}

static const struct net *net_of(struct fixture *f, const struct unit *unit)
{
    struct net_above above = {0};
    struct err e = {0};
    const struct net *net = NULL;
    assert_true(net_make(&f->arena, unit, unit_path(&f->arena, unit, ""), &above, &net, &e));
    return net;
}

typedef void (*net_fn)(struct fixture *f, const struct unit *unit, void *data);

static void each_net(struct fixture *f, net_fn visit, void *data)
{
    for (size_t i = 0; i < f->file_count; i++) {
        for (const struct unit *group = f->files[i]->first; group; group = group->next_sibling) {
            for (const struct unit *unit = group->first_child; unit; unit = unit->next_sibling) {
                if (unit_is_root_net(unit)) {
                    visit(f, unit, data);
                }
            }
        }
    }
}

/* Calendar of a net: that of the group jc= names, else of its own. */
static void net_calendars(void *data, const struct unit *net, struct timeline_net *ret)
{
    struct fixture *f = data;
    const char *borrowed = unit_text(&f->arena, net, KEY_JC);
    const struct unit *group = borrowed ? unit_at(f, borrowed) : net->parent;
    assert_non_null(group);
    ret->calendar = site_calendar(f->site, unit_text(&f->arena, group, KEY_X_CALENDAR));
    ret->own = site_calendar(f->site, unit_text(&f->arena, net->parent, KEY_X_CALENDAR));
    assert_true(ret->calendar && ret->own);
    assert_true(bizday_parse("2026-06-01", &ret->registered));
}

struct counts {
    int nets, jobs;
};

static void count(struct fixture *f, const struct unit *unit, void *data)
{
    struct counts *counts = data;
    counts->nets++;
    counts->jobs += (int)unit->child_count;
}

static void there_are_48_nets_and_283_jobs(void **state)
{
    struct counts counts = {0};
    each_net(*state, count, &counts);
    assert_int_equal(counts.nets, 48);
    assert_int_equal(counts.jobs, 283); /* 276 of the table, and 305 is two nets */
}

/* Minutes from the net's start to the node's end along its longest predecessors. */
static int end_minute(const struct net *net, int32_t node)
{
    const struct net_node *at = &net->nodes[node];
    int latest = 0;
    for (uint32_t i = 0; i < at->pred_count; i++) {
        int end = end_minute(net, net->edges[at->pred_from + i]);
        latest = end > latest ? end : latest;
    }
    return latest + at->required_minutes;
}

static void check_net(struct fixture *f, const struct unit *unit, void *data)
{
    const struct net *net = net_of(f, unit);
    int longest = 0;
    assert_int_equal(net->refused_node, -1);
    for (int32_t i = 1; i < net->node_count; i++) {
        int end = end_minute(net, i);
        longest = end > longest ? end : longest;
        const struct net_job *job = net->nodes[i].job;
        assert_non_null(job);
        assert_true(job->warning_above == 0 && job->abnormal_above == 8);
        assert_non_null(strstr(job->command, net->nodes[i].name));
        assert_non_null(site_agent(f->site, net->nodes[i].agent));
    }
    assert_int_equal(longest, net->nodes[0].required_minutes);
    assert_non_null(net->flow); /* */
    bool needs_closed = false, holds_shared = false;
    for (uint16_t i = 0; i < net->nodes[0].gate_count; i++) {
        const struct gate *gate = &net->nodes[0].gates[i];
        if (gate->kind == GATE_PRED) {
            assert_non_null(unit_at(f, gate->name));
        } else if (gate->kind == GATE_ONLINE) {
            assert_non_null(site_group(f->site, gate->name));
            needs_closed = gate->online == GATE_CLOSED;
        } else if (gate->kind == GATE_WINDOW) {
            assert_non_null(site_window(f->site, gate->name));
        } else if (gate->kind == GATE_LOCK && str_equal(gate->name, "KOKUHO")) {
            holds_shared = gate->is_shared;
        }
    }
    assert_int_equal(needs_closed, holds_shared);
    (void)data;
}

static void durations_gates_and_agents_of_every_net_fit(void **state)
{
    each_net(*state, check_net, NULL);
}

/* "DATE TIME" of every run of one net in June 2026, and its deadline, one a line. */
static void runs_print(struct fixture *f, const char *path, const char *from, const char *to, struct strbuf *into)
{
    struct timeline_query query = {.only = unit_at(f, path), .net_of = net_calendars, .data = f};
    struct timeline timeline = {0};
    assert_non_null(query.only);
    assert_true(bizday_parse(from, &query.from) && bizday_parse(to, &query.to));
    for (size_t i = 0; i < f->file_count; i++) {
        const struct unit *top = query.only->parent;
        if (f->files[i]->first == top) {
            timeline_make(&f->arena, f->files[i], &query, &timeline);
        }
    }
    for (size_t i = 0; i < timeline.rows.n; i++) {
        const struct timeline_row *row = &timeline.rows.at[i];
        char date[DATE_TEXT_MAX], time[TIME_TEXT_MAX], deadline[INSTANT_TEXT_MAX];
        if (row->occurrence.state == OCCURRENCE_RUN) {
            (void)instant_print(row->deadline, 540, deadline);
            strbuf_printf(into, "%s%s %s<%.11s", into->n ? ", " : "", bizday_print(row->occurrence.date, date) + 5,
                          daytime_print(row->occurrence.time, time), deadline + 5);
        }
    }
    timeline_close(&timeline);
}

static void june_2026_runs_as_in_the_table(void **state)
{
    static const struct {
        const char *path, *runs; /* date start<deadline */
    } rows[] = {
        {"/審査支払/JN304", "06-12 24:30<06-13T07:30"},
        {"/保険者サービス/JN305A", ""},
        {"/保険者サービス/JN305B", "06-13 09:00<06-15T00:00"},
        {"/審査支払/JN306", "06-13 06:00<06-16T00:00"},
        {"/審査支払/JN307", "06-16 22:20<06-17T07:00"},
        {"/保険者サービス/JN401", "06-19 22:30<06-20T02:00"},
        {"/保険者サービス/JN402", "06-22 09:00<06-22T17:00"},
        {"/審査支払/JN403", "06-25 22:20<06-26T07:00"},
        {"/審査支払/JN404", "06-29 22:10<06-30T07:00"},
        {"/後期請求支払/JN405", "06-29 22:10<06-30T07:00"},
        {"/審査支払/JN406", "06-02 10:00<06-02T17:00"},
        {"/審査支払/JN407", "06-04 22:10<06-06T00:00"},
        {"/審査支払/JN408", "06-15 22:10<06-18T00:00"},
        {"/保険者サービス/JN409", "06-05 22:10<06-11T00:00"},
        {"/保険者サービス/JN501", "06-11 22:20<06-12T07:00"},
        {"/外付けシステム/JN502", "06-16 22:20<06-17T07:00"},
        {"/国保データベース/JN503", "06-10 22:20<06-12T00:00"},
        {"/NDB連携/JN504", "06-19 22:20<07-01T00:00"},
        {"/保険者サービス/JN505", "06-05 22:30<06-06T02:00"},
        {"/外付けシステム/JN506", "06-29 06:00<06-30T07:30"},
        {"/外付けシステム/JN507", "06-11 22:30<06-12T02:00, 06-26 22:30<06-27T02:00"},
        {"/外付けシステム/JN508", "06-30 09:00<06-30T17:00"},
        {"/共通基盤/JN601", "06-07 08:00<06-07T22:00"},
        {"/共通基盤/JN602", "06-14 10:00<06-14T20:00, 06-21 10:00<06-21T20:00, 06-28 10:00<06-28T20:00"},
        {"/共通基盤/JN603", "06-28 08:00<06-28T22:00"},
        {"/共通基盤/JN604", ""},
        {"/共通基盤/JN605", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct strbuf runs = {0};
        runs_print(*state, rows[i].path, "2026-06-01", "2026-06-30", &runs);
        assert_string_equal(strbuf_str(&runs), rows[i].runs);
        strbuf_close(&runs);
    }
}

static void counts_per_month_follow_the_calendars(void **state)
{
    static const struct {
        const char *path;
        int runs;
    } rows[] = {
        {"/共通基盤/JN101", 22},   {"/共通基盤/JN107", 30}, {"/審査支払/JN105", 9}, {"/審査支払/JN308", 9},
        {"/審査支払/JN301", 8},    {"/審査支払/JN302", 5},  {"/審査支払/JN303", 8}, {"/国保情報集約/JN202", 22},
        {"/共通基盤/JN209", 720},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct strbuf runs = {0};
        runs_print(*state, rows[i].path, "2026-06-01", "2026-06-30", &runs);
        int found = 0;
        for (const char *at = strbuf_str(&runs); (at = strchr(at, '<')); at++) {
            found++;
        }
        assert_int_equal(found, rows[i].runs);
        strbuf_close(&runs);
    }
}

static void baselines_name_every_net_once(void **state)
{
    struct fixture *f = *state;
    static const char *const files[] = {"examples/kokuho/baseline.csv", "examples/kokuho/baseline-2026-06-01.csv"};
    static const char *const limits[] = {"2026-06-29", "2026-06-01"};
    for (size_t i = 0; i < COUNT(files); i++) {
        struct str rest = slurp(&f->arena, files[i]), line;
        int found = 0;
        assert_true(str_cut(rest, '\n', &line, &rest) && str_is(line, "unit,date,status,started,ended"));
        while (str_cut(rest, '\n', &line, &rest)) {
            struct str path, tail, date_text, more;
            struct bizday date, limit;
            assert_true(str_cut(line, ',', &path, &tail) && str_cut(tail, ',', &date_text, &more));
            assert_non_null(unit_at(f, arena_copy_bytes(&f->arena, path.at, path.n)));
            assert_true(bizday_parse(arena_copy_bytes(&f->arena, date_text.at, date_text.n), &date));
            assert_true(bizday_parse(limits[i], &limit) && date.day < limit.day);
            found++;
        }
        assert_int_equal(found, 48);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_48_nets_and_283_jobs),
        cmocka_unit_test(durations_gates_and_agents_of_every_net_fit),
        cmocka_unit_test(june_2026_runs_as_in_the_table),
        cmocka_unit_test(counts_per_month_follow_the_calendars),
        cmocka_unit_test(baselines_name_every_net_once),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
