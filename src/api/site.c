/* SPDX-License-Identifier: Apache-2.0 */
/*
 * site - the site as last applied, read back from the store for calendars.
 */
#include "api/api_priv.h"

#include "os/zone_file.h"

static bool file_get(struct call *call, const char *name, const char **text, size_t *n, struct err *e)
{
    struct site_file_row row = {.name = name};
    bool found = false;
    if (!store_get(call->reader, call->into, TABLE_site_file, &row, &found, e)) {
        return false;
    }
    *text = found ? row.body.at : NULL;
    *n = found ? row.body.n : 0;
    return true;
}

bool api_site(struct call *call, const struct site **ret, struct err *e)
{
    struct site_source source = {.zone_load = zone_file_load};
    return file_get(call, "site.yaml", &source.yaml, &source.yaml_bytes, e) &&
           file_get(call, "holidays.csv", &source.holidays_csv, &source.holidays_bytes, e) &&
           site_parse(call->into, &source, ret, e);
}

bool api_today(struct call *call, struct bizday *ret, struct err *e)
{
    const struct site *site = NULL;
    struct engine_figures figures;
    if (!api_site(call, &site, e)) {
        return false;
    }
    engine_figures(call->api->config.engine, &figures);
    *ret = calendar_day_of(site->root, figures.business_now);
    return true;
}
