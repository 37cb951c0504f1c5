/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unit_diags - the messages about one file: kept up to UNIT_DIAGS_MAX, counted beyond.
 *
 * Warnings take at most half of the room, so that errors behind many warnings are still seen.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "jobnet/unit_priv.h"

void diags_close(struct diags *diags)
{
    vec_close(&diags->list);
    arena_close(&diags->text);
    diags->error_count = 0;
    diags->warning_count = 0;
}

static bool is_error(enum err_code code)
{
    const char *id = message_of(code)->id;
    return id[strlen(id) - 1] == 'E';
}

bool diags_keep(const struct diags *diags, enum err_code code)
{
    return diags->list.n < UNIT_DIAGS_MAX && (is_error(code) || diags->warning_count < UNIT_DIAGS_MAX / 2);
}

void diags_add(struct diags *diags, struct place at, const char *unit, enum err_code code, const char *fmt,
               ...)
{
    bool is_kept = diags_keep(diags, code);
    diags->error_count += is_error(code);
    diags->warning_count += !is_error(code);
    if (!is_kept) {
        return;
    }
    char args[ERR_ARGS_BYTES];
    va_list list;
    va_start(list, fmt);
    (void)vsnprintf(args, sizeof(args), fmt, list);
    va_end(list);
    *vec_add(&diags->list) = (struct diag){.at = at,
                                           .code = code,
                                           .args = arena_copy(&diags->text, args),
                                           .unit = arena_copy(&diags->text, unit ? unit : "")};
}

void diags_print(struct strbuf *into, const struct diags *diags, const char *file, enum lang lang)
{
    for (size_t i = 0; i < diags->list.n; i++) {
        const struct diag *diag = &diags->list.at[i];
        strbuf_printf(into, "%s:%d:%d: %s ", file, diag->at.line, diag->at.column,
                      message_of(diag->code)->id);
        if (diag->unit[0]) {
            strbuf_printf(into, "%s: ", diag->unit);
        }
        message_text(into, diag->code, lang, diag->args);
        strbuf_char(into, '\n');
    }
    size_t more = diags->error_count + diags->warning_count - diags->list.n;
    if (more) {
        strbuf_printf(into, lang == LANG_JA ? "%s: ほかに %zu 件あります。\n" : "%s: %zu more.\n", file,
                      more);
    }
}
