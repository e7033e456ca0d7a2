#include "domain/picture.h"

#include <criterion/criterion.h>

Test(picture, kinds_are_told_by_their_first_bytes)
{
    cr_assert_str_eq(picture_media_type(PAL_STR("\x89PNG\r\n\x1a\nrest")), "image/png");
    cr_assert_str_eq(picture_media_type(PAL_STR("\xff\xd8\xff\xe0")), "image/jpeg");
    cr_assert_str_eq(picture_media_type(PAL_STR("GIF87a")), "image/gif");
    cr_assert_str_eq(picture_media_type(PAL_STR("GIF89a...")), "image/gif");
    cr_assert_str_eq(picture_media_type(PAL_STR("RIFF\x10\0\0\0WEBPVP8 ")), "image/webp");
}

Test(picture, everything_else_is_refused)
{
    cr_assert_null(picture_media_type(PAL_STR("")));
    cr_assert_null(picture_media_type(PAL_STR("<svg xmlns='http://www.w3.org/2000/svg'/>")));
    cr_assert_null(picture_media_type(PAL_STR("RIFF\x10\0\0\0WAVEfmt ")));
    cr_assert_null(picture_media_type(PAL_STR("RIFF")));
    cr_assert_null(picture_media_type(PAL_STR("\x89PNG")));
}

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
