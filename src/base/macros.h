/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * macros - the few compiler attributes the code uses by name.
 */
#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
/* Runs `close(&variable)` when the variable leaves its scope. */
#define CLEANUP(close) __attribute__((cleanup(close)))
#define UNUSED __attribute__((unused))
/* Elements of a real array (not of a pointer). */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
