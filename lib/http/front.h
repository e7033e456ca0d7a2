/* The HTTP front that gateway, notify and admin share: libmicrohttpd on the loop, the header guard,
 * matching a request to the catalogue, the token, limits, validation, the call, the answer. One
 * thread, one loop.
 *
 * A request goes: guard -> special route or catalogue route -> token -> rate limit -> validate ->
 * call() -> reply. A call may be answered later: the connection is suspended until pal_http_reply.
 */
#ifndef PAL_HTTP_FRONT_H
#define PAL_HTTP_FRONT_H

#include "base/code.h"
#include "base/error.h"
#include "base/str.h"
#include "http/limit.h"
#include "loop/loop.h"
#include "proto/frame.h"
#include "proto/types.h"
#include "token/token.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pal_front;
struct pal_http; /* one request; valid until it was answered */

/* A route outside the catalogue: WebSocket upgrades, SSE, static files, health. Tried before the
 * catalogue, those that end in "*" after it. Path patterns as in the catalogue
 * ("/ws/chat/{channel_id}"); "/x/" followed by "*" matches the rest. */
struct pal_http_special {
    const char *method;
    const char *path;
    void (*fn)(void *ctx, struct pal_http *r);
    /* When not NULL, the route is only taken if it says so (same path as JSON and as
     * text/event-stream). */
    bool (*when)(const struct pal_http *r);
    /* It takes a body, of any length, which it reads with pal_http_read. fn runs before the body
     * was read. */
    bool pieces;
};

struct pal_front_config {
    struct pal_loop *loop;
    const char *listen; /* "127.0.0.1:8081", "[::1]:0" or "unix:/path" (0600) */
    bool reuse_port;
    const char *trusted_proxies; /* comma list of addresses whose X-Forwarded-For is believed; unix
                                    peers always are */
    struct pal_keyset *keys;
    struct pal_limiter *limiter;
    unsigned owners; /* bit 1 << enum pal_owner: whose commands are served here */
    /* Performs the command: fills nothing else; must lead to one pal_http_reply, now or later, on
     * this thread. */
    void (*call)(void *ctx, struct pal_http *r, struct pal_frame *request,
                 const struct pal_command *cmd);
    /* False when the session or user is known to be revoked although the token is still good. NULL:
     * all pass. */
    bool (*admit)(void *ctx, const struct pal_claims *claims);
    /* An unknown kid was seen: fetch keys soon (rate-limited by the front). NULL allowed. */
    void (*refresh_keys)(void *ctx);
    const struct pal_http_special *specials;
    size_t n_specials;
    const char *allowed_origins; /* comma list; "": same origin only. For WebSocket upgrades and the
                                    cookie's CSRF check */
    bool secure_cookies;         /* set Secure on the refresh cookie */
    void *ctx;
    unsigned max_connections;
};

enum pal_code pal_front_start(const struct pal_front_config *config, struct pal_front **out,
                              struct pal_error *err) PAL_MUST_USE;
void pal_front_stop_accepting(struct pal_front *f);
size_t pal_front_open(const struct pal_front *f); /* requests under way, streams included */
void pal_front_free(struct pal_front *f);
/* What it listens on now ("127.0.0.1:43121"), for port 0. */
const char *pal_front_address(const struct pal_front *f);

/* ---- the request, as handlers of special routes see it ---- */
struct pal_str pal_http_method(const struct pal_http *r);
struct pal_str pal_http_path(const struct pal_http *r);
struct pal_str pal_http_header(const struct pal_http *r, const char *name); /* {NULL,0}: absent */
struct pal_str pal_http_query(const struct pal_http *r, const char *name);  /* percent-decoded */
struct pal_str pal_http_cookie(const struct pal_http *r, const char *name);
struct pal_str pal_http_param(const struct pal_http *r, const char *name); /* of the path pattern */
const uint8_t *pal_http_address(const struct pal_http *r); /* 16 bytes, after proxies */
const char *pal_http_request_id(const struct pal_http *r); /* 32 hex digits: the trace id */
void pal_http_trace(const struct pal_http *r, uint8_t trace[16]);
/* The caller's language for texts made here: "es" or "en" from Accept-Language, "en" by default. */
const char *pal_http_language(const struct pal_http *r);

/* Verifies bearer header, ?token= or the cookie `palique_token` (in this order) for special routes.
 * On failure the answer (401 problem) has been sent and r is gone: return at once. */
bool pal_http_authenticate(struct pal_http *r, struct pal_claims *out);
/* Origin header absent, same origin, or allowed (RFC 6455 §10.2). Pure check. */
bool pal_http_origin_ok(const struct pal_http *r);
/* Takes one token of the rate class; false: 429 has been sent and r is gone. */
bool pal_http_limit(struct pal_http *r, const char *rate, const struct pal_claims *claims);

/* Remember the owner of a pending request; on_gone runs if the client goes away before the answer,
 * and r is gone when it returns. Without on_gone r stays valid until it is answered, client or not.
 */
void pal_http_set_data(struct pal_http *r, void *data, void (*on_gone)(void *data));
void *pal_http_data(const struct pal_http *r);

/* What other origins may send, where any may. */
#define PAL_HTTP_CORS_HEADERS \
    "Authorization, Content-Type, Idempotency-Key, traceparent, Last-Event-ID"

/* ---- a body in pieces ---- */
/* Reads on until *into has `want` bytes or more (at most PAL_HTTP_PIECE_OVER more) or the body has
 * ended, then calls fn with the request's data (pal_http_set_data, which must be set with on_gone).
 * The client is not read any further until the next call: that is the back-pressure. *into is the
 * caller's. fn may run before this returns. */
enum { PAL_HTTP_PIECE_OVER = 16 << 10 };
struct pal_buf;
typedef void pal_http_piece_fn(void *data, bool last);
void pal_http_read(struct pal_http *r, struct pal_buf *into, size_t want, pal_http_piece_fn *fn);
/* Content-Length, or -1: there is none. */
int64_t pal_http_length(const struct pal_http *r);

/* ---- answers: each ends the request; r is gone afterwards ---- */
/* A bus reply as it is: status, body; cookie and Retry-After handling as the catalogue says. */
void pal_http_reply(struct pal_http *r, const struct pal_frame *reply);
void pal_http_fail(struct pal_http *r, const struct pal_error *err); /* problem+json */
struct pal_http_header_line {
    const char *name, *value;
};
/* Bytes are copied. type e.g. "application/json". */
void pal_http_send(struct pal_http *r, unsigned status, const char *type, struct pal_str body,
                   const struct pal_http_header_line *headers, size_t n_headers);

/* The same with a body that stays where it is until the front is freed: it is not copied. */
void pal_http_send_kept(struct pal_http *r, unsigned status, const char *type, struct pal_str body,
                        const struct pal_http_header_line *headers, size_t n_headers);

/* length bytes of a file from offset on; takes fd. */
void pal_http_send_fd(struct pal_http *r, unsigned status, const char *type,
                      const struct pal_http_header_line *headers, size_t n_headers, int fd,
                      uint64_t offset, uint64_t length);

/* A stream (SSE): headers are sent now; then bytes whenever they are written. The pointer stays
 * valid until on_close ran or pal_stream_close was called. */
struct pal_stream;
struct pal_stream *pal_http_stream(struct pal_http *r, const char *type,
                                   void (*on_close)(void *data), void *data);
/* Queues a copy; false when over max_queue (1 MiB): the caller closes it. */
bool pal_stream_write(struct pal_stream *s, struct pal_str bytes);
void pal_stream_close(struct pal_stream *s); /* after what is queued; on_close does not run */

/* An answer of `length` bytes that come by and by: on_empty asks for more, once for each write, and
 * may not write itself. Ends with its last byte; on_close runs then too. */
struct pal_flow_hooks {
    void (*on_empty)(void *data);
    void (*on_close)(void *data);
};
struct pal_stream *pal_http_flow(struct pal_http *r, unsigned status, const char *type,
                                 const struct pal_http_header_line *headers, size_t n_headers,
                                 uint64_t length, const struct pal_flow_hooks *hooks, void *data);
/* Cuts the connection: what is missing cannot be had. on_close does not run. */
void pal_stream_abort(struct pal_stream *s);

/* WebSocket upgrade (RFC 6455 §4.2): checks the handshake headers, answers 101, then hands over a
 * duplicate of the descriptor (non-blocking, TCP_NODELAY) and any bytes that came early;
 * libmicrohttpd's connection is given back. fn(NULL arg) is called on the loop's thread; with fd -1
 * when the client went away. A wrong handshake is answered here (400/426) and fn is not called. */
typedef void pal_upgraded_fn(void *arg, int fd, struct pal_str early);
void pal_http_upgrade(struct pal_http *r, pal_upgraded_fn *fn, void *arg);
/* The check alone, for whoever has to ask somebody before it upgrades. False: answered (400/426), r
 * is gone. */
bool pal_http_upgrade_ok(struct pal_http *r);

/* Static files: one folder read at start into memory with strong ETags and smaller twins: x.br and
 * x.gz that lie beside x, or a gzip made here; /assets/… (hashed names) are immutable for a year,
 * the rest no-cache. CSP and the other security headers. Free it after the front. */
struct pal_static;
enum pal_code pal_static_load(const char *folder, struct pal_static **out,
                              struct pal_error *err) PAL_MUST_USE;
void pal_static_free(struct pal_static *s);
/* Answers r for path; with a fallback (e.g. "/index.html") when there is no such file, else 404. */
void pal_static_serve(struct pal_static *s, struct pal_http *r, struct pal_str path,
                      const char *fallback);

#endif
