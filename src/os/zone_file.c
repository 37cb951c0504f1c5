/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zone_file - the name is a path below the folder of tzdata and may not lead out of it.
 */
#include "os/zone_file.h"

#include <string.h>

#include "base/limits.h"
#include "os/file.h"

bool zone_file_load(void *data, struct arena *into, const char *name, const struct zone **ret, struct err *e)
{
    (void)data;
    char *bytes = NULL;
    size_t n = 0;
    if (strstr(name, "..") || *name == '/') {
        return err_set(e, ERR_ZONE_DATA, "%s" ARG "%s", name, "..");
    }
    return file_read(into, arena_printf(into, "/usr/share/zoneinfo/%s", name), ZONE_FILE_BYTES_MAX, &bytes, &n, e) &&
           zone_parse(into, name, bytes, n, ret, e);
}
