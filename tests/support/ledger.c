/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger - lines sorted by attempt, rows of the store beside them.
 */
#include "tests/support/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "jobnet/status.h"
#include "store/store.h"

/* By run and node. */
struct job {
    int starts, ends, attempt, entries;
    bool is_known;
};

struct books {
    struct arena arena;
    struct map jobs;           /* by job_id */
    struct store_reader *reader;
    struct ledger_counts *counts;
};

static uint64_t job_id(int64_t run, int64_t node) { return (uint64_t)run << 20 | (uint64_t)node; }

static struct job *job_of(struct books *books, int64_t run, int64_t node)
{
    struct job *job = map_get_id(&books->jobs, job_id(run, node));
    if (!job) {
        job = arena_new(&books->arena, struct job);
        (void)map_put_id(&books->jobs, job_id(run, node), job);
    }
    return job;
}

static void lines_read(struct books *books, const char *path)
{
    char line[128], word[8];
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file)) {
        long long run, node;
        int attempt;
        if (sscanf(line, "%lld/%lld/%d %7s", &run, &node, &attempt, word) != 4) {
            books->counts->strange++;
            continue;
        }
        struct job *job = job_of(books, run, node);
        bool is_start = strcmp(word, "start") == 0;
        *(is_start ? &job->starts : &job->ends) += 1;
        *(is_start ? &books->counts->starts : &books->counts->ends) += 1;
        job->attempt = attempt;
    }
    if (file) {
        (void)fclose(file);
    }
}

static bool runs_read(struct books *books, struct err *e)
{
    struct rows *rows = store_query(books->reader, &(struct query){.table = TABLE_run, .order_column = -1});
    for (struct run_row run; rows_next(rows, &run);) {
        books->counts->runs++;
        books->counts->stuck += run.status != STATUS_NORMAL;
    }
    return rows_end(rows, e);
}

static bool nodes_read(struct books *books, struct err *e)
{
    struct rows *rows = store_query(books->reader, &(struct query){.table = TABLE_node, .order_column = -1});
    for (struct node_row node; rows_next(rows, &node);) {
        if (!node.agent[0]) {
            continue; /* a net */
        }
        struct job *job = job_of(books, node.run, node.node);
        books->counts->jobs++;
        books->counts->stuck += node.status != STATUS_NORMAL;
        books->counts->lost += job->starts == 0 || job->ends == 0;
        books->counts->doubled += job->starts > 1 || job->ends > 1;
        books->counts->strange += job->starts == 1 && job->attempt != node.attempt;
        job->is_known = true;
    }
    return rows_end(rows, e);
}

static bool entries_read(struct books *books, struct err *e)
{
    struct rows *rows = store_journal(books->reader, &(struct journal_query){.stream = "main", .operation = "node.ended"});
    for (struct journal_row row; journal_next(rows, &row);) {
        long long run, node;
        if (sscanf(row.entry.entity, "run/%lld/%lld", &run, &node) == 2) {
            job_of(books, run, node)->entries++;
        }
    }
    return rows_end(rows, e);
}

static bool events_read(struct books *books, struct err *e)
{
    struct rows *rows = store_query(books->reader, &(struct query){.table = TABLE_event, .order_column = -1});
    for (struct event_row event; rows_next(rows, &event);) {
        books->counts->alerts += event.run != 0 ? event.count : 0;
    }
    return rows_end(rows, e);
}

static const char *chain_check(struct books *books, struct err *e)
{
    struct journal_report report;
    const char *different = NULL;
    if (!store_journal_verify(books->reader, "main", &report, e) || !store_replay_check(books->reader, &books->arena, &different, e)) {
        return "the journal cannot be read";
    }
    return report.bad_seq ? "the journal's chain is broken" : different ? "replaying the journal gives other rows" : NULL;
}

const char *ledger_check(const char *database, const char *path, struct ledger_counts *ret)
{
    struct books books = {.counts = ret};
    struct store *store = NULL;
    struct err e = {0};
    const char *wrong = "the store cannot be read";
    *ret = (struct ledger_counts){0};
    lines_read(&books, path);
    if (store_open_sqlite(database, &store, &e) && store_reader_open(store, &books.reader, &e) && runs_read(&books, &e) &&
        nodes_read(&books, &e) && entries_read(&books, &e) && events_read(&books, &e)) {
        wrong = chain_check(&books, &e);
    }
    for (struct map_entry *entry = NULL; (entry = map_next(&books.jobs, entry));) {
        const struct job *job = entry->value;
        ret->strange += !job->is_known;
        ret->unpaired += job->entries != 1;
    }
    store_reader_close(books.reader);
    store_close(store);
    map_close(&books.jobs);
    arena_close(&books.arena);
    return wrong;
}
