/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger_lines - the jobs' side of the ledger; needs libc alone.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/ledger.h"

void ledger_command(char *to, int size, const char *path, int sleep_ms)
{
    (void)snprintf(to, (size_t)size, "echo $BANTO_RUN start >>%s; sleep %d.%03d; echo $BANTO_RUN end >>%s", path, sleep_ms / 1000,
                   sleep_ms % 1000, path);
}

int64_t ledger_lines(const char *path, const char *word)
{
    char line[128];
    int64_t n = 0;
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file)) {
        const char *last = strrchr(line, ' ');
        n += last && strncmp(last + 1, word, strlen(word)) == 0;
    }
    if (file) {
        (void)fclose(file);
    }
    return n;
}
