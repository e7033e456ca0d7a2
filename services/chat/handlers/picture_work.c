/* Makes uploaded pictures safe, in the background: takes a file, has palique-media write it anew
 * with no transaction open, stores what came of it and tells the channel. */
#include "handlers.h"

#include "base/log.h"
#include "previews/media.h"
#include "settings.h"
#include "store/channel.h"
#include "store/picture.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { ROUNDS_MAX = 50, SETTLES_MAX = 5 };

struct work {
    struct picture_task task;
    enum media_result result;
    struct media media;
    struct stored picture, thumbnail;
};

static enum pal_code claim(struct pal_call *c, struct work *w)
{
    enum pal_code code = pal_db_begin(c->db, PAL_TX_WRITE, &c->err);
    if (code == PAL_OK)
        code = picture_store_claim(c->db, c->arena, &w->task, &c->err);
    return code == PAL_OK ? pal_db_commit(c->db, &c->err) : code;
}

static enum pal_code keep(struct storage *s, uint64_t id, struct pal_str bytes, struct stored *out,
                          struct pal_error *err)
{
    struct part part = {.fd = -1};
    enum pal_code code = part_open(s, id, 0, &part, err);
    if (code != PAL_OK)
        return code;
    code = part_write(&part, bytes, err);
    if (code == PAL_OK)
        return part_finish(s, &part, out, err);
    part_close(&part);
    return code;
}

/* With no transaction open. */
static void make(const struct pal_call *c, struct work *w)
{
    const struct chat_data *data = pal_service_data(c->service);
    struct pal_error err = {0};
    int fd = -1;
    w->result = w->task.hopeless ? MEDIA_REFUSED : MEDIA_FAILED;
    if (w->task.hopeless)
        return;
    if (storage_read(data->storage, w->task.location.p, w->task.size, &fd, &err) == PAL_OK) {
        w->result = media_make(chat_settings_of(c)->media_program, fd, &w->media);
        (void)close(fd);
    }
    if (w->result == MEDIA_MADE &&
        (keep(data->storage, w->task.part, w->media.picture.bytes, &w->picture, &err) != PAL_OK ||
         keep(data->storage, w->task.thumbnail, w->media.thumbnail.bytes, &w->thumbnail, &err) !=
             PAL_OK))
        w->result = MEDIA_FAILED;
    if (w->result == MEDIA_FAILED)
        pal_log(PAL_WARN, "a picture could not be made", PAL_LI("file", w->task.file),
                PAL_LS("why", err.detail));
}

/* What is stored, or was begun, and is of no use. */
static enum pal_code drop(struct pal_call *c, const struct work *w)
{
    char parts[2][32];
    struct pal_str gone[4];
    size_t n = 0;
    (void)snprintf(parts[0], sizeof parts[0], "parts/%" PRIu64, w->task.part);
    (void)snprintf(parts[1], sizeof parts[1], "parts/%" PRIu64, w->task.thumbnail);
    gone[n++] = pal_str_of(parts[0]);
    gone[n++] = pal_str_of(parts[1]);
    if (w->picture.location[0])
        gone[n++] = pal_str_of(w->picture.location);
    if (w->thumbnail.location[0])
        gone[n++] = pal_str_of(w->thumbnail.location);
    return picture_store_drop(c->db, c->arena, gone, n, &c->err);
}

static struct picture_blob blob(const struct media_part *part, const struct stored *stored)
{
    return (struct picture_blob){.stored = stored,
                                 .size = (int64_t)part->bytes.n,
                                 .type = pal_str_of(part->type),
                                 .width = part->width,
                                 .height = part->height};
}

/* In a transaction, the channel's head locked. */
static enum pal_code store(struct pal_call *c, const struct work *w,
                           const struct picture_place *place, bool *settled, struct logged *logged)
{
    struct picture_made made = {.picture = blob(&w->media.picture, &w->picture),
                                .thumbnail = blob(&w->media.thumbnail, &w->thumbnail),
                                .colour = pal_str_of(w->media.colour)};
    bool ended = true;
    enum pal_code code = PAL_OK;
    if (w->result == MEDIA_MADE)
        code = picture_store_done(c->db, c->arena, w->task.file, place->message, &made, settled,
                                  &c->err);
    else
        code = picture_store_failed(c->db, c->arena, w->task.file, place->message,
                                    w->result == MEDIA_REFUSED, settled, &ended, &c->err);
    if (code == PAL_OK && *settled && w->result != MEDIA_MADE)
        code = drop(c, w);
    if (code == PAL_OK && *settled && ended && place->channel)
        code = picture_store_tell(c->db, c->arena, place, logged, &c->err);
    return code;
}

/* One try: others may be at the same rows, and the file may be attached between the look at its
 * place and the change; then *settled is false and nothing has happened. */
static enum pal_code settle(struct pal_call *c, const struct work *w, bool *settled)
{
    struct picture_place place = {0};
    struct logged logged = {0};
    bool there = false;
    enum pal_code code = pal_db_begin(c->db, PAL_TX_WRITE, &c->err);
    if (code == PAL_OK)
        code = picture_store_place(c->db, c->arena, w->task.file, &there, &place, &c->err);
    if (code == PAL_OK && !there) {
        *settled = true;
        code = drop(c, w);
    } else if (code == PAL_OK && place.channel) {
        code = channel_store_lock(c->db, c->arena, place.channel, &c->err);
    }
    if (code == PAL_OK && there)
        code = store(c, w, &place, settled, &logged);
    if (code == PAL_OK && !*settled) {
        pal_db_rollback(c->db);
        return PAL_OK;
    }
    if (code == PAL_OK)
        code = pal_db_commit(c->db, &c->err);
    if (code == PAL_OK && logged.seq != 0)
        code = pal_publish(c, &pal_ev_message_updated, place.org, place.author, place.channel,
                           logged.seq, logged.body);
    return code;
}

/* What it cost to make is not thrown away for a deadlock. */
static enum pal_code settle_surely(struct pal_call *c, const struct work *w)
{
    enum pal_code code = PAL_OK;
    bool settled = false;
    for (int n = 0; n < SETTLES_MAX && !settled; n++) {
        c->err = (struct pal_error){0};
        code = settle(c, w, &settled);
        if (code == PAL_OK)
            continue;
        pal_db_rollback(c->db);
        settled = false;
    }
    return code;
}

enum pal_code picture_work(struct pal_call *c)
{
    const struct chat_data *data = pal_service_data(c->service);
    enum pal_code code = PAL_OK;
    if (!data->storage)
        return PAL_OK;
    for (int i = 0; i < ROUNDS_MAX && code == PAL_OK; i++) {
        struct work w = {0};
        code = claim(c, &w);
        if (code != PAL_OK || w.task.file == 0)
            break;
        make(c, &w);
        code = settle_surely(c, &w);
        media_free(&w.media);
    }
    return code;
}
