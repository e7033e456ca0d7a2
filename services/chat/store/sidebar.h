/* What users have put where in their lists of channels: favourites and sections. */
#ifndef CHAT_STORE_SIDEBAR_H
#define CHAT_STORE_SIDEBAR_H

#include "store/answer.h"

/* {favorites, sections} of the viewer. */
enum pal_code sidebar_store_get(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                struct pal_str *json, struct pal_error *err) PAL_MUST_USE;
enum pal_code favorite_store_set(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 uint64_t channel, bool on, struct pal_error *err) PAL_MUST_USE;
/* How many sections and favourites the viewer has. */
enum pal_code sidebar_store_count(struct pal_db *db, struct pal_arena *arena,
                                  const struct viewer *v, int64_t *sections, int64_t *favorites,
                                  struct pal_error *err) PAL_MUST_USE;
/* At the end. */
enum pal_code section_store_add(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                struct pal_str name, struct pal_error *err) PAL_MUST_USE;
/* name NULL, position below 0: as it is. *found: there is such a section of the viewer. */
enum pal_code section_store_update(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t section, struct pal_str name,
                                   int64_t position, bool *found,
                                   struct pal_error *err) PAL_MUST_USE;
enum pal_code section_store_delete(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t section, bool *found,
                                   struct pal_error *err) PAL_MUST_USE;
/* Into this section, out of any other. */
enum pal_code section_store_put(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                uint64_t section, uint64_t channel, bool *found,
                                struct pal_error *err) PAL_MUST_USE;
enum pal_code section_store_take(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 uint64_t section, uint64_t channel, bool *found,
                                 struct pal_error *err) PAL_MUST_USE;

#endif
