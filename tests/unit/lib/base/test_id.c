/* Random bytes and text encodings. */
#include "base/id.h"

#include <criterion/criterion.h>

Test(id, random_bytes_differ)
{
    unsigned char a[32] = {0};
    unsigned char b[32] = {0};
    pal_random(a, sizeof a);
    pal_random(b, sizeof b);
    cr_assert(!pal_secret_eq(a, b, sizeof a));
}

Test(id, a_new_uuid_has_version_4_and_reads_back)
{
    uint8_t in[16];
    uint8_t out[16];
    char text[PAL_UUID_LEN + 1];
    pal_uuid_v4(in);
    pal_uuid_format(in, text);
    cr_assert_eq(text[14], '4');
    cr_assert(strchr("89ab", text[19]));
    cr_assert(pal_uuid_parse(pal_str_of(text), out));
    cr_assert_eq(memcmp(in, out, 16), 0);
}

Test(id, uuids_of_any_case_are_read_and_nothing_else)
{
    uint8_t out[16];
    cr_assert(pal_uuid_parse(PAL_STR("0AfC0000-1111-2222-3333-44445555FfFf"), out));
    cr_assert_eq(out[0], 0x0a);
    cr_assert_eq(out[15], 0xff);
    static const char *const wrong[] = {"",
                                        "0afc0000111122223333444455556666",
                                        "{afc0000-1111-2222-3333-44445555ffff}",
                                        "0afc0000-1111-2222-3333-44445555fff",
                                        "0afc0000-1111-2222-3333-44445555fffff",
                                        "0afc00001-111-2222-3333-44445555ffff",
                                        "0afc0000-1111-2222-3333-44445555fffg",
                                        "0afc0000-1111-2222-3333-44445555ff-f"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_assert(!pal_uuid_parse(pal_str_of(wrong[i]), out), "%s", wrong[i]);
}

Test(id, hexadecimal_goes_both_ways)
{
    char text[9];
    unsigned char out[4];
    pal_hex_encode("\x00\x7f\x80\xff", 4, text);
    cr_assert_str_eq(text, "007f80ff");
    cr_assert(pal_hex_decode(PAL_STR("007F80ff"), out, 4));
    cr_assert_eq(memcmp(out, "\x00\x7f\x80\xff", 4), 0);
    cr_assert(!pal_hex_decode(PAL_STR("007f80f"), out, 4));
    cr_assert(!pal_hex_decode(PAL_STR("007f80fff"), out, 4));
    cr_assert(!pal_hex_decode(PAL_STR("007f80fg"), out, 4));
}

/* RFC 4648 §10, in the URL alphabet and without padding. */
Test(id, base64url_matches_the_rfc_vectors)
{
    static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const coded[] = {"", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"};
    for (size_t i = 0; i < 7; i++) {
        char text[16];
        char back[16];
        size_t n;
        cr_assert_eq(pal_b64url_encode(plain[i], i, text), strlen(coded[i]));
        cr_assert_str_eq(text, coded[i]);
        cr_assert(pal_b64url_decode(pal_str_of(coded[i]), back, i, &n));
        cr_assert_eq(n, i);
        cr_assert_eq(memcmp(back, plain[i], i), 0);
    }
}

Test(id, base64url_refuses_padding_foreign_letters_and_loose_bits)
{
    static const char *const wrong[] = {"Zg==", "Zg=",  "Z",  "Zm9vY", "Zm9+",
                                        "Zm9/", "Zm 9", "Zh", "Zm9"};
    char out[16];
    size_t n;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_assert(!pal_b64url_decode(pal_str_of(wrong[i]), out, sizeof out, &n), "%s", wrong[i]);
    cr_assert(!pal_b64url_decode(PAL_STR("Zm9v"), out, 2, &n), "does not fit");
}

Test(id, base64url_uses_the_url_alphabet)
{
    char text[8];
    pal_b64url_encode("\xfb\xff\xfe", 3, text);
    cr_assert_str_eq(text, "-__-");
}
