/* Encoding of WebSocket frames that the server sends (RFC 6455 §5.2): never masked, never
 * fragmented. A frame is made once, header and payload together, and shared by reference between
 * queues. Any thread. */
#ifndef GATEWAY_WS_FRAME_H
#define GATEWAY_WS_FRAME_H

#include "base/blob.h"
#include "base/json.h"
#include "base/str.h"

#include <stdint.h>

enum ws_opcode { WS_CONTINUATION, WS_TEXT, WS_BINARY, WS_CLOSE = 8, WS_PING, WS_PONG };

/* All return a new reference, or NULL when memory is out. */
struct pal_blob *ws_frame_text(struct pal_str payload);
/* The text frame of a JSON value, whose reference is taken (NULL allowed: gives NULL). */
struct pal_blob *ws_frame_json(json_t *value);
struct pal_blob *ws_frame_ping(void);
struct pal_blob *ws_frame_close(uint16_t code, const char *reason); /* reason at most 123 bytes */

#endif
