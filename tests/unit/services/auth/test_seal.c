#include "seal.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct pal_str plain = {"a private key", sizeof "a private key" - 1},
                            bound = {"kid-1", sizeof "kid-1" - 1};

static void make(uint8_t key[SEAL_KEY_BYTES], uint8_t sealed[64])
{
    struct pal_error err = {0};
    cr_assert_eq(seal_key_derive(PAL_STR("a secret of the tests"), key, &err), PAL_OK);
    cr_assert_eq(seal_close(key, plain, bound, sealed, &err), PAL_OK);
}

static struct pal_str view(const uint8_t *sealed, size_t n)
{
    return (struct pal_str){(const char *)sealed, n};
}

Test(seal, what_was_closed_can_be_opened)
{
    uint8_t key[SEAL_KEY_BYTES], sealed[64], out[64];
    struct pal_error err = {0};
    make(key, sealed);
    cr_assert_eq(seal_open(key, view(sealed, plain.n + SEAL_OVERHEAD), bound, out, &err), PAL_OK);
    cr_assert_eq(memcmp(out, plain.p, plain.n), 0);
}

Test(seal, closing_twice_gives_different_bytes)
{
    uint8_t key[SEAL_KEY_BYTES], one[64], two[64];
    make(key, one);
    make(key, two);
    cr_assert_neq(memcmp(one, two, plain.n + SEAL_OVERHEAD), 0);
}

Test(seal, a_changed_byte_a_wrong_binding_or_another_secret_is_refused)
{
    uint8_t key[SEAL_KEY_BYTES], other[SEAL_KEY_BYTES], sealed[64], out[64];
    struct pal_error err = {0};
    size_t n = plain.n + SEAL_OVERHEAD;
    make(key, sealed);
    cr_assert_eq(seal_key_derive(PAL_STR("another secret here"), other, &err), PAL_OK);
    cr_assert_neq(seal_open(other, view(sealed, n), bound, out, &err), PAL_OK);
    cr_assert_neq(seal_open(key, view(sealed, n), PAL_STR("kid-2"), out, &err), PAL_OK);
    cr_assert_neq(seal_open(key, view(sealed, n - 1), bound, out, &err), PAL_OK);
    cr_assert_neq(seal_open(key, view(sealed, SEAL_OVERHEAD - 1), bound, out, &err), PAL_OK);
    for (size_t i = 0; i < n; i++) {
        sealed[i] ^= 1;
        cr_assert_neq(seal_open(key, view(sealed, n), bound, out, &err), PAL_OK);
        sealed[i] ^= 1;
    }
}
