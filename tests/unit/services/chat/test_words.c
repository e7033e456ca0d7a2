#include "domain/words.h"

#include <criterion/criterion.h>
#include <stdio.h>

struct list {
    char text[8192];
    size_t n, most, told;
};

static bool put(void *ctx, const struct lexeme *l)
{
    struct list *list = ctx;
    list->n += (size_t)snprintf(list->text + list->n, sizeof list->text - list->n, "%s%.*s:%u ",
                                l->stem ? "=" : "", (int)l->text.n, l->text.p, l->position);
    return ++list->told < list->most;
}

static struct stemmers stemmers;

static void set_up(void)
{
    cr_assert(stemmers_init(&stemmers));
}

static void tear_down(void)
{
    stemmers_fini(&stemmers);
}

TestSuite(words, .init = set_up, .fini = tear_down);

static void expect(const char *text, const char *wanted)
{
    struct list list = {.most = 1000};
    words_lexemes(&stemmers, pal_str_of(text), put, &list);
    cr_assert_str_eq(list.text, wanted, "\"%s\" has \"%s\"", text, list.text);
}

Test(words, are_in_lower_case_without_accents)
{
    expect("", "");
    expect("... !?", "");
    expect("Sol", "sol:1 ");
    expect("\xc3\x91u, PI\xc3\x91\xc3\x93N", "nu:1 pinon:2 ");
    expect("e\xcc\x81l \xcc\x81 x", "el:1 x:3 ");
    expect("Stra\xc3\x9f"
           "e",
           "strasse:1 =strass:1 ");
    expect("\xc3\x86on \xc5\x92uf \xc3\xbe \xc4\xb2 \xe1\xba\x9e", "aeon:1 oeuf:2 th:3 ij:4 ss:5 ");
    expect("\xef\xbc\xa1\xef\xbc\xa2\xef\xbc\x91", "ab1:1 ");
}

Test(words, have_stems_in_spanish_and_english)
{
    expect("canciones", "canciones:1 =cancion:1 ");
    expect("running", "running:1 =run:1 ");
    expect("cantar\xc3\xad"
           "a",
           "cantaria:1 =cantari:1 =cant:1 ");
    expect("policies42", "policies:1 =polici:1 policies42:1 42:2 ");
}

Test(words, of_other_scripts)
{
    expect("\xd0\x94\xd0\xbe\xd0\xba\xd1\x83\xd0\xbc\xd0\xb5\xd0\xbd\xd1\x82\xd1\x8b",
           "\xd0\xb4\xd0\xbe\xd0\xba\xd1\x83\xd0\xbc\xd0\xb5\xd0\xbd\xd1\x82\xd1\x8b:1 "
           "=\xd0\xb4\xd0\xbe\xd0\xba\xd1\x83\xd0\xbc\xd0\xb5\xd0\xbd\xd1\x82:1 ");
    expect(
        "\xd8\xa7\xd9\x84\xd9\x83\xd8\xaa\xd8\xa7\xd8\xa8",
        "\xd8\xa7\xd9\x84\xd9\x83\xd8\xaa\xd8\xa7\xd8\xa8:1 =\xd9\x83\xd8\xaa\xd8\xa7\xd8\xa8:1 ");
    expect("\xce\xba\xcf\x8c\xcf\x83\xce\xbc\xce\xbf\xcf\x82",
           "\xce\xba\xce\xbf\xcf\x83\xce\xbc\xce\xbf\xcf\x83:1 ");
}

Test(words, without_blanks_are_pairs)
{
    expect("\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd x",
           "\xe6\x9d\xb1\xe4\xba\xac:1 \xe4\xba\xac\xe9\x83\xbd:2 \xe9\x83\xbd:3 x:4 ");
    expect("a\xe6\x9d\xb1"
           "b",
           "a:1 \xe6\x9d\xb1:2 b:3 ");
}

Test(words, are_signs_too)
{
    expect("ok\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd\xf0\x9f\x8e\x89",
           "ok:1 \xf0\x9f\x91\x8d:2 \xf0\x9f\x8e\x89:3 ");
}

Test(words, of_code_are_the_parts_of_identifiers)
{
    expect("foo_bar.baz()", "foo:1 bar:2 baz:3 ");
    expect("getUserId", "get:1 getuserid:1 =getuser:1 user:2 userid:2 id:3 ");
    expect("HTTPLog", "http:1 httplog:1 log:2 ");
    expect("iOS ABC sha256", "i:1 ios:1 =io:1 os:2 abc:3 sha:4 sha256:4 256:5 ");
}

Test(words, have_an_end)
{
    char text[300];
    struct list list = {.most = 2};
    struct word_run run;
    size_t at = 0, begins[WORD_PARTS_MAX];
    memset(text, 'a', sizeof text);
    cr_assert(words_next((struct pal_str){text, sizeof text}, &at, &run));
    cr_assert_eq(run.n, WORD_CHARS_MAX);
    cr_assert_eq(at, sizeof text);
    for (size_t i = 0; i < sizeof text; i += 2)
        text[i] = 'A';
    at = 0;
    cr_assert(words_next((struct pal_str){text, sizeof text}, &at, &run));
    cr_assert_eq(words_parts(&run, begins), WORD_PARTS_MAX);
    words_lexemes(&stemmers, PAL_STR("one two three"), put, &list);
    cr_assert_eq(list.told, 2);
    list = (struct list){.most = 1};
    words_lexemes(&stemmers, PAL_STR("canciones"), put, &list);
    cr_assert_eq(list.told, 1);
    list = (struct list){.most = 2};
    words_lexemes(&stemmers,
                  PAL_STR("cantar\xc3\xad"
                          "a"),
                  put, &list);
    cr_assert_eq(list.told, 2);
}

Test(words, of_bytes_that_are_no_text_are_gaps)
{
    expect("a\xff"
           "b\xc3",
           "a:1 b:2 ");
    expect("a\xe4\xba"
           "b \xc3(",
           "a:1 b:2 ");
    expect("\xf0\x90\x8d\x88 \xf4\x8f\xbf\xbf", "\xf0\x90\x8d\x88:1 ");
}
