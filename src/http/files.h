/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * files - the built console: a table of names, read once. What is asked for is looked up in it; no path is ever put
 * together from a request.
 *
 * Either what was embedded at build time (web/dist) or, for development, a folder read at start. A file may have its
 * compressed forms beside it (.br, .gz). What lies under /assets/ is named after its content and may be kept for ever.
 */
#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

enum file_form { FORM_PLAIN, FORM_GZIP, FORM_BROTLI, FORMS };
struct file_bytes {
    const char *at; /* NULL: there is no such form */
    size_t n;
};
struct file {
    const char *path;          /* "/assets/x.js" */
    const char *type;          /* Content-Type */
    struct file_bytes forms[FORMS];
    char etag[40];             /* with its quotes, of the plain form */
    bool is_immutable;
};
/* One row of the table made at build time: path with its ending. */
struct embedded_file {
    const char *path, *from, *to;
};
extern const struct embedded_file embedded_files[]; /* ends in an empty row; embedded.c or made from web/dist */

struct files;
/* folder NULL: what is embedded. Fails: ERR_WEB_FOLDER. */
MUST_CHECK bool files_open(const char *folder, struct files **ret, struct err *e);
void files_close(struct files *files);
/* The file of this path; the console's page for paths of its own views ("/runs/12"); NULL: 404. */
const struct file *files_find(const struct files *files, const char *path);
/* The best form that the Accept-Encoding allows. */
enum file_form file_form_of(const struct file *file, const char *accept_encoding);
/* Is one of the tags of If-None-Match this one? */
bool etag_matches(const char *if_none_match, const char *etag);
