/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * net_priv - what net.c asks of net_job.c: the parts of one node, read from its unit and copied into the arena.
 */
#include "jobnet/net.h"

const struct net_job *net_job_of(struct arena *into, const struct unit *unit);
const struct net_judgment *net_judgment_of(struct arena *into, const struct unit *unit);
const struct net_waits *net_waits_of(struct arena *into, const struct unit *unit);     /* NULL without eun= */
const struct net_effect *net_effect_of(struct arena *into, const struct unit *unit);   /* NULL without x_effect= */
