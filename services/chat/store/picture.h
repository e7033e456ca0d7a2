/* SQL for uploaded pictures that are made safe. */
#ifndef CHAT_STORE_PICTURE_H
#define CHAT_STORE_PICTURE_H

#include "files/storage.h"
#include "store/answer.h"

/* A file that is to be looked at. */
struct picture_task {
    uint64_t file;
    bool hopeless;           /* whoever tried has died of it, each time */
    struct pal_str location; /* of the upload; terminated */
    int64_t size;
    uint64_t part, thumbnail; /* ids of parts for what is made of it, never used before */
};

/* What was made. */
struct picture_blob {
    const struct stored *stored;
    int64_t size;
    struct pal_str type;
    int width, height;
};
struct picture_made {
    struct picture_blob picture, thumbnail;
    struct pal_str colour;
};

/* Who has the file now. */
struct picture_place {
    uint64_t message, channel, org, author; /* message 0: nobody yet; channel 0: it is deleted */
};

/* Takes one that is due; it comes again later unless it is settled. file 0: there is none. */
enum pal_code picture_store_claim(struct pal_db *db, struct pal_arena *arena,
                                  struct picture_task *out, struct pal_error *err) PAL_MUST_USE;
/* *there false: the file is gone, or somebody else was faster. */
enum pal_code picture_store_place(struct pal_db *db, struct pal_arena *arena, uint64_t file,
                                  bool *there, struct picture_place *out,
                                  struct pal_error *err) PAL_MUST_USE;
/* The channel's head is locked if there is a channel. *settled false: the file has another place
 * by now, nothing was changed. */
enum pal_code picture_store_done(struct pal_db *db, struct pal_arena *arena, uint64_t file,
                                 uint64_t message, const struct picture_made *made, bool *settled,
                                 struct pal_error *err) PAL_MUST_USE;
/* It stays as it was uploaded: at once when refused, otherwise after three tries. *ended: that is
 * so now. */
enum pal_code picture_store_failed(struct pal_db *db, struct pal_arena *arena, uint64_t file,
                                   uint64_t message, bool refused, bool *settled, bool *ended,
                                   struct pal_error *err) PAL_MUST_USE;
/* What was stored for a file that is gone. */
enum pal_code picture_store_drop(struct pal_db *db, struct pal_arena *arena,
                                 const struct pal_str *locations, size_t n,
                                 struct pal_error *err) PAL_MUST_USE;
/* message.updated of the message; its channel's head is locked. */
enum pal_code picture_store_tell(struct pal_db *db, struct pal_arena *arena,
                                 const struct picture_place *place, struct logged *out,
                                 struct pal_error *err) PAL_MUST_USE;

#endif
