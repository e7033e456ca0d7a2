/* What lies in the storage, whether the database knows of it or not. Blocking, for chores. */
#ifndef CHAT_FILES_STORAGE_LIST_H
#define CHAT_FILES_STORAGE_LIST_H

#include "files/storage.h"

/* One thing that lies there under a name that storage.h makes. */
struct lying {
    char location[STORAGE_LOCATION_MAX];
    uint64_t file;      /* id at the end of the location */
    int64_t changed_ms; /* since 1970 */
};

/* A list that is filled. */
struct lying_list {
    struct lying *items; /* the caller's, in the order of their locations */
    size_t max, n;
};

/* What lies in a place ("parts", "blobs" or "objects") behind the location `after` ("": from the
 * start). Names that are not ours are passed over. *end: there is no more. */
enum pal_code storage_list(const struct storage *s, const char *place, const char *after,
                           struct lying_list *out, bool *end, struct pal_error *err) PAL_MUST_USE;
/* Ends uploads in parts to the bucket that were begun before `before_ms`: no put takes so long. */
enum pal_code storage_end_uploads(const struct storage *s, int64_t before_ms,
                                  struct pal_error *err) PAL_MUST_USE;
/* Whose are folder and bucket? Writes the mark where there is none. False: another installation
 * uses one of them too, and what we do not know may be its own. */
enum pal_code storage_is_ours(const struct storage *s, struct pal_str mark, bool *ours,
                              struct pal_error *err) PAL_MUST_USE;

#endif
