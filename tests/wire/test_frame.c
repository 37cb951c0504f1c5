/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_frame - frames as lines, and lines that are no frames.
 */
#include "tests/unit.h"

#include <string.h>

#include "base/limits.h"
#include "wire/frame.h"

static void expect_line(const struct frame *frame, const char *line)
{
    CLEANUP(strbuf_close) struct strbuf b = {0};
    frame_encode(&b, frame);
    assert_string_equal(strbuf_str(&b), line);
}

static void start_is_read_back_as_written(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    CLEANUP(strbuf_close) struct strbuf b = {0};
    struct err e = {0};
    struct frame frame = {
        .kind = FRAME_START,
        .key = {.epoch = "e1", .service = "main", .run = 12, .node = 3, .attempt = 1},
        .start = {.unit = "/日次/集計", .command = "", .env = (const char *const[]){"A=1", "B=二", NULL},
                  .stdout_append = true, .ttl_ms = 60000, .priority = 3, .output_bytes_max = INT64_MAX},
    };
    frame_encode(&b, &frame);
    struct frame again;
    assert_true(frame_decode(&arena, b.at, b.n - 1, &again, &e));
    assert_string_equal(again.start.unit, "/日次/集計");
    assert_string_equal(again.start.command, "");
    assert_null(again.start.script);
    assert_string_equal(again.start.workdir, "");
    assert_string_equal(again.start.env[1], "B=二");
    assert_null(again.start.env[2]);
    assert_true(again.start.stdout_append);
    assert_int_equal(again.start.output_bytes_max, INT64_MAX);
    assert_int_equal(again.key.run, 12);
    expect_line(&again, strbuf_str(&b));
}

static void frames_are_short_lines(void **state)
{
    struct attempt_key key = {.epoch = "e", .service = "main", .run = 1, .node = 2, .attempt = 3};
    expect_line(&(struct frame){.kind = FRAME_ENDED, .key = key},
                "{\"kind\":\"ended\",\"key\":[\"e\",\"main\",1,2,3],\"code\":0}\n");
    expect_line(&(struct frame){.kind = FRAME_NEVER, .key = key, .refusal = REFUSED_SPAWN, .detail = "execve: なし"},
                "{\"kind\":\"never\",\"key\":[\"e\",\"main\",1,2,3],\"refusal\":\"spawn\",\"detail\":\"execve: なし\"}\n");
    expect_line(&(struct frame){.kind = FRAME_READY}, "{\"kind\":\"ready\"}\n");
    expect_line(&(struct frame){.kind = FRAME_HELLO, .name = "host1", .epoch = "", .can_pc = true},
                "{\"kind\":\"hello\",\"name\":\"host1\",\"can_pc\":true}\n");
}

static void unknown_members_are_ignored(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct err e = {0};
    struct frame frame;
    const char line[] = "{\"kind\":\"drain\",\"is_on\":true,\"new\":{\"x\":[1]},\"running\":\"not for a drain\"}";
    assert_true(frame_decode(&arena, line, sizeof(line) - 1, &frame, &e));
    assert_int_equal(frame.kind, FRAME_DRAIN);
    assert_true(frame.is_on);
}

static void wrong_lines_are_refused_with_the_field(void **state)
{
    static const struct {
        const char *line, *said;
    } cases[] = {
        {"", "column"},
        {"[]", "kind"},
        {"{\"kind\":\"dance\"}", "kind"},
        {"{\"kind\":\"kill\"}", "key"},
        {"{\"kind\":\"kill\",\"key\":[\"\",\"main\",1,2,3]}", "key"},
        {"{\"kind\":\"kill\",\"key\":[\"e\",\"main\",1,2]}", "key"},
        {"{\"kind\":\"kill\",\"key\":[\"e\",\"main\",1,2,3,4]}", "key"},
        {"{\"kind\":\"kill\",\"key\":[\"e\",\"main\",1,2,2147483648]}", "key"},
        {"{\"kind\":\"kill\",\"key\":[\"e\",\"main\",1.5,2,3]}", "key"},
        {"{\"kind\":\"ended\",\"key\":[\"e\",\"main\",1,2,3]}", "code"},
        {"{\"kind\":\"ended\",\"key\":[\"e\",\"main\",1,2,3],\"code\":256}", "code"},
        {"{\"kind\":\"never\",\"key\":[\"e\",\"main\",1,2,3],\"refusal\":\"moody\"}", "refusal"},
        {"{\"kind\":\"probe\"}", "path"},
        {"{\"kind\":\"drain\",\"is_on\":1}", "is_on"},
        {"{\"kind\":\"start\",\"key\":[\"e\",\"main\",1,2,3],\"unit\":\"/a\"}", "command"},
        {"{\"kind\":\"start\",\"key\":[\"e\",\"main\",1,2,3],\"unit\":\"/a\",\"command\":\"\",\"script\":\"\"}", "command"},
        {"{\"kind\":\"start\",\"key\":[\"e\",\"main\",1,2,3],\"unit\":\"/a\",\"command\":\"\",\"env\":[1]}", "env"},
        {"{\"kind\":\"ready\",\"kind\":\"ready\"}", "duplicate"},
        {"{\"kind\":\"hello\",\"name\":\"a\\u0000b\"}", "column"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP(arena_close) struct arena arena = {0};
        struct err e = {0};
        struct frame frame = {.code = 99};
        assert_false(frame_decode(&arena, cases[i].line, strlen(cases[i].line), &frame, &e));
        assert_int_equal(e.code, ERR_FRAME);
        if (!strstr(e.args, cases[i].said)) {
            fail_msg("%s: %s", cases[i].line, e.args);
        }
        assert_int_equal(frame.code, 99);
    }
}

static void too_long_a_line_is_refused_unread(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct err e = {0};
    struct frame frame;
    assert_false(frame_decode(&arena, "", FRAME_BYTES_MAX + 1, &frame, &e));
    assert_int_equal(e.code, ERR_FRAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start_is_read_back_as_written),      cmocka_unit_test(frames_are_short_lines),
        cmocka_unit_test(unknown_members_are_ignored),        cmocka_unit_test(wrong_lines_are_refused_with_the_field),
        cmocka_unit_test(too_long_a_line_is_refused_unread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
