/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings - the settings as the store has them, kept where any thread may read them; and the act that changes one.
 *
 * A row whose name or value this program does not know (an older or newer one wrote it) leaves the default.
 */
#include "engine/settings.h"

#include <stdatomic.h>

#include "engine/acts_priv.h"

int64_t engine_setting(struct engine *engine, enum setting setting) { return atomic_load(&engine->settings[setting]); }

bool settings_load(struct engine *engine, struct err *e)
{
    struct query query = {.table = TABLE_setting, .order_column = -1};
    struct rows *rows = store_query(engine->reader, &query);
    for (int i = 0; i < SETTINGS; i++) {
        atomic_store(&engine->settings[i], setting_info((enum setting)i)->otherwise);
    }
    for (struct setting_row row; rows_next(rows, &row);) {
        enum setting setting;
        int64_t value;
        struct err ignored;
        if (setting_find(row.name, &setting, &ignored) && setting_read(setting, row.value, &value, &ignored)) {
            atomic_store(&engine->settings[setting], value);
        }
    }
    return rows_end(rows, e);
}

/* If the commit fails the world is loaded again, and the settings with it. */
bool act_setting_change(struct act_call *call)
{
    struct engine *engine = call->engine;
    const struct act *act = call->act;
    struct setting_row row = {.name = act->text, .value = act->text2, .at_ms = engine->now.ms, .actor = act->actor};
    enum setting setting;
    int64_t value;
    if (!setting_find(act->text, &setting, call->err) || !setting_read(setting, act->text2, &value, call->err)) {
        return false;
    }
    if (act->text2[0]) {
        store_put(engine->batch, TABLE_setting, &row);
    } else {
        store_remove(engine->batch, TABLE_setting, &row);
    }
    atomic_store(&engine->settings[setting], value);
    call->entity = arena_printf(&engine->turn, "setting/%s", act->text);
    json_text(&call->json, "name", act->text);
    json_number(&call->json, "value", value);
    return true;
}
