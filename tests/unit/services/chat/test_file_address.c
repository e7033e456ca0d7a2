/* Signed addresses, locations, and what is read of an object store's XML. */
#include "domain/location.h"
#include "domain/xml_text.h"
#include "files/address.h"

#include <criterion/criterion.h>

static const uint8_t secret[ADDRESS_SECRET] = "0123456789abcdef0123456789abcde";

Test(address, is_good_until_its_end_and_for_what_it_names)
{
    struct address a = {.file = 31, .name = PAL_STR("informe.pdf"), .expires = 1000};
    char signature[ADDRESS_SIGNATURE + 1];
    cr_assert(address_sign(secret, &a, signature));
    cr_expect(address_good(secret, &a, pal_str_of(signature), 999));
    cr_expect_not(address_good(secret, &a, pal_str_of(signature), 1000));
    cr_expect_not(address_good(secret, &a, (struct pal_str){signature, 63}, 999));
    cr_expect_not(address_good(secret, &a, (struct pal_str){NULL, 0}, 999));
    struct address others[] = {a, a, a, a};
    others[0].file = 3;
    others[1].name = PAL_STR("informe.pd");
    others[2].expires = 1001;
    others[3].name = PAL_STR("");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_expect_not(address_good(secret, &others[i], pal_str_of(signature), 999), "%zu", i);
    signature[63] = signature[63] == '0' ? '1' : '0';
    cr_expect_not(address_good(secret, &a, pal_str_of(signature), 999));
}

Test(address, a_name_that_is_too_long_has_none)
{
    static char name[1000];
    char signature[ADDRESS_SIGNATURE + 1];
    memset(name, 'a', sizeof name);
    struct address a = {.file = 31, .name = {name, sizeof name}, .expires = 1000};
    cr_expect_not(address_sign(secret, &a, signature));
}

Test(xml_text, the_first_element_of_a_name)
{
    struct pal_str xml = PAL_STR("<?xml?><a><Key>1</Key><Key>2</Key><No><x/></No><Open>"), rest;
    cr_expect(pal_str_eq(xml_text(xml, "Key", &rest), PAL_STR("1")));
    cr_expect(pal_str_eq(xml_text(rest, "Key", &rest), PAL_STR("2")));
    cr_expect_null(xml_text(rest, "Key", NULL).p);
    cr_expect_null(xml_text(xml, "No", NULL).p);
    cr_expect_null(xml_text(xml, "Open", NULL).p);
    cr_expect_null(xml_text((struct pal_str){NULL, 0}, "Key", NULL).p);
    cr_expect_null(
        xml_text(xml, "A_name_that_is_longer_than_any_that_an_object_store_would_ever_give", NULL)
            .p);
}

Test(xml_text, elements_with_others_in_them)
{
    struct pal_str xml = PAL_STR("<l><o><k>1</k></o><o><k>2</k></o><o>"), one, rest = xml;
    one = xml_element(rest, "o", &rest);
    cr_expect(pal_str_eq(xml_text(one, "k", NULL), PAL_STR("1")));
    one = xml_element(rest, "o", &rest);
    cr_expect(pal_str_eq(xml_text(one, "k", NULL), PAL_STR("2")));
    cr_expect_null(xml_element(rest, "o", &rest).p);
}

#define HASH "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

Test(location, says_whose_it_is)
{
    cr_expect_eq(location_file(PAL_STR("parts/31")), 31);
    cr_expect_eq(location_file(PAL_STR("blobs/9f/86/" HASH ".31")), 31);
    cr_expect_eq(location_file(PAL_STR("objects/" HASH ".9007199254740991")), 9007199254740991);
}

Test(location, other_names_are_nobodys)
{
    const char *const names[] = {
        "",
        "parts/",
        "parts/0",
        "parts/031",
        "parts/-1",
        "parts/+1",
        "parts/31a",
        "parts/99999999999999999999",
        "31",
        "objects/" HASH,
        "objects/" HASH ".",
        "objects/" HASH "-31",
        "objects/G" HASH ".31",
        "objects/9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08.31",
        "blobs/" HASH ".31",
        "blobs/9f/87/" HASH ".31",
        "blobs/8f/86/" HASH ".31",
        "blobs/9e/86/" HASH ".31",
        "blobs/9f/76/" HASH ".31",
        "blobs/9f/86/" HASH,
        "blobs/9f86" HASH ".31",
        "blobs/9f/86-" HASH ".31",
        "installation"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_expect_eq(location_file(pal_str_of(names[i])), 0, "%s", names[i]);
}
