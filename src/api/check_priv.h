/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * check_priv - what a definition text would change, before anything is stored.
 */
#include "api/dates_priv.h"

/* Writes diags, text, changes and dates into the open object; *is_valid false when the text has errors. */
MUST_CHECK bool check_answer(struct call *call, const char *text, const char *under, bool *is_valid, struct err *e);
