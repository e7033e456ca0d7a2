/* What a client sends over a WebSocket, read against the catalogue. Sans-IO, no state (fuzzed). */
#ifndef GATEWAY_MESSAGE_H
#define GATEWAY_MESSAGE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "base/str.h"
#include "proto/types.h"

#include <stdint.h>

enum { MESSAGE_CLIENT_ID_MAX = 64, MESSAGE_TYPE_MAX = 32 };

struct message {
    const struct pal_command *cmd;             /* NULL: the type is unknown */
    json_t *body;                              /* validated, without the envelope; owned */
    struct pal_str text;                       /* what it was read from, borrowed */
    bool in_room;                              /* channel_id was added */
    uint64_t channel;                          /* channel_id of the body, or 0 */
    char client_id[MESSAGE_CLIENT_ID_MAX + 1]; /* of the envelope, "" when none */
    char type[MESSAGE_TYPE_MAX + 1];           /* as the client wrote it, "" when it did not */
};

/* room: the channel of a /ws/chat socket, which is the default of `channel_id` and its only value;
 * else 0. *out is filled as far as it could be read also on failure; message_fini in any case. */
enum pal_code message_parse(struct pal_str text, uint64_t room, struct message *out,
                            struct pal_error *err) PAL_MUST_USE;
/* Writes the body of one that was read well, as the command gets it. */
bool message_body(const struct message *m, struct pal_buf *out) PAL_MUST_USE;
/* Adds a member to an object that is being written; value is JSON. */
void message_add(struct pal_buf *out, struct pal_str key, struct pal_str value);
void message_fini(struct message *m);

#endif
