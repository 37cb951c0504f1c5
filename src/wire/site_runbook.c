/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site_runbook - the run-book rows of site.yaml: what to do when a unit ends with a code.
 */
#include "wire/site.h"

#include "wire/site_yaml.h"

enum { RUNBOOK_CODES_MAX = 64 };

/* "1-7,12"; blank = any. False: not of this form. */
static bool codes_read(struct arena *into, const char *text, struct runbook_row *ret)
{
    struct code_range *ranges = arena_array(into, struct code_range, RUNBOOK_CODES_MAX);
    struct str rest = str_trim(str_of(text ? text : "")), item, low, high;
    ret->codes = ranges;
    while (rest.n > 0) {
        struct code_range range;
        (void)str_cut(rest, ',', &item, &rest);
        item = str_trim(item);
        bool is_range = str_cut(item, '-', &low, &high);
        if (ret->code_count == RUNBOOK_CODES_MAX || !str_to_i64(str_trim(low), 0, UINT32_MAX, &range.from)) {
            return false;
        }
        range.to = range.from;
        if (is_range && !str_to_i64(str_trim(high), range.from, UINT32_MAX, &range.to)) {
            return false;
        }
        ranges[ret->code_count++] = range;
    }
    return true;
}

static const char *text_of(struct arena *into, const char *text, const char *otherwise)
{
    return arena_copy(into, text && *text ? text : otherwise ? otherwise : "");
}

bool site_runbook_make(struct arena *into, const struct yaml_site *yaml, struct site *site, struct err *e)
{
    struct runbook_row *rows = arena_array(into, struct runbook_row, yaml->runbook_count + 1u);
    for (unsigned i = 0; i < yaml->runbook_count; i++) {
        const struct yaml_runbook *from = &yaml->runbook[i];
        struct runbook_row *row = &rows[i];
        if (from->unit[0] != '/') {
            return err_set(e, ERR_SITE_VALUE, "runbook[%u] unit" ARG "%.100s" ARG "/…", i, from->unit);
        }
        if (!codes_read(into, from->codes, row)) {
            return err_set(e, ERR_SITE_VALUE, "runbook[%u] %.100s codes" ARG "%.100s" ARG "1-7,12", i, from->unit, from->codes);
        }
        row->unit = arena_copy(into, from->unit);
        row->codes_text = text_of(into, from->codes, "");
        row->title[LANG_JA] = text_of(into, from->title, "");
        row->title[LANG_EN] = text_of(into, from->title_en, from->title);
        row->steps[LANG_JA] = text_of(into, from->steps, "");
        row->steps[LANG_EN] = text_of(into, from->steps_en, from->steps);
        row->manual = text_of(into, from->manual, "");
        row->version = text_of(into, from->version, "");
    }
    site->runbook = rows;
    site->runbook_count = yaml->runbook_count;
    return true;
}

bool runbook_fits(const struct runbook_row *row, const char *unit, bool has_code, int64_t code)
{
    size_t n = strlen(row->unit);
    bool is_below = strncmp(unit, row->unit, n) == 0 && unit[n] == '/'; /* a row of a net is for its jobs, too */
    bool fits_code = !has_code || row->code_count == 0;
    for (size_t i = 0; i < row->code_count && !fits_code; i++) {
        fits_code = code >= row->codes[i].from && code <= row->codes[i].to;
    }
    return fits_code && (is_below || str_matches(unit, row->unit));
}
