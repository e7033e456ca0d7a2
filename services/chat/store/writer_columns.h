/* A batch of posts as the columns that the writer's statements take (writer.c). */
#ifndef CHAT_STORE_WRITER_COLUMNS_H
#define CHAT_STORE_WRITER_COLUMNS_H

#include "store/writer.h"

/* The batch turned into columns: what is sent twice in it only once. */
struct columns {
    size_t n;
    size_t *post; /* which one of the batch it is */
    int64_t *channel, *user, *org, *also, *attached;
    struct pal_str *client, *content, *type, *reply, *names, *thread, *everyone;
    bool rich; /* some are more than a text */
};

/* first: for each post the first of the batch that has its client_id (twins_find); those that
 * repeat it are left out. False: the arena is full. */
bool columns_turn(struct pal_arena *arena, const struct post *posts, size_t n,
                  const uint16_t *first, struct columns *out) PAL_MUST_USE;
/* The parameters $1 to $8, and the others where `rich` is set. */
void columns_bind(struct pal_arena *arena, const struct columns *c, struct pal_params *p);

#endif
