/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * proposal - what can become of a proposed definition; stored by number, so new ones go last.
 */
#include <stdint.h>

enum proposal_state { PROPOSAL_WAITING, PROPOSAL_APPLIED, PROPOSAL_REFUSED, PROPOSAL_WITHDRAWN, PROPOSAL_STATES };

static inline const char *proposal_state_word(int64_t state)
{
    static const char *const words[PROPOSAL_STATES] = {"waiting", "applied", "refused", "withdrawn"};
    return state >= 0 && state < PROPOSAL_STATES ? words[state] : "?";
}
