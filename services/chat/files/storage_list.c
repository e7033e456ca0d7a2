/* storage_list.h. The folders are read whole: one of blobs has few files, and parts are uploads
 * under way. */
#include "files/storage_list.h"

#include "domain/location.h"
#include "files/s3_list.h"
#include "files/storage_inside.h"
#include "gen/catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MARK_MAX = 128, REFUSAL_MAX = 16 << 10 };

#define MARK "installation"

static enum pal_code broken(struct pal_error *err, const char *what)
{
    return pal_error_set(err, &pal_err_service_unavailable, "%s: %s", what, strerror(errno));
}

/* ---- folders ---- */

static int visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void add(const struct storage *s, const char *location, struct lying_list *out)
{
    struct lying *one = &out->items[out->n];
    struct stat st;
    *one = (struct lying){.file = location_file(pal_str_of(location))};
    if (one->file == 0 || fstatat(s->root, location, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(st.st_mode))
        return; /* gone meanwhile, or not ours */
    (void)snprintf(one->location, sizeof one->location, "%s", location);
    one->changed_ms = (int64_t)st.st_mtim.tv_sec * 1000;
    out->n++;
}

/* Walks down to files; depth: how many levels of folders are below this one. False: a folder could
 * not be read. A folder that ends before `after` is not opened. */
static bool walk(const struct storage *s, const char *path, int depth, const char *after,
                 struct lying_list *out)
{
    struct dirent **names = NULL;
    char below[STORAGE_LOCATION_MAX];
    int n = scandirat(s->root, path, &names, visible, by_bytes);
    bool ok = n >= 0 || errno == ENOENT;
    for (int i = 0; i < n; i++) {
        int length = snprintf(below, sizeof below, "%s/%s", path, names[i]->d_name);
        free(names[i]);
        if (!ok || length < 0 || (size_t)length >= sizeof below || out->n == out->max)
            continue;
        if (depth > 0 && strncmp(below, after, (size_t)length) >= 0)
            ok = walk(s, below, depth - 1, after, out);
        else if (depth == 0 && strcmp(below, after) > 0)
            add(s, below, out);
    }
    free(names);
    return ok;
}

enum pal_code storage_list(const struct storage *s, const char *place, const char *after,
                           struct lying_list *out, bool *end, struct pal_error *err)
{
    out->n = 0;
    *end = true;
    if (pal_str_eq(pal_str_of(place), PAL_STR("objects")))
        return s->bucket ? s3_list(s->bucket, place, after, out, end, err) : PAL_OK;
    int depth = pal_str_eq(pal_str_of(place), PAL_STR("blobs")) ? 2 : 0;
    if (!walk(s, place, depth, after, out))
        return broken(err, "reading a folder of the storage");
    *end = out->n < out->max;
    return PAL_OK;
}

enum pal_code storage_end_uploads(const struct storage *s, int64_t before_ms, struct pal_error *err)
{
    return s->bucket ? s3_end_uploads(s->bucket, before_ms, err) : PAL_OK;
}

/* ---- the mark ---- */

static enum pal_code mark_folder(const struct storage *s, struct pal_str mark, bool *ours,
                                 struct pal_error *err)
{
    char there[MARK_MAX];
    int fd = openat(s->root, MARK, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok =
        fd >= 0 ? write(fd, mark.p, mark.n) == (ssize_t)mark.n && fsync(fd) == 0 : errno == EEXIST;
    if (fd >= 0)
        (void)close(fd);
    fd = ok ? openat(s->root, MARK, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    ssize_t n = fd >= 0 ? read(fd, there, sizeof there) : -1;
    if (fd >= 0)
        (void)close(fd);
    if (n < 0)
        return broken(err, "the mark of the storage");
    *ours = pal_str_eq((struct pal_str){there, (size_t)n}, mark);
    return PAL_OK;
}

static enum pal_code put_mark(struct s3 *bucket, struct pal_str mark, struct pal_error *err)
{
    int fd = memfd_create(MARK, MFD_CLOEXEC);
    if (fd < 0 || write(fd, mark.p, mark.n) != (ssize_t)mark.n) {
        if (fd >= 0)
            (void)close(fd);
        return broken(err, "the mark of the bucket");
    }
    enum pal_code code = s3_put(bucket, MARK, fd, (int64_t)mark.n, err);
    (void)close(fd);
    return code;
}

static enum pal_code mark_bucket(struct s3 *bucket, struct pal_str mark, bool *ours,
                                 struct pal_error *err)
{
    struct pal_buf there;
    bool found = false;
    pal_buf_init(&there, REFUSAL_MAX);
    enum pal_code code = s3_read(bucket, MARK, &there, &found, err);
    if (code == PAL_OK)
        *ours = !found || pal_str_eq(pal_buf_view(&there), mark);
    pal_buf_fini(&there);
    return code == PAL_OK && !found ? put_mark(bucket, mark, err) : code;
}

enum pal_code storage_is_ours(const struct storage *s, struct pal_str mark, bool *ours,
                              struct pal_error *err)
{
    enum pal_code code = mark_folder(s, mark, ours, err);
    return code == PAL_OK && *ours && s->bucket ? mark_bucket(s->bucket, mark, ours, err) : code;
}
