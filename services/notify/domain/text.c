/* Templates with the places {username}, {channel} and {reason}. */
#include "domain/text.h"

struct template
{
    const char *kind, *priority;
    struct pal_str text[NOTICE_LANGUAGES];
};

#define TEXT(s)            \
    {                      \
        (s), sizeof(s) - 1 \
    }

static const struct template templates[NOTICE_KINDS] = {
    [NOTICE_MESSAGE] = {"message",
                        "normal",
                        {TEXT("📩 New message from {username} in #{channel}"),
                         TEXT("📩 Nuevo mensaje de {username} en #{channel}")}},
    [NOTICE_MENTION] = {"mention",
                        "high",
                        {TEXT("🏷️ {username} mentioned you in #{channel}"),
                         TEXT("🏷️ {username} te mencionó en #{channel}")}},
    [NOTICE_KEYWORD] = {"keyword",
                        "high",
                        {TEXT("🔔 {username} used one of your keywords in #{channel}"),
                         TEXT("🔔 {username} usó una de tus palabras clave en #{channel}")}},
    [NOTICE_REPLY] = {"thread_reply",
                      "normal",
                      {TEXT("💬 {username} replied in a thread in #{channel}"),
                       TEXT("💬 {username} respondió en un hilo de #{channel}")}},
    [NOTICE_INVITATION] = {"invitation",
                           "high",
                           {TEXT("🎉 You were invited to the channel #{channel}"),
                            TEXT("🎉 Te invitaron al canal #{channel}")}},
    [NOTICE_JOINED] = {"user_joined",
                       "normal",
                       {TEXT("👋 {username} joined #{channel}"),
                        TEXT("👋 {username} entró en #{channel}")}},
    [NOTICE_LEFT] = {"user_left",
                     "normal",
                     {TEXT("🚪 {username} left #{channel}"),
                      TEXT("🚪 {username} salió de #{channel}")}},
    [NOTICE_CHANNEL] = {"channel_created",
                        "normal",
                        {TEXT("✨ {username} created the channel #{channel}"),
                         TEXT("✨ {username} creó el canal #{channel}")}},
    [NOTICE_WARNING] = {"moderation",
                        "high",
                        {TEXT("⚠️ A moderator warns you: {reason}"),
                         TEXT("⚠️ Un moderador te advierte: {reason}")}},
    [NOTICE_MUTE] = {"moderation",
                     "high",
                     {TEXT("🔇 You were muted: {reason}"), TEXT("🔇 Te silenciaron: {reason}")}},
    [NOTICE_BAN] = {"moderation",
                    "high",
                    {TEXT("⛔ You were banned: {reason}"), TEXT("⛔ Te expulsaron: {reason}")}},
    [NOTICE_LIFTED] = {"moderation",
                       "high",
                       {TEXT("✅ A moderator ended a restriction of yours"),
                        TEXT("✅ Un moderador retiró una restricción tuya")}},
};

const char *notice_kind_name(enum notice_kind kind)
{
    return templates[kind].kind;
}

const char *notice_priority(enum notice_kind kind)
{
    return templates[kind].priority;
}

static struct pal_str word_of(const struct notice_words *words, struct pal_str place)
{
    if (pal_str_eq(place, PAL_STR("username")))
        return words->username;
    if (pal_str_eq(place, PAL_STR("channel")))
        return words->channel;
    return words->reason;
}

void notice_write(enum notice_kind kind, enum notice_language language,
                  const struct notice_words *words, struct pal_buf *out)
{
    struct pal_str rest = templates[kind].text[language];
    while (rest.n > 0) {
        struct pal_str before;
        struct pal_str place;
        rest = pal_str_cut(rest, '{', &before);
        pal_buf_str(out, before);
        if (!rest.p)
            return;
        rest = pal_str_cut(rest, '}', &place);
        pal_buf_str(out, word_of(words, place));
    }
}
