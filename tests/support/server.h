/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * server - a real bantod in a folder of its own, for tests and benchmarks that look at it from outside.
 *
 * A failure that is no finding (a program that cannot be started, an answer that is no answer) ends the process with
 * a message: nothing can be said then.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct server {
    char bin[512];             /* folder of the programs */
    char folder[512];          /* of all that is ours */
    char data[544], socket[560];
    bool has_own_agent;        /* true: started by us (server_agent_start), not by bantod */
    pid_t pid, agent;          /* 0: does not run */
    char *answer;              /* of the last request */
    char status[32];           /* of the run that server_wait waited for, and its times by the server's clock */
    int64_t started_ms, ended_ms;
};

/* Programs from $BANTO_BIN, else next to our own folder (build/bench, build/tests -> build/bin). Writes a site whose one
 * agent takes `jobs` jobs at once. */
void server_make(struct server *s, const char *folder, int jobs, bool has_own_agent);
/* Starts bantod and does not wait for it. */
void server_launch(struct server *s);
/* Starts bantod; returns when it answers. */
void server_start(struct server *s);
void server_agent_start(struct server *s);
/* SIGKILL, and waits until it is gone. */
void server_kill(struct server *s);
void server_agent_kill(struct server *s);
/* SIGTERM, and waits. */
void server_stop(struct server *s);
/* The keeper's number, read from its lock; 0: none. */
pid_t server_keeper(const struct server *s);
pid_t server_net_half(const struct server *s);

/* One request with the answer's body, valid until the next one. Status 0: nobody answered, or not to the end. */
int server_ask(struct server *s, const char *method, const char *path, const char *body, const char **answer);
/* The same; ends the process unless it was answered 2xx. */
const char *server_must(struct server *s, const char *method, const char *path, const char *body);
/* Defines unit text. */
void server_define(struct server *s, const char *text);
/* A run by hand; its number, 0 if nobody answered. */
int64_t server_run(struct server *s, const char *unit);
/* Waits until a run has ended and fills status, started_ms, ended_ms. False: it took longer. */
bool server_wait(struct server *s, int64_t run, int64_t timeout_ms);
/* Waits until the agent is connected and ready. */
void server_wait_agent(struct server *s);

/* First member of that name in a JSON text: its number, or the text behind it up to the closing quote in `to`. */
int64_t answer_number(const char *json, const char *name, int64_t otherwise);
bool answer_text(const char *json, const char *name, char *to, size_t size);
/* "2026-06-29T19:00:00.123+09:00" in milliseconds since 1970. */
int64_t answer_instant_ms(const char *json, const char *name);

/* User and system time of bantod, net half, keeper and of the children they have waited for. */
double server_cpu_s(const struct server *s);
int64_t clock_now_ms(void); /* monotonic */
/* Where the running program lies. */
void own_folder(char *to, size_t size);
_Noreturn void give_up(const char *what, const char *why);
