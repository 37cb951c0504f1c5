/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_runbook - the run-book of the site: what to do when a unit ends with a code.
 */
#include "api/console_priv.h"

static void row_answer(struct call *call, const struct runbook_row *row)
{
    struct json *j = &call->json;
    json_open(j, NULL);
    json_text(j, "unit", row->unit);
    json_text(j, "codes", row->codes_text);
    answer_both(call, "title", row->title[LANG_JA], row->title[LANG_EN]);
    answer_both(call, "steps", row->steps[LANG_JA], row->steps[LANG_EN]);
    json_text(j, "manual", row->manual);
    json_text(j, "version", row->version);
    json_end(j);
}

/* The nearer to the unit and the code, the earlier. */
static int nearness(const struct runbook_row *row, const char *unit)
{
    bool is_exact = unit && str_equal(row->unit, unit), is_pattern = strpbrk(row->unit, "*?") != NULL;
    return (is_exact ? 4 : is_pattern ? 0 : 2) + (row->code_count > 0);
}

bool read_runbook(struct call *call, struct err *e)
{
    const struct site *site = NULL;
    const char *unit = call_text(call, "unit");
    int64_t code = call_number(call, "code", 0);
    if (!api_site(call, &site, e)) {
        return false;
    }
    answer_list_open(call);
    for (int near = 5; near >= 0; near--) {
        for (size_t i = 0; i < site->runbook_count; i++) {
            const struct runbook_row *row = &site->runbook[i];
            if (nearness(row, unit) == near && call_sees(call, row->unit) &&
                (!unit || runbook_fits(row, unit, call_text(call, "code") != NULL, code))) {
                row_answer(call, row);
            }
        }
    }
    answer_list_close(call, NULL);
    return true;
}
