/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_log - attempts of a unit, and what its job printed: by piece, from the end, or the lines that hold some words.
 *
 * Offsets are bytes of the file as the job wrote it; text is decoded on the way out. A piece that is not the last ends with a
 * line, so that no character is cut in two.
 */
#include "api/console_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jobnet/run.h"
#include "os/encoding.h"

enum {
    CHUNK_BYTES = 256 * 1024,
    CHUNK_BYTES_MAX = 1024 * 1024,
    SEARCH_BYTES_MAX = 32 * 1024 * 1024,
    MATCHES_MAX = 200,
    TAIL_LINES_MAX = 5000,
    CUT_MARK_BYTES = 200,
};
#define CUT_MARK "-- ここで切りました / cut here:"

struct log {
    struct call *call;
    int fd;                    /* -1: nothing was printed */
    int64_t size, from, max;
    bool is_ended, is_guessed;
    enum encoding encoding;
    struct strbuf bytes;
};

/* The agent on this host keeps the output of an attempt below its folder (docs/agent.md). */
static const char *output_path(struct call *call, const struct node_row *node, int64_t attempt, const char *stream)
{
    return arena_printf(call->into, "%s/agent/output/%lld/%lld/%lld-%lld.%s", call->api->config.data_folder,
                        (long long)node->run / 1000, (long long)node->run, (long long)node->node, (long long)attempt, stream);
}

static bool log_open(struct log *log, const char *path, struct err *e)
{
    struct stat info;
    log->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (log->fd < 0) {
        return errno == ENOENT || err_set(e, ERR_FILE, "%s" ARG "%s", path, strerror(errno));
    }
    log->size = fstat(log->fd, &info) == 0 ? info.st_size : 0;
    return true;
}

static void piece_read(struct log *log, int64_t from, int64_t max)
{
    char bytes[16 * 1024];
    strbuf_clear(&log->bytes);
    while (log->fd >= 0 && (int64_t)log->bytes.n < max) {
        size_t want = (size_t)(max - (int64_t)log->bytes.n);
        ssize_t n = pread(log->fd, bytes, want < sizeof(bytes) ? want : sizeof(bytes), from + (int64_t)log->bytes.n);
        if (n <= 0) {
            break;
        }
        strbuf_add(&log->bytes, bytes, (size_t)n);
    }
}

/* Where the piece may end: behind its last line when more follows, else before a character that is not whole yet. */
static size_t whole_bytes(const struct log *log, int64_t from)
{
    const char *at = log->bytes.at;
    size_t n = log->bytes.n;
    if (n > 0 && from + (int64_t)n < log->size) {
        for (size_t i = n; i > 0; i--) {
            if (at[i - 1] == '\n') {
                return i;
            }
        }
    }
    size_t back = 0;
    while (back < 3 && back < n && ((unsigned char)at[n - 1 - back] & 0xC0u) == 0x80u) {
        back++;
    }
    if (!log->is_ended && back < n && (unsigned char)at[n - 1 - back] >= 0xC0u) {
        unsigned char lead = (unsigned char)at[n - 1 - back];
        size_t want = lead >= 0xF0u ? 4 : lead >= 0xE0u ? 3 : 2;
        return back + 1 < want ? n - 1 - back : n;
    }
    return n;
}

static struct str decoded(struct log *log, struct str bytes)
{
    char *text = NULL;
    size_t n = 0;
    struct err ignored;
    if (log->is_guessed && bytes.n) {
        log->encoding = encoding_guess(bytes.at, bytes.n);
    }
    bool is_plain = log->encoding == ENCODE_UTF8 || log->encoding == ENCODE_UTF8_BOM;
    if (is_plain || !encoding_decode(log->call->into, log->encoding, bytes, &text, &n, &ignored)) {
        return bytes; /* json_bytes marks what is no text */
    }
    return (struct str){text, n};
}

/* Byte at which the last `lines` lines begin. */
static int64_t tail_from(struct log *log, int64_t lines)
{
    int64_t from = log->size > CHUNK_BYTES_MAX ? log->size - CHUNK_BYTES_MAX : 0;
    piece_read(log, from, CHUNK_BYTES_MAX);
    size_t i = log->bytes.n;
    bool ends_with_line = i > 0 && log->bytes.at[i - 1] == '\n';
    for (i -= ends_with_line; i > 0; i--) {
        if (log->bytes.at[i - 1] == '\n' && --lines == 0) {
            return from + (int64_t)i;
        }
    }
    return from;
}

static bool is_cut(struct log *log)
{
    struct strbuf kept = log->bytes;
    log->bytes = (struct strbuf){0};
    piece_read(log, log->size > CUT_MARK_BYTES ? log->size - CUT_MARK_BYTES : 0, CUT_MARK_BYTES);
    bool has_mark = strstr(strbuf_str(&log->bytes), CUT_MARK) != NULL;
    strbuf_close(&log->bytes);
    log->bytes = kept;
    return has_mark;
}

/* Lines that hold the words, from log->from on; returns where it stopped. */
static int64_t matches_answer(struct log *log, const char *words)
{
    struct json *j = &log->call->json;
    int64_t at = log->from, line = 0, count = 0;
    json_list(j, "matches");
    while (at < log->size && at - log->from < SEARCH_BYTES_MAX && count < MATCHES_MAX) {
        piece_read(log, at, CHUNK_BYTES_MAX);
        struct str rest = {log->bytes.at, whole_bytes(log, at)}, one;
        if (rest.n == 0) {
            break;
        }
        int64_t piece = at;
        while (rest.n > 0 && count < MATCHES_MAX) {
            (void)str_cut(rest, '\n', &one, &rest);
            struct str text = decoded(log, one);
            char *shown = arena_copy_bytes(log->call->into, text.at, text.n);
            int64_t begins = piece + (one.at - log->bytes.at);
            line++;
            at = rest.n ? piece + (rest.at - log->bytes.at) : begins + (int64_t)one.n + 1;
            if (strstr(shown, words)) {
                json_open(j, NULL);
                json_number(j, "offset", begins);
                json_number(j, "line", line);
                json_bytes(j, "text", shown, strcspn(shown, "\r"));
                json_end(j);
                count++;
            }
        }
    }
    json_end(j);
    return at < log->size ? at : log->size;
}

static bool wish_read(struct log *log, struct err *e)
{
    struct call *call = log->call;
    const char *encoding = call_text(call, "encoding");
    int64_t tail = call_number(call, "tail", 0);
    log->is_guessed = !encoding || str_equal(encoding, "auto");
    if (!log->is_guessed && !encoding_parse(encoding, &log->encoding)) {
        return value_refuse(call, operation_field(call->request->operation, "encoding"), encoding, "utf-8, cp932, euc-jp", e);
    }
    log->max = call_number(call, "max", CHUNK_BYTES);
    log->max = log->max < 1 ? 1 : log->max > CHUNK_BYTES_MAX ? CHUNK_BYTES_MAX : log->max;
    log->from = call_number(call, "from", call_number(call, "offset", 0));
    call->field = call_text(call, "from") ? "from" : "offset";
    if (log->from < 0) {
        return err_set(e, ERR_FIELD_VALUE, "%s" ARG "%lld" ARG "0…", call->field, (long long)log->from);
    }
    call->field = NULL;
    if (tail > 0) {
        log->from = tail_from(log, tail > TAIL_LINES_MAX ? TAIL_LINES_MAX : tail);
        log->max = CHUNK_BYTES_MAX;
    }
    return true;
}

static void log_answer(struct log *log)
{
    struct call *call = log->call;
    struct json *j = &call->json;
    const char *words = call_text(call, "q");
    int64_t to = log->from;
    json_number(j, "offset", log->from);
    json_number(j, "from", log->from);
    json_number(j, "size", log->size);
    json_bool(j, "is_ended", log->is_ended);
    json_bool(j, "is_cut", is_cut(log));
    if (words && *words) {
        to = matches_answer(log, words);
        json_text(j, "text", "");
    } else {
        piece_read(log, log->from, log->max);
        size_t n = whole_bytes(log, log->from);
        struct str text = decoded(log, (struct str){strbuf_str(&log->bytes), n});
        to = log->from + (int64_t)n;
        json_list(j, "matches");
        json_end(j);
        json_bytes(j, "text", text.at, text.n);
    }
    json_number(j, "to", to);
    json_number(j, "next_offset", to);
    json_text(j, "encoding", log->encoding == ENCODE_CP932 ? "cp932" : log->encoding == ENCODE_EUC_JP ? "euc-jp" : "utf-8");
}

struct log_of {
    struct run_row run;
    struct node_row node;
    const struct net *net;
};

/* The unit of the run; a unit in its first state has no row. */
static bool node_find(struct call *call, struct log_of *of, struct err *e)
{
    int64_t number = call_number(call, "node", 0);
    bool found = false;
    if (!run_get(call, call_number(call, "run", 0), &of->run, e) || !run_net(call, &of->run, &of->net, e)) {
        return false;
    }
    if (!of->net || number < 0 || number >= of->net->node_count) {
        return err_set(e, ERR_NOT_FOUND, "node" ARG "%lld", (long long)number);
    }
    of->node = (struct node_row){.run = of->run.id, .node = number};
    if (!store_get(call->reader, call->into, TABLE_node, &of->node, &found, e)) {
        return false;
    }
    if (!found) {
        int64_t status = number == 0 ? of->run.status : STATUS_TERM_WAIT;
        of->node = (struct node_row){.run = of->run.id, .node = number, .status = status, .code = CODE_NONE, .agent = "", .reason = ""};
    }
    return true;
}

bool read_log(struct call *call, struct err *e)
{
    struct log_of of;
    struct log log = {.call = call, .fd = -1};
    if (!node_find(call, &of, e)) {
        return false;
    }
    if (!of.net->nodes[of.node.node].is_clean_output && !call_may(call, PERMISSION_OUTPUT, of.net->path, e)) {
        return false;
    }
    const char *stream = call_text(call, "stream");
    int64_t attempt = call_number(call, "attempt", of.node.attempt);
    if (!log_open(&log, output_path(call, &of.node, attempt, stream ? stream : "out"), e)) {
        return false;
    }
    log.is_ended = attempt < of.node.attempt || (of.node.status >= 0 && of.node.status < STATUSES && status_is_ended((enum status)of.node.status));
    bool is_good = wish_read(&log, e);
    if (is_good) {
        json_open(&call->json, NULL);
        json_number(&call->json, "run", of.run.id);
        json_number(&call->json, "node", of.node.node);
        json_text(&call->json, "unit", net_node_path(call->into, of.net, (int32_t)of.node.node));
        json_number(&call->json, "attempt", attempt);
        answer_status(call, of.node.status);
        log_answer(&log);
        json_end(&call->json);
    }
    if (log.fd >= 0) {
        (void)close(log.fd);
    }
    strbuf_close(&log.bytes);
    return is_good;
}

/* ---- attempts ---- */

static void attempt_answer(struct call *call, const struct attempt_row *row, bool is_last)
{
    struct json *j = &call->json;
    json_open(j, NULL);
    json_number(j, "attempt", row->attempt);
    answer_status(call, row->status);
    if (row->code == CODE_NONE) {
        json_none(j, "code");
    } else {
        json_number(j, "code", row->code);
    }
    answer_instant(call, "started", row->started_ms);
    answer_instant(call, "ended", row->ended_ms);
    json_text(j, "agent", row->agent);
    json_bool(j, "is_last", is_last);
    json_end(j);
}

bool read_attempts(struct call *call, struct err *e)
{
    struct log_of of;
    if (!node_find(call, &of, e)) {
        return false;
    }
    struct query query = {.table = TABLE_attempt, .order_column = -1, .where_count = 2,
                          .where = {{table_column(TABLE_attempt, "run"), WHERE_EQ, of.run.id, NULL},
                                    {table_column(TABLE_attempt, "node"), WHERE_EQ, of.node.node, NULL}}};
    struct attempt_row row;
    struct rows *rows = store_query(call->reader, &query);
    answer_list_open(call);
    while (rows_next(rows, &row)) {
        attempt_answer(call, &row, false);
    }
    if (of.node.attempt > 0) { /* the newest is the unit's own row */
        row = (struct attempt_row){.attempt = of.node.attempt, .status = of.node.status, .code = of.node.code,
                                   .started_ms = of.node.started_ms, .ended_ms = of.node.ended_ms, .agent = of.node.agent};
        attempt_answer(call, &row, true);
    }
    answer_list_close(call, NULL);
    return answer_rows_end(rows, e);
}
