/* What saved messages, drafts and scheduled messages share. */
#ifndef CHAT_HANDLERS_PERSONAL_H
#define CHAT_HANDLERS_PERSONAL_H

#include "handlers/gate.h"

/* Tells the caller's own connections; nothing when body is empty. */
enum pal_code personal_tell(struct pal_call *c, const struct pal_event *ev, uint64_t channel,
                            struct pal_str body) PAL_MUST_USE;
/* {"type":…,"<key>":member}: what an event tells of one thing. */
enum pal_code personal_tell_one(struct pal_call *c, const struct pal_event *ev, uint64_t channel,
                                const char *key, struct pal_str member) PAL_MUST_USE;

/* What thread_id and reply_to_id name must be messages of the channel. *thread: the one that the
 * thread hangs on, 0: none. */
enum pal_code personal_check_messages(struct pal_call *c, uint64_t channel,
                                      uint64_t *thread) PAL_MUST_USE;

/* attachment_ids; given: it is there at all. Each must be one that the caller could attach now. */
struct personal_files {
    bool given;
    const int64_t *ids; /* in the arena */
    size_t n;
};
enum pal_code personal_check_files(struct pal_call *c, struct personal_files *out) PAL_MUST_USE;
/* A message needs a text or files. */
enum pal_code personal_check_content(struct pal_call *c, struct pal_str content,
                                     size_t n_files) PAL_MUST_USE;

#endif
