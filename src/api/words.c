/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words - the words of words.h.
 */
#include "api/words.h"

#include <string.h>

#include "engine/event_kind.h"
#include "plan/facts.h"

static const char *word(const char *const *words, size_t count, int64_t number)
{
    return number >= 0 && (uint64_t)number < count ? words[number] : "?";
}

const char *plan_state_word(int64_t state)
{
    static const char *const words[] = {
        [PLAN_WAITING] = "planned", [PLAN_STARTED] = "started", [PLAN_SKIPPED] = "skipped", [PLAN_CANCELLED] = "cancelled",
        [PLAN_MISSED] = "missed"};
    return word(words, COUNT(words), state);
}

const char *registration_word(int64_t kind)
{
    static const char *const words[] = {"none", "planned", "fixed"};
    return word(words, COUNT(words), kind);
}

const char *origin_word(int64_t origin)
{
    static const char *const words[] = {"planned", "added", "by-hand", "imported"};
    return word(words, COUNT(words), origin);
}

const char *severity_word(int64_t severity)
{
    static const char *const words[] = {"information", "warning", "error"};
    return word(words, COUNT(words), severity);
}

const char *event_kind_word(int64_t kind)
{
    static const char *const words[EVENT_KINDS] = {
        [EVENT_FAILED] = "failed",         [EVENT_UNKNOWN] = "unknown",     [EVENT_DELAYED] = "delayed",
        [EVENT_DEADLINE] = "deadline",     [EVENT_RISK] = "risk",           [EVENT_AGENT_LOST] = "agent-lost",
        [EVENT_AGENT_BACK] = "agent-back", [EVENT_WINDOW_MISMATCH] = "window", [EVENT_GATE_LATE] = "gate-late",
        [EVENT_NOT_RUN] = "not-run",       [EVENT_MISSED] = "missed",       [EVENT_LOGIN] = "login"};
    return word(words, COUNT(words), kind);
}

const char *decision_kind_word(const char *name, enum lang lang)
{
    static const struct {
        const char *name, *text[LANGS];
    } kinds[] = {
#define DECISION(code, name, about, ja, en) {name, {ja, en}},
#include "engine/decisions.def"
#undef DECISION
    };
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return kinds[i].text[lang];
        }
    }
    return name;
}

const char *unit_change_word(enum unit_change change)
{
    static const char *const words[] = {
        [UNIT_ADDED] = "unit-added",       [UNIT_REMOVED] = "unit-removed",
        [PARAM_ADDED] = "added",           [PARAM_REMOVED] = "removed",
        [PARAM_CHANGED] = "changed",       [ATTRIBUTE_CHANGED] = "attribute-changed",
        [LAYOUT_CHANGED] = "layout-changed",
    };
    return word(words, COUNT(words), (int64_t)change);
}
