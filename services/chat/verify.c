/* The check of an installation, after a restore above all: the seqs of each channel without a gap
 * up to its head, each blob that a file has with its size and its SHA-256.
 * allow print: the answer to a flag is text for whoever typed it */
#include "verify.h"

#include "handlers.h"
#include "settings.h"
#include "store/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 256 << 10, ARENA_BYTES = 4 << 20 };

/* Owner: the thread of main. */
struct check {
    struct pal_db *db;
    struct storage *storage;
    struct pal_arena arena; /* reset for each page */
    char *bytes;            /* READ_BYTES */
    int64_t wrong, channels, events, blobs, size;
};

/* ---- logs ---- */

static enum pal_code check_log(struct check *k, const struct verify_channel *c,
                               struct pal_error *err)
{
    struct verify_piece piece;
    int64_t last = 0;
    do {
        enum pal_code code = verify_store_piece(k->db, &k->arena, c->id, last, &piece, err);
        if (code != PAL_OK)
            return code;
        if (piece.gap >= 0 && ++k->wrong)
            printf("channel %" PRIu64 ": the log has a gap after seq %" PRId64 "\n", c->id,
                   piece.gap);
        if (last == 0 && piece.n > 0 && piece.first != 1 && !c->old && ++k->wrong)
            printf("channel %" PRIu64 ": the log begins at seq %" PRId64 "\n", c->id, piece.first);
        last = piece.n > 0 ? piece.last : last;
        k->events += piece.n;
    } while (piece.n == VERIFY_EVENTS);
    if (last < c->head && !(last == 0 && c->old) && ++k->wrong)
        printf("channel %" PRIu64 ": the log ends at seq %" PRId64 ", its head is %" PRId64 "\n",
               c->id, last, c->head);
    if (c->message > c->head && ++k->wrong)
        printf("channel %" PRIu64 ": there is a message with seq %" PRId64 ", the head is %" PRId64
               "\n",
               c->id, c->message, c->head);
    return PAL_OK;
}

static enum pal_code check_logs(struct check *k, struct pal_error *err)
{
    struct verify_channel *page = calloc(VERIFY_CHANNELS, sizeof *page);
    if (!page)
        return pal_error_set(err, &pal_err_service_internal, "no memory");
    enum pal_code code = PAL_OK;
    uint64_t after = 0;
    size_t n = VERIFY_CHANNELS;
    while (code == PAL_OK && n == VERIFY_CHANNELS) {
        pal_arena_reset(&k->arena);
        code = verify_store_channels(k->db, &k->arena, after, CHAT_EVENTS_KEEP_DAYS, page, &n, err);
        for (size_t i = 0; code == PAL_OK && i < n; i++) {
            code = check_log(k, &page[i], err);
            after = page[i].id;
            k->channels++;
        }
    }
    free(page);
    return code;
}

static enum pal_code check_transactions(struct check *k, struct pal_error *err)
{
    int64_t n = 0;
    enum pal_code code = verify_store_ahead(k->db, &n, err);
    if (n > 0 && ++k->wrong)
        printf("%" PRId64 " events are of transactions that this database has not had: it was not "
               "restored from a base backup\n",
               n);
    return code;
}

/* ---- blobs ---- */

/* NULL: it is as it should be; else what is wrong. */
static const char *read_blob(struct check *k, const struct verify_blob *b, int fd)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *sha = EVP_MD_CTX_new();
    bool hashed = sha && EVP_DigestInit_ex(sha, EVP_sha256(), NULL) == 1;
    int64_t size = 0;
    ssize_t n = 1;
    while (hashed && n > 0) {
        n = read(fd, k->bytes, READ_BYTES);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0) {
            size += n;
            hashed = EVP_DigestUpdate(sha, k->bytes, (size_t)n) == 1;
        }
    }
    hashed = hashed && EVP_DigestFinal_ex(sha, digest, NULL) == 1;
    EVP_MD_CTX_free(sha);
    k->size += size;
    if (n < 0 || !hashed)
        return "it cannot be read";
    if (size != b->size)
        return "its size is another";
    return pal_str_eq((struct pal_str){(const char *)digest, STORAGE_HASH}, b->hash)
               ? NULL
               : "its content is another";
}

static enum pal_code check_blob(struct check *k, const struct verify_blob *b, struct pal_error *err)
{
    struct pal_error why = {0};
    int fd = -1;
    const char *wrong = why.detail;
    if (storage_read(k->storage, b->location.p, b->size, &fd, &why) == PAL_OK) {
        wrong = read_blob(k, b, fd);
        (void)close(fd);
    }
    bool used = true;
    enum pal_code code = wrong ? verify_store_used(k->db, &k->arena, b->hash, &used, err) : PAL_OK;
    k->blobs++;
    if (code == PAL_OK && wrong && used && ++k->wrong)
        printf("%s: %s\n", b->location.p, wrong);
    return code;
}

static enum pal_code check_blobs(struct check *k, struct pal_error *err)
{
    struct verify_blob *page = calloc(VERIFY_BLOBS, sizeof *page);
    if (!page)
        return pal_error_set(err, &pal_err_service_internal, "no memory");
    enum pal_code code = PAL_OK;
    char last[STORAGE_HASH];
    struct pal_str after = {last, 0};
    size_t n = VERIFY_BLOBS;
    while (code == PAL_OK && n == VERIFY_BLOBS) {
        pal_arena_reset(&k->arena);
        code = verify_store_blobs(k->db, &k->arena, after, page, &n, err);
        for (size_t i = 0; code == PAL_OK && i < n; i++)
            code = check_blob(k, &page[i], err);
        if (n > 0 && page[n - 1].hash.n == sizeof last) {
            memcpy(last, page[n - 1].hash.p, sizeof last);
            after.n = sizeof last;
        }
    }
    free(page);
    return code;
}

static enum pal_code check_all(struct check *k, struct pal_error *err)
{
    enum pal_code code = check_logs(k, err);
    if (code == PAL_OK)
        code = check_transactions(k, err);
    if (code == PAL_OK)
        code = check_blobs(k, err);
    if (code != PAL_OK)
        return code;
    printf("%" PRId64 " channels with %" PRId64 " events, %" PRId64 " stored files with %" PRId64
           " bytes; wrong: %" PRId64 "\n",
           k->channels, k->events, k->blobs, k->size, k->wrong);
    return k->wrong ? pal_error_set(err, &pal_err_service_internal, "not all is as it should be")
                    : PAL_OK;
}

enum pal_code chat_verify(struct pal_service *s, struct pal_db *db, const char *argument,
                          struct pal_error *err)
{
    const struct chat_settings *settings = pal_service_settings(s);
    struct check k = {.db = db, .bytes = malloc(READ_BYTES)};
    struct s3 *bucket = NULL;
    (void)argument;
    if (!k.bytes)
        return pal_error_set(err, &pal_err_service_internal, "no memory");
    enum pal_code code = chat_bucket(settings, &bucket, err);
    if (code == PAL_OK)
        code = storage_new(settings->files_dir, bucket, &k.storage, err);
    pal_arena_init(&k.arena, ARENA_BYTES);
    if (code == PAL_OK)
        code = check_all(&k, err);
    pal_arena_fini(&k.arena);
    storage_free(k.storage);
    free(k.bytes);
    return code;
}
