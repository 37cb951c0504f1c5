/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tls - the TCP port with TLS: versions, cookies and headers, a certificate exchanged while it runs.
 */
#include "tests/unit.h"

#include "tests/http/browser.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "http/tls.h"
#include "os/file.h"

static const char folder[] = "/tmp"; /* names are made unique by the process */

struct tls_house {
    struct house *house;
    char cert[64], key[64];
};
static char said[64]; /* the last message */

static void say(const struct err *e)
{
    (void)str_copy(said, sizeof(said), message_of(e->code)->id);
}

/* A self-signed P-256 certificate of this name into the two files. */
static void certificate_make(const struct tls_house *tls, const char *name)
{
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t cert;
    gnutls_datum_t pem = {NULL, 0};
    struct err e = {0};
    time_t now = (time_t)(clock_wall().ms / 1000);
    assert_int_equal(gnutls_x509_privkey_init(&key), 0);
    assert_int_equal(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0), 0);
    assert_int_equal(gnutls_x509_crt_init(&cert), 0);
    assert_int_equal(gnutls_x509_crt_set_version(cert, 3), 0);
    assert_int_equal(gnutls_x509_crt_set_serial(cert, "\x01", 1), 0);
    assert_int_equal(gnutls_x509_crt_set_activation_time(cert, now - 60), 0);
    assert_int_equal(gnutls_x509_crt_set_expiration_time(cert, now + 3600), 0);
    assert_int_equal(gnutls_x509_crt_set_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name)), 0);
    assert_int_equal(gnutls_x509_crt_set_key(cert, key), 0);
    assert_int_equal(gnutls_x509_crt_sign2(cert, cert, key, GNUTLS_DIG_SHA256, 0), 0);
    assert_int_equal(gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_PEM, &pem), 0);
    assert_true(file_write(tls->cert, pem.data, pem.size, 0600, &e));
    gnutls_free(pem.data);
    assert_int_equal(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem), 0);
    assert_true(file_write(tls->key, pem.data, pem.size, 0600, &e));
    gnutls_free(pem.data);
    gnutls_x509_crt_deinit(cert);
    gnutls_x509_privkey_deinit(key);
}

static int open_tls(void **state)
{
    struct tls_house *tls = heap_resize(NULL, 1, sizeof(*tls));
    static const char *const hosts[] = {"banto.example"};
    (void)snprintf(tls->cert, sizeof(tls->cert), "%s/banto-cert-%d.pem", folder, (int)getpid());
    (void)snprintf(tls->key, sizeof(tls->key), "%s/banto-key-%d.pem", folder, (int)getpid());
    certificate_make(tls, "first.example");
    struct http_config config = {.tls_cert = tls->cert, .tls_key = tls->key, .hosts = hosts, .host_count = 1, .say = say};
    tls->house = house_open(&config);
    *state = tls;
    return 0;
}

static int close_tls(void **state)
{
    struct tls_house *tls = *state;
    house_close(tls->house);
    (void)unlink(tls->cert);
    (void)unlink(tls->key);
    heap_free(tls);
    return 0;
}

/* One request over TLS; what was heard is in house->heard. The name in the certificate, "" when there was no handshake. */
static const char *ask(struct house *house, const char *priorities, const char *raw)
{
    gnutls_session_t session;
    gnutls_certificate_credentials_t credentials;
    const char *name = "";
    int fd = house_dial(house, true);
    assert_int_equal(gnutls_certificate_allocate_credentials(&credentials), 0);
    assert_int_equal(gnutls_init(&session, GNUTLS_CLIENT), 0);
    assert_int_equal(gnutls_priority_set_direct(session, priorities, NULL), 0);
    assert_int_equal(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials), 0);
    gnutls_transport_set_int(session, fd);
    gnutls_handshake_set_timeout(session, 5000);
    gnutls_record_set_timeout(session, 5000);
    int failure = gnutls_handshake(session);
    while (failure < 0 && !gnutls_error_is_fatal(failure)) {
        failure = gnutls_handshake(session);
    }
    strbuf_clear(&house->heard);
    if (failure == 0) {
        unsigned count = 0;
        const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
        gnutls_x509_crt_t cert;
        char text[64];
        size_t n = sizeof(text);
        assert_int_equal(gnutls_x509_crt_init(&cert), 0);
        assert_int_equal(gnutls_x509_crt_import(cert, &chain[0], GNUTLS_X509_FMT_DER), 0);
        assert_int_equal(gnutls_x509_crt_get_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, 0, text, &n), 0);
        name = arena_copy(&house->arena, text);
        gnutls_x509_crt_deinit(cert);
        assert_int_equal(gnutls_record_send(session, raw, strlen(raw)), (int)strlen(raw));
        char bytes[4096];
        for (ssize_t got = 1; got > 0 || got == GNUTLS_E_INTERRUPTED;) {
            got = gnutls_record_recv(session, bytes, sizeof(bytes));
            strbuf_add(&house->heard, bytes, got > 0 ? (size_t)got : 0);
        }
    }
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(credentials);
    (void)close(fd);
    return name;
}

#define TLS12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"
#define HEALTH "GET /now HTTP/1.1\r\nHost: banto.example\r\nConnection: close\r\n\r\n"

static void only_current_versions_are_spoken(void **state)
{
    struct house *house = ((struct tls_house *)*state)->house;
    assert_string_equal(ask(house, TLS13, HEALTH), "first.example");
    assert_true(house_says(house, " 200 OK") && house_says(house, "Strict-Transport-Security: max-age=31536000"));
    assert_string_equal(ask(house, TLS12, HEALTH), "first.example");
    assert_true(house_says(house, " 200 OK"));
    assert_string_equal(ask(house, "LEGACY:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0", HEALTH), "");
    assert_int_not_equal(house_raw(house, true, HEALTH), 200); /* without TLS nothing is said */
}

static void names_are_checked_behind_tls_too(void **state)
{
    struct house *house = ((struct tls_house *)*state)->house;
    (void)ask(house, TLS13, "GET /now HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert_true(house_says(house, " 400 "));
    (void)ask(house, TLS13, "GET /now HTTP/1.1\r\nHost: 192.0.2.7\r\nConnection: close\r\n\r\n");
    assert_true(house_says(house, " 200 "));
}

static void cookies_are_for_tls_only(void **state)
{
    struct house *house = ((struct tls_house *)*state)->house;
    house_wait(house);
    const char *body = arena_printf(&house->arena, "{\"key\":\"%s\",\"name\":\"admin\",\"title\":\"管理者\",\"password\":\"" HOUSE_PASSWORD "\"}", house->link);
    (void)ask(house, TLS13, arena_printf(&house->arena, "POST /api/v1/link HTTP/1.1\r\nHost: banto.example\r\nConnection: close\r\nOrigin: https://banto.example\r\n"
                                         "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body));
    assert_true(house_says(house, " 200 OK"));
    assert_non_null(strstr(house_between(house, "Set-Cookie: banto_session=", "\r\n"), "; HttpOnly; SameSite=Lax; Secure"));
    assert_non_null(strstr(house_between(house, "Set-Cookie: banto_device=", "\r\n"), "; Secure"));
}

static void a_new_certificate_is_shown_without_a_restart(void **state)
{
    struct tls_house *tls = *state;
    struct house *house = tls->house;
    struct err e = {0};
    assert_string_equal(ask(house, TLS13, HEALTH), "first.example");
    certificate_make(tls, "second.example");
    (void)usleep(1100000); /* files are looked at once a second */
    assert_string_equal(ask(house, TLS13, HEALTH), "second.example");
    assert_string_equal(said, "BNT0771-I");
    assert_true(file_write(tls->cert, "rubbish", 7, 0600, &e));
    http_reload(house->http);
    assert_string_equal(said, "BNT0770-W");
    assert_string_equal(ask(house, TLS13, HEALTH), "second.example"); /* what works stays */
    certificate_make(tls, "third.example");
    http_reload(house->http); /* as SIGHUP does */
    assert_string_equal(ask(house, TLS13, HEALTH), "third.example");
}

static void files_that_do_not_fit_are_refused_at_the_start(void **state)
{
    struct tls_house *tls = *state, other = *tls;
    struct tls *made = NULL;
    struct err e = {0};
    (void)snprintf(other.cert, sizeof(other.cert), "%s/banto-other-%d.pem", folder, (int)getpid());
    (void)snprintf(other.key, sizeof(other.key), "%s/banto-okey-%d.pem", folder, (int)getpid());
    certificate_make(&other, "other.example");
    assert_false(tls_open(&(struct tls_config){tls->cert, other.key, NULL}, &made, &e));
    assert_int_equal(e.code, ERR_TLS_FILE);
    assert_false(tls_open(&(struct tls_config){tls->cert, "/nonexistent.pem", NULL}, &made, &e));
    assert_int_equal(e.code, ERR_TLS_FILE);
    assert_false(tls_open(&(struct tls_config){tls->key, tls->key, NULL}, &made, &e));
    assert_true(tls_open(&(struct tls_config){other.cert, other.key, NULL}, &made, &e));
    tls_close(made);
    (void)unlink(other.cert);
    (void)unlink(other.key);
    struct http *http = NULL;
    struct http_config half = {.api = tls->house->api, .tcp = "127.0.0.1:0", .thread_count = 2, .tls_cert = tls->cert};
    assert_false(http_open(&half, &http, &e));
    assert_int_equal(e.code, ERR_USAGE);
    struct http_config open = {.api = tls->house->api, .tcp = "0.0.0.0:0", .thread_count = 2, .tls_cert = tls->cert, .tls_key = tls->key};
    assert_true(http_open(&open, &http, &e)); /* with TLS any address may be listened on */
    http_close(http);
}

int main(void)
{
#define HOUSED(test) cmocka_unit_test_setup_teardown(test, open_tls, close_tls)
    const struct CMUnitTest tests[] = {
        HOUSED(only_current_versions_are_spoken),
        HOUSED(names_are_checked_behind_tls_too),
        HOUSED(cookies_are_for_tls_only),
        HOUSED(a_new_certificate_is_shown_without_a_restart),
        HOUSED(files_that_do_not_fit_are_refused_at_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
