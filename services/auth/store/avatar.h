/* Uploaded pictures. */
#ifndef AUTH_STORE_AVATAR_H
#define AUTH_STORE_AVATAR_H

#include "db/db.h"

#include <stdint.h>

enum pal_code avatar_store_put(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                               const char *media_type, struct pal_str hash, struct pal_str bytes,
                               struct pal_error *err) PAL_MUST_USE;
enum pal_code avatar_store_delete(struct pal_db *db, struct pal_arena *arena, uint64_t account,
                                  struct pal_error *err) PAL_MUST_USE;

/* {"content_type","data","etag"} with the bytes in base64; PAL_NOT_FOUND without touching err. */
enum pal_code avatar_store_json(struct pal_db *db, struct pal_arena *arena, uint64_t org,
                                uint64_t account, struct pal_str *json,
                                struct pal_error *err) PAL_MUST_USE;

#endif
