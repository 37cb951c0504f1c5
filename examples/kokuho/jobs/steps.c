/* SPDX-License-Identifier: Apache-2.0 */
/*
 * steps - what each step of the job templates does (到着監視, 件数・ハッシュ照合, 計算, 照合, 送信 …).
 *
 * A step reads what the step before it left in the jobnet's folder, writes its own file, and compares. A rerun writes
 * the same again.
 */
#include "kokuho.h"

#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int broken(const struct job *job, const char *what)
{
    say(job, "異常: %s を読み書きできません", what);
    return CODE_ABNORMAL;
}

/* Two files must hold the same rows and total. */
static int same(const struct job *job, const char *a, const char *b)
{
    struct figures left, right;
    if (!figures_read(job, a, &left) || !figures_read(job, b, &right)) {
        return broken(job, a);
    }
    bool is_same = left.rows == right.rows && left.total == right.total;
    say(job, "照合 %s %" PRId64 "件 / %s %" PRId64 "件、合計 %" PRId64 " / %" PRId64 " … %s", a, left.rows, b, right.rows,
        left.total, right.total, is_same ? "一致" : "不一致");
    return is_same ? CODE_OK : CODE_MISMATCH;
}

/* ---- import: 到着監視 → 件数・ハッシュ照合 → 退避 → 取込 → エラーリスト → 照合通知 ---- */
static int step_arrive(const struct job *job)
{
    struct figures figures;
    /* The sender is played here as well: rows and the control file that comes with them. */
    if (!rows_make(job, "arrived.csv", rows_of(job)) || !figures_read(job, "arrived.csv", &figures) ||
        !figures_write(job, "arrived.ctl", &figures)) {
        return broken(job, "arrived.csv");
    }
    say(job, "到着 %" PRId64 "件 (制御ファイルあり)", figures.rows);
    return CODE_OK;
}

/* Of an import: against the control file. Of an output: what was made against what was extracted. */
static int step_match(const struct job *job)
{
    char path[KOKUHO_PATH_MAX];
    struct figures file, control;
    path_of(job, "arrived.ctl", path);
    if (!file_exists(path)) {
        path_of(job, "created.csv", path);
        return same(job, "extract.csv", file_exists(path) ? "created.csv" : "deliver.csv");
    }
    if (!figures_read(job, "arrived.csv", &file) || !figures_load(job, "arrived.ctl", &control)) {
        return broken(job, "arrived.ctl");
    }
    bool is_same = file.rows == control.rows && file.total == control.total && file.hash == control.hash;
    say(job, "件数 %" PRId64 " / 制御 %" PRId64 "、ハッシュ %016" PRIx64 " … %s", file.rows, control.rows, file.hash,
        is_same ? "一致" : "不一致");
    return is_same ? CODE_OK : CODE_MISMATCH;
}

static int step_save(const struct job *job)
{
    char path[KOKUHO_PATH_MAX];
    path_of(job, "arrived.csv", path);
    if (file_exists(path)) {
        if (!file_copy(job, "arrived.csv", "saved.csv")) {
            return broken(job, "saved.csv");
        }
    } else if (!line_append(job, "saved.log", job->unit)) {
        return broken(job, "saved.log");
    }
    say(job, "退避しました");
    return CODE_OK;
}

static int step_load(const struct job *job)
{
    struct figures arrived, loaded, rejected;
    if (!rows_part(job, "arrived.csv", "result.csv", "rejected.csv") || !figures_read(job, "arrived.csv", &arrived) ||
        !figures_read(job, "result.csv", &loaded) || !figures_read(job, "rejected.csv", &rejected)) {
        return broken(job, "arrived.csv");
    }
    say(job, "取込 %" PRId64 "件、エラー %" PRId64 "件", loaded.rows, rejected.rows);
    return arrived.rows == loaded.rows + rejected.rows ? CODE_OK : CODE_MISMATCH;
}

static int step_errors(const struct job *job)
{
    struct figures arrived, rejected;
    if (!file_copy(job, "rejected.csv", "errors.csv") || !figures_read(job, "errors.csv", &rejected) ||
        !figures_read(job, "arrived.csv", &arrived)) {
        return broken(job, "errors.csv");
    }
    bool is_many = rejected.rows * 100 > arrived.rows * 8;
    say(job, "エラーリスト %" PRId64 "件%s", rejected.rows, is_many ? " (8%を超えています)" : "");
    return is_many ? CODE_WARNING : CODE_OK;
}

static int step_report(const struct job *job)
{
    struct figures arrived, loaded, rejected;
    if (!figures_read(job, "arrived.csv", &arrived) || !figures_read(job, "result.csv", &loaded) ||
        !figures_read(job, "rejected.csv", &rejected)) {
        return broken(job, "result.csv");
    }
    bool is_same = arrived.rows == loaded.rows + rejected.rows && arrived.total == loaded.total + rejected.total;
    say(job, "照合通知 到着 %" PRId64 " = 取込 %" PRId64 " + エラー %" PRId64 " … %s", arrived.rows, loaded.rows,
        rejected.rows, is_same ? "一致" : "不一致");
    return is_same ? CODE_OK : CODE_MISMATCH;
}

/* ---- calculation and output ---- */
/* Whose result of the same day a jobnet takes; others make their own rows. */
static const char *source_of(const char *net)
{
    static const char *const sources[][2] = {{"JN203", "JN202"}, {"JN204", "JN203"}, {"JN206", "JN203"},
                                             {"JN207", "JN203"}, {"JN303", "JN301"}, {"JN304", "JN303"},
                                             {"JN506", "JN404"}};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        if (strcmp(sources[i][0], net) == 0) {
            return sources[i][1];
        }
    }
    return NULL;
}

static int step_extract(const struct job *job)
{
    char from[KOKUHO_PATH_MAX] = "", to[KOKUHO_PATH_MAX];
    struct figures figures;
    const char *source = source_of(job->net);
    path_of(job, "extract.csv", to);
    if (source && (size_t)snprintf(from, sizeof from, "%s/%s/%s/result.csv", job->data, job->date, source) >= sizeof from) {
        return broken(job, "result.csv");
    }
    bool is_from_source = source && file_exists(from);
    bool is_made = is_from_source ? file_copy_path(from, to) : rows_make(job, "extract.csv", rows_of(job));
    if (!is_made || !figures_read(job, "extract.csv", &figures)) {
        return broken(job, "extract.csv");
    }
    say(job, "抽出 %" PRId64 "件%s%s", figures.rows, is_from_source ? " 抽出元 " : "", is_from_source ? source : "");
    return CODE_OK;
}

static int step_compute(const struct job *job)
{
    struct figures figures;
    if (!rows_compute(job, "extract.csv", "result.csv") || !figures_read(job, "result.csv", &figures) ||
        !figures_write(job, "result.ctl", &figures)) {
        return broken(job, "result.csv");
    }
    say(job, "計算 %" PRId64 "件、金額 %" PRId64 "円", figures.rows, figures.total);
    return CODE_OK;
}

static int step_total(const struct job *job)
{
    struct figures extract, result, control;
    if (!figures_read(job, "extract.csv", &extract) || !figures_read(job, "result.csv", &result) ||
        !figures_load(job, "result.ctl", &control)) {
        return broken(job, "result.csv");
    }
    bool is_same = extract.rows == result.rows && extract.total * 10 == result.total && result.hash == control.hash;
    say(job, "照合 抽出 %" PRId64 "件 = 計算 %" PRId64 "件、金額 %" PRId64 "円 … %s", extract.rows, result.rows, result.total,
        is_same ? "一致" : "不一致");
    return is_same ? CODE_OK : CODE_MISMATCH;
}

static int step_forms(const struct job *job)
{
    struct figures result, form;
    if (!rows_group(job, "result.csv", "form.csv") || !figures_read(job, "form.csv", &form) ||
        !figures_read(job, "result.csv", &result)) {
        return broken(job, "form.csv");
    }
    say(job, "帳票データ %" PRId64 "保険者、合計 %" PRId64 "円 (計算 %" PRId64 "円)", form.rows, form.total, result.total);
    return form.total == result.total ? CODE_OK : CODE_MISMATCH;
}

static int step_deliver(const struct job *job)
{
    char path[KOKUHO_PATH_MAX];
    path_of(job, "form.csv", path);
    const char *from = file_exists(path) ? "form.csv" : "extract.csv";
    return file_copy(job, from, "deliver.csv") ? same(job, from, "deliver.csv") : broken(job, "deliver.csv");
}

static int step_create(const struct job *job)
{
    struct figures figures;
    if (!file_copy(job, "extract.csv", "created.csv") || !figures_read(job, "created.csv", &figures)) {
        return broken(job, "created.csv");
    }
    say(job, "作成 %" PRId64 "件", figures.rows);
    return CODE_OK;
}

static int step_send(const struct job *job)
{
    struct figures figures;
    if (!file_copy(job, "created.csv", "sent.csv") || !figures_read(job, "sent.csv", &figures) ||
        !figures_write(job, "sent.ctl", &figures)) {
        return broken(job, "sent.csv");
    }
    say(job, "送信 %" PRId64 "件 ハッシュ %016" PRIx64, figures.rows, figures.hash);
    return CODE_OK;
}

static int step_receipt(const struct job *job)
{
    struct figures sent, created;
    if (!figures_load(job, "sent.ctl", &sent) || !figures_read(job, "created.csv", &created)) {
        return broken(job, "sent.ctl");
    }
    bool is_same = sent.rows == created.rows && sent.hash == created.hash;
    say(job, "受領確認 %" PRId64 "件 … %s", sent.rows, is_same ? "一致" : "不一致");
    return is_same ? CODE_OK : CODE_MISMATCH;
}

static int step_copy(const struct job *job)
{
    return file_copy(job, "sent.csv", "copy.csv") ? same(job, "sent.csv", "copy.csv") : broken(job, "copy.csv");
}

/* ---- print ---- */
static int step_image(const struct job *job)
{
    struct figures figures;
    if (!rows_group(job, "extract.csv", "image.csv") || !figures_read(job, "extract.csv", &figures)) {
        return broken(job, "image.csv");
    }
    say(job, "印刷イメージ %" PRId64 "頁 (%" PRId64 "件)", (figures.rows + 39) / 40, figures.rows);
    return CODE_OK;
}

static int step_copies(const struct job *job)
{
    struct figures planned, printed;
    if (!figures_read(job, "extract.csv", &planned) || !figures_read(job, "image.csv", &printed)) {
        return broken(job, "image.csv");
    }
    say(job, "部数照合 予定 %" PRId64 " / 印刷 %" PRId64, planned.total, printed.total);
    return planned.total == printed.total ? CODE_OK : CODE_MISMATCH;
}

/* ---- online windows ---- */
static void state_path(const struct job *job, const char *cls, char path[KOKUHO_PATH_MAX])
{
    if ((size_t)snprintf(path, KOKUHO_PATH_MAX, "%s/online/%s", job->data, cls) >= KOKUHO_PATH_MAX) {
        exit(CODE_ABNORMAL);
    }
}

/* The system's own state of a user class: what a real job would ask of it. Never set: closed. */
static void state_read(const struct job *job, const char *cls, char state[16])
{
    char path[KOKUHO_PATH_MAX];
    state_path(job, cls, path);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%15s", state) != 1) {
        snprintf(state, 16, "closed");
    }
    if (file) {
        fclose(file);
    }
}

static bool state_write(const struct job *job, const char *cls, const char *state)
{
    char path[KOKUHO_PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s/online", job->data) >= sizeof path || !folder_make(path)) {
        return false;
    }
    state_path(job, cls, path);
    FILE *file = fopen(path, "w");
    return file && fprintf(file, "%s\n", state) > 0 && fclose(file) == 0;
}

/* Tells the server what was seen: banto window observe GROUP CLASS STATE. */
static int observe(const struct job *job, const char *group, const char *cls)
{
    char state[16], program[KOKUHO_PATH_MAX];
    const char *bin = getenv("BANTO_BIN");
    struct stat st;
    state_read(job, cls, state);
    say(job, "%s %s は %s", group, cls, state);
    if (!getenv("BANTO_SERVER")) {
        return CODE_OK; /* tried by hand, without a server */
    }
    bool is_folder = bin && stat(bin, &st) == 0 && S_ISDIR(st.st_mode);
    if ((size_t)snprintf(program, sizeof program, "%s%s", bin && *bin ? bin : "banto", is_folder ? "/banto" : "") >=
        sizeof program) {
        return CODE_WARNING;
    }
    char *args[] = {program, (char[]){"window"}, (char[]){"observe"}, strdup(group), strdup(cls), state, NULL};
    pid_t pid;
    int status = -1;
    bool is_done = posix_spawnp(&pid, program, NULL, NULL, args, environ) == 0 && waitpid(pid, &status, 0) == pid;
    free(args[3]);
    free(args[4]);
    if (!is_done || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        say(job, "警告: 状態をサーバーへ知らせられません");
        return CODE_WARNING;
    }
    return CODE_OK;
}

/* args: GROUP CLASS… ; the worst code of all classes. */
static int observe_all(const struct job *job)
{
    int worst = CODE_OK;
    for (int i = 1; i < job->arg_count; i++) {
        int code = observe(job, job->args[0], job->args[i]);
        worst = code > worst ? code : worst;
    }
    return worst;
}

static int switch_to(const struct job *job, const char *state)
{
    if (job->arg_count < 2 || !state_write(job, job->args[1], state)) {
        return broken(job, "online");
    }
    return observe_all(job);
}

static int step_switch(const struct job *job)
{
    return switch_to(job, "open");
}

static int step_preclose(const struct job *job)
{
    return switch_to(job, "preclosed");
}

static int step_close(const struct job *job)
{
    return switch_to(job, "closed");
}

static int step_drain(const struct job *job)
{
    say(job, "予閉塞中。残りセッション 0");
    return observe_all(job);
}

static int step_screen(const struct job *job)
{
    char state[16] = "";
    if (job->arg_count >= 2) {
        state_read(job, job->args[1], state);
    }
    say(job, "画面疎通 %s", strcmp(state, "open") == 0 ? "良好" : "不可");
    return strcmp(state, "open") == 0 ? CODE_OK : CODE_ABNORMAL;
}

static int step_closed(const struct job *job)
{
    for (int i = 1; i < job->arg_count; i++) {
        char state[16];
        state_read(job, job->args[i], state);
        if (strcmp(state, "closed") != 0) {
            say(job, "%s が %s のため続けられません", job->args[i], state);
            return CODE_ABNORMAL;
        }
    }
    return observe_all(job);
}

/* ---- monitoring, backup, and steps that only leave a mark ---- */
static int step_sample(const struct job *job)
{
    int code = job->arg_count > 1 ? observe_all(job) : CODE_OK;
    return rows_make(job, "sample.csv", 27) ? code : broken(job, "sample.csv");
}

static int step_judge(const struct job *job)
{
    struct figures figures;
    if (!figures_read(job, "sample.csv", &figures)) {
        return broken(job, "sample.csv");
    }
    say(job, "27台を判定 … しきい値以内 (平均 %" PRId64 ")", figures.total / (figures.rows > 0 ? figures.rows : 1));
    return CODE_OK;
}

static int step_store(const struct job *job)
{
    return line_append(job, "history.log", job->unit) ? CODE_OK : broken(job, "history.log");
}

/* Several backups of one jobnet run side by side: each has files of its own. */
static int step_backup(const struct job *job)
{
    char file[KOKUHO_NAME_MAX + 16], control[KOKUHO_NAME_MAX + 16];
    struct figures figures;
    snprintf(file, sizeof file, "%.60s.bak", job->unit);
    snprintf(control, sizeof control, "%.60s.ctl", job->unit);
    if (!rows_make(job, file, 1000) || !figures_read(job, file, &figures) || !figures_write(job, control, &figures)) {
        return broken(job, file);
    }
    say(job, "退避 %" PRId64 "ブロック ハッシュ %016" PRIx64, figures.rows, figures.hash);
    return CODE_OK;
}

static int step_verify(const struct job *job)
{
    int checked_count = 0;
    for (int i = 1; i <= 16; i++) {
        char file[KOKUHO_NAME_MAX + 16], path[KOKUHO_PATH_MAX];
        struct figures saved, control;
        snprintf(file, sizeof file, "%s-%02d.ctl", job->net, i);
        path_of(job, file, path);
        if (!file_exists(path)) {
            continue;
        }
        if (!figures_load(job, file, &control)) {
            return broken(job, file);
        }
        snprintf(file, sizeof file, "%s-%02d.bak", job->net, i);
        if (!figures_read(job, file, &saved) || saved.hash != control.hash) {
            say(job, "検証 %s … 不一致", file);
            return CODE_MISMATCH;
        }
        checked_count++;
    }
    say(job, "検証 %d本 … %s", checked_count, checked_count > 0 ? "良好" : "退避がありません");
    return checked_count > 0 ? CODE_OK : CODE_ABNORMAL;
}

static int step_mark(const struct job *job)
{
    return line_append(job, "steps.log", job->unit) ? CODE_OK : broken(job, "steps.log");
}

int step_run(const struct job *job, const char *step)
{
    static const struct {
        const char *name;
        int (*run)(const struct job *job);
    } steps[] = {
        {"arrive", step_arrive},   {"match", step_match},       {"save", step_save},       {"load", step_load},
        {"errors", step_errors},   {"report", step_report},     {"extract", step_extract}, {"compute", step_compute},
        {"total", step_total},     {"forms", step_forms},       {"deliver", step_deliver}, {"create", step_create},
        {"send", step_send},       {"receipt", step_receipt},   {"copy", step_copy},       {"image", step_image},
        {"copies", step_copies},   {"state", observe_all},      {"switch", step_switch},   {"preclose", step_preclose},
        {"close", step_close},     {"drain", step_drain},       {"screen", step_screen},   {"closed", step_closed},
        {"sample", step_sample},   {"retry", step_sample},      {"judge", step_judge},     {"store", step_store},
        {"backup", step_backup},   {"verify", step_verify},     {"check", step_mark},      {"quiesce", step_mark},
        {"notify", step_mark},     {"sort", step_mark},         {"hold", step_mark},       {"release", step_mark},
        {"stop", step_mark},       {"work", step_mark},         {"start", step_mark},      {"started", step_mark},
        {"parameter", step_mark},  {"master", step_mark},
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (strcmp(steps[i].name, step) == 0) {
            return steps[i].run(job);
        }
    }
    fprintf(stderr, "知らない手順です / unknown step: %s\n", step);
    return CODE_USAGE;
}
