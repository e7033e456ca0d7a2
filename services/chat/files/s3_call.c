/* s3_call.h by libcurl. The hash of every body is signed along, so what arrives is what was read
 * here, or is refused. */
#include "files/s3_call.h"

#include "base/id.h"
#include "base/log.h"
#include "gen/catalogue.h"

#include <errno.h>
#include <openssl/evp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

enum {
    TRIES = 3,
    WAIT_MS = 200, /* before the second; four times as long before the next */
    CONNECT_SECONDS = 5,
    STALL_SECONDS = 20, /* with less than STALL_BYTES a second it is given up */
    STALL_BYTES = 1024,
    READ_BYTES = 64 << 10
};

/* ---- libcurl's callbacks ---- */

static size_t give(char *into, size_t size, size_t count, void *arg)
{
    struct s3_call *c = arg;
    int64_t left = c->size - c->sent;
    size_t room = size * count;
    ssize_t n = pread(c->fd, into, (int64_t)room < left ? room : (size_t)left, c->offset + c->sent);
    if (n < 0 || (n == 0 && left > 0))
        return CURL_READFUNC_ABORT;
    c->sent += n;
    return (size_t)n;
}

static int rewind_body(void *arg, curl_off_t offset, int origin)
{
    struct s3_call *c = arg;
    if (origin != SEEK_SET || offset < 0 || offset > c->size)
        return CURL_SEEKFUNC_FAIL;
    c->sent = offset;
    return CURL_SEEKFUNC_OK;
}

static size_t take(char *bytes, size_t size, size_t count, void *arg)
{
    struct s3_call *c = arg;
    struct pal_str what = {bytes, size * count};
    size_t left = c->into && c->enough ? c->enough - (c->into->n - c->into_before) : what.n;
    if (c->into)
        pal_buf_add(c->into, what.p, what.n < left ? what.n : left);
    return (c->into && c->into->failed) || what.n > left ? 0 : what.n;
}

/* Cut off by take, which had all that was wanted. */
static bool was_enough(const struct s3_call *c, CURLcode code)
{
    return code == CURLE_WRITE_ERROR && c->enough && !c->into->failed &&
           c->into->n - c->into_before == c->enough;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *arg)
{
    struct s3_call *c = arg;
    struct pal_str name, value = pal_str_cut((struct pal_str){bytes, size * count}, ':', &name);
    value = pal_str_trim(value);
    if (pal_str_caseeq(name, PAL_STR("ETag")) && value.n < sizeof c->tag)
        (void)snprintf(c->tag, sizeof c->tag, "%.*s", (int)value.n, value.p);
    return size * count;
}

bool s3_encode(struct pal_str text, char *out)
{
    static const char hex[] = "0123456789ABCDEF";
    if (text.n > S3_UPLOAD_ID_MAX)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char b = (unsigned char)text.p[i];
        if ((b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') ||
            b == '-' || b == '.' || b == '_' || b == '~') {
            *out++ = (char)b;
            continue;
        }
        *out++ = '%';
        *out++ = hex[b >> 4];
        *out++ = hex[b & 15];
    }
    *out = '\0';
    return true;
}

/* ---- the handles ---- */

static CURL *borrow(struct s3 *s)
{
    CURL *curl = NULL;
    (void)pthread_mutex_lock(&s->lock);
    if (s->n_idle > 0)
        curl = s->idle[--s->n_idle];
    (void)pthread_mutex_unlock(&s->lock);
    return curl ? curl : curl_easy_init();
}

static void give_back(struct s3 *s, CURL *curl)
{
    curl_easy_reset(curl);
    (void)pthread_mutex_lock(&s->lock);
    bool kept = s->n_idle < S3_IDLE_MAX;
    if (kept)
        s->idle[s->n_idle++] = curl;
    (void)pthread_mutex_unlock(&s->lock);
    if (!kept)
        curl_easy_cleanup(curl);
}

/* ---- the request ---- */

static bool hash_file(const struct s3_call *c, EVP_MD_CTX *sha)
{
    char *bytes = malloc(READ_BYTES);
    int64_t at = 0;
    bool ok = bytes != NULL;
    while (ok && at < c->size) {
        int64_t left = c->size - at;
        ssize_t n =
            pread(c->fd, bytes, left < READ_BYTES ? (size_t)left : READ_BYTES, c->offset + at);
        if (n < 0 && errno == EINTR)
            continue;
        ok = n > 0 && EVP_DigestUpdate(sha, bytes, (size_t)n) == 1;
        at += ok ? n : 0;
    }
    free(bytes);
    return ok;
}

/* "x-amz-content-sha256: …" */
static bool hash_line(const struct s3_call *c, char *line, size_t size)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    char hex[2 * EVP_MAX_MD_SIZE + 1];
    unsigned n = 0;
    EVP_MD_CTX *sha = EVP_MD_CTX_new();
    bool ok = sha && EVP_DigestInit_ex(sha, EVP_sha256(), NULL) == 1 &&
              (c->fd >= 0 ? hash_file(c, sha)
                          : EVP_DigestUpdate(sha, c->body.n ? c->body.p : "", c->body.n) == 1) &&
              EVP_DigestFinal_ex(sha, digest, &n) == 1;
    EVP_MD_CTX_free(sha);
    if (!ok)
        return false;
    pal_hex_encode(digest, n, hex);
    (void)snprintf(line, size, "x-amz-content-sha256: %s", hex);
    return true;
}

static CURLcode set_body(CURL *curl, struct s3_call *c)
{
    CURLcode code = curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, c->method);
    if (code == CURLE_OK && c->fd >= 0) {
        (void)curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        (void)curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
        (void)curl_easy_setopt(curl, CURLOPT_READDATA, c);
        (void)curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, rewind_body);
        (void)curl_easy_setopt(curl, CURLOPT_SEEKDATA, c);
        code = curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)c->size);
    } else if (code == CURLE_OK && pal_str_eq(pal_str_of(c->method), PAL_STR("POST"))) {
        (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->body.n);
        code = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, c->body.n ? c->body.p : "");
    }
    if (code == CURLE_OK && c->range)
        code = curl_easy_setopt(curl, CURLOPT_RANGE, c->range);
    return code;
}

static CURLcode set_times(CURL *curl)
{
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    (void)curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES);
    return curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
}

static CURLcode perform(const struct s3 *s, CURL *curl, struct s3_call *c,
                        struct curl_slist *headers)
{
    char url[S3_URL_MAX];
    int n =
        snprintf(url, sizeof url, "%s/%s%s%s", s->base, c->key, c->query[0] ? "?" : "", c->query);
    if (n < 0 || (size_t)n >= sizeof url)
        return CURLE_URL_MALFORMAT;
    CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, url);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, s->signer);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_USERNAME, s->access_key);
    if (code == CURLE_OK)
        code = curl_easy_setopt(curl, CURLOPT_PASSWORD, s->secret_key);
    if (code == CURLE_OK)
        code = set_body(curl, c);
    if (code == CURLE_OK)
        code = set_times(curl);
    (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, c);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    (void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, c);
    return code == CURLE_OK ? curl_easy_perform(curl) : code;
}

/* One try. No header of ours is taken out again: libcurl would sign that too (7.88). */
static CURLcode attempt(struct s3 *s, struct s3_call *c, const char *hash)
{
    CURL *curl = borrow(s);
    struct curl_slist *headers = curl_slist_append(NULL, hash);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    c->status = 0;
    c->sent = 0;
    c->tag[0] = '\0';
    if (c->into)
        c->into->n = c->into_before;
    if (curl && headers)
        code = perform(s, curl, c, headers);
    if (was_enough(c, code))
        code = CURLE_OK;
    if (code == CURLE_OK)
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &c->status);
    curl_slist_free_all(headers);
    if (curl)
        give_back(s, curl);
    return code;
}

static bool may_pass(CURLcode code, long status)
{
    return code != CURLE_OK || status >= 500 || status == 429 || status == 408;
}

enum pal_code s3_call(struct s3 *s, struct s3_call *c, long also, struct pal_error *err)
{
    char hash[160];
    CURLcode code = CURLE_OK;
    int wait = WAIT_MS;
    if (!hash_line(c, hash, sizeof hash))
        return pal_error_set(err, &pal_err_service_unavailable, "reading what is to be stored");
    c->into_before = c->into ? c->into->n : 0;
    for (int i = 0; i < TRIES; i++) {
        if (i > 0) {
            (void)poll(NULL, 0, wait); /* nothing tells when a store that is away is back */
            wait *= 4;
        }
        code = attempt(s, c, hash);
        if (!may_pass(code, c->status))
            break;
    }
    if (code == CURLE_OK && (c->status / 100 == 2 || (also && c->status == also)))
        return PAL_OK;
    pal_log(PAL_WARN, "the object store has refused or is away", PAL_LS("method", c->method),
            PAL_LS("key", c->key), PAL_LI("status", c->status),
            PAL_LS("why", code == CURLE_OK ? "" : curl_easy_strerror(code)));
    return pal_error_set(err, &pal_err_service_unavailable, "the object store is away");
}
