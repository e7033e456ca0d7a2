/* Feeding the streams that are level, which are nearly all of them nearly always: one question for
 * all, each notification written once in each language, its bytes given to everyone it is for.
 * A stream that is behind asks for itself until it is level. */
#include "streams/tail.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "domain/sse.h"
#include "gen/catalogue.h"

enum { ANSWER_WITHIN_MS = 5000, ITEM_BYTES = 1400, ID_BYTES = 10, ITEMS_MAX = 500 };

static bool is_level(const struct stream *s)
{
    return s->kind == STREAM_NOTIFICATIONS && s->out && !s->gone && !s->asking &&
           s->position >= s->home->level;
}

/* Without anyone at it the level is where the one that is furthest stands. */
static void find_level(struct streams *home)
{
    bool any = false;
    int64_t furthest = -1;
    PAL_LIST_EACH(it, &home->all) {
        const struct stream *s = PAL_CONTAINER(it, struct stream, link);
        any = any || (home->level >= 0 && is_level(s));
        if (s->kind == STREAM_NOTIFICATIONS && s->out && !s->asking && s->position > furthest)
            furthest = s->position;
    }
    if (!any)
        home->level = furthest;
}

/* Those that are behind ask; the others are told of. False: there are none. */
static bool write_people(struct streams *home, struct pal_buf *users, struct pal_buf *orgs,
                         size_t *n)
{
    size_t it = 0;
    uint64_t user;
    void *first;
    *n = 0;
    while (pal_map_next(&home->people, &it, &user, &first)) {
        bool level = false;
        for (struct stream *s = first; s; s = s->same_user) {
            if (s->kind != STREAM_NOTIFICATIONS)
                continue;
            s->in_tail = is_level(s);
            level = level || s->in_tail;
            if (!s->in_tail && s->out && !s->gone)
                stream_ask(s);
        }
        if (!level)
            continue;
        pal_buf_char(users, *n ? ',' : '[');
        pal_buf_char(orgs, *n ? ',' : '[');
        pal_buf_int(users, (int64_t)user);
        pal_buf_int(orgs, (int64_t)((struct stream *)first)->claims.org);
        ++*n;
    }
    return *n > 0 && !users->failed && !orgs->failed;
}

static void on_answer(void *arg, const struct pal_frame *reply);

static void submit(struct streams *home, struct pal_buf *users, struct pal_buf *orgs, size_t n)
{
    struct pal_buf body;
    size_t limit = PAL_FRAME_BODY_MAX / (ITEM_BYTES + ID_BYTES * n);
    limit = limit < 1 ? 1 : limit > ITEMS_MAX ? ITEMS_MAX : limit;
    pal_buf_init(&body, PAL_FRAME_BODY_MAX);
    pal_buf_z(&body, "{\"after\":");
    pal_buf_int(&body, home->level);
    pal_buf_z(&body, ",\"limit\":");
    pal_buf_int(&body, (int64_t)limit);
    pal_buf_z(&body, ",\"users\":");
    pal_buf_str(&body, pal_buf_view(users));
    pal_buf_z(&body, "],\"orgs\":");
    pal_buf_str(&body, pal_buf_view(orgs));
    pal_buf_z(&body, "]}");
    struct pal_frame request = {.kind = PAL_KIND_REQUEST,
                                .id = PAL_CMD_NOTIFICATION_TAIL,
                                .caller = {.role = PAL_ROLE_SERVICE},
                                .deadline_ms = (uint64_t)(pal_now_ms() + ANSWER_WITHIN_MS),
                                .body = pal_buf_view(&body)};
    home->tail_asking = true;
    home->tail_dirty = false;
    home->tail_asked_ms = pal_loop_now(home->front.loop);
    home->asked++;
    pal_service_submit(home->front.service, &request, home->front.loop, on_answer, home);
    pal_buf_fini(&body);
}

void tail_ask(struct streams *home)
{
    struct pal_buf users;
    struct pal_buf orgs;
    size_t n;
    if (home->tail_asking || home->draining)
        return;
    find_level(home);
    if (home->level < 0)
        return;
    pal_buf_init(&users, PAL_FRAME_BODY_MAX / 4);
    pal_buf_init(&orgs, PAL_FRAME_BODY_MAX / 4);
    if (write_people(home, &users, &orgs, &n))
        submit(home, &users, &orgs, n);
    pal_buf_fini(&users);
    pal_buf_fini(&orgs);
}

/* ---- the answer ---- */

static void give(struct streams *home, uint64_t user, int64_t id, struct pal_str bytes)
{
    struct stream *next;
    for (struct stream *s = pal_map_get(&home->people, user); s; s = next) {
        next = s->same_user; /* a stream that cannot be written to is gone */
        if (!s->in_tail || !s->out || s->gone || id <= s->position)
            continue;
        s->position = id;
        (void)stream_write(s, bytes);
    }
}

static void give_item(struct streams *home, const json_t *item, const char *language,
                      const char *readers)
{
    struct pal_buf data;
    struct pal_buf bytes;
    size_t i;
    const json_t *user;
    const json_t *text = json_object_get(item, language);
    int64_t id = pal_json_int(item, "id", 0);
    if (!json_is_object(text))
        return;
    pal_buf_init(&data, PAL_FRAME_BODY_MAX);
    pal_buf_init(&bytes, PAL_FRAME_BODY_MAX);
    if (pal_json_dump(text, &data)) {
        sse_event(&bytes, (uint64_t)id, PAL_STR("notification"), pal_buf_view(&data));
        json_array_foreach(json_object_get(item, readers), i, user) {
            give(home, (uint64_t)json_integer_value(user), id, pal_buf_view(&bytes));
        }
    }
    pal_buf_fini(&bytes);
    pal_buf_fini(&data);
}

static void advance(struct streams *home, const json_t *answer)
{
    size_t i;
    const json_t *item;
    int64_t head = pal_json_int(answer, "head", home->level);
    json_array_foreach(json_object_get(answer, "items"), i, item) {
        give_item(home, item, "en", "to_en");
        give_item(home, item, "es", "to_es");
    }
    PAL_LIST_EACH(it, &home->all) {
        struct stream *s = PAL_CONTAINER(it, struct stream, link);
        if (s->in_tail && s->position < head)
            s->position = head;
        s->in_tail = false;
    }
    home->level = head;
}

static void on_answer(void *arg, const struct pal_frame *reply)
{
    struct streams *home = arg;
    char why[80];
    home->asked--;
    home->tail_asking = false;
    if (home->draining || reply->status != 200)
        return; /* unavailable for now: the look asks again */
    json_t *answer = pal_json_parse(reply->body, why);
    if (answer)
        advance(home, answer);
    if (pal_json_bool(answer, "more", false))
        tail_ask(home);
    else if (home->tail_dirty)
        tail_wake(home);
    json_decref(answer);
}

/* At once after a silence; under load STREAM_WAKE_MS after the last question. */
void tail_wake(struct streams *home)
{
    int64_t rest = home->tail_asked_ms + STREAM_WAKE_MS - pal_loop_now(home->front.loop);
    home->tail_dirty = true;
    if (home->n > 0 && home->wake.index == 0)
        pal_timer_arm(home->front.loop, &home->wake, rest > 1 ? rest : 1);
}
