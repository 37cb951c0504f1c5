/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli - from argv to the exit status.
 */
#include "cli/cli.h"

#include <curl/curl.h>
#include <signal.h>

#include "cli/cli_priv.h"
#include "os/user_lang.h"

static int run(struct cli *cli, int argc, char **argv)
{
    struct err e = {0};
    if (!args_read(cli, argc, argv, &e)) {
        return err_say(cli, &e);
    }
    if (cli->wants_version) {
        (void)printf("banto %s\n", BANTO_VERSION);
        return 0;
    }
    if (cli->wants_help || !cli->operation) {
        help_print(cli, stdout);
        return cli->wants_help ? 0 : 64;
    }
    bool is_local = cli->operation->kind == OPERATION_IS_LOCAL || cli->operation->code == OPERATION_OPENAPI;
    return is_local ? local_run(cli) : act_run(cli);
}

int cli_main(int argc, char **argv)
{
    struct cli cli = {.lang = user_lang()};
    (void)signal(SIGPIPE, SIG_IGN);
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    int status = run(&cli, argc, argv);
    if (fflush(stdout) != 0 && status == 0) {
        status = 74;
    }
    vec_close(&cli.rest);
    vec_close(&cli.files);
    arena_close(&cli.arena);
    curl_global_cleanup();
    return status;
}
