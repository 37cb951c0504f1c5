/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forecast - the expected course of the coming night, for people and for early warnings.
 */
#include "engine/engine_priv.h"

bool act_show_forecast(struct act_call *call)
{
    return err_set(call->err, ERR_CONFLICT, "forecast" ARG "-");
}

void forecast_watch(struct engine *engine)
{
    (void)engine;
}
