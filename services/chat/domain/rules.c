/* Who may do what in a channel: rules.h. */
#include "domain/rules.h"

enum channel_type channel_type_of(struct pal_str text)
{
    if (pal_str_eq(text, PAL_STR("public")))
        return CHANNEL_PUBLIC;
    return pal_str_eq(text, PAL_STR("direct")) ? CHANNEL_DIRECT : CHANNEL_PRIVATE;
}

enum channel_role channel_role_of(struct pal_str text)
{
    if (pal_str_eq(text, PAL_STR("owner")))
        return IN_CHANNEL_OWNER;
    if (pal_str_eq(text, PAL_STR("moderator")))
        return IN_CHANNEL_MODERATOR;
    return pal_str_eq(text, PAL_STR("member")) ? IN_CHANNEL_MEMBER : IN_CHANNEL_NONE;
}

/* Moderators of the organisation have the say in every channel that they can see. */
static bool moderates(const struct standing *s)
{
    return s->in_channel >= IN_CHANNEL_MODERATOR || s->role >= PAL_ROLE_MODERATOR;
}

enum verdict may_read(const struct standing *s)
{
    bool seen = s->exists && (s->type == CHANNEL_PUBLIC || s->in_channel != IN_CHANNEL_NONE);
    return seen ? ALLOWED : CHANNEL_UNSEEN;
}

enum verdict may_take_part(const struct standing *s)
{
    enum verdict v = may_read(s);
    if (v == ALLOWED && s->in_channel == IN_CHANNEL_NONE)
        return NOT_MEMBER;
    return v;
}

enum verdict may_post(const struct standing *s)
{
    enum verdict v = may_take_part(s);
    if (v != ALLOWED)
        return v;
    if (s->archived)
        return ARCHIVED;
    return s->muted ? MUTED : ALLOWED;
}

enum verdict may_join(const struct standing *s)
{
    enum verdict v = may_read(s);
    if (v == ALLOWED && s->archived && s->in_channel == IN_CHANNEL_NONE)
        return ARCHIVED;
    return v;
}

enum verdict may_manage(const struct standing *s)
{
    enum verdict v = may_read(s);
    if (v != ALLOWED)
        return v;
    return moderates(s) ? ALLOWED : DENIED;
}

enum verdict may_delete_channel(const struct standing *s)
{
    enum verdict v = may_read(s);
    if (v != ALLOWED)
        return v;
    return s->in_channel == IN_CHANNEL_OWNER || s->role >= PAL_ROLE_ADMIN ? ALLOWED : DENIED;
}

enum verdict may_invite(const struct standing *s)
{
    enum verdict v = may_read(s);
    if (v != ALLOWED)
        return v;
    if (s->in_channel == IN_CHANNEL_NONE && !moderates(s))
        return NOT_MEMBER;
    return s->archived ? ARCHIVED : ALLOWED;
}

enum verdict may_remove(const struct standing *s, enum channel_role target)
{
    enum verdict v = may_manage(s);
    if (v != ALLOWED)
        return v;
    if (target == IN_CHANNEL_NONE)
        return IN_CHANNEL_NOT;
    bool above = s->in_channel == IN_CHANNEL_OWNER || s->role >= PAL_ROLE_MODERATOR;
    return above || target != IN_CHANNEL_OWNER ? ALLOWED : DENIED;
}

enum verdict may_set_role(const struct standing *s, enum channel_role target, enum channel_role to,
                          int64_t owners)
{
    enum verdict v = may_delete_channel(s);
    if (v != ALLOWED)
        return v;
    if (target == IN_CHANNEL_NONE)
        return IN_CHANNEL_NOT;
    bool last = target == IN_CHANNEL_OWNER && to != IN_CHANNEL_OWNER && owners <= 1;
    return last ? LAST_OWNER : ALLOWED;
}

enum verdict may_edit(const struct standing *s, bool author, bool deleted)
{
    enum verdict v = may_read(s);
    if (v != ALLOWED)
        return v;
    if (!author)
        return DENIED;
    return deleted ? MESSAGE_DELETED : may_post(s);
}

enum verdict may_delete(const struct standing *s, bool author)
{
    enum verdict v = may_read(s);
    if (v != ALLOWED)
        return v;
    return author || moderates(s) ? ALLOWED : DENIED;
}

enum verdict may_see_history(const struct standing *s, bool author, bool deleted)
{
    enum verdict v = may_read(s);
    if (v != ALLOWED)
        return v;
    return moderates(s) || (author && !deleted) ? ALLOWED : DENIED;
}

enum verdict may_follow(const struct standing *s, bool root_deleted, bool begun)
{
    enum verdict v = may_take_part(s);
    if (v != ALLOWED)
        return v;
    return root_deleted && !begun ? MESSAGE_DELETED : ALLOWED;
}

enum verdict may_report(const struct standing *s, bool author, bool deleted)
{
    enum verdict v = may_read(s);
    if (v != ALLOWED)
        return v;
    if (author)
        return MESSAGE_OWN;
    return deleted ? MESSAGE_DELETED : ALLOWED;
}
