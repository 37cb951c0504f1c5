/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock - the server's business clock, read from the file it keeps for its jobs.
 */
#include "kokuho.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct business_clock {
    long long base_boot_ms, base_business_ms;
    double speed;
};

static bool clock_read(struct business_clock *ret)
{
    const char *path = getenv("BANTO_CLOCK_FILE");
    FILE *file = path && *path ? fopen(path, "r") : NULL;
    if (!file) {
        return false;
    }
    struct business_clock clock = {0};
    bool is_read = fscanf(file, "%lld %lld %lf", &clock.base_boot_ms, &clock.base_business_ms, &clock.speed) == 3;
    fclose(file);
    if (is_read) {
        *ret = clock;
    }
    return is_read;
}

static long long business_ms(const struct business_clock *clock)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    long long boot_ms = (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    return clock->base_business_ms + (long long)((double)(boot_ms - clock->base_boot_ms) * clock->speed);
}

void clock_work(int minutes)
{
    struct business_clock clock;
    if (minutes <= 0 || !clock_read(&clock)) {
        return;
    }
    long long end_ms = business_ms(&clock) + (long long)minutes * 60000;
    for (;;) {
        (void)clock_read(&clock); /* being replaced: the one known goes on */
        long long left_ms = end_ms - business_ms(&clock);
        if (left_ms <= 0) {
            return;
        }
        /* Short enough that a change of speed or a pause acts at once. */
        double real_ms = clock.speed > 0 ? (double)left_ms / clock.speed : 30;
        long wait_ms = real_ms > 30 ? 30 : real_ms < 1 ? 1 : (long)real_ms;
        struct timespec wait = {0, wait_ms * 1000000};
        nanosleep(&wait, NULL);
    }
}

/* Days since 1970-01-01 of a civil date. */
static long long day_number(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    long long era = y / 400;
    int of_era = y - (int)era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

const char *clock_text(const char *date, char text[16])
{
    struct business_clock clock;
    int year, month, day;
    text[0] = '\0';
    if (!clock_read(&clock) || sscanf(date, "%d-%d-%d", &year, &month, &day) != 3) {
        return text;
    }
    /* The sample's zone is Asia/Tokyo. */
    long long minute = (business_ms(&clock) / 60000) + 9 * 60 - day_number(year, month, day) * 1440;
    if (minute >= 0 && minute < 100 * 60) {
        snprintf(text, 16, "%02lld:%02lld", minute / 60, minute % 60);
    }
    return text;
}
