/* Reactions and pins. For what changes them the head of the message's channel is locked. */
#ifndef CHAT_STORE_MARK_H
#define CHAT_STORE_MARK_H

#include "store/answer.h"

#include <stdbool.h>

/* The message that a command is about, as far as that matters here. */
struct mark_subject {
    uint64_t channel; /* 0: there is no such message */
    bool deleted;
};
enum pal_code mark_store_subject(struct pal_db *db, struct pal_arena *arena, uint64_t message,
                                 struct mark_subject *out, struct pal_error *err) PAL_MUST_USE;

struct reaction {
    uint64_t channel, message;
    struct pal_str emoji; /* as it is kept */
};
struct reaction_facts {
    int64_t kinds; /* different emoji on the message */
    bool known;    /* this is one of them */
    bool mine;     /* and the viewer has reacted with it */
};
enum pal_code reaction_store_facts(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, const struct reaction *r,
                                   struct reaction_facts *out, struct pal_error *err) PAL_MUST_USE;
/* out->seq is 0 when it is there, or not there, already. */
enum pal_code reaction_store_add(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                                 const struct reaction *r, struct logged *out,
                                 struct pal_error *err) PAL_MUST_USE;
enum pal_code reaction_store_remove(struct pal_db *db, struct pal_arena *arena,
                                    const struct viewer *v, const struct reaction *r,
                                    struct logged *out, struct pal_error *err) PAL_MUST_USE;
struct reaction_page {
    uint64_t message;
    struct pal_str emoji; /* {NULL, 0}: all */
    int64_t limit;
    uint64_t after; /* cursor: the seq of the last one of the page before */
};
enum pal_code reaction_store_list(struct pal_db *db, struct pal_arena *arena,
                                  const struct reaction_page *page, struct pal_str *json,
                                  struct pal_error *err) PAL_MUST_USE;

struct pin_facts {
    int64_t pins; /* of the channel */
    bool pinned;  /* this message */
};
enum pal_code pin_store_facts(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                              uint64_t message, struct pin_facts *out,
                              struct pal_error *err) PAL_MUST_USE;
enum pal_code pin_store_add(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                            uint64_t channel, uint64_t message, struct logged *out,
                            struct pal_error *err) PAL_MUST_USE;
enum pal_code pin_store_remove(struct pal_db *db, struct pal_arena *arena, const struct viewer *v,
                               uint64_t channel, uint64_t message, struct logged *out,
                               struct pal_error *err) PAL_MUST_USE;
/* Newest first, with seq below `before` (0: from the newest); as many as fit a frame. */
enum pal_code pin_store_list(struct pal_db *db, struct pal_arena *arena, uint64_t channel,
                             int64_t limit, uint64_t before, struct pal_str *json,
                             struct pal_error *err) PAL_MUST_USE;

/* Of a message that is deleted: its reactions, its pin. */
enum pal_code mark_store_drop(struct pal_db *db, struct pal_arena *arena, uint64_t message,
                              struct pal_error *err) PAL_MUST_USE;

#endif
