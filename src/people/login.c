/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login - what a password must be, and how long a guesser waits.
 */
#include <string.h>

#include "people/people.h"

/* Without blanks, signs and capitals; everything guessers try first and all that a keyboard's rows give. */
static const char *const common[] = {
    "password", "passw0rd", "passphrase", "letmein", "welcome", "administrator", "changeme", "secret", "default",
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc", "qazwsxedc", "iloveyou", "sunshine", "princess", "football",
    "baseball", "dragon", "monkey", "superman", "trustno1", "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "12345678901234567890",
    "98765432109876543210", "abc123", "banto", "kokuho", "kokuhoren", "sakura", "nippon", "japan", "tokyo", "pasuwado",
    "himitsu", "kanri", "unyou", "operator", "server", "database", "oracle", "master", "login", "guest", "system", "user",
    "test", "admin", "root", "toor", "pass", "temp", "start", "summer", "winter", "spring", "autumn",
};

static char plain_of(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (char)(c + 'a' - 'A');
    }
    bool is_kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80);
    return is_kept ? c : '\0';
}

/* What is left of the text once the words have been taken out of it, from the left, the longest first. */
static size_t left_without_words(const char *plain)
{
    size_t left = 0;
    while (*plain) {
        size_t longest = 0;
        for (size_t i = 0; i < COUNT(common); i++) {
            size_t n = 0; /* six characters in a row of a long one are enough: "qwerty", "123456" */
            while (common[i][n] && plain[n] == common[i][n]) {
                n++;
            }
            bool is_word = common[i][n] == '\0' || n >= 6;
            longest = is_word && n > longest ? n : longest;
        }
        left += longest == 0;
        plain += longest ? longest : 1;
    }
    return left;
}

static size_t different_bytes(const char *plain)
{
    bool seen[256] = {false};
    size_t n = 0;
    for (; *plain; plain++) {
        n += !seen[(unsigned char)*plain];
        seen[(unsigned char)*plain] = true;
    }
    return n;
}

static size_t characters(struct str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        n += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    }
    return n;
}

enum err_code password_check(struct str password, struct str name)
{
    char plain[PASSWORD_BYTES_MAX + 1], own[64];
    size_t n = 0, own_n = 0;
    if (password.n > PASSWORD_BYTES_MAX || characters(password) < PASSWORD_CHARS_MIN) {
        return ERR_PASSWORD_SHORT;
    }
    for (size_t i = 0; i < password.n; i++) {
        plain[n] = plain_of(password.at[i]);
        n += plain[n] != '\0';
    }
    plain[n] = '\0';
    for (size_t i = 0; i < name.n && own_n < sizeof(own) - 1; i++) {
        own[own_n] = plain_of(name.at[i]);
        own_n += own[own_n] != '\0';
    }
    own[own_n] = '\0';
    if (own_n >= 3 && strstr(plain, own)) {
        return ERR_PASSWORD_NAME;
    }
    /* A common word with a year and a sign behind it is a common word. */
    bool is_common = left_without_words(plain) < 6 || different_bytes(plain) < 5;
    return is_common ? ERR_PASSWORD_COMMON : ERR_NONE;
}

struct duration login_wait(int failure_count)
{
    enum { WAIT_MS_MAX = 5 * 60 * 1000 };
    int over = failure_count - LOGIN_TRIES_FREE;
    if (over <= 0) {
        return (struct duration){0};
    }
    int64_t ms = over > 9 ? WAIT_MS_MAX : INT64_C(1000) << (over - 1);
    return (struct duration){ms > WAIT_MS_MAX ? WAIT_MS_MAX : ms};
}
