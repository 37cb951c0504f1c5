/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arguments - a table of options; each takes one value, --host any number of them.
 */
#include "http/arguments.h"

#include <stdlib.h>
#include <string.h>

#include "http/terminal.h"

static bool hosts_add(struct arguments *arguments, char *list, struct err *e)
{
    while (*list) {
        char *comma = list + strcspn(list, ",");
        char *next = *comma ? comma + 1 : comma;
        *comma = '\0';
        bool is_name = *list && strspn(list, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == strlen(list);
        if (!is_name || arguments->host_count == HOSTS_MAX) {
            return err_set(e, ERR_USAGE, "--host NAME[,NAME…]: %.60s", list);
        }
        arguments->hosts[arguments->host_count++] = list;
        list = next;
    }
    return true;
}

bool arguments_read(struct arguments *ret, char **argv, struct err *e)
{
    const struct {
        const char *name, **value;
    } rows[] = {
        {"--data", &ret->data},       {"--listen", &ret->listen}, {"--clock", &ret->clock},       {"--site", &ret->site},
        {"--restore", &ret->restore}, {"--lang", &ret->lang},     {"--web", &ret->web},           {"--host", &ret->host},
        {"--tls-cert", &ret->tls_cert}, {"--tls-key", &ret->tls_key},
    };
    for (char **at = argv + 1; *at; at += 2) {
        size_t i = 0;
        while (i < COUNT(rows) && !str_equal(rows[i].name, at[0])) {
            i++;
        }
        if (str_equal(at[0], "--help") || str_equal(at[0], "--version")) {
            usage_say(at[0]);
            exit(0);
        }
        if (i == COUNT(rows) || !at[1]) {
            return err_set(e, ERR_USAGE, "bantod %.60s (--help)", at[0]);
        }
        *rows[i].value = at[1];
        if (rows[i].value == &ret->host && !hosts_add(ret, at[1], e)) {
            return false;
        }
    }
    if (ret->lang) { /* what user_lang and the agent's look at; before any thread */
        (void)setenv("LC_ALL", str_equal(ret->lang, "en") ? "en_US.UTF-8" : "ja_JP.UTF-8", 1);
    }
    return ret->data || err_set(e, ERR_USAGE, "bantod --data DIR");
}
