/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * forecast_priv - what the files forecast*.c share: one course of events and what waits in it.
 *
 * Nothing is allocated per event but growth of the vectors, which are kept from event to event.
 */
#include "plan/forecast.h"

/* In this order at one instant: who becomes due asks before who ends answers, so the last one waited for is known. */
enum course_event_kind { COURSE_DUE, COURSE_ASK, COURSE_TIMER, COURSE_PROBED, COURSE_LIMITS, COURSE_END };
struct course_event {
    int64_t at_ms;
    uint32_t order;            /* of arrival */
    uint8_t kind;              /* enum course_event_kind */
    uint8_t timer;
    int32_t row, node, attempt; /* COURSE_LIMITS: row is the agent */
};

struct course_queued {
    int32_t row, node, priority;
    uint32_t order;
};
struct course_agent {
    const struct forecast_agent *def; /* NULL: room without end, for all that are not listed */
    int32_t running, limit;
    int64_t limit_until_ms;    /* `limit` holds until then */
    int64_t look_ms;           /* a COURSE_LIMITS is under way for then */
    bool is_listed;            /* among those to fill */
    VEC(struct course_queued) queue; /* heap */
};

/* State of a unit. */
struct course_unit {
    const struct forecast_unit *def;
    struct unit_facts *facts;
    int16_t *agents;           /* by node: index of its agent */
    int32_t live_count;        /* generations that have not ended */
    int32_t begun_count;       /* of these, begun */
};

/* State of a row. */
struct course_row {
    struct run *run;           /* NULL until due */
    struct course_unit *unit;
    const struct net *net;
    const int32_t *history_ms;
    const int16_t *agents;
    bool *has_slot;            /* by node */
    size_t generation;         /* its place among those of the unit */
    struct plan_entry *entry;  /* planned starts */
};

struct course_waiter {
    int32_t row, node, next;   /* next: index + 1, 0 = last */
};
struct course_ask {
    int32_t row, node;
    int32_t by;                /* row that made it ask again; -1 */
    uint8_t cause;             /* enum forecast_cause */
};

struct course {
    const struct forecast_input *in;
    struct arena *into;
    struct arena tmp;
    struct facts *facts;
    struct forecast *out;
    struct course_unit *units;
    struct course_row *rows;
    struct course_agent *agents; /* of the input, and one more with room without end */
    int32_t default_agent;
    struct instant now;
    uint32_t order;
    VEC(struct course_event) events; /* heap */
    VEC(struct course_waiter) waiters;
    int32_t free_waiter;       /* index + 1 */
    struct map waiting;        /* gate key -> index + 1 of its first waiter */
    VEC(struct course_ask) asks;
    VEC(int32_t) to_fill;      /* agents */
    struct run_effects effects;
    struct gate_keys freed;
};

/* forecast_course.c */
void course_add(struct course *c, enum course_event_kind kind, int64_t at_ms, int32_t row, int32_t node);
void course_step(struct course *c, int32_t row, const struct run_event *event);
void course_ask_later(struct course *c, int32_t row, int32_t node);
void course_wake(struct course *c, uint64_t key, int32_t by, enum forecast_cause cause);
/* Lets everything happen until the horizon. */
void course_run(struct course *c);
int64_t course_job_ms(const struct course *c, const struct course_row *row, int32_t node);
/* What the row's run had under way in the snapshot. */
void course_load(struct course *c, int32_t row);

/* forecast_slots.c */
int16_t *course_agents_of(struct course *c, const struct net *net);
void course_queue(struct course *c, int32_t row, int32_t node);
void course_slot_take(struct course *c, int32_t row, int32_t node);
void course_slot_free(struct course *c, int32_t row, int32_t node);
void course_fill(struct course *c); /* all agents that may have room */
void course_limits_due(struct course *c, int32_t agent);

/* forecast.c: a planned start is due. */
void course_due(struct course *c, int32_t row);
