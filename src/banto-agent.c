/* SPDX-License-Identifier: Apache-2.0 */
/*
 * banto-agent - runs jobs on this host for a server.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/agent.h"
#include "base/arena.h"
#include "base/str.h"
#include "os/user_lang.h"

enum { EXIT_USAGE = 64 };

static const char usage[] =
    "usage: banto-agent --dir DIR --server URL --name NAME [--pc] [--adopt] [--ca FILE --cert FILE --key FILE]\n"
    "                   [--keeper PROGRAM] [--keeper-option OPTION]\n"
    "       banto-agent --dir DIR --stop       end once no job runs (実行中のジョブの終了を待って止める)\n"
    "       banto-agent --dir DIR --kill-all   kill the jobs and end (ジョブを強制終了して止める)\n"
    "URL: unix:PATH, http://HOST:PORT or https://HOST:PORT\n";

struct arguments {
    struct agent_options agent;
    bool is_stopping, is_killing;
};

static void print_event(const struct err *event)
{
    CLEANUP(strbuf_close) struct strbuf line = {0};
    err_print(&line, event, user_lang());
    strbuf_char(&line, '\n');
    (void)fputs(line.at, stderr);
}

/* False if the command line is wrong. */
static bool read_arguments(char **argv, struct arguments *a)
{
    const struct {
        const char *name;
        const char **value;
        bool *flag;
    } rows[] = {
        {"--dir", &a->agent.folder, NULL},
        {"--server", &a->agent.server, NULL},
        {"--name", &a->agent.name, NULL},
        {"--keeper", &a->agent.keeper, NULL},
        {"--keeper-option", &a->agent.keeper_option, NULL},
        {"--ca", &a->agent.ca, NULL},
        {"--cert", &a->agent.cert, NULL},
        {"--key", &a->agent.key, NULL},
        {"--pc", NULL, &a->agent.can_pc},
        {"--adopt", NULL, &a->agent.is_adopting},
        {"--stop", NULL, &a->is_stopping},
        {"--kill-all", NULL, &a->is_killing},
    };
    for (char **at = argv + 1; *at; at++) {
        size_t i = 0;
        while (i < COUNT(rows) && !str_equal(rows[i].name, *at)) {
            i++;
        }
        if (i == COUNT(rows) || (rows[i].value && !at[1])) {
            return false;
        }
        if (rows[i].value) {
            *rows[i].value = *++at;
        } else {
            *rows[i].flag = true;
        }
    }
    bool is_ending = a->is_stopping || a->is_killing;
    return a->agent.folder && (is_ending || (a->agent.server && a->agent.name && a->agent.name[0]));
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.agent.on_event = print_event};
    struct err e = {0};
    char here[PATH_MAX];
    CLEANUP(arena_close) struct arena arena = {0};
    if (argc < 2 || !read_arguments(argv, &arguments)) {
        (void)fputs(usage, stderr);
        return EXIT_USAGE;
    }
    const char *folder = arguments.agent.folder;
    if (folder[0] != '/' && getcwd(here, sizeof(here))) {
        arguments.agent.folder = arena_printf(&arena, "%s/%s", here, folder);
    }
    bool is_good = arguments.is_stopping || arguments.is_killing
                       ? agent_stop(arguments.agent.folder, arguments.is_killing, &e)
                       : agent_run(&arguments.agent, &e);
    if (!is_good) {
        print_event(&e);
        return message_of(e.code)->exit_status;
    }
    return EXIT_SUCCESS;
}
