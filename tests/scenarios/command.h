/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * command - a line typed as `banto …` into an act, for scenarios. Words and flags are those of the command line; NODE is a name.
 */
#include "tests/support/stage.h"

enum { COMMAND_WORDS_MAX = 48 };
struct words {
    const char *at[COMMAND_WORDS_MAX];
    size_t n;
};
/* Parted by blanks; "…" keeps them. `#` begins a comment. */
void words_cut(struct arena *into, const char *line, struct words *ret);
/* False: no such command, or a word is missing; *why says so. */
bool command_read(struct stage *s, const struct words *words, struct act *ret, const char **why);
