/* The statements of the writer: a batch of messages into the channels' logs. */
#ifndef CHAT_STORE_WRITER_H
#define CHAT_STORE_WRITER_H

#include "db/db.h"

#include <stdint.h>

struct post {
    uint64_t channel, user, org;
    uint8_t client_id[16];
    struct pal_str content;
    struct pal_str type;         /* message_type */
    uint64_t reply_to;           /* 0: none */
    uint64_t thread;             /* a message of the thread, 0: none */
    bool also_in_channel;        /* the reply is shown in the channel too */
    const struct pal_str *names; /* behind an @ */
    size_t n_names;
    struct pal_str everyone; /* "channel", "here", {NULL, 0}: nobody but those named */
    const int64_t *files;    /* to be attached */
    size_t n_files;
    bool has_links; /* that are to be looked at */
};

enum post_result {
    POST_STORED,
    POST_REPEAT, /* the author has sent it before: `message` is what is there */
    POST_TWIN, /* the same client_id as post `first` of this batch: its outcome is this one's too */
    POST_CHANNEL_UNSEEN,
    POST_NOT_MEMBER,
    POST_ARCHIVED,
    POST_MUTED, /* until `until`, "" without end */
    POST_REPLY_UNKNOWN,
    POST_THREAD_UNKNOWN,
    POST_NOT_PERMITTED, /* the permissions of the channel leave it to others */
    POST_FILES_UNUSABLE = 20
};

/* What became of a post. Texts lie in the arena. */
struct posted {
    enum post_result result;
    size_t first;
    uint64_t id; /* STORED, REPEAT: of the message */
    uint64_t seq;
    struct pal_str message; /* JSON: the reply, with not_in_channel when somebody named is not */
    struct pal_str event;   /* JSON: the body of the event; STORED only */
    struct pal_str until;
    bool changed; /* REPEAT: what is there began with another text */
};

/* One transaction in one round trip: locks the channels' heads in the order of their ids, then
 * judges, numbers and stores, and commits. out: n entries. Repeats have only their id yet. n: 65535
 * at most. */
enum pal_code writer_store_post(struct pal_db *db, struct pal_arena *arena,
                                const struct post *posts, size_t n, struct posted *out,
                                struct pal_error *err) PAL_MUST_USE;
/* The same within the transaction that is open, which the caller commits. */
enum pal_code writer_store_post_here(struct pal_db *db, struct pal_arena *arena,
                                     const struct post *posts, size_t n, struct posted *out,
                                     struct pal_error *err) PAL_MUST_USE;
/* Fills in what is there for the repeats, if there are any; their message is {NULL, 0} where that
 * was not to be had. Outside of a transaction, or within that of writer_store_post_here. */
enum pal_code writer_store_repeats(struct pal_db *db, struct pal_arena *arena,
                                   const struct post *posts, size_t n, struct posted *out,
                                   struct pal_error *err) PAL_MUST_USE;

#endif
