/* SPDX-License-Identifier: Apache-2.0 */
/*
 * acts_clock - acts on the made-up clock. Each is a row of clock_change and an entry of the journal; the clock itself is
 * moved after the commit, so that what it says can always be explained by the journal.
 */
#include "engine/engine_priv.h"
#include "os/clock.h"

/* How the clock stands once everything ordered before in this turn has been done. */
static void clock_stand(struct engine *engine, struct clock_order *ret)
{
    *ret = engine->clock_orders.n ? engine->clock_orders.at[engine->clock_orders.n - 1]
                                  : (struct clock_order){.to = clock_business(engine->config.clock),
                                                         .speed = clock_speed(engine->config.clock)};
}

static const char *at_text(struct engine *engine, struct instant at)
{
    char text[INSTANT_TEXT_MAX];
    return arena_copy(&engine->turn, instant_print(at, zone_offset_sec(engine->w.site->zone, at) / 60, text));
}

static bool clock_order(struct act_call *call, const struct clock_order *order)
{
    struct engine *engine = call->engine;
    struct clock_order before;
    clock_stand(engine, &before);
    struct clock_order after = *order;
    after.to = order->is_forward ? order->to : before.to;
    after.speed = order->is_forward ? before.speed : order->speed;
    struct clock_change_row row = {
        .id = engine->w.next_clock++, .operation = act_name(call->act->act), .from_ms = before.to.ms, .to_ms = after.to.ms,
        .speed_before = arena_printf(&engine->turn, "%.6g", before.speed),
        .speed = arena_printf(&engine->turn, "%.6g", after.speed),
    };
    store_put(engine->batch, TABLE_clock_change, &row);
    *vec_add(&engine->clock_orders) = after;
    call->entity = order->is_forward
                       ? arena_printf(&engine->turn, "clock/%s->%s", at_text(engine, before.to), at_text(engine, after.to))
                       : arena_printf(&engine->turn, "clock/x%s->x%s", row.speed_before, row.speed);
    json_instant(&call->json, "business", after.to, zone_offset_sec(engine->w.site->zone, after.to) / 60);
    json_bool(&call->json, "simulated", true);
    json_decimal(&call->json, "speed", after.speed);
    return true;
}

void clock_perform(struct engine *engine)
{
    struct clock *clock = engine->config.clock;
    for (size_t i = 0; i < engine->clock_orders.n; i++) {
        const struct clock_order *order = &engine->clock_orders.at[i];
        struct err ignored; /* both were asked for before; a clock that has run past `to` meanwhile is where it should be */
        bool is_done = order->is_forward ? clock_forward(clock, order->to, &ignored)
                                         : clock_set_speed(clock, order->speed, &ignored);
        (void)is_done;
    }
}

static bool has_clock(struct act_call *call)
{
    return call->engine->config.clock || err_set(call->err, ERR_CONFLICT, "clock" ARG "-");
}

static bool speed_order(struct act_call *call, double speed)
{
    return clock_may_set_speed(call->engine->config.clock, speed, call->err) &&
           clock_order(call, &(struct clock_order){.speed = speed});
}

bool act_clock_speed(struct act_call *call) { return has_clock(call) && speed_order(call, call->act->real); }

bool act_clock_pause(struct act_call *call) { return has_clock(call) && speed_order(call, 0); }

bool act_clock_go(struct act_call *call)
{
    return has_clock(call) && speed_order(call, clock_speed_to_go(call->engine->config.clock));
}

bool act_clock_forward(struct act_call *call)
{
    return has_clock(call) && clock_may_forward(call->engine->config.clock, call->act->at, call->err) &&
           clock_order(call, &(struct clock_order){.is_forward = true, .to = call->act->at});
}
