/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message - bytes of the keeper's messages; the decoder trusts nothing.
 */
#include <string.h>

#include "agent/process/message.h"

enum { HEAD_BYTES = 8 };

void keeper_message_begin(struct keeper_message *m, enum keeper_kind kind)
{
    m->kind = kind;
    m->number_count = m->text_count = 0;
    memset(m->numbers, 0, sizeof(m->numbers));
}

size_t keeper_message_bytes(const struct keeper_message *m)
{
    size_t n = HEAD_BYTES + m->number_count * sizeof(m->numbers[0]);
    for (uint32_t i = 0; i < m->text_count; i++) {
        n += strlen(m->texts[i]) + 1;
    }
    return n;
}

size_t keeper_encode(char *to, const struct keeper_message *m)
{
    uint32_t length = (uint32_t)keeper_message_bytes(m) - 4;
    uint8_t head[HEAD_BYTES] = {[4] = (uint8_t)m->kind, (uint8_t)m->number_count, (uint8_t)m->text_count,
                                (uint8_t)(m->text_count >> 8)};
    memcpy(head, &length, 4);
    memcpy(to, head, sizeof(head));
    char *at = to + HEAD_BYTES;
    memcpy(at, m->numbers, m->number_count * sizeof(m->numbers[0]));
    at += m->number_count * sizeof(m->numbers[0]);
    for (uint32_t i = 0; i < m->text_count; i++) {
        size_t n = strlen(m->texts[i]) + 1;
        memcpy(at, m->texts[i], n);
        at += n;
    }
    return length + 4u;
}

long keeper_decode(const char *at, size_t n, struct keeper_message *ret)
{
    const uint8_t *head = (const uint8_t *)at;
    uint32_t length;
    if (n < HEAD_BYTES) {
        return 0;
    }
    memcpy(&length, at, 4);
    keeper_message_begin(ret, (enum keeper_kind)head[4]);
    ret->number_count = head[5];
    ret->text_count = head[6] + head[7] * 256u;
    size_t number_bytes = ret->number_count * sizeof(ret->numbers[0]);
    if (length < HEAD_BYTES - 4 + number_bytes || length > KEEPER_BYTES_MAX || ret->kind == 0 || ret->kind >= KEEPER_KINDS ||
        ret->number_count > KEEPER_NUMBERS_MAX || ret->text_count > KEEPER_TEXTS_MAX) {
        return -1;
    }
    if (n < length + 4u) {
        return 0;
    }
    memcpy(ret->numbers, at + HEAD_BYTES, number_bytes);
    const char *text = at + HEAD_BYTES + number_bytes, *end = at + 4 + length;
    for (uint32_t i = 0; i < ret->text_count || i < RUN_ARGS; i++) {
        const char *nul = i < ret->text_count ? memchr(text, '\0', (size_t)(end - text)) : "";
        if (!nul) {
            return -1;
        }
        ret->texts[i] = i < ret->text_count ? text : nul;
        text = i < ret->text_count ? nul + 1 : text;
    }
    bool is_keyless = ret->kind == KEEPER_LIST || ret->kind == KEEPER_LISTED;
    size_t key_bytes = strlen(ret->texts[RUN_KEY]);
    int64_t arg_count = ret->numbers[RUN_ARG_COUNT], arg_count_min = ret->numbers[RUN_FLAGS] & RUN_SCRIPT ? 2 : 1;
    bool is_bad_run = ret->kind == KEEPER_RUN && (ret->number_count < RUN_GROUPS || arg_count < arg_count_min ||
                                                  arg_count > (int64_t)ret->text_count - RUN_ARGS);
    return text != end || is_bad_run || key_bytes > KEEPER_KEY_MAX || (key_bytes == 0 && !is_keyless) ? -1 : (long)length + 4;
}

uint64_t keeper_hash(const void *at, size_t n)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < n; i++) {
        hash = (hash ^ ((const uint8_t *)at)[i]) * 1099511628211u;
    }
    return hash ? hash : 1;
}

size_t keeper_record(char *to, const struct keeper_message *message)
{
    size_t n = keeper_message_bytes(message);
    if (to) {
        (void)keeper_encode(to, message);
        uint64_t sum = keeper_hash(to, n);
        memcpy(to + n, &sum, sizeof(sum));
    }
    return n + sizeof(uint64_t);
}

size_t keeper_record_read(const char *at, size_t n, struct keeper_message *ret)
{
    long used = keeper_decode(at, n, ret);
    if (used <= 0 || (size_t)used + sizeof(uint64_t) > n) {
        return 0;
    }
    uint64_t sum = keeper_hash(at, (size_t)used);
    return memcmp(at + used, &sum, sizeof(sum)) == 0 ? (size_t)used + sizeof(sum) : 0;
}
