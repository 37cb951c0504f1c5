/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret - over libsodium: argon2id, XChaCha20-Poly1305, BLAKE2b.
 *
 * The key file holds 32 random bytes; the keys in use are derived from it, one a purpose. A sealed text is nonce and
 * box; `about` is authenticated with it, so that a sealed secret put into another person's row does not open.
 */
#include "os/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"

enum { COST_MEMORY_KIB = 64 * 1024, COST_PASSES = 2, NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES };

_Static_assert(SECRET_HASH_TEXT_BYTES >= crypto_pwhash_STRBYTES, "an argon2id string fits");

void secret_random(void *ret, size_t n)
{
    randombytes_buf(ret, n);
}

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_add(struct strbuf *into, const void *bytes, size_t n)
{
    const uint8_t *at = bytes;
    uint32_t held = 0;
    int bits = 0;
    for (size_t i = 0; i < n; i++) {
        held = held << 8 | at[i];
        for (bits += 8; bits >= 6; bits -= 6) {
            strbuf_char(into, letters[held >> (bits - 6) & 63]);
        }
    }
    if (bits > 0) {
        strbuf_char(into, letters[held << (6 - bits) & 63]);
    }
}

static int letter_value(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool base64url_read(struct str text, void *ret, size_t *n)
{
    uint8_t *to = ret;
    uint32_t held = 0;
    int bits = 0;
    size_t count = 0;
    for (size_t i = 0; i < text.n; i++) {
        int value = letter_value(text.at[i]);
        if (value < 0) {
            return false;
        }
        held = held << 6 | (uint32_t)value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            if (count == *n) {
                return false;
            }
            to[count++] = (uint8_t)(held >> bits);
        }
    }
    if (bits >= 6 || (held & ((1u << bits) - 1)) != 0) { /* a lone letter, or bits that say nothing */
        return false;
    }
    *n = count;
    return true;
}

void secret_text_make(char ret[SECRET_TEXT_BYTES])
{
    uint8_t bytes[SECRET_BYTES];
    CLEANUP(strbuf_close) struct strbuf text = {0};
    randombytes_buf(bytes, sizeof(bytes));
    base64url_add(&text, bytes, sizeof(bytes));
    memcpy(ret, text.at, SECRET_TEXT_BYTES);
    sodium_memzero(text.at, text.n);
    sodium_memzero(bytes, sizeof(bytes));
}

bool secret_equal(struct str a, struct str b)
{
    return a.n == b.n && sodium_memcmp(a.at, b.at, a.n) == 0;
}

void secret_wipe(void *at, size_t n)
{
    sodium_memzero(at, n);
}

void secret_digest(const void *bytes, size_t n, char ret[SECRET_DIGEST_TEXT_BYTES])
{
    uint8_t digest[16];
    (void)crypto_generichash(digest, sizeof(digest), bytes, n, NULL, 0);
    (void)sodium_bin2hex(ret, SECRET_DIGEST_TEXT_BYTES, digest, sizeof(digest));
}

/* ---- passwords ---- */

static struct hash_cost cost_of(struct hash_cost cost)
{
    return (struct hash_cost){cost.memory_kib ? cost.memory_kib : COST_MEMORY_KIB, cost.passes ? cost.passes : COST_PASSES};
}

bool password_hash(struct str password, struct hash_cost cost, char ret[SECRET_HASH_TEXT_BYTES], struct err *e)
{
    char made[crypto_pwhash_STRBYTES];
    struct hash_cost full = cost_of(cost);
    if (sodium_init() < 0 ||
        crypto_pwhash_str_alg(made, password.at, password.n, full.passes, (size_t)full.memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return err_set(e, ERR_SYSTEM, "argon2id" ARG "%s", strerror(ENOMEM));
    }
    memcpy(ret, made, sizeof(made));
    return true;
}

bool password_is(struct str password, const char *hash)
{
    return sodium_init() >= 0 && crypto_pwhash_str_verify(hash, password.at, password.n) == 0;
}

bool password_hash_is_old(const char *hash, struct hash_cost cost)
{
    struct hash_cost full = cost_of(cost);
    return crypto_pwhash_str_needs_rehash(hash, full.passes, (size_t)full.memory_kib * 1024) != 0;
}

/* ---- sealing ---- */

static bool key_broken(const char *path, const char *why, struct err *e)
{
    return err_set(e, ERR_KEY_FILE, "%.300s" ARG "%s", path, why);
}

static bool key_read(const char *path, uint8_t ret[crypto_kdf_KEYBYTES], struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return key_broken(path, strerror(errno), e);
    }
    struct stat info;
    uint8_t bytes[crypto_kdf_KEYBYTES + 1];
    ssize_t n = fstat(fd, &info) == 0 ? read(fd, bytes, sizeof(bytes)) : -1;
    (void)close(fd);
    if (n != crypto_kdf_KEYBYTES) {
        return key_broken(path, "大きさが違います" OR_EN "its size is wrong", e);
    }
    if ((info.st_mode & 077) != 0) {
        return key_broken(path, "権限が 0600 ではありません" OR_EN "its mode is not 0600", e);
    }
    memcpy(ret, bytes, crypto_kdf_KEYBYTES);
    sodium_memzero(bytes, sizeof(bytes));
    return true;
}

bool secret_key_open(const char *path, struct secret_key *ret, struct err *e)
{
    uint8_t key[crypto_kdf_KEYBYTES];
    if (sodium_init() < 0) {
        return err_set(e, ERR_SYSTEM, "libsodium" ARG "?");
    }
    if (!file_exists(path)) {
        crypto_kdf_keygen(key);
        if (!file_write(path, key, sizeof(key), 0600, e)) {
            return false;
        }
    }
    if (!key_read(path, key, e)) {
        return false;
    }
    (void)crypto_kdf_derive_from_key(ret->seal, sizeof(ret->seal), 1, "bantoKEY", key);
    (void)crypto_kdf_derive_from_key(ret->sign, sizeof(ret->sign), 2, "bantoKEY", key);
    sodium_memzero(key, sizeof(key));
    return true;
}

static const uint8_t *bytes_of(struct str text)
{
    return (const uint8_t *)text.at;
}

const char *secret_seal(struct arena *into, const struct secret_key *key, struct str bytes, struct str about)
{
    size_t n = NONCE_BYTES + bytes.n + crypto_aead_xchacha20poly1305_ietf_ABYTES;
    uint8_t *box = arena_alloc(into, n, 1);
    randombytes_buf(box, NONCE_BYTES);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE_BYTES, NULL, bytes_of(bytes), bytes.n, bytes_of(about), about.n, NULL, box,
                                                     key->seal);
    CLEANUP(strbuf_close) struct strbuf text = {0};
    base64url_add(&text, box, n);
    return arena_copy(into, strbuf_str(&text));
}

bool secret_unseal(struct arena *into, const struct secret_key *key, struct str sealed, struct str about, struct str *ret)
{
    size_t n = sealed.n;
    uint8_t *box = arena_alloc(into, n, 1);
    if (!base64url_read(sealed, box, &n) || n < NONCE_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES) {
        return false;
    }
    char *open = arena_alloc(into, n, 1);
    unsigned long long open_n = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)open, &open_n, NULL, box + NONCE_BYTES, n - NONCE_BYTES, bytes_of(about),
                                                   about.n, box, key->seal) != 0) {
        return false;
    }
    *ret = (struct str){open, (size_t)open_n};
    return true;
}

void secret_sign(const struct secret_key *key, struct str text, char ret[SECRET_TEXT_BYTES])
{
    uint8_t mark[32];
    CLEANUP(strbuf_close) struct strbuf out = {0};
    (void)crypto_generichash(mark, sizeof(mark), bytes_of(text), text.n, key->sign, sizeof(key->sign));
    base64url_add(&out, mark, sizeof(mark));
    memcpy(ret, out.at, SECRET_TEXT_BYTES);
}
