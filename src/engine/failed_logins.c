/* SPDX-License-Identifier: Apache-2.0 */
/*
 * failed_logins - an entry for logins that failed, and an event when they are many.
 *
 * What was typed is never told unless it is a person's name: people type passwords there. Counts are in memory, by name, for ten
 * minutes of the machine clock; a restart forgets them, the journal does not.
 */
#include <string.h>

#include "engine/people_priv.h"

enum { NAMES_KEPT = 32, MANY = 10, MANY_UNKNOWN = 50, WITHIN_MIN = 10 };

struct failed_name {
    int64_t person;            /* 0: names that are not there */
    int64_t from_ms, count, told_ms;
};
struct failed_logins {
    struct failed_name list[NAMES_KEPT]; /* [0]: names that are not there */
};

static bool is_past(const struct engine *engine, int64_t ms)
{
    return ms == 0 || engine->wall.ms - ms >= WITHIN_MIN * MINUTE_MS || engine->wall.ms < ms;
}

/* The person's place, or the one that began longest ago. */
static struct failed_name *place_of(struct engine *engine, int64_t person)
{
    if (!engine->failed_logins) {
        engine->failed_logins = heap_resize(NULL, 1, sizeof(*engine->failed_logins));
        memset(engine->failed_logins, 0, sizeof(*engine->failed_logins));
    }
    struct failed_name *list = engine->failed_logins->list, *oldest = &list[1];
    if (person == 0) {
        return &list[0];
    }
    for (size_t i = 1; i < NAMES_KEPT; i++) {
        if (list[i].person == person) {
            return &list[i];
        }
        oldest = list[i].from_ms < oldest->from_ms ? &list[i] : oldest;
    }
    *oldest = (struct failed_name){.person = person};
    return oldest;
}

/* As via tells it: "web@192.0.2.7"; without an address it came by the socket. */
static const char *address_of(const struct act *act)
{
    const char *at = strchr(act->via, '@');
    return at ? at + 1 : "unix";
}

static void many_tell(struct act_call *call, const struct person_row *person, const struct failed_name *place)
{
    if (person) {
        event_raise(call->engine, &(struct event_of){EVENT_LOGIN, 1, "", 0, 0, ERR_EVENT_LOGIN}, person->name, "%s" ARG "%lld" ARG "%d" ARG "%s",
                    person->name, (long long)place->count, WITHIN_MIN, address_of(call->act));
    } else {
        event_raise(call->engine, &(struct event_of){EVENT_LOGIN, 1, "", 0, 0, ERR_EVENT_LOGIN_UNKNOWN}, "-", "%lld" ARG "%d" ARG "%s",
                    (long long)place->count, WITHIN_MIN, address_of(call->act));
    }
}

bool act_login_failed(struct act_call *call)
{
    struct engine *engine = call->engine;
    int64_t count = call->act->number > 0 ? call->act->number : 1;
    const struct person_row *person = call->act->person[0] ? person_named(engine, call->act->person) : NULL;
    struct failed_name *place = place_of(engine, person ? person->id : 0);
    call->entity = person ? person_entity(engine, person->name) : "login/unknown";
    call->who.reason = arena_printf(&engine->turn, "%lld 回 / %lld times", (long long)count, (long long)count);
    if (is_past(engine, place->from_ms)) {
        place->from_ms = engine->wall.ms;
        place->count = 0;
    }
    place->count += count;
    if (place->count >= (person ? MANY : MANY_UNKNOWN) && is_past(engine, place->told_ms)) {
        place->told_ms = engine->wall.ms;
        many_tell(call, person, place);
    }
    return true;
}
