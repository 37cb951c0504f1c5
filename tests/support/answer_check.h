/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * answer_check - does an answer have the shape that answers.def declares for its operation?
 */
#include <stdbool.h>
#include <stddef.h>

#include "wire/answers.h"

/* True, or `why` says where it differs: an unknown member, one that is missing, a wrong type, a word that is none. */
bool answer_check(enum operation_code operation, const char *json, size_t n, char *why, size_t why_size);
/* The same for lines: an item of the operation's list each. */
bool answer_check_lines(enum operation_code operation, const char *text, size_t n, char *why, size_t why_size);
