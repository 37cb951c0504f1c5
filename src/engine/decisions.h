/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * decisions - recorded decisions of the client that an act refers to: of its kind, on its thing, once.
 */
#include "engine/engine_priv.h"

enum decision_kind {
#define DECISION(code, name, about, ja, en) code,
#include "engine/decisions.def"
#undef DECISION
    DECISION_KINDS
};
/* The decision that the act names in `number`; id 0 when it names none. It must be of that kind, about one of the things
 * that end with NULL, and not used. Fails: ERR_NOT_FOUND, ERR_DECISION_WRONG, ERR_DECISION_USED. */
MUST_CHECK bool decision_read(struct act_call *call, enum decision_kind kind, const char *const *about, struct decision_row *ret);
/* Last in a handler: from here on it is used. Nothing happens for id 0 and in a dry run. */
void decision_spend(struct act_call *call, struct decision_row *row);

/* ---- opening over a running net (windows.c) ---- */
bool switch_opens(struct engine *engine, const struct net *net, const struct window_group **group,
                  const struct window_class **cls); /* false: it opens none */
int64_t lock_holder(const struct engine *engine, const char *name); /* a run; 0 = nobody */
/* The root whose gates are asked: RUN_OVER_LOCK leaves out the lock of the group that the net opens (decisions §4). */
const struct net_node *root_to_ask(struct engine *engine, const struct net *net, bool is_over_lock);
