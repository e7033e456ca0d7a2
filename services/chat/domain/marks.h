/* Who may put what on a message that is there: reactions and pins; and how much of it. Pure. */
#ifndef CHAT_DOMAIN_MARKS_H
#define CHAT_DOMAIN_MARKS_H

#include "domain/rules.h"

enum {
    REACTION_KINDS_MAX = 20, /* different emoji on one message */
    PINS_MAX = 100,          /* of one channel */
    EMOJI_MAX = 1000,        /* that an organisation makes */
    EMOJI_BYTES_MAX = 256 * 1024
};

/* Members, unless the channel is archived or they are muted: a reaction speaks. Whether they may
 * post does not matter: announcements are reacted to by all. */
enum verdict may_react(const struct standing *s, bool deleted);
/* One's own reaction can be taken back by who is muted too. */
enum verdict may_take_back(const struct standing *s);
/* kinds: how many different emoji the message has; known: this is one of them. */
bool reaction_fits(int64_t kinds, bool known);

/* Members, if the channel's permissions let them, and who moderates it. */
enum verdict may_pin(const struct standing *s, bool deleted);
enum verdict may_unpin(const struct standing *s);

/* Who has made it, and moderators of the organisation. */
bool may_delete_emoji(bool maker, enum pal_role role);

#endif
