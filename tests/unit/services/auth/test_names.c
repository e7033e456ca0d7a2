#include "domain/names.h"

#include <criterion/criterion.h>
#include <string.h>

Test(names, usernames_are_ascii_letters_digits_and_some_signs)
{
    static const char *const good[] = {
        "ana", "Ana", "a1", "luis.perez", "x_y-z", "7up", "abcdefghijklmnopqrstuvwxyz012345"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_assert(username_valid(pal_str_of(good[i]), NULL), "%s", good[i]);
}

Test(names, usernames_that_mislead_are_refused_with_a_reason)
{
    static const char *const bad[] = {
        "",           "a",          "abcdefghijklmnopqrstuvwxyz0123456",
        "ana garcía", "ana!",       "аna",
        "josé",       ".ana",       "ana-",
        "_ana",       "ana@empresa"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *why = NULL;
        cr_assert_not(username_valid(pal_str_of(bad[i]), &why), "%s", bad[i]);
        cr_assert_not_null(why);
    }
}

Test(names, what_erased_users_are_called_is_for_nobody_else)
{
    static const char *const kept[] = {"erased-7", "Erased-12", "erased-7-0a1b2c3d", "ERASED-7x"};
    static const char *const others[] = {"erased",  "erased-",   "erased-ana",
                                         "erased7", "xerased-7", "7"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        cr_assert(username_reserved(pal_str_of(kept[i])), "%s", kept[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_assert_not(username_reserved(pal_str_of(others[i])), "%s", others[i]);
}

Test(names, folding_lowers_ascii_only)
{
    char out[32];
    name_fold(PAL_STR("Ana.GARCÍA@Empresa.COM"), out);
    cr_assert_str_eq(out, "ana.garcÍa@empresa.com");
    name_fold(PAL_STR(""), out);
    cr_assert_str_eq(out, "");
}

Test(names, addresses_are_split_at_the_last_at)
{
    struct pal_str email = PAL_STR("ana@empresa.com"), none = PAL_STR("ana");
    cr_assert(pal_str_eq(email_domain(email), PAL_STR("empresa.com")));
    cr_assert(pal_str_eq(email_local(email), PAL_STR("ana")));
    cr_assert_eq(email_domain(none).n, 0);
    cr_assert_eq(email_local(none).n, 3);
}

Test(names, addresses_in_use_are_taken)
{
    static const char *const good[] = {"ana@empresa.com", "a.b+c@x-y.example", "o'neil@a.b.co",
                                       "josé@empresa.com"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_assert(email_valid(pal_str_of(good[i])), "%s", good[i]);
}

Test(names, what_is_no_address_is_refused)
{
    static const char *const bad[] = {"",
                                      "ana",
                                      "@empresa.com",
                                      "ana@",
                                      "ana@empresa",
                                      "ana@empresa.com.",
                                      "a b@c.d",
                                      "a@b@c.de",
                                      "a,b@c.de",
                                      "ana@-empresa.com",
                                      "ana@empresa..com",
                                      "<ana@empresa.com>",
                                      "ana@emp resa.com"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_not(email_valid(pal_str_of(bad[i])), "%s", bad[i]);
}

Test(names, long_addresses_are_refused)
{
    char text[300];
    memset(text, 'a', sizeof text);
    memcpy(text + 65, "@b.co", 5);
    cr_assert_not(email_valid((struct pal_str){text, 70}), "65 before the at");
    memset(text, 'a', sizeof text);
    text[1] = '@';
    for (size_t i = 50; i < 280; i += 50)
        text[i] = '.';
    cr_assert_not(email_valid((struct pal_str){text, 280}), "280 in all");
}

Test(names, domains_have_two_labels_at_least)
{
    char label[70];
    memset(label, 'a', 64);
    memcpy(label + 64, ".com", 4);
    cr_assert(domain_valid(PAL_STR("empresa.com")));
    cr_assert(domain_valid(PAL_STR("a-1.b.c")));
    cr_assert_not(domain_valid(PAL_STR("localhost")));
    cr_assert_not(domain_valid(PAL_STR("")));
    cr_assert_not(domain_valid(PAL_STR(".com")));
    cr_assert_not(domain_valid(PAL_STR("a-.com")));
    cr_assert_not(domain_valid(PAL_STR("a_b.com")));
    cr_assert_not(domain_valid((struct pal_str){label, 68}));
    cr_assert(domain_valid((struct pal_str){label + 1, 67}));
}

Test(names, providers_where_anybody_gets_an_address_are_known)
{
    cr_assert(domain_is_public(PAL_STR("gmail.com")));
    cr_assert(domain_is_public(PAL_STR("Hotmail.ES")));
    cr_assert(domain_is_public(PAL_STR("zoho.com")));
    cr_assert_not(domain_is_public(PAL_STR("empresa.com")));
    cr_assert_not(domain_is_public(PAL_STR("mail.gmail.com")));
}
