#include "domain/picture.h"

#include <criterion/criterion.h>

Test(picture, addresses_are_https_and_plain)
{
    cr_assert(picture_address_valid(PAL_STR("https://cdn.example/a.png?v=1")));
    cr_assert_not(picture_address_valid(PAL_STR("https://")));
    cr_assert_not(picture_address_valid(PAL_STR("http://cdn.example/a.png")));
    cr_assert_not(picture_address_valid(PAL_STR("javascript:alert(1)")));
    cr_assert_not(picture_address_valid(PAL_STR("https://a b")));
    cr_assert_not(picture_address_valid(PAL_STR("https://a/\"onerror=")));
    cr_assert_not(picture_address_valid(PAL_STR("https://a/'<>\\")));
    cr_assert_not(picture_address_valid(PAL_STR("https://a/ñ")));
}
