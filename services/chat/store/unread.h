/* What is unread: markers, counts, and who has read a message. */
#ifndef CHAT_STORE_UNREAD_H
#define CHAT_STORE_UNREAD_H

#include "store/answer.h"

#include <stdbool.h>

struct read_move {
    uint64_t channel;
    int64_t to; /* past the head: to the head */
    bool back;  /* to wherever; otherwise forward only */
};
/* Where the marker stands, what is unread then, and whether it did move. */
struct read_mark {
    int64_t seq, unread, mentions;
    bool moved;
};
enum pal_code read_mark_move(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                             const struct read_move *move, struct read_mark *out,
                             struct pal_error *err) PAL_MUST_USE;

/* Moves the markers of the channels (a list of ids as JSON; {NULL, 0}: all that the user is in) to
 * their heads, of those that are not there yet at most READ_ALL_MAX. *json: the list of them as in
 * read.mark_all; *more: there are others. */
enum { READ_ALL_MAX = 1000 };
enum pal_code read_mark_all(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                            struct pal_str channels, struct pal_str *json, int64_t *n, bool *more,
                            struct pal_error *err) PAL_MUST_USE;

/* Reply of unread.get. */
enum pal_code unread_totals(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                            struct pal_str *json, struct pal_error *err) PAL_MUST_USE;

/* Who of the channel has read up to seq and shows it, without the message's author and the viewer;
 * after: the user that the page before ended with. */
struct reader_page {
    uint64_t channel, seq, author, after;
    int64_t limit;
};
enum pal_code readers_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                           const struct reader_page *page, struct pal_str *json,
                           struct pal_error *err) PAL_MUST_USE;

#endif
