/* Loading (type, strong ETags by content, compressed twins) and answering. */
#include "http/static_file.h"

#include "base/buf.h"
#include "base/id.h"

#include <openssl/sha.h>
#include <zlib.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 16 << 20, GZIP_WINDOW = 15 + 16, WORTH_BYTES = 512 };

/* How a file is sent: as it is, or in a coding (RFC 9110 §8.4). The smallest that a client takes is
 * the last. */
enum form { FORM_PLAIN, FORM_GZIP, FORM_BROTLI, FORMS };

static const struct {
    const char *coding, *ending;
} forms[FORMS] = {{NULL, ""}, {"gzip", ".gz"}, {"br", ".br"}};

struct pal_static_file {
    struct pal_buf form[FORMS]; /* n 0: not in this form */
    const char *type;
    bool immutable;
    char etag[FORMS][40]; /* quoted; each form has its own, as strong tags must */
};

/* Scripts, styles and everything else come from here only; nothing inline is run, and no text
 * becomes markup (trusted types). */
#define CSP                                                                                 \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " \
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "    \
    "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "      \
    "require-trusted-types-for 'script'; trusted-types 'none'"

static const char *type_of(struct pal_str path)
{
    static const struct {
        const char *ending, *type;
    } types[] = {{".html", "text/html; charset=utf-8"},
                 {".js", "text/javascript; charset=utf-8"},
                 {".css", "text/css; charset=utf-8"},
                 {".json", "application/json"},
                 {".svg", "image/svg+xml"},
                 {".png", "image/png"},
                 {".webp", "image/webp"},
                 {".ico", "image/x-icon"},
                 {".woff2", "font/woff2"},
                 {".txt", "text/plain; charset=utf-8"},
                 {".webmanifest", "application/manifest+json"}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t n = strlen(types[i].ending);
        if (path.n > n &&
            pal_str_caseeq((struct pal_str){path.p + path.n - n, n}, pal_str_of(types[i].ending)))
            return types[i].type;
    }
    return "application/octet-stream";
}

static bool compressible(const char *type)
{
    return strncmp(type, "text/", 5) == 0 || strstr(type, "json") || strstr(type, "svg");
}

static bool read_all(const char *disk, struct pal_buf *out)
{
    int fd = open(disk, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t got = 0;
    char *room;
    while ((room = pal_buf_reserve(out, 1 << 16)) && (got = read(fd, room, 1 << 16)) > 0)
        pal_buf_commit(out, (size_t)got);
    close(fd);
    return got == 0 && !out->failed;
}

/* Where the build left none; kept only where it is smaller. */
static void make_gzip(struct pal_static_file *f)
{
    z_stream z = {0};
    const struct pal_buf *plain = &f->form[FORM_PLAIN];
    struct pal_buf *gzip = &f->form[FORM_GZIP];
    if (plain->n < WORTH_BYTES || !compressible(f->type) ||
        deflateInit2(&z, 9, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    size_t bound = deflateBound(&z, plain->n);
    char *room = pal_buf_reserve(gzip, bound);
    z.next_in = (Bytef *)plain->p;
    z.avail_in = (uInt)plain->n;
    z.next_out = (Bytef *)room;
    z.avail_out = (uInt)bound;
    if (room && deflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out < plain->n)
        pal_buf_commit(gzip, z.total_out);
    deflateEnd(&z);
}

static bool read_twins(struct pal_static_file *f, const char *disk)
{
    char twin[PATH_MAX];
    for (enum form i = FORM_GZIP; i < FORMS; i++) {
        int n = snprintf(twin, sizeof twin, "%s%s", disk, forms[i].ending);
        bool there = n > 0 && (size_t)n < sizeof twin && access(twin, F_OK) == 0;
        if (there && !read_all(twin, &f->form[i]))
            return false;
    }
    return true;
}

static void make_etags(struct pal_static_file *f)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    char hex[33] = "";
    SHA256((const unsigned char *)f->form[FORM_PLAIN].p, f->form[FORM_PLAIN].n, digest);
    pal_hex_encode(digest, 16, hex);
    for (enum form i = 0; i < FORMS; i++)
        (void)snprintf(f->etag[i], sizeof f->etag[i], "\"%.32s%s\"", hex, forms[i].ending);
}

enum pal_code pal_static_file_load(const char *disk, const char *path, struct pal_static_file **out,
                                   struct pal_error *err)
{
    struct pal_static_file *f = calloc(1, sizeof *f);
    if (!f)
        return pal_error_set(err, &pal_err_service_internal, "no memory");
    for (enum form i = 0; i < FORMS; i++)
        pal_buf_init(&f->form[i], FILE_MAX);
    if (!read_all(disk, &f->form[FORM_PLAIN]) || !read_twins(f, disk)) {
        pal_static_file_free(f);
        return pal_error_set(err, &pal_err_service_internal, "%s cannot be read", disk);
    }
    f->type = type_of(pal_str_of(path));
    f->immutable = pal_str_starts(pal_str_of(path), PAL_STR("/assets/"));
    if (f->form[FORM_GZIP].n == 0)
        make_gzip(f);
    make_etags(f);
    *out = f;
    return PAL_OK;
}

void pal_static_file_free(struct pal_static_file *f)
{
    if (!f)
        return;
    for (enum form i = 0; i < FORMS; i++)
        pal_buf_fini(&f->form[i]);
    free(f);
}

size_t pal_static_file_bytes(const struct pal_static_file *f)
{
    size_t sum = 0;
    for (enum form i = 0; i < FORMS; i++)
        sum += f->form[i].n;
    return sum;
}

/* A list of tags or "*" (RFC 9110 §13.1.2); weak ones compare equal to ours. */
static bool tag_listed(struct pal_str list, const char *etag)
{
    return list.p && (pal_str_eq(list, PAL_STR("*")) || memmem(list.p, list.n, etag, strlen(etag)));
}

/* Named, and not with a weight of 0 (RFC 9110 §12.5.3). */
static bool takes(const struct pal_http *r, const char *coding)
{
    struct pal_str rest = pal_http_header(r, "Accept-Encoding");
    while (rest.n > 0) {
        struct pal_str entry, name;
        rest = pal_str_cut(rest, ',', &entry);
        struct pal_str weight = pal_str_trim(pal_str_cut(entry, ';', &name));
        if (pal_str_caseeq(pal_str_trim(name), pal_str_of(coding)))
            return !pal_str_eq(weight, PAL_STR("q=0")) && !pal_str_eq(weight, PAL_STR("q=0.0"));
    }
    return false;
}

static enum form choose(const struct pal_static_file *f, const struct pal_http *r)
{
    for (enum form i = FORMS - 1; i > FORM_PLAIN; i--) {
        if (f->form[i].n > 0 && takes(r, forms[i].coding))
            return i;
    }
    return FORM_PLAIN;
}

void pal_static_file_send(const struct pal_static_file *f, struct pal_http *r)
{
    enum form form = choose(f, r);
    const struct pal_http_header_line lines[] = {
        {"ETag", f->etag[form]},
        {"Cache-Control", f->immutable ? "public, max-age=31536000, immutable" : "no-cache"},
        {"Vary", "Accept-Encoding"},
        {"Content-Security-Policy", CSP},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Content-Encoding", forms[form].coding}};
    size_t all = sizeof lines / sizeof *lines;
    if (tag_listed(pal_http_header(r, "If-None-Match"), f->etag[form]))
        pal_http_send(r, 304, f->type, (struct pal_str){"", 0}, lines, all - 1);
    else
        pal_http_send_kept(r, 200, f->type, pal_buf_view(&f->form[form]), lines,
                           form == FORM_PLAIN ? all - 1 : all);
}
