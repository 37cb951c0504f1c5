/* SPDX-License-Identifier: Apache-2.0 */
/*
 * who - who asks: by the cookie or the token of the request, else by the socket.
 *
 * A credential takes the place of what the socket says: behind a proxy on the Unix socket a person is that person, and a
 * wrong credential never falls back to more. Where anybody may ask (logging in, the health check), an expired one is
 * as good as none.
 */
#include "http/http_priv.h"

#include <string.h>
#include <strings.h>

#include "http/cookie.h"
#include "http/proof.h"
#include "os/clock.h"

const char *request_header(const struct request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

static const char *via_of(const char *agent)
{
    if (!agent) {
        return "api";
    }
    return str_starts(agent, "banto-agent/") ? "agent" : str_starts(agent, "banto/") ? "cli" : str_starts(agent, "Mozilla/") ? "web" : "api";
}

/* The identity behind the credential, in the request's memory. */
static bool identity_find(struct request *request, const struct credential *credential, struct err *e)
{
    struct identity *identity = arena_new(&request->arena, struct identity);
    struct api *api = request->listener->http->api;
    bool is_good = credential->kind == CREDENTIAL_SESSION ? identity_of_session(api, credential->secret, identity, e)
                                                          : identity_of_token(api, credential->secret, identity, e);
    if (!is_good) {
        return false;
    }
    request->caller.identity = identity;
    request->caller.actor = identity->name;
    return true;
}

static bool proof_look(const struct request *request, bool has_session, struct err *e)
{
    const struct proof proof = {
        .content_type = request_header(request, MHD_HTTP_HEADER_CONTENT_TYPE),
        .fetch_site = request_header(request, "Sec-Fetch-Site"),
        .origin = request_header(request, MHD_HTTP_HEADER_ORIGIN),
        .host = request_header(request, MHD_HTTP_HEADER_HOST),
        .csrf = request_header(request, "X-Banto-CSRF"),
        .is_tls = connection_is_tls(request->connection),
    };
    bool is_open = request->operation->permission == PERMISSION_OPEN; /* logging in: there is no session to speak for */
    const struct identity *identity = request->caller.identity;
    const char *wrong = proof_check(&proof, has_session && !is_open && identity ? identity->csrf : NULL);
    if (wrong) {
        return err_set(e, ERR_CSRF, "%s", wrong);
    }
    bool needs_json = has_session || (is_open && request->listener->is_tcp);
    return !needs_json || content_is_json(proof.content_type) || err_set(e, ERR_CONTENT_TYPE, "%s", "");
}

/* Root and the daemon's own user are not counted: the agent and the command line of this host. */
static bool rate_look(struct request *request, struct err *e)
{
    struct http *http = request->listener->http;
    const struct identity *identity = request->caller.identity;
    if (!identity && request->caller.kind != CALLER_TCP) {
        return true;
    }
    char key[ACTOR_BYTES + 2];
    key[0] = identity ? 'p' : 'a';
    (void)str_copy(key + 1, sizeof(key) - 1, identity ? identity->name : request->caller.address);
    int wait_sec = rate_take(&http->rate, key, identity ? &http->limits.person : &http->limits.address, clock_boot_ms());
    return wait_sec == 0 || err_set(e, ERR_RATE, "%d", wait_sec);
}

/* ---- behind a proxy ---- */

struct lines {
    const char *name;
    struct strbuf text;
};

static enum MHD_Result line_take(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct lines *lines = cls;
    if (value && strcasecmp(name, lines->name) == 0) {
        strbuf_printf(&lines->text, "%s%s", lines->text.n ? "," : "", value);
    }
    return MHD_YES;
}

/* All lines of that name as one list: what stands last was added last. */
static struct strbuf header_all(struct MHD_Connection *connection, const char *name)
{
    struct lines lines = {.name = name};
    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, line_take, &lines);
    return lines.text;
}

bool connection_is_tls(struct MHD_Connection *connection)
{
    if (MHD_get_connection_info(connection, MHD_CONNECTION_INFO_PROTOCOL)) {
        return true;
    }
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    const struct peer *peer = info ? info->socket_context : NULL;
    if (!peer || !proxies_trust(&peer->listener->http->proxies, peer->address)) {
        return false;
    }
    CLEANUP(strbuf_close) struct strbuf said = header_all(connection, "X-Forwarded-Proto");
    return proxy_says_https(strbuf_str(&said));
}

/* Who is behind the connection: its other end, or whom a trusted proxy there names. */
static const char *address_of(struct request *request)
{
    const struct peer *peer = request->peer;
    if (!peer || !proxies_trust(&request->listener->http->proxies, peer->address)) {
        return arena_copy(&request->arena, peer ? peer->address : "");
    }
    char address[PROXY_ADDRESS_BYTES];
    CLEANUP(strbuf_close) struct strbuf said = header_all(request->connection, "X-Forwarded-For");
    proxy_asker(&request->listener->http->proxies, peer->address, strbuf_str(&said), address);
    return arena_copy(&request->arena, address);
}

/* Sent on by somebody, or by a page: then the end of the Unix socket is a proxy, and its rights are not the asker's. */
static bool is_sent_on(const struct request *request)
{
    static const char *const names[] = {"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded",
                                        "Via", MHD_HTTP_HEADER_ORIGIN, "Sec-Fetch-Site", "Sec-Fetch-Mode"};
    for (size_t i = 0; i < COUNT(names); i++) {
        if (request_header(request, names[i])) {
            return true;
        }
    }
    return false;
}

/* In the request's own memory: an act or a login may outlive the connection. */
static void caller_find(struct request *request)
{
    const struct peer *peer = request->peer;
    const char *agent = request_header(request, MHD_HTTP_HEADER_USER_AGENT);
    request->browser = agent && utf8_valid(agent, strlen(agent)) ? arena_copy(&request->arena, agent) : NULL;
    request->caller = (struct caller){.kind = peer ? peer->kind : CALLER_TCP,
                                      .actor = arena_copy(&request->arena, peer ? peer->actor : "?"),
                                      .via = via_of(agent),
                                      .address = address_of(request)};
    if (request->caller.kind != CALLER_TCP && is_sent_on(request)) {
        request->caller.kind = CALLER_TCP;
        request->caller.actor = "tcp";
    }
}

/* A credential that does not hold. */
static bool stranger(struct request *request, const struct err *why, struct err *e)
{
    if (request->operation->permission == PERMISSION_OPEN) {
        return true;
    }
    if (rate_look(request, e)) { /* guessing costs the address */
        *e = *why;
    }
    return false;
}

bool request_who(struct request *request, bool is_write, struct err *e)
{
    struct credential credential;
    struct str device;
    struct err why = {0};
    caller_find(request);
    const char *cookies = request_header(request, MHD_HTTP_HEADER_COOKIE);
    const char *wrong = credential_read(cookies, request_header(request, MHD_HTTP_HEADER_AUTHORIZATION), &credential);
    if (wrong) {
        return err_set(e, ERR_IDENTITIES, "%s", wrong);
    }
    if (cookies && cookie_find(str_of(cookies), DEVICE_COOKIE, &device) == COOKIE_ONE) {
        request->device = arena_copy_bytes(&request->arena, device.at, device.n);
    }
    if (credential.kind != CREDENTIAL_NONE) {
        request->caller.kind = CALLER_TCP; /* what the socket says does not count any more */
        if (!identity_find(request, &credential, &why) && !stranger(request, &why, e)) {
            return false;
        }
    }
    if (!rate_look(request, e)) {
        return false;
    }
    return !is_write || request->operation->permission == PERMISSION_AGENT || proof_look(request, credential.kind == CREDENTIAL_SESSION, e);
}
