/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files - rows of .br and .gz are folded into the row of their plain file.
 */
#include "http/files.h"

#include <string.h>
#include <strings.h>

#include "base/map.h"
#include "os/file.h"
#include "os/secret.h"

enum { FILE_BYTES_MAX = 32 * 1024 * 1024, FILES_MAX = 4096, PATH_BYTES_MAX = 512 };

struct files {
    struct arena memory;
    struct map by_path;
    struct file *page; /* index.html */
};

static const char unbuilt[] =
    "<!doctype html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\"><title>番頭</title></head><body>\n"
    "<h1>番頭は動いています</h1>\n"
    "<p>画面はまだ組み込まれていません。<code>tools/web-build</code> を実行してからもう一度 <code>make</code> するか、"
    "<code>bantod --web DIR</code> で画面のフォルダーを指定してください。コマンドは <code>banto --help</code>、API は "
    "<code>/api/v1/openapi.json</code> です。</p>\n"
    "<div lang=\"en\"><h1>Banto is running</h1>\n"
    "<p>The console is not built in. Run <code>tools/web-build</code> and then <code>make</code>, or give "
    "<code>bantod --web DIR</code> its folder. Commands: <code>banto --help</code>; the API: <code>/api/v1/openapi.json</code>.</p></div>\n"
    "</body></html>\n";

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), end_n = strlen(end);
    return n >= end_n && strcmp(text + n - end_n, end) == 0;
}

static const char *type_of(const char *path)
{
    static const struct {
        const char *end, *type;
    } types[] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".map", "application/json"},
        {".webmanifest", "application/manifest+json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".wasm", "application/wasm"},
        {".txt", "text/plain; charset=utf-8"},
    };
    for (size_t i = 0; i < COUNT(types); i++) {
        if (ends_with(path, types[i].end)) {
            return types[i].type;
        }
    }
    return "application/octet-stream";
}

static struct file *row_get(struct files *files, const char *path)
{
    struct file *file = map_get(&files->by_path, path);
    if (!file) {
        file = arena_new(&files->memory, struct file);
        file->path = arena_copy(&files->memory, path);
        (void)map_put(&files->by_path, file->path, file);
    }
    return file;
}

static void form_add(struct files *files, const char *path, struct file_bytes bytes)
{
    char plain[PATH_BYTES_MAX];
    enum file_form form = ends_with(path, ".br") ? FORM_BROTLI : ends_with(path, ".gz") ? FORM_GZIP : FORM_PLAIN;
    if (!str_copy(plain, sizeof(plain), path)) {
        return;
    }
    if (form != FORM_PLAIN) {
        plain[strlen(plain) - 3] = '\0';
    }
    row_get(files, plain)->forms[form] = bytes;
}

/* When all are known. */
static void rows_finish(struct files *files)
{
    for (struct map_entry *entry = NULL; (entry = map_next(&files->by_path, entry));) {
        struct file *file = entry->value;
        char digest[SECRET_DIGEST_TEXT_BYTES];
        file->type = type_of(file->path);
        file->is_immutable = str_starts(file->path, "/assets/");
        secret_digest(file->forms[FORM_PLAIN].at ? file->forms[FORM_PLAIN].at : "", file->forms[FORM_PLAIN].n, digest);
        file->etag[0] = '"';
        memcpy(file->etag + 1, digest, sizeof(digest) - 1);
        memcpy(file->etag + sizeof(digest), "\"", 2);
        if (str_equal(file->path, "/index.html") && file->forms[FORM_PLAIN].at) {
            files->page = file;
        }
    }
}

static bool folder_read(struct files *files, const char *folder, struct err *e)
{
    struct file_list list = {0};
    bool is_good = folder_list(&files->memory, folder, "", &list, e) && list.paths.n <= FILES_MAX;
    for (size_t i = 0; is_good && i < list.paths.n; i++) {
        char *bytes = NULL;
        size_t n = 0;
        is_good = file_read(&files->memory, list.paths.at[i], FILE_BYTES_MAX, &bytes, &n, e);
        if (is_good) {
            const char *path = list.paths.at[i] + strlen(folder);
            path += *path == '/';
            form_add(files, arena_printf(&files->memory, "/%s", path), (struct file_bytes){bytes, n});
        }
    }
    vec_close(&list.paths);
    return is_good;
}

bool files_open(const char *folder, struct files **ret, struct err *e)
{
    struct arena memory = {0};
    struct files *files = arena_new(&memory, struct files);
    files->memory = memory;
    for (const struct embedded_file *row = embedded_files; !folder && row->path; row++) {
        form_add(files, row->path, (struct file_bytes){row->from, (size_t)(row->to - row->from)});
    }
    if (folder && !folder_read(files, folder, e)) {
        files_close(files);
        return err_set(e, ERR_WEB_FOLDER, "%.300s" ARG "%s", folder, e->code == ERR_FILE ? "read" : "size");
    }
    rows_finish(files);
    if (folder && !files->page) {
        files_close(files);
        return err_set(e, ERR_WEB_FOLDER, "%.300s" ARG "index.html がありません" OR_EN "no index.html", folder);
    }
    if (!files->page) {
        row_get(files, "/index.html")->forms[FORM_PLAIN] = (struct file_bytes){unbuilt, sizeof(unbuilt) - 1};
        rows_finish(files);
    }
    *ret = files;
    return true;
}

void files_close(struct files *files)
{
    if (files) {
        map_close(&files->by_path);
        struct arena memory = files->memory;
        arena_close(&memory);
    }
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Names of units stand in the console's paths: letters that a browser writes as %XX, but no dot, slash or control in disguise. */
static bool is_plain_path(const char *path)
{
    for (const char *at = path; (at = strchr(at, '%')); at += 3) {
        int high = hex_digit(at[1]);
        int low = high < 0 ? -1 : hex_digit(at[2]);
        int byte = high * 16 + low;
        if (low < 0 || byte < ' ' || byte == 0x7f || strchr("./\\%", byte)) {
            return false;
        }
    }
    return !strchr(path, '\\') && !strstr(path, "..") && !strstr(path, "//");
}

const struct file *files_find(const struct files *files, const char *path)
{
    const struct file *file = map_get(&files->by_path, path);
    if (file) {
        return file->forms[FORM_PLAIN].at ? file : NULL;
    }
    /* A view of the console has no dot in its last name; a missing asset is missing. */
    const char *last = strrchr(path, '/');
    bool is_ours = str_starts(path, "/api/") || str_starts(path, "/agent/") || str_starts(path, "/assets/");
    return !is_ours && is_plain_path(path) && last && !strchr(last, '.') ? files->page : NULL;
}

/* Is the coding named, and not with q=0? */
static bool accepts(const char *header, const char *coding)
{
    struct str rest = str_of(header ? header : ""), item, name, weight;
    while (rest.n > 0) {
        (void)str_cut(rest, ',', &item, &rest);
        (void)str_cut(item, ';', &name, &weight);
        name = str_trim(name);
        weight = str_trim(weight);
        if (name.n == strlen(coding) && strncasecmp(name.at, coding, name.n) == 0) {
            bool is_zero = weight.n >= 3 && (weight.at[0] == 'q' || weight.at[0] == 'Q') && weight.at[1] == '=' && weight.at[2] == '0';
            for (size_t i = 3; is_zero && i < weight.n; i++) {
                is_zero = weight.at[i] == '.' || weight.at[i] == '0';
            }
            return !is_zero;
        }
    }
    return false;
}

enum file_form file_form_of(const struct file *file, const char *accept_encoding)
{
    if (file->forms[FORM_BROTLI].at && accepts(accept_encoding, "br")) {
        return FORM_BROTLI;
    }
    return file->forms[FORM_GZIP].at && accepts(accept_encoding, "gzip") ? FORM_GZIP : FORM_PLAIN;
}

bool etag_matches(const char *if_none_match, const char *etag)
{
    struct str rest = str_of(if_none_match ? if_none_match : ""), tag;
    while (rest.n > 0) {
        (void)str_cut(rest, ',', &tag, &rest);
        tag = str_trim(tag);
        if (tag.n > 2 && tag.at[0] == 'W' && tag.at[1] == '/') {
            tag = (struct str){tag.at + 2, tag.n - 2};
        }
        if (str_is(tag, "*") || str_is(tag, etag)) {
            return true;
        }
    }
    return false;
}
