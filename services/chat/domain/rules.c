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

enum channel_role permission_least(uint32_t permissions, enum channel_action action)
{
    enum channel_role set = (permissions >> (2 * action)) & 3;
    if (set != IN_CHANNEL_NONE)
        return set;
    if (action == DO_EXPORT)
        return IN_CHANNEL_OWNER;
    return action == DO_MANAGE || action == DO_MODERATE ? IN_CHANNEL_MODERATOR : IN_CHANNEL_MEMBER;
}

uint32_t permission_with(uint32_t permissions, enum channel_action action, enum channel_role least)
{
    uint32_t others = permissions & ~(3U << (2 * action));
    return others | (uint32_t)least << (2 * action);
}

bool permissions_same(uint32_t a, uint32_t b)
{
    for (enum channel_action action = 0; action < CHANNEL_ACTIONS; action++)
        if (permission_least(a, action) != permission_least(b, action))
            return false;
    return true;
}

enum channel_role channel_level(const struct standing *s)
{
    enum channel_role by_org = IN_CHANNEL_NONE;
    if (s->type == CHANNEL_DIRECT)
        return s->in_channel == IN_CHANNEL_NONE ? IN_CHANNEL_NONE : IN_CHANNEL_OWNER;
    if (s->role >= PAL_ROLE_MODERATOR)
        by_org = s->role >= PAL_ROLE_ADMIN ? IN_CHANNEL_OWNER : IN_CHANNEL_MODERATOR;
    return by_org > s->in_channel ? by_org : s->in_channel;
}

static bool permitted(const struct standing *s, enum channel_action action)
{
    return channel_level(s) >= permission_least(s->permissions, action);
}

/* What others have said and done; nobody is above the others in a direct conversation. */
static bool moderates(const struct standing *s)
{
    return s->type != CHANNEL_DIRECT && permitted(s, DO_MODERATE);
}

enum verdict may_do(const struct standing *s, enum channel_action action)
{
    enum verdict v = may_read(s);
    if (v != ALLOWED)
        return v;
    return permitted(s, action) ? ALLOWED : NOT_PERMITTED;
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

/* Members with a voice in a channel where something can be said. */
static enum verdict may_speak(const struct standing *s)
{
    enum verdict v = may_take_part(s);
    if (v != ALLOWED)
        return v;
    if (s->archived)
        return ARCHIVED;
    return s->muted ? MUTED : ALLOWED;
}

enum verdict may_post(const struct standing *s)
{
    enum verdict v = may_speak(s);
    return v == ALLOWED ? may_do(s, DO_POST) : v;
}

enum verdict may_reply(const struct standing *s)
{
    enum verdict v = may_speak(s);
    return v == ALLOWED ? may_do(s, DO_REPLY) : v;
}

enum verdict may_mention_all(const struct standing *s)
{
    enum verdict v = may_take_part(s);
    return v == ALLOWED ? may_do(s, DO_MENTION_ALL) : v;
}

/* What is not there in a direct conversation: its people are what it is. */
static enum verdict may_change(const struct standing *s)
{
    enum verdict v = may_read(s);
    return v == ALLOWED && s->type == CHANNEL_DIRECT ? IS_DIRECT : v;
}

enum verdict may_join(const struct standing *s)
{
    enum verdict v = may_read(s);
    if (v == ALLOWED && s->archived && s->in_channel == IN_CHANNEL_NONE)
        return ARCHIVED;
    return v;
}

enum verdict may_leave(const struct standing *s)
{
    return may_change(s);
}

enum verdict may_manage(const struct standing *s)
{
    enum verdict v = may_change(s);
    if (v != ALLOWED)
        return v;
    return permitted(s, DO_MANAGE) ? ALLOWED : DENIED;
}

enum verdict may_own(const struct standing *s)
{
    enum verdict v = may_change(s);
    if (v != ALLOWED)
        return v;
    return channel_level(s) == IN_CHANNEL_OWNER ? ALLOWED : DENIED;
}

enum verdict may_export(const struct standing *s)
{
    enum verdict v = may_take_part(s);
    return v == ALLOWED ? may_do(s, DO_EXPORT) : v;
}

enum verdict may_invite(const struct standing *s)
{
    enum verdict v = may_change(s);
    if (v != ALLOWED)
        return v;
    if (channel_level(s) == IN_CHANNEL_NONE)
        return NOT_MEMBER;
    if (!permitted(s, DO_INVITE))
        return NOT_PERMITTED;
    return s->archived ? ARCHIVED : ALLOWED;
}

enum verdict may_remove(const struct standing *s, enum channel_role target)
{
    enum verdict v = may_change(s);
    if (v != ALLOWED)
        return v;
    if (!moderates(s))
        return DENIED;
    if (target == IN_CHANNEL_NONE)
        return IN_CHANNEL_NOT;
    bool above = s->in_channel == IN_CHANNEL_OWNER || s->role >= PAL_ROLE_MODERATOR;
    return above || target != IN_CHANNEL_OWNER ? ALLOWED : DENIED;
}

enum verdict may_set_role(const struct standing *s, enum channel_role target, enum channel_role to,
                          int64_t owners)
{
    enum verdict v = may_own(s);
    if (v != ALLOWED)
        return v;
    if (target == IN_CHANNEL_NONE)
        return IN_CHANNEL_NOT;
    bool last = target == IN_CHANNEL_OWNER && to != IN_CHANNEL_OWNER && owners <= 1;
    return last ? LAST_OWNER : ALLOWED;
}

enum verdict may_edit(const struct standing *s, const struct written *m)
{
    enum verdict v = may_read(s);
    if (v != ALLOWED)
        return v;
    if (!m->own)
        return DENIED;
    if (m->deleted)
        return MESSAGE_DELETED;
    v = m->reply ? may_reply(s) : ALLOWED;
    return v == ALLOWED && m->in_channel ? may_post(s) : v;
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
