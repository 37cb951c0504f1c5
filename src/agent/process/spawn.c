/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawn - clone(CLONE_VM | CLONE_VFORK): no copy of page tables, the parent waits until exec. Where the kernel puts
 * the child into its cgroup by itself (clone3) that is far cheaper than moving it.
 *
 * The child shares our memory until then, so it makes raw system calls only (glibc's setuid would signal the
 * parent's threads) and writes what failed into the order. Who it becomes comes first: files are opened with the
 * rights of the job's user.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "agent/process/process.h"

/* The sanitizer knows nothing of the second stack. */
#define ON_SECOND_STACK __attribute__((no_sanitize("address", "undefined", "thread")))

ON_SECOND_STACK static long must(struct process_order *o, const char *what, long result)
{
    if (result < 0) {
        o->reason = errno;
        o->failed = what;
        syscall(SYS_exit_group, 127);
    }
    return result;
}

ON_SECOND_STACK static void put(struct process_order *o, const char *path, int as)
{
    int flags = as == 0 ? O_RDONLY : O_WRONLY | O_CREAT | (o->is_append[as] ? O_APPEND : O_TRUNC);
    long fd = path[0] ? must(o, path, syscall(SYS_openat, AT_FDCWD, path, flags | O_NOCTTY | O_CLOEXEC, 0666)) : o->fds[as];
    must(o, "dup3", syscall(SYS_dup3, fd, as, 0));
}

/* A job is not refused because its cgroup is: without one its tree is found by a sweep. */
ON_SECOND_STACK static void enter_cgroup(struct process_order *o)
{
    char path[] = "0000000000/cgroup.procs";
    int rest = o->cgroup;
    for (int i = 9; i >= 0; i--, rest /= 10) { /* snprintf is not for here */
        path[i] = (char)('0' + rest % 10);
    }
    long procs = syscall(SYS_openat, o->cgroups->fd, path, O_WRONLY | O_CLOEXEC);
    if (procs < 0 || syscall(SYS_write, procs, "0", 1) != 1) {
        o->cgroup = -1;
    }
}

ON_SECOND_STACK static int child_main(void *arg)
{
    struct process_order *o = arg;
    uint64_t no_signals = 0;
    syscall(SYS_setsid);
    if (o->cgroup >= 0 && !o->is_in_cgroup) {
        enter_cgroup(o);
    }
    if (o->uid >= 0) {
        must(o, "setgroups", syscall(SYS_setgroups, o->group_count, o->groups));
        must(o, "setgid", syscall(SYS_setgid, o->gid));
        must(o, "setuid", syscall(SYS_setuid, o->uid));
    }
    syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &o->open_files, NULL);
    syscall(SYS_umask, o->mask);
    must(o, o->workdir, syscall(SYS_chdir, o->workdir));
    put(o, o->files[0], 0);
    put(o, o->files[1], 1);
    if (o->is_same) {
        must(o, "dup3", syscall(SYS_dup3, 1, 2, 0));
    } else {
        put(o, o->files[2], 2);
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &no_signals, NULL, sizeof(no_signals));
    if (o->is_script) {
        syscall(SYS_execve, o->argv[1], o->argv + 1, o->env);
        must(o, o->argv[1], errno == ENOEXEC ? 0 : -1);
    }
    return (int)must(o, o->argv[0], syscall(SYS_execve, o->argv[0], o->argv, o->env));
}

/* As the kernel has it (CLONE_ARGS_SIZE_VER2). */
struct clone_args_2 {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
static const uint64_t INTO_CGROUP = 0x200000000;

/* Calls `child`, which does not return, on the new stack: libc has no such call for clone3. */
#if defined(__x86_64__)
ON_SECOND_STACK static long clone3_call(const struct clone_args_2 *args, int (*child)(void *), void *data)
{
    register int (*call)(void *) __asm__("r12") = child;
    register void *first __asm__("r13") = data;
    long result = SYS_clone3;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "mov %%r13, %%rdi\n\t"
                     "call *%%r12\n\t"
                     "ud2\n"
                     "1:"
                     : "+a"(result)
                     : "D"(args), "S"(sizeof(*args)), "r"(call), "r"(first)
                     : "rcx", "r11", "memory", "cc");
    return result;
}
#else
static long clone3_call(const struct clone_args_2 *args, int (*child)(void *), void *data)
{
    (void)args;
    (void)child;
    (void)data;
    return -ENOSYS;
}
#endif

ON_SECOND_STACK static int probe_main(void *arg)
{
    (void)arg;
    return (int)syscall(SYS_exit_group, 0);
}

/* Negative: not this way. */
static pid_t start_in_cgroup(struct process_order *order, int (*child)(void *))
{
    int folder = process_group_folder(order->cgroups, order->cgroup);
    struct clone_args_2 args = {.flags = CLONE_VM | CLONE_VFORK | INTO_CGROUP,
                                .exit_signal = SIGCHLD,
                                .stack = (uintptr_t)order->stack_end - PROCESS_STACK_BYTES,
                                .stack_size = PROCESS_STACK_BYTES,
                                .cgroup = (uint64_t)folder};
    order->is_in_cgroup = true;
    return folder >= 0 ? (pid_t)clone3_call(&args, child, order) : -1;
}

/* Some kernels kill what is cloned into a cgroup when cgroup.kill was ever written there, or where we are ourselves:
 * so the way is tried once, and a cgroup is not used again after a kill. */
static bool may_clone_into(struct process_order *order)
{
    struct process_groups *groups = order->cgroups;
    int status = -1;
    if (!groups->is_probed && order->cgroup >= 0) {
        pid_t pid = start_in_cgroup(order, probe_main);
        groups->is_probed = true;
        groups->may_clone_into = pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
    }
    return groups->may_clone_into && order->cgroup >= 0;
}

pid_t process_start(struct process_order *order)
{
    int cgroup = process_group_take(order->cgroups);
    order->failed = NULL;
    order->cgroup = cgroup;
    order->nothing = order->nothing > 0 ? order->nothing : open("/dev/null", O_RDONLY | O_CLOEXEC);
    order->fds[0] = order->nothing;
    pid_t pid = may_clone_into(order) ? start_in_cgroup(order, child_main) : -1;
    if (pid < 0) {
        order->is_in_cgroup = false;
        pid = clone(child_main, order->stack_end, CLONE_VM | CLONE_VFORK | SIGCHLD, order);
    }
    if (pid < 0) {
        order->failed = "clone";
        order->reason = errno;
    } else if (order->failed) {
        (void)waitpid(pid, NULL, 0);
        pid = -1;
    }
    if (order->cgroup != cgroup) {
        order->cgroups->fd = -1; /* may not be entered: do not try it for every job */
    }
    return pid;
}
