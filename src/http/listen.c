/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listen - the sockets, and who is at the other end of a connection.
 */
#include "http/http_priv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static bool failed(int fd, const char *where, struct err *e)
{
    int number = errno;
    if (fd >= 0) {
        (void)close(fd);
    }
    return err_set(e, ERR_LISTEN, "%.200s" ARG "%s", where, strerror(number));
}

/* Does somebody answer at this socket file? A file left by a crash refuses. */
static bool is_answered(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answers = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return answers;
}

bool listen_unix(const char *path, int *fd, struct err *e)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!str_copy(address.sun_path, sizeof(address.sun_path), path)) {
        errno = ENAMETOOLONG;
        return failed(-1, path, e);
    }
    if (is_answered(&address)) {
        errno = EADDRINUSE;
        return failed(-1, path, e);
    }
    int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0 || (unlink(path) != 0 && errno != ENOENT) ||
        bind(made, (const struct sockaddr *)&address, sizeof(address)) != 0 || chmod(path, 0660) != 0 ||
        listen(made, BACKLOG) != 0) {
        return failed(made, path, e);
    }
    *fd = made;
    return true;
}

static bool is_loopback(const struct sockaddr_storage *where)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)where;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)where;
    return where->ss_family == AF_INET6 ? IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) != 0 : ntohl(v4->sin_addr.s_addr) >> 24 == 127;
}

/* "127.0.0.1:80", "[::1]:80", "localhost:80", "0.0.0.0:443", "[2001:db8::1]:443". */
static bool address_parse(const char *text, struct sockaddr_storage *ret, socklen_t *n)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;
    const char *colon = strrchr(text, ':');
    int64_t port = 0;
    char host[64];
    if (!colon || (size_t)(colon - text) >= sizeof(host) || !str_to_i64(str_of(colon + 1), 0, 65535, &port)) {
        return false;
    }
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    *ret = (struct sockaddr_storage){0};
    size_t host_n = (size_t)(colon - text);
    if (host_n > 2 && host[0] == '[' && host[host_n - 1] == ']') {
        host[host_n - 1] = '\0';
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        *n = sizeof(*v6);
        return inet_pton(AF_INET6, host + 1, &v6->sin6_addr) == 1;
    }
    v4->sin_family = AF_INET;
    v4->sin_port = htons((uint16_t)port);
    *n = sizeof(*v4);
    const char *numbers = str_equal(host, "localhost") ? "127.0.0.1" : host;
    return inet_pton(AF_INET, numbers, &v4->sin_addr) == 1;
}

bool listen_tcp(const char *address, bool is_open, int *fd, int *port, struct err *e)
{
    struct sockaddr_storage where;
    socklen_t n = 0;
    if (!address_parse(address, &where, &n)) {
        return err_set(e, ERR_LISTEN_ADDRESS, "%.100s", address);
    }
    if (!is_open && !is_loopback(&where)) {
        return err_set(e, ERR_LISTEN_LOOPBACK, "%.100s", address);
    }
    int made = socket(where.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    if (made < 0 || setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(made, (const struct sockaddr *)&where, n) != 0 || listen(made, BACKLOG) != 0 ||
        getsockname(made, (struct sockaddr *)&where, &n) != 0) {
        return failed(made, address, e);
    }
    *port = ntohs(where.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&where)->sin6_port
                                              : ((struct sockaddr_in *)&where)->sin_port);
    *fd = made;
    return true;
}

static void address_print(int fd, char ret[ADDRESS_BYTES])
{
    struct sockaddr_storage from = {0};
    socklen_t n = sizeof(from);
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&from;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&from;
    if (getpeername(fd, (struct sockaddr *)&from, &n) == 0) {
        const void *at = from.ss_family == AF_INET6 ? (const void *)&v6->sin6_addr : (const void *)&v4->sin_addr;
        (void)inet_ntop(from.ss_family, at, ret, ADDRESS_BYTES);
    }
}

void peer_find(int fd, bool is_tcp, struct peer *ret)
{
    *ret = (struct peer){.kind = CALLER_TCP, .actor = "tcp"};
    struct ucred who;
    socklen_t n = sizeof(who);
    if (is_tcp) {
        address_print(fd, ret->address);
    }
    if (is_tcp || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0) {
        return;
    }
    ret->kind = who.uid == 0 ? CALLER_ROOT : who.uid == geteuid() ? CALLER_OWN : CALLER_LOCAL;
    char bytes[4096];
    struct passwd entry, *found = NULL;
    if (getpwuid_r(who.uid, &entry, bytes, sizeof(bytes), &found) == 0 && found) {
        (void)str_copy(ret->actor, sizeof(ret->actor), found->pw_name);
    } else {
        (void)snprintf(ret->actor, sizeof(ret->actor), "uid:%u", (unsigned)who.uid);
    }
}
