/* SQL for previews of links. */
#ifndef CHAT_STORE_PREVIEW_H
#define CHAT_STORE_PREVIEW_H

#include "domain/page.h"
#include "store/answer.h"
#include "store/writer.h"

/* A message whose links are to be looked at. */
struct preview_task {
    uint64_t message, channel, org, author;
    struct pal_str content; /* what was looked at */
};

/* What is known of a link. */
struct preview_entry {
    struct pal_str url;
    uint64_t id; /* 0: not known yet, or too long ago */
};

/* What was found behind a link; empty texts when nothing was. */
struct preview_found {
    const struct page *page;
    struct pal_str image; /* bytes; none: {NULL, 0} */
    struct pal_str image_type;
    int width, height;
};

/* Of a batch of the writer: those with links, in its transaction, sent ahead of the statement that
 * stores them. n > 0. */
enum pal_code preview_store_queue_posts(struct pal_db *db, struct pal_arena *arena,
                                        const struct post *posts, size_t n,
                                        struct pal_error *err) PAL_MUST_USE;
/* A message that was edited. */
enum pal_code preview_store_queue_edit(struct pal_db *db, struct pal_arena *arena, uint64_t message,
                                       struct pal_error *err) PAL_MUST_USE;

/* Takes a few tasks that are due; each comes again later unless it is settled. *n: in and out. */
enum pal_code preview_store_claim(struct pal_db *db, struct pal_arena *arena,
                                  struct preview_task *tasks, size_t *n,
                                  struct pal_error *err) PAL_MUST_USE;
/* Fills in the ids of what was fetched for the organisation within a day. */
enum pal_code preview_store_known(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                  struct preview_entry *entries, size_t n,
                                  struct pal_error *err) PAL_MUST_USE;
enum pal_code preview_store_add(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                struct pal_str url, const struct preview_found *found, uint64_t *id,
                                struct pal_error *err) PAL_MUST_USE;
/* The task is done: the message, if it still says what was looked at, has these previews, in their
 * order. Locks the channel's head. out: the event, seq 0 when nothing has changed. */
enum pal_code preview_store_settle(struct pal_db *db, struct pal_arena *arena,
                                   const struct preview_task *task, const int64_t *previews,
                                   size_t n, struct logged *out,
                                   struct pal_error *err) PAL_MUST_USE;
/* No previews on this message, now and after edits; its head is locked. */
enum pal_code preview_store_remove(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t message, struct logged *out,
                                   struct pal_error *err) PAL_MUST_USE;
/* {"content_type", "data", "etag"}; {NULL, 0}: there is none. */
enum pal_code preview_store_image(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                  struct pal_str key, struct pal_str *json,
                                  struct pal_error *err) PAL_MUST_USE;
/* What no message shows any more and is too old to be used again: a share at a time. */
enum pal_code preview_store_expire(struct pal_db *db, struct pal_error *err) PAL_MUST_USE;

#endif
