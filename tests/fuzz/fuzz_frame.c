/* pal_frame_decode on any bytes. What it takes, encoded again, is the same bytes; what it asks more
 * of is the start of a frame and stays one when cut shorter. */
#include "base/limits.h"
#include "proto/frame.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same_again(const struct pal_frame *f, struct pal_str bytes)
{
    struct pal_buf out;
    pal_buf_init(&out, PAL_FRAME_HEADER + PAL_FRAME_BODY_MAX);
    pal_frame_encode(f, &out);
    if (out.failed || !pal_str_eq(pal_buf_view(&out), bytes))
        abort();
    pal_buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pal_str in = {(const char *)data, size};
    struct pal_frame f;
    size_t used;
    while (in.n > 0) {
        enum pal_frame_result result = pal_frame_decode(in, &f, &used);
        if (result == PAL_FRAME_MORE) {
            if (pal_frame_decode((struct pal_str){in.p, in.n / 2}, &f, &used) != PAL_FRAME_MORE)
                abort();
        }
        if (result != PAL_FRAME_OK)
            break;
        if (used < PAL_FRAME_HEADER || used > in.n || used - PAL_FRAME_HEADER != f.body.n)
            abort();
        same_again(&f, (struct pal_str){in.p, used});
        in = (struct pal_str){in.p + used, in.n - used};
    }
    return 0;
}
