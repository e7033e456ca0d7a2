/* Threads as their readers see them. (What replies change of them: store/replies.h.) */
#ifndef CHAT_STORE_THREAD_H
#define CHAT_STORE_THREAD_H

#include "store/answer.h"

#include <stdbool.h>

struct thread_facts {
    uint64_t channel; /* 0: there is no such message */
    uint64_t root, root_seq;
    bool root_deleted, begun; /* begun: it has or had replies */
};
/* The thread that a message is the root of, or could be, or is a reply in. */
enum pal_code thread_store_find(struct pal_db *db, struct pal_arena *arena, uint64_t message,
                                struct thread_facts *out, struct pal_error *err) PAL_MUST_USE;

/* `older` replies below `pivot` and `newer` ones from it on, with the root and what the thread is
 * to the viewer. */
struct thread_page {
    uint64_t root, channel, pivot;
    int64_t older, newer;
};
enum pal_code thread_store_get(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               const struct thread_page *page, struct pal_str *json,
                               struct pal_error *err) PAL_MUST_USE;

/* The threads that the viewer follows, below the last reply `before` (0: from the newest). */
enum pal_code thread_store_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                int64_t limit, uint64_t before, bool unread, struct pal_str *json,
                                struct pal_error *err) PAL_MUST_USE;

/* What has become of a change of the viewer's relation to a thread. */
struct thread_change {
    bool changed;
    struct pal_str state; /* JSON, shape thread_state */
};
enum pal_code thread_store_follow(struct pal_db *db, struct pal_arena *arena,
                                  const struct viewer *v, const struct thread_facts *t,
                                  bool following, struct thread_change *out,
                                  struct pal_error *err) PAL_MUST_USE;
/* Moves the marker to `seq`, to the newest reply at most; backwards only when `back`. */
enum pal_code thread_store_mark(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                const struct thread_facts *t, int64_t seq, bool back,
                                struct thread_change *out, struct pal_error *err) PAL_MUST_USE;

#endif
