/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arguments - a table of options; each takes one value, --host and --proxy any number of them.
 */
#include "http/arguments.h"

#include <stdlib.h>
#include <string.h>

#include "http/terminal.h"

/* An option's list, cut at its commas. */
struct list {
    const char *usage, *letters;
    const char **at;
    size_t *count;
};

static bool list_add(const struct list *to, char *list, struct err *e)
{
    while (*list) {
        char *comma = list + strcspn(list, ",");
        char *next = *comma ? comma + 1 : comma;
        *comma = '\0';
        bool is_good = *list && strspn(list, to->letters) == strlen(list);
        if (!is_good || *to->count == HOSTS_MAX) {
            return err_set(e, ERR_USAGE, "%s: %.60s", to->usage, list);
        }
        to->at[(*to->count)++] = list;
        list = next;
    }
    return true;
}

static bool lists_add(struct arguments *arguments, const char *const *value, char *text, struct err *e)
{
    const struct list hosts = {"--host NAME[,NAME…]", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-", arguments->hosts, &arguments->host_count};
    const struct list proxies = {"--proxy ADDR[/BITS][,…]", "0123456789abcdefABCDEF.:/", arguments->proxies, &arguments->proxy_count};
    return value == &arguments->host ? list_add(&hosts, text, e) : value == &arguments->proxy ? list_add(&proxies, text, e) : true;
}

bool arguments_read(struct arguments *ret, char **argv, struct err *e)
{
    const struct {
        const char *name, **value;
    } rows[] = {
        {"--data", &ret->data},       {"--listen", &ret->listen}, {"--clock", &ret->clock},       {"--site", &ret->site},
        {"--restore", &ret->restore}, {"--lang", &ret->lang},     {"--web", &ret->web},           {"--host", &ret->host},
        {"--tls-cert", &ret->tls_cert}, {"--tls-key", &ret->tls_key}, {"--proxy", &ret->proxy},
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
        if (!lists_add(ret, rows[i].value, at[1], e)) {
            return false;
        }
    }
    if (ret->lang) { /* what user_lang and the agent's look at; before any thread */
        (void)setenv("LC_ALL", str_equal(ret->lang, "en") ? "en_US.UTF-8" : "ja_JP.UTF-8", 1);
    }
    return ret->data || err_set(e, ERR_USAGE, "bantod --data DIR");
}
