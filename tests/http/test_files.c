/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_files - the console's files: names, forms, what is no file of ours.
 */
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/files.h"
#include "os/file.h"

static void put(const char *folder, const char *name, const char *text)
{
    struct arena arena = {0};
    struct err e = {0};
    const char *path = arena_printf(&arena, "%s/%s", folder, name);
    assert_true(file_write(path, text, strlen(text), 0600, &e));
    arena_close(&arena);
}

static int open_files(void **state)
{
    static char folder[64];
    struct arena arena = {0};
    struct err e = {0};
    struct files *files = NULL;
    (void)str_copy(folder, sizeof(folder), "/tmp/banto-web-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_true(folder_make(arena_printf(&arena, "%s/assets", folder), 0700, &e));
    put(folder, "index.html", "<html>page</html>");
    put(folder, "index.html.gz", "gz-page");
    put(folder, "assets/app-1a2b.js", "plain-js");
    put(folder, "assets/app-1a2b.js.gz", "gz-js");
    put(folder, "assets/app-1a2b.js.br", "br-js");
    put(folder, "assets/lonely.css.br", "br without its plain");
    put(folder, ".secret", "hidden");
    put(folder, "manifest.webmanifest", "{}");
    if (!files_open(folder, &files, &e)) {
        fail_msg("%s", e.args);
    }
    arena_close(&arena);
    *state = files;
    static const char *const names[] = {"index.html", "index.html.gz", "assets/app-1a2b.js", "assets/app-1a2b.js.gz", "assets/app-1a2b.js.br",
                                        "assets/lonely.css.br", ".secret", "manifest.webmanifest"};
    for (size_t i = 0; i < COUNT(names); i++) { /* read once: nothing is asked of the folder any more */
        assert_int_equal(unlink(arena_printf(&arena, "%s/%s", folder, names[i])), 0);
    }
    assert_int_equal(rmdir(arena_printf(&arena, "%s/assets", folder)), 0);
    assert_int_equal(rmdir(folder), 0);
    arena_close(&arena);
    return 0;
}

static int close_files(void **state)
{
    files_close(*state);
    return 0;
}

static void files_have_types_tags_and_ages(void **state)
{
    const struct file *script = files_find(*state, "/assets/app-1a2b.js"), *page = files_find(*state, "/index.html");
    assert_string_equal(script->type, "text/javascript; charset=utf-8");
    assert_true(script->is_immutable);
    assert_int_equal(script->forms[FORM_PLAIN].n, 8);
    assert_string_equal(page->type, "text/html; charset=utf-8");
    assert_false(page->is_immutable);
    assert_int_equal(page->etag[0], '"');
    assert_int_equal(page->etag[strlen(page->etag) - 1], '"');
    assert_string_not_equal(page->etag, script->etag);
    assert_string_equal(files_find(*state, "/manifest.webmanifest")->type, "application/manifest+json");
}

static void views_of_the_console_get_its_page(void **state)
{
    const struct file *page = files_find(*state, "/index.html");
    static const char *const views[] = {"/", "/now", "/runs/12", "/units/KSK/JN404", "/night", "/map/%E5%AF%A9%E6%9F%BB/JN404", "/map/A%20b"};
    for (size_t i = 0; i < COUNT(views); i++) {
        assert_ptr_equal(files_find(*state, views[i]), page);
    }
}

static void what_is_no_file_is_not_found(void **state)
{
    static const char *const wrong[] = {
        "/assets/gone.js", "/assets/", "/assets", "/favicon.ico", "/assets/lonely.css", "/assets/app-1a2b.js.br", "/.secret", "/api/v1/nothing",
        "/agent/v1/x", "/../etc/passwd", "/..", "/assets/../index", "/%2e%2e/etc", "/%2e%2e%2fetc", "//etc/passwd", "/a//b", "/a\\b",
        "/..\\..\\etc", "", "index.html", "/index.html/", "/index.html/..", "/index.html%00", "/INDEX.HTML",
        "/map/%2fa", "/map/%5Ca", "/map/%2E%2e/a", "/map/%252e", "/map/%00", "/map/%7F", "/map/%", "/map/%e", "/map/%zz",
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        const struct file *file = files_find(*state, wrong[i]);
        if (file && !str_equal(wrong[i], "/assets") && !str_equal(wrong[i], "/index.html/")) {
            fail_msg("%s gives %s", wrong[i], file->path);
        }
    }
}

static void the_best_form_that_is_understood_is_sent(void **state)
{
    const struct file *script = files_find(*state, "/assets/app-1a2b.js"), *page = files_find(*state, "/index.html");
    static const struct {
        const char *accept;
        enum file_form script, page;
    } cases[] = {
        {NULL, FORM_PLAIN, FORM_PLAIN},
        {"", FORM_PLAIN, FORM_PLAIN},
        {"gzip, deflate, br, zstd", FORM_BROTLI, FORM_GZIP},
        {"GZIP;q=0.5", FORM_GZIP, FORM_GZIP},
        {"br;q=0, gzip;q=0.000", FORM_PLAIN, FORM_PLAIN},
        {"br;q=0.1", FORM_BROTLI, FORM_PLAIN},
        {"brx, xgzip", FORM_PLAIN, FORM_PLAIN},
        {",;,;q=", FORM_PLAIN, FORM_PLAIN},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(file_form_of(script, cases[i].accept), cases[i].script);
        assert_int_equal(file_form_of(page, cases[i].accept), cases[i].page);
    }
}

static void tags_are_compared_as_browsers_send_them(void **state)
{
    assert_true(etag_matches("\"a\"", "\"a\""));
    assert_true(etag_matches("W/\"a\"", "\"a\""));
    assert_true(etag_matches("\"x\", \"a\"", "\"a\""));
    assert_true(etag_matches("*", "\"a\""));
    assert_false(etag_matches(NULL, "\"a\""));
    assert_false(etag_matches("", "\"a\""));
    assert_false(etag_matches("a", "\"a\""));
    assert_false(etag_matches("\"ab\"", "\"a\""));
}

static void a_folder_without_the_page_is_refused(void **state)
{
    struct files *files = NULL;
    struct err e = {0};
    assert_false(files_open("/nonexistent/console", &files, &e));
    assert_int_equal(e.code, ERR_WEB_FOLDER);
    char folder[] = "/tmp/banto-web-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_false(files_open(folder, &files, &e));
    assert_int_equal(e.code, ERR_WEB_FOLDER);
    assert_int_equal(rmdir(folder), 0);
}

static void there_is_always_a_page(void **state)
{
    struct files *files = NULL;
    struct err e = {0};
    assert_true(files_open(NULL, &files, &e)); /* what is built in, or how to build it */
    const struct file *page = files_find(files, "/");
    assert_non_null(page);
    assert_true(page->forms[FORM_PLAIN].n > 100);
    files_close(files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_have_types_tags_and_ages),
        cmocka_unit_test(views_of_the_console_get_its_page),
        cmocka_unit_test(what_is_no_file_is_not_found),
        cmocka_unit_test(the_best_form_that_is_understood_is_sent),
        cmocka_unit_test(tags_are_compared_as_browsers_send_them),
        cmocka_unit_test(a_folder_without_the_page_is_refused),
        cmocka_unit_test(there_is_always_a_page),
    };
    return cmocka_run_group_tests(tests, open_files, close_files);
}
