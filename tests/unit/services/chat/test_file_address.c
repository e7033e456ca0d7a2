/* Signed addresses, and what is read of an object store's XML. */
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
