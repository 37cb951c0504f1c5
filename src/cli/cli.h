/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * cli - the command line: verbs out of operations.def, a client of the same HTTP interface as the console.
 */

/* The whole of `banto`: returns the exit status. 0..4 from run --wait are the jobnet's own; own errors are >= 64. */
int cli_main(int argc, char **argv);
