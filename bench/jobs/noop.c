/* SPDX-License-Identifier: Apache-2.0 */
/*
 * noop - a job that does nothing and costs next to nothing: what is left is the cost of starting it.
 */
#include <sys/syscall.h>
#include <unistd.h>

void _start(void);
void _start(void)
{
    for (;;) {
        (void)syscall(SYS_exit_group, 0);
    }
}
