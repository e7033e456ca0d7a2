/* What notifications say, in each language (REQUIREMENTS F2). Pure. */
#ifndef NOTIFY_DOMAIN_TEXT_H
#define NOTIFY_DOMAIN_TEXT_H

#include "base/buf.h"
#include "base/str.h"

enum notice_kind {
    NOTICE_MESSAGE,
    NOTICE_MENTION,
    NOTICE_KEYWORD,
    NOTICE_REPLY,
    NOTICE_INVITATION,
    NOTICE_JOINED,
    NOTICE_LEFT,
    NOTICE_CHANNEL,
    NOTICE_WARNING,
    NOTICE_MUTE,
    NOTICE_BAN,
    NOTICE_LIFTED,
    NOTICE_KINDS
};
enum notice_language { NOTICE_EN, NOTICE_ES, NOTICE_LANGUAGES };

/* The kind as the API names it: "message", "mention", …, "moderation". */
const char *notice_kind_name(enum notice_kind kind);
/* "high" for what is addressed to one person by another, else "normal". */
const char *notice_priority(enum notice_kind kind);

struct notice_words {
    struct pal_str username; /* who did it */
    struct pal_str channel;  /* its name */
    struct pal_str reason;   /* moderation */
};
/* Appends the text with its words put in. */
void notice_write(enum notice_kind kind, enum notice_language language,
                  const struct notice_words *words, struct pal_buf *out);

#endif
