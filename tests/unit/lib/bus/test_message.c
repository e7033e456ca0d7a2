/* The message layer without I/O: any cut of the stream gives the same messages, and junk is
 * refused. */
#include "rig.h"

#include "base/buf.h"
#include "base/limits.h"
#include "bus/message.h"

#include <string.h>

static void put_message(struct pal_buf *b, const char *bodies[], size_t n)
{
    struct pal_buf frames;
    uint8_t length[BUS_LENGTH];
    pal_buf_init(&frames, PAL_BUS_BATCH_MAX);
    for (size_t i = 0; i < n; i++) {
        struct pal_frame f = {.kind = PAL_KIND_EVENT, .seq = i + 1, .body = pal_str_of(bodies[i])};
        pal_frame_encode(&f, &frames);
    }
    bus_put_length(length, frames.n);
    pal_buf_add(b, length, sizeof length);
    pal_buf_add(b, frames.p, frames.n);
    pal_buf_fini(&frames);
}

static size_t count_frames(struct pal_blob *message)
{
    struct pal_str rest = {message->data, message->n};
    struct pal_frame f;
    size_t n = 0;
    while (bus_next_frame(&rest, &f) == PAL_FRAME_OK)
        CHECK(f.seq == ++n);
    CHECK(rest.n == 0);
    pal_blob_unref(message);
    return n;
}

/* Feeds in pieces of `step`, alternately by copy and by the direct way. */
static size_t feed(const struct pal_buf *b, size_t step, bool direct)
{
    struct bus_splitter s;
    size_t frames = 0, space;
    struct pal_blob *message;
    bus_splitter_init(&s, PAL_BUS_BATCH_MAX);
    for (size_t at = 0; at < b->n;) {
        size_t n = b->n - at < step ? b->n - at : step;
        char *to = bus_splitter_space(&s, &space);
        if (direct && space > 0) {
            n = n < space ? n : space;
            memcpy(to, b->p + at, n);
            if (bus_splitter_filled(&s, n, &message))
                frames += count_frames(message);
        } else {
            struct pal_str in = {b->p + at, n};
            while (bus_split(&s, &in, &message) == BUS_SPLIT_MESSAGE)
                frames += count_frames(message);
            CHECK(in.n == 0);
        }
        at += n;
    }
    bus_splitter_fini(&s);
    return frames;
}

static void any_cut_gives_the_same_messages(void)
{
    const char *bodies[] = {"", "{}", "a longer body, so that sizes differ"};
    struct pal_buf b;
    pal_buf_init(&b, 1 << 20);
    put_message(&b, bodies, 3);
    put_message(&b, bodies + 1, 1);
    put_message(&b, bodies, 2);
    for (size_t step = 1; step <= b.n; step++) {
        CHECK(feed(&b, step, false) == 6);
        CHECK(feed(&b, step, true) == 6);
    }
    pal_buf_fini(&b);
}

static enum bus_split first(const void *p, size_t n, uint32_t max)
{
    struct bus_splitter s;
    struct pal_blob *message = NULL;
    struct pal_str in = {p, n};
    bus_splitter_init(&s, max);
    enum bus_split r = bus_split(&s, &in, &message);
    bus_splitter_fini(&s);
    pal_blob_unref(message);
    return r;
}

static void lengths_out_of_bounds_are_refused(void)
{
    CHECK(first("\xff\xff\xff\xff", 4, PAL_BUS_BATCH_MAX) == BUS_SPLIT_BAD);
    CHECK(first("\0\0\0\0", 4, PAL_BUS_BATCH_MAX) == BUS_SPLIT_BAD);
    CHECK(first("\0\0\0\x7f", 4, PAL_BUS_BATCH_MAX) == BUS_SPLIT_BAD);
    CHECK(first("\0\0\0\x80", 4, PAL_BUS_BATCH_MAX) == BUS_SPLIT_MORE);
    CHECK(first("\0\x40\0\0", 4, PAL_BUS_BATCH_MAX) == BUS_SPLIT_MORE);
    CHECK(first("\0\x40\0\x01", 4, PAL_BUS_BATCH_MAX) == BUS_SPLIT_BAD);
    CHECK(first("\0\0\x20\0", 4, 4096) == BUS_SPLIT_BAD);
    CHECK(first("\0\0", 2, 4096) == BUS_SPLIT_MORE);
}

static void a_frame_cut_short_in_its_message_is_bad(void)
{
    struct pal_buf b;
    struct pal_frame f = {.kind = PAL_KIND_EVENT, .body = PAL_STR("{}")};
    pal_buf_init(&b, 1024);
    pal_frame_encode(&f, &b);
    for (size_t n = 1; n < b.n; n++) {
        struct pal_str rest = {b.p, n};
        CHECK(bus_next_frame(&rest, &f) == PAL_FRAME_BAD);
    }
    pal_buf_fini(&b);
}

int main(void)
{
    any_cut_gives_the_same_messages();
    lengths_out_of_bounds_are_refused();
    a_frame_cut_short_in_its_message_is_bad();
    return 0;
}
