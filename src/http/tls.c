/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls - generations of a certificate: a handshake under way may hold the one before, so they are let go at the end only
 * (a renewal is a matter of weeks and some kilobytes).
 */
#include "http/tls.h"

#include <gnutls/x509.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/secret.h"

enum { CHAIN_MAX = 8, PEM_BYTES_MAX = 256 * 1024, LOOK_EVERY_MS = 1000 };

struct generation {
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned count;
    gnutls_privkey_t key;
    struct generation *before;
};

/* What tells that a file is another one. */
struct trace {
    struct timespec changed;
    ino_t inode;
    off_t size;
};

struct tls {
    struct arena memory;
    struct tls_config config;
    pthread_mutex_t lock;
    struct generation *newest;
    struct trace traces[2];
    int64_t looked_ms;
};

static bool broken(const char *path, const char *why, struct err *e)
{
    return err_set(e, ERR_TLS_FILE, "%.300s" ARG "%s", path, why);
}

static bool pem_read(struct arena *into, const char *path, gnutls_datum_t *ret, struct err *e)
{
    char *text = NULL;
    size_t n = 0;
    struct err inner = {0};
    if (!file_read(into, path, PEM_BYTES_MAX, &text, &n, &inner)) {
        const char *why = strchr(inner.args, ARG[0]);
        return broken(path, why ? why + 1 : inner.args, e);
    }
    *ret = (gnutls_datum_t){(unsigned char *)text, (unsigned)n};
    return true;
}

static bool fits(const struct generation *made)
{
    unsigned char ids[2][64];
    size_t n[2] = {sizeof(ids[0]), sizeof(ids[1])};
    gnutls_pubkey_t public = NULL;
    bool is_good = gnutls_pubkey_init(&public) == 0 && gnutls_pubkey_import_privkey(public, made->key, 0, 0) == 0 &&
                   gnutls_pubkey_get_key_id(public, GNUTLS_KEYID_USE_SHA256, ids[0], &n[0]) == 0 &&
                   gnutls_pubkey_get_key_id(made->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, ids[1], &n[1]) == 0 && n[0] == n[1] &&
                   memcmp(ids[0], ids[1], n[0]) == 0;
    if (public) {
        gnutls_pubkey_deinit(public);
    }
    return is_good;
}

static void generation_free(struct generation *made)
{
    for (unsigned i = 0; i < made->count; i++) {
        gnutls_pcert_deinit(&made->chain[i]);
    }
    if (made->key) {
        gnutls_privkey_deinit(made->key);
    }
    made->count = 0;
    made->key = NULL;
}

static bool generation_import(struct tls *tls, struct generation *made, const gnutls_datum_t pem[2], struct err *e)
{
    unsigned count = CHAIN_MAX;
    int failure = gnutls_pcert_list_import_x509_raw(made->chain, &count, &pem[0], GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED);
    if (failure < 0) {
        return broken(tls->config.cert_path, gnutls_strerror(failure), e);
    }
    made->count = count;
    failure = gnutls_privkey_init(&made->key);
    failure = failure < 0 ? failure : gnutls_privkey_import_x509_raw(made->key, &pem[1], GNUTLS_X509_FMT_PEM, NULL, 0);
    if (failure < 0) {
        return broken(tls->config.key_path, gnutls_strerror(failure), e);
    }
    return fits(made) || broken(tls->config.key_path, "証明書の鍵ではありません" OR_EN "it is not the key of the certificate", e);
}

static void traces_take(const struct tls *tls, struct trace ret[2])
{
    const char *paths[2] = {tls->config.cert_path, tls->config.key_path};
    for (int i = 0; i < 2; i++) {
        struct stat info = {0};
        (void)stat(paths[i], &info);
        ret[i] = (struct trace){info.st_mtim, info.st_ino, info.st_size};
    }
}

static bool trace_is_same(const struct trace *a, const struct trace *b)
{
    return a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec && a->inode == b->inode && a->size == b->size;
}

/* With the lock held. */
static bool generation_read(struct tls *tls, struct err *e)
{
    struct arena scratch = {0};
    gnutls_datum_t pem[2];
    traces_take(tls, tls->traces);
    struct generation made = {.before = tls->newest};
    bool is_good = pem_read(&scratch, tls->config.cert_path, &pem[0], e) && pem_read(&scratch, tls->config.key_path, &pem[1], e);
    is_good = is_good && generation_import(tls, &made, pem, e);
    if (is_good) {
        struct generation *kept = arena_new(&tls->memory, struct generation);
        *kept = made;
        tls->newest = kept;
    } else {
        generation_free(&made);
    }
    arena_close(&scratch);
    return is_good;
}

bool tls_open(const struct tls_config *config, struct tls **ret, struct err *e)
{
    struct arena memory = {0};
    struct tls *tls = arena_new(&memory, struct tls);
    tls->config = *config;
    tls->config.cert_path = arena_copy(&memory, config->cert_path);
    tls->config.key_path = arena_copy(&memory, config->key_path);
    tls->memory = memory;
    (void)pthread_mutex_init(&tls->lock, NULL);
    if (!generation_read(tls, e)) {
        tls_close(tls);
        return false;
    }
    *ret = tls;
    return true;
}

void tls_close(struct tls *tls)
{
    if (!tls) {
        return;
    }
    for (struct generation *made = tls->newest; made; made = made->before) {
        generation_free(made);
    }
    (void)pthread_mutex_destroy(&tls->lock);
    struct arena memory = tls->memory;
    arena_close(&memory);
}

/* With the lock held. */
static void read_again(struct tls *tls)
{
    struct err e = {0};
    if (generation_read(tls, &e)) {
        (void)err_set(&e, INFO_TLS_READ, "%.300s", tls->config.cert_path);
    } else {
        char why[ERR_ARGS_BYTES];
        (void)str_copy(why, sizeof(why), e.args);
        for (char *c = why; *c; c++) {
            *c = *c == ARG[0] ? ' ' : *c;
        }
        (void)err_set(&e, WARN_TLS_KEPT, "%s", why);
    }
    if (tls->config.say) {
        tls->config.say(&e);
    }
}

void tls_reload(struct tls *tls)
{
    (void)pthread_mutex_lock(&tls->lock);
    read_again(tls);
    (void)pthread_mutex_unlock(&tls->lock);
}

void tls_show(struct tls *tls, gnutls_pcert_st **chain, unsigned *count, gnutls_privkey_t *key)
{
    (void)pthread_mutex_lock(&tls->lock);
    int64_t now_ms = clock_boot_ms();
    if (now_ms - tls->looked_ms >= LOOK_EVERY_MS) {
        struct trace traces[2];
        tls->looked_ms = now_ms;
        traces_take(tls, traces);
        if (!trace_is_same(&traces[0], &tls->traces[0]) || !trace_is_same(&traces[1], &tls->traces[1])) {
            read_again(tls);
        }
    }
    *chain = tls->newest->chain;
    *count = tls->newest->count;
    *key = tls->newest->key;
    (void)pthread_mutex_unlock(&tls->lock);
}
