/* Messages that are there: reading, editing, deleting, reporting. (Posting: store/writer.h.) */
#ifndef CHAT_STORE_MESSAGE_H
#define CHAT_STORE_MESSAGE_H

#include "store/answer.h"

#include <stdbool.h>

struct message_facts {
    uint64_t channel; /* 0: there is no such message */
    uint64_t author, seq;
    uint64_t thread; /* its root, its own id where it is no reply */
    bool deleted, in_channel;
    struct pal_str content;
    struct pal_str json; /* as the API shows it */
};
enum pal_code message_store_find(struct pal_db *db, struct pal_arena *arena, uint64_t message,
                                 struct message_facts *out, struct pal_error *err) PAL_MUST_USE;

/* For the two that follow the channel's head is locked. */
struct message_edit {
    uint64_t message;
    struct pal_str content;
    const struct pal_str *names; /* behind an @ */
    size_t n_names;
    struct pal_str everyone; /* as in struct post */
};
enum pal_code message_store_update(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, const struct message_edit *edit,
                                   struct logged *out, struct pal_str *json,
                                   struct pal_error *err) PAL_MUST_USE;
enum pal_code message_store_delete(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t message, struct logged *out,
                                   struct pal_error *err) PAL_MUST_USE;

enum pal_code message_store_history(struct pal_db *db, struct pal_arena *arena, uint64_t message,
                                    struct pal_str *json, struct pal_error *err) PAL_MUST_USE;

/* `older` messages below `pivot` and `newer` ones from it on. */
struct message_page {
    uint64_t channel, pivot;
    int64_t older, newer;
    bool replies; /* those too that are shown in their threads only */
};
enum pal_code message_store_list(struct pal_db *db, struct pal_arena *arena,
                                 const struct message_page *page, struct pal_str *json,
                                 struct pal_error *err) PAL_MUST_USE;

/* Appends message.reported to the service's log, in no channel. *body is empty when the viewer has
 * reported it before. */
enum pal_code message_store_report(struct pal_db *db, struct pal_arena *arena,
                                   const struct viewer *v, uint64_t message, struct pal_str reason,
                                   struct pal_str *body, struct pal_error *err) PAL_MUST_USE;

#endif
