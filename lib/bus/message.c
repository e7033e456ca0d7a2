/* Splitting a byte stream into messages and messages into frames. No I/O, no threads; fuzzed by
 * tests/fuzz/fuzz_bus.c. Everything a stranger may send ends here or in proto/frame.c. */
#include "bus/message.h"

#include <string.h>

void bus_splitter_init(struct bus_splitter *s, uint32_t max)
{
    *s = (struct bus_splitter){.max = max};
}

void bus_splitter_fini(struct bus_splitter *s)
{
    pal_blob_unref(s->blob);
    s->blob = NULL;
}

static void take(struct pal_str *in, void *to, size_t n)
{
    memcpy(to, in->p, n);
    in->p += n;
    in->n -= n;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static uint32_t get_length(const uint8_t p[BUS_LENGTH])
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

void bus_put_length(uint8_t out[BUS_LENGTH], size_t n)
{
    for (int i = 0; i < BUS_LENGTH; i++)
        out[i] = (uint8_t)(n >> (24 - 8 * i));
}

/* With the length complete: checks it and takes the memory. */
static enum bus_split begin(struct bus_splitter *s)
{
    uint32_t n = get_length(s->length);
    if (n < PAL_FRAME_HEADER || n > s->max)
        return BUS_SPLIT_BAD;
    s->blob = pal_blob_new(NULL, n);
    s->filled = 0;
    return s->blob ? BUS_SPLIT_MORE : BUS_SPLIT_NOMEM;
}

bool bus_splitter_filled(struct bus_splitter *s, size_t n, struct pal_blob **out)
{
    s->filled += n;
    if (s->filled < s->blob->n)
        return false;
    *out = s->blob;
    s->blob = NULL;
    s->length_n = 0;
    return true;
}

char *bus_splitter_space(struct bus_splitter *s, size_t *n)
{
    *n = s->blob ? s->blob->n - s->filled : 0;
    return s->blob ? s->blob->data + s->filled : NULL;
}

enum bus_split bus_split(struct bus_splitter *s, struct pal_str *in, struct pal_blob **out)
{
    if (!s->blob) {
        size_t n = smaller(in->n, (size_t)BUS_LENGTH - s->length_n);
        if (n > 0)
            take(in, s->length + s->length_n, n);
        s->length_n = (uint8_t)(s->length_n + n);
        if (s->length_n < BUS_LENGTH)
            return BUS_SPLIT_MORE;
        enum bus_split r = begin(s);
        if (r != BUS_SPLIT_MORE)
            return r;
    }
    size_t n = smaller(in->n, s->blob->n - s->filled);
    if (n > 0)
        take(in, s->blob->data + s->filled, n);
    return bus_splitter_filled(s, n, out) ? BUS_SPLIT_MESSAGE : BUS_SPLIT_MORE;
}

enum pal_frame_result bus_next_frame(struct pal_str *rest, struct pal_frame *frame)
{
    size_t used = 0;
    if (rest->n == 0)
        return PAL_FRAME_MORE;
    enum pal_frame_result r = pal_frame_decode(*rest, frame, &used);
    if (r != PAL_FRAME_OK)
        return PAL_FRAME_BAD;
    rest->p += used;
    rest->n -= used;
    return PAL_FRAME_OK;
}

/* For metrics: only the length of each body is looked at (offset 76, proto/frame.h). */
int64_t bus_count_frames(struct pal_str frames)
{
    enum { BODY_LENGTH_AT = 76 };
    int64_t count = 0;
    for (size_t at = 0; at + PAL_FRAME_HEADER <= frames.n; count++)
        at += PAL_FRAME_HEADER + get_length((const uint8_t *)frames.p + at + BODY_LENGTH_AT);
    return count;
}
