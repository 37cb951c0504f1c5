/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * local - what the verbs without a server share.
 */
#include "cli/cli_priv.h"

struct unit_file;
const struct unit_file *definition_read(struct cli *cli, const char *path, struct strbuf *messages, int *status);
/* items: a JSON list; printed as it is or as the operation's table. Returns 0. */
int items_say(struct cli *cli, const struct strbuf *items);

/* dates.c */
int plan_dates(struct cli *cli);
int calendar_days(struct cli *cli);
