/* hiredis on the loop: the adapter for its event hooks and the life of a connection. All ways in
 * which a connection ends meet in on_cleanup, the only place that goes back to WAITING with a
 * context. */
#include "connection.h"

#include "base/id.h"
#include "resolve.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

enum {
    DELAY_MIN_MS = 100,
    DELAY_MAX_MS = 5000,
    CONNECT_MS = 5000, /* for the address, the socket and the greeting */
    CHECK_MS = 1000
};

/* Waits, doubling, with half of it random so that many processes do not come back at once. */
static void wait_and_retry(struct connection *c)
{
    uint32_t noise;
    c->state = CONNECTION_WAITING;
    if (c->closing)
        return;
    pal_random(&noise, sizeof noise);
    pal_timer_arm(c->loop, &c->timer, c->delay_ms / 2 + noise % (c->delay_ms / 2 + 1));
    c->delay_ms = c->delay_ms * 2 > DELAY_MAX_MS ? DELAY_MAX_MS : c->delay_ms * 2;
}

static void rearm(struct connection *c, uint32_t events)
{
    (void)pal_loop_rearm(c->loop, &c->socket,
                         events); /* fails with the connection, which shows itself */
}

static void on_add_read(void *arg)
{
    struct connection *c = arg;
    rearm(c, c->socket.events | EPOLLIN);
}

static void on_del_read(void *arg)
{
    struct connection *c = arg;
    rearm(c, c->socket.events & ~(uint32_t)EPOLLIN);
}

static void on_add_write(void *arg)
{
    struct connection *c = arg;
    rearm(c, c->socket.events | EPOLLOUT);
}

static void on_del_write(void *arg)
{
    struct connection *c = arg;
    rearm(c, c->socket.events & ~(uint32_t)EPOLLOUT);
}

/* hiredis is about to close the socket and free the context, for whatever reason. */
static void on_cleanup(void *arg)
{
    struct connection *c = arg;
    pal_loop_unwatch(c->loop, &c->socket);
    c->ac = NULL;
    wait_and_retry(c);
}

static void on_socket(struct pal_watch *w, uint32_t ready)
{
    struct connection *c = PAL_CONTAINER(w, struct connection, socket);
    bool broken = ready & (EPOLLERR | EPOLLHUP);
    if (broken || (ready & EPOLLIN))
        redisAsyncHandleRead(c->ac);
    /* Reading may have ended the connection. */
    if (c->ac && !broken && (ready & EPOLLOUT))
        redisAsyncHandleWrite(c->ac);
}

static void become_ready(struct connection *c)
{
    c->state = CONNECTION_READY;
    c->delay_ms = DELAY_MIN_MS;
    if (c->is_stuck)
        pal_timer_arm(c->loop, &c->timer, CHECK_MS);
    else
        pal_timer_stop(c->loop, &c->timer);
    c->on_ready(c);
}

static void on_greeting(redisAsyncContext *ac, void *reply, void *arg)
{
    struct connection *c = arg;
    const redisReply *r = reply;
    if (!r || c->closing)
        return;
    if (r->type == REDIS_REPLY_ERROR) /* wrong password, no such database, still loading */
        redisAsyncFree(ac);
    else if (--c->greeting == 0)
        become_ready(c);
}

static void send_greeting(struct connection *c)
{
    const struct redis_url *u = c->url;
    char db[8];
    (void)snprintf(db, sizeof db, "%u", (unsigned)u->db);
    c->greeting = 1U + (u->password[0] != '\0') + (u->db != 0);
    if (u->user[0])
        (void)redisAsyncCommand(c->ac, on_greeting, c, "AUTH %s %s", u->user, u->password);
    else if (u->password[0])
        (void)redisAsyncCommand(c->ac, on_greeting, c, "AUTH %s", u->password);
    if (u->db != 0)
        (void)redisAsyncCommand(c->ac, on_greeting, c, "SELECT %s", db);
    (void)redisAsyncCommand(c->ac, on_greeting, c, "PING");
}

static void on_connected(const redisAsyncContext *ac, int status)
{
    struct connection *c = ac->ev.data;
    if (status == REDIS_OK && !c->url->is_unix)
        (void)redisEnableKeepAlive(&c->ac->c); /* a peer that vanishes while nothing is said */
}

static void connect_to(struct connection *c, const char *address)
{
    redisAsyncContext *ac =
        c->url->is_unix ? redisAsyncConnectUnix(address) : redisAsyncConnect(address, c->url->port);
    if (ac && ac->err == 0) {
        c->socket = (struct pal_watch){ac->c.fd, 0, on_socket};
        if (pal_loop_watch(c->loop, &c->socket) == PAL_OK) {
            c->ac = ac;
            c->state = CONNECTION_CONNECTING;
            ac->ev.data = c;
            ac->ev.addRead = on_add_read;
            ac->ev.delRead = on_del_read;
            ac->ev.addWrite = on_add_write;
            ac->ev.delWrite = on_del_write;
            ac->ev.cleanup = on_cleanup;
            (void)redisAsyncSetConnectCallback(ac, on_connected);
            send_greeting(c); /* waits in hiredis until the socket is connected */
            return;
        }
    }
    if (ac)
        redisAsyncFree(ac);
    wait_and_retry(c);
}

static void end_lookup(struct connection *c)
{
    if (!c->resolve)
        return;
    pal_loop_unwatch(c->loop, &c->lookup);
    resolve_drop(c->resolve);
    c->resolve = NULL;
}

static void on_lookup(struct pal_watch *w, uint32_t ready)
{
    struct connection *c = PAL_CONTAINER(w, struct connection, lookup);
    const char *found = resolve_address(c->resolve);
    char address[64];
    (void)ready;
    (void)snprintf(address, sizeof address, "%s", found ? found : "");
    end_lookup(c);
    if (found)
        connect_to(c, address);
    else
        wait_and_retry(c);
}

static void look_up(struct connection *c)
{
    int fd;
    c->state = CONNECTION_RESOLVING;
    c->resolve = resolve_start(c->url->host, &fd);
    if (!c->resolve) {
        wait_and_retry(c);
        return;
    }
    c->lookup = (struct pal_watch){fd, EPOLLIN, on_lookup};
    if (pal_loop_watch(c->loop, &c->lookup) != PAL_OK) {
        resolve_drop(c->resolve);
        c->resolve = NULL;
        wait_and_retry(c);
    }
}

static bool is_address(const struct redis_url *u)
{
    unsigned char parsed[sizeof(struct in6_addr)];
    return u->is_unix || inet_pton(AF_INET, u->host, parsed) == 1 ||
           inet_pton(AF_INET6, u->host, parsed) == 1;
}

static void try_once(struct connection *c)
{
    pal_timer_arm(c->loop, &c->timer, CONNECT_MS);
    if (is_address(c->url))
        connect_to(c, c->url->host);
    else
        look_up(c);
}

static void on_timer(struct pal_timer *t)
{
    struct connection *c = PAL_CONTAINER(t, struct connection, timer);
    if (c->state == CONNECTION_WAITING)
        try_once(c);
    else if (c->state == CONNECTION_READY && !c->is_stuck(c))
        pal_timer_arm(c->loop, t, CHECK_MS);
    else
        connection_fail(c);
}

void connection_start(struct connection *c)
{
    c->delay_ms = DELAY_MIN_MS;
    c->timer.fn = on_timer;
    try_once(c);
}

void connection_fail(struct connection *c)
{
    end_lookup(c);
    if (c->ac)
        redisAsyncFree(c->ac); /* calls on_cleanup, at once or when its callback has returned */
    else
        wait_and_retry(c);
}

void connection_close(struct connection *c)
{
    c->closing = true;
    pal_timer_stop(c->loop, &c->timer);
    end_lookup(c);
    if (c->ac)
        redisAsyncFree(c->ac);
}
