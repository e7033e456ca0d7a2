/* storage.h on a local folder and in a bucket: parts/<file id> and blobs/ab/cd/<SHA-256>.<file id>,
 * files 0600 in folders 0700. What is moved into blobs is complete and on the disk. */
#include "files/storage_inside.h"

#include "base/id.h"
#include "files/sniff.h"
#include "gen/catalogue.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { READ_BYTES = 256 << 10, COPY_BYTES = 4 << 20, NAME_MAX_HERE = 48 };

static enum pal_code broken(struct pal_error *err, const char *what)
{
    return pal_error_set(err, &pal_err_service_unavailable, "%s: %s", what, strerror(errno));
}

static bool folder(int root, const char *name)
{
    return mkdirat(root, name, 0700) == 0 || errno == EEXIST;
}

enum pal_code storage_new(const char *path, struct s3 *bucket, struct storage **out,
                          struct pal_error *err)
{
    struct storage *s = calloc(1, sizeof *s);
    if (!s) {
        s3_free(bucket);
        return pal_error_set(err, &pal_err_service_internal, "no memory for the storage");
    }
    s->bucket = bucket;
    s->root = -1;
    if (mkdir(path, 0700) == 0 || errno == EEXIST)
        s->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (s->root < 0 || !folder(s->root, "parts") || !folder(s->root, "blobs")) {
        enum pal_code code = broken(err, path);
        storage_free(s);
        return code;
    }
    *out = s;
    return PAL_OK;
}

void storage_free(struct storage *s)
{
    if (!s)
        return;
    if (s->root >= 0)
        (void)close(s->root);
    s3_free(s->bucket);
    free(s);
}

/* ---- room ---- */

void storage_set_reserve(struct storage *s, int64_t bytes)
{
    s->reserve = bytes;
}

/* A disk that does not say what is free refuses by itself when there is nothing. */
static bool has_room(int fd, int64_t bytes, int64_t reserve)
{
    struct statvfs disk;
    int64_t room;
    return reserve == 0 || fstatvfs(fd, &disk) != 0 ||
           __builtin_mul_overflow((int64_t)disk.f_bavail, (int64_t)disk.f_frsize, &room) ||
           room - reserve >= bytes;
}

static enum pal_code no_room(struct pal_error *err)
{
    return pal_error_set(err, &pal_err_file_no_room, "%s", pal_err_file_no_room.title);
}

enum pal_code storage_room(const struct storage *s, int64_t bytes, struct pal_error *err)
{
    return has_room(s->root, bytes, s->reserve) ? PAL_OK : no_room(err);
}

/* ---- parts ---- */

static void part_name(uint64_t id, char name[NAME_MAX_HERE])
{
    (void)snprintf(name, NAME_MAX_HERE, "parts/%" PRIu64, id);
}

static EVP_MD_CTX *hasher(void)
{
    EVP_MD_CTX *sha = EVP_MD_CTX_new();
    if (sha && EVP_DigestInit_ex(sha, EVP_sha256(), NULL) == 1)
        return sha;
    EVP_MD_CTX_free(sha);
    return NULL;
}

/* Somebody may have finished or removed it between open and lock. */
static bool still_there(const struct storage *s, const char *name, int fd)
{
    struct stat mine, there;
    return fstat(fd, &mine) == 0 && fstatat(s->root, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
}

static enum pal_code part_begin(struct part *p, int64_t offset, struct pal_error *err)
{
    struct stat st;
    if (fstat(p->fd, &st) != 0)
        return broken(err, "looking at a part");
    if (st.st_size < offset)
        return pal_error_set(err, &pal_err_file_not_found, "the first part of it is lost");
    return part_cut(p, offset, err);
}

enum pal_code part_open(struct storage *s, uint64_t id, int64_t offset, struct part *out,
                        struct pal_error *err)
{
    char name[NAME_MAX_HERE];
    int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (offset == 0 ? O_CREAT : 0);
    part_name(id, name);
    struct part p = {.fd = openat(s->root, name, flags, 0600), .id = id, .reserve = s->reserve};
    if (p.fd < 0 && errno == ENOENT)
        return pal_error_set(err, &pal_err_file_not_found, "its first part is not here");
    if (p.fd < 0)
        return broken(err, "opening a part");
    enum pal_code code = PAL_OK;
    if (flock(p.fd, LOCK_EX | LOCK_NB) != 0 || !still_there(s, name, p.fd))
        code = pal_error_set(err, &pal_err_file_locked, "%s", pal_err_file_locked.title);
    else
        code = part_begin(&p, offset, err);
    if (code != PAL_OK)
        part_close(&p);
    else
        *out = p;
    return code;
}

void part_close(struct part *p)
{
    EVP_MD_CTX_free(p->sha);
    p->sha = NULL;
    if (p->fd >= 0)
        (void)close(p->fd);
    p->fd = -1;
}

enum pal_code part_write(struct part *p, struct pal_str bytes, struct pal_error *err)
{
    if (!has_room(p->fd, (int64_t)bytes.n, p->reserve))
        return no_room(err);
    if (p->sha && EVP_DigestUpdate(p->sha, bytes.p, bytes.n) != 1)
        return pal_error_set(err, &pal_err_service_internal, "hashing");
    while (bytes.n > 0) {
        ssize_t n = pwrite(p->fd, bytes.p, bytes.n, p->offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return errno == ENOSPC ? no_room(err) : broken(err, "writing a part");
        p->offset += n;
        bytes = (struct pal_str){bytes.p + n, bytes.n - (size_t)n};
    }
    return PAL_OK;
}

enum pal_code part_sync(struct part *p, struct pal_error *err)
{
    return fdatasync(p->fd) == 0 ? PAL_OK : broken(err, "syncing a part");
}

enum pal_code part_cut(struct part *p, int64_t offset, struct pal_error *err)
{
    EVP_MD_CTX_free(p->sha);
    p->sha = offset == 0 ? hasher() : NULL;
    p->offset = offset;
    return ftruncate(p->fd, offset) == 0 ? PAL_OK : broken(err, "cutting a part");
}

/* ---- from part to blob ---- */

static enum pal_code hash_all(struct part *p, struct pal_error *err)
{
    char *bytes = malloc(READ_BYTES);
    int64_t at = 0;
    bool ok = bytes && (p->sha = hasher());
    while (ok && at < p->offset) {
        ssize_t n = pread(p->fd, bytes, READ_BYTES, at);
        if (n < 0 && errno == EINTR)
            continue;
        ok = n > 0 && EVP_DigestUpdate(p->sha, bytes, (size_t)n) == 1;
        at += ok ? n : 0;
    }
    free(bytes);
    return ok ? PAL_OK : broken(err, "hashing a part");
}

static enum pal_code look(const struct part *p, struct stored *out, struct pal_error *err)
{
    char *bytes = malloc(SNIFF_BYTES);
    ssize_t n = bytes ? pread(p->fd, bytes, SNIFF_BYTES, 0) : -1;
    if (n >= 0)
        sniff_type((struct pal_str){bytes, (size_t)n}, out->mime_type, sizeof out->mime_type);
    free(bytes);
    return n >= 0 ? PAL_OK : broken(err, "reading a part");
}

static bool sync_folder(int root, const char *name)
{
    int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

static enum pal_code move(const struct storage *s, const struct part *p, struct stored *out,
                          struct pal_error *err)
{
    char hex[2 * STORAGE_HASH + 1], outer[NAME_MAX_HERE], inner[NAME_MAX_HERE], from[NAME_MAX_HERE];
    pal_hex_encode(out->hash, STORAGE_HASH, hex);
    (void)snprintf(outer, sizeof outer, "blobs/%.2s", hex);
    (void)snprintf(inner, sizeof inner, "blobs/%.2s/%.2s", hex, hex + 2);
    (void)snprintf(out->location, sizeof out->location, "%s/%s.%" PRIu64, inner, hex, p->id);
    part_name(p->id, from);
    if (fsync(p->fd) != 0 || !folder(s->root, outer) || !folder(s->root, inner) ||
        renameat(s->root, from, s->root, out->location) != 0 || !sync_folder(s->root, inner) ||
        !sync_folder(s->root, outer) || !sync_folder(s->root, "blobs"))
        return broken(err, "keeping a file");
    return PAL_OK;
}

/* The part is removed when the bucket has it all; a crash in between leaves an object of nobody. */
static enum pal_code put(const struct storage *s, const struct part *p, struct stored *out,
                         struct pal_error *err)
{
    char hex[2 * STORAGE_HASH + 1], from[NAME_MAX_HERE];
    pal_hex_encode(out->hash, STORAGE_HASH, hex);
    (void)snprintf(out->location, sizeof out->location, "objects/%s.%" PRIu64, hex, p->id);
    enum pal_code code = s3_put(s->bucket, out->location, p->fd, p->offset, err);
    part_name(p->id, from);
    if (code == PAL_OK && unlinkat(s->root, from, 0) != 0 && errno != ENOENT)
        code = broken(err, "removing a part");
    return code;
}

enum pal_code part_finish(struct storage *s, struct part *p, struct stored *out,
                          struct pal_error *err)
{
    unsigned n = 0;
    *out = (struct stored){0};
    enum pal_code code = p->sha ? PAL_OK : hash_all(p, err);
    if (code == PAL_OK && EVP_DigestFinal_ex(p->sha, out->hash, &n) != 1)
        code = pal_error_set(err, &pal_err_service_internal, "hashing");
    if (code == PAL_OK)
        code = look(p, out, err);
    if (code == PAL_OK)
        code = s->bucket ? put(s, p, out, err) : move(s, p, out, err);
    part_close(p);
    return code;
}

/* ---- blobs ---- */

bool storage_is_object(struct pal_str location)
{
    return pal_str_starts(location, PAL_STR("objects/"));
}

static enum pal_code no_bucket(struct pal_error *err)
{
    return pal_error_set(err, &pal_err_service_unavailable, "no object store is configured");
}

enum pal_code storage_piece(const struct storage *s, const char *location, uint64_t from, size_t n,
                            struct pal_buf *into, struct pal_error *err)
{
    return s->bucket ? s3_get(s->bucket, location, from, n, into, err) : no_bucket(err);
}

static bool write_all(int fd, struct pal_str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = (struct pal_str){bytes.p + n, bytes.n - (size_t)n};
    }
    return true;
}

static enum pal_code copy(const struct storage *s, const char *location, int64_t size, int fd,
                          struct pal_error *err)
{
    struct pal_buf piece;
    enum pal_code code = PAL_OK;
    pal_buf_init(&piece, COPY_BYTES);
    for (int64_t at = 0; code == PAL_OK && at < size; at += COPY_BYTES) {
        int64_t left = size - at;
        pal_buf_clear(&piece);
        code = storage_piece(s, location, (uint64_t)at,
                             left < COPY_BYTES ? (size_t)left : COPY_BYTES, &piece, err);
        if (code == PAL_OK && !write_all(fd, pal_buf_view(&piece)))
            code = broken(err, "copying a blob");
    }
    pal_buf_fini(&piece);
    return code;
}

static enum pal_code read_object(const struct storage *s, const char *location, int64_t size,
                                 int *fd, struct pal_error *err)
{
    int copied = openat(s->root, "parts", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (copied < 0)
        return broken(err, "copying a blob");
    enum pal_code code = copy(s, location, size, copied, err);
    if (code == PAL_OK && lseek(copied, 0, SEEK_SET) != 0)
        code = broken(err, "copying a blob");
    if (code != PAL_OK)
        (void)close(copied);
    else
        *fd = copied;
    return code;
}

enum pal_code storage_read(const struct storage *s, const char *location, int64_t size, int *fd,
                           struct pal_error *err)
{
    if (storage_is_object(pal_str_of(location)))
        return read_object(s, location, size, fd, err);
    *fd = openat(s->root, location, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return *fd >= 0 ? PAL_OK : broken(err, "opening a blob");
}

enum pal_code storage_remove(const struct storage *s, const char *location, struct pal_error *err)
{
    if (storage_is_object(pal_str_of(location)))
        return s->bucket ? s3_remove(s->bucket, location, err) : no_bucket(err);
    return unlinkat(s->root, location, 0) == 0 || errno == ENOENT ? PAL_OK
                                                                  : broken(err, "removing a blob");
}
