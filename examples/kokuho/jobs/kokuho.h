/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * kokuho - what the files of the sample's job program share.
 *
 * The program stands in for the systems that a real federation's jobs would call. It works on real files below
 * $KOKUHO_DATA/DATE/NET/, so that counts, totals and hashes are truly compared from job to job; what it makes depends on
 * the unit's name and the execution date alone. There is no personal data: rows are numbers.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit codes: 0 normal, 1..8 warning, from 9 abnormal (wth=0, tho=8). */
enum { CODE_OK = 0, CODE_WARNING = 4, CODE_ABNORMAL = 9, CODE_MISMATCH = 12, CODE_USAGE = 64 };

enum { KOKUHO_PATH_MAX = 1024, KOKUHO_NAME_MAX = 64 };

struct job {
    const char *data;               /* $KOKUHO_DATA */
    const char *unit;               /* JN404-05 */
    char net[KOKUHO_NAME_MAX];      /* JN404 */
    char date[16];                  /* 2026-06-29 */
    char folder[KOKUHO_PATH_MAX];   /* $KOKUHO_DATA/DATE/NET */
    char **args;                    /* behind the minutes: GROUP CLASS… */
    int arg_count;
};

/* ---- clock ---- */
/* Works for that long on the business clock of $BANTO_CLOCK_FILE (`base_boot_ms base_business_ms speed`, rewritten when the
 * speed changes); 0 minutes without it. */
void clock_work(int minutes);
/* 48-hour time on `date` ("25:30"), "" without the clock file. */
const char *clock_text(const char *date, char text[16]);

/* ---- data ---- */
struct figures {
    int64_t rows, total;
    uint64_t hash;
};
void path_of(const struct job *job, const char *file, char path[KOKUHO_PATH_MAX]);
bool folder_make(const char *path);
bool file_exists(const char *path);
/* Makes the rows of a file out of the unit's name and the date. */
bool rows_make(const struct job *job, const char *file, int64_t rows);
/* How many rows this jobnet handles on that day. */
int64_t rows_of(const struct job *job);
/* Rows, sum of the last column and hash; false if it cannot be read. */
bool figures_read(const struct job *job, const char *file, struct figures *ret);
bool figures_write(const struct job *job, const char *file, const struct figures *figures); /* a .ctl file */
bool figures_load(const struct job *job, const char *file, struct figures *ret);
bool file_copy(const struct job *job, const char *from, const char *to);
bool file_copy_path(const char *from, const char *to);
/* Parts the rows: those whose number a rule hits go to `rejected`, the others to `loaded`. */
bool rows_part(const struct job *job, const char *from, const char *loaded, const char *rejected);
/* Adds the amount (points x 10 yen) to each row. */
bool rows_compute(const struct job *job, const char *from, const char *to);
/* Rows and sums by insurer. */
bool rows_group(const struct job *job, const char *from, const char *to);
bool line_append(const struct job *job, const char *file, const char *line);

/* ---- steps ---- */
/* Does the step's work; the exit code. CODE_USAGE for a step that does not exist. */
int step_run(const struct job *job, const char *step);
/* Prints a line an operator reads, with the time before it. */
void say(const struct job *job, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
