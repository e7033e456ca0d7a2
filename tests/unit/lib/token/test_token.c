/* Keys, signing and what a good token looks like. */
#include "forge.h"

#include "base/json.h"
#include "gen/catalogue.h"

#include <criterion/criterion.h>

static const int64_t now_s = 1800000000;

static struct pal_claims sample(void)
{
    return (struct pal_claims){.user = 7,
                               .org = 3,
                               .session = 99,
                               .role = PAL_ROLE_ADMIN,
                               .issued_at = now_s,
                               .expires_at = now_s + 900};
}

static struct pal_keypair key(void)
{
    struct pal_keypair k;
    struct pal_error err = {0};
    cr_assert(pal_keypair_generate(&k, &err) == PAL_OK, "%s", err.detail);
    return k;
}

Test(token, a_signed_token_verifies_and_carries_the_claims)
{
    struct pal_keypair k = key();
    struct pal_keyset *s = forge_keyset(&k);
    struct pal_arena arena;
    struct pal_claims in = sample(), out;
    struct pal_str token;
    bool unknown = true;
    pal_arena_init(&arena, 64 << 10);
    cr_assert(pal_token_sign(&k, &in, &arena, &token, NULL) == PAL_OK);
    cr_assert(pal_token_verify(s, token, now_s * 1000, &out, &unknown, NULL) == PAL_OK);
    cr_assert(!unknown);
    cr_assert_eq(out.user, 7);
    cr_assert_eq(out.org, 3);
    cr_assert_eq(out.session, 99);
    cr_assert_eq(out.role, PAL_ROLE_ADMIN);
    cr_assert_eq(out.expires_at, now_s + 900);
    pal_arena_fini(&arena);
    pal_keyset_free(s);
    pal_keypair_free(&k);
}

Test(token, expiry_allows_thirty_seconds_and_no_more)
{
    struct pal_keypair k = key();
    struct pal_keyset *s = forge_keyset(&k);
    struct pal_arena arena;
    struct pal_claims in = sample(), out;
    struct pal_str token;
    struct pal_error err = {0};
    pal_arena_init(&arena, 64 << 10);
    cr_assert(pal_token_sign(&k, &in, &arena, &token, NULL) == PAL_OK);
    int64_t end = (in.expires_at + PAL_TOKEN_SKEW_S) * 1000;
    cr_assert(pal_token_verify(s, token, end - 1000, &out, NULL, &err) == PAL_OK);
    cr_assert(pal_token_verify(s, token, end, &out, NULL, &err) == PAL_UNAUTHENTICATED);
    cr_assert_str_eq(err.def->name, "token.expired");
    cr_assert(pal_token_verify(s, token, (now_s - 31) * 1000, &out, NULL, &err) != PAL_OK);
    cr_assert_str_eq(err.def->name, "token.invalid");
    pal_arena_fini(&arena);
    pal_keyset_free(s);
    pal_keypair_free(&k);
}

Test(token, a_key_that_is_not_known_is_told_apart)
{
    struct pal_keypair k = key(), other = key();
    struct pal_keyset *s = forge_keyset(&other);
    struct pal_arena arena;
    struct pal_claims in = sample(), out;
    struct pal_str token;
    bool unknown = false;
    pal_arena_init(&arena, 64 << 10);
    cr_assert(pal_token_sign(&k, &in, &arena, &token, NULL) == PAL_OK);
    cr_assert(pal_token_verify(s, token, now_s * 1000, &out, &unknown, NULL) != PAL_OK);
    cr_assert(unknown);
    cr_assert(pal_token_verify(s, PAL_STR("a.b.c"), now_s * 1000, &out, &unknown, NULL) != PAL_OK);
    cr_assert(!unknown);
    pal_arena_fini(&arena);
    pal_keyset_free(s);
    pal_keypair_free(&k);
    pal_keypair_free(&other);
}

Test(token, claims_that_make_no_sense_are_not_signed)
{
    struct pal_keypair k = key();
    struct pal_arena arena;
    struct pal_str token;
    struct pal_claims c = sample();
    pal_arena_init(&arena, 64 << 10);
    c.role = PAL_ROLE_SERVICE;
    cr_assert(pal_token_sign(&k, &c, &arena, &token, NULL) != PAL_OK);
    c = sample();
    c.user = 0;
    cr_assert(pal_token_sign(&k, &c, &arena, &token, NULL) != PAL_OK);
    c = sample();
    c.expires_at = c.issued_at;
    cr_assert(pal_token_sign(&k, &c, &arena, &token, NULL) != PAL_OK);
    pal_arena_fini(&arena);
    pal_keypair_free(&k);
}

Test(keypair, a_loaded_key_has_the_same_kid_and_public_half)
{
    struct pal_keypair k = key(), again;
    cr_assert(pal_keypair_load(pal_str_of(k.private_pem), &again, NULL) == PAL_OK);
    cr_assert_str_eq(k.kid, again.kid);
    cr_assert_str_eq(k.public_pem, again.public_pem);
    cr_assert_eq(strlen(k.kid), 22);
    pal_keypair_free(&k);
    pal_keypair_free(&again);
}

Test(keypair, the_kid_is_the_rfc_7638_thumbprint)
{
    /* A key made once with openssl; the thumbprint computed independently (Python hashlib). */
    static const char pem[] = "-----BEGIN PRIVATE KEY-----\n"
                              "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/3UuqyzZEbjozHnv\n"
                              "7nS/QRljJibQP1A914vDN7RJ8EWhRANCAATEm53feQnX2/cZLXfTIs3F0UP+5SPP\n"
                              "MxbK24JbSRrUm3KsvHoPjKMjkavNUBVyTGdRsEILrOkq0JN2T0OxaXr0\n"
                              "-----END PRIVATE KEY-----\n";
    struct pal_keypair k;
    struct pal_error err = {0};
    cr_assert(pal_keypair_load(PAL_STR(pem), &k, &err) == PAL_OK, "%s", err.detail);
    cr_assert_str_eq(k.kid, "4tkhXc6cUCbM1n60LO-_Ww");
    pal_keypair_free(&k);
}

Test(keypair, other_keys_are_refused)
{
    static const char *const bad[] = {
        "", "junk", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        /* secp384r1 */
        "-----BEGIN PRIVATE KEY-----\n"
        "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDCaVInWdbMHc12P1e4u\n"
        "h+yAuNl8oeT2krOMe+0Rz6+/S3ilEpdsyVQxnz+7IPrkutWhZANiAASt9nE6LDQu\n"
        "bBiEm7L5XgdGs7qI6oDR6CAxagkipSf4wU9xEUemNtPJ/JPZSs7tVONixzb5T8js\n"
        "OwnHz5+d620AW/o7YWWbtRram9duhvOVSMQb/5tTdNMH8+QLbwI4qfY=\n"
        "-----END PRIVATE KEY-----\n",
        /* Ed25519 */
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEIL41FG7tsfSiBqK/6tP86bmSs/+ko9+/0eANJiLjYtZw\n"
        "-----END PRIVATE KEY-----\n",
        /* encrypted: nobody is asked for a passphrase */
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjwPXimwtR+ywICCAAw\n"
        "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEIAMkYC6yve9icPiB1ml6QUEgZCg\n"
        "AAy6RPjhbk/47/UscczzgQUUyInX0wgUtQY0I0A3XZDRemhGbc1d1WVcuDYV05Q8\n"
        "EIaWURq4p2HhOxYgFAbcxgDxGLZL/0Ln3XwPn2Q/cX+g9V5MRtH7Xktd7BfAsIpC\n"
        "A/sNIdChVw7xpid6GoJuZB/uT6NyA5K82rWIDTrZxw3GQ/FAFWBTZegOszJK3jE=\n"
        "-----END ENCRYPTED PRIVATE KEY-----\n"};
    struct pal_keypair k;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_assert(pal_keypair_load(pal_str_of(bad[i]), &k, NULL) != PAL_OK, "case %zu", i);
}

Test(keyset, keys_of_another_kind_are_skipped_and_a_useless_document_changes_nothing)
{
    struct pal_keypair k = key();
    struct pal_keyset *s = forge_keyset(&k);
    struct pal_error err = {0};
    struct pal_buf b;
    pal_buf_init(&b, 4096);
    pal_buf_z(&b, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"a\"},"
                  "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"b\",\"x\":\"AAAA\",\"y\":\"AAAA\"},"
                  "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"off-curve\","
                  "\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\","
                  "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\"},");
    cr_assert(pal_keypair_jwk(&k, &b) == PAL_OK);
    pal_buf_z(&b, "]}");
    cr_assert(pal_keyset_load(s, pal_buf_view(&b), &err) == PAL_OK, "%s", err.detail);
    cr_assert_eq(pal_keyset_count(s), 1);
    cr_assert(pal_keyset_load(s, PAL_STR("{\"keys\":[]}"), &err) != PAL_OK);
    cr_assert(pal_keyset_load(s, PAL_STR("[]"), &err) != PAL_OK);
    cr_assert(pal_keyset_load(s, PAL_STR("nonsense"), &err) != PAL_OK);
    cr_assert_eq(pal_keyset_count(s), 1);
    pal_buf_fini(&b);
    pal_keyset_free(s);
    pal_keypair_free(&k);
}

/* A signature that was found right is not computed again, but nothing else about the token, nor
 * another key's token, is taken for granted. */
Test(token, what_was_verified_before_is_still_looked_at)
{
    struct pal_keypair k = key(), other = key();
    struct pal_keyset *s = forge_keyset(&k);
    struct pal_arena arena;
    struct pal_claims in = sample(), out;
    struct pal_str token;
    struct pal_error err = {0};
    pal_arena_init(&arena, 64 << 10);
    cr_assert(pal_token_sign(&k, &in, &arena, &token, NULL) == PAL_OK);
    for (int i = 0; i < 3; i++)
        cr_assert(pal_token_verify(s, token, now_s * 1000, &out, NULL, NULL) == PAL_OK);
    cr_assert_eq(out.user, 7);
    char *bytes = pal_arena_strdup(&arena, token);
    for (size_t i = 1; i < 9; i++) {
        bytes[token.n - i] ^= 1;
        cr_assert(pal_token_verify(s, (struct pal_str){bytes, token.n}, now_s * 1000, &out, NULL,
                                   &err) != PAL_OK);
        bytes[token.n - i] ^= 1;
    }
    cr_assert(pal_token_verify(s, token, (now_s + 900 + 31) * 1000, &out, NULL, &err) != PAL_OK);
    cr_assert(err.def == &pal_err_token_expired);
    /* The key has been taken away; then another one has its name. */
    struct pal_keyset *t = forge_keyset(&other);
    cr_assert(pal_token_verify(t, token, now_s * 1000, &out, NULL, NULL) != PAL_OK);
    pal_keyset_free(t);
    memcpy(other.kid, k.kid, sizeof k.kid);
    t = forge_keyset(&other);
    cr_assert(pal_token_verify(t, token, now_s * 1000, &out, NULL, NULL) != PAL_OK);
    pal_arena_fini(&arena);
    pal_keyset_free(s);
    pal_keyset_free(t);
    pal_keypair_free(&k);
    pal_keypair_free(&other);
}
