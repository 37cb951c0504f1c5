/* SPDX-License-Identifier: Apache-2.0 */
/*
 * totp - liboath computes and compares, libqrencode makes the pattern; the SVG is one path.
 */
#include "os/totp.h"

#include <errno.h>
#include <liboath/oath.h>
#include <qrencode.h>
#include <string.h>

#include "os/secret.h"

enum { STEP_SEC = 30, QR_EDGE = 4 };

static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";

void totp_secret_make(uint8_t ret[TOTP_SECRET_BYTES])
{
    secret_random(ret, TOTP_SECRET_BYTES);
}

int64_t totp_check(struct str secret, struct str code, struct instant now, int64_t last_step)
{
    char digits[TOTP_DIGITS + 1] = {0};
    if (code.n != TOTP_DIGITS) {
        return 0;
    }
    for (size_t i = 0; i < code.n; i++) {
        if (code.at[i] < '0' || code.at[i] > '9') {
            return 0;
        }
        digits[i] = code.at[i];
    }
    int position = 0;
    uint64_t step = 0;
    int result = oath_totp_validate3(secret.at, secret.n, (time_t)(now.ms / 1000), STEP_SEC, 0, 1, &position, &step, digits);
    if (result < 0 || (int64_t)step <= last_step) {
        return 0;
    }
    return (int64_t)step;
}

static void base32_add(struct strbuf *into, const uint8_t *bytes, size_t n, const char *table)
{
    uint32_t held = 0;
    int bits = 0;
    for (size_t i = 0; i < n; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= 5; bits -= 5) {
            strbuf_char(into, table[held >> (bits - 5) & 31]);
        }
    }
    if (bits > 0) {
        strbuf_char(into, table[held << (5 - bits) & 31]);
    }
}

const char *totp_secret_text(struct arena *into, struct str secret)
{
    CLEANUP(strbuf_close) struct strbuf text = {0};
    base32_add(&text, (const uint8_t *)secret.at, secret.n, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    return arena_copy(into, strbuf_str(&text));
}

const char *totp_uri(struct arena *into, struct str secret, const char *name)
{
    CLEANUP(strbuf_close) struct strbuf uri = {0};
    strbuf_text(&uri, "otpauth://totp/Banto:");
    for (const char *c = name; *c; c++) {
        bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '-' || *c == '_' || *c == '.';
        if (is_plain) {
            strbuf_char(&uri, *c);
        } else {
            strbuf_printf(&uri, "%%%02X", (unsigned char)*c);
        }
    }
    strbuf_printf(&uri, "?secret=%s&issuer=Banto", totp_secret_text(into, secret));
    return arena_copy(into, strbuf_str(&uri));
}

bool qr_svg(struct arena *into, const char *text, const char **ret, struct err *e)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    if (!code) {
        return err_set(e, ERR_SYSTEM, "QRcode_encodeString8bit" ARG "%s", strerror(errno));
    }
    CLEANUP(strbuf_close) struct strbuf svg = {0};
    int side = code->width + 2 * QR_EDGE;
    strbuf_printf(&svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
                        "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"", side, side, side, side);
    for (int y = 0; y < code->width; y++) {
        const unsigned char *row = code->data + y * code->width;
        for (int x = 0, n; x < code->width; x += n) {
            n = 1;
            while (x + n < code->width && (row[x + n] & 1) == (row[x] & 1)) {
                n++;
            }
            if (row[x] & 1) {
                strbuf_printf(&svg, "M%d %dh%dv1h-%dz", x + QR_EDGE, y + QR_EDGE, n, n);
            }
        }
    }
    strbuf_text(&svg, "\"/></svg>");
    QRcode_free(code);
    *ret = arena_copy(into, strbuf_str(&svg));
    return true;
}

/* Four groups of four letters. */
static void recovery_code_print(const char letters[16], char ret[RECOVERY_CODE_BYTES])
{
    for (size_t i = 0; i < 16; i++) {
        ret[i + i / 4] = letters[i];
    }
    ret[4] = ret[9] = ret[14] = '-';
    ret[RECOVERY_CODE_BYTES - 1] = '\0';
}

void recovery_code_make(char ret[RECOVERY_CODE_BYTES])
{
    uint8_t bytes[10];
    CLEANUP(strbuf_close) struct strbuf text = {0};
    secret_random(bytes, sizeof(bytes));
    base32_add(&text, bytes, sizeof(bytes), base32);
    recovery_code_print(text.at, ret);
}

bool recovery_code_read(struct str typed, char ret[RECOVERY_CODE_BYTES])
{
    char letters[16];
    size_t n = 0;
    for (size_t i = 0; i < typed.n; i++) {
        char c = typed.at[i];
        if (c == '-' || c == ' ') {
            continue;
        }
        c = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
        if (n == sizeof(letters) || c == '\0' || !strchr(base32, c)) {
            return false;
        }
        letters[n++] = c;
    }
    if (n != sizeof(letters)) {
        return false;
    }
    recovery_code_print(letters, ret);
    return true;
}
