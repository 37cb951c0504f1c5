/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_form - a unit's definition as a form: the keys it has, then those it might have, each with its kind of value.
 */
#include "api/console_priv.h"

#include <ctype.h>

struct form_key {
    int16_t code;              /* enum unit_key */
    const char *key, *form, *words, *summary;
    int64_t lo, hi;
    int kinds;
    bool is_repeated;
};
static const struct form_key form_keys[] = {
#define UNIT_KEY(code, text, kinds, form, lo, hi, words, repeat, summary)                                    \
    {code, text, #form, words, summary, lo, hi, kinds, repeat},
#include "jobnet/unit_keys.def"
#undef UNIT_KEY
};

/* What operators call the keys they meet most. */
static const char *label_ja(const char *key)
{
    static const struct {
        const char *key, *ja;
    } labels[] = {{"ty", "種別"},         {"cm", "名称"},           {"te", "コマンド"},       {"sc", "スクリプト"},
                  {"prm", "引数"},        {"wkp", "作業フォルダー"}, {"env", "環境変数"},      {"ex", "実行エージェント"},
                  {"pr", "優先度"},       {"tho", "異常しきい値"},  {"wth", "警告しきい値"},  {"fd", "所要見込み(分)"},
                  {"etm", "打切り時間"},  {"sd", "開始日"},         {"st", "開始時刻"},       {"cy", "処理サイクル"},
                  {"sh", "休業日振替"},   {"shd", "振替日数"},      {"cftd", "起算"},         {"sy", "開始遅延監視"},
                  {"ey", "終了遅延監視"}, {"ed", "有効期限"},       {"ejn", "排他ジョブネット"}, {"jc", "カレンダー"},
                  {"rg", "保存世代数"},   {"ms", "多重起動"},       {"mp", "同時実行"},       {"cd", "打切り日数"},
                  {"ar", "関連線"},       {"el", "配置"},           {"sz", "マップの大きさ"}, {"un", "実行ユーザー"},
                  {"x_gate", "前提"},     {"x_deadline", "完了期限"}, {"x_class", "区分"},     {"x_flow", "業務フロー番号"},
                  {"x_calendar", "暦"},   {"x_output", "出力の扱い"}, {"x_effect", "効果"},    {"x_missed", "停止中に過ぎた開始"}};
    for (size_t i = 0; i < COUNT(labels); i++) {
        if (str_equal(labels[i].key, key)) {
            return labels[i].ja;
        }
    }
    return key;
}

/* "FORM_NUMBER_OR_WORD" -> "number-or-word" */
static const char *form_word(struct arena *into, const char *form)
{
    char *word = arena_copy(into, form + strlen("FORM_"));
    for (char *at = word; *at; at++) {
        *at = *at == '_' ? '-' : (char)tolower((unsigned char)*at);
    }
    return word;
}

static void field_answer(struct call *call, const struct form_key *info, const char *key, const char *value, const char *raw)
{
    struct json *j = &call->json;
    json_open(j, NULL);
    json_text(j, "key", key);
    answer_both(call, "label", label_ja(key), key);
    json_text(j, "value", value);
    json_text(j, "raw", raw);
    json_text(j, "kind", info ? form_word(call->into, info->form) : "unknown");
    json_text(j, "words", info ? info->words : NULL);
    json_number(j, "min", info ? info->lo : 0);
    json_number(j, "max", info ? info->hi : 0);
    json_bool(j, "is_repeated", info && info->is_repeated);
    json_text(j, "help", info ? info->summary : NULL);
    json_end(j);
}

static const struct form_key *info_of(const struct param *param)
{
    for (size_t i = 0; i < COUNT(form_keys); i++) {
        if (form_keys[i].code == param->known) {
            return &form_keys[i];
        }
    }
    return NULL;
}

/* Without the quotes around it; #" and ## resolved. */
static const char *plain_value(struct arena *into, struct str raw)
{
    if (raw.n < 2 || raw.at[0] != '"' || raw.at[raw.n - 1] != '"') {
        return arena_copy_bytes(into, raw.at, raw.n);
    }
    char *text = arena_copy_bytes(into, raw.at + 1, raw.n - 2);
    size_t n = 0;
    for (size_t i = 0; text[i]; i++) {
        i += text[i] == '#' && (text[i + 1] == '"' || text[i + 1] == '#');
        text[n++] = text[i];
    }
    text[n] = '\0';
    return text;
}

static void fields_answer(struct call *call, const struct unit *unit)
{
    json_list(&call->json, "fields");
    for (size_t i = 0; i < unit->param_count; i++) {
        const struct param *param = &unit->params[i];
        if (param->known != KEY_EL && param->known != KEY_AR && param->known != KEY_SZ) {
            field_answer(call, info_of(param), param->key, plain_value(call->into, param->value),
                         arena_copy_bytes(call->into, param->value.at, param->value.n));
        }
    }
    json_end(&call->json);
    json_list(&call->json, "others");
    for (size_t i = 0; i < COUNT(form_keys); i++) {
        const struct form_key *info = &form_keys[i];
        bool fits = (info->kinds & 1 << unit_type_row(unit->type)->kind) && !str_equal(info->form, "FORM_ANY");
        bool is_place = info->code == KEY_EL || info->code == KEY_AR || info->code == KEY_SZ;
        if (fits && !is_place && (info->is_repeated || !unit_param(unit, (enum unit_key)info->code, NULL))) {
            field_answer(call, info, info->key, NULL, NULL);
        }
    }
    json_end(&call->json);
}

bool read_form(struct call *call, struct err *e)
{
    const char *path = call_text(call, "unit");
    struct unit_row root;
    struct version_row version;
    CLEANUP(diags_close) struct diags diags = {0};
    const struct unit_file *file = NULL;
    call->field = "unit";
    if (!unit_root_get(call, path, &root, e) || !version_get(call, &root, 0, &version, e)) {
        return false;
    }
    if (!unit_parse(call->into, version.text, strlen(version.text), &diags, &file)) {
        return err_set(e, ERR_INTERNAL, "stored version %lld", (long long)version.id);
    }
    const struct unit *unit = unit_find(file, arena_printf(call->into, "/%s%s", file->first->name, path + strlen(root.path)));
    if (!unit) {
        return err_set(e, ERR_NOT_FOUND, "unit" ARG "%.200s", path);
    }
    call->field = NULL;
    json_open(&call->json, NULL);
    json_text(&call->json, "unit", path);
    json_text(&call->json, "root", root.path);
    json_number(&call->json, "version", version.number);
    json_text(&call->json, "type", unit_type_row(unit->type)->text);
    answer_both(call, "type_text", unit_type_row(unit->type)->name[LANG_JA], unit_type_row(unit->type)->name[LANG_EN]);
    fields_answer(call, unit);
    json_end(&call->json);
    return true;
}
