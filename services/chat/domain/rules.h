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
    bool pin_denied; /* the channel's permissions leave pinning to who manages it */
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
    IN_CHANNEL_NOT /* the user acted upon is not in the channel */
};

/* Text of the database and of the API; an unknown one is the least: private, none. */
enum channel_type channel_type_of(struct pal_str text);
enum channel_role channel_role_of(struct pal_str text);

/* Public channels can be read by the whole organisation, others by their members only. */
enum verdict may_read(const struct standing *s);
/* Members, unless the channel is archived or they are muted. (The writer checks the same in SQL.)
 */
enum verdict may_post(const struct standing *s);
/* What asks for membership only, like a read marker. */
enum verdict may_take_part(const struct standing *s);
enum verdict may_join(const struct standing *s);
/* Name, topic, archiving: who moderates the channel or the organisation. */
enum verdict may_manage(const struct standing *s);
enum verdict may_delete_channel(const struct standing *s);
enum verdict may_invite(const struct standing *s);
enum verdict may_remove(const struct standing *s, enum channel_role target);
/* owners: how many the channel has. */
enum verdict may_set_role(const struct standing *s, enum channel_role target, enum channel_role to,
                          int64_t owners);

/* The author alone, as long as he may post. */
enum verdict may_edit(const struct standing *s, bool author, bool deleted);
enum verdict may_delete(const struct standing *s, bool author);
/* The author until it is deleted; who moderates, always. */
enum verdict may_see_history(const struct standing *s, bool author, bool deleted);
/* A thread: members, where there is one or can be. begun: it has or had replies. */
enum verdict may_follow(const struct standing *s, bool root_deleted, bool begun);
enum verdict may_report(const struct standing *s, bool author, bool deleted);

#endif
