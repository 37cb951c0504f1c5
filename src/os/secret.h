/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * secret - chance, hashing of passwords, comparing without telling, sealing with the key of the data folder.
 *
 * Everything here is libsodium's; we choose parameters and say what went wrong. Any thread.
 */
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum {
    SECRET_BYTES = 32,             /* of a session, a token, a link */
    SECRET_TEXT_BYTES = 44,        /* the same as base64url, and a NUL */
    SECRET_HASH_TEXT_BYTES = 128,  /* an argon2id string, and a NUL */
    SECRET_DIGEST_TEXT_BYTES = 33, /* 128 bits in hex, and a NUL */
};

/* ---- chance ---- */
void secret_random(void *ret, size_t n);
/* 256 random bits as base64url. */
void secret_text_make(char ret[SECRET_TEXT_BYTES]);
/* base64url without padding, appended. */
void base64url_add(struct strbuf *into, const void *bytes, size_t n);
/* Only the one way of writing the bytes is taken. *n: room before, bytes after. */
MUST_CHECK bool base64url_read(struct str text, void *ret, size_t *n);

/* ---- comparing, forgetting ---- */
/* The time taken depends on the lengths alone. */
bool secret_equal(struct str a, struct str b);
void secret_wipe(void *at, size_t n);
/* A short strong digest (not of secrets): equal texts, equal digests. */
void secret_digest(const void *bytes, size_t n, char ret[SECRET_DIGEST_TEXT_BYTES]);

/* ---- passwords ---- */
struct hash_cost {
    uint32_t memory_kib, passes; /* 0: the default of 64 MiB and 2 */
};
/* Fails: ERR_SYSTEM when there is no memory. Tens of milliseconds: never on a thread that serves. */
MUST_CHECK bool password_hash(struct str password, struct hash_cost cost, char ret[SECRET_HASH_TEXT_BYTES], struct err *e);
bool password_is(struct str password, const char *hash);
/* It was made with other parameters than these. */
bool password_hash_is_old(const char *hash, struct hash_cost cost);

/* ---- sealing ---- */
struct secret_key {
    uint8_t seal[32], sign[32];
};
/* Reads the key file or makes it (0600). A file that others may read, or of the wrong size, is refused: ERR_KEY_FILE. */
MUST_CHECK bool secret_key_open(const char *path, struct secret_key *ret, struct err *e);
/* Sealed text is base64url; what it belongs to (`about`) is sealed with it and must be the same at opening. */
const char *secret_seal(struct arena *into, const struct secret_key *key, struct str bytes, struct str about);
MUST_CHECK bool secret_unseal(struct arena *into, const struct secret_key *key, struct str sealed, struct str about,
                              struct str *ret);
/* A mark that only the holder of the key can have made of `text`: base64url. */
void secret_sign(const struct secret_key *key, struct str text, char ret[SECRET_TEXT_BYTES]);
