/* Where the bytes of files lie: a part on the local disk while it is uploaded, then a blob at a
 * location of its own: "blobs/…" on the disk, "objects/…" in the bucket. What lies where it was put
 * stays readable when the setting changes. Blocking: for the threads of the pool and for chores.
 *
 * A part is written by one process at a time (flock), so that what was hashed is what is kept. */
#ifndef CHAT_FILES_STORAGE_H
#define CHAT_FILES_STORAGE_H

#include "base/code.h"
#include "base/error.h"
#include "base/str.h"
#include "files/s3.h"

#include <openssl/evp.h>
#include <stdint.h>

enum { STORAGE_HASH = 32, STORAGE_LOCATION_MAX = 128 };

struct storage;

/* folder is made if need be (0700). bucket is taken, also on failure; NULL: all stays here. */
enum pal_code storage_new(const char *folder, struct s3 *bucket, struct storage **out,
                          struct pal_error *err) PAL_MUST_USE;
void storage_free(struct storage *s);
/* Bytes of the disk that uploads leave free; none until it is called. Before anything is written.
 */
void storage_set_reserve(struct storage *s, int64_t bytes);
/* Is there room for so many more? file.no_room: not without what is reserved. */
enum pal_code storage_room(const struct storage *s, int64_t bytes,
                           struct pal_error *err) PAL_MUST_USE;

/* An upload under way. One thread at a time. */
struct part {
    int fd; /* owned; -1: not open */
    uint64_t id;
    int64_t offset;  /* where the next byte goes */
    EVP_MD_CTX *sha; /* owned; of all bytes up to offset; NULL: it did not see them all */
    int64_t reserve; /* of the storage */
};

/* What became of a part. */
struct stored {
    uint8_t hash[STORAGE_HASH];
    char location[STORAGE_LOCATION_MAX];
    char mime_type[100];
};

/* Opens the part of a file at offset, cutting off what is behind it; offset 0 makes it.
 * PAL_CONFLICT (file.locked): somebody else is writing. NOT_FOUND: it has not so many bytes. */
enum pal_code part_open(struct storage *s, uint64_t id, int64_t offset, struct part *out,
                        struct pal_error *err) PAL_MUST_USE;
void part_close(struct part *p);
enum pal_code part_write(struct part *p, struct pal_str bytes, struct pal_error *err) PAL_MUST_USE;
/* On the disk, whatever happens. */
enum pal_code part_sync(struct part *p, struct pal_error *err) PAL_MUST_USE;
/* Back to offset: what came after it is forgotten. */
enum pal_code part_cut(struct part *p, int64_t offset, struct pal_error *err) PAL_MUST_USE;
/* Hashes it as far as that was not done on the way, looks what it is, and moves it to where blobs
 * lie. Closed afterwards, also on failure; when the bucket fails, the part is kept. */
enum pal_code part_finish(struct storage *s, struct part *p, struct stored *out,
                          struct pal_error *err) PAL_MUST_USE;

bool storage_is_object(struct pal_str location); /* it is in the bucket: storage_piece, not _read */
/* A descriptor of a blob, the caller's. One in the bucket is copied to a file without a name. */
enum pal_code storage_read(const struct storage *s, const char *location, int64_t size, int *fd,
                           struct pal_error *err) PAL_MUST_USE;
/* Appends n bytes of one in the bucket. */
enum pal_code storage_piece(const struct storage *s, const char *location, uint64_t from, size_t n,
                            struct pal_buf *into, struct pal_error *err) PAL_MUST_USE;
/* What is not there is fine. Takes locations of blobs and "parts/<id>". */
enum pal_code storage_remove(const struct storage *s, const char *location,
                             struct pal_error *err) PAL_MUST_USE;

#endif
