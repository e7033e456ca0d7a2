/* Finds the names behind an @ in Markdown text. Pure; who they are is for the store to say. */
#ifndef CHAT_DOMAIN_MENTIONS_H
#define CHAT_DOMAIN_MENTIONS_H

#include "base/str.h"

enum { MENTIONS_MAX = 50 /* names looked up for one message */, MENTION_NAME_MAX = 64 /* bytes */ };

/* Names without the @, in order, repeats included, at most MENTIONS_MAX; they lie within `text`.
 * An @ within a word (an e-mail address) names nobody, and code spans and blocks are passed over.
 * Trailing full stops, hyphens and underscores belong to the sentence or to the name: both readings
 * are given. */
size_t mentions_scan(struct pal_str text, struct pal_str names[MENTIONS_MAX]);

/* Whether one of the names stands for everyone: "channel" for all members of the channel (@channel,
 * @all, @canal, @todos), "here" for those of them who are there (@here, @aquí, @aqui), whatever the
 * case; the first wins over the second. {NULL, 0}: none does. */
struct pal_str mentions_everyone(const struct pal_str *names, size_t n);

/* A name that can belong to no one, because it stands for everyone. */
bool mention_is_reserved(struct pal_str name);

#endif
