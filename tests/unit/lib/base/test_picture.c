#include "base/picture.h"

#include <criterion/criterion.h>

static void expect(const char *type, struct pal_str bytes)
{
    const char *got = pal_picture_type(bytes);
    cr_assert_eq(got == NULL, type == NULL);
    if (type)
        cr_assert_str_eq(got, type);
}

Test(picture, kinds_are_told_by_their_first_bytes)
{
    expect("image/png", PAL_STR("\x89PNG\r\n\x1a\n…"));
    expect("image/jpeg", PAL_STR("\xff\xd8\xff\xe0"));
    expect("image/gif", PAL_STR("GIF87a…"));
    expect("image/gif", PAL_STR("GIF89a…"));
    expect("image/webp", PAL_STR("RIFF\x10\x20\x30\x40WEBPVP8 "));
}

Test(picture, nothing_else_is_one)
{
    expect(NULL, PAL_STR(""));
    expect(NULL, PAL_STR("<svg xmlns='http://www.w3.org/2000/svg'/>"));
    expect(NULL, PAL_STR("RIFF\x10\x20\x30\x40WAVEfmt "));
    expect(NULL, PAL_STR("RIFF"));
    expect(NULL, PAL_STR("\x89PNG"));
    expect(NULL, PAL_STR("%PDF-1.4"));
}
