/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_static - any bytes as a path, an Accept-Encoding, an If-None-Match and a Host: a row of the table or nothing.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "http/files.h"
#include "http/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct files *files;
    struct err e = {0};
    if (!files) {
        bool is_open = files_open(NULL, &files, &e);
        assert(is_open);
    }
    struct arena arena = {0};
    const char *text = arena_copy_bytes(&arena, data, n);
    const struct file *file = files_find(files, text), *page = files_find(files, "/");
    assert(!file || file->forms[FORM_PLAIN].at);
    assert(!file || file == page || str_equal(file->path, text));
    enum file_form form = file_form_of(page, text);
    assert(page->forms[form].at);
    (void)etag_matches(text, page->etag);
    static const char *const names[] = {"banto.example"};
    const struct head_hosts hosts = {names, 1, true};
    struct str host = {(const char *)data, n};
    assert(!head_host_is_local(host) || head_host_is(host, &hosts));
    arena_close(&arena);
    return 0;
}
