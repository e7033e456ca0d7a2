/* The frame codec. Layout: frame.h. Every number is written and read byte by byte, never by copying
 * a struct, so that neither the compiler's padding nor the machine's byte order reaches the wire.
 */
#include "proto/frame.h"

#include "base/limits.h"

enum {
    AT_VERSION = 2,
    AT_KIND = 3,
    AT_ID = 4,
    AT_STATUS = 6,
    AT_REQUEST_ID = 8,
    AT_TRACE = 16,
    AT_SPAN = 32,
    AT_DEADLINE = 40,
    AT_USER = 48,
    AT_ORG = 56,
    AT_SESSION = 64,
    AT_ROLE = 72,
    AT_FLAGS = 73,
    AT_ZERO = 74,
    AT_LENGTH = 76,
    AT_ADDRESS = 80,
    AT_IDEM = 96,
    AT_CHANNEL = 112,
    AT_SEQ = 120
};

static void put(uint8_t *at, uint64_t value, size_t bytes)
{
    for (size_t i = bytes; i-- > 0; value >>= 8)
        at[i] = (uint8_t)value;
}

static uint64_t get(const uint8_t *at, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return value;
}

static void put_header(const struct pal_frame *f, uint8_t *h)
{
    h[0] = 'P';
    h[1] = 'q';
    h[AT_VERSION] = PAL_FRAME_VERSION;
    h[AT_KIND] = f->kind;
    put(h + AT_ID, f->id, 2);
    put(h + AT_STATUS, f->status, 2);
    put(h + AT_REQUEST_ID, f->request_id, 8);
    memcpy(h + AT_TRACE, f->trace, sizeof f->trace);
    memcpy(h + AT_SPAN, f->span, sizeof f->span);
    put(h + AT_DEADLINE, f->deadline_ms, 8);
    put(h + AT_USER, f->caller.user, 8);
    put(h + AT_ORG, f->caller.org, 8);
    put(h + AT_SESSION, f->caller.session, 8);
    h[AT_ROLE] = f->caller.role;
    h[AT_FLAGS] = f->flags;
    put(h + AT_ZERO, 0, 2);
    put(h + AT_LENGTH, f->body.n, 4);
    memcpy(h + AT_ADDRESS, f->caller.address, sizeof f->caller.address);
    memcpy(h + AT_IDEM, f->idem, sizeof f->idem);
    put(h + AT_CHANNEL, f->channel, 8);
    put(h + AT_SEQ, f->seq, 8);
}

void pal_frame_encode(const struct pal_frame *f, struct pal_buf *out)
{
    if (f->body.n > PAL_FRAME_BODY_MAX) {
        out->failed = true;
        return;
    }
    uint8_t *h = pal_buf_reserve(out, PAL_FRAME_HEADER + f->body.n);
    if (!h)
        return;
    put_header(f, h);
    if (f->body.n)
        memcpy(h + PAL_FRAME_HEADER, f->body.p, f->body.n);
    pal_buf_commit(out, PAL_FRAME_HEADER + f->body.n);
}

/* Whether the bytes that are there can be the start of a frame: junk is refused with its first
 * bytes. */
static bool starts_like_a_frame(const uint8_t *h, size_t n)
{
    return (n <= 0 || h[0] == 'P') && (n <= 1 || h[1] == 'q') &&
           (n <= AT_VERSION || h[AT_VERSION] == PAL_FRAME_VERSION) &&
           (n <= AT_KIND || (h[AT_KIND] >= PAL_KIND_HELLO && h[AT_KIND] <= PAL_KIND_HEARTBEAT));
}

static bool role_is_known(uint8_t role)
{
    return role <= PAL_ROLE_ADMIN || role == PAL_ROLE_SERVICE;
}

/* Ids and seqs are the database's: bigint. */
static bool ids_are_sane(const uint8_t *h)
{
    return ((h[AT_USER] | h[AT_ORG] | h[AT_SESSION] | h[AT_CHANNEL] | h[AT_SEQ]) & 0x80) == 0;
}

static void get_header(const uint8_t *h, struct pal_frame *f)
{
    f->kind = h[AT_KIND];
    f->flags = h[AT_FLAGS];
    f->id = (uint16_t)get(h + AT_ID, 2);
    f->status = (uint16_t)get(h + AT_STATUS, 2);
    f->request_id = get(h + AT_REQUEST_ID, 8);
    memcpy(f->trace, h + AT_TRACE, sizeof f->trace);
    memcpy(f->span, h + AT_SPAN, sizeof f->span);
    f->deadline_ms = get(h + AT_DEADLINE, 8);
    f->caller.user = get(h + AT_USER, 8);
    f->caller.org = get(h + AT_ORG, 8);
    f->caller.session = get(h + AT_SESSION, 8);
    f->caller.role = h[AT_ROLE];
    memcpy(f->caller.address, h + AT_ADDRESS, sizeof f->caller.address);
    memcpy(f->idem, h + AT_IDEM, sizeof f->idem);
    f->channel = get(h + AT_CHANNEL, 8);
    f->seq = get(h + AT_SEQ, 8);
}

enum pal_frame_result pal_frame_decode(struct pal_str in, struct pal_frame *f, size_t *used)
{
    const uint8_t *h = (const uint8_t *)in.p;
    if (!starts_like_a_frame(h, in.n))
        return PAL_FRAME_BAD;
    if (in.n < PAL_FRAME_HEADER)
        return PAL_FRAME_MORE;
    size_t length = get(h + AT_LENGTH, 4);
    if ((h[AT_FLAGS] & ~(PAL_FRAME_SUBSCRIBE | PAL_FRAME_NOAUTH)) != 0 ||
        get(h + AT_ZERO, 2) != 0 || !role_is_known(h[AT_ROLE]) || !ids_are_sane(h) ||
        length > PAL_FRAME_BODY_MAX)
        return PAL_FRAME_BAD;
    if (in.n - PAL_FRAME_HEADER < length)
        return PAL_FRAME_MORE;
    get_header(h, f);
    f->body = (struct pal_str){in.p + PAL_FRAME_HEADER, length};
    *used = PAL_FRAME_HEADER + length;
    return PAL_FRAME_OK;
}
