/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_json - what the writer writes, jansson reads back equal; the input is a small program of writer calls.
 *
 * Each byte chooses a call; texts take a length byte and that many bytes. A jansson tree is built beside.
 */
#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "wire/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct input {
    const uint8_t *at;
    size_t n;
};

static uint8_t take(struct input *in)
{
    uint8_t byte = in->n ? *in->at : 0;
    in->at += in->n > 0;
    in->n -= in->n > 0;
    return byte;
}

static uint64_t take_wide(struct input *in)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        value = value << 8 | take(in);
    }
    return value;
}

/* What the writer promises for bytes that are no UTF-8. */
static json_t *text_expected(const char *at, size_t n)
{
    CLEANUP(strbuf_close) struct strbuf b = {0};
    while (n) {
        uint32_t point;
        size_t length = utf8_next(at, n, &point);
        if (length) {
            strbuf_add(&b, at, length);
        } else {
            strbuf_text(&b, "\xEF\xBF\xBD");
            length = 1;
        }
        at += length;
        n -= length;
    }
    return json_stringn(strbuf_str(&b), b.n);
}

static json_t *write_text(struct json *j, struct input *in)
{
    size_t n = take(in);
    n = n < in->n ? n : in->n;
    json_bytes(j, NULL, (const char *)in->at, n);
    json_t *expected = text_expected((const char *)in->at, n);
    in->at += n;
    in->n -= n;
    return expected;
}

static json_t *write_decimal(struct json *j, struct input *in)
{
    uint64_t bits = take_wide(in);
    double value;
    memcpy(&value, &bits, sizeof(value));
    json_decimal(j, NULL, value);
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *write_list(struct json *j, struct input *in, int depth)
{
    json_t *list = json_array();
    json_list(j, NULL);
    while (in->n) {
        uint8_t call = take(in);
        if (call == 0) {
            break;
        }
        json_t *item = NULL;
        if (call % 6 == 0 && depth < JSON_DEPTH_MAX - 1) {
            item = write_list(j, in, depth + 1);
        } else if (call % 6 == 1) {
            item = write_text(j, in);
        } else if (call % 6 == 2) {
            int64_t value = (int64_t)take_wide(in);
            json_number(j, NULL, value);
            item = json_integer(value);
        } else if (call % 6 == 3) {
            item = write_decimal(j, in);
        } else if (call % 6 == 4) {
            json_bool(j, NULL, call & 64);
            item = json_boolean(call & 64);
        } else {
            json_none(j, NULL);
            item = json_null();
        }
        json_array_append_new(list, item);
    }
    json_end(j);
    return list;
}

static void expect_equal(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b) && (json_is_real(a) || json_is_real(b))) {
        double x = json_number_value(a), y = json_number_value(b);
        assert(fabs(x - y) <= fabs(y) * 1e-14 || fabs(y) < 1e-300);
    } else if (json_is_array(a)) {
        assert(json_array_size(a) == json_array_size(b));
        for (size_t i = 0; i < json_array_size(a); i++) {
            expect_equal(json_array_get(a, i), json_array_get(b, i));
        }
    } else {
        assert(json_equal(a, b));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    CLEANUP(strbuf_close) struct strbuf b = {0};
    struct json j = {.into = &b};
    struct input in = {data, n};
    json_t *expected = write_list(&j, &in, 0);
    json_error_t error;
    json_t *got = json_loadb(b.at, b.n, JSON_ALLOW_NUL, &error);
    assert(got);
    expect_equal(got, expected);
    json_decref(got);
    json_decref(expected);
    return 0;
}
