/* A Redis-compatible store on the loop: one pipelined connection, reconnecting by itself. Loop's
 * thread only. What is kept there may be lost: callers treat "no store" as "know only what I know".
 */
#ifndef PAL_REDIS_REDIS_H
#define PAL_REDIS_REDIS_H

#include "base/code.h"
#include "base/error.h"
#include "base/str.h"
#include "loop/loop.h"

#include <stdbool.h>

struct pal_redis;
struct redisReply;

/* url: redis://[:password@]host:port[/db] or unix:/path. Never blocks; connects in the background.
 */
enum pal_code pal_redis_new(struct pal_loop *loop, const char *url, struct pal_redis **out,
                            struct pal_error *err) PAL_MUST_USE;
/* Answers what is in flight with NULL; what those answers send is dropped. Not from within a
 * callback of r. */
void pal_redis_free(struct pal_redis *r);
bool pal_redis_ready(const struct pal_redis *r);

/* Sends one command of up to 32 arguments; fn (may be NULL) gets the reply (borrowed) or NULL when
 * there is none to be had: not connected, refused, or no answer in 5 s. fn never runs inside this
 * call. */
typedef void pal_redis_fn(void *arg, const struct redisReply *reply);
void pal_redis_command(struct pal_redis *r, pal_redis_fn *fn, void *arg, int argc,
                       const struct pal_str *argv);

/* Messages of a channel, on a second connection that subscribes again after each reconnect. */
typedef void pal_redis_message_fn(void *arg, struct pal_str message);
enum pal_code pal_redis_subscribe(struct pal_redis *r, const char *channel,
                                  pal_redis_message_fn *fn, void *arg) PAL_MUST_USE;

#endif
