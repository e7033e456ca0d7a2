/* Incoming half of the WebSocket protocol (RFC 6455 §5 to §8): bytes in, whole checked text
 * messages out. wslay reads the frames; what they mean together is decided here. Sans-IO: bytes are
 * pulled through `read`, what has to be answered (pong, close) comes out through `write`. A codec
 * is needed only while a frame is under way: at a boundary it can be handed to another connection
 * (ws_codec_idle), so that quiet sockets do not hold wslay's 4.2 KB and a message. Loop's thread.
 */
#ifndef GATEWAY_WS_CODEC_H
#define GATEWAY_WS_CODEC_H

#include "base/blob.h"
#include "base/buf.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ws_codec;

struct ws_codec_ops {
    /* At most n bytes: > 0 how many, 0 none at the moment, -1 end or failure. */
    ssize_t (*read)(void *owner, uint8_t *buf, size_t n);
    /* A whole UTF-8 text message, borrowed. */
    void (*text)(void *owner, struct pal_str message);
    /* Whole control frames to be sent as they are, in order with the texts; borrowed. */
    void (*write)(void *owner, struct pal_str frames);
    /* Anything was received that shows the peer is alive. */
    void (*alive)(void *owner);
};

enum ws_codec_result {
    WS_CODEC_MORE,  /* goes on */
    WS_CODEC_CLOSE, /* a close frame was written (ours, or the answer to the peer's): flush, then
                       end */
    WS_CODEC_EOF    /* read said -1, or memory is out: end without more ado */
};

/* Bytes that one run reads at most: what comes faster than it is handled keeps nobody else waiting.
 * More than can come along with a handshake. */
enum { WS_CODEC_RUN_BYTES = 64 << 10 };

struct ws_codec *ws_codec_new(const struct ws_codec_ops *ops); /* NULL: out of memory */
void ws_codec_free(struct ws_codec *c);                        /* NULL allowed */
void ws_codec_attach(struct ws_codec *c, void *owner);
/* Pulls and handles bytes until read has no more, or WS_CODEC_RUN_BYTES were read. */
enum ws_codec_result ws_codec_run(struct ws_codec *c);
/* No frame or message is under way. */
bool ws_codec_idle(const struct ws_codec *c);

#endif
