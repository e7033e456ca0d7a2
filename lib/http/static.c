/* Static files: read once into memory, looked up by path, so that no request ever names a file of
 * the disk. */
#include "http/front.h"

#include "base/buf.h"
#include "base/id.h"
#include "base/map.h"
#include "http/static_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 6, FILES_MAX = 4000, PATH_BYTES = 1024, TOTAL_MAX = 64 << 20 };

struct pal_static {
    struct pal_smap files; /* "/assets/a.js" -> struct pal_static_file, owned */
    size_t bytes;
};

static enum pal_code load_folder(struct pal_static *s, const char *folder, const char *prefix,
                                 int depth, struct pal_error *err);

static enum pal_code add_file(struct pal_static *s, const char *disk, const char *path,
                              struct pal_error *err)
{
    struct pal_static_file *file = NULL;
    enum pal_code code = pal_static_file_load(disk, path, &file, err);
    if (code != PAL_OK)
        return code;
    s->bytes += pal_static_file_bytes(file);
    if (s->files.n >= FILES_MAX || s->bytes > TOTAL_MAX ||
        !pal_smap_put(&s->files, pal_str_of(path), file)) {
        pal_static_file_free(file);
        return pal_error_set(err, &pal_err_service_internal, "too many static files at %s", disk);
    }
    return PAL_OK;
}

/* x.gz and x.br beside x: another form of it and no file of their own. */
static bool is_twin(const char *disk)
{
    char plain[PATH_BYTES];
    size_t n = strlen(disk);
    bool named = n > 3 && (strcmp(disk + n - 3, ".gz") == 0 || strcmp(disk + n - 3, ".br") == 0);
    if (!named)
        return false;
    (void)snprintf(plain, sizeof plain, "%.*s", (int)(n - 3), disk);
    return access(plain, F_OK) == 0;
}

static enum pal_code add_entry(struct pal_static *s, const char *folder, const char *prefix,
                               const char *name, int depth, struct pal_error *err)
{
    char disk[PATH_BYTES], path[PATH_BYTES];
    struct stat st;
    int a = snprintf(disk, sizeof disk, "%s/%s", folder, name);
    int b = snprintf(path, sizeof path, "%s/%s", prefix, name);
    if (a < 0 || b < 0 || a >= PATH_BYTES || b >= PATH_BYTES || stat(disk, &st) != 0)
        return pal_error_set(err, &pal_err_service_internal, "%s/%s cannot be read", folder, name);
    if (S_ISDIR(st.st_mode))
        return load_folder(s, disk, path, depth + 1, err);
    return S_ISREG(st.st_mode) && !is_twin(disk) ? add_file(s, disk, path, err) : PAL_OK;
}

static enum pal_code load_folder(struct pal_static *s, const char *folder, const char *prefix,
                                 int depth, struct pal_error *err)
{
    DIR *dir = depth < DEPTH_MAX ? opendir(folder) : NULL;
    if (!dir)
        return pal_error_set(err, &pal_err_service_internal, "the folder %s cannot be read",
                             folder);
    enum pal_code code = PAL_OK;
    const struct dirent *e;
    while (code == PAL_OK && (e = readdir(dir))) {
        if (e->d_name[0] != '.')
            code = add_entry(s, folder, prefix, e->d_name, depth, err);
    }
    closedir(dir);
    return code;
}

enum pal_code pal_static_load(const char *folder, struct pal_static **out, struct pal_error *err)
{
    struct pal_static *s = calloc(1, sizeof *s);
    if (!s)
        return pal_error_set(err, &pal_err_service_internal, "no memory");
    pal_smap_init(&s->files);
    enum pal_code code = load_folder(s, folder, "", 0, err);
    if (code != PAL_OK) {
        pal_static_free(s);
        return code;
    }
    *out = s;
    return PAL_OK;
}

void pal_static_free(struct pal_static *s)
{
    if (!s)
        return;
    struct pal_str path;
    void *value = NULL;
    for (size_t it = 0; pal_smap_next(&s->files, &it, &path, &value);)
        pal_static_file_free(value);
    pal_smap_fini(&s->files);
    free(s);
}

static const struct pal_static_file *find(const struct pal_static *s, struct pal_str path,
                                          const char *fallback)
{
    char index[PATH_BYTES];
    const struct pal_static_file *file = pal_smap_get(&s->files, path);
    int n = -1;
    if (!file && path.n > 0 && path.p[path.n - 1] == '/' && path.n < sizeof index - 16)
        n = snprintf(index, sizeof index, "%.*sindex.html", (int)path.n, path.p);
    if (n > 0)
        file = pal_smap_get(&s->files, (struct pal_str){index, (size_t)n});
    if (!file && fallback)
        file = pal_smap_get(&s->files, pal_str_of(fallback));
    return file;
}

void pal_static_serve(struct pal_static *s, struct pal_http *r, struct pal_str path,
                      const char *fallback)
{
    const struct pal_static_file *file = find(s, path, fallback);
    if (file) {
        pal_static_file_send(file, r);
        return;
    }
    struct pal_error err = {0};
    (void)pal_error_set(&err, &pal_err_request_not_found, "no such file");
    pal_http_fail(r, &err);
}
