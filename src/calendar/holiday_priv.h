/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * holiday_priv - the computed holidays of one year, shared by holiday.c and holiday_law.c.
 */
#include "calendar/holiday.h"

/* A year has at most 19 holidays by name; with 振替休日 and 国民の休日 far below this. */
enum { HOLIDAY_YEAR_ROWS_MAX = 40 };

/* Fills the year's rows in date order, all predicted; names are constants. Returns how many there are. */
size_t holiday_law_year(int year, struct holiday rows[HOLIDAY_YEAR_ROWS_MAX]);
