/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check - a definition text before it takes effect: messages, the canonical text, what changes, and which run dates of the
 * next 13 months do (design §5).
 *
 * Dates are compared for the jobnets of the text and, where a group's own lines are in it, for the stored jobnets below that
 * group, whose calendar changes with it. Both sides are reckoned by the same rules from the same day.
 */
#include "api/check_priv.h"

#include <stdlib.h>

#include "api/words.h"

enum { DATES_DAYS = 397, NETS_MAX = 400, DATE_ROWS_MAX = 2000 };

struct checked_net {
    const char *path, *before, *after; /* NULL: not there */
    struct bizday registered;
};

struct date_at {
    int32_t day, minute;
};
struct date_rows {
    VEC(struct date_at) list;
};

struct check {
    struct call *call;
    const char *prefix;        /* "" or "/G" */
    const struct unit_file *file;
    struct dates before, after;
    VEC(struct checked_net) nets;
    struct map known;          /* path -> index + 1 */
    int64_t rows;
    bool is_truncated;
};

static void diags_answer(struct json *j, const struct diags *diags)
{
    json_list(j, "diags");
    for (size_t i = 0; i < diags->list.n; i++) {
        const struct diag *diag = &diags->list.at[i];
        CLEANUP(strbuf_close) struct strbuf ja = {0};
        CLEANUP(strbuf_close) struct strbuf en = {0};
        message_text(&ja, diag->code, LANG_JA, diag->args);
        message_text(&en, diag->code, LANG_EN, diag->args);
        json_open(j, NULL);
        json_number(j, "line", diag->at.line);
        json_number(j, "column", diag->at.column);
        json_text(j, "id", message_of(diag->code)->id);
        json_text(j, "unit", diag->unit);
        json_text(j, "ja", strbuf_str(&ja));
        json_text(j, "en", strbuf_str(&en));
        json_end(j);
    }
    json_end(j);
}

/* ---- what changes ---- */

static const char *unit_own_text(struct arena *into, const struct unit *unit)
{
    struct unit alone = *unit;
    CLEANUP(strbuf_close) struct strbuf text = {0};
    if (unit_type_row(unit->type)->kind == KIND_GROUP) { /* its own lines only */
        alone.first_child = alone.last_child = NULL;
        alone.child_count = 0;
    }
    unit_print_one(&text, &alone, 0);
    return arena_copy(into, strbuf_str(&text));
}

static void change_answer(struct call *call, const struct unit_diff_row *row, const char *above)
{
    struct json *j = &call->json;
    json_open(j, NULL);
    json_text(j, "change", unit_change_word(row->change));
    json_text(j, "path", arena_printf(call->into, "%s%s", above, row->path ? row->path : ""));
    json_text(j, "key", row->key);
    json_text(j, "before", row->before);
    json_text(j, "after", row->after);
    json_end(j);
}

/* `path` is "/G/NET": its parent's path goes before what the difference names. */
static void changes_answer(struct call *call, const char *path, const char *before, const char *after)
{
    CLEANUP(diags_close) struct diags diags = {0};
    const struct unit_file *old = NULL, *new = NULL;
    const char *above = arena_copy_bytes(call->into, path, (size_t)(strrchr(path, '/') - path));
    if (!before) {
        struct unit_diff_row row = {.change = UNIT_ADDED, .path = path};
        change_answer(call, &row, "");
        return;
    }
    if (!unit_parse(call->into, before, strlen(before), &diags, &old) || !unit_parse(call->into, after, strlen(after), &diags, &new)) {
        return;
    }
    struct unit_diff diff = {0};
    unit_diff(call->into, old, new, &diff);
    for (size_t i = 0; i < diff.rows.n; i++) {
        change_answer(call, &diff.rows.at[i], above);
    }
    vec_close(&diff.rows);
}

/* ---- which jobnets' dates may change ---- */

static struct checked_net *net_add(struct check *check, const char *path)
{
    size_t at = (size_t)(uintptr_t)map_get(&check->known, path);
    if (at) {
        return &check->nets.at[at - 1];
    }
    if (check->nets.n >= NETS_MAX) {
        check->is_truncated = true;
        return NULL;
    }
    struct checked_net *net = vec_add(&check->nets);
    *net = (struct checked_net){.path = path, .registered = BIZDAY_NONE};
    (void)map_put(&check->known, path, (void *)(uintptr_t)check->nets.n);
    return net;
}

/* The stored jobnets below a group. */
static bool nets_below(struct check *check, const char *group, struct err *e)
{
    struct call *call = check->call;
    int path = table_column(TABLE_unit, "path");
    struct query query = {.table = TABLE_unit, .order_column = path, .limit = NETS_MAX + 1, .where_count = 4,
                          .where = {{path, WHERE_GT, 0, arena_printf(call->into, "%s/", group)},
                                    {path, WHERE_LT, 0, arena_printf(call->into, "%s0", group)},
                                    {table_column(TABLE_unit, "is_group"), WHERE_EQ, 0, NULL},
                                    {table_column(TABLE_unit, "is_deleted"), WHERE_EQ, 0, NULL}}};
    struct unit_row row;
    struct rows *rows = store_query(call->reader, &query);
    while (rows_next(rows, &row)) {
        (void)net_add(check, arena_copy(call->into, row.path));
    }
    return answer_rows_end(rows, e);
}

static bool unit_check(struct check *check, const struct unit *unit, struct err *e)
{
    struct call *call = check->call;
    const char *path = unit_path(call->into, unit, check->prefix), *before = NULL;
    const char *after = unit_own_text(call->into, unit);
    struct unit_row row;
    if (!stored_text(call, path, &row, &before, e)) {
        return false;
    }
    changes_answer(call, path, before, after);
    if (unit_type_row(unit->type)->kind == KIND_GROUP) {
        (void)map_put(&check->after.overlay, path, (void *)(uintptr_t)unit);
        return !before || strcmp(before, after) == 0 || nets_below(check, path, e);
    }
    struct checked_net *net = net_add(check, path);
    if (net) {
        net->before = before;
        net->after = after;
    }
    return true;
}

static bool units_check(struct check *check, struct err *e)
{
    json_list(&check->call->json, "changes");
    for (const struct unit *top = check->file->first; top; top = top->next_sibling) {
        for (const struct unit *at = top; at;) { /* groups downwards; a root jobnet is one piece */
            if (!unit_check(check, at, e)) {
                return false;
            }
            if (unit_type_row(at->type)->kind == KIND_GROUP && at->first_child) {
                at = at->first_child;
                continue;
            }
            while (at != top && !at->next_sibling) {
                at = at->parent;
            }
            at = at == top ? NULL : at->next_sibling;
        }
    }
    json_end(&check->call->json);
    return true;
}

/* ---- dates ---- */

static bool rows_make(struct dates *dates, const struct checked_net *net, const char *text, struct date_rows *ret, struct err *e)
{
    struct dates_net of = {.path = net->path, .text = text, .registered = net->registered};
    struct timeline timeline = {0};
    if (!text) {
        return true;
    }
    if (!dates_make(dates, &of, &timeline, e)) {
        return false;
    }
    timeline_sort(&timeline);
    for (size_t i = 0; i < timeline.rows.n; i++) {
        const struct occurrence *at = &timeline.rows.at[i].occurrence;
        if (at->state == OCCURRENCE_RUN) {
            *vec_add(&ret->list) = (struct date_at){at->date.day, at->time.minute};
        }
    }
    timeline_close(&timeline);
    return true;
}

static int by_date(const void *a, const void *b)
{
    const struct date_at *x = a, *y = b;
    return x->day != y->day ? (x->day > y->day) - (x->day < y->day) : (x->minute > y->minute) - (x->minute < y->minute);
}

static void date_answer(struct check *check, const char *path, struct date_at at, int32_t was)
{
    struct call *call = check->call;
    if (++check->rows > DATE_ROWS_MAX) {
        check->is_truncated = true;
        return;
    }
    json_open(&call->json, NULL);
    json_text(&call->json, "unit", path);
    json_date(&call->json, "date", (struct bizday){at.day});
    json_text(&call->json, "time", arena_printf(call->into, "%02d:%02d", at.minute / 60, at.minute % 60));
    if (was >= 0) {
        json_text(&call->json, "before", arena_printf(call->into, "%02d:%02d", was / 60, was % 60));
    }
    json_end(&call->json);
}

enum difference { ONLY_AFTER, ONLY_BEFORE, MOVED };

/* Of one jobnet: walks both lists in order. Starts of one day with another time are moved. */
static void difference_answer(struct check *check, const char *path, const struct date_rows rows[2], enum difference wanted)
{
    size_t b = 0, a = 0;
    const struct date_rows *before = &rows[0], *after = &rows[1];
    while (b < before->list.n || a < after->list.n) {
        const struct date_at *x = b < before->list.n ? &before->list.at[b] : NULL, *y = a < after->list.n ? &after->list.at[a] : NULL;
        bool is_same_day = x && y && x->day == y->day;
        if (is_same_day) {
            if (x->minute != y->minute && wanted == MOVED) {
                date_answer(check, path, *y, x->minute);
            }
            a++;
            b++;
        } else if (!y || (x && x->day < y->day)) {
            if (wanted == ONLY_BEFORE) {
                date_answer(check, path, *x, -1);
            }
            b++;
        } else {
            if (wanted == ONLY_AFTER) {
                date_answer(check, path, *y, -1);
            }
            a++;
        }
    }
}

static bool net_dates(struct check *check, struct checked_net *net, struct date_rows rows[2], struct err *e)
{
    struct call *call = check->call;
    struct unit_row unit;
    const char *stored = NULL;
    if (!stored_text(call, net->path, &unit, &stored, e) ||
        (stored && !stored_registration(call, unit.id, &net->registered, e))) {
        return false;
    }
    const char *after = net->after ? net->after : stored;
    if (!rows_make(&check->before, net, stored, &rows[0], e) || !rows_make(&check->after, net, after, &rows[1], e)) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        if (rows[i].list.n) {
            qsort(rows[i].list.at, rows[i].list.n, sizeof(*rows[i].list.at), by_date);
        }
    }
    return true;
}

static bool dates_answer(struct check *check, struct err *e)
{
    static const char *const keys[] = {[ONLY_AFTER] = "added", [ONLY_BEFORE] = "removed", [MOVED] = "moved"};
    struct call *call = check->call;
    struct date_rows(*rows)[2] = arena_alloc_array(call->into, check->nets.n + 1, sizeof(*rows), alignof(max_align_t));
    bool is_good = true;
    for (size_t i = 0; i < check->nets.n && is_good; i++) {
        is_good = net_dates(check, &check->nets.at[i], rows[i], e);
    }
    json_open(&call->json, "dates");
    json_date(&call->json, "from", check->after.from);
    json_date(&call->json, "to", check->after.to);
    for (int wanted = ONLY_AFTER; wanted <= MOVED; wanted++) {
        json_list(&call->json, keys[wanted]);
        for (size_t i = 0; i < check->nets.n && is_good; i++) {
            difference_answer(check, check->nets.at[i].path, rows[i], (enum difference)wanted);
        }
        json_end(&call->json);
    }
    json_bool(&call->json, "is_truncated", check->is_truncated);
    json_end(&call->json);
    for (size_t i = 0; i < check->nets.n; i++) {
        vec_close(&rows[i][0].list);
        vec_close(&rows[i][1].list);
    }
    return is_good;
}

static bool file_check(struct check *check, struct err *e)
{
    struct call *call = check->call;
    struct bizday today;
    CLEANUP(strbuf_close) struct strbuf canonical = {0};
    unit_print(&canonical, check->file);
    json_text(&call->json, "text", strbuf_str(&canonical));
    if (!api_today(call, &today, e) || !dates_open(call, today, bizday_plus(today, DATES_DAYS - 1), &check->before, e) ||
        !dates_open(call, today, bizday_plus(today, DATES_DAYS - 1), &check->after, e)) {
        return false;
    }
    return units_check(check, e) && dates_answer(check, e);
}

bool check_answer(struct call *call, const char *text, const char *under, bool *is_valid, struct err *e)
{
    struct check check = {.call = call, .prefix = !under || str_equal(under, "/") ? "" : under};
    CLEANUP(diags_close) struct diags diags = {0};
    *is_valid = unit_parse(call->into, text, strlen(text), &diags, &check.file);
    json_bool(&call->json, "is_valid", *is_valid);
    diags_answer(&call->json, &diags);
    bool is_good = !*is_valid || file_check(&check, e);
    vec_close(&check.nets);
    map_close(&check.known);
    dates_close(&check.before);
    dates_close(&check.after);
    return is_good;
}
