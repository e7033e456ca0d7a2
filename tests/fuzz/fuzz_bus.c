/* Whatever a stranger may send to a bus socket: the stream is cut as the first bytes say, split
 * into messages and frames, and hellos are read. The same bytes in one piece must give the same
 * messages. */
#include "base/limits.h"
#include "bus/hello.h"
#include "bus/message.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct tally {
    uint64_t messages, frames, bytes;
    bool bad;
};

static void take_message(struct tally *t, struct pal_blob *message)
{
    struct pal_str rest = {message->data, message->n};
    struct pal_frame f;
    struct bus_hello hello;
    enum pal_frame_result r;
    t->messages++;
    while ((r = bus_next_frame(&rest, &f)) == PAL_FRAME_OK) {
        t->frames++;
        t->bytes += f.body.n;
        if (f.body.n > 0 &&
            (f.body.p < message->data || f.body.p + f.body.n > message->data + message->n))
            abort();
        if (f.kind == PAL_KIND_HELLO && bus_hello_decode(&f, &hello) &&
            (!memchr(hello.service, 0, sizeof hello.service) ||
             !memchr(hello.name, 0, sizeof hello.name)))
            abort();
    }
    t->bad = t->bad || r == PAL_FRAME_BAD;
    pal_blob_unref(message);
}

/* Returns when all is used or the stream is refused. */
static struct tally feed(const uint8_t *p, size_t n, size_t step, bool direct, uint32_t max)
{
    struct bus_splitter s;
    struct tally t = {0};
    struct pal_blob *message;
    bus_splitter_init(&s, max);
    while (n > 0 && !t.bad) {
        size_t k = n < step ? n : step, space;
        char *to = bus_splitter_space(&s, &space);
        struct pal_str in = {(const char *)p, k};
        enum bus_split r = BUS_SPLIT_MORE;
        if (direct && space > 0) {
            k = k < space ? k : space;
            memcpy(to, p, k);
            if (bus_splitter_filled(&s, k, &message))
                take_message(&t, message);
        } else {
            while ((r = bus_split(&s, &in, &message)) == BUS_SPLIT_MESSAGE && !t.bad)
                take_message(&t, message);
            if (r == BUS_SPLIT_MESSAGE)
                pal_blob_unref(message);
        }
        t.bad = t.bad || r == BUS_SPLIT_BAD || r == BUS_SPLIT_NOMEM;
        p += k;
        n -= k;
    }
    bus_splitter_fini(&s);
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t step = (size_t)data[0] + 1;
    uint32_t max = data[1] & 1 ? 4096 + PAL_FRAME_HEADER : PAL_BUS_BATCH_MAX;
    bool direct = data[1] & 2;
    struct tally cut = feed(data + 2, size - 2, step, direct, max);
    struct tally whole = feed(data + 2, size - 2, size, false, max);
    if (cut.messages != whole.messages || cut.frames != whole.frames || cut.bytes != whole.bytes ||
        cut.bad != whole.bad)
        abort();
    return 0;
}
