/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_borders - what somebody who may look at one system only hears of the others, by ways that name no unit: proposals, notes on
 * runs, the record of people.
 */
#include "tests/unit.h"

#include "tests/api/ask.h"

#include "api/api_priv.h"

#define BIT(permission) (UINT64_C(1) << PERMISSION_##permission)

static int ask(struct kit *kit, const struct identity *identity, const char *path, const char *name, const char *text)
{
    return ask_by(kit, &(struct caller){CALLER_TCP, identity->name, "web", "192.0.2.7", identity}, "GET", path,
                  name ? arena_printf(&kit->arena, "%s=%s", name, text) : "");
}

static bool says(const struct kit *kit, const char *piece)
{
    return strstr(strbuf_str(&kit->body), piece) != NULL;
}

static const struct identity in_g = {.person = 1, .name = "vendor", .session = 1, .side = SIDE_OUTSIDE,
                                     .rights = {.scopes = {{"G", BIT(LOOK)}}, .scope_count = 1}},
                             everywhere = {.person = 2, .name = "sales", .session = 2, .rights = {.everywhere = BIT(LOOK)}},
                             auditor = {.person = 3, .name = "auditor", .session = 3, .rights = {.everywhere = BIT(LOOK) | BIT(AUDIT)}};

static void put_entry(struct store_batch *batch, const char *operation, const char *entity, const char *reason)
{
    store_entry(batch, &(struct journal_entry){.at = {1000}, .wall = {1000}, .stream = "desk", .actor = "chief", .via = "web@192.0.2.7",
                                               .operation = operation, .entity = entity, .reason = reason, .reference = ""});
}

/* A second system, /SSH, beside the kit's /G. */
static struct kit *kit_of_two(void)
{
    struct kit *kit = kit_open();
    struct err e = {0};
    struct store_batch *batch = store_batch_open(kit->store);
    store_put(batch, TABLE_unit, &(struct unit_row){.id = 8, .path = "/SSH/NET", .version = 70, .type = "n", .comment = ""});
    store_put(batch, TABLE_run, &(struct run_row){.id = 13, .unit = 8, .version = 70, .date = 20633, .status = 8, .reason = "", .macros = ""});
    for (int64_t id = 13; id <= 14; id++) {
        store_put(batch, TABLE_proposal, &(struct proposal_row){.id = id, .at_ms = 1782687600000, .actor = "maker", .unit = id == 13 ? "/SSH" : "/",
                                                                .text = KIT_NET_NEW, .hash = "00", .decided_by = "", .reason = "",
                                                                .why = "secret reason", .base = ""});
    }
    for (int64_t run = 12; run <= 13; run++) {
        store_put(batch, TABLE_shift_note, &(struct shift_note_row){.id = run, .at_ms = 1782687600000, .actor = "a", .unit = "", .run = run,
                                                                    .text = run == 12 ? "on our run" : "on their run", .read_by = ""});
    }
    put_entry(batch, "session.open", "session/9/chief", "");
    put_entry(batch, "grant.add", "grant/3/chief", "promoted");
    put_entry(batch, "proposal.make", "proposal/13", "secret reason");
    put_entry(batch, "note.add", "note/1", "");
    assert_true(store_commit(kit->store, batch, NULL, &e));
    store_batch_close(batch);
    return kit;
}

static void a_proposal_for_another_system_is_not_there(void **state)
{
    (void)state;
    struct kit *kit = kit_of_two();
    assert_int_equal(ask(kit, &in_g, "/api/v1/proposals", NULL, NULL), 200);
    assert_true(says(kit, "\"id\":12") && !says(kit, "secret reason"));
    assert_int_equal(ask(kit, &in_g, "/api/v1/proposals/12", NULL, NULL), 200);
    assert_int_equal(ask(kit, &in_g, "/api/v1/proposals/13", NULL, NULL), 404);
    assert_int_equal(ask(kit, &in_g, "/api/v1/proposals/14", NULL, NULL), 404); /* for "/": about all of them */
    assert_int_equal(ask(kit, &everywhere, "/api/v1/proposals", NULL, NULL), 200);
    assert_true(says(kit, "\"id\":12") && says(kit, "\"id\":13") && says(kit, "\"id\":14"));
    assert_int_equal(ask(kit, &everywhere, "/api/v1/proposals/13", NULL, NULL), 200);
    kit_close(kit);
}

static void a_note_on_another_systems_run_is_left_out(void **state)
{
    (void)state;
    struct kit *kit = kit_of_two();
    assert_int_equal(ask(kit, &in_g, "/api/v1/notes", NULL, NULL), 200);
    assert_true(says(kit, "on our run") && !says(kit, "on their run"));
    assert_int_equal(ask(kit, &in_g, "/api/v1/notes", "run", "13"), 200);
    assert_false(says(kit, "on their run"));
    assert_int_equal(ask(kit, &everywhere, "/api/v1/notes", NULL, NULL), 200);
    assert_true(says(kit, "on our run") && says(kit, "on their run"));
    assert_int_equal(ask(kit, &everywhere, "/api/v1/notes", "limit", "1"), 200);
    assert_true(says(kit, "on their run") && says(kit, "\"next\":\"13\""));
    kit_close(kit);
}

static void the_record_of_people_is_for_who_may_list_them(void **state)
{
    (void)state;
    struct kit *kit = kit_of_two();
    assert_int_equal(ask(kit, &in_g, "/api/v1/journal", "stream", "desk"), 200);
    assert_true(says(kit, "note/1") && !says(kit, "session/9") && !says(kit, "promoted") && !says(kit, "secret reason"));
    assert_int_equal(ask(kit, &everywhere, "/api/v1/journal", "stream", "desk"), 200);
    assert_true(says(kit, "proposal/13") && !says(kit, "session/9") && !says(kit, "grant/3"));
    assert_int_equal(ask(kit, &auditor, "/api/v1/journal", "stream", "desk"), 200);
    assert_true(says(kit, "session/9") && says(kit, "grant/3") && says(kit, "proposal/13"));
    kit_close(kit);
}

static enum api_sight sight(struct kit *kit, const struct identity *identity, const char *line)
{
    struct caller caller = {.kind = CALLER_TCP, .actor = identity->name, .via = "web", .identity = identity};
    struct api_viewer viewer;
    api_viewer_open(kit->api, &caller, "", &viewer);
    return api_change_sight(&viewer, line, strlen(line));
}

static void a_change_that_names_no_unit_does_not_tell_its_reason(void **state)
{
    (void)state;
    struct kit *kit = kit_of_two();
    const char *ack = "{\"seq\":4,\"operation\":\"event.ack\",\"entity\":\"event/4\",\"actor\":\"x\",\"reason\":\"secret\",\"changes\":[]}";
    const char *hold = "{\"seq\":4,\"operation\":\"run.hold\",\"entity\":\"run/13\",\"actor\":\"x\",\"reason\":\"secret\",\"changes\":[]}";
    const char *came = "{\"seq\":4,\"operation\":\"session.open\",\"entity\":\"session/9/chief\",\"actor\":\"chief\",\"changes\":[]}";
    const char *clock = "{\"seq\":4,\"operation\":\"clock.go\",\"entity\":\"clock\",\"actor\":\"x\",\"changes\":[]}";
    assert_int_equal(sight(kit, &in_g, ack), SIGHT_PART);
    assert_int_equal(sight(kit, &in_g, hold), SIGHT_PART);
    assert_int_equal(sight(kit, &in_g, came), SIGHT_NONE);
    assert_int_equal(sight(kit, &in_g, clock), SIGHT_ALL);
    assert_int_equal(sight(kit, &everywhere, hold), SIGHT_ALL);
    assert_int_equal(sight(kit, &everywhere, came), SIGHT_NONE);
    assert_int_equal(sight(kit, &auditor, came), SIGHT_ALL);
    kit_close(kit);
}

static void a_stream_ends_when_a_grant_begins_or_ends(void **state)
{
    (void)state;
    struct kit *kit = kit_of_two();
    struct identity holder = everywhere;
    struct caller caller = {.kind = CALLER_TCP, .actor = holder.name, .via = "web", .identity = &holder};
    struct api_viewer viewer;
    holder.token = 7; /* by a token: nothing else of it is looked at again */
    holder.session = 0;
    holder.until = INSTANT_NEVER;
    holder.rights_until_ms = api_now(kit->api).ms + 3600000;
    api_viewer_open(kit->api, &caller, "", &viewer);
    assert_true(api_still_in(kit->api, &viewer, true));
    holder.rights_until_ms = api_now(kit->api).ms;
    assert_false(api_still_in(kit->api, &viewer, true));
    kit_close(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proposal_for_another_system_is_not_there),
        cmocka_unit_test(a_note_on_another_systems_run_is_left_out),
        cmocka_unit_test(the_record_of_people_is_for_who_may_list_them),
        cmocka_unit_test(a_change_that_names_no_unit_does_not_tell_its_reason),
        cmocka_unit_test(a_stream_ends_when_a_grant_begins_or_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
