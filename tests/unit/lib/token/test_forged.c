/* Tokens that must all be refused, each with the key that the set knows unless the case says
 * otherwise. The cases are data: header, claims, way of signing. */
#include "forge.h"

#include "base/id.h"
#include "gen/catalogue.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#define NOW_S INT64_C(1800000000)
#define GOOD_HEADER "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\"}"
#define CLAIMS(iss, aud, sub, org, role, sid, iat, nbf, exp)                                 \
    "{\"iss\":" iss ",\"aud\":" aud ",\"sub\":" sub ",\"org\":" org ",\"role\":" role        \
    ",\"token_use\":\"access\",\"sid\":" sid ",\"iat\":" iat ",\"nbf\":" nbf ",\"exp\":" exp \
    ",\"jti\":\"j\"}"
#define IAT "1800000000"
#define EXP "1800000900"
#define GOOD_CLAIMS \
    CLAIMS("\"palique\"", "\"palique\"", "\"7\"", "3", "\"admin\"", "9", IAT, IAT, EXP)
#define WITH_SUB(v) CLAIMS("\"palique\"", "\"palique\"", v, "3", "\"admin\"", "9", IAT, IAT, EXP)
#define WITH_ORG(v) \
    CLAIMS("\"palique\"", "\"palique\"", "\"7\"", v, "\"admin\"", "9", IAT, IAT, EXP)
#define WITH_ROLE(v) CLAIMS("\"palique\"", "\"palique\"", "\"7\"", "3", v, "9", IAT, IAT, EXP)
#define WITH_SID(v) \
    CLAIMS("\"palique\"", "\"palique\"", "\"7\"", "3", "\"admin\"", v, IAT, IAT, EXP)
#define WITH_ISS(v) CLAIMS(v, "\"palique\"", "\"7\"", "3", "\"admin\"", "9", IAT, IAT, EXP)
#define WITH_AUD(v) CLAIMS("\"palique\"", v, "\"7\"", "3", "\"admin\"", "9", IAT, IAT, EXP)
#define WITH_TIMES(iat, nbf, exp) \
    CLAIMS("\"palique\"", "\"palique\"", "\"7\"", "3", "\"admin\"", "9", iat, nbf, exp)

struct forged {
    const char *name;
    enum forge_mode mode;
    const char *header; /* one %s: the good kid */
    const char *claims;
};

/* A header with the good kid and something more. */
#define PLUS(extra) "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\"," extra "}"
#define ALG(v) "{\"alg\":" v ",\"typ\":\"JWT\",\"kid\":\"%s\"}"
#define TYP(v) "{\"alg\":\"ES256\",\"typ\":" v ",\"kid\":\"%s\"}"
#define KID(v) "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":" v "}"

static const struct forged cases[] = {
    {"alg none", FORGE_NONE, ALG("\"none\""), GOOD_CLAIMS},
    {"alg None", FORGE_NONE, ALG("\"None\""), GOOD_CLAIMS},
    {"alg NONE", FORGE_NONE, ALG("\"NONE\""), GOOD_CLAIMS},
    {"alg nOnE", FORGE_NONE, ALG("\"nOnE\""), GOOD_CLAIMS},
    {"alg none with a good signature", FORGE_ES256, ALG("\"none\""), GOOD_CLAIMS},
    {"alg ES256 with an empty signature", FORGE_NONE, GOOD_HEADER, GOOD_CLAIMS},
    {"HS256 with the public key as secret", FORGE_HS256, ALG("\"HS256\""), GOOD_CLAIMS},
    {"HS384 with the public key as secret", FORGE_HS256, ALG("\"HS384\""), GOOD_CLAIMS},
    {"hs256 in lower case", FORGE_HS256, ALG("\"hs256\""), GOOD_CLAIMS},
    {"ES256 named, HMAC made", FORGE_HS256, GOOD_HEADER, GOOD_CLAIMS},
    {"RS256", FORGE_ES256, ALG("\"RS256\""), GOOD_CLAIMS},
    {"PS256", FORGE_ES256, ALG("\"PS256\""), GOOD_CLAIMS},
    {"ES384", FORGE_ES256, ALG("\"ES384\""), GOOD_CLAIMS},
    {"ES256K", FORGE_ES256, ALG("\"ES256K\""), GOOD_CLAIMS},
    {"es256 in lower case", FORGE_ES256, ALG("\"es256\""), GOOD_CLAIMS},
    {"alg with a space", FORGE_ES256, ALG("\"ES256 \""), GOOD_CLAIMS},
    {"alg a number", FORGE_ES256, ALG("1"), GOOD_CLAIMS},
    {"alg null", FORGE_ES256, ALG("null"), GOOD_CLAIMS},
    {"alg an array", FORGE_ES256, ALG("[\"ES256\"]"), GOOD_CLAIMS},
    {"alg twice", FORGE_ES256, PLUS("\"alg\":\"none\""), GOOD_CLAIMS},
    {"no alg", FORGE_ES256, "{\"typ\":\"JWT\",\"kid\":\"%s\",\"x\":1}", GOOD_CLAIMS},
    {"jwk", FORGE_ES256, PLUS("\"jwk\":{\"kty\":\"EC\"}"), GOOD_CLAIMS},
    {"jku", FORGE_ES256, PLUS("\"jku\":\"https://evil.example/k\""), GOOD_CLAIMS},
    {"x5u", FORGE_ES256, PLUS("\"x5u\":\"https://evil.example/c\""), GOOD_CLAIMS},
    {"x5c", FORGE_ES256, PLUS("\"x5c\":[\"AAAA\"]"), GOOD_CLAIMS},
    {"crit", FORGE_ES256, PLUS("\"crit\":[\"exp\"]"), GOOD_CLAIMS},
    {"b64 false", FORGE_ES256, PLUS("\"b64\":false"), GOOD_CLAIMS},
    {"zip", FORGE_ES256, PLUS("\"zip\":\"DEF\""), GOOD_CLAIMS},
    {"typ in small letters", FORGE_ES256, TYP("\"jwt\""), GOOD_CLAIMS},
    {"typ of a refresh token", FORGE_ES256, TYP("\"rt+jwt\""), GOOD_CLAIMS},
    {"typ null", FORGE_ES256, TYP("null"), GOOD_CLAIMS},
    {"no typ", FORGE_ES256, "{\"alg\":\"ES256\",\"kid\":\"%s\",\"x\":1}", GOOD_CLAIMS},
    {"no kid", FORGE_ES256, "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"x\":\"%s\"}", GOOD_CLAIMS},
    {"kid empty", FORGE_ES256, KID("\"\""), GOOD_CLAIMS},
    {"kid null", FORGE_ES256, KID("null"), GOOD_CLAIMS},
    {"kid a number", FORGE_ES256, KID("7"), GOOD_CLAIMS},
    {"kid an array", FORGE_ES256, KID("[\"%s\"]"), GOOD_CLAIMS},
    {"kid a path", FORGE_ES256, KID("\"../../../../dev/null\""), GOOD_CLAIMS},
    {"kid SQL", FORGE_ES256, KID("\"x' OR '1'='1\""), GOOD_CLAIMS},
    {"kid with a NUL escape", FORGE_ES256, KID("\"%s\\u0000x\""), GOOD_CLAIMS},
    {"kid and a suffix", FORGE_ES256, KID("\"%sx\""), GOOD_CLAIMS},
    {"header not an object", FORGE_ES256, "[\"%s\"]", GOOD_CLAIMS},
    {"header not JSON", FORGE_ES256, "alg=ES256;kid=%s", GOOD_CLAIMS},
    {"truncated signature", FORGE_TRUNCATED, GOOD_HEADER, GOOD_CLAIMS},
    {"signature in DER", FORGE_DER, GOOD_HEADER, GOOD_CLAIMS},
    {"signature of zeros", FORGE_ZERO, GOOD_HEADER, GOOD_CLAIMS},
    {"other issuer", FORGE_ES256, GOOD_HEADER, WITH_ISS("\"evil\"")},
    {"issuer null", FORGE_ES256, GOOD_HEADER, WITH_ISS("null")},
    {"issuer in an array", FORGE_ES256, GOOD_HEADER, WITH_ISS("[\"palique\"]")},
    {"other audience", FORGE_ES256, GOOD_HEADER, WITH_AUD("\"other\"")},
    {"audience an array", FORGE_ES256, GOOD_HEADER, WITH_AUD("[\"palique\",\"x\"]")},
    {"sub a number", FORGE_ES256, GOOD_HEADER, WITH_SUB("7")},
    {"sub not a number", FORGE_ES256, GOOD_HEADER, WITH_SUB("\"7 or 1=1\"")},
    {"sub zero", FORGE_ES256, GOOD_HEADER, WITH_SUB("\"0\"")},
    {"sub negative", FORGE_ES256, GOOD_HEADER, WITH_SUB("\"-7\"")},
    {"sub over 2^53", FORGE_ES256, GOOD_HEADER, WITH_SUB("\"9007199254740993\"")},
    {"sub over 2^64", FORGE_ES256, GOOD_HEADER, WITH_SUB("\"18446744073709551623\"")},
    {"sub null", FORGE_ES256, GOOD_HEADER, WITH_SUB("null")},
    {"org a string", FORGE_ES256, GOOD_HEADER, WITH_ORG("\"3\"")},
    {"org zero", FORGE_ES256, GOOD_HEADER, WITH_ORG("0")},
    {"org negative", FORGE_ES256, GOOD_HEADER, WITH_ORG("-3")},
    {"org a fraction", FORGE_ES256, GOOD_HEADER, WITH_ORG("3.0")},
    {"role unknown", FORGE_ES256, GOOD_HEADER, WITH_ROLE("\"owner\"")},
    {"role service", FORGE_ES256, GOOD_HEADER, WITH_ROLE("\"service\"")},
    {"role in capitals", FORGE_ES256, GOOD_HEADER, WITH_ROLE("\"ADMIN\"")},
    {"role a number", FORGE_ES256, GOOD_HEADER, WITH_ROLE("3")},
    {"role an array", FORGE_ES256, GOOD_HEADER, WITH_ROLE("[\"admin\"]")},
    {"sid a string", FORGE_ES256, GOOD_HEADER, WITH_SID("\"9\"")},
    {"sid null", FORGE_ES256, GOOD_HEADER, WITH_SID("null")},
    {"expired", FORGE_ES256, GOOD_HEADER, WITH_TIMES("1799990000", "1799990000", "1799999970")},
    {"not yet valid", FORGE_ES256, GOOD_HEADER, WITH_TIMES(IAT, "1800000031", EXP)},
    {"exp a string", FORGE_ES256, GOOD_HEADER, WITH_TIMES(IAT, IAT, "\"" EXP "\"")},
    {"exp true", FORGE_ES256, GOOD_HEADER, WITH_TIMES(IAT, IAT, "true")},
    {"exp a fraction", FORGE_ES256, GOOD_HEADER, WITH_TIMES(IAT, IAT, EXP ".5")},
    {"exp huge", FORGE_ES256, GOOD_HEADER, WITH_TIMES(IAT, IAT, "9223372036854775807")},
    {"exp beyond 64 bits", FORGE_ES256, GOOD_HEADER, WITH_TIMES(IAT, IAT, "92233720368547758070")},
    {"exp negative", FORGE_ES256, GOOD_HEADER, WITH_TIMES(IAT, IAT, "-1")},
    {"nbf a string", FORGE_ES256, GOOD_HEADER, WITH_TIMES(IAT, "\"" IAT "\"", EXP)},
    {"iat null", FORGE_ES256, GOOD_HEADER, WITH_TIMES("null", IAT, EXP)},
    {"a token for another use", FORGE_ES256, GOOD_HEADER,
     "{\"iss\":\"palique\",\"aud\":\"palique\",\"token_use\":\"refresh\",\"sub\":\"7\",\"org\":3,"
     "\"role\":\"admin\","
     "\"sid\":9,\"iat\":1800000000,\"nbf\":1800000000,\"exp\":1800000900,\"jti\":\"j\"}"},
    {"a token that names no use", FORGE_ES256, GOOD_HEADER,
     "{\"iss\":\"palique\",\"aud\":\"palique\",\"sub\":\"7\",\"org\":3,\"role\":\"admin\","
     "\"sid\":9,\"iat\":1800000000,\"nbf\":1800000000,\"exp\":1800000900,\"jti\":\"j\"}"},
    {"no claims", FORGE_ES256, GOOD_HEADER, "{}"},
    {"claims an array", FORGE_ES256, GOOD_HEADER, "[]"},
    {"claims not JSON", FORGE_ES256, GOOD_HEADER, "sub=7"},
    {"claims twice", FORGE_ES256, GOOD_HEADER, "{\"sub\":\"7\",\"sub\":\"1\"}"},
    {"claims nested too deep", FORGE_ES256, GOOD_HEADER,
     "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]}"},
    {"claims with a byte that is not UTF-8", FORGE_ES256, GOOD_HEADER, "{\"sub\":\"\xff\"}"},
};

static struct pal_keypair key;
static struct pal_keyset *keys;

static void setup(void)
{
    cr_assert(pal_keypair_generate(&key, NULL) == PAL_OK);
    keys = forge_keyset(&key);
}

static void teardown(void)
{
    pal_keyset_free(keys);
    pal_keypair_free(&key);
}

TestSuite(forged, .init = setup, .fini = teardown);

/* The header with the kid filled in where %s stands. */
static struct pal_str header_of(const char *pattern, char *out, size_t cap)
{
    const char *at = strstr(pattern, "%s");
    struct pal_buf b;
    pal_buf_init(&b, cap - 1);
    if (at) {
        pal_buf_add(&b, pattern, (size_t)(at - pattern));
        pal_buf_z(&b, key.kid);
        pal_buf_z(&b, at + 2);
    } else {
        pal_buf_z(&b, pattern);
    }
    cr_assert(!b.failed);
    memcpy(out, b.p, b.n);
    struct pal_str made = {out, b.n};
    pal_buf_fini(&b);
    return made;
}

static enum pal_code verify(struct pal_str token, struct pal_error *err)
{
    struct pal_claims out;
    return pal_token_verify(keys, token, NOW_S * 1000, &out, NULL, err);
}

Test(forged, every_forged_token_is_refused)
{
    char token[8192], header[1024];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct forged *c = &cases[i];
        struct pal_error err = {0};
        forge(&key, c->mode, header_of(c->header, header, sizeof header), pal_str_of(c->claims),
              token, sizeof token);
        cr_assert(verify(pal_str_of(token), &err) == PAL_UNAUTHENTICATED, "passed: %s", c->name);
        cr_assert(err.def == &pal_err_token_invalid || err.def == &pal_err_token_expired, "%s",
                  c->name);
    }
}

Test(forged, the_pattern_itself_is_good_and_a_high_s_is_as_good)
{
    char token[8192], header[1024];
    struct pal_error err = {0};
    struct pal_str h = header_of(GOOD_HEADER, header, sizeof header);
    forge(&key, FORGE_ES256, h, PAL_STR(GOOD_CLAIMS), token, sizeof token);
    cr_assert(verify(pal_str_of(token), &err) == PAL_OK, "%s", err.detail);
    forge(&key, FORGE_HIGH_S, h, PAL_STR(GOOD_CLAIMS), token, sizeof token);
    cr_assert(verify(pal_str_of(token), &err) == PAL_OK, "%s", err.detail);
}

Test(forged, a_kid_of_20_kB_and_a_token_over_the_limit_are_refused)
{
    static char token[65536];
    char header[32768], text[32768];
    struct pal_error err = {0};
    memset(text, 'k', 20000);
    int n = snprintf(header, sizeof header,
                     "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%.20000s\"}", text);
    forge(&key, FORGE_ES256, (struct pal_str){header, (size_t)n}, PAL_STR(GOOD_CLAIMS), token,
          sizeof token);
    cr_assert(verify(pal_str_of(token), &err) == PAL_UNAUTHENTICATED);
    memset(token, 'a', PAL_TOKEN_MAX + 1);
    cr_assert(verify((struct pal_str){token, PAL_TOKEN_MAX + 1}, &err) == PAL_UNAUTHENTICATED);
}

Test(forged, a_token_of_another_key_under_a_known_kid_is_refused)
{
    struct pal_keypair other;
    char token[8192], header[1024];
    cr_assert(pal_keypair_generate(&other, NULL) == PAL_OK);
    forge(&other, FORGE_ES256, header_of(GOOD_HEADER, header, sizeof header), PAL_STR(GOOD_CLAIMS),
          token, sizeof token);
    cr_assert(verify(pal_str_of(token), NULL) == PAL_UNAUTHENTICATED);
    pal_keypair_free(&other);
}

Test(forged, every_changed_character_breaks_the_token)
{
    char token[8192], header[1024];
    forge(&key, FORGE_ES256, header_of(GOOD_HEADER, header, sizeof header), PAL_STR(GOOD_CLAIMS),
          token, sizeof token);
    size_t n = strlen(token);
    for (size_t i = 0; i < n; i++) {
        char kept = token[i];
        token[i] = kept == 'A' ? 'B' : 'A';
        cr_assert(verify((struct pal_str){token, n}, NULL) != PAL_OK, "at %zu", i);
        token[i] = '\0';
        cr_assert(verify((struct pal_str){token, n}, NULL) != PAL_OK, "NUL at %zu", i);
        token[i] = kept;
    }
    for (size_t i = 0; i < n; i++)
        cr_assert(verify((struct pal_str){token, i}, NULL) != PAL_OK, "cut at %zu", i);
}

Test(forged, odd_shapes_are_refused)
{
    static const char *const odd[] = {"",
                                      ".",
                                      "..",
                                      "...",
                                      "a",
                                      "a.b",
                                      "a..",
                                      "a.b.",
                                      ".b.c",
                                      "a.b.c.d",
                                      " a.b.c",
                                      "a.b.c\n",
                                      "=.=.=",
                                      "*.*.*",
                                      "e30.e30.",
                                      "e30.e30.e30",
                                      "bnVsbA.bnVsbA.AA"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        cr_assert(verify(pal_str_of(odd[i]), NULL) == PAL_UNAUTHENTICATED, "%s", odd[i]);
}
