/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * outputs_priv - what a turn has decided and performs once it is committed.
 */
#include "engine/engine.h"

struct agent_entry;
struct outgoing {
    struct agent_entry *agent;
    size_t from, n;            /* bytes of engine->frames */
};
struct answer {
    act_done_fn done;
    void *data;
    struct act_result result;
    size_t json_from, json_n;  /* bytes of engine->answers_json */
    size_t entry;              /* number of its journal entry in the batch + 1; 0 = none */
};
struct feed_line {
    size_t from, n;            /* bytes of engine->feed_text, without the seq */
};

/* An act on the made-up clock: it is done after the commit. */
struct clock_order {
    bool is_forward;           /* to `to`; else only the speed */
    struct instant to;
    double speed;
};
