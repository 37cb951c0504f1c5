/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * schedule_priv - what the files of this folder share about schedule values.
 *
 * `why` is a static text in the notation of the value itself ("hh:mm = 00:00..47:59"), not a sentence:
 * it needs no translation and is put into a message of either language.
 */
#include "jobnet/schedule.h"

#define SUBSTITUTE_DEFAULT SHIFT_CANCEL /* sh, as in the product's dialog; docs/jp1.md J-01 */
enum {
    SCHEDULE_RULE_MAX = 144,
    SCHEDULE_YEAR_MIN = 1994,
    SCHEDULE_YEAR_MAX = 2036,     /* SCHEDULELIMIT */
    SUBSTITUTE_DAYS_DEFAULT = 2,  /* shd */
    OFFSET_DAYS_MAX_DEFAULT = 10, /* N of cftd */
    WEEKDAY_LAST = 6              /* we:b */
};

/*
 * Is `raw` a valid value of sd st cy sh shd cftd sy ey ln wc wt ed? Ranges of the reference and decisions §3
 * (48:00, rule 145, month 13, 2/30 are errors). Any other key is true. For unit_parse's checks; x_gate and
 * x_deadline have gate_parse and deadline_parse in gate.h.
 */
MUST_CHECK bool schedule_value_check(const char *key, struct str raw, const char **why);

/*
 * What one jobnet's schedule parameters must say together: one sd per rule, no week cycle on open or closed
 * days, parameters of a rule that does not exist, rules that never run. Each value alone must have passed
 * schedule_value_check. `path` is the unit's, for the messages.
 */
void schedule_net_check(const struct unit *net, const char *path, struct diags *diags);

/* Pieces of values, blanks round them ignored. Each writes *ret only on success. */
struct schedule_piece {
    int number;      /* N, 1 if omitted */
    struct str rest; /* behind "N," */
};
MUST_CHECK bool schedule_number_parse(struct str raw, struct schedule_piece *ret, const char **why);
/* Row of the parser of a per-rule key (sd st cy …), -1 if it is none; and what its value says, put into `rule`. */
int schedule_key(const char *key);
int schedule_key_of(const struct param *param); /* the same, without comparing texts */
MUST_CHECK bool schedule_value_apply(int key, struct str text, struct schedule_rule *rule, const char **why);
MUST_CHECK bool schedule_end_parse(struct str raw, struct bizday *ret, const char **why); /* ed */
/* The words of sd without N: [[yyyy/]mm/]{[+|*|@]dd|[+|*|@]b[-DD]|[+]we[:n|:b]}|en|ud; sh, shd, cftd get `no`. */
MUST_CHECK bool date_rule_parse(struct str text, struct date_rule *ret, const char **why);
/* Appends the words again; date_rule_parse reads them back the same. */
void date_rule_print(struct strbuf *into, const struct date_rule *date);
MUST_CHECK bool day_substitute_parse(struct str text, enum day_shift *ret, const char **why); /* be af ca no */
/* be|af|db|da|no and up to two numbers parted by `separator`: into offset, offset_days, offset_days_max. */
MUST_CHECK bool day_offset_parse(struct str text, char separator, struct date_rule *ret, const char **why);
/* hh:mm, 00:00..47:59; hours of one digit are accepted. */
MUST_CHECK bool minute_parse(struct str text, int *ret, const char **why);

/*
 * Dates. A month is a number, year * 12 + month - 1: civil months, for + * @ operational months of `own` (base day).
 * Open and closed days are those of `calendar`.
 */
/* BIZDAY_NONE if that month has no such day. *is_clamped: a plain day beyond the month's end became its last day. */
struct bizday date_in_month(const struct date_rule *rule, const struct calendar *calendar, const struct calendar *own,
                            int month_index, bool *is_clamped);
int date_month_of(const struct date_rule *rule, const struct calendar *own, struct bizday day);
struct bizday date_month_last(const struct date_rule *rule, const struct calendar *own, int month_index);
/* First such weekday on or after `day`. */
struct bizday weekday_after(struct bizday day, enum weekday weekday);
/* Moves `day` by sh, then by cftd; *reason changes if it moved. BIZDAY_NONE with the reason of the skip. */
struct bizday date_move(const struct date_rule *rule, const struct calendar *calendar, struct bizday day,
                        enum occurrence_reason *reason);
/* How many days date_move may go back and ahead at most. */
int date_reach_back(const struct date_rule *rule);
int date_reach_ahead(const struct date_rule *rule);
/* date_rule_resolve in the month of `day` + month_offset. */
struct bizday date_resolve(const struct date_rule *rule, const struct calendar *calendar, const struct calendar *own,
                           struct bizday day, int month_offset);
