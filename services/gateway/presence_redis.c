/* Presence shared through the store: leases, hashes, messages. All of it may be lost: it is written
 * again. */
#include "presence_redis.h"

#include "base/clock.h"
#include "base/id.h"

#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEASE_MS = 12000,
    RENEW_MS = 4000,
    RETRY_MS = 500,
    FULL_EVERY = 15, /* renewals between complete readings of the others */
    USERS_TTL_MS = 120000,
    NAME_MAX_BYTES = 79,
    KEY_MAX = 120
};

struct peer {
    char name[NAME_MAX_BYTES + 1]; /* "": free */
    char generation[24];           /* of its list, as it was read last; "": never */
};

struct presence_store {
    struct pal_loop *loop;
    struct pal_redis *redis;
    struct presence *presence;
    char name[NAME_MAX_BYTES + 1];
    struct pal_timer timer;
    unsigned rounds;
    uint64_t generation; /* of the list in the store; changes when it was written anew */
    bool dirty;          /* the store may not have what it should: write it anew */
    bool rewritten;      /* in the last round */
    struct peer peers[PRESENCE_SOURCES_MAX];
};

/* A question about one peer. */
struct about {
    struct presence_store *store;
    unsigned source;
    char name[NAME_MAX_BYTES + 1];
    char generation[24];
};

static void command(struct presence_store *s, pal_redis_fn *fn, void *arg, int argc,
                    const char *const *words)
{
    struct pal_str argv[8];
    for (int i = 0; i < argc; i++)
        argv[i] = pal_str_of(words[i]);
    pal_redis_command(s->redis, fn, arg, argc, argv);
}

#define COMMAND(s, fn, arg, ...)                                                    \
    do {                                                                            \
        const char *const words_[] = {__VA_ARGS__};                                 \
        command((s), (fn), (arg), (int)(sizeof words_ / sizeof words_[0]), words_); \
    } while (0)

static void lease_key(char out[KEY_MAX], const char *name)
{
    (void)snprintf(out, KEY_MAX, "palique:gw:%s", name);
}

static void users_key(char out[KEY_MAX], const char *name)
{
    (void)snprintf(out, KEY_MAX, "palique:gw:%s:users", name);
}

/* ---- the others ---- */

static int peer_find(const struct presence_store *s, struct pal_str name)
{
    for (int i = 0; i < PRESENCE_SOURCES_MAX; i++)
        if (s->peers[i].name[0] && pal_str_eq(pal_str_of(s->peers[i].name), name))
            return i;
    return -1;
}

static int peer_open(struct presence_store *s, struct pal_str name)
{
    int known = peer_find(s, name);
    if (known >= 0 || name.n == 0 || name.n > NAME_MAX_BYTES)
        return known;
    for (int i = 0; i < PRESENCE_SOURCES_MAX; i++) {
        if (s->peers[i].name[0])
            continue;
        memcpy(s->peers[i].name, name.p, name.n);
        s->peers[i].name[name.n] = '\0';
        s->peers[i].generation[0] = '\0';
        return i;
    }
    return -1;
}

static void peer_drop(struct presence_store *s, unsigned source)
{
    presence_remote_drop(s->presence, source);
    s->peers[source] = (struct peer){0};
}

static bool fact_parse(struct pal_str text, uint64_t *org, enum presence_status *status)
{
    struct pal_str head;
    struct pal_str rest = pal_str_cut(text, ' ', &head);
    return pal_parse_u64(head, org) && presence_parse(rest, status);
}

/* "name org user status" */
static void on_message(void *arg, struct pal_str message)
{
    struct presence_store *s = arg;
    struct pal_str name, user_text;
    uint64_t user, org;
    enum presence_status status;
    struct pal_str rest = pal_str_cut(message, ' ', &name);
    if (pal_str_eq(name, pal_str_of(s->name)))
        return;
    rest = pal_str_cut(rest, ' ', &user_text);
    if (!pal_parse_u64(user_text, &user) || !fact_parse(rest, &org, &status))
        return;
    int source = peer_open(s, name);
    if (source >= 0)
        presence_remote(s->presence, (unsigned)source, org, user, status);
}

static struct pal_str reply_str(const struct redisReply *r)
{
    bool text = r && (r->type == REDIS_REPLY_STRING || r->type == REDIS_REPLY_STATUS);
    return text ? (struct pal_str){r->str, (size_t)r->len} : (struct pal_str){NULL, 0};
}

static bool still(const struct about *a)
{
    return strcmp(a->store->peers[a->source].name, a->name) == 0;
}

static void on_users(void *arg, const struct redisReply *reply)
{
    struct about *a = arg;
    if (reply && reply->type == REDIS_REPLY_ARRAY && still(a)) {
        struct presence_store *s = a->store;
        presence_remote_begin(s->presence, a->source);
        for (size_t i = 0; i + 1 < reply->elements; i += 2) {
            uint64_t user, org;
            enum presence_status status;
            if (pal_parse_u64(reply_str(reply->element[i]), &user) &&
                fact_parse(reply_str(reply->element[i + 1]), &org, &status))
                presence_remote(s->presence, a->source, org, user, status);
        }
        presence_remote_end(s->presence, a->source);
        memcpy(s->peers[a->source].generation, a->generation, sizeof a->generation);
    }
    free(a);
}

static void on_lease(void *arg, const struct redisReply *reply)
{
    struct about *a = arg;
    struct presence_store *s = a->store;
    char users[KEY_MAX];
    users_key(users, a->name);
    if (reply && reply->type == REDIS_REPLY_NIL && still(a)) {
        peer_drop(s, a->source);
        COMMAND(s, NULL, NULL, "ZREM", "palique:gws", a->name);
        COMMAND(s, NULL, NULL, "DEL", users);
    } else if (reply && reply->type == REDIS_REPLY_STRING && still(a)) {
        struct pal_str generation = reply_str(reply);
        (void)snprintf(a->generation, sizeof a->generation, "%.*s", (int)generation.n,
                       generation.p);
        if (strcmp(a->generation, s->peers[a->source].generation) != 0 ||
            s->rounds % FULL_EVERY == 0) {
            COMMAND(s, on_users, a, "HGETALL", users);
            return;
        }
    }
    free(a);
}

static void ask_lease(struct presence_store *s, unsigned source)
{
    char key[KEY_MAX];
    struct about *a = calloc(1, sizeof *a);
    if (!a)
        return;
    a->store = s;
    a->source = source;
    memcpy(a->name, s->peers[source].name, sizeof a->name);
    lease_key(key, a->name);
    COMMAND(s, on_lease, a, "GET", key);
}

/* All that are known are asked for, not only who is in the list: another gateway may have taken a
 * dead one out of it first, and one that died early may only have sent messages. */
static void on_names(void *arg, const struct redisReply *reply)
{
    struct presence_store *s = arg;
    if (!reply || reply->type != REDIS_REPLY_ARRAY)
        return;
    for (size_t i = 0; i < reply->elements; i++) {
        struct pal_str name = reply_str(reply->element[i]);
        if (!pal_str_eq(name, pal_str_of(s->name)))
            (void)peer_open(s, name);
    }
    for (unsigned i = 0; i < PRESENCE_SOURCES_MAX; i++)
        if (s->peers[i].name[0])
            ask_lease(s, i);
}

/* ---- this one ---- */

/* A change that did not reach the store is made up for by writing everything. */
static void on_written(void *arg, const struct redisReply *reply)
{
    struct presence_store *s = arg;
    if (!reply || reply->type == REDIS_REPLY_ERROR)
        s->dirty = true;
}

static void write_user(void *arg, uint64_t org, uint64_t user, enum presence_status status)
{
    struct presence_store *s = arg;
    char key[KEY_MAX], field[24], value[48];
    users_key(key, s->name);
    (void)snprintf(field, sizeof field, "%" PRIu64, user);
    (void)snprintf(value, sizeof value, "%" PRIu64 " %s", org, presence_name(status));
    if (status == PRESENCE_OFFLINE)
        COMMAND(s, on_written, s, "HDEL", key, field);
    else
        COMMAND(s, on_written, s, "HSET", key, field, value);
}

void presence_store_local(struct presence_store *s, uint64_t org, uint64_t user,
                          enum presence_status status)
{
    char message[NAME_MAX_BYTES + 80];
    write_user(s, org, user, status);
    (void)snprintf(message, sizeof message, "%s %" PRIu64 " %" PRIu64 " %s", s->name, user, org,
                   presence_name(status));
    COMMAND(s, on_written, s, "PUBLISH", "palique:presence", message);
}

/* What was in the lease before this round: nothing, when the store was emptied. */
static void on_own_lease(void *arg, const struct redisReply *reply)
{
    struct presence_store *s = arg;
    if (!reply || reply->type != REDIS_REPLY_NIL || s->rewritten)
        return;
    s->dirty = true;
    pal_timer_arm(s->loop, &s->timer, 1);
}

/* Readers see the new generation only when the list is complete: the store keeps the order of
 * commands. */
static void rewrite(struct presence_store *s)
{
    char users[KEY_MAX];
    users_key(users, s->name);
    pal_random(&s->generation, sizeof s->generation);
    COMMAND(s, on_written, s, "DEL", users);
    presence_each_local(s->presence, write_user, s);
}

static void renew(struct presence_store *s)
{
    char lease[KEY_MAX], users[KEY_MAX], now[24], generation[24], ttl[24], users_ttl[24];
    lease_key(lease, s->name);
    users_key(users, s->name);
    COMMAND(s, on_own_lease, s, "GET", lease);
    s->rewritten = s->dirty;
    s->dirty = false;
    if (s->rewritten)
        rewrite(s);
    (void)snprintf(now, sizeof now, "%" PRId64, pal_now_ms());
    (void)snprintf(generation, sizeof generation, "%016" PRIx64, s->generation);
    (void)snprintf(ttl, sizeof ttl, "%d", LEASE_MS);
    (void)snprintf(users_ttl, sizeof users_ttl, "%d", USERS_TTL_MS);
    COMMAND(s, NULL, NULL, "SET", lease, generation, "PX", ttl);
    COMMAND(s, NULL, NULL, "ZADD", "palique:gws", now, s->name);
    COMMAND(s, NULL, NULL, "PEXPIRE", users, users_ttl);
    COMMAND(s, on_names, s, "ZRANGE", "palique:gws", "0", "-1");
    s->rounds++;
}

static void on_timer(struct pal_timer *t)
{
    struct presence_store *s = PAL_CONTAINER(t, struct presence_store, timer);
    bool ready = pal_redis_ready(s->redis);
    if (ready)
        renew(s);
    pal_timer_arm(s->loop, t, ready ? RENEW_MS : RETRY_MS);
}

struct presence_store *presence_store_new(struct pal_loop *loop, struct pal_redis *redis,
                                          struct presence *p, const char *name)
{
    struct presence_store *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->loop = loop;
    s->redis = redis;
    s->presence = p;
    (void)snprintf(s->name, sizeof s->name, "%s", name);
    s->timer.fn = on_timer;
    s->dirty = true;
    if (pal_redis_subscribe(redis, "palique:presence", on_message, s) != PAL_OK) {
        free(s);
        return NULL;
    }
    pal_timer_arm(loop, &s->timer, 1);
    return s;
}

void presence_store_leave(struct presence_store *s)
{
    char lease[KEY_MAX], users[KEY_MAX];
    if (!s)
        return;
    pal_timer_stop(s->loop, &s->timer);
    lease_key(lease, s->name);
    users_key(users, s->name);
    COMMAND(s, NULL, NULL, "DEL", lease, users);
    COMMAND(s, NULL, NULL, "ZREM", "palique:gws", s->name);
}

void presence_store_free(struct presence_store *s)
{
    free(s);
}
