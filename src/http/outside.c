/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outside - opened in the order HTTP, agent, heart-beat, closed the other way round.
 */
#include "http/outside.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/identity.h"
#include "api/site_folder.h"
#include "http/arguments.h"
#include "http/heartbeat.h"
#include "http/http.h"
#include "os/helper.h"

enum { HTTP_THREADS = 2 };

struct outside {
    struct arena memory;
    struct outside_config config;
    struct http *http;
    struct helper *agent;
    struct heartbeat *heartbeat;
};

static void heartbeat_failed(void *data, const struct err *e)
{
    struct outside *outside = data;
    outside->config.say(e);
}

static void agent_ended(void *data, const char *how, int again_sec)
{
    struct outside *outside = data;
    struct err e = {0};
    (void)err_set(&e, WARN_AGENT_ENDED, "%s" ARG "%d", how, again_sec);
    outside->config.say(&e);
}

static bool is_healthy(void *data)
{
    const struct outside *outside = data;
    return api_is_healthy(outside->config.api);
}

/* By hand, the agent of this host is ours to start; under a service manager it is a service of its own. */
static bool agent_open(struct outside *outside, const char *server, struct err *e)
{
    const char *name = outside->config.facts->local_agent;
    if (!name || getenv("INVOCATION_ID")) {
        return true;
    }
    const char *folder = arena_printf(&outside->memory, "%s/agent", outside->config.data);
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    const char *program = arena_printf(&outside->memory, "%.*s-agent", n > 1 ? (int)n - 1 : 0, self); /* bantod: banto-agent */
    const char *argv[] = {program, "--dir", folder, "--server", server, "--name", name, NULL};
    struct helper_config config = {argv, arena_printf(&outside->memory, "%s/agent.lock", folder), agent_ended, outside};
    return helper_open(&config, &outside->agent, e);
}

static void listening_say(const struct outside *outside, const char *path)
{
    struct err e = {0};
    int port = http_port(outside->http);
    if (port > 0) {
        (void)err_set(&e, INFO_LISTENING, "unix:%s, %s (port %d)", path, outside->config.arguments->listen, port);
    } else {
        (void)err_set(&e, INFO_LISTENING, "unix:%s", path);
    }
    outside->config.say(&e);
}

/* On the engine's thread, once; only this line ever holds the key. */
static void first_say(void *data, const char *path)
{
    struct outside *outside = data;
    struct err e = {0};
    const char *host = outside->config.arguments->host_count ? outside->config.arguments->hosts[0] : "localhost";
    (void)err_set(&e, INFO_FIRST_START, "%s://%s:%d%s", outside->config.arguments->tls_cert ? "https" : "http", host,
                  http_port(outside->http), path);
    outside->config.say(&e);
}

static bool parts_open(struct outside *outside, struct err *e)
{
    const char *path = arena_printf(&outside->memory, "%s/bantod.sock", outside->config.data);
    const struct site_facts *facts = outside->config.facts;
    const struct arguments *arguments = outside->config.arguments;
    struct http_config http = {.api = outside->config.api,
                               .unix_path = path,
                               .tcp = arguments->listen,
                               .thread_count = HTTP_THREADS,
                               .tls_cert = arguments->tls_cert,
                               .tls_key = arguments->tls_key,
                               .hosts = arguments->hosts,
                               .host_count = arguments->host_count,
                               .proxies = arguments->proxies,
                               .proxy_count = arguments->proxy_count,
                               .web_folder = arguments->web,
                               .say = outside->config.say};
    struct heartbeat_config beat = {facts->heartbeat_url, facts->heartbeat_sec, is_healthy, heartbeat_failed, outside};
    if (!http_open(&http, &outside->http, e)) {
        return false;
    }
    listening_say(outside, path);
    if (http_port(outside->http) > 0 && !first_start(outside->config.api, first_say, outside, e)) {
        return false;
    }
    return agent_open(outside, arena_printf(&outside->memory, "unix:%s", path), e) &&
           (!beat.url || !*beat.url || heartbeat_open(&beat, &outside->heartbeat, e));
}

bool outside_open(const struct outside_config *config, struct outside **ret, struct err *e)
{
    struct arena memory = {0};
    struct outside *outside = arena_new(&memory, struct outside);
    outside->memory = memory;
    outside->config = *config;
    if (!parts_open(outside, e)) {
        outside_close(outside);
        return false;
    }
    *ret = outside;
    return true;
}

void outside_reload(struct outside *outside)
{
    if (outside) {
        http_reload(outside->http);
    }
}

void outside_close(struct outside *outside)
{
    if (!outside) {
        return;
    }
    heartbeat_close(outside->heartbeat);
    http_close(outside->http);
    helper_close(outside->agent);
    struct arena memory = outside->memory;
    arena_close(&memory);
}
