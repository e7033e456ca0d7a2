/* The templates, word for word where the contract gives them. */
#include "domain/text.h"

#include <criterion/criterion.h>

static const struct notice_words words = {{"ana", 3}, {"general", 7}, {"spam", 4}};

static void expect(enum notice_kind kind, enum notice_language language, const char *text)
{
    struct pal_buf b;
    pal_buf_init(&b, 4096);
    notice_write(kind, language, &words, &b);
    cr_assert(pal_str_eq(pal_buf_view(&b), pal_str_of(text)), "%.*s", (int)b.n, b.p);
    pal_buf_fini(&b);
}

Test(text, spanish_is_as_the_contract_says)
{
    expect(NOTICE_MESSAGE, NOTICE_ES, "📩 Nuevo mensaje de ana en #general");
    expect(NOTICE_MENTION, NOTICE_ES, "🏷️ ana te mencionó en #general");
    expect(NOTICE_REPLY, NOTICE_ES, "💬 ana respondió en un hilo de #general");
    expect(NOTICE_INVITATION, NOTICE_ES, "🎉 Te invitaron al canal #general");
}

Test(text, english_says_the_same)
{
    expect(NOTICE_MENTION, NOTICE_EN, "🏷️ ana mentioned you in #general");
    expect(NOTICE_REPLY, NOTICE_EN, "💬 ana replied in a thread in #general");
    expect(NOTICE_MUTE, NOTICE_EN, "🔇 You were muted: spam");
}

Test(text, every_kind_has_both_languages_a_name_and_a_priority)
{
    for (int kind = 0; kind < NOTICE_KINDS; kind++) {
        cr_assert_not_null(notice_kind_name((enum notice_kind)kind));
        cr_assert_not_null(notice_priority((enum notice_kind)kind));
        for (int language = 0; language < NOTICE_LANGUAGES; language++) {
            struct pal_buf b;
            pal_buf_init(&b, 4096);
            notice_write((enum notice_kind)kind, (enum notice_language)language, &words, &b);
            cr_assert_gt(b.n, 0);
            cr_assert_null(memchr(b.p, '{', b.n));
            pal_buf_fini(&b);
        }
    }
}

Test(text, what_is_addressed_to_one_person_has_high_priority)
{
    cr_assert_str_eq(notice_priority(NOTICE_MENTION), "high");
    cr_assert_str_eq(notice_priority(NOTICE_MESSAGE), "normal");
}
