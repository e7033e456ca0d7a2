/* What lies in the bucket: storage_list.h for S3. */
#ifndef CHAT_FILES_S3_LIST_H
#define CHAT_FILES_S3_LIST_H

#include "files/s3.h"
#include "files/storage_list.h"

/* Keys that begin with "<place>/" and come after `after`. */
enum pal_code s3_list(struct s3 *s, const char *place, const char *after, struct lying_list *out,
                      bool *end, struct pal_error *err) PAL_MUST_USE;
/* Gives up uploads in parts that were begun before. A store that cannot list them has none. */
enum pal_code s3_end_uploads(struct s3 *s, int64_t before_ms, struct pal_error *err) PAL_MUST_USE;

#endif
