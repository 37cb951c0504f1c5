/* SPDX-License-Identifier: Apache-2.0 */
/*
 * group - a job group's calendar lines. The values passed unit_parse.
 */
#include "jobnet/group.h"

#include <stdio.h>

static bool weekday_parse(struct str text, enum weekday *ret)
{
    static const char *const weekdays[] = {"su", "mo", "tu", "we", "th", "fr", "sa"};
    for (size_t i = 0; i < COUNT(weekdays); i++) {
        if (str_is(text, weekdays[i])) {
            *ret = (enum weekday)i;
            return true;
        }
    }
    return false;
}

static void days_read(struct arena *into, const struct unit *group, struct calendar_level *level)
{
    struct calendar_date *dates = arena_array(into, struct calendar_date, group->param_count + 1);
    level->date_count = 0;
    for (size_t i = 0; i < group->param_count; i++) {
        const struct param *param = &group->params[i];
        enum day_mark mark = param->known == KEY_OP ? DAY_OPEN : DAY_CLOSED;
        enum weekday weekday;
        struct bizday day;
        char text[32];
        if (param->known != KEY_OP && param->known != KEY_CL) {
            continue;
        }
        (void)snprintf(text, sizeof(text), STR_FMT, STR_ARG(param->value));
        if (weekday_parse(param->value, &weekday)) {
            level->weekdays[weekday] = mark;
        } else if (bizday_parse(text, &day)) {
            dates[level->date_count++] = (struct calendar_date){day, mark};
        }
    }
    level->dates = dates;
}

void group_level(struct arena *into, const struct unit *group, struct calendar_level *level)
{
    const char *base_day = unit_text(into, group, KEY_SDD), *base_time = unit_text(into, group, KEY_STT);
    struct str head, rest;
    int64_t n = 1;
    days_read(into, group, level);
    if (base_day && str_cut(str_of(base_day), ':', &head, &rest)) {
        head = str_trim(head);
        rest = str_trim(rest);
        bool is_numbered = str_to_i64(rest, 1, 5, &n);
        if (weekday_parse(head, &level->base_weekday)) {
            level->base_weekday_nth = str_is(rest, "b") ? 6 : is_numbered ? (int)n : 1;
        }
    } else if (base_day && str_to_i64(str_of(base_day), 1, 31, &n)) {
        level->base_day = (int)n;
    }
    level->month_mode = unit_says(group, KEY_MD, "th") ? MONTH_THIS : unit_says(group, KEY_MD, "ne") ? MONTH_NEXT : level->month_mode;
    struct daytime time;
    if (base_time && daytime_parse(base_time, &time)) {
        level->base_time = time;
    }
}
