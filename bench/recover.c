/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recovery: a store with 100,000 live job runs is opened again; and what a defined job and a live job run cost in memory.
 *
 *   recover.100k_s      from opening the store to the end of the first turn
 *   mem.bytes_per_job   heap per defined job, compiled, beside its strings (name and script, told apart)
 *   mem.bytes_per_run   heap per live job run
 */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/engine.h"
#include "jobnet/net.h"
#include "jobnet/run.h"
#include "jobnet/unit.h"

enum { NETS = 100, JOBS_PER_NET = 1000 };

static double now_sec(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void must(bool is_good, const struct err *e)
{
    if (!is_good) {
        struct strbuf text = {0};
        err_print(&text, e, LANG_EN);
        fprintf(stderr, "%s\n", strbuf_str(&text));
        exit(1);
    }
}

static void done(void *data, const struct act_result *result)
{
    must(result->is_ok, &result->err);
    ++*(int *)data;
}

static void nets_text(struct strbuf *text)
{
    for (int n = 0; n < NETS; n++) {
        strbuf_printf(text, "unit=NET%03d,,,;\n{\n\tty=n;\n", n);
        for (int j = 0; j < JOBS_PER_NET; j++) {
            strbuf_printf(text, "\tunit=JOB%04d,,,;\n\t{\n\t\tty=j;\n\t\tsc=\"/usr/bin/true\";\n\t}\n", j);
        }
        strbuf_text(text, "}\n");
    }
}

static struct instant at(int64_t ms) { return (struct instant){INT64_C(1782700000000) + ms}; }

static void turn(struct engine *engine, int64_t ms)
{
    struct instant next;
    struct err e;
    must(engine_turn(engine, at(ms), at(ms), &next, &e), &e);
}

static void fill(struct store *store, const struct strbuf *text)
{
    struct engine *engine;
    struct err e;
    struct engine_config config = {.store = store, .service = "main", .seed = 1};
    int answered = 0;
    must(engine_open(&config, &engine, &e), &e);
    turn(engine, 0);
    struct act act = act_make(ACT_DEFINE);
    act.unit = "/";
    act.text = text->at;
    act.text_n = text->n;
    must(engine_submit(engine, &act, done, &answered, &e), &e);
    turn(engine, 1);
    for (int n = 0; n < NETS; n++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "/NET%03d", n);
        act = act_make(ACT_RUN);
        act.unit = name;
        act.is_waiting = true;
        must(engine_submit(engine, &act, done, &answered, &e), &e);
        turn(engine, 2 + n);
    }
    if (answered != NETS + 1) {
        fprintf(stderr, "only %d answers\n", answered);
        exit(1);
    }
    engine_close(engine);
}

static size_t heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd; /* large blocks are mapped apart */
}

static void memory(const struct strbuf *text)
{
    struct arena tree = {0}, nets = {0}, runs = {0};
    struct diags diags = {0};
    const struct unit_file *file;
    struct err e = {0};
    must(unit_parse(&tree, text->at, text->n, &diags, &file), &e);
    const struct net *made[NETS];
    int n = 0;
    struct net_above above = {0};
    size_t before = heap_bytes();
    for (const struct unit *unit = file->first; unit; unit = unit->next_sibling) {
        must(net_make(&nets, unit, unit->name, &above, &made[n++], &e), &e);
    }
    size_t after = heap_bytes();
    size_t strings = 0;
    for (int32_t j = 1; j < made[0]->node_count; j++) {
        strings += strlen(made[0]->nodes[j].name) + strlen(made[0]->nodes[j].job->script) + 2;
    }
    double string_bytes = (double)strings / JOBS_PER_NET;
    printf("mem.bytes_per_job %.0f B\n", (double)(after - before) / (NETS * JOBS_PER_NET) - string_bytes);
    printf("mem.bytes_per_job_strings %.0f B\n", string_bytes);
    before = heap_bytes();
    for (int i = 0; i < n; i++) {
        struct run_birth birth = {.id = i + 1, .date = {20000}};
        (void)run_make(&runs, made[i], &birth);
    }
    after = heap_bytes();
    /* the engine keeps two pointers and a byte more for each node */
    printf("mem.bytes_per_run %.0f B\n", (double)(after - before) / (NETS * JOBS_PER_NET) + 2 * sizeof(char *) + 1);
    arena_close(&runs);
    arena_close(&nets);
    arena_close(&tree);
    diags_close(&diags);
}

int main(void)
{
    struct strbuf text = {0};
    struct err e;
    nets_text(&text);
    memory(&text);
    char folder[] = "/tmp/banto-bench-XXXXXX", path[64];
    if (!mkdtemp(folder)) {
        return 1;
    }
    (void)snprintf(path, sizeof(path), "%s/banto.db", folder);
    struct store *store;
    must(store_open_sqlite(path, &store, &e), &e);
    fill(store, &text);
    store_close(store);

    double before = now_sec();
    struct engine *engine;
    must(store_open_sqlite(path, &store, &e), &e);
    struct engine_config config = {.store = store, .service = "main", .seed = 1};
    must(engine_open(&config, &engine, &e), &e);
    turn(engine, 100000);
    printf("recover.100k_s %.3f s\n", now_sec() - before);
    struct engine_figures figures;
    engine_figures(engine, &figures);
    if (figures.runs_live != NETS) {
        fprintf(stderr, "%" PRId64 " runs live\n", figures.runs_live);
        return 1;
    }
    engine_close(engine);
    store_close(store);
    strbuf_close(&text);
    for (size_t i = 0; i < 4; i++) {
        static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
        char file[80];
        (void)snprintf(file, sizeof(file), "%s%s", path, ends[i]);
        (void)unlink(file);
    }
    (void)rmdir(folder);
    return 0;
}
