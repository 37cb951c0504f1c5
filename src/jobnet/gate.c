/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate - reads x_gate=: word(argument, argument …). Arguments are plain or quoted (#" and ## inside quotes).
 */
#include "jobnet/gate.h"

#include <assert.h>

#define PRED_FORM "pred(UNIT,{day|month|month-1|within=HH:MM|latest}[,ok|end])"
#define ONLINE_FORM "online(GROUP,closed|preclosed|open)"
#define LOCK_FORM "lock(NAME[,shared])"
#define FILE_FORM "file(AGENT,\"PATH\")"

struct gate_argument {
    struct str text; /* without quotes, escapes untouched */
    bool is_quoted, has_more;
};
struct gate_arguments {
    struct str word;
    struct gate_argument list[3];
    size_t count;
};

static const char *const scopes[] = {[PRED_DAY] = "day",
                                     [PRED_MONTH] = "month",
                                     [PRED_MONTH_BEFORE] = "month-1",
                                     [PRED_WITHIN] = "within",
                                     [PRED_LATEST] = "latest"};
static const char *const states[] = {[GATE_CLOSED] = "closed", [GATE_PRECLOSED] = "preclosed", [GATE_OPEN] = "open"};

const struct gate_kind_row *gate_kind_row(enum gate_kind kind)
{
    static const struct gate_kind_row rows[] = {
#define GATE_KIND(code, name, rule, ja, en) [code] = {name, rule, {ja, en}},
#include "jobnet/gate_kinds.def"
#undef GATE_KIND
    };
    assert(kind < GATE_KINDS);
    return &rows[kind];
}

static bool fail(const char **why, const char *expected)
{
    *why = expected;
    return false;
}

/* Takes one argument from the front of *rest, up to a `,` outside quotes. */
static bool argument_take(struct str *rest, struct gate_argument *ret)
{
    struct str text = str_trim(*rest);
    struct gate_argument argument = {0};
    size_t i = 0;
    if (text.n > 0 && text.at[0] == '"') {
        argument.is_quoted = true;
        for (i = 1; i < text.n && text.at[i] != '"'; i++) {
            i += text.at[i] == '#' && i + 1 < text.n; /* the cast character and what it protects */
        }
        if (i >= text.n) {
            return false;
        }
        argument.text = (struct str){text.at + 1, i - 1};
        struct str behind = str_trim((struct str){text.at + i + 1, text.n - i - 1});
        if (behind.n > 0 && behind.at[0] != ',') {
            return false;
        }
        *rest = behind.n > 0 ? (struct str){behind.at + 1, behind.n - 1} : behind;
        argument.has_more = behind.n > 0;
        *ret = argument;
        return argument.text.n > 0;
    }
    argument.has_more = str_cut(text, ',', &argument.text, rest);
    argument.text = str_trim(argument.text);
    for (i = 0; i < argument.text.n; i++) {
        char c = argument.text.at[i];
        if (c == '"' || c == '(' || c == ')' || c == ';' || (unsigned char)c < ' ') {
            return false;
        }
    }
    *ret = argument;
    return argument.text.n > 0;
}

static bool arguments_parse(struct str raw, struct gate_arguments *ret)
{
    struct gate_arguments arguments = {0};
    struct str text = str_trim(raw), word, rest;
    if (!str_cut(text, '(', &word, &rest) || rest.n == 0 || rest.at[rest.n - 1] != ')') {
        return false;
    }
    arguments.word = str_trim(word);
    rest.n--;
    bool is_more = true;
    while (is_more) {
        struct gate_argument *argument = &arguments.list[arguments.count];
        if (arguments.count == COUNT(arguments.list) || !argument_take(&rest, argument)) {
            return false;
        }
        arguments.count++;
        is_more = argument->has_more;
    }
    *ret = arguments;
    return true;
}

/* Copy with the escapes of quoted text resolved. */
static const char *argument_text(struct arena *into, const struct gate_argument *argument)
{
    char *copy = arena_copy_bytes(into, argument->text.at, argument->text.n);
    if (argument->is_quoted) {
        size_t to = 0;
        for (size_t from = 0; from < argument->text.n; from++) {
            bool is_cast = copy[from] == '#' && from + 1 < argument->text.n &&
                           (copy[from + 1] == '#' || copy[from + 1] == '"');
            from += is_cast;
            copy[to++] = copy[from];
        }
        copy[to] = '\0';
    }
    return copy;
}

/* Row of `words` that the argument is, -1 if none. */
static int word_of(const struct gate_argument *argument, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!argument->is_quoted && str_is(argument->text, words[i])) {
            return (int)i;
        }
    }
    return -1;
}

/* HH:MM, 00:01..99:59 before the start. */
static bool within_parse(struct str text, int *ret)
{
    struct str hour_text, minute_text;
    int64_t hour, minute;
    if (!str_cut(text, ':', &hour_text, &minute_text) || hour_text.n > 2 || minute_text.n != 2 ||
        !str_to_i64(hour_text, 0, 99, &hour) || !str_to_i64(minute_text, 0, 59, &minute) || hour + minute == 0) {
        return false;
    }
    *ret = (int)(hour * 60 + minute);
    return true;
}

static bool pred_read(const struct gate_arguments *arguments, struct gate *gate, const char **why)
{
    static const char *const ends[] = {"ok", "end"};
    if (arguments->count < 2 || arguments->count > 3) {
        return fail(why, PRED_FORM);
    }
    struct gate_argument scope = arguments->list[1];
    struct str word, time;
    bool has_time = str_cut(scope.text, '=', &word, &time);
    scope.text = str_trim(word);
    int row = word_of(&scope, scopes, COUNT(scopes));
    if (row < 0 || has_time != (row == PRED_WITHIN)) {
        return fail(why, PRED_FORM);
    }
    gate->scope = (enum pred_scope)row;
    if (has_time && !within_parse(str_trim(time), &gate->within_minutes)) {
        return fail(why, "within=HH:MM, HH:MM = 00:01..99:59");
    }
    if (arguments->count == 3) {
        int end = word_of(&arguments->list[2], ends, COUNT(ends));
        gate->is_end_enough = end == 1;
        return end >= 0 || fail(why, PRED_FORM);
    }
    return true;
}

static bool online_read(const struct gate_arguments *arguments, struct gate *gate, const char **why)
{
    int row = arguments->count == 2 ? word_of(&arguments->list[1], states, COUNT(states)) : -1;
    if (row < 0) {
        return fail(why, ONLINE_FORM);
    }
    gate->online = (enum gate_online)row;
    return true;
}

static bool lock_read(const struct gate_arguments *arguments, struct gate *gate, const char **why)
{
    static const char *const words[] = {"shared"};
    gate->is_shared = arguments->count == 2;
    return (arguments->count == 1 ||
            (arguments->count == 2 && word_of(&arguments->list[1], words, COUNT(words)) == 0)) ||
           fail(why, LOCK_FORM);
}

static bool rest_read(struct arena *into, const struct gate_arguments *arguments, struct gate *gate, const char **why)
{
    switch (gate->kind) {
    case GATE_PRED:
        return pred_read(arguments, gate, why);
    case GATE_ONLINE:
        return online_read(arguments, gate, why);
    case GATE_LOCK:
        return lock_read(arguments, gate, why);
    case GATE_FILE:
        if (arguments->count != 2 || !arguments->list[1].is_quoted) {
            return fail(why, FILE_FORM);
        }
        gate->path = argument_text(into, &arguments->list[1]);
        return true;
    case GATE_WINDOW:
        return arguments->count == 1 || fail(why, "window(NAME)");
    case GATE_PERMIT:
        return arguments->count == 1 || fail(why, "permit(KIND)");
    case GATE_KINDS:
        break;
    }
    return false;
}

bool gate_parse(struct arena *into, struct str raw, struct gate *ret, const char **why)
{
    struct gate_arguments arguments;
    struct gate gate = {.kind = GATE_KINDS};
    if (!arguments_parse(raw, &arguments)) {
        return fail(why, "{pred|online|lock|file|window|permit}(…)");
    }
    for (int kind = 0; kind < GATE_KINDS; kind++) {
        if (str_is(arguments.word, gate_kind_row((enum gate_kind)kind)->name)) {
            gate.kind = (enum gate_kind)kind;
        }
    }
    if (gate.kind == GATE_KINDS) {
        return fail(why, "{pred|online|lock|file|window|permit}(…)");
    }
    gate.name = argument_text(into, &arguments.list[0]);
    if (!rest_read(into, &arguments, &gate, why)) {
        return false;
    }
    *ret = gate;
    return true;
}

size_t gates_of(struct arena *into, const struct unit *unit, const struct gate **ret)
{
    const char *why;
    size_t max = 0, count = 0;
    for (const struct param *p = NULL; (p = unit_param(unit, KEY_X_GATE, p));) {
        max++;
    }
    struct gate *gates = arena_array(into, struct gate, max);
    for (const struct param *p = NULL; (p = unit_param(unit, KEY_X_GATE, p));) {
        if (gate_parse(into, p->value, &gates[count], &why)) {
            gates[count].at = p->at;
            count++;
        }
    }
    *ret = gates;
    return count;
}

static void quoted_print(struct strbuf *into, const char *text)
{
    strbuf_char(into, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '#') {
            strbuf_char(into, '#');
        }
        strbuf_char(into, *text);
    }
    strbuf_char(into, '"');
}

static void name_print(struct strbuf *into, const char *name)
{
    bool is_plain = true;
    for (const char *at = name; *at && is_plain; at++) {
        is_plain = (unsigned char)*at > ' ' && !strchr(",()\";", *at);
    }
    if (is_plain) {
        strbuf_text(into, name);
    } else {
        quoted_print(into, name);
    }
}

void gate_print(struct strbuf *into, const struct gate *gate)
{
    strbuf_printf(into, "%s(", gate_kind_row(gate->kind)->name);
    name_print(into, gate->name);
    switch (gate->kind) {
    case GATE_PRED:
        strbuf_printf(into, ",%s", scopes[gate->scope]);
        if (gate->scope == PRED_WITHIN) {
            strbuf_printf(into, "=%02d:%02d", gate->within_minutes / 60, gate->within_minutes % 60);
        }
        strbuf_text(into, gate->is_end_enough ? ",end" : "");
        break;
    case GATE_ONLINE:
        strbuf_printf(into, ",%s", states[gate->online]);
        break;
    case GATE_LOCK:
        strbuf_text(into, gate->is_shared ? ",shared" : "");
        break;
    case GATE_FILE:
        strbuf_char(into, ',');
        quoted_print(into, gate->path);
        break;
    case GATE_WINDOW:
    case GATE_PERMIT:
    case GATE_KINDS:
        break;
    }
    strbuf_char(into, ')');
}
