/* Saved messages and drafts. Nothing of it is in a channel's log. */
#ifndef CHAT_STORE_PERSONAL_H
#define CHAT_STORE_PERSONAL_H

#include "store/answer.h"

#include <stdbool.h>

/* The message that the thread hangs on which `message` is in, or could begin; 0: there is no such
 * thread in the channel. */
enum pal_code personal_store_root(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                  uint64_t message, uint64_t *root,
                                  struct pal_error *err) PAL_MUST_USE;
/* Whether `message` is one of the channel's that is not deleted. */
enum pal_code personal_store_in_channel(struct pal_db *db, struct pal_arena *arena,
                                        uint64_t channel, uint64_t message, bool *in,
                                        struct pal_error *err) PAL_MUST_USE;

struct saved_facts {
    int64_t count; /* of the viewer */
    bool there;
};
enum pal_code saved_store_facts(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                uint64_t message, struct saved_facts *out,
                                struct pal_error *err) PAL_MUST_USE;
/* *event: the body of the event; empty when it is so already. */
enum pal_code saved_store_put(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                              uint64_t message, struct pal_str note, struct pal_str *event,
                              struct pal_error *err) PAL_MUST_USE;
enum pal_code saved_store_delete(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 uint64_t message, struct pal_str *event,
                                 struct pal_error *err) PAL_MUST_USE;
/* Newest first, of messages that the viewer can read; as many as fit a frame. */
enum pal_code saved_store_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               int64_t limit, uint64_t before, struct pal_str *json,
                               struct pal_error *err) PAL_MUST_USE;

struct draft {
    uint64_t channel, thread, reply_to; /* 0: none */
    struct pal_str content;
    const int64_t *files;
    size_t n_files;
};
/* How many drafts the viewer has in channels other than this one and threads other than this one.
 */
enum pal_code draft_store_others(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 const struct draft *d, int64_t *count,
                                 struct pal_error *err) PAL_MUST_USE;
enum pal_code draft_store_put(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                              const struct draft *d, struct pal_str *json,
                              struct pal_error *err) PAL_MUST_USE;
/* *event: as above. */
enum pal_code draft_store_delete(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 uint64_t channel, uint64_t thread, struct pal_str *event,
                                 struct pal_error *err) PAL_MUST_USE;
/* The last written first, of channels that the viewer is in; as many as fit a frame. */
enum pal_code draft_store_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               int64_t limit, uint64_t before, struct pal_str *json,
                               struct pal_error *err) PAL_MUST_USE;

#endif
