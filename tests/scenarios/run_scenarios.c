/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_scenarios FILE… - plays nights written by operators and compares what they expect with what happened, to the minute.
 *
 * The statements are told in docs/testing.md. Everything is read first, then played in the order of time; a scenario is over
 * when its last time has come. Afterwards the journal must replay to the tables.
 */
#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "os/file.h"
#include "store/store.h"
#include "tests/scenarios/command.h"
#include "tests/support/stage.h"
#include "wire/json.h"

enum statement_kind { SAY_START, SAY_SITE, SAY_UNITS, SAY_BASELINE, SAY_ONLINE, SAY_FAIL, SAY_SLOW, SAY_HANG, SAY_INCLUDE, SAY_AT,
                      SAY_REFUSED, SAY_SERVER, SAY_AGENT, SAY_EXPECT, SAY_NEVER, SAY_SLACK, SAY_UNTIL, STATEMENTS };
static const struct {
    const char *word;
    size_t words_min;
    bool is_timed;
} statements[STATEMENTS] = {
    [SAY_START] = {"start", 2, false},       [SAY_SITE] = {"site", 2, false},   [SAY_UNITS] = {"units", 2, false},
    [SAY_BASELINE] = {"baseline", 2, false}, [SAY_ONLINE] = {"online", 3, false}, [SAY_FAIL] = {"fail", 3, false},
    [SAY_SLOW] = {"slow", 3, false},         [SAY_HANG] = {"hang", 2, false},   [SAY_INCLUDE] = {"include", 2, false},
    [SAY_AT] = {"at", 3, true},              [SAY_REFUSED] = {"refused", 4, true}, [SAY_SERVER] = {"server", 3, true},
    [SAY_AGENT] = {"agent", 3, true},        [SAY_EXPECT] = {"expect", 4, true}, [SAY_NEVER] = {"never", 3, false},
    [SAY_SLACK] = {"slack", 3, true},        [SAY_UNTIL] = {"until", 2, true},
};

struct statement {
    enum statement_kind kind;
    struct words words;
    const char *file;
    int line;
    int64_t at_ms;
};

struct scenario {
    struct arena arena;
    VEC(struct statement) list;
    struct stage stage;
    const char *start, *site, *baseline;
    int failures;
};

static void complain(struct scenario *c, const struct statement *say, const char *what)
{
    (void)fprintf(stderr, "%s:%d: %s\n", say->file, say->line, what);
    c->failures++;
}

static void read_file(struct scenario *c, const char *path);

static void read_line(struct scenario *c, const char *path, int number, struct str line)
{
    struct words words;
    words_cut(&c->arena, arena_copy_bytes(&c->arena, line.at, line.n), &words);
    if (!words.n) {
        return;
    }
    struct statement say = {.kind = STATEMENTS, .words = words, .file = path, .line = number};
    for (int k = 0; k < STATEMENTS; k++) {
        if (strcmp(statements[k].word, words.at[0]) == 0) {
            say.kind = (enum statement_kind)k;
        }
    }
    if (say.kind == STATEMENTS || words.n < statements[say.kind].words_min) {
        complain(c, &say, "no such statement, or words are missing");
        return;
    }
    switch (say.kind) {
    case SAY_START: c->start = words.at[1]; break;
    case SAY_SITE: c->site = words.at[1]; break;
    case SAY_BASELINE: c->baseline = words.at[1]; break;
    case SAY_INCLUDE: read_file(c, words.at[1]); break;
    case SAY_UNITS: case SAY_ONLINE: case SAY_FAIL: case SAY_SLOW: case SAY_HANG: case SAY_AT: case SAY_REFUSED: case SAY_SERVER:
    case SAY_AGENT: case SAY_EXPECT: case SAY_NEVER: case SAY_SLACK: case SAY_UNTIL: case STATEMENTS:
        *vec_add(&c->list) = say;
        break;
    }
}

static void read_file(struct scenario *c, const char *path)
{
    struct err e;
    char *text;
    size_t n;
    if (!file_read(&c->arena, path, 1 << 20, &text, &n, &e)) {
        (void)fprintf(stderr, "%s cannot be read\n", path);
        c->failures++;
        return;
    }
    struct str rest = {text, n}, line;
    for (int number = 1; rest.n; number++) {
        (void)str_cut(rest, '\n', &line, &rest);
        read_line(c, path, number, line);
    }
}

/* ---- playing ---- */

static void set_up(struct scenario *c)
{
    static const char *const files[] = {"00-calendars", "01-ksk", "02-ssh", "03-hss", "04-jhs", "05-kks", "06-kdb", "07-ndb", "08-gt"};
    struct stage *s = &c->stage;
    c->site = c->site ? c->site : "examples/kokuho";
    stage_open(s, &(struct stage_options){.start = c->start, .site_folder = c->site, .with_hash = true});
    bool is_sample = strcmp(c->site, "examples/kokuho") == 0;
    for (size_t i = 0; is_sample && i < COUNT(files); i++) {
        stage_define_file(s, arena_printf(&c->arena, "%s/units/%s.txt", c->site, files[i]));
    }
    for (size_t i = 0; i < c->list.n; i++) {
        const struct words *w = &c->list.at[i].words;
        int64_t number = w->n > 2 ? atoll(w->at[2]) : 0;
        switch (c->list.at[i].kind) {
        case SAY_UNITS: stage_define_file(s, w->at[1]); break;
        case SAY_FAIL: stage_fail(s, w->at[1], (int32_t)number); break;
        case SAY_SLOW: stage_slow(s, w->at[1], (int32_t)number); break;
        case SAY_HANG: stage_hang(s, w->at[1]); break;
        case SAY_START: case SAY_SITE: case SAY_BASELINE: case SAY_INCLUDE: case SAY_ONLINE: case SAY_AT: case SAY_REFUSED:
        case SAY_SERVER: case SAY_AGENT: case SAY_EXPECT: case SAY_NEVER: case SAY_SLACK: case SAY_UNTIL: case STATEMENTS:
            break;
        }
    }
    if (c->baseline) {
        stage_baseline(s, arena_printf(&c->arena, "%s/%s", c->site, c->baseline));
    }
    for (size_t i = 0; i < c->list.n; i++) {
        const struct words *w = &c->list.at[i].words;
        if (c->list.at[i].kind == SAY_ONLINE) {
            stage_observe(s, "KOKUHO", w->at[1], w->at[2]);
        }
    }
    stage_register(s, "/");
}

static int by_time(const void *a, const void *b)
{
    const struct statement *x = a, *y = b;
    return x->at_ms != y->at_ms ? x->at_ms < y->at_ms ? -1 : 1 : x->line - y->line;
}

static void act_say(struct scenario *c, const struct statement *say)
{
    struct act act;
    const char *why = NULL;
    size_t skip = say->kind == SAY_REFUSED ? 3 : 2;
    struct words words = {.n = say->words.n - skip};
    for (size_t i = 0; i < words.n; i++) {
        words.at[i] = say->words.at[i + skip];
    }
    if (!command_read(&c->stage, &words, &act, &why)) {
        complain(c, say, arena_printf(&c->arena, "cannot be read as a command: %s", why));
        return;
    }
    bool is_ok = stage_try(&c->stage, act);
    struct strbuf text = {0};
    if (!is_ok) {
        err_print(&text, &c->stage.err, LANG_JA);
    }
    const char *id = is_ok ? "accepted" : message_of(c->stage.err.code)->id;
    if (say->kind == SAY_AT && !is_ok) {
        complain(c, say, arena_printf(&c->arena, "refused: %s", strbuf_str(&text)));
    } else if (say->kind == SAY_REFUSED && strcmp(id, say->words.at[2]) != 0) {
        complain(c, say, arena_printf(&c->arena, "expected to be refused with %s, but: %s %s", say->words.at[2], id, strbuf_str(&text)));
    }
    strbuf_close(&text);
}

static void slack_say(struct scenario *c, const struct statement *say)
{
    struct act act = act_make(ACT_SHOW_FORECAST);
    if (!stage_try(&c->stage, act)) {
        complain(c, say, "there is no forecast");
        return;
    }
    const char *opening = strstr(c->stage.json, "\"opening\"");
    const char *slack = opening ? strstr(opening, "\"slack_minutes\":") : NULL;
    if (!slack || atoll(slack + 16) != atoll(say->words.at[2])) {
        complain(c, say, arena_printf(&c->arena, "slack to the opening is %s", slack ? arena_copy_bytes(&c->arena, slack + 16, 6) : "not told"));
    }
}

static void agent_say(struct scenario *c, const struct statement *say)
{
    struct vagent *agent = c->stage.fleet.agents.at[0];
    const char *word = say->words.at[2];
    int64_t back_ms = say->words.n > 3 ? atoll(say->words.at[3]) * MINUTE_MS : 100;
    if (strcmp(word, "lost") == 0) {
        vagent_drop(agent, back_ms);
    } else if (strcmp(word, "dies") == 0) {
        vagent_die(agent, back_ms);
    } else {
        complain(c, say, "agent TIME lost|dies [MINUTES]");
    }
}

static void server_say(struct scenario *c, const struct statement *say)
{
    const char *word = say->words.at[2];
    if (strcmp(word, "killed") == 0) {
        stage_kill_server(&c->stage);
    } else if (strcmp(word, "down") == 0) {
        stage_server_down(&c->stage);
    } else if (strcmp(word, "up") == 0) {
        stage_server_up(&c->stage);
    } else {
        complain(c, say, "server TIME killed|down|up");
    }
}

static const char *word_of(const char *word)
{
    static const char *const words[][2] = {
        {"starts", "running"}, {"start-delay", "BNT0412-W"}, {"end-delay", "BNT0413-W"}, {"deadline-missed", "BNT0414-E"},
        {"risk", "BNT0415-W"}, {"gates-late", "BNT0421-W"},
    };
    for (size_t i = 0; i < COUNT(words); i++) {
        if (strcmp(word, words[i][0]) == 0) {
            return words[i][1];
        }
    }
    return word;
}

static void play(struct scenario *c)
{
    struct stage *s = &c->stage;
    for (size_t i = 0; i < c->list.n; i++) {
        struct statement *say = &c->list.at[i];
        say->at_ms = statements[say->kind].is_timed ? stage_instant(s, say->words.at[1]).ms : 0;
    }
    if (c->list.n) {
        qsort(c->list.at, c->list.n, sizeof(*c->list.at), by_time);
    }
    for (size_t i = 0; i < c->list.n; i++) {
        const struct statement *say = &c->list.at[i];
        if (!statements[say->kind].is_timed) {
            continue;
        }
        stage_to(s, (struct instant){say->at_ms});
        switch (say->kind) {
        case SAY_AT: case SAY_REFUSED: act_say(c, say); break;
        case SAY_SLACK: slack_say(c, say); break;
        case SAY_AGENT: agent_say(c, say); break;
        case SAY_SERVER: server_say(c, say); break;
        case SAY_START: case SAY_SITE: case SAY_UNITS: case SAY_BASELINE: case SAY_ONLINE: case SAY_FAIL: case SAY_SLOW: case SAY_HANG:
        case SAY_INCLUDE: case SAY_EXPECT: case SAY_NEVER: case SAY_UNTIL: case STATEMENTS:
            break;
        }
        stage_settle(s);
    }
}

static void judge(struct scenario *c)
{
    for (size_t i = 0; i < c->list.n; i++) {
        const struct statement *say = &c->list.at[i];
        const struct words *w = &say->words;
        bool is_expected = say->kind == SAY_EXPECT;
        if (is_expected && !stage_saw(&c->stage, w->at[1], w->at[2], word_of(w->at[3]))) {
            complain(c, say, arena_printf(&c->arena, "expected %s %s %s, but:\n%s", w->at[1], w->at[2], w->at[3],
                                          stage_trace(&c->stage, w->at[2])));
        }
        for (size_t l = 0; say->kind == SAY_NEVER && l < c->stage.lines.n; l++) {
            const struct stage_line *line = &c->stage.lines.at[l];
            if (strcmp(line->name, w->at[1]) == 0 && strcmp(line->word, word_of(w->at[2])) == 0) {
                complain(c, say, "it happened");
            }
        }
    }
}

static const char *scenario_path; /* of the test under way: cmocka gives a test no arguments */

static void goes_as_written(void **state)
{
    struct scenario c = {0};
    read_file(&c, scenario_path);
    if (!c.failures) {
        set_up(&c);
        play(&c);
        judge(&c);
        if (getenv("BANTO_TRACE")) {
            (void)fputs(stage_trace(&c.stage, ""), stderr);
        }
        stage_check(&c.stage);
        stage_close(&c.stage);
    }
    vec_close(&c.list);
    arena_close(&c.arena);
    assert_int_equal(c.failures, 0);
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++) {
        scenario_path = argv[i];
        const struct CMUnitTest tests[] = {{argv[i], goes_as_written, NULL, NULL, NULL}};
        failed += cmocka_run_group_tests(tests, NULL, NULL) != 0;
    }
    return failed ? 1 : 0;
}
