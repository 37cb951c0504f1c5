/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedule_value - reads the values of schedule parameters, each by itself, with the ranges of the reference.
 *
 * Blanks are allowed round every token. Nothing here knows a unit; schedule.c puts the values together.
 */
#include "jobnet/schedule_priv.h"

static const char weekday_names[][3] = {"su", "mo", "tu", "we", "th", "fr", "sa"}; /* by enum weekday */

static bool fail(const char **why, const char *expected)
{
    *why = expected;
    return false;
}

static bool range(struct str text, int lo, int hi, int *ret)
{
    int64_t value;
    if (text.n == 0 || text.n > 9 || text.at[0] < '0' || text.at[0] > '9' || !str_to_i64(text, lo, hi, &value)) {
        return false;
    }
    *ret = (int)value;
    return true;
}

static bool all_digits(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
    }
    return text.n > 0;
}

static struct str behind(struct str text, size_t n)
{
    return str_trim((struct str){text.at + n, text.n - n});
}

/* Cuts at `separator`, both pieces trimmed. */
static bool cut(struct str text, char separator, struct str *head, struct str *rest)
{
    bool is_cut = str_cut(text, separator, head, rest);
    *head = str_trim(*head);
    *rest = str_trim(*rest);
    return is_cut;
}

bool schedule_number_parse(struct str raw, struct schedule_piece *ret, const char **why)
{
    struct schedule_piece piece = {.number = 1, .rest = str_trim(raw)};
    struct str head, rest;
    if (cut(piece.rest, ',', &head, &rest) && all_digits(head)) {
        if (!range(head, 0, SCHEDULE_RULE_MAX, &piece.number)) {
            return fail(why, "N = 1..144");
        }
        piece.rest = rest;
    }
    *ret = piece;
    return true;
}

bool minute_parse(struct str text, int *ret, const char **why)
{
    struct str hour_text, minute_text;
    int hour, minute;
    if (!str_cut(str_trim(text), ':', &hour_text, &minute_text) || hour_text.n > 2 || minute_text.n != 2 ||
        !range(hour_text, 0, 47, &hour) || !range(minute_text, 0, 59, &minute)) {
        return fail(why, "hh:mm = 00:00..47:59");
    }
    *ret = hour * 60 + minute;
    return true;
}

static bool weekday_parse(struct str text, enum weekday *ret)
{
    for (size_t i = 0; i < COUNT(weekday_names); i++) {
        if (str_is(text, weekday_names[i])) {
            *ret = (enum weekday)i;
            return true;
        }
    }
    return false;
}

/* The day part behind [[yyyy/]mm/]: dd, b[-DD] or a weekday, with its sign already taken away. */
static bool day_parse(struct str text, char sign, struct date_rule *rule, const char **why)
{
    struct str head, rest;
    bool is_counted = sign == '*' || sign == '@';
    if (all_digits(text)) {
        rule->kind = sign == '+' ? DATE_RELATIVE : is_counted ? rule->kind : DATE_DAY;
        int max = sign ? 35 : 31;
        return range(text, 1, max, &rule->day) || fail(why, sign ? "dd = 1..35" : "dd = 1..31");
    }
    if (text.n > 0 && text.at[0] == 'b') {
        rule->kind = is_counted ? rule->kind : sign == '+' ? DATE_RELATIVE : DATE_DAY;
        rule->is_last = true;
        rule->is_relative = sign == '+';
        struct str back = behind(text, 1);
        if (back.n == 0) {
            return true;
        }
        return (back.at[0] == '-' && range(behind(back, 1), 0, sign ? 34 : 30, &rule->day)) ||
               fail(why, sign ? "b-DD, DD = 0..34" : "b-DD, DD = 0..30");
    }
    bool is_numbered = cut(text, ':', &head, &rest);
    if (is_counted || !weekday_parse(head, &rule->weekday)) {
        return fail(why, "[[yyyy/]mm/]{[+|*|@]dd|[+|*|@]b[-DD]|[+]{su|mo|tu|we|th|fr|sa}[:{n|b}]}|en|ud");
    }
    rule->kind = DATE_WEEKDAY;
    rule->is_relative = sign == '+';
    if (is_numbered && str_is(rest, "b")) {
        rule->weekday_nth = WEEKDAY_LAST;
        return true;
    }
    return !is_numbered || range(rest, 1, 5, &rule->weekday_nth) || fail(why, "we:{n|b}, n = 1..5");
}

/* Takes [[yyyy/]mm/] from the front of *text. */
static bool month_parse(struct str *text, struct date_rule *rule, const char **why)
{
    struct str pieces[3];
    size_t count = 0;
    struct str rest = *text;
    bool is_more = true;
    while (is_more && count < COUNT(pieces)) {
        is_more = cut(rest, '/', &pieces[count], &rest);
        count++;
    }
    if (is_more) {
        return fail(why, "[[yyyy/]mm/]dd");
    }
    if (count == 3 && !range(pieces[0], SCHEDULE_YEAR_MIN, SCHEDULE_YEAR_MAX, &rule->year)) {
        return fail(why, "yyyy = 1994..2036");
    }
    if (count > 1 && !range(pieces[count - 2], 1, 12, &rule->month)) {
        return fail(why, "mm = 1..12");
    }
    *text = pieces[count - 1];
    return true;
}

bool date_rule_parse(struct str text, struct date_rule *ret, const char **why)
{
    struct date_rule rule = {
        .substitute_days = SUBSTITUTE_DAYS_DEFAULT, .offset_days = 1, .offset_days_max = OFFSET_DAYS_MAX_DEFAULT};
    struct str rest = str_trim(text);
    if (str_is(rest, "en") || str_is(rest, "ud")) {
        rule.kind = str_is(rest, "en") ? DATE_REGISTERED : DATE_UNDEFINED;
        *ret = rule;
        return true;
    }
    if (!month_parse(&rest, &rule, why)) {
        return false;
    }
    char sign = 0;
    if (rest.n > 0 && (rest.at[0] == '+' || rest.at[0] == '*' || rest.at[0] == '@')) {
        sign = rest.at[0];
        rest = behind(rest, 1);
        rule.kind = sign == '*' ? DATE_OPEN : DATE_CLOSED;
    }
    if (!day_parse(rest, sign, &rule, why)) {
        return false;
    }
    /* a plain day must be valid for a month that is named; 29 February without a year is */
    if (rule.kind == DATE_DAY && !rule.is_last && rule.month > 0 &&
        rule.day > month_days(rule.year ? rule.year : 2000, rule.month)) {
        return fail(why, "yyyy/mm/dd");
    }
    *ret = rule;
    return true;
}

void date_rule_print(struct strbuf *into, const struct date_rule *date)
{
    static const char *const signs[] = {
        [DATE_REGISTERED] = "", [DATE_UNDEFINED] = "", [DATE_DAY] = "", [DATE_RELATIVE] = "+",
        [DATE_OPEN] = "*",      [DATE_CLOSED] = "@",   [DATE_WEEKDAY] = "",
    };
    if (date->kind == DATE_REGISTERED || date->kind == DATE_UNDEFINED) {
        strbuf_text(into, date->kind == DATE_REGISTERED ? "en" : "ud");
        return;
    }
    if (date->year > 0) {
        strbuf_printf(into, "%04d/", date->year);
    }
    if (date->month > 0) {
        strbuf_printf(into, "%02d/", date->month);
    }
    strbuf_text(into, date->kind == DATE_WEEKDAY && date->is_relative ? "+" : signs[date->kind]);
    if (date->kind == DATE_WEEKDAY) {
        strbuf_text(into, weekday_names[date->weekday]);
        if (date->weekday_nth == WEEKDAY_LAST) {
            strbuf_text(into, ":b");
        } else if (date->weekday_nth > 0) {
            strbuf_printf(into, ":%d", date->weekday_nth);
        }
    } else if (date->is_last) {
        strbuf_char(into, 'b');
        if (date->day > 0) {
            strbuf_printf(into, "-%d", date->day);
        }
    } else {
        strbuf_printf(into, "%02d", date->day);
    }
}

bool day_substitute_parse(struct str text, enum day_shift *ret, const char **why)
{
    static const struct {
        const char *word;
        enum day_shift shift;
    } words[] = {{"be", SHIFT_BEFORE}, {"af", SHIFT_AFTER}, {"ca", SHIFT_CANCEL}, {"no", SHIFT_NO}};
    for (size_t i = 0; i < COUNT(words); i++) {
        if (str_is(str_trim(text), words[i].word)) {
            *ret = words[i].shift;
            return true;
        }
    }
    return fail(why, "be|af|ca|no");
}

bool day_offset_parse(struct str text, char separator, struct date_rule *ret, const char **why)
{
    static const struct {
        const char *word;
        enum day_shift shift;
    } words[] = {{"no", SHIFT_NO},
                 {"be", SHIFT_BEFORE},
                 {"af", SHIFT_AFTER},
                 {"db", SHIFT_DAYS_BEFORE},
                 {"da", SHIFT_DAYS_AFTER}};
    struct str word, days, max;
    bool has_days = cut(str_trim(text), separator, &word, &days);
    bool has_max = cut(days, separator, &days, &max);
    int days_value = 1, max_value = OFFSET_DAYS_MAX_DEFAULT;
    if ((has_days && !range(days, 1, 31, &days_value)) || (has_max && !range(max, 1, 31, &max_value))) {
        return fail(why, "{be|af|db|da}[,n[,N]], n = 1..31, N = 1..31");
    }
    for (size_t i = 0; i < COUNT(words); i++) {
        if (str_is(word, words[i].word)) {
            ret->offset = words[i].shift;
            ret->offset_days = days_value;
            ret->offset_days_max = max_value;
            return true;
        }
    }
    return fail(why, "no|be|af|db|da");
}

static bool sd_parse(struct str text, struct schedule_rule *rule, const char **why)
{
    if (!date_rule_parse(text, &rule->date, why)) {
        return false;
    }
    if ((rule->number == 0) != (rule->date.kind == DATE_UNDEFINED)) {
        return fail(why, rule->number == 0 ? "N = 1..144" : "0,ud");
    }
    return true;
}

static bool st_parse(struct str text, struct schedule_rule *rule, const char **why)
{
    rule->is_time_relative = text.n > 0 && text.at[0] == '+';
    return minute_parse(rule->is_time_relative ? behind(text, 1) : text, &rule->start_minute, why);
}

static bool cy_parse(struct str text, struct schedule_rule *rule, const char **why)
{
    static const struct {
        const char *word;
        enum cycle_unit unit;
        int max;
    } units[] = {{"y", CYCLE_YEAR, 9}, {"m", CYCLE_MONTH, 12}, {"w", CYCLE_WEEK, 5}, {"d", CYCLE_DAY, 31}};
    struct str number, word;
    if (text.n >= 2 && text.at[0] == '(' && text.at[text.n - 1] == ')' &&
        cut((struct str){text.at + 1, text.n - 2}, ',', &number, &word)) {
        for (size_t i = 0; i < COUNT(units); i++) {
            if (str_is(word, units[i].word) && range(number, 1, units[i].max, &rule->cycle_n)) {
                rule->cycle = units[i].unit;
                return true;
            }
        }
    }
    return fail(why, "(n,{y|m|w|d}): y 1..9, m 1..12, w 1..5, d 1..31");
}

static bool sh_parse(struct str text, struct schedule_rule *rule, const char **why)
{
    return day_substitute_parse(text, &rule->date.substitute, why);
}

static bool shd_parse(struct str text, struct schedule_rule *rule, const char **why)
{
    return range(text, 1, 31, &rule->date.substitute_days) || fail(why, "1..31");
}

static bool cftd_parse(struct str text, struct schedule_rule *rule, const char **why)
{
    return day_offset_parse(text, ',', &rule->date, why);
}

static bool delay_parse(struct str text, struct delay_limit *limit, const char **why)
{
    static const char letters[] = {'M', 'U', 'C'};
    static const enum delay_base bases[] = {DELAY_ROOT, DELAY_UPPER, DELAY_OWN};
    for (size_t i = 0; i < COUNT(letters); i++) {
        if (text.n > 0 && text.at[0] == letters[i]) {
            limit->base = bases[i];
            return range(behind(text, 1), 1, 2879, &limit->minutes) || fail(why, "{M|U|C}mmmm, mmmm = 1..2879");
        }
    }
    limit->base = DELAY_ABSOLUTE;
    return minute_parse(text, &limit->minutes, why) || fail(why, "hh:mm = 00:00..47:59 | {M|U|C}1..2879");
}

static bool sy_parse(struct str text, struct schedule_rule *rule, const char **why)
{
    return delay_parse(text, &rule->start_delay, why);
}

static bool ey_parse(struct str text, struct schedule_rule *rule, const char **why)
{
    return delay_parse(text, &rule->end_delay, why);
}

static bool ln_parse(struct str text, struct schedule_rule *rule, const char **why)
{
    return range(text, 1, SCHEDULE_RULE_MAX, &rule->parent_rule) || fail(why, "n = 1..144");
}

static bool wc_parse(struct str text, struct schedule_rule *rule, const char **why)
{
    if (str_is(text, "no") || str_is(text, "un")) {
        rule->watch_count = str_is(text, "no") ? 0 : WATCH_COUNT_UNLIMITED;
        return true;
    }
    return range(text, 1, 999, &rule->watch_count) || fail(why, "no|un|1..999");
}

static bool wt_parse(struct str text, struct schedule_rule *rule, const char **why)
{
    if (str_is(text, "no") || str_is(text, "un")) {
        rule->watch = str_is(text, "no") ? WATCH_NO : WATCH_UNLIMITED;
        return true;
    }
    if (range(text, 1, 2879, &rule->watch_minutes)) {
        rule->watch = WATCH_MINUTES;
        return true;
    }
    rule->watch = WATCH_ABSOLUTE;
    return minute_parse(text, &rule->watch_minutes, why) || fail(why, "no|un|00:00..47:59|1..2879");
}

static const struct {
    const char *key;
    bool (*parse)(struct str text, struct schedule_rule *rule, const char **why);
} value_parsers[] = {
    {"sd", sd_parse},     {"st", st_parse}, {"cy", cy_parse}, {"sh", sh_parse}, {"shd", shd_parse},
    {"cftd", cftd_parse}, {"sy", sy_parse}, {"ey", ey_parse}, {"ln", ln_parse}, {"wc", wc_parse},
    {"wt", wt_parse},
};

int schedule_key_of(const struct param *param)
{
    static const enum unit_key keys[] = {KEY_SD, KEY_ST, KEY_CY, KEY_SH, KEY_SHD, KEY_CFTD, KEY_SY, KEY_EY, KEY_LN, KEY_WC, KEY_WT};
    _Static_assert(COUNT(keys) == COUNT(value_parsers), "one key for each parser, in their order");
    for (size_t i = 0; i < COUNT(keys); i++) {
        if (param->known == (int16_t)keys[i]) {
            return (int)i;
        }
    }
    return -1;
}

int schedule_key(const char *key)
{
    for (size_t i = 0; i < COUNT(value_parsers); i++) {
        if (str_equal(key, value_parsers[i].key)) {
            return (int)i;
        }
    }
    return -1;
}

bool schedule_value_apply(int key, struct str text, struct schedule_rule *rule, const char **why)
{
    struct schedule_rule changed = *rule;
    if (!value_parsers[key].parse(str_trim(text), &changed, why)) {
        return false;
    }
    *rule = changed;
    return true;
}

bool schedule_end_parse(struct str raw, struct bizday *ret, const char **why)
{
    struct str text = str_trim(raw), year_text, month_text, day_text;
    struct civil date;
    if (!cut(text, '/', &year_text, &text) || !cut(text, '/', &month_text, &day_text) ||
        !range(year_text, SCHEDULE_YEAR_MIN, SCHEDULE_YEAR_MAX, &date.year) || !range(month_text, 1, 12, &date.month) ||
        !range(day_text, 1, 31, &date.day) || !civil_valid(date)) {
        return fail(why, "yyyy/mm/dd, yyyy = 1994..2036");
    }
    *ret = bizday_of(date);
    return true;
}

bool schedule_value_check(const char *key, struct str raw, const char **why)
{
    if (str_equal(key, "ed")) {
        struct bizday end;
        return schedule_end_parse(raw, &end, why);
    }
    int known = schedule_key(key);
    if (known < 0) {
        return true;
    }
    struct schedule_piece piece;
    if (!schedule_number_parse(raw, &piece, why)) {
        return false;
    }
    struct schedule_rule rule = {.number = piece.number};
    if (piece.number == 0 && !str_equal(key, "sd")) {
        return fail(why, "N = 1..144");
    }
    return schedule_value_apply(known, piece.rest, &rule, why);
}
