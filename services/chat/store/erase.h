/* Users who were erased: the work is done by functions of the schema, a share at a time. */
#ifndef CHAT_STORE_ERASE_H
#define CHAT_STORE_ERASE_H

#include "store/answer.h"

#include <stdbool.h>

struct erased_user {
    uint64_t user, org;
    struct pal_str username; /* from now on */
    bool remove_content;
};
/* In the transaction of the follower, before it applies the new name. */
enum pal_code erase_store_begin(struct pal_db *db, struct pal_arena *arena,
                                const struct erased_user *u, struct pal_error *err) PAL_MUST_USE;

struct erased_member {
    uint64_t user, org, channel;
};
/* A channel that somebody is still in whose erasure has begun; channel 0: none. Direct
 * conversations stay what they are. */
enum pal_code erase_store_member(struct pal_db *db, struct erased_member *out,
                                 struct pal_error *err) PAL_MUST_USE;

enum {
    ERASE_COL_KIND,
    ERASE_COL_ORG,
    ERASE_COL_USER,
    ERASE_COL_CHANNEL,
    ERASE_COL_SEQ,
    ERASE_COL_BODY
};
/* Does the next share; rows: none when there was nothing to do, otherwise one of kind 0 and the
 * events that were appended. */
enum pal_code erase_store_step(struct pal_db *db, struct pal_arena *arena, struct pal_rows *rows,
                               struct pal_error *err) PAL_MUST_USE;

#endif
