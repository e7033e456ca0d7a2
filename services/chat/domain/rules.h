/* Who may do what in a channel. Pure: facts in, verdict out; no database, no clock. */
#ifndef CHAT_DOMAIN_RULES_H
#define CHAT_DOMAIN_RULES_H

#include "base/str.h"
#include "proto/types.h"

#include <stdbool.h>
#include <stdint.h>

enum channel_type { CHANNEL_PUBLIC, CHANNEL_PRIVATE, CHANNEL_DIRECT };

/* In rising order of rights; NONE: not in the channel. */
enum channel_role { IN_CHANNEL_NONE, IN_CHANNEL_MEMBER, IN_CHANNEL_MODERATOR, IN_CHANNEL_OWNER };

/* What a caller is to a channel. A channel that does not exist, is deleted or belongs to another
 * organisation has exists == false: nobody can tell the three apart. */
struct standing {
    bool exists;
    enum channel_type type;
    bool archived;
    enum channel_role in_channel;
    enum pal_role role; /* in the organisation */
    bool muted;
    uint32_t permissions; /* of the channel: permission_least() */
};

/* What the permissions of a channel are about, in the order in which they are stored. */
enum channel_action {
    DO_POST,
    DO_REPLY, /* in a thread */
    DO_INVITE,
    DO_PIN,
    DO_MENTION_ALL,
    DO_MANAGE,   /* name, topic, archiving */
    DO_MODERATE, /* what others have said, and whether they stay */
    DO_REACT,
    DO_EXPORT,
    CHANNEL_ACTIONS
};

enum verdict {
    ALLOWED,
    CHANNEL_UNSEEN, /* must look as if it did not exist */
    NOT_MEMBER,
    ARCHIVED,
    MUTED,
    DENIED, /* the role does not allow it */
    MESSAGE_DELETED,
    MESSAGE_OWN,
    LAST_OWNER,
    IN_CHANNEL_NOT, /* the user acted upon is not in the channel */
    NOT_PERMITTED,  /* the channel's permissions leave it to others */
    IS_DIRECT       /* not in a direct conversation */
};

/* Text of the database and of the API; an unknown one is the least: private, none. */
enum channel_type channel_type_of(struct pal_str text);
enum channel_role channel_role_of(struct pal_str text);

/* The least role in the channel that may do something. Two bits for each action, 0: as it is by
 * default, so that a channel is made with 0. */
enum channel_role permission_least(uint32_t permissions, enum channel_action action);
uint32_t permission_with(uint32_t permissions, enum channel_action action, enum channel_role least);
/* Whether they come to the same. */
bool permissions_same(uint32_t a, uint32_t b);

/* What the caller counts as in the channel: moderators of the organisation as its moderators,
 * administrators as its owners, if they can see it. All are equal in a direct conversation. (SQL:
 * channel_level.) */
enum channel_role channel_level(const struct standing *s);
/* Visible, and the permissions of the channel allow it; whether one has to be a member, or the
 * channel open, is the business of the rules below. (SQL: channel_can.) */
enum verdict may_do(const struct standing *s, enum channel_action action);

/* Public channels can be read by the whole organisation, others by their members only. */
enum verdict may_read(const struct standing *s);
/* Members, unless the channel is archived or they are muted. (The writer checks the same in SQL.)
 */
enum verdict may_post(const struct standing *s);
/* The same in a thread. */
enum verdict may_reply(const struct standing *s);
/* @channel and @here, in a message that may be posted. */
enum verdict may_mention_all(const struct standing *s);
/* What asks for membership only, like a read marker. */
enum verdict may_take_part(const struct standing *s);
enum verdict may_join(const struct standing *s);
/* Direct conversations are closed, not left. */
enum verdict may_leave(const struct standing *s);
/* Name, topic, archiving: who moderates the channel or the organisation, unless its permissions say
 * otherwise. */
enum verdict may_manage(const struct standing *s);
/* Permissions and type, and deleting the channel: its owners and administrators. */
enum verdict may_own(const struct standing *s);
/* Members whom the permissions let: owners and administrators by default; either of a direct
 * conversation. */
enum verdict may_export(const struct standing *s);
enum verdict may_invite(const struct standing *s);
enum verdict may_remove(const struct standing *s, enum channel_role target);
/* owners: how many the channel has. */
enum verdict may_set_role(const struct standing *s, enum channel_role target, enum channel_role to,
                          int64_t owners);

/* A message to the one who asks. */
struct written {
    bool own, deleted;
    bool reply;      /* in a thread */
    bool in_channel; /* not only there */
};
/* The author alone, as long as he may still post it where it is. */
enum verdict may_edit(const struct standing *s, const struct written *m);
enum verdict may_delete(const struct standing *s, bool author);
/* The author until it is deleted; who moderates, always. */
enum verdict may_see_history(const struct standing *s, bool author, bool deleted);
/* A thread: members, where there is one or can be. begun: it has or had replies. */
enum verdict may_follow(const struct standing *s, bool root_deleted, bool begun);
enum verdict may_report(const struct standing *s, bool author, bool deleted);

#endif
