/* What the threads of the pool do with an upload: disk and digests, nothing else. The upload waits
 * for them meanwhile. */
#include "files/upload.h"

#include "base/log.h"
#include "gen/catalogue.h"

static const EVP_MD *digest_of(enum tus_checksum kind)
{
    return kind == TUS_SHA1 ? EVP_sha1() : EVP_sha256();
}

void upload_work_open(struct upload *u)
{
    u->code = part_open(u->home->data->storage, u->id, u->start, &u->part, &u->err);
    if (u->code != PAL_OK || u->checksum == TUS_CHECKSUM_NONE)
        return;
    u->check = EVP_MD_CTX_new();
    if (!u->check || EVP_DigestInit_ex(u->check, digest_of(u->checksum), NULL) != 1)
        u->code = pal_error_set(&u->err, &pal_err_service_internal, "hashing");
}

static bool write(void *ctx, struct pal_str bytes)
{
    struct upload *u = ctx;
    if ((int64_t)bytes.n > u->size - u->part.offset)
        u->code = pal_error_set(&u->err, &pal_err_file_too_large, "more than was announced");
    else if (u->check && EVP_DigestUpdate(u->check, bytes.p, bytes.n) != 1)
        u->code = pal_error_set(&u->err, &pal_err_service_internal, "hashing");
    else
        u->code = part_write(&u->part, bytes, &u->err);
    return u->code == PAL_OK;
}

void upload_work_write(struct upload *u)
{
    u->code = PAL_OK;
    if (u->kind != UPLOAD_FORM)
        (void)write(u, pal_buf_view(&u->piece));
    else if (!multipart_feed(&u->form, pal_buf_view(&u->piece), write, u) && u->code == PAL_OK)
        u->code = pal_error_set(&u->err, &pal_err_request_malformed, "the form: %s", u->form.why);
}

void upload_work_sync(struct upload *u)
{
    u->code = part_sync(&u->part, &u->err);
}

void upload_work_check(struct upload *u)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    u->code = PAL_OK;
    if (EVP_DigestFinal_ex(u->check, digest, &n) != 1) {
        u->code = pal_error_set(&u->err, &pal_err_service_internal, "hashing");
    } else if (!pal_secret_eq(digest, u->digest, n)) {
        u->code = part_cut(&u->part, u->start, &u->err);
        if (u->code == PAL_OK)
            u->code =
                pal_error_set(&u->err, &pal_err_file_checksum, "%s", pal_err_file_checksum.title);
    }
}

void upload_work_finish(struct upload *u)
{
    u->size = u->part.offset;
    u->code = part_finish(u->home->data->storage, &u->part, &u->stored, &u->err);
}

/* What was stored for a file that is not there any more, or has its content elsewhere. */
void upload_work_discard(struct upload *u)
{
    struct pal_error err = {0};
    /* What cannot be removed now is an orphan; nobody refers to it. */
    if (storage_remove(u->home->data->storage, u->stored.location, &err) != PAL_OK)
        pal_log(PAL_WARN, "a file could not be removed", PAL_LS("why", err.detail));
    u->code = PAL_OK;
}
