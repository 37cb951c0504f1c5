/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_server - the server about itself: clock, health, figures.
 */
#include "api/api_priv.h"

#include "os/clock.h"
#include "wire/openapi.h"

bool read_clock(struct call *call, struct err *e)
{
    (void)e;
    struct clock *clock = call->api->config.clock;
    struct engine_figures figures;
    engine_figures(call->api->config.engine, &figures);
    json_open(&call->json, NULL);
    answer_instant(call, "now", clock ? clock_business(clock).ms : figures.business_now.ms);
    answer_instant(call, "wall", clock_wall().ms);
    json_bool(&call->json, "simulated", clock && clock->is_simulated);
    json_decimal(&call->json, "speed", clock ? clock_speed(clock) : 1.0);
    json_end(&call->json);
    return true;
}

bool read_healthz(struct call *call, struct err *e)
{
    (void)e;
    bool is_good = api_is_healthy(call->api);
    call->response->status = is_good ? 200 : 503;
    json_open(&call->json, NULL);
    json_bool(&call->json, "ok", is_good);
    json_text(&call->json, "version", BANTO_VERSION);
    json_end(&call->json);
    return true;
}

bool read_openapi(struct call *call, struct err *e)
{
    (void)e;
    openapi_print(call->json.into);
    return true;
}

static void metric(struct strbuf *into, const char *name, const char *type, const char *help, double value)
{
    strbuf_printf(into, "# HELP banto_%s %s\n# TYPE banto_%s %s\nbanto_%s %.15g\n", name, help, name, type, name, value);
}

bool read_metrics(struct call *call, struct err *e)
{
    (void)e;
    struct engine_figures f;
    engine_figures(call->api->config.engine, &f);
    struct strbuf *into = call->json.into;
    call->response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    metric(into, "turns_total", "counter", "Turns of the engine.", (double)f.turns);
    metric(into, "commits_total", "counter", "Commits of the store.", (double)f.commits);
    metric(into, "commit_failures_total", "counter", "Commits that failed.", (double)f.commit_failures);
    metric(into, "events_in_total", "counter", "Events taken in.", (double)f.events_in);
    metric(into, "starts_total", "counter", "Attempts started.", (double)f.starts);
    metric(into, "ends_total", "counter", "Attempts ended.", (double)f.ends);
    metric(into, "agents_connected", "gauge", "Agents connected.", (double)f.links);
    metric(into, "runs_live", "gauge", "Runs that have not ended.", (double)f.runs_live);
    metric(into, "nodes_live", "gauge", "Units of live runs.", (double)f.nodes_live);
    metric(into, "queue_depth", "gauge", "Events waiting for the engine.", (double)f.queue_depth);
    metric(into, "last_commit_seconds", "gauge", "Time of the last commit.", (double)f.last_commit_us / 1e6);
    metric(into, "last_turn_seconds", "gauge", "Time of the last turn.", (double)f.last_turn_us / 1e6);
    metric(into, "deciding", "gauge", "1: the engine decides; 0: read-only after store failures.", f.is_deciding ? 1 : 0);
    metric(into, "business_time_seconds", "gauge", "What the business clock says.", (double)f.business_now.ms / 1e3);
    return true;
}
