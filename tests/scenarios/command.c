/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command - what operators type, as acts. One row a command: its words, then what its places are.
 */
#include "tests/scenarios/command.h"

#include <stdlib.h>
#include <string.h>

void words_cut(struct arena *into, const char *line, struct words *ret)
{
    *ret = (struct words){0};
    struct strbuf word = {0};
    bool is_quoted = false, has_word = false;
    for (const char *p = line;; p++) {
        bool is_end = *p == '\0' || *p == '\n' || (*p == '#' && !is_quoted);
        bool is_blank = (*p == ' ' || *p == '\t') && !is_quoted;
        if ((is_end || is_blank) && has_word && ret->n < COMMAND_WORDS_MAX) {
            ret->at[ret->n++] = arena_copy(into, strbuf_str(&word));
            strbuf_clear(&word);
            has_word = false;
        }
        if (is_end) {
            break;
        }
        if (*p == '"') {
            is_quoted = !is_quoted;
            has_word = true;
        } else if (!is_blank) {
            strbuf_char(&word, *p);
            has_word = true;
        }
    }
    strbuf_close(&word);
}

/* Places: r run (a unit's newest, or a number), n node, u unit, d date, a instant, g group, c class, k kind, m minute, t text,
 * x target (run number or unit), + optional from here on. */
static const struct {
    const char *words, *places;
    enum act_kind act;
    bool is_on;
} commands[] = {
    {"rerun", "r+n", ACT_RERUN, false},
    {"run", "u", ACT_RUN, false},
    {"hold", "x+n", ACT_HOLD, false},
    {"release", "x+n", ACT_RELEASE, false},
    {"kill", "r+n", ACT_KILL, false},
    {"interrupt", "r", ACT_INTERRUPT, false},
    {"change-status", "rnk", ACT_CHANGE_STATUS, false},
    {"register", "u", ACT_REGISTER, false},
    {"unregister", "u", ACT_UNREGISTER, false},
    {"suspend", "u", ACT_SUSPEND, true},
    {"resume", "u", ACT_SUSPEND, false},
    {"plan move", "uda", ACT_PLAN_MOVE, false},
    {"plan add", "ua", ACT_PLAN_ADD, false},
    {"plan skip", "ud", ACT_PLAN_SKIP, false},
    {"plan hold", "ud", ACT_PLAN_HOLD, true},
    {"plan release", "ud", ACT_PLAN_HOLD, false},
    {"plan undo", "ud", ACT_PLAN_UNDO, false},
    {"window command", "gck", ACT_WINDOW_COMMAND, false},
    {"window observe", "gck", ACT_WINDOW_OBSERVE, false},
    {"window override", "gckm", ACT_WINDOW_OVERRIDE, false},
    {"window extend", "gcm", ACT_WINDOW_EXTEND, false},
    {"decision record", "", ACT_DECISION, false},
    {"agent drain", "t", ACT_AGENT_DRAIN, true},
    {"agent undrain", "t", ACT_AGENT_DRAIN, false},
};

static bool run_put(struct stage *s, const char *word, struct act *act)
{
    int64_t run;
    act->run = str_to_i64(str_of(word), 1, INT64_MAX, &run) ? run : stage_run(s, word);
    return act->run > 0;
}

static bool minute_put(const char *word, struct act *act)
{
    struct daytime time = {-1};
    bool is_good = strcmp(word, "none") == 0 || daytime_parse(word, &time);
    act->minute = time.minute;
    return is_good;
}

static bool place_put(struct stage *s, char place, const char *word, struct act *act)
{
    switch (place) {
    case 'r': return run_put(s, word, act);
    case 'x': act->unit = word[0] == '/' ? word : ""; return word[0] == '/' || run_put(s, word, act);
    case 'n': {
        int64_t run = act->run;
        for (size_t i = s->lines.n; i-- > 0;) { /* the unit of that run, as it was shown */
            const struct stage_line *line = &s->lines.at[i];
            if (line->run == run && line->is_root) {
                act->node = stage_node(s, line->path, word);
                return true;
            }
        }
        return false;
    }
    case 'u': act->unit = word; return true;
    case 'd': return bizday_parse(word, &act->date);
    case 'a': act->at = stage_instant(s, word); return true;
    case 'g': act->group = word; return true;
    case 'c': act->cls = word; return true;
    case 'k': act->kind = word; return true;
    case 't': act->text = word; return true;
    default: return place == 'm' && minute_put(word, act);
    }
}

/* What a flag sets; false: unknown. Those without a value leave *used at 1. */
static bool flag_put(struct stage *s, const char *flag, const char *value, struct act *act)
{
    const struct {
        const char *flag;
        const char **to;
    } texts[] = {{"--reason", &act->reason}, {"--reference", &act->reference}, {"--from", &act->kind}, {"--kind", &act->kind},
                 {"--by", &act->group}, {"--medium", &act->cls}, {"--text", &act->text}, {"--entity", &act->text2},
                 {"--approver", &act->text}, {"--actor", &act->actor}, {"--macros", &act->text}};
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (strcmp(flag, texts[i].flag) == 0) {
            *texts[i].to = value;
            return true;
        }
    }
    if (strcmp(flag, "--date") == 0) {
        return bizday_parse(value, &act->date);
    }
    if (strcmp(flag, "--asked") == 0) {
        act->at = stage_instant(s, value);
        return true;
    }
    return (strcmp(flag, "--decision") == 0 || strcmp(flag, "--code") == 0) && str_to_i64(str_of(value), 0, INT64_MAX, &act->number);
}

static bool switch_put(const char *flag, struct act *act)
{
    const struct {
        const char *flag;
        bool *to;
    } switches[] = {{"--hold", &act->is_held}, {"--wait", &act->is_waiting}, {"--wait-gates", &act->is_waiting},
                    {"--emergency", &act->is_emergency}, {"--recursive", &act->is_recursive}, {"--new-version", &act->is_new_version}};
    for (size_t i = 0; i < COUNT(switches); i++) {
        if (strcmp(flag, switches[i].flag) == 0) {
            *switches[i].to = true;
            return true;
        }
    }
    return false;
}

static bool rest_read(struct stage *s, const struct words *words, size_t from, const char *places, struct act *act, const char **why)
{
    bool is_optional = false;
    for (size_t i = from; i < words->n; i++) {
        const char *word = words->at[i];
        if (word[0] == '-' && word[1] == '-') {
            bool is_switch = switch_put(word, act);
            if (!is_switch && (i + 1 >= words->n || !flag_put(s, word, words->at[++i], act))) {
                *why = word;
                return false;
            }
            continue;
        }
        is_optional |= *places == '+';
        places += *places == '+';
        if (!*places || !place_put(s, *places++, word, act)) {
            *why = word;
            return false;
        }
    }
    *why = "a word is missing";
    return !*places || *places == '+' || is_optional;
}

bool command_read(struct stage *s, const struct words *words, struct act *ret, const char **why)
{
    for (size_t i = 0; i < COUNT(commands); i++) {
        struct str rest = str_of(commands[i].words), head;
        size_t used = 0;
        bool is_it = true;
        while (rest.n && is_it) {
            (void)str_cut(rest, ' ', &head, &rest);
            is_it = used < words->n && str_is(head, words->at[used]);
            used++;
        }
        if (is_it) {
            *ret = act_make(commands[i].act);
            ret->is_on = commands[i].is_on;
            ret->kind = commands[i].act == ACT_REGISTER ? "planned" : "";
            return rest_read(s, words, used, commands[i].places, ret, why);
        }
    }
    *why = words->n ? words->at[0] : "";
    return false;
}
