/* What users have chosen for themselves. */
#ifndef CHAT_STORE_PREFERENCE_H
#define CHAT_STORE_PREFERENCE_H

#include "store/answer.h"

#include <stdbool.h>

/* As JSON: what preferences.get answers. */
enum pal_code preference_get(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                             struct pal_str *json, struct pal_error *err) PAL_MUST_USE;
/* Changes what stands in `changes` (JSON, some of the members of preferences.get). *changed: it was
 * something else before. */
enum pal_code preference_put(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                             struct pal_str changes, bool *changed,
                             struct pal_error *err) PAL_MUST_USE;
/* These users are connected (here.report). */
enum pal_code here_put(struct pal_db *db, struct pal_arena *arena, const int64_t *users, size_t n,
                       struct pal_error *err) PAL_MUST_USE;
enum pal_code preference_shares_receipts(struct pal_db *db, struct pal_arena *arena,
                                         const struct viewer *v, bool *shares,
                                         struct pal_error *err) PAL_MUST_USE;

#endif
