/* The parameters of the writer's statements: writer_columns.h. */
#include "store/writer_columns.h"

#include "base/id.h"
#include "gen/catalogue.h"

#include <inttypes.h>
#include <string.h>

static bool allocate(struct pal_arena *arena, size_t n, struct columns *c)
{
    int64_t *ints = pal_arena_alloc(arena, 5 * n * sizeof *ints);
    struct pal_str *strs = pal_arena_alloc(arena, 7 * n * sizeof *strs);
    *c = (struct columns){.post = pal_arena_alloc(arena, n * sizeof *c->post)};
    if (!ints || !strs || !c->post)
        return false;
    c->channel = ints;
    c->user = ints + n;
    c->org = ints + 2 * n;
    c->also = ints + 3 * n;
    c->attached = c->also + n;
    c->client = strs;
    c->content = strs + n;
    c->type = strs + 2 * n;
    c->reply = strs + 3 * n;
    c->names = strs + 4 * n;
    c->thread = strs + 5 * n;
    c->everyone = strs + 6 * n;
    return true;
}

/* Names have no spaces. {NULL, 0}: none, or with *failed set no room. */
static struct pal_str join_names(struct pal_arena *arena, const struct post *post, bool *failed)
{
    size_t size = 0;
    for (size_t k = 0; k < post->n_names; k++)
        size += post->names[k].n + 1;
    char *text = size > 0 ? pal_arena_alloc(arena, size) : NULL;
    char *at = text;
    *failed = *failed || (size > 0 && !text);
    for (size_t k = 0; text && k < post->n_names; k++) {
        memcpy(at, post->names[k].p, post->names[k].n);
        at += post->names[k].n;
        *at++ = ' ';
    }
    return (struct pal_str){text, text ? size - 1 : 0};
}

/* {NULL, 0} for 0. */
static struct pal_str id_text(struct pal_arena *arena, uint64_t id, bool *failed)
{
    char *text = id ? pal_arena_printf(arena, "%" PRIu64, id) : NULL;
    *failed = *failed || (id && !text);
    return pal_str_of(text);
}

static bool add_post(struct pal_arena *arena, const struct post *post, size_t which,
                     struct columns *c)
{
    bool failed = false;
    size_t i = c->n++;
    char *uuid = pal_arena_alloc(arena, PAL_UUID_LEN + 1);
    if (!uuid)
        return false;
    pal_uuid_format(post->client_id, uuid);
    c->post[i] = which;
    c->channel[i] = (int64_t)post->channel;
    c->user[i] = (int64_t)post->user;
    c->org[i] = (int64_t)post->org;
    c->client[i] = (struct pal_str){uuid, PAL_UUID_LEN};
    c->content[i] = post->content;
    c->type[i] = post->type;
    c->reply[i] = id_text(arena, post->reply_to, &failed);
    c->thread[i] = id_text(arena, post->thread, &failed);
    c->also[i] = post->also_in_channel;
    c->names[i] = join_names(arena, post, &failed);
    c->everyone[i] = post->everyone;
    c->rich = c->rich || post->reply_to || post->thread || post->n_names > 0 || post->n_files > 0;
    return !failed;
}

bool columns_turn(struct pal_arena *arena, const struct post *posts, size_t n,
                  const uint16_t *first, struct columns *c)
{
    if (!allocate(arena, n, c))
        return false;
    for (size_t i = 0; i < n; i++)
        if (first[i] == i && !add_post(arena, &posts[i], i, c))
            return false;
    return true;
}

void columns_bind(struct pal_arena *arena, const struct columns *c, struct pal_params *p)
{
    pal_params_init(p, arena);
    pal_p_ints(p, c->channel, c->n);
    pal_p_ints(p, c->user, c->n);
    pal_p_ints(p, c->org, c->n);
    pal_p_strs(p, c->client, c->n);
    pal_p_strs(p, c->content, c->n);
    pal_p_strs(p, c->type, c->n);
    pal_p_strs(p, c->reply, c->n);
    pal_p_int(p, PAL_EV_MESSAGE_CREATED);
    if (c->rich) {
        pal_p_strs(p, c->names, c->n);
        pal_p_strs(p, c->thread, c->n);
        pal_p_ints(p, c->also, c->n);
        pal_p_strs(p, c->everyone, c->n);
        pal_p_ints(p, c->attached, c->n);
        pal_p_int(p, PAL_EV_MESSAGE_MENTIONED);
    }
}
