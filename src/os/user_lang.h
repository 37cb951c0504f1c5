/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * user_lang - in which language this process speaks to people: Japanese unless LC_ALL, LC_MESSAGES or LANG asks for English.
 */
#include "base/err.h"

enum lang user_lang(void);
