/* Direct conversations: the one of a set of people. */
#ifndef CHAT_STORE_DIRECT_H
#define CHAT_STORE_DIRECT_H

#include "store/answer.h"

#include <stddef.h>

/* In rising order of their ids, each once. */
struct people {
    uint64_t org;
    const int64_t *ids;
    size_t n;
};

/* Until the commit nobody else finds or makes the conversation of these people. */
enum pal_code direct_store_lock(struct pal_db *db, struct pal_arena *arena,
                                const struct people *people, struct pal_error *err) PAL_MUST_USE;
/* *channel 0: there is none. */
enum pal_code direct_store_find(struct pal_db *db, struct pal_arena *arena,
                                const struct people *people, uint64_t *channel,
                                struct pal_error *err) PAL_MUST_USE;
/* Says whose conversation the channel is. */
enum pal_code direct_store_put(struct pal_db *db, struct pal_arena *arena,
                               const struct people *people, uint64_t channel,
                               struct pal_error *err) PAL_MUST_USE;
/* *all: each is of the organisation, active and not banned. */
enum pal_code direct_store_reachable(struct pal_db *db, struct pal_arena *arena,
                                     const struct people *people, bool *all,
                                     struct pal_error *err) PAL_MUST_USE;
enum pal_code direct_store_known(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                 uint64_t user, bool *known, struct pal_error *err) PAL_MUST_USE;
/* Out of the viewer's list until the next message, or back into it. */
enum pal_code direct_store_hide(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                uint64_t channel, bool hide, bool *changed,
                                struct pal_error *err) PAL_MUST_USE;

#endif
