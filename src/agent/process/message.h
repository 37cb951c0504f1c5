/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * message - what the net half and the keeper say to each other, over FOLDER/keeper.sock (same uid or root), in the
 * byte order of the machine:
 *     u32 bytes that follow; u8 kind; u8 numbers; u16 texts; i64 numbers...; texts, each ended by NUL
 * The keeper's journal is made of the same messages. No message is an order to run something again.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum keeper_kind {
    KEEPER_RUN = 1, /* net half -> keeper; answered by STARTED and later ENDED, or by REFUSED */
    KEEPER_KILL,    /* key: the whole tree; answered as ASK if it does not run */
    KEEPER_ASK,     /* key: answered by STARTED, ENDED, REFUSED, UNKNOWN, NEVER, or by ACK if acknowledged before */
    KEEPER_LIST,    /* all that is not acknowledged, then LISTED with n[0] = running */
    KEEPER_ACK,     /* key: its last record is durable elsewhere */
    KEEPER_INTENT,  /* journal only: key, cookie */
    KEEPER_STARTED, /* key, cookie; n[AT_BOOT_MS] */
    KEEPER_ENDED,   /* key, cookie; n[END_...] */
    KEEPER_REFUSED, /* key, cookie, detail: why it could not be started */
    KEEPER_UNKNOWN, /* key, cookie */
    KEEPER_NEVER,   /* key */
    KEEPER_LISTED,
    KEEPER_KINDS
};
/* CLOCK_BOOTTIME for those connected, wall clock for the journal. The code is -1 with a signal. */
enum { AT_BOOT_MS, AT_WALL_MS, END_DURATION_MS, END_CODE, END_SIGNAL, END_KILLED, END_OUTPUT, END_CUT, END_NUMBERS };
/* RUN_UID -1: stay who we are. The cap holds for stdout and stderr each. Groups follow from RUN_GROUPS on. */
enum { RUN_UID, RUN_GID, RUN_UMASK, RUN_FLAGS, RUN_OUTPUT_MAX, RUN_ARG_COUNT, RUN_GROUPS };
/* SCRIPT: the first argument is /bin/sh, used only if the second is nothing the kernel runs. SAME: 2>&1. */
enum { RUN_STDOUT_APPEND = 1, RUN_STDERR_APPEND = 2, RUN_SAME = 4, RUN_SCRIPT = 8 };
/* Files "": stdin /dev/null, output captured in FOLDER/CAPTURE.out and .err (made when there is output). The cookie
 * comes back with every answer. From RUN_ARGS on: RUN_ARG_COUNT arguments, then the environment. */
enum { RUN_KEY, RUN_COOKIE, RUN_STDIN, RUN_STDOUT, RUN_STDERR, RUN_CAPTURE, RUN_WORKDIR, RUN_ARGS };
enum { TEXT_DETAIL = 2 };
enum { KEEPER_NUMBERS_MAX = 72, KEEPER_TEXTS_MAX = 1200, KEEPER_BYTES_MAX = 1 << 20, KEEPER_KEY_MAX = 800 };

struct keeper_message {
    enum keeper_kind kind;
    uint32_t number_count, text_count;
    int64_t numbers[KEEPER_NUMBERS_MAX];
    const char *texts[KEEPER_TEXTS_MAX]; /* decoded: borrowed; at least RUN_ARGS are set, "" when absent */
};

/* A message without texts and with no number but 0: ten kilobytes of texts are not cleared for each. */
void keeper_message_begin(struct keeper_message *message, enum keeper_kind kind);
/* Bytes the message takes. */
size_t keeper_message_bytes(const struct keeper_message *message);
/* `to` has room for them; returns them. */
size_t keeper_encode(char *to, const struct keeper_message *message);
/* Bytes used; 0: more are needed; -1: no message of ours. */
long keeper_decode(const char *at, size_t n, struct keeper_message *ret);

/* A journal's record is a message and a check sum. Bytes it takes; to may be NULL to ask only for them. */
size_t keeper_record(char *to, const struct keeper_message *message);
/* Bytes used; 0: no good record here, the file is torn. */
size_t keeper_record_read(const char *at, size_t n, struct keeper_message *ret);
uint64_t keeper_hash(const void *at, size_t n); /* never 0 */

int64_t keeper_clock_ms(clockid_t id);
int keeper_listen(void);                /* in the working folder; -1: errno says why */
int keeper_accept(int listen_fd);       /* -1: nobody, or somebody of another uid */
int keeper_connect(const char *folder); /* -1: errno says why */
