/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedule_check - what the schedule parameters of one jobnet must say together. See schedule_priv.h.
 *
 * A closed-day rule with sh=ca is warned about by the unit's own check.
 */
#include "jobnet/schedule_priv.h"

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
        int key = schedule_key(p->key);
        if (key < 0 || str_equal(p->key, "sd") != is_sd || !schedule_number_parse(p->value, &piece, &why)) {
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

static bool has_schedule(const struct unit *net)
{
    for (size_t i = 0; i < net->param_count; i++) {
        if (schedule_key(net->params[i].key) >= 0) {
            return true;
        }
    }
    return false;
}

void schedule_net_check(const struct unit *net, const char *path, struct diags *diags)
{
    if (!has_schedule(net)) { /* most nested nets: the tables below are large */
        return;
    }
    struct check check = {.net = net, .path = path, .diags = diags};
    collect(&check, true);
    bool has_rules = false;
    for (int number = 1; number <= SCHEDULE_RULE_MAX; number++) {
        has_rules = has_rules || check.at[number].line > 0;
    }
    if (!has_rules && check.at[0].line == 0) {
        check.at[1] = net->at; /* without any sd: 1,en */
    }
    if (has_rules && check.at[0].line > 0) {
        diags_add(diags, check.at[0], path, ERR_SCHEDULE_UNDEFINED, "%s", "");
    }
    collect(&check, false);
    for (int number = 1; number <= SCHEDULE_RULE_MAX; number++) {
        if (check.at[number].line > 0) {
            check.rules[number].number = number;
            check_rule(&check, &check.rules[number], check.at[number]);
        }
    }
}
