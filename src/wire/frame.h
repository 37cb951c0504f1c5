/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * frame - what the server and an agent say to each other: one JSON object a line (NDJSON).
 *
 * Commands come down on one long streamed response (GET /agent/v1/stream), reports go up in batched
 * posts (POST /agent/v1/reports). An attempt is named by its key; START is idempotent by it: an agent
 * that hears it twice runs it once. Unknown members are ignored, so either side may be newer.
 * Every decoded text lives in the arena; sizes are bounded by limits.h.
 *
 * Protocol, besides what the frames say (docs/agent.md tells why):
 *  1. GET /agent/v1/stream?agent=NAME&session=ID (ID: 16 hex digits, new for each connection) is answered by 200 and
 *     an endless body: frames and, when there is nothing else, a blank line at least every 15 s. The agent takes 45 s
 *     of silence for a dead connection. Headers must go out at once: the agent speaks when it has seen them.
 *  2. POST /agent/v1/reports?agent=NAME&session=ID (the ID of its stream), Content-Type: application/x-ndjson,
 *     at most 512 KiB of whole lines, one post at a time. 2xx: all of it is durable. Anything else, or a broken
 *     connection: the agent drops both, waits (50 ms doubling to 2 s, with jitter) and begins a new session. Reports
 *     of an older session than the newest stream of that agent must be answered 409.
 *  3. A session begins HELLO, then STARTED, ENDED, NEVER(spawn) or UNKNOWN for every attempt that is not yet
 *     acknowledged, then READY; often in one post, else in several. The server sends WELCOME (or REFUSE) on the stream
 *     when it has read HELLO, and START only after READY. STARTs that got no answer in an older session and are not
 *     listed were not run, or were refused: ASK.
 *  4. ENDED, UNKNOWN and NEVER(spawn) are kept by the agent and told again in every session until the server sends
 *     ACK for the key, also for keys it does not know or of an older epoch. Other refusals need no ACK; one is allowed.
 *  5. A START heard twice is answered by where the attempt is: STARTED, ENDED, NEVER or UNKNOWN again. After its ACK
 *     it is not answered at all. KILL of what does not run is answered as ASK is. ASK of an acknowledged key gives
 *     UNKNOWN with detail "acknowledged". NEVER(unknown_key) for an attempt that was STARTED must become unknown.
 *  6. ENDED with is_killed has code -1 and a signal as a rule; the server decides by is_killed.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { FRAME_VERSION = 1 };

/* {store epoch, service, run, node, attempt}: decisions §2. */
struct attempt_key {
    const char *epoch, *service;
    int64_t run;
    int32_t node, attempt;
};

enum frame_kind {
    /* server -> agent */
    FRAME_WELCOME,  /* answer to a hello: epoch, server time, settings; a refused agent gets FRAME_REFUSE */
    FRAME_START,    /* run this attempt, unless its time to live has passed */
    FRAME_KILL,     /* end the whole process tree of the attempt */
    FRAME_ASK,      /* what of this attempt? answered by STARTED, ENDED or NEVER */
    FRAME_ACK,      /* the exit record of this attempt is durable with the server */
    FRAME_PROBE,    /* does this file exist? (file gates) answered by PROBED */
    FRAME_DRAIN,    /* take no new attempts (is_on) */
    FRAME_REFUSE,   /* go away: `detail` says why (other epoch, older fencing number, unknown name) */
    /* agent -> server */
    FRAME_HELLO,    /* first report of a connection: name, platform, version, epoch it knows, attempts in hand follow */
    FRAME_READY,    /* end of the list of attempts in hand: STARTs may come now */
    FRAME_STARTED,
    FRAME_ENDED,
    FRAME_NEVER,    /* never heard of that attempt, or refused to start it: `refusal` says why */
    FRAME_UNKNOWN,  /* it ran, but its end was not seen (the keeper or host died) */
    FRAME_PROBED,
    FRAME_LOAD,     /* heart-beat: attempts running */
    FRAME_KINDS
};

enum start_refusal {
    REFUSED_NOT,
    REFUSED_EXPIRED,     /* time to live passed before it could start */
    REFUSED_SPAWN,       /* the program could not be started: detail has the reason (起動失敗) */
    REFUSED_DRAINED,
    REFUSED_UNKNOWN_KEY, /* answer to ASK */
    REFUSED_KIND,        /* e.g. a PC job on an agent that cannot */
    REFUSED_EPOCH,       /* the key's epoch is not the one this agent knows */
    START_REFUSALS
};

struct start_order {
    const char *unit;              /* full path, for logs and JP1's variables */
    const char *command;           /* te: given to /bin/sh -c; NULL if script */
    const char *script;            /* sc */
    const char *arguments;         /* prm, split like a shell's words by the agent */
    const char *workdir;           /* wkp; "" = the user's home or the agent's job folder */
    const char *env_file;          /* ev */
    const char *const *env;        /* NAME=VALUE, env= and JP1's own; NULL-terminated */
    const char *user;              /* un; "" = the agent's own */
    const char *stdin_file, *stdout_file, *stderr_file; /* si so se; "" = captured */
    bool stdout_append, stderr_append;
    bool is_pc;                    /* PC job */
    int32_t priority;              /* 1..5 */
    int64_t ttl_ms;                /* machine clock, from the moment of sending (now_ms) */
    int64_t timeout_ms;            /* 0 = none; the server's timer decides, this is a safety net */
    int64_t output_bytes_max;
    const char *judgment_file;     /* jdf for mdf/exf: existence and change are reported; "" = none */
    /* permit gate (E-01): sealed copy, signed by the server; empty until used */
    const char *permit, *sealed_hash;
    int64_t fencing;
};

struct frame {
    enum frame_kind kind;
    struct attempt_key key;
    struct start_order start;      /* START */
    int32_t code;                  /* ENDED: exit code 0..255, or -1 with signal */
    int32_t signal;                /* ENDED: 0 = exited by itself */
    bool is_killed;                /* ENDED: because of a KILL or timeout */
    int64_t ago_ms;                /* STARTED, ENDED, UNKNOWN: so long ago (CLOCK_BOOTTIME) */
    int64_t duration_ms;           /* ENDED */
    int64_t output_bytes, cut_bytes; /* ENDED: kept, and counted beyond the cap */
    bool judgment_exists, judgment_changed;
    enum start_refusal refusal;
    const char *detail;            /* free text for people */
    const char *name, *epoch, *platform, *version, *host; /* HELLO, WELCOME */
    bool can_pc;
    int32_t running;               /* LOAD, READY */
    const char *path;              /* PROBE, PROBED; HELLO: the agent's folder, output lies below it */
    bool exists;                   /* PROBED */
    bool is_on;                    /* DRAIN */
    int64_t heartbeat_ms;          /* WELCOME: how often LOAD is wanted */
    int64_t now_ms;                /* WELCOME, START: the server's CLOCK_BOOTTIME when it was sent; 0: not said */
};

/* Appends the frame and a newline. */
void frame_encode(struct strbuf *into, const struct frame *frame);
/* line: without its newline, <= FRAME_BYTES_MAX. Fails: ERR_FRAME with what is wrong. */
MUST_CHECK bool frame_decode(struct arena *into, const char *line, size_t n, struct frame *ret, struct err *e);
