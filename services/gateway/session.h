/* A session: one accepted WebSocket of one user, from the request for it to the end of its
 * descriptor.
 *
 *   OPENING   the HTTP request waits; chat is asked for the channels (open.c)
 *   UPGRADING subscribed, blocked; the handshake is being answered
 *   LIVE      greeted (hello or user_joined was its first frame)
 *   ENDING    closing; the descriptor may still be open
 *
 * Only session_* functions change the state. Loop's thread. */
#ifndef GATEWAY_SESSION_H
#define GATEWAY_SESSION_H

#include "base/json.h"
#include "base/list.h"
#include "bus/bus.h"
#include "fanout.h"
#include "people.h"
#include "token/token.h"
#include "ws_conn.h"

#include <stdbool.h>
#include <stdint.h>

struct gateway;
struct opening;

enum session_kind { SESSION_ALL, SESSION_CHANNEL, SESSION_NOTES };
enum session_state { SESSION_OPENING, SESSION_UPGRADING, SESSION_LIVE, SESSION_ENDING };

enum {
    SESSION_WINDOW = 64,      /* requests in flight; beyond it the socket is not read */
    SESSION_INVALID_MAX = 20, /* invalid messages in a minute; then 1008 */
    SESSION_HOLD_MS = 200     /* time for a client to send `resume` before live events begin */
};

/* Close codes beyond those of RFC 6455; README.md tells clients what to do. */
enum {
    CLOSE_GOING_AWAY = 1001,
    CLOSE_POLICY = 1008,
    CLOSE_RESTART = 1012,
    CLOSE_TOKEN = 4401,
    CLOSE_BANNED = 4403,
    CLOSE_CHANNEL = 4404
};

struct session {
    struct subscriber subscriber;
    struct ws_conn conn;
    struct gateway *gw;
    struct person *person;   /* NULL only before session_new is through and after the end */
    struct opening *opening; /* owned; NULL once greeted */
    struct pal_list in_person;
    struct pal_list in_beat;   /* a slot of the heartbeat wheel */
    struct pal_list in_expiry; /* a slot of the expiry wheel */
    struct pal_list in_held;   /* waits for the client's first frame or SESSION_HOLD_MS */
    struct pal_list tickets;   /* requests in flight (struct ticket) */
    uint64_t session_id;
    uint64_t channel;            /* SESSION_CHANNEL */
    int64_t issued_s, expires_s; /* of the token */
    int64_t active_ms;           /* last frame but ping */
    int64_t held_ms;
    int64_t invalid_ms; /* start of the minute in which invalid messages are counted */
    uint32_t in_flight;
    uint32_t resuming; /* subscriptions whose `resume` is not complete */
    uint16_t invalid;
    uint8_t kind, state, role;
    uint8_t address[16];
    bool greeted, idle_told, end_when_quiet;
    bool resumes; /* said so when it came: live events begin with its first frame, however late */
};

/* A request for a session. The session may end before the answer: session is NULL then. */
struct ticket {
    struct pal_list in_session;
    struct session *session;
    void (*done)(struct ticket *t, enum pal_code code, const struct pal_frame *reply); /* frees t */
};

/* NULL: out of memory. */
struct session *session_new(struct gateway *gw, const struct pal_claims *claims,
                            enum session_kind kind, uint64_t channel, const uint8_t address[16]);
void session_caller(const struct session *s, struct pal_caller *out);
/* The descriptor is there: greets. */
void session_live(struct session *s, int fd, struct pal_str early);
/* Ends it: closing handshake when there is a socket, else at once. s may be gone afterwards if it
 * never had one. */
void session_end(struct session *s, uint16_t code, const char *reason);
/* The same with CLOSE_RESTART once nothing is in flight any more, for an orderly end. */
void session_restart(struct session *s);
/* Frees a session without a socket. */
void session_drop(struct session *s);

/* The client has shown itself: live events may flow. */
void session_release(struct session *s);
void session_block_update(struct session *s);

/* The client has everything up to pos: what follows is sent again, then `resumed`. */
void session_resume(struct session *s, struct subscription *sub, uint64_t pos);
/* One channel of a `resume` is through; with the last the client is told. */
void session_fan_reached(struct session *s);
void session_ticket(struct session *s, struct ticket *t);
/* The answer is here: takes t off its session; returns that, NULL when it has ended. */
struct session *ticket_close(struct ticket *t);
void session_tell(struct session *s, json_t *frame); /* takes the reference */

extern const struct ws_conn_ops session_conn_ops;
extern const struct fanout_ops session_fanout_ops;

#endif
