/* SPDX-License-Identifier: Apache-2.0 */
/*
 * people_rows - rows of the people's tables in memory: loading, putting, finding.
 */
#include <string.h>

#include "engine/people_priv.h"

static const enum table kept[] = {TABLE_person,     TABLE_role,    TABLE_grant, TABLE_group_member,
                                  TABLE_credential, TABLE_session, TABLE_token, TABLE_invitation};

/* The row struct and its texts in one piece. */
static void *row_keep(const struct table_info *info, const void *row)
{
    size_t bytes = info->row_bytes;
    for (size_t c = 0; c < info->column_count; c++) {
        const char *const *text = (const char *const *)(const void *)((const char *)row + info->columns[c].offset);
        bytes += info->columns[c].type == COLUMN_TXT ? strlen(*text) + 1 : 0;
    }
    char *copy = heap_resize(NULL, bytes, 1), *free_at = copy + info->row_bytes;
    memcpy(copy, row, info->row_bytes);
    for (size_t c = 0; c < info->column_count; c++) {
        if (info->columns[c].type == COLUMN_TXT) {
            const char **text = (const char **)(void *)(copy + info->columns[c].offset);
            size_t n = strlen(*text) + 1;
            *text = memcpy(free_at, *text, n);
            free_at += n;
        }
    }
    return copy;
}

static bool is_same(const struct table_info *info, const void *a, const void *b)
{
    for (size_t c = 0; c < info->key_count; c++) {
        const void *of_a = (const char *)a + info->columns[c].offset, *of_b = (const char *)b + info->columns[c].offset;
        bool is_text = info->columns[c].type == COLUMN_TXT;
        if (is_text ? strcmp(*(const char *const *)of_a, *(const char *const *)of_b) != 0
                    : *(const int64_t *)of_a != *(const int64_t *)of_b) {
            return false;
        }
    }
    return true;
}

static void memory_put(struct people *people, enum table table, const void *row)
{
    const struct table_info *info = table_info(table);
    struct people_rows *rows = &people->tables[table];
    void *fresh = row_keep(info, row); /* before the old one goes: `row` may hold its texts */
    for (size_t i = 0; i < rows->list.n; i++) {
        if (is_same(info, rows->list.at[i], fresh)) {
            heap_free(rows->list.at[i]);
            rows->list.at[i] = fresh;
            return;
        }
    }
    *vec_add(&rows->list) = fresh;
}

void people_put(struct engine *engine, enum table table, const void *row)
{
    store_put(engine->batch, table, row);
    memory_put(engine->w.people, table, row);
}

void people_remove(struct engine *engine, enum table table, const void *row)
{
    struct people_rows *rows = &engine->w.people->tables[table];
    store_remove(engine->batch, table, row);
    for (size_t i = 0; i < rows->list.n; i++) {
        if (is_same(table_info(table), rows->list.at[i], row)) {
            void *old = rows->list.at[i];
            memmove(&rows->list.at[i], &rows->list.at[i + 1], (rows->list.n - i - 1) * sizeof(void *));
            rows->list.n--;
            heap_free(old);
            return;
        }
    }
}

static bool table_load(struct engine *engine, enum table table, struct err *e)
{
    struct query query = {.table = table, .order_column = -1};
    struct rows *rows = store_query(engine->reader, &query);
    struct people_rows *into = &engine->w.people->tables[table];
    void *row = arena_alloc(&engine->turn, table_info(table)->row_bytes, alignof(int64_t));
    while (rows_next(rows, row)) {
        *vec_add(&into->list) = row_keep(table_info(table), row);
    }
    return rows_end(rows, e);
}

static int64_t next_id(struct engine *engine, enum table table)
{
    int64_t next = 1;
    const struct people_rows *rows = &engine->w.people->tables[table];
    size_t offset = table_info(table)->columns[table_column(table, "id")].offset;
    for (size_t i = 0; i < rows->list.n; i++) {
        const int64_t *id = (const int64_t *)(const void *)((const char *)rows->list.at[i] + offset);
        next = *id >= next ? *id + 1 : next;
    }
    return next;
}

static bool last_note(struct engine *engine, struct err *e)
{
    struct query query = {.table = TABLE_shift_note, .order_column = -1, .is_descending = true, .limit = 1};
    struct shift_note_row note;
    struct rows *rows = store_query(engine->reader, &query);
    engine->w.people->next_note = rows_next(rows, &note) ? note.id + 1 : 1;
    return rows_end(rows, e);
}

bool people_load(struct engine *engine, struct err *e)
{
    struct people *people = arena_new(&engine->w.names, struct people);
    engine->w.people = people;
    for (size_t i = 0; i < COUNT(kept); i++) {
        if (!table_load(engine, kept[i], e)) {
            return false;
        }
    }
    people->next_person = next_id(engine, TABLE_person);
    people->next_grant = next_id(engine, TABLE_grant);
    /* Names in the journal of what is gone are not given again: at least not within this second of the machine. */
    people->next_session = engine->wall.ms > next_id(engine, TABLE_session) ? engine->wall.ms : next_id(engine, TABLE_session);
    people->next_token = engine->wall.ms > next_id(engine, TABLE_token) ? engine->wall.ms : next_id(engine, TABLE_token);
    return last_note(engine, e);
}

void people_close(struct engine *engine)
{
    for (size_t i = 0; engine->w.people && i < COUNT(kept); i++) {
        struct people_rows *rows = &engine->w.people->tables[kept[i]];
        for (size_t n = 0; n < rows->list.n; n++) {
            heap_free(rows->list.at[n]);
        }
        vec_close(&rows->list);
    }
    engine->w.people = NULL;
}

void people_seed(struct engine *engine)
{
    size_t n = 0;
    const struct role_seed *seeds = role_seeds(&n);
    if (people_count(engine, role) > 0) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct role_row row = {.name = seeds[i].name, .side = seeds[i].side, .title_ja = seeds[i].title[LANG_JA],
                               .title_en = seeds[i].title[LANG_EN], .permissions = seeds[i].permissions, .source = seeds[i].source};
        people_put(engine, TABLE_role, &row);
    }
    entry_desk(engine, &who_engine, "role.seed", "role");
}

/* ---- finding ---- */

const struct person_row *person_named(struct engine *engine, const char *name)
{
    for (size_t i = 0; i < people_count(engine, person); i++) {
        if (strcmp(people_at(engine, person, i)->name, name) == 0) {
            return people_at(engine, person, i);
        }
    }
    return NULL;
}

const struct person_row *person_numbered(struct engine *engine, int64_t id)
{
    for (size_t i = 0; i < people_count(engine, person); i++) {
        if (people_at(engine, person, i)->id == id) {
            return people_at(engine, person, i);
        }
    }
    return NULL;
}

const struct role_row *role_named(struct engine *engine, const char *name)
{
    for (size_t i = 0; i < people_count(engine, role); i++) {
        if (strcmp(people_at(engine, role, i)->name, name) == 0) {
            return people_at(engine, role, i);
        }
    }
    return NULL;
}

const struct credential_row *credential_of(struct engine *engine, int64_t person)
{
    for (size_t i = 0; i < people_count(engine, credential); i++) {
        if (people_at(engine, credential, i)->person == person) {
            return people_at(engine, credential, i);
        }
    }
    return NULL;
}

const struct session_row *session_keyed(struct engine *engine, const char *hash)
{
    for (size_t i = 0; i < people_count(engine, session); i++) {
        if (strcmp(people_at(engine, session, i)->key, hash) == 0) {
            return people_at(engine, session, i);
        }
    }
    return NULL;
}

bool is_member(struct engine *engine, const char *group, int64_t person)
{
    for (size_t i = 0; i < people_count(engine, group_member); i++) {
        const struct group_member_row *row = people_at(engine, group_member, i);
        if (row->person == person && strcmp(row->grp, group) == 0) {
            return true;
        }
    }
    return false;
}

bool grant_counts(struct engine *engine, const struct grant_row *grant, const struct person_row *person)
{
    bool is_now = grant->from_ms <= engine->now.ms && (grant->until_ms == 0 || engine->now.ms < grant->until_ms);
    return is_now && (grant->person ? grant->person == person->id : is_member(engine, grant->grp, person->id));
}

const char *person_entity(struct engine *engine, const char *name)
{
    return arena_printf(&engine->turn, "person/%s", name);
}

bool person_get(struct act_call *call, const char *name, bool with_closed, const struct person_row **ret)
{
    const struct person_row *person = person_named(call->engine, name);
    if (!person) {
        return err_set(call->err, ERR_NOT_FOUND, "person" ARG "%.100s", name);
    }
    if (person->is_closed && !with_closed) {
        return err_set(call->err, ERR_PERSON_CLOSED, "%s", name);
    }
    call->entity = person_entity(call->engine, person->name);
    *ret = person;
    return true;
}

bool person_get_id(struct act_call *call, int64_t id, const struct person_row **ret)
{
    const struct person_row *person = person_numbered(call->engine, id);
    if (!person) {
        return err_set(call->err, ERR_NOT_FOUND, "person" ARG "%lld", (long long)id);
    }
    return person_get(call, person->name, false, ret);
}
