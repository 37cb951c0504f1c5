/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * unit_case - a definition read for a test, and its messages as a trace: "3:5 BNT0218-E, 7:1 BNT0250-W".
 */
#include <string.h>

#include "jobnet/unit.h"
#include "tests/unit.h"

struct unit_case {
    struct arena into;
    struct diags diags;
    const struct unit_file *file; /* NULL if it has errors */
    struct strbuf trace;
};

static inline void unit_case_close(struct unit_case *c)
{
    diags_close(&c->diags);
    strbuf_close(&c->trace);
    arena_close(&c->into);
}

static inline struct unit_case unit_case_read(const char *text)
{
    struct unit_case c = {0};
    bool is_good = unit_parse(&c.into, text, strlen(text), &c.diags, &c.file);
    for (size_t i = 0; i < c.diags.list.n; i++) {
        const struct diag *diag = &c.diags.list.at[i];
        strbuf_printf(&c.trace, "%s%d:%d %s", i ? ", " : "", diag->at.line, diag->at.column, message_of(diag->code)->id);
    }
    assert_int_equal(is_good, c.file != NULL);
    return c;
}

/* Text is read with these messages and no others. */
static inline void reads(const char *text, const char *trace)
{
    CLEANUP(unit_case_close) struct unit_case c = unit_case_read(text);
    assert_string_equal(strbuf_str(&c.trace), trace);
}

/* A job with this parameter line gives these messages; the line is the fourth. */
static inline void job_reads(const char *line, const char *trace)
{
    CLEANUP(strbuf_close) struct strbuf text = {0};
    strbuf_printf(&text, "unit=J,,,;\n{\n\tty=j;\n\t%s\n}\n", line);
    reads(strbuf_str(&text), trace);
}

/* The same of a unit of any type inside a job group. */
static inline void unit_reads(const char *type, const char *line, const char *trace)
{
    CLEANUP(strbuf_close) struct strbuf text = {0};
    strbuf_printf(&text, "unit=G;{ty=g;\nunit=U,,,;{\n\tty=%s;\n\t%s\n}}\n", type, line);
    reads(strbuf_str(&text), trace);
}
