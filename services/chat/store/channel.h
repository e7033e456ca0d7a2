/* Channels: what a caller is to one, making, changing, listing. */
#ifndef CHAT_STORE_CHANNEL_H
#define CHAT_STORE_CHANNEL_H

#include "domain/rules.h"
#include "store/answer.h"

/* What the viewer is to a channel; `standing.role` is for the caller to fill in. */
struct place {
    struct standing standing;
    struct pal_str muted_until; /* "" without end */
};

/* Locks the channel's head: whoever writes to the log of a channel does this first, so that what is
 * read afterwards holds until the commit. */
enum pal_code channel_store_lock(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                 struct pal_error *err) PAL_MUST_USE;
enum pal_code channel_store_place(struct pal_db *db, struct pal_arena *arena,
                                  const struct viewer *v, uint64_t channel, struct place *out,
                                  struct pal_error *err) PAL_MUST_USE;

struct channel_texts {
    struct pal_str name, description, topic, type; /* {NULL, 0} in a change: as it is */
};
/* Without members or events. PAL_CONFLICT: the name is taken. */
enum pal_code channel_store_create(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, const struct channel_texts *t,
                                   uint64_t *channel, struct pal_error *err) PAL_MUST_USE;
/* archived: -1: as it is. *changed: it is now other than it was. PAL_CONFLICT: the name is taken.
 */
enum pal_code channel_store_update(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                   const struct channel_texts *t, int archived, bool *changed,
                                   struct pal_error *err) PAL_MUST_USE;
enum pal_code channel_store_delete(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t channel, struct logged *out,
                                   struct pal_error *err) PAL_MUST_USE;

/* Appends channel.created or channel.updated with the channel as it is now. */
enum pal_code channel_store_log(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                uint64_t channel, bool created, struct logged *out,
                                struct pal_error *err) PAL_MUST_USE;
/* Body of channel.announced; empty for a channel that is not public. */
enum pal_code channel_store_announcement(struct pal_db *db, struct pal_arena *arena,
                                         uint64_t channel, struct pal_str *json,
                                         struct pal_error *err) PAL_MUST_USE;

enum pal_code channel_store_get(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                uint64_t channel, struct pal_str *json,
                                struct pal_error *err) PAL_MUST_USE;
struct channel_page {
    bool mine, archived;
    int64_t limit;
    uint64_t after; /* the channel that the page before ended with; 0: from the start */
};
enum pal_code channel_store_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 const struct channel_page *page, struct pal_str *json,
                                 struct pal_error *err) PAL_MUST_USE;

#endif
