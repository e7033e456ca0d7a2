/* The message that a command is about, without its text: field message_id. */
#ifndef CHAT_HANDLERS_SUBJECT_H
#define CHAT_HANDLERS_SUBJECT_H

#include "handlers/gate.h"
#include "store/mark.h"

struct subject {
    uint64_t message, channel;
    bool deleted;
    struct place place; /* what the caller is to its channel; one of a message that is not there
                           does not exist */
};

enum pal_code subject_look(struct pal_call *c, struct subject *out) PAL_MUST_USE;
/* The same with the channel's head locked. */
enum pal_code subject_lock(struct pal_call *c, struct subject *out) PAL_MUST_USE;

/* Tells the channel, and answers {message_id, channel_id, seq}. */
enum pal_code subject_done(struct pal_call *c, const struct subject *s, const struct pal_event *ev,
                           const struct logged *e) PAL_MUST_USE;

#endif
