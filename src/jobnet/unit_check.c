/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unit_check - what a unit's own parameters must say: type, place of keys, ranges, attributes.
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "jobnet/gate.h"
#include "jobnet/schedule_priv.h"
#include "jobnet/unit_priv.h"

struct check {
    struct reader *r;
    const struct unit *unit;
    const struct param *param;
    const struct unit_key_row *row;
    bool has_type; /* a known one */
};

static void say_value(const struct check *c, const char *why)
{
    reader_say(c->r, c->param->at, c->unit, ERR_UNIT_VALUE, "%s" ARG "%s" ARG "%s", c->param->key,
               excerpt_of(c->param->value).text, why);
}

static void say_range(const struct check *c, struct str value, int64_t lo, int64_t hi)
{
    reader_say(c->r, c->param->at, c->unit, ERR_UNIT_RANGE, "%s" ARG "%s" ARG "%lld" ARG "%lld",
               c->param->key, excerpt_of(value).text, (long long)lo, (long long)hi);
}

static void check_any(const struct check *c)
{
    (void)c;
}

static void check_text(const struct check *c)
{
    struct str raw = c->param->value;
    if (raw.n <= (size_t)c->row->hi) { /* CP932 never takes more bytes than UTF-8 */
        return;
    }
    size_t bytes = value_cp932_bytes(raw);
    if (bytes > (size_t)c->row->hi) {
        reader_say(c->r, c->param->at, c->unit, ERR_UNIT_LONG, "%s" ARG "%zu" ARG "%lld", c->param->key,
                   bytes, (long long)c->row->hi);
    }
}

static void check_number(const struct check *c)
{
    bool is_job_time = c->param->known == KEY_FD && unit_type_row(c->unit->type)->kind != KIND_NET;
    int64_t number, hi = is_job_time ? 1440 : c->row->hi;
    if (!number_parse(c->param->value, c->row->lo, hi, &number)) {
        say_range(c, c->param->value, c->row->lo, hi);
    }
}

static void check_word(const struct check *c)
{
    if (!words_have(c->row->words, c->param->value)) {
        reader_say(c->r, c->param->at, c->unit, ERR_UNIT_WORD, "%s" ARG "%s" ARG "%s", c->param->key,
                   excerpt_of(c->param->value).text, c->row->words);
    }
}

static void check_number_or_word(const struct check *c)
{
    if (!words_have(c->row->words, c->param->value)) {
        check_number(c);
    }
}

static void check_flags(const struct check *c)
{
    struct str rest = c->param->value, flag;
    bool has_size = false, has_time = false;
    for (bool is_more = true; is_more;) {
        is_more = str_cut(rest, ':', &flag, &rest);
        if (!words_have(c->row->words, value_trim(flag))) {
            check_word(c);
            return;
        }
        has_size = has_size || str_is(value_trim(flag), "s");
        has_time = has_time || str_is(value_trim(flag), "m");
    }
    if (c->param->known == KEY_FLWC && has_size && has_time) {
        say_value(c, "c[:d[:{s|m}]]");
    }
}

static void check_time(const struct check *c)
{
    struct str hour, minute;
    int64_t hours = 0, minutes = 0;
    bool is_time = str_cut(c->param->value, ':', &hour, &minute) && minute.n == 2 && hour.n && hour.n <= 2 &&
                   number_parse(hour, 0, 99, &hours) && number_parse(minute, 0, 59, &minutes);
    if (!is_time || hours * 60 + minutes < c->row->lo || hours * 60 + minutes > c->row->hi) {
        say_value(c, "hh:mm = 00:00..23:59");
    }
}

static const char weekdays[] = "su|mo|tu|we|th|fr|sa";

static bool is_date(struct str s)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct str year_text, month_text;
    int64_t year, month, day;
    if (!str_cut(s, '/', &year_text, &s) || !str_cut(s, '/', &month_text, &s) || month_text.n > 2 || s.n > 2 ||
        !number_parse(year_text, SCHEDULE_YEAR_MIN, SCHEDULE_YEAR_MAX, &year) || year_text.n != 4 ||
        !number_parse(month_text, 1, 12, &month)) {
        return false;
    }
    int last = days[month - 1] + (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    return number_parse(s, 1, last, &day);
}

static void check_day(const struct check *c)
{
    if (!words_have(weekdays, c->param->value) && !is_date(c->param->value)) {
        say_value(c, "yyyy/mm/dd (1994..2036) | su mo tu we th fr sa");
    }
}

static void check_base_day(const struct check *c)
{
    struct str weekday, nth;
    int64_t number;
    bool is_weekday = str_cut(c->param->value, ':', &weekday, &nth) &&
                      words_have(weekdays, value_trim(weekday)) &&
                      (str_is(value_trim(nth), "b") || number_parse(value_trim(nth), 1, 5, &number));
    if (!is_weekday && !number_parse(c->param->value, 1, 31, &number)) {
        say_value(c, "1..31 | su..sa:{1..5|b}");
    }
}

static bool hex_parse(struct str s, uint32_t *ret)
{
    uint32_t number = 0;
    if (s.n == 0 || s.n > 8) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        static const char digits[] = "0123456789abcdef";
        char low = s.at[i] >= 'A' && s.at[i] <= 'F' ? (char)(s.at[i] - 'A' + 'a') : s.at[i];
        const char *digit = memchr(digits, low, sizeof(digits) - 1);
        if (!digit) {
            return false;
        }
        number = number << 4 | (uint32_t)(digit - digits);
    }
    *ret = number;
    return true;
}

/* and | or; what begins with a quoted piece is kept as it is. */
static void check_condition(const struct check *c)
{
    if (!memchr(c->param->value.at, '"', c->param->value.n)) {
        check_word(c);
    }
}

static void check_event_id(const struct check *c)
{
    struct str basic, extended;
    uint32_t id = 0, ignored;
    bool has_extended = str_cut(c->param->value, ':', &basic, &extended);
    bool is_good = hex_parse(basic, &id) && (!has_extended || hex_parse(extended, &ignored));
    if (c->param->known == KEY_EVSID) {
        is_good = is_good && (id <= 0x1FFF || (id >= 0x7FFF8000 && id <= 0x7FFFFFFF));
    }
    if (!is_good) {
        say_value(c, c->param->known == KEY_EVSID ? "0..1FFF | 7FFF8000..7FFFFFFF" : "hex[:hex]");
    }
}

static void check_type(const struct check *c)
{
    enum unit_type type;
    if (!unit_type_find(c->param->value, &type)) {
        reader_say(c->r, c->param->at, c->unit, ERR_UNIT_TYPE_UNKNOWN, "%s",
                   excerpt_of(c->param->value).text);
    }
}

static void check_layout(const struct check *c)
{
    struct layout layout;
    if (!layout_parse(c->param->value, &layout) || layout.h > 16000 || layout.v > 10000) {
        say_value(c, "child,type,+H +V (0..16000, 0..10000)");
    }
}

static void check_size(const struct check *c)
{
    int64_t columns, rows;
    bool is_size = size_parse(c->param->value, &columns, &rows) && columns >= c->row->lo &&
                   rows >= c->row->lo && columns <= c->row->hi && rows <= c->row->hi;
    if (!is_size) {
        say_value(c, "10x8 (1..100)");
    }
}

static void check_relation(const struct check *c)
{
    struct relation relation;
    if (!relation_parse(c->param->value, &relation)) {
        say_value(c, "(f=A,t=B[,seq|con])");
    }
}

static void check_schedule(const struct check *c)
{
    const char *why = "";
    if (!schedule_value_check(c->param->key, c->param->value, &why)) {
        say_value(c, why);
    }
}

static void check_gate(const struct check *c)
{
    struct gate gate;
    const char *why = "";
    struct arena tmp = {0};
    if (!gate_parse(&tmp, c->param->value, &gate, &why)) {
        say_value(c, why);
    }
    arena_close(&tmp);
}

static void check_deadline(const struct check *c)
{
    struct deadline deadline;
    const char *why = "";
    if (!deadline_parse(c->param->value, &deadline, &why)) {
        say_value(c, why);
    }
}

static void check_effect(const struct check *c)
{
    struct str raw = c->param->value, piece;
    bool is_good = raw.n > 8 && memcmp(raw.at, "window(", 7) == 0 && raw.at[raw.n - 1] == ')';
    int count = 0;
    struct str rest = is_good ? (struct str){raw.at + 7, raw.n - 8} : (struct str){"", 0};
    for (bool is_more = is_good; is_more; count++) {
        is_more = str_cut(rest, ',', &piece, &rest);
        is_good = is_good && value_trim(piece).n > 0;
    }
    if (!is_good || count != 3) {
        say_value(c, "window(GROUP,CLASS,STATE)");
    }
}

static void (*const checks[])(const struct check *) = {
    [FORM_ANY] = check_any,
    [FORM_TEXT] = check_text,
    [FORM_NUMBER] = check_number,
    [FORM_WORD] = check_word,
    [FORM_NUMBER_OR_WORD] = check_number_or_word,
    [FORM_FLAGS] = check_flags,
    [FORM_TIME] = check_time,
    [FORM_DAY] = check_day,
    [FORM_BASE_DAY] = check_base_day,
    [FORM_EVENT_ID] = check_event_id,
    [FORM_CONDITION] = check_condition,
    [FORM_TYPE] = check_type,
    [FORM_LAYOUT] = check_layout,
    [FORM_SIZE] = check_size,
    [FORM_RELATION] = check_relation,
    [FORM_SCHEDULE] = check_schedule,
    [FORM_GATE] = check_gate,
    [FORM_DEADLINE] = check_deadline,
    [FORM_EFFECT] = check_effect,
};

static bool has_control(const char *name)
{
    for (; *name; name++) {
        if ((unsigned char)*name < 0x20 || *name == 0x7F) {
            return true;
        }
    }
    return false;
}

static void check_name(struct reader *r, const struct unit *unit)
{
    const char *name = unit->name;
    if (!name[0] || name[strcspn(name, "/,;=(){}\"")] || has_control(name)) {
        reader_say(r, unit->at, unit, ERR_UNIT_NAME, "%s" ARG "%s", excerpt_of(str_of(name)).text,
                   "1.. / , ; = ( ) { } \"");
    } else if (name[0] == '@' || (name[0] == '.' && strcmp(name, ".CONDITION") != 0) ||
               name[strcspn(name, "[]:*?'<>|^~!%&\\` ")]) {
        reader_say(r, unit->at, unit, ERR_UNIT_NAME_LETTER, "%s" ARG "%s", excerpt_of(str_of(name)).text,
                   "@ . [ ] : * ? ' < > | ^ ~ ! % & \\ `");
    }
    size_t bytes = strlen(name);
    bytes = bytes > UNIT_NAME_BYTES_MAX ? cp932_bytes(str_of(name)) : bytes;
    if (bytes > UNIT_NAME_BYTES_MAX) {
        reader_say(r, unit->at, unit, ERR_UNIT_NAME_LONG, "%s" ARG "%zu" ARG "%u",
                   excerpt_of(str_of(name)).text, bytes, UNIT_NAME_BYTES_MAX);
    }
}

static void check_attributes(struct reader *r, const struct unit *unit)
{
    enum { OWNER_BYTES_MAX = 31, RESOURCE_GROUP_BYTES_MAX = 63 };
    if (!unit->permission[0] && !unit->owner[0] && !unit->resource_group[0]) {
        return;
    }
    const char *permission = unit->permission, *group = unit->resource_group;
    if (permission[0] && (strlen(permission) != 4 || strspn(permission, "01234567") != 4)) {
        reader_say(r, unit->at, unit, ERR_UNIT_ATTRIBUTE, "%s" ARG "%s" ARG "%s", "2",
                   excerpt_of(str_of(permission)).text, "0000..7777");
    }
    if (cp932_bytes(str_of(unit->owner)) > OWNER_BYTES_MAX) {
        reader_say(r, unit->at, unit, ERR_UNIT_ATTRIBUTE, "%s" ARG "%s" ARG "%s", "3",
                   excerpt_of(str_of(unit->owner)).text, "<= 31");
    }
    for (const char *at = group; *at; at++) {
        bool is_word = (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') ||
                       (*at >= 'A' && *at <= 'Z') || *at == '_';
        if (!is_word || at - group >= RESOURCE_GROUP_BYTES_MAX) {
            reader_say(r, unit->at, unit, ERR_UNIT_ATTRIBUTE, "%s" ARG "%s" ARG "%s", "4",
                       excerpt_of(str_of(group)).text, "A-Z a-z 0-9 _ <= 63");
            return;
        }
    }
}

static void check_job(struct reader *r, const struct unit *unit)
{
    const struct param *wth = unit_param(unit, KEY_WTH, NULL);
    if (wth) {
        int64_t warning = unit_number(unit, KEY_WTH, 0), abnormal = unit_number(unit, KEY_THO, 0);
        if (warning >= abnormal) {
            reader_say(r, wth->at, unit, ERR_UNIT_THRESHOLD, "%lld" ARG "%lld", (long long)warning,
                       (long long)abnormal);
        }
    }
    const struct param *sc = unit_param(unit, KEY_SC, NULL);
    if (sc && unit_param(unit, KEY_TE, NULL)) {
        reader_say(r, sc->at, unit, ERR_UNIT_TE_AND_SC, "%s", "");
    }
}

/* With sh=ca, which is also the default, a rule for closed days can never run. */
static void check_closed_days(struct reader *r, const struct unit *unit)
{
    enum day_shift substitutes[SCHEDULE_RULE_MAX + 1];
    struct schedule_piece piece;
    const char *why = "";
    for (size_t i = 0; i < COUNT(substitutes); i++) {
        substitutes[i] = SHIFT_CANCEL;
    }
    for (const struct param *sh = NULL; (sh = unit_param(unit, KEY_SH, sh));) {
        enum day_shift substitute = SHIFT_CANCEL;
        if (schedule_number_parse(sh->value, &piece, &why) &&
            day_substitute_parse(piece.rest, &substitute, &why)) {
            substitutes[piece.number] = substitute;
        }
    }
    for (const struct param *sd = NULL; (sd = unit_param(unit, KEY_SD, sd));) {
        bool is_closed =
            memchr(sd->value.at, '@', sd->value.n) && schedule_number_parse(sd->value, &piece, &why);
        if (is_closed && substitutes[piece.number] == SHIFT_CANCEL) {
            reader_say(r, sd->at, unit, ERR_UNIT_CLOSED_DAY_CANCEL, "%d", piece.number);
        }
    }
}

static void check_param(struct check *c, uint64_t seen[(UNIT_KEYS + 63) / 64])
{
    size_t known = (size_t)c->param->known;
    uint64_t bit = 1ull << (known & 63);
    const struct unit_type_row *type = unit_type_row(c->unit->type);
    c->row = unit_key_row((enum unit_key)known);
    if (c->has_type && !(c->row->kinds & (1u << type->kind))) {
        reader_say(c->r, c->param->at, c->unit, ERR_UNIT_KEY_PLACE, "%s" ARG "%s", c->param->key, type->text);
    }
    if (!c->row->is_repeatable && (seen[known / 64] & bit)) {
        reader_say(c->r, c->param->at, c->unit, ERR_UNIT_KEY_REPEATED, "%s", c->param->key);
    }
    seen[known / 64] |= bit;
    checks[c->row->form](c);
}

void unit_check(struct reader *r, const struct unit *unit)
{
    uint64_t seen[(UNIT_KEYS + 63) / 64] = {0};
    const struct param *type = unit_param(unit, KEY_TY, NULL);
    enum unit_type ignored;
    struct check c = {.r = r, .unit = unit, .has_type = type && unit_type_find(type->value, &ignored)};
    check_name(r, unit);
    check_attributes(r, unit);
    for (size_t i = 0; i < unit->param_count; i++) {
        c.param = &unit->params[i];
        if (c.param->known >= 0) {
            check_param(&c, seen);
        } else {
            reader_say(r, c.param->at, unit, ERR_UNIT_KEY_UNKNOWN, "%s",
                       excerpt_of(str_of(c.param->key)).text);
        }
    }
    if (!type && !r->frames.at[r->depth - 1].is_broken) {
        reader_say(r, unit->at, unit, ERR_UNIT_TYPE_MISSING, "%s", "");
    }
    if (unit_type_row(unit->type)->kind == KIND_JOB) {
        check_job(r, unit);
    } else if (unit_type_row(unit->type)->kind == KIND_NET) {
        check_closed_days(r, unit);
    }
    unit_check_children(r, unit);
}
