/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deadline - reads x_deadline= and finds its instant. The forms are in gate.h.
 */
#include "jobnet/gate.h"
#include "jobnet/schedule_priv.h"

enum { DEADLINE_MINUTES_MAX = 9999, DEADLINE_DAYS_MAX = 366, DEADLINE_MONTHS_MAX = 11 };

static bool fail(const char **why, const char *expected)
{
    *why = expected;
    return false;
}

static bool number(struct str text, int hi, int *ret)
{
    int64_t value;
    text = str_trim(text);
    if (text.n == 0 || text.at[0] < '0' || text.at[0] > '9' || !str_to_i64(text, 0, hi, &value)) {
        return false;
    }
    *ret = (int)value;
    return true;
}

static bool time_parse(struct str text, struct deadline *deadline, const char **why)
{
    int minute;
    if (!minute_parse(text, &minute, why)) {
        return false;
    }
    deadline->time = (struct daytime){minute};
    return true;
}

/* +10m, or +1,24:00 */
static bool plus_parse(struct str text, struct deadline *deadline, const char **why)
{
    struct str days, time;
    if (text.n > 0 && text.at[text.n - 1] == 'm') {
        deadline->kind = DEADLINE_MINUTES;
        return (number((struct str){text.at, text.n - 1}, DEADLINE_MINUTES_MAX, &deadline->n) && deadline->n > 0) ||
               fail(why, "+nm, n = 1..9999");
    }
    deadline->kind = DEADLINE_DAYS;
    if (!str_cut(text, ',', &days, &time) || !number(days, DEADLINE_DAYS_MAX, &deadline->n)) {
        return fail(why, "+n,hh:mm, n = 0..366");
    }
    return time_parse(time, deadline, why);
}

/* One of sh= shd= cftd= month= inside the parentheses. */
static bool option_parse(struct str text, struct deadline *deadline, const char **why)
{
    struct str key, value;
    if (!str_cut(text, '=', &key, &value)) {
        return fail(why, "sh=|shd=|cftd=|month=");
    }
    key = str_trim(key);
    value = str_trim(value);
    if (str_is(key, "sh")) {
        return day_substitute_parse(value, &deadline->date.substitute, why);
    }
    if (str_is(key, "shd")) {
        return (number(value, 31, &deadline->date.substitute_days) && deadline->date.substitute_days > 0) ||
               fail(why, "shd = 1..31");
    }
    if (str_is(key, "cftd")) {
        return day_offset_parse(value, ':', &deadline->date, why);
    }
    if (str_is(key, "month") && value.n > 1 && value.at[0] == '+') {
        return number((struct str){value.at + 1, value.n - 1}, DEADLINE_MONTHS_MAX, &deadline->month_offset) ||
               fail(why, "month=+n, n = 0..11");
    }
    return fail(why, "sh=|shd=|cftd=|month=+n");
}

/* (SD[,option…]),24:00 ; `text` is behind the opening parenthesis. */
static bool date_parse(struct str text, struct deadline *deadline, const char **why)
{
    struct str inside, behind, piece, comma;
    if (!str_cut(text, ')', &inside, &behind) || !str_cut(behind, ',', &comma, &behind) || str_trim(comma).n > 0) {
        return fail(why, "(SD[,sh=…][,shd=n][,cftd=…][,month=+n]),hh:mm");
    }
    deadline->kind = DEADLINE_DATE;
    bool is_more = str_cut(inside, ',', &piece, &inside);
    if (!date_rule_parse(piece, &deadline->date, why)) {
        return false;
    }
    if (deadline->date.kind == DATE_UNDEFINED) {
        return fail(why, "(SD…): dd, +dd, *dd, @dd, b[-DD], we[:n|:b], en");
    }
    while (is_more) {
        is_more = str_cut(inside, ',', &piece, &inside);
        if (!option_parse(piece, deadline, why)) {
            return false;
        }
    }
    if (deadline->month_offset > 0 && deadline->date.month > 0) {
        return fail(why, "mm/dd | month=+n");
    }
    return time_parse(behind, deadline, why);
}

bool deadline_parse(struct str raw, struct deadline *ret, const char **why)
{
    struct deadline deadline = {.kind = DEADLINE_DAYS};
    struct str text = str_trim(raw);
    struct str behind = text.n > 0 ? (struct str){text.at + 1, text.n - 1} : text;
    bool is_read = text.n > 0 && text.at[0] == '+'   ? plus_parse(behind, &deadline, why)
                   : text.n > 0 && text.at[0] == '(' ? date_parse(behind, &deadline, why)
                                                     : time_parse(text, &deadline, why);
    if (!is_read) {
        return false;
    }
    *ret = deadline;
    return true;
}

struct deadline deadline_of(const struct unit *net)
{
    const char *why;
    struct deadline deadline = {.kind = DEADLINE_NONE};
    const struct param *p = unit_param(net, KEY_X_DEADLINE, NULL);
    if (p && !deadline_parse(p->value, &deadline, &why)) {
        deadline.kind = DEADLINE_NONE; /* the checker has refused it */
    }
    return deadline;
}

struct instant deadline_instant(const struct deadline *deadline, const struct calendar *calendar,
                                const struct calendar *own, struct bizday date, struct instant planned)
{
    own = own ? own : calendar;
    struct bizday day = date;
    switch (deadline->kind) {
    case DEADLINE_NONE:
        return INSTANT_NEVER;
    case DEADLINE_MINUTES:
        return instant_after(planned, (struct duration){deadline->n * MINUTE_MS});
    case DEADLINE_DAYS:
        day = bizday_plus(date, deadline->n);
        break;
    case DEADLINE_DATE:
        day = date_resolve(&deadline->date, calendar, own, date, deadline->month_offset);
        break;
    }
    if (day.day == BIZDAY_NONE.day) {
        return INSTANT_NEVER;
    }
    bool is_next_morning = deadline->time.minute < calendar_base_time(own).minute;
    return calendar_instant(own, bizday_plus(day, is_next_morning), deadline->time);
}

void deadline_print(struct strbuf *into, const struct deadline *deadline)
{
    static const char *const shifts[] = {
        [SHIFT_NO] = "no",     [SHIFT_BEFORE] = "be",      [SHIFT_AFTER] = "af",
        [SHIFT_CANCEL] = "ca", [SHIFT_DAYS_BEFORE] = "db", [SHIFT_DAYS_AFTER] = "da",
    };
    char time[TIME_TEXT_MAX];
    switch (deadline->kind) {
    case DEADLINE_NONE:
        return;
    case DEADLINE_MINUTES:
        strbuf_printf(into, "+%dm", deadline->n);
        return;
    case DEADLINE_DAYS:
        if (deadline->n > 0) {
            strbuf_printf(into, "+%d,", deadline->n);
        }
        break;
    case DEADLINE_DATE:
        strbuf_char(into, '(');
        date_rule_print(into, &deadline->date);
        strbuf_printf(into, ",sh=%s,shd=%d", shifts[deadline->date.substitute], deadline->date.substitute_days);
        strbuf_printf(into, ",cftd=%s:%d:%d", shifts[deadline->date.offset], deadline->date.offset_days,
                      deadline->date.offset_days_max);
        strbuf_printf(into, ",month=+%d),", deadline->month_offset);
        break;
    }
    strbuf_text(into, daytime_print(deadline->time, time));
}
