/* The SSE streams of notify: /notifications and /sse/activity/{channel_id}. Front thread only.
 *
 * A stream has a position: the last id (or seq) that it has sent. It is told what lies after the
 * position, by an answer to a question of its own, one at a time, or of the tail (tail.h); so each
 * thing is sent once and in order, whatever the wakes were like, lost or doubled. */
#ifndef NOTIFY_STREAMS_STREAM_H
#define NOTIFY_STREAMS_STREAM_H

#include "base/list.h"
#include "base/map.h"
#include "front/local_front.h"

#include <stdbool.h>
#include <stdint.h>

enum { STREAM_WAKE_MS = 50 };

enum stream_kind { STREAM_NOTIFICATIONS, STREAM_ACTIVITY };

struct streams {
    struct pal_local_front front; /* first: the context of the special routes */
    struct pal_list all;
    struct pal_timer wake; /* gathers the wakes of STREAM_WAKE_MS */
    struct pal_timer look; /* for notifications that another replica has made */
    struct pal_timer tick; /* heartbeats, expiry, and a look for what no wake told of */
    size_t n;
    unsigned asked;        /* questions in the lanes */
    struct pal_map people; /* user -> its first stream */
    int64_t max_per_person;
    int64_t level; /* tail.c: streams at or above this id are fed together; -1: none */
    bool tail_asking, tail_dirty;
    int64_t tail_asked_ms;
    bool draining;
};

struct stream {
    struct pal_list link;
    struct stream *same_user; /* the next one of streams.people */
    struct streams *home;
    enum stream_kind kind;
    struct pal_claims claims;
    uint64_t channel;       /* ACTIVITY */
    int64_t position;       /* -1: begins at the head */
    struct pal_http *r;     /* before it is open; NULL afterwards or when the client went away */
    struct pal_stream *out; /* when it is open */
    bool asking, dirty;
    bool in_tail; /* the question of the tail that is under way is for this one too */
    bool gone;    /* closed while a question was in the lanes: freed with its answer */
    int64_t written_ms;
};

/* The special routes. */
void stream_open_notifications(void *ctx, struct pal_http *r);
void stream_open_activity(void *ctx, struct pal_http *r);
/* Accept: text/event-stream */
bool wants_stream(const struct pal_http *r);

/* Asks for what lies after the position, unless a question is under way. */
void stream_ask(struct stream *s);
/* Ends it; s is gone afterwards. */
void stream_close(struct stream *s);
/* False: could not be written, s is gone. */
bool stream_write(struct stream *s, struct pal_str bytes);
/* Marks it; the wake timer asks. */
void stream_wake(struct stream *s);
/* stream_reply.c: what the lanes answered, first and later. False: s is gone. */
bool stream_answered(struct stream *s, const struct pal_frame *reply);

#endif
