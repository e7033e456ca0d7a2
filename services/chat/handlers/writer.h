/* Posting outside of the writer's lane. */
#ifndef CHAT_HANDLERS_WRITER_H
#define CHAT_HANDLERS_WRITER_H

#include "service/service.h"

/* Posts n messages in the transaction that is open, by the same statement as any message. calls: as
 * of message.create, validated, with the authors as callers; each is answered, and what it tells is
 * published with it. Nothing of it has happened unless the result is PAL_OK and the transaction
 * commits. */
enum pal_code writer_post_here(struct pal_db *db, struct pal_arena *arena, struct pal_call **calls,
                               size_t n, struct pal_error *err) PAL_MUST_USE;

#endif
