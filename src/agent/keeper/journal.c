/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal - append-only records INTENT, last record, ACK.
 *
 * A file holds 30 days and is named keeper.journal.PERIOD. A new one begins with what is not yet acknowledged, so
 * those of four periods ago can go: records are kept until their ACK and 90 days.
 */
#include "agent/keeper/keeper_priv.h"

static const int64_t PERIOD_MS = INT64_C(30) * 86400 * 1000, PERIODS_KEPT = 4;

/* key NULL: the free place for a hash that stood elsewhere. */
static struct slot *probe(const struct journal *j, uint64_t hash, const char *key)
{
    size_t i = (hash ^ hash >> 32) & (j->max - 1);
    while (j->slots[i].hash && (j->slots[i].hash != hash || !key ||
                                (j->slots[i].live && strcmp(j->slots[i].live->key, key) != 0))) {
        i = (i + 1) & (j->max - 1);
    }
    return &j->slots[i];
}

struct slot *journal_find(struct journal *j, const char *key)
{
    struct slot *slot = j->max ? probe(j, keeper_hash(key, strlen(key)), key) : NULL;
    return slot && slot->hash ? slot : NULL;
}

static struct attempt *add(struct journal *j, const char *key, const char *cookie)
{
    if (j->n * 4 >= j->max * 3) {
        struct journal old = *j;
        j->max = old.max ? old.max * 2 : 1024;
        j->slots = calloc(j->max, sizeof(*j->slots));
        for (size_t i = 0; j->slots && i < old.max; i++) {
            if (old.slots[i].hash) {
                *probe(j, old.slots[i].hash, NULL) = old.slots[i];
            }
        }
        free(old.slots);
    }
    struct attempt *a = calloc(1, sizeof(*a));
    if (!j->slots || !a || !(a->key = strdup(key)) || !(a->cookie = strdup(cookie))) {
        abort();
    }
    a->kind = KEEPER_INTENT;
    j->n++;
    j->live_count++;
    uint64_t hash = keeper_hash(key, strlen(key));
    *probe(j, hash, key) = (struct slot){hash, a};
    return a;
}

void attempt_message(const struct attempt *a, struct keeper_message *ret)
{
    ret->kind = a->kind;
    ret->number_count = END_NUMBERS;
    memcpy(ret->numbers, a->numbers, sizeof(a->numbers));
    ret->text_count = a->detail ? 3 : 2;
    ret->texts[RUN_KEY] = a->key;
    ret->texts[RUN_COOKIE] = a->cookie;
    ret->texts[TEXT_DETAIL] = a->detail;
}

static void append(struct journal *j, const struct attempt *a, enum keeper_kind kind)
{
    struct keeper_message m;
    attempt_message(a, &m);
    m.kind = kind;
    j->out.n += keeper_record(bytes_room(&j->out, keeper_record(NULL, &m)), &m);
}

void journal_last(struct journal *j, struct attempt *a, enum keeper_kind kind, const char *detail)
{
    a->kind = kind;
    a->numbers[AT_BOOT_MS] = keeper_clock_ms(CLOCK_BOOTTIME);
    a->numbers[AT_WALL_MS] = keeper_clock_ms(CLOCK_REALTIME);
    a->detail = detail ? strdup(detail) : NULL;
    append(j, a, kind);
}

struct attempt *journal_intent(struct journal *j, const char *key, const char *cookie)
{
    struct attempt *a = add(j, key, cookie);
    journal_last(j, a, KEEPER_INTENT, NULL);
    return a;
}

static void forget(struct journal *j, struct slot *slot)
{
    free(slot->live->key);
    free(slot->live->cookie);
    free(slot->live->detail);
    free(slot->live);
    slot->live = NULL;
    j->live_count--;
}

void journal_ack(struct journal *j, struct slot *slot)
{
    append(j, slot->live, KEEPER_ACK);
    forget(j, slot);
}

static void replay(struct journal *j, const struct keeper_message *m)
{
    struct slot *slot = journal_find(j, m->texts[RUN_KEY]);
    struct attempt *a = slot ? slot->live : add(j, m->texts[RUN_KEY], m->texts[RUN_COOKIE]);
    if (a && m->kind == KEEPER_ACK) {
        forget(j, journal_find(j, m->texts[RUN_KEY]));
    } else if (a) {
        a->kind = m->kind;
        memcpy(a->numbers, m->numbers, sizeof(a->numbers));
        /* The machine may have been started again since: place it by the wall clock. */
        a->numbers[AT_BOOT_MS] = keeper_clock_ms(CLOCK_BOOTTIME) - keeper_clock_ms(CLOCK_REALTIME) + a->numbers[AT_WALL_MS];
        free(a->detail);
        a->detail = m->text_count > TEXT_DETAIL ? strdup(m->texts[TEXT_DETAIL]) : NULL;
    }
}

static bool load(struct journal *j, int fd)
{
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        return fd < 0 && errno == ENOENT;
    }
    size_t size = (size_t)st.st_size, good = 0, n;
    char *at = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    for (struct keeper_message m; size && at != MAP_FAILED && (n = keeper_record_read(at + good, size - good, &m)) > 0; good += n) {
        replay(j, &m);
    }
    if (at && at != MAP_FAILED) {
        (void)munmap(at, size);
    }
    bool is_good = at != MAP_FAILED && (good == size || ftruncate(fd, (off_t)good) == 0); /* the torn end */
    (void)close(fd);
    return is_good;
}

static int file_of(int64_t period, int flags)
{
    char name[64];
    (void)snprintf(name, sizeof(name), "keeper.journal.%lld", (long long)period);
    return flags ? open(name, flags | O_CLOEXEC, 0640) : unlink(name);
}

/* Writes on in the file of today. */
static bool turn_page(struct journal *j)
{
    j->period = keeper_clock_ms(CLOCK_REALTIME) / PERIOD_MS;
    int fd = file_of(j->period, O_WRONLY | O_CREAT | O_APPEND);
    for (size_t i = 0; fd >= 0 && i < j->max; i++) {
        if (j->slots[i].live) {
            append(j, j->slots[i].live, j->slots[i].live->kind);
        }
    }
    if (fd >= 0 && j->fd >= 0) {
        (void)close(j->fd);
    }
    j->fd = fd >= 0 ? fd : j->fd;
    return fd >= 0;
}

bool journal_open(struct journal *j)
{
    int64_t today = keeper_clock_ms(CLOCK_REALTIME) / PERIOD_MS;
    *j = (struct journal){.fd = -1};
    for (int64_t period = today - 3 * PERIODS_KEPT; period <= today; period++) {
        if (period < today - PERIODS_KEPT ? file_of(period, 0) != 0 && errno != ENOENT : !load(j, file_of(period, O_RDWR))) {
            return false;
        }
    }
    for (size_t i = 0; i < j->max; i++) {
        if (j->slots[i].live && j->slots[i].live->kind == KEEPER_INTENT) {
            journal_last(j, j->slots[i].live, KEEPER_UNKNOWN, "its keeper or host died");
        }
    }
    return turn_page(j) && journal_write(j) && fdatasync(j->fd) == 0 && process_sync_open(&j->sync);
}

bool journal_write(struct journal *j)
{
    if (j->out.n && !j->sync.is_busy && keeper_clock_ms(CLOCK_REALTIME) / PERIOD_MS != j->period) {
        (void)turn_page(j); /* never under a sync: what that waits for is in this file */
    }
    ssize_t n = 0;
    while (j->out.n && ((n = write(j->fd, j->out.at, j->out.n)) >= 0 || errno == EINTR)) {
        bytes_drop(&j->out, n > 0 ? (size_t)n : 0);
    }
    if (n < 0) {
        perror("banto-keeper: journal");
    }
    return j->out.n == 0;
}
