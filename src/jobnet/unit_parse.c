/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unit_parse - reads the text of unit definitions into a tree.
 *
 * One pass, no recursion: open units are frames. After an error reading goes on behind the line or the `;`,
 * so that a file's errors are told together; checks of a unit run when it closes (unit_check). Linear in the
 * text, also for hostile text: what is read twice after an unclosed quote is counted, and once that exceeds
 * the text itself quotes and parentheses must close on their own line.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "jobnet/unit_priv.h"

enum { NAME_KEPT_BYTES = 240 }; /* of a name that is far too long */

/* ---- places and messages ---- */

struct place reader_place(struct reader *r, const char *at)
{
    assert(at >= r->mark && at <= r->end);
    const char *line = r->mark;
    for (const char *found; (found = memchr(line, '\n', (size_t)(at - line))); line = found + 1) {
        r->mark_place.line++;
        r->mark_place.column = 1;
    }
    for (; line < at; line++) {
        r->mark_place.column += ((unsigned char)*line & 0xC0) != 0x80;
    }
    r->mark = at;
    return r->mark_place;
}

void reader_say(struct reader *r, struct place at, const struct unit *unit, enum err_code code,
                const char *fmt, ...)
{
    char args[ERR_ARGS_BYTES];
    const char *path = "";
    struct arena tmp = {0};
    if (diags_keep(r->diags, code)) {
        va_list list;
        va_start(list, fmt);
        (void)vsnprintf(args, sizeof(args), fmt, list);
        va_end(list);
        if (r->depth > UNIT_DEPTH_MAX) { /* too deep to name */
            unit = r->frames.at[UNIT_DEPTH_MAX].unit;
        }
        path = unit ? unit_path(&tmp, unit, "") : "";
    } else {
        args[0] = '\0';
    }
    diags_add(r->diags, at, path, code, "%s", args);
    arena_close(&tmp);
}

static struct frame *top(struct reader *r)
{
    return r->depth ? &r->frames.at[r->depth - 1] : NULL;
}

static void say_syntax(struct reader *r, const char *at, enum err_code code, struct str what)
{
    struct frame *frame = top(r);
    if (frame) {
        frame->is_broken = true;
    }
    reader_say(r, reader_place(r, at), frame ? frame->unit : NULL, code, "%s", excerpt_of(what).text);
}

static void say_expected(struct reader *r, const char *wanted)
{
    struct frame *frame = top(r);
    if (frame) {
        frame->is_broken = true;
    }
    size_t n = 0;
    while (r->at + n < r->end && n < 60 && r->at[n] != '\n' && r->at[n] != ';') {
        n++;
    }
    reader_say(r, reader_place(r, r->at), frame ? frame->unit : NULL, ERR_UNIT_EXPECTED, "%s" ARG "%s",
               wanted, excerpt_of((struct str){r->at, n ? n : r->at < r->end}).text);
}

/* ---- blanks and comments ---- */

static const char *line_end(const struct reader *r, const char *at)
{
    const char *found = memchr(at, '\n', (size_t)(r->end - at));
    return found ? found : r->end;
}

static void warn_shared_line(struct reader *r, const char *start, const char *behind)
{
    const char *before = start;
    while (before > r->text && (before[-1] == ' ' || before[-1] == '\t')) {
        before--;
    }
    while (behind < r->end && (*behind == ' ' || *behind == '\t')) {
        behind++;
    }
    bool is_shared =
        (before > r->text && before[-1] == ';') || (behind < r->end && *behind >= 'a' && *behind <= 'z');
    if (is_shared) {
        struct frame *frame = top(r);
        reader_say(r, reader_place(r, start), frame ? frame->unit : NULL, ERR_UNIT_COMMENT_LINE, "%s", "");
    }
}

static void skip_comment(struct reader *r)
{
    const char *start = r->at;
    const char *close = r->no_comment_end ? NULL : memmem(start + 2, (size_t)(r->end - start) - 2, "*/", 2);
    if (!close) {
        r->no_comment_end = start;
        say_syntax(r, start, ERR_UNIT_COMMENT, (struct str){start, 2});
        r->at = line_end(r, start);
        return;
    }
    warn_shared_line(r, start, close + 2);
    r->at = close + 2;
}

static void warn_blank(struct reader *r)
{
    struct frame *frame = top(r);
    reader_say(r, reader_place(r, r->at), frame ? frame->unit : NULL, ERR_UNIT_BLANK, "%s", "");
}

/* Blanks of the same line. */
static void skip_spaces(struct reader *r)
{
    for (size_t n; r->at < r->end && *r->at != '\n' && (n = blank_bytes(r->at, r->end)) > 0; r->at += n) {
        if (n > 1) {
            warn_blank(r);
        }
    }
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end) {
        size_t n = blank_bytes(r->at, r->end);
        if (n > 1) {
            warn_blank(r);
        } else if (n == 0 && r->end - r->at >= 2 && r->at[0] == '/' && r->at[1] == '*') {
            skip_comment(r);
        } else if (n == 0) {
            return;
        }
        r->at += n;
    }
}

/* ---- values ---- */

struct value_scan {
    struct str key;
    const char *start;      /* of the value */
    const char *multi_line; /* first quoted piece that holds a line end, NULL if none */
    bool is_tuple;          /* (…) that may hold line ends */
    bool may_go_on;         /* behind a quoted piece it begins with */
    bool has_cast;          /* # before another letter */
};

static bool is_tired(const struct reader *r)
{
    return r->rescan_bytes > (size_t)(r->end - r->text);
}

/* Goes on behind the line of `at`; what was read beyond will be read again. */
static bool give_up_line(struct reader *r, const char *at, const char *read_up_to)
{
    r->at = line_end(r, at);
    r->rescan_bytes += read_up_to > r->at ? (size_t)(read_up_to - r->at) : 0;
    return false;
}

/* The closing quote of the one at `open`; NULL if there is none. */
static const char *quote_close(struct reader *r, const char *open, struct value_scan *scan)
{
    bool is_one_line = is_tired(r);
    for (const char *at = open + 1; at < r->end; at++) {
        if (*at == '"') {
            return at;
        }
        if (*at == '#') {
            bool is_cast = at + 1 < r->end && (at[1] == '"' || at[1] == '#');
            scan->has_cast = scan->has_cast || !is_cast;
            at += is_cast;
        } else if (*at == '\n') {
            if (is_one_line) {
                return NULL;
            }
            scan->multi_line = scan->multi_line ? scan->multi_line : open;
        }
    }
    return NULL;
}

/* Reads the quoted piece at r->at. */
static bool scan_quoted(struct reader *r, struct value_scan *scan)
{
    const char *open = r->at;
    const char *close = quote_close(r, open, scan);
    if (!close) {
        say_syntax(r, scan->multi_line ? scan->multi_line : open, ERR_UNIT_QUOTE, scan->key);
        return give_up_line(r, scan->multi_line ? scan->multi_line : open, is_tired(r) ? open : r->end);
    }
    r->at = close + 1;
    if (open != scan->start || scan->may_go_on) {
        return true;
    }
    const char *behind = r->at;
    while (behind < r->end && blank_bytes(behind, r->end)) {
        behind += blank_bytes(behind, r->end);
    }
    if (behind < r->end && *behind == ';') {
        r->at = behind;
        return true;
    }
    if (scan->multi_line) { /* most likely the quote of another value closed it */
        say_syntax(r, open, ERR_UNIT_QUOTE, scan->key);
        return give_up_line(r, open, behind);
    }
    const char *end = line_end(r, r->at);
    if (behind >= end) {
        say_syntax(r, r->at, ERR_UNIT_SEMICOLON, scan->key);
        return give_up_line(r, open, end);
    }
    struct frame *frame = top(r);
    if (frame) {
        frame->is_broken = true;
    }
    size_t n = (size_t)(end - behind) < 60 ? (size_t)(end - behind) : 60;
    reader_say(r, reader_place(r, behind), frame ? frame->unit : NULL, ERR_UNIT_AFTER_QUOTE, "%s" ARG "%s",
               excerpt_of(scan->key).text, excerpt_of((struct str){behind, n}).text);
    return give_up_line(r, open, end);
}

static bool value_unended(struct reader *r, struct value_scan *scan)
{
    const char *read_up_to = r->at;
    if (scan->multi_line) {
        say_syntax(r, scan->multi_line, ERR_UNIT_QUOTE, scan->key);
        return give_up_line(r, scan->multi_line, read_up_to);
    }
    if (scan->is_tuple) {
        say_syntax(r, scan->start, ERR_UNIT_PAREN, scan->key);
        return give_up_line(r, scan->start, read_up_to);
    }
    const char *at = read_up_to;
    while (at > scan->start && (at[-1] == '\r' || at[-1] == ' ' || at[-1] == '\t')) {
        at--;
    }
    say_syntax(r, at, ERR_UNIT_SEMICOLON, scan->key);
    return give_up_line(r, read_up_to, read_up_to);
}

/* Reads a value and its `;`. On failure the error is told and r->at stands at the end of the line. */
static bool scan_value(struct reader *r, struct value_scan *scan, struct str *ret)
{
    skip_spaces(r);
    scan->start = r->at;
    scan->is_tuple = scan->is_tuple && r->at < r->end && *r->at == '(' && !is_tired(r);
    while (r->at < r->end) {
        char c = *r->at;
        if (c == ';') {
            *ret = value_trim((struct str){scan->start, (size_t)(r->at - scan->start)});
            r->at++;
            return true;
        }
        if (c == '"') {
            if (!scan_quoted(r, scan)) {
                return false;
            }
        } else if (c == '\n' && !scan->is_tuple) {
            break;
        } else {
            scan->is_tuple = scan->is_tuple && c != ')';
            r->at++;
        }
    }
    return value_unended(r, scan);
}

/* ---- parameters ---- */

static bool is_key_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static void read_param(struct reader *r, struct str key, struct place at)
{
    struct frame *frame = top(r);
    int16_t known = key_index_find(&r->keys, key);
    struct param param = {.known = known, .at = at};
    struct value_scan scan = {.key = key,
                              .is_tuple = known == KEY_AR || known == KEY_CY,
                              .may_go_on = known < 0 || known == KEY_LFTPD || known == KEY_LFMKS || known == KEY_COND};
    if (!frame) {
        reader_say(r, at, NULL, ERR_UNIT_EXPECTED, "%s" ARG "%s", "unit=", excerpt_of(key).text);
    }
    if (!scan_value(r, &scan, &param.value) || !frame) {
        return;
    }
    if (scan.has_cast) {
        reader_say(r, param.at, frame->unit, ERR_UNIT_CAST, "%s", excerpt_of(key).text);
    }
    param.key =
        known >= 0 ? unit_key_row((enum unit_key)known)->text : arena_copy_bytes(r->into, key.at, key.n);
    if (known == KEY_TY && !frame->has_type) {
        frame->has_type = true;
        (void)unit_type_find(param.value, &frame->unit->type);
    }
    *vec_add(&frame->params) = param;
}

/* ---- units ---- */

static const char *keep_name(struct reader *r, struct str s)
{
    if (s.n > NAME_KEPT_BYTES) { /* an error all the same; messages must stay short */
        s.n = NAME_KEPT_BYTES;
        while (s.n && ((unsigned char)s.at[s.n] & 0xC0) == 0x80) {
            s.n--;
        }
    }
    return s.n ? arena_copy_bytes(r->into, s.at, s.n) : "";
}

/* Owners repeat from unit to unit: one copy for a run of the same. */
static const char *keep_attribute(struct reader *r, struct str s, const char *like)
{
    return like && str_is(s, like) ? like : keep_name(r, s);
}

static struct unit *unit_add(struct reader *r)
{
    struct frame *frame = top(r);
    struct unit *unit = arena_new(r->into, struct unit);
    unit->parent = frame ? frame->unit : NULL;
    struct unit **last = frame ? &frame->unit->last_child : &r->last_top;
    if (*last) {
        (*last)->next_sibling = unit;
    } else if (frame) {
        frame->unit->first_child = unit;
    } else {
        r->file->first = unit;
    }
    *last = unit;
    (*(frame ? &frame->unit->child_count : &r->file->top_count))++;
    r->file->unit_count++;
    return unit;
}

/* name[,perm[,owner[,resource group]]]; r->at behind "unit=". */
static struct unit *read_attributes(struct reader *r, struct place at)
{
    const char *start = r->at;
    while (r->at < r->end && *r->at != ';' && *r->at != '\n' && *r->at != '{') {
        r->at++;
    }
    struct str rest = {start, (size_t)(r->at - start)}, field[4] = {{"", 0}, {"", 0}, {"", 0}, {"", 0}};
    uint8_t count = 0;
    for (bool is_more = true; is_more && count < COUNT(field); count++) {
        is_more = str_cut(rest, ',', &field[count], &rest);
        field[count] = value_trim(field[count]);
    }
    const struct unit *like = top(r) ? top(r)->unit : NULL;
    struct unit *unit = unit_add(r);
    unit->at = at;
    unit->name = keep_name(r, field[0]);
    unit->permission = keep_attribute(r, field[1], like ? like->permission : NULL);
    unit->owner = keep_attribute(r, field[2], like ? like->owner : NULL);
    unit->resource_group = keep_attribute(r, field[3], like ? like->resource_group : NULL);
    unit->attribute_count = count;
    rest = value_trim(rest);
    if (rest.n) {
        reader_say(r, at, unit, ERR_UNIT_ATTRIBUTE, "%s" ARG "%s" ARG "%s", "5", excerpt_of(rest).text,
                   "unit=name,permission,owner,resource_group;");
    }
    return unit;
}

static struct frame *frame_push(struct reader *r, struct unit *unit)
{
    if (r->depth == r->frames.n) {
        (void)vec_add(&r->frames);
    }
    struct frame *frame = &r->frames.at[r->depth++];
    frame->unit = unit;
    frame->params.n = 0;
    frame->has_type = false;
    frame->is_broken = false;
    if (r->depth == UNIT_DEPTH_MAX + 1) {
        reader_say(r, unit->at, unit, ERR_UNIT_DEPTH, "%u", UNIT_DEPTH_MAX);
    }
    return frame;
}

static void read_unit(struct reader *r, struct place at)
{
    struct unit *unit = read_attributes(r, at);
    if (r->at < r->end && *r->at == ';') {
        r->at++;
    } else {
        say_syntax(r, r->at, ERR_UNIT_SEMICOLON, (struct str){"unit=", 5});
    }
    skip_blanks(r);
    if (r->at < r->end && *r->at == '{') {
        r->at++;
        (void)frame_push(r, unit);
        return;
    }
    say_syntax(r, r->at, ERR_UNIT_BRACE_OPEN, str_of(unit->name));
    bool is_body =
        r->at < r->end && is_key_letter(*r->at) && (r->end - r->at < 4 || memcmp(r->at, "unit", 4) != 0);
    if (is_body) { /* the brace alone was forgotten */
        frame_push(r, unit)->is_broken = true;
    }
}

static void frame_pop(struct reader *r, bool is_checked)
{
    assert(r->depth);
    struct frame *frame = &r->frames.at[r->depth - 1];
    struct unit *unit = frame->unit;
    unit->param_count = frame->params.n;
    unit->params = arena_array(r->into, struct param, frame->params.n);
    if (frame->params.n) {
        memcpy(unit->params, frame->params.at, frame->params.n * sizeof(struct param));
    }
    if (is_checked) {
        unit_check(r, unit);
    }
    r->depth--;
}

static void read_close(struct reader *r)
{
    if (r->depth) {
        frame_pop(r, true);
    } else {
        say_syntax(r, r->at, ERR_UNIT_BRACE_EXTRA, (struct str){r->at, 1});
    }
    r->at++;
}

/* ---- the file ---- */

/* Tells what stands instead of `wanted` and skips it: to the end of the line, behind a `;`, or before a
 * brace. */
static void skip_garbage(struct reader *r, const char *wanted)
{
    say_expected(r, wanted);
    for (r->at += r->at < r->end; r->at < r->end && *r->at != '\n' && *r->at != '}' && *r->at != '{';
         r->at++) {
        if (*r->at == ';') {
            r->at++;
            return;
        }
    }
}

static void read_item(struct reader *r)
{
    if (*r->at == '}') {
        read_close(r);
        return;
    }
    if (*r->at < 'a' || *r->at > 'z') {
        skip_garbage(r, r->depth ? "key=value; unit= }" : "unit=");
        return;
    }
    struct str key = {r->at, 0};
    while (r->at < r->end && is_key_letter(*r->at)) {
        r->at++;
    }
    key.n = (size_t)(r->at - key.at);
    struct place at = reader_place(r, key.at); /* before any message behind it */
    skip_spaces(r);
    if (r->at == r->end || *r->at != '=') {
        skip_garbage(r, "=");
        return;
    }
    r->at++;
    if (str_is(key, "unit")) {
        read_unit(r, at);
    } else {
        read_param(r, key, at);
    }
}

/* NULL, or the first byte that is neither UTF-8 nor allowed. */
static const char *bad_byte(const char *at, const char *end)
{
    enum { WORD_BYTES = sizeof(uint64_t) };
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    while (at < end) {
        uint64_t word = highs;
        if ((size_t)(end - at) >= WORD_BYTES) {
            memcpy(&word, at, WORD_BYTES);
        }
        if (!((word | (word - ones)) & highs)) { /* eight bytes of ASCII, none of them NUL */
            at += WORD_BYTES;
            continue;
        }
        uint32_t point = (unsigned char)*at;
        size_t n = point < 0x80 ? 1 : utf8_next(at, (size_t)(end - at), &point);
        if (n == 0 || point == 0) {
            return at;
        }
        at += n;
    }
    return NULL;
}

static void read_file(struct reader *r)
{
    for (skip_blanks(r); r->at < r->end; skip_blanks(r)) {
        read_item(r);
    }
    struct frame *open = top(r);
    if (open) {
        reader_say(r, reader_place(r, r->end), open->unit, ERR_UNIT_BRACE_CLOSE, "%s" ARG "%zu",
                   excerpt_of(str_of(open->unit->name)).text, r->depth);
        while (r->depth) {
            frame_pop(r, false);
        }
        return;
    }
    unit_check_children(r, NULL);
}

/* Stable; messages come nearly in order, and there are at most UNIT_DIAGS_MAX. */
static void diags_sort(struct diags *diags, size_t first)
{
    for (size_t i = first + 1; i < diags->list.n; i++) {
        struct diag diag = diags->list.at[i];
        size_t to = i;
        for (; to > first; to--) {
            struct place before = diags->list.at[to - 1].at;
            if (before.line < diag.at.line ||
                (before.line == diag.at.line && before.column <= diag.at.column)) {
                break;
            }
            diags->list.at[to] = diags->list.at[to - 1];
        }
        diags->list.at[to] = diag;
    }
}

static void reader_close(struct reader *r)
{
    for (size_t i = 0; i < r->frames.n; i++) {
        vec_close(&r->frames.at[i].params);
    }
    vec_close(&r->frames);
    arena_close(&r->scratch);
}

bool unit_parse(struct arena *into, const char *text, size_t n, struct diags *diags,
                const struct unit_file **ret)
{
    size_t first = diags->list.n, errors = diags->error_count;
    if (n > UNIT_TEXT_BYTES_MAX) {
        diags_add(diags, (struct place){1, 1}, "", ERR_TOO_LARGE, "%zu" ARG "%u", n, UNIT_TEXT_BYTES_MAX);
        return false;
    }
    if (n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        n -= 3;
    }
    CLEANUP(reader_close)
    struct reader r = {.into = into,
                       .diags = diags,
                       .text = text,
                       .at = text,
                       .end = text + n,
                       .mark = text,
                       .mark_place = {1, 1},
                       .file = arena_new(into, struct unit_file)};
    key_index_fill(&r.keys);
    const char *bad = bad_byte(text, r.end);
    if (bad) {
        reader_say(&r, reader_place(&r, bad), NULL, ERR_UNIT_BYTES, "%s", "");
        return false;
    }
    const char *line = n ? memchr(text, '\n', n) : NULL;
    r.file->is_crlf = line && line > text && line[-1] == '\r';
    read_file(&r);
    diags_sort(diags, first);
    if (diags->error_count > errors) {
        return false;
    }
    *ret = r.file;
    return true;
}
