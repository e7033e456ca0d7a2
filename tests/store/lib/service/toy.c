/* The toy services: what their handlers do is said at each. */
#include "toy.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { ROUTES_MAX = 198, AWAIT_MS = 20000, SQL_MAX = 16 << 10 };

/* ---- the leader ---- */

static enum pal_code toy_ok(struct pal_call *c)
{
    return pal_reply_json(c, json_pack("{s:b}", "ok", 1));
}

PAL_STATEMENT(sql_thing_add, "insert into thing (name) values ($1::text) returning id");

/* Adds a thing; "explode" fails without a reason, "quiet…" is not waited for. */
static enum pal_code toy_create(struct pal_call *c)
{
    struct pal_params p;
    struct pal_str name = pal_json_str(c->in, "name");
    if (pal_str_eq(name, PAL_STR("explode")))
        return PAL_INTERNAL;
    pal_params_init(&p, c->arena);
    pal_p_str(&p, name);
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(c->db, &sql_thing_add, &p, &rows, &c->err);
    if (code == PAL_OK)
        code = pal_emit(c, &pal_ev_channel_created, c->caller.org, c->caller.user,
                        json_pack("{s:s%}", "name", name.p, name.n));
    if (code != PAL_OK)
        return code;
    if (!pal_str_starts(name, PAL_STR("quiet")))
        pal_await_consumers(c, "admin,nobody", AWAIT_MS);
    return pal_reply_json(c, json_pack("{s:I}", "id", (json_int_t)pal_row_int(&rows, 0, 0)));
}

PAL_STATEMENT(sql_things, "select count(*) from thing");

static enum pal_code toy_list(struct pal_call *c)
{
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(c->db, &sql_things, NULL, &rows, &c->err);
    return code == PAL_OK
               ? pal_reply_json(c, json_pack("{s:I}", "n", (json_int_t)pal_row_int(&rows, 0, 0)))
               : code;
}

PAL_STATEMENT(sql_slow, "select pg_sleep(0.3)");

static enum pal_code toy_slow(struct pal_call *c)
{
    enum pal_code code = pal_db_exec(c->db, &sql_slow, NULL, NULL, &c->err);
    return code == PAL_OK ? pal_reply_empty(c) : code;
}

PAL_STATEMENT(sql_batch, "insert into batch (n) values ($1::integer)");
PAL_STATEMENT(sql_post, "insert into post (content) values ($1::text) returning id");

static enum pal_code post(struct pal_db *db, struct pal_call *c)
{
    struct pal_params p;
    struct pal_str content = pal_json_str(c->in, "content");
    if (pal_str_eq(content, PAL_STR("refused")))
        return pal_fail(c, &pal_err_access_denied, "refused");
    pal_params_init(&p, c->arena);
    pal_p_str(&p, content);
    PAL_ROWS rows;
    enum pal_code code = pal_db_run(db, &sql_post, &p, &rows, &c->err);
    if (code == PAL_OK)
        code = pal_publish(c, &pal_ev_message_created, c->caller.org, 0, 1,
                           (uint64_t)pal_row_int(&rows, 0, 0), PAL_STR("{}"));
    return code == PAL_OK
               ? pal_reply_json(c, json_pack("{s:I}", "id", (json_int_t)pal_row_int(&rows, 0, 0)))
               : code;
}

/* One transaction for all; "silent" is left without an answer. */
static void toy_write(struct pal_db *db, struct pal_arena *arena, struct pal_call **calls, size_t n)
{
    struct pal_params p;
    struct pal_error err = {0};
    pal_params_init(&p, arena);
    pal_p_int(&p, (int64_t)n);
    enum pal_code code = pal_db_begin(db, PAL_TX_WRITE, &err);
    if (code == PAL_OK)
        code = pal_db_exec(db, &sql_batch, &p, NULL, &err);
    for (size_t i = 0; i < n && code == PAL_OK; i++)
        if (!pal_str_eq(pal_json_str(calls[i]->in, "content"), PAL_STR("silent")) &&
            post(db, calls[i]) != PAL_OK && calls[i]->err.def != &pal_err_access_denied)
            code = calls[i]->err.def->code;
    if (code == PAL_OK)
        code = pal_db_commit(db, &err);
    else
        pal_db_rollback(db);
    for (size_t i = 0; i < n && code != PAL_OK; i++)
        pal_error_set(&calls[i]->err, err.def ? err.def : &pal_err_service_unavailable, "%s",
                      err.detail);
}

static enum pal_code toy_chore(struct pal_call *c)
{
    PAL_STATEMENT(sql_chore, "update chore set n = n + 1");
    return pal_db_exec(c->db, &sql_chore, NULL, NULL, &c->err);
}

static enum pal_code toy_wanted_chore(struct pal_call *c)
{
    PAL_STATEMENT(sql_wanted_chore,
                  "update chore set runs = runs + 1, todo = greatest(todo - 1, 0)");
    return pal_db_exec(c->db, &sql_wanted_chore, NULL, NULL, &c->err);
}

PAL_STATEMENT(sql_look, "select null, case when todo > 0 then 0 end from chore");

static const struct pal_chore chores[] = {{"count", 100, toy_chore},
                                          {"wanted", 100, toy_wanted_chore}};

static const struct pal_look looks[] = {{toy_wanted_chore, 1}};

/* Two transactions of its own. */
static enum pal_code toy_slow_chore(struct pal_call *c)
{
    PAL_STATEMENT(sql_slow_chore, "update chore set slow = slow + 1");
    enum pal_code code = PAL_OK;
    for (int i = 0; i < 2 && code == PAL_OK; i++) {
        code = pal_db_begin(c->db, PAL_TX_WRITE, &c->err);
        if (code == PAL_OK)
            code = pal_db_exec(c->db, &sql_slow_chore, NULL, NULL, &c->err);
        if (code == PAL_OK)
            code = pal_db_commit(c->db, &c->err);
    }
    return code;
}

static const struct pal_chore slow_chores[] = {{"count slowly", 100, toy_slow_chore}};

static enum pal_code toy_stage(struct pal_call *c);

static struct pal_route route_of(const struct pal_command *cmd)
{
    if (cmd == &pal_cmd_channel_create)
        return (struct pal_route){cmd, toy_create, PAL_TX_WRITE};
    if (cmd == &pal_cmd_moderation_create)
        return (struct pal_route){cmd, toy_stage, PAL_TX_WRITE};
    if (cmd == &pal_cmd_channel_list)
        return (struct pal_route){cmd, toy_list, PAL_TX_READ};
    if (cmd == &pal_cmd_channel_delete)
        return (struct pal_route){cmd, toy_slow, PAL_TX_WRITE};
    if (cmd == &pal_cmd_chat_events || cmd == &pal_cmd_admin_events)
        return (struct pal_route){cmd, pal_events_handler, PAL_TX_READ};
    return (struct pal_route){cmd, toy_ok, PAL_TX_NONE};
}

static size_t routes_of(enum pal_owner owner, struct pal_route routes[ROUTES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < pal_commands_count && n < ROUTES_MAX; i++)
        if (pal_commands[i]->owner == owner)
            routes[n++] = route_of(pal_commands[i]);
    return n;
}

/* ---- the follower ---- */

PAL_STATEMENT(sql_applied, "insert into applied (name) values ($1::text)");

static enum pal_code toy_apply(struct pal_call *c, const struct pal_log_event *e, json_t *body)
{
    struct pal_params p;
    struct pal_str name = pal_json_str(body, "name");
    if (e->kind != PAL_EV_CHANNEL_CREATED)
        return PAL_OK;
    if (pal_str_starts(name, PAL_STR("poison")))
        return pal_fail(c, &pal_err_request_invalid, "poisonous");
    pal_params_init(&p, c->arena);
    pal_p_str(&p, name);
    return pal_db_exec(c->db, &sql_applied, &p, NULL, &c->err);
}

/* The front: an event of the leader makes a local call (stage 1), whose own event makes another
 * (2), whose answer makes a third (3). Every stage leaves a row. */
struct toy_front {
    struct pal_service *service;
    struct pal_loop *loop;
    unsigned under_way;
    bool draining;
};

static void submit_stage(struct toy_front *f, int64_t stage);

static void stage_done(void *arg, const struct pal_frame *reply)
{
    struct toy_front *f = arg;
    f->under_way--;
    if (reply->status == 200 && pal_str_eq(reply->body, PAL_STR("{\"stage\":2}")))
        submit_stage(f, 3);
}

static void submit_stage(struct toy_front *f, int64_t stage)
{
    char body[64];
    if (f->draining)
        return;
    snprintf(body, sizeof body, "{\"user_id\":%d,\"action_type\":\"mute\",\"reason\":\"toy\"}",
             (int)stage);
    struct pal_frame request = {.kind = PAL_KIND_REQUEST,
                                .id = PAL_CMD_MODERATION_CREATE,
                                .caller = {.user = 1, .role = PAL_ROLE_ADMIN},
                                .body = pal_str_of(body)};
    f->under_way++;
    pal_service_submit(f->service, &request, f->loop, stage_done, f);
}

PAL_STATEMENT(sql_stage, "insert into stage (n) values ($1::integer)");

static enum pal_code toy_stage(struct pal_call *c)
{
    struct pal_params p;
    int64_t stage = pal_json_int(c->in, "user_id", 0);
    pal_params_init(&p, c->arena);
    pal_p_int(&p, stage);
    enum pal_code code = pal_db_exec(c->db, &sql_stage, &p, NULL, &c->err);
    if (code == PAL_OK && stage == 1)
        code = pal_publish(c, &pal_ev_report_created, 1, 2, 0, 0, PAL_STR("{}"));
    c->status = 200;
    return code == PAL_OK ? pal_reply_json(c, json_pack("{s:I}", "stage", (json_int_t)stage))
                          : code;
}

static enum pal_code front_setup(struct pal_service *s, struct pal_loop *loop, void **state,
                                 struct pal_error *err)
{
    struct toy_front *f = calloc(1, sizeof *f);
    if (!f)
        return pal_error_set(err, &pal_err_service_internal, "out of memory");
    f->service = s;
    f->loop = loop;
    *state = f;
    return PAL_OK;
}

static void front_drain(void *state)
{
    struct toy_front *f = state;
    f->draining = true;
}

static bool front_drained(void *state)
{
    const struct toy_front *f = state;
    return f->under_way == 0;
}

static void front_published(void *state, const struct pal_frame *event)
{
    if (event->id == PAL_EV_REPORT_CREATED && event->caller.user == 2)
        submit_stage(state, 2);
}

static void front_peer_event(void *state, const struct pal_frame *event)
{
    if (event->id == PAL_EV_CHANNEL_CREATED)
        submit_stage(state, 1);
}

static const struct pal_service_front front = {.setup = front_setup,
                                               .drain = front_drain,
                                               .drained = front_drained,
                                               .teardown = free,
                                               .published = front_published,
                                               .peers = 1U << PAL_OWNER_CHAT,
                                               .peer_event = front_peer_event};

static const struct pal_consumer consumers[] = {{.source = PAL_OWNER_CHAT, .apply = toy_apply}};

/* ---- processes ---- */

static void load(const char *name, char out[SQL_MAX])
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", SHARED_SQL, name);
    FILE *file = fopen(path, "r");
    size_t n = file ? fread(out, 1, SQL_MAX - 1, file) : 0;
    out[n] = '\0';
    if (file)
        fclose(file);
}

static int run(struct pal_service_spec *spec, const char *flag)
{
    static char log[SQL_MAX], position[SQL_MAX], idempotency[SQL_MAX];
    static struct pal_route routes[ROUTES_MAX];
    static struct pal_migration migrations[4];
    load("event_log.sql", log);
    load("consumer_position.sql", position);
    load("idempotency.sql", idempotency);
    migrations[0] = (struct pal_migration){1, "log", log};
    migrations[1] = (struct pal_migration){2, "position", position};
    migrations[2] = (struct pal_migration){3, "idempotency", idempotency};
    migrations[3] = (struct pal_migration){
        4, "toy",
        "create table thing (id bigint generated always as identity, name text unique);"
        "create table post (id bigint generated always as identity, content text);"
        "create table batch (n int); create table applied (name text unique);"
        "create table stage (n int); create table chore (n int, slow int, todo int, runs int);"
        "insert into chore values (0, 0, 0, 0);"};
    spec->migrations = migrations;
    spec->n_migrations = 4;
    spec->routes = routes;
    spec->n_routes = routes_of(spec->owner, routes);
    spec->config_size = sizeof(struct pal_service_config);
    char name[] = "toy", copy[32] = "";
    char *argv[] = {name, flag ? copy : NULL, NULL};
    snprintf(copy, sizeof copy, "%s", flag ? flag : "");
    return pal_service_main(flag ? 2 : 1, argv, spec);
}

static int leader(const char *flag)
{
    struct pal_service_spec spec = {.owner = PAL_OWNER_CHAT,
                                    .name = "chat",
                                    .schema = "leader",
                                    .writer = toy_write,
                                    .chores = chores,
                                    .n_chores = 2,
                                    .look = &sql_look,
                                    .looks = looks,
                                    .n_looks = 1,
                                    .slow_chores = slow_chores,
                                    .n_slow_chores = 1};
    return run(&spec, flag);
}

static int follower(const char *flag)
{
    struct pal_service_spec spec = {.owner = PAL_OWNER_ADMIN,
                                    .name = "admin",
                                    .schema = "follower",
                                    .consumers = consumers,
                                    .n_consumers = 1,
                                    .front = &front,
                                    .peers = 1U << PAL_OWNER_CHAT};
    return run(&spec, flag);
}

int toy_main(int argc, char **argv)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const char *flag = argc > 2 ? argv[2] : NULL;
    return strcmp(argv[1], "leader") == 0 ? leader(flag) : follower(flag);
}

/* A new image: the bus library does not survive a fork. */
static pid_t spawn(const char *which, const char *flag)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    execl("/proc/self/exe", "toy", which, flag, (char *)NULL);
    _exit(127);
}

pid_t toy_leader(const char *flag)
{
    return spawn("leader", flag);
}

pid_t toy_follower(const char *flag)
{
    return spawn("follower", flag);
}

static void set(const char *name, const char *prefix, const char *folder, const char *suffix)
{
    char value[600];
    snprintf(value, sizeof value, "%s%s%s", prefix, folder, suffix);
    setenv(name, value, 1);
}

void toy_environment(const char *folder, const char *leader_url, const char *follower_url)
{
    set("PALIQUE_CHAT_BUS", "ipc://", folder, "/chat.bus");
    set("PALIQUE_ADMIN_BUS", "ipc://", folder, "/admin.bus");
    set("PALIQUE_CHAT_OPS", "unix:", folder, "/chat.ops");
    set("PALIQUE_ADMIN_OPS", "unix:", folder, "/admin.ops");
    setenv("PALIQUE_CHAT_DATABASE_URL", leader_url, 1);
    setenv("PALIQUE_ADMIN_DATABASE_URL", follower_url, 1);
    setenv("PALIQUE_LOG_LEVEL", "warn", 0);
}
