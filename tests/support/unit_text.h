/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * unit_text - definitions made up for measuring: groups of root jobnets with nested jobnets and jobs in rows.
 */
#include "base/str.h"

/* Appends a text of `unit_count` units (at least 1), about 12 parameters each, as a product would export it. */
void unit_text_make(struct strbuf *into, size_t unit_count);
