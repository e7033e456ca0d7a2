/* Appending to a channel's log. The head must be locked. */
#ifndef CHAT_STORE_LOG_H
#define CHAT_STORE_LOG_H

#include "store/text.h"

/* An appended event: its seq, and its body as every client gets it, in the arena. */
struct log_event {
    uint64_t seq;
    struct pal_str body;
};

/* Columns col (seq) and col + 1 (body) of the first row. */
enum pal_code log_event_read(const struct pal_rows *rows, int col, struct pal_arena *arena,
                             struct log_event *out, struct pal_error *err) PAL_MUST_USE;

struct log_entry {
    uint64_t org, channel, user;
    uint16_t kind;
    const char *type;     /* the event's WebSocket type */
    const char *name;     /* of its one member: "channel" */
    struct pal_str value; /* JSON */
};
enum pal_code log_append(struct pal_db *db, struct pal_arena *arena, const struct log_entry *e,
                         struct log_event *out, struct pal_error *err) PAL_MUST_USE;

/* An event that no client sees (message.reported): no channel's log, no seq. */
enum pal_code log_append_silent(struct pal_db *db, struct pal_arena *arena, uint16_t kind,
                                uint64_t org, uint64_t user, struct pal_str body,
                                struct pal_error *err) PAL_MUST_USE;

#endif
