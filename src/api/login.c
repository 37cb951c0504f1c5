/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login - the threads, their queue, and what every handler of a login shares.
 */
#include "api/login.h"

#include <signal.h>
#include <string.h>
#include <time.h>

#include "os/clock.h"

bool login_open(struct api *api, const struct api_config *config, struct login **ret, struct err *e)
{
    struct arena memory = {0};
    struct login *login = arena_new(&memory, struct login);
    uint64_t seed = 0;
    login->memory = memory;
    login->api = api;
    login->cost = (struct hash_cost){config->hash_memory_kib, config->hash_passes};
    secret_random(&seed, sizeof(seed));
    secret_random(&login->key, sizeof(login->key));
    if (config->key_path && !secret_key_open(config->key_path, &login->key, e)) {
        memory = login->memory;
        arena_close(&memory);
        return false;
    }
    throttle_open(&login->throttle, seed);
    failures_open(&login->failures);
    (void)pthread_mutex_init(&login->lock, NULL);
    (void)pthread_cond_init(&login->change, NULL);
    *ret = login;
    return true;
}

void login_stop(struct login *login)
{
    waits_stop(login->api);
    (void)pthread_mutex_lock(&login->lock);
    login->is_stopping = true; /* no thread is started from here on */
    int count = login->thread_count;
    login->thread_count = 0;
    (void)pthread_cond_broadcast(&login->change);
    (void)pthread_mutex_unlock(&login->lock);
    for (int i = 0; i < count; i++) {
        (void)pthread_join(login->threads[i], NULL);
    }
}

void login_close(struct login *login)
{
    if (!login) {
        return;
    }
    login_stop(login);
    secret_wipe(&login->key, sizeof(login->key));
    secret_wipe(login->pending, sizeof(login->pending));
    throttle_close(&login->throttle);
    failures_close(&login->failures);
    (void)pthread_mutex_destroy(&login->lock);
    (void)pthread_cond_destroy(&login->change);
    struct arena memory = login->memory;
    arena_close(&memory);
}

int64_t login_check_count(struct api *api)
{
    struct login *login = api->login;
    (void)pthread_mutex_lock(&login->lock);
    int64_t count = login->check_count;
    (void)pthread_mutex_unlock(&login->lock);
    return count;
}

static void wipe(const char *text)
{
    if (text) {
        secret_wipe((void *)(uintptr_t)text, strlen(text)); /* the request's own copy */
    }
}

bool login_now(struct login_job *job)
{
    struct api_response response = {.status = 200, .content_type = "application/json"};
    struct err e = {0};
    if (!job->work(job, &response, &e)) {
        api_refuse(&response, &e, job->field);
        response.session = response.device = NULL;
    }
    wipe(job->password);
    wipe(job->fresh);
    wipe(job->code);
    struct api_done done = job->done; /* the job is gone when the request is */
    done.call(done.data, &response);
    strbuf_close(&response.body);
    return true;
}

void login_failed(struct login_job *job, const char *name)
{
    struct failure one = {.count = 1}, failure;
    (void)str_copy(one.name, sizeof(one.name), name);
    (void)str_copy(one.via, sizeof(one.via), job->caller.via);
    (void)str_copy(one.address, sizeof(one.address), job->caller.address);
    if (failures_add(&job->login->failures, &one, clock_boot_ms(), &failure)) {
        login_failure_tell(job->login->api, &failure);
    }
}

/* With the lock held: until there is something to do, or something folded to tell. */
static void rest(struct login *login)
{
    struct failure failure;
    int64_t next_ms = INT64_MAX, now_ms = clock_boot_ms();
    while (failures_due(&login->failures, now_ms, &failure, &next_ms)) {
        login_failure_tell(login->api, &failure);
    }
    if (next_ms == INT64_MAX) {
        (void)pthread_cond_wait(&login->change, &login->lock);
        return;
    }
    int64_t at_ms = clock_wall().ms + (next_ms - now_ms);
    struct timespec until = {at_ms / 1000, (at_ms % 1000) * 1000000};
    (void)pthread_cond_timedwait(&login->change, &login->lock, &until);
}

static bool stopping_work(struct login_job *job, struct api_response *response, struct err *e)
{
    (void)job;
    (void)response;
    return err_set(e, ERR_STOPPING, "%s", "");
}

static void *login_run(void *data)
{
    struct login *login = data;
    (void)pthread_mutex_lock(&login->lock);
    for (;;) {
        struct login_job *job = login->first;
        if (!job && login->is_stopping) {
            break;
        }
        if (!job) {
            rest(login);
            continue;
        }
        login->first = job->next;
        login->last = login->first ? login->last : NULL;
        login->waiting--;
        job->work = login->is_stopping ? stopping_work : job->work;
        (void)pthread_mutex_unlock(&login->lock);
        (void)login_now(job);
        (void)pthread_mutex_lock(&login->lock);
    }
    (void)pthread_mutex_unlock(&login->lock);
    return NULL;
}

/* With the lock held. At least one runs, or it is an error. */
static bool threads_start(struct login *login, struct err *e)
{
    sigset_t all, before;
    int failure = 0;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    while (login->thread_count < LOGIN_THREADS && failure == 0) {
        failure = pthread_create(&login->threads[login->thread_count], NULL, login_run, login);
        login->thread_count += failure == 0;
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return login->thread_count > 0 || err_set(e, ERR_SYSTEM, "pthread_create" ARG "%s", strerror(failure));
}

/* Who was here before goes first: a flood of strangers does not keep the staff out. */
static void enqueue(struct login *login, struct login_job *job)
{
    job->next = job->is_known ? login->first : NULL;
    if (job->is_known) {
        login->first = job;
        login->last = login->last ? login->last : job;
    } else {
        *(login->last ? &login->last->next : &login->first) = job;
        login->last = job;
    }
    login->waiting++;
}

bool login_submit(struct login_job *job, struct err *e)
{
    struct login *login = job->login;
    (void)pthread_mutex_lock(&login->lock);
    int places = job->is_known ? LOGIN_QUEUE_MAX : LOGIN_QUEUE_MAX - LOGIN_QUEUE_KNOWN;
    bool has_room = login->waiting < places && !login->is_stopping;
    bool is_taken = has_room && threads_start(login, e);
    if (is_taken) {
        enqueue(login, job);
        (void)pthread_cond_signal(&login->change);
    }
    (void)pthread_mutex_unlock(&login->lock);
    if (!has_room) {
        (void)err_set(e, ERR_BUSY, "%d", LOGIN_QUEUE_MAX);
    }
    if (!is_taken && job->has_keys) {
        throttle_forgive(&login->throttle, &job->keys, false);
    }
    return is_taken;
}

struct login_job *login_job_make(struct call *call, const struct api_done *done)
{
    struct login_job *job = arena_new(call->into, struct login_job);
    *job = (struct login_job){.login = call->api->login,
                              .into = call->into,
                              .done = *done,
                              .caller = call->request->caller,
                              .is_known = call->request->caller.identity != NULL,
                              .device = call->request->device,
                              .browser = call->request->browser};
    return job;
}

bool login_try(struct login_job *job, struct throttle_keys keys, struct err *e)
{
    int wait_sec = throttle_try(&job->login->throttle, &keys, clock_boot_ms());
    if (wait_sec > 0) {
        return err_set(e, ERR_LOGIN_WAIT, "%d", wait_sec);
    }
    job->keys = keys;
    job->has_keys = true;
    return true;
}

/* With the first login, so that a start costs nothing; without the lock, which HTTP threads take. */
static void dummy_make(struct login *login)
{
    struct err e = {0};
    char text[SECRET_TEXT_BYTES], hash[SECRET_HASH_TEXT_BYTES] = "";
    secret_text_make(text);
    bool is_made = password_hash(str_of(text), login->cost, hash, &e);
    (void)pthread_mutex_lock(&login->lock);
    if (is_made && !*login->dummy) {
        memcpy(login->dummy, hash, sizeof(hash));
    }
    (void)pthread_mutex_unlock(&login->lock);
}

bool login_password_is(struct login *login, const char *password, const char *hash)
{
    (void)pthread_mutex_lock(&login->lock);
    login->check_count++;
    bool has_dummy = *login->dummy != '\0';
    (void)pthread_mutex_unlock(&login->lock);
    if (!has_dummy) {
        dummy_make(login);
    }
    bool has_hash = hash && *hash;
    bool is_right = password_is(str_of(password), has_hash ? hash : login->dummy);
    return is_right && has_hash;
}
