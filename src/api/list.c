/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list - what every list takes besides its own fields: `fields` (only these members) and lines (NDJSON).
 *
 * Done on the finished answer, so that it holds for lists of the store and of the engine alike: one pass over JSON of
 * our own making, copying what is wanted. The members that may be asked for are those of answers.def.
 */
#include "api/api_priv.h"

#include "wire/answers.h"

/* Behind the value that begins at `i`. */
static size_t value_end(const char *at, size_t n, size_t i)
{
    int depth = 0;
    bool is_text = false;
    for (; i < n; i++) {
        char c = at[i];
        if (is_text) {
            i += c == '\\';
            is_text = c != '"';
        } else if (c == '"') {
            is_text = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (--depth < 0) {
                return i;
            }
        } else if (c == ',' && depth == 0) {
            return i;
        }
    }
    return n;
}

struct piece {
    struct str key, value;
};

/* The next member of an object (or item of a list: without a key) whose inside is at[*i..n). */
static bool piece_next(struct str inside, size_t *i, bool has_key, struct piece *ret)
{
    if (*i >= inside.n || inside.at[*i] == '}' || inside.at[*i] == ']') {
        return false;
    }
    size_t from = *i + (inside.at[*i] == ',');
    ret->key = (struct str){"", 0};
    if (has_key) { /* keys are plain words */
        size_t quote = from + 1;
        while (inside.at[quote] != '"') {
            quote++;
        }
        ret->key = (struct str){inside.at + from + 1, quote - from - 1};
        from = quote + 2;
    }
    *i = value_end(inside.at, inside.n, from);
    ret->value = (struct str){inside.at + from, *i - from};
    return true;
}

static struct str inside_of(struct str value)
{
    return (struct str){value.at + 1, value.n - 2};
}

static bool is_wanted(const struct list_wish *wish, struct str key)
{
    for (size_t i = 0; i < wish->key_count; i++) {
        if (str_is(key, wish->keys[i])) {
            return true;
        }
    }
    return wish->key_count == 0;
}

static void item_print(const struct list_wish *wish, struct str item, struct strbuf *into)
{
    if (wish->key_count == 0) {
        strbuf_add(into, item.at, item.n);
        return;
    }
    struct piece member;
    bool has_member = false;
    strbuf_char(into, '{');
    for (size_t i = 0; piece_next(inside_of(item), &i, true, &member);) {
        if (is_wanted(wish, member.key)) {
            strbuf_printf(into, "%s\"" STR_FMT "\":", has_member ? "," : "", STR_ARG(member.key));
            strbuf_add(into, member.value.at, member.value.n);
            has_member = true;
        }
    }
    strbuf_char(into, '}');
}

static void items_print(const struct list_wish *wish, struct str items, struct strbuf *into)
{
    struct piece item;
    bool has_item = false;
    for (size_t i = 0; piece_next(inside_of(items), &i, false, &item);) {
        strbuf_text(into, has_item && !wish->is_lines ? "," : "");
        item_print(wish, item.value, into);
        strbuf_text(into, wish->is_lines ? "\n" : "");
        has_item = true;
    }
}

void list_finish(const struct list_wish *wish, struct arena *into, struct api_response *response)
{
    if (!wish->key || response->status != 200 || (!wish->is_lines && wish->key_count == 0)) {
        return;
    }
    struct strbuf made = {0};
    struct piece member;
    struct str root = {strbuf_str(&response->body), response->body.n};
    strbuf_text(&made, wish->is_lines ? "" : "{");
    for (size_t i = 0; piece_next(inside_of(root), &i, true, &member);) {
        bool is_list = str_is(member.key, wish->key);
        if (!wish->is_lines) {
            strbuf_printf(&made, "%s\"" STR_FMT "\":", made.n > 1 ? "," : "", STR_ARG(member.key));
        }
        if (is_list) {
            strbuf_text(&made, wish->is_lines ? "" : "[");
            items_print(wish, member.value, &made);
            strbuf_text(&made, wish->is_lines ? "" : "]");
        } else if (!wish->is_lines) {
            strbuf_add(&made, member.value.at, member.value.n);
        } else if (str_is(member.key, "next") && member.value.at[0] == '"') {
            response->next = arena_copy_bytes(into, member.value.at + 1, member.value.n - 2); /* as JSON has it */
        }
    }
    strbuf_text(&made, wish->is_lines ? "" : "}");
    response->content_type = wish->is_lines ? "application/x-ndjson" : response->content_type;
    strbuf_close(&response->body);
    response->body = made;
}

/* The members that there are, for the refusal. */
static const char *members_text(struct call *call, const struct shape *shape)
{
    struct strbuf text = {0};
    for (size_t i = 0; i < shape->member_count; i++) {
        strbuf_printf(&text, "%s%s", i ? "," : "", shape->members[i].key);
    }
    const char *copy = arena_copy(call->into, strbuf_str(&text));
    strbuf_close(&text);
    return copy;
}

static bool wish_refuse(struct call *call, const char *name, struct str text, const char *why, struct err *e)
{
    char shown[64];
    call->field = name;
    (void)snprintf(shown, sizeof(shown), "%.*s", (int)(text.n < 60 ? text.n : 60), text.at);
    return err_set(e, ERR_FIELD_VALUE, "%s" ARG "%s" ARG "%.600s", name, utf8_valid(shown, strlen(shown)) ? shown : "?", why);
}

static bool fields_read(struct call *call, const struct shape *shape, const char *text, struct err *e)
{
    struct str rest = str_of(text), key;
    while (rest.n > 0) {
        (void)str_cut(rest, ',', &key, &rest);
        const struct member *member = shape_member(shape, str_trim(key));
        if (!member || call->list.key_count == LIST_KEYS_MAX) {
            return wish_refuse(call, "fields", key, members_text(call, shape), e);
        }
        call->list.keys[call->list.key_count++] = member->key;
    }
    return call->list.key_count > 0 || wish_refuse(call, "fields", str_of(text), members_text(call, shape), e);
}

bool list_wish_read(struct call *call, const struct api_pair *pair, bool *is_taken, struct err *e)
{
    enum shape_code items = answer_items(call->request->operation->code, &call->list.key);
    bool is_fields = str_equal(pair->name, "fields"), is_format = str_equal(pair->name, "format");
    *is_taken = items != SHAPE_none && (is_fields || is_format) && call->request->operation->method == METHOD_GET;
    if (!*is_taken) {
        return true;
    }
    if (is_fields) {
        return fields_read(call, shape_of(items), pair->value, e);
    }
    call->list.is_lines = str_equal(pair->value, "ndjson");
    return call->list.is_lines || str_equal(pair->value, "json") ||
           wish_refuse(call, "format", str_of(pair->value), "json, ndjson", e);
}
