/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_job - what a job or judgment needs to run, read from its parameters once.
 */
#include <string.h>

#include "jobnet/net_priv.h"
#include "jobnet/unit_priv.h"

enum { ABNORMAL_ABOVE_DEFAULT = 0, RETRY_MAX_DEFAULT = 1, RETRY_MINUTES_DEFAULT = 1 };

static enum end_judgment judgment_of(const struct unit *unit)
{
    static const struct {
        const char *word;
        enum end_judgment judgment;
    } words[] = {{"nm", JUDGE_NORMAL}, {"ab", JUDGE_ABNORMAL}, {"cod", JUDGE_BY_CODE}, {"mdf", JUDGE_FILE_CHANGED},
                 {"exf", JUDGE_FILE_EXISTS}};
    for (size_t i = 0; i < COUNT(words); i++) {
        if (unit_says(unit, KEY_JD, words[i].word)) {
            return words[i].judgment;
        }
    }
    return JUDGE_BY_CODE;
}

static const char *const *env_of(struct arena *into, const struct unit *unit)
{
    size_t count = 0;
    for (const struct param *p = NULL; (p = unit_param(unit, KEY_ENV, p));) {
        count++;
    }
    if (!count) {
        return NULL;
    }
    const char **env = arena_array(into, const char *, count + 1);
    size_t n = 0;
    for (const struct param *p = NULL; (p = unit_param(unit, KEY_ENV, p));) {
        env[n++] = value_text(into, p->value);
    }
    return env;
}

const struct net_job *net_job_of(struct arena *into, const struct unit *unit)
{
    struct net_job *job = arena_new(into, struct net_job);
    job->command = unit_text(into, unit, KEY_TE);
    job->script = unit_text(into, unit, KEY_SC);
    job->arguments = unit_text(into, unit, KEY_PRM);
    job->workdir = unit_text(into, unit, KEY_WKP);
    job->env_file = unit_text(into, unit, KEY_EV);
    job->env = env_of(into, unit);
    job->user = unit_text(into, unit, KEY_UN);
    job->stdin_file = unit_text(into, unit, KEY_SI);
    job->stdout_file = unit_text(into, unit, KEY_SO);
    job->stderr_file = unit_text(into, unit, KEY_SE);
    job->stdout_append = unit_says(unit, KEY_SOA, "add");
    job->stderr_append = unit_says(unit, KEY_SEA, "add");
    job->judgment_file = unit_text(into, unit, KEY_JDF);
    job->judgment = (uint8_t)judgment_of(unit);
    job->warning_above = (int32_t)unit_number(unit, KEY_WTH, -1);
    job->abnormal_above = (int32_t)unit_number(unit, KEY_THO, ABNORMAL_ABOVE_DEFAULT);
    job->is_pc = unit->type == UNIT_PC_JOB || unit->type == UNIT_RECOVERY_PC_JOB;
    if (unit_says(unit, KEY_ABR, "y") && job->judgment == JUDGE_BY_CODE) {
        job->retry_max = (uint8_t)unit_number(unit, KEY_REC, RETRY_MAX_DEFAULT);
        job->retry_minutes = (uint8_t)unit_number(unit, KEY_REI, RETRY_MINUTES_DEFAULT);
        job->retry_from = (uint32_t)unit_number(unit, KEY_RJS, 0);
        job->retry_to = (uint32_t)unit_number(unit, KEY_RJE, UINT32_MAX);
    }
    return job;
}

const struct net_judgment *net_judgment_of(struct arena *into, const struct unit *unit)
{
    static const struct {
        const char *word;
        enum judge_test test;
    } words[] = {
        {"gt", TEST_GT}, {"ge", TEST_GE}, {"lt", TEST_LT}, {"le", TEST_LE}, {"eq", TEST_EQ}, {"ne", TEST_NE},
        {"ri", TEST_IN}, {"ro", TEST_OUT}, {"ef", TEST_FILE}, {"nf", TEST_NO_FILE},
        {"vgt", TEST_VGT}, {"vge", TEST_VGE}, {"vlt", TEST_VLT}, {"vle", TEST_VLE}, {"veq", TEST_VEQ}, {"vne", TEST_VNE},
        {"vri", TEST_VIN}, {"vro", TEST_VOUT}, {"sce", TEST_SEQ}, {"spe", TEST_SCONTAINS}, {"sne", TEST_SNE},
        {"spn", TEST_SWITHOUT}, {"snn", TEST_SHAS}, {"snl", TEST_SEMPTY},
    };
    struct net_judgment *j = arena_new(into, struct net_judgment);
    for (size_t i = 0; i < COUNT(words); i++) {
        if (unit_says(unit, KEY_EJ, words[i].word)) {
            j->test = words[i].test;
        }
    }
    bool is_variable = j->test >= TEST_VGT;
    j->value = unit_number(unit, is_variable ? KEY_EJI : KEY_EJC, 0);
    j->low = unit_number(unit, is_variable ? KEY_EJS : KEY_EJL, 0);
    j->high = unit_number(unit, is_variable ? KEY_EJG : KEY_EJH, 0);
    j->low_open = unit_says(unit, KEY_EJM, "gt");
    j->high_open = unit_says(unit, KEY_EJU, "lt");
    j->file = unit_text(into, unit, KEY_EJF);
    j->variable = unit_text(into, unit, KEY_EJV);
    j->text = unit_text(into, unit, KEY_EJT);
    j->text = j->text ? j->text : "";
    return j;
}

const struct net_waits *net_waits_of(struct arena *into, const struct unit *unit)
{
    size_t count = 0;
    for (const struct param *p = NULL; (p = unit_param(unit, KEY_EUN, p));) {
        count++;
    }
    if (!count) {
        return NULL;
    }
    struct net_waits *waits = arena_new(into, struct net_waits);
    const char **units = arena_array(into, const char *, count);
    for (const struct param *p = NULL; (p = unit_param(unit, KEY_EUN, p));) {
        units[waits->count++] = value_text(into, p->value);
    }
    waits->units = units;
    waits->is_any = unit_says(unit, KEY_MM, "or");
    waits->without_generation = unit_says(unit, KEY_NMG, "y");
    waits->unmonitored_is_done = unit_says(unit, KEY_UEM, "y");
    waits->after_abnormal = unit_says(unit, KEY_EGA, "exec") ? 1 : unit_says(unit, KEY_EGA, "execdeffer") ? 2 : 0;
    return waits;
}

const struct net_effect *net_effect_of(struct arena *into, const struct unit *unit)
{
    const struct param *p = unit_param(unit, KEY_X_EFFECT, NULL);
    struct str head, rest, words[3];
    if (!p || !str_cut(p->value, '(', &head, &rest) || !str_is(str_trim(head), "window")) {
        return NULL;
    }
    for (size_t i = 0; i < COUNT(words); i++) {
        (void)str_cut(rest, i < 2 ? ',' : ')', &words[i], &rest);
        words[i] = str_trim(words[i]);
    }
    struct net_effect *effect = arena_new(into, struct net_effect);
    effect->group = arena_copy_bytes(into, words[0].at, words[0].n);
    effect->cls = arena_copy_bytes(into, words[1].at, words[1].n);
    effect->state = arena_copy_bytes(into, words[2].at, words[2].n);
    return effect;
}
