/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedule_check - what the schedule parameters of one jobnet must say together. See schedule_priv.h.
 *
 * A closed-day rule with sh=ca is warned about by the unit's own check.
 */
#include "jobnet/schedule_priv.h"

#include <string.h>

/* Fewest open and closed days that a month has as a rule: an nth day beyond them is likely to be missing. */
enum { OPEN_DAYS_SURE = 17, CLOSED_DAYS_SURE = 8, MONTH_DAYS_SURE = 28, WEEKDAYS_SURE = 4 };

struct check {
    const struct unit *net;
    const char *path;
    struct diags *diags;
    struct schedule_rule rules[SCHEDULE_RULE_MAX + 1]; /* by number */
    struct place at[SCHEDULE_RULE_MAX + 1];            /* of its sd; line 0: no such rule */
};

/* sd first, so that the order of lines is no matter. */
static void collect(struct check *check, bool is_sd)
{
    struct schedule_piece piece;
    const char *why;
    for (size_t i = 0; i < check->net->param_count; i++) {
        const struct param *p = &check->net->params[i];
        int key = schedule_key_of(p);
        if (key < 0 || (p->known == KEY_SD) != is_sd || !schedule_number_parse(p->value, &piece, &why)) {
            continue;
        }
        struct schedule_rule *rule = &check->rules[piece.number];
        rule->number = piece.number;
        if (is_sd && check->at[piece.number].line > 0) {
            diags_add(check->diags, p->at, check->path, ERR_SCHEDULE_RULE_TWICE, "%d", piece.number);
        } else if (is_sd) {
            check->at[piece.number] = p->at;
        } else if (check->at[piece.number].line == 0) {
            diags_add(check->diags, p->at, check->path, ERR_SCHEDULE_NO_RULE, "%s" ARG "%d", p->key, piece.number);
        }
        if (!schedule_value_apply(key, piece.rest, rule, &why)) {
            continue; /* told by the check of the value */
        }
    }
}

static bool may_be_missing(const struct schedule_rule *rule)
{
    const struct date_rule *date = &rule->date;
    int day = date->day + date->is_last;
    switch (date->kind) {
    case DATE_DAY:
    case DATE_RELATIVE:
        return day > MONTH_DAYS_SURE && (date->month == 0 || date->is_last || rule->cycle == CYCLE_MONTH);
    case DATE_OPEN:
        return day > OPEN_DAYS_SURE;
    case DATE_CLOSED:
        return day > CLOSED_DAYS_SURE;
    case DATE_WEEKDAY:
        return date->weekday_nth > WEEKDAYS_SURE && date->weekday_nth != WEEKDAY_LAST;
    case DATE_REGISTERED:
    case DATE_UNDEFINED:
        break;
    }
    return false;
}

static void check_rule(const struct check *check, const struct schedule_rule *rule, struct place at)
{
    bool is_counted = rule->date.kind == DATE_OPEN || rule->date.kind == DATE_CLOSED;
    bool is_above = rule->start_delay.base == DELAY_ROOT || rule->start_delay.base == DELAY_UPPER ||
                    rule->end_delay.base == DELAY_ROOT || rule->end_delay.base == DELAY_UPPER;
    if (rule->cycle == CYCLE_WEEK && is_counted) {
        diags_add(check->diags, at, check->path, ERR_SCHEDULE_WEEKS, "%d", rule->number);
    }
    if (may_be_missing(rule)) {
        diags_add(check->diags, at, check->path, ERR_SCHEDULE_DAY_MISSING, "%d", rule->number);
    }
    if ((rule->watch_count != 0) != (rule->watch != WATCH_NO)) {
        diags_add(check->diags, at, check->path, ERR_SCHEDULE_WATCH, "%d", rule->number);
    }
    if (is_above && unit_is_root_net(check->net)) {
        diags_add(check->diags, at, check->path, ERR_SCHEDULE_DELAY_ROOT, "%d", rule->number);
    }
}

/* The highest number of a rule that a parameter names, at least 1; 0: no schedule at all. */
static int highest_rule(const struct unit *net)
{
    int highest = 0;
    for (size_t i = 0; i < net->param_count; i++) {
        struct schedule_piece piece;
        const char *why;
        if (schedule_key_of(&net->params[i]) < 0) {
            continue;
        }
        highest = highest ? highest : 1;
        if (schedule_number_parse(net->params[i].value, &piece, &why) && piece.number > highest) {
            highest = piece.number;
        }
    }
    return highest;
}

void schedule_net_check(const struct unit *net, const char *path, struct diags *diags)
{
    int highest = highest_rule(net);
    if (highest == 0) { /* most nested nets */
        return;
    }
    struct check check; /* the tables are large, and mostly not needed: cleared as far as they are used */
    check.net = net;
    check.path = path;
    check.diags = diags;
    memset(check.rules, 0, (size_t)(highest + 1) * sizeof(check.rules[0]));
    memset(check.at, 0, (size_t)(highest + 1) * sizeof(check.at[0]));
    collect(&check, true);
    bool has_rules = false;
    for (int number = 1; number <= highest; number++) {
        has_rules = has_rules || check.at[number].line > 0;
    }
    if (!has_rules && check.at[0].line == 0) {
        check.at[1] = net->at; /* without any sd: 1,en */
    }
    if (has_rules && check.at[0].line > 0) {
        diags_add(diags, check.at[0], path, ERR_SCHEDULE_UNDEFINED, "%s", "");
    }
    collect(&check, false);
    for (int number = 1; number <= highest; number++) {
        if (check.at[number].line > 0) {
            check.rules[number].number = number;
            check_rule(&check, &check.rules[number], check.at[number]);
        }
    }
}
