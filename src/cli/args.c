/* SPDX-License-Identifier: Apache-2.0 */
/*
 * args - words and options to the fields of an operation, by its row of operations.def.
 *
 * Options may stand anywhere: --name VALUE, --name=VALUE, --name for yes/no fields; `-` and `_` are the same in
 * names. A single "--" ends them.
 */
#include "cli/cli_priv.h"

#include <ctype.h>
#include <string.h>

const char *extra_name(enum extra extra)
{
    static const char *const names[EXTRAS] = {
        [EXTRA_WAIT] = "wait", [EXTRA_FOLLOW] = "follow", [EXTRA_PREVIEW] = "preview", [EXTRA_ACK] = "ack"};
    return names[extra];
}

bool extra_of(const struct operation *operation, enum extra extra)
{
    static const enum operation_code of[EXTRAS] = {[EXTRA_WAIT] = OPERATION_RUN_START,
                                                   [EXTRA_FOLLOW] = OPERATION_RUN_LOG,
                                                   [EXTRA_PREVIEW] = OPERATION_RUN_RERUN,
                                                   [EXTRA_ACK] = OPERATION_EVENT_LIST};
    return operation->code == of[extra];
}

bool extra_has_value(enum extra extra)
{
    return extra == EXTRA_ACK;
}

const char *cli_value(const struct cli *cli, const char *field)
{
    const struct operation_field *found = operation_field(cli->operation, field);
    return found ? cli->values[found - cli->operation->fields] : NULL;
}

void cli_set(struct cli *cli, const char *field, const char *value)
{
    const struct operation_field *found = operation_field(cli->operation, field);
    if (found) {
        cli->values[found - cli->operation->fields] = value;
    }
}

/* One option as written: its name without dashes, `-` as `_`, and the value behind `=`. */
struct option {
    char name[64];
    const char *value;
};

static bool option_split(const char *word, struct option *ret)
{
    const char *equals = strchr(word, '=');
    size_t n = equals ? (size_t)(equals - word) - 2 : strlen(word) - 2;
    if (n == 0 || n >= sizeof(ret->name)) {
        return false;
    }
    memcpy(ret->name, word + 2, n);
    ret->name[n] = '\0';
    for (char *c = ret->name; *c; c++) {
        *c = *c == '-' ? '_' : *c;
    }
    ret->value = equals ? equals + 1 : NULL;
    return true;
}

struct words {
    int argc, at;
    char **argv;
};

static bool value_of(struct words *words, const struct option *option, const char **ret, struct err *e)
{
    if (option->value) {
        *ret = option->value;
        return true;
    }
    if (words->at + 1 >= words->argc) {
        return err_set(e, ERR_USAGE, "--%s", option->name);
    }
    *ret = words->argv[++words->at];
    return true;
}

/* Options of every verb. *is_known false: it is none of them. */
static bool common_option(struct cli *cli, struct words *words, const struct option *option, bool *is_known, struct err *e)
{
    const char *text = NULL;
    *is_known = true;
    if (str_equal(option->name, "json")) {
        cli->is_json = true;
    } else if (str_equal(option->name, "yes")) {
        cli->is_yes = true;
    } else if (str_equal(option->name, "help")) {
        cli->wants_help = true;
    } else if (str_equal(option->name, "version")) {
        cli->wants_version = true;
    } else if (str_equal(option->name, "data")) {
        return value_of(words, option, &cli->data, e);
    } else if (str_equal(option->name, "server")) {
        return value_of(words, option, &cli->server, e);
    } else if (str_equal(option->name, "lang")) {
        if (!value_of(words, option, &text, e)) {
            return false;
        }
        cli->lang = str_equal(text, "en") ? LANG_EN : LANG_JA;
        return str_equal(text, "en") || str_equal(text, "ja") || err_set(e, ERR_USAGE, "--lang ja|en");
    } else {
        *is_known = false;
    }
    return true;
}

static bool operation_option(struct cli *cli, struct words *words, const struct option *option, struct err *e)
{
    for (int extra = 0; extra < EXTRAS; extra++) {
        if (extra_of(cli->operation, (enum extra)extra) && str_equal(option->name, extra_name((enum extra)extra))) {
            cli->extras[extra] = "true";
            return !extra_has_value((enum extra)extra) || value_of(words, option, &cli->extras[extra], e);
        }
    }
    const struct operation_field *field = operation_field(cli->operation, option->name);
    if (!field) {
        char name[64];
        (void)str_copy(name, sizeof(name), option->name);
        for (char *c = name; *c; c++) {
            *c = *c == '_' ? '-' : *c;
        }
        return err_set(e, ERR_USAGE, "banto %s: --%s", cli->operation->verb, name);
    }
    const char **value = &cli->values[field - cli->operation->fields];
    if (*value) {
        return err_set(e, ERR_USAGE, "--%s ×2", option->name);
    }
    if (field->type == FIELD_BOOL) {
        *value = option->value ? option->value : "true";
        return str_equal(*value, "true") || str_equal(*value, "false") || err_set(e, ERR_USAGE, "--%s=true|false", option->name);
    }
    return value_of(words, option, value, e);
}

static bool options_read(struct cli *cli, struct words *words, bool has_operation, struct err *e)
{
    bool is_over = false;
    for (words->at = 1; words->at < words->argc; words->at++) {
        const char *word = words->argv[words->at];
        struct option option;
        if (is_over || strncmp(word, "--", 2) != 0) {
            if (has_operation) {
                *vec_add(&cli->rest) = word;
            }
            continue;
        }
        if (word[2] == '\0') {
            is_over = true;
            continue;
        }
        bool is_known = false;
        if (!option_split(word, &option)) {
            return err_set(e, ERR_USAGE, "%.60s", word);
        }
        if (!common_option(cli, words, &option, &is_known, e) ||
            (!is_known && has_operation && !operation_option(cli, words, &option, e))) {
            return false;
        }
    }
    return true;
}

/* The verb: words that are no options, up to the first that fits none. Values of options before it cannot be told
 * from words yet, so common options are skipped by name. */
static void verb_find(struct cli *cli, int argc, char **argv, size_t *used)
{
    VEC(const char *) words = {0};
    for (int i = 1; i < argc; i++) {
        bool takes_value = str_equal(argv[i], "--data") || str_equal(argv[i], "--server") || str_equal(argv[i], "--lang");
        if (strncmp(argv[i], "--", 2) == 0) {
            i += takes_value;
            if (words.n > 0 && !takes_value && !str_equal(argv[i], "--json") && !str_equal(argv[i], "--yes")) {
                break;
            }
            continue;
        }
        *vec_add(&words) = argv[i];
    }
    bool is_help = words.n > 1 && str_equal(words.at[0], "help");
    cli->wants_help = is_help;
    cli->operation = words.n > 0 ? operation_of_verb(words.at + is_help, words.n - is_help, used) : NULL;
    vec_close(&words);
}

/* TARGET is a run by its number, else a unit. */
static const char *field_of_place(const struct cli *cli, struct str place, const char *value, char name[64])
{
    if (str_is(place, "TARGET")) {
        int64_t number;
        bool is_unit = operation_field(cli->operation, "unit") && !str_to_i64(str_of(value), 0, INT64_MAX, &number);
        return is_unit ? "unit" : "run";
    }
    size_t n = place.n < 63 ? place.n : 63;
    for (size_t i = 0; i < n; i++) {
        name[i] = (char)tolower((unsigned char)place.at[i]);
    }
    name[n] = '\0';
    return name;
}

static bool places_read(struct cli *cli, size_t used, struct err *e)
{
    struct str rest = str_of(cli->operation->verb), place;
    size_t at = used;
    while (rest.n > 0) {
        (void)str_cut(rest, ' ', &place, &rest);
        if (place.n == 0 || islower((unsigned char)place.at[0])) {
            continue;
        }
        bool may_lack = place.at[0] == '[', repeats = place.n > 3 && memcmp(place.at + place.n - 3, "…", 3) == 0;
        place = may_lack ? (struct str){place.at + 1, place.n - 2} : repeats ? (struct str){place.at, place.n - 3} : place;
        if (at == cli->rest.n) {
            if (!may_lack) {
                return err_set(e, ERR_USAGE, "banto %s", cli->operation->verb);
            }
            continue;
        }
        do {
            char name[64];
            *vec_add(&cli->files) = cli->rest.at[at];
            cli_set(cli, field_of_place(cli, place, cli->rest.at[at], name), cli->rest.at[at]);
            at++;
        } while (repeats && at < cli->rest.n);
    }
    return at == cli->rest.n || err_set(e, ERR_USAGE, "%.60s", cli->rest.at[at]);
}

bool args_read(struct cli *cli, int argc, char **argv, struct err *e)
{
    size_t used = 0;
    struct words words = {.argc = argc, .argv = argv};
    verb_find(cli, argc, argv, &used);
    if (!cli->operation) {
        if (!options_read(cli, &words, false, e)) {
            return false;
        }
        bool has_words = false;
        for (int i = 1; i < argc; i++) {
            has_words = has_words || argv[i][0] != '-';
        }
        return (cli->wants_help && !has_words) || cli->wants_version || !has_words || err_set(e, ERR_USAGE, "%.60s", argv[argc - 1]);
    }
    cli->values = arena_array(&cli->arena, const char *, cli->operation->field_count + 1);
    if (!options_read(cli, &words, true, e)) {
        return false;
    }
    return cli->wants_help || cli->operation->code == OPERATION_HELP || places_read(cli, used, e);
}
