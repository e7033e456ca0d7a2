#include "domain/query.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { TODAY = 20000 }; /* 2024-10-04 */

static const char *const kinds[] = {"from", "in",    "with",     "before", "after",  "on",   "link",
                                    "file", "image", "reaction", "pinned", "thread", "saved"};

static size_t put_word(char *to, size_t room, const struct query_word *w)
{
    return (size_t)snprintf(to, room, "%s%s%.*s%s%s ", w->without ? "-" : "", w->phrase ? "\"" : "",
                            (int)w->text.n, w->text.p, w->phrase ? "\"" : "", w->prefix ? "*" : "");
}

static size_t put_filter(char *to, size_t room, const struct query_filter *f)
{
    bool day = f->kind == FILTER_BEFORE || f->kind == FILTER_AFTER || f->kind == FILTER_ON;
    char value[64] = "";
    if (day)
        snprintf(value, sizeof value, "%d", (int)f->day);
    else if (f->kind <= FILTER_WITH)
        snprintf(value, sizeof value, "%.*s", (int)f->name.n, f->name.p);
    return (size_t)snprintf(to, room, "%s%s(%s) ", f->without ? "-" : "", kinds[f->kind], value);
}

/* wanted: words, then filters, each followed by a blank. */
static void expect(const char *text, const char *wanted)
{
    struct query q;
    struct query_fault fault = {0};
    char got[4096] = "";
    size_t at = 0;
    cr_assert_eq(query_parse(pal_str_of(text), TODAY, &q, &fault), QUERY_OK, "%s: %s", text,
                 fault.expected);
    for (size_t i = 0; i < q.n_words; i++)
        at += put_word(got + at, sizeof got - at, &q.words[i]);
    for (size_t i = 0; i < q.n_filters; i++)
        at += put_filter(got + at, sizeof got - at, &q.filters[i]);
    cr_assert_str_eq(got, wanted, "\"%s\" is \"%s\"", text, got);
}

static void expect_wrong(const char *text, const char *shown, const char *expected)
{
    struct query q;
    struct query_fault fault = {0};
    cr_assert_eq(query_parse(pal_str_of(text), TODAY, &q, &fault), QUERY_WRONG, "%s", text);
    cr_assert(pal_str_eq(fault.shown, pal_str_of(shown)), "\"%s\": %.*s", text, (int)fault.shown.n,
              fault.shown.p);
    cr_assert(strstr(fault.expected, expected), "\"%s\": %s", text, fault.expected);
}

Test(query, is_words_phrases_and_what_is_left_out)
{
    expect("", "");
    expect(" \t\n", "");
    expect("hola", "hola ");
    expect("  hola\xc2\xa0mundo\xe3\x80\x80x\xe2\x80\x83y ", "hola mundo x y ");
    expect("\"tal cual\" fin", "\"tal cual\" fin ");
    expect("-no -\"ni esto\" si", "-no -\"ni esto\" si ");
    expect("- a-b --c -d", "- a-b --c -d ");
    expect("wor* x** *", "wor* x* ");
    expect("a\"b c\"d", "a \"b c\" d ");
    expect("\xe2\x80\x9ctypographic\xe2\x80\x9d \xc2\xabquotes\xc2\xbb",
           "\"typographic\" \"quotes\" ");
}

Test(query, without_a_closing_quote_is_a_phrase_up_to_the_end)
{
    expect("\"sin fin", "\"sin fin\" ");
    expect("\"", "\"\" ");
    expect("in:\"sala", "in(sala) ");
}

Test(query, has_operators_of_people_and_places)
{
    expect("from:@ana from:ana de:@ana FROM:@ana", "from(ana) from(ana) from(ana) from(ana) ");
    expect("from:me de:yo de:m\xc3\xad DE:MI", "from() from() from() from() ");
    expect("from:@me", "from(me) ");
    expect("in:#general en:general -in:#x", "in(general) in(general) -in(x) ");
    expect("in:@ana", "with(ana) ");
    expect("in:\"sala grande\" in:\"#sala grande\"x", "x in(sala grande) in(sala grande) ");
}

Test(query, has_operators_of_days)
{
    expect("before:1970-01-01 after:1970-01-02 on:2024-10-04", "before(0) after(1) on(20000) ");
    expect("on:today on:HOY on:yesterday d\xc3\xad"
           "a:ayer",
           "on(20000) on(20000) on(19999) on(19999) ");
    expect("antes:2024-02-29 despu\xc3\xa9s:2000-02-29 despue\xcc\x81s:2023-12-31 fecha:1999-04-30",
           "before(19782) after(11016) after(19722) on(10711) ");
}

Test(query, has_operators_of_what_there_is)
{
    expect("has:link has:file has:image has:reaction is:pinned is:thread is:saved",
           "link() file() image() reaction() pinned() thread() saved() ");
    expect("tiene:enlace tiene:archivo con:fichero con:imagen tiene:reacci\xc3\xb3n es:fijado "
           "es:hilo es:guardado",
           "link() file() file() image() reaction() pinned() thread() saved() ");
    expect("-has:link", "-link() ");
}

Test(query, takes_other_colons_for_words)
{
    expect("http://x std::vector a: :b 12:30 a-b:@c", "http://x std::vector a: :b 12:30 a-b:@c ");
}

Test(query, names_the_operator_that_is_wrong)
{
    expect_wrong("x before:nunca y", "before:nunca", "YYYY-MM-DD");
    expect_wrong("-on:\"2024-1-1\" y", "on:\"2024-1-1\"", "YYYY-MM-DD");
    expect_wrong("from: x", "from:", "@name");
    expect_wrong("from:@", "from:@", "@name");
    expect_wrong("in:", "in:", "#name");
    expect_wrong("in:#", "in:#", "#name");
    expect_wrong("has:x", "has:x", "reaction");
    expect_wrong("is:linkx", "is:linkx", "pinned");
    expect_wrong("a form:@ana b", "form:@ana", "operator");
    expect_wrong("canal:#x", "canal:#x", "operator");
}

Test(query, knows_the_days_there_are)
{
    static const char *const wrong[] = {
        "2023-02-29", "1900-02-29", "2024-00-01", "2024-13-01", "2024-04-31",
        "2024-01-32", "2024-01-00", "1969-12-31", "2024/01-01", "2024-01/01",
        "202a-01-01", "2024-0b-01", "2024-01-0c", "2024-1-01",  ""};
    int64_t day = -1;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert(!query_day(pal_str_of(wrong[i]), &day), "%s", wrong[i]);
    cr_assert(query_day(PAL_STR("9999-12-31"), &day));
    cr_assert_eq(day, 2932896);
    cr_assert(query_day(PAL_STR("2100-03-01"), &day));
    cr_assert_eq(day, 47541);
}

Test(query, has_an_end)
{
    struct query q;
    struct query_fault fault;
    char text[4 * 60 + 1];
    for (size_t n = 47; n < 60; n++) {
        for (size_t i = 0; i < n; i++)
            memcpy(text + 2 * i, "a ", 2);
        text[2 * n] = '\0';
        cr_assert_eq(query_parse(pal_str_of(text), TODAY, &q, &fault),
                     n > QUERY_WORDS_MAX ? QUERY_TOO_LONG : QUERY_OK);
    }
    for (size_t i = 0; i < 17; i++)
        memcpy(text + 8 * i, "from:me ", 8);
    cr_assert_eq(query_parse((struct pal_str){text, 8 * QUERY_FILTERS_MAX}, TODAY, &q, &fault),
                 QUERY_OK);
    cr_assert_eq(query_parse((struct pal_str){text, 8 * 17}, TODAY, &q, &fault), QUERY_TOO_LONG);
}

Test(query, sees_links)
{
    cr_assert(query_has_link(PAL_STR("see HTTP://x.example")));
    cr_assert(query_has_link(PAL_STR("(https://x)")));
    cr_assert(query_has_link(PAL_STR("www.example.org")));
    cr_assert(!query_has_link(PAL_STR("http:// x https://")));
    cr_assert(!query_has_link(PAL_STR("awww.b")));
    cr_assert(!query_has_link(PAL_STR("")));
}
