#include "domain/page.h"

#include <criterion/criterion.h>
#include <string.h>

static struct page read_page(const char *html)
{
    struct page page;
    page_read(pal_str_of(html), &page);
    return page;
}

#define EXPECT_TITLE(html, wanted) cr_expect_str_eq(read_page(html).title, wanted)

Test(page, says_what_open_graph_says)
{
    struct page p = read_page(
        "<html><head><title>Plain</title><meta property=\"og:title\" content='A &amp; B'>"
        "<META content=\"What it is\" NAME=description ><meta property=og:site_name content=Site>"
        "<meta property=og:image content=\"/a.png?x=1&amp;y=2\" /></head><body><meta "
        "property=og:title content=no>");
    cr_assert_str_eq(p.title, "A & B");
    cr_assert_str_eq(p.description, "What it is");
    cr_assert_str_eq(p.site, "Site");
    cr_assert_str_eq(p.image, "/a.png?x=1&y=2");
}

Test(page, has_a_title_without_open_graph)
{
    EXPECT_TITLE("<title>\n  Two\t words </title>", "Two words");
    EXPECT_TITLE("<title lang=es>Caf\xc3\xa9 &eacute; &#233; &#xE9;</title>",
                 "Caf\xc3\xa9 \xc3\xa9 \xc3\xa9 \xc3\xa9");
    EXPECT_TITLE("<meta name=twitter:title content=T><title>x</title>", "T");
    EXPECT_TITLE("<title></title><title>second</title>", "second");
    EXPECT_TITLE("<meta  name =\n twitter:title content\t= 'T U'>", "T U");
}

Test(page, entities_that_are_none_stay_as_they_stand)
{
    EXPECT_TITLE("<title>a & b &unknown; &; &#0; &#xD800; &#99999999; &#1x; &#xg; &amp</title>",
                 "a & b &unknown; &; &#0; &#xD800; &#99999999; &#1x; &#xg; &amp");
}

Test(page, comments_scripts_and_styles_are_passed)
{
    EXPECT_TITLE(
        "<!-- <title>no</title> "
        "--><script>'<title>no</title>'</script><style><title>no</title></style><title>yes</title>",
        "yes");
    EXPECT_TITLE("<!-- <title>no</title>", "");
    EXPECT_TITLE("<titles>no</titles><metadata content=x name=og:title>", "");
}

Test(page, broken_tags_do_no_harm)
{
    EXPECT_TITLE("", "");
    EXPECT_TITLE("<title", "");
    EXPECT_TITLE("<title>open", "open");
    EXPECT_TITLE("<meta", "");
    EXPECT_TITLE("<meta property", "");
    EXPECT_TITLE("<meta property=", "");
    EXPECT_TITLE("<meta property=\"og:title", "");
    EXPECT_TITLE("<meta = property=og:title content=ok>", "ok");
    EXPECT_TITLE("<meta property=og:title><title>t</title>", "t");
}

Test(page, of_another_encoding_is_taken_for_windows_1252)
{
    EXPECT_TITLE("<title>a\xf1o \x80 \x93x\x94</title>",
                 "a\xc3\xb1o \xe2\x82\xac \xe2\x80\x9cx\xe2\x80\x9d");
    EXPECT_TITLE("<title>a\xc3\xb1o</title> cut off: \xe2\x82", "a\xc3\xb1o");
}

Test(page, texts_are_cut_after_a_whole_character)
{
    char html[4 * PAGE_TITLE_MAX] = "<title>";
    size_t at = strlen(html);
    for (int i = 0; i < PAGE_TITLE_MAX; i++, at += 2)
        memcpy(html + at, "\xc3\xb1", 3);
    cr_assert_eq(strlen(read_page(html).title), PAGE_TITLE_MAX - 1);
    html[7] = 'x'; /* now the last one does not fit whole, and the text is no UTF-8 any more */
    cr_assert_lt(strlen(read_page(html).title), PAGE_TITLE_MAX);
}

Test(page, control_characters_are_blanks)
{
    EXPECT_TITLE("<title>a\x01\x7f\xc2\x85\xef\xbb\xbf"
                 "b</title>",
                 "a b");
}
