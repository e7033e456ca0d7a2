/* Loading (type, strong ETag by content, gzip twin) and answering. */
#include "http/static_file.h"

#include "base/buf.h"
#include "base/id.h"

#include <openssl/sha.h>
#include <zlib.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 16 << 20, GZIP_WINDOW = 15 + 16, WORTH_BYTES = 512 };

struct pal_static_file {
    struct pal_buf plain, gzip; /* gzip.n 0: no twin */
    const char *type;
    bool immutable;
    char etag[36]; /* quoted */
};

#define CSP                                                                                    \
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; object-src " \
    "'none'; base-uri 'none'; "                                                                \
    "form-action 'self'; frame-ancestors 'none'"

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

/* A twin is kept only where it is smaller. */
static void make_twin(struct pal_static_file *f)
{
    z_stream z = {0};
    if (f->plain.n < WORTH_BYTES || !compressible(f->type) ||
        deflateInit2(&z, 9, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    size_t bound = deflateBound(&z, f->plain.n);
    char *room = pal_buf_reserve(&f->gzip, bound);
    z.next_in = (Bytef *)f->plain.p;
    z.avail_in = (uInt)f->plain.n;
    z.next_out = (Bytef *)room;
    z.avail_out = (uInt)bound;
    if (room && deflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out < f->plain.n)
        pal_buf_commit(&f->gzip, z.total_out);
    deflateEnd(&z);
}

static void make_etag(struct pal_static_file *f)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)f->plain.p, f->plain.n, digest);
    f->etag[0] = '"';
    pal_hex_encode(digest, 16, f->etag + 1);
    f->etag[33] = '"';
    f->etag[34] = '\0';
}

enum pal_code pal_static_file_load(const char *disk, const char *path, struct pal_static_file **out,
                                   struct pal_error *err)
{
    struct pal_static_file *f = calloc(1, sizeof *f);
    if (!f)
        return pal_error_set(err, &pal_err_service_internal, "no memory");
    pal_buf_init(&f->plain, FILE_MAX);
    pal_buf_init(&f->gzip, FILE_MAX);
    if (!read_all(disk, &f->plain)) {
        pal_static_file_free(f);
        return pal_error_set(err, &pal_err_service_internal, "%s cannot be read", disk);
    }
    f->type = type_of(pal_str_of(path));
    f->immutable = pal_str_starts(pal_str_of(path), PAL_STR("/assets/"));
    make_twin(f);
    make_etag(f);
    *out = f;
    return PAL_OK;
}

void pal_static_file_free(struct pal_static_file *f)
{
    if (!f)
        return;
    pal_buf_fini(&f->plain);
    pal_buf_fini(&f->gzip);
    free(f);
}

/* A list of tags or "*" (RFC 9110 §13.1.2); weak ones compare equal to ours. */
static bool tag_listed(struct pal_str list, const char *etag)
{
    return list.p && (pal_str_eq(list, PAL_STR("*")) || memmem(list.p, list.n, etag, strlen(etag)));
}

static bool takes_gzip(const struct pal_http *r)
{
    struct pal_str rest = pal_http_header(r, "Accept-Encoding");
    while (rest.n > 0) {
        struct pal_str coding;
        rest = pal_str_cut(rest, ',', &coding);
        struct pal_str name;
        struct pal_str weight = pal_str_trim(pal_str_cut(coding, ';', &name));
        if (pal_str_caseeq(pal_str_trim(name), PAL_STR("gzip")))
            return !pal_str_eq(weight, PAL_STR("q=0")) && !pal_str_eq(weight, PAL_STR("q=0.0"));
    }
    return false;
}

void pal_static_file_send(const struct pal_static_file *f, struct pal_http *r)
{
    const struct pal_http_header_line lines[] = {
        {"ETag", f->etag},
        {"Cache-Control", f->immutable ? "public, max-age=31536000, immutable" : "no-cache"},
        {"Vary", "Accept-Encoding"},
        {"Content-Security-Policy", CSP},
        {"Content-Encoding", "gzip"}};
    bool gzip = f->gzip.n > 0 && takes_gzip(r);
    size_t n = sizeof lines / sizeof *lines - (gzip ? 0 : 1);
    if (tag_listed(pal_http_header(r, "If-None-Match"), f->etag))
        pal_http_send(r, 304, f->type, (struct pal_str){"", 0}, lines, 4);
    else
        pal_http_send(r, 200, f->type, pal_buf_view(gzip ? &f->gzip : &f->plain), lines, n);
}
