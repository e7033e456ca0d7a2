/* Inside of the front: what its files do for each other, in the order in which a request meets them
 * (request.h). */
#ifndef PAL_HTTP_STEPS_H
#define PAL_HTTP_STEPS_H

#include "http/request.h"

/* request.c */
struct pal_http *pal_request_new(struct pal_front *f, const char *target,
                                 struct MHD_Connection *mhd);
void pal_request_free(struct pal_http *r);
bool pal_request_is_get(const struct pal_http *r); /* HEAD included */
/* A request header that may come in several lines, joined by ", ". */
struct pal_str pal_request_header_list(struct pal_http *r, const char *name);
void pal_request_watch_client(struct pal_http *r, uint32_t events);
void pal_request_unwatch_client(struct pal_http *r);
/* Lets libmicrohttpd go on with a suspended request. */
void pal_request_resume(struct pal_http *r);

/* listen.c: the listening socket; fills address and unix_path. */
enum pal_code pal_listen(struct pal_front *f, const char *listen, bool reuse_port,
                         struct pal_error *err) PAL_MUST_USE;

/* turns.c: libmicrohttpd on the loop, through its own epoll descriptor. */
enum { PAL_SWEEP_MS = 5000 };
void pal_turns_init(struct pal_front *f); /* the timers */
void pal_turns_ready(struct pal_watch *w, uint32_t ready);

/* head.c: judges what came before the body; answers when it is wrong. */
void pal_request_begin(struct pal_http *r, const char *method, const char *version);
/* peer.c: the client's address, after proxies that are trusted. */
void pal_request_find_address(struct pal_http *r);

/* route.c: sets special or face and params. NONE and METHOD as in proto/lookup.h; broken: an escape
 * that was not. */
enum pal_match pal_route_find(struct pal_http *r, char allow[PAL_ALLOW_MAX]);
void pal_route_options(struct pal_http *r);     /* answers OPTIONS */
bool pal_route_own_options(struct pal_http *r); /* is there a special route that does so? */

/* call.c: token, limits, validation, the call. */
void pal_call_start(struct pal_http *r);
/* auth.c: PAL_OK with *out, or the error of a missing or bad token. from_cookie may be NULL. */
enum pal_code pal_auth_check(struct pal_http *r, bool query_too, struct pal_claims *out,
                             bool *from_cookie, struct pal_error *err) PAL_MUST_USE;
/* cookie.c: the refresh cookie, both ways. */
bool pal_cookie_into(struct pal_http *r, json_t *request, struct pal_error *err) PAL_MUST_USE;
void pal_cookie_from(struct pal_http *r, const struct pal_frame *reply,
                     struct MHD_Response *response);

/* reply.c: every answer leaves through here; takes the response. */
void pal_respond(struct pal_http *r, unsigned status, struct MHD_Response *response);
void pal_reply_defaults(struct MHD_Response *response, const char *type,
                        const struct pal_http_header_line *headers, size_t n);
void pal_reply_refuse(struct pal_http *r, const struct pal_err_def *def, const char *why);
/* raw.c: {"content_type","data","etag","immutable"} as bytes. */
void pal_reply_raw(struct pal_http *r, const struct pal_frame *reply);
bool pal_raw_into(struct pal_http *r, json_t *request) PAL_MUST_USE;

/* linger.c: a duplicate of the socket, or -1; later it is drained for a while and closed. */
int pal_linger_hold(const struct pal_http *r);
/* Answers in the middle of a body, where libmicrohttpd takes no response: past it, on the
 * duplicate. The caller ends the connection. */
void pal_linger_refuse(struct pal_http *r, const struct pal_err_def *def, const char *why);
void pal_linger_begin(struct pal_front *f, int fd);
void pal_linger_end_all(struct pal_front *f);

/* pieces.c: what libmicrohttpd says of a request whose route reads the body itself. True: more of
 * it is wanted. */
bool pal_pieces_on(struct pal_http *r, const char *data, size_t *n);
/* Is the body unread, so that libmicrohttpd takes no response? */
bool pal_pieces_unread(const struct pal_http *r);
/* The response, written past libmicrohttpd. The caller ends the connection. */
void pal_linger_respond(struct pal_http *r);

/* stream.c */
void pal_stream_gone(struct pal_stream *s); /* the request has ended: tells the owner, frees */

#endif
