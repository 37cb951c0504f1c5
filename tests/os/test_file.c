/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_file - whole files, folders and locks in a folder of the test's own.
 */
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/file.h"

static int folder_open(void **state)
{
    static const char template[] = "/tmp/banto-file-XXXXXX";
    char *path = test_malloc(sizeof(template));
    memcpy(path, template, sizeof(template));
    *state = mkdtemp(path);
    return *state && chdir(path) == 0 ? 0 : -1;
}

static int folder_remove(void **state)
{
    struct arena arena = {0};
    struct file_list list = {0};
    struct err e = {0};
    if (folder_list(&arena, *state, "", &list, &e)) {
        for (size_t i = 0; i < list.paths.n; i++) {
            (void)unlink(list.paths.at[i]);
        }
    }
    (void)rmdir("a/b/c");
    (void)rmdir("a/b");
    (void)rmdir("a");
    assert_int_equal(chdir("/"), 0);
    (void)rmdir(*state);
    vec_close(&list.paths);
    arena_close(&arena);
    test_free(*state);
    return 0;
}

static void what_is_written_is_read_back(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct err e = {0};
    char *text;
    size_t n;
    struct stat st;
    assert_true(file_write("f", "a\0b", 3, 0640, &e));
    assert_true(file_read(&arena, "f", 3, &text, &n, &e));
    assert_int_equal(n, 3);
    assert_memory_equal(text, "a\0b", 4);
    assert_int_equal(stat("f", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_true(file_write("f", "", 0, 0600, &e));
    assert_true(file_read(&arena, "f", 0, &text, &n, &e));
    assert_int_equal(n, 0);
    assert_true(file_read(&arena, "/proc/self/status", 1 << 20, &text, &n, &e));
    assert_true(n > 100);
}

static void failures_name_the_file(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct err e = {0};
    char *text = NULL;
    size_t n;
    assert_false(file_read(&arena, "absent", 10, &text, &n, &e));
    assert_int_equal(e.code, ERR_FILE);
    assert_string_equal(e.args, "absent" ARG "No such file or directory");
    assert_true(file_write("f", "abcd", 4, 0600, &e));
    assert_false(file_read(&arena, "f", 3, &text, &n, &e));
    assert_int_equal(e.code, ERR_TOO_LARGE);
    assert_false(file_read(&arena, ".", 10, &text, &n, &e));
    assert_false(file_write("absent/f", "", 0, 0600, &e));
    assert_false(folder_make("f/g", 0755, &e));
    assert_false(folder_make("f", 0755, &e));
    assert_null(text);
}

static void folders_are_made_and_listed(void **state)
{
    CLEANUP(arena_close) struct arena arena = {0};
    struct err e = {0};
    struct file_list list = {0};
    assert_true(folder_make("a/b/c", 0755, &e));
    assert_true(folder_make("a/b/c/", 0755, &e));
    assert_true(file_write("a/b/2.txt", "", 0, 0600, &e));
    assert_true(file_write("a/b/c/1.txt", "", 0, 0600, &e));
    assert_true(file_write("a/1.md", "", 0, 0600, &e));
    assert_true(file_exists("a/1.md"));
    assert_false(file_exists("a/2.md"));
    assert_true(folder_list(&arena, "a", ".txt", &list, &e));
    assert_int_equal(list.paths.n, 2);
    assert_string_equal(list.paths.at[0], "a/b/2.txt");
    assert_string_equal(list.paths.at[1], "a/b/c/1.txt");
    vec_close(&list.paths);
}

static void second_lock_is_refused_with_the_holder(void **state)
{
    struct err e = {0};
    int fd = -1, other = -1;
    assert_true(file_lock("lock", &fd, &e));
    pid_t child = fork();
    if (child == 0) {
        _exit(file_lock("lock", &other, &e) ? 1 : e.code == ERR_LOCKED ? 0 : 2);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_false(file_lock("lock", &other, &e));
    char said[64];
    (void)snprintf(said, sizeof(said), "lock" ARG "%ld", (long)getpid());
    assert_string_equal(e.args, said);
    (void)close(fd);
    assert_true(file_lock("lock", &other, &e));
    (void)close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read_back, folder_open, folder_remove),
        cmocka_unit_test_setup_teardown(failures_name_the_file, folder_open, folder_remove),
        cmocka_unit_test_setup_teardown(folders_are_made_and_listed, folder_open, folder_remove),
        cmocka_unit_test_setup_teardown(second_lock_is_refused_with_the_holder, folder_open, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
