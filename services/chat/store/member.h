/* Members of channels. Every change appends to the channel's log; the head is locked by the caller.
 */
#ifndef CHAT_STORE_MEMBER_H
#define CHAT_STORE_MEMBER_H

#include "domain/rules.h"
#include "store/answer.h"

struct newcomer {
    uint64_t channel, user;
    struct pal_str role;
    uint64_t invited_by; /* 0: came by himself */
};
/* Not a member yet. The read marker starts at the event of the joining. */
enum pal_code member_store_add(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                               const struct newcomer *n, struct logged *out,
                               struct pal_error *err) PAL_MUST_USE;
/* removed_by: 0: left by himself. */
enum pal_code member_store_remove(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                  uint64_t channel, uint64_t user, uint64_t removed_by,
                                  struct logged *out, struct pal_error *err) PAL_MUST_USE;
enum pal_code member_store_set_role(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                    uint64_t channel, uint64_t user, struct pal_str role,
                                    struct logged *out, struct pal_error *err) PAL_MUST_USE;

/* One user in a channel, and who else is there. */
struct member_facts {
    enum channel_role role;
    int64_t members, owners;
    uint64_t longest; /* the member who has been there longest; 0: nobody is */
};
enum pal_code member_store_facts(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                 uint64_t user, struct member_facts *out,
                                 struct pal_error *err) PAL_MUST_USE;
/* An active user of the organisation. */
enum pal_code member_store_known(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                 uint64_t user, bool *known, struct pal_error *err) PAL_MUST_USE;

enum pal_code member_store_get(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                               uint64_t user, struct pal_str *json,
                               struct pal_error *err) PAL_MUST_USE;
/* after: the user that the page before ended with. */
enum pal_code member_store_list(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                int64_t limit, uint64_t after, struct pal_str *json,
                                struct pal_error *err) PAL_MUST_USE;

#endif
