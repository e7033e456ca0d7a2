/* Who is subscribed to which channel, and the rule of the delivery contract: a subscription is sent
 * the event pos + 1 and nothing else. What is missing comes from a small ring of recent frames or,
 * through catchup.c, from chat's log. Sans-IO: effects go out through struct fanout_ops. Loop's
 * thread.
 *
 * Events are gathered over a turn of the loop; fanout_settle at its end hands over what is new in
 * each channel in one piece, made once for all. Callbacks may not subscribe, unsubscribe or remove
 * subscribers; `ended` reports that a subscription was removed here. */
#ifndef GATEWAY_FANOUT_H
#define GATEWAY_FANOUT_H

#include "base/blob.h"
#include "base/list.h"
#include "base/map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum log_kind { LOG_PLAIN, LOG_LEFT, LOG_DELETED };

/* One durable event, framed. */
struct log_entry {
    uint64_t seq;
    uint64_t subject; /* LOG_LEFT: the user who is out */
    struct pal_blob *frame;
    enum log_kind kind;
};

/* Embedded in a session. */
struct subscriber {
    uint64_t user;
    struct pal_list subscriptions;
    bool blocked; /* gets no durable events for now: not greeted yet, or too much is queued */
};

struct channel {
    uint64_t id;
    uint64_t top;     /* newest seq that is known to exist */
    uint64_t settled; /* in fresh: the top before the first of the gathered events */
    size_t fresh_bytes;
    struct pal_list in_fresh; /* has events that were not handed over yet */
    struct pal_list subscriptions;
    struct pal_list listeners; /* subscriptions without the log: notifications and nothing else */
    struct log_entry *ring; /* RING_SIZE recent entries by seq, owned; NULL while nothing happens */
    int64_t ring_at_ms;
    struct pal_list in_rings;
    struct pal_list in_wanting;
    int64_t due_ms; /* in wanting: not to be asked for before */
    bool asking;    /* an event.list is under way */
    bool hole;      /* somebody misses events that exist */
    bool verify;    /* to be asked for even when nobody is known to miss anything */
};

struct subscription {
    struct pal_list in_channel, in_subscriber;
    struct channel *channel;
    struct subscriber *subscriber;
    uint64_t pos;       /* last seq that was sent */
    uint64_t floor;     /* nothing up to this is the user's: it is before he joined */
    uint64_t resume_to; /* tell `reached` when pos gets here; 0: no */
    uint64_t told;      /* head that the last pong named */
    int64_t typing_ms;  /* when `typing` was last passed on */
    bool listener;
    bool gap_told; /* in the resume that is under way */
    bool muted;    /* the client has unsubscribed and stays a member */
};

enum fanout_end { END_LEFT, END_DELETED };
enum hole_end { HOLE_STREAM, HOLE_LOG };
enum resume_result { RESUME_CURRENT, RESUME_REPLAYED, RESUME_GAP };

struct fanout_ops {
    /* n frames, in order. */
    void (*deliver)(struct subscriber *s, struct pal_blob *frames, size_t n);
    /* from..to are not coming: the client is to page through them. */
    void (*gap)(struct subscriber *s, uint64_t channel, uint64_t from, uint64_t to);
    void (*reached)(struct subscriber *s);
    void (*ended)(struct subscriber *s, uint64_t channel, enum fanout_end why);
};

struct fanout {
    const struct fanout_ops *ops;
    struct pal_map channels; /* id -> struct channel, owned */
    struct pal_map seen[2];  /* id -> newest seq of channels without subscribers; two generations */
    int64_t seen_turned_ms;
    struct pal_list fresh;   /* channels with gathered events */
    struct pal_list rings;   /* by last use, oldest first */
    struct pal_list wanting; /* channels with something to ask for */
    size_t ring_bytes;
    uint64_t delivered, gaps, holes; /* counted since start, as the following */
    uint64_t closed[2], resumes[3];  /* by enum hole_end, enum resume_result */
};

void fanout_init(struct fanout *f, const struct fanout_ops *ops);
void fanout_fini(struct fanout *f); /* all subscribers have gone before */
void subscriber_init(struct subscriber *s, uint64_t user);

/* Subscribes after seq `pos` of a channel whose head was `head` when pos was read, unless there is
 * one already. NULL: out of memory. */
struct subscription *fanout_subscribe(struct fanout *f, struct subscriber *s, uint64_t channel,
                                      uint64_t pos, uint64_t head, int64_t now_ms);
struct subscription *fanout_listen(struct fanout *f, struct subscriber *s, uint64_t channel);
struct subscription *fanout_find(const struct subscriber *s, uint64_t channel);
struct channel *fanout_channel(const struct fanout *f, uint64_t channel); /* NULL: nobody here */
void fanout_unsubscribe(struct fanout *f, struct subscription *sub);
void fanout_leave_all(struct fanout *f, struct subscriber *s);

/* An event of the bus, handed over by the next fanout_settle, or here when much has gathered. */
void fanout_event(struct fanout *f, uint64_t channel, const struct log_entry *e, int64_t now_ms);
/* At the end of a turn, and before anything that must not overtake the events before it. */
void fanout_settle(struct fanout *f, int64_t now_ms);
/* The client says what it has. False: that is all there is, `reached` will not be told. */
bool fanout_resume(struct fanout *f, struct subscription *sub, uint64_t pos, int64_t now_ms);
/* s can take more. */
void fanout_unblock(struct fanout *f, struct subscriber *s, int64_t now_ms);

/* Once a second: forgets rings that are not used. */
void fanout_expire(struct fanout *f, int64_t now_ms);

#endif
