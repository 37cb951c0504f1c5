/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * terminal - what bantod says where it was started: messages with what to do, and its usage.
 */
#include "base/err.h"

void terminal_say(const struct err *e);
void usage_say(const char *option); /* --help or --version */
