/* A bucket of an object store that speaks S3, by libcurl, which signs (SigV4). Blocking, for the
 * threads of the pool and for chores; any of them at the same time. What may pass is tried again,
 * three times in all; what is left is service.unavailable. */
#ifndef CHAT_FILES_S3_H
#define CHAT_FILES_S3_H

#include "base/buf.h"
#include "base/code.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct s3_settings {
    const char *endpoint; /* "https://s3.example.org:9000"; "": no bucket */
    const char *bucket, *region, *access_key, *secret_key;
    bool path_style; /* endpoint/bucket/key instead of bucket.endpoint/key */
};

struct s3;

enum pal_code s3_new(const struct s3_settings *settings, struct s3 **out,
                     struct pal_error *err) PAL_MUST_USE;
void s3_free(struct s3 *s);

/* Keys consist of what needs no encoding: letters, digits, "-._/". */
/* The first `size` bytes of a file; in parts above 64 MiB, and then all or nothing. */
enum pal_code s3_put(struct s3 *s, const char *key, int fd, int64_t size,
                     struct pal_error *err) PAL_MUST_USE;
/* Appends n bytes from `from` on; less than that is an error. */
enum pal_code s3_get(struct s3 *s, const char *key, uint64_t from, size_t n, struct pal_buf *into,
                     struct pal_error *err) PAL_MUST_USE;
/* Appends all of a small one. into is large enough for what a store says of one that is not there.
 */
enum pal_code s3_read(struct s3 *s, const char *key, struct pal_buf *into, bool *there,
                      struct pal_error *err) PAL_MUST_USE;
/* What is not there is fine. */
enum pal_code s3_remove(struct s3 *s, const char *key, struct pal_error *err) PAL_MUST_USE;

#endif
