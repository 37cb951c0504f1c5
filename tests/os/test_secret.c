/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_secret - hashing, sealing, codes: known answers, what must not open, what is taken once.
 */
#include "tests/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/secret.h"
#include "os/totp.h"

#define RFC_SECRET STR("12345678901234567890")

static void base64url_goes_there_and_back(void **state)
{
    static const struct {
        const char *bytes, *text;
    } known[] = {{"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}, {"\xff\xfe", "__4"}};
    for (size_t i = 0; i < COUNT(known); i++) {
        CLEANUP(strbuf_close) struct strbuf text = {0};
        char back[16];
        size_t n = sizeof(back);
        base64url_add(&text, known[i].bytes, strlen(known[i].bytes));
        assert_string_equal(strbuf_str(&text), known[i].text);
        assert_true(base64url_read(str_of(known[i].text), back, &n));
        assert_int_equal(n, strlen(known[i].bytes));
        assert_memory_equal(back, known[i].bytes, n);
    }
    static const char *const wrong[] = {"A", "Zh", "Zm9=", "Zm9v\n", "Zm+v", "Zm/v"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char back[16];
        size_t n = sizeof(back);
        assert_false(base64url_read(str_of(wrong[i]), back, &n));
    }
}

static void secrets_differ_and_are_long(void **state)
{
    char a[SECRET_TEXT_BYTES], b[SECRET_TEXT_BYTES];
    secret_text_make(a);
    secret_text_make(b);
    assert_int_equal(strlen(a), SECRET_TEXT_BYTES - 1);
    assert_string_not_equal(a, b);
    assert_true(secret_equal(str_of(a), str_of(a)));
    assert_false(secret_equal(str_of(a), str_of(b)));
    assert_false(secret_equal(STR("ab"), STR("abc")));
}

static void a_password_is_known_by_its_hash(void **state)
{
    struct hash_cost cheap = {64, 1}, dearer = {128, 2};
    char hash[SECRET_HASH_TEXT_BYTES], other[SECRET_HASH_TEXT_BYTES];
    struct err e = {0};
    assert_true(password_hash(STR("とても長い合い言葉"), cheap, hash, &e));
    assert_true(password_hash(STR("とても長い合い言葉"), cheap, other, &e));
    assert_string_not_equal(hash, other); /* salted */
    assert_true(str_starts(hash, "$argon2id$v=19$m=64,t=1,p=1$"));
    assert_true(password_is(STR("とても長い合い言葉"), hash));
    assert_false(password_is(STR("とても長い合言葉"), hash));
    assert_false(password_is(STR(""), hash));
    assert_false(password_is(STR("x"), ""));
    assert_false(password_is(STR("x"), "rubbish"));
    assert_false(password_hash_is_old(hash, cheap));
    assert_true(password_hash_is_old(hash, dearer));
}

static void the_key_file_is_made_once_and_kept_private(void **state)
{
    char folder[] = "/tmp/banto-key-XXXXXX", path[64];
    struct secret_key first, second;
    struct err e = {0};
    struct stat info;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/secret.key", folder);
    assert_true(secret_key_open(path, &first, &e));
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(info.st_size, 32);
    assert_true(secret_key_open(path, &second, &e));
    assert_memory_equal(&first, &second, sizeof(first));
    assert_memory_not_equal(first.seal, first.sign, 32);
    assert_int_equal(chmod(path, 0640), 0);
    assert_false(secret_key_open(path, &second, &e));
    assert_int_equal(e.code, ERR_KEY_FILE);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(truncate(path, 31), 0);
    assert_false(secret_key_open(path, &second, &e));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void what_is_sealed_opens_only_whole_and_for_whom_it_was(void **state)
{
    struct arena arena = {0};
    struct secret_key key, other;
    struct str open;
    secret_random(&key, sizeof(key));
    secret_random(&other, sizeof(other));
    const char *sealed = secret_seal(&arena, &key, RFC_SECRET, STR("person/7"));
    assert_true(secret_unseal(&arena, &key, str_of(sealed), STR("person/7"), &open));
    assert_true(str_is(open, "12345678901234567890"));
    assert_string_not_equal(sealed, secret_seal(&arena, &key, RFC_SECRET, STR("person/7")));
    assert_false(secret_unseal(&arena, &key, str_of(sealed), STR("person/8"), &open));
    assert_false(secret_unseal(&arena, &other, str_of(sealed), STR("person/7"), &open));
    assert_false(secret_unseal(&arena, &key, STR(""), STR("person/7"), &open));
    for (size_t i = 0; sealed[i]; i++) {
        char *broken = arena_copy(&arena, sealed);
        broken[i] = broken[i] == 'A' ? 'B' : 'A';
        assert_false(secret_unseal(&arena, &key, str_of(broken), STR("person/7"), &open));
    }
    char a[SECRET_TEXT_BYTES], b[SECRET_TEXT_BYTES], c[SECRET_TEXT_BYTES];
    secret_sign(&key, STR("device"), a);
    secret_sign(&key, STR("device"), b);
    secret_sign(&other, STR("device"), c);
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    arena_close(&arena);
}

static void codes_follow_rfc_6238_and_are_taken_once(void **state)
{
    static const struct {
        int64_t sec;
        const char *code;
    } known[] = {{59, "287082"}, {1111111109, "081804"}, {1234567890, "005924"}, {2000000000, "279037"}};
    for (size_t i = 0; i < COUNT(known); i++) {
        struct instant now = {known[i].sec * 1000};
        int64_t step = totp_check(RFC_SECRET, str_of(known[i].code), now, 0);
        assert_int_equal(step, known[i].sec / 30);
        assert_int_equal(totp_check(RFC_SECRET, str_of(known[i].code), now, step), 0);     /* again */
        assert_int_equal(totp_check(RFC_SECRET, str_of(known[i].code), now, step - 1), step);
        assert_int_equal(totp_check(RFC_SECRET, str_of(known[i].code), (struct instant){now.ms + 30000}, 0), step); /* one late */
        assert_int_equal(totp_check(RFC_SECRET, str_of(known[i].code), (struct instant){now.ms + 90000}, 0), 0);
    }
    struct instant now = {59000};
    assert_int_equal(totp_check(RFC_SECRET, STR("28708"), now, 0), 0);
    assert_int_equal(totp_check(RFC_SECRET, STR("2870822"), now, 0), 0);
    assert_int_equal(totp_check(RFC_SECRET, STR("28708x"), now, 0), 0);
    assert_int_equal(totp_check(RFC_SECRET, STR("-28708"), now, 0), 0);
    assert_int_equal(totp_check(RFC_SECRET, STR(""), now, 0), 0);
}

static void the_telephone_gets_an_address_and_a_picture(void **state)
{
    struct arena arena = {0};
    struct err e = {0};
    const char *svg = NULL, *uri = totp_uri(&arena, RFC_SECRET, "gl 1&?");
    assert_string_equal(uri, "otpauth://totp/Banto:gl%201%26%3F?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Banto");
    assert_true(qr_svg(&arena, uri, &svg, &e));
    assert_true(str_starts(svg, "<svg xmlns="));
    assert_non_null(strstr(svg, "M4 4h7v1h-7z")); /* the corner */
    assert_null(strstr(svg, "script"));
    arena_close(&arena);
}

static void recovery_codes_are_read_as_people_type_them(void **state)
{
    char code[RECOVERY_CODE_BYTES], other[RECOVERY_CODE_BYTES], read[RECOVERY_CODE_BYTES];
    recovery_code_make(code);
    recovery_code_make(other);
    assert_string_not_equal(code, other);
    assert_int_equal(strlen(code), RECOVERY_CODE_BYTES - 1);
    assert_true(recovery_code_read(str_of(code), read));
    assert_string_equal(code, read);
    assert_true(recovery_code_read(STR("ABCD efgh-IJKL mnop"), read));
    assert_string_equal(read, "abcd-efgh-ijkl-mnop");
    assert_false(recovery_code_read(STR("abcd-efgh-ijkl-mno"), read));
    assert_false(recovery_code_read(STR("abcd-efgh-ijkl-mnopq"), read));
    assert_false(recovery_code_read(STR("abcd-efgh-ijkl-mno1"), read));
    assert_false(recovery_code_read((struct str){"abcd-efgh-ijkl-mno\0", 19}, read));
    assert_false(recovery_code_read(STR("287082"), read));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64url_goes_there_and_back),
        cmocka_unit_test(secrets_differ_and_are_long),
        cmocka_unit_test(a_password_is_known_by_its_hash),
        cmocka_unit_test(the_key_file_is_made_once_and_kept_private),
        cmocka_unit_test(what_is_sealed_opens_only_whole_and_for_whom_it_was),
        cmocka_unit_test(codes_follow_rfc_6238_and_are_taken_once),
        cmocka_unit_test(the_telephone_gets_an_address_and_a_picture),
        cmocka_unit_test(recovery_codes_are_read_as_people_type_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
