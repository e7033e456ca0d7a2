#include "domain/mentions.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* wanted: the names, each followed by a blank. */
static void expect(const char *text, const char *wanted)
{
    struct pal_str names[MENTIONS_MAX];
    char got[4096] = "";
    size_t n = mentions_scan(pal_str_of(text), names), at = 0;
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(got + at, sizeof got - at, "%.*s ", (int)names[i].n, names[i].p);
    cr_assert_str_eq(got, wanted, "\"%s\" names \"%s\"", text, got);
}

Test(mentions, are_names_behind_an_at_sign)
{
    expect("", "");
    expect("nobody", "");
    expect("@ana", "ana ");
    expect("hola @ana, @luis!", "ana luis ");
    expect("\xc2\xbf@ana? \xc2\xa1@luis! \xe2\x80\x9c@eva", "ana luis eva ");
    expect("a@b \xc3\xb1@b \xe4\xb8\xad@b \xe2\x82\xac@b", "");
    expect("(@ana) y \"@jos\xc3\xa9\"", "ana jos\xc3\xa9 ");
    expect("@ana@luis", "ana ");
    expect("@@ana", "ana ");
    expect("@ana @ana", "ana ana ");
}

Test(mentions, are_not_found_within_words_or_without_a_name)
{
    expect("mail ana@example.org", "");
    expect("@", "");
    expect("@ ana", "");
    expect("@...", "");
}

Test(mentions, give_both_readings_of_a_full_stop)
{
    expect("ask @ana.", "ana ana. ");
    expect("@ana.ruiz-gil_2 knows", "ana.ruiz-gil_2 ");
    expect("_@ana_", "ana ana_ ");
}

Test(mentions, in_code_are_none)
{
    expect("`@ana` @luis", "luis ");
    expect("``a ` @ana`` @luis", "luis ");
    expect("```\n@ana\n```\n@luis", "luis ");
    expect("```\n@ana and no end", "");
    expect("x ``` @ana", "ana ");
    expect("` @ana", "ana ");
    expect("`", "");
    expect("@ana `", "ana ");
}

Test(mentions, of_names_that_are_too_long_are_none)
{
    char text[MENTION_NAME_MAX + 3];
    memset(text, 'a', sizeof text);
    text[0] = '@';
    text[sizeof text - 1] = '\0';
    expect(text, "");
}

Test(mentions, are_bounded)
{
    struct pal_str names[MENTIONS_MAX];
    char text[3 * MENTIONS_MAX + 31];
    for (size_t i = 0; i + 1 < sizeof text; i++)
        text[i] = "@a "[i % 3];
    text[sizeof text - 1] = '\0';
    cr_assert_eq(mentions_scan(pal_str_of(text), names), MENTIONS_MAX);
}

/* The word for everyone that the text has; "" for none. */
static void expect_everyone(const char *text, const char *wanted)
{
    struct pal_str names[MENTIONS_MAX];
    size_t n = mentions_scan(pal_str_of(text), names);
    cr_assert(pal_str_eq(mentions_everyone(names, n), pal_str_of(wanted)), "%s", text);
}

Test(mentions, of_everyone_have_their_words_in_two_languages)
{
    static const char *const channel[] = {"@channel", "@ALL", "hola @canal.", "@todos, @ana"};
    static const char *const here[] = {"@here", "@aqui", "@aqu\xc3\xad", "\xc2\xbf@AQU\xc3\x8d?"};
    for (size_t i = 0; i < 4; i++) {
        expect_everyone(channel[i], "channel");
        expect_everyone(here[i], "here");
    }
    expect_everyone("@here @all", "channel");
    expect_everyone("@all @here", "channel");
    expect_everyone("@ana @channels `@all`", "");
    expect_everyone("", "");
}

Test(mentions, keep_the_words_for_everyone_from_being_names)
{
    cr_assert(mention_is_reserved(PAL_STR("Todos")));
    cr_assert(mention_is_reserved(PAL_STR("here")));
    cr_assert_not(mention_is_reserved(PAL_STR("ana")));
}
