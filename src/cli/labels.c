/* SPDX-License-Identifier: Apache-2.0 */
/*
 * labels - the words of labels.def, and times as a night shift reads them.
 */
#include <string.h>

#include "base/macros.h"
#include "base/time.h"
#include "cli/cli_priv.h"
#include "jobnet/status.h"

enum shown { SHOWN_ALWAYS, SHOWN_SET, SHOWN_NEVER };

struct label {
    const char *key;
    enum shown shown;
    const char *text[LANGS];
};

struct word {
    const char *key, *value, *text[LANGS];
};

static const struct label labels[] = {
#define LABEL(key, shown, ja, en) {key, SHOWN_##shown, {ja, en}},
#define WORD(key, value, ja, en)
#include "cli/labels.def"
#undef LABEL
#undef WORD
};

static const struct word words[] = {
#define LABEL(key, shown, ja, en)
#define WORD(key, value, ja, en) {key, value, {ja, en}},
#include "cli/labels.def"
#undef LABEL
#undef WORD
};

static const struct label *label_row(const char *key)
{
    for (size_t i = 0; i < COUNT(labels); i++) {
        if (str_equal(labels[i].key, key)) {
            return &labels[i];
        }
    }
    return NULL;
}

const char *label_of(const struct cli *cli, const char *key)
{
    char own[96];
    (void)snprintf(own, sizeof(own), "%s:%s", cli->operation ? cli->operation->name : "", key);
    const struct label *row = label_row(own);
    row = row ? row : label_row(key);
    return row && *row->text[cli->lang] ? row->text[cli->lang] : key;
}

static bool ends_with(const char *text, const char *tail)
{
    size_t n = strlen(text), t = strlen(tail);
    return n > t && str_equal(text + n - t, tail);
}

bool label_is_shown(const char *key, const json_t *value)
{
    const struct label *row = label_row(key);
    enum shown shown = row ? row->shown : ends_with(key, "_en") ? SHOWN_NEVER : SHOWN_SET;
    bool is_empty = !value || json_is_null(value) || json_is_false(value) ||
                    (json_is_string(value) && json_string_length(value) == 0) ||
                    (json_is_array(value) && json_array_size(value) == 0);
    return shown == SHOWN_ALWAYS || (shown == SHOWN_SET && !is_empty);
}

const char *word_of(const struct cli *cli, const char *key, const char *value)
{
    enum status status;
    for (size_t i = 0; i < COUNT(words); i++) {
        if (str_equal(words[i].value, value) && str_equal(words[i].key, key)) {
            return words[i].text[cli->lang];
        }
    }
    bool is_status = str_equal(key, "status") || str_equal(key, "last_status");
    return is_status && status_parse(value, &status) ? status_row(status)->text[cli->lang] : value;
}

/* "2026-06-30T01:30:12.5+09:00" seen from 2026-06-29 -> "25:30:12"; without a day or far from it "2026-06-30 01:30:12". */
const char *time_shown(struct arena *into, const char *text, const char *day)
{
    struct bizday from, at;
    int64_t hour;
    if (strlen(text) < 19 || text[10] != 'T') {
        return text;
    }
    const char *plain = arena_printf(into, "%.10s %.8s", text, text + 11);
    if (!day || !bizday_parse(day, &from) || !bizday_parse(arena_printf(into, "%.10s", text), &at) ||
        !str_to_i64((struct str){text + 11, 2}, 0, 23, &hour)) {
        return plain;
    }
    int64_t days = (int64_t)at.day - from.day;
    return days < 0 || days > 1 ? plain : arena_printf(into, "%02lld%.6s", (long long)(hour + days * 24), text + 13);
}
