/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proxy - addresses as 128 bits, lists read from their end.
 */
#include "http/proxy.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

enum { ADDRESS_BITS = 128, MAPPED_BITS = 96 };

static bool address_read(struct str text, uint8_t ret[16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    char copy[PROXY_ADDRESS_BYTES];
    if (text.n == 0 || text.n >= sizeof(copy)) {
        return false;
    }
    memcpy(copy, text.at, text.n);
    copy[text.n] = '\0';
    if (inet_pton(AF_INET6, copy, ret) == 1) {
        return true;
    }
    memcpy(ret, mapped, sizeof(mapped));
    return inet_pton(AF_INET, copy, ret + sizeof(mapped)) == 1;
}

static bool is_mapped(const uint8_t at[16])
{
    struct in6_addr address;
    memcpy(&address, at, sizeof(address));
    return IN6_IS_ADDR_V4MAPPED(&address) != 0;
}

static void address_print(const uint8_t at[16], char ret[PROXY_ADDRESS_BYTES])
{
    const char *made = is_mapped(at) ? inet_ntop(AF_INET, at + 12, ret, PROXY_ADDRESS_BYTES) : inet_ntop(AF_INET6, at, ret, PROXY_ADDRESS_BYTES);
    if (!made) {
        ret[0] = '\0';
    }
}

bool proxies_add(struct proxies *proxies, const char *text)
{
    struct proxy one = {.bits = ADDRESS_BITS};
    struct str address = str_of(text), bits;
    int64_t n = 0;
    bool has_bits = str_cut(str_of(text), '/', &address, &bits);
    if (proxies->count == PROXIES_MAX || !address_read(address, one.at)) {
        return false;
    }
    bool is_v4 = memchr(address.at, ':', address.n) == NULL;
    if (has_bits && !str_to_i64(bits, 1, is_v4 ? ADDRESS_BITS - MAPPED_BITS : ADDRESS_BITS, &n)) {
        return false;
    }
    one.bits = !has_bits ? ADDRESS_BITS : (int)n + (is_v4 ? MAPPED_BITS : 0);
    proxies->list[proxies->count++] = one;
    return true;
}

static bool is_within(const struct proxy *proxy, const uint8_t at[16])
{
    size_t whole = (size_t)proxy->bits / 8;
    int rest = proxy->bits % 8;
    return memcmp(proxy->at, at, whole) == 0 && (rest == 0 || (proxy->at[whole] ^ at[whole]) >> (8 - rest) == 0);
}

static bool is_trusted(const struct proxies *proxies, const uint8_t at[16])
{
    for (size_t i = 0; i < proxies->count; i++) {
        if (is_within(&proxies->list[i], at)) {
            return true;
        }
    }
    return false;
}

bool proxies_trust(const struct proxies *proxies, const char *address)
{
    uint8_t at[16];
    return proxies->count > 0 && address_read(str_of(address), at) && is_trusted(proxies, at);
}

/* The last word of a list and what stands before it. */
static struct str word_last(struct str *list)
{
    size_t from = list->n;
    while (from > 0 && list->at[from - 1] != ',') {
        from--;
    }
    struct str word = str_trim((struct str){list->at + from, list->n - from});
    list->n = from > 0 ? from - 1 : 0;
    return word;
}

/* "192.0.2.7", "192.0.2.7:4711", "2001:db8::1", "[2001:db8::1]:4711". */
static bool hop_read(struct str word, uint8_t ret[16])
{
    if (word.n > 0 && word.at[0] == '[') {
        const char *end = memchr(word.at, ']', word.n);
        return end && address_read((struct str){word.at + 1, (size_t)(end - word.at) - 1}, ret);
    }
    const char *colon = word.n > 0 ? memchr(word.at, ':', word.n) : NULL;
    bool is_v4_with_port = colon && memchr(word.at, '.', (size_t)(colon - word.at));
    return address_read(is_v4_with_port ? (struct str){word.at, (size_t)(colon - word.at)} : word, ret);
}

void proxy_asker(const struct proxies *proxies, const char *peer, const char *header, char ret[PROXY_ADDRESS_BYTES])
{
    struct str rest = header ? str_of(header) : (struct str){"", 0};
    uint8_t at[16];
    (void)str_copy(ret, PROXY_ADDRESS_BYTES, peer);
    for (bool is_believed = true; is_believed && rest.n > 0;) {
        is_believed = hop_read(word_last(&rest), at);
        if (is_believed) {
            address_print(at, ret);
            is_believed = is_trusted(proxies, at);
        }
    }
}

bool proxy_says_https(const char *header)
{
    struct str list = header ? str_of(header) : (struct str){"", 0};
    struct str word = word_last(&list);
    return word.n == 5 && strncasecmp(word.at, "https", 5) == 0;
}
