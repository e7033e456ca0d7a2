/* The queue of e-mail: migrations/0003_mail.sql. */
#ifndef AUTH_STORE_MAIL_H
#define AUTH_STORE_MAIL_H

#include "db/db.h"

#include <stdint.h>

enum mail_kind { MAIL_RESET, MAIL_VERIFY, MAIL_CHANGED, MAIL_INVITATION };

/* As it stands in the database. */
const char *mail_kind_name(enum mail_kind kind);

struct mail {
    uint64_t id;
    enum mail_kind kind;
    int attempts; /* this one included */
    struct pal_str recipient;
    uint64_t invitation; /* of MAIL_INVITATION */
    int64_t created_ms;
};

/* To be sent to an address in lower case, within so long; invitation 0: it is none. One of the same
 * kind that is waiting for the same address is enough. */
enum pal_code mail_store_add(struct pal_db *db, struct pal_arena *arena, enum mail_kind kind,
                             struct pal_str recipient, uint64_t invitation, int64_t within_ms,
                             struct pal_error *err) PAL_MUST_USE;

/* The next one that is due, for lease_ms ours alone. PAL_NOT_FOUND without touching err when there
 * is none. Those that are too late are given up on the way. */
enum pal_code mail_store_take(struct pal_db *db, struct pal_arena *arena, int64_t lease_ms,
                              struct mail *out, struct pal_error *err) PAL_MUST_USE;

/* What has become of it; nothing happens when the lease has run out and somebody else has it. */
enum pal_code mail_store_done(struct pal_db *db, struct pal_arena *arena, const struct mail *m,
                              struct pal_error *err) PAL_MUST_USE;
/* Again after a while; *given_up: that would be too late. wait_ms < 0: never again. */
enum pal_code mail_store_failed(struct pal_db *db, struct pal_arena *arena, const struct mail *m,
                                int64_t wait_ms, struct pal_str reason, bool *given_up,
                                struct pal_error *err) PAL_MUST_USE;

struct mail_figures {
    int64_t waiting, failed;
    int64_t oldest_ms; /* when the oldest that waits was asked for; 0: none waits */
};
enum pal_code mail_store_figures(struct pal_db *db, struct mail_figures *out,
                                 struct pal_error *err) PAL_MUST_USE;

/* {"items":[…],"next_cursor":…} of what was given up and concerns the organisation, newest first;
 * before: id, 0 for the first page. */
enum pal_code mail_store_failures(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                  uint64_t before, int limit, struct pal_str *json,
                                  struct pal_error *err) PAL_MUST_USE;

/* One letter more that the account has sent to somebody today. *fine false: it has had its share.
 */
enum pal_code mail_store_count(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                               int share, bool *fine, struct pal_error *err) PAL_MUST_USE;

/* Removes what is over: tokens, what was given up a month ago, counts. */
enum pal_code mail_store_expire(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;

#endif
