/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * world - an engine's state as text: what must be the same after a start on the same store.
 */
#include "base/str.h"
#include "engine/engine.h"

void world_print(struct strbuf *into, struct engine *engine);
