/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * outlook_priv - how the decision thread puts a forecast on the shelf.
 */
#include "engine/outlook.h"
#include "plan/forecast.h"

struct outlook_shelf;
struct outlook_shelf *outlook_shelf_open(void);
void outlook_shelf_close(struct outlook_shelf *shelf); /* NULL is fine; nobody holds one any more */
bool outlook_is_made(const struct outlook_shelf *shelf);
void outlook_make(struct engine *engine, const struct forecast_input *input, const struct forecast *forecast);
