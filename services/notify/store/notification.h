/* Notifications: made once, listed, resumed, marked as read. */
#ifndef NOTIFY_STORE_NOTIFICATION_H
#define NOTIFY_STORE_NOTIFICATION_H

#include "base/arena.h"
#include "db/db.h"

#include <stdbool.h>
#include <stdint.h>

/* Taken before the first notification of a transaction is made: ids become visible in order. */
enum pal_code delivery_lock(struct pal_db *db, struct pal_arena *arena,
                            struct pal_error *err) PAL_MUST_USE;

struct notice {
    uint64_t org;
    uint64_t user;    /* 0: all of the channel, or of the organisation */
    uint64_t channel; /* 0: none */
    uint64_t seq, actor, message;
    const char *kind, *priority;
    struct pal_str en, es;
    int source;        /* enum pal_owner of the log that it comes from */
    uint64_t event_id; /* its id in that log */
};
/* *json: body of notification.created, empty when it was there already, or when its user does not
 * want to be told. */
enum pal_code notice_insert(struct pal_db *db, struct pal_arena *arena, const struct notice *n,
                            struct pal_str *json, struct pal_error *err) PAL_MUST_USE;
/* The same for many users, those who are members of the channel. Each row: user, body of
 * notification.created or null. */
enum pal_code notices_insert(struct pal_db *db, struct pal_arena *arena, const struct notice *n,
                             const int64_t *users, size_t n_users, struct pal_rows *out,
                             struct pal_error *err) PAL_MUST_USE;
/* Somebody is mentioned in a message; the id comes from notification_ids. */
enum mention_number {
    MENTION_ID,
    MENTION_USER,
    MENTION_ORG,
    MENTION_CHANNEL,
    MENTION_SEQ,
    MENTION_ACTOR,
    MENTION_MESSAGE,
    MENTION_EVENT,
    MENTION_NUMBERS
};
struct mention {
    int64_t numbers[MENTION_NUMBERS];
    struct pal_str en, es;
};
/* Those whose users are members of the channel, except the message's author. Each row:
 * organisation, user, body of notification.created or null. */
enum pal_code mentions_insert(struct pal_db *db, struct pal_arena *arena,
                              const struct mention *mentions, size_t n, struct pal_rows *out,
                              struct pal_error *err) PAL_MUST_USE;

struct listing {
    uint64_t org, user;
    int64_t limit;
    int64_t before; /* 0: from the newest */
    bool unread;
};
enum pal_code notification_page(struct pal_db *db, struct pal_arena *arena, const struct listing *l,
                                struct pal_str *json, struct pal_error *err) PAL_MUST_USE;
/* after < 0: only the head. */
enum pal_code notification_after(struct pal_db *db, struct pal_arena *arena,
                                 const struct listing *l, int64_t after, struct pal_str *json,
                                 struct pal_error *err) PAL_MUST_USE;
/* *json is empty when it is not the user's. */
enum pal_code notification_mark(struct pal_db *db, struct pal_arena *arena, const struct listing *l,
                                uint64_t id, struct pal_str *json,
                                struct pal_error *err) PAL_MUST_USE;
/* up_to 0: all. Replies {"up_to":…}. */
enum pal_code notification_mark_all(struct pal_db *db, struct pal_arena *arena,
                                    const struct listing *l, uint64_t up_to, struct pal_str *json,
                                    struct pal_error *err) PAL_MUST_USE;
/* Forgets what is older than 90 days. */
enum pal_code notification_expire(struct pal_db *db, struct pal_arena *arena,
                                  struct pal_error *err) PAL_MUST_USE;

#endif
