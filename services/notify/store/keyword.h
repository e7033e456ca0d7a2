/* Notifications for keywords: which of them stand in a message is looked up where they are stored.
 */
#ifndef NOTIFY_STORE_KEYWORD_H
#define NOTIFY_STORE_KEYWORD_H

#include "store/notification.h"

/* A message and what is told of it; the id of each notification is given when it is made. */
struct said {
    struct mention of; /* without MENTION_ID and MENTION_USER */
    struct pal_str content;
};
/* Each row: organisation, user, body of notification.created or null. After delivery_lock, and
 * after the mentions of the same messages: who is told of one is not told again. */
enum pal_code keywords_insert(struct pal_db *db, struct pal_arena *arena, const struct said *said,
                              size_t n, struct pal_rows *out, struct pal_error *err) PAL_MUST_USE;

#endif
