/* Commands and subscriptions over the two connections. A command without a store is answered with
 * NULL from the loop, never from within pal_redis_command: callers need not be ready for their own
 * callback. */
#include "redis/redis.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/metrics.h"
#include "connection.h"

#include <stdlib.h>

enum {
    ARGS_MAX = 32,
    IN_FLIGHT_MAX = 10000, /* commands without an answer; more are refused */
    SILENCE_MS = 5000,     /* with commands in flight: the peer counts as dead */
    SUBSCRIPTIONS_MAX = 64
};

struct call {
    struct pal_list link; /* in pal_redis.refused */
    struct pal_redis *redis;
    pal_redis_fn *fn;
    void *arg;
};

struct subscription {
    char *channel; /* owned */
    pal_redis_message_fn *fn;
    void *arg;
};

struct pal_redis {
    struct pal_loop *loop;
    struct redis_url url;
    struct connection commands;
    struct connection messages; /* started by the first subscription */
    size_t in_flight;
    int64_t heard_ms;        /* when the last answer came, or the first command since went out */
    struct pal_list refused; /* of struct call: to be answered NULL by `refuse` */
    struct pal_timer refuse;
    struct subscription subscriptions[SUBSCRIPTIONS_MAX];
    size_t n_subscriptions;
    struct pal_metric *connected; /* gauge */
    struct pal_metric *failed;    /* counter: commands without an answer */
};

static const struct pal_err_def url_invalid = {"redis.url", "The address of the store is not valid",
                                               500, PAL_INVALID};
static const struct pal_err_def no_memory = {"redis.memory", "Out of memory", 500, PAL_INTERNAL};

static void finish(struct call *call, const redisReply *reply)
{
    if (!reply)
        pal_metric_add(call->redis->failed, 1);
    if (call->fn)
        call->fn(call->arg, reply);
    free(call);
}

static void refuse_all(struct pal_redis *r)
{
    struct pal_list now;
    struct pal_list *link;
    pal_list_init(&now);
    while ((link = pal_list_pop(
                &r->refused))) /* what a callback sends meanwhile waits for the next turn */
        pal_list_append(&now, link);
    while ((link = pal_list_pop(&now)))
        finish(PAL_CONTAINER(link, struct call, link), NULL);
}

static void on_refuse(struct pal_timer *t)
{
    refuse_all(PAL_CONTAINER(t, struct pal_redis, refuse));
}

static void on_commands_ready(struct connection *c)
{
    struct pal_redis *r = PAL_CONTAINER(c, struct pal_redis, commands);
    pal_metric_set(r->connected, 1);
}

static bool commands_stuck(struct connection *c)
{
    const struct pal_redis *r = PAL_CONTAINER(c, struct pal_redis, commands);
    return r->in_flight > 0 && pal_mono_ms() - r->heard_ms > SILENCE_MS;
}

static void on_reply(redisAsyncContext *ac, void *reply, void *arg)
{
    struct call *call = arg;
    struct pal_redis *r = call->redis;
    (void)ac;
    r->in_flight--;
    r->heard_ms = pal_mono_ms();
    if (!reply)
        pal_metric_set(r->connected, 0);
    finish(call, reply);
}

/* False: not sent, the call stays the caller's. */
static bool send_call(struct pal_redis *r, struct call *call, int argc, const struct pal_str *argv)
{
    const char *args[ARGS_MAX];
    size_t lengths[ARGS_MAX];
    if (!pal_redis_ready(r) || r->in_flight >= IN_FLIGHT_MAX || argc < 1 || argc > ARGS_MAX)
        return false;
    for (int i = 0; i < argc; i++) {
        args[i] = argv[i].p ? argv[i].p : "";
        lengths[i] = argv[i].n;
    }
    if (redisAsyncCommandArgv(r->commands.ac, on_reply, call, argc, args, lengths) != REDIS_OK)
        return false;
    if (r->in_flight++ == 0)
        r->heard_ms = pal_mono_ms();
    return true;
}

void pal_redis_command(struct pal_redis *r, pal_redis_fn *fn, void *arg, int argc,
                       const struct pal_str *argv)
{
    if (r->commands.closing)
        return;
    struct call *call = malloc(sizeof *call);
    if (!call)
        abort(); /* an answer that never comes would hang the caller */
    *call = (struct call){{0}, r, fn, arg};
    if (send_call(r, call, argc, argv))
        return;
    pal_list_append(&r->refused, &call->link);
    pal_timer_arm(r->loop, &r->refuse, 0);
}

/* ["message", channel, payload]; confirmations have a number in the last place. */
static void on_message(redisAsyncContext *ac, void *reply, void *arg)
{
    const struct pal_redis *r = arg;
    const redisReply *m = reply;
    (void)ac;
    if (!m || m->type != REDIS_REPLY_ARRAY || m->elements != 3 ||
        m->element[2]->type != REDIS_REPLY_STRING)
        return;
    struct pal_str channel = {m->element[1]->str, m->element[1]->len};
    struct pal_str message = {m->element[2]->str, m->element[2]->len};
    for (size_t i = 0; i < r->n_subscriptions; i++)
        if (pal_str_eq(channel, pal_str_of(r->subscriptions[i].channel)))
            r->subscriptions[i].fn(r->subscriptions[i].arg, message);
}

static void subscribe(struct pal_redis *r, const char *channel)
{
    if (redisAsyncCommand(r->messages.ac, on_message, r, "SUBSCRIBE %s", channel) != REDIS_OK)
        connection_fail(&r->messages);
}

static void on_messages_ready(struct connection *c)
{
    struct pal_redis *r = PAL_CONTAINER(c, struct pal_redis, messages);
    for (size_t i = 0; i < r->n_subscriptions && c->state == CONNECTION_READY; i++)
        subscribe(r, r->subscriptions[i].channel);
}

enum pal_code pal_redis_subscribe(struct pal_redis *r, const char *channel,
                                  pal_redis_message_fn *fn, void *arg)
{
    if (r->n_subscriptions == SUBSCRIPTIONS_MAX)
        return PAL_LIMITED;
    char *copy = strdup(channel);
    if (!copy)
        return PAL_INTERNAL;
    r->subscriptions[r->n_subscriptions++] = (struct subscription){copy, fn, arg};
    if (r->n_subscriptions == 1)
        connection_start(&r->messages);
    else if (r->messages.state == CONNECTION_READY)
        subscribe(r, channel);
    return PAL_OK;
}

enum pal_code pal_redis_new(struct pal_loop *loop, const char *url, struct pal_redis **out,
                            struct pal_error *err)
{
    const char *why;
    struct pal_redis *r = calloc(1, sizeof *r);
    if (!r)
        return pal_error_set(err, &no_memory, "for the store's client");
    if (!redis_url_parse(pal_str_of(url), &r->url, &why)) {
        free(r);
        return pal_error_set(err, &url_invalid, "%s", why);
    }
    r->loop = loop;
    pal_list_init(&r->refused);
    r->refuse.fn = on_refuse;
    r->connected = pal_gauge("palique_redis_connected", NULL, "1 when the store answers.");
    r->failed = pal_counter("palique_redis_failed_total", NULL, "Commands that got no answer.");
    r->commands = (struct connection){
        .loop = loop, .url = &r->url, .on_ready = on_commands_ready, .is_stuck = commands_stuck};
    r->messages = (struct connection){.loop = loop, .url = &r->url, .on_ready = on_messages_ready};
    connection_start(&r->commands);
    *out = r;
    return PAL_OK;
}

void pal_redis_free(struct pal_redis *r)
{
    if (!r)
        return;
    connection_close(&r->commands);
    connection_close(&r->messages);
    pal_timer_stop(r->loop, &r->refuse);
    refuse_all(r);
    for (size_t i = 0; i < r->n_subscriptions; i++)
        free(r->subscriptions[i].channel);
    explicit_bzero(&r->url, sizeof r->url);
    free(r);
}

bool pal_redis_ready(const struct pal_redis *r)
{
    return r->commands.state == CONNECTION_READY && r->commands.ac && !r->commands.closing;
}
