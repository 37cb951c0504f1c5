/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema - SQL out of schema.def. Every name is quoted; nothing from outside enters the text.
 */
#include <string.h>

#include "store/sqlite/sqlite_priv.h"

/*
 * The journal's own tables. Bodies lie beside, so that a list does not read them and one can be redacted: a row whose
 * body_hash is not that of nothing and that has no body is redacted. The triggers keep slips out, not attackers: those
 * are found by the chain.
 */
const char schema_journal_sql[] =
    "CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY, stream TEXT NOT NULL, seq INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL, actor TEXT NOT NULL, via TEXT NOT NULL, operation TEXT NOT NULL,"
    " entity TEXT NOT NULL, reason TEXT NOT NULL, reference TEXT NOT NULL, body_hash BLOB NOT NULL, prev BLOB NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS journal_body (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX IF NOT EXISTS journal_by_seq ON journal (stream, seq);"
    "CREATE INDEX IF NOT EXISTS journal_by_entity ON journal (entity, stream, seq);"
    "CREATE TRIGGER IF NOT EXISTS journal_is_not_changed BEFORE UPDATE ON journal"
    " BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;"
    "CREATE TRIGGER IF NOT EXISTS journal_is_not_removed BEFORE DELETE ON journal"
    " BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;"
    "CREATE TRIGGER IF NOT EXISTS journal_body_is_not_changed BEFORE UPDATE ON journal_body"
    " BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;";

static const char *column_sql(enum column_type type)
{
    switch (type) {
    case COLUMN_I64:
        return "INTEGER NOT NULL DEFAULT 0";
    case COLUMN_TXT:
        return "TEXT NOT NULL DEFAULT ''";
    case COLUMN_BLB:
        return "BLOB NOT NULL DEFAULT x''";
    }
    return "";
}

void schema_columns(struct strbuf *into, const struct table_info *info, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        strbuf_text(into, i > 0 ? ",\"" : "\""); /* no printf: each query comes by here */
        strbuf_text(into, info->columns[i].name);
        strbuf_char(into, '"');
    }
}

/* "unit, date" -> "unit","date" */
static void quoted(struct strbuf *into, const char *columns)
{
    struct str rest = str_of(columns), head;
    bool is_more;
    const char *before = "";
    do {
        is_more = str_cut(rest, ',', &head, &rest);
        head = str_trim(head);
        strbuf_printf(into, "%s\"" STR_FMT "\"", before, STR_ARG(head));
        before = ",";
    } while (is_more);
}

static void indexes(struct strbuf *into, const struct table_info *info)
{
    size_t n;
    const struct index_info *rows = index_infos(&n);
    const char *table = "";
    for (size_t i = 0; i < n; i++) {
        if (rows[i].table) {
            table = rows[i].table;
        } else if (strcmp(table, info->name) == 0) {
            strbuf_printf(into, "CREATE INDEX IF NOT EXISTS \"%s\" ON \"%s\" (", rows[i].name, info->name);
            quoted(into, rows[i].columns);
            strbuf_text(into, ");\n");
        }
    }
}

static bool is_rowid(const struct table_info *info)
{
    return info->key_count == 1 && info->columns[0].type == COLUMN_I64;
}

void schema_create_sql(struct strbuf *into, const struct table_info *info)
{
    strbuf_printf(into, "CREATE TABLE IF NOT EXISTS \"%s\" (", info->name);
    for (size_t i = 0; i < info->column_count; i++) {
        const char *type = i == 0 && is_rowid(info) ? "INTEGER PRIMARY KEY" : column_sql(info->columns[i].type);
        strbuf_printf(into, "%s\"%s\" %s", i > 0 ? ", " : "", info->columns[i].name, type);
    }
    if (is_rowid(info)) {
        strbuf_text(into, ") STRICT;\n");
    } else {
        strbuf_text(into, ", PRIMARY KEY (");
        schema_columns(into, info, info->key_count);
        strbuf_text(into, ")) STRICT, WITHOUT ROWID;\n");
    }
    indexes(into, info);
}

/* Parameter r * columns + i + 1 is column i of row r. */
void schema_put_sql(struct strbuf *into, const struct table_info *info, size_t rows)
{
    strbuf_printf(into, "INSERT INTO \"%s\" (", info->name);
    schema_columns(into, info, info->column_count);
    strbuf_text(into, ") VALUES ");
    for (size_t r = 0; r < rows; r++) {
        for (size_t i = 0; i < info->column_count; i++) {
            strbuf_text(into, i > 0 ? ",?" : r > 0 ? "),(?" : "(?");
        }
    }
    strbuf_text(into, ") ON CONFLICT (");
    schema_columns(into, info, info->key_count);
    strbuf_text(into, info->column_count > info->key_count ? ") DO UPDATE SET " : ") DO NOTHING");
    for (size_t i = info->key_count; i < info->column_count; i++) {
        const char *name = info->columns[i].name;
        strbuf_printf(into, "%s\"%s\"=excluded.\"%s\"", i > info->key_count ? "," : "", name, name);
    }
}

void schema_remove_sql(struct strbuf *into, const struct table_info *info)
{
    strbuf_printf(into, "DELETE FROM \"%s\" WHERE ", info->name);
    for (size_t i = 0; i < info->key_count; i++) {
        strbuf_printf(into, "%s\"%s\"=?", i > 0 ? " AND " : "", info->columns[i].name);
    }
}
