/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keeper_link - finds the keeper of our folder or starts one, in a session of its own so that it outlives us.
 */
#include "agent/agent_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/vec.h"

enum { START_WAIT_MS = 5000, STEP_MS = 5, READ_BYTES = 64 * 1024 };

/* banto-keeper beside our own program. */
static const char *keeper_path(struct arena *into, const struct agent_options *options)
{
    char own[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);
    own[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(own, '/');
    if (options->keeper || !slash) {
        return options->keeper ? options->keeper : "banto-keeper";
    }
    *slash = '\0';
    return arena_printf(into, "%s/banto-keeper", own);
}

/* In the first child: a session of its own, and nobody's child. */
static void detach_and_exec(const char *program, const struct agent_options *options, int log_fd)
{
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)setsid();
    if (fork() == 0) {
        int nothing = open("/dev/null", O_RDWR);
        (void)dup2(nothing, 0);
        (void)dup2(log_fd, 1);
        (void)dup2(log_fd, 2);
        (void)closefrom(3);
        (void)execl(program, "banto-keeper", options->folder, options->keeper_option, (char *)NULL);
        perror(program);
        _exit(127);
    }
    _exit(0);
}

static bool keeper_start(const struct agent_options *options, struct err *e)
{
    CLEANUP(arena_close) struct arena arena = {0};
    const char *program = keeper_path(&arena, options);
    if (access(program, X_OK) != 0) {
        return err_set(e, ERR_KEEPER, "%s: %s", program, strerror(errno));
    }
    int log_fd = open(arena_printf(&arena, "%s/keeper.log", options->folder), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    pid_t child = log_fd >= 0 ? fork() : -1;
    if (child == 0) {
        detach_and_exec(program, options, log_fd);
    }
    int reason = errno;
    if (log_fd >= 0) {
        (void)close(log_fd);
    }
    if (child < 0) {
        return err_set(e, ERR_KEEPER, "%s: %s", options->folder, strerror(reason));
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
    return true;
}

bool keeper_link_open(struct keeper_link *link, const struct agent_options *options, struct err *e)
{
    int fd = keeper_connect(options->folder);
    if (fd < 0 && !keeper_start(options, e)) {
        return false;
    }
    for (int waited_ms = 0; fd < 0 && waited_ms < START_WAIT_MS; waited_ms += STEP_MS) {
        (void)usleep(STEP_MS * 1000);
        fd = keeper_connect(options->folder);
    }
    if (fd < 0) {
        return err_set(e, ERR_KEEPER, "%s/keeper.sock: %s", options->folder, strerror(errno));
    }
    *link = (struct keeper_link){.fd = fd};
    return true;
}

void keeper_link_close(struct keeper_link *link)
{
    if (link->fd >= 0) {
        (void)close(link->fd);
        link->fd = -1;
    }
    strbuf_close(&link->in);
    strbuf_close(&link->out);
}

void keeper_link_send(struct keeper_link *link, const struct keeper_message *message)
{
    size_t n = keeper_message_bytes(message);
    vec_reserve(&link->out, n);
    link->out.n += keeper_encode(link->out.at + link->out.n, message);
}

void keeper_link_send_key(struct keeper_link *link, enum keeper_kind kind, const char *key)
{
    struct keeper_message message;
    keeper_message_begin(&message, kind);
    message.text_count = key ? 1 : 0;
    message.texts[RUN_KEY] = key;
    keeper_link_send(link, &message);
}

bool keeper_link_pump(struct keeper_link *link)
{
    if (link->out.n) {
        ssize_t n = send(link->fd, link->out.at, link->out.n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            return false;
        }
        if (n > 0) {
            link->out.n -= (size_t)n;
            memmove(link->out.at, link->out.at + n, link->out.n);
        }
    }
    vec_reserve(&link->in, READ_BYTES);
    ssize_t n = recv(link->fd, link->in.at + link->in.n, READ_BYTES, MSG_DONTWAIT);
    if (n > 0) {
        link->in.n += (size_t)n;
    }
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

bool keeper_link_next(struct keeper_link *link, size_t *used, struct keeper_message *ret)
{
    long n = keeper_decode(link->in.at + *used, link->in.n - *used, ret);
    if (n > 0) {
        *used += (size_t)n;
        return true;
    }
    link->in.n -= *used;
    memmove(link->in.at, link->in.at + *used, link->in.n);
    *used = 0;
    return false;
}

int keeper_link_pid(const struct keeper_link *link)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);
    return getsockopt(link->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : -1;
}
