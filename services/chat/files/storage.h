/* Where the bytes of files lie: a part on the local disk while it is uploaded, then a blob at a
 * location of its own. Blocking: for the threads of the pool and for chores.
 *
 * A part is written by one process at a time (flock), so that what was hashed is what is kept. */
#ifndef CHAT_FILES_STORAGE_H
#define CHAT_FILES_STORAGE_H

#include "base/code.h"
#include "base/error.h"
#include "base/str.h"

#include <openssl/evp.h>
#include <stdint.h>

enum { STORAGE_HASH = 32, STORAGE_LOCATION_MAX = 128 };

struct storage;

/* folder is made if need be (0700). */
enum pal_code storage_new(const char *folder, struct storage **out,
                          struct pal_error *err) PAL_MUST_USE;
void storage_free(struct storage *s);

/* An upload under way. One thread at a time. */
struct part {
    int fd; /* owned; -1: not open */
    uint64_t id;
    int64_t offset;  /* where the next byte goes */
    EVP_MD_CTX *sha; /* owned; of all bytes up to offset; NULL: it did not see them all */
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
 * lie. The part is closed afterwards, also on failure. */
enum pal_code part_finish(struct storage *s, struct part *p, struct stored *out,
                          struct pal_error *err) PAL_MUST_USE;

/* A descriptor of the blob, the caller's. */
enum pal_code storage_read(const struct storage *s, const char *location, int *fd,
                           struct pal_error *err) PAL_MUST_USE;
/* What is not there is fine. Takes locations of blobs and "parts/<id>". */
enum pal_code storage_remove(const struct storage *s, const char *location,
                             struct pal_error *err) PAL_MUST_USE;

#endif
