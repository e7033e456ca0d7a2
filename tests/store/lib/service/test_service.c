/* The service skeleton, seen from the bus: two toy services as processes of their own, a real
 * database, and this program as the edge. A plain main: it forks and uses threads, and runs under
 * the thread sanitizer. */
#include "support/database.h"
#include "toy.h"

#include "base/clock.h"
#include "base/id.h"
#include "bus/bus.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)                                                    \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                        \
        }                                                                   \
    } while (0)

enum { PATIENCE_MS = 30000, CALL_MS = 20000 };

static char leader_url[STORE_URL_MAX], follower_url[STORE_URL_MAX], folder[64];
static struct pal_bus_client *bus;
static pid_t leader, follower;

/* ---- helpers ---- */

static int ended(pid_t pid)
{
    int status = 0;
    CHECK(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void wait_ready(pid_t (*probe)(const char *flag))
{
    int64_t end = pal_mono_ms() + PATIENCE_MS;
    while (ended(probe("--health")) != 0)
        CHECK(pal_mono_ms() < end);
}

static void wait_number(const char *url, const char *sql, int64_t wanted)
{
    int64_t end = pal_mono_ms() + PATIENCE_MS;
    while (store_number(url, sql) != wanted)
        CHECK(pal_mono_ms() < end);
}

struct answer {
    enum pal_code code; /* of the bus */
    unsigned status;
    int64_t id;
    char body[1024];
};

static struct answer call_frame(struct pal_frame *f)
{
    struct answer a = {0};
    struct pal_arena arena;
    struct pal_frame reply = {0};
    struct pal_error err = {0};
    pal_arena_init(&arena, 1 << 20);
    f->kind = PAL_KIND_REQUEST;
    f->deadline_ms = f->deadline_ms ? f->deadline_ms : (uint64_t)(pal_now_ms() + CALL_MS);
    a.code = pal_bus_call(bus, 0, f, &arena, &reply, &err);
    if (a.code == PAL_OK) {
        char why[80];
        a.status = reply.status;
        snprintf(a.body, sizeof a.body, "%.*s", (int)reply.body.n,
                 reply.body.n ? reply.body.p : "");
        json_t *o = reply.body.n ? pal_json_parse(reply.body, why) : NULL;
        a.id = pal_json_int(o, "id", 0);
        json_decref(o);
    }
    pal_arena_fini(&arena);
    return a;
}

static struct pal_frame request(const struct pal_command *cmd, const char *body)
{
    return (struct pal_frame){.id = cmd->id,
                              .caller = {.user = 7, .org = 3, .role = PAL_ROLE_MEMBER},
                              .body = pal_str_of(body)};
}

static struct answer call(const struct pal_command *cmd, const char *body)
{
    struct pal_frame f = request(cmd, body);
    return call_frame(&f);
}

static bool has(const struct answer *a, const char *text)
{
    return strstr(a->body, text) != NULL;
}

/* ---- what is promised ---- */

static void a_command_is_answered_with_the_status_of_its_rest_face(void)
{
    struct answer a = call(&pal_cmd_channel_create, "{\"name\":\"first\"}");
    CHECK(a.code == PAL_OK && a.status == 201 && a.id == 1);
    a = call(&pal_cmd_channel_list, "");
    CHECK(a.status == 200 && has(&a, "\"n\":1"));
}

static void the_reply_waits_for_the_consumers_that_are_there(void)
{
    wait_number(follower_url, "select count(*) from applied where name = 'first'",
                1); /* it is there */
    CHECK(call(&pal_cmd_channel_create, "{\"name\":\"awaited\"}").status == 201);
    CHECK(store_number(follower_url, "select count(*) from applied where name = 'awaited'") == 1);
}

static void wrong_requests_are_refused_by_name(void)
{
    struct answer a = call(&pal_cmd_channel_create, "{\"name\":5,\"colour\":\"red\"}");
    CHECK(a.status == 400 && has(&a, "/name") && has(&a, "/colour") && has(&a, "request.invalid"));
    CHECK(call(&pal_cmd_channel_create, "{\"name\":").status == 400);
    CHECK(call(&pal_cmd_channel_create, "[]").status == 400);
}

static void a_command_of_another_service_is_not_found(void)
{
    struct answer a = call(&pal_cmd_auth_login, "{}");
    CHECK(a.status == 404 && has(&a, "request.not_found"));
}

static void roles_below_the_least_are_denied(void)
{
    struct pal_frame f = request(&pal_cmd_channel_create, "{\"name\":\"x\"}");
    f.caller.role = PAL_ROLE_NONE;
    struct answer a = call_frame(&f);
    CHECK(a.status == 403 && has(&a, "access.denied"));
    f = request(&pal_cmd_chat_events, "{\"consumer\":\"x\",\"tx\":\"0\",\"id\":0}");
    f.caller.role = PAL_ROLE_ADMIN;
    CHECK(call_frame(&f).status == 403);
}

static void a_handler_that_fails_without_a_reason_is_an_internal_error(void)
{
    struct answer a = call(&pal_cmd_channel_create, "{\"name\":\"explode\"}");
    CHECK(a.status == 500 && has(&a, "service.internal") && !has(&a, "reason"));
}

static void a_violated_constraint_is_a_conflict(void)
{
    struct answer a = call(&pal_cmd_channel_create, "{\"name\":\"first\"}");
    CHECK(a.status == 409 && !has(&a, "thing_name_key"));
}

static void the_same_key_gives_the_same_answer_once(void)
{
    struct pal_frame f = request(&pal_cmd_channel_create, "{\"name\":\"keyed\"}");
    pal_random(f.idem, sizeof f.idem);
    struct pal_frame again = f, other = f, stranger = f;
    struct answer a = call_frame(&f), b = call_frame(&again);
    CHECK(a.status == 201 && b.status == 201 && a.id == b.id);
    other.body = PAL_STR("{\"name\":\"other\"}");
    struct answer c = call_frame(&other);
    CHECK(c.status == 422 && has(&c, "idempotency.mismatch"));
    stranger.caller.user = 8; /* another's key is another key */
    CHECK(call_frame(&stranger).status == 409);
}

struct keyed {
    struct pal_frame frame;
    struct answer answer;
};

static void *call_keyed(void *arg)
{
    struct keyed *k = arg;
    k->answer = call_frame(&k->frame);
    return NULL;
}

static void the_same_key_at_the_same_time_gives_the_same_answer_once(void)
{
    enum { CALLERS = 6 };
    pthread_t threads[CALLERS];
    struct keyed all[CALLERS];
    uint8_t key[16];
    pal_random(key, sizeof key);
    for (int i = 0; i < CALLERS; i++) {
        all[i].frame = request(&pal_cmd_channel_create, "{\"name\":\"race\"}");
        memcpy(all[i].frame.idem, key, sizeof key);
        CHECK(pthread_create(&threads[i], NULL, call_keyed, &all[i]) == 0);
    }
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        /* thing.name is unique too: who loses there is told of a conflict and may repeat */
        struct answer a =
            all[i].answer.status == 409 ? (call_keyed(&all[i]), all[i].answer) : all[i].answer;
        CHECK(a.status == 201 && a.id == all[0].answer.id);
    }
}

enum { POSTERS = 12, POSTS = 60 };
static atomic_int posted;

static void *poster(void *arg)
{
    (void)arg;
    for (int i = 0; i < POSTS; i++) {
        struct answer a = call(&pal_cmd_message_create, "{\"channel_id\":1,\"content\":\"hola\"}");
        CHECK(a.code == PAL_OK && a.status == 201 && a.id > 0);
        atomic_fetch_add(&posted, 1);
    }
    return NULL;
}

static void the_writer_answers_many_calls_with_few_transactions(void)
{
    pthread_t threads[POSTERS];
    for (int i = 0; i < POSTERS; i++)
        CHECK(pthread_create(&threads[i], NULL, poster, NULL) == 0);
    for (int i = 0; i < POSTERS; i++)
        pthread_join(threads[i], NULL);
    CHECK(atomic_load(&posted) == POSTERS * POSTS);
    CHECK(store_number(leader_url, "select count(*) from post") == POSTERS * POSTS);
    CHECK(store_number(leader_url, "select sum(n) from batch") == POSTERS * POSTS);
    CHECK(store_number(leader_url, "select max(n) from batch") > 1);
}

static void the_writer_answers_each_call_for_itself(void)
{
    CHECK(call(&pal_cmd_message_create, "{\"channel_id\":1,\"content\":\"refused\"}").status ==
          403);
    CHECK(call(&pal_cmd_message_create, "{\"channel_id\":1,\"content\":\"silent\"}").status == 500);
    CHECK(call(&pal_cmd_message_create, "{\"channel_id\":0}").status == 400);
}

/* nextval is not rolled back: so many attempts fail. */
static void fail_next(int attempts)
{
    char sql[600];
    snprintf(sql, sizeof sql,
             "drop sequence if exists attempt; create sequence attempt;"
             "create or replace function fail_some() returns trigger language plpgsql as $$ begin"
             " if nextval('attempt') <= %d then"
             "  raise exception 'as a deadlock' using errcode = '40P01'; end if;"
             " return new; end $$;"
             "create or replace trigger fail_some before insert on thing execute function "
             "fail_some()",
             attempts);
    store_script(leader_url, sql);
}

static void a_deadlock_is_not_told_to_who_asked(void)
{
    fail_next(2);
    CHECK(call(&pal_cmd_channel_create, "{\"name\":\"contended\"}").status == 201);
    CHECK(store_number(leader_url, "select last_value from attempt") == 3);
    CHECK(store_number(leader_url, "select count(*) from thing where name = 'contended'") == 1);
    fail_next(1000); /* but not for ever */
    struct answer a = call(&pal_cmd_channel_create, "{\"name\":\"hopeless\"}");
    CHECK(a.status == 503 && has(&a, "service.unavailable") && has(&a, "retry_after"));
    CHECK(store_number(leader_url, "select last_value from attempt") < 10);
    store_script(leader_url, "drop trigger fail_some on thing");
}

static void a_poisonous_event_is_put_away_and_blocks_nothing(void)
{
    for (int i = 0; i < 5; i++) {
        char body[64];
        snprintf(body, sizeof body, "{\"name\":\"%s %d\"}", i == 2 ? "poison" : "quiet", i);
        struct pal_frame f = request(&pal_cmd_channel_create, body);
        CHECK(call_frame(&f).status == 201);
    }
    wait_number(follower_url, "select count(*) from applied where name like 'quiet%'", 4);
    CHECK(store_number(follower_url,
                       "select count(*) from dead_event where reason = 'poisonous'") == 1);
}

static void a_front_hears_events_and_calls_its_own_service(void)
{
    wait_number(follower_url, "select least(count(*), 1) from stage where n = 1", 1);
    wait_number(follower_url, "select least(count(*), 1) from stage where n = 2", 1);
    wait_number(follower_url, "select least(count(*), 1) from stage where n = 3", 1);
}

static void chores_run(void)
{
    int64_t end = pal_mono_ms() + PATIENCE_MS;
    while (store_number(leader_url, "select least(n, slow / 2) from chore") < 3)
        CHECK(pal_mono_ms() < end);
}

/* Where another process has written it: nothing here stirs. Each run leaves one less to do. */
static void a_chore_that_is_looked_after_runs_as_long_as_there_is_something_to_do(void)
{
    CHECK(store_number(leader_url, "select runs from chore") == 0);
    store_script(leader_url, "update chore set todo = 2");
    wait_number(leader_url, "select runs from chore where todo = 0", 2);
}

/* In the end; until then the database is told to be away, by each worker that finds it so. */
static void answered(const struct pal_command *cmd, const char *request, unsigned wanted)
{
    int64_t end = pal_mono_ms() + PATIENCE_MS;
    for (unsigned status = 0; status != wanted;) {
        status = call(cmd, request).status;
        CHECK(status == wanted || status == 503);
        CHECK(pal_mono_ms() < end);
    }
}

static void a_lost_database_is_survived(void)
{
    store_script(leader_url, "select pg_terminate_backend(pid) from pg_stat_activity where "
                             "application_name like 'palique-%'");
    answered(&pal_cmd_channel_list, "", 200);
    answered(&pal_cmd_channel_create, "{\"name\":\"after\"}", 201);
    wait_number(follower_url, "select count(*) from applied where name = 'after'", 1);
}

static void a_killed_follower_goes_on_where_it_was(void)
{
    kill(follower, SIGKILL);
    ended(follower);
    CHECK(call(&pal_cmd_channel_create, "{\"name\":\"quiet while dead\"}").status == 201);
    follower = toy_follower(NULL);
    wait_number(follower_url, "select count(*) from applied where name = 'quiet while dead'", 1);
    CHECK(store_number(follower_url, "select count(*) from applied") ==
          store_number(leader_url, "select count(*) from thing where name not like 'poison%'"));
}

static void *slow_call(void *arg)
{
    struct answer *a = arg;
    *a = call(&pal_cmd_channel_delete, "{\"channel_id\":1}");
    return NULL;
}

static void what_is_under_way_is_answered_before_the_end(void)
{
    enum { CALLS = 6 };
    pthread_t threads[CALLS];
    struct answer answers[CALLS];
    for (int i = 0; i < CALLS; i++)
        CHECK(pthread_create(&threads[i], NULL, slow_call, &answers[i]) == 0);
    wait_number(leader_url,
                "select least(count(*), 1) from pg_stat_activity where query like "
                "'%pg_sleep(0.3)%' and state = 'active' and pid <> pg_backend_pid()",
                1);
    kill(leader, SIGTERM);
    for (int i = 0; i < CALLS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(answers[i].code == PAL_OK);
        CHECK(answers[i].status == 204 || answers[i].status == 503);
    }
    CHECK(ended(leader) == 0);
}

static void flags_answer_and_end(void)
{
    CHECK(freopen("/dev/null", "w", stdout));
    CHECK(ended(toy_leader("--help")) == 0);
    CHECK(ended(toy_leader("--version")) == 0);
    CHECK(ended(toy_leader("--config-table")) == 0);
    CHECK(ended(toy_leader("--check-config")) == 0);
    CHECK(ended(toy_leader("--migrate")) == 0);
    CHECK(ended(toy_leader("--nonsense")) == 2);
    CHECK(ended(toy_leader("--health")) == 1);
}

static void start_all(void)
{
    store_database("leader", leader_url);
    store_database("follower", follower_url);
    snprintf(folder, sizeof folder, "/tmp/palique-toy.XXXXXX");
    CHECK(mkdtemp(folder));
    toy_environment(folder, leader_url, follower_url);
    flags_answer_and_end();
    leader = toy_leader(NULL);
    follower = toy_follower(NULL);
    wait_ready(toy_leader);
    wait_ready(toy_follower);
}

static void connect_bus(void)
{
    struct pal_error err = {0};
    struct pal_bus_client_config config = {
        .addresses = getenv("PALIQUE_CHAT_BUS"), .name = "test", .service = "chat"};
    pal_bus_init();
    CHECK(pal_bus_client_start(&config, &bus, &err) == PAL_OK);
    int64_t end = pal_mono_ms() + PATIENCE_MS;
    while (!pal_bus_client_ready(bus))
        CHECK(pal_mono_ms() < end);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return toy_main(argc, argv);
    start_all();
    connect_bus();
    a_command_is_answered_with_the_status_of_its_rest_face();
    the_reply_waits_for_the_consumers_that_are_there();
    wrong_requests_are_refused_by_name();
    a_command_of_another_service_is_not_found();
    roles_below_the_least_are_denied();
    a_handler_that_fails_without_a_reason_is_an_internal_error();
    a_violated_constraint_is_a_conflict();
    the_same_key_gives_the_same_answer_once();
    the_same_key_at_the_same_time_gives_the_same_answer_once();
    the_writer_answers_many_calls_with_few_transactions();
    the_writer_answers_each_call_for_itself();
    a_deadlock_is_not_told_to_who_asked();
    a_poisonous_event_is_put_away_and_blocks_nothing();
    a_front_hears_events_and_calls_its_own_service();
    chores_run();
    a_chore_that_is_looked_after_runs_as_long_as_there_is_something_to_do();
    a_lost_database_is_survived();
    a_killed_follower_goes_on_where_it_was();
    what_is_under_way_is_answered_before_the_end();
    pal_bus_client_free(bus);
    kill(follower, SIGTERM);
    CHECK(ended(follower) == 0);
    rmdir(folder); /* empty when all sockets were removed */
    return 0;
}
