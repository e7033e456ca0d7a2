/* Reactions and pins: marks.h. */
#include "domain/marks.h"

/* In a channel where something can be changed. */
static enum verdict may_change(const struct standing *s)
{
    enum verdict v = may_take_part(s);
    if (v != ALLOWED)
        return v;
    return s->archived ? ARCHIVED : ALLOWED;
}

enum verdict may_take_back(const struct standing *s)
{
    return may_change(s);
}

enum verdict may_react(const struct standing *s, bool deleted)
{
    enum verdict v = may_change(s);
    if (v != ALLOWED)
        return v;
    if (s->muted)
        return MUTED;
    v = may_do(s, DO_REACT);
    return v == ALLOWED && deleted ? MESSAGE_DELETED : v;
}

bool reaction_fits(int64_t kinds, bool known)
{
    return known || kinds < REACTION_KINDS_MAX;
}

enum verdict may_unpin(const struct standing *s)
{
    enum verdict v = may_change(s);
    if (v != ALLOWED)
        return v;
    if (s->muted)
        return MUTED;
    return may_do(s, DO_PIN);
}

enum verdict may_pin(const struct standing *s, bool deleted)
{
    enum verdict v = may_unpin(s);
    return v == ALLOWED && deleted ? MESSAGE_DELETED : v;
}

bool may_delete_emoji(bool maker, enum pal_role role)
{
    return maker || role >= PAL_ROLE_MODERATOR;
}
