/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_failures - failed logins are folded by name and address, and none is lost.
 */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "api/failures.h"
#include "base/str.h"

static struct failure from(const char *name, const char *address)
{
    struct failure one = {.via = "web"};
    (void)str_copy(one.name, sizeof(one.name), name);
    (void)str_copy(one.address, sizeof(one.address), address);
    return one;
}

static void one_entry_a_minute_stands_for_all(void **state)
{
    (void)state;
    static struct failures failures;
    struct failure desk = from("desk", "192.0.2.7"), other = from("desk", "192.0.2.8"), told;
    int64_t next_ms = 0;
    failures_open(&failures);
    assert_false(failures_due(&failures, 1000, &told, &next_ms));
    assert_int_equal(next_ms, INT64_MAX);
    assert_true(failures_add(&failures, &desk, 1000, &told)); /* the first at once */
    assert_int_equal(told.count, 1);
    assert_false(failures_add(&failures, &desk, 2000, &told));
    assert_false(failures_add(&failures, &desk, 60999, &told));
    assert_true(failures_add(&failures, &other, 3000, &told)); /* from elsewhere: its own */
    assert_string_equal(told.address, "192.0.2.8");
    assert_false(failures_due(&failures, 60999, &told, &next_ms));
    assert_int_equal(next_ms, 61000);
    assert_true(failures_due(&failures, 61000, &told, &next_ms)); /* also when no more comes */
    assert_int_equal(told.count, 2);
    assert_string_equal(told.name, "desk");
    assert_false(failures_due(&failures, 61000, &told, &next_ms));
    assert_int_equal(next_ms, INT64_MAX);
    failures_close(&failures);
}

static void a_flood_of_names_is_told_as_one(void **state)
{
    (void)state;
    static struct failures failures;
    int entries = 0;
    int64_t count = 0, next_ms = 0;
    struct failure told;
    failures_open(&failures);
    for (int i = 0; i < 1000; i++) {
        char address[32];
        (void)snprintf(address, sizeof(address), "192.0.2.%d", i);
        struct failure one = from("", address);
        if (failures_add(&failures, &one, 1000 + i, &told)) {
            entries++;
            count += told.count;
        }
    }
    assert_int_equal(entries, FAILURES_KEPT);
    while (failures_due(&failures, 100000, &told, &next_ms)) {
        assert_string_equal(told.address, "");
        count += told.count;
    }
    assert_int_equal(count, 1000);
    failures_close(&failures);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_entry_a_minute_stands_for_all),
        cmocka_unit_test(a_flood_of_names_is_told_as_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
