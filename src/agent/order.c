/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order - a START frame as the keeper's RUN message, and the keeper's answers as frames.
 *
 * The environment is made anew, not inherited: a few names of the system and of Banto, then what the host's administrator
 * wrote into FOLDER/environment, then the unit's file of variables (ev), then those of the order (env= and JP1's own);
 * later ones replace earlier ones. The cookie carries what only the net
 * half understands: "TIMEOUT_MS MTIME_NS BYTES INODE PATH" of the judgment file, -1 where it did not exist.
 */
#include "agent/agent_priv.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"

enum { ENV_MAX = 2 * (int)JOB_ENV_MAX + 16, UMASK = 022 };

struct maker {
    struct arena *into;
    struct keeper_message *run;
    const struct frame *start;
    struct order_host *host;
    const char *home, *user, *shell;
    const char *env[ENV_MAX];
    size_t env_count;
};

enum { PASSWD_BYTES = 16384, RACY_MS = 1000 };

void order_host_make(struct arena *into, const char *folder, struct order_host *ret)
{
    struct passwd entry, *found = NULL;
    (void)getpwuid_r(geteuid(), &entry, arena_alloc(into, PASSWD_BYTES, 1), PASSWD_BYTES, &found);
    *ret = (struct order_host){.folder = folder, .work = arena_printf(into, "%s/work", folder), .user = found ? found->pw_name : "", .home = found ? found->pw_dir : "/",
                               .shell = found ? found->pw_shell : "/bin/sh"};
}

void order_host_close(struct order_host *host)
{
    arena_close(&host->arena);
}

static struct file_state file_state(const char *path)
{
    struct stat st;
    if (!path[0] || stat(path, &st) != 0) {
        return (struct file_state){-1, -1, -1};
    }
    return (struct file_state){(int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec, st.st_size, (int64_t)st.st_ino};
}

static bool find_user(struct maker *m, struct err *e)
{
    const char *name = m->start->start.user;
    m->run->numbers[RUN_UID] = -1;
    m->run->numbers[RUN_GID] = -1;
    m->home = m->host->home;
    m->user = m->host->user;
    m->shell = m->host->shell;
    if (!name[0]) {
        return true;
    }
    struct passwd entry, *found = NULL;
    int reason = getpwnam_r(name, &entry, arena_alloc(m->into, PASSWD_BYTES, 1), PASSWD_BYTES, &found);
    if (!found) {
        return err_set(e, ERR_ARGUMENT, "un" ARG "%s: %s", name, reason ? strerror(reason) : "no such user");
    }
    m->home = found->pw_dir;
    m->user = found->pw_name;
    m->shell = found->pw_shell;
    if (found->pw_uid == geteuid()) {
        return true;
    }
    if (geteuid() != 0) {
        return err_set(e, ERR_ARGUMENT, "un" ARG "%s: the agent is not root and cannot become another user", name);
    }
    gid_t groups[KEEPER_NUMBERS_MAX - RUN_GROUPS];
    int count = (int)COUNT(groups);
    if (getgrouplist(found->pw_name, found->pw_gid, groups, &count) < 0) {
        return err_set(e, ERR_ARGUMENT, "un" ARG "%s: more than %zu groups", name, COUNT(groups));
    }
    m->run->numbers[RUN_UID] = found->pw_uid;
    m->run->numbers[RUN_GID] = found->pw_gid;
    for (int i = 0; i < count; i++) {
        m->run->numbers[m->run->number_count++] = groups[i];
    }
    return true;
}

/* text: NAME=VALUE; replaces one of the same name. */
static bool env_set(struct maker *m, const char *text, struct err *e)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text) {
        return err_set(e, ERR_ARGUMENT, "env" ARG "%.100s", text);
    }
    size_t name_bytes = (size_t)(equals - text) + 1;
    for (size_t i = 0; i < m->env_count; i++) {
        if (m->env[i][0] == text[0] && strncmp(m->env[i], text, name_bytes) == 0) {
            m->env[i] = text;
            return true;
        }
    }
    if (m->env_count == ENV_MAX) {
        return err_set(e, ERR_TOO_LARGE, "env" ARG "%d", ENV_MAX);
    }
    m->env[m->env_count++] = text;
    return true;
}

/* ev: NAME=VALUE a line; blank lines and those beginning with # are left out. */
static bool env_read(struct maker *m, const char *path, struct err *e)
{
    char *text;
    size_t n;
    if (!file_read(m->into, path, SITE_FILE_BYTES_MAX, &text, &n, e)) {
        return false;
    }
    struct str rest = {text, n}, line;
    while (rest.n) {
        (void)str_cut(rest, '\n', &line, &rest);
        line = str_trim(line);
        if (line.n && line.at[0] != '#' && !env_set(m, arena_copy_bytes(m->into, line.at, line.n), e)) {
            return err_wrap(e, "%s", path);
        }
    }
    return true;
}

/* How jobs find the server and a made-up clock. */
static bool env_of_banto(struct maker *m, struct err *e)
{
    static const char *const names[] = {"BANTO_SERVER", "BANTO_CLOCK_FILE", "BANTO_BIN"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *value = getenv(names[i]);
        if (value && !env_set(m, arena_printf(m->into, "%s=%s", names[i], value), e)) {
            return false;
        }
    }
    const char *path = arena_printf(m->into, "%s/environment", m->host->folder);
    return !file_exists(path) || env_read(m, path, e);
}

/* What every job gets, whatever its order says. */
static bool env_of_host(struct maker *m, struct err *e)
{
    const char *lang = getenv("LANG");
    return env_set(m, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", e) &&
           env_set(m, arena_printf(m->into, "HOME=%s", m->home), e) && env_set(m, arena_printf(m->into, "USER=%s", m->user), e) &&
           env_set(m, arena_printf(m->into, "LOGNAME=%s", m->user), e) && env_set(m, arena_printf(m->into, "SHELL=%s", m->shell), e) &&
           (!lang || env_set(m, arena_printf(m->into, "LANG=%s", lang), e)) && env_of_banto(m, e);
}

/* The same for jobs of our own user, made once and again when the administrator's file is another. One that was written
 * a moment ago may be written once more within the tick of its time: it is read for each. */
static bool env_of_own_user(struct maker *m, struct err *e)
{
    struct order_host *host = m->host;
    if (!host->is_looked_at) {
        struct file_state now = file_state(arena_printf(m->into, "%s/environment", host->folder));
        bool is_racy = keeper_clock_ms(CLOCK_REALTIME) - now.mtime_ns / 1000000 < RACY_MS;
        if (is_racy || memcmp(&now, &host->env_file, sizeof(now)) != 0) {
            host->env = NULL;
        }
        host->env_file = now;
        host->is_looked_at = !is_racy;
    }
    if (!host->env) {
        struct arena *turn = m->into;
        arena_reset(&host->arena);
        m->into = &host->arena;
        bool is_good = env_of_host(m, e);
        m->into = turn;
        if (!is_good) {
            return false;
        }
        host->env = arena_array(&host->arena, const char *, m->env_count);
        memcpy(host->env, m->env, m->env_count * sizeof(m->env[0]));
        host->env_count = m->env_count;
        return true;
    }
    memcpy(m->env, host->env, host->env_count * sizeof(m->env[0]));
    m->env_count = host->env_count;
    return true;
}

static bool env_make(struct maker *m, struct err *e)
{
    const struct start_order *o = &m->start->start;
    bool is_good = (o->user[0] ? env_of_host(m, e) : env_of_own_user(m, e)) && (!o->env_file[0] || env_read(m, o->env_file, e));
    for (const char *const *at = o->env; is_good && *at; at++) {
        is_good = env_set(m, *at, e);
    }
    return is_good;
}

static void add(struct maker *m, const char *text)
{
    m->run->texts[m->run->text_count++] = text;
}

static bool add_words(struct maker *m, struct err *e)
{
    const struct start_order *o = &m->start->start;
    struct words words;
    words.n = 0;
    add(m, "/bin/sh");
    if (o->command) {
        add(m, "-c");
        add(m, o->command);
        m->run->numbers[RUN_ARG_COUNT] = 3;
        return true;
    }
    if (o->arguments[0] && !words_split(m->into, o->arguments, &words, e)) {
        return false;
    }
    add(m, o->script);
    for (size_t i = 0; i < words.n; i++) {
        add(m, words.at[i]);
    }
    m->run->numbers[RUN_FLAGS] |= RUN_SCRIPT;
    m->run->numbers[RUN_ARG_COUNT] = 2 + (int64_t)words.n;
    return true;
}

static const char *cookie_make(struct maker *m, const char *workdir)
{
    const char *path = m->start->start.judgment_file;
    if (!path[0] && m->start->start.timeout_ms == 0) {
        return "0 -1 -1 -1 ";
    }
    if (path[0] && path[0] != '/') {
        path = arena_printf(m->into, "%s/%s", workdir, path);
    }
    struct file_state before = file_state(path);
    return arena_printf(m->into, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %s", m->start->start.timeout_ms,
                        before.mtime_ns, before.bytes, before.inode, path);
}

bool order_make(struct arena *into, struct order_host *host, const struct frame *start, struct keeper_message *ret,
                struct err *e)
{
    const struct start_order *o = &start->start;
    struct maker m; /* not cleared: the room for variables is large */
    m.into = into;
    m.run = ret;
    m.start = start;
    m.host = host;
    m.env_count = 0;
    keeper_message_begin(ret, KEEPER_RUN);
    ret->number_count = RUN_GROUPS;
    if (!find_user(&m, e) || !env_make(&m, e)) {
        return false;
    }
    const char *workdir = o->workdir[0] ? o->workdir : o->user[0] ? m.home : host->work;
    bool is_same = o->stdout_file[0] && str_equal(o->stdout_file, o->stderr_file);
    ret->numbers[RUN_UMASK] = UMASK;
    ret->numbers[RUN_OUTPUT_MAX] = o->output_bytes_max > 0 ? o->output_bytes_max : OUTPUT_BYTES_MAX_DEFAULT;
    ret->numbers[RUN_FLAGS] = (o->stdout_append ? RUN_STDOUT_APPEND : 0) | (o->stderr_append ? RUN_STDERR_APPEND : 0) |
                              (is_same ? RUN_SAME : 0);
    add(&m, key_print(into, &start->key));
    add(&m, cookie_make(&m, workdir));
    add(&m, o->stdin_file);
    add(&m, o->stdout_file);
    add(&m, is_same ? "" : o->stderr_file);
    add(&m, key_output(into, &start->key));
    add(&m, workdir);
    if (!add_words(&m, e)) {
        return false;
    }
    for (size_t i = 0; i < m.env_count; i++) {
        add(&m, m.env[i]);
    }
    return keeper_message_bytes(ret) <= KEEPER_BYTES_MAX || err_set(e, ERR_TOO_LARGE, "START" ARG "%d", KEEPER_BYTES_MAX);
}

int64_t cookie_timeout_ms(const char *cookie)
{
    return strtoll(cookie, NULL, 10);
}

static void judge(const char *cookie, struct frame *ret)
{
    struct file_state before;
    int at = 0;
    const char *rest = strchr(cookie, ' ');
    bool has_path = rest && strcmp(rest, " -1 -1 -1 ") != 0;
    if (has_path && sscanf(cookie, "%*d %" SCNd64 " %" SCNd64 " %" SCNd64 " %n", &before.mtime_ns, &before.bytes, &before.inode, &at) == 3 && at) {
        struct file_state now = file_state(cookie + at);
        ret->judgment_exists = now.inode >= 0;
        ret->judgment_changed = memcmp(&before, &now, sizeof(now)) != 0;
    }
}

bool report_make(struct arena *into, const struct keeper_message *m, int64_t now_boot_ms, struct frame *ret)
{
    static const enum frame_kind kinds[KEEPER_KINDS] = {
        [KEEPER_ACK] = FRAME_UNKNOWN,   [KEEPER_STARTED] = FRAME_STARTED, [KEEPER_ENDED] = FRAME_ENDED,
        [KEEPER_REFUSED] = FRAME_NEVER, [KEEPER_UNKNOWN] = FRAME_UNKNOWN, [KEEPER_NEVER] = FRAME_NEVER,
    };
    struct frame frame = {.kind = kinds[m->kind]};
    if (frame.kind == FRAME_WELCOME || !key_parse(into, m->texts[RUN_KEY], &frame.key)) {
        return false;
    }
    int64_t ago_ms = m->number_count > 0 ? now_boot_ms - m->numbers[AT_BOOT_MS] : 0;
    frame.ago_ms = ago_ms > 0 ? ago_ms : 0;
    frame.detail = m->kind == KEEPER_ACK ? "acknowledged" : m->texts[TEXT_DETAIL];
    frame.refusal = m->kind == KEEPER_REFUSED ? REFUSED_SPAWN : REFUSED_UNKNOWN_KEY;
    if (m->kind == KEEPER_ENDED) {
        frame.code = (int32_t)m->numbers[END_CODE];
        frame.signal = (int32_t)m->numbers[END_SIGNAL];
        frame.is_killed = m->numbers[END_KILLED];
        frame.duration_ms = m->numbers[END_DURATION_MS];
        frame.output_bytes = m->numbers[END_OUTPUT];
        frame.cut_bytes = m->numbers[END_CUT];
        judge(m->texts[RUN_COOKIE], &frame);
    }
    *ret = frame;
    return true;
}
