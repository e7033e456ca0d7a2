/* What the lanes answered: the first answer opens the stream or refuses it, the later ones are
 * written to it. */
#include "streams/stream.h"

#include "base/json.h"
#include "base/limits.h"
#include "domain/sse.h"
#include "gen/catalogue.h"

static void on_closed(void *data);

static void hand_back(struct stream *s, const struct pal_frame *reply)
{
    struct pal_http *r = s->r;
    pal_http_set_data(r, NULL, NULL);
    pal_http_reply(r, reply);
    s->r = NULL;
    stream_close(s);
}

static bool open_out(struct stream *s)
{
    struct pal_http *r = s->r;
    s->r = NULL;
    pal_http_set_data(r, NULL, NULL);
    s->out = pal_http_stream(r, "text/event-stream", on_closed, s);
    if (!s->out) {
        stream_close(s);
        return false;
    }
    return stream_write(s, PAL_STR("retry: 2000\n: palique\n\n"));
}

static void on_closed(void *data)
{
    struct stream *s = data;
    s->out = NULL;
    stream_close(s);
}

static void add_json(struct pal_buf *out, uint64_t id, struct pal_str event, const json_t *data)
{
    struct pal_buf line;
    pal_buf_init(&line, PAL_FRAME_BODY_MAX);
    if (pal_json_dump(data, &line))
        sse_event(out, id, event, pal_buf_view(&line));
    else
        out->failed = true;
    pal_buf_fini(&line);
}

static void add_notifications(struct stream *s, const json_t *answer, struct pal_buf *out)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(answer, "items"), i, item) {
        add_json(out, (uint64_t)pal_json_int(item, "id", 0), PAL_STR("notification"), item);
    }
    s->position = pal_json_int(answer, "head", s->position);
    s->dirty = s->dirty || pal_json_bool(answer, "more", false);
}

/* A hole that can no longer be filled is told, never passed over in silence. */
static void add_gap(struct stream *s, int64_t first, struct pal_buf *out)
{
    if (first <= s->position + 1)
        return;
    pal_buf_printf(
        out,
        "event: gap\ndata: {\"type\":\"gap\",\"channel_id\":%llu,\"from\":%lld,\"to\":%lld}\n\n",
        (unsigned long long)s->channel, (long long)s->position + 1, (long long)first - 1);
    s->position = first - 1;
}

static void add_activity(struct stream *s, const json_t *answer, struct pal_buf *out)
{
    size_t i;
    const json_t *event;
    add_gap(s, pal_json_int(answer, "first_seq", 0), out);
    json_array_foreach(json_object_get(answer, "events"), i, event) {
        int64_t seq = pal_json_int(event, "seq", 0);
        if (seq != s->position + 1)
            continue;
        add_json(out, (uint64_t)seq, pal_json_str(event, "type"), event);
        s->position = seq;
    }
    s->dirty = s->dirty || (i > 0 && s->position < pal_json_int(answer, "head_seq", 0));
}

static bool take(struct stream *s, const json_t *answer)
{
    struct pal_buf out;
    pal_buf_init(&out, 4 * PAL_FRAME_BODY_MAX);
    if (s->kind == STREAM_NOTIFICATIONS)
        add_notifications(s, answer, &out);
    else
        add_activity(s, answer, &out);
    bool failed = out.failed;
    bool open = !failed && (out.n == 0 || stream_write(s, pal_buf_view(&out)));
    pal_buf_fini(&out);
    if (failed)
        stream_close(s);
    return open;
}

/* The answer of activity.open: where the log stands; then what lies after the client's own position
 * is asked for. */
static bool begin_activity(struct stream *s, const json_t *answer)
{
    if (!open_out(s))
        return false;
    if (s->position < 0)
        s->position = pal_json_int(answer, "head_seq", 0);
    s->dirty = true;
    return true;
}

bool stream_answered(struct stream *s, const struct pal_frame *reply)
{
    if (reply->status != 200) {
        if (s->r)
            hand_back(s, reply);
        else if (reply->status == 404 || reply->status == 403)
            stream_close(s); /* the channel is gone, or the caller is out of it */
        else
            return true; /* unavailable for now: the tick asks again */
        return false;
    }
    char why[80];
    json_t *answer = pal_json_parse(reply->body, why);
    bool open;
    if (s->r && s->kind == STREAM_ACTIVITY)
        open = begin_activity(s, answer);
    else
        open = (!s->r || open_out(s)) && take(s, answer);
    json_decref(answer);
    return open;
}
