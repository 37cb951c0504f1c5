/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_site - site.yaml and holidays.csv become calendars, windows and agents; mistakes are named with their place.
 */
#include "tests/unit.h"

#include <string.h>

#include "base/limits.h"
#include "base/macros.h"
#include "wire/site.h"

static const char yaml[] = "site: 見本\n"
                           "service: main\n"
                           "zone: Asia/Tokyo\n"
                           "base_time: 06:00\n"
                           "calendars:\n"
                           "  - name: CAL-HON\n"
                           "    comment: 本会営業日\n"
                           "    closed_weekdays: [su, sa]\n"
                           "    closed_on_holidays: true\n"
                           "    closures:\n"
                           "      - {from: 12/29, to: 1/3, name: 年末年始}\n"
                           "    open_days: [2026-05-02]\n"
                           "  - name: CAL-SHINSA\n"
                           "    closed_weekdays: [su, mo, tu, we, th, fr, sa]\n"
                           "    open_days: [2026-06-16..2026-06-24]\n"
                           "  - name: CAL-NIGHT\n"
                           "    parent: CAL-HON\n"
                           "    base_time: 08:00\n"
                           "    base_day: 21\n"
                           "    month: next\n"
                           "    closed_days: [2026-06-17, 2026-06-18..2026-06-19]\n"
                           "window_groups:\n"
                           "  - name: KOKUHO\n"
                           "    systems: [KSK, SSH]\n"
                           "    observation_minutes: 90\n"
                           "    classes:\n"
                           "      - name: 職員\n"
                           "        calendar: CAL-HON\n"
                           "        on_open_days: {opens: 08:00, precloses: 19:00, closes: 19:15}\n"
                           "      - name: 審査委員会\n"
                           "        calendar: CAL-SHINSA\n"
                           "        on_open_days: {opens: 09:00, precloses: 21:45, closes: 22:00}\n"
                           "time_windows:\n"
                           "  - {name: NIGHT, group: KOKUHO}\n"
                           "  - {name: MAINTENANCE, from: 08:00, to: 22:00, calendar: CAL-HON}\n"
                           "agents:\n"
                           "  - name: local\n"
                           "    default: true\n"
                           "    local: true\n"
                           "    jobs: 50\n"
                           "    limits:\n"
                           "      - {from: 8:00, jobs: 5}\n"
                           "      - {from: 22:00, jobs: 80}\n"
                           "  - {name: ssh-bt01, alias_of: local}\n"
                           "  - {name: win01, pc: true}\n"
                           "heartbeat: {url: 'https://example.test/beat', every_sec: 30}\n"
                           "opening: {window: KOKUHO/職員, prepare: 31:40}\n"
                           "recovery_needs_decision: true\n";

static struct bizday day_of(const char *text)
{
    struct bizday day = BIZDAY_NONE;
    assert_true(bizday_parse(text, &day));
    return day;
}

static bool parse(struct arena *into, const char *text, const struct site **ret, struct err *e)
{
    struct site_source source = {.yaml = text, .yaml_bytes = text ? strlen(text) : 0};
    return site_parse(into, &source, ret, e);
}

static const struct site *sample(struct arena *into)
{
    struct err e = {0};
    const struct site *site = NULL;
    if (!parse(into, yaml, &site, &e)) {
        struct strbuf text = {0};
        err_print(&text, &e, LANG_EN);
        print_message("%s\n", strbuf_str(&text));
        strbuf_close(&text);
    }
    assert_non_null(site);
    return site;
}

static void calendars_of_the_file_decide_days(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    const struct site *site = sample(&arena);
    assert_string_equal(site->name, "見本");
    const struct calendar *business = site_calendar(site, "CAL-HON");
    assert_true(calendar_is_open(business, day_of("2026-06-29")));
    assert_false(calendar_is_open(business, day_of("2026-06-28")));
    assert_false(calendar_is_open(business, day_of("2026-05-06"))); /* 振替休日 */
    assert_false(calendar_is_open(business, day_of("2026-12-30")));
    assert_string_equal(calendar_status(business, day_of("2027-01-02")).name, "年末年始");
    assert_true(calendar_is_open(business, day_of("2026-05-02"))); /* a Saturday, opened by its date */
    const struct calendar *meetings = site_calendar(site, "CAL-SHINSA");
    assert_true(calendar_is_open(meetings, day_of("2026-06-16")));
    assert_true(calendar_is_open(meetings, day_of("2026-06-24")));
    assert_false(calendar_is_open(meetings, day_of("2026-06-25")));
    const struct calendar *night = site_calendar(site, "CAL-NIGHT");
    assert_false(calendar_is_open(night, day_of("2026-06-18")));
    assert_true(calendar_is_open(night, day_of("2026-06-22")));
    assert_int_equal(calendar_base_time(night).minute, 8 * 60);
    assert_null(site_calendar(site, "CAL-NONE"));
}

static void base_time_and_zone_stand_above_every_calendar(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    const struct site *site = sample(&arena);
    assert_int_equal(calendar_base_time(site_calendar(site, "CAL-SHINSA")).minute, 6 * 60);
    assert_int_equal(calendar_base_time(site->root).minute, 6 * 60);
    assert_string_equal(zone_name(calendar_zone(site->root)), "Asia/Tokyo");
    assert_false(calendar_is_open(site->root, day_of("2026-12-31"))); /* no calendar "default": the Japanese one */
    assert_true(calendar_is_open(site->root, day_of("2026-06-29")));
}

static void windows_agents_and_settings_are_read(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    const struct site *site = sample(&arena);
    const struct window_group *group = site_group(site, "KOKUHO");
    assert_int_equal(group->class_count, 2);
    assert_int_equal(group->observation_ms_max, 90 * 60000);
    assert_string_equal(group->systems[1], "SSH");
    const struct window_class *staff = window_class_find(group, "職員");
    assert_int_equal(window_master(staff, day_of("2026-06-29")).minute[WINDOW_CLOSES], 19 * 60 + 15);
    assert_int_equal(window_master(staff, day_of("2026-06-28")).minute[WINDOW_CLOSES], -1);
    assert_string_equal(site_window(site, "NIGHT")->group, "KOKUHO");
    assert_int_equal(site_window(site, "MAINTENANCE")->to.minute, 22 * 60);
    assert_ptr_equal(site_agent(site, "ssh-bt01"), site_agent(site, "local"));
    assert_ptr_equal(site_agent_default(site), site_agent(site, "local"));
    assert_null(site_agent(site, "nobody"));
    assert_true(site_agent(site, "win01")->can_pc);
    assert_string_equal(site->heartbeat_url, "https://example.test/beat");
    assert_int_equal(site->heartbeat_sec, 30);
    assert_string_equal(site->opening, "KOKUHO/職員");
    assert_int_equal(site->opening_prepare_minute, 31 * 60 + 40);
    assert_true(site->recovery_needs_decision);
}

static void an_agents_limit_follows_the_time_of_day(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    const struct site *site = sample(&arena);
    const struct site_agent *local = site_agent(site, "local");
    assert_int_equal(site_agent_limit(local, 0), 50);
    assert_int_equal(site_agent_limit(local, 8 * 60 - 1), 50);
    assert_int_equal(site_agent_limit(local, 8 * 60), 5);
    assert_int_equal(site_agent_limit(local, 23 * 60), 80);
    assert_int_equal(site_agent_limit(site_agent(site, "win01"), 720), 5);
}

static void without_a_file_the_site_is_the_default_one(void **state)
{
    static const char *const blanks[] = {NULL, "", " \n\t\n"};
    for (size_t i = 0; i < COUNT(blanks); i++) {
        CLEANUP(arena_close) struct arena arena = {0};
        struct err e = {0};
        const struct site *site = NULL;
        assert_true(parse(&arena, blanks[i], &site, &e));
        assert_string_equal(site->service, "main");
        assert_string_equal(site_agent_default(site)->name, "local");
        assert_true(site_agent_default(site)->is_local);
        assert_int_equal(calendar_base_time(site->root).minute, 0);
        assert_false(calendar_is_open(site->root, day_of("2026-06-28")));
        assert_int_equal(site->opening_prepare_minute, -1);
        assert_false(site->recovery_needs_decision);
    }
}

static void official_holidays_win_over_the_law(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    static const char csv[] = "国民の祝日・休日月日,国民の祝日・休日名称\n2026/6/10,臨時の休日\n";
    struct site_source source = {.yaml = "calendars:\n  - {name: default, closed_on_holidays: true}\n",
                                 .holidays_csv = csv, .holidays_bytes = sizeof csv - 1};
    source.yaml_bytes = strlen(source.yaml);
    struct err e = {0};
    const struct site *site = NULL;
    assert_true(site_parse(&arena, &source, &site, &e));
    assert_false(calendar_is_open(site->root, day_of("2026-06-10")));
    assert_true(calendar_is_open(site->root, day_of("2026-11-03"))); /* the file has 2026, without that day */
    assert_ptr_equal(site->root, site_calendar(site, "default"));
}

static void mistakes_are_named_with_their_place(void **state)
{
    static const struct {
        const char *yaml;
        enum err_code code;
        const char *args;
    } rows[] = {
        {"calenders: []\n", ERR_SITE_YAML, "calenders"},
        {"site: a\n\nagents:\n  - {nam: x}\n", ERR_SITE_YAML, "line: 4"},
        {"agents: [\n", ERR_SITE_YAML, ""},
        {"agents:\n  - {name: a, jobs: many}\n", ERR_SITE_YAML, "line: 2"},
        {"agents: &a\n  - {name: a}\ntime_windows: *a\n", ERR_SITE_YAML, ""},
        {"base_time: 24:00\n", ERR_SITE_VALUE, "base_time"},
        {"base_time: 6 Uhr\n", ERR_SITE_VALUE, "6 Uhr"},
        {"zone: Mars/Olympus\n", ERR_SITE_VALUE, "zone" ARG "Mars/Olympus" ARG "Asia/Tokyo"},
        {"calendars:\n  - {name: A, parent: B}\n  - {name: B}\n", ERR_SITE_REFERENCE, "calendars[0] A parent" ARG "B"},
        {"calendars:\n  - {name: A}\n  - {name: A}\n", ERR_SITE_DUPLICATE, "A"},
        {"calendars:\n  - {name: A, open_days: [2026-02-30]}\n", ERR_SITE_VALUE, "calendars[0] A open_days" ARG "2026-02-30"},
        {"calendars:\n  - {name: A, open_days: [2026-06-02..2026-06-01]}\n", ERR_SITE_VALUE, "2026-06-02.."},
        {"calendars:\n  - {name: A, open_days: [1900-01-01..2099-12-31]}\n", ERR_TOO_LARGE, "open_days"},
        {"calendars:\n  - {name: A, closures: [{from: 13/1, to: 1/3}]}\n", ERR_SITE_VALUE, "13/1"},
        {"calendars:\n  - {name: A, base_day: 32}\n", ERR_SITE_VALUE, "base_day"},
        {"window_groups:\n  - {name: G, classes: []}\n", ERR_SITE_VALUE, "classes"},
        {"window_groups:\n  - {name: G, classes: [{name: c, calendar: X}]}\n", ERR_SITE_REFERENCE, "X"},
        {"calendars: [{name: X}]\nwindow_groups:\n  - {name: G, classes: [{name: c, calendar: X, on_open_days: {opens: 9:00, "
         "closes: 9:00}}]}\n", ERR_SITE_TIMES, "on_open_days"},
        {"time_windows:\n  - {name: W, group: G}\n", ERR_SITE_REFERENCE, "G"},
        {"time_windows:\n  - {name: W, from: 8:00}\n", ERR_SITE_VALUE, "time_windows[0] W"},
        {"time_windows:\n  - {name: W, from: 8:00, to: 7:00}\n", ERR_SITE_VALUE, "7:00"},
        {"agents:\n  - {name: a, alias_of: b}\n  - {name: b, alias_of: a}\n", ERR_SITE_REFERENCE, "b"},
        {"agents:\n  - {name: a, default: true}\n  - {name: b, default: true}\n", ERR_SITE_VALUE, "default"},
        {"agents:\n  - {name: a, limits: [{from: 9:00, jobs: 1}, {from: 8:00, jobs: 1}]}\n", ERR_SITE_VALUE, "8:00"},
        {"agents:\n  - {name: a, jobs: -1}\n", ERR_SITE_VALUE, "jobs"},
        {"opening: {window: G, prepare: 7:40}\n", ERR_SITE_VALUE, "GROUP/CLASS"},
        {"opening: {window: G/c, prepare: 7:40}\n", ERR_SITE_REFERENCE, "G/c"},
        {"heartbeat: {url: x, every_sec: 100000}\n", ERR_SITE_VALUE, "every_sec"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CLEANUP(arena_close) struct arena arena = {0};
        struct err e = {0};
        const struct site *site = NULL;
        assert_false(parse(&arena, rows[i].yaml, &site, &e));
        assert_null(site);
        if (e.code != rows[i].code || !strstr(e.args, rows[i].args)) {
            print_message("row %zu: %s: %s\n", i, message_of(e.code)->id, e.args);
        }
        assert_int_equal(e.code, rows[i].code);
        assert_non_null(strstr(e.args, rows[i].args));
    }
}

static void bad_holidays_are_refused(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct site_source source = {.holidays_csv = "x\n2026/2/30,あり得ない日\n"};
    source.holidays_bytes = strlen(source.holidays_csv);
    struct err e = {0};
    const struct site *site = NULL;
    assert_false(site_parse(&arena, &source, &site, &e));
    assert_int_equal(e.code, ERR_HOLIDAY_FILE);
}

static bool zone_stub(void *data, struct arena *into, const char *name, const struct zone **ret, struct err *e)
{
    (void)data;
    (void)e;
    *ret = zone_fixed(into, name, 60);
    return true;
}

static void other_zones_are_asked_of_the_caller(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct site_source source = {.yaml = "zone: Europe/Berlin\n", .zone_load = zone_stub};
    source.yaml_bytes = strlen(source.yaml);
    struct err e = {0};
    const struct site *site = NULL;
    assert_true(site_parse(&arena, &source, &site, &e));
    assert_string_equal(zone_name(calendar_zone(site->root)), "Europe/Berlin");
}

static bool zone_missing(void *data, struct arena *into, const char *name, const struct zone **ret, struct err *e)
{
    (void)data;
    (void)into;
    (void)ret;
    return err_set(e, ERR_ZONE_DATA, "%s" ARG "No such file", name);
}

static void a_wrong_zone_is_told_by_its_key(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct site_source source = {.yaml = "zone: Asia/Tokio\n", .zone_load = zone_missing};
    source.yaml_bytes = strlen(source.yaml);
    struct err e = {0};
    struct strbuf text = {0};
    const struct site *site = NULL;
    assert_false(site_parse(&arena, &source, &site, &e));
    err_print(&text, &e, LANG_JA);
    assert_non_null(strstr(strbuf_str(&text), "BNT0801-E site.yaml の zone の値「Asia/Tokio」"));
    strbuf_close(&text);
}

static void a_huge_file_is_refused_unread(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct site_source source = {.yaml = "site: x", .yaml_bytes = (size_t)SITE_FILE_BYTES_MAX + 1};
    struct err e = {0};
    const struct site *site = NULL;
    char *huge = arena_alloc(&arena, source.yaml_bytes, 1);
    memset(huge, 'x', source.yaml_bytes);
    source.yaml = huge;
    assert_false(site_parse(&arena, &source, &site, &e));
    assert_int_equal(e.code, ERR_TOO_LARGE);
}

static void run_book_rows_have_codes_and_both_languages(void **state)
{
    (void)state;
    struct arena arena = {0};
    const struct site *site = NULL;
    struct err e = {0};
    static const char good[] = "runbook:\n  - unit: /A/N\n    codes: '1-7, 12'\n    title: 見出し\n    steps: |\n      一\n      二\n    manual: 4.5\n";
    static const char bad[] = "runbook:\n  - {unit: /A, codes: 7-1, title: x, steps: y}\n";
    assert_true(site_parse(&arena, &(struct site_source){.yaml = good, .yaml_bytes = sizeof(good) - 1}, &site, &e));
    assert_int_equal(site->runbook_count, 1);
    assert_string_equal(site->runbook[0].steps[LANG_EN], "一\n二\n"); /* Japanese where there is no English */
    assert_true(runbook_fits(&site->runbook[0], "/A/N/JOB", true, 12));
    assert_true(runbook_fits(&site->runbook[0], "/A/N", false, 0));
    assert_false(runbook_fits(&site->runbook[0], "/A/N", true, 8));
    assert_false(runbook_fits(&site->runbook[0], "/A/NET", true, 12));
    assert_false(site_parse(&arena, &(struct site_source){.yaml = bad, .yaml_bytes = sizeof(bad) - 1}, &site, &e));
    assert_int_equal(e.code, ERR_SITE_VALUE);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_book_rows_have_codes_and_both_languages),
        cmocka_unit_test(calendars_of_the_file_decide_days),
        cmocka_unit_test(base_time_and_zone_stand_above_every_calendar),
        cmocka_unit_test(windows_agents_and_settings_are_read),
        cmocka_unit_test(an_agents_limit_follows_the_time_of_day),
        cmocka_unit_test(without_a_file_the_site_is_the_default_one),
        cmocka_unit_test(official_holidays_win_over_the_law),
        cmocka_unit_test(mistakes_are_named_with_their_place),
        cmocka_unit_test(bad_holidays_are_refused),
        cmocka_unit_test(other_zones_are_asked_of_the_caller),
        cmocka_unit_test(a_wrong_zone_is_told_by_its_key),
        cmocka_unit_test(a_huge_file_is_refused_unread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
