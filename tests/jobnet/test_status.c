/* SPDX-License-Identifier: Apache-2.0 */
/*
 * the vocabulary of states and the moves between them.
 */
#include "tests/unit.h"

#include <string.h>

#include "base/str.h"
#include "jobnet/status.h"

static void every_name_is_read_back(void **state)
{
    for (int i = 0; i < STATUSES; i++) {
        enum status again = STATUSES;
        assert_true(status_parse(status_row((enum status)i)->name, &again));
        assert_int_equal(again, i);
        assert_true(strlen(status_row((enum status)i)->text[LANG_JA]) > 0);
        assert_true(strlen(status_row((enum status)i)->text[LANG_EN]) > 0);
    }
    enum status status = STATUS_NORMAL;
    assert_false(status_parse("Normal", &status));
    assert_int_equal(status, STATUS_NORMAL);
}

static void stored_numbers_do_not_change(void **state)
{
    static const struct {
        const char *name;
        int number;
    } rows[] = {{"no-plan", 0}, {"term-wait", 2}, {"gate-wait", 3}, {"running", 8}, {"normal", 11}, {"abnormal", 14},
                {"bypass", 18}, {"unknown", 26}, {"shutdown", 28}, {"monitor-normal", 33}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum status status = STATUSES;
        assert_true(status_parse(rows[i].name, &status));
        assert_int_equal(status, rows[i].number);
    }
    assert_int_equal(STATUSES, 34);
}

static void ended_means_good_left_out_or_bad(void **state)
{
    for (int i = 0; i < STATUSES; i++) {
        enum status_class class = status_class((enum status)i);
        assert_int_equal(status_is_ended((enum status)i), class == STATUS_GOOD || class == STATUS_SKIP || class == STATUS_BAD);
    }
    assert_int_equal(status_class(STATUS_WARNING), STATUS_GOOD);
    assert_int_equal(status_class(STATUS_NORMAL_FALSE), STATUS_GOOD);
    assert_int_equal(status_class(STATUS_BYPASS), STATUS_SKIP);
    assert_int_equal(status_class(STATUS_UNEXEC), STATUS_BAD);
    assert_int_equal(status_class(STATUS_UNKNOWN), STATUS_BAD);
}

static void nothing_ended_goes_on_by_itself(void **state)
{
    for (int from = 0; from < STATUSES; from++) {
        if (!status_is_ended((enum status)from)) {
            continue;
        }
        for (int to = 0; to < STATUSES; to++) {
            bool is_start = to == STATUS_QUEUING || to == STATUS_EXEC_WAIT || to == STATUS_HOLDING || to == STATUS_GATE_WAIT ||
                            to == STATUS_TIME_WAIT;
            if (is_start) { /* a rerun leads through "wait for previous" */
                assert_false(status_may_move((enum status)from, (enum status)to));
            }
        }
    }
}

static void silence_can_be_settled_but_a_known_end_not_be_unlearnt(void **state)
{
    assert_true(status_may_move(STATUS_UNKNOWN, STATUS_NORMAL));
    assert_true(status_may_move(STATUS_UNKNOWN_WR, STATUS_ABNORMAL_WR));
    assert_false(status_may_move(STATUS_NORMAL, STATUS_UNKNOWN));
    assert_false(status_may_move(STATUS_ABNORMAL, STATUS_UNKNOWN));
}

static void a_state_may_stay_and_final_ones_stay_forever(void **state)
{
    for (int i = 0; i < STATUSES; i++) {
        assert_true(status_may_move((enum status)i, (enum status)i));
        assert_int_equal(status_may_move(STATUS_DEFERRED, (enum status)i), i == STATUS_DEFERRED);
        assert_int_equal(status_may_move(STATUS_SHUTDOWN, (enum status)i), i == STATUS_SHUTDOWN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_is_read_back),
        cmocka_unit_test(stored_numbers_do_not_change),
        cmocka_unit_test(ended_means_good_left_out_or_bad),
        cmocka_unit_test(nothing_ended_goes_on_by_itself),
        cmocka_unit_test(silence_can_be_settled_but_a_known_end_not_be_unlearnt),
        cmocka_unit_test(a_state_may_stay_and_final_ones_stay_forever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
