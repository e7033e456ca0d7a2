/* The permissions of a channel, as they are stored and told. */
#ifndef CHAT_STORE_PERMISSION_H
#define CHAT_STORE_PERMISSION_H

#include "store/answer.h"

/* What channel.permissions answers to the viewer. */
enum pal_code permission_store_get(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t channel, struct pal_str *json,
                                   struct pal_error *err) PAL_MUST_USE;
enum pal_code permission_store_set(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                                   uint32_t permissions, struct pal_error *err) PAL_MUST_USE;

#endif
