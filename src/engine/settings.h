/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * settings - what is set now. Any thread.
 */
#include <stdint.h>

#include "people/setting.h"

struct engine;
int64_t engine_setting(struct engine *engine, enum setting setting);
