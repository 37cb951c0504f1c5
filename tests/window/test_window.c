/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_window - states, moves, times and limits of online windows: the vectors of E-05, E-07, E-10 and E-22.
 */
#include "tests/unit.h"

#include "base/arena.h"
#include "window/window.h"

static const struct window_times none = {{-1, -1, -1}};
static const struct window_times staff = {{8 * 60, 19 * 60, 19 * 60 + 15}};
static const struct window_times insurer = {{8 * 60 + 30, 21 * 60 + 15, 21 * 60 + 30}};
static const struct window_times committee = {{9 * 60, 21 * 60 + 45, 22 * 60}};

struct fixture {
    struct arena arena;
    const struct calendar *business, *meetings; /* CAL-HON, CAL-SHINSA of June 2026 */
    struct window_class classes[3];
    struct window_group group;
};

static struct bizday day_of(const char *text)
{
    struct bizday day = BIZDAY_NONE;
    assert_true(bizday_parse(text, &day));
    return day;
}

static struct instant at(const char *text)
{
    struct instant instant = INSTANT_NEVER;
    assert_true(instant_parse(text, &instant));
    return instant;
}

static int setup(void **state)
{
    static struct fixture f; /* one test program, one fixture */
    f = (struct fixture){.business = NULL};
    f.business = calendar_japan(&f.arena);
    struct calendar_date dates[9];
    for (int i = 0; i < 9; i++) {
        dates[i] = (struct calendar_date){bizday_plus(day_of("2026-06-16"), i), DAY_OPEN};
    }
    struct calendar_level level = {.name = "CAL-SHINSA", .dates = dates, .date_count = 9, .base_time = DAYTIME_NONE};
    for (int i = 0; i < 7; i++) {
        level.weekdays[i] = DAY_CLOSED;
    }
    f.meetings = calendar_make(&f.arena, &level);
    f.classes[0] = (struct window_class){"職員", f.business, staff, none};
    f.classes[1] = (struct window_class){"保険者", f.business, insurer, none};
    f.classes[2] = (struct window_class){"審査委員会", f.meetings, committee, none};
    f.group = (struct window_group){.name = "KOKUHO", .classes = f.classes, .class_count = 3, .observation_ms_max = 300000};
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    arena_close(&f->arena);
    return 0;
}

/* Frame of a day over all classes, with the next opening preparations at 07:40 = 31:40. */
static struct night_frame night_of(const struct fixture *f, const char *date)
{
    struct window_times times[3];
    for (size_t i = 0; i < 3; i++) {
        times[i] = window_master(&f->classes[i], day_of(date));
    }
    return window_night(times, 3, 31 * 60 + 40);
}

static void names_are_read_in_both_languages(void **state)
{
    enum window_phase phase = PHASE_UNKNOWN;
    enum window_event event = WINDOW_OPENS;
    assert_true(window_phase_parse("preclosed", &phase) && phase == PHASE_PRECLOSED);
    assert_true(window_phase_parse("閉塞", &phase) && phase == PHASE_CLOSED);
    assert_true(window_event_parse("closes", &event) && event == WINDOW_CLOSES);
    assert_true(window_event_parse("予閉塞", &event) && event == WINDOW_PRECLOSES);
    assert_false(window_phase_parse("opens", &phase));
    assert_false(window_event_parse("", &event));
    assert_int_equal(phase, PHASE_CLOSED); /* untouched by a failure */
    for (int i = 0; i < PHASES; i++) {
        assert_true(window_phase_parse(window_phase_name((enum window_phase)i)->name, &phase) && (int)phase == i);
    }
    for (int i = 0; i < WINDOW_EVENTS; i++) {
        assert_true(window_event_parse(window_event_name((enum window_event)i)->name, &event) && (int)event == i);
    }
}

static void master_times_follow_each_class_calendar(void **state)
{
    const struct fixture *f = *state;
    assert_int_equal(window_master(&f->classes[0], day_of("2026-06-29")).minute[WINDOW_CLOSES], 19 * 60 + 15);
    assert_int_equal(window_master(&f->classes[1], day_of("2026-06-28")).minute[WINDOW_OPENS], -1);
    /* The committee sits on the weekend 06-20/21 and not on 06-29. */
    assert_int_equal(window_master(&f->classes[2], day_of("2026-06-20")).minute[WINDOW_OPENS], 9 * 60);
    assert_int_equal(window_master(&f->classes[2], day_of("2026-06-29")).minute[WINDOW_OPENS], -1);
}

static void changes_of_the_day_win_over_the_master(void **state)
{
    const struct fixture *f = *state;
    /* E-06: the insurers' evening of 06-29 is extended 21:30 -> 23:00. */
    const struct window_change changes[] = {{WINDOW_PRECLOSES, 22 * 60 + 45}, {WINDOW_CLOSES, 23 * 60}};
    struct window_times times = window_times_of(&f->classes[1], day_of("2026-06-29"), changes, 2);
    assert_int_equal(times.minute[WINDOW_OPENS], 8 * 60 + 30);
    assert_int_equal(times.minute[WINDOW_PRECLOSES], 22 * 60 + 45);
    assert_int_equal(times.minute[WINDOW_CLOSES], 23 * 60);
    times = window_times_of(&f->classes[1], day_of("2026-06-28"), NULL, 0);
    assert_int_equal(times.minute[WINDOW_CLOSES], -1);
}

static void classes_are_found_by_name(void **state)
{
    const struct fixture *f = *state;
    assert_ptr_equal(window_class_find(&f->group, "審査委員会"), &f->classes[2]);
    assert_null(window_class_find(&f->group, "誰か"));
}

static void moves_follow_the_table_of_e22(void **state)
{
    static const struct {
        enum window_phase from, to;
        bool is_plain, is_emergency;
    } rows[] = {
        {PHASE_CLOSED, PHASE_OPEN, true, true},
        {PHASE_OPEN, PHASE_PRECLOSED, true, true},
        {PHASE_PRECLOSED, PHASE_CLOSED, true, true},
        {PHASE_PRECLOSED, PHASE_OPEN, true, true},     /* 予閉塞の取消 */
        {PHASE_CLOSED, PHASE_PRECLOSED, false, false}, /* the vector of E-22 */
        {PHASE_OPEN, PHASE_CLOSED, false, true},       /* 緊急閉塞 */
        {PHASE_CLOSED, PHASE_CLOSED, false, false},
        {PHASE_OPEN, PHASE_OPEN, false, false},
        {PHASE_PRECLOSED, PHASE_PRECLOSED, false, false},
        {PHASE_UNKNOWN, PHASE_CLOSED, true, true},
        {PHASE_UNKNOWN, PHASE_OPEN, true, true},
        {PHASE_OPEN, PHASE_UNKNOWN, false, false},
        {PHASE_UNKNOWN, PHASE_UNKNOWN, false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(window_move_allowed(rows[i].from, rows[i].to, false), rows[i].is_plain);
        assert_int_equal(window_move_allowed(rows[i].from, rows[i].to, true), rows[i].is_emergency);
    }
}

static void an_emergency_close_needs_a_name(void **state)
{
    struct err e = {0};
    assert_false(window_move_check("職員", PHASE_OPEN, PHASE_CLOSED, NULL, &e));
    assert_int_equal(e.code, ERR_WINDOW_MOVE);
    assert_false(window_move_check("職員", PHASE_OPEN, PHASE_CLOSED, "", &e));
    struct strbuf text = {0};
    err_print(&text, &e, LANG_JA);
    assert_string_equal(strbuf_str(&text), "BNT0520-E 職員 を 開局 (open) から 閉塞 (closed) へは切り替えられません。(E-22)");
    strbuf_close(&text);
    assert_true(window_move_check("職員", PHASE_OPEN, PHASE_CLOSED, "システム管理課長", &e));
}

static void extensions_are_asked_for_by_the_limit_of_e05(void **state)
{
    const struct fixture *f = *state;
    static const struct {
        const char *day, *asked;
        bool is_in_time;
    } rows[] = {
        {"2026-06-19", "2026-06-19T16:59:00+09:00", true},
        {"2026-06-19", "2026-06-19T17:00:00+09:00", true}, /* the limit itself counts */
        {"2026-06-19", "2026-06-19T17:00:01+09:00", false},
        {"2026-06-19", "2026-06-19T17:01:00+09:00", false},
        {"2026-06-21", "2026-06-20T16:50:00+09:00", true}, /* a Sunday: the Saturday before */
        {"2026-06-21", "2026-06-20T17:05:00+09:00", false},
        {"2026-05-06", "2026-05-05T17:00:00+09:00", true}, /* the day before is a holiday itself */
        {"2026-05-06", "2026-05-05T17:00:01+09:00", false},
        {"2026-05-06", "2026-05-06T09:00:00+09:00", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err e = {0};
        bool is_in_time = window_extension_check(f->business, day_of(rows[i].day), (struct daytime){17 * 60},
                                                 at(rows[i].asked), &e);
        assert_int_equal(is_in_time, rows[i].is_in_time);
        assert_int_equal(e.code, is_in_time ? ERR_NONE : ERR_EXTENSION_LATE);
    }
}

static void an_old_observation_is_unknown(void **state)
{
    struct window_seen seen = {PHASE_CLOSED, PHASE_CLOSED, at("2026-06-29T21:30:00+09:00")};
    int five_minutes_ms = 300000;
    assert_int_equal(window_phase_now(&seen, at("2026-06-29T21:30:00+09:00"), five_minutes_ms), PHASE_CLOSED);
    assert_int_equal(window_phase_now(&seen, at("2026-06-29T21:35:00+09:00"), five_minutes_ms), PHASE_CLOSED);
    assert_int_equal(window_phase_now(&seen, at("2026-06-29T21:35:00.001+09:00"), five_minutes_ms), PHASE_UNKNOWN);
    assert_int_equal(window_phase_now(&seen, at("2026-06-29T21:29:59+09:00"), five_minutes_ms), PHASE_UNKNOWN);
    seen.observed = PHASE_UNKNOWN; /* commanded closed, never seen: it is not closed */
    assert_int_equal(window_phase_now(&seen, at("2026-06-29T21:30:00+09:00"), five_minutes_ms), PHASE_UNKNOWN);
}

static void a_batch_gate_needs_every_class_closed(void **state)
{
    enum window_phase phases[3] = {PHASE_CLOSED, PHASE_OPEN, PHASE_CLOSED};
    size_t offender = 99;
    assert_false(window_gate_open(WANT_CLOSED, phases, 3, &offender)); /* E-07: 21:29, the insurers are still open */
    assert_int_equal(offender, 1);
    phases[1] = PHASE_CLOSED;
    phases[2] = PHASE_OPEN;
    assert_false(window_gate_open(WANT_CLOSED, phases, 3, &offender)); /* 21:30, the committee sits until 22:00 */
    assert_int_equal(offender, 2);
    phases[2] = PHASE_PRECLOSED;
    assert_false(window_gate_open(WANT_CLOSED, phases, 3, &offender));
    assert_true(window_gate_open(WANT_PRECLOSED, phases, 3, &offender));
    phases[2] = PHASE_CLOSED;
    offender = 99;
    assert_true(window_gate_open(WANT_CLOSED, phases, 3, &offender));
    assert_int_equal(offender, 99);
    phases[0] = PHASE_UNKNOWN;
    assert_false(window_gate_open(WANT_CLOSED, phases, 3, &offender));
    assert_false(window_gate_open(WANT_PRECLOSED, phases, 3, &offender));
    assert_int_equal(offender, 0);
    assert_false(window_gate_open(WANT_CLOSED, phases, 0, &offender)); /* nothing known opens nothing */
}

static void an_open_gate_needs_one_class_open_and_none_unknown(void **state)
{
    enum window_phase phases[3] = {PHASE_CLOSED, PHASE_PRECLOSED, PHASE_CLOSED};
    size_t offender = 99;
    assert_false(window_gate_open(WANT_OPEN, phases, 3, &offender));
    assert_int_equal(offender, 3);
    phases[0] = PHASE_OPEN;
    assert_true(window_gate_open(WANT_OPEN, phases, 3, &offender));
    phases[2] = PHASE_UNKNOWN;
    assert_false(window_gate_open(WANT_OPEN, phases, 3, &offender));
    assert_int_equal(offender, 2);
}

static void the_night_begins_with_the_last_closing(void **state)
{
    const struct fixture *f = *state;
    struct night_frame frame = night_of(f, "2026-06-29");
    assert_int_equal(frame.from_minute, 21 * 60 + 30);
    assert_int_equal(frame.to_minute, 31 * 60 + 40);
    frame = night_of(f, "2026-06-17"); /* the committee sits: 22:00-31:40, 9 h 40 min (E-10) */
    assert_int_equal(frame.from_minute, 22 * 60);
    assert_int_equal(frame.to_minute - frame.from_minute, 9 * 60 + 40);
    frame = night_of(f, "2026-06-20"); /* a Saturday with a sitting */
    assert_int_equal(frame.from_minute, 22 * 60);
    frame = night_of(f, "2026-06-28"); /* nothing opens, the whole day is free */
    assert_int_equal(frame.from_minute, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read_in_both_languages),
        cmocka_unit_test(master_times_follow_each_class_calendar),
        cmocka_unit_test(changes_of_the_day_win_over_the_master),
        cmocka_unit_test(classes_are_found_by_name),
        cmocka_unit_test(moves_follow_the_table_of_e22),
        cmocka_unit_test(an_emergency_close_needs_a_name),
        cmocka_unit_test(extensions_are_asked_for_by_the_limit_of_e05),
        cmocka_unit_test(an_old_observation_is_unknown),
        cmocka_unit_test(a_batch_gate_needs_every_class_closed),
        cmocka_unit_test(an_open_gate_needs_one_class_open_and_none_unknown),
        cmocka_unit_test(the_night_begins_with_the_last_closing),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
