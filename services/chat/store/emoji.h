/* The emoji of an organisation. */
#ifndef CHAT_STORE_EMOJI_H
#define CHAT_STORE_EMOJI_H

#include "store/answer.h"

#include <stdbool.h>

enum pal_code emoji_store_there(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                struct pal_str name, bool *there,
                                struct pal_error *err) PAL_MUST_USE;

struct emoji_facts {
    bool there;
    uint64_t maker;
    struct pal_str hash;
    struct pal_str json; /* as the API shows it */
    int64_t count;       /* of the organisation */
};
enum pal_code emoji_store_find(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               struct pal_str name, struct emoji_facts *out,
                               struct pal_error *err) PAL_MUST_USE;

struct emoji_picture {
    struct pal_str name, media_type, hash, bytes;
};
/* PAL_CONFLICT: somebody has just taken the name. */
enum pal_code emoji_store_insert(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 const struct emoji_picture *e, struct pal_str *json,
                                 struct pal_error *err) PAL_MUST_USE;
enum pal_code emoji_store_delete(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 struct pal_str name, struct pal_error *err) PAL_MUST_USE;
/* In the order in which they were made, after `after` (an id; 0: from the start). */
enum pal_code emoji_store_list(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               int64_t limit, uint64_t after, struct pal_str *json,
                               struct pal_error *err) PAL_MUST_USE;
/* {"content_type", "data", "etag", "immutable"}; empty when there is none. version: what the
 * address asks for; {NULL, 0}: whatever there is. */
enum pal_code emoji_store_image(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                struct pal_str name, struct pal_str version, struct pal_str *json,
                                struct pal_error *err) PAL_MUST_USE;

#endif
