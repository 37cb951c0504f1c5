/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unit_print - the canonical text of units: parse(print(x)) says the same as x, and print(parse(print(x))) is
 * print(x).
 *
 * Tab indentation; attributes as many as were written; ty cm sz el ar first, then all others in their order,
 * then the children. Values are printed raw. Line ends are those of the file, inside quoted values too.
 */
#include <string.h>

#include "jobnet/unit_priv.h"

struct printer {
    struct strbuf *into;
    struct strbuf *left_out; /* NULL: x_ keys are printed */
    const char *line_end;
    struct arena paths;
};

static const int16_t first_keys[] = {KEY_TY, KEY_CM, KEY_SZ, KEY_EL, KEY_AR};

static bool is_first_key(int16_t known)
{
    for (size_t i = 0; i < COUNT(first_keys); i++) {
        if (known == first_keys[i]) {
            return true;
        }
    }
    return false;
}

static void indent(struct printer *p, int depth)
{
    for (int i = 0; i < depth; i++) {
        strbuf_char(p->into, '\t');
    }
}

/* A run of CR before LF belongs to the line end. */
static void print_value(struct printer *p, struct str value)
{
    struct str rest = value, line;
    for (bool is_more = true; is_more;) {
        is_more = str_cut(rest, '\n', &line, &rest);
        while (is_more && line.n && line.at[line.n - 1] == '\r') {
            line.n--;
        }
        strbuf_add(p->into, line.at, line.n);
        if (is_more) {
            strbuf_text(p->into, p->line_end);
        }
    }
}

static void print_param(struct printer *p, const struct unit *unit, const struct param *param, int depth)
{
    if (p->left_out && str_starts(param->key, "x_")) {
        strbuf_printf(p->left_out, "%s: %s=", unit_path(&p->paths, unit, ""), param->key);
        strbuf_add(p->left_out, param->value.at, param->value.n);
        strbuf_char(p->left_out, '\n');
        return;
    }
    indent(p, depth);
    strbuf_text(p->into, param->key);
    strbuf_char(p->into, '=');
    print_value(p, param->value);
    strbuf_char(p->into, ';');
    strbuf_text(p->into, p->line_end);
}

static void print_attributes(struct printer *p, const struct unit *unit)
{
    const char *fields[] = {unit->name, unit->permission, unit->owner, unit->resource_group};
    strbuf_text(p->into, "unit=");
    for (uint8_t i = 0; i < unit->attribute_count; i++) {
        strbuf_text(p->into, i ? "," : "");
        strbuf_text(p->into, fields[i]);
    }
    strbuf_char(p->into, ';');
}

/* Recursion is bounded by UNIT_DEPTH_MAX. */
static void print_unit(struct printer *p, const struct unit *unit, int depth)
{
    indent(p, depth);
    print_attributes(p, unit);
    strbuf_text(p->into, p->line_end);
    indent(p, depth);
    strbuf_char(p->into, '{');
    strbuf_text(p->into, p->line_end);
    for (size_t i = 0; i < COUNT(first_keys); i++) {
        for (const struct param *param = NULL;
             (param = unit_param(unit, (enum unit_key)first_keys[i], param));) {
            print_param(p, unit, param, depth + 1);
        }
    }
    for (size_t i = 0; i < unit->param_count; i++) {
        if (!is_first_key(unit->params[i].known)) {
            print_param(p, unit, &unit->params[i], depth + 1);
        }
    }
    for (const struct unit *child = unit->first_child; child; child = child->next_sibling) {
        print_unit(p, child, depth + 1);
    }
    indent(p, depth);
    strbuf_char(p->into, '}');
    strbuf_text(p->into, p->line_end);
}

static void print_file(struct printer *p, const struct unit_file *file)
{
    p->line_end = file->is_crlf ? "\r\n" : "\n";
    for (const struct unit *unit = file->first; unit; unit = unit->next_sibling) {
        print_unit(p, unit, 0);
    }
    arena_close(&p->paths);
}

void unit_print(struct strbuf *into, const struct unit_file *file)
{
    struct printer p = {.into = into};
    print_file(&p, file);
}

void unit_print_one(struct strbuf *into, const struct unit *unit, int depth)
{
    struct printer p = {.into = into, .line_end = "\n"};
    print_unit(&p, unit, depth);
}

void unit_print_jp1(struct strbuf *into, const struct unit_file *file, struct strbuf *left_out)
{
    struct printer p = {.into = into, .left_out = left_out};
    print_file(&p, file);
}
