/* The bus frame: a fixed header of 128 bytes, big-endian, field by field, then the JSON body.
 * Sans-IO: bytes in, bytes out; no allocation in decoding; bodies are borrowed from the input.
 * Layout (offset, bytes): 0 magic 'P' 'q' | 2 version | 3 kind | 4 catalogue id u16 | 6 status u16
 * | 8 request id u64 | 16 trace id 16 | 32 parent span 8 | 40 deadline u64 | 48 user u64 | 56
 * organisation u64 | 64 session u64 | 72 role u8 | 73 flags u8 | 74 zero u16 | 76 body length u32 |
 * 80 address 16 | 96 idempotency key 16 | 112 channel u64 | 120 seq u64 | 128 body. */
#ifndef PAL_PROTO_FRAME_H
#define PAL_PROTO_FRAME_H

#include "base/buf.h"
#include "base/code.h"
#include "base/str.h"
#include "proto/types.h"

#include <stddef.h>
#include <stdint.h>

enum { PAL_FRAME_HEADER = 128, PAL_FRAME_VERSION = 1 };

enum pal_frame_kind {
    PAL_KIND_HELLO = 1, /* first frame of either side of a connection */
    PAL_KIND_REQUEST,
    PAL_KIND_REPLY,
    PAL_KIND_EVENT,
    PAL_KIND_HEARTBEAT /* request_id: last stream sequence published */
};

enum {
    PAL_FRAME_SUBSCRIBE = 1, /* HELLO: the peer wants events. HEARTBEAT to a service: wants to be
                                answered with one when the stream is past request_id */
    PAL_FRAME_NOAUTH = 2     /* reserved for the hello of a refusal */
};

/* Who a request acts for; for events: whom it concerns. */
struct pal_caller {
    uint64_t user;
    uint64_t org;
    uint64_t session;
    uint8_t role;        /* enum pal_role */
    uint8_t address[16]; /* IPv6, or IPv4 mapped; zero: not known */
};

struct pal_frame {
    uint8_t kind;
    uint8_t flags;
    uint16_t id;          /* catalogue id of the command or event */
    uint16_t status;      /* REPLY: HTTP status */
    uint64_t request_id;  /* REQUEST/REPLY: chosen by the caller. EVENT/HEARTBEAT: sequence in the
                             publisher's stream */
    uint8_t trace[16];    /* W3C trace id; zero: none */
    uint8_t span[8];      /* W3C parent span id */
    uint64_t deadline_ms; /* REQUEST: wall clock of this process; between processes: how much is
                             left. 0: none */
    struct pal_caller caller;
    uint8_t idem[16]; /* first half of SHA-256 of the Idempotency-Key; zero: none */
    uint64_t channel;
    uint64_t seq;
    struct pal_str body; /* borrowed */
};

/* Appends header and body. Sets out->failed when the body is over PAL_FRAME_BODY_MAX or out is
 * full. */
void pal_frame_encode(const struct pal_frame *f, struct pal_buf *out);

enum pal_frame_result { PAL_FRAME_OK, PAL_FRAME_MORE, PAL_FRAME_BAD };

/* Decodes the frame at the start of `in`; *used is its length on OK. f->body points into `in`.
 * BAD: not a frame (magic, version, kind, reserved bits, an id of 2^63 or more, length over the
 * maximum): close the connection. */
enum pal_frame_result pal_frame_decode(struct pal_str in, struct pal_frame *f, size_t *used);

#endif
