/* What notify makes of the others' event logs. */
#ifndef NOTIFY_FOLLOW_H
#define NOTIFY_FOLLOW_H

#include "domain/text.h"
#include "service/service.h"
#include "store/notification.h"

extern const struct pal_consumer notify_consumers[];
extern const size_t notify_consumers_count;

/* Writes both texts into the arena, takes the delivery lock, and fills in kind and priority. */
enum pal_code notice_prepare(struct pal_call *c, enum notice_kind kind,
                             const struct notice_words *words, struct notice *n) PAL_MUST_USE;
/* Stores a prepared notice and publishes it to its one user or to its channel or organisation. */
enum pal_code notice_tell(struct pal_call *c, const struct notice *n) PAL_MUST_USE;

/* follow_chat.c */
enum { FOLLOW_CHAT_BODIES = 8 };
extern const uint16_t follow_chat_bodies[FOLLOW_CHAT_BODIES];
enum pal_code follow_chat(struct pal_call *c, const struct pal_log_event *events, size_t n);

#endif
