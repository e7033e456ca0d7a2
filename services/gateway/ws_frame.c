/* WebSocket frames of the server's side, encoded once. No state. */
#include "ws_frame.h"

#include "base/buf.h"
#include "base/limits.h"

#include <string.h>

enum { HEADER_MAX = 10, SHORT_MAX = 125, CLOSE_REASON_MAX = 123 };

/* FIN and opcode, then the length in its shortest form. */
static size_t header_write(uint8_t *h, enum ws_opcode opcode, size_t n)
{
    h[0] = (uint8_t)(0x80U | (unsigned)opcode);
    if (n <= SHORT_MAX) {
        h[1] = (uint8_t)n;
        return 2;
    }
    size_t width = n <= UINT16_MAX ? 2 : 8;
    h[1] = width == 2 ? 126 : 127;
    for (size_t i = 0; i < width; i++)
        h[2 + i] = (uint8_t)((uint64_t)n >> (8 * (width - 1 - i)));
    return 2 + width;
}

static struct pal_blob *frame(enum ws_opcode opcode, const void *payload, size_t n)
{
    uint8_t header[HEADER_MAX];
    size_t h = header_write(header, opcode, n);
    struct pal_blob *b = pal_blob_new(NULL, h + n);
    if (!b)
        return NULL;
    memcpy(b->data, header, h);
    if (n > 0)
        memcpy(b->data + h, payload, n);
    return b;
}

struct pal_blob *ws_frame_text(struct pal_str payload)
{
    return frame(WS_TEXT, payload.p, payload.n);
}

struct pal_blob *ws_frame_json(json_t *value)
{
    struct pal_buf text;
    pal_buf_init(&text, 2 * PAL_FRAME_BODY_MAX);
    struct pal_blob *b = NULL;
    if (value && pal_json_dump(value, &text))
        b = ws_frame_text(pal_buf_view(&text));
    pal_buf_fini(&text);
    json_decref(value);
    return b;
}

struct pal_blob *ws_frame_ping(void)
{
    return frame(WS_PING, NULL, 0);
}

struct pal_blob *ws_frame_close(uint16_t code, const char *reason)
{
    uint8_t payload[2 + CLOSE_REASON_MAX] = {(uint8_t)(code >> 8), (uint8_t)(code & 0xff)};
    size_t n = strnlen(reason, CLOSE_REASON_MAX);
    memcpy(payload + 2, reason, n);
    return frame(WS_CLOSE, payload, n + 2);
}
