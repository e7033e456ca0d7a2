/* Answers to what a client has sent: `ack` and `error` frames. Loop's thread. */
#ifndef GATEWAY_REPLY_H
#define GATEWAY_REPLY_H

#include "base/error.h"
#include "base/json.h"
#include "message.h"
#include "session.h"

/* What an answer needs to remember of the message. */
struct asked {
    const struct pal_command *cmd; /* NULL: it was not understood */
    uint64_t channel, message;     /* ids in the request; 0: none */
    char client_id[MESSAGE_CLIENT_ID_MAX + 1];
    char type[MESSAGE_TYPE_MAX + 1];
};

void asked_from(struct asked *a, const struct message *m);

/* The frame {"type":"ack","request":…,"client_id":…, ids, seq, created_at}; reply: the body of the
 * command's reply, may be empty. NULL: out of memory. */
struct pal_blob *reply_ack(const struct asked *a, struct pal_str reply);
/* {"type":"error","code","detail","client_id","request","channel_id", members}; problem: RFC 9457
 * document. */
json_t *reply_problem(const struct asked *a, const json_t *problem);
json_t *reply_error(const struct asked *a, const struct pal_error *err);

#endif
