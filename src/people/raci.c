/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raci - who does which work: the rows of raci.def.
 */
#include "people/people.h"

const struct raci_row *raci_rows(size_t *n)
{
    static const struct raci_row rows[] = {
#define WORK(name, ja, en, client, contractor, infra_vendor)                                                 \
    {name, {ja, en}, PART_##client, PART_##contractor, PART_##infra_vendor},
#include "people/raci.def"
#undef WORK
    };
    *n = COUNT(rows);
    return rows;
}

const char *part_sign(enum part part)
{
    static const char *const signs[] = {[PART_NONE] = "－", [PART_SUPPORT] = "△", [PART_MAIN] = "◎"};
    return signs[part];
}

const char *part_word(enum part part)
{
    static const char *const words[] = {[PART_NONE] = "none", [PART_SUPPORT] = "support", [PART_MAIN] = "main"};
    return words[part];
}

bool raci_may_close(const struct raci_row *row, enum side side)
{
    const enum part parts[SIDES] = {
        [SIDE_CLIENT] = row->client, [SIDE_CONTRACTOR] = row->contractor, [SIDE_AUDIT] = PART_NONE, [SIDE_OUTSIDE] = row->infra_vendor};
    return parts[side] == PART_MAIN;
}
