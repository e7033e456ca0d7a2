#include "domain/links.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* wanted: the links, each followed by a blank. */
static void expect(const char *text, const char *wanted)
{
    struct pal_str links[LINKS_MAX];
    char got[8192] = "";
    size_t n = links_find(pal_str_of(text), links), at = 0;
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(got + at, sizeof got - at, "%.*s ", (int)links[i].n, links[i].p);
    cr_assert_str_eq(got, wanted, "\"%s\" has \"%s\"", text, got);
}

Test(links, are_found_in_text)
{
    expect("", "");
    expect("no link, http:/nor https:// here", "");
    expect("https://example.org", "https://example.org ");
    expect("HTTP://Example.org/A?b=c#d", "HTTP://Example.org/A?b=c#d ");
    expect("see http://a.example and https://b.example/x", "http://a.example https://b.example/x ");
    expect("<https://example.org>", "https://example.org ");
}

Test(links, end_before_the_punctuation_of_the_sentence)
{
    expect("https://example.org.", "https://example.org ");
    expect("(https://example.org/a)", "https://example.org/a ");
    expect("(https://example.org/a_(b).)", "https://example.org/a_(b) ");
    expect("[text](https://example.org/a), and", "https://example.org/a ");
    expect("[https://example.org/a]", "https://example.org/a ");
    expect("**https://example.org**", "https://example.org ");
    expect("https://.", "");
}

Test(links, are_not_meant_within_code_or_words)
{
    expect("`https://example.org`", "");
    expect("```\nhttps://example.org\n```", "");
    expect("```\nhttps://example.org", "");
    expect("` https://example.org", "https://example.org ");
    expect("xhttps://example.org", "");
}

Test(links, are_taken_once_and_three_at_most)
{
    expect("http://a.b http://a.b", "http://a.b ");
    expect("http://a.a http://b.b http://c.c http://d.d", "http://a.a http://b.b http://c.c ");
}

Test(links, are_not_endless)
{
    char text[LINK_BYTES_MAX + 32] = "http://";
    memset(text + 7, 'a', LINK_BYTES_MAX);
    expect(text, "");
}
