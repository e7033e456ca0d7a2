/* The channel of an organisation that everybody is in. */
#ifndef CHAT_STORE_DEFAULT_CHANNEL_H
#define CHAT_STORE_DEFAULT_CHANNEL_H

#include "store/answer.h"

struct default_channel {
    uint64_t channel; /* 0: there is none; it may be archived, private or deleted by now */
    bool others;      /* the organisation has or had a channel */
};
enum pal_code default_channel_get(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                  struct default_channel *out, struct pal_error *err) PAL_MUST_USE;
enum pal_code default_channel_set(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                  uint64_t channel, struct pal_error *err) PAL_MUST_USE;

#endif
