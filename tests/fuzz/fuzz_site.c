/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_site - any bytes are a site.yaml: they are read or refused, and what was read answers questions.
 *
 * Behind a line "%%" come the bytes of holidays.csv.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/macros.h"
#include "wire/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t data_bytes);

static void ask(const struct site *site)
{
    assert(site->root && site->zone && site->service && site_agent_default(site));
    for (size_t i = 0; i < site->calendar_count; i++) {
        const struct calendar *calendar = site_calendar(site, site->calendars[i].name);
        assert(calendar == site->calendars[i].calendar);
        (void)calendar_status(calendar, (struct bizday){20000});
    }
    for (size_t i = 0; i < site->group_count; i++) {
        assert(site->groups[i].class_count > 0);
        (void)window_master(&site->groups[i].classes[0], (struct bizday){20000});
    }
    for (size_t i = 0; i < site->agent_count; i++) {
        const struct site_agent *agent = site_agent(site, site->agents[i].name);
        assert(agent && !agent->alias_of && site_agent_limit(agent, 1439) >= 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t data_bytes)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct err e = {0};
    const struct site *site = NULL;
    const char *text = (const char *)data;
    const char *mark = data_bytes ? memmem(text, data_bytes, "\n%%\n", 4) : NULL;
    struct site_source source = {.yaml = text, .yaml_bytes = mark ? (size_t)(mark - text) : data_bytes};
    if (mark) {
        source.holidays_csv = mark + 4;
        source.holidays_bytes = data_bytes - source.yaml_bytes - 4;
    }
    if (site_parse(&arena, &source, &site, &e)) {
        ask(site);
    } else {
        assert(e.code != ERR_NONE && !site);
    }
    return 0;
}
