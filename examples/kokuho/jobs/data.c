/* SPDX-License-Identifier: Apache-2.0 */
/*
 * data - the files the sample's jobs work on: CSV rows `番号,保険者,点数[,金額]` and control files `rows total hash`.
 */
#include "kokuho.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INSURERS = 60, LINE_MAX_BYTES = 256 };

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++) {
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    }
    return hash;
}

static uint64_t seed_of(const struct job *job)
{
    return hash_text(hash_text(UINT64_C(14695981039346656037), job->net), job->date);
}

/* One step of splitmix64. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void path_of(const struct job *job, const char *file, char path[KOKUHO_PATH_MAX])
{
    if ((size_t)snprintf(path, KOKUHO_PATH_MAX, "%s/%s", job->folder, file) >= KOKUHO_PATH_MAX) {
        fprintf(stderr, "%s: path too long\n", file);
        exit(CODE_ABNORMAL);
    }
}

bool folder_make(const char *path)
{
    char part[KOKUHO_PATH_MAX];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof part) {
        return false;
    }
    memcpy(part, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (part[i] == '/' || part[i] == '\0') {
            part[i] = '\0';
            if (mkdir(part, 0770) != 0 && errno != EEXIST) {
                return false;
            }
            part[i] = path[i];
        }
    }
    return true;
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* A file is written under another name and put in place whole: a job that dies leaves no half. */
struct output {
    FILE *file;
    char path[KOKUHO_PATH_MAX], part[KOKUHO_PATH_MAX];
};

static bool output_open(struct output *out, const char *path)
{
    if ((size_t)snprintf(out->path, sizeof out->path, "%s", path) >= sizeof out->path ||
        (size_t)snprintf(out->part, sizeof out->part, "%s.part", path) >= sizeof out->part) {
        return false;
    }
    out->file = fopen(out->part, "w");
    return out->file != NULL;
}

static bool output_close(struct output *out)
{
    bool is_good = fflush(out->file) == 0 && !ferror(out->file);
    is_good = fclose(out->file) == 0 && is_good;
    return is_good && rename(out->part, out->path) == 0;
}

int64_t rows_of(const struct job *job)
{
    /* A hundredth of a federation's month: 受付 約230万件, 公開 約210万件, 資格異動 約6,000件/日. */
    static const struct {
        const char *net;
        int64_t rows;
    } volumes[] = {{"JN202", 60},   {"JN203", 60},   {"JN204", 12},   {"JN205", 30},    {"JN301", 2875},
                   {"JN302", 120},  {"JN303", 2995}, {"JN304", 2995}, {"JN403", 23000}, {"JN404", 12000},
                   {"JN405", 9000}, {"JN409", 21000}, {"JN501", 800}, {"JN502", 1200},  {"JN506", 1500}};
    uint64_t state = seed_of(job);
    int64_t rows = 300;
    for (size_t i = 0; i < sizeof volumes / sizeof volumes[0]; i++) {
        rows = strcmp(volumes[i].net, job->net) == 0 ? volumes[i].rows : rows;
    }
    return rows + (int64_t)(next(&state) % (uint64_t)(rows / 10 + 1));
}

bool rows_make(const struct job *job, const char *file, int64_t rows)
{
    char path[KOKUHO_PATH_MAX];
    struct output out;
    uint64_t state = seed_of(job);
    path_of(job, file, path);
    if (!output_open(&out, path)) {
        return false;
    }
    for (int64_t i = 1; i <= rows; i++) {
        uint64_t chance = next(&state);
        fprintf(out.file, "%07" PRId64 ",HKN%02u,%u\n", i, (unsigned)(chance % INSURERS) + 1,
                (unsigned)((chance >> 8) % 9000) + 100);
    }
    return output_close(&out);
}

/* Number behind the last comma. */
static int64_t last_column(const char *line)
{
    const char *comma = strrchr(line, ',');
    return comma ? strtoll(comma + 1, NULL, 10) : 0;
}

bool figures_read(const struct job *job, const char *file, struct figures *ret)
{
    char path[KOKUHO_PATH_MAX], line[LINE_MAX_BYTES];
    path_of(job, file, path);
    FILE *in = fopen(path, "r");
    if (!in) {
        return false;
    }
    struct figures figures = {.hash = UINT64_C(14695981039346656037)};
    while (fgets(line, sizeof line, in)) {
        figures.rows++;
        figures.total += last_column(line);
        figures.hash = hash_text(figures.hash, line);
    }
    bool is_good = !ferror(in);
    fclose(in);
    *ret = figures;
    return is_good;
}

bool figures_write(const struct job *job, const char *file, const struct figures *figures)
{
    char path[KOKUHO_PATH_MAX];
    struct output out;
    path_of(job, file, path);
    if (!output_open(&out, path)) {
        return false;
    }
    fprintf(out.file, "%" PRId64 " %" PRId64 " %016" PRIx64 "\n", figures->rows, figures->total, figures->hash);
    return output_close(&out);
}

bool figures_load(const struct job *job, const char *file, struct figures *ret)
{
    char path[KOKUHO_PATH_MAX];
    path_of(job, file, path);
    FILE *in = fopen(path, "r");
    bool is_read =
        in && fscanf(in, "%" SCNd64 " %" SCNd64 " %" SCNx64, &ret->rows, &ret->total, &ret->hash) == 3;
    if (in) {
        fclose(in);
    }
    return is_read;
}

bool file_copy_path(const char *from, const char *to)
{
    struct output out;
    char bytes[8192];
    size_t n;
    FILE *in = fopen(from, "r");
    if (!in) {
        return false;
    }
    if (!output_open(&out, to)) {
        fclose(in);
        return false;
    }
    while ((n = fread(bytes, 1, sizeof bytes, in)) > 0) {
        fwrite(bytes, 1, n, out.file);
    }
    bool is_good = !ferror(in);
    fclose(in);
    return output_close(&out) && is_good;
}

bool file_copy(const struct job *job, const char *from, const char *to)
{
    char from_path[KOKUHO_PATH_MAX], to_path[KOKUHO_PATH_MAX];
    path_of(job, from, from_path);
    path_of(job, to, to_path);
    return file_copy_path(from_path, to_path);
}

bool rows_part(const struct job *job, const char *from, const char *loaded, const char *rejected)
{
    char path[KOKUHO_PATH_MAX], line[LINE_MAX_BYTES];
    struct output good, bad;
    path_of(job, from, path);
    FILE *in = fopen(path, "r");
    if (!in) {
        return false;
    }
    path_of(job, loaded, path);
    bool is_open = output_open(&good, path);
    path_of(job, rejected, path);
    if (!is_open || !output_open(&bad, path)) {
        fclose(in);
        return false;
    }
    while (fgets(line, sizeof line, in)) {
        /* エラーリスト 約1.2% */
        bool is_rejected = hash_text(UINT64_C(14695981039346656037), line) % 1000 < 12;
        fputs(line, is_rejected ? bad.file : good.file);
    }
    fclose(in);
    bool is_good = output_close(&good);
    return output_close(&bad) && is_good;
}

bool rows_compute(const struct job *job, const char *from, const char *to)
{
    char path[KOKUHO_PATH_MAX], line[LINE_MAX_BYTES];
    struct output out;
    path_of(job, from, path);
    FILE *in = fopen(path, "r");
    if (!in) {
        return false;
    }
    path_of(job, to, path);
    if (!output_open(&out, path)) {
        fclose(in);
        return false;
    }
    while (fgets(line, sizeof line, in)) {
        int64_t yen = last_column(line) * 10;
        line[strcspn(line, "\n")] = '\0';
        fprintf(out.file, "%s,%" PRId64 "\n", line, yen);
    }
    fclose(in);
    return output_close(&out);
}

bool rows_group(const struct job *job, const char *from, const char *to)
{
    char path[KOKUHO_PATH_MAX], line[LINE_MAX_BYTES];
    int64_t rows[INSURERS] = {0}, totals[INSURERS] = {0};
    struct output out;
    path_of(job, from, path);
    FILE *in = fopen(path, "r");
    if (!in) {
        return false;
    }
    while (fgets(line, sizeof line, in)) {
        const char *insurer = strstr(line, "HKN");
        long number = insurer ? strtol(insurer + 3, NULL, 10) : 0;
        if (number >= 1 && number <= INSURERS) {
            rows[number - 1]++;
            totals[number - 1] += last_column(line);
        }
    }
    fclose(in);
    path_of(job, to, path);
    if (!output_open(&out, path)) {
        return false;
    }
    for (int i = 0; i < INSURERS; i++) {
        fprintf(out.file, "HKN%02d,%" PRId64 ",%" PRId64 "\n", i + 1, rows[i], totals[i]);
    }
    return output_close(&out);
}

bool line_append(const struct job *job, const char *file, const char *line)
{
    char path[KOKUHO_PATH_MAX];
    path_of(job, file, path);
    FILE *out = fopen(path, "a");
    if (!out) {
        return false;
    }
    fprintf(out, "%s\n", line);
    return fclose(out) == 0;
}
