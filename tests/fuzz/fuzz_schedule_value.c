/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes the values of schedule parameters and x_deadline=: the first byte picks the key. Any bytes must be answered;
 * words of dates and deadlines read again after printing say the same; a rule made of them is planned in good order.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "calendar/calendar.h"
#include "jobnet/gate.h"
#include "jobnet/schedule_priv.h"
#include "tests/support/unit_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

static void date_round(struct str text)
{
    struct date_rule first, second;
    const char *why;
    struct strbuf printed = {0};
    if (!date_rule_parse(text, &first, &why)) {
        return;
    }
    date_rule_print(&printed, &first);
    bool is_read = date_rule_parse(str_of(strbuf_str(&printed)), &second, &why);
    assert(is_read && first.kind == second.kind && first.year == second.year && first.month == second.month);
    assert(first.day == second.day && first.is_last == second.is_last && first.is_relative == second.is_relative);
    assert(first.weekday_nth == second.weekday_nth && first.weekday == second.weekday);
    strbuf_close(&printed);
}

static void deadline_round(struct str text)
{
    struct deadline deadline;
    const char *why;
    struct strbuf once = {0}, twice = {0};
    if (!deadline_parse(text, &deadline, &why)) {
        return;
    }
    deadline_print(&once, &deadline);
    bool is_read = deadline_parse(str_of(strbuf_str(&once)), &deadline, &why);
    assert(is_read);
    deadline_print(&twice, &deadline);
    assert(strcmp(strbuf_str(&once), strbuf_str(&twice)) == 0);
    strbuf_close(&once);
    strbuf_close(&twice);
}

/* The text as the value of one key of a rule that is otherwise good. */
static void plan(const char *key, struct str text)
{
    struct arena arena = {0};
    struct schedule schedule;
    struct occurrences found = {0};
    struct calendar_level level = {.weekdays = {[WEEKDAY_SU] = DAY_CLOSED, [WEEKDAY_SA] = DAY_CLOSED}, .base_time = {360}};
    struct param params[] = {
        {.key = key, .known = unit_key_known(key), .value = text},
        {.key = "sd", .known = KEY_SD, .value = STR("1,31")},
        {.key = "sd", .known = KEY_SD, .value = STR("2,*3")},
        {.key = "cy", .known = KEY_CY, .value = STR("2,(4,d)")},
        {.key = "cy", .known = KEY_CY, .value = STR("1,(1,m)")},
    };
    struct unit net = {.name = "NET", .type = UNIT_NET, .params = params, .param_count = COUNT(params)};
    struct schedule_query query = {.calendar = calendar_make(&arena, &level),
                                   .registered = bizday_of((struct civil){2026, 6, 1}),
                                   .from = bizday_of((struct civil){2027, 1, 1}),
                                   .to = bizday_of((struct civil){2027, 2, 28})};
    schedule_of(&arena, &net, &schedule);
    schedule_occurrences(&schedule, &query, &found);
    for (size_t i = 0; i < found.list.n; i++) {
        const struct occurrence *o = &found.list.at[i];
        assert(o->date.day >= query.from.day && o->date.day <= query.to.day);
        assert(i == 0 || instant_before(found.list.at[i - 1].start, o->start));
    }
    vec_close(&found.list);
    arena_close(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    static const char *const keys[] = {"sd", "st", "cy", "sh", "shd", "cftd", "sy", "ey", "ln", "wc", "wt", "ed"};
    if (size_bytes == 0) {
        return 0;
    }
    struct str text = {(const char *)data + 1, size_bytes - 1};
    const char *why = NULL;
    bool is_good = schedule_value_check(keys[data[0] % COUNT(keys)], text, &why);
    assert(is_good || why);
    plan(keys[data[0] % COUNT(keys)], text);
    date_round(text);
    deadline_round(text);
    return 0;
}
