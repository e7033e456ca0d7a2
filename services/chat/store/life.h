/* The life of a channel that nobody writes in any more, and taking along what was said in it. */
#ifndef CHAT_STORE_LIFE_H
#define CHAT_STORE_LIFE_H

#include "store/answer.h"

enum { IDLE_AT_ONCE = 20 };

/* Channels for which something is due, with their heads locked; those that others have locked are
 * theirs. *n: how many, IDLE_AT_ONCE at most. */
enum pal_code idle_store_lock(struct pal_db *db, uint64_t channels[IDLE_AT_ONCE], size_t *n,
                              struct pal_error *err) PAL_MUST_USE;
struct idle_step {
    uint16_t kind; /* of the event; 0: none */
    uint64_t org, user;
    struct logged event;
};
/* Warns, archives, or takes the warning back. */
enum pal_code idle_store_step(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                              struct idle_step *out, struct pal_error *err) PAL_MUST_USE;
/* days 0: never. */
enum pal_code idle_store_set(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                             int64_t days, bool *changed, struct pal_error *err) PAL_MUST_USE;

/* {channel_id, format, data, next_cursor}: messages after a seq. */
enum pal_code export_store_page(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                uint64_t after, struct pal_str format, struct pal_str *json,
                                struct pal_error *err) PAL_MUST_USE;
/* Appends channel.exported, for services alone; body: its own, in the arena. */
enum pal_code export_store_log(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               uint64_t channel, uint64_t after, struct pal_str format,
                               struct pal_str *body, struct pal_error *err) PAL_MUST_USE;

#endif
