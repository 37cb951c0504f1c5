/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * store - where state and the journal are kept, behind one small table of functions.
 *
 * Writing: the decision thread collects a batch (row changes and journal entries) and commits it: one
 * batch = one turn = one transaction = one fsync. store_entry seals the changes put since the entry
 * before as its body, so replaying the journal rebuilds every REPLAYED table (a test proves it).
 * Reading: a reader of its own per thread; queries page by key and never hold a transaction while a
 * response waits. If a commit fails, nothing of the batch happened, or (a crash in between) all of it.
 *
 * Journal row hash = SHA-256(prev, header, body_hash); header and bodies are laid out in journal.h.
 * Three makes: sqlite/ (WAL, synchronous=FULL), memory/ (simulator, tests), faulty/ (wraps one and
 * fails the n-th call). Rows borrow their text: a put copies it.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/time.h"
#include "base/vec.h"

struct blob {
    const void *at;
    size_t n;
};

#define STORE_TYPE_I64 int64_t
#define STORE_TYPE_TXT const char *
#define STORE_TYPE_BLB struct blob

/* struct unit_row, struct run_row, … with one member per column. */
#define TABLE(id, name, keys, kind) struct name##_row {
#define COLUMN(name, type) STORE_TYPE_##type name;
#define INDEX(name, ...)
#define TABLE_END(name) };
#include "store/schema.def"
#undef TABLE
#undef COLUMN
#undef INDEX
#undef TABLE_END

enum table {
#define TABLE(id, name, keys, kind) TABLE_##name,
#define COLUMN(name, type)
#define INDEX(name, ...)
#define TABLE_END(name)
#include "store/schema.def"
#undef TABLE
#undef COLUMN
#undef INDEX
#undef TABLE_END
    TABLES
};

enum column_type { COLUMN_I64, COLUMN_TXT, COLUMN_BLB };
struct column {
    const char *name;
    enum column_type type;
    size_t offset;
};
struct table_info {
    int id;
    const char *name;
    size_t key_count, column_count, row_bytes;
    bool is_replayed;
    const struct column *columns;
    const struct column *(*loose)(void); /* those with bytes outside the row: texts and blobs; a name of NULL ends them */
};
const struct table_info *table_info(enum table table);
/* Column number by name, -1 if none. */
int table_column(enum table table, const char *name);

/* ---- writing ---- */
struct journal_entry {
    struct instant at;        /* business clock */
    struct instant wall;      /* machine clock */
    const char *stream;       /* service name, or "desk" */
    const char *actor;        /* who: user, agent:NAME, system */
    const char *via;          /* how: cli, web, api, agent, engine, import */
    const char *operation;    /* what: run.start, node.exit, jobnet.hold, … */
    const char *entity;       /* on what: unit path, run/12, run/12/3, window/KOKUHO/職員 … */
    const char *reason, *reference;
};

struct store;
struct store_batch;

struct store_batch *store_batch_open(struct store *store);
void store_batch_close(struct store_batch *batch);
void store_put(struct store_batch *batch, enum table table, const void *row);
void store_remove(struct store_batch *batch, enum table table, const void *key_row); /* key columns only are read */
/* Seals everything put since the last entry. The sequence number and hashes are given at the commit. */
void store_entry(struct store_batch *batch, const struct journal_entry *entry);
bool store_batch_is_empty(const struct store_batch *batch);
bool store_batch_has_unsealed(const struct store_batch *batch); /* changes of REPLAYED tables behind the last entry */
/* Durable when it returns true. The batch is empty afterwards in either case. Asserts that no REPLAYED change is unsealed.
 * *first_id (may be NULL): journal id of the batch's first entry, the others follow it; 0 without entries. Fails: ERR_STORE and the
 * ERR_STORE_… of BNT06nn, all with HTTP status 503; the store can be used on, the next commit starts afresh. */
MUST_CHECK bool store_commit(struct store *store, struct store_batch *batch, int64_t *first_id, struct err *e);

/* ---- reading ---- */
enum where_op { WHERE_EQ, WHERE_NE, WHERE_LT, WHERE_LE, WHERE_GT, WHERE_GE, WHERE_LIKE /* * and ? */ };
struct where {
    int column;
    enum where_op op;
    int64_t number;
    const char *text;
};
enum { WHERE_MAX = 8 };
struct query {
    enum table table;
    struct where where[WHERE_MAX];
    size_t where_count;
    int order_column;         /* -1: primary key; else this column, then the primary key */
    bool is_descending;
    int64_t limit;            /* 0: all */
};

struct store_reader;
/* One per thread. */
MUST_CHECK bool store_reader_open(struct store *store, struct store_reader **ret, struct err *e);
void store_reader_close(struct store_reader *reader);
/* All that is read between the two is of one moment (SQLite; in memory: only while nobody writes) and cheaper.
 * Never held across a suspended response. */
MUST_CHECK bool store_reader_hold(struct store_reader *reader, struct err *e);
void store_reader_release(struct store_reader *reader);

struct rows; /* a cursor that remembers its failure; text of a row lives until the next row */
struct rows *store_query(struct store_reader *reader, const struct query *query);
bool rows_next(struct rows *rows, void *row);
/* Closes. False: the store broke on the way. NULL is fine. */
MUST_CHECK bool rows_end(struct rows *rows, struct err *e);
/* Fills the row whose key columns are set in *row; *found = false (row untouched) and true when there is none. Text is
 * copied into `into`. */
MUST_CHECK bool store_get(struct store_reader *reader, struct arena *into, enum table table, void *row, bool *found,
                          struct err *e);

struct journal_row {
    int64_t id;               /* order of writing over all streams */
    int64_t seq;
    struct journal_entry entry;
    uint8_t body_hash[32], prev[32], hash[32];
    struct blob body;         /* empty when redacted or not asked for */
    bool is_redacted;
};
struct journal_query {
    const char *stream;           /* NULL: all, in order of writing; then the two below are ids */
    int64_t after_seq, until_seq; /* after exclusive; until inclusive, 0 = end */
    const char *actor, *entity, *operation; /* NULL: any; * and ? allowed */
    struct instant from, to;      /* business clock, `to` exclusive; {0} and INSTANT_NEVER (or {0}): any */
    bool with_bodies, is_descending;
    int64_t limit;
};
struct rows *store_journal(struct store_reader *reader, const struct journal_query *query);
bool journal_next(struct rows *rows, struct journal_row *row);
/* Last sequence number and hash of a stream; 0 and zeros when empty. */
MUST_CHECK bool store_journal_head(struct store_reader *reader, const char *stream, int64_t *seq, uint8_t hash[32], struct err *e);

/* ---- life ---- */
/* Makes the file (mode 0600) if there is none; brings an older schema up to date. The one writer: PATH.lock is held.
 * Fails: ERR_STORE_OPEN, _LOCKED, _MODE, _FOREIGN, _NEWER, _DAMAGED, _MIGRATION, _FULL. */
MUST_CHECK bool store_open_sqlite(const char *path, struct store **ret, struct err *e);
/* with_hash: keep the chain (slower). keeps_journal false: journal rows are counted and hashed but not kept. */
struct store *store_open_memory(bool with_hash, bool keeps_journal);
/* Calls to fail, counted from 1: commits[n-1]. after_commit: the inner commit succeeds but false is reported. */
struct store_faults {
    int64_t fail_commit_at, fail_query_at; /* 0 = never */
    bool is_after_commit;                  /* the outcome is lost, not the data */
    int64_t commit_count, query_count;     /* seen so far */
    int64_t failed_query_count;            /* reads that were made to fail */
};
struct store *store_wrap_faulty(struct store *inner, struct store_faults *faults); /* owns inner */
void store_close(struct store *store);

/* Online copy to a new file, mode 0600, fsynced (SQLite only); from any thread. Fails: ERR_STORE_BACKUP. */
MUST_CHECK bool store_backup(struct store *store, const char *path, struct err *e);

/* Empties the body of row `seq` of `stream` and appends a row to the same stream that says so: operation journal.redact,
 * entity journal/STREAM/SEQ, the rest from `entry`. Its body restates the rows that the lost body had touched as they
 * are now, so that replay still ends right: correct the rows first, then redact. The chain stays whole. Decision
 * thread only. Fails: ERR_NOT_FOUND, ERR_CONFLICT (no body), as store_commit. */
MUST_CHECK bool store_journal_redact(struct store *store, const char *stream, int64_t seq, const struct journal_entry *entry,
                                     struct err *e);

/* ---- journal checks (also for `banto journal verify`) ---- */
struct journal_report {
    int64_t row_count, redacted_count;
    int64_t bad_seq;          /* 0: the chain is whole */
    const char *bad_what;     /* "hash", "prev", "gap", "body" */
    uint8_t head[32];
};
MUST_CHECK bool store_journal_verify(struct store_reader *reader, const char *stream, struct journal_report *ret, struct err *e);
/* Replays all streams into a fresh memory store and compares every REPLAYED table: *different names the first
 * table and key that differ (in `into`), NULL when all are equal. */
MUST_CHECK bool store_replay_check(struct store_reader *reader, struct arena *into, const char **different, struct err *e);

/* SHA-256 as lower-case hex. */
void store_hash_hex(const void *bytes, size_t n, char hex[65]);
