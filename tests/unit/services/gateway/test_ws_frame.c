/* Frames of the server's side against RFC 6455 §5.2. */
#include "ws_frame.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect_header(size_t n, const uint8_t *header, size_t h)
{
    char *payload = calloc(1, n + 1);
    memset(payload, 'x', n);
    struct pal_blob *b = ws_frame_text((struct pal_str){payload, n});
    cr_assert_eq(b->n, n + h);
    cr_expect_eq(memcmp(b->data, header, h), 0);
    cr_expect_eq(memcmp(b->data + h, payload, n), 0);
    pal_blob_unref(b);
    free(payload);
}

Test(ws_frame, lengths_take_their_shortest_form)
{
    expect_header(0, (const uint8_t[]){0x81, 0}, 2);
    expect_header(125, (const uint8_t[]){0x81, 125}, 2);
    expect_header(126, (const uint8_t[]){0x81, 126, 0, 126}, 4);
    expect_header(65535, (const uint8_t[]){0x81, 126, 0xff, 0xff}, 4);
    expect_header(65536, (const uint8_t[]){0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0}, 10);
}

Test(ws_frame, a_close_carries_its_code_and_reason)
{
    struct pal_blob *b = ws_frame_close(4401, "bye");
    cr_assert_eq(b->n, 7);
    cr_expect_eq(memcmp(b->data,
                        "\x88\x05\x11\x31"
                        "bye",
                        7),
                 0);
    pal_blob_unref(b);
}

Test(ws_frame, no_value_gives_no_frame)
{
    cr_expect_null(ws_frame_json(NULL));
}
