/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * era - 和暦: 令和8年6月, R8.6, R080601; fiscal years (4/1–3/31). 明治 from 1868-01-25; the day of change is the new era's.
 */
#include "base/time.h"

enum { ERA_TEXT_MAX = 48 };
enum era_form { ERA_LONG /* 令和8年6月1日 */, ERA_SHORT /* R8.6.1 */, ERA_COMPACT /* R080601 */ };

/* Returns text; "" for a day before 明治. The first year is printed as 元年 in the long form. */
const char *era_print(struct bizday day, enum era_form form, char text[ERA_TEXT_MAX]);
/* Any of the three forms, day required. */
MUST_CHECK bool era_parse(const char *text, struct bizday *ret);
/* 2026 for 2026-04-01..2027-03-31. */
int fiscal_year(struct bizday day);
