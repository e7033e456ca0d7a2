/* The life of the process: each step has its counterpart, done in the reverse order. */
#include "service/call.h"

#include "base/log.h"
#include "token/token.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { DATABASE_RETRY_MS = 500, REPLIES_LEAVE_MS = 2000 };

/* True: a signal to end has come, or a thread asked for it. */
static bool wait_for_end(const struct pal_service *s, int signals, int timeout_ms)
{
    struct pollfd p[] = {{.fd = signals, .events = POLLIN}, {.fd = s->end_fd, .events = POLLIN}};
    while (poll(p, 2, timeout_ms) < 0 && errno == EINTR)
        ;
    return p[0].revents || p[1].revents;
}

static int open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A service that verifies tokens itself is of no use before it has the keys for it. */
static bool lacks_keys(const struct pal_service *s)
{
    return s->spec->front && s->peers[PAL_OWNER_AUTH] && pal_keyset_count(s->keys) == 0;
}

static bool is_ready(void *ctx, char why[120])
{
    const struct pal_service *s = ctx;
    const char *missing = atomic_load(&s->stopping)       ? "shutting down"
                          : !atomic_load(&s->serving)     ? "starting"
                          : !atomic_load(&s->database_up) ? "no database"
                          : lacks_keys(s)                 ? "no keys from auth yet"
                                                          : "";
    snprintf(why, 120, "%s", missing);
    return missing[0] == '\0';
}

enum pal_code pal_service_db(const struct pal_service *s, const char *purpose, struct pal_db **out,
                             struct pal_error *err)
{
    char application[64];
    snprintf(application, sizeof application, "%s %s", s->program, purpose);
    return pal_db_new(pal_common(s)->database, application, out, err);
}

/* Waits for the database for as long as it takes: it may be started after us. False: give up, or
 * told to end. */
static bool migrate(struct pal_service *s, int signals)
{
    struct pal_error err = {0};
    struct pal_db *db = NULL;
    enum pal_code code = pal_service_db(s, "migrations", &db, &err);
    for (unsigned tries = 0; code == PAL_OK; tries++) {
        pal_error_clear(&err);
        code =
            pal_db_migrate(db, s->spec->schema, s->spec->migrations, s->spec->n_migrations, &err);
        if (code == PAL_OK)
            break;
        if (tries == 0 || code != PAL_UNAVAILABLE)
            pal_log_error(PAL_ERROR, "database not ready", &err);
        if (code != PAL_UNAVAILABLE || wait_for_end(s, signals, DATABASE_RETRY_MS))
            break;
        code = PAL_OK;
    }
    pal_db_free(db);
    atomic_store(&s->database_up, code == PAL_OK);
    pal_metric_set(pal_gauge("palique_database_up", NULL, "1: the database answers"),
                   code == PAL_OK);
    return code == PAL_OK;
}

static struct pal_bus_security security(const struct pal_service *s)
{
    const struct pal_service_config *c = pal_common(s);
    return (struct pal_bus_security){c->tls_ca[0] ? c->tls_ca : NULL,
                                     c->tls_cert_key[0] ? c->tls_cert_key : NULL, c->allow_plain};
}

static bool is_followed(const struct pal_service *s, enum pal_owner owner)
{
    for (size_t i = 0; i < s->spec->n_consumers; i++)
        if (s->spec->consumers[i].source == owner)
            return true;
    return false;
}

/* The bus cannot be trusted any more: end, for the supervisor to start us anew. */
static void on_wedged(void *ctx)
{
    const struct pal_service *s = ctx;
    pal_log(PAL_ERROR, "bus wedged");
    if (eventfd_write(s->end_fd, 1) != 0)
        pal_log(PAL_ERROR, "cannot end");
}

static bool start_peers(struct pal_service *s)
{
    for (unsigned owner = 0; owner < PAL_OWNERS; owner++) {
        struct pal_error err = {0};
        if (!(s->spec->peers & 1U << owner))
            continue;
        struct pal_bus_client_config config = {.addresses = pal_common(s)->peer[owner],
                                               .security = security(s),
                                               .name = s->spec->name,
                                               .service = pal_owner_name((enum pal_owner)owner),
                                               .subscribe = is_followed(s, owner),
                                               .wake_only = true,
                                               .ctx = s,
                                               .wedged = on_wedged};
        if (pal_bus_client_start(&config, &s->peers[owner], &err) != PAL_OK) {
            pal_log_error(PAL_ERROR, "cannot use bus", &err);
            return false;
        }
    }
    return true;
}

static bool start_server(struct pal_service *s)
{
    const struct pal_service_config *c = pal_common(s);
    struct pal_error err = {0};
    struct pal_bus_server_config config = {.address =
                                               c->listen_here[0] ? c->listen_here : c->listen,
                                           .security = security(s),
                                           .name = s->spec->name,
                                           .on_request = pal_service_on_request,
                                           .ctx = s};
    if (pal_bus_server_start(&config, &s->bus, &err) == PAL_OK)
        return true;
    pal_log_error(PAL_ERROR, "cannot listen on bus", &err);
    return false;
}

static bool start_ops(struct pal_service *s)
{
    struct pal_error err = {0};
    if (!pal_common(s)->ops[0] ||
        pal_ops_start(pal_common(s)->ops, is_ready, s, &s->ops, &err) == PAL_OK)
        return true;
    pal_log_error(PAL_ERROR, "cannot listen for operations", &err);
    return false;
}

/* The database may have gone again since it was ready: then the hook is called once more. */
static bool call_start_hook(struct pal_service *s, int signals)
{
    struct pal_error err = {0};
    enum pal_code code = s->spec->start ? s->spec->start(s, &err) : PAL_OK;
    while (code == PAL_UNAVAILABLE && !wait_for_end(s, signals, DATABASE_RETRY_MS)) {
        pal_error_clear(&err);
        code = s->spec->start(s, &err);
    }
    if (code != PAL_OK)
        pal_log_error(PAL_ERROR, "cannot start", &err);
    return code == PAL_OK;
}

static bool start_front(struct pal_service *s)
{
    struct pal_error err = {0};
    if (pal_front_thread_start(s, &err) == PAL_OK)
        return true;
    pal_log_error(PAL_ERROR, "cannot start the front", &err);
    return false;
}

static bool start_all(struct pal_service *s, int signals)
{
    pal_bus_init();
    s->keys = pal_keyset_new();
    s->await = pal_await_new();
    if (!s->keys || !s->await || !start_ops(s) || !migrate(s, signals) || !start_peers(s) ||
        !call_start_hook(s, signals))
        return false;
    return pal_lanes_prepare(s) && start_server(s) && pal_lanes_start(s) &&
           pal_followers_start(s) && pal_keeper_start(s) && start_front(s);
}

/* What is under way ends; then everything is closed in the reverse order of start_all. Each part
 * that was never started is skipped. */
static void stop_all(struct pal_service *s)
{
    atomic_store(&s->stopping, true);
    pal_front_thread_drain(s);
    pal_keeper_stop(s);
    pal_followers_stop(s);
    pal_lanes_drain(s);
    if (s->bus)
        pal_bus_server_drain(s->bus, REPLIES_LEAVE_MS);
    pal_front_thread_stop(s);
    if (s->spec->stop)
        s->spec->stop(s);
    pal_bus_server_free(s->bus);
    pal_lanes_free(s);
    pal_keeper_free(s);
    for (unsigned owner = 0; owner < PAL_OWNERS; owner++)
        pal_bus_client_free(s->peers[owner]);
    pal_ops_free(s->ops);
    pal_await_free(s->await);
    pal_keyset_free(s->keys);
}

int pal_service_run(struct pal_service *s)
{
    enum pal_level level = PAL_INFO;
    if (!pal_level_parse(pal_str_of(pal_common(s)->log_level), &level))
        level = PAL_INFO;
    pal_log_init(s->spec->name, level);
    int signals = open_signals();
    s->end_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    bool ok = signals >= 0 && s->end_fd >= 0 && start_all(s, signals);
    if (ok) {
        atomic_store(&s->serving, true);
        pal_log(PAL_INFO, "serving", PAL_LS("address", pal_common(s)->listen));
        wait_for_end(s, signals, -1);
        pal_log(PAL_INFO, "shutting down");
    }
    bool told = wait_for_end(s, signals, 0); /* also while it was waiting for the database */
    eventfd_t wedged = 0;
    if (s->end_fd >= 0 && eventfd_read(s->end_fd, &wedged) == 0)
        ok = told = false; /* a failure, for the supervisor to start us again */
    stop_all(s);
    if (ok)
        pal_log(PAL_INFO, "ended");
    close(s->end_fd);
    close(signals);
    return ok || told ? 0 : 1;
}

const void *pal_service_settings(const struct pal_service *s)
{
    return s->settings;
}

void *pal_service_data(const struct pal_service *s)
{
    return s->data;
}

void pal_service_set_data(struct pal_service *s, void *data)
{
    s->data = data;
}

struct pal_bus_client *pal_service_peer(const struct pal_service *s, enum pal_owner owner)
{
    return s->peers[owner];
}

struct pal_keyset *pal_service_keys(const struct pal_service *s)
{
    return s->keys;
}
