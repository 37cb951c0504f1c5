/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kokuho-job STEP UNIT MINUTES [GROUP CLASS…] - one job of the sample federation.
 *
 * Works MINUTES on the business clock, then does its step with real files. Environment: KOKUHO_DATA (folder of the data),
 * AJSEXDATE (execution date, from the server), BANTO_CLOCK_FILE, and for the switching jobs BANTO_BIN and BANTO_SERVER.
 * If $KOKUHO_DATA/fail/UNIT exists it holds an exit code: the job consumes the file and ends with that code, so that a
 * rerun succeeds.
 */
#include "kokuho.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void say(const struct job *job, const char *fmt, ...)
{
    char time_text[16];
    va_list args;
    clock_text(job->date, time_text);
    printf("%s%s%s ", time_text, *time_text ? " " : "", job->unit);
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

/* The execution date as YYYY-MM-DD; AJSEXDATE may have slashes. Without it the day is a fixed one: the job must not
 * depend on when it happens to run. */
static void date_read(struct job *job)
{
    const char *date = getenv("AJSEXDATE");
    snprintf(job->date, sizeof job->date, "%.10s", date && strlen(date) >= 10 ? date : "2026-06-29");
    for (char *at = job->date; *at; at++) {
        *at = *at == '/' ? '-' : *at;
    }
}

static bool job_make(struct job *job, int argc, char **argv)
{
    *job = (struct job){.data = getenv("KOKUHO_DATA"), .unit = argv[2], .args = argv + 4, .arg_count = argc - 4};
    if (!job->data || !*job->data) {
        fprintf(stderr, "KOKUHO_DATA にデータのフォルダーを指定してください / set KOKUHO_DATA\n");
        return false;
    }
    size_t n = strcspn(job->unit, "-");
    if (n == 0 || n >= sizeof job->net || strchr(job->unit, '/')) {
        fprintf(stderr, "ユニット名が正しくありません: %s\n", job->unit);
        return false;
    }
    memcpy(job->net, job->unit, n);
    job->net[n] = '\0';
    date_read(job);
    if ((size_t)snprintf(job->folder, sizeof job->folder, "%s/%s/%s", job->data, job->date, job->net) >=
            sizeof job->folder - KOKUHO_NAME_MAX ||
        !folder_make(job->folder)) {
        fprintf(stderr, "データのフォルダーを作れません: %s\n", job->folder);
        return false;
    }
    return true;
}

/* The planted exit code, 0 if there is none. The file is consumed. */
static int planted_code(const struct job *job)
{
    char path[KOKUHO_PATH_MAX], done[KOKUHO_PATH_MAX];
    int code = 0;
    if ((size_t)snprintf(path, sizeof path, "%s/fail/%s", job->data, job->unit) >= sizeof path ||
        (size_t)snprintf(done, sizeof done, "%s/fail/%s.done", job->data, job->unit) >= sizeof done) {
        return 0;
    }
    FILE *file = fopen(path, "r");
    if (!file) {
        return 0;
    }
    if (fscanf(file, "%d", &code) != 1) {
        code = CODE_ABNORMAL;
    }
    fclose(file);
    return rename(path, done) == 0 ? code & 255 : 0;
}

int main(int argc, char **argv)
{
    struct job job;
    if (argc < 4) {
        fprintf(stderr, "usage: kokuho-job STEP UNIT MINUTES [GROUP CLASS...]\n");
        return CODE_USAGE;
    }
    if (!job_make(&job, argc, argv)) {
        return CODE_ABNORMAL;
    }
    say(&job, "開始 (業務日 %s)", job.date);
    clock_work((int)strtol(argv[3], NULL, 10));
    int code = planted_code(&job);
    if (code != 0) {
        say(&job, "異常: 表領域 SSH_WORK の空きが足りません (ORA-01652 相当)。計算結果と照合できません");
        say(&job, "終了コード %d", code);
        return code;
    }
    code = step_run(&job, argv[1]);
    say(&job, "終了コード %d", code);
    return code;
}
