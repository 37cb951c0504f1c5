/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_judgment - judgment jobs (判定ジョブ): an optional detour, not if/else (reference §4.3).
 *
 * True: the dependent unit runs first, then what follows. False: the dependent unit is left out and what
 * follows runs at once.
 */
#include <string.h>

#include "base/str.h"
#include "jobnet/run_priv.h"

/* Return code of the unit in front; CODE_NONE if there is none. */
static int32_t code_in_front(const struct run *run, int32_t n)
{
    const struct net_node *node = &run->net->nodes[n];
    return node->pred_count ? run->nodes[run->net->edges[node->pred_from]].code : CODE_NONE;
}

/* Value of a macro variable of the run; NULL if it has none. */
static bool macro_find(const char *macros, const char *name, struct str *ret)
{
    struct str rest = str_of(macros), line, key, value;
    while (rest.n) {
        (void)str_cut(rest, '\n', &line, &rest);
        if (str_cut(line, '=', &key, &value) && str_is(key, name)) {
            *ret = value;
            return true;
        }
    }
    return false;
}

static bool is_within(const struct net_judgment *j, int64_t value)
{
    return (j->low_open ? value > j->low : value >= j->low) && (j->high_open ? value < j->high : value <= j->high);
}

static bool compare(const struct net_judgment *j, enum judge_test test, int64_t value)
{
    switch (test) {
    case TEST_GT: return value > j->value;
    case TEST_GE: return value >= j->value;
    case TEST_LT: return value < j->value;
    case TEST_LE: return value <= j->value;
    case TEST_EQ: return value == j->value;
    case TEST_NE: return value != j->value;
    case TEST_IN: return is_within(j, value);
    case TEST_OUT: return !is_within(j, value);
    case TEST_FILE: case TEST_NO_FILE:
    case TEST_VGT: case TEST_VGE: case TEST_VLT: case TEST_VLE: case TEST_VEQ: case TEST_VNE: case TEST_VIN: case TEST_VOUT:
    case TEST_SEQ: case TEST_SCONTAINS: case TEST_SNE: case TEST_SWITHOUT: case TEST_SHAS: case TEST_SEMPTY:
        return false;
    }
    return false;
}

static bool contains(struct str text, const char *part)
{
    size_t n = strlen(part);
    for (size_t i = 0; i + n <= text.n; i++) {
        if (memcmp(text.at + i, part, n) == 0) {
            return true;
        }
    }
    return n == 0;
}

static bool by_variable(const struct net_judgment *j, const char *macros)
{
    struct str value = {"", 0};
    bool has_value = macro_find(macros, j->variable ? j->variable : "", &value) && value.n > 0;
    int64_t number;
    switch (j->test) {
    case TEST_SEQ: return has_value && str_is(value, j->text);
    case TEST_SCONTAINS: return has_value && contains(value, j->text);
    case TEST_SNE: return !has_value || !str_is(value, j->text);
    case TEST_SWITHOUT: return !has_value || !contains(value, j->text);
    case TEST_SHAS: return has_value;
    case TEST_SEMPTY: return !has_value;
    case TEST_VGT: case TEST_VGE: case TEST_VLT: case TEST_VLE: case TEST_VEQ: case TEST_VNE: case TEST_VIN: case TEST_VOUT:
        return has_value && str_to_i64(value, INT64_MIN, INT64_MAX, &number) &&
               compare(j, (enum judge_test)(j->test - TEST_VGT + TEST_GT), number); /* the same eight, in the same order */
    case TEST_GT: case TEST_GE: case TEST_LT: case TEST_LE: case TEST_EQ: case TEST_NE: case TEST_IN: case TEST_OUT:
    case TEST_FILE: case TEST_NO_FILE:
        return false;
    }
    return false;
}

void judgment_end(struct step *s, int32_t n, bool is_true)
{
    node_end(s, n, is_true ? STATUS_NORMAL : STATUS_NORMAL_FALSE);
}

void judgment_decide(struct step *s, int32_t n)
{
    const struct net_judgment *j = net_at(s, n)->judgment;
    node_at(s, n)->started_ms = s->now.ms;
    if (j->test == TEST_FILE || j->test == TEST_NO_FILE) {
        node_move(s, n, STATUS_RUNNING); /* until the agent has looked */
        effect_add(s, EFFECT_PROBE, n);
    } else if (j->test >= TEST_VGT) {
        judgment_end(s, n, by_variable(j, s->run->macros));
    } else {
        int32_t code = code_in_front(s->run, n);
        judgment_end(s, n, code != CODE_NONE && compare(j, j->test, code));
    }
}
