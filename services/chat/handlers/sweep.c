/* Collects what lies in the storage and nothing refers to: parts and blobs that a chat which died
 * had stored and not told of, uploads in parts to a bucket that nobody goes on with. A slow chore,
 * a page of a place at a time; what it finds goes the way of all that is dropped. */
#include "handlers.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "files/storage_list.h"
#include "settings.h"
#include "store/sweep.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>

enum { PAGE = 500, MARK_DIGITS = 32 };

/* What is younger may belong to somebody who has not told of it yet: a picture that is made, an
 * upload that just ended. Those take minutes. */
#define YOUNG_MS (INT64_C(24) * 3600 * 1000)

/* The same for all replicas, and for nobody else. */
static bool make_mark(const struct chat_data *data, char mark[MARK_DIGITS + 1])
{
    static const char salt[] = "whose storage";
    uint8_t both[CHAT_SECRET + sizeof salt], digest[EVP_MAX_MD_SIZE];
    for (size_t i = 0; i < sizeof both; i++)
        both[i] = i < CHAT_SECRET ? data->file_secret[i] : (uint8_t)salt[i - CHAT_SECRET];
    if (EVP_Digest(both, sizeof both, digest, NULL, EVP_sha256(), NULL) != 1)
        return false;
    pal_hex_encode(digest, MARK_DIGITS / 2, mark);
    return true;
}

/* Of those that are old enough. */
static enum pal_code drop(struct pal_call *c, const struct lying_list *list, int64_t before_ms)
{
    struct pal_str *locations = pal_arena_alloc(c->arena, list->n * sizeof *locations + 1);
    struct pal_str *files = pal_arena_alloc(c->arena, list->n * sizeof *files + 1);
    int64_t dropped = 0;
    size_t n = 0;
    if (!locations || !files)
        return pal_fail(c, &pal_err_service_internal, "no memory for a page of the storage");
    for (size_t i = 0; i < list->n; i++) {
        if (list->items[i].changed_ms >= before_ms)
            continue;
        locations[n] = pal_str_of(list->items[i].location);
        files[n++] = pal_str_of(pal_arena_printf(c->arena, "%" PRIu64, list->items[i].file));
    }
    if (n == 0)
        return PAL_OK;
    enum pal_code code = sweep_store_drop(c->db, c->arena, locations, files, n, &dropped, &c->err);
    if (code == PAL_OK && dropped > 0)
        pal_log(PAL_INFO, "what nothing refers to is dropped", PAL_LI("files", dropped));
    return code;
}

static enum pal_code sweep_page(struct pal_call *c, const struct sweep_task *t,
                                struct pal_str *next)
{
    const struct chat_data *data = pal_service_data(c->service);
    int64_t before_ms = pal_now_ms() - YOUNG_MS;
    struct lying_list list = {.items = pal_arena_alloc(c->arena, PAGE * sizeof *list.items),
                              .max = PAGE};
    bool end = true;
    if (pal_str_eq(t->place, PAL_STR("uploads")))
        return storage_end_uploads(data->storage, before_ms, &c->err);
    if (!list.items)
        return pal_fail(c, &pal_err_service_internal, "no memory for a page of the storage");
    enum pal_code code = storage_list(data->storage, t->place.p, t->after.p, &list, &end, &c->err);
    if (code == PAL_OK)
        code = drop(c, &list, before_ms);
    if (code == PAL_OK && !end)
        *next = pal_str_of(list.items[list.n - 1].location);
    return code;
}

enum pal_code files_sweep(struct pal_call *c)
{
    const struct chat_data *data = pal_service_data(c->service);
    struct sweep_task task;
    struct pal_str next = PAL_STR("");
    char mark[MARK_DIGITS + 1];
    bool ours = false;
    if (!data->storage)
        return PAL_OK;
    enum pal_code code = sweep_store_claim(c->db, c->arena, &task, &c->err);
    if (code != PAL_OK || task.place.n == 0)
        return code;
    if (!make_mark(data, mark))
        return pal_fail(c, &pal_err_service_internal, "making the mark of the storage");
    code = storage_is_ours(data->storage, pal_str_of(mark), &ours, &c->err);
    if (code != PAL_OK)
        return code;
    if (ours)
        code = sweep_page(c, &task, &next);
    else
        pal_log(PAL_ERROR, "the storage of files is another installation's too: nothing is swept");
    return code == PAL_OK ? sweep_store_next(c->db, c->arena, task.place, next, &c->err) : code;
}
