/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * acts_priv - what a few files of acts offer each other.
 */
#include "engine/engine_priv.h"
#include "engine/settings.h"

/* acts_unit.c: unit.define without asking whether it needs another person's approval. */
MUST_CHECK bool define_approved(struct act_call *call);
/* acts_proposal.c: who made the proposal that the act names. */
MUST_CHECK bool proposal_asker(struct act_call *call, const char **ret);
/* settings.c */
MUST_CHECK bool settings_load(struct engine *engine, struct err *e);
